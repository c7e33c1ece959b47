use mesh_diagnostics::Level;
use mesh_spec::model::odcs::SchemaProperty;
use mesh_spec::terms::classification::{Label, Labels};
use mesh_spec::terms::words::{Words, words};
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{are_sound, fields, words as wording};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "sensitive-unprotected",
    group: Group::Secure,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Restricted values are encrypted or masked.",
    docs: "\
Access rules fail: a role is granted too widely, a backup is copied, a log keeps a query. A
restricted value that is encrypted or masked where it is stored is still safe then.

mesh looks at fields that carry the label `restricted`, or one that the vocabulary `classifications`
sets equal to it, and at what is nested in them. A field is protected by `encryptedName`, by a tag
or a custom property that speaks of encryption, masking, hashing, tokens or pseudonyms (such as
`maskingPolicy`), or by a name that ends in `_encrypted`, `_hash`, `_masked` or `_token`. mesh
reports each object once.",
    fails: Example::files(&[
        RESTRICTED,
        Excerpt::contract(
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
      - name: unit_cost
        logicalType: number
        description: What the goods cost us.
        classification: restricted
        examples: [12.5]
",
        ),
    ]),
    passes: Example::files(&[
        RESTRICTED,
        Excerpt::contract(
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
      - name: unit_cost
        logicalType: number
        description: What the goods cost us.
        classification: restricted
        encryptedName: unit_cost_encrypted
        examples: [12.5]
",
        ),
    ]),
    check: Check::Contract(check),
};

/// The label of the product, which must not be lower than that of its data.
const RESTRICTED: Excerpt = Excerpt::product(
    "\
customProperties:
  - property: classification
    vendor: mesh
    value: restricted
",
);

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let labels = Labels::new(findings.vocabularies());
    let is_restricted = |field: &SchemaProperty| {
        let labelled = field.classification.iter().flat_map(|list| list.iter());
        labelled.filter_map(|text| labels.parse(text)).max() == Some(Label::Restricted)
    };
    for object in fields::objects(contract.model) {
        let mut open = object.select(|place| {
            let around_any = |test: &dyn Fn(&SchemaProperty) -> bool| {
                place.outwards().any(|around| test(around.model)) || any_part(place.model, test)
            };
            place.is_field()
                && !holds_fields(place.model)
                && around_any(&is_restricted)
                && !around_any(&is_protected)
        });
        let marks = ["encryptedName", "tags", "customProperties"];
        open.retain(|field| are_sound(contract.document, &field.pointer, &marks));
        let Some(first) = open.first() else {
            continue;
        };
        let (noun, verb) = match open.len() {
            1 => ("field", "is"),
            _ => ("fields", "are"),
        };
        findings
            .at(
                contract.document,
                first.pointer.as_str(),
                format!(
                    "{} restricted {noun} of `{}` {verb} neither encrypted nor masked: {}",
                    open.len(),
                    object.name(),
                    wording::listed(open.iter().map(|field| field.path.as_str())),
                ),
            )
            .help(
                "add `encryptedName:` with the name of the encrypted field, or a custom property \
                 `maskingPolicy`",
            );
    }
}

/// What a field consists of that has no name: the elements of a list, the keys and values of a map.
fn parts(field: &SchemaProperty) -> impl Iterator<Item = &SchemaProperty> {
    let map = field.map.iter();
    let of_map = map.flat_map(|map| map.key.as_deref().into_iter().chain(map.value.as_deref()));
    field.items.as_deref().into_iter().chain(of_map)
}

fn any_part(field: &SchemaProperty, test: &dyn Fn(&SchemaProperty) -> bool) -> bool {
    parts(field).any(|part| test(part) || any_part(part, test))
}

/// Whether there are fields within, which then are judged instead.
fn holds_fields(field: &SchemaProperty) -> bool {
    !field.properties.is_empty() || parts(field).any(holds_fields)
}

fn is_protected(field: &SchemaProperty) -> bool {
    let is_given = |text: &str| !text.trim().is_empty();
    field.encrypted_name.as_deref().is_some_and(is_given)
        || field
            .tags
            .iter()
            .any(|tag| speaks_of_protection(&words(tag)))
        || field
            .name
            .as_deref()
            .is_some_and(|name| ends_protected(&words(name)))
        || field.custom_properties.iter().any(|entry| {
            let is_on = entry.value.as_ref().is_some_and(|value| {
                !value.is_null() && *value != false && value.as_str().is_none_or(is_given)
            });
            let name = entry.property.as_deref().unwrap_or_default();
            is_on && speaks_of_protection(&words(name))
        })
}

/// Whether a tag or the name of a custom property is about protection: `masked`, `maskingPolicy`.
fn speaks_of_protection(words: &Words<'_>) -> bool {
    const STEMS: [&str; 9] = [
        "encrypt",
        "mask",
        "token",
        "hash",
        "pseudonym",
        "anonym",
        "redact",
        "obfuscat",
        "cipher",
    ];
    let is_negated = ["no", "not", "un", "non"]
        .iter()
        .any(|word| words.has(word));
    let has_stem = words.iter().any(|word| {
        STEMS.iter().any(|stem| {
            word.get(..stem.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(stem))
        })
    });
    has_stem && !is_negated
}

fn ends_protected(words: &Words<'_>) -> bool {
    const LAST: [&str; 9] = [
        "encrypted",
        "enc",
        "hash",
        "hashed",
        "masked",
        "token",
        "tokenized",
        "tokenised",
        "pseudonym",
    ];
    words.len() > 1 && LAST.iter().any(|word| words.end_with(word))
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::vocabulary::Sensitivity;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn is_reported(field: &str) -> bool {
        let yaml = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: a\nversion: 1.0.0\nschema: [{{name: o, properties: [{{{field}}}]}}]\n"
        );
        let document = Document::parse("a.odcs.yaml", yaml.into_bytes(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let mut options = crate::engine::Options::as_of("2026-06-30");
        options.settings.vocabularies.classifications =
            Some([("C3".to_owned(), Sensitivity::Restricted)].into());
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        !findings.into_inner().is_empty()
    }

    #[test]
    fn protection_is_said_in_many_ways() {
        for (field, expected) in [
            ("name: a, classification: restricted", true),
            ("name: a, classification: c3", true),
            ("name: a, classification: confidential", false),
            (
                "name: a, classification: restricted, encryptedName: b",
                false,
            ),
            (
                "name: a, classification: restricted, encryptedName: ' '",
                true,
            ),
            ("name: a, classification: restricted, tags: [masked]", false),
            (
                "name: a, classification: restricted, tags: [not-masked]",
                true,
            ),
            ("name: a_hash, classification: restricted", false),
            ("name: hash, classification: restricted", true),
            (
                "name: a, classification: restricted, customProperties: [{property: maskingPolicy, value: last4}]",
                false,
            ),
            (
                "name: a, classification: restricted, customProperties: [{property: masked, value: false}]",
                true,
            ),
            (
                "name: a, classification: restricted, logicalType: object, properties: [{name: b}]",
                true,
            ),
            (
                "name: a, logicalType: array, items: {logicalType: string, classification: restricted}",
                true,
            ),
            (
                "name: a, classification: restricted, logicalType: array, items: {tags: [masked]}",
                false,
            ),
            (
                "name: a, classification: restricted, logicalType: object, properties: [{name: b, encryptedName: c}]",
                false,
            ),
        ] {
            assert_eq!(is_reported(field), expected, "{field}");
        }
    }
}
