//! From the superset of all versions to the schema of one.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::versions::Versions;
use crate::model::mesh::{
    Classification, Components, Declassified, MeshProperty, Purpose, ServerName, Upstream,
};
use crate::model::version::{ApiVersion, Kind};
use crate::model::{odcs::DataContract, odps::DataProduct};

const DIALECT: &str = "https://json-schema.org/draft/2019-09/schema";
const PUBLISHED_AT: &str = "https://raw.githubusercontent.com/mesh-toolchain/mesh/main/schemas";

/// Versions of ODCS that newer schemas still accept as `apiVersion`, though the documents had
/// another shape then.
const ACCEPTED_BEFORE_V3: [&str; 3] = ["v2.2.2", "v2.2.1", "v2.2.0"];

/// The address of a version's schema, for editors and for `$schema` comments.
pub fn id(version: ApiVersion) -> String {
    format!(
        "{PUBLISHED_AT}/{}-{version}.json",
        version.kind().standard()
    )
}

/// The JSON Schema of one version of a standard.
pub fn generate(version: ApiVersion) -> Value {
    let mut schema = superset(version.kind());
    specialise(&mut schema, version);
    pin_version(&mut schema, version);
    prune_definitions(&mut schema);
    let standard = match version.kind() {
        Kind::DataProduct => "Open Data Product Standard",
        Kind::DataContract => "Open Data Contract Standard",
    };
    with_header(&id(version), &format!("{standard} {version}"), schema)
}

/// The JSON Schema of the values that mesh keeps in custom properties, one definition per property.
pub fn generate_mesh_properties() -> Value {
    let mut generator = SchemaSettings::draft2019_09().into_generator();
    let mut properties = Map::new();
    for (name, schema) in [
        (Components::NAME, generator.subschema_for::<Components>()),
        (ServerName::NAME, generator.subschema_for::<ServerName>()),
        (Upstream::NAME, generator.subschema_for::<Upstream>()),
        (
            Classification::NAME,
            generator.subschema_for::<Classification>(),
        ),
        (
            Declassified::NAME,
            generator.subschema_for::<Declassified>(),
        ),
        (Purpose::NAME, generator.subschema_for::<Purpose>()),
    ] {
        properties.insert(name.to_owned(), schema.to_value());
    }
    let mut schema = json!({
        "description": "The values of the custom properties whose vendor is `mesh`, by the name of the property.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": generator.take_definitions(true),
    });
    // The values are mesh's own, and the same in all versions of the standards.
    specialise(&mut schema, ApiVersion::current(Kind::DataProduct));
    with_header(
        &format!("{PUBLISHED_AT}/mesh-custom-properties.json"),
        "mesh custom properties",
        schema,
    )
}

/// What schemars makes of the model: all versions at once, with the annotations.
pub(super) fn superset(kind: Kind) -> Value {
    fn root<T: JsonSchema>() -> Value {
        SchemaSettings::draft2019_09()
            .into_generator()
            .into_root_schema_for::<T>()
            .to_value()
    }
    match kind {
        Kind::DataProduct => root::<DataProduct>(),
        Kind::DataContract => root::<DataContract>(),
    }
}

fn with_header(id: &str, title: &str, schema: Value) -> Value {
    let mut result = Map::new();
    result.insert("$schema".into(), DIALECT.into());
    result.insert("$id".into(), id.into());
    result.insert("title".into(), title.into());
    if let Value::Object(keywords) = schema {
        for (keyword, value) in keywords {
            result.entry(keyword).or_insert(value);
        }
    }
    Value::Object(result)
}

/// Restricts `kind` and `apiVersion`: a schema accepts its own version and those before it.
fn pin_version(schema: &mut Value, version: ApiVersion) {
    let properties = &mut schema["properties"];
    properties["kind"]["enum"] = json!([version.kind().as_str()]);
    properties["kind"]["default"] = version.kind().as_str().into();

    let supported = ApiVersion::all(version.kind())
        .iter()
        .rev()
        .filter(|other| **other <= version);
    let mut accepted: Vec<_> = supported.map(ToString::to_string).collect();
    if version.kind() == Kind::DataContract {
        accepted.extend(ACCEPTED_BEFORE_V3.map(ToOwned::to_owned));
    }
    properties["apiVersion"]["enum"] = accepted.into();
    properties["apiVersion"]["default"] = version.to_string().into();
}

/// Evaluates the annotations of a schema, and of all schemas within it, for one version.
pub(super) fn specialise(schema: &mut Value, version: ApiVersion) {
    let Value::Object(schema) = schema else {
        return;
    };

    if let Some(Value::Array(cases)) = schema.remove("x-when") {
        for case in cases {
            let (versions, keywords) = (&case[0], &case[1]);
            if holds(versions, version) {
                replace_keywords(schema, keywords);
            }
        }
    }
    let closed = schema
        .remove("x-closed")
        .is_some_and(|versions| holds(&versions, version));

    specialise_properties(schema, version);
    for keyword in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = schema.get_mut(keyword) {
            branches.retain(|branch| exists(branch, version) && !is_null(branch));
            for branch in branches {
                specialise(branch, version);
            }
        }
    }
    for keyword in ["items", "if", "then", "else", "not"] {
        if let Some(subschema) = schema.get_mut(keyword) {
            specialise(subschema, version);
        }
    }
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        for definition in definitions.values_mut() {
            specialise(definition, version);
        }
    }

    drop_null_type(schema);
    join_lines(schema);
    inline_single_branch(schema);
    constants_to_enum(schema);
    if closed {
        // Branches add keys, which only `unevaluatedProperties` sees.
        let composed = schema.contains_key("allOf") || schema.contains_key("$ref");
        let keyword = if composed {
            "unevaluatedProperties"
        } else {
            "additionalProperties"
        };
        schema.insert(keyword.to_owned(), false.into());
    }
    schema.remove("x-in");
}

