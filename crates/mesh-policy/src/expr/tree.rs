//! The typed tree of an expression: what is evaluated.

use mesh_diagnostics::Span;

use super::functions::Function;
use super::syntax::Binary;
use super::types::Type;
use super::value::Constant;
use crate::view::Attribute;

/// A part of a checked expression.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) ty: Type,
    /// Its bytes in the expression's text.
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum ExprKind {
    Constant(Constant),
    /// The parameter at this position of the pack's.
    Parameter(usize),
    /// The day of the run.
    AsOf,
    /// The variable at this position.
    Slot(usize),
    /// What is known of a thing.
    Attribute(Box<Expr>, &'static Attribute),
    /// The service level of a name, of all those of a contract.
    Sla(Box<Expr>, Box<str>),
    /// The value under a name.
    Key(Box<Expr>, Box<str>),
    /// The item at a position, or the value under a name that is computed.
    Index(Box<Expr>, Box<Expr>),
    /// Whether an attribute, a service level or a key is there.
    Has(Box<Expr>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Conditional(Box<[Expr; 3]>),
    Compare(Binary, Box<[Expr; 2]>),
    In(Box<[Expr; 2]>),
    Arithmetic(Binary, Box<[Expr; 2]>),
    List(Vec<Expr>),
    Each(Box<Each>),
    Call(Function, Vec<Expr>),
}

/// Something that is asked or done of each item of a list.
#[derive(Debug)]
pub(super) struct Each {
    pub(super) what: Quantifier,
    pub(super) list: Expr,
    /// Where the item is kept.
    pub(super) slot: usize,
    /// The condition; for `map` with two arguments, true.
    pub(super) condition: Expr,
    /// What `map` makes of an item.
    pub(super) result: Option<Expr>,
}

/// The macros of CEL over lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

impl Quantifier {
    pub(super) const ALL: [(&'static str, Self); 5] = [
        ("all", Self::All),
        ("exists", Self::Exists),
        ("exists_one", Self::ExistsOne),
        ("filter", Self::Filter),
        ("map", Self::Map),
    ];
}

impl Expr {
    /// What it is made of.
    pub(super) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Constant(_) | ExprKind::Parameter(_) | ExprKind::AsOf | ExprKind::Slot(_) => {
                Vec::new()
            }
            ExprKind::Attribute(inner, _)
            | ExprKind::Sla(inner, _)
            | ExprKind::Key(inner, _)
            | ExprKind::Has(inner)
            | ExprKind::Not(inner)
            | ExprKind::Negate(inner) => vec![inner],
            ExprKind::Index(of, at) => vec![of, at],
            ExprKind::And(parts)
            | ExprKind::Or(parts)
            | ExprKind::List(parts)
            | ExprKind::Call(_, parts) => parts.iter().collect(),
            ExprKind::Conditional(parts) => parts.iter().collect(),
            ExprKind::Compare(_, parts) | ExprKind::In(parts) | ExprKind::Arithmetic(_, parts) => {
                parts.iter().collect()
            }
            ExprKind::Each(each) => [&each.list, &each.condition]
                .into_iter()
                .chain(&each.result)
                .collect(),
        }
    }
}
