//! Values: borrowed from the documents wherever they can be.

use std::collections::HashSet;
use std::rc::Rc;

use mesh_spec::model::{AuthoritativeDefinition, CustomProperty};
use serde_json::Value as Json;

use crate::view::{ContractView, Thing};

/// A value that stands in an expression, or of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Constant {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Box<str>),
    List(Vec<Constant>),
}

/// A value of an expression.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'a str),
    /// A text that was computed.
    Made(Rc<str>),
    List(List<'a>),
    Map(Map<'a>),
    Thing(Thing<'a>),
}

/// A list, wherever it is kept.
#[derive(Debug, Clone)]
pub(crate) enum List<'a> {
    Constants(&'a [Constant]),
    Texts(&'a [String]),
    Json(&'a [Json]),
    /// Fields of a contract, from the first to before the second.
    Fields(&'a ContractView<'a>, u32, u32),
    Made(Rc<[Value<'a>]>),
}

/// Values by name, wherever they are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Map<'a> {
    Custom(&'a [CustomProperty]),
    Links(&'a [AuthoritativeDefinition]),
    Json(&'a serde_json::Map<String, Json>),
}

impl Constant {
    /// The constant that JSON writes so; `None` for an object, or a number that is none here.
    pub(crate) fn of_json(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Self::Int(value),
                None if number.is_f64() => Self::Double(number.as_f64()?),
                None => return None,
            },
            Json::String(text) => Self::Text(text.as_str().into()),
            Json::Array(items) => {
                Self::List(items.iter().map(Self::of_json).collect::<Option<_>>()?)
            }
            Json::Object(_) => return None,
        })
    }

    /// As JSON writes it.
    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Double(value) => (*value).into(),
            Self::Text(text) => text.as_ref().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
        }
    }

    /// The value, which borrows it.
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(text) => Value::Text(text),
            Self::List(items) => Value::List(List::Constants(items)),
        }
    }
}

impl<'a> Value<'a> {
    /// The value that `json` holds. Whole numbers are signed; one that does not fit is taken as a double.
    pub(crate) fn of_json(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Self::Int(value),
                None => Self::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Self::Text(text),
            Json::Array(items) => Self::List(List::Json(items)),
            Json::Object(map) => Self::Map(Map::Json(map)),
        }
    }

    /// A list of `things`.
    pub(crate) fn things(things: impl Iterator<Item = Thing<'a>>) -> Self {
        Self::List(List::Made(things.map(Value::Thing).collect()))
    }

    /// The text, if it is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Made(text) => Some(text),
            _ => None,
        }
    }

    /// Whether a document that says this says nothing: null, or a text of blanks.
    pub(crate) fn is_blank(&self) -> bool {
        matches!(self, Self::Null) || self.as_text().is_some_and(|text| text.trim().is_empty())
    }

    /// Equality as CEL has it: numbers by what they are worth, values of different types never.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (self.as_text(), other.as_text()) {
            return a == b;
        }
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && (0..a.len()).all(|at| a.get(at).equals(&b.get(at)))
            }
            (Self::Thing(a), Self::Thing(b)) => a.is_same(*b),
            (Self::Map(a), Self::Map(b)) => a.is_same(*b),
            (a, b) => a.compare(b).is_some_and(std::cmp::Ordering::is_eq),
        }
    }

    /// The order of two numbers or two texts.
    pub(crate) fn compare(&self, other: &Self) -> Option<std::cmp::Ordering> {
        if let (Some(a), Some(b)) = (self.as_text(), other.as_text()) {
            return Some(a.cmp(b));
        }
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(b),
            (Self::Int(a), Self::Double(b)) => compare_mixed(*a, *b),
            (Self::Double(a), Self::Int(b)) => {
                compare_mixed(*b, *a).map(std::cmp::Ordering::reverse)
            }
            _ => None,
        }
    }

    /// As a reason shows it: the beginning, of what is long.
    pub(super) fn brief(&self) -> String {
        const CHARACTERS: usize = 60;
        const ITEMS: usize = 5;
        let of_item = |item: Value<'a>| match item {
            Self::List(_) => "…".to_owned(),
            other => other.brief(),
        };
        let (mut text, is_cut) = match self {
            Self::List(list) => {
                let items = (0..list.len().min(ITEMS)).map(|at| of_item(list.get(at)));
                (items.collect::<Vec<_>>().join(", "), list.len() > ITEMS)
            }
            other => match other.as_text() {
                Some(text) => (
                    text.chars().take(CHARACTERS).collect(),
                    text.chars().nth(CHARACTERS).is_some(),
                ),
                None => (other.show(), false),
            },
        };
        if is_cut {
            text.push('…');
        }
        text
    }

    /// How many parts it has that a comparison with another may look at.
    pub(super) fn weight(&self) -> usize {
        /// To find out whether two things are the same takes longer than to compare two numbers.
        const THING: usize = 8;
        let of_json = |json: &Json| Value::of_json(json).weight();
        match self {
            Self::List(List::Texts(items)) => items.len(),
            Self::List(list @ List::Fields(..)) => list.len() * THING,
            Self::List(List::Json(items)) => 1 + items.iter().map(of_json).sum::<usize>(),
            Self::List(list) => {
                let items = (0..list.len()).map(|at| list.get(at).weight());
                1 + items.sum::<usize>()
            }
            Self::Map(Map::Links(entries)) => entries.len(),
            Self::Map(Map::Custom(entries)) => {
                let values = entries
                    .iter()
                    .map(|entry| entry.value.as_ref().map_or(1, of_json));
                values.sum()
            }
            Self::Map(Map::Json(map)) => 1 + map.values().map(of_json).sum::<usize>(),
            Self::Thing(_) => THING,
            other => 1 + other.as_text().map_or(0, |text| text.len() / 64),
        }
    }

    /// As a message shows it.
    pub(crate) fn show(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Double(value) => value.to_string(),
            Self::Text(text) => (*text).to_owned(),
            Self::Made(text) => text.as_ref().to_owned(),
            Self::List(list) => {
                const SHOWN: usize = 10;
                let shown = (0..list.len().min(SHOWN)).map(|at| list.get(at).show());
                let mut text = shown.collect::<Vec<_>>().join(", ");
                if list.len() > SHOWN {
                    text.push_str(&format!(" and {} more", list.len() - SHOWN));
                }
                text
            }
            Self::Map(_) => "several values".to_owned(),
            Self::Thing(thing) => thing.label(),
        }
    }
}

