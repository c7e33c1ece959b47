use mesh_diagnostics::Level;
use mesh_spec::workspace::{Lookup, parse_version, same_version};

use super::CONSUMER_CONTRACT;
use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::facts::{withdrawn, words};
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "input-version-missing",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "Every input port asks for a version that exists.",
    docs: "\
The contract is known, but not in the version that the input port names. What the product was built
on was never promised, or is promised no longer.

mesh compares the port's `version` with the versions in the workspace and in the registry, a leading
`v` aside. Name one of those that exist. Without a registry nothing is reported, since the version
may have been published elsewhere.",
    fails: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 2.0.0
    contractId: commercial.orders
outputPorts:
  - name: plan
    description: One row per product and week.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 2.0.0
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
    if mesh.workspace.published().is_none() {
        return;
    }
    for link in mesh.links.iter().filter(|link| !link.is_resolved()) {
        let Some(wanted) = link.port.version.as_deref() else {
            continue;
        };
        let known = known_versions(mesh, link);
        let is_here = matches!(link.upstream, Lookup::OtherVersions(_))
            || matches!(link.contract, Lookup::OtherVersions(_));
        if known.is_empty() && !is_here
            || known.iter().any(|version| same_version(version, wanted))
            || is_placeholder(wanted)
        {
            continue;
        }
        let port = words::input_port(link);
        // What is yanked exists, and is nothing to move to.
        let is_offered = |version: &&str| withdrawn::is_offered(mesh, link.contract_id, version);
        let offered: Vec<&str> = known.iter().copied().filter(is_offered).collect();
        let is_all = offered.is_empty() || offered.len() == known.len();
        let known = if is_all { known } else { offered };
        let newest = known.last().map_or("", |version| *version);
        let help = match known.len() {
            0 => "give the contract a version, or leave out that of the port".to_owned(),
            1 if is_all => format!("the only version is {newest}: write `version: {newest}`"),
            1 => format!(
                "the only version that is not yanked is {newest}: write `version: {newest}`"
            ),
            _ => format!("choose one of the versions {}", known.join(", ")),
        };
        findings
            .at(
                link.consumer.document,
                format!("{}/version", link.pointer()),
                format!(
                    "{port} asks for version {wanted} of {}, which does not exist",
                    link.subject()
                ),
            )
            .help(help);
    }
}

/// The versions of the contract that exist anywhere, oldest first.
fn known_versions<'w>(mesh: &Mesh<'w>, link: &Link<'w>) -> Vec<&'w str> {
    let published = mesh.workspace.published().into_iter();
    let published =
        published.filter_map(|published| published.contract_versions.get(link.contract_id));
    let mut known: Vec<&str> = published.flatten().map(String::as_str).collect();
    if let Lookup::OtherVersions(outputs) = &link.upstream {
        known.extend(
            outputs
                .iter()
                .filter_map(|output| output.model.version.as_deref()),
        );
    }
    if let Lookup::OtherVersions(contracts) = &link.contract {
        known.extend(
            contracts
                .iter()
                .filter_map(|contract| contract.model.version.as_deref()),
        );
    }
    known.sort_by_key(|version| (parse_version(version), *version));
    known.dedup_by(|a, b| same_version(a, b));
    known
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Offer, Published, Role, Workspace};

    use super::*;

    /// The help for a port that asks for a version that there is none of.
    fn help(offers: &[(&str, bool)]) -> Option<String> {
        let consumer = "apiVersion: v1.1.0\nkind: DataProduct\nid: d.b\ninputPorts:\n  - {name: i, contractId: c, version: 9.0.0}\n";
        let document = Document::parse("dataproduct.yaml", consumer.into(), None);
        let versions = offers.iter().map(|(version, _)| (*version).to_owned());
        let offer = |(version, yanked): &(&str, bool)| Offer {
            version: (*version).to_owned(),
            contract_version: Some((*version).to_owned()),
            yanked: yanked.then(String::new),
            ..Offer::default()
        };
        let published = Published {
            contract_versions: [("c".to_owned(), versions.collect())].into(),
            offers: [("c".to_owned(), offers.iter().map(offer).collect())].into(),
            ..Published::default()
        };
        let workspace = Workspace::new(vec![(document, Role::Target)], Some(published));
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        findings.into_inner().pop()?.help
    }

    #[test]
    fn what_is_yanked_is_nothing_to_move_to() {
        for (offers, expected) in [
            (
                &[("1.0.0", false), ("1.1.0", false)][..],
                "choose one of the versions 1.0.0, 1.1.0",
            ),
            (
                &[("1.0.0", true), ("1.1.0", false)],
                "the only version that is not yanked is 1.1.0: write `version: 1.1.0`",
            ),
            (
                &[("1.0.0", true), ("1.1.0", false), ("1.2.0", false)],
                "choose one of the versions 1.1.0, 1.2.0",
            ),
            // There is nothing else, and it is for another rule to say that.
            (
                &[("1.0.0", true)],
                "the only version is 1.0.0: write `version: 1.0.0`",
            ),
        ] {
            assert_eq!(help(offers).as_deref(), Some(expected), "{offers:?}");
        }
    }
}
