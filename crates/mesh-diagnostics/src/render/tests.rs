//! One report with all that makes a format difficult, in every format.

use std::collections::BTreeMap;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::*;
use crate::{
    Change, Diagnostic, Edit, Fix, Level, Paths, Related, Report, RuleInfo, Safety, Source, Span,
    Summary, Waived,
};

/// The parts of a name and of a message that break formats that do not escape them.
const NAME: &str = "Aufträge 1,2:3%\n<&\">/a\x1b[2J.yaml";
const MESSAGE: &str = "odd `<&\">]]>\x1b[1A\u{9b}\u{202e}\0\n%0A::,` [here](https://evil.example)";

const RULES: [RuleInfo<'_>; 2] = [
    RuleInfo {
        id: "first-rule",
        group: "valid",
        level: Level::Error,
        summary: "All is well.",
        docs: "It is better\nso.\n\nMuch better.",
    },
    RuleInfo {
        id: "some-rule",
        group: "graph",
        level: Level::Warn,
        summary: "Some is well.",
        docs: "It is.",
    },
];

fn span(text: &str, mark: &str) -> Span {
    let start = u32::try_from(text.find(mark).unwrap()).unwrap();
    Span::new(start, start + u32::try_from(mark.len()).unwrap())
}

fn report() -> Report {
    let text = "\u{feff}größe: 1\nlist:\n  - ö: x\n  - y\nend: 1\n";
    let source = Arc::new(Source::new(NAME, text));
    let clean = Arc::new(Source::new("b/clean.yaml", "a: 1\n"));
    let upstream = Arc::new(Source::new("registry:sales/orders@1.0.0/a.yaml", "a: 1\n"));
    let finding = |rule: &'static str, level, mark: &str| Diagnostic {
        rule: rule.into(),
        group: "valid".into(),
        level,
        message: MESSAGE.to_owned(),
        help: Some("mend it".to_owned()),
        source: source.clone(),
        span: span(text, mark),
        pointer: "/a".to_owned(),
        related: Vec::new(),
        fix: None,
        is_binding: false,
    };
    let related = |source: &Arc<Source>, message: &str| Related {
        message: message.to_owned(),
        source: source.clone(),
        span: Span::new(0, 1),
    };
    let fix = Fix {
        title: "write it otherwise".to_owned(),
        safety: Safety::Unsafe,
        changes: vec![Change::set("/a", "b")],
        edits: vec![
            Edit {
                span: span(text, "ö: x"),
                text: String::new(),
            },
            Edit {
                span: Span::empty(span(text, "end").start),
                text: "new: 1\n".to_owned(),
            },
        ],
        rename: None,
    };
    let diagnostics = vec![
        finding("some-rule", Level::Error, "größe"),
        finding("some-rule", Level::Warn, "ö: x"),
        finding("unknown-rule", Level::Info, "- ö: x\n  - y"),
        Diagnostic {
            related: vec![related(&clean, "[see](a)"), related(&upstream, "and there")],
            fix: Some(fix),
            ..finding("first-rule", Level::Error, "end")
        },
    ];
    Report::new(Summary::default(), diagnostics).covering([clean, source])
}

fn text(render: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Runs from a folder of the repository.
fn paths() -> Paths {
    Paths::new("/repo", "/repo/eu")
}

fn every_format() -> BTreeMap<&'static str, String> {
    let (report, paths) = (report(), paths());
    BTreeMap::from([
        ("compact", text(|out| compact(&report, Style::PLAIN, out))),
        ("github", text(|out| github(&report, &paths, out))),
        ("gitlab", text(|out| gitlab(&report, &paths, out))),
        ("json", text(|out| json(&report, out))),
        ("junit", text(|out| junit(&report, &paths, out))),
        ("sarif", text(|out| sarif(&report, &RULES, &paths, out))),
    ])
}

