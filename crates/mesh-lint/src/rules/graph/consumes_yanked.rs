use mesh_diagnostics::Level;
use mesh_spec::terms::status;
use mesh_spec::workspace::Offer;

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::{withdrawn, words};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "consumes-yanked",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No data product begins to rely on what was yanked.",
    docs: "\
Whoever yanks a version says that something is wrong with it, and that nobody should begin to rely
on it. Those who do already keep it: it is never removed. They should move all the same.

mesh looks in the registry for the published versions that offer the contract of an input port, in
the version that the port asks for. If all of them are yanked, it is an error for a product that did
not rely on it in its published version before, and a warning for one that did. As long as one
version that offers it is not yanked, or one that is yet to be published lies in the workspace,
nothing is reported. Without a registry nothing is known of it.

A repository may lower the rule while it works. `mesh publish` and `mesh registry verify` refuse a
new consumer whatever the repository says.

Ask for a version of the contract that is still offered, or ask the team of the product when there
will be one. `mesh show` says who yanked it and why.",
    fails: Example::files(&[
        PUBLISHED,
        Excerpt::new(
            "registry/status/commercial.orders/1.0.0.yaml",
            "kind: yank\nreason: the orders of March are missing\n",
        ),
        CONSUMER,
        CONSUMER_CONTRACT,
    ])
    .with_registry(),
    passes: Example::files(&[
        PUBLISHED,
        Excerpt::new(
            "registry/status/commercial.orders/1.0.0.yaml",
            "kind: yank\nreason: the orders of March are missing\n",
        ),
        Excerpt::new("registry/orders-1.0.1/dataproduct.yaml", "version: 1.0.1\n"),
        CONSUMER,
        CONSUMER_CONTRACT,
    ])
    .with_registry(),
    check: Check::Mesh(check),
};

/// The product of the base as the registry has it.
pub(super) const PUBLISHED: Excerpt =
    Excerpt::new("registry/orders/dataproduct.yaml", "version: 1.0.0\n");

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for link in &mesh.links {
        if status::is(link.consumer.model.status.as_deref(), "retired") {
            continue;
        }
        let offers = withdrawn::offers(mesh, link);
        let Some(newest) = offers.last() else {
            continue;
        };
        let Some(reason) = &newest.yanked else {
            continue;
        };
        if offers.iter().any(|offer| offer.yanked.is_none()) {
            continue;
        }
        let is_new = !withdrawn::was_relied_on(mesh, link);
        let port = words::input_port(link);
        let relies = if is_new { "begins to rely" } else { "relies" };
        let subject = subject(&offers, newest);
        let help = match withdrawn::other_version(mesh, link) {
            Some((version, offer)) => format!(
                "ask for version {version} of `{}`, which {} {} offers",
                link.contract_id, offer.product, offer.version
            ),
            None => format!(
                "ask the team of {} when there will be another version of it",
                newest.product
            ),
        };
        let finding = findings
            .at(
                link.consumer.document,
                link.source_pointer(),
                format!(
                    "{port} {relies} on {subject}: {}",
                    reason.trim_end_matches('.')
                ),
            )
            .help(help);
        if !is_new {
            finding.level(Level::Warn);
        }
    }
}

