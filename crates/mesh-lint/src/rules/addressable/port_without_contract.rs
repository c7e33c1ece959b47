use mesh_diagnostics::Level;
use mesh_spec::model::mesh::{self, Upstream};
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, is_sound, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "port-without-contract",
    group: Group::Addressable,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "Every port names its contract.",
    docs: "\
The contract says where the data is, what it looks like, how fresh it is and who may read it. An
output port without one is a name and nothing else, and an input port without one depends on
nobody knows what; yet the schema accepts both.

Set `contractId` to the `id` of an ODCS document; mesh finds the file by that id, wherever it is. An
input port may name a data product in its custom property `upstream` instead.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: One row per confirmed order.
    version: 1.0.0
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
        let pointer = format!("{}/contractId", output.pointer());
        if is_missing(product.document, &pointer) {
            let port = words::output_port(output.model.name.as_deref(), output.index);
            findings
                .at(product.document, pointer, format!("{port} names no contract"))
                .help("add `contractId:` with the id of the contract that says what the port promises");
        }
    }
    for (index, input) in product.model.input_ports.iter().enumerate() {
        let pointer = format!("/inputPorts/{index}/contractId");
        // Where the standard requires the key, the schema has said so; an `upstream` that cannot be
        // read is reported as that.
        let is_open = is_missing(product.document, &pointer)
            && is_sound(product.document, &pointer)
            && mesh::read::<Upstream>(&input.custom_properties).is_none();
        if is_open {
            let port = words::port("input", input.name.as_deref(), index);
            findings
                .at(
                    product.document,
                    pointer,
                    format!("{port} names no contract"),
                )
                .help("add `contractId:` with the id of the contract that the product relies on");
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(version: &str, port: &str) -> Vec<String> {
        let yaml = format!(
            "apiVersion: {version}\nkind: DataProduct\nid: a\nstatus: draft\ninputPorts: [{{name: i, version: 1.0.0, {port}}}]\n"
        );
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for product in workspace.products() {
            check(product, &mut findings);
        }
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.pointer).collect()
    }

    #[test]
    fn an_input_port_that_names_nothing_is_reported_once() {
        let at = ["/inputPorts/0/contractId"];
        assert_eq!(found("v1.1.0", "tags: [a]"), at);
        assert_eq!(found("v1.1.0", "contractId: ' '"), at);
        assert!(found("v1.1.0", "contractId: c").is_empty());
        let upstream =
            "customProperties: [{property: upstream, vendor: mesh, value: {product: p}}]";
        assert!(found("v1.1.0", upstream).is_empty());
        // Required there: a schema violation.
        assert!(found("v1.0.0", "tags: [a]").is_empty());
    }
}
