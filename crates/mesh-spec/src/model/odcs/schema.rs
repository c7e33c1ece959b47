//! The structure of the data: objects and their properties.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::options::{self, LogicalTypeOptions};
use super::quality::DataQuality;
use super::relationship::{ObjectRelationship, PropertyRelationship, Relationship};
use crate::model::common::{AuthoritativeDefinition, Context, CustomProperty, StableId, Synonym};
use crate::model::shape::{self, ContextShape, Integer, Scalar, StringOrList, Text};

/// A table, a document, a message: something with properties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct SchemaObject {
    /// Identifier of the object, from which references are built. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = ">=3.1"))]
    pub id: Option<String>,
    /// Name of the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub name: Option<String>,
    /// What the object is in the system that stores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["table", "view", "topic", "file"]))]
    pub physical_type: Option<String>,
    /// What one row, document or message stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Name of the object in the language of the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    /// Whether the object should no longer be used. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.2", "default" = false))]
    pub deprecated: Option<bool>,
    /// Other names of the object. Since v3.2.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=3.2"))]
    pub synonyms: Vec<Synonym>,
    /// Links about the object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Words to group objects by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Additions of your own; not to be confused with `properties`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// Logical type of the object: `object`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Text", extend("enum" = ["object"]))]
    pub logical_type: Option<LogicalType>,
    /// Name of the object in the system that stores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_name: Option<String>,
    /// What makes one row differ from the next, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_granularity_description: Option<String>,
    /// The columns or fields of the object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<NamedProperty>")]
    pub properties: Vec<SchemaProperty>,
    /// References to other objects. Since v3.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<ObjectRelationship>", extend("x-in" = ">=3.1"))]
    pub relationships: Vec<Relationship>,
    /// Checks of the object as a whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quality: Vec<DataQuality>,
    /// Guidance for automatic readers of the object. Since v3.2.0.
    #[serde(
        deserialize_with = "shape::context",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "ContextShape", extend("x-in" = ">=3.2"))]
    pub context: Option<Context>,
}

impl SchemaObject {
    /// The property with a name.
    pub fn property(&self, name: &str) -> Option<&SchemaProperty> {
        self.properties
            .iter()
            .find(|property| property.name.as_deref() == Some(name))
    }
}

/// A column or field; also the element of an array, and the key or value of a map, which need no
/// name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = ">=3.1"), transform = options::by_logical_type)]
pub struct SchemaProperty {
    /// Identifier of the property, from which references are built. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = ">=3.1"))]
    pub id: Option<String>,
    /// Name of the property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Type of the property in the system that stores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["VARCHAR(18)", "BIGINT", "TIMESTAMP"]))]
    pub physical_type: Option<String>,
    /// What a value means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Name of the property in the language of the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_name: Option<String>,
    /// Whether the property should no longer be used. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.2", "default" = false))]
    pub deprecated: Option<bool>,
    /// Other names of the property. Since v3.2.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=3.2"))]
    pub synonyms: Vec<Synonym>,
    /// Links about the property.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Words to group properties by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Additions of your own; not to be confused with `properties`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// Whether the property belongs to the primary key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<bool>,
    /// Place of the property in the primary key, counted from 1; -1 if it is not part of it.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Integer", extend("default" = -1))]
    pub primary_key_position: Option<i64>,
    /// Type of the values, independent of the system that stores them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logical_type: Option<LogicalType>,
    /// Constraints on the values; which are allowed depends on `logicalType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "shape::Object")]
    pub logical_type_options: Option<Box<LogicalTypeOptions>>,
    /// Name of the property in the system that stores it. Since v3.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.0.2"))]
    pub physical_name: Option<String>,
    /// Whether every record has a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub required: Option<bool>,
    /// Whether no two records share a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub unique: Option<bool>,
    /// The part that the property plays in analysis. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.2", "default" = "column"))]
    pub semantic_type: Option<SemanticType>,
    /// Whether the data is partitioned by the property.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub partitioned: Option<bool>,
    /// Place of the property in the partition key, counted from 1; -1 if it is not part of it.
    #[serde(
        deserialize_with = "shape::integer",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Integer", extend("default" = -1))]
    pub partition_key_position: Option<i64>,
    /// How sensitive the values are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Text", extend("examples" = ["public", "internal", "confidential", "restricted"]))]
    pub classification: Option<StringOrList>,
    /// Name of the property that holds the encrypted values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_name: Option<String>,
    /// The objects that the values are computed from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transform_source_objects: Vec<String>,
    /// How the values are computed, in code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transform_logic: Option<String>,
    /// How the values are computed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transform_description: Option<String>,
    /// Sample values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Value>,
    /// The values that are allowed. Since v3.2.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=3.2", "minItems" = 1, "uniqueItems" = true))]
    pub r#enum: Vec<EnumValue>,
    /// Whether the business depends on the property being right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
    pub critical_data_element: Option<bool>,
    /// References that start at the property. Since v3.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<PropertyRelationship>", extend("x-in" = ">=3.1"))]
    pub relationships: Vec<Relationship>,
    /// Checks of the property.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quality: Vec<DataQuality>,
    /// The properties of an object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<NamedProperty>", extend("x-for" = {"object": {}}))]
    pub properties: Vec<SchemaProperty>,
    /// The elements of an array.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ItemProperty", extend("x-for" = {"array": {}}))]
    pub items: Option<Box<SchemaProperty>>,
    /// The keys and values of a map. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "x-for" = {"map": {}}))]
    pub map: Option<MapTypes>,
}

