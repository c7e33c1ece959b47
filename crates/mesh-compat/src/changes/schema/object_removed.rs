use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::names;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "object-removed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "An object is gone.",
    why: "whoever reads the object finds nothing",
    help: "keep the object and mark it `deprecated: true` until the next major version",
    docs:
        "\
Objects are matched by name, wherever they stand in the schema. An object that has a new name and
kept its `id` is [renamed](object-renamed.md) instead. The fields of an object that is gone are not
listed one by one.

That an object was `deprecated` announces its end and does not take it: removing it is still major.",
    reverse: &["object-added"],
    example: Example::contract(
        "\
schema:
  - name: orders
    physicalType: table
  - name: returns
    physicalType: table
",
        "\
schema:
  - name: orders
    physicalType: table
",
    ),
    on: &[On::Removed(Entity::Object)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let announced = names::announced(pair);
        found.whole(format!("{}{announced} was removed", pair.subject()));
    },
};
