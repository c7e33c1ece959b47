//! The people behind a product or a contract.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::common::{AuthoritativeDefinition, CustomProperty, StableId};

/// The team that is responsible.
///
/// ODPS v0.9.0 and ODCS v3.0 write a team as the list of its members; both spellings are read into
/// this one type.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct Team {
    /// Identifier of the team. ODCS only, since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = "odcs"))]
    pub id: Option<String>,
    /// Name of the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the team does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The people in the team, past members included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<TeamMember>,
    /// Words to group teams by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Further properties of the team.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the team.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Whether the document wrote the team as a bare list of members.
    #[serde(skip)]
    pub as_list: bool,
}

impl Team {
    /// JSON Pointer of a member, relative to the team.
    pub fn member_pointer(&self, index: usize) -> String {
        if self.as_list {
            format!("/{index}")
        } else {
            format!("/members/{index}")
        }
    }

    /// The members who own the product or contract: those whose role mentions an owner, and who
    /// have not left.
    pub fn owners(&self) -> impl Iterator<Item = &TeamMember> {
        self.members
            .iter()
            .filter(|member| member.is_owner() && member.date_out.is_none())
    }
}

/// One person in a team.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "odps | odcs >=3.1"))]
pub struct TeamMember {
    /// Identifier of the entry. Since ODPS v1.1.0 and ODCS v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = "odps >=1.1 | odcs >=3.1"))]
    pub id: Option<String>,
    /// Login name or mail address. Required since ODPS v1.0.0 and ODCS v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "odps >=1 | odcs >=3.1"))]
    pub username: Option<String>,
    /// Full name. Not in ODCS before v3.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = "odps | odcs >=3.0.2"))]
    pub name: Option<String>,
    /// What the person does in the team. Not in ODCS before v3.0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = "odps | odcs >=3.0.2"))]
    pub description: Option<String>,
    /// Role of the person; any word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["owner", "data steward", "engineer"]))]
    pub role: Option<String>,
    /// Day on which the person joined, as `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    pub date_in: Option<String>,
    /// Day on which the person left, as `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    pub date_out: Option<String>,
    /// `username` of the person who took over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by_username: Option<String>,
    /// Words to group people by. Not in ODCS before v3.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps | odcs >=3.1"))]
    pub tags: Vec<String>,
    /// Further properties of the person. Not in ODCS before v3.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps | odcs >=3.1"))]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the person. Not in ODCS before v3.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = "odps | odcs >=3.1"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
}

impl TeamMember {
    /// Whether the person's role is that of an owner, such as `owner`, `Data Owner` or
    /// `product-owner`.
    pub fn is_owner(&self) -> bool {
        let role = self.role.as_deref().unwrap_or_default();
        role.split(|c: char| !c.is_alphanumeric())
            .any(|word| word.eq_ignore_ascii_case("owner"))
    }
}

/// Reads and writes a `team` in either spelling, and describes both to the schema generator.
pub(super) struct TeamShape;

impl TeamShape {
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Team>, D::Error> {
        struct Shapes;

        impl<'de> Visitor<'de> for Shapes {
            type Value = Option<Team>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a team or a list of its members")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(None)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Team::deserialize(MapAccessDeserializer::new(map)).map(Some)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                let members = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(Some(Team {
                    members,
                    as_list: true,
                    ..Team::default()
                }))
            }
        }

        deserializer.deserialize_any(Shapes)
    }

    #[expect(
        clippy::ref_option,
        reason = "the signature that serde's `serialize_with` calls"
    )]
    pub(super) fn serialize<S: Serializer>(
        team: &Option<Team>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match team {
            Some(team) if team.as_list => team.members.serialize(serializer),
            team => team.serialize(serializer),
        }
    }
}

impl JsonSchema for TeamShape {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TeamShape".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut object = generator.subschema_for::<Team>();
        object.insert("x-in".into(), "odps >=1 | odcs >=3.1".into());
        json_schema!({
            "oneOf": [
                object,
                {
                    "type": "array",
                    "items": generator.subschema_for::<TeamMember>(),
                    "x-in": "odps <1 | odcs",
                    "x-when": [["odcs >=3.1", {"deprecated": true}]],
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::odcs::DataContract;

    #[test]
    fn a_team_is_read_from_a_list_or_an_object_and_written_as_it_was() {
        for (team, pointer) in [
            (json!([{"username": "ada"}]), "/0"),
            (json!({"members": [{"username": "ada"}]}), "/members/0"),
        ] {
            let document = json!({"team": team});
            let contract: DataContract =
                serde_json::from_value(document.clone()).expect("both shapes are readable");
            let team = contract.team.as_ref().expect("there is a team");
            assert_eq!(team.members[0].username.as_deref(), Some("ada"));
            assert_eq!(team.member_pointer(0), pointer);
            assert_eq!(
                serde_json::to_value(&contract).expect("contracts are JSON"),
                document
            );
        }
    }

    #[test]
    fn an_owner_is_recognised_by_a_word_in_the_role() {
        let owner = |role: &str| {
            TeamMember {
                role: Some(role.into()),
                ..TeamMember::default()
            }
            .is_owner()
        };
        assert!(owner("owner") && owner("Data Owner") && owner("product-owner"));
        assert!(!owner("downer") && !owner("ownership coach") && !owner("engineer"));
    }
}
