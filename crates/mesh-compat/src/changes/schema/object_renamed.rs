use crate::change::{ChangeKind, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::names;
use crate::impact::{Impact, Impacts};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "object-renamed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "An object has another name.",
    why: "whoever reads the object by its old name finds nothing",
    help: "keep the name, or serve the object under both names until the next major version",
    docs: "\
An object is the same as before when its `id` is. Without an `id`, a new name is an object that is
[gone](object-removed.md) and one that is [new](object-added.md).

It stays major where `physicalName` stays as it was and queries survive: references, checks and
generated code name the object as the contract does. A `physicalName` that changed along is not
reported a second time.",
    reverse: &["object-renamed"],
    example: Example::contract(
        "\
schema:
  - id: orders_obj
    name: orders
    physicalType: table
",
        "\
schema:
  - id: orders_obj
    name: sales_orders
    physicalType: table
",
    ),
    on: &[On::Keys(Entity::Object, &["name"])],
    judge: names::renamed,
};