/// `commercial/orders 1.0.0, which is yanked`, or all of several.
fn subject(offers: &[&Offer], newest: &Offer) -> String {
    if offers.len() == 1 {
        return format!("{} {}, which is yanked", newest.product, newest.version);
    }
    let versions = offers.iter().rev().map(|offer| offer.version.as_str());
    let versions = words::listed(versions);
    format!("{} {versions}, which are all yanked", newest.product)
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Published, PublishedProduct, Role, Workspace};

    use super::*;

    fn offer(version: &str, contract: &str, yanked: bool) -> Offer {
        Offer {
            id: "d.a".to_owned(),
            product: "d/a".to_owned(),
            version: version.to_owned(),
            contract_version: Some(contract.to_owned()),
            yanked: yanked.then(|| "it is wrong".to_owned()),
            deprecated: None,
        }
    }

    fn version(version: &str, contract: Option<&str>) -> PublishedProduct {
        PublishedProduct {
            id: "d.b".to_owned(),
            version: version.to_owned(),
            consumes: contract
                .map(|contract| ("c".to_owned(), Some(contract.to_owned())))
                .into_iter()
                .collect(),
            ..PublishedProduct::default()
        }
    }

    /// The findings about product `d.b` 1.1.0, which asks for `port`, beside other files.
    fn found(
        port: &str,
        offers: Vec<Offer>,
        history: Vec<PublishedProduct>,
        beside: &[&str],
    ) -> Vec<String> {
        let consumer = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: d.b\nversion: 1.1.0\ninputPorts:\n  - {{name: i, contractId: c{port}}}\n"
        );
        let texts = std::iter::once(consumer).chain(beside.iter().map(|text| (*text).to_owned()));
        let documents = texts.enumerate().map(|(n, text)| {
            let name = format!("{n}/dataproduct.yaml");
            (Document::parse(name, text.into_bytes(), None), Role::Target)
        });
        let published = Published {
            offers: [("c".to_owned(), offers)].into(),
            history: [("d.b".to_owned(), history)].into(),
            ..Published::default()
        };
        let workspace = Workspace::new(documents.collect(), Some(published));
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        let found = findings.into_inner().into_iter();
        let line = |found: mesh_diagnostics::Diagnostic| {
            let help = found.help.unwrap_or_default();
            format!("{}: {} ({help})", found.level, found.message)
        };
        found.map(line).collect()
    }

    const PORT: &str = ", version: 1.0.0";

    #[test]
    fn whoever_begins_is_stopped_and_whoever_goes_on_is_warned() {
        let offers = || vec![offer("1.0.0", "1.0.0", true)];
        let first = found(PORT, offers(), Vec::new(), &[]);
        assert_eq!(
            first,
            [
                "error: input port `i` begins to rely on d/a 1.0.0, which is yanked: it is wrong (ask the team of d/a when \
                 there will be another version of it)"
            ]
        );
        let history = |versions: &[(&str, Option<&str>)]| {
            let versions = versions.iter();
            let versions = versions.map(|(own, contract)| version(own, *contract));
            found(PORT, offers(), versions.collect(), &[])
        };
        let is_new = |found: &[String]| found[0].starts_with("error: input port `i` begins");
        let goes_on = |found: &[String]| found[0].starts_with("warn: input port `i` relies");
        assert!(goes_on(&history(&[("1.0.0", Some("v1.0.0"))])));
        // It is published already.
        assert!(goes_on(&history(&[
            ("1.0.0", None),
            ("1.1.0", Some("1.0.0"))
        ])));
        assert!(is_new(&history(&[("1.0.0", None)])));
        assert!(is_new(&history(&[("1.0.0", Some("2.0.0"))])));
        // It gave it up since.
        assert!(is_new(&history(&[
            ("0.9.0", Some("1.0.0")),
            ("1.0.0", None)
        ])));
        // What comes after is another matter.
        assert!(is_new(&history(&[("2.0.0", Some("1.0.0"))])));
        assert!(goes_on(&history(&[
            ("1.0.0", Some("1.0.0")),
            ("2.0.0", None)
        ])));
    }

    #[test]
    fn what_is_offered_otherwise_may_be_relied_on() {
        let yanked = || offer("1.0.0", "1.0.0", true);
        let one = |more: Offer| found(PORT, vec![yanked(), more], Vec::new(), &[]);
        assert!(one(offer("1.0.1", "1.0.0", false)).is_empty());
        assert!(one(offer("1.0.1", "v1.0.0", false)).is_empty());
        let other = one(offer("1.1.0", "1.1.0", false));
        assert!(
            other[0].ends_with("(ask for version 1.1.0 of `c`, which d/a 1.1.0 offers)"),
            "{other:?}"
        );
        let both = one(offer("1.0.1", "1.0.0", true));
        assert!(
            both[0].contains("rely on d/a 1.0.1, 1.0.0, which are all yanked: it is wrong"),
            "{both:?}"
        );
        // Any version will do.
        assert!(
            found(
                "",
                vec![yanked(), offer("1.1.0", "1.1.0", false)],
                Vec::new(),
                &[]
            )
            .is_empty()
        );
        assert_eq!(found("", vec![yanked()], Vec::new(), &[]).len(), 1);
    }

    #[test]
    fn what_is_yet_to_be_published_is_offered() {
        let beside = |version: &str, port: &str| {
            let upstream = format!(
                "apiVersion: v1.1.0\nkind: DataProduct\nid: d.a\nversion: {version}\noutputPorts: [{{name: o, contractId: c, version: {port}}}]\n"
            );
            found(
                PORT,
                vec![offer("1.0.0", "1.0.0", true)],
                Vec::new(),
                &[&upstream],
            )
            .len()
        };
        assert_eq!(beside("1.0.0", "1.0.0"), 1);
        assert_eq!(beside("1.0.1", "1.0.0"), 0);
        assert_eq!(beside("1.0.1", "1.1.0"), 1);
    }
}
