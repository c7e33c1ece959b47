//! What a document may say at a place: the keys of an object, the values of a key, in one version
//! or in any.
//!
//! Only wanted when something is wrong, so it is looked up in the schemas themselves rather than in
//! tables of its own.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::schema_of;
use crate::model::version::{ApiVersion, Kind};
use crate::yaml;

/// A key that an object may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// The key itself.
    pub name: &'static str,
    /// What it is for.
    pub description: Option<&'static str>,
}

/// The keys that the object at a JSON Pointer may have in a version.
///
/// Keys that depend on the object's type (of a server, a quality check, a property) are those of
/// the type that the document gives. Empty if there is no object, or one that may have any key.
pub fn keys_at(version: ApiVersion, document: &Value, pointer: &str) -> Vec<Key> {
    Place::find(version, document, pointer).map_or_else(Vec::new, |place| place.keys())
}

/// The values that are listed for the place at a JSON Pointer; empty if values are not limited to a
/// list.
pub fn values_at(version: ApiVersion, document: &Value, pointer: &str) -> Vec<&'static Value> {
    let Some(place) = Place::find(version, document, pointer) else {
        return Vec::new();
    };
    place
        .schemas
        .iter()
        .filter_map(|schema| schema.get("enum")?.as_array())
        .flatten()
        .collect()
}

/// The versions in which the object at a JSON Pointer may have a key, oldest first.
pub fn versions_of_key(kind: Kind, document: &Value, pointer: &str, key: &str) -> Vec<ApiVersion> {
    let knows = |version: &ApiVersion| {
        keys_at(*version, document, pointer)
            .iter()
            .any(|known| known.name == key)
    };
    ApiVersion::all(kind)
        .iter()
        .copied()
        .filter(knows)
        .collect()
}

/// The version that introduced a key of the object at a JSON Pointer; `None` if no version has it.
pub fn introduced_in(kind: Kind, document: &Value, pointer: &str, key: &str) -> Option<ApiVersion> {
    versions_of_key(kind, document, pointer, key)
        .first()
        .copied()
}

/// JSON Pointers of the keys that a version does not define, though it may tolerate them.
///
/// Before v3.1.0, ODCS lets most objects have any key. Such keys mean nothing, and may share a name
/// with a key of a later version while having another shape, so they have to be kept from the
/// model.
pub fn undefined_keys(version: ApiVersion, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect_undefined(&Place::root(version, document), document, "", &mut found);
    found
}

fn collect_undefined(place: &Place<'_>, value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        // An object about whose keys nothing is said may have any.
        Value::Object(object) if place.properties().next().is_some() => {
            for (key, value) in object {
                let pointer = yaml::join(at, key);
                match place.child(key) {
                    Some(child) => collect_undefined(&child, value, &pointer, found),
                    None => found.push(pointer),
                }
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                if let Some(child) = place.child(&index.to_string()) {
                    collect_undefined(&child, value, &format!("{at}/{index}"), found);
                }
            }
        }
        _ => {}
    }
}

/// A value in a document, with the schemas that it is held to.
pub(super) struct Place<'a> {
    root: &'static Value,
    pub(super) value: &'a Value,
    /// All schemas that apply to the value: references, branches and conditions are resolved.
    pub(super) schemas: Vec<&'static Map<String, Value>>,
    /// The name of the definition that the value is described by, such as `OutputPort`.
    pub(super) definition: Option<&'static str>,
}

impl<'a> Place<'a> {
    fn root(version: ApiVersion, document: &'a Value) -> Self {
        let root = schema(version);
        Self::new(root, document, [root])
    }

    fn new(
        root: &'static Value,
        value: &'a Value,
        schemas: impl IntoIterator<Item = &'static Value>,
    ) -> Self {
        let mut place = Self {
            root,
            value,
            schemas: Vec::new(),
            definition: None,
        };
        for schema in schemas {
            place.apply(schema);
        }
        place
    }

    pub(super) fn find(version: ApiVersion, document: &'a Value, pointer: &str) -> Option<Self> {
        yaml::split(pointer).try_fold(Self::root(version, document), |place, token| {
            place.child(&token)
        })
    }

