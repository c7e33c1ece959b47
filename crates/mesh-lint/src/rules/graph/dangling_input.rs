use mesh_diagnostics::Level;
use mesh_spec::workspace::Lookup;

use super::CONSUMER_CONTRACT;
use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::words::{self, Suggestions};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "dangling-input",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "What every input port draws from exists.",
    docs: "\
An input port that names a contract nobody promises rests on nothing: the data may be there today,
but no one knows that this product depends on it, and no one will tell it of a change.

mesh looks for the contract in the workspace and in the registry, and accepts it with or without a
product that publishes it, so a source outside the mesh needs only a contract of its own. An input
port that names no contract but, in its custom property `upstream`, a data product is looked up by
that. Without a registry nothing is reported, since the contract may have been published elsewhere;
the summary counts such inputs as unverified.",
    fails: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.order
outputPorts:
  - name: plan
    description: One row per product and week.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.order
        version: 1.0.0
",
        ),
        CONSUMER_CONTRACT,
    ])
    .with_registry(),
    passes: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
outputPorts:
  - name: plan
    description: One row per product and week.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
",
        ),
        CONSUMER_CONTRACT,
    ])
    .with_registry(),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let Some(published) = mesh.workspace.published() else {
        return;
    };
    let mut known = None;
    for link in &mesh.links {
        let id = link.contract_id;
        let is_known = !matches!(
            (&link.upstream, &link.contract),
            (Lookup::Unknown, Lookup::Unknown)
        ) || published
            .contract_versions
            .get(id)
            .is_some_and(|versions| !versions.is_empty());
        if is_known || is_placeholder(id) {
            continue;
        }
        if link.port.contract_id.is_none() {
            findings
                .at(
                    link.consumer.document,
                    link.source_pointer(),
                    format!(
                        "{} offers no output port that {} could draw from",
                        link.subject(),
                        words::input_port(link)
                    ),
                )
                .help("name the `port` as well, or add the `contractId` by which mesh finds it");
            continue;
        }
        // A contract without a name is reported by `port-without-contract`.
        if id.trim().is_empty() {
            continue;
        }
        let known = known.get_or_insert_with(|| {
            let contracts = mesh.workspace.contracts();
            let here = contracts.filter_map(|contract| contract.model.id.as_deref());
            let there = published.contract_versions.iter();
            let there = there
                .filter(|(_, versions)| !versions.is_empty())
                .map(|(id, _)| id.as_str());
            Suggestions::new(here.chain(there))
        });
        let help = match known.nearest(id) {
            Some(other) => format!("did you mean `{other}`?"),
            None => "name a contract that is published, or add one for a source outside the mesh"
                .to_owned(),
        };
        findings
            .at(
                link.consumer.document,
                link.source_pointer(),
                format!(
                    "nobody publishes the contract `{id}` of {}",
                    words::input_port(link)
                ),
            )
            .help(help);
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Published, Role, Workspace};

    use super::*;

    fn workspace(upstream: &str, published: Option<Published>) -> Workspace {
        let consumer = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: b\ninputPorts:\n  - name: i\n    customProperties: [{{property: upstream, vendor: mesh, value: {upstream}}}]\n"
        );
        let provider = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\noutputPorts: [{name: o, contractId: c}]\n";
        let documents = [("a", provider.to_owned()), ("b", consumer)].map(|(folder, yaml)| {
            let name = format!("{folder}/dataproduct.yaml");
            (Document::parse(name, yaml.into(), None), Role::Target)
        });
        Workspace::new(documents.into(), published)
    }

    fn found(workspace: &Workspace) -> Vec<String> {
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(workspace, "2026-06-30"), &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.pointer).collect()
    }

    #[test]
    fn an_upstream_without_a_contract_is_looked_up_too() {
        let known = workspace("{product: a, port: o}", Some(Published::default()));
        assert!(found(&known).is_empty());
        assert_eq!(Mesh::new(&known, "").links[0].contract_id, "c");
        let unknown = workspace("{product: a, port: x}", Some(Published::default()));
        assert_eq!(found(&unknown), ["/inputPorts/0/customProperties/0/value"]);
        let unverified = workspace("{product: z}", None);
        assert!(found(&unverified).is_empty());
        assert_eq!(Mesh::new(&unverified, "").unverified(), 1);
        assert!(
            Mesh::missing_contracts(&unverified)
                .iter()
                .all(|id| id == "c")
        );
    }
}
