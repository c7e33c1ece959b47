use mesh_diagnostics::Level;
use mesh_spec::model::mesh::VENDOR;
use mesh_spec::model::odcs::{LogicalType, SchemaProperty};
use mesh_spec::model::{CustomProperties, CustomProperty};
use mesh_spec::terms::classification::{Label, Labels};
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{fields, is_missing, personal, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "example-missing",
    group: Group::SelfDescribing,
    level: Level::Info,
    preset: Preset::Strict,
    fix: None,
    summary: "Fields show what their values look like.",
    docs: "\
`DE01` says more about a plant code than its description does: how long it is, that it starts with
letters, that a zero leads. It is also what a consumer types into the first query.

mesh looks for `examples` on every named field, nested ones included, and reports each object once.
It leaves alone what needs none (booleans, vectors, fields that list their `enum`, fields made of
others) and what must not have a real one: fields that are labelled confidential or restricted, that
are encrypted, or that are personal by a tag (`personal`, `pii`) or by name (`email`, `birth_date`).",
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
    let labels = Labels::new(findings.vocabularies());
    for object in fields::objects(contract.model) {
        let is_sensitive_by_default = is_sensitive(&object.model.custom_properties, labels)
            .or_else(|| is_sensitive(&contract.model.custom_properties, labels))
            .unwrap_or(false);
        let mut bare = object.select_named(|place| {
            let field = place.model;
            field.examples.is_empty()
                && needs_example(field)
                && !is_delicate(field, labels, is_sensitive_by_default)
        });
        bare.retain(|field| is_missing(contract.document, &format!("{}/examples", field.pointer)));
        let Some(first) = bare.first() else {
            continue;
        };
        let names = words::listed(bare.iter().map(|field| field.path.as_str()));
        let (name, all) = (object.name(), object.count_named());
        let verb = if bare.len() == 1 { "shows" } else { "show" };
        findings
            .at(
                contract.document,
                format!("{}/examples", first.pointer),
                format!(
                    "{} of {all} fields of `{name}` {verb} no sample value: {names}",
                    bare.len()
                ),
            )
            .help("add `examples:` with one or two values as they occur in the data");
    }
}

/// Whether a sample value would tell anything that the contract does not.
fn needs_example(field: &SchemaProperty) -> bool {
    let is_plain = field.properties.is_empty() && field.items.is_none() && field.map.is_none();
    is_plain
        && field.r#enum.is_empty()
        && !matches!(
            field.logical_type,
            Some(
                LogicalType::Boolean
                    | LogicalType::Object
                    | LogicalType::Array
                    | LogicalType::Map
                    | LogicalType::Vector
            )
        )
}

/// Whether a real value does not belong in a manifest.
fn is_delicate(field: &SchemaProperty, labels: Labels<'_>, by_default: bool) -> bool {
    let is_labelled_so = match &field.classification {
        Some(written) => written.iter().any(|label| is_high(label, labels)),
        None => by_default,
    };
    is_labelled_so
        || field.encrypted_name.is_some()
        || personal::marking_of_field(field).unwrap_or_else(|| {
            field
                .name
                .as_deref()
                .is_some_and(|name| personal::named(name).is_some())
        })
}

fn is_high(label: &str, labels: Labels<'_>) -> bool {
    labels
        .parse(label)
        .is_some_and(|label| label >= Label::Confidential)
}

/// What the custom property `classification` says of all fields below, if it is there.
fn is_sensitive(properties: &[CustomProperty], labels: Labels<'_>) -> Option<bool> {
    let value = properties
        .custom(Some(VENDOR), "classification")
        .or_else(|| properties.custom(None, "classification"))?;
    Some(value.as_str().is_some_and(|text| is_high(text, labels)))
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    fn found(head: &str, properties: &str) -> Vec<String> {
        let text = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n{head}schema: [{{name: o, properties: [{properties}]}}]\n"
        );
        let document = Document::parse("c.odcs.yaml", text.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let message = |found: mesh_diagnostics::Diagnostic| found.message;
        findings.into_inner().into_iter().map(message).collect()
    }

    #[test]
    fn only_fields_that_could_show_a_value_are_asked_for_one() {
        for (field, is_asked) in [
            ("{name: plant_code, logicalType: string}", true),
            ("{name: plant_code, classification: internal}", true),
            ("{name: plant_code, classification: Restricted}", false),
            ("{name: plant_code, classification: confidential}", false),
            ("{name: plant_code, tags: [personal]}", false),
            ("{name: plant_code, tags: [personal-data]}", false),
            ("{name: plant_code, tags: [personalised]}", true),
            ("{name: plant_code, encryptedName: x}", false),
            ("{name: customer_email}", false),
            ("{name: birthDate}", false),
            ("{name: last_name}", false),
            ("{name: last_plant_name}", true),
            ("{name: emailing_count}", true),
            ("{name: is_open, logicalType: boolean}", false),
            ("{name: embedding, logicalType: vector}", false),
            ("{name: status, enum: [{value: open}]}", false),
            (
                "{name: list, logicalType: array, items: {logicalType: string}}",
                false,
            ),
            ("{name: plant_code, examples: [DE01]}", false),
            ("{name: plant_code, exampels: [DE01]}", false),
        ] {
            assert_eq!(!found("", field).is_empty(), is_asked, "{field}");
        }
    }

    #[test]
    fn a_default_label_counts_for_fields_without_one() {
        let head =
            "customProperties: [{property: classification, vendor: mesh, value: restricted}]\n";
        let fields = "{name: a_code}, {name: b_code, classification: internal}";
        assert_eq!(
            found(head, fields),
            ["1 of 2 fields of `o` shows no sample value: b_code"]
        );
    }
}
