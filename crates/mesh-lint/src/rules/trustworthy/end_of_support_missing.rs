use mesh_diagnostics::Level;
use mesh_spec::model::CustomProperty;
use mesh_spec::terms::promise::Promise;
use mesh_spec::terms::status;
use mesh_spec::workspace::{ContractRef, OutputPortRef, ProductRef};

use crate::example::{Example, Excerpt};
use crate::facts::{is_sound, words};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "end-of-support-missing",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "What is deprecated says until when it can be used.",
    docs: "\
\"Deprecated\" without a date is heard as \"some day\", and nobody plans a move for some day. With a
date, consumers can put it in their own calendars, and their teams can say in time if it is too
early.

mesh looks at contracts whose `status` is `deprecated`, and at the contracts behind deprecated
products and output ports (`status: deprecated`, `deprecated: true`). Their `slaProperties` need an
`endOfSupport` or an `endOfLife`. ODPS has no key for such a date; a custom property of that name on
the product or the port will do as well.",
    fails: Example::files(&[Excerpt::contract(
        "\
status: deprecated
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: y
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
status: deprecated
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: y
  - property: endOfSupport
    value: 2027-03-31
",
    )]),
    check: Check::Mesh(check),
};

const HELP: &str = "add `{property: endOfSupport, value: YYYY-MM-DD}` to `slaProperties`";

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for product in mesh.workspace.products() {
        check_product(product, findings);
    }
    for contract in mesh.workspace.contracts() {
        if is_deprecated_without_end(contract) && !is_settled_by_port(mesh, contract) {
            findings
                .at(
                    contract.document,
                    "/status",
                    "the data contract is deprecated, but does not say until when it holds",
                )
                .help(HELP);
        }
    }
}

fn check_product(product: ProductRef<'_>, findings: &mut Findings<'_>) {
    if has_end(&product.model.custom_properties) {
        return;
    }
    let Some(pointer) = deprecation(product) else {
        // The product goes on; single ports of it may not.
        for port in product.output_ports() {
            if port.model.deprecated == Some(true) && is_open_ended(port) {
                let name = words::output_port(port.model.name.as_deref(), port.index);
                let message =
                    format!("{name} is deprecated, but nothing says until when it is there");
                report(
                    port,
                    &format!("{}/deprecated", port.pointer()),
                    message,
                    findings,
                );
            }
        }
        return;
    };
    let mut open = product.output_ports().filter(|port| is_open_ended(*port));
    if let Some(first) = open.next() {
        let names = open.filter_map(|port| port.model.name.as_deref());
        let names = words::listed(first.model.name.as_deref().into_iter().chain(names));
        let message = format!(
            "the data product is deprecated, but nothing says until when its output ports are \
             there: {names}"
        );
        report(first, pointer, message, findings);
    }
}

/// Reports a port, or the product it belongs to, whose contract lacks the date.
fn report(port: OutputPortRef<'_>, pointer: &str, message: String, findings: &mut Findings<'_>) {
    let contract = port.contract();
    let id = port.model.contract_id.as_deref().unwrap_or_default();
    let finding = findings
        .at(port.product.document, pointer, message)
        .help(format!("{HELP} of `{id}`"));
    if let Some(contract) = contract {
        finding.see(contract.document, "/slaProperties", "the date belongs here");
    }
}

/// Where a product says that it is deprecated, if it does.
fn deprecation(product: ProductRef<'_>) -> Option<&'static str> {
    if status::is(product.model.status.as_deref(), "deprecated") {
        return Some("/status");
    }
    (product.model.deprecated == Some(true)).then_some("/deprecated")
}

/// Whether it is known that nothing says until when a port is there. What a deprecated contract
/// lacks is reported at the contract.
fn is_open_ended(port: OutputPortRef<'_>) -> bool {
    !has_end(&port.model.custom_properties)
        && port.contract().is_some_and(|contract| {
            !Promise::End.is_in(contract.model)
                && is_sound(contract.document, "/slaProperties")
                && !status::is(contract.model.status.as_deref(), "deprecated")
        })
}

fn is_deprecated_without_end(contract: ContractRef<'_>) -> bool {
    status::is(contract.model.status.as_deref(), "deprecated")
        && !Promise::End.is_in(contract.model)
        && !has_end(&contract.model.custom_properties)
        && is_sound(contract.document, "/slaProperties")
}

/// Whether a port that promises the contract says until when, itself or through its product.
fn is_settled_by_port(mesh: &Mesh<'_>, contract: ContractRef<'_>) -> bool {
    let id = contract.model.id.as_deref().unwrap_or_default();
    mesh.workspace.ports_promising(id).any(|port| {
        let is_dated = has_end(&port.model.custom_properties)
            || has_end(&port.product.model.custom_properties);
        is_dated && port.contract() == Some(contract)
    })
}

fn has_end(properties: &[CustomProperty]) -> bool {
    properties.iter().any(|property| {
        let name = property.property.as_deref();
        name.is_some_and(|name| Promise::End.is_called(name))
    })
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    /// File and pointer of every finding for a product and its contract.
    fn found(product: &str, port: &str, contract: &str) -> Vec<(String, String)> {
        let product = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: p\n{product}outputPorts: [{{name: o, version: 1.0.0, contractId: c{port}}}]\n"
        );
        let contract =
            format!("apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n{contract}");
        let documents = [("dataproduct.yaml", product), ("c.odcs.yaml", contract)]
            .map(|(name, text)| (Document::parse(name, text.into(), None), Role::Target));
        let workspace = Workspace::new(documents.into(), None);
        let mesh = Mesh::new(&workspace, "2026-06-30");
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&mesh, &mut findings);
        let place =
            |found: mesh_diagnostics::Diagnostic| (found.source.name().to_owned(), found.pointer);
        findings.into_inner().into_iter().map(place).collect()
    }

    #[test]
    fn one_cause_is_one_finding() {
        let at = |file: &str, pointer: &str| vec![(file.to_owned(), pointer.to_owned())];
        let product = |pointer: &str| at("dataproduct.yaml", pointer);
        let deprecated = "status: deprecated\n";
        let dated = "slaProperties: [{property: endOfLife, value: 2027-01-01}]\n";
        let custom = "customProperties: [{property: endOfSupport, value: 2027-01-01}]\n";
        let flag = ", deprecated: true";
        for (of_product, of_port, of_contract, expected) in [
            ("", "", "", vec![]),
            (deprecated, "", "", product("/status")),
            ("deprecated: true\n", flag, "", product("/deprecated")),
            ("", flag, "", product("/outputPorts/0/deprecated")),
            ("", flag, dated, vec![]),
            (custom, flag, "", vec![]),
            (deprecated, "", dated, vec![]),
            ("", "", deprecated, at("c.odcs.yaml", "/status")),
            (deprecated, flag, deprecated, at("c.odcs.yaml", "/status")),
            (custom, "", deprecated, vec![]),
        ] {
            let found = found(of_product, of_port, of_contract);
            assert_eq!(found, expected, "{of_product}{of_port}{of_contract}");
        }
    }

    #[test]
    fn an_unknown_contract_is_left_to_other_rules() {
        let found = found("status: deprecated\n", "x", "");
        assert_eq!(found, vec![]);
    }
}
