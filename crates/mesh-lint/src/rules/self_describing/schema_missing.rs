use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "schema-missing",
    group: Group::SelfDescribing,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A data contract describes the structure of the data.",
    docs: "\
Tables and fields are what consumers build on. A contract without them promises that there is data,
not which, and any change to the data keeps such a promise. The standard accepts it all the same.

List each table, file or message in `schema`, with its `properties`.",
    fails: Example::files(&[
        Excerpt::contract("id: commercial.orders # and no schema\n").without(&["schema"])
    ]),
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
        classification: internal
        primaryKey: true
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(contract.document, "/schema") {
        findings
            .at(
                contract.document,
                "/schema",
                "the data contract describes no data",
            )
            .help(
                "add `schema:` with the name and the `properties` of each table, file or message",
            );
    }
}
