use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::model::mesh::{self, MeshProperty, Purpose, VENDOR};
use mesh_spec::model::{CustomProperties, CustomProperty};

use crate::example::{Example, Excerpt};
use crate::facts::{is_sound, words};
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "purpose-undeclared",
    group: Group::Graph,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Data of another domain is consumed for a stated purpose.",
    docs: "\
Within a domain people know what their neighbours do. Across domains the provider grants access for
something, and has to be able to see later whether it is still for that; for personal data the law
asks so.

mesh looks at input ports that draw on a product of another `domain`. State what the data is used
for in a custom property `purpose` of the input port, of the vendor `mesh` or of none. ODPS v0.9.0
has no custom properties on ports, so products of that version are left alone.",
    fails: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
domain: supply-chain
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
",
        ),
        super::CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
domain: supply-chain
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
    customProperties:
      - property: purpose
        vendor: mesh
        value: Demand per month, to plan deliveries.
outputPorts:
  - name: plan
    description: One row per month.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
",
        ),
        super::CONSUMER_CONTRACT,
    ]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for link in &mesh.links {
        let Some(upstream) = link.upstream() else {
            continue;
        };
        let domains = (
            named(link.consumer.model.domain.as_deref()),
            named(upstream.product.model.domain.as_deref()),
        );
        let (Some(own), Some(other)) = domains else {
            continue;
        };
        if own.eq_ignore_ascii_case(other)
            || !has_place_for_purpose(link.consumer.document)
            || states_purpose(&link.port.custom_properties)
            || !is_readable(link)
        {
            continue;
        }
        findings
            .at(
                link.consumer.document,
                link.pointer(),
                format!(
                    "{} consumes data of the domain `{other}` without saying what for",
                    words::input_port(link)
                ),
            )
            .help("add `customProperties:` to the input port, with the property `purpose` of the vendor `mesh`");
    }
}

fn named(domain: Option<&str>) -> Option<&str> {
    domain.map(str::trim).filter(|domain| !domain.is_empty())
}

fn has_place_for_purpose(document: &Document) -> bool {
    let version = document.api_version.map(|version| version.to_string());
    !version.is_some_and(|version| version.starts_with("v0."))
}

fn states_purpose(properties: &[CustomProperty]) -> bool {
    [Some(VENDOR), None].into_iter().any(|vendor| {
        let stated = properties.custom(vendor, Purpose::NAME);
        stated.is_some_and(|value| match value.as_str() {
            Some(text) => !text.trim().is_empty(),
            None => !value.is_null(),
        })
    })
}

/// Whether nothing else is wrong with the properties, of which one may be the misspelt purpose.
fn is_readable(link: &Link<'_>) -> bool {
    let at = format!("{}/customProperties", link.pointer());
    is_sound(link.consumer.document, &at) && mesh::mistakes(&link.port.custom_properties).is_empty()
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(version: &str, domain: &str, port: &str) -> usize {
        let consumer = format!(
            "apiVersion: {version}\nkind: DataProduct\nid: b\nstatus: active\n{domain}inputPorts: [{{name: i, version: 1.0.0, contractId: c{port}}}]\n"
        );
        let provider = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\ndomain: sales\noutputPorts: [{name: o, version: 1.0.0, contractId: c}]\n".to_owned();
        let documents = [("a", provider), ("b", consumer)].map(|(folder, yaml)| {
            let name = format!("{folder}/dataproduct.yaml");
            (Document::parse(name, yaml.into_bytes(), None), Role::Target)
        });
        let workspace = Workspace::new(documents.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        findings.into_inner().len()
    }

    #[test]
    fn a_purpose_is_asked_for_between_domains_that_are_known() {
        let other = "domain: finance\n";
        let purpose = |value: &str| format!(", customProperties: [{{property: {value}}}]");
        for (version, domain, port, expected) in [
            ("v1.1.0", other, String::new(), 1),
            ("v1.1.0", "domain: Sales\n", String::new(), 0),
            ("v1.1.0", "", String::new(), 0),
            ("v0.9.0", other, String::new(), 0),
            ("v1.1.0", other, purpose("purpose, value: Reporting"), 0),
            (
                "v1.1.0",
                other,
                purpose("purpose, vendor: mesh, value: Reporting"),
                0,
            ),
            (
                "v1.0.0",
                other,
                purpose("mesh.purpose, value: Reporting"),
                0,
            ),
            ("v1.1.0", other, purpose("purpose, value: ''"), 1),
            ("v1.1.0", other, purpose("owner, value: Ada"), 1),
            // The misspelt property is a finding of its own.
            (
                "v1.1.0",
                other,
                purpose("purpos, vendor: mesh, value: Reporting"),
                0,
            ),
        ] {
            assert_eq!(
                found(version, domain, &port),
                expected,
                "{version} {domain} {port}"
            );
        }
    }
}
