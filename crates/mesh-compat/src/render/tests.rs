//! What the renderers have in common, on documents made for the occasion.

use mesh_diagnostics::render::{Style, width};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::vocabulary::Vocabularies;

use super::*;
use crate::{Settings, added, compare, removed};

const FRAME: Frame<'static> = Frame {
    labels: Both {
        old: "before",
        new: "after",
    },
    profile: Profile::Read,
    versioning: Versioning::Semver,
};

fn document(name: &str, version: &str, rest: &str) -> Document {
    let text = format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: orders\nversion: {version}\nstatus: active\n{rest}"
    );
    Document::parse(name, text.into_bytes(), Some(Kind::DataContract))
}

fn compared(old: &Document, new: &Document) -> Comparison {
    let settings = Settings::default();
    let vocabularies = Vocabularies::default();
    compare(old, new, settings.context(&vocabularies)).expect("they can be compared")
}

fn fields(names: impl IntoIterator<Item = String>) -> String {
    let fields = names.into_iter().map(|name| {
        format!(
            "      - name: \"{name}\"\n        logicalType: string\n        physicalType: text\n"
        )
    });
    format!(
        "schema:\n  - name: o\n    properties:\n{}",
        fields.collect::<String>()
    )
}

fn pretty_of(set: &[Comparison], style: Style) -> String {
    let mut out = Vec::new();
    pretty(set, &FRAME, style, &mut out).expect("it can be written");
    String::from_utf8(out).expect("UTF-8")
}

fn json_of(set: &[Comparison]) -> serde_json::Value {
    let mut out = Vec::new();
    json(set, &FRAME, &mut out).expect("it can be written");
    serde_json::from_slice(&out).expect("JSON")
}

fn omds_of(set: &[Comparison]) -> serde_json::Value {
    let mut out = Vec::new();
    omds(set, &FRAME, &|_| {}, &mut out).expect("it can be written");
    serde_yaml::from_slice(&out).expect("YAML")
}

/// Without its escape sequences.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split('\x1b');
    plain += parts.next().unwrap_or_default();
    for part in parts {
        plain += match part.strip_prefix(']') {
            // A link is ended by a backslash of its own.
            Some(_) => "",
            None => part
                .strip_prefix('\\')
                .or_else(|| part.split_once('m').map(|(_, rest)| rest))
                .unwrap_or_default(),
        };
    }
    plain
}

#[test]
fn what_is_needed_and_what_is_declared_stand_beside_each_other() {
    let before = document("a.yaml", "1.4.0", &fields(["a".to_owned(), "b".to_owned()]));
    for (version, rest, expected) in [
        (
            "1.4.0",
            vec!["a", "b", "c"],
            "1 minor: 1.5.0 is needed; the newer one declares 1.4.0",
        ),
        (
            "1.4.0",
            vec!["a"],
            "1 major: 2.0.0 is needed; the newer one declares 1.4.0",
        ),
    ] {
        let after = document(
            "b.yaml",
            version,
            &fields(rest.into_iter().map(str::to_owned)),
        );
        let shown = pretty_of(&[compared(&before, &after)], Style::PLAIN);
        assert!(shown.ends_with(&format!(" {expected}\n")), "{shown}");
    }
    let equal = compared(
        &before,
        &document("b.yaml", "1.4.0", &fields(["a".to_owned(), "b".to_owned()])),
    );
    assert_eq!(
        pretty_of(std::slice::from_ref(&equal), Style::PLAIN),
        "✓ no difference\n"
    );
    assert_eq!(json_of(&[equal])["documents"][0]["neededVersion"], "1.4.0");
}

#[test]
fn versions_that_cannot_be_read_ask_for_nothing() {
    let before = document("a.yaml", "soon", &fields(["a".to_owned()]));
    let after = document("b.yaml", "soon", "");
    let comparison = compared(&before, &after);
    let report = json_of(std::slice::from_ref(&comparison));
    assert!(report["documents"][0]["neededVersion"].is_null());
    assert!(report["documents"][0]["covered"].is_null());
    assert!(omds_of(&[comparison]).get("suggestedVersion").is_none());
}

