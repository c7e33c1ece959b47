//! The example meshes: one without a finding, one that shows every group of rules.

use std::collections::BTreeSet;

use mesh_lint::Group;

use crate::sandbox::{DAY, Sandbox};

#[test]
fn pharma_has_no_findings() {
    let sandbox = Sandbox::new();
    let pharma = sandbox.copy_example("pharma");
    let report = sandbox
        .mesh_in(pharma, ["lint", "--as-of", DAY, "--format", "json"])
        .json(0);
    assert_eq!(
        report["diagnostics"].as_array().unwrap().len(),
        0,
        "{report:#}"
    );
    assert_eq!(report["summary"]["unverified"], 0);
    assert_eq!(report["summary"]["waived"], 1);
}

#[test]
fn broken_shows_every_group_of_rules() {
    let sandbox = Sandbox::new();
    let broken = sandbox.copy_example("broken");
    let report = sandbox
        .mesh_in(broken, ["lint", "--preset", "strict", "--format", "json"])
        .json(1);
    let groups: BTreeSet<&str> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|diagnostic| diagnostic["group"].as_str().unwrap())
        .collect();
    assert_eq!(groups, Group::ALL.map(Group::as_str).into_iter().collect());
}

/// The domains are repositories of their own: each lints and publishes by itself, in the order in
/// which they build on each other, and finds the others in the registry.
#[test]
fn the_domains_build_on_each_other_through_the_registry() {
    let sandbox = Sandbox::new();
    let pharma = sandbox.copy_example("pharma");
    sandbox.mesh(["registry", "init", "registry.git"]).expect(0);
    let registry = sandbox.work().join("registry.git");
    let registry = registry.to_str().unwrap();
    for domain in ["commercial", "manufacturing", "quality", "supply-chain"] {
        // Alone, in a place where no other domain can be seen.
        let alone = sandbox.path(format!("alone/{domain}"));
        std::fs::create_dir_all(alone.parent().unwrap()).unwrap();
        std::fs::rename(pharma.join(domain), &alone).unwrap();
        let lint = [
            "lint",
            "--as-of",
            DAY,
            "--format",
            "json",
            "--registry",
            registry,
        ];
        let report = sandbox.mesh_in(&alone, lint).json(0);
        assert_eq!(
            report["diagnostics"].as_array().unwrap().len(),
            0,
            "{report:#}"
        );
        assert_eq!(report["summary"]["unverified"], 0);
        sandbox
            .mesh_in(&alone, ["publish", "--as-of", DAY, "--registry", registry])
            .expect(0);
    }
    let shown = sandbox
        .mesh([
            "show",
            "commercial/sales-forecast",
            "--registry",
            registry,
            "--format",
            "json",
        ])
        .json(0);
    let consumers: Vec<&str> = shown["consumers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|consumer| consumer["product"].as_str().unwrap())
        .collect();
    assert_eq!(consumers, ["material-forecast", "product-availability"]);
}
