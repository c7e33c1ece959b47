//! The building blocks that data products and data contracts share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A piece of information for which the standard has no key of its own.
///
/// Custom properties are the only place where a document may be extended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "odps | odcs >=3.1"))]
pub struct CustomProperty {
    /// Identifier by which other documents and tools can refer to this entry. Not in ODPS before
    /// v1.1.0 or ODCS before v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = "odps >=1.1 | odcs >=3.1"))]
    pub id: Option<String>,
    /// Name of the property; camelCase by convention.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "odps | odcs >=3.1"))]
    pub property: Option<String>,
    /// Any value: text, number, boolean, list, object or null.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "odps | odcs >=3.1"))]
    pub value: Option<Value>,
    /// What the property is for. Not in ODCS before v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = "odps | odcs >=3.1"))]
    pub description: Option<String>,
    /// Tool or organisation that owns the property, which keeps equal names of different owners
    /// apart. Since ODPS v1.1.0 and ODCS v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = "odps >=1.1 | odcs >=3.2"))]
    pub vendor: Option<String>,
}

/// Looking things up in a list of custom properties.
pub trait CustomProperties {
    /// Where the property `name` of `vendor` stands in the list.
    ///
    /// In versions without `vendor`, a vendor's property is written with the vendor as a prefix
    /// (`mesh.components`), and is found under that name as well. `None` looks for a property
    /// without a vendor.
    fn position_of(&self, vendor: Option<&str>, name: &str) -> Option<usize>;

    /// The value of the property `name` of `vendor`; see [`CustomProperties::position_of`].
    fn custom(&self, vendor: Option<&str>, name: &str) -> Option<&Value>;
}

impl CustomProperties for [CustomProperty] {
    fn position_of(&self, vendor: Option<&str>, name: &str) -> Option<usize> {
        self.iter().position(|entry| {
            let property = entry.property.as_deref().unwrap_or_default();
            if entry.vendor.as_deref() == vendor {
                return property == name;
            }
            let prefixed =
                vendor.and_then(|vendor| property.strip_prefix(vendor)?.strip_prefix('.'));
            entry.vendor.is_none() && prefixed == Some(name)
        })
    }

    fn custom(&self, vendor: Option<&str>, name: &str) -> Option<&Value> {
        self.position_of(vendor, name)
            .and_then(|index| self[index].value.as_ref())
    }
}

/// A link to a source that says more, or says it with authority: a definition, an implementation, a
/// catalogue page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "odps | odcs >=3.1"))]
pub struct AuthoritativeDefinition {
    /// Identifier of the link. Since ODPS v1.1.0 and ODCS v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = "odps >=1.1 | odcs >=3.1"))]
    pub id: Option<String>,
    /// What the link leads to. ODPS v0.9.0 has a closed list of types; since then any word will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "x-required" = "*",
        "x-when" = [["odps <1", {"enum": [
            "businessDefinition", "implementation", "transformationImplementation", "tutorial", "videoTutorial"
        ]}]],
        "examples" = ["businessDefinition", "canonicalUrl", "implementation", "transformationImplementation", "tutorial"]
    ))]
    pub r#type: Option<String>,
    /// Address of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "x-when" = [["odps", {"format": "uri"}]]))]
    pub url: Option<String>,
    /// What a reader finds at the address. Not in ODCS before v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = "odps | odcs >=3.1"))]
    pub description: Option<String>,
}

/// The prose of a document: what the data is for, how to use it and where it ends.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "odps"))]
pub struct Description {
    /// Why the data exists and which question it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What the data must not be used for, and where it is incomplete, late or wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limitations: Option<String>,
    /// How the data is meant to be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Links to longer descriptions. Not in ODCS before v3.0.1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps | odcs >=3.0.1"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Further prose under names of your own. Not in ODCS before v3.0.1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps | odcs >=3.0.1"))]
    pub custom_properties: Vec<CustomProperty>,
}

