//! What a gate has to say of the products that it lets pass.

use std::collections::BTreeMap;

use semver::Version;

use crate::{compatibility::Compatibility, evidence::PolicyEvidence};

/// What a gate has to say of the products that it lets pass, by id and version. It goes into their records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approval {
    verdicts: BTreeMap<(String, Version), Compatibility>,
    evidence: BTreeMap<(String, Version), PolicyEvidence>,
}

impl Approval {
    /// Adds what is said of the product `id` in `version`.
    pub fn add(&mut self, id: impl Into<String>, version: Version, verdict: Compatibility) {
        self.verdicts.insert((id.into(), version), verdict);
    }

    /// Adds by which policies the product `id` was judged in `version`, and what came of it.
    pub fn add_evidence(
        &mut self,
        id: impl Into<String>,
        version: Version,
        evidence: PolicyEvidence,
    ) {
        self.evidence.insert((id.into(), version), evidence);
    }

    /// What is said of the product `id` in `version`.
    pub fn of(&self, id: &str, version: &Version) -> Option<&Compatibility> {
        self.verdicts.get(&(id.to_owned(), version.clone()))
    }

    /// By which policies the product `id` was judged in `version`, and what came of it.
    pub fn evidence_of(&self, id: &str, version: &Version) -> Option<&PolicyEvidence> {
        self.evidence.get(&(id.to_owned(), version.clone()))
    }
}
