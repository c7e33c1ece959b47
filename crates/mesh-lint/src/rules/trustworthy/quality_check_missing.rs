use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::quality::{self, Coverage};
use crate::facts::{fields, is_sound};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "quality-check-missing",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Every schema object has at least one quality check.",
    docs: "\
A contract that nothing is checked against is a hope. The first to notice that a load was empty, or
came twice, is then a consumer, and what is lost is not the load but the trust.

mesh looks for `quality` on each schema object and on the fields in it, nested ones included. Begin
with what must never happen: an empty load (`metric: rowCount`), a key that occurs twice
(`duplicateValues`) or is not filled (`nullValues`). Objects without `properties` are left alone.",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for object in fields::objects(contract.model) {
        if object.model.properties.is_empty()
            || quality::coverage(object) != Coverage::None
            || !is_sound(contract.document, &object.pointer())
        {
            continue;
        }
        findings
            .at(
                contract.document,
                format!("{}/quality", object.pointer()),
                format!("nothing checks the data of `{}`", object.name()),
            )
            .help(
                "add `quality:` with at least one check, such as `{metric: rowCount, \
                 mustBeGreaterThan: 0}`",
            );
    }
}
