use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::Strength;
use crate::facts::promise::{self, Matter};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "retention-extended",
    group: Group::Service,
    impacts: Impacts::all(Impact::Minor),
    summary: "The data is kept for a longer time.",
    why: "readers gain history, which a policy of theirs may forbid to keep",
    help: "raise the minor version, and ask whether the data may be kept that long",
    docs: "\
To keep data longer promises more, and breaks nobody. Personal data may not be kept longer than it is
needed, though, so a longer retention is worth a look. Units are converted as for
[retention-shortened](retention-shortened.md). A retention that is promised for the first time is
[sla-strengthened](sla-strengthened.md).",
    reverse: &["retention-shortened"],
    example: Example::contract(
        "\
slaProperties:
  - property: retention
    value: 18
    unit: months
",
        "\
slaProperties:
  - property: retention
    value: 2
    unit: y
",
    ),
    on: &[On::Keys(Entity::Sla, promise::KEYS)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        promise::report(pair, found, |judgement| {
            judgement.strength == Strength::Stronger && judgement.matter == Some(Matter::Retention)
        });
    },
};
