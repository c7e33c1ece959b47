use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::promise;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "sla-removed",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "A service level is not promised any more.",
    why: "readers have built on what was promised",
    help: "keep the service level until the next major version",
    docs: "\
Service levels are matched by `property` and `element`, then by `id`, and the codes of version 2 are the
names that they stand for. One that is gone is a promise that nobody keeps any more, whatever it was
about: without `retention` history may disappear, without `endOfSupport` support may end today.",
    reverse: &["sla-strengthened"],
    example: Example::contract(
        "\
slaProperties:
  - property: latency
    value: 24
    unit: h
  - property: retention
    value: 2
    unit: y
",
        "\
slaProperties:
  - property: latency
    value: 24
    unit: h
",
    ),
    on: &[On::Removed(Entity::Sla)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let amount = promise::shown(pair).old;
        let amount = amount.map_or(String::new(), |amount| format!("; it was {amount}"));
        let subject = promise::subject(pair);
        found.whole(format!("{subject} is not promised any more{amount}"));
    },
};
