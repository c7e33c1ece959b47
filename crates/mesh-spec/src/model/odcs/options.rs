//! Constraints on values that depend on the logical type.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::schema::LogicalType;
use crate::model::branch::{drop_conditional, is, is_or_absent, properties_for};
use crate::model::shape::{self, Count, Number};

/// Constraints on the values of a property; which of them are allowed depends on the property's
/// `logicalType`.
///
/// A timestamp and a time of day share their options.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LogicalTypeOptions {
    /// Fewest characters.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Count", extend("x-for" = {"string": {}}))]
    pub min_length: Option<i64>,
    /// Most characters.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Count", extend("x-for" = {"string": {}}))]
    pub max_length: Option<i64>,
    /// Regular expression (ECMA-262) that every value matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {"string": {}}))]
    pub pattern: Option<String>,
    /// Notation of the values: a word such as `email` or `uuid` for strings, a pattern such as
    /// `yyyy-MM-dd` for dates and times, the number of bits for numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {
        "string": {"examples": ["email", "uuid", "uri", "password", "byte", "binary"]},
        "date": {"examples": ["yyyy-MM-dd"]},
        "timestamp": {"examples": ["yyyy-MM-dd HH:mm:ss", "HH:mm:ss"]},
        "integer": {
            "enum": ["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"],
            "default": "i32"
        },
        "number": {"enum": ["f32", "f64"]}
    }))]
    pub format: Option<String>,
    /// Smallest value allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {
        "date": {"type": "string"},
        "timestamp": {"type": "string"},
        "integer": {"type": "number"},
        "number": {"type": "number"}
    }))]
    pub minimum: Option<Value>,
    /// Largest value allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {
        "date": {"type": "string"},
        "timestamp": {"type": "string"},
        "integer": {"type": "number"},
        "number": {"type": "number"}
    }))]
    pub maximum: Option<Value>,
    /// Value that every value must exceed. Before v3.1.0, whether `minimum` itself is forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {
        "date": {"type": "string", "x-when": [["<3.1", {"type": "boolean", "default": false}]]},
        "timestamp": {"type": "string"},
        "integer": {"type": "number", "x-when": [["<3.1", {"type": "boolean", "default": false}]]},
        "number": {"type": "number", "x-when": [["<3.1", {"type": "boolean", "default": false}]]}
    }))]
    pub exclusive_minimum: Option<Value>,
    /// Value that every value must stay below. Before v3.1.0, whether `maximum` itself is
    /// forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {
        "date": {"type": "string", "x-when": [["<3.1", {"type": "boolean", "default": false}]]},
        "timestamp": {"type": "string"},
        "integer": {"type": "number", "x-when": [["<3.1", {"type": "boolean", "default": false}]]},
        "number": {"type": "number", "x-when": [["<3.1", {"type": "boolean", "default": false}]]}
    }))]
    pub exclusive_maximum: Option<Value>,
    /// Number of which every value is a multiple.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number", extend("exclusiveMinimum" = 0, "x-for" = {"integer": {}, "number": {}}))]
    pub multiple_of: Option<f64>,
    /// Whether values carry a time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {"timestamp": {}}))]
    pub timezone: Option<bool>,
    /// Time zone of values that carry none, as an IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "Etc/UTC", "x-for" = {"timestamp": {}}))]
    pub default_timezone: Option<String>,
    /// Fewest properties of an object.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Count", extend("default" = 0, "x-for" = {"object": {}}))]
    pub min_properties: Option<i64>,
    /// Most properties of an object.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Count", extend("x-for" = {"object": {}}))]
    pub max_properties: Option<i64>,
    /// Names of the properties that every object has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("minItems" = 1, "uniqueItems" = true, "x-for" = {"object": {}}))]
    pub required: Vec<String>,
    /// Fewest elements of an array.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Count", extend("default" = 0, "x-for" = {"array": {}}))]
    pub min_items: Option<i64>,
    /// Most elements of an array.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Count", extend("x-for" = {"array": {}}))]
    pub max_items: Option<i64>,
    /// Whether the elements of an array differ from each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false, "x-for" = {"array": {}}))]
    pub unique_items: Option<bool>,
    /// Length of a vector. Since v3.2.0.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Count", extend(
        "minimum" = 1, "examples" = [384, 768, 1536], "x-required" = "*", "x-for" = {"vector": {}}
    ))]
    pub dimensions: Option<i64>,
    /// Type of a vector's elements; `binary` stands for one bit each. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "enum" = ["bfloat16", "binary", "float16", "float32", "float64", "int8", "uint8"],
        "default" = "float32",
        "x-for" = {"vector": {}}
    ))]
    pub element_type: Option<String>,
    /// How the similarity of two vectors is meant to be measured. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "enum" = ["cosine", "dotProduct", "euclidean", "hamming", "manhattan"],
        "x-for" = {"vector": {}}
    ))]
    pub distance_metric: Option<String>,
    /// The model that the vectors come from. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["openai/text-embedding-3-small"], "x-for" = {"vector": {}}))]
    pub embedding_model: Option<String>,
    /// Version of the model, if its name does not tell. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {"vector": {}}))]
    pub embedding_model_version: Option<String>,
    /// Whether vectors have length one, so that cosine and dot product agree. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false, "x-for" = {"vector": {}}))]
    pub normalized: Option<bool>,
}

/// Turns the keys of a property that depend on its logical type into conditional branches.
///
/// A property without a logical type is held to every branch but those of `map` and `vector`, which
/// came when the mistake had been noticed (ODCS v3.2.0 as published has it there as well, and so
/// rejects such a property altogether).
pub(super) fn by_logical_type(schema: &mut Schema) {
    let options = LogicalTypeOptions::json_schema(&mut SchemaGenerator::default());
    let Some(options) = options.get("properties").and_then(Value::as_object) else {
        return;
    };
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };

    let mut branches = Vec::new();
    for logical_type in LogicalType::ALL {
        let name = logical_type.as_str();
        let mut then = properties_for(properties, name);
        let known = properties_for(options, name);
        if !known.is_empty() {
            then.insert(
                "logicalTypeOptions".into(),
                json!({"type": "object", "properties": known, "x-closed": "*"}),
            );
        }
        if then.is_empty() {
            continue;
        }
        let mut branch = match logical_type {
            // `time` shares the branch of `timestamp`.
            LogicalType::Time => continue,
            LogicalType::Timestamp => json!({
                "if": {"anyOf": [
                    is_or_absent("logicalType", "timestamp"),
                    is_or_absent("logicalType", "time"),
                ]},
                "x-in": ">=3.1",
            }),
            LogicalType::Map | LogicalType::Vector => {
                json!({"if": is("logicalType", name), "x-in": ">=3.2"})
            }
            _ => json!({"if": is_or_absent("logicalType", name)}),
        };
        branch["then"] = json!({"properties": then});
        branches.push(branch);
    }
    drop_conditional(properties);
    // Without this, options of a type that has none would seem to have any key.
    properties["logicalTypeOptions"]["properties"] = json!({});
    schema.insert("allOf".into(), branches.into());
}
