//! Keys that exist only in some cases: the options of one logical type, the operators of a library
//! check.
//!
//! In the Rust types such keys are fields like any other. The annotation `x-for` on a field lists
//! the cases that know the key, each with what it demands of the value beyond the schema of the
//! field; from it the conditional branches of the JSON Schema are made.

use serde_json::{Map, Value, json};

/// The properties that exist in one case, specialised for it.
pub(super) fn properties_for(properties: &Map<String, Value>, case: &str) -> Map<String, Value> {
    properties
        .iter()
        .filter_map(|(name, schema)| {
            let demands = schema.get("x-for")?.get(case)?.as_object()?;
            let mut schema = schema.as_object()?.clone();
            schema.remove("x-for");
            schema.extend(demands.clone());
            Some((name.clone(), Value::Object(schema)))
        })
        .collect()
}

/// Removes the properties that exist only in some cases.
pub(super) fn drop_conditional(properties: &mut Map<String, Value>) {
    properties.retain(|_, schema| schema.get("x-for").is_none());
}

/// The condition that `key` is present and has a value.
pub(super) fn is(key: &str, value: &str) -> Value {
    json!({"properties": {key: {"const": value}}, "required": [key]})
}

/// The condition that `key` has a value *or is absent*: the standards leave out the `required` in
/// places, and a document without the key is then held to every branch.
pub(super) fn is_or_absent(key: &str, value: &str) -> Value {
    json!({"properties": {key: {"const": value}}})
}
