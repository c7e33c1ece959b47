//! What can be judged: the spanned tree, and JSON values.

use std::sync::LazyLock;

use serde_json::{Map, Value as Json};

use crate::yaml::{NodeRef, Value};

/// A value as JSON Schema sees it.
pub trait Instance<'a>: Copy {
    /// What the value is.
    fn shape(self) -> Shape<'a>;
    /// The members of an object; none for anything else. No key stands twice.
    fn members(self) -> impl ExactSizeIterator<Item = (&'a str, Self)>;
    /// The elements of an array; none for anything else.
    fn elements(self) -> impl ExactSizeIterator<Item = Self>;
    /// The member of an object that stands under `key`.
    fn member(self, key: &str) -> Option<Self>;
    /// The value as JSON.
    fn json(self) -> Json;
}

/// What an [`Instance`] is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number, to the precision in which schemas compare it, and whether it is whole.
    Number(f64, bool),
    /// A text.
    String(&'a str),
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A number as a [`Shape`]. To JSON Schema, `4.0` is an integer.
fn number<'a>(number: &serde_json::Number) -> Shape<'a> {
    let value = number.as_f64().unwrap_or_default();
    Shape::Number(value, !number.is_f64() || value.fract() == 0.0)
}

impl<'t> Instance<'t> for NodeRef<'t> {
    fn shape(self) -> Shape<'t> {
        match self.value() {
            Value::Null => Shape::Null,
            Value::Bool(_) => Shape::Bool,
            // What JSON has no number for is a text in it.
            Value::Number(text) => self
                .number()
                .map_or(Shape::String(text), |value| number(&value)),
            Value::String(text) => Shape::String(text),
            Value::Sequence => Shape::Array,
            Value::Mapping => Shape::Object,
        }
    }

    fn members(self) -> impl ExactSizeIterator<Item = (&'t str, Self)> {
        self.entries().map(|(key, value)| (key.key_text(), value))
    }

    fn elements(self) -> impl ExactSizeIterator<Item = Self> {
        self.items()
    }

    fn member(self, key: &str) -> Option<Self> {
        self.get(key)
    }

    fn json(self) -> Json {
        self.to_json()
    }
}

impl<'a> Instance<'a> for &'a Json {
    fn shape(self) -> Shape<'a> {
        match self {
            Json::Null => Shape::Null,
            Json::Bool(_) => Shape::Bool,
            Json::Number(value) => number(value),
            Json::String(text) => Shape::String(text),
            Json::Array(_) => Shape::Array,
            Json::Object(_) => Shape::Object,
        }
    }

    fn members(self) -> impl ExactSizeIterator<Item = (&'a str, Self)> {
        static NONE: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);
        let members = self.as_object().unwrap_or(&NONE).iter();
        members.map(|(key, value)| (key.as_str(), value))
    }

    fn elements(self) -> impl ExactSizeIterator<Item = Self> {
        self.as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
    }

    fn member(self, key: &str) -> Option<Self> {
        self.get(key)
    }

    fn json(self) -> Json {
        self.clone()
    }
}
