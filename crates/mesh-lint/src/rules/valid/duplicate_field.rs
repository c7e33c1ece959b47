use std::collections::HashMap;

use mesh_diagnostics::Level;
use mesh_spec::model::odcs::SchemaProperty;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::fields;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "duplicate-field",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No two fields of an object share a name.",
    docs: "\
Consumers, relationships and quality checks refer to a field by its name. Of two fields with one
name only one can be meant, and no table can have both: the second is most often left over from
copying. The schema of the standard does not look.

mesh compares the fields side by side in a schema object, in a nested object and in the elements of
an array or a map, and the schema objects of a contract with each other. Names are compared as they
are written. Remove one of the two, or give it a name of its own.",
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
      - name: order_id
        logicalType: string
        description: Number of the order in the shop.
        classification: internal
        examples: [S-4711]
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
      - name: shop_order_id
        logicalType: string
        description: Number of the order in the shop.
        classification: internal
        examples: [S-4711]
",
    )]),
    check: Check::Contract(check),
};

/// Up to this many names are compared one by one, which costs less than hashing them.
const FEW: usize = 16;

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let objects = &contract.model.schema;
    let names = objects.iter().map(|object| object.name.as_deref());
    each_repeated(names, &mut |name, first, index| {
        let pointer = |index| format!("/schema/{index}/name");
        findings
            .at(
                contract.document,
                pointer(index),
                format!("the contract has two objects `{name}`"),
            )
            .help("remove one of the two, or give it a `name` of its own")
            .see(contract.document, &pointer(first), "the first");
    });
    for object in fields::objects(contract.model) {
        check_list(
            contract,
            object.model.name.as_deref(),
            &object.model.properties,
            &|| object.pointer(),
            findings,
        );
        object.each(|place| {
            check_list(
                contract,
                place.model.name.as_deref(),
                &place.model.properties,
                &|| place.pointer(),
                findings,
            );
        });
    }
}

/// Reports the fields of `owner`, which stands at `at`, whose name another one has before.
fn check_list(
    contract: ContractRef<'_>,
    owner: Option<&str>,
    properties: &[SchemaProperty],
    at: &dyn Fn() -> String,
    findings: &mut Findings<'_>,
) {
    let names = properties.iter().map(|property| property.name.as_deref());
    each_repeated(names, &mut |name, first, index| {
        let pointer = |index| format!("{}/properties/{index}/name", at());
        let message = match owner {
            Some(owner) => format!("`{owner}` has two fields `{name}`"),
            None => format!("there are two fields `{name}` side by side"),
        };
        findings
            .at(contract.document, pointer(index), message)
            .help("remove one of the two, or give it a `name` of its own")
            .see(contract.document, &pointer(first), "the first");
    });
}

/// Shows `visit` each name that was there before, with the positions of the first one and its own.
fn each_repeated<'n>(
    names: impl ExactSizeIterator<Item = Option<&'n str>> + Clone,
    visit: &mut impl FnMut(&'n str, usize, usize),
) {
    let present = |(index, name): (usize, Option<&'n str>)| {
        let name = name.filter(|name| !name.trim().is_empty())?;
        Some((index, name))
    };
    if names.len() <= FEW {
        for (index, name) in names.clone().enumerate().filter_map(present) {
            let first = names.clone().position(|other| other == Some(name));
            if let Some(first) = first.filter(|first| *first < index) {
                visit(name, first, index);
            }
        }
        return;
    }
    let mut seen = HashMap::with_capacity(names.len());
    for (index, name) in names.enumerate().filter_map(present) {
        let first = *seen.entry(name).or_insert(index);
        if first < index {
            visit(name, first, index);
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(schema: &str) -> Vec<(String, String)> {
        let yaml =
            format!("apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n{schema}");
        let document = Document::parse("c.odcs.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let found = findings.into_inner().into_iter();
        found.map(|d| (d.pointer, d.message)).collect()
    }

    #[test]
    fn fields_are_compared_with_those_beside_them() {
        let yaml = "\
schema:
  - name: o
    properties:
      - {name: a, logicalType: object, properties: [{name: b}, {name: b}]}
      - {name: b, logicalType: array, items: {logicalType: object, properties: [{name: c}, {name: c}]}}
      - {name: B}
  - name: o
    properties: [{name: a}]
";
        let expected = [
            ("/schema/1/name", "the contract has two objects `o`"),
            (
                "/schema/0/properties/0/properties/1/name",
                "`a` has two fields `b`",
            ),
            (
                "/schema/0/properties/1/items/properties/1/name",
                "there are two fields `c` side by side",
            ),
        ];
        let expected = expected.map(|(at, message)| (at.to_owned(), message.to_owned()));
        assert_eq!(found(yaml), expected);
    }

    #[test]
    fn many_fields_are_compared_like_few() {
        let mut yaml = "schema:\n  - name: o\n    properties:\n".to_owned();
        for name in (0..100).chain([7, 7]) {
            yaml.push_str(&format!("      - {{name: f{name}}}\n"));
        }
        let pointers: Vec<_> = found(&yaml).into_iter().map(|(at, _)| at).collect();
        let expected = [100, 101].map(|at| format!("/schema/0/properties/{at}/name"));
        assert_eq!(pointers, expected);
    }
}
