use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "critical-data-element-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Minor),
    summary: "A field became critical to the business, or is not any more.",
    why: "the values stay as they are; how much care they are given changes",
    help: "raise the minor version, and tell those who rely on the field if it gets less care",
    docs: "\
`criticalDataElement` says that the business depends on a field being right. No query depends on it,
so both directions are minor. A field that does not say so is not critical. What is promised of the
values is said by quality checks, and these are compared on their own.",
    reverse: &["critical-data-element-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
        criticalDataElement: true
",
        "\
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
        criticalDataElement: false
",
    ),
    on: &[On::Keys(Entity::Field, &["criticalDataElement"])],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        let critical = pair.flag("criticalDataElement");
        let subject = pair.subject();
        if critical.old && !critical.new {
            found
                .at(
                    "criticalDataElement",
                    format!("{subject} is not critical to the business any more"),
                )
                .because("the values stay as they are, and may be given less care");
        } else if critical.new && !critical.old {
            found
                .at(
                    "criticalDataElement",
                    format!("{subject} is critical to the business now"),
                )
                .because("the values stay as they are, and are given more care");
        }
    },
};
