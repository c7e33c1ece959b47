use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{fields, is_sound};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "primary-key-missing",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Every schema object says which fields tell its rows apart.",
    docs: "\
The primary key says what one row stands for. Without it a consumer cannot know whether two rows
that look alike are two orders or one order twice, and nobody can check the data for duplicates.

Set `primaryKey: true` on the field or fields that identify a row, and `primaryKeyPosition` if there
are several. Objects without `properties` are left alone.",
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
    for object in fields::objects(contract.model) {
        if !object.lacks_primary_key()
            || !is_sound(
                contract.document,
                &format!("{}/properties", object.pointer()),
            )
        {
            continue;
        }
        findings
            .at(
                contract.document,
                format!("{}/name", object.pointer()),
                format!("no field of `{}` is its primary key", object.name()),
            )
            .help("set `primaryKey: true` on the fields that identify a row");
    }
}
