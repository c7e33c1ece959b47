use mesh_diagnostics::Level;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "port-without-contract",
    group: Group::Addressable,
    level: Level::Error,
    summary: "Every output port names its contract.",
    docs: "\
The contract says where the data is, what it looks like, how fresh it is and who may read it. An
output port without one is a name and nothing else, yet the schema accepts it.

Set `contractId` to the `id` of an ODCS document; mesh finds the file by that id, wherever it is.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    version: 1.0.0
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
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
}
