use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::facts::encryption;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "encryption-removed",
    group: Group::Security,
    impacts: Impacts::all(Impact::Minor),
    summary: "Values are not encrypted any more.",
    why: "readers see values that they could not see, which needs a security review",
    help: "let whoever is responsible for security look at it, and raise the minor version",
    docs: "\
It is found where [encryption-added](encryption-added.md) is, the other way round. mesh compares what
contracts say; whether readers have to stop decrypting, only they know.",
    reverse: &["encryption-added"],
    example: Example::contract(
        "\
schema:
  - name: customers
    properties:
      - name: email
        logicalType: string
        customProperties: [{property: encrypted, value: true}]
",
        "\
schema:
  - name: customers
    properties:
      - name: email
        logicalType: string
        customProperties: [{property: encrypted, value: false}]
",
    ),
    on: encryption::ON,
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let Some(changed) = encryption::of(pair) else {
            return;
        };
        if let (Some(old), None) = changed.how.split() {
            let was = if old.is_empty() {
                String::new()
            } else {
                format!("; it was {old}")
            };
            let message = format!("{} is not encrypted any more{was}", changed.subject);
            found.at(changed.key, message);
        }
    },
};
