use mesh_diagnostics::Level;
use mesh_spec::terms::status;
use mesh_spec::workspace::{ContractRef, Deprecation, Offer};

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::{ending, withdrawn, words};
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "consumes-deprecated",
    group: Group::Graph,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "No data product relies on one that is about to go.",
    docs: "\
A deprecated product still works, but its team has said that it will not for ever. Whoever moves
away now does so in peace; whoever waits does so on the day it stops.

mesh looks at the upstream product, its output port and the contract: `status: deprecated`, or
`deprecated: true`. It also looks in the registry, for what `mesh deprecate` said of the versions
that offer what the input port asks for, if it said so of all that are not yanked. Once the day of
the contract's service level `endOfSupport`, or the end of support that was said, has passed, the
finding is an error. Move to what replaces it; its documentation, or the finding, should say what
that is.",
    fails: Example::files(&[
        Excerpt::product("status: deprecated\n"),
        Excerpt::contract(ENDING),
        CONSUMER,
        CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[
        Excerpt::product("status: active\n"),
        CONSUMER,
        CONSUMER_CONTRACT,
    ]),
    check: Check::Mesh(check),
};

const ENDING: &str = "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: y
  - property: endOfSupport
    value: 2026-12-31
";

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for link in &mesh.links {
        // A retired consumer consumes nothing; a retired upstream is worse than a deprecated one.
        if status::is(link.consumer.model.status.as_deref(), "retired")
            || ending::of_upstream(link, "retired").is_some()
        {
            continue;
        }
        if let Some((offer, deprecation)) = withdrawn::deprecation(mesh, link) {
            report(mesh, link, offer, deprecation, findings);
            continue;
        }
        let ending =
            ending::of_upstream(link, "deprecated").or_else(|| ending::flagged_deprecated(link));
        let Some(ending) = ending else {
            continue;
        };
        let port = words::input_port(link);
        let end = link.contract().and_then(end_of_support);
        let message = match &end {
            Some((_, day)) if *day < mesh.as_of => {
                format!(
                    "{port} relies on {}, whose support ended on {day}",
                    ending.subject
                )
            }
            Some((_, day)) => format!(
                "{port} relies on {}, whose support ends on {day}",
                ending.subject
            ),
            None => format!("{port} relies on {}, which is deprecated", ending.subject),
        };
        let mut finding = findings
            .at(link.consumer.document, link.source_pointer(), message)
            .help("move to what replaces it")
            .see(ending.document, &ending.pointer, "deprecated here");
        if let (Some((pointer, day)), Some(contract)) = (end, link.contract()) {
            finding = finding.see(contract.document, &pointer, "the end of support");
            if day < mesh.as_of {
                finding.level(Level::Error);
            }
        }
    }
}

/// Reports what was said of the version that is supported longest of those that offer it.
fn report(
    mesh: &Mesh<'_>,
    link: &Link<'_>,
    offer: &Offer,
    deprecation: &Deprecation,
    findings: &mut Findings<'_>,
) {
    let port = words::input_port(link);
    let day = deprecation.end_of_support.to_string();
    let is_over = *day < *mesh.as_of;
    let ends = if is_over { "ended" } else { "ends" };
    let reason = deprecation.reason.as_ref();
    let reason = reason.map(|reason| format!(": {}", reason.trim_end_matches('.')));
    let help = match (
        &deprecation.replaced_by,
        withdrawn::other_version(mesh, link),
    ) {
        (Some(replacement), _) => format!("move to {replacement}, which replaces it"),
        (None, Some((version, other))) => format!(
            "ask for version {version} of `{}`, which {} {} offers",
            link.contract_id, other.product, other.version
        ),
        (None, None) => format!("ask the team of {} what to move to", offer.product),
    };
    let finding = findings
        .at(
            link.consumer.document,
            link.source_pointer(),
            format!(
                "{port} relies on {} {}, whose support {ends} on {day}{}",
                offer.product,
                offer.version,
                reason.unwrap_or_default()
            ),
        )
        .help(help);
    if is_over {
        finding.level(Level::Error);
    }
}

