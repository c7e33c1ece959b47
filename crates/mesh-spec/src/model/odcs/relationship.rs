//! References between the properties of contracts.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::model::common::CustomProperty;
use crate::model::shape::StringOrList;

/// A reference from properties of one object to properties of another. Since v3.1.0.
///
/// A reference names a property as `object.property`, or by identifiers as
/// `schema/object-id/properties/property-id`, optionally after the address of another contract and
/// `#`. A key of several properties is a list of references.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct Relationship {
    /// Identifier of the relationship. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.2"))]
    pub id: Option<String>,
    /// What the relationship means: `foreignKey`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "foreignKey", "enum" = ["foreignKey"]))]
    pub r#type: Option<String>,
    /// Where the reference starts. Implied, and not allowed, in the relationships of a property.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "References", extend("x-required" = "*"))]
    pub from: Option<StringOrList>,
    /// Where the reference leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "References", extend("x-required" = "*"))]
    pub to: Option<StringOrList>,
    /// Further properties of the relationship.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
}

/// The schema of a relationship that a schema object declares.
pub(super) struct ObjectRelationship;

impl JsonSchema for ObjectRelationship {
    fn schema_name() -> Cow<'static, str> {
        "ObjectRelationship".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Relationship::json_schema(generator);
        // Both ends are single references, or both are lists.
        let both =
            |shape: &str| json!({"properties": {"from": {"type": shape}, "to": {"type": shape}}});
        schema.insert("anyOf".into(), json!([both("string"), both("array")]));
        schema
    }
}

/// The schema of a relationship that a property declares: it starts at that property.
pub(super) struct PropertyRelationship;

impl JsonSchema for PropertyRelationship {
    fn schema_name() -> Cow<'static, str> {
        "PropertyRelationship".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Relationship::json_schema(generator);
        if let Some(properties) = schema
            .get_mut("properties")
            .and_then(|value| value.as_object_mut())
        {
            properties.shift_remove("from");
        }
        schema
    }
}

/// One reference, or a list of at least one.
struct References;

impl JsonSchema for References {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "References".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let reference = generator.subschema_for::<Reference>();
        json_schema!({"anyOf": [reference, {"type": "array", "items": reference, "minItems": 1}]})
    }
}

/// A reference to a property, by names or by identifiers.
struct Reference;

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        const NAME: &str = "[A-Za-z_][A-Za-z0-9_]*";
        const NAME_SINCE_3_2: &str = "[A-Za-z_][A-Za-z0-9_-]*";
        // section/id, repeated; `schema/orders/properties/order_id`.
        let path = format!("/?{NAME}/[A-Za-z0-9_-]+(?:/{NAME}/[A-Za-z0-9_-]+)*");
        let by_id =
            |extension: &str| format!("(?:(?:https?://)?[A-Za-z0-9._/-]+\\.{extension}#)?{path}");
        let before_3_2 = format!("^(?:{NAME}\\.{NAME}|{})$", by_id("yaml"));
        let since_3_2 = format!(
            "^(?:{NAME_SINCE_3_2}(?:\\.{NAME_SINCE_3_2})+|{})$",
            by_id("ya?ml")
        );
        json_schema!({
            "type": "string",
            "description": "A property, as `object.property` or as `schema/<object id>/properties/<property id>`.",
            "pattern": since_3_2,
            "x-when": [["<3.2", {"pattern": before_3_2}]],
        })
    }
}
