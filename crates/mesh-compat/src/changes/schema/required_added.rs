use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "required-added",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor).replay(Impact::Major),
    summary: "A field that could be empty always has a value.",
    why: "readers gain a promise; what was written before may not keep it",
    help: "raise the minor version",
    docs: "\
A reader that coped with nulls copes without them. Under the profile `replay` it is major: a reader with
the new version meets records that were written before, and they may lack the value.",
    reverse: &["required-removed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        required: true
",
    ),
    on: &[On::Keys(Entity::Field, &["required"])],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let required = pair.flag("required");
        if !required.old && required.new {
            found.at("required", format!("{} is required now", pair.subject()));
        }
    },
};
