//! The keys of `mesh.yaml`. The JSON Schema for editors is made from these types.

use std::borrow::Cow;
use std::collections::BTreeMap;

use mesh_compat::{Meaning, Profile, Versioning, changes};
use mesh_diagnostics::Level;
use mesh_lint::{Group, Preset, rules};
use mesh_spec::vocabulary::Vocabularies;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// The settings of one repository. Looked for in the folder of a path and those above it, up to the
/// root of the git work tree.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a mapping of settings, such as `registry: ../registry.git`"
)]
pub struct Config {
    /// The registry to publish to and to look inputs up in: a path relative to this file, or a
    /// location that git understands. `--registry` and `MESH_REGISTRY` come before it.
    pub registry: Option<String>,
    /// How `mesh publish` gets things into the registry.
    pub publish: PublishConfig,
    /// What `mesh lint` checks, and how much it weighs.
    pub lint: LintConfig,
    /// How `mesh breaking` and `mesh publish` judge changes.
    pub compatibility: CompatibilityConfig,
    /// The policies that products are held to, beside those of the registry: packs that come with mesh, such as
    /// `mesh/core` or `mesh/gdpr@1`, and files and folders of packs, overlays and waivers, relative to this file.
    pub policies: Vec<String>,
    /// The words that the mesh has agreed on. Where the registry has a vocabulary, that one counts.
    pub vocabularies: Vocabularies,
}

/// How things get into the registry.
#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a mapping of settings, such as `mode: branch`"
)]
pub struct PublishConfig {
    /// By which way; `auto` where nothing is said. `--mode` comes before it.
    pub mode: Option<PublishMode>,
}

/// By which way something gets into the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `direct`, `branch`, `auto`"
)]
pub enum PublishMode {
    /// Straight onto the registry's branch.
    Direct,
    /// To a branch of its own, which is merged by a pull or merge request or by a bot.
    Branch,
    /// Straight onto the registry's branch, unless that is protected: then to a branch of its own.
    Auto,
}

/// What `mesh lint` checks.
#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a mapping of settings, such as `preset: strict`"
)]
pub struct LintConfig {
    /// The set of rules to start from; `standard` where nothing is said.
    pub preset: Option<RulePreset>,
    /// Rules, or groups of rules, to run as well.
    #[schemars(schema_with = "selectors")]
    pub select: Vec<String>,
    /// Rules, or groups of rules, not to run. What names a rule is stronger than what names a
    /// group.
    #[schemars(schema_with = "selectors")]
    pub ignore: Vec<String>,
    /// How much the findings of a rule, or of a group of rules, weigh.
    #[schemars(schema_with = "levels")]
    pub levels: BTreeMap<String, RuleLevel>,
    /// What is different for some files; the later entry is stronger than the earlier.
    pub overrides: Vec<RuleOverride>,
    /// The file of findings that are tolerated until they are corrected, relative to this file;
    /// `mesh baseline` writes it.
    pub baseline: Option<String>,
}

/// What is different for some files.
#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `paths` and what is different for them"
)]
pub struct RuleOverride {
    /// The files: patterns such as `legacy/**`, relative to this file.
    pub paths: Vec<String>,
    /// Rules, or groups of rules, to run as well.
    #[serde(default)]
    #[schemars(schema_with = "selectors")]
    pub select: Vec<String>,
    /// Rules, or groups of rules, not to run.
    #[serde(default)]
    #[schemars(schema_with = "selectors")]
    pub ignore: Vec<String>,
    /// How much the findings of a rule, or of a group of rules, weigh.
    #[serde(default)]
    #[schemars(schema_with = "levels")]
    pub levels: BTreeMap<String, RuleLevel>,
}

/// How changes are judged.
#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a mapping of settings, such as `profile: strict`"
)]
pub struct CompatibilityConfig {
    /// Which readers changes are judged for; `read` where nothing is said.
    pub profile: Option<Profile>,
    /// What version numbers say; `semver` where nothing is said.
    pub versioning: Option<Versioning>,
    /// What a change to a custom property of your own asks of the version number, by its name. What is
    /// not listed needs review.
    pub properties: BTreeMap<String, Meaning>,
    /// Changes that are let through, for a time.
    pub ignore: Vec<IgnoredChange>,
    /// What is different for some files; the later entry is stronger than the earlier.
    pub overrides: Vec<CompatibilityOverride>,
}

/// A change that is let through, for a time.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `kind`, `reason` and `until`"
)]
pub struct IgnoredChange {
    /// The kind of change, such as `field-removed`.
    #[schemars(schema_with = "kind_of_change")]
    pub kind: String,
    /// The element that it is about, such as `orders.coupon`, or its path; `*` stands for anything.
    /// Without one, every change of the kind is let through.
    pub at: Option<String>,
    /// The `id` of the product or contract that it is about.
    pub of: Option<String>,
    /// Why it is let through.
    pub reason: String,
    /// The last day on which it is, as `YYYY-MM-DD`.
    #[schemars(extend("format" = "date"))]
    pub until: String,
}

/// What is different for some files.
#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `paths` and what is different for them"
)]
pub struct CompatibilityOverride {
    /// The files: patterns such as `topics/**`, relative to this file.
    pub paths: Vec<String>,
    /// Which readers changes are judged for.
    pub profile: Option<Profile>,
    /// What version numbers say.
    pub versioning: Option<Versioning>,
}

/// A set of rules, each within the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `minimal`, `standard`, `strict`"
)]
pub enum RulePreset {
    /// What is broken.
    Minimal,
    /// What the consumers of a product will miss.
    Standard,
    /// Everything, down to the order of keys.
    Strict,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `error`, `warn`, `info`, `off`"
)]
pub enum RuleLevel {
    /// It fails the run, and nothing is published.
    Error,
    /// It should be corrected.
    Warn,
    /// It is worth knowing.
    Info,
    /// It is not looked for.
    Off,
}

impl From<RulePreset> for Preset {
    fn from(preset: RulePreset) -> Self {
        match preset {
            RulePreset::Minimal => Self::Minimal,
            RulePreset::Standard => Self::Standard,
            RulePreset::Strict => Self::Strict,
        }
    }
}

impl RuleLevel {
    /// The level of findings; `None` if there are to be none.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warn => Some(Level::Warn),
            Self::Info => Some(Level::Info),
            Self::Off => None,
        }
    }
}

/// The name of a rule or of a group of rules: what an editor completes in lists of them.
struct RuleName;

impl JsonSchema for RuleName {
    fn schema_name() -> Cow<'static, str> {
        "RuleName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let groups = Group::ALL.into_iter().map(Group::as_str);
        let names: Vec<&str> = groups
            .chain(rules::ALL.iter().map(|rule| rule.id))
            .collect();
        json_schema!({
            "description": "A rule, or a group of rules.",
            "type": "string",
            "enum": names
        })
    }
}

fn kind_of_change(_: &mut SchemaGenerator) -> Schema {
    let kinds: Vec<&str> = changes::all().map(|kind| kind.id).collect();
    json_schema!({"type": "string", "enum": kinds})
}

fn selectors(generator: &mut SchemaGenerator) -> Schema {
    let items = generator.subschema_for::<RuleName>();
    json_schema!({"type": "array", "items": items})
}

fn levels(generator: &mut SchemaGenerator) -> Schema {
    let names = generator.subschema_for::<RuleName>();
    let level = generator.subschema_for::<RuleLevel>();
    json_schema!({"type": "object", "propertyNames": names, "additionalProperties": level})
}
