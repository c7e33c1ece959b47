//! Bounds of values: whether there can be more of them than before, or fewer.

use std::cmp::Ordering;

use mesh_spec::terms::dates::Moment;
use mesh_spec::yaml::{NodeRef, Value};

use super::number::Number;
use super::options;
use crate::pair::{Both, Pair};
use crate::quote::quoted;

/// What became of the bound that some keys set together.
#[derive(Debug)]
pub(crate) struct Shift {
    /// The key that changed.
    pub(crate) key: &'static str,
    /// All keys that set it.
    pub(crate) keys: &'static [&'static str],
    pub(crate) direction: Direction,
    /// What happened, for a sentence.
    pub(crate) message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// It means the same.
    None,
    /// There can be values that there were not.
    Loosened,
    /// There cannot be values that there were.
    Tightened,
}

/// Every key that sets a bound.
pub(crate) const KEYS: &[&str] = &[
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "multipleOf",
    "uniqueItems",
];

/// The keys that set a bound together, what to call it, and whether values are above it.
const BOUNDS: [(&[&str], &str, bool); 8] = [
    (&["minimum", "exclusiveMinimum"], "lower bound", true),
    (&["maximum", "exclusiveMaximum"], "upper bound", false),
    (&["minLength"], "minimum length", true),
    (&["maxLength"], "maximum length", false),
    (&["minItems"], "minimum number of items", true),
    (&["maxItems"], "maximum number of items", false),
    (&["minProperties"], "minimum number of properties", true),
    (&["maxProperties"], "maximum number of properties", false),
];

/// What became of the bounds of a field, as far as mesh can tell.
pub(crate) fn shifts(pair: &Pair<'_>) -> Vec<Shift> {
    if !options::are_of_same_type(pair) {
        return Vec::new();
    }
    let subject = options::subject(pair);
    let limits = BOUNDS.iter().filter_map(|(keys, noun, is_lower)| {
        let key = keys.iter().copied().find(|key| pair.has_changed(key))?;
        let (direction, message) = limit(pair, keys, noun, *is_lower, &subject)?;
        Some(Shift {
            key,
            keys,
            direction,
            message,
        })
    });
    let step = step(pair, &subject);
    let distinct = distinct(pair, &subject);
    limits.chain(step).chain(distinct).collect()
}

/// A value that all others are above, or below.
#[derive(Debug, Clone)]
struct Bound<'d> {
    point: Point<'d>,
    text: &'d str,
    /// Whether the value itself is not allowed.
    is_exclusive: bool,
}

/// A value that has an order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Point<'d> {
    Number(Number),
    /// With the text, of which not everything is read.
    Moment(Moment, &'d str),
    /// `HH:mm:ss`
    Clock(String),
}

fn limit(
    pair: &Pair<'_>,
    keys: &[&str],
    noun: &str,
    is_lower: bool,
    subject: &str,
) -> Option<(Direction, String)> {
    let logical = pair
        .owner
        .map(|owner| owner.text("logicalType"))
        .unwrap_or_default();
    let old = bound(pair.nodes.old, keys, logical.old, is_lower)?;
    let new = bound(pair.nodes.new, keys, logical.new, is_lower)?;
    let direction = match (&old, &new) {
        (None, None) => Direction::None,
        (None, Some(new)) if is_lower && new.is_natural(keys) => Direction::None,
        (Some(old), None) if is_lower && old.is_natural(keys) => Direction::None,
        (None, Some(_)) => Direction::Tightened,
        (Some(_), None) => Direction::Loosened,
        (Some(old), Some(new)) => match new.strictness(old, is_lower)? {
            Ordering::Equal => Direction::None,
            Ordering::Less => Direction::Loosened,
            Ordering::Greater => Direction::Tightened,
        },
    };
    let shown = |bound: &Bound<'_>| {
        let text = bound.text;
        if bound.is_exclusive {
            format!("{} (exclusive)", quoted(text))
        } else {
            quoted(text)
        }
    };
    let message = match (&old, &new) {
        (Some(old), Some(new)) => {
            format!(
                "the {noun} of {subject} went from {} to {}",
                shown(old),
                shown(new)
            )
        }
        (None, Some(new)) => format!("the {noun} of {subject} is {} now", shown(new)),
        (Some(old), None) => format!("{subject} has no {noun} any more; it was {}", shown(old)),
        (None, None) => String::new(),
    };
    Some((direction, message))
}

impl Bound<'_> {
    /// Whether every value keeps to it anyway: nothing is shorter than nothing.
    fn is_natural(&self, keys: &[&str]) -> bool {
        keys.len() == 1
            && match &self.point {
                Point::Number(number) => number.whole() == Some(0),
                _ => false,
            }
    }

    /// Whether it allows fewer values than `other`, as [`Ordering::Greater`].
    fn strictness(&self, other: &Bound<'_>, is_lower: bool) -> Option<Ordering> {
        let order = self.point.order(&other.point)?;
        let order = if is_lower { order } else { order.reverse() };
        Some(order.then(self.is_exclusive.cmp(&other.is_exclusive)))
    }

    /// For integers, the next value is allowed where this one is not.
    fn of_integers(self, is_lower: bool) -> Self {
        let Point::Number(number) = &self.point else {
            return self;
        };
        let step = if is_lower { 1 } else { -1 };
        let next = number
            .whole()
            .filter(|_| self.is_exclusive)
            .and_then(|whole| whole.checked_add(step))
            .and_then(|whole| Number::parse(&whole.to_string()));
        match next {
            Some(next) => Self {
                point: Point::Number(next),
                is_exclusive: false,
                ..self
            },
            None => self,
        }
    }
}

