//! The product: its identity, its ports and where it is in its life.

use crate::change::ChangeKind;

mod contract_added;
mod contract_id_changed;
mod contract_removed;
mod domain_changed;
mod input_port_changed;
mod management_port_changed;
mod output_port_added;
mod output_port_removed;
mod output_port_renamed;
mod port_contract_swapped;
mod port_type_changed;
mod product_added;
mod product_id_changed;
mod product_removed;
mod status_advanced;
mod status_deprecated;
mod status_retired;
mod version_changed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &contract_added::KIND,
    &contract_id_changed::KIND,
    &contract_removed::KIND,
    &domain_changed::KIND,
    &input_port_changed::KIND,
    &management_port_changed::KIND,
    &output_port_added::KIND,
    &output_port_removed::KIND,
    &output_port_renamed::KIND,
    &port_contract_swapped::KIND,
    &port_type_changed::KIND,
    &product_added::KIND,
    &product_id_changed::KIND,
    &product_removed::KIND,
    &status_advanced::KIND,
    &status_deprecated::KIND,
    &status_retired::KIND,
    &version_changed::KIND,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::testing::product;

    /// Every key that a data product may have, each with a value of its own that can change.
    const EVERYTHING: &str = "\
name: OLD
tenant: OLD
domain: OLD
type: OLD
tags: [OLD]
productCreatedTs: OLD
synonyms:
  - {id: OLD, synonym: OLD, description: OLD, locale: OLD, source: OLD, status: OLD}
context:
  instructions: OLD
  verifiedStatements:
    - {id: OLD, question: OLD, answer: OLD, tags: [OLD]}
  constraints:
    - {id: OLD, constraint: OLD, tags: [OLD]}
authoritativeDefinitions:
  - {id: OLD, type: OLD, url: OLD, description: OLD}
description:
  purpose: OLD
  limitations: OLD
  usage: OLD
  authoritativeDefinitions: [{id: OLD, type: OLD, url: OLD, description: OLD}]
  customProperties: [{id: OLD, property: history, value: OLD, description: OLD}]
inputPorts:
  - id: OLD
    name: OLD
    version: 1.0.0-OLD
    contractId: OLD
    tags: [OLD]
    customProperties:
      - {vendor: mesh, property: upstream, value: {product: OLD, port: OLD}}
      - {vendor: mesh, property: purpose, value: OLD}
outputPorts:
  - id: OLD
    name: OLD
    version: 1.0.0-OLD
    description: OLD
    type: OLD
    contractId: OLD
    tags: [OLD]
    sbom: [{id: OLD, type: OLD, url: OLD, tags: [OLD]}]
    inputContracts: [{id: OLD, version: OLD}]
    synonyms: [{synonym: OLD}]
    context: {instructions: OLD}
managementPorts:
  - {id: OLD, name: OLD, content: OLD, type: OLD, url: OLD, channel: OLD, description: OLD, tags: [OLD]}
support:
  - {id: OLD, channel: OLD, url: OLD, description: OLD, tool: OLD, scope: OLD, invitationUrl: OLD, tags: [OLD]}
team:
  name: OLD
  description: OLD
  tags: [OLD]
  members:
    - {id: OLD, username: OLD, name: OLD, description: OLD, role: OLD, dateIn: OLD, dateOut: OLD, replacedByUsername: OLD, tags: [OLD]}
customProperties:
  - {vendor: mesh, property: components, value: {code: [{name: OLD, url: OLD}]}}
";

    /// Only what nobody has given a meaning needs review, and one cause is one change.
    #[test]
    fn every_key_of_a_product_has_a_meaning() {
        let places: Vec<usize> = EVERYTHING.match_indices("OLD").map(|(at, _)| at).collect();
        assert!(places.len() > 80, "{}", places.len());
        let mut kinds = BTreeMap::new();
        for at in places {
            let mut changed = EVERYTHING.to_owned();
            changed.replace_range(at..at + 3, "NEW");
            let line = EVERYTHING[..at].lines().count();
            let column = at - EVERYTHING[..at].rfind('\n').map_or(0, |at| at + 1);
            let found = product(EVERYTHING, &changed);
            let told: Vec<_> = found
                .iter()
                .map(|change| (change.kind.id, change.message.as_str()))
                .collect();
            assert!(!told.is_empty(), "{line}:{column} is passed over");
            assert!(
                told.iter()
                    .all(|(kind, _)| !matches!(*kind, "needs-review" | "key-order-or-comments")),
                "{line}:{column}: {told:?}"
            );
            for (kind, _) in told {
                *kinds.entry(kind).or_insert(0) += 1;
            }
        }
        assert!(kinds.len() >= 12, "{kinds:?}");
    }
}
