use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "field-removed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "A field is gone.",
    why: "a query that names the field fails",
    help: "keep the field and mark it `deprecated: true` until the next major version",
    docs: "\
Fields are matched by name, wherever they stand in their list. A field that has a new name and kept its
`id` is [renamed](field-renamed.md) instead. The fields of an object that is gone are not listed one by
one.",
    reverse: &["field-added"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
      - name: coupon
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
    ),
    on: &[On::Removed(Entity::Field)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        found.whole(format!("{} was removed", pair.subject()));
    },
};
