//! The constraints of a logical type, and the field that they belong to.

use super::types::field::FieldType;
use crate::entity::Entity;
use crate::pair::{Both, Pair};

/// Every key that the standard knows.
pub(crate) const KEYS: &[&str] = &[
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "timezone",
    "defaultTimezone",
    "minProperties",
    "maxProperties",
    "required",
    "minItems",
    "maxItems",
    "uniqueItems",
    "dimensions",
    "elementType",
    "distanceMetric",
    "embeddingModel",
    "embeddingModelVersion",
    "normalized",
];

/// Keys that say which space the vectors of a field are of.
pub(crate) const VECTOR: &[&str] = &[
    "dimensions",
    "elementType",
    "distanceMetric",
    "embeddingModel",
    "embeddingModelVersion",
    "normalized",
];

/// The type of the field that constraints belong to.
pub(crate) fn field_type<'p>(pair: &Pair<'p>) -> Option<FieldType<'p>> {
    let owner = pair.owner.filter(|owner| owner.entity == Entity::Field)?;
    Some(FieldType::of(owner))
}

/// Whether the constraints are of the same type as before. Those of another say nothing about it, and
/// that it is another is told of by itself.
pub(crate) fn are_of_same_type(pair: &Pair<'_>) -> bool {
    field_type(pair).is_none_or(|field| !field.is_another_logical())
}

/// The field that constraints belong to, for a sentence.
pub(crate) fn subject(pair: &Pair<'_>) -> String {
    pair.owner.map_or_else(|| pair.subject(), Pair::subject)
}

/// What vectors are said to be by a key of [`VECTOR`], with what ODCS assumes.
pub(crate) fn vector_text<'p>(pair: &Pair<'p>, key: &str) -> Both<Option<&'p str>> {
    let default = (key == "normalized").then_some("false");
    pair.text(key).map(|text| text.or(default))
}
