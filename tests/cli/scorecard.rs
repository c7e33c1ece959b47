//! `mesh scorecard`

use std::fs;

use serde_json::Value;

use crate::sandbox::{DAY, Sandbox};

/// A copy of one product of the example mesh, in which `replace` was replaced by `with` in a file.
fn changed(file: &str, replace: &str, with: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let pharma = sandbox.copy_example("pharma");
    let path = pharma.join("commercial/sales-order").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(replace), "{text}");
    fs::write(&path, text.replace(replace, with)).unwrap();
    sandbox
}

/// The levels of the products below `pharma`, by their ids or files.
fn levels(sandbox: &Sandbox) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let report = sandbox
        .mesh(["scorecard", "pharma", "--as-of", DAY, "--format", "json"])
        .json(0);
    let products = report["products"].as_array().unwrap().iter();
    products
        .map(|product| {
            let name = match &product["id"] {
                Value::Null => text(&product["file"]),
                id => text(id),
            };
            (name, text(&product["level"]))
        })
        .collect()
}

/// The level of the product that was changed.
fn level(sandbox: &Sandbox) -> String {
    let levels = levels(sandbox);
    let found = levels.iter().find(|(name, _)| name.contains("sales-order"));
    found.unwrap().1.clone()
}

const MANIFEST: &str = "dataproduct.yaml";

#[test]
fn the_example_mesh_is_gold_but_for_what_is_waived() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let min = |level| {
        let arguments = ["scorecard", "pharma", "--as-of", DAY, "--min-level", level];
        sandbox.mesh(arguments)
    };
    let shown = min("silver").expect(0);
    assert!(
        shown.ends_with("\n✓ 6 data products: 5 gold, 1 silver\n"),
        "{shown}"
    );
    assert!(
        shown.contains("● gold    commercial  2 products\n"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "{shown}");
    let waived = "● silver  manufacturing.batch-record 1.3.0  manufacturing\n  for gold:\n  - 1 waiver is open\n";
    assert!(shown.contains(waived), "{shown}");
    min("gold").expect(1);
    let mut levels = levels(&sandbox);
    levels.retain(|(_, level)| level != "gold");
    let batches = ("manufacturing.batch-record".to_owned(), "silver".to_owned());
    assert_eq!(levels, [batches]);
}

#[test]
fn a_product_below_the_level_that_is_asked_for_ends_with_1() {
    let sandbox = changed(MANIFEST, "role: owner", "role: steward");
    assert_eq!(level(&sandbox), "none");
    sandbox
        .mesh(["scorecard", "pharma", "--as-of", DAY])
        .expect(0);
    let min = |level| sandbox.mesh(["scorecard", "pharma", "--as-of", DAY, "--min-level", level]);
    let shown = min("bronze").expect(1);
    assert!(
        shown.contains("  - nobody owns the data product\n"),
        "{shown}"
    );
    assert!(
        shown.ends_with("\n✗ 6 data products: 4 gold, 1 silver, 1 none; 1 below bronze\n"),
        "{shown}"
    );
    let refused = min("platinum");
    assert_eq!(refused.status, 2, "{}", refused.stdout);
}

#[test]
fn a_manifest_that_cannot_be_read_has_no_level_and_is_not_passed_over() {
    let sandbox = changed(MANIFEST, "kind: DataProduct", "kind: [");
    assert_eq!(level(&sandbox), "none");
    let shown = sandbox
        .mesh([
            "scorecard",
            "pharma",
            "--as-of",
            DAY,
            "--min-level",
            "bronze",
        ])
        .expect(1);
    assert!(
        shown.contains("● none    pharma/commercial/sales-order/dataproduct.yaml  no domain\n"),
        "{shown}"
    );
    assert!(shown.contains("  - 1 error: yaml-syntax\n"), "{shown}");
}