#[test]
fn what_is_new_or_gone_has_one_side() {
    let settings = Settings::default();
    let vocabularies = Vocabularies::default();
    let it = document("a.yaml", "1.0.0", &fields(["a".to_owned()]));
    for (comparison, here, missing) in [
        (added(&it, settings.context(&vocabularies)), "new", "old"),
        (removed(&it, settings.context(&vocabularies)), "old", "new"),
    ] {
        let set = [comparison.expect("it can be read")];
        let report = json_of(&set);
        assert_eq!(report["documents"][0][here]["version"], "1.0.0");
        assert!(report["documents"][0][missing].is_null());
        assert!(report["documents"][0]["neededVersion"].is_null());
        let shown = pretty_of(&set, Style::PLAIN);
        assert!(shown.contains("no such document"), "{shown}");
        let difference = omds_of(&set);
        let (there, gone) = match here {
            "new" => ("source2", "source1"),
            _ => ("source1", "source2"),
        };
        assert_eq!(difference[there]["version"], "1.0.0");
        assert_eq!(difference[gone]["version"], "");
        assert_eq!(difference[gone]["id"], "orders");
        assert_eq!(difference["diffs"][0]["section"], "document");
        assert_eq!(difference["diffs"][0]["path"], "/");
    }
}

#[test]
fn a_renamed_field_is_a_change_of_its_name() {
    let field = |name: &str| {
        format!(
            "schema:\n  - name: o\n    properties:\n      - id: f1\n        name: {name}\n        logicalType: string\n"
        )
    };
    let before = document("a.yaml", "1.0.0", &field("postal_code"));
    let after = document("b.yaml", "1.0.0", &field("zip"));
    let difference = omds_of(&[compared(&before, &after)]);
    let diff = &difference["diffs"][0];
    assert_eq!(diff["type"], "CHANGE");
    assert_eq!(diff["field"], "name");
    assert_eq!(diff["value1"], "postal_code");
    assert_eq!(diff["value2"], "zip");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let long = "a name of many words ".repeat(20);
    let names = |n: usize| (0..n).map(|n| format!("{n} größe 数量 {long}"));
    let before = document("a.yaml", "1.0.0", &fields(names(9)));
    let after = document("b.yaml", "1.0.0", "");
    let folded = document("c.yaml", "1.0.0", &fields(names(1)));
    for columns in [40, 80, 120] {
        for unicode in [true, false] {
            let style = Style {
                color: true,
                links: true,
                unicode,
                width: columns,
            };
            for pair in [[&before, &after], [&before, &folded], [&after, &before]] {
                let shown = plain(&pretty_of(&[compared(pair[0], pair[1])], style));
                for line in shown.lines() {
                    assert!(width(line) <= columns, "{columns}: {line}\n{shown}");
                    assert_eq!(line, line.trim_end());
                }
            }
        }
    }
}

#[test]
fn of_many_changes_of_a_kind_the_first_are_shown_in_full_and_none_is_left_out() {
    let names = |n: usize| (0..n).map(|n| format!("f{n}"));
    let before = document("a.yaml", "1.0.0", &fields(names(30)));
    let after = document("b.yaml", "1.0.0", &fields(names(1)));
    let shown = pretty_of(&[compared(&before, &after)], Style::PLAIN);
    assert_eq!(shown.matches("was  a.yaml:").count(), 5, "{shown}");
    assert_eq!(shown.matches(" was removed").count(), 29, "{shown}");
    assert_eq!(shown.matches("help:").count(), 1, "{shown}");
    assert!(
        shown.contains("  ✗ field `o.f29` was removed  field-removed  was line 96\n"),
        "{shown}"
    );
}

#[test]
fn the_marked_text_is_seen_wherever_it_stands_in_its_line() {
    let filler = "x".repeat(3000);
    let flow = |name: &str| {
        format!("schema: [{{name: o, description: {filler}, properties: [{{name: {name}}}]}}]\n")
    };
    let before = document("a.yaml", "1.0.0", &flow("first"));
    let after = document("b.yaml", "1.0.0", &flow("other"));
    let shown = pretty_of(&[compared(&before, &after)], Style::PLAIN);
    let lines: Vec<&str> = shown.lines().collect();
    let at = lines
        .iter()
        .position(|line| line.contains('│') && line.contains("first"))
        .expect("the line is shown");
    let column = |line: &str, what: char| line.chars().position(|c| c == what);
    let start = lines[at].find("first").expect("it is there");
    assert_eq!(
        Some(lines[at][..start].chars().count()),
        column(lines[at + 1], '─'),
        "{shown}"
    );
    assert!(lines[at].contains('…'), "{shown}");
}
