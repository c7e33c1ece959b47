//! One type beside another: whether it holds the same values, more, or fewer.

use std::cmp::Ordering;

use mesh_spec::terms::types::{Family, Limit, Text, Timestamp, Type, Unit, Zone};

/// What a type is to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// It holds the same values.
    Same,
    /// It holds all values that it held, and more.
    Widened,
    /// It holds some of the values that it held, and no others.
    Narrowed,
    /// mesh cannot tell.
    Unknown,
    /// It holds some of the values that it held, and others.
    Shifted,
    /// Its values say more or less about their time zone, and so mean something else.
    Rezoned,
    /// It holds other values.
    Changed,
}

use Relation::{Changed, Narrowed, Rezoned, Same, Shifted, Unknown, Widened};

impl Relation {
    /// What a whole is to the one before, of which this is true of one part and `other` of the rest.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Widened, Narrowed) | (Narrowed, Widened) => Shifted,
            _ => self.max(other),
        }
    }

    fn of(ordering: Ordering) -> Self {
        match ordering {
            Ordering::Equal => Same,
            Ordering::Less => Widened,
            Ordering::Greater => Narrowed,
        }
    }

    /// Of amounts: more is wider.
    fn between<T: Ord>(old: &T, new: &T) -> Self {
        Self::of(old.cmp(new))
    }
}

/// What can be compared with another of its sort.
pub(crate) trait Compare {
    /// What `new` is to this.
    fn compare(&self, new: &Self) -> Relation;
}

impl Compare for Type {
    fn compare(&self, new: &Self) -> Relation {
        if self == new {
            return Same;
        }
        match (self, new) {
            (
                Self::Integer { below, above },
                Self::Integer {
                    below: new_below,
                    above: new_above,
                },
            ) => Relation::between(below, new_below).and(Relation::between(above, new_above)),
            (
                Self::Decimal { before, after },
                Self::Decimal {
                    before: new_before,
                    after: new_after,
                },
            ) => before.compare(new_before).and(after.compare(new_after)),
            (
                Self::Float { exponent, fraction },
                Self::Float {
                    exponent: new_exponent,
                    fraction: new_fraction,
                },
            ) => Relation::between(exponent, new_exponent)
                .and(Relation::between(fraction, new_fraction)),
            (Self::Text(old), Self::Text(new)) => old.compare(new),
            (
                Self::Binary { length, is_fixed },
                Self::Binary {
                    length: new_length,
                    is_fixed: new_fixed,
                },
            ) => length
                .compare(new_length)
                .and(Relation::between(new_fixed, is_fixed)),
            (Self::Date(old), Self::Date(new)) => Relation::between(old, new),
            (
                Self::Time { precision, zone },
                Self::Time {
                    precision: new_precision,
                    zone: new_zone,
                },
            ) => precision.compare(new_precision).and(zone.compare(new_zone)),
            (Self::Timestamp(old), Self::Timestamp(new)) => old.compare(new),
            (Self::Enumeration(old), Self::Enumeration(new)) => values(old, new),
            (
                Self::Array { element, length },
                Self::Array {
                    element: new_element,
                    length: new_length,
                },
            ) => {
                let elements = match (element, new_element) {
                    (Some(old), Some(new)) => old.compare(new),
                    (None, None) => Same,
                    _ => Unknown,
                };
                match (length, new_length) {
                    (Some(old), Some(new)) if old != new => Changed,
                    (Some(_), None) => elements.and(Widened),
                    (None, Some(_)) => elements.and(Narrowed),
                    _ => elements,
                }
            }
            (Self::Map(Some(old)), Self::Map(Some(new))) => {
                old.0.compare(&new.0).and(old.1.compare(&new.1))
            }
            (Self::Struct(Some(old)), Self::Struct(Some(new))) => parts(old, new),
            (
                Self::Nulls { are_allowed, inner },
                Self::Nulls {
                    are_allowed: new_allowed,
                    inner: new_inner,
                },
            ) if are_allowed == new_allowed => inner.compare(new_inner),
            // Dimensions or elements: the numbers mean something else.
            (
                Self::Plain {
                    family: Family::Vector,
                    ..
                },
                Self::Plain {
                    family: Family::Vector,
                    ..
                },
            ) => Changed,
            _ => match (self.family(), new.family()) {
                (Some(old), Some(new)) if old != new => Changed,
                _ => Unknown,
            },
        }
    }
}