    /// The place one step down; `None` if the document or the schema has no such step.
    fn child(&self, token: &str) -> Option<Self> {
        let (value, schemas): (_, Vec<_>) = match self.value {
            Value::Object(object) => (
                object.get(token)?,
                self.properties()
                    .filter_map(|properties| properties.get(token))
                    .collect(),
            ),
            Value::Array(array) => {
                let index: usize = token.parse().ok()?;
                (
                    array.get(index)?,
                    self.schemas
                        .iter()
                        .filter_map(|schema| schema.get("items"))
                        .collect(),
                )
            }
            _ => return None,
        };
        (!schemas.is_empty()).then(|| Self::new(self.root, value, schemas))
    }

    fn apply(&mut self, schema: &'static Value) {
        let Some(schema) = schema.as_object() else {
            return;
        };
        self.schemas.push(schema);
        if let Some(name) = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|at| at.strip_prefix("#/$defs/"))
        {
            self.definition.get_or_insert(name);
            self.apply(&self.root["$defs"][name]);
        }
        for branch in branches(schema, "allOf") {
            self.apply(branch);
        }
        for branch in branches(schema, "anyOf").chain(branches(schema, "oneOf")) {
            if self.fits(branch) {
                self.apply(branch);
            }
        }
        if let (Some(condition), Some(then)) = (schema.get("if"), schema.get("then"))
            && holds(condition, self.value)
        {
            self.apply(then);
        }
    }

    /// Whether a branch is about values of this shape.
    fn fits(&self, branch: &'static Value) -> bool {
        let target = match branch["$ref"]
            .as_str()
            .and_then(|at| at.strip_prefix("#/$defs/"))
        {
            Some(name) => &self.root["$defs"][name],
            None => branch,
        };
        target
            .get("type")
            .is_none_or(|name| has_type(self.value, name))
    }

    fn properties(&self) -> impl Iterator<Item = &'static Map<String, Value>> {
        self.schemas
            .iter()
            .filter_map(|schema| schema.get("properties")?.as_object())
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        for (name, schema) in self.properties().flatten() {
            if !keys.iter().any(|key| key.name == name) {
                keys.push(Key {
                    name,
                    description: schema["description"].as_str(),
                });
            }
        }
        keys
    }

    /// The keys whose values decide which further keys the object has.
    pub(super) fn choosers(&self) -> Vec<&'static str> {
        self.schemas
            .iter()
            .filter_map(|schema| schema.get("if"))
            .flat_map(cases)
            .map(|(key, _)| key)
            .collect()
    }

    /// The values of a chooser with which the object would have a key: the chooser, and the values.
    pub(super) fn conditions_for(&self, key: &str) -> Option<(&'static str, Vec<&'static str>)> {
        let grants = |schema: &&&Map<String, Value>| {
            schema
                .get("then")
                .is_some_and(|then| then["properties"].get(key).is_some())
        };
        let granting = self
            .schemas
            .iter()
            .filter(grants)
            .filter_map(|schema| schema.get("if"));
        let cases: Vec<_> = granting.flat_map(cases).collect();
        let (chooser, _) = *cases.first()?;
        Some((
            chooser,
            cases
                .into_iter()
                .filter(|(name, _)| *name == chooser)
                .map(|(_, value)| value)
                .collect(),
        ))
    }
}

/// The cases of a condition: a key, and the value that it must have.
fn cases(condition: &'static Value) -> impl Iterator<Item = (&'static str, &'static str)> {
    let alternatives = condition.get("anyOf").and_then(Value::as_array);
    let alternatives = alternatives.map_or(std::slice::from_ref(condition), Vec::as_slice);
    let properties = alternatives
        .iter()
        .filter_map(|one| one["properties"].as_object())
        .flatten();
    properties.filter_map(|(name, schema)| Some((name.as_str(), schema["const"].as_str()?)))
}

fn branches(
    schema: &'static Map<String, Value>,
    keyword: &str,
) -> impl Iterator<Item = &'static Value> {
    schema
        .get(keyword)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// Evaluates a condition: as much of JSON Schema as the conditions of our schemas use.
fn holds(condition: &Value, value: &Value) -> bool {
    let has_required = |names: &Vec<Value>| {
        names
            .iter()
            .all(|name| name.as_str().is_some_and(|name| value.get(name).is_some()))
    };
    condition
        .get("anyOf")
        .and_then(Value::as_array)
        .is_none_or(|any| any.iter().any(|one| holds(one, value)))
        && condition
            .get("required")
            .and_then(Value::as_array)
            .is_none_or(has_required)
        && condition
            .get("const")
            .is_none_or(|expected| expected == value)
        && condition
            .get("type")
            .is_none_or(|name| has_type(value, name))
        && condition["properties"]
            .as_object()
            .is_none_or(|properties| {
                properties.iter().all(|(name, condition)| {
                    value.get(name).is_none_or(|value| holds(condition, value))
                })
            })
}

