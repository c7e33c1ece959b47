use mesh_diagnostics::Level;
use mesh_spec::model::odps::InputPort;
use mesh_spec::workspace::ProductRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "lineage-missing",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Every output port of a product with inputs says which of them it is made from.",
    docs: "\
When an input breaks, somebody has to know which outputs to distrust, and before it changes, whom to
ask. The list of inputs alone leaves every output under suspicion.

mesh looks at products that have input ports with contracts. Each of their output ports needs
`inputContracts` with the `id` and `version` of the contracts it is made from. Other rules then
compare just those: a fresh output no longer seems to depend on a slow input that it does not use.",
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
    customProperties:
      - property: purpose
        vendor: mesh
        value: Known demand for the coming weeks.
outputPorts:
  - name: plan
    description: What to make in which week.
    version: 1.0.0
    contractId: supply-chain.plan
",
        ),
        Excerpt::new("planning/plan.odcs.yaml", "id: supply-chain.plan\n"),
    ]),
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
    customProperties:
      - property: purpose
        vendor: mesh
        value: Known demand for the coming weeks.
outputPorts:
  - name: plan
    description: What to make in which week.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
",
        ),
        Excerpt::new("planning/plan.odcs.yaml", "id: supply-chain.plan\n"),
    ]),
    check: Check::Product(check),
};

fn check(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    let inputs = &product.model.input_ports;
    let Some(input) = inputs.iter().find(|port| port.contract_id.is_some()) else {
        return;
    };
    let ports = &product.model.output_ports;
    let bare: Vec<_> = ports
        .iter()
        .enumerate()
        .filter(|(_, port)| port.input_contracts.is_empty())
        .map(|(index, port)| (format!("/outputPorts/{index}/inputContracts"), index, port))
        .filter(|(pointer, ..)| is_missing(product.document, pointer))
        .collect();
    let Some((pointer, index, first)) = bare.first() else {
        return;
    };
    let message = if bare.len() == 1 {
        let port = words::output_port(first.name.as_deref(), *index);
        format!("{port} does not say which inputs it is made from")
    } else {
        let names = bare.iter().filter_map(|(.., port)| port.name.as_deref());
        format!(
            "{} of {} output ports do not say which inputs they are made from: {}",
            bare.len(),
            ports.len(),
            words::listed(names)
        )
    };
    findings
        .at(product.document, pointer.as_str(), message)
        .help(format!(
            "add `inputContracts:` with the contracts it is made from, such as `{}`",
            entry(input)
        ));
}

/// An input as an output port lists it.
fn entry(input: &InputPort) -> String {
    let id = input.contract_id.as_deref().unwrap_or_default();
    let version = input.version.as_deref().unwrap_or("…");
    format!("{{id: {id}, version: {version}}}")
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    fn found(ports: &str) -> Vec<String> {
        let text = format!("apiVersion: v1.1.0\nkind: DataProduct\nid: p\n{ports}");
        let document = Document::parse("dataproduct.yaml", text.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for product in workspace.products() {
            check(product, &mut findings);
        }
        let message = |found: mesh_diagnostics::Diagnostic| found.message;
        findings.into_inner().into_iter().map(message).collect()
    }

    #[test]
    fn only_what_could_be_listed_is_missed() {
        let input = "inputPorts: [{name: i, contractId: x}]\n";
        let nameless = "inputPorts: [{name: i}]\n";
        let output = "outputPorts: [{name: a, contractId: c}]\n";
        let listed =
            "outputPorts: [{name: a, contractId: c, inputContracts: [{id: x, version: 1.0.0}]}]\n";
        let misspelt = "outputPorts: [{name: a, contractId: c, inputContract: []}]\n";
        assert_eq!(found(&format!("{input}{output}")).len(), 1);
        for silent in [
            output.to_owned(),
            format!("{nameless}{output}"),
            format!("{input}{listed}"),
            format!("{input}{misspelt}"),
        ] {
            assert_eq!(found(&silent), Vec::<String>::new(), "{silent}");
        }
    }

    #[test]
    fn a_product_is_reported_once() {
        let text = "inputPorts: [{name: i, contractId: x}]\noutputPorts: [{name: a}, {name: b}, {name: c, inputContracts: [{id: x, version: 1.0.0}]}]\n";
        assert_eq!(
            found(text),
            ["2 of 3 output ports do not say which inputs they are made from: a, b"]
        );
    }
}
