use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::facts::personal::{self, Marking};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "personal-tag-removed",
    group: Group::Security,
    impacts: Impacts::all(Impact::Minor),
    summary: "Data is not marked as personal any more.",
    why: "readers may drop what protects the data, which needs a security review",
    help: "let whoever is responsible for privacy look at it, and raise the minor version",
    docs: "\
Marks are those of [personal-tag-added](personal-tag-added.md). One of several marks that is gone is
reported as well, and so is a tag that says for the first time that the data is not personal.",
    reverse: &["personal-tag-added"],
    example: Example::contract(
        "\
schema:
  - name: customers
    tags: [personal, crm]
",
        "\
schema:
  - name: customers
    tags: [crm]
",
    ),
    on: personal::ON,
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        personal::report(pair, found, |marking| {
            (marking == Marking::Removed).then_some(Impact::Minor)
        });
    },
};
