use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::ports;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "output-port-added",
    group: Group::Product,
    impacts: Impacts::all(Impact::Minor),
    summary: "An output port is new.",
    why: "readers of the other ports do not see it",
    help: "raise the minor version",
    docs: "\
A new port is one more address, and so is another major version of a port that is there already.
Whether the port promises anything is a matter of its contract, which is compared on its own.",
    reverse: &["output-port-removed"],
    example: Example::product(
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
",
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
  - name: returns
    version: 1.0.0
    contractId: returns
",
    ),
    on: &[On::Added(Entity::OutputPort)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let subject = ports::subject(pair, found);
    found.whole(format!("{subject} was added"));
}
