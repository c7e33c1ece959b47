//! The keys of packs, overlays and waivers. The JSON Schemas for editors are made from these types.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The version of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(expecting = "`mesh/v1`")]
pub enum Format {
    /// The first, and so far the only one.
    #[serde(rename = "mesh/v1")]
    V1,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(expecting = "one of `PolicyPack`, `PolicyOverlay`, `Waiver`")]
pub enum Kind {
    /// Rules that the federation has agreed on.
    PolicyPack,
    /// What a domain asks for beyond them.
    PolicyOverlay,
    /// An exception, for a time.
    Waiver,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::PolicyPack, Self::PolicyOverlay, Self::Waiver];

    /// The name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PolicyPack => "PolicyPack",
            Self::PolicyOverlay => "PolicyOverlay",
            Self::Waiver => "Waiver",
        }
    }
}

/// Rules that a federation has agreed on, for every domain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Policy pack")]
pub struct PolicyPack {
    /// Version of the format.
    pub api_version: Option<Format>,
    /// `PolicyPack`.
    pub kind: Kind,
    /// What the pack is called and who maintains it.
    pub metadata: PackMetadata,
    /// Numbers, texts and lists that policies compare with, by name. Expressions read them as `params.name`.
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
    /// Levels of rules that mesh has already: of `mesh rules`, or kinds of change.
    #[serde(default)]
    pub rules: BTreeMap<String, Rule>,
    /// The pack's own policies.
    #[serde(default)]
    pub policies: Vec<Policy>,
}

/// What a pack is called and who maintains it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackMetadata {
    /// Name of the pack: small letters, digits and hyphens.
    #[schemars(extend("pattern" = "^[a-z][a-z0-9-]{0,62}$"))]
    pub name: String,
    /// Version of the pack, as semantic versions have it.
    #[schemars(extend("pattern" = "^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)([-+][0-9A-Za-z.+-]+)?$"))]
    pub version: String,
    /// Who maintains the pack.
    pub owner: String,
    /// For whom it is: `global` packs are for all domains.
    pub layer: Option<Layer>,
    /// What the pack is for.
    pub description: Option<String>,
    /// Packs that come with it, such as `core@1.0.0`: that version or a compatible one.
    #[serde(default)]
    pub extends: OneOrMore,
}

/// For whom a pack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", expecting = "`global`")]
pub enum Layer {
    /// All domains.
    Global,
}

/// Something that policies compare with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Param {
    /// A number, a text, a truth value, or a list of those.
    pub value: Value,
    /// Which way an overlay may move it.
    pub tighten: Tighten,
    /// What it means.
    pub description: Option<String>,
}

/// The change of a parameter by which fewer products pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `up`, `down`, `subset`, `superset`, `fixed`"
)]
pub enum Tighten {
    /// A larger number.
    Up,
    /// A smaller number.
    Down,
    /// A list with fewer items.
    Subset,
    /// A list with more items.
    Superset,
    /// None: nobody may move it.
    Fixed,
}

impl Tighten {
    /// The word in packs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Subset => "subset",
            Self::Superset => "superset",
            Self::Fixed => "fixed",
        }
    }
}

/// How much a finding of a policy weighs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `advise`, `warn`, `deny`"
)]
pub enum PolicyLevel {
    /// Worth knowing.
    Advise,
    /// Should be corrected.
    Warn,
    /// Must be corrected: nothing is published.
    Deny,
}

impl PolicyLevel {
    /// All levels, the mildest first.
    pub const ALL: [Self; 3] = [Self::Advise, Self::Warn, Self::Deny];

    /// The word in packs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Advise => "advise",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The level of its findings.
    pub const fn level(self) -> mesh_diagnostics::Level {
        match self {
            Self::Advise => mesh_diagnostics::Level::Info,
            Self::Warn => mesh_diagnostics::Level::Warn,
            Self::Deny => mesh_diagnostics::Level::Error,
        }
    }
}

impl fmt::Display for PolicyLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// From which day on a policy weighs how much.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "the first day of each level, such as `{warn: 2027-01-01, deny: 2027-04-01}`"
)]
pub struct Rollout {
    /// The first day on which it advises, `YYYY-MM-DD`.
    #[schemars(extend("format" = "date"))]
    pub advise: Option<String>,
    /// The first day on which it warns.
    #[schemars(extend("format" = "date"))]
    pub warn: Option<String>,
    /// The first day on which it denies.
    #[schemars(extend("format" = "date"))]
    pub deny: Option<String>,
    /// The level for products that were never published, from the beginning.
    pub new_products: Option<PolicyLevel>,
}

/// The level of a rule that mesh has already.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// How much its findings weigh at least.
    pub level: Option<PolicyLevel>,
    /// From which day on they weigh how much at least, in place of `level`.
    pub rollout: Option<Rollout>,
    /// Whether and how it may be waived; `false` where nothing is said.
    #[serde(default)]
    pub waivable: Waivable,
    /// Why it is asked for.
    pub why: Option<String>,
}

