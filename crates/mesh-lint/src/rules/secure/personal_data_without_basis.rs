use mesh_diagnostics::Level;
use mesh_spec::model::CustomProperty;
use mesh_spec::terms::words::words;
use mesh_spec::workspace::{ContractRef, Role};
use serde_json::Value;

use crate::example::{Example, Excerpt};
use crate::facts::{fields, is_sound, personal};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "personal-data-without-basis",
    group: Group::Secure,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "Personal data is held on a stated basis.",
    docs: "\
Personal data may be held only for a purpose and on a basis that the law knows: a contract, a
consent, a duty (GDPR, articles 5 and 6). Where neither is written down, nobody can tell whether a
new use is allowed, and the next copy is made on the strength of the last.

mesh looks at contracts in which something is marked as personal, as `personal-data-untagged` asks
for. One of the custom properties `lawfulBasis`, `legalBasis` and `purpose` has to say why the data
may be held: on the contract, on the object or the field, or on a product or output port that offers
the contract.",
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
        quality: [{metric: duplicateValues, mustBe: 0}]
      - name: contact_email
        logicalType: string
        description: Where to ask about the order.
        classification: internal
        tags: [personal]
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
        quality: [{metric: duplicateValues, mustBe: 0}]
      - name: contact_email
        logicalType: string
        description: Where to ask about the order.
        classification: internal
        tags: [personal]
customProperties:
  - property: lawfulBasis
    value: contract
",
    )]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for contract in mesh.workspace.contracts() {
        if contract.role != Role::Target || is_based(&contract.model.custom_properties) {
            continue;
        }
        let Some(pointer) = first_without_basis(contract) else {
            continue;
        };
        let id = contract.model.id.as_deref().unwrap_or_default();
        let subject = match contract.model.id.as_deref() {
            Some(id) => format!("the contract `{id}`"),
            None => "the contract".to_owned(),
        };
        let is_offered_on_a_basis = mesh.workspace.ports_promising(id).any(|output| {
            is_based(&output.product.model.custom_properties)
                || is_based(&output.model.custom_properties)
        });
        if is_offered_on_a_basis || !is_sound(contract.document, "/customProperties") {
            continue;
        }
        findings
            .at(
                contract.document,
                pointer,
                format!("{subject} holds personal data without a stated basis or purpose"),
            )
            .help("add `customProperties:` with a `lawfulBasis` such as `contract` or `consent`, and the `purpose`");
    }
}

/// JSON Pointer of the first thing marked as personal for which neither a field nor an object gives
/// a basis.
fn first_without_basis(contract: ContractRef<'_>) -> Option<String> {
    let is_marked = personal::marking_of_contract(contract.model) == Some(true);
    let mut found = None;
    for object in fields::objects(contract.model) {
        if found.is_some() || is_based(&object.model.custom_properties) {
            continue;
        }
        if personal::marking_of_object(object.model) == Some(true) {
            found = Some(personal::mark_at(&object.pointer(), &object.model.tags));
            continue;
        }
        object.each(|place| {
            if found.is_none()
                && personal::marking_of_field(place.model) == Some(true)
                && !place
                    .outwards()
                    .any(|around| is_based(&around.model.custom_properties))
            {
                found = Some(place.pointer());
            }
        });
    }
    // The mark of a contract is the weaker hint at where the data is.
    found.or_else(|| is_marked.then(|| personal::mark_at("", &contract.model.tags)))
}

/// Whether custom properties say why data is held.
fn is_based(properties: &[CustomProperty]) -> bool {
    properties.iter().any(|entry| {
        let name = entry.property.as_deref().unwrap_or_default();
        is_basis(name)
            && match &entry.value {
                None | Some(Value::Null) => false,
                Some(Value::String(text)) => !text.trim().is_empty(),
                Some(_) => true,
            }
    })
}

/// Whether a custom property is about the basis: `lawfulBasis`, `gdpr.legal_basis`, `purpose`.
fn is_basis(name: &str) -> bool {
    const TAILS: [&str; 8] = [
        "lawful basis",
        "legal basis",
        "legal ground",
        "lawful ground",
        "basis for processing",
        "lawfulness",
        "purpose",
        "purposes",
    ];
    let words = words(name);
    TAILS.iter().any(|tail| words.end_with(tail))
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::Workspace;

    use super::*;

    fn found(product: &str, contract: &str) -> Vec<String> {
        let product = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: p\noutputPorts: [{{name: o, contractId: a}}]\n{product}"
        );
        let contract =
            format!("apiVersion: v3.2.0\nkind: DataContract\nid: a\nversion: 1.0.0\n{contract}");
        let documents = [("dataproduct.yaml", product), ("a.odcs.yaml", contract)];
        let documents = documents
            .map(|(name, yaml)| (Document::parse(name, yaml.into_bytes(), None), Role::Target));
        let workspace = Workspace::new(documents.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.pointer).collect()
    }

    #[test]
    fn a_basis_may_be_given_wherever_it_holds() {
        let marked = "schema: [{name: o, properties: [{name: a, tags: [personal]}]}]\n";
        let basis = "customProperties: [{property: legalBasis, value: consent}]";
        assert_eq!(found("", marked), ["/schema/0/properties/0"]);
        assert_eq!(found("", "tags: [personal]\n"), ["/tags"]);
        let property = "customProperties: [{property: pii, value: true}]\n";
        assert_eq!(found("", property), ["/customProperties"]);
        let silent = [
            (format!("{basis}\n"), marked.to_owned()),
            (String::new(), format!("{marked}{basis}\n")),
            (
                String::new(),
                format!(
                    "schema: [{{name: o, properties: [{{name: a, tags: [personal], {basis}}}]}}]\n"
                ),
            ),
            (
                String::new(),
                format!(
                    "schema: [{{name: o, {basis}, properties: [{{name: a, tags: [personal]}}]}}]\n"
                ),
            ),
            (
                String::new(),
                "schema: [{name: o, properties: [{name: email}]}]\n".to_owned(),
            ),
        ];
        for (product, contract) in silent {
            assert_eq!(
                found(&product, &contract),
                Vec::<String>::new(),
                "{product}{contract}"
            );
        }
    }

    #[test]
    fn a_basis_has_a_name_and_a_value() {
        for (name, expected) in [
            ("lawfulBasis", true),
            ("legal_basis", true),
            ("gdprLegalBasis", true),
            ("processingPurpose", true),
            ("purpose", true),
            ("basis", false),
            ("purposeOwner", false),
            ("multipurpose", false),
        ] {
            assert_eq!(is_basis(name), expected, "{name}");
        }
        let empty = "tags: [personal]\ncustomProperties: [{property: purpose, value: ''}]\n";
        assert_eq!(found("", empty), ["/tags"]);
    }
}
