use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

/// The walk reports this kind itself, for texts that differ and documents that do not.
pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "key-order-or-comments",
    group: Group::Documentation,
    impacts: Impacts::all(Impact::None),
    summary: "The file reads differently and means the same.",
    why: "nothing: the document means the same",
    help: "keep the version as it is",
    docs: "\
The order of keys and of lists, comments, quotes and line breaks do not change what a document says. Nor
do other ways to write the same promise: a default that is written out, `24 h` in place of `1 d`, a
type by another of its names.

It is reported only where nothing else is, so that two files that differ never look as if they were
equal.",
    reverse: &["key-order-or-comments"],
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
      # The number that the customer sees.
      - logicalType: string
        name: order_id
        required: false
",
    ),
    on: &[],
    judge: |_: &Pair<'_>, _: &mut Found<'_>| {},
};

/// What is said of two such documents.
pub(crate) const MESSAGE: &str = "the files differ, and the documents do not";
