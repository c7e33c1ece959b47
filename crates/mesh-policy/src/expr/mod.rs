//! Expressions: the conditions of policies.
//!
//! The language is [CEL], the Common Expression Language: no loops but over lists that are there, no state, no
//! effects, so that an expression always ends and does nothing but answer. A name that leads nowhere is an error in
//! CEL, where other policy languages take it for "does not apply" and let the product pass. mesh goes further: what
//! an expression can see is known ([`view`](crate::view)), so it is checked when the pack is loaded, and a misspelt
//! name never gets as far as a product.
//!
//! ```text
//! text ─► syntax ─► typed tree ─► value          `eval`
//!                       │           └─► what decided   `explain`
//!                       └─► which way its parameters tighten   `direction`
//! ```
//!
//! What of CEL there is: all operators; texts, numbers, booleans, lists; `has`, `all`, `exists`, `exists_one`, `map`
//! and `filter`; the functions in `functions.rs`. There are no maps, bytes, unsigned integers, timestamps or durations
//! to write, since manifests have none. Logic is CEL's: `false && error` is false, `true || error` is true, whatever
//! the order.
//!
//! [CEL]: https://github.com/google/cel-spec/blob/master/doc/langdef.md

mod check;
mod direction;
mod eval;
mod explain;
mod functions;
mod lex;
mod syntax;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod value;

use mesh_diagnostics::Span;

pub(crate) use check::{Parameter, Parameters, Variable};
pub(crate) use direction::{Direction, Use};
pub(crate) use eval::{Budget, Environment, Error};
pub(crate) use functions::ALL as FUNCTIONS;
pub(crate) use types::Type;
pub(crate) use value::{Constant, List, Map, Value};

/// The longest text of an expression, in bytes.
const MAX_TEXT: usize = 8 << 10;
/// How deep an expression may be nested.
const MAX_DEPTH: usize = 50;

/// Something wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The bytes of the expression's text.
    pub(crate) span: Span,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it, in the imperative.
    pub(crate) help: Option<String>,
}

impl Mistake {
    fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// An expression that has been checked.
#[derive(Debug)]
pub(crate) struct Program {
    root: tree::Expr,
    /// How many variables are live at most.
    slots: usize,
    /// The names of service levels that are read by name, in order, each once.
    sla_names: Vec<Box<str>>,
}

impl Program {
    /// Reads and checks `text`, which sees `variables` and `parameters`.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(crate) fn new(
        text: &str,
        variables: &[Variable],
        parameters: &Parameters,
    ) -> Result<Self, Vec<Mistake>> {
        let syntax = syntax::parse(text).map_err(|mistake| vec![mistake])?;
        check::check(&syntax, variables, parameters)
    }

    /// As [`Program::new`], for a condition: something that is true or false.
    pub(crate) fn condition(
        text: &str,
        variables: &[Variable],
        parameters: &Parameters,
    ) -> Result<Self, Vec<Mistake>> {
        let program = Self::new(text, variables, parameters)?;
        if program.root.ty == Type::Bool {
            return Ok(program);
        }
        let whole = program.root.span;
        let found = program.root.ty;
        let mistake = Mistake::new(
            whole,
            format!("a condition is true or false, and this is {found}"),
        );
        Err(vec![match found {
            Type::Any => mistake.help("compare it with what it should be: `… == true`"),
            Type::List(_) => mistake.help("ask how many there are: `….size() > 0`"),
            _ => mistake.help("compare it with what it should be"),
        }])
    }

    /// The names of service levels that the expression reads by name, such as `contract.sla.retention`.
    pub(crate) fn sla_names(&self) -> &[Box<str>] {
        &self.sla_names
    }

    /// The parameters that the expression reads, and how a change of each would move its answer.
    pub(crate) fn uses(&self) -> Vec<Use> {
        direction::uses(&self.root)
    }
}
