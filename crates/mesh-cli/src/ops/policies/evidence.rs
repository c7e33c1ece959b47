//! What a record says of the policies that a version was held to.

use std::collections::BTreeMap;

use mesh_policy::{Policies, Verdict};
use mesh_registry::{EvidenceFile, EvidenceResult, PolicyEvidence};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::{ContractRef, ProductRef};

/// What is said of `product`, which was held to `policies` with `verdicts`, by the positions of documents. Nothing, if
/// nothing is in force.
pub(crate) fn of(
    product: ProductRef<'_>,
    policies: &Policies,
    verdicts: &BTreeMap<usize, Vec<Verdict>>,
    as_of: Day,
) -> Option<PolicyEvidence> {
    if policies.is_empty() {
        return None;
    }
    let contracts = product.own_contracts().into_iter();
    let documents = contracts.map(ContractRef::index).chain([product.index()]);
    let mut results: BTreeMap<(String, String), EvidenceResult> = BTreeMap::new();
    let mut scheduled = Vec::new();
    for verdict in documents.filter_map(|index| verdicts.get(&index)).flatten() {
        let Some(level) = verdict.level else {
            scheduled.push(verdict.policy.to_string());
            continue;
        };
        let key = (verdict.policy.to_string(), verdict.pack.to_string());
        let result = results.entry(key).or_insert_with(|| EvidenceResult {
            policy: verdict.policy.to_string(),
            pack: verdict.pack.to_string(),
            level: level.as_str().to_owned(),
            outcome: "pass".to_owned(),
            subjects: 0,
            failed: 0,
            waivers: Vec::new(),
        });
        result.subjects += verdict.subjects;
        result.failed += verdict.failed;
        result.waivers.extend(verdict.waiver.clone());
        // The gravest outcome of any document is that of the product.
        let outcome = match (verdict.failed, &verdict.waiver) {
            (0, _) => "pass",
            (_, Some(_)) => "waived",
            (_, None) => "fail",
        };
        let rank = |outcome: &str| {
            ["pass", "waived", "fail"]
                .iter()
                .position(|it| *it == outcome)
        };
        if rank(outcome) > rank(&result.outcome) {
            outcome.clone_into(&mut result.outcome);
        }
    }
    let files = policies.heads().map(|(kind, head, version)| EvidenceFile {
        kind: kind.to_owned(),
        name: head.name.clone(),
        version: version.map(ToString::to_string),
        digest: head.digest.clone(),
        origin: head.origin.as_str().to_owned(),
    });
    Some(PolicyEvidence {
        as_of: as_of.to_string(),
        files: files.collect(),
        results: results.into_values().collect(),
        scheduled,
        ..PolicyEvidence::default()
    })
}
