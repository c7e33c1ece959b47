use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

const KEYS: &[&str] = &["name", "content", "type", "url", "channel"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "management-port-changed",
    group: Group::Product,
    impacts: Impacts::all(Impact::Minor),
    summary: "A management port is new, gone, or elsewhere.",
    why: "those who run or watch the product find the port elsewhere, or not at all",
    help: "raise the minor version, and tell those who watch the product",
    docs: "\
Management ports are for those who run and watch a product, and no reader of its data depends on
them. What is compared is whether the port is there, and its `name`, `content`, `type`, `url` and
`channel`. A port without a `type` is of type `rest`. A new port is a patch.",
    reverse: &["management-port-changed"],
    example: Example::product(
        "\
managementPorts:
  - name: metrics
    content: observability
    url: https://metrics.example.com/orders
",
        "\
managementPorts:
  - name: metrics
    content: observability
    url: https://observe.example.com/orders
",
    ),
    on: &[
        On::Added(Entity::ManagementPort),
        On::Removed(Entity::ManagementPort),
        On::Keys(Entity::ManagementPort, KEYS),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.is_added() {
        found
            .whole(pair.told())
            .impact_of(Impact::Patch)
            .because("nobody has to use it");
        return;
    }
    if pair.is_removed() {
        found.whole(pair.told());
        return;
    }
    for key in KEYS.iter().filter(|key| pair.has_changed(key)) {
        found.at(key, pair.told_of(key));
    }
}