/// Another word for the same thing. Since ODPS v1.1.0 and ODCS v3.2.0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct Synonym {
    /// Identifier of the entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId")]
    pub id: Option<String>,
    /// The other word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub synonym: Option<String>,
    /// When, where or by whom this word is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Language of the word, as a language tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["en-GB", "fr"]))]
    pub locale: Option<String>,
    /// Glossary or system that the word comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How far the word is agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["proposed", "approved", "deprecated"]))]
    pub status: Option<String>,
    /// Further properties of the synonym.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
}

/// What a language model or another automatic reader should know before it works with the data.
///
/// Since ODPS v1.1.0 and ODCS v3.2.0. A contract may shorten it to a text, which stands for
/// `instructions` alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct Context {
    /// Guidance in plain language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Questions that the data is known to answer, with or without the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub verified_statements: Vec<VerifiedStatement>,
    /// What must not be done with the data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
    /// Whether the document used the short form, a text in place of the object.
    #[serde(skip)]
    pub as_text: bool,
}

/// A question that the data answers, with the answer where it has been checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct VerifiedStatement {
    /// Identifier of the statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The question, as a person would ask it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub question: Option<String>,
    /// The answer, or what a right answer looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Where the answer comes from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Words to group statements by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Further properties of the statement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
}

/// A prohibition for automatic readers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct Constraint {
    /// Identifier of the constraint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What must not be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub constraint: Option<String>,
    /// The policy or law behind the constraint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Words to group constraints by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Further properties of the constraint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
}

/// A place where consumers get help or are told news.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "odps | odcs >=3.1"))]
pub struct Support {
    /// Identifier of the channel's entry. Since ODPS v1.1.0 and ODCS v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = "odps >=1.1 | odcs >=3.1"))]
    pub id: Option<String>,
    /// Name of the channel, such as a chat room or a mailbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub channel: Option<String>,
    /// Address of the channel; `mailto:` is welcome. Optional in ODCS since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "odps | odcs <3.1", "x-when" = [["odps", {"format": "uri"}]]))]
    pub url: Option<String>,
    /// Who answers, about what, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Software behind the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["email", "slack", "teams", "discord", "ticket", "googlechat", "other"]))]
    pub tool: Option<String>,
    /// What the channel is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["interactive", "announcements", "issues", "notifications"]))]
    pub scope: Option<String>,
    /// Address at which to ask for access to the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-when" = [["odps", {"format": "uri"}]]))]
    pub invitation_url: Option<String>,
    /// Words to group channels by. ODPS only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps"))]
    pub tags: Vec<String>,
    /// Further properties of the channel. Not in ODCS before v3.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps | odcs >=3.1"))]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the channel. ODPS only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
}

/// The schema of an `id`: free text in products, restricted in contracts because references are
/// built from it.
pub(super) struct StableId;

impl JsonSchema for StableId {
    fn schema_name() -> Cow<'static, str> {
        "StableId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "x-when": [["odcs", {"pattern": "^[A-Za-z0-9_-]+$"}]],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(vendor: Option<&str>, property: &str, value: u8) -> CustomProperty {
        CustomProperty {
            vendor: vendor.map(Into::into),
            property: Some(property.into()),
            value: Some(json!(value)),
            ..CustomProperty::default()
        }
    }

    #[test]
    fn a_custom_property_is_found_by_vendor_or_by_prefix() {
        let list = [
            entry(None, "server", 1),
            entry(Some("other"), "server", 2),
            entry(Some("mesh"), "server", 3),
            entry(None, "mesh.upstream", 4),
            entry(Some("other"), "mesh.components", 5),
        ];
        assert_eq!(list.custom(None, "server"), Some(&json!(1)));
        assert_eq!(list.custom(Some("mesh"), "server"), Some(&json!(3)));
        assert_eq!(list.custom(Some("mesh"), "upstream"), Some(&json!(4)));
        assert_eq!(list.custom(Some("mesh"), "components"), None);
    }
}