/// The bound that `keys` set on one side: the stricter of the two. `None` if it cannot be read,
/// `Some(None)` if there is none.
#[allow(clippy::option_option)]
fn bound<'d>(
    options: Option<NodeRef<'d>>,
    keys: &[&str],
    logical: Option<&str>,
    is_lower: bool,
) -> Option<Option<Bound<'d>>> {
    let at = |key: &str| {
        options
            .and_then(|options| options.get(key))
            .filter(|node| node.value() != Value::Null)
    };
    let read = |node: NodeRef<'d>, is_exclusive: bool| {
        let (Value::String(text) | Value::Number(text)) = node.value() else {
            return None;
        };
        Some(Bound {
            point: Point::parse(text, logical)?,
            text,
            is_exclusive,
        })
    };
    let exclusive = keys.get(1).and_then(|key| at(key));
    let is_flagged = exclusive.is_some_and(|node| node.value() == Value::Bool(true));
    let exclusive = match exclusive {
        Some(node) if !matches!(node.value(), Value::Bool(_)) => Some(read(node, true)?),
        _ => None,
    };
    let inclusive = match at(keys[0]) {
        Some(node) => Some(read(node, is_flagged)?),
        None => None,
    };
    let integers = |bound: Bound<'d>| match logical {
        Some("integer") => bound.of_integers(is_lower),
        _ => bound,
    };
    Some(match (inclusive.map(integers), exclusive.map(integers)) {
        (Some(one), Some(other)) => match one.strictness(&other, is_lower)? {
            Ordering::Less => Some(other),
            _ => Some(one),
        },
        (one, other) => one.or(other),
    })
}

impl<'d> Point<'d> {
    fn parse(text: &'d str, logical: Option<&str>) -> Option<Self> {
        match logical {
            Some("date" | "timestamp" | "time") => Self::of_time(text),
            Some(_) => Number::parse(text).map(Self::Number),
            None => Number::parse(text)
                .map(Self::Number)
                .or_else(|| Self::of_time(text)),
        }
    }

    fn of_time(text: &'d str) -> Option<Self> {
        Moment::parse(text)
            .map(|moment| Self::Moment(moment, text.trim()))
            .or_else(|| clock(text).map(Self::Clock))
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Some(one.cmp(other)),
            (Self::Clock(one), Self::Clock(other)) => Some(one.cmp(other)),
            (Self::Moment(_, one), Self::Moment(_, other)) if one == other => Some(Ordering::Equal),
            (Self::Moment(one, text), Self::Moment(other, other_text)) => {
                let has_zone = |text: &str| {
                    let time = text.get(10..).unwrap_or_default();
                    time.contains(['Z', 'z', '+', '-'])
                };
                if has_zone(text) != has_zone(other_text) {
                    return None;
                }
                // Fractions of a second are not read.
                let is_exact = !text.contains('.') && !other_text.contains('.');
                if one.is_after(*other) {
                    Some(Ordering::Greater)
                } else if other.is_after(*one) {
                    Some(Ordering::Less)
                } else {
                    (one == other && is_exact).then_some(Ordering::Equal)
                }
            }
            _ => None,
        }
    }
}

/// A time of day, such that later ones are greater.
fn clock(text: &str) -> Option<String> {
    let text = text.trim();
    let (time, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = time.split(':').collect();
    let is_number = |part: &str, most: u8| {
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u8>().is_ok_and(|value| value <= most)
    };
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (*hour, *minute, "00"),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let is_clock = is_number(hour, 24)
        && is_number(minute, 59)
        && is_number(second, 60)
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = fraction.trim_end_matches('0');
    is_clock.then(|| format!("{hour}:{minute}:{second}.{fraction}"))
}

/// The number that all values are multiples of.
fn step(pair: &Pair<'_>, subject: &str) -> Option<Shift> {
    const KEY: &str = "multipleOf";
    if !pair.has_changed(KEY) {
        return None;
    }
    let (direction, message) = match pair.text(KEY).split() {
        (None, Some(new)) if pair.at(KEY).old.is_none() => (
            Direction::Tightened,
            format!("{subject} is a multiple of {} now", quoted(new)),
        ),
        (Some(old), None) if pair.at(KEY).new.is_none() => (
            Direction::Loosened,
            format!("{subject} is not a multiple of {} any more", quoted(old)),
        ),
        (Some(old), Some(new)) => {
            let (before, after) = (Number::parse(old)?, Number::parse(new)?);
            let direction = match (
                after.is_multiple_of(&before)?,
                before.is_multiple_of(&after)?,
            ) {
                (true, true) => Direction::None,
                (true, false) => Direction::Tightened,
                _ => Direction::Loosened,
            };
            let message = format!(
                "{subject} is a multiple of {} now, and was one of {}",
                quoted(new),
                quoted(old)
            );
            (direction, message)
        }
        _ => return None,
    };
    Some(Shift {
        key: KEY,
        keys: &[KEY],
        direction,
        message,
    })
}

/// Whether the elements of an array differ from each other.
fn distinct(pair: &Pair<'_>, subject: &str) -> Option<Shift> {
    const KEY: &str = "uniqueItems";
    let is_flag =
        |node: Option<NodeRef<'_>>| node.is_none_or(|node| matches!(node.value(), Value::Bool(_)));
    let Both { old, new } = pair.at(KEY).map(is_flag);
    if !pair.has_changed(KEY) || !old || !new {
        return None;
    }
    let is_new = pair.flag(KEY).new;
    Some(Shift {
        key: KEY,
        keys: &[KEY],
        direction: if is_new {
            Direction::Tightened
        } else {
            Direction::Loosened
        },
        message: if is_new {
            format!("the items of {subject} differ from each other now")
        } else {
            format!("{subject} may have the same item twice now")
        },
    })
}
