use mesh_diagnostics::{Change, Level, Safety};
use mesh_spec::workspace::{ContractRef, Lookup, ProductRef, parse_version};

use crate::example::{Example, Excerpt};
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "port-contract-version-mismatch",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: Some(Safety::Unsafe),
    summary: "An output port has the version of its contract.",
    docs: "\
Consumers name a contract by id and version, and find it through the output port that carries both.
If port and contract disagree, a consumer who asks for the version of either finds only half of what
they need.

mesh compares `version` of each output port with the versions of the contracts that have the port's
`contractId`, a leading `v` aside; a contract without a version fits no port that names one. Set the
port to the version of the contract; if the data has changed, raise the contract first.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    description: One row per confirmed order.
    version: 1.1.0
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
        let (Some(id), Some(version)) = (
            output.model.contract_id.as_deref(),
            output.model.version.as_deref(),
        ) else {
            continue;
        };
        let Lookup::OtherVersions(contracts) = product.find_contract(id, Some(version)) else {
            continue;
        };
        let Some(nearest) = contracts.first() else {
            continue;
        };
        let port = words::output_port(output.model.name.as_deref(), output.index);
        let versions: Vec<&str> = contracts.iter().filter_map(version_of).collect();
        let own = versions
            .iter()
            .copied()
            .find(|own| parse_version(own).is_some());
        let message = if versions.is_empty() {
            format!("{port} is of version {version}, but its contract `{id}` has no version")
        } else {
            let versions = words::listed(versions);
            format!(
                "{port} is of version {version}, but its contract `{id}` is of version {versions}"
            )
        };
        let help = match (own, parse_version(version)) {
            (Some(own), Some(_)) => {
                format!("write `version: {own}`, or raise the contract to {version}")
            }
            (Some(own), None) => format!("write `version: {own}`"),
            (None, _) => format!("write `version: {version}` in the contract"),
        };
        let pointer = format!("{}/version", output.pointer());
        let finding = findings
            .at(product.document, pointer.as_str(), message)
            .help(help)
            .see(nearest.document, "/version", "the version of the contract");
        if let Some(own) = own {
            let title = format!("set the version of the port to {own}, that of its contract");
            let changes = vec![Change::set(pointer, own)];
            finding.fix(product.document, Safety::Unsafe, title, changes);
        }
    }
}

fn version_of<'w>(contract: &ContractRef<'w>) -> Option<&'w str> {
    let version = contract.model.version.as_deref()?;
    (!version.trim().is_empty()).then_some(version)
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(port: &str, contract: &str) -> Vec<String> {
        let product = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: p\noutputPorts: [{{name: o, contractId: c, {port}}}]\n"
        );
        let contract = format!("apiVersion: v3.2.0\nkind: DataContract\nid: c\n{contract}\n");
        let documents = vec![
            (
                Document::parse("a/dataproduct.yaml", product.into(), None),
                Role::Target,
            ),
            (
                Document::parse("a/c.odcs.yaml", contract.into(), None),
                Role::Target,
            ),
        ];
        let workspace = Workspace::new(documents, None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for product in workspace.products() {
            check(product, &mut findings);
        }
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn a_port_whose_version_no_contract_has_is_always_reported() {
        for (port, contract) in [
            ("version: 1.0.0", "version: 2.0.0"),
            ("version: 1.0.0", "version: spring"),
            ("version: 1.0.0", "version: TODO"),
            ("version: spring", "version: 1.0.0"),
            ("version: 1.0.0", "version:"),
            ("version: 1.0.0", "version: ''"),
            ("version: 1.0.0", "name: without"),
        ] {
            assert_eq!(found(port, contract).len(), 1, "{port}, {contract}");
        }
        assert_eq!(
            found("version: v1.0.0", "version: 1.0.0"),
            Vec::<String>::new()
        );
        assert!(found("version: 1.0.0", "name: without")[0].ends_with("has no version"));
    }
}