impl Compare for Limit {
    fn compare(&self, new: &Self) -> Relation {
        match (self, new) {
            (Self::At(old), Self::At(new)) => Relation::between(old, new),
            (Self::Unlimited, Self::Unlimited) | (Self::Unsaid, Self::Unsaid) => Same,
            (Self::At(_), Self::Unlimited) => Widened,
            (Self::Unlimited, Self::At(_)) => Narrowed,
            (Self::Unsaid, _) | (_, Self::Unsaid) => Unknown,
        }
    }
}

impl Compare for Text {
    fn compare(&self, new: &Self) -> Relation {
        let lengths = self.length.compare(&new.length);
        let lengths = match (self.unit, new.unit) {
            (old, new) if old == new => lengths,
            // What is not limited does not depend on what is counted.
            _ if matches!(new.length, Limit::Unlimited)
                || matches!(self.length, Limit::Unlimited) =>
            {
                lengths
            }
            // A character has one byte at least.
            (Unit::Bytes, Unit::Characters) if lengths <= Widened => Widened,
            (Unit::Characters, Unit::Bytes) if matches!(lengths, Same | Narrowed) => Narrowed,
            _ => Unknown,
        };
        let charsets = if self.charset == new.charset {
            Same
        } else {
            Unknown
        };
        lengths
            .and(Relation::between(&new.is_fixed, &self.is_fixed))
            .and(Relation::between(&self.is_national, &new.is_national))
            .and(charsets)
    }
}

impl Compare for Timestamp {
    fn compare(&self, new: &Self) -> Relation {
        let places = if self.place == new.place {
            Same
        } else {
            Rezoned
        };
        self.precision
            .compare(&new.precision)
            .and(Relation::between(&self.range, &new.range))
            .and(self.zone.compare(&new.zone))
            .and(places)
    }
}

impl Compare for Zone {
    fn compare(&self, new: &Self) -> Relation {
        match (self, new) {
            (old, new) if old == new => Same,
            (Self::Unsaid, _) | (_, Self::Unsaid) => Unknown,
            // It is a moment before and after; whether the zone is kept is not said.
            (Self::Some, other) | (other, Self::Some) if other.is_moment() => Unknown,
            _ => Rezoned,
        }
    }
}

/// Values that come or go matter in their own right, and are told of where they can be listed.
fn values(old: &[String], new: &[String]) -> Relation {
    let within = |few: &[String], many: &[String]| few.iter().all(|value| many.contains(value));
    if within(old, new) && within(new, old) {
        Same
    } else {
        Unknown
    }
}

/// Parts are known by their names, and those without by their place.
fn parts(old: &[(String, Type)], new: &[(String, Type)]) -> Relation {
    let is_named = |parts: &[(String, Type)]| parts.iter().all(|(name, _)| !name.is_empty());
    if !is_named(old) || !is_named(new) {
        return if old.len() == new.len() {
            let pairs = old.iter().zip(new);
            pairs
                .map(|((_, old), (_, new))| old.compare(new))
                .fold(Same, Relation::and)
        } else {
            Changed
        };
    }
    if is_ambiguous(old) || is_ambiguous(new) {
        return Unknown;
    }
    let part = |parts: &[(String, Type)], name: &str| {
        parts
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, part)| part.clone())
    };
    let before = old.iter().map(|(name, old)| match part(new, name) {
        Some(new) => old.compare(&new),
        None => Narrowed,
    });
    let after = new.iter().map(|(name, _)| match part(old, name) {
        Some(_) => Same,
        None => Widened,
    });
    before.chain(after).fold(Same, Relation::and)
}

fn is_ambiguous(parts: &[(String, Type)]) -> bool {
    let mut names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}
