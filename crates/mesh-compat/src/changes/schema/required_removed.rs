use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "required-removed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "A field that always had a value may be empty.",
    why: "a reader that relies on a value meets nulls",
    help: "keep filling the field, or serve the change under a new major version",
    docs: "\
`required: true` promises a value in every record. Readers join on it, cast it and sum it without looking
for nulls, so taking the promise back breaks them the first time a value is missing. A field that does
not say whether it is required is not.",
    reverse: &["required-added"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        required: true
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
    ),
    on: &[On::Keys(Entity::Field, &["required"])],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let required = pair.flag("required");
        if required.old && !required.new {
            found.at("required", format!("{} is not required any more", pair.subject()));
        }
    },
};
