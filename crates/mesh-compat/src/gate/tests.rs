//! A product with one contract, before and after.

use mesh_diagnostics::{Level, Report, Summary, render};
use mesh_spec::model::Kind;

use super::*;
use crate::{Ignore, changes};

/// The documents of an example: a product, and what its one port promises.
struct Set(Vec<(&'static str, Document)>);

/// What differs from one example to the next.
#[derive(Clone, Copy)]
struct Example {
    product: &'static str,
    status: &'static str,
    port: &'static str,
    contract: &'static str,
    fields: &'static [&'static str],
    more: &'static str,
}

const BEFORE: Example = Example {
    product: "1.7.0",
    status: "active",
    port: "1.4.0",
    contract: "1.4.0",
    fields: &["order_id", "coupon"],
    more: "",
};

impl Set {
    fn of(example: Example) -> Self {
        let Example {
            product,
            status,
            port,
            contract,
            fields,
            more,
        } = example;
        let product = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: sales.orders\nname: Orders\nversion: {product}\n\
             status: {status}\noutputPorts:\n  - name: orders\n    version: {port}\n    contractId: orders\n{more}"
        );
        let mut text = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: orders\nversion: {contract}\nstatus: active\n\
             schema:\n  - name: orders\n    properties:\n"
        );
        for field in fields {
            text += &format!("      - {{name: {field}, logicalType: string}}\n");
        }
        let document =
            |path, text: String, kind| (path, Document::parse(path, text.into_bytes(), Some(kind)));
        Self(vec![
            document("dataproduct.yaml", product, Kind::DataProduct),
            document("orders.odcs.yaml", text, Kind::DataContract),
        ])
    }

    fn members(&self) -> Vec<Member<'_>> {
        let members = self.0.iter();
        members
            .map(|(path, document)| Member { document, path })
            .collect()
    }
}

fn terms<'t>(settings: &'t Settings, vocabularies: &'t Vocabularies) -> Terms<'t> {
    Terms {
        settings,
        vocabularies,
        as_of: Day::parse("2026-06-30").expect("a day"),
        is_published: false,
    }
}

fn judged(old: Example, new: Example, settings: &Settings) -> Judgement {
    let (old, new) = (Set::of(old), Set::of(new));
    judge(
        &old.members(),
        &new.members(),
        terms(settings, &Vocabularies::default()),
    )
    .expect("the documents can be read")
}

/// `level rule file: message` of every finding.
fn findings(judgement: &Judgement) -> Vec<String> {
    let mut found: Vec<String> = judgement
        .findings
        .iter()
        .map(|found| {
            format!(
                "{} {} {}: {}",
                found.level,
                found.rule,
                found.source.name(),
                found.message
            )
        })
        .collect();
    found.sort();
    found
}

fn rules(old: Example, new: Example) -> Vec<String> {
    let judgement = judged(old, new, &Settings::default());
    let mut rules: Vec<String> = judgement
        .findings
        .iter()
        .map(|found| format!("{} {} {}", found.level, found.rule, found.source.name()))
        .collect();
    rules.sort();
    rules
}

#[test]
fn nothing_changed_and_nothing_is_found() {
    assert!(rules(BEFORE, BEFORE).is_empty());
    let judgement = judged(BEFORE, BEFORE, &Settings::default());
    assert!(judgement.verdicts.iter().all(|verdict| verdict.is_covered));
}

#[test]
fn what_breaks_needs_a_major_version_of_contract_port_and_product() {
    let after = Example {
        fields: &["order_id"],
        ..BEFORE
    };
    assert_eq!(
        rules(BEFORE, after),
        [
            "error field-removed orders.odcs.yaml",
            "error version-too-low dataproduct.yaml",
            "error version-too-low orders.odcs.yaml",
        ]
    );
    let announced = Example {
        product: "2.0.0",
        port: "2.0.0",
        contract: "2.0.0",
        ..after
    };
    assert!(rules(BEFORE, announced).is_empty());
    let all = judged(BEFORE, announced, &Settings::default());
    assert!(
        all.verdicts
            .iter()
            .all(|verdict| verdict.impact == Impact::Major)
    );
}

