use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{fields, is_missing, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "field-undocumented",
    group: Group::SelfDescribing,
    level: Level::Warn,
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
    description: Confirmed orders.
    properties:
      - name: order_id
        primaryKey: true
        classification: internal
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    description: Confirmed orders.
    properties:
      - name: order_id
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let undescribed =
        |pointer: &str| is_missing(contract.document, &format!("{pointer}/description"));
    for object in fields::objects(contract) {
        let name = object.name();
        let fields = object.fields();
        let bare: Vec<_> = fields
            .iter()
            .filter(|field| undescribed(&field.pointer))
            .collect();
        let names = words::listed(bare.iter().map(|field| field.path.as_str()));
        let (n, all) = (bare.len(), fields.len());
        let (pointer, message) = match (undescribed(&object.pointer), bare.first()) {
            (false, None) => continue,
            (true, None) => (&object.pointer, format!("`{name}` has no description")),
            (true, Some(_)) => (
                &object.pointer,
                format!("`{name}` and {n} of its {all} fields have no description: {names}"),
            ),
            (false, Some(first)) => {
                let verb = if n == 1 { "has" } else { "have" };
                (
                    &first.pointer,
                    format!("{n} of {all} fields of `{name}` {verb} no description: {names}"),
                )
            }
        };
        findings
            .at(contract.document, format!("{pointer}/description"), message)
            .help("add `description:` with one sentence on what a value means");
    }
}
