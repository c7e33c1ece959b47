use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::keys;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "unique-removed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "A field that had no value twice may repeat values.",
    why: "a join on the field multiplies records, and sums grow without an error",
    help: "keep the values unique, or serve the change under a new major version",
    docs: "\
`unique: true` promises that no two records share a value. Readers join on such a field and count on
one match. A field that does not say whether it is unique is not.

A field that is the whole primary key of its object is unique by that: dropping a `unique` beside it
changes nothing, and what happens to the key is told by
[primary-key-changed](primary-key-changed.md).",
    reverse: &["unique-added"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: invoice_no
        logicalType: string
        unique: true
",
        "\
schema:
  - name: orders
    properties:
      - name: invoice_no
        logicalType: string
",
    ),
    on: &[On::Keys(Entity::Field, &["unique"])],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let unique = pair.flag("unique");
        if !unique.old || unique.new || !pair.is_flag("unique") {
            return;
        }
        if keys::is_primary_key(pair, found).new {
            found.accounts_for(&["unique"]);
        } else {
            found.at(
                "unique",
                format!("{} is not unique any more", pair.subject()),
            );
        }
    },
};
