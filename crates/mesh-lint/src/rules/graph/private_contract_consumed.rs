use std::collections::HashMap;

use mesh_diagnostics::Level;
use mesh_spec::workspace::{Lookup, ProductRef, Workspace};

use crate::example::{Example, Excerpt};
use crate::facts::words;
use crate::findings::Findings;
use crate::mesh::{Mesh, names_upstream};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "private-contract-consumed",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "What is consumed is offered by an output port.",
    docs: "\
A contract that lies in a product's folder but that none of its output ports offers describes
something internal: a staging table, a draft. Whoever consumes it has gone round the product, and
its team will change it without asking.

mesh looks at input ports whose contract exists, lies in the folder of another product, and is
offered by no output port in the workspace. A contract that lies in the consumer's own folder, or
outside of all products, describes a source outside the mesh, and is fine. Consume what the product
offers, or ask its team to offer this.",
    fails: Example::files(&[
        STAGING,
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders-staging
outputPorts:
  - name: plan
    description: One row per month.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders-staging
        version: 1.0.0
",
        ),
        super::CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[STAGING, super::CONSUMER, super::CONSUMER_CONTRACT]),
    check: Check::Mesh(check),
};

/// A contract in the folder of the base product that none of its ports offers.
const STAGING: Excerpt = Excerpt::new(
    "orders/orders-staging.odcs.yaml",
    "\
id: commercial.orders-staging
name: Orders before they are checked
",
);

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut by_folder = None;
    for link in &mesh.links {
        let (Lookup::Found(contract), Lookup::Unknown) = (&link.contract, &link.upstream) else {
            continue;
        };
        if names_upstream(link.port) || is_offered(mesh.workspace, link.contract_id) {
            continue;
        }
        let by_folder = by_folder.get_or_insert_with(|| by_folder_of(mesh.workspace));
        let Some(owner) = owner(by_folder, contract.document.folder()) else {
            continue;
        };
        // Products may share a folder.
        if owner.document.folder() == link.consumer.document.folder() {
            continue;
        }
        let offered = owner.output_ports();
        let offered: Vec<&str> = offered
            .filter_map(|port| port.model.contract_id.as_deref())
            .collect();
        let help = if offered.is_empty() {
            "ask its team to offer what you need through an output port".to_owned()
        } else {
            format!(
                "consume what it offers ({}), or ask its team to offer this",
                words::listed(offered)
            )
        };
        findings
            .at(
                link.consumer.document,
                link.source_pointer(),
                format!(
                    "{} relies on `{}`, which is internal to the data product `{}`",
                    words::input_port(link),
                    link.contract_id,
                    owner.label()
                ),
            )
            .help(help)
            .see(
                contract.document,
                "/id",
                "no output port offers this contract",
            );
    }
}

/// Whether an output port offers a contract, be it one of the consumer itself: then that is a cycle.
fn is_offered(workspace: &Workspace, id: &str) -> bool {
    workspace.ports_promising(id).next().is_some()
}

/// The products by their folders, but for one that has the whole workspace for its folder.
fn by_folder_of(workspace: &Workspace) -> HashMap<&str, ProductRef<'_>> {
    let products = workspace.products();
    products
        .map(|product| (product.document.folder(), product))
        .filter(|(folder, _)| !folder.is_empty())
        .collect()
}

/// The product in whose folder a contract lies: the innermost.
fn owner<'w>(
    by_folder: &HashMap<&str, ProductRef<'w>>,
    mut folder: &str,
) -> Option<ProductRef<'w>> {
    loop {
        if let Some(product) = by_folder.get(folder) {
            return Some(*product);
        }
        (folder, _) = folder.rsplit_once('/')?;
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::Role;

    use super::*;

    fn found(contract_path: &str) -> usize {
        let consumer = "apiVersion: v1.1.0\nkind: DataProduct\nid: b\ninputPorts: [{name: i, contractId: c}]\n";
        let provider = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\noutputPorts: [{name: o, contractId: d}]\n";
        let contract = "apiVersion: v3.2.0\nkind: DataContract\nid: c\n";
        let documents = [
            ("mesh/a/dataproduct.yaml", provider),
            ("mesh/b/dataproduct.yaml", consumer),
            (contract_path, contract),
        ];
        let documents =
            documents.map(|(name, yaml)| (Document::parse(name, yaml.into(), None), Role::Target));
        let workspace = Workspace::new(documents.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        findings.into_inner().len()
    }

    #[test]
    fn whose_a_contract_is_shows_where_it_lies() {
        for (path, expected) in [
            ("mesh/a/contracts/c.odcs.yaml", 1),
            ("mesh/a/c.odcs.yaml", 1),
            ("mesh/b/contracts/c.odcs.yaml", 0),
            ("mesh/shared/c.odcs.yaml", 0),
            ("mesh/ab/c.odcs.yaml", 0),
            ("c.odcs.yaml", 0),
        ] {
            assert_eq!(found(path), expected, "{path}");
        }
    }
}
