use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::{Example, NOTHING};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "contract-added",
    group: Group::Product,
    impacts: Impacts::all(Impact::Minor),
    summary: "A contract is new.",
    why: "nobody reads it yet",
    help: "publish it under a version of its own, such as `1.0.0`",
    docs: "\
A contract is new if no other had its `id` before, or stood at its path. What it holds is not listed
one by one.

A contract that comes with the only port that names it is told of by [the
port](output-port-added.md).",
    reverse: &["contract-removed"],
    example: Example::contract(
        NOTHING,
        "\
status: active
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
    ),
    on: &[On::Added(Entity::Contract)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    found.whole(pair.told());
}