/// The day, as `YYYY-MM-DD`, on which support for a contract ends, and where it says so.
fn end_of_support(contract: ContractRef<'_>) -> Option<(String, &str)> {
    let mut levels = contract.model.sla_properties.iter().enumerate();
    levels.find_map(|(index, sla)| {
        if sla.property.as_deref() != Some("endOfSupport") {
            return None;
        }
        let day = sla.value.as_ref()?.as_str()?.get(..10)?;
        let is_day = day.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
        is_day.then(|| (format!("/slaProperties/{index}/value"), day))
    })
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::terms::dates::Day;
    use mesh_spec::workspace::{Published, Role, Workspace};

    use super::*;

    fn offer(version: &str, contract: &str, until: Option<&str>) -> Offer {
        Offer {
            id: "d.a".to_owned(),
            product: "d/a".to_owned(),
            version: version.to_owned(),
            contract_version: Some(contract.to_owned()),
            yanked: None,
            deprecated: until.map(|day| Deprecation {
                end_of_support: Day::exactly(day).expect("it is a day"),
                replaced_by: None,
                reason: Some("it is old".to_owned()),
            }),
        }
    }

    /// The findings on a day about a product that asks for version 1.0.0 of a contract.
    fn found(as_of: &str, offers: Vec<Offer>) -> Vec<String> {
        let consumer = "apiVersion: v1.1.0\nkind: DataProduct\nid: d.b\ninputPorts:\n  - {name: i, contractId: c, version: 1.0.0}\n";
        let document = Document::parse("dataproduct.yaml", consumer.into(), None);
        let published = Published {
            offers: [("c".to_owned(), offers)].into(),
            ..Published::default()
        };
        let workspace = Workspace::new(vec![(document, Role::Target)], Some(published));
        let options = crate::engine::Options::as_of(as_of);
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, as_of), &mut findings);
        let found = findings.into_inner().into_iter();
        let line = |found: mesh_diagnostics::Diagnostic| {
            let help = found.help.unwrap_or_default();
            format!("{}: {} ({help})", found.level, found.message)
        };
        found.map(line).collect()
    }

    #[test]
    fn what_was_said_counts_until_the_day_and_after_it() {
        let offers = || vec![offer("1.0.0", "1.0.0", Some("2026-06-30"))];
        assert_eq!(
            found("2026-06-30", offers()),
            [
                "warn: input port `i` relies on d/a 1.0.0, whose support ends on 2026-06-30: it is old (ask the team of d/a \
                 what to move to)"
            ]
        );
        let after = found("2026-07-01", offers());
        assert!(
            after[0].starts_with("error: input port `i` relies on d/a 1.0.0, whose support ended"),
            "{after:?}"
        );
        let mut replaced = offers();
        if let Some(deprecation) = &mut replaced[0].deprecated {
            deprecation.replaced_by = Some("d/n@2".to_owned());
        }
        let replaced = found("2026-06-30", replaced);
        assert!(
            replaced[0].ends_with("(move to d/n@2, which replaces it)"),
            "{replaced:?}"
        );
    }

    #[test]
    fn what_is_offered_longest_counts() {
        let first = || offer("1.0.0", "1.0.0", Some("2026-06-30"));
        let with = |other: Offer| found("2026-01-01", vec![first(), other]);
        assert!(with(offer("1.0.1", "1.0.0", None)).is_empty());
        let later = with(offer("1.0.1", "1.0.0", Some("2026-09-30")));
        assert!(
            later[0].contains("d/a 1.0.1, whose support ends on 2026-09-30"),
            "{later:?}"
        );
        // What is yanked offers nothing, and is another rule's business.
        let yanked = Offer {
            yanked: Some("wrong".to_owned()),
            ..offer("1.0.1", "1.0.0", None)
        };
        assert_eq!(with(yanked.clone()).len(), 1);
        assert!(found("2026-01-01", vec![yanked]).is_empty());
        let other = with(offer("1.1.0", "1.1.0", None));
        assert!(
            other[0].ends_with("(ask for version 1.1.0 of `c`, which d/a 1.1.0 offers)"),
            "{other:?}"
        );
    }
}
