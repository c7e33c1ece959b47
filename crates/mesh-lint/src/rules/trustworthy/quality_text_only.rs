use mesh_diagnostics::Level;
use mesh_spec::model::odcs::DataQuality;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::fields::Object;
use crate::facts::quality::{self, Coverage};
use crate::facts::{fields, is_sound, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "quality-text-only",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "A machine can run at least one quality check of every schema object.",
    docs:
        "\
\"Amounts look plausible\" tells a reader what the team cares about. But nobody looks every morning,
and so a check in words is carried out once, when it is written.

mesh looks at the checks of each schema object and of the fields in it. At least one needs a
`metric`, a `query` or the `implementation` for an engine; a check of type `text` that links to its
`implementation` counts as well. Objects without any check are reported by `quality-check-missing`.",
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
    quality:
      - name: complete
        type: text
        description: No order is missing.
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
    quality:
      - name: complete
        type: text
        description: No order is missing.
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for object in fields::objects(contract.model) {
        if quality::coverage(object) != Coverage::InWords
            || !is_sound(contract.document, &object.pointer())
        {
            continue;
        }
        let (first, names) = checks(object);
        let name = object.name();
        let names = words::listed(names);
        let listed = if names.is_empty() {
            String::new()
        } else {
            format!(": {names}")
        };
        findings
            .at(
                contract.document,
                first,
                format!("`{name}` is checked in words only, which no machine can run{listed}"),
            )
            .help("give at least one check a `metric` or a `query`");
    }
}

/// Where the first check of an object stands, and what its checks are called.
fn checks<'w>(object: Object<'w>) -> (String, Vec<&'w str>) {
    let names_of =
        |checks: &'w [DataQuality]| checks.iter().filter_map(|check| check.name.as_deref());
    let fields = object.select_named(|place| !place.model.quality.is_empty());
    let mut names: Vec<&str> = names_of(&object.model.quality).collect();
    for field in &fields {
        names.extend(names_of(&field.model.quality));
    }
    let owner = match fields.first() {
        Some(field) if object.model.quality.is_empty() => field.pointer.clone(),
        _ => object.pointer(),
    };
    (format!("{owner}/quality/0"), names)
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;

    use super::*;

    #[test]
    fn the_first_check_is_found_wherever_it_stands() {
        for (object, expected) in [
            (
                "quality: [{name: a, type: text}], properties: [{name: f, quality: [{name: b, type: text}]}]",
                ("/schema/0/quality/0", vec!["a", "b"]),
            ),
            (
                "properties: [{name: e}, {name: f, quality: [{type: text}]}]",
                ("/schema/0/properties/1/quality/0", vec![]),
            ),
        ] {
            let text = format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: a\nschema: [{{name: o, {object}}}]\n"
            );
            let document = Document::parse("a.odcs.yaml", text.into(), None);
            let contract = document.contract().expect("it is a contract");
            let object = fields::objects(contract).next().expect("there is one");
            let (pointer, names) = checks(object);
            assert_eq!((pointer.as_str(), names), expected);
        }
    }
}
