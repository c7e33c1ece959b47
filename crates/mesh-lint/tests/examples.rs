//! The examples of the repository: one mesh without a finding, and one that shows every rule.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use mesh_diagnostics::Source;
use mesh_lint::{Options, Outcome, lint, rules};
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Loader, Offer, Published, PublishedProduct, Workspace};
use mesh_spec::yaml;
use serde::Deserialize;

/// Reads a folder of `examples/`.
fn load_example(folder: &str) -> Workspace {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../examples", folder]
        .iter()
        .collect();
    Loader::default()
        .load(&[path])
        .expect("the example can be read")
}

/// Lints a folder of `examples/`, as if the registry held little else.
fn lint_example(folder: &str) -> Outcome {
    let workspace = load_example(folder);
    let workspace = Workspace::new(workspace.into_documents(), Some(registry()));
    let mut options = Options::as_of("2026-06-30");
    options.settings.vocabularies = vocabularies();
    lint(&workspace, &options)
}

/// The words that the company of both examples has agreed on.
fn vocabularies() -> Vocabularies {
    #[derive(Default, Deserialize)]
    struct Settings {
        vocabularies: Vocabularies,
    }
    let text = include_str!("../../../examples/broken/mesh.yaml");
    let (tree, problems) = yaml::parse(&Arc::new(Source::new("mesh.yaml", text)));
    assert_eq!(problems, []);
    let tree = tree.expect("the settings are YAML");
    let settings: Settings = tree
        .deserialize(&HashSet::new())
        .expect("the settings are what they should be");
    settings.vocabularies
}

/// A registry with a product of the broken mesh that nobody consumes, one of another domain that
/// consumes what was retired, and one that is yanked.
fn registry() -> Published {
    let unused = PublishedProduct {
        id: "supply-chain.goods-receipt".to_owned(),
        domain: "supply-chain".to_owned(),
        version: "1.0.0".to_owned(),
        status: Some("active".to_owned()),
        offers: vec!["supply-chain.goods-receipt.receipts".to_owned()],
        ..PublishedProduct::default()
    };
    let consumer = PublishedProduct {
        id: "finance.stock-valuation".to_owned(),
        domain: "finance".to_owned(),
        version: "1.0.0".to_owned(),
        status: Some("active".to_owned()),
        consumes: vec![(
            "supply-chain.legacy-inventory.levels".to_owned(),
            Some("1.0.0".to_owned()),
        )],
        ..PublishedProduct::default()
    };
    let yanked = Offer {
        id: "commercial.launch-plan".to_owned(),
        product: "commercial/launch-plan".to_owned(),
        version: "0.2.0".to_owned(),
        contract_version: Some("0.2.0".to_owned()),
        yanked: Some("half of the launches are missing".to_owned()),
        deprecated: None,
    };
    Published {
        products: vec![consumer, unused],
        offers: [("commercial.launch-plan.launches".to_owned(), vec![yanked])].into(),
        ..Published::default()
    }
}

#[test]
fn the_pharma_mesh_is_clean() {
    let outcome = lint_example("pharma");
    let found = outcome.report.diagnostics().iter();
    let lines: Vec<_> = found
        .map(|d| format!("{}: {}: {}", d.source.name(), d.rule, d.message))
        .collect();
    assert_eq!(lines, Vec::<String>::new());
    assert_eq!(outcome.defects, Vec::<String>::new());
}

/// The ids in the `# shows:` comments of a file.
fn shown(text: &str) -> Vec<&str> {
    let comments = text
        .lines()
        .filter_map(|line| line.split_once("# shows: "))
        .map(|(_, comment)| comment);
    let ids = comments.flat_map(|comment| {
        let mut depth = 0;
        let is_comma = move |c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            c == ',' && depth == 0
        };
        comment.split(is_comma)
    });
    ids.filter_map(|id| id.split_whitespace().next()).collect()
}

#[test]
fn what_a_comment_says_is_shown_is_found_in_that_file() {
    let outcome = lint_example("broken");
    let found: BTreeSet<(&str, &str)> = outcome
        .report
        .diagnostics()
        .iter()
        .map(|d| (d.source.name(), &*d.rule))
        .collect();
    let workspace = load_example("broken");
    let mut comments = 0;
    let mut wrong = Vec::new();
    for (document, _) in workspace.documents() {
        for id in shown(document.source.text()) {
            let name = document.name();
            if rules::find(id).is_none() || !found.contains(&(name, id)) {
                wrong.push(format!("{name}: {id}"));
            }
            comments += 1;
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(comments > 30, "only {comments} comments were found");
}

#[test]
fn the_broken_mesh_shows_every_rule() {
    // A file that is not YAML or cannot be read would break every other tool that walks the folder.
    let not_shown = ["unreadable-file", "yaml-syntax"];
    let outcome = lint_example("broken");
    let found: BTreeSet<&str> = outcome
        .report
        .diagnostics()
        .iter()
        .map(|d| &*d.rule)
        .collect();
    let expected: BTreeSet<&str> = rules::ALL
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !not_shown.contains(id))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(outcome.defects, Vec::<String>::new());
}
