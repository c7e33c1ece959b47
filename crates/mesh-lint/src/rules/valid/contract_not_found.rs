use mesh_diagnostics::Level;
use mesh_spec::workspace::{Lookup, Role};

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::words::{self, Suggestions};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "contract-not-found",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "The contract of every output port is there.",
    docs: "\
An output port promises what its contract says. If the contract cannot be found, the port promises
nothing that anyone can read, and nothing about the data can be checked.

mesh looks for a contract whose `id` is the port's `contractId`: in the product's own folder, then
in the repository around it. The registry is not asked, since publishing takes the contract along;
it only answers for input ports. Paths and file names do not matter. A contract that is found in
other versions only is reported by `port-contract-version-mismatch`.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: One row per confirmed order.
    version: 1.0.0
    contractId: commercial.order
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
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut known = None;
    let products = mesh.workspace.products();
    for product in products.filter(|product| product.role == Role::Target) {
        for output in product.output_ports() {
            let Some(id) = output.model.contract_id.as_deref() else {
                continue;
            };
            let lookup = product.find_contract(id, output.model.version.as_deref());
            if !matches!(lookup, Lookup::Unknown) || id.trim().is_empty() || is_placeholder(id) {
                continue;
            }
            let known = known.get_or_insert_with(|| {
                let contracts = mesh.workspace.contracts();
                Suggestions::new(contracts.filter_map(|contract| contract.model.id.as_deref()))
            });
            let help = match known.nearest(id) {
                Some(other) => format!("did you mean `{other}`?"),
                None => format!("add the contract beside the manifest, with `id: {id}`"),
            };
            let port = words::output_port(output.model.name.as_deref(), output.index);
            findings
                .at(
                    product.document,
                    format!("{}/contractId", output.pointer()),
                    format!("the contract `{id}` of {port} cannot be found"),
                )
                .help(help);
        }
    }
}
