use mesh_diagnostics::Level;
use mesh_spec::terms::personal::says_personal;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{are_sound, fields, personal, words as wording};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "personal-data-untagged",
    group: Group::Secure,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Personal data is marked as such.",
    docs: "\
Whoever deletes the data of a person, answers a request for access or masks a copy for a test looks
for what is marked as personal. What is not marked is not found.

mesh looks at fields whose names end in words that tell, such as `email`, `phone_number`,
`date_of_birth`, `last_name`, `passport_no`, `ssn`, `iban` or `ip_address`, in whatever way they are
written. Names that speak of an organisation or a machine, such as `support_email`, are left alone.

A tag `personal`, `pii`, `gdpr` or one that contains such a word marks a field, and so do a
classification or a custom property (`pii: true`) named like that. On an object or on the contract,
it holds for all fields within. If the values are of no person, say so with a tag `non-personal` or
`synthetic`. mesh reports each object once.",
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
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for object in fields::objects(contract.model) {
        let mut bare: Vec<(String, String)> = Vec::new();
        object.each(|place| {
            let Some(kind) = place.model.name.as_deref().and_then(personal::named) else {
                return;
            };
            if !personal::can_hold(kind, place.model.logical_type)
                || personal::marking(place, object.model, contract.model).is_some()
            {
                return;
            }
            let pointer = place.pointer();
            let marks = ["tags", "classification", "customProperties"];
            if are_sound(contract.document, &pointer, &marks) {
                bare.push((format!("{} ({})", place.path(), kind.as_str()), pointer));
            }
        });
        let Some((_, first)) = bare.first() else {
            continue;
        };
        let (noun, verb, copula) = match bare.len() {
            1 => ("field", "looks", "is"),
            _ => ("fields", "look", "are"),
        };
        let tag = tag(findings.vocabularies());
        findings
            .at(
                contract.document,
                format!("{first}/name"),
                format!(
                    "{} {noun} of `{}` {verb} like personal data and {copula} not marked as such: {}",
                    bare.len(),
                    object.name(),
                    wording::listed(bare.iter().map(|(text, _)| text.as_str())),
                ),
            )
            .help(format!(
                "add `tags: [{tag}]`, or `tags: [non-personal]` where the values are of no person"
            ));
    }
}

/// The tag that this mesh uses for personal data.
fn tag(vocabularies: &Vocabularies) -> &str {
    let agreed = vocabularies.tags.iter().flatten();
    agreed
        .map(|(tag, _)| tag.as_str())
        .find(|tag| says_personal(tag) == Some(true))
        .unwrap_or("personal")
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(yaml: &str) -> Vec<String> {
        let text = format!(
            "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n{yaml}"
        );
        let document = Document::parse("a.odcs.yaml", text.into_bytes(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_mark_holds_for_what_is_within() {
        let field = "{name: email, logicalType: string}";
        for (yaml, expected) in [
            (format!("schema: [{{name: o, properties: [{field}]}}]\n"), 1),
            (
                format!("tags: [pii]\nschema: [{{name: o, properties: [{field}]}}]\n"),
                0,
            ),
            (
                format!("schema: [{{name: o, tags: [personal], properties: [{field}]}}]\n"),
                0,
            ),
            (
                format!(
                    "schema: [{{name: o, properties: [{{name: c, logicalType: object, tags: [personal], properties: [{field}]}}]}}]\n"
                ),
                0,
            ),
            (
                "schema: [{name: o, properties: [{name: email, classification: PII}]}]\n"
                    .to_owned(),
                0,
            ),
            (
                "schema: [{name: o, properties: [{name: email, tags: [non-personal]}]}]\n"
                    .to_owned(),
                0,
            ),
            (
                "schema: [{name: o, properties: [{name: email, tags: [contact]}]}]\n".to_owned(),
                1,
            ),
            (
                "schema: [{name: o, properties: [{name: email, logicalType: boolean}]}]\n"
                    .to_owned(),
                0,
            ),
            // The schema objects to the tags; whether they mark the field is not known.
            (
                "schema: [{name: o, properties: [{name: email, tags: personal}]}]\n".to_owned(),
                0,
            ),
        ] {
            assert_eq!(found(&yaml).len(), expected, "{yaml}");
        }
    }
}
