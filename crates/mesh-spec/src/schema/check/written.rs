//! A schema as it is written: the part of JSON Schema that is understood, and no more.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A schema, or a subschema.
#[derive(Debug)]
pub(super) enum Written {
    /// Everything is valid, or nothing.
    Always(bool),
    /// What the keywords say.
    Keywords(Box<Keywords>),
}

/// The keywords of a schema that can make a value invalid.
#[derive(Debug, Default)]
pub(super) struct Keywords {
    /// How many of them there are.
    pub(super) count: usize,
    pub(super) types: Option<Names>,
    pub(super) constant: Option<String>,
    pub(super) list: Option<Vec<String>>,
    pub(super) pattern: Option<String>,
    pub(super) minimum: Option<f64>,
    pub(super) exclusive_minimum: Option<f64>,
    pub(super) properties: BTreeMap<String, Written>,
    pub(super) required: Vec<String>,
    pub(super) additional_properties: Option<Written>,
    pub(super) unevaluated_properties: Option<Written>,
    pub(super) items: Option<Written>,
    pub(super) min_items: usize,
    pub(super) max_items: Option<usize>,
    pub(super) unique_items: bool,
    pub(super) reference: Option<String>,
    pub(super) all_of: Vec<Written>,
    pub(super) any_of: Vec<Written>,
    pub(super) one_of: Vec<Written>,
    pub(super) condition: Option<Written>,
    pub(super) then: Option<Written>,
    pub(super) definitions: BTreeMap<String, Written>,
}

/// One name, or several.
#[derive(Debug)]
pub(super) struct Names(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl<'de> Visitor<'de> for Shapes {
            type Value = Written;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a schema")
            }

            fn visit_bool<E>(self, holds: bool) -> Result<Written, E> {
                Ok(Written::Always(holds))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Written, A::Error> {
                let keywords = Keywords::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Written::Keywords(Box::new(keywords)))
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl<'de> Visitor<'de> for Shapes {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or a list of names")
            }

            fn visit_str<E>(self, name: &str) -> Result<Names, E> {
                Ok(Names(vec![name.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = seq.next_element()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

impl<'de> Deserialize<'de> for Keywords {
    /// Fails on a keyword that is not known: what it demands would not be asked for.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Keywords;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keywords")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keywords, A::Error> {
                let mut found = Keywords::default();
                while let Some(keyword) = map.next_key::<String>()? {
                    found.count += 1;
                    match keyword.as_str() {
                        "type" => found.types = Some(map.next_value()?),
                        "const" => found.constant = Some(map.next_value()?),
                        "enum" => found.list = Some(map.next_value()?),
                        "pattern" => found.pattern = Some(map.next_value()?),
                        "minimum" => found.minimum = Some(map.next_value()?),
                        "exclusiveMinimum" => found.exclusive_minimum = Some(map.next_value()?),
                        "properties" => found.properties = map.next_value()?,
                        "required" => found.required = map.next_value()?,
                        "additionalProperties" => {
                            found.additional_properties = Some(map.next_value()?);
                        }
                        "unevaluatedProperties" => {
                            found.unevaluated_properties = Some(map.next_value()?);
                        }
                        "items" => found.items = Some(map.next_value()?),
                        "minItems" => found.min_items = map.next_value()?,
                        "maxItems" => found.max_items = Some(map.next_value()?),
                        "uniqueItems" => found.unique_items = map.next_value()?,
                        "$ref" => found.reference = Some(map.next_value()?),
                        "allOf" => found.all_of = map.next_value()?,
                        "anyOf" => found.any_of = map.next_value()?,
                        "oneOf" => found.one_of = map.next_value()?,
                        "if" => found.condition = Some(map.next_value()?),
                        "then" => found.then = Some(map.next_value()?),
                        "$defs" => found.definitions = map.next_value()?,
                        // `format` is an annotation since 2019-09.
                        "$schema" | "$id" | "title" | "description" | "default" | "examples"
                        | "deprecated" | "enumDescriptions" | "format" => {
                            found.count -= 1;
                            map.next_value::<IgnoredAny>()?;
                        }
                        other => {
                            let message = format_args!("unknown keyword `{other}`");
                            return Err(de::Error::custom(message));
                        }
                    }
                }
                Ok(found)
            }
        }

        deserializer.deserialize_map(Members)
    }
}
