//! What values expressions deal with.

use std::fmt;

use crate::view::Kind;

/// The type of an expression, known before it is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// `null`
    Null,
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// A number with a fraction.
    Double,
    /// A text.
    Text,
    /// A list; what it holds.
    List(&'static Self),
    /// Values by name, such as custom properties; what they are.
    Map(&'static Self),
    /// A part of a product or a contract.
    Thing(Kind),
    /// Anything: the value of a custom property.
    Any,
}

impl Type {
    /// The type of a list of `item`.
    pub(crate) fn list_of(item: Self) -> Self {
        Self::List(match item {
            Self::Null => &Self::Null,
            Self::Bool => &Self::Bool,
            Self::Int => &Self::Int,
            Self::Double => &Self::Double,
            Self::Text => &Self::Text,
            Self::Thing(kind) => kind.as_type(),
            Self::List(_) | Self::Map(_) | Self::Any => &Self::Any,
        })
    }

    /// Whether the type is one of numbers.
    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Double)
    }

    /// Whether values of the two types may be equal.
    pub(crate) fn may_equal(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.may_equal(*b),
            (a, b) => a == b || a.is_number() && b.is_number(),
        }
    }

    /// Whether values of the two types have an order.
    pub(crate) fn may_compare(self, other: Self) -> bool {
        let is_ordered = |ty: Self| ty.is_number() || matches!(ty, Self::Text | Self::Any);
        is_ordered(self) && is_ordered(other) && self.may_equal(other)
    }

    /// The type that fits both, for what is one or the other.
    pub(crate) fn with(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Int, Self::Double) | (Self::Double, Self::Int) => Self::Double,
            (Self::List(a), Self::List(b)) => Self::list_of(a.with(*b)),
            _ => Self::Any,
        }
    }
}

impl fmt::Display for Type {
    /// As a sentence has it: "a text", "a list of fields".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("true or false"),
            Self::Int => f.write_str("a whole number"),
            Self::Double => f.write_str("a number"),
            Self::Text => f.write_str("a text"),
            Self::List(Self::Thing(kind)) => write!(f, "a list of {}", kind.plural()),
            Self::List(Self::Text) => f.write_str("a list of texts"),
            Self::List(Self::Int | Self::Double) => f.write_str("a list of numbers"),
            Self::List(_) => f.write_str("a list"),
            Self::Map(_) => f.write_str("values by name"),
            Self::Thing(kind) => write!(f, "{} {}", kind.article(), kind.noun()),
            Self::Any => f.write_str("a value of any type"),
        }
    }
}