#[test]
fn versions_are_held_to_each_other() {
    let added = Example {
        fields: &["order_id", "coupon", "note"],
        ..BEFORE
    };
    for (product, port, contract, expected) in [
        ("1.8.0", "1.5.0", "1.5.0", &[][..]),
        (
            "1.7.1",
            "1.5.0",
            "1.5.0",
            &["error version-too-low dataproduct.yaml"],
        ),
        (
            "1.8.0",
            "1.4.0",
            "1.5.0",
            &["error version-too-low dataproduct.yaml"],
        ),
        (
            "1.8.0",
            "1.5.0",
            "1.4.1",
            &["error version-too-low orders.odcs.yaml"],
        ),
        // A new line that the contract starts without need takes the old one away.
        (
            "1.8.0",
            "2.0.0",
            "2.0.0",
            &[
                "error output-port-removed dataproduct.yaml",
                "error version-too-low dataproduct.yaml",
            ],
        ),
    ] {
        let after = Example {
            product,
            port,
            contract,
            ..added
        };
        assert_eq!(
            rules(BEFORE, after),
            expected,
            "{product} {port} {contract}"
        );
    }
}

#[test]
fn versions_do_not_go_backwards() {
    let after = Example {
        product: "1.6.9",
        ..BEFORE
    };
    assert_eq!(
        rules(BEFORE, after),
        ["error version-backwards dataproduct.yaml"]
    );
}

#[test]
fn a_version_that_cannot_be_read_covers_nothing() {
    let after = Example {
        product: "next",
        ..BEFORE
    };
    assert!(rules(BEFORE, after).is_empty(), "only the version changed");
    let after = Example {
        product: "next",
        fields: &["order_id"],
        ..BEFORE
    };
    assert!(rules(BEFORE, after).contains(&"error version-unreadable dataproduct.yaml".to_owned()));
}

#[test]
fn of_a_draft_everything_is_a_warning() {
    let before = Example {
        status: "draft",
        ..BEFORE
    };
    let after = Example {
        fields: &["order_id"],
        ..before
    };
    assert!(!rules(before, after).is_empty());
    assert!(
        rules(before, after)
            .iter()
            .all(|rule| rule.starts_with("warn "))
    );
    // What was active does not escape by becoming a draft.
    let hidden = Example {
        status: "draft",
        ..after
    };
    assert!(
        rules(BEFORE, hidden)
            .iter()
            .any(|rule| rule.starts_with("error "))
    );
}

#[test]
fn what_needs_review_is_a_warning_that_a_minor_version_covers() {
    let with = |version, more| Example {
        product: version,
        more,
        ..BEFORE
    };
    let own = "customProperties: [{property: costCentre, value: A1}]\n";
    assert_eq!(
        rules(BEFORE, with("1.7.0", own)),
        [
            "error version-too-low dataproduct.yaml",
            "warn needs-review dataproduct.yaml"
        ]
    );
    assert_eq!(
        rules(BEFORE, with("1.8.0", own)),
        ["warn needs-review dataproduct.yaml"]
    );
    assert!(rules(BEFORE, with("2.0.0", own)).is_empty());
    let settings = Settings {
        properties: [("costCentre".to_owned(), crate::Meaning::Patch)].into(),
        ..Settings::default()
    };
    assert!(findings(&judged(BEFORE, with("1.7.1", own), &settings)).is_empty());
}

#[test]
fn an_ignored_change_counts_again_when_its_time_is_over() {
    let after = Example {
        fields: &["order_id"],
        ..BEFORE
    };
    let settings = |until: &str, at: &str| Settings {
        ignore: vec![Ignore {
            kind: changes::find("field-removed").expect("a kind"),
            at: Some(at.to_owned()),
            of: None,
            reason: "never filled".to_owned(),
            until: Day::parse(until).expect("a day"),
        }],
        ..Settings::default()
    };
    let judgement = judged(BEFORE, after, &settings("2026-06-30", "orders.coupon"));
    assert!(judgement.findings.is_empty());
    let ignored: Vec<_> = judgement.verdicts.iter().flat_map(|v| &v.ignored).collect();
    assert_eq!(ignored.len(), 1);
    assert_eq!(ignored[0].reason, "never filled");

    let judgement = judged(BEFORE, after, &settings("2026-06-29", "orders.*"));
    let found = judgement
        .findings
        .iter()
        .find(|found| found.rule == "field-removed");
    let help = found
        .and_then(|found| found.help.as_deref())
        .unwrap_or_default();
    assert!(help.contains("ignored until 2026-06-29"), "{help}");
    assert!(
        !judged(BEFORE, after, &settings("2026-06-30", "returns.*"))
            .findings
            .is_empty()
    );
}