impl SchemaProperty {
    /// The property of an object with a name.
    pub fn property(&self, name: &str) -> Option<&SchemaProperty> {
        self.properties
            .iter()
            .find(|property| property.name.as_deref() == Some(name))
    }
}

/// The types of a map's keys and values. Since v3.2.0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct MapTypes {
    /// What the keys are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ItemProperty", extend("x-required" = "*"))]
    pub key: Option<Box<SchemaProperty>>,
    /// What the values are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ItemProperty", extend("x-required" = "*"))]
    pub value: Option<Box<SchemaProperty>>,
}

/// Type of a value, independent of the system that stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LogicalType {
    /// Text.
    String,
    /// A day.
    Date,
    /// A moment. Since v3.1.0.
    #[schemars(extend("x-in" = ">=3.1"))]
    Timestamp,
    /// A time of day. Since v3.1.0.
    #[schemars(extend("x-in" = ">=3.1"))]
    Time,
    /// A number with a fraction.
    Number,
    /// A whole number.
    Integer,
    /// A value with properties of its own.
    Object,
    /// A list of values.
    Array,
    /// True or false.
    Boolean,
    /// Values looked up by keys. Since v3.2.0.
    #[schemars(extend("x-in" = ">=3.2"))]
    Map,
    /// A list of numbers of a fixed length, usually an embedding. Since v3.2.0.
    #[schemars(extend("x-in" = ">=3.2"))]
    Vector,
}

impl LogicalType {
    /// All logical types.
    pub const ALL: [Self; 11] = [
        Self::String,
        Self::Date,
        Self::Timestamp,
        Self::Time,
        Self::Number,
        Self::Integer,
        Self::Object,
        Self::Array,
        Self::Boolean,
        Self::Map,
        Self::Vector,
    ];

    /// The type's name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Time => "time",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Object => "object",
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Map => "map",
            Self::Vector => "vector",
        }
    }
}

/// The part that a property plays in analysis. Since v3.2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SemanticType {
    /// A stored column.
    Column,
    /// An aggregate, computed by `transformLogic`.
    Measure,
    /// Something to group measures by.
    Dimension,
}

/// A value that a property may have. Since v3.2.0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct EnumValue {
    /// The value as it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Scalar", extend("x-required" = "*"))]
    pub value: Option<Value>,
    /// The value as it is shown to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Identifier of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId")]
    pub id: Option<String>,
    /// What the value means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Further properties of the value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Words to group values by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// The schema of a property in a list of properties: it has a name.
struct NamedProperty;

impl JsonSchema for NamedProperty {
    fn schema_name() -> Cow<'static, str> {
        "NamedProperty".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<SchemaProperty>();
        schema.insert("required".into(), vec!["name"].into());
        schema.insert("x-closed".into(), "<3.1".into());
        schema
    }
}

/// The schema of an array's elements and of a map's keys and values.
struct ItemProperty;

impl JsonSchema for ItemProperty {
    fn schema_name() -> Cow<'static, str> {
        "ItemProperty".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // Before v3.1.0, an element of any logical type may have properties.
        let mut properties = generator.subschema_for::<Vec<NamedProperty>>();
        properties.insert("x-in".into(), "<3.1".into());
        let mut schema = generator.subschema_for::<SchemaProperty>();
        schema.insert("properties".into(), json!({"properties": properties}));
        schema.insert("x-closed".into(), "<3.1".into());
        schema
    }
}
