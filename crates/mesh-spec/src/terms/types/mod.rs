//! Physical types: which values there can be, as far as a type says so.
//!
//! The text of a type is read ([`Type::parse`]) in the [`Dialect`] of the system that the data is in.

mod dialect;
mod lex;
mod names;
mod parse;
#[cfg(test)]
mod tests;

pub use dialect::Dialect;

/// A type, by the values that it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Truth values.
    Boolean,
    /// Whole numbers.
    Integer {
        /// How many bits there are for numbers below zero.
        below: u16,
        /// How many bits there are for numbers above zero.
        above: u16,
    },
    /// Decimals.
    Decimal {
        /// Digits before the point.
        before: Limit,
        /// Digits after the point.
        after: Limit,
    },
    /// Binary floating point.
    Float {
        /// The bits of the exponent.
        exponent: u16,
        /// The bits of the fraction.
        fraction: u16,
    },
    /// Texts.
    Text(Text),
    /// Bytes.
    Binary {
        /// How many.
        length: Limit,
        /// Whether shorter values are filled up.
        is_fixed: bool,
    },
    /// Days.
    Date(Range),
    /// Times of the day.
    Time {
        /// Digits after the second.
        precision: Limit,
        /// What is said about the time zone.
        zone: Zone,
    },
    /// Days with times.
    Timestamp(Timestamp),
    /// One of a few texts.
    Enumeration(Vec<String>),
    /// Many of one type.
    Array {
        /// The type of each, if it is named.
        element: Option<Box<Type>>,
        /// How many there are, if it is always the same number.
        length: Option<i64>,
    },
    /// Keys and values, if their types are named.
    Map(Option<Box<(Type, Type)>>),
    /// Named parts, if they are named.
    Struct(Option<Vec<(String, Type)>>),
    /// What may be null where others may not, or may not where others may.
    Nulls {
        /// Which of the two.
        are_allowed: bool,
        /// The type of what is not null.
        inner: Box<Type>,
    },
    /// A type of a known family, of which mesh knows no sizes.
    Plain {
        /// What sort of values it holds.
        family: Family,
        /// Its name and arguments, in one spelling.
        form: String,
    },
    /// One that mesh does not know.
    Other(String),
}

/// What sort of values types hold: those of different families have nothing in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Network addresses.
    Address,
    /// Many of one type.
    Array,
    /// Bytes.
    Binary,
    /// Strings of bits.
    Bits,
    /// Truth values.
    Boolean,
    /// Days.
    Date,
    /// Decimals.
    Decimal,
    /// One of a few texts.
    Enumeration,
    /// Binary floating point.
    Float,
    /// Shapes and places.
    Geometry,
    /// Addresses of network cards.
    HardwareAddress,
    /// Whole numbers.
    Integer,
    /// Lengths of time.
    Interval,
    /// JSON, and other values of any shape.
    Json,
    /// Keys and values.
    Map,
    /// Keys and values that are texts.
    Pairs,
    /// Texts that were prepared to be searched.
    Search,
    /// Named parts.
    Struct,
    /// Texts.
    Text,
    /// Times of the day.
    Time,
    /// Days with times.
    Timestamp,
    /// UUIDs.
    Uuid,
    /// Vectors of numbers.
    Vector,
    /// XML.
    Xml,
    /// Years.
    Year,
}

/// What texts there can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// How long they may be.
    pub length: Limit,
    /// What the length counts.
    pub unit: Unit,
    /// Whether shorter texts are filled up with blanks.
    pub is_fixed: bool,
    /// Whether it holds characters that the plain type does not.
    pub is_national: bool,
    /// The character set and the collation, as they are written.
    pub charset: String,
}

/// What the length of a text counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// It depends on where the type is used.
    Unsaid,
    /// Bytes.
    Bytes,
    /// Characters.
    Characters,
}

/// What timestamps there can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// Digits after the second.
    pub precision: Limit,
    /// The span of days.
    pub range: Range,
    /// What is said about the time zone.
    pub zone: Zone,
    /// The time zone in which values are shown, where the type names one.
    pub place: String,
}

/// What a time says about its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
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

impl Zone {
    /// Whether a time with it is a moment, which is the same everywhere.
    pub fn is_moment(self) -> bool {
        matches!(self, Self::Moment | Self::Kept | Self::Some)
    }
}

/// The span of days that a type has, the shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Range {
    /// From about 1900 or 1970 to 2038, 2079, 2106 or 2149.
    Short,
    /// From 1753 on, in steps of about 3 ms.
    Modern,
    /// All days that there are dates for.
    Full,
}

/// How much of something there can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So much at most.
    At(i64),
    /// As much as the system can hold.
    Unlimited,
    /// It depends on where the type is used.
    Unsaid,
}

impl Type {
    /// Integers of so many bits.
    pub fn signed(bits: u16) -> Self {
        let half = bits.saturating_sub(1);
        Self::Integer {
            below: half,
            above: half,
        }
    }

    /// Integers of so many bits, from zero on.
    pub fn unsigned(bits: u16) -> Self {
        Self::Integer {
            below: 0,
            above: bits,
        }
    }

    /// Floating point of 16, 32 or 64 bits.
    pub fn float(bits: u16) -> Self {
        let (exponent, fraction) = match bits {
            16 => (5, 10),
            32 => (8, 23),
            64 => (11, 52),
            _ => (15, 112),
        };
        Self::Float { exponent, fraction }
    }

    /// What sort of values it holds; `None` where mesh does not know.
    pub fn family(&self) -> Option<Family> {
        Some(match self {
            Self::Boolean => Family::Boolean,
            Self::Integer { .. } => Family::Integer,
            Self::Decimal { .. } => Family::Decimal,
            Self::Float { .. } => Family::Float,
            Self::Text(_) => Family::Text,
            Self::Binary { .. } => Family::Binary,
            Self::Date(_) => Family::Date,
            Self::Time { .. } => Family::Time,
            Self::Timestamp(_) => Family::Timestamp,
            Self::Enumeration(_) => Family::Enumeration,
            Self::Array { .. } => Family::Array,
            Self::Map(_) => Family::Map,
            Self::Struct(_) => Family::Struct,
            Self::Plain { family, .. } => *family,
            Self::Nulls { .. } | Self::Other(_) => return None,
        })
    }
}
