//! Checks of the data.

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::model::branch::{drop_conditional, is, is_or_absent, properties_for};
use crate::model::common::{AuthoritativeDefinition, CustomProperty, StableId};
use crate::model::shape::{Number, Object, TextOrObject};

/// A check of the data, in words or executable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = ">=3.1"), transform = by_type)]
pub struct DataQuality {
    /// Identifier of the check. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = ">=3.1"))]
    pub id: Option<String>,
    /// Links about the check.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// What happens if the check fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["operational", "regulatory"]))]
    pub business_impact: Option<String>,
    /// Further properties of the check, often settings for the engine that runs it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// What is checked, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The aspect of quality that the check measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Dimension>,
    /// How the check is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["reconciliation"]))]
    pub method: Option<String>,
    /// Name of the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When the check runs, in the scheduler's notation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["0 20 * * *"]))]
    pub schedule: Option<String>,
    /// What starts the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["cron"]))]
    pub scheduler: Option<String>,
    /// How bad a failure is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["info", "warning", "error"]))]
    pub severity: Option<String>,
    /// Words to group checks by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// How the check is expressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "library"))]
    pub r#type: Option<QualityType>,
    /// Unit of the numbers that the check compares with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["rows", "percent"]))]
    pub unit: Option<String>,

    // From here on, each field belongs to some types of check.
    /// What a library check measures. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.1", "x-required" = "*", "x-for" = {"library": {}}))]
    pub metric: Option<Metric>,
    /// What a library check measures, before `metric` came in v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "x-required" = "<3.1",
        "x-when" = [[">=3.1", {"deprecated": true}]],
        "x-for" = {"library": {}}
    ))]
    pub rule: Option<String>,
    /// Settings of the metric, such as the values that count as missing. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Object", extend("x-in" = ">=3.1", "x-for" = {"library": {}}))]
    pub arguments: Option<Map<String, Value>>,
    /// The measured value equals this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}))]
    pub must_be: Option<Value>,
    /// The measured value differs from this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}))]
    pub must_not_be: Option<Value>,
    /// The measured value is greater than this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number", extend("x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}))]
    pub must_be_greater_than: Option<f64>,
    /// The measured value is at least this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number", extend("x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}))]
    pub must_be_greater_or_equal_to: Option<f64>,
    /// The measured value is less than this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number", extend("x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}))]
    pub must_be_less_than: Option<f64>,
    /// The measured value is at most this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number", extend("x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}))]
    pub must_be_less_or_equal_to: Option<f64>,
    /// The measured value lies between these two, the smaller one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Number>", extend(
        "minItems" = 2,
        "maxItems" = 2,
        "uniqueItems" = true,
        "x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}
    ))]
    pub must_be_between: Vec<f64>,
    /// The measured value does not lie between these two, the smaller one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<Number>", extend(
        "minItems" = 2,
        "maxItems" = 2,
        "uniqueItems" = true,
        "x-for" = {"library": {}, "sql": {"x-in": ">=3.1"}}
    ))]
    pub must_not_be_between: Vec<f64>,
    /// The query of an SQL check, which returns the measured value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "x-for" = {"sql": {}}))]
    pub query: Option<String>,
    /// The engine that runs a custom check.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "x-required" = "*",
        "examples" = ["soda", "great-expectations", "monte-carlo", "dbt"],
        "x-for" = {"custom": {}}
    ))]
    pub engine: Option<String>,
    /// A custom check in the engine's own notation: text or an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "TextOrObject", extend("x-required" = "*", "x-for" = {"custom": {}}))]
    pub implementation: Option<Value>,
}

impl DataQuality {
    /// The operators with which a measured value can be compared, as keys of a check.
    pub const OPERATORS: [&str; 8] = [
        "mustBe",
        "mustNotBe",
        "mustBeGreaterThan",
        "mustBeGreaterOrEqualTo",
        "mustBeLessThan",
        "mustBeLessOrEqualTo",
        "mustBeBetween",
        "mustNotBeBetween",
    ];

    /// Whether a machine can run the check.
    pub fn is_executable(&self) -> bool {
        self.r#type != Some(QualityType::Text)
    }
}

/// How a check is expressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum QualityType {
    /// In words, for people.
    Text,
    /// As a metric that the standard defines.
    Library,
    /// As an SQL query that returns the measured value.
    Sql,
    /// In the notation of a particular engine.
    Custom,
}

impl QualityType {
    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Library => "library",
            Self::Sql => "sql",
            Self::Custom => "custom",
        }
    }
}

/// An aspect of quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Dimension {
    /// Values agree with reality.
    Accuracy,
    /// Nothing is missing.
    Completeness,
    /// Values have the agreed form.
    Conformity,
    /// Values do not contradict each other.
    Consistency,
    /// All that should be described is described.
    Coverage,
    /// Values are there in time.
    Timeliness,
    /// Nothing is there twice.
    Uniqueness,
}

impl Dimension {
    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Completeness => "completeness",
            Self::Conformity => "conformity",
            Self::Consistency => "consistency",
            Self::Coverage => "coverage",
            Self::Timeliness => "timeliness",
            Self::Uniqueness => "uniqueness",
        }
    }
}

/// A measurement that the standard defines. Since v3.1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Metric {
    /// How many values are null.
    NullValues,
    /// How many values count as missing, null or not.
    MissingValues,
    /// How many values are not among the valid ones.
    InvalidValues,
    /// How many values occur more than once.
    DuplicateValues,
    /// How many rows there are.
    RowCount,
}

impl Metric {
    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NullValues => "nullValues",
            Self::MissingValues => "missingValues",
            Self::InvalidValues => "invalidValues",
            Self::DuplicateValues => "duplicateValues",
            Self::RowCount => "rowCount",
        }
    }
}

/// Turns the keys that belong to one type of check into conditional branches.
fn by_type(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    let operators: Vec<_> = DataQuality::OPERATORS
        .map(|operator| json!({"required": [operator]}))
        .into();
    let comparing = json!([[">=3.1", {"oneOf": operators}]]);

    // Until v3.1.0 a check without a type is a library check, as the default has it; since then,
    // only if it has a metric.
    let has_metric = json!({"properties": {"metric": {"type": "string"}}, "required": ["metric"]});
    let library = json!({"properties": properties_for(properties, "library"), "x-when": comparing});
    let library_until_3_1 =
        json!({"if": is_or_absent("type", "library"), "then": library, "x-in": "<3.1"});
    let library_since_3_1 = json!({
        "if": {"anyOf": [is("type", "library"), has_metric]},
        "then": library,
        "x-in": ">=3.1",
    });
    let sql = json!({
        "if": is("type", "sql"),
        "then": {"properties": properties_for(properties, "sql"), "x-when": comparing},
    });
    let custom = json!({
        "if": is("type", "custom"),
        "then": {"properties": properties_for(properties, "custom")},
    });
    drop_conditional(properties);
    schema.insert(
        "allOf".into(),
        json!([library_until_3_1, library_since_3_1, sql, custom]),
    );
}
