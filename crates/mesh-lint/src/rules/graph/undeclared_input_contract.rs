use std::collections::HashMap;

use mesh_diagnostics::Level;
use mesh_spec::workspace::{Lookup, ProductRef, same_version};

use crate::example::{Example, Excerpt};
use crate::facts::is_sound;
use crate::facts::placeholder::is_placeholder;
use crate::facts::words::{self, Suggestions};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "undeclared-input-contract",
    group: Group::Graph,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "An output port is made from declared inputs only.",
    docs: "\
An output port that says in `inputContracts` that it is made from a contract, which no input port
names, draws on something that the product does not admit to reading. Lineage then ends in the air,
and the provider is not told that anyone depends on it.

mesh compares each of the `inputContracts`, by id and, where both say one, by version, with the
input ports of the product. A port that names its source by the custom property `upstream` counts
with the contract of that source, and a port may be made from another output port of the same
product. Add the input port, or correct the entry.",
    fails: Example::files(&[
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
    description: One row per month.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
      - id: commercial.prices
        version: 1.0.0
",
        ),
        super::CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[super::CONSUMER, super::CONSUMER_CONTRACT]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    let mut ports = product.model.output_ports.iter();
    if ports.all(|port| port.input_contracts.is_empty()) {
        return;
    }
    // A port that the schema objects to may be the one that is missed.
    if !is_sound(product.document, "/inputPorts") {
        return;
    }
    let mut declared: HashMap<&str, Vec<Option<&str>>> = HashMap::new();
    let mut in_order = Vec::new();
    for (id, version) in self::declared(product) {
        declared.entry(id).or_default().push(version);
        in_order.push(id);
    }
    let mut suggestions = Suggestions::new(in_order);
    let mut offered: HashMap<&str, Vec<usize>> = HashMap::new();
    for output in product.output_ports() {
        if let Some(id) = output.model.contract_id.as_deref() {
            offered.entry(id).or_default().push(output.index);
        }
    }
    for output in product.output_ports() {
        for (index, input) in output.model.input_contracts.iter().enumerate() {
            let Some(id) = input.id.as_deref() else {
                continue;
            };
            let own = offered
                .get(id)
                .is_some_and(|ports| ports.len() > 1 || ports[0] != output.index);
            if own || id.trim().is_empty() || is_placeholder(id) {
                continue;
            }
            let versions = declared.get(id).map(Vec::as_slice).unwrap_or_default();
            let is_declared = versions
                .iter()
                .any(|version| match (version, &input.version) {
                    (Some(own), Some(wanted)) => same_version(own, wanted),
                    _ => true,
                });
            if is_declared {
                continue;
            }
            let port = words::output_port(output.model.name.as_deref(), output.index);
            let entry = format!("{}/inputContracts/{index}", output.pointer());
            if let (Some(Some(version)), Some(wanted)) = (versions.first(), &input.version) {
                findings
                    .at(
                        product.document,
                        format!("{entry}/version"),
                        format!(
                            "{port} is made from version {wanted} of `{id}`, but the input port is \
                             of version {version}"
                        ),
                    )
                    .help(format!(
                        "write `version: {version}`, or raise the input port"
                    ));
                continue;
            }
            let help = match suggestions.nearest(id) {
                Some(other) => format!("did you mean `{other}`?"),
                None => format!("add an input port with `contractId: {id}`, or remove the entry"),
            };
            findings
                .at(
                    product.document,
                    format!("{entry}/id"),
                    format!("{port} is made from `{id}`, which no input port declares"),
                )
                .help(help);
        }
    }
}

/// The contracts that the input ports name, each with its version if it has one.
fn declared(product: ProductRef<'_>) -> Vec<(&str, Option<&str>)> {
    let ports = product.model.input_ports.iter();
    ports
        .flat_map(|port| {
            let upstream = match product.workspace.find_upstream(product, port) {
                Lookup::Found(output) => output.model.contract_id.as_deref(),
                _ => None,
            };
            let named = port.contract_id.as_deref();
            let upstream = upstream.filter(|id| named != Some(id));
            let ids = named.into_iter().chain(upstream);
            ids.map(|id| (id, port.version.as_deref()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(inputs: &str, contracts: &str) -> Vec<String> {
        let yaml = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: p\ninputPorts: [{inputs}]\noutputPorts:\n\
             - {{name: a, contractId: own}}\n- {{name: b, contractId: other, inputContracts: [{contracts}]}}\n"
        );
        let document = Document::parse("dataproduct.yaml", yaml.into_bytes(), None);
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
    fn an_input_is_declared_by_id_and_version() {
        let input = "{name: i, contractId: c, version: 1.0.0}";
        for (contracts, expected) in [
            ("{id: c, version: 1.0.0}", None),
            ("{id: c, version: v1.0.0}", None),
            ("{id: c}", None),
            ("{id: own, version: 1.0.0}", None),
            ("{id: TODO, version: 1.0.0}", None),
            (
                "{id: c, version: 2.0.0}",
                Some("/outputPorts/1/inputContracts/0/version"),
            ),
            (
                "{id: d, version: 1.0.0}",
                Some("/outputPorts/1/inputContracts/0/id"),
            ),
        ] {
            let expected: Vec<&str> = expected.into_iter().collect();
            assert_eq!(found(input, contracts), expected, "{contracts}");
        }
        // The schema objects to the port.
        assert!(found("{nmae: i, contractId: 7}", "{id: d}").is_empty());
    }
}