/// One thing that is asked of products.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Name of the policy: small letters, digits and hyphens; in an overlay, after the overlay's name and a slash.
    #[schemars(extend("pattern" = "^([a-z][a-z0-9-]*/)?[a-z][a-z0-9-]*$"))]
    pub id: String,
    /// What it asks for, in one line.
    pub title: Option<String>,
    /// Why it is asked for, with the requirement that it comes from.
    pub why: Option<String>,
    /// Where the requirement can be read.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What it is about: `when` and `require` are asked of each.
    #[serde(rename = "for")]
    pub subject: Subject,
    /// Which products and contracts it is for. Every key that is given must match.
    #[serde(default)]
    pub scope: Scope,
    /// A condition (CEL) for it to apply; it always does where nothing is said.
    pub when: Option<String>,
    /// What must be true (CEL).
    pub require: String,
    /// What is said if it is not. `{…}` holds an expression.
    pub message: Option<String>,
    /// What to do about it, in the imperative.
    pub help: Option<String>,
    /// How much it weighs.
    pub level: Option<PolicyLevel>,
    /// From which day on it weighs how much, in place of `level`.
    pub rollout: Option<Rollout>,
    /// Whether and how it may be waived; `false` where nothing is said.
    #[serde(default)]
    pub waivable: Waivable,
    /// Examples that `mesh policy test` holds it to.
    #[serde(default)]
    pub tests: Tests,
}

/// What a policy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    expecting = "one of `product`, `input-port`, `output-port`, `contract`, `schema-object`, `field`, `server`, `role`, `sla`, `quality`"
)]
pub enum Subject {
    /// A data product.
    Product,
    /// What a product reads.
    InputPort,
    /// What a product offers.
    OutputPort,
    /// A data contract.
    Contract,
    /// A table, topic or file of a contract.
    SchemaObject,
    /// A field, wherever it is nested.
    Field,
    /// A place where the data can be read.
    Server,
    /// A role that has access.
    Role,
    /// A service level.
    Sla,
    /// A quality check.
    Quality,
}

/// Where a requirement can be read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reference {
    /// What it is called, such as `GDPR Art. 5(1)(b)`.
    pub title: String,
    /// Its address.
    #[schemars(extend("format" = "uri"))]
    pub url: Option<String>,
}

/// Which products and contracts a policy is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    default,
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "a mapping such as `{tags: [gxp]}`"
)]
pub struct Scope {
    /// Those of one of these domains.
    pub domains: Vec<String>,
    /// Those with one of these tags.
    pub tags: Vec<String>,
    /// Those whose data has one of these labels.
    pub classifications: Vec<String>,
    /// Those of one of these tiers: the custom property `tier` of the product.
    pub tiers: Vec<String>,
    /// Those of one of these states.
    pub status: Vec<String>,
}

/// Examples of a policy.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(
    default,
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "a mapping with examples under `pass` and `fail`"
)]
pub struct Tests {
    /// What it applies to and accepts.
    pub pass: Vec<Fixture>,
    /// What it applies to and rejects.
    pub fail: Vec<Fixture>,
    /// What it does not apply to.
    pub skip: Vec<Fixture>,
}

/// An example: parts of documents, completed with what every document needs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(
    default,
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "a mapping with `product`, `contract` or `contracts`"
)]
pub struct Fixture {
    /// What is special about it.
    pub name: Option<String>,
    /// A data product (ODPS).
    pub product: Option<Map<String, Value>>,
    /// A data contract (ODCS).
    pub contract: Option<Map<String, Value>>,
    /// Several data contracts.
    pub contracts: Vec<Map<String, Value>>,
    /// Parameters that are different here.
    pub params: BTreeMap<String, Value>,
    /// The day as of which it is judged, `YYYY-MM-DD`.
    #[schemars(extend("format" = "date"))]
    pub as_of: Option<String>,
}

/// What a domain asks for beyond what all have agreed on. It can only tighten.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Policy overlay")]
pub struct PolicyOverlay {
    /// Version of the format.
    pub api_version: Option<Format>,
    /// `PolicyOverlay`.
    pub kind: Kind,
    /// What the overlay is called, and what it builds on.
    pub metadata: OverlayMetadata,
    /// New values of parameters, by name; only in the direction that their pack allows.
    #[serde(default)]
    pub params: BTreeMap<String, Value>,
    /// New levels of policies, by id; only stricter ones.
    #[serde(default)]
    pub levels: BTreeMap<String, LevelOrRollout>,
    /// Levels of rules that mesh has already.
    #[serde(default)]
    pub rules: BTreeMap<String, Rule>,
    /// The overlay's own policies.
    #[serde(default)]
    pub policies: Vec<Policy>,
}