/// The order of a whole number and a double, without rounding the one to the other.
#[expect(
    clippy::cast_precision_loss,
    reason = "where it loses, the fraction decides nothing"
)]
fn compare_mixed(int: i64, double: f64) -> Option<std::cmp::Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if double.is_nan() {
        return None;
    }
    if double >= LIMIT {
        return Some(std::cmp::Ordering::Less);
    }
    if double < -LIMIT {
        return Some(std::cmp::Ordering::Greater);
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is within the limits")]
    let whole = double.trunc() as i64;
    let fraction = double - whole as f64;
    Some(
        int.cmp(&whole)
            .then_with(|| 0.0_f64.total_cmp(&(fraction + 0.0))),
    )
}

impl<'a> List<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Constants(items) => items.len(),
            Self::Texts(items) => items.len(),
            Self::Json(items) => items.len(),
            Self::Fields(_, from, to) => (to - from) as usize,
            Self::Made(items) => items.len(),
        }
    }

    /// The item at a position before [`List::len`]; null beyond it.
    pub(crate) fn get(&self, at: usize) -> Value<'a> {
        match self {
            Self::Constants(items) => items.get(at).map(Constant::value),
            Self::Texts(items) => items.get(at).map(|text| Value::Text(text)),
            Self::Json(items) => items.get(at).map(Value::of_json),
            Self::Fields(contract, from, to) => u32::try_from(at)
                .ok()
                .and_then(|at| from.checked_add(at))
                .filter(|at| at < to)
                .map(|at| Value::Thing(Thing::Field(contract, at))),
            Self::Made(items) => items.get(at).cloned(),
        }
        .unwrap_or(Value::Null)
    }

    /// Whether the text `wanted` is in a list of texts; `None` for other lists.
    pub(crate) fn has_text(&self, wanted: &str) -> Option<bool> {
        match self {
            Self::Texts(items) => Some(items.iter().any(|text| text == wanted)),
            _ => None,
        }
    }
}

