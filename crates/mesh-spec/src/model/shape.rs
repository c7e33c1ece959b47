//! Values that the standards let one write in more than one shape.
//!
//! Each is read by a visitor of its own rather than by `#[serde(untagged)]`, which would buffer the
//! value and forget where in the document it stood.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::common::Context;

/// One text, or a list of them.
///
/// Dereferences to a slice, so that a single text reads like a list of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StringOrList {
    values: Vec<String>,
    is_list: bool,
}

impl StringOrList {
    /// Whether the document wrote a list, even if of one element.
    pub fn is_list(&self) -> bool {
        self.is_list
    }

    /// JSON Pointer of an element, relative to the value: empty for a single text.
    pub fn pointer(&self, index: usize) -> String {
        if self.is_list {
            format!("/{index}")
        } else {
            String::new()
        }
    }
}

impl From<&str> for StringOrList {
    fn from(value: &str) -> Self {
        Self {
            values: vec![value.to_owned()],
            is_list: false,
        }
    }
}

impl From<Vec<String>> for StringOrList {
    fn from(values: Vec<String>) -> Self {
        Self {
            values,
            is_list: true,
        }
    }
}

impl Deref for StringOrList {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.values
    }
}

impl Serialize for StringOrList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.values.as_slice() {
            [value] if !self.is_list => value.serialize(serializer),
            values => values.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for StringOrList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl<'de> Visitor<'de> for Shapes {
            type Value = StringOrList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(value.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push(value);
                }
                Ok(values.into())
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

/// A network port: a number, or a text such as `${DB_PORT}` that is filled in later (texts since
/// ODCS v3.2.0).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    /// The number itself.
    Number(i64),
    /// A text, usually a reference to a variable.
    Text(String),
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Serialize for Port {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => text.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Port {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl Visitor<'_> for Shapes {
            type Value = Port;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer or a string")
            }

            fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                Ok(Port::Number(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                Ok(Port::Number(value.try_into().unwrap_or(i64::MAX)))
            }

            // To JSON Schema, `4.0` and `1e3` are integers.
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
                if value.fract() == 0.0 {
                    #[expect(
                        clippy::cast_possible_truncation,
                        reason = "the nearest integer that fits will do"
                    )]
                    Ok(Port::Number(value as i64))
                } else {
                    Err(E::invalid_type(de::Unexpected::Float(value), &self))
                }
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
                Ok(Port::Text(value.to_owned()))
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

impl JsonSchema for Port {
    fn schema_name() -> Cow<'static, str> {
        "Port".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "x-when": [["<3.2", {"type": "integer"}]],
        })
    }
}

macro_rules! schema_only {
    ($($(#[doc = $doc:literal])+ $name:ident => $schema:tt;)+) => {$(
        $(#[doc = $doc])+
        pub(super) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

// Schemas of fields whose Rust type says less, or more, than the standards do.
schema_only! {
    /// A value that is no list and no object.
    Scalar => {"type": ["string", "number", "boolean", "null"]};
    /// Any number, without the bounds of a Rust type.
    Number => {"type": "number"};
    /// Any integer, without the bounds of a Rust type.
    Integer => {"type": "integer"};
    /// A number of things.
    Count => {"type": "integer", "minimum": 0};
    /// Any object.
    Object => {"type": "object"};
    /// A text, where reading tolerates other shapes as well.
    Text => {"type": "string"};
    /// A text, or an object.
    TextOrObject => {"type": ["string", "object"]};
}

/// A [`Context`], or a text that stands for its instructions.
pub(super) struct ContextShape;

impl JsonSchema for ContextShape {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ContextShape".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"oneOf": [{"type": "string"}, generator.subschema_for::<Context>()]})
    }
}

/// Reads an optional integer, in every notation that JSON Schema counts as one.
///
/// Integers beyond 64 bits become the nearest value that fits.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Option::<Port>::deserialize(deserializer)? {
        Some(Port::Text(text)) => Err(de::Error::invalid_type(
            de::Unexpected::Str(&text),
            &"an integer",
        )),
        Some(Port::Number(number)) => Ok(Some(number)),
        None => Ok(None),
    }
}

/// Reads an optional text where some versions of a standard ask for an integer.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Option::<Port>::deserialize(deserializer)?;
    Ok(value.map(|value| value.to_string()))
}

/// Reads an optional [`Context`] from an object, or from a text that stands for its instructions.
pub(super) fn context<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Context>, D::Error> {
    struct Shapes;

    impl<'de> Visitor<'de> for Shapes {
        type Value = Option<Context>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a context or its instructions")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
            Ok(Some(Context {
                instructions: Some(value.to_owned()),
                as_text: true,
                ..Context::default()
            }))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Context::deserialize(MapAccessDeserializer::new(map)).map(Some)
        }
    }

    deserializer.deserialize_any(Shapes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_single_text_and_a_list_read_alike_and_are_written_as_they_were() {
        for (value, pointers) in [
            (json!("a.b"), vec![""]),
            (json!(["a.b"]), vec!["/0"]),
            (json!(["a", "b"]), vec!["/0", "/1"]),
        ] {
            let read: StringOrList =
                serde_json::from_value(value.clone()).expect("both shapes are readable");
            assert_eq!(
                (0..read.len()).map(|i| read.pointer(i)).collect::<Vec<_>>(),
                pointers
            );
            assert_eq!(serde_json::to_value(&read).expect("texts are JSON"), value);
        }
        assert!(serde_json::from_value::<StringOrList>(json!(1)).is_err());
    }

    #[test]
    fn an_integer_may_be_written_as_a_float_or_exceed_64_bits() {
        assert_eq!(integer(json!(3.0)).ok(), Some(Some(3)));
        assert_eq!(integer(json!(1e300)).ok(), Some(Some(i64::MAX)));
        assert_eq!(integer(json!(null)).ok(), Some(None));
        assert!(integer(json!(3.5)).is_err() && integer(json!("3")).is_err());
    }

    #[test]
    fn a_context_may_be_a_text() {
        let read = context(json!("Sum revenue only."))
            .ok()
            .flatten()
            .expect("a text is a context");
        assert_eq!(read.instructions.as_deref(), Some("Sum revenue only."));
        assert!(read.as_text);
    }
}
