use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::model::odcs::{SchemaObject, SchemaProperty};
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::quality::{self, Coverage};
use crate::facts::{fields, is_sound, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "key-unchecked",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "A check finds out when a primary key is there twice.",
    docs: "\
A load that ran twice doubles every sum, and nothing about the rows looks wrong. `primaryKey`,
`unique` and `required` say what should hold; few systems that hold analytical data enforce it. Only
a check notices.

mesh looks for a check with `metric: duplicateValues` or of the dimension `uniqueness`, and for
queries and checks of other engines that count duplicates or distinct values. It stands on a field
of the key, or on the object; for a key of several fields it names them in
`arguments: {properties: […]}`. If a part of the key is unique, so is the whole. Objects that
nothing checks, or only in words, are reported by `quality-check-missing` and `quality-text-only`.",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: order_items
    physicalName: order_items
    description: Items of confirmed orders.
    dataGranularityDescription: One row per item of an order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        primaryKeyPosition: 1
        classification: internal
        examples: [O-1000017]
      - name: item_number
        logicalType: integer
        description: Position of the item within the order.
        primaryKey: true
        primaryKeyPosition: 2
        classification: internal
        examples: [10]
    quality:
      - metric: rowCount
        mustBeGreaterThan: 0
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: order_items
    physicalName: order_items
    description: Items of confirmed orders.
    dataGranularityDescription: One row per item of an order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        primaryKeyPosition: 1
        classification: internal
        examples: [O-1000017]
      - name: item_number
        logicalType: integer
        description: Position of the item within the order.
        primaryKey: true
        primaryKeyPosition: 2
        classification: internal
        examples: [10]
    quality:
      - metric: duplicateValues
        arguments:
          properties: [order_id, item_number]
        mustBe: 0
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for object in fields::objects(contract.model) {
        if is_key_checked(object.model)
            || quality::coverage(object) != Coverage::Executable
            || !is_sound(contract.document, &object.pointer())
        {
            continue;
        }
        let fields = object.model.properties.iter().enumerate();
        let mut key: Vec<_> = fields.filter(|(_, field)| is_key(field)).collect();
        key.sort_by_key(|(_, field)| field.primary_key_position);
        let Some((first, _)) = key.first() else {
            continue;
        };
        let all: Vec<&str> = key
            .iter()
            .filter_map(|(_, field)| field.name.as_deref())
            .collect();
        let names = words::listed(all.iter().copied());
        let message = if key.len() == 1 {
            let name = object.name();
            format!("no check finds duplicates of `{names}`, the primary key of `{name}`")
        } else {
            let name = object.name();
            format!("no check finds duplicates of the primary key of `{name}`: {names}")
        };
        findings
            .at(
                contract.document,
                format!("{}/properties/{first}/primaryKey", object.pointer()),
                message,
            )
            .help(help(contract.document, object.name(), &all));
    }
}

/// The fields of the key, of an object itself: a key of something nested tells elements apart.
fn is_key(field: &SchemaProperty) -> bool {
    field.primary_key == Some(true) && field.name.is_some()
}

/// Whether a check notices a key that is there twice; true for an object without a key.
fn is_key_checked(object: &SchemaObject) -> bool {
    let is_in_key = |name: &str| object.property(name).is_some_and(is_key);
    let mut key = object.properties.iter().filter(|field| is_key(field));
    let has_check = |field: &SchemaProperty| field.quality.iter().any(quality::finds_duplicates);
    key.clone().next().is_none()
        || key.any(has_check)
        // A check that names no fields is about whole records.
        || object.quality.iter().any(|check| {
            quality::finds_duplicates(check) && quality::named_fields(check).all(is_in_key)
        })
}

/// What to write, in the words of the document's own version.
fn help(document: &Document, object: &str, key: &[&str]) -> String {
    let has_metrics = document
        .api_version
        .is_none_or(|version| (version.to_semver().major, version.to_semver().minor) >= (3, 1));
    match (key, has_metrics) {
        ([field], true) => {
            format!("add `{{metric: duplicateValues, mustBe: 0}}` to the `quality` of `{field}`")
        }
        ([field], false) => {
            format!("add `{{rule: duplicateCount, mustBe: 0}}` to the `quality` of `{field}`")
        }
        (fields, true) => format!(
            "add `{{metric: duplicateValues, arguments: {{properties: [{}]}}, mustBe: 0}}` to the \
             `quality` of `{object}`",
            fields.join(", ")
        ),
        (_, false) => format!(
            "add a check of `type: sql` to the `quality` of `{object}` that counts the keys that \
             occur twice"
        ),
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    /// The help of every finding for an object as given.
    fn found(version: &str, object: &str) -> Vec<String> {
        let text = format!(
            "apiVersion: {version}\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema: [{{name: o, {object}}}]\n"
        );
        let document = Document::parse("c.odcs.yaml", text.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let help = |found: mesh_diagnostics::Diagnostic| found.help.unwrap_or_default();
        findings.into_inner().into_iter().map(help).collect()
    }

    const TWO: &str =
        "properties: [{name: a, primaryKey: true}, {name: b, primaryKey: true}, {name: c}]";

    #[test]
    fn a_check_of_the_key_counts_wherever_it_stands() {
        let one = |quality: &str| {
            format!(
                "properties: [{{name: a, primaryKey: true, quality: [{quality}]}}, {{name: c}}]"
            )
        };
        let on_object = |key: &str, quality: &str| format!("{key}, quality: [{quality}]");
        let duplicates = "{metric: duplicateValues, mustBe: 0}";
        let of = |names: &str| {
            format!("{{metric: duplicateValues, mustBe: 0, arguments: {{properties: [{names}]}}}}")
        };
        let rows = "{metric: rowCount, mustBeGreaterThan: 0}";
        for (object, is_found) in [
            (one(duplicates), false),
            (one("{metric: nullValues, mustBe: 0}"), true),
            (on_object(TWO, &of("a, b")), false),
            (on_object(TWO, &of("a")), false),
            (on_object(TWO, &of("a, c")), true),
            (on_object(TWO, &of("x")), true),
            (on_object(TWO, duplicates), false),
            (on_object(TWO, rows), true),
            (
                on_object(
                    TWO,
                    "{type: sql, query: 'select count(distinct a)', mustBe: 1}",
                ),
                false,
            ),
            // Another rule's finding, or none at all.
            (TWO.to_owned(), false),
            (on_object(TWO, "{type: text, description: x}"), false),
            (on_object("properties: [{name: c}]", rows), false),
            // What a field declares is no check.
            (
                on_object(
                    "properties: [{name: a, primaryKey: true, unique: true, required: true}]",
                    rows,
                ),
                true,
            ),
        ] {
            assert_eq!(!found("v3.2.0", &object).is_empty(), is_found, "{object}");
        }
    }

    #[test]
    fn the_help_is_in_the_words_of_the_version() {
        let rows = "{metric: rowCount, mustBeGreaterThan: 0}";
        let help = found("v3.1.0", &format!("{TWO}, quality: [{rows}]"));
        assert!(help[0].contains("properties: [a, b]"), "{help:?}");
        let old = "{type: library, rule: rowCount, mustBeGreaterThan: 0}";
        let help = found("v3.0.2", &format!("{TWO}, quality: [{old}]"));
        assert!(help[0].contains("type: sql"), "{help:?}");
        let one = format!("properties: [{{name: a, primaryKey: true, quality: [{old}]}}]");
        assert!(found("v3.0.2", &one)[0].contains("rule: duplicateCount"));
    }
}
