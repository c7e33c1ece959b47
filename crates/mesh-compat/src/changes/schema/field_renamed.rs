use crate::change::{ChangeKind, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::names;
use crate::impact::{Impact, Impacts};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "field-renamed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "A field has another name.",
    why: "a query that names the field as before fails",
    help: "add a field with the new name, and keep the old one `deprecated` until the next major version",
    docs: "\
A field is the same as before when its `id` is. Without an `id`, a new name is a field that is
[gone](field-removed.md) and one that is [new](field-added.md), and so is a field that moved to
another object.

It stays major where `physicalName` stays as it was and queries survive: references, checks and
generated code name the field as the contract does. A `physicalName` that changed along is not
reported a second time. The name of an array's elements, or of the keys and values of a map, is no
name to read by: if it changes, it needs review.",
    reverse: &["field-renamed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - id: amount_prop
        name: amount
        logicalType: number
",
        "\
schema:
  - name: orders
    properties:
      - id: amount_prop
        name: total
        logicalType: number
",
    ),
    on: &[On::Keys(Entity::Field, &["name"])],
    judge: names::renamed,
};
