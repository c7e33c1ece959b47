use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{fields, is_missing};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

const KEY: &str = "dataGranularityDescription";

pub(crate) static RULE: Rule = Rule {
    id: "granularity-missing",
    group: Group::SelfDescribing,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Every schema object says what one row stands for.",
    docs: "\
One row per order, per item of an order, or per change of one? Whoever guesses wrong counts twice
and does not notice. The primary key tells it to those who read keys; one sentence tells it to
everyone, and to the tools that write queries for them.

Write it in `dataGranularityDescription` of each schema object, as in \"one row per order and day\".",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
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
        let said = object.model.data_granularity_description.as_deref();
        if said.is_some_and(|said| !said.trim().is_empty()) {
            continue;
        }
        let pointer = format!("{}/{KEY}", object.pointer());
        if !is_missing(contract.document, &pointer) {
            continue;
        }
        findings
            .at(
                contract.document,
                pointer,
                format!(
                    "nothing says what one row of `{}` stands for",
                    object.name()
                ),
            )
            .help(format!(
                "add `{KEY}:`, such as `One row per order and day.`"
            ));
    }
}