/// Drops the properties that a version lacks, and lists those that it requires.
fn specialise_properties(schema: &mut Map<String, Value>, version: ApiVersion) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    properties.retain(|_, property| exists(property, version));
    let mut required = Vec::new();
    for (name, property) in properties.iter_mut() {
        let annotation = property
            .as_object_mut()
            .and_then(|property| property.remove("x-required"));
        if annotation.is_some_and(|versions| holds(&versions, version)) {
            required.push(Value::from(name.as_str()));
        }
        specialise(property, version);
    }
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
}

/// Whether a schema exists in a version.
fn exists(schema: &Value, version: ApiVersion) -> bool {
    schema
        .get("x-in")
        .is_none_or(|versions| holds(versions, version))
}

/// Evaluates a set of versions.
///
/// # Panics
///
/// If an annotation is malformed, which is a mistake in the model that every test run shows.
fn holds(versions: &Value, version: ApiVersion) -> bool {
    let versions = versions
        .as_str()
        .unwrap_or_else(|| panic!("versions are a text, not {versions}"));
    versions
        .parse::<Versions>()
        .unwrap_or_else(|error| panic!("{error}"))
        .contains(version)
}

fn replace_keywords(schema: &mut Map<String, Value>, keywords: &Value) {
    for (keyword, value) in keywords.as_object().into_iter().flatten() {
        if value.is_null() {
            schema.shift_remove(keyword);
        } else {
            schema.insert(keyword.clone(), value.clone());
        }
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null")
}

/// Undoes the line breaks of doc comments, but for those between paragraphs.
fn join_lines(schema: &mut Map<String, Value>) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        let paragraphs: Vec<_> = text
            .split("\n\n")
            .map(|paragraph| paragraph.replace('\n', " "))
            .collect();
        *text = paragraphs.join("\n\n");
    }
}

/// An `Option` stands for a key that may be absent, which is not the same as a key that may be
/// null.
fn drop_null_type(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get("type")
        && let [only, null] = types.as_slice()
        && null == "null"
    {
        let only = only.clone();
        schema.insert("type".into(), only);
        // Nor is null a default.
        if schema.get("default").is_some_and(Value::is_null) {
            schema.shift_remove("default");
        }
    }
}

/// A choice between one thing is that thing.
fn inline_single_branch(schema: &mut Map<String, Value>) {
    for keyword in ["anyOf", "oneOf"] {
        let single =
            matches!(schema.get(keyword), Some(Value::Array(branches)) if branches.len() == 1);
        if let (true, Some(Value::Array(mut branches))) = (single, schema.get(keyword).cloned()) {
            schema.shift_remove(keyword);
            if let Some(Value::Object(branch)) = branches.pop() {
                for (keyword, value) in branch {
                    schema.entry(keyword).or_insert(value);
                }
            }
        }
    }
}

/// Turns a choice of constants into an `enum`, which validators and editors explain better.
fn constants_to_enum(schema: &mut Map<String, Value>) {
    let Some(Value::Array(branches)) = schema.get("oneOf") else {
        return;
    };
    let constants: Option<Vec<_>> = branches
        .iter()
        .map(|branch| branch.get("const").cloned())
        .collect();
    let Some(constants) = constants else { return };
    let descriptions: Vec<_> = branches
        .iter()
        .map(|branch| branch["description"].clone())
        .collect();
    schema.shift_remove("oneOf");
    schema.insert("type".into(), "string".into());
    schema.insert("enum".into(), constants.into());
    schema.insert("enumDescriptions".into(), descriptions.into());
}

/// Drops the definitions that nothing refers to.
fn prune_definitions(schema: &mut Value) {
    let Some(Value::Object(mut definitions)) = schema
        .as_object_mut()
        .and_then(|schema| schema.remove("$defs"))
    else {
        return;
    };
    let mut used = BTreeSet::new();
    let mut pending = Vec::new();
    collect_references(schema, &mut pending);
    while let Some(name) = pending.pop() {
        if let (true, Some(definition)) = (used.insert(name.clone()), definitions.get(&name)) {
            collect_references(definition, &mut pending);
        }
    }
    definitions.retain(|name, _| used.contains(name));
    definitions.sort_keys();
    schema["$defs"] = definitions.into();
}

fn collect_references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|at| at.strip_prefix("#/$defs/"))
            {
                names.push(name.to_owned());
            }
            object
                .values()
                .for_each(|value| collect_references(value, names));
        }
        Value::Array(array) => array
            .iter()
            .for_each(|value| collect_references(value, names)),
        _ => {}
    }
}
