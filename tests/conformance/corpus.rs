//! The official schemas and documents, read from outside the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use jsonschema::{Draft, Validator};
use mesh_spec::model::odcs::server_types::SERVER_TYPES;
use mesh_spec::model::odcs::{DataQuality, LogicalType};
use mesh_spec::model::{ApiVersion, Kind};
use serde_json::{Value, json};

/// A document of the corpus.
pub(crate) struct Document {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) value: Value,
}

/// Where the corpus is, or why there is none.
pub(crate) fn root() -> Result<PathBuf, String> {
    let root = match env::var_os("MESH_CONFORMANCE") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
    };
    if root.is_dir() {
        Ok(root)
    } else {
        Err(format!(
            "no corpus at {}; set MESH_CONFORMANCE to a folder that has one",
            root.display()
        ))
    }
}

/// The official schema of a version, with the defects mended that mesh does not reproduce.
pub(crate) fn official_schema(root: &Path, version: ApiVersion) -> Value {
    let standard = version.kind().standard();
    let path = root.join(format!(
        "{standard}/schema/{standard}-json-schema-{version}.json"
    ));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut schema =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    mend(&mut schema, version);
    schema
}

/// What mesh does not reproduce, by version, with the reason.
///
/// - ODCS v3.2.0: the branches for `map` and `vector` lack `required: [logicalType]` in their
///   conditions and so apply to properties without a logical type as well. The branch of `map`
///   requires the key `map`: as published, the schema rejects every property without a logical
///   type, which the standard itself allows and its examples use.
fn mend(schema: &mut Value, version: ApiVersion) {
    if version != ApiVersion::current(Kind::DataContract) {
        return;
    }
    let mut mended = 0;
    let branches = schema["$defs"]["SchemaBaseProperty"]["allOf"]
        .as_array_mut()
        .expect("properties have branches");
    for condition in branches
        .iter_mut()
        .filter_map(|branch| branch.get_mut("if"))
    {
        let logical_type = &condition["properties"]["logicalType"]["const"];
        if logical_type == "map" || logical_type == "vector" {
            condition["required"] = json!(["logicalType"]);
            mended += 1;
        }
    }
    assert_eq!(
        mended, 2,
        "the exceptions of ODCS v3.2.0 no longer fit the official schema"
    );
}

/// Compiles an official schema.
pub(crate) fn validator(schema: &Value) -> Validator {
    jsonschema::options()
        .with_draft(Draft::Draft201909)
        .should_validate_formats(false)
        .build(schema)
        .expect("official schemas are schemas")
}

/// All products and contracts of the corpus, valid and invalid.
pub(crate) fn documents(root: &Path) -> Vec<Document> {
    let mut documents = Vec::new();
    for kind in Kind::ALL {
        for folder in ["examples", "negative"] {
            let mut paths = Vec::new();
            collect_yaml(&root.join(kind.standard()).join(folder), &mut paths);
            paths.sort();
            for path in paths {
                let text = fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                // A corpus is allowed its syntax errors: they are no business of the schemas.
                if let Ok(value) = serde_yaml::from_str(&text) {
                    documents.push(Document { path, kind, value });
                }
            }
        }
    }
    documents
}

/// Contracts that say little else than what the examples hardly touch: every type of server, of
/// value and of check.
pub(crate) fn synthetic() -> Vec<Document> {
    let servers = SERVER_TYPES.iter().map(|server| {
        let mut value = json!({"server": "s", "type": server.name});
        for field in server.fields {
            value[field.name] = if field.name == "port" {
                json!(1)
            } else {
                json!("sftp://parquet")
            };
        }
        (
            format!("server {}", server.name),
            json!({"servers": [value]}),
        )
    });
    let property = |name: &str, mut value: Value| {
        value["name"] = "p".into();
        (
            format!("property {name}"),
            json!({"schema": [{"name": "o", "properties": [value]}]}),
        )
    };
    let types = LogicalType::ALL.into_iter().map(|logical_type| {
        let name = logical_type.as_str();
        let options = match name {
            "string" => json!({"minLength": 1, "maxLength": 2, "pattern": ".", "format": "uuid"}),
            "integer" | "number" => json!({"minimum": 1, "maximum": 2, "multipleOf": 1}),
            "object" => json!({"minProperties": 1, "maxProperties": 2, "required": ["a"]}),
            "array" => json!({"minItems": 1, "maxItems": 2, "uniqueItems": true}),
            "vector" => json!({"dimensions": 3, "elementType": "int8", "distanceMetric": "cosine"}),
            _ => json!({"format": "yyyy", "minimum": "1", "exclusiveMaximum": "2"}),
        };
        let mut value = json!({"logicalType": name, "logicalTypeOptions": options});
        let nested = json!({"logicalType": "object", "properties": [{"name": "n", "logicalType": "string"}]});
        match logical_type {
            LogicalType::Object => value["properties"] = json!([{"name": "n"}]),
            LogicalType::Array => value["items"] = nested,
            LogicalType::Map => value = json!({"logicalType": "map", "map": {"key": {}, "value": nested}}),
            LogicalType::Boolean => value = json!({"logicalType": "boolean"}),
            _ => {}
        }
        property(name, value)
    });
    let checks = DataQuality::OPERATORS.into_iter().flat_map(|operator| {
        let limit = if operator.ends_with("Between") {
            json!([1, 2])
        } else {
            json!(1)
        };
        [
            json!({"type": "library", "metric": "rowCount", "rule": "r"}),
            json!({"type": "sql", "query": "q"}),
            json!({"rule": "r"}),
        ]
        .map(|mut check| {
            check[operator] = limit.clone();
            (
                format!("check {operator}"),
                json!({"schema": [{"name": "o", "quality": [check]}]}),
            )
        })
    });
    let relationships = [
        json!([{"from": "a.b", "to": "schema/o/properties/p"}]),
        json!([{"from": ["a.b", "a.c"], "to": ["c.yaml#schema/o/properties/p", "https://h/c.yml#/a/b"]}]),
        json!([{"from": "a.b.c", "to": "a-b.c"}]),
    ];
    let relationships = relationships.map(|list| {
        (
            "relationships".to_owned(),
            json!({"schema": [{"name": "o", "relationships": list}]}),
        )
    });

    let untyped = property(
        "without a type",
        json!({"logicalTypeOptions": {}, "items": {}, "properties": []}),
    );
    servers
        .chain(types)
        .chain(checks)
        .chain(relationships)
        .chain([untyped])
        .map(|(name, mut value)| {
            for (key, text) in [
                ("kind", "DataContract"),
                ("id", "i"),
                ("version", "1"),
                ("status", "active"),
            ] {
                value[key] = text.into();
            }
            value["apiVersion"] = ApiVersion::current(Kind::DataContract).to_string().into();
            Document {
                path: name.into(),
                kind: Kind::DataContract,
                value,
            }
        })
        .collect()
}

fn collect_yaml(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect_yaml(&path, paths);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            paths.push(path);
        }
    }
}

/// The words that mean something to a schema: its keys, and the values that it lists.
pub(crate) fn vocabulary(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                words.extend(properties.keys().cloned());
            }
            let listed = object
                .get("enum")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            words.extend(
                listed
                    .chain(object.get("const"))
                    .filter_map(Value::as_str)
                    .map(ToOwned::to_owned),
            );
            object.values().for_each(|value| vocabulary(value, words));
        }
        Value::Array(array) => array.iter().for_each(|value| vocabulary(value, words)),
        _ => {}
    }
}
