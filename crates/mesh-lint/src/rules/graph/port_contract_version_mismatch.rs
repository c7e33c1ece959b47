use mesh_diagnostics::Level;
use mesh_spec::workspace::{Lookup, ProductRef, parse_version};

use crate::example::{Example, Excerpt};
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "port-contract-version-mismatch",
    group: Group::Graph,
    level: Level::Error,
    summary: "An output port has the version of its contract.",
    docs: "\
Consumers name a contract by id and version, and find it through the output port that carries both.
If port and contract disagree, a consumer who asks for the version of either finds only half of what
they need.

mesh compares `version` of each output port with the versions of the contracts that have the port's
`contractId`, a leading `v` aside. Set the port to the version of the contract; if the data has
changed, raise the contract first.",
    fails: Example::files(&[Excerpt::product(
        "\
outputPorts:
  - name: orders
    version: 1.1.0
    contractId: commercial.orders
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
        let (Some(id), Some(version)) = (
            output.model.contract_id.as_deref(),
            output.model.version.as_deref(),
        ) else {
            continue;
        };
        let Lookup::OtherVersions(contracts) = product.find_contract(id, Some(version)) else {
            continue;
        };
        // What is no version at all is reported as such.
        let contracts: Vec<_> = contracts
            .into_iter()
            .filter_map(|contract| {
                let version = contract.model.version.as_deref()?;
                parse_version(version).map(|_| (contract, version))
            })
            .collect();
        let (Some((nearest, own)), Some(_)) = (contracts.first(), parse_version(version)) else {
            continue;
        };
        let port = words::output_port(output.model.name.as_deref(), output.index);
        let versions = words::listed(contracts.iter().map(|(_, version)| *version));
        findings
            .at(
                product.document,
                format!("{}/version", output.pointer()),
                format!("{port} is of version {version}, but its contract `{id}` is of version {versions}"),
            )
            .help(format!("write `version: {own}`, or raise the contract to {version}"))
            .see(nearest.document, "/version", "the version of the contract");
    }
}
