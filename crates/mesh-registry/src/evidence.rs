//! What a record says about policies: which were in force, and what came of them.

use serde::{Deserialize, Serialize};

/// By which policies a published version was judged, and what came of it. Whoever has the same files can judge the same
/// manifest as of the same day again, and has to come to the same.
///
/// In a record its form is canonical: every list is in order and names nothing twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyEvidence {
    /// The day as of which it was judged, as `2026-11-20`.
    pub as_of: String,
    /// The digest of what was judged, which is the content of the record. Whoever makes evidence leaves it empty: the
    /// registry knows it when it makes the record.
    #[serde(default)]
    pub manifest: String,
    /// The files that were in force.
    #[serde(default)]
    pub files: Vec<EvidenceFile>,
    /// What came of every policy that applied.
    #[serde(default)]
    pub results: Vec<EvidenceResult>,
    /// The ids of policies that were not in force yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scheduled: Vec<String>,
}

/// A policy pack, an overlay or a waiver that was in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceFile {
    /// `pack`, `overlay` or `waiver`.
    pub kind: String,
    /// The name of the pack or overlay, or the id of the waiver.
    pub name: String,
    /// The version, which packs have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The digest of its bytes: `sha256:<hex>`.
    pub digest: String,
    /// Where it came from: `registry`, `mesh` if it is shipped with mesh, or `local`.
    pub origin: String,
}

/// What came of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceResult {
    /// The id of the policy.
    pub policy: String,
    /// The name of the pack or overlay that it is from.
    pub pack: String,
    /// How grave it was that day: `advise`, `warn` or `deny`.
    pub level: String,
    /// `pass`, `fail`, or `waived` if waivers stood for all that failed.
    pub outcome: String,
    /// How many things the policy applied to.
    pub subjects: usize,
    /// How many of them failed.
    pub failed: usize,
    /// The ids of the waivers that were used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<String>,
}

impl PolicyEvidence {
    /// The evidence in its canonical form, about the content with a digest.
    pub(crate) fn about(mut self, content: &str) -> Self {
        content.clone_into(&mut self.manifest);
        self.in_canonical_order()
    }

    /// The same with every list in the order, and without the repetitions, that records have.
    #[must_use]
    pub fn in_canonical_order(mut self) -> Self {
        for result in &mut self.results {
            in_order(&mut result.waivers);
        }
        in_order(&mut self.files);
        in_order(&mut self.results);
        in_order(&mut self.scheduled);
        self
    }
}

fn in_order<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(policy: &str, waivers: &[&str]) -> EvidenceResult {
        EvidenceResult {
            policy: policy.to_owned(),
            pack: "core".to_owned(),
            level: "deny".to_owned(),
            outcome: "waived".to_owned(),
            subjects: 2,
            failed: 1,
            waivers: waivers.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn the_same_evidence_has_one_form() {
        let evidence = |results: [EvidenceResult; 2], scheduled: [&str; 2]| PolicyEvidence {
            as_of: "2026-11-20".to_owned(),
            manifest: "what the caller says".to_owned(),
            results: results.to_vec(),
            scheduled: scheduled.map(str::to_owned).to_vec(),
            ..PolicyEvidence::default()
        };
        let one = evidence(
            [result("b", &["W2", "W1", "W2"]), result("a", &[])],
            ["z", "y"],
        );
        let other = evidence([result("a", &[]), result("b", &["W1", "W2"])], ["y", "z"]);
        let one = one.about("sha256:00");
        assert_eq!(one, other.about("sha256:00"));
        assert_eq!(one.manifest, "sha256:00");
        assert_eq!(one.results[1].waivers, ["W1", "W2"]);
    }

    #[test]
    fn the_form_is_that_of_records() -> Result<(), serde_json::Error> {
        let evidence = PolicyEvidence {
            as_of: "2026-11-20".to_owned(),
            files: vec![EvidenceFile {
                kind: "pack".to_owned(),
                name: "core".to_owned(),
                version: Some("1.0.0".to_owned()),
                digest: "sha256:01".to_owned(),
                origin: "registry".to_owned(),
            }],
            results: vec![result("a", &[])],
            ..PolicyEvidence::default()
        }
        .about("sha256:00");
        let text = serde_json::to_string(&evidence)?;
        assert_eq!(
            text,
            "{\"asOf\":\"2026-11-20\",\"manifest\":\"sha256:00\",\"files\":[{\"kind\":\"pack\",\"name\":\"core\",\
             \"version\":\"1.0.0\",\"digest\":\"sha256:01\",\"origin\":\"registry\"}],\"results\":[{\"policy\":\"a\",\
             \"pack\":\"core\",\"level\":\"deny\",\"outcome\":\"waived\",\"subjects\":2,\"failed\":1}]}"
        );
        assert_eq!(serde_json::from_str::<PolicyEvidence>(&text)?, evidence);
        Ok(())
    }
}