#[test]
fn no_format_steers_a_terminal() {
    for (format, text) in every_format() {
        let steering = text
            .chars()
            .find(|&c| c != '\n' && crate::printable::steers(c));
        assert_eq!(steering, None, "{format}: {text}");
        assert!(text.ends_with('\n'), "{format}");
    }
}

#[test]
fn a_finding_is_one_line_where_lines_count() {
    let formats = every_format();
    assert_eq!(formats["compact"].lines().count(), 4);
    assert_eq!(formats["github"].lines().count(), 4);
    let lines: Vec<&str> = formats["compact"].lines().collect();
    assert!(
        lines[0].starts_with("Aufträge 1,2:3%␊<&\">/a␛[2J.yaml:1:2: error[some-rule] odd `<&\""),
        "{}",
        lines[0]
    );
    let linked = Style {
        color: true,
        links: true,
        ..Style::PLAIN
    };
    let colored = text(|out| compact(&report(), linked, out));
    assert!(colored.contains("\x1b[31merror\x1b[0m["), "{colored:?}");
    assert!(colored.contains("docs/rules/some-rule.md\x1b\\some-rule\x1b]8;;\x1b\\"));
}

#[test]
fn github_reads_back_what_was_meant() {
    let github = &every_format()["github"];
    let lines: Vec<&str> = github.lines().collect();
    let file = "file=eu/Aufträge 1%2C2%3A3%25%0A<&\">/a␛[2J.yaml";
    let message = "::odd `<&\">]]>␛[1A\u{fffd}\u{fffd}␀␊%250A::,` [here](https://evil.example)%0Ahelp: mend it";
    assert_eq!(
        lines[0],
        format!("::error {file},line=1,col=2,endLine=1,endColumn=7,title=some-rule{message}")
    );
    // Of a finding on several lines, GitHub takes no columns.
    assert_eq!(
        lines[1],
        format!("::notice {file},line=3,endLine=4,title=unknown-rule{message}")
    );
    assert!(lines[2].starts_with("::warning "), "{}", lines[2]);
}

#[test]
fn gitlab_gets_what_it_asks_for() {
    let issues: Value = serde_json::from_str(&every_format()["gitlab"]).unwrap();
    let issues = issues.as_array().unwrap();
    assert_eq!(issues.len(), 4);
    assert_eq!(issues[0]["check_name"], "some-rule");
    assert_eq!(issues[0]["severity"], "major");
    assert_eq!(issues[0]["description"], format!("{MESSAGE} — mend it"));
    assert_eq!(issues[0]["location"]["path"], format!("eu/{NAME}"));
    assert_eq!(issues[1]["location"]["lines"]["begin"], 3);
    assert_eq!(issues[1]["location"]["lines"]["end"], 4);
    assert_eq!(issues[1]["severity"], "info");
    assert_eq!(issues[2]["severity"], "minor");
    let mut fingerprints: Vec<&str> = issues
        .iter()
        .map(|issue| issue["fingerprint"].as_str().unwrap())
        .collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), 4);
}

