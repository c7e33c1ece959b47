//! What is written about the data.

use crate::change::ChangeKind;

mod business_name;
mod description;
mod examples;
pub(crate) mod key_order_or_comments;
mod links;
pub(crate) mod needs_review;
mod standard_version_changed;
mod tags;
mod team_or_approver;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &business_name::KIND,
    &description::KIND,
    &examples::KIND,
    &key_order_or_comments::KIND,
    &links::KIND,
    &needs_review::KIND,
    &standard_version_changed::KIND,
    &tags::KIND,
    &team_or_approver::KIND,
];

#[cfg(test)]
mod tests {
    use crate::impact::Impact;
    use crate::testing::contract;

    /// What people read in a contract, wherever it may stand.
    const WORDS: &str = "\
name: OLD
dataProduct: OLD
tags: [OLD]
contractCreatedTs: OLD
context:
  instructions: OLD
  verifiedStatements: [{id: OLD, question: OLD, answer: OLD}]
  constraints: [{id: OLD, constraint: OLD}]
authoritativeDefinitions: [{id: OLD, type: OLD, url: OLD, description: OLD}]
description:
  purpose: OLD
  limitations: OLD
  usage: OLD
  authoritativeDefinitions: [{type: OLD, url: OLD}]
  customProperties: [{property: history, value: OLD}]
schema:
  - name: orders
    businessName: OLD
    description: OLD
    tags: [OLD]
    synonyms: [{synonym: OLD, locale: OLD}]
    context: {instructions: OLD}
    authoritativeDefinitions: [{type: OLD, url: OLD}]
    relationships: [{id: OLD, from: orders.order_id, to: customers.id}]
    quality:
      - {id: OLD, name: rows, tags: [OLD], authoritativeDefinitions: [{type: OLD, url: OLD}]}
    properties:
      - name: order_id
        businessName: OLD
        description: OLD
        tags: [OLD]
        examples: [OLD]
        synonyms: [{synonym: OLD}]
        authoritativeDefinitions: [{type: OLD, url: OLD}]
        enum:
          - {value: a, id: OLD, tags: [OLD], authoritativeDefinitions: [{type: OLD, url: OLD}]}
servers: [{server: prod, id: OLD, type: custom}]
roles: [{role: reader, id: OLD, firstLevelApprovers: OLD, secondLevelApprovers: OLD}]
slaProperties: [{property: latency, value: 1, unit: d, id: OLD}]
price: {id: OLD, priceAmount: 1}
support: [{channel: OLD, url: OLD, description: OLD, tool: OLD, scope: OLD, invitationUrl: OLD}]
team:
  id: OLD
  name: OLD
  description: OLD
  members: [{username: OLD, name: OLD, role: OLD, description: OLD}]
";

    #[test]
    fn words_promise_nothing_and_are_told_of_all_the_same() {
        for (at, _) in WORDS.match_indices("OLD") {
            let mut changed = WORDS.to_owned();
            changed.replace_range(at..at + 3, "NEW");
            let line = WORDS[..at].lines().count();
            let found = contract(WORDS, &changed);
            let told: Vec<_> = found
                .iter()
                .map(|change| (change.kind.id, change.message.as_str()))
                .collect();
            assert!(!told.is_empty(), "line {line} is passed over");
            assert!(
                found
                    .iter()
                    .all(|change| change.impacts.read == Impact::Patch),
                "line {line}: {told:?}"
            );
        }
    }
}
