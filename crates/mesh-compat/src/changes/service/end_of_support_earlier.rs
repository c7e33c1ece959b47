use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::Strength;
use crate::facts::promise::{self, Matter};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "end-of-support-earlier",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "The data or its support ends earlier than was said.",
    why: "readers have less time to move to something else",
    help: "keep the date that was said, or agree on the earlier one with every reader",
    docs: "\
mesh compares the dates of `endOfSupport` and `endOfLife` (`es` and `el` in version 2), to the second and
across time zones where they say that much. A day and a moment within that day cannot be compared, and
need review. A later end is [sla-strengthened](sla-strengthened.md), and so is an end that is said for
the first time.",
    reverse: &["sla-strengthened"],
    example: Example::contract(
        "\
slaProperties:
  - property: endOfSupport
    value: \"2028-12-31\"
",
        "\
slaProperties:
  - property: endOfSupport
    value: \"2028-06-30\"
",
    ),
    on: &[On::Keys(Entity::Sla, promise::KEYS)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        promise::report(pair, found, |judgement| {
            judgement.strength == Strength::Weaker && judgement.matter.is_some_and(Matter::is_end)
        });
    },
};