#[test]
fn profiles_ask_for_more() {
    let added = Example {
        fields: &["order_id", "coupon", "note"],
        product: "1.8.0",
        port: "1.5.0",
        contract: "1.5.0",
        ..BEFORE
    };
    let under = |profile| {
        let settings = Settings {
            profile,
            ..Settings::default()
        };
        judged(BEFORE, added, &settings).findings.len()
    };
    assert_eq!(under(Profile::Read), 0);
    assert!(under(Profile::Strict) > 0);
    let settings = Settings {
        overrides: vec![crate::Override {
            applies: Arc::new(|name| name == "orders.odcs.yaml"),
            profile: Some(Profile::Strict),
            versioning: None,
        }],
        ..Settings::default()
    };
    assert!(!judged(BEFORE, added, &settings).findings.is_empty());
}

#[test]
fn with_major_versions_only_additions_need_none() {
    let settings = Settings {
        versioning: Versioning::MajorOnly,
        ..Settings::default()
    };
    let added = Example {
        fields: &["order_id", "coupon", "note"],
        ..BEFORE
    };
    assert!(findings(&judged(BEFORE, added, &settings)).is_empty());
    let removed = Example {
        fields: &["order_id"],
        ..BEFORE
    };
    assert!(!findings(&judged(BEFORE, removed, &settings)).is_empty());
}

/// The fixes together make everything fit.
#[test]
fn fixes_write_the_versions_that_are_needed() {
    for fields in [&["order_id"][..], &["order_id", "coupon", "note"]] {
        let (old, mut new) = (Set::of(BEFORE), Set::of(Example { fields, ..BEFORE }));
        let judge = |new: &Set| {
            let settings = Settings::default();
            judge(
                &old.members(),
                &new.members(),
                terms(&settings, &Vocabularies::default()),
            )
            .expect("the documents can be read")
        };
        let judgement = judge(&new);
        for (path, document) in &mut new.0 {
            let mut text = document.source.text().to_owned();
            let own = judgement
                .findings
                .iter()
                .filter(|found| found.source.name() == *path);
            let edits = own
                .filter_map(|found| found.fix.as_ref())
                .flat_map(|fix| &fix.edits);
            let mut edits: Vec<_> = edits.collect();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
            for edit in edits {
                text.replace_range(edit.span.range(), &edit.text);
            }
            let kind = document.kind();
            *document = Document::parse(*path, text.into_bytes(), kind);
        }
        assert_eq!(findings(&judge(&new)), [""; 0], "{fields:?}");
    }
}

#[test]
fn findings_are_shown_with_both_places() {
    let judgement = judged(
        BEFORE,
        Example {
            fields: &["order_id"],
            ..BEFORE
        },
        &Settings::default(),
    );
    let report = Report::new(Summary::default(), judgement.findings);
    assert!(
        report
            .diagnostics()
            .iter()
            .all(|found| found.level == Level::Error)
    );
    let mut text = Vec::new();
    render::pretty(&report, render::Style::PLAIN, &mut text).expect("memory can be written to");
    insta::assert_snapshot!(String::from_utf8(text).expect("text"));
}

#[test]
fn what_is_published_never_changes() {
    let before = Set::of(BEFORE);
    let mut after = Set::of(BEFORE);
    let (path, document) = &mut after.0[0];
    let text = format!("{}# A remark.\n", document.source.text());
    *document = Document::parse(*path, text.into_bytes(), document.kind());
    let found = |is_published| {
        let (settings, vocabularies) = (Settings::default(), Vocabularies::default());
        let terms = Terms {
            is_published,
            ..terms(&settings, &vocabularies)
        };
        let judgement = judge(&before.members(), &after.members(), terms);
        findings(&judgement.expect("the documents can be read"))
    };
    assert!(found(false).is_empty());
    let published = found(true);
    assert_eq!(published.len(), 1, "{published:?}");
    assert!(published[0].ends_with("needs 1.7.1"), "{published:?}");
}
