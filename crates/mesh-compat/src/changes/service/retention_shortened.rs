use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::Strength;
use crate::facts::promise::{self, Matter};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "retention-shortened",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "The data is kept for a shorter time.",
    why: "history that readers can still query disappears",
    help: "keep the data as long as before, or tell readers under a new major version to take a copy",
    docs: "\
mesh compares the service level `retention` (`re` in version 2) after converting its unit: `24 months`
and `2 y` are the same, `365 d` and `1 y` may not be and need review. A retention that is not promised
any more is [sla-removed](sla-removed.md).",
    reverse: &["retention-extended"],
    example: Example::contract(
        "\
slaProperties:
  - property: retention
    value: 2
    unit: y
",
        "\
slaProperties:
  - property: retention
    value: 18
    unit: months
",
    ),
    on: &[On::Keys(Entity::Sla, promise::KEYS)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        promise::report(pair, found, |judgement| {
            judgement.strength == Strength::Weaker && judgement.matter == Some(Matter::Retention)
        });
    },
};