impl<'a> Map<'a> {
    /// The value under `name`, and where it stands beneath the map.
    pub(crate) fn get(self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Custom(_) | Self::Links(_) => self.value(self.position(name)?),
            Self::Json(map) => map.get(name).map(Value::of_json),
        }
        .filter(|value| !value.is_blank())
    }

    /// Where in a list of entries `name` stands. Of custom properties, one without a vendor comes before one of
    /// mesh; those of other vendors are theirs.
    pub(crate) fn position(self, name: &str) -> Option<usize> {
        match self {
            Self::Custom(entries) => {
                let of = |vendor: Option<&str>| {
                    entries.iter().position(|entry| {
                        entry.vendor.as_deref() == vendor && entry.property.as_deref() == Some(name)
                    })
                };
                of(None).or_else(|| of(Some(mesh_spec::model::mesh::VENDOR)))
            }
            Self::Links(entries) => entries
                .iter()
                .position(|entry| entry.r#type.as_deref() == Some(name)),
            Self::Json(_) => None,
        }
    }

    /// The names under which [`Map::get`] finds something, in order.
    pub(crate) fn names(self) -> Vec<&'a str> {
        let mut seen = HashSet::new();
        let mut found: Vec<(usize, &str)> = Vec::new();
        for rank in [0, 1] {
            let entries = (0..self.len()).filter(|at| self.rank(*at) == Some(rank));
            let named = entries.filter_map(|at| Some((at, self.name(at)?)));
            found.extend(named.filter(|(_, name)| seen.insert(*name)));
        }
        found.retain(|(at, _)| self.value(*at).is_some_and(|value| !value.is_blank()));
        found.sort_unstable();
        found.into_iter().map(|(_, name)| name).collect()
    }

    /// Of entries of one name, the one of the lowest rank counts; `None` for one that never does.
    fn rank(self, at: usize) -> Option<u8> {
        match self {
            Self::Custom(entries) => match entries.get(at)?.vendor.as_deref() {
                None => Some(0),
                Some(vendor) => (vendor == mesh_spec::model::mesh::VENDOR).then_some(1),
            },
            Self::Links(_) | Self::Json(_) => Some(0),
        }
    }

    /// The value at a position, blank or not.
    fn value(self, at: usize) -> Option<Value<'a>> {
        match self {
            Self::Custom(entries) => entries.get(at)?.value.as_ref().map(Value::of_json),
            Self::Links(entries) => entries.get(at)?.url.as_deref().map(Value::Text),
            Self::Json(map) => map.values().nth(at).map(Value::of_json),
        }
    }

    /// How many entries there are, whatever they hold.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Custom(entries) => entries.len(),
            Self::Links(entries) => entries.len(),
            Self::Json(map) => map.len(),
        }
    }

    /// The name at a position.
    pub(crate) fn name(self, at: usize) -> Option<&'a str> {
        match self {
            Self::Custom(entries) => entries.get(at)?.property.as_deref(),
            Self::Links(entries) => entries.get(at)?.r#type.as_deref(),
            Self::Json(map) => map.keys().nth(at).map(String::as_str),
        }
    }

    fn is_same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Custom(a), Self::Custom(b)) => a == b,
            (Self::Links(a), Self::Links(b)) => a == b,
            (Self::Json(a), Self::Json(b)) => a == b,
            _ => false,
        }
    }
}