#[test]
fn junit_is_well_formed_and_counts_what_it_holds() {
    let junit = &every_format()["junit"];
    let mut reader = Reader::from_str(junit);
    let mut found: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    let mut texts = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                let attributes = element.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let name = String::from_utf8(attribute.key.as_ref().to_vec()).unwrap();
                    let value = std::str::from_utf8(&attribute.value).unwrap();
                    (
                        name,
                        quick_xml::escape::unescape(value).unwrap().into_owned(),
                    )
                });
                let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
                found.push((name, attributes.collect()));
            }
            Event::Text(text) => texts += &text.decode().unwrap(),
            Event::Eof => break,
            _ => {}
        }
    }
    let of = |name: &str| -> Vec<&BTreeMap<String, String>> {
        let named = found.iter().filter(|(found, _)| found == name);
        named.map(|(_, attributes)| attributes).collect()
    };
    let root = of("testsuites")[0];
    assert_eq!(
        (root["tests"].as_str(), root["failures"].as_str()),
        ("5", "2")
    );
    let suites = of("testsuite");
    assert_eq!(suites.len(), 2);
    assert_eq!(suites[0]["name"], "eu/Aufträge 1,2:3% <&\">/a[2J.yaml");
    assert_eq!(
        (suites[0]["tests"].as_str(), suites[0]["failures"].as_str()),
        ("4", "2")
    );
    assert_eq!(
        (suites[1]["name"].as_str(), suites[1]["tests"].as_str()),
        ("eu/b/clean.yaml", "1")
    );
    let cases = of("testcase");
    assert_eq!(cases.len(), 5);
    assert!(
        cases[0]["name"].starts_with("some-rule: odd `<&\">]]>"),
        "{cases:?}"
    );
    assert!(cases[2]["name"].ends_with(" (2)"), "{cases:?}");
    assert_eq!(cases[2]["line"], "3");
    assert_eq!(cases[4]["name"], "no findings");
    assert_eq!(of("failure").len(), 2);
    assert_eq!(of("system-out").len(), 2);
    assert!(texts.contains("mend it"), "{texts}");
}

#[test]
fn junit_skips_what_is_waived() {
    let report = report();
    let diagnostic = report.diagnostics()[0].clone();
    let source = Arc::clone(&diagnostic.source);
    let waived = Waived {
        diagnostic,
        waiver: "W-1".to_owned(),
        until: "2026-12-31".to_owned(),
        category: "accepted".to_owned(),
        reason: "The archive\nis <moved>.".to_owned(),
        compensating: None,
        owner: "ada".to_owned(),
        approved_by: "guild".to_owned(),
        ticket: None,
        source,
        span: Span::empty(0),
    };
    let report = report.waiving([waived]);
    let junit = text(|out| junit(&report, &paths(), out));
    for words in [
        "tests=\"6\" failures=\"2\" errors=\"0\" skipped=\"1\"",
        "tests=\"5\" failures=\"2\" errors=\"0\" skipped=\"1\"",
        "<skipped message=\"waived by W-1 until 2026-12-31: The archive is &lt;moved&gt;.\">",
    ] {
        assert!(junit.contains(words), "{words}\n{junit}");
    }
    assert_eq!(junit.matches("<skipped ").count(), 1);
}

#[test]
fn sarif_says_where_in_all_three_ways() {
    let log: Value = serde_json::from_str(&every_format()["sarif"]).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().unwrap();
    let region = |index: usize| &results[index]["locations"][0]["physicalLocation"]["region"];
    // The byte order mark counts as three bytes and no character.
    let expected = serde_json::json!({
        "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 6,
        "charOffset": 0, "charLength": 5, "byteOffset": 3, "byteLength": 7,
    });
    assert_eq!(region(0), &expected);
    let expected = serde_json::json!({
        "startLine": 3, "startColumn": 3, "endLine": 4, "endColumn": 6,
        "charOffset": 17, "charLength": 12, "byteOffset": 22, "byteLength": 13,
    });
    assert_eq!(region(1), &expected);
    let place = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(
        place["uri"],
        "eu/Auftr%C3%A4ge%201,2%3A3%25%0A%3C&%22%3E/a%1B%5B2J.yaml"
    );
    assert_eq!(place["uriBaseId"], "%SRCROOT%");
    let index = usize::try_from(place["index"].as_u64().unwrap()).unwrap();
    assert_eq!(run["artifacts"][index]["location"]["uri"], place["uri"]);
}

