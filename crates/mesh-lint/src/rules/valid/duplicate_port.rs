use std::collections::HashMap;

use mesh_diagnostics::Level;
use mesh_spec::workspace::{ProductRef, bare_version};

use crate::example::{Example, Excerpt};
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "duplicate-port",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No two ports of a product share both name and version.",
    docs: "\
Name and version together are the key of a port: that is how consumers and tools refer to one. Of
two ports with the same key, only one can ever be meant.

A product may offer one port in several versions side by side; give each its own `version`. A
leading `v` makes no difference. Output ports and input ports are looked at apart.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: One row per confirmed order.
    version: 1.0.0
    contractId: commercial.orders
  - name: orders
    description: One row per confirmed order.
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
  - name: orders-by-day
    description: One row per day, with the orders confirmed on it.
    version: 1.0.0
    contractId: commercial.orders
",
    )]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    let outputs = product.model.output_ports.iter();
    let outputs: Vec<_> = outputs.map(|port| (&port.name, &port.version)).collect();
    check_side(product, "output", &outputs, findings);
    let inputs = product.model.input_ports.iter();
    let inputs: Vec<_> = inputs.map(|port| (&port.name, &port.version)).collect();
    check_side(product, "input", &inputs, findings);
}

fn check_side(
    product: ProductRef<'_>,
    direction: &str,
    ports: &[(&Option<String>, &Option<String>)],
    findings: &mut Findings<'_>,
) {
    let mut seen = HashMap::new();
    for (index, (name, version)) in ports.iter().enumerate() {
        let Some(name) = name.as_deref() else {
            continue;
        };
        let version = version.as_deref().map(bare_version);
        let first = *seen.entry((name, version)).or_insert(index);
        if first == index {
            continue;
        }
        let port = words::port(direction, Some(name), index);
        let which = match version {
            Some(version) => format!(" in version {version}"),
            None => String::new(),
        };
        let pointer = |index| format!("/{direction}Ports/{index}/name");
        findings
            .at(
                product.document,
                pointer(index),
                format!("{port} is there twice{which}"),
            )
            .help("remove one of the two, or give it another `name` or `version`")
            .see(product.document, &pointer(first), "the first");
    }
}
