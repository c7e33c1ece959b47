use mesh_diagnostics::Level;
use mesh_spec::terms::classification::Labels;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{classification, fields, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "classification-missing",
    group: Group::Secure,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "Every field is classified.",
    docs: "\
How sensitive a value is decides who may see it, where it may be copied and how long it may be kept.
A field without a label is handled as public by one consumer and as secret by the next.

Set `classification` on each field: `public`, `internal`, `confidential` or `restricted`, or a label
that the vocabulary `classifications` lists. A label holds for what is nested in the field. Where
most fields share one, say it once: a custom property `classification` of the vendor `mesh`, on the
contract or on a schema object, holds for all fields beneath that have no label of their own. mesh
reports each object once.",
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
        let bare = classification::unlabelled(contract, &object);
        let Some(first) = bare.first() else {
            continue;
        };
        let verb = if bare.len() == 1 { "has" } else { "have" };
        let labels = Labels::new(findings.vocabularies()).words();
        let message = format!(
            "{} of {} fields of `{}` {verb} no classification: {}",
            bare.len(),
            object.count_named(),
            object.name(),
            words::listed(bare.iter().map(|field| field.path.as_str())),
        );
        let once = if bare.len() == 1 {
            ""
        } else {
            ", or say it once for all fields in a custom property `classification` of the contract"
        };
        findings
            .at(
                contract.document,
                format!("{}/classification", first.pointer),
                message,
            )
            .help(format!(
                "add `classification:` with {}{once}",
                words::choice(&labels)
            ));
    }
}
