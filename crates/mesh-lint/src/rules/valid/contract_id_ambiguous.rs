use std::cmp::Reverse;
use std::collections::BTreeMap;

use mesh_diagnostics::Level;
use mesh_spec::workspace::{ContractRef, Role, bare_version};

use crate::example::{Example, Excerpt};
use crate::facts::placeholder::is_placeholder;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "contract-id-ambiguous",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No two contracts share an id and a version.",
    docs: "\
A port names its contract by id and version. If two files claim the same pair and say different
things, it depends on where the reader stands which of them holds, and each team may believe in its
own.

mesh compares all contracts of the workspace, a leading `v` of the version aside. Files with the
very same text are copies of one contract and are left alone. Raise the version of the one that
changed, or give it an id of its own.",
    fails: Example::files(&[Excerpt::new(
        "orders/orders-old.odcs.yaml",
        "name: Orders as they were\n",
    )]),
    passes: Example::files(&[Excerpt::new(
        "orders/orders-old.odcs.yaml",
        "name: Orders as they were\nversion: 0.9.0\n",
    )]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let mut claims: BTreeMap<(&str, Option<&str>), Vec<ContractRef<'_>>> = BTreeMap::new();
    for contract in mesh.workspace.contracts() {
        let id = contract.model.id.as_deref().unwrap_or_default();
        // What was published is an earlier state of the same contract.
        if contract.role != Role::Published && !id.trim().is_empty() && !is_placeholder(id) {
            let version = contract.model.version.as_deref().map(bare_version);
            claims.entry((id, version)).or_default().push(contract);
        }
    }
    for ((id, version), mut contracts) in claims {
        // Of two targets the later is reported; of a target and its neighbour, the target.
        contracts.sort_by_key(|contract| (Reverse(contract.role), contract.index()));
        let subject = match version {
            Some(version) => format!("version {version} of the contract `{id}`"),
            None => format!("the contract `{id}`"),
        };
        let first = contracts[0];
        for contract in &contracts[1..] {
            if contract.document.source.text() == first.document.source.text() {
                continue;
            }
            findings
                .at(
                    contract.document,
                    "/id",
                    format!("another file already says what {subject} is, and says it differently"),
                )
                .help("raise the version of the one that changed, or give it an id of its own")
                .see(first.document, "/id", "the same id and version");
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::Workspace;

    use super::*;

    fn found(contracts: &[(&str, Role)]) -> Vec<String> {
        let documents = contracts.iter().enumerate().map(|(index, (yaml, role))| {
            let text = format!("apiVersion: v3.2.0\nkind: DataContract\nid: c\n{yaml}\n");
            let name = format!("{index}.odcs.yaml");
            (Document::parse(name, text.into_bytes(), None), *role)
        });
        let workspace = Workspace::new(documents.collect(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|d| d.source.name().to_owned()).collect()
    }

    #[test]
    fn only_what_differs_is_ambiguous() {
        let target = |yaml| (yaml, Role::Target);
        assert_eq!(
            found(&[target("version: 1.0.0"), target("version: v1.0.0")]),
            ["1.odcs.yaml"]
        );
        assert!(found(&[target("version: 1.0.0"), target("version: 1.0.0")]).is_empty());
        assert!(found(&[target("version: 1.0.0"), target("version: 1.1.0")]).is_empty());
        assert_eq!(
            found(&[target("name: a"), target("name: b")]),
            ["1.odcs.yaml"]
        );
    }

    #[test]
    fn of_a_target_and_its_neighbour_the_target_is_reported() {
        let neighbour = ("version: 1.0.0\nname: b", Role::Neighbour);
        let published = ("version: 1.0.0\nname: c", Role::Published);
        let target = ("version: 1.0.0\nname: a", Role::Target);
        assert_eq!(found(&[target, neighbour]), ["0.odcs.yaml"]);
        assert!(found(&[target, published]).is_empty());
    }
}
