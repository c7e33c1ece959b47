use std::cmp::Ordering;

use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::facts::sensitivity;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "classification-lowered",
    group: Group::Security,
    impacts: Impacts::all(Impact::Minor),
    summary: "The data is classified as less sensitive than before, or not at all.",
    why: "no reader loses anything, and more may read it, which needs a security review",
    help: "let whoever is responsible for security look at it, and raise the minor version",
    docs: "\
Labels are compared as for [classification-raised](classification-raised.md). A label that is gone lowers
the classification to that of what surrounds it, or to none.",
    reverse: &["classification-raised"],
    example: Example::contract(
        "\
schema:
  - name: customers
    properties:
      - name: city
        classification: confidential
",
        "\
schema:
  - name: customers
    properties:
      - name: city
        classification: internal
",
    ),
    on: sensitivity::ON,
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        sensitivity::report(pair, found, Ordering::Less);
    },
};
