use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::keys;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "unique-added",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor).replay(Impact::Major),
    summary: "A field that could have a value twice has none twice.",
    why: "readers gain a promise; what was written before may not keep it",
    help: "raise the minor version",
    docs: "\
A reader that coped with duplicates copes without them. Under the profile `replay` it is major: a
reader with the new version meets records that were written before, and they may repeat a value.

A field that is the whole primary key of its object is unique by that: saying so by `unique` as well
changes nothing.",
    reverse: &["unique-removed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: invoice_no
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: invoice_no
        logicalType: string
        unique: true
",
    ),
    on: &[On::Keys(Entity::Field, &["unique"])],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let unique = pair.flag("unique");
        if unique.old || !unique.new || !pair.is_flag("unique") {
            return;
        }
        if keys::is_primary_key(pair, found).old {
            found.accounts_for(&["unique"]);
        } else {
            found.at("unique", format!("{} is unique now", pair.subject()));
        }
    },
};
