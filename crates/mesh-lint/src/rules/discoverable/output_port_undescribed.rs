use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "output-port-undescribed",
    group: Group::Discoverable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Every output port has a description.",
    docs: "\
What people consume is a port, not the product as a whole. Of a product with a table, a topic and a
monthly file, the description of the port says which one holds what, and for whom it is made;
without it they open one contract after the other.

Write one sentence in `description` of each output port: what a row, a message or a file stands for.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: One row per confirmed order.
    version: 1.0.0
    contractId: commercial.orders
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    for output in product.output_ports() {
        let description = output.model.description.as_deref();
        if description.is_some_and(|text| !text.trim().is_empty()) {
            continue;
        }
        let pointer = format!("{}/description", output.pointer());
        if is_missing(product.document, &pointer) {
            let port = words::output_port(output.model.name.as_deref(), output.index);
            findings
                .at(
                    product.document,
                    pointer,
                    format!("{port} has no description"),
                )
                .help(
                    "add `description:` with one sentence on what consumers find behind the port",
                );
        }
    }
}
