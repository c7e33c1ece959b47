use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "output-port-removed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "An output port is gone.",
    why: "whoever reads the port has no address any more",
    help: "keep the port and mark it `deprecated: true`, and remove it when `mesh impact` names no reader",
    docs: "\
A port is the address under which consumers read. A version of a port counts as gone when no port of that
name offers the same major version any more: offering `2.0.0` beside `1.4.0` removes nothing, offering it
in place of `1.4.0` does. A port that has a new name and kept its `id` is
[renamed](output-port-renamed.md).",
    reverse: &["output-port-added"],
    example: Example::product(
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
  - name: returns
    version: 1.0.0
    contractId: returns
",
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
",
    ),
    on: &[On::Removed(Entity::OutputPort)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        found.whole(format!("{} was removed", pair.subject()));
    },
};
