//! The words that a mesh has agreed on, and with which rules compare.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Words that a mesh has agreed on. A vocabulary that is left out is open: nothing is held to it.
///
/// It stands under `vocabularies` in `mesh.yaml`, and for all domains in `vocabularies.yaml` of the
/// registry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Vocabularies {
    /// The business domains that there are.
    pub domains: Option<Vec<String>>,
    /// Sensitivity labels of one's own, each with the one it corresponds to: `public`, `internal`,
    /// `confidential` or `restricted`.
    pub classifications: Option<BTreeMap<String, Sensitivity>>,
    /// The tags in use, each with other spellings of it that are to be replaced.
    pub tags: Option<BTreeMap<String, Vec<String>>>,
    /// Legal areas such as `eu`, each with the regions that lie in it, as cloud providers or the
    /// company name them.
    pub regions: Option<BTreeMap<String, Vec<String>>>,
    /// The file formats in which data may be served.
    pub formats: Option<Vec<String>>,
    /// The addresses below which the business glossary defines its terms.
    pub glossary: Option<Vec<String>>,
    /// How field names are written.
    pub field_case: Option<FieldCase>,
}

/// The sensitivity labels that ODCS suggests, from the least to the most sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `public`, `internal`, `confidential`, `restricted`"
)]
pub enum Sensitivity {
    /// Anyone may see it.
    Public,
    /// Everyone in the company may see it.
    Internal,
    /// Those who need it may see it.
    Confidential,
    /// Only those who were named may see it.
    Restricted,
}

/// A way to write names of several words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(expecting = "a way to write names, such as `snake_case`,")]
pub enum FieldCase {
    /// `order_date`
    #[serde(rename = "snake_case")]
    Snake,
    /// `orderDate`
    #[serde(rename = "camelCase")]
    Camel,
    /// `OrderDate`
    #[serde(rename = "PascalCase")]
    Pascal,
    /// `ORDER_DATE`
    #[serde(rename = "UPPER_CASE")]
    Upper,
    /// `order-date`
    #[serde(rename = "kebab-case")]
    Kebab,
}

impl Vocabularies {
    /// These vocabularies, and where they leave one open, that of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            domains: self.domains.or(other.domains),
            classifications: self.classifications.or(other.classifications),
            tags: self.tags.or(other.tags),
            regions: self.regions.or(other.regions),
            formats: self.formats.or(other.formats),
            glossary: self.glossary.or(other.glossary),
            field_case: self.field_case.or(other.field_case),
        }
    }
}

impl FieldCase {
    /// All ways.
    pub const ALL: [Self; 5] = [
        Self::Snake,
        Self::Camel,
        Self::Pascal,
        Self::Upper,
        Self::Kebab,
    ];

    /// The name used in configuration, which is written in its own way.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Snake => "snake_case",
            Self::Camel => "camelCase",
            Self::Pascal => "PascalCase",
            Self::Upper => "UPPER_CASE",
            Self::Kebab => "kebab-case",
        }
    }
}
