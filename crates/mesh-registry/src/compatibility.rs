//! What a record says about the version before: which one it was compared with, and what came of it.

use semver::Version;
use serde::{Deserialize, Serialize};

/// How a published version relates to the one that it was compared with. Whoever reads the record can
/// compare the two again and has to come to the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Compatibility {
    /// The version that it was compared with; none for the first of its product.
    pub base: Option<Base>,
    /// The gravest change since then: `none`, `patch`, `minor`, `review` or `major`.
    pub impact: String,
    /// Whether the version number covers the changes. What was a draft before may be published all the
    /// same.
    pub covered: bool,
    /// Which readers the changes were judged for.
    pub profile: String,
    /// What version numbers say.
    pub versioning: String,
    /// How many changes there are of each impact, in the product and its contracts.
    pub changes: ChangeCounts,
    /// The changes that were let through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<IgnoredChange>,
}

/// The published version that another is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Base {
    /// The version.
    pub version: Version,
    /// The digest of its record.
    pub record: String,
}

/// How many changes there are of each impact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChangeCounts {
    /// Changes that break readers.
    pub major: usize,
    /// Changes that somebody has to look at.
    pub review: usize,
    /// Changes that readers gain from or should hear of.
    pub minor: usize,
    /// Changes that touch no promise.
    pub patch: usize,
}

/// A change that was let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IgnoredChange {
    /// The kind of change.
    pub kind: String,
    /// The `id` of the document.
    pub document: String,
    /// Where in it.
    pub path: String,
    /// Why it was let through.
    pub reason: String,
    /// The last day on which it is.
    pub until: String,
}
