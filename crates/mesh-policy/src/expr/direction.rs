//! Which way a parameter tightens: whether a condition that holds after a change must have held before it.
//!
//! A parameter may be moved by an overlay, and only in the direction in which fewer products pass. The pack declares
//! that direction; here it is found out from how the parameter is used, so that a declaration that is the wrong way
//! round is an error when the pack is loaded.

use mesh_diagnostics::Span;

use super::functions::Function;
use super::syntax::Binary;
use super::tree::{Expr, ExprKind, Quantifier};

/// A change of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To a larger number.
    Up,
    /// To a smaller number.
    Down,
    /// To a list with fewer items.
    Subset,
    /// To a list with more items.
    Superset,
    /// Nobody can tell which.
    Unclear,
}

/// A place where an expression reads a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Use {
    /// The position of the parameter.
    pub(crate) parameter: usize,
    /// The change of the parameter by which the condition may stop to hold, and never begin to.
    pub(crate) tightens: Direction,
    pub(crate) span: Span,
}

impl Direction {
    /// The opposite change.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::Subset => Self::Superset,
            Self::Superset => Self::Subset,
            Self::Unclear => Self::Unclear,
        }
    }

    fn reversed_if(self, is_reversed: bool) -> Self {
        if is_reversed { self.reversed() } else { self }
    }
}

pub(super) fn uses(condition: &Expr) -> Vec<Use> {
    let mut uses = Vec::new();
    truth(condition, false, &mut uses);
    uses
}

/// Looks at a condition; `is_reversed` if the whole holds the less, the more this does.
fn truth(expr: &Expr, is_reversed: bool, uses: &mut Vec<Use>) {
    match &expr.kind {
        ExprKind::And(operands) | ExprKind::Or(operands) => {
            for operand in operands {
                truth(operand, is_reversed, uses);
            }
        }
        ExprKind::Not(inner) => truth(inner, !is_reversed, uses),
        ExprKind::Conditional(parts) => {
            let [condition, yes, no] = &**parts;
            unclear(condition, uses);
            truth(yes, is_reversed, uses);
            truth(no, is_reversed, uses);
        }
        ExprKind::Compare(operator, sides) => {
            let [left, right] = &**sides;
            // `x >= p` holds for less, the larger p is.
            let right_tightens = match operator {
                Binary::Greater | Binary::GreaterOrEqual => Direction::Up,
                Binary::Less | Binary::LessOrEqual => Direction::Down,
                _ => Direction::Unclear,
            };
            side(right, right_tightens.reversed_if(is_reversed), uses);
            side(
                left,
                right_tightens.reversed().reversed_if(is_reversed),
                uses,
            );
        }
        ExprKind::In(sides) => {
            let [item, list] = &**sides;
            unclear(item, uses);
            side(list, Direction::Subset.reversed_if(is_reversed), uses);
        }
        ExprKind::Each(each) => match each.what {
            Quantifier::All => {
                side(
                    &each.list,
                    Direction::Superset.reversed_if(is_reversed),
                    uses,
                );
                truth(&each.condition, is_reversed, uses);
            }
            Quantifier::Exists => {
                side(&each.list, Direction::Subset.reversed_if(is_reversed), uses);
                truth(&each.condition, is_reversed, uses);
            }
            _ => unclear(expr, uses),
        },
        _ => unclear(expr, uses),
    }
}

/// Looks at what is compared: a parameter as it is, which `tightens` so, or anything else.
fn side(expr: &Expr, tightens: Direction, uses: &mut Vec<Use>) {
    match &expr.kind {
        ExprKind::Parameter(parameter) => uses.push(Use {
            parameter: *parameter,
            tightens,
            span: expr.span,
        }),
        ExprKind::Call(Function::ToDouble, arguments) => {
            for argument in arguments {
                side(argument, tightens, uses);
            }
        }
        _ => unclear(expr, uses),
    }
}

/// Notes every parameter in `expr` as one of which nobody can tell.
fn unclear(expr: &Expr, uses: &mut Vec<Use>) {
    if let ExprKind::Parameter(parameter) = &expr.kind {
        uses.push(Use {
            parameter: *parameter,
            tightens: Direction::Unclear,
            span: expr.span,
        });
    }
    for child in expr.children() {
        unclear(child, uses);
    }
}