#[test]
fn sarif_describes_rules_findings_and_fixes() {
    let log: Value = serde_json::from_str(&every_format()["sarif"]).unwrap();
    let run = &log["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["id"], "first-rule");
    assert_eq!(rule["shortDescription"]["text"], "All is well.");
    assert_eq!(rule["fullDescription"]["text"], "It is better so.");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert_eq!(rule["properties"]["tags"][0], "valid");
    assert!(
        rule["helpUri"]
            .as_str()
            .unwrap()
            .ends_with("/first-rule.md")
    );

    let results = run["results"].as_array().unwrap();
    let levels: Vec<&Value> = results.iter().map(|result| &result["level"]).collect();
    assert_eq!(levels, ["error", "note", "warning", "error"]);
    assert_eq!(results[0]["ruleIndex"], 1);
    assert!(results[1].get("ruleIndex").is_none());
    let message = results[3]["message"]["text"].as_str().unwrap();
    assert!(
        message.contains("\\[here\\](https://evil.example)"),
        "{message}"
    );
    assert!(
        message.contains("registry:sales/orders@1.0.0/a.yaml:1:1: and there"),
        "{message}"
    );
    let related = results[3]["relatedLocations"].as_array().unwrap();
    assert_eq!(related.len(), 1);
    assert_eq!(related[0]["message"]["text"], "\\[see\\](a)");
    assert_eq!(
        related[0]["physicalLocation"]["artifactLocation"]["uri"],
        "eu/b/clean.yaml"
    );
    let fix = &results[3]["fixes"][0];
    assert_eq!(fix["properties"]["safety"], "unsafe");
    let replacements = &fix["artifactChanges"][0]["replacements"];
    assert!(replacements[0].get("insertedContent").is_none());
    assert_eq!(replacements[1]["insertedContent"]["text"], "new: 1\n");
    assert_eq!(replacements[1]["deletedRegion"]["charLength"], 0);
    assert_eq!(
        replacements[1]["deletedRegion"]["startColumn"],
        replacements[1]["deletedRegion"]["endColumn"]
    );
}

#[test]
fn nothing_found_is_a_document_too() {
    let clean = Arc::new(Source::new("a.yaml", "a: 1\n"));
    let report = Report::new(Summary::default(), Vec::new()).covering([clean]);
    let paths = Paths::default();
    assert_eq!(text(|out| gitlab(&report, &paths, out)), "[]\n");
    assert_eq!(text(|out| github(&report, &paths, out)), "");
    let log: Value = serde_json::from_str(&text(|out| sarif(&report, &[], &paths, out))).unwrap();
    // A platform takes findings as resolved only if there is a list that lacks them.
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    let junit = text(|out| junit(&report, &paths, out));
    assert!(junit.contains("tests=\"1\" failures=\"0\""), "{junit}");
}

#[test]
fn of_many_findings_alike_the_first_are_shown_to_people() {
    let source = Arc::new(Source::new("a.yaml", "a: 1\n".repeat(40)));
    let finding = |group: &'static str, rule: &'static str, line: u32| Diagnostic {
        rule: rule.into(),
        group: group.into(),
        level: Level::Warn,
        message: format!("{rule} on line {line}"),
        help: None,
        source: source.clone(),
        span: Span::new(line * 5, line * 5 + 1),
        pointer: "/a".to_owned(),
        related: Vec::new(),
        fix: None,
        is_binding: false,
    };
    let shown = |group: &'static str, n: u32| {
        let many = (0..n).map(|line| finding(group, "some-rule", line));
        let report = Report::new(
            Summary::default(),
            many.chain([finding(group, "first-rule", 39)]).collect(),
        );
        let mut out = Vec::new();
        pretty(&report, Style::PLAIN, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("first-rule on line 39"));
        let more = text.lines().find(|line| line.contains(" more of "));
        (
            text.matches("some-rule on line").count(),
            more.map(|line| line.trim().to_owned()),
        )
    };
    assert_eq!(shown("secure", 5), (5, None));
    assert_eq!(shown("secure", 6), (6, None));
    let more = "and 25 more of `some-rule` in this file: `--format compact` lists them";
    assert_eq!(shown("secure", 30), (5, Some(more.to_owned())));
    assert_eq!(shown("valid", 30), (30, None));
}
