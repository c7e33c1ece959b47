//! What the formats have in common, on documents made for the occasion.

use std::path::Path;

use mesh_diagnostics::render::{Style, width};
use mesh_lint::lint;
use mesh_spec::document::Document;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Role, Workspace, expected_kind};

use super::*;

/// A product that promises a contract with the fields `fields`, and both as files.
fn product(id: &str, domain: &str, fields: &str) -> [(String, String); 2] {
    let manifest = format!(
        "apiVersion: v1.1.0\nkind: DataProduct\nid: \"{id}\"\nname: {domain}\nversion: 1.0.0\nstatus: active\n\
         domain: {domain}\noutputPorts:\n  - {{name: main, version: 1.0.0, contractId: {domain}.main}}\n\
         team:\n  members:\n    - {{username: ada@{domain}.example, role: owner}}\n"
    );
    let contract = format!(
        "apiVersion: v3.2.0\nkind: DataContract\nid: {domain}.main\nversion: 1.0.0\nstatus: active\n\
         description: {{usage: Join by id.}}\nschema:\n  - name: main\n    properties:\n{fields}\
         slaProperties:\n  - {{property: latency, value: 1, unit: d}}\n  - {{property: retention, value: 3, unit: y}}\n"
    );
    [
        (format!("{domain}/dataproduct.yaml"), manifest),
        (format!("{domain}/main.odcs.yaml"), contract),
    ]
}

/// A product that has everything, one that lacks something, one with a name that means something to every
/// format, and one that cannot be read.
fn answer() -> Answer {
    let key = "      - {name: id, primaryKey: true, description: Which one., quality: [{metric: rowCount, mustBeGreaterThan: 0}]}\n";
    let bare: String = ["amount", "currency", "status", "note"]
        .map(|name| format!("      - {{name: {name}}}\n"))
        .concat();
    let files = [
        product("sales.orders", "sales", key),
        product("plan.forecast", "plan", &bare),
        product("a|b <i>@x</i> `c` & \\e[31m", "odd", key),
    ];
    let broken = ("broken/dataproduct.yaml".to_owned(), "id: [\n".to_owned());
    let alone = (
        "broken/alone.odcs.yaml".to_owned(),
        "kind: DataContract\n".to_owned(),
    );
    let documents = files.into_iter().flatten().chain([broken, alone]);
    let documents = documents.map(|(name, text)| {
        let kind = expected_kind(Path::new(&name));
        (Document::parse(name, text.into_bytes(), kind), Role::Target)
    });
    let workspace = Workspace::new(documents.collect(), None);
    let day = Day::parse("2027-01-31").expect("a day");
    let settings = Settings::for_all(Preset::Minimal, Vocabularies::default());
    let report = lint(&workspace, &check::on(day, settings)).report;
    let findings = report.diagnostics().iter();
    let findings = findings.filter(|found| found.rule == "yaml-syntax");
    let waivers = |product: mesh_spec::workspace::ProductRef<'_>| {
        usize::from(product.model.domain.as_deref() == Some("odd"))
    };
    Answer {
        card: score(&workspace, findings.map(Finding::from), waivers),
        as_of: day.to_string(),
        registry: None,
        unverified: 1,
        min_level: Some(Tier::Silver),
    }
}

fn written(answer: &Answer, format: ScorecardFormat, style: Style) -> String {
    let mut out = Vec::new();
    write(answer, format, Terminal::with(style), &mut out).expect("it can be written");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn people_see_levels_and_what_is_missing() {
    insta::assert_snapshot!(written(&answer(), ScorecardFormat::Pretty, Style::PLAIN));
}

#[test]
fn programs_get_every_gate() {
    let answer = answer();
    let text = written(&answer, ScorecardFormat::Json, Style::PLAIN);
    let mut value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    // One product shows what all of them have.
    let products = value["products"].as_array_mut().expect("products");
    assert_eq!(products.len(), 4);
    products.retain(|product| product["id"] == "plan.forecast");
    insta::assert_snapshot!(serde_json::to_string_pretty(&value).expect("JSON"));
}

#[test]
fn a_comment_shows_a_table_in_which_names_mean_nothing() {
    insta::assert_snapshot!(written(&answer(), ScorecardFormat::Markdown, Style::PLAIN));
}

#[test]
fn a_badge_shows_the_lowest_level() {
    let mut answer = answer();
    let badge = |answer: &Answer| written(answer, ScorecardFormat::Svg, Style::PLAIN);
    assert!(badge(&answer).contains("4 data products, the lowest: none"));
    let gold = answer.card.products.remove(0);
    answer.card.products = vec![gold];
    insta::assert_snapshot!(badge(&answer));
}

#[test]
fn no_line_but_that_of_a_long_name_is_wider_than_the_terminal() {
    let answer = answer();
    for columns in [40, 60, 110] {
        for unicode in [true, false] {
            let style = Style {
                unicode,
                width: columns,
                ..Style::PLAIN
            };
            for line in written(&answer, ScorecardFormat::Pretty, style).lines() {
                let is_name = line.ends_with("1.0.0");
                assert!(is_name || width(line) <= columns, "{columns}: {line}");
                assert!(unicode || line.is_ascii() || line.contains('␛'), "{line}");
            }
        }
    }
}

#[test]
fn a_comment_that_is_too_long_leaves_products_out_and_says_so() {
    let key = "      - {name: id, primaryKey: true, description: Which one.}\n";
    let documents = (0..400).flat_map(|n| product(&format!("d{n}.main"), &format!("d{n}"), key));
    let documents = documents.map(|(name, text)| {
        let kind = expected_kind(Path::new(&name));
        (Document::parse(name, text.into_bytes(), kind), Role::Target)
    });
    let workspace = Workspace::new(documents.collect(), None);
    let answer = Answer {
        card: score(&workspace, [], |_| 0),
        ..answer()
    };
    let text = written(&answer, ScorecardFormat::Markdown, Style::PLAIN);
    assert!(text.len() < 65_000, "{}", text.len());
    assert!(text.contains(" data products did not fit"), "{text}");
}