/// What an overlay is called, and what it builds on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverlayMetadata {
    /// Name of the overlay: small letters, digits and hyphens.
    #[schemars(extend("pattern" = "^[a-z][a-z0-9-]{0,62}$"))]
    pub name: String,
    /// The domain that it is for, or `*` for all of them; that of its name, where nothing is said.
    pub domain: Option<String>,
    /// Who maintains the overlay.
    pub owner: Option<String>,
    /// What the overlay is for.
    pub description: Option<String>,
    /// Packs and overlays that it tightens, such as `pharma-core@1.2.0`: that version or a compatible one.
    pub extends: OneOrMore,
}

/// A level, or a day for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LevelOrRollout {
    /// A level from now on.
    Level(PolicyLevel),
    /// The first day of each level.
    Rollout(Rollout),
}

/// Whether and how a policy may be waived.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Waivable {
    /// It may not.
    #[default]
    No,
    /// It may, under terms.
    Terms(WaiverTerms),
}

/// The terms under which a policy may be waived.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "`false`, or terms such as `{maxDays: 90, approvers: [quality-assurance]}`"
)]
pub struct WaiverTerms {
    /// The longest term of a waiver, in days.
    #[schemars(range(min = 1, max = 3650))]
    pub max_days: u32,
    /// Who may approve one.
    pub approvers: Vec<String>,
}

/// A text, or several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OneOrMore {
    /// The texts.
    pub texts: Vec<String>,
    /// Whether they are written as a list.
    pub is_list: bool,
}

/// An exception from a policy for one product or contract, for a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "Waiver")]
pub struct Waiver {
    /// Version of the format.
    pub api_version: Option<Format>,
    /// `Waiver`.
    pub kind: Kind,
    /// Identifier of the waiver.
    pub id: String,
    /// The policy, or the rule that a pack sets, that is waived.
    pub policy: String,
    /// The `id` of the product or contract, and its major version: `manufacturing.batch-records@1`. That of a product
    /// is for its contracts too.
    #[schemars(extend("pattern" = "^.+@(0|[1-9][0-9]*)$"))]
    pub subject: String,
    /// What sort of exception it is.
    pub category: Category,
    /// Why it is needed.
    pub reason: String,
    /// What is done instead; needed where the risk is mitigated.
    pub compensating: Option<String>,
    /// Who asked for it and ends it in time.
    pub owner: String,
    /// Who approved it: one of those that the policy names.
    pub approved_by: String,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The first day, `YYYY-MM-DD`. The term is counted from here; from the day of the run, where nothing is said.
    #[schemars(extend("format" = "date"))]
    pub granted: Option<String>,
    /// The last day.
    #[schemars(extend("format" = "date"))]
    pub expires: String,
}

/// What sort of exception a waiver is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `mitigated`, `accepted`, `transition`"
)]
pub enum Category {
    /// Something else is done that keeps the risk low.
    Mitigated,
    /// The risk is taken.
    Accepted,
    /// The product is on its way.
    Transition,
}

impl Category {
    /// The word in waivers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mitigated => "mitigated",
            Self::Accepted => "accepted",
            Self::Transition => "transition",
        }
    }
}

impl<'de> Deserialize<'de> for LevelOrRollout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl<'de> Visitor<'de> for Shapes {
            type Value = LevelOrRollout;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one of `advise`, `warn`, `deny`, or the first day of each")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let level = PolicyLevel::ALL
                    .into_iter()
                    .find(|level| level.as_str() == text);
                level
                    .map(LevelOrRollout::Level)
                    .ok_or_else(|| E::unknown_variant(text, &["advise", "warn", "deny"]))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Rollout::deserialize(MapAccessDeserializer::new(map)).map(LevelOrRollout::Rollout)
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

impl JsonSchema for LevelOrRollout {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "LevelOrRollout".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let level = generator.subschema_for::<PolicyLevel>();
        let rollout = generator.subschema_for::<Rollout>();
        json_schema!({"oneOf": [level, rollout]})
    }
}

impl<'de> Deserialize<'de> for Waivable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl<'de> Visitor<'de> for Shapes {
            type Value = Waivable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "`false`, or terms such as `{maxDays: 90, approvers: [quality-assurance]}`",
                )
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                if value {
                    return Err(E::custom(
                        "`waivable: true` does not say for how long and by whom: give terms such as `{maxDays: 90, \
                         approvers: [quality-assurance]}`",
                    ));
                }
                Ok(Waivable::No)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                WaiverTerms::deserialize(MapAccessDeserializer::new(map)).map(Waivable::Terms)
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

impl JsonSchema for Waivable {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Waivable".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let terms = generator.subschema_for::<WaiverTerms>();
        json_schema!({"oneOf": [{"const": false}, terms]})
    }
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shapes;

        impl<'de> Visitor<'de> for Shapes {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text such as `core@1.0.0`, or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OneOrMore {
                    texts: vec![text.to_owned()],
                    is_list: false,
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMore {
                    texts,
                    is_list: true,
                })
            }
        }

        deserializer.deserialize_any(Shapes)
    }
}

impl JsonSchema for OneOrMore {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OneOrMore".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "oneOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}},
            ],
        })
    }
}
