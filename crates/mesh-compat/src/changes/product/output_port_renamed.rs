use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "output-port-renamed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Major),
    summary: "An output port has another name.",
    why: "whoever reads the port by its name does not find it any more",
    help: "keep the old name in a port marked `deprecated: true` beside the new one until the next major version",
    docs: "\
Consumers subscribe to a port by its name. A port is recognised under its new name by the `id` that
it kept; without one it counts as [removed](output-port-removed.md) and as
[added](output-port-added.md). Names are compared letter by letter: `Orders` is not `orders`.",
    reverse: &["output-port-renamed", "needs-review"],
    example: Example::product(
        "\
outputPorts:
  - id: port-1
    name: orders
    version: 1.0.0
    contractId: orders
",
        "\
outputPorts:
  - id: port-1
    name: sales_orders
    version: 1.0.0
    contractId: orders
",
    ),
    on: &[On::Keys(Entity::OutputPort, &["name"])],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    match pair.text("name").split() {
        (Some(old), Some(new)) => {
            found.at(
                "name",
                format!("output port {} is called {} now", quoted(old), quoted(new)),
            );
        }
        (Some(old), None) => {
            found.at(
                "name",
                format!("output port {} has no name any more", quoted(old)),
            );
        }
        (None, _) => {}
    }
}
