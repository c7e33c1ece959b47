use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::model::CustomProperties;
use mesh_spec::model::mesh::{Declassified, MeshProperty, VENDOR};
use mesh_spec::terms::classification::Labels;
use mesh_spec::workspace::{OutputPortRef, ProductRef};

use crate::example::{Example, Excerpt};
use crate::facts::classification::{self, Labelled};
use crate::facts::words;
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "classification-downgrade",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "A data product is labelled at least as sensitive as what it consumes.",
    docs: "\
Data does not become harmless by being copied. If a product labelled `internal` consumes data
labelled `restricted`, people who may read the one now read the other.

mesh compares the product's label (its custom property `classification`, else the highest label in
its own contracts) with the highest label in the contract of each input, in the order `public`,
`internal`, `confidential`, `restricted`. A label of one's own counts as the one that the vocabulary
`classifications` gives for it. Other labels are reported by `classification-unknown`.

Raise the label of the product. If it really leaves out or coarsens what made the input sensitive,
say so on the input port, in a custom property `declassified` of the vendor `mesh` whose value is
the reason; that is then on record.",
    fails: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
outputPorts:
  - name: plan
    description: One row per product and week.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
customProperties:
  - property: classification
    vendor: mesh
    value: public
",
        ),
        Excerpt::new("planning/plan.odcs.yaml", PLAN),
    ]),
    passes: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
    customProperties:
      - property: declassified
        vendor: mesh
        value: Only totals per month and country are kept.
outputPorts:
  - name: plan
    description: One row per product and week.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
customProperties:
  - property: classification
    vendor: mesh
    value: public
",
        ),
        Excerpt::new("planning/plan.odcs.yaml", PLAN),
    ]),
    check: Check::Mesh(check),
};

const PLAN: &str = "\
id: supply-chain.plan
schema:
  - name: plan
    physicalName: plan
    description: Planned deliveries.
    dataGranularityDescription: One row per month.
    properties:
      - name: month
        logicalType: date
        description: First day of the month that is planned.
        primaryKey: true
        classification: public
        examples: ['2026-03-01']
        quality:
          - metric: duplicateValues
            mustBe: 0
";

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let labels = Labels::new(findings.vocabularies());
    // The label of a product may be that of its contracts, so it is looked up once for all inputs.
    let by_consumer = mesh.links.chunk_by(|a, b| a.consumer == b.consumer);
    let labelled = by_consumer.filter_map(|links| {
        let (own, labelled) = label_of(links[0].consumer, labels)?;
        Some(links.iter().map(move |link| (link, own.clone(), labelled)))
    });
    for (link, own, labelled) in labelled.flatten() {
        if is_declassified(link) {
            continue;
        }
        let Some(contract) = link.contract() else {
            continue;
        };
        let Some(consumed) = classification::of_contract(contract, labels) else {
            continue;
        };
        if own.label >= consumed.label {
            continue;
        }
        let port = words::input_port(link);
        let high = consumed.text(contract.document);
        let mut finding = findings
            .at(
                link.consumer.document,
                link.source_pointer(),
                format!(
                    "{port} brings `{high}` data into a data product labelled `{}`",
                    own.text(labelled)
                ),
            )
            .help(format!(
                "raise the label of the data product to `{high}`, or give the reason in a custom property \
                 `declassified` of the input port"
            ));
        if own.subject.is_empty() {
            finding = finding.see(
                link.consumer.document,
                &own.pointer,
                "the label of the data product",
            );
        }
        finding.see(
            contract.document,
            &consumed.pointer,
            format!("{} is `{high}`", consumed.subject),
        );
    }
}

/// The label of a product, and the document that has it; without one, the highest in its own
/// contracts.
fn label_of<'w>(product: ProductRef<'w>, labels: Labels<'_>) -> Option<(Labelled, &'w Document)> {
    if classification::is_labelled(product) {
        return Some((
            classification::of_product(product, labels)?,
            product.document,
        ));
    }
    let contracts = product.output_ports().filter_map(OutputPortRef::contract);
    contracts
        .filter_map(|contract| {
            let labelled = classification::of_contract(contract, labels)?;
            Some((labelled, contract.document))
        })
        .max_by_key(|(labelled, _)| labelled.label)
}

/// Whether the input port gives a reason why its data may leave under a lower label.
pub(super) fn is_declassified(link: &Link<'_>) -> bool {
    link.port
        .custom_properties
        .custom(Some(VENDOR), Declassified::NAME)
        .and_then(|reason| reason.as_str())
        .is_some_and(|reason| !reason.trim().is_empty())
}
