use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::{Example, NOTHING};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "product-added",
    group: Group::Product,
    impacts: Impacts::all(Impact::Minor),
    summary: "A data product is new.",
    why: "nobody reads it yet",
    help: "publish it under a version of its own, such as `1.0.0`",
    docs: "\
A data product is new if no other had its `id` before, or stood at its path. What it holds is not
listed one by one.",
    reverse: &["product-removed"],
    example: Example::product(
        NOTHING,
        "\
status: active
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: orders
",
    ),
    on: &[On::Added(Entity::Product)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    found.whole(pair.told());
}
