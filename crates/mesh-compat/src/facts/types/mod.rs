//! Types: which values there can be, as far as their type says so.
//!
//! The text of a physical type is read ([`Type::parse`]) in the [`Dialect`] of the server, and two
//! types are [compared](compare) by the values that they hold.

mod compare;
mod dialect;
pub(crate) mod field;
mod lex;
mod names;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use compare::Relation;
pub(crate) use dialect::Dialect;

/// A type, by the values that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Boolean,
    /// Whole numbers of so many bits below and above zero.
    Integer {
        below: u16,
        above: u16,
    },
    /// Decimals of so many digits before and after the point.
    Decimal {
        before: Limit,
        after: Limit,
    },
    /// Binary floating point.
    Float {
        exponent: u16,
        fraction: u16,
    },
    Text(Text),
    /// Bytes.
    Binary {
        length: Limit,
        is_fixed: bool,
    },
    Date(Range),
    Time {
        precision: Limit,
        zone: Zone,
    },
    Timestamp(Timestamp),
    /// One of a few texts.
    Enumeration(Vec<String>),
    /// Many of one type, if it is named; of an exact number, if that is.
    Array {
        element: Option<Box<Type>>,
        length: Option<i64>,
    },
    /// Keys and values, if their types are named.
    Map(Option<Box<(Type, Type)>>),
    /// Named parts, if they are named.
    Struct(Option<Vec<(String, Type)>>),
    /// What may be null where others may not, or may not where others may.
    Nulls {
        are_allowed: bool,
        inner: Box<Type>,
    },
    /// A type that has no size: of a family, in one of its forms.
    Plain {
        family: &'static str,
        form: String,
    },
    /// One that mesh does not know.
    Other(String),
}

/// What texts there can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    length: Limit,
    unit: Unit,
    /// Whether shorter texts are filled up with blanks.
    is_fixed: bool,
    /// Whether it holds characters that the plain type does not.
    is_national: bool,
    /// The character set and the collation, as they are written.
    charset: String,
}

/// What the length of a text counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Unsaid,
    Bytes,
    Characters,
}

/// What timestamps there can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timestamp {
    /// Digits after the second.
    precision: Limit,
    range: Range,
    zone: Zone,
    /// The time zone in which values are shown, where the type names one.
    place: String,
}

/// What a time says about its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// It depends on where the type is used.
    Unsaid,
    /// What a clock on the wall shows.
    None,
    /// A moment, without the zone in which it was written.
    Moment,
    /// A moment, with the zone in which it was written.
    Kept,
    /// A moment, with or without the zone.
    Some,
}

/// The span of days that a type has, the shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Range {
    /// From about 1900 or 1970 to 2079 or 2106.
    Short,
    /// From 1753 on, in steps of about 3 ms.
    Modern,
    Full,
}

/// How much of something there can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// So much at most.
    At(i64),
    /// As much as the system can hold.
    Unlimited,
    /// It depends on where the type is used.
    Unsaid,
}

impl Type {
    /// Integers of so many bits.
    pub(crate) fn signed(bits: u16) -> Self {
        let half = bits.saturating_sub(1);
        Self::Integer {
            below: half,
            above: half,
        }
    }

    /// Integers of so many bits, from zero on.
    pub(crate) fn unsigned(bits: u16) -> Self {
        Self::Integer {
            below: 0,
            above: bits,
        }
    }

    /// Floating point of 16, 32 or 64 bits.
    pub(crate) fn float(bits: u16) -> Self {
        let (exponent, fraction) = match bits {
            16 => (5, 10),
            32 => (8, 23),
            64 => (11, 52),
            _ => (15, 112),
        };
        Self::Float { exponent, fraction }
    }

    /// What sort of values it holds: those of different families have nothing in common. `None` where
    /// mesh does not know.
    fn family(&self) -> Option<&'static str> {
        Some(match self {
            Self::Boolean => "boolean",
            Self::Integer { .. } => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Float { .. } => "float",
            Self::Text(_) => "text",
            Self::Binary { .. } => "binary",
            Self::Date(_) => "date",
            Self::Time { .. } => "time",
            Self::Timestamp(_) => "timestamp",
            Self::Enumeration(_) => "enumeration",
            Self::Array { .. } => "array",
            Self::Map(_) => "map",
            Self::Struct(_) => "struct",
            Self::Plain { family, .. } => family,
            Self::Nulls { .. } | Self::Other(_) => return None,
        })
    }
}
