use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{fields, is_text_missing, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "field-undocumented",
    group: Group::SelfDescribing,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Every schema object and every field has a description.",
    docs: "\
`net_amount`: net of what, in which currency? Whoever fills the field knows; whoever reads it
guesses. One sentence per field settles it, and is the sentence that tools show wherever the field
appears.

mesh looks for `description` on every schema object and every named field, nested ones included, and
reports each object once. A `businessName` is no description.",
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
        primaryKey: true
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
    let undescribed = |text: &Option<String>, owner: &dyn Fn() -> String| {
        let pointer = || format!("{}/description", owner());
        is_text_missing(contract.document, text.as_deref(), pointer)
    };
    for object in fields::objects(contract.model) {
        let name = object.name();
        let bare =
            object.select_named(|place| undescribed(&place.model.description, &|| place.pointer()));
        let names = words::listed(bare.iter().map(|field| field.path.as_str()));
        let n = bare.len();
        let all = || object.count_named();
        let is_bare = undescribed(&object.model.description, &|| object.pointer());
        let (pointer, message) = match (is_bare, bare.first()) {
            (false, None) => continue,
            (true, None) => (object.pointer(), format!("`{name}` has no description")),
            (true, Some(_)) => (
                object.pointer(),
                format!(
                    "`{name}` and {n} of its {} fields have no description: {names}",
                    all()
                ),
            ),
            (false, Some(first)) => {
                let verb = if n == 1 { "has" } else { "have" };
                (
                    first.pointer.clone(),
                    format!(
                        "{n} of {} fields of `{name}` {verb} no description: {names}",
                        all()
                    ),
                )
            }
        };
        findings
            .at(contract.document, format!("{pointer}/description"), message)
            .help(match (is_bare, n) {
                (true, 0) => "add `description:` with one sentence on what a row stands for",
                (true, _) => {
                    "add `description:` with one sentence on what a row stands for, and to each \
                     field one on what a value means"
                }
                (false, _) => "add `description:` with one sentence on what a value means",
            });
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    #[test]
    fn the_help_is_about_what_lacks_the_description() {
        for (object, field, expected) in [
            ("", "description: x", "a row stands for"),
            ("", "id: x", "a row stands for, and to each field"),
            ("description: x, ", "id: x", "what a value means"),
        ] {
            let yaml = format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: c\nschema: [{{name: o, {object}properties: [{{name: a, {field}}}]}}]\n"
            );
            let document = Document::parse("c.odcs.yaml", yaml.into(), None);
            let workspace = Workspace::new(vec![(document, Role::Target)], None);
            let options = crate::engine::Options::as_of("2026-06-30");
            let mut findings = Findings::new(&RULE, &options);
            for contract in workspace.contracts() {
                check(contract, &mut findings);
            }
            let help = findings.into_inner().remove(0).help.unwrap_or_default();
            assert!(help.contains(expected), "{help}");
        }
    }
}
