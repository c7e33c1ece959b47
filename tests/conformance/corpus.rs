//! The official schemas and documents, read from outside the repository.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use jsonschema::{Draft, Validator};
use mesh_spec::model::odcs::DataQuality;
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

/// Contracts about choices that no full document shows: the operators of checks, the two levels of
/// relationships, a property without a type.
pub(crate) fn synthetic() -> Vec<Document> {
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

    let untyped = json!({"name": "p", "logicalTypeOptions": {}, "items": {}, "properties": []});
    let untyped = json!({"schema": [{"name": "o", "properties": [untyped]}]});
    checks
        .chain(relationships)
        .chain([("a property without a type".to_owned(), untyped)])
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

/// Adds every YAML file below `folder`.
pub(crate) fn collect_yaml(folder: &Path, paths: &mut Vec<PathBuf>) {
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