fn has_type(value: &Value, expected: &Value) -> bool {
    match expected {
        Value::Array(any) => any.iter().any(|one| has_type(value, one)),
        Value::String(name) => match name.as_str() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            _ => value.is_number(),
        },
        _ => true,
    }
}

/// The schema of a version, parsed at first use.
fn schema(version: ApiVersion) -> &'static Value {
    static PARSED: [OnceLock<Value>; 9] = [const { OnceLock::new() }; 9];
    let schema = schema_of(version);
    PARSED[schema as usize].get_or_init(|| serde_json::from_str(schema.text()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ODPS: Kind = Kind::DataProduct;
    const ODCS: Kind = Kind::DataContract;

    fn version(kind: Kind, text: &str) -> ApiVersion {
        ApiVersion::parse(kind, text).expect("the test names supported versions")
    }

    fn names(keys: &[Key]) -> Vec<&str> {
        keys.iter().map(|key| key.name).collect()
    }

    #[test]
    fn keys_follow_the_version() {
        let product = json!({"inputPorts": [{}], "customProperties": [{}]});
        let keys = |text| keys_at(version(ODPS, text), &product, "/inputPorts/0");
        assert_eq!(names(&keys("v0.9.0")), ["name", "version", "contractId"]);
        assert!(names(&keys("v1.0.0")).contains(&"tags"));
        let introduced = |pointer, key| {
            introduced_in(ODPS, &product, pointer, key).map(|version| version.to_string())
        };
        assert_eq!(
            introduced("/customProperties/0", "vendor").as_deref(),
            Some("v1.1.0")
        );
        assert_eq!(
            introduced("/customProperties/0", "value").as_deref(),
            Some("v0.9.0")
        );
        assert_eq!(introduced("", "x-team"), None);
    }

    #[test]
    fn keys_follow_the_type_that_the_document_gives() {
        let contract = json!({
            "servers": [{"type": "kafka"}, {"type": "bigquery"}, {}],
            "schema": [{"properties": [{"logicalType": "array", "items": {"logicalType": "string"}}]}],
        });
        let current = ApiVersion::current(ODCS);
        let keys = |pointer| keys_at(current, &contract, pointer);
        assert!(names(&keys("/servers/0")).ends_with(&["format", "encoding"]));
        assert!(names(&keys("/servers/1")).ends_with(&["project", "dataset"]));
        assert!(!names(&keys("/servers/2")).contains(&"host"));
        let element = "/schema/0/properties/0";
        assert!(
            names(&keys(element)).contains(&"items") && !names(&keys(element)).contains(&"map")
        );
        assert!(names(&keys("/schema/0/properties/0/items")).contains(&"classification"));
    }

    #[test]
    fn a_team_has_keys_in_either_shape() {
        let current = ApiVersion::current(ODCS);
        assert!(names(&keys_at(current, &json!({"team": {}}), "/team")).contains(&"members"));
        assert!(names(&keys_at(current, &json!({"team": [{}]}), "/team/0")).contains(&"username"));
    }

    #[test]
    fn a_place_may_limit_its_values_to_a_list() {
        let contract = json!({"servers": [{"type": "icebreg"}]});
        let values = |text| values_at(version(ODCS, text), &contract, "/servers/0/type");
        assert!(values("v3.2.0").contains(&&json!("iceberg")));
        assert!(!values("v3.1.0").contains(&&json!("iceberg")));
        assert!(values_at(version(ODCS, "v3.2.0"), &contract, "/servers/0").is_empty());
    }

    #[test]
    fn keys_that_an_open_version_tolerates_are_undefined() {
        let contract = json!({
            "customProperties": [{"property": "a", "value": {"any": "thing"}, "vendor": ["x"]}],
            "servers": [{"type": "kafka", "host": "h", "database": []}],
            "description": {"note": 1},
        });
        let undefined = undefined_keys(version(ODCS, "v3.0.2"), &contract);
        assert_eq!(
            undefined,
            [
                "/customProperties/0/vendor",
                "/servers/0/database",
                "/description/note"
            ]
        );
    }
}
