use mesh_diagnostics::Level;
use mesh_spec::document::{Content, Document};
use mesh_spec::model::Team;
use mesh_spec::terms::dates::Day;
use mesh_spec::terms::status;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

/// How many days something may be a draft.
const PATIENCE: i64 = 180;

pub(crate) static RULE: Rule = Rule {
    id: "draft-stale",
    group: Group::Trustworthy,
    level: Level::Info,
    preset: Preset::Strict,
    fix: None,
    summary: "No draft is forgotten.",
    docs: "\
Half a year is enough to make something of an idea, or to let it go. What stays a draft for longer
is in the way of everyone who searches, and looks like a promise that somebody is working on it.

mesh looks at products and contracts whose `status` is `draft` or `proposed`, and counts the days
since `productCreatedTs` or `contractCreatedTs`, or since a member last joined or left the team,
whichever is later. More than 180 are too many. Without any such date nothing is said, and the
contracts of a product that is a stale draft are not reported again. Make it `active`, set it to
`retired`, or delete it.",
    fails: Example::files(&[Excerpt::product(
        "\
status: draft
productCreatedTs: 2025-06-01T09:00:00Z
",
    )]),
    passes: Example::files(&[Excerpt::product(
        "\
status: draft
productCreatedTs: 2026-06-01T09:00:00Z
",
    )]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let Some(today) = Day::parse(mesh.as_of) else {
        return;
    };
    for product in mesh.workspace.products() {
        report(product.document, today, findings);
    }
    for contract in mesh.workspace.contracts() {
        if staleness(contract.document, today).is_some() && !is_covered(mesh, contract, today) {
            report(contract.document, today, findings);
        }
    }
}

fn report(document: &Document, today: Day, findings: &mut Findings<'_>) {
    let Some(Staleness {
        status,
        days,
        since,
    }) = staleness(document, today)
    else {
        return;
    };
    let noun = document.kind().map_or("document", |kind| kind.noun());
    findings
        .at(
            document,
            "/status",
            format!("the {noun} is still `{status}`, {days} days after {since}"),
        )
        .help("make it `active` if it is in use, or set it to `retired`, or delete it");
}

/// Whether a product that offers the contract is reported already.
fn is_covered(mesh: &Mesh<'_>, contract: ContractRef<'_>, today: Day) -> bool {
    let id = contract.model.id.as_deref().unwrap_or_default();
    mesh.workspace.ports_promising(id).any(|port| {
        staleness(port.product.document, today).is_some() && port.contract() == Some(contract)
    })
}

/// For how long nothing has happened to a draft.
struct Staleness<'d> {
    status: &'d str,
    days: i64,
    /// The last thing that happened, for a sentence.
    since: &'static str,
}

/// How long a document has been a draft for, if that is too long.
fn staleness(document: &Document, today: Day) -> Option<Staleness<'_>> {
    let (status, created, team) = match &document.content {
        Content::Product(product) => (
            product.status.as_deref(),
            product.product_created_ts.as_deref(),
            product.team.as_ref(),
        ),
        Content::Contract(contract) => (
            contract.status.as_deref(),
            contract.contract_created_ts.as_deref(),
            contract.team.as_ref(),
        ),
        Content::Other => return None,
    };
    let is_draft = |status: &&str| {
        ["draft", "proposed"]
            .iter()
            .any(|at| status::is(Some(status), at))
    };
    let status = status.filter(is_draft)?;
    let created = created.and_then(Day::parse);
    let changed = team.and_then(|team| last_change(team, today));
    let (day, since) = match (created, changed) {
        (created, Some(changed)) if created.is_none_or(|created| created < changed) => {
            (changed, "its team last changed")
        }
        (Some(created), _) => (created, "it was created"),
        (None, _) => return None,
    };
    let days = today.days_since(day);
    (days > PATIENCE).then_some(Staleness {
        status,
        days,
        since,
    })
}

/// The last day up to `today` on which a member joined or left.
fn last_change(team: &Team, today: Day) -> Option<Day> {
    team.members
        .iter()
        .flat_map(|member| [&member.date_in, &member.date_out])
        .filter_map(|date| Day::parse(date.as_deref()?))
        .filter(|day| *day <= today)
        .max()
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    fn found(documents: &[(&str, &str)]) -> Vec<(String, String)> {
        let parse = |(name, text): &(&str, &str)| {
            let head = if name.ends_with("odcs.yaml") {
                "apiVersion: v3.2.0\nkind: DataContract\nversion: 1.0.0\n"
            } else {
                "apiVersion: v1.1.0\nkind: DataProduct\nid: p\n"
            };
            let text = format!("{head}{text}");
            (Document::parse(*name, text.into(), None), Role::Target)
        };
        let workspace = Workspace::new(documents.iter().map(parse).collect(), None);
        let mesh = Mesh::new(&workspace, "2026-06-30");
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&mesh, &mut findings);
        let line =
            |found: mesh_diagnostics::Diagnostic| (found.source.name().to_owned(), found.message);
        findings.into_inner().into_iter().map(line).collect()
    }

    #[test]
    fn the_latest_date_up_to_today_counts() {
        for (yaml, expected) in [
            (
                "status: draft\nproductCreatedTs: 2026-01-01T00:00:00Z\n",
                None,
            ),
            (
                "status: draft\nproductCreatedTs: 2025-12-31T00:00:00Z\n",
                Some("181 days after it was created"),
            ),
            (
                "status: Proposed\nproductCreatedTs: 2025-06-30\n",
                Some("365 days after it was created"),
            ),
            (
                "status: active\nproductCreatedTs: 2020-01-01T00:00:00Z\n",
                None,
            ),
            ("status: draft\n", None),
            ("status: draft\nproductCreatedTs: long ago\n", None),
            (
                "status: draft\nproductCreatedTs: 2020-01-01T00:00:00Z\nteam: {members: [{username: a, dateIn: 2026-06-01}]}\n",
                None,
            ),
            (
                "status: draft\nteam: {members: [{username: a, dateIn: 2024-06-30, dateOut: 2027-01-01}]}\n",
                Some("730 days after its team last changed"),
            ),
        ] {
            let found = found(&[("dataproduct.yaml", yaml)]);
            let said = found.first().map(|(_, message)| message.as_str());
            match (said, expected) {
                (None, None) => {}
                (Some(said), Some(expected)) => assert!(said.ends_with(expected), "{said}"),
                _ => panic!("{yaml}: {said:?}"),
            }
        }
    }

    #[test]
    fn a_stale_product_covers_its_contracts() {
        let ports = "outputPorts: [{name: o, version: 1.0.0, contractId: c}]\n";
        let product = |status: &str| {
            format!("status: {status}\nproductCreatedTs: 2024-01-01T00:00:00Z\n{ports}")
        };
        let contract = "id: c\nstatus: draft\ncontractCreatedTs: 2024-01-01T00:00:00Z\n";
        for (status, file) in [("draft", "dataproduct.yaml"), ("active", "c.odcs.yaml")] {
            let found = found(&[
                ("dataproduct.yaml", &product(status)),
                ("c.odcs.yaml", contract),
            ]);
            let files: Vec<_> = found.iter().map(|(file, _)| file.as_str()).collect();
            assert_eq!(files, [file], "{status}");
        }
    }
}
