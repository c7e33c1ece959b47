use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::types::field::{self, Verdict};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "type-widened",
    group: Group::Values,
    impacts: Impacts::all(Impact::Minor).strict(Impact::Major),
    summary: "A field has a type that holds all the values that it held, and more.",
    why: "readers who ask for the values get them; a copy with the old type may be too narrow",
    help: "raise the minor version, and tell readers who copy the data",
    docs: "\
Storage promotes such types: `int` to `bigint`, `float` to `double`, `decimal(10,2)` to `decimal(12,2)`,
`varchar(20)` to `varchar(64)`, a structure with another part. Types are read and compared as for
[type-narrowed](type-narrowed.md). From an integer to a decimal or from a date to a timestamp is no
widening, but [another type](logical-type-changed.md).

Under the profile `strict` it is major: readers who copy everything into a table of their own have the
old type there.",
    reverse: &["type-narrowed"],
    example: Example::contract(
        "\
servers:
  - server: production
    type: postgres
    host: db.example.com
    port: 5432
    database: shop
    schema: public
schema:
  - name: orders
    properties:
      - name: quantity
        logicalType: integer
        physicalType: int
",
        "\
servers:
  - server: production
    type: postgres
    host: db.example.com
    port: 5432
    database: shop
    schema: public
schema:
  - name: orders
    properties:
      - name: quantity
        logicalType: integer
        physicalType: bigint
",
    ),
    on: &[
        On::Keys(Entity::Field, field::KEYS),
        On::Keys(Entity::Options, &["format"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    field::tell_size(pair, found, |verdict| matches!(verdict, Verdict::Widened));
}