#[test]
fn a_contract_that_cannot_be_read_is_missed_by_its_port() {
    let sandbox = Sandbox::new();
    let pharma = sandbox.copy_example("pharma");
    let folder = pharma.join("commercial/sales-order/contracts");
    let contract = fs::read_dir(folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::write(contract, "kind: [").unwrap();
    assert_eq!(level(&sandbox), "none");
    let shown = sandbox
        .mesh(["scorecard", "pharma", "--as-of", DAY])
        .expect(0);
    assert!(shown.contains("contract-not-found"), "{shown}");
    assert!(shown.contains(" belongs to no data product\n"), "{shown}");
}

#[test]
fn nothing_that_a_repository_decides_for_itself_buys_a_level() {
    let sandbox = changed(
        MANIFEST,
        "apiVersion:",
        "# mesh: ignore[domain-missing] not decided\napiVersion:",
    );
    let path = "work/pharma/commercial/sales-order/dataproduct.yaml";
    let text = sandbox.read(path);
    let text = text.replace("domain: commercial\n", "");
    sandbox.write(path, text.replace("status: active", "status: draft"));
    sandbox.write(
        "work/pharma/mesh.yaml",
        "lint:\n  preset: minimal\n  ignore: [discoverable]\n  levels: {domain-missing: info}\n",
    );
    sandbox.mesh(["lint", "pharma", "--as-of", DAY]).expect(0);
    assert_eq!(level(&sandbox), "none");
}

#[test]
fn files_are_written_beside_what_is_printed() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let shown = sandbox
        .mesh([
            "scorecard",
            "pharma/quality",
            "--as-of",
            DAY,
            "--output",
            "out/badge.svg",
            "--output",
            "scorecard.md",
            "--output",
            "json=card.txt",
            "--format",
            "svg",
        ])
        .expect(0);
    assert_eq!(shown, sandbox.read("work/out/badge.svg"));
    assert!(
        shown.contains("aria-label=\"data product: gold\""),
        "{shown}"
    );
    let table = sandbox.read("work/scorecard.md");
    assert!(
        table.contains("| `quality.batch-release` 1.1.0 | quality | 🥇 gold |  |\n"),
        "{table}"
    );
    let card: Value = serde_json::from_str(&sandbox.read("work/card.txt")).unwrap();
    assert_eq!(card["level"], "gold");
    // The other domains are looked at as well, since they belong to the same repository.
    assert_eq!(card["summary"]["unverified"], 0);
    let twice = [
        "scorecard",
        "pharma",
        "--as-of",
        DAY,
        "--output",
        "a.svg",
        "--output",
        "a.svg",
    ];
    assert!(
        sandbox
            .mesh(twice)
            .stderr
            .contains("would be written twice")
    );
    let unknown = sandbox.mesh([
        "scorecard",
        "pharma",
        "--as-of",
        DAY,
        "--output",
        "badge.txt",
    ]);
    assert_eq!(unknown.status, 2);
    assert!(
        unknown.stderr.contains("`svg=badge.txt`"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn where_there_is_no_product_there_is_no_scorecard() {
    let sandbox = Sandbox::new();
    let pharma = sandbox.copy_example("pharma");
    let contracts = pharma.join("commercial/sales-order/contracts");
    let alone = sandbox.mesh_in(contracts, ["scorecard"]);
    assert_eq!(alone.status, 2, "{}", alone.stdout);
    assert!(alone.stderr.contains("there is no data product to judge"));
    for arguments in [
        vec!["scorecard", "nowhere"],
        vec!["scorecard", "pharma", "--as-of", DAY, "--offline"],
        vec!["scorecard", "pharma", "--as-of", "soon"],
    ] {
        assert_eq!(sandbox.mesh(&arguments).status, 2, "{arguments:?}");
    }
}

#[test]
fn a_registry_that_is_named_is_asked() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let registry = sandbox.registry();
    let registry = registry.to_str().unwrap();
    let scorecard = [
        "scorecard",
        "pharma",
        "--as-of",
        DAY,
        "--registry",
        registry,
        "--format",
        "json",
    ];
    let report = sandbox.mesh(scorecard).json(0);
    assert_eq!(report["registry"], registry);
    assert_eq!(report["level"], "silver");
}
