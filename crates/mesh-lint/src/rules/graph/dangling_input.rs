use mesh_diagnostics::Level;
use mesh_spec::workspace::Lookup;

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::words;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "dangling-input",
    group: Group::Graph,
    level: Level::Error,
    summary: "The contract of every input port exists.",
    docs: "\
An input port that names a contract nobody promises rests on nothing: the data may be there today,
but no one knows that this product depends on it, and no one will tell it of a change.

mesh looks for the contract in the workspace and in the registry, and accepts it with or without a
product that publishes it, so a source outside the mesh needs only a contract of its own. Without a
registry nothing is reported, since the contract may have been published elsewhere; the summary
counts such inputs as unverified.",
    fails: Example::files(&[Excerpt::new(
        "planning/dataproduct.yaml",
        "\
id: supply-chain.planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.order
",
    )])
    .with_registry(),
    passes: Example::files(&[Excerpt::new(
        "planning/dataproduct.yaml",
        "\
id: supply-chain.planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
",
    )])
    .with_registry(),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let Some(published) = mesh.workspace.published() else {
        return;
    };
    for link in &mesh.links {
        let id = link.contract_id;
        let is_known = !matches!(
            (&link.upstream, &link.contract),
            (Lookup::Unknown, Lookup::Unknown)
        ) || published
            .contract_versions
            .get(id)
            .is_some_and(|versions| !versions.is_empty());
        if is_known || id.trim().is_empty() || is_placeholder(id) {
            continue;
        }
        let contracts = mesh.workspace.contracts();
        let here = contracts.filter_map(|contract| contract.model.id.as_deref());
        let there = published.contract_versions.iter();
        let there = there
            .filter(|(_, versions)| !versions.is_empty())
            .map(|(id, _)| id.as_str());
        let help = match words::nearest_id(id, here.chain(there)) {
            Some(other) => format!("did you mean `{other}`?"),
            None => "name a contract that is published, or add one for a source outside the mesh"
                .to_owned(),
        };
        findings
            .at(
                link.consumer.document,
                format!("{}/contractId", link.pointer()),
                format!(
                    "nobody publishes the contract `{id}` of {}",
                    words::input_port(link)
                ),
            )
            .help(help);
    }
}
