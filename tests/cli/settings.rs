//! Which rules run: presets, `mesh.yaml`, the command line, the words of the registry.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::sandbox::{CONTRACT, PRODUCT, Sandbox};

/// A product that nobody owns and nobody supports, in two folders.
fn two_products() -> Sandbox {
    let sandbox = Sandbox::new();
    let unowned = PRODUCT
        .replace("role: owner", "role: engineer")
        .replace("support:\n  - channel: \"#orders\"\n    tool: slack\n    url: https://chat.example/orders\n", "");
    for folder in ["new", "legacy"] {
        let product = unowned
            .replace("commercial.orders", &format!("commercial.{folder}"))
            .replace("name: Orders\nversion", &format!("name: {folder}\nversion"));
        let contract =
            CONTRACT.replace("id: commercial.orders", &format!("id: commercial.{folder}"));
        sandbox.write(format!("work/{folder}/dataproduct.yaml"), product);
        sandbox.write(format!("work/{folder}/orders.odcs.yaml"), contract);
    }
    sandbox
}

/// `file rule level` of every finding.
fn findings(sandbox: &Sandbox, arguments: &[&str]) -> BTreeSet<String> {
    let run = sandbox.mesh(["lint", "--format", "json"].iter().chain(arguments));
    assert!(run.status < 2, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            format!(
                "{} {} {}",
                text(f, "file"),
                text(f, "rule"),
                text(f, "level")
            )
        })
        .collect()
}

fn has(findings: &BTreeSet<String>, finding: &str) -> bool {
    findings.iter().any(|found| found.contains(finding))
}

#[test]
fn a_preset_a_group_and_a_rule_decide_what_runs() {
    let sandbox = two_products();
    let standard = findings(&sandbox, &[]);
    assert!(has(&standard, "owner-missing error") && has(&standard, "support-channel-missing"));
    let minimal = findings(&sandbox, &["--preset", "minimal"]);
    assert!(has(&minimal, "owner-missing") && !has(&minimal, "support-channel-missing"));
    assert!(minimal.is_subset(&standard));
    let strict = findings(&sandbox, &["--preset", "strict"]);
    assert!(standard.is_subset(&strict));
    let without = findings(&sandbox, &["--ignore", "trustworthy"]);
    assert!(!has(&without, "owner-missing"));
    let only = ["--ignore", "trustworthy", "--select", "owner-missing"];
    assert!(has(&findings(&sandbox, &only), "owner-missing"));
}

#[test]
fn whoever_meets_a_great_many_findings_is_told_where_to_start() {
    let sandbox = Sandbox::new();
    let broken = sandbox.copy_example("broken");
    std::fs::remove_file(broken.join("mesh.yaml")).unwrap();
    let lint = |arguments: &[&str]| {
        let arguments = ["lint"].iter().chain(arguments);
        sandbox.mesh_in(&broken, arguments).expect(1)
    };
    let out = lint(&[]);
    let hint = out.lines().last().unwrap();
    assert!(hint.starts_with("  new here? `--preset minimal`"), "{hint}");
    let minimal = lint(&["--preset", "minimal"]);
    assert!(!minimal.contains("new here?"), "{minimal}");
    // The number is that of the findings that are then shown.
    let compact = lint(&["--preset", "minimal", "--format", "compact"]);
    let shown = compact
        .lines()
        .filter(|line| line.contains("]: ") || line.contains("] "))
        .count();
    assert!(
        hint.contains(&format!("the {shown} that")),
        "{hint}: {shown}"
    );
}

#[test]
fn the_settings_of_a_file_hold_for_its_repository_and_its_paths() {
    let sandbox = two_products();
    sandbox.write(
        "work/mesh.yaml",
        "\
lint:
  ignore: [support-channel-missing]
  levels:
    owner-missing: warn
  overrides:
    - paths: [legacy/**]
      levels:
        owner-missing: off
",
    );
    let found = findings(&sandbox, &[]);
    assert_eq!(
        found,
        BTreeSet::from(["new/dataproduct.yaml owner-missing warn".to_owned()])
    );
    // Seen from another folder, the same paths are meant.
    let run = sandbox.mesh_in(sandbox.path("work/legacy"), ["lint", "--format", "compact"]);
    assert!(!run.stdout.contains("owner-missing"), "{}", run.stdout);
}

#[test]
fn a_rule_that_there_is_not_is_met_with_the_one_that_was_meant() {
    for (settings, at, words) in [
        (
            "lint:\n  ignore: [owner-mising]\n",
            "2:12",
            "did you mean `owner-missing`?",
        ),
        (
            "lint:\n  levels:\n    grpah: info\n",
            "3:5",
            "did you mean `graph`?",
        ),
        (
            "lint:\n  select: [cycle]\n  ignore: [cycle]\n",
            "3:12",
            "both selected and ignored",
        ),
        (
            "lint:\n  ignore: [yaml-syntax]\n",
            "2:12",
            "can neither be ignored",
        ),
        (
            "lint:\n  levels: {schema-violation: info}\n",
            "2:12",
            "can neither be ignored",
        ),
        (
            "lint:\n  overrides:\n    - paths: ['[']\n",
            "3:15",
            "not a pattern",
        ),
        (
            "lint:\n  overrides:\n    - paths: []\n",
            "3:7",
            "for no files",
        ),
        (
            "lint:\n  overrides:\n    - ignore: [cycle]\n",
            "3:7",
            "`paths` is missing",
        ),
        (
            "lint:\n  preset: strickt\n",
            "2:11",
            "did you mean `strict`?",
        ),
        (
            "lint:\n  ingore: [cycle]\n",
            "2:3",
            "did you mean `ignore`?",
        ),
        (
            "vocabularies:\n  domain: [a]\n",
            "2:3",
            "did you mean `domains`?",
        ),
        (
            "vocabularies:\n  classifications: {top: secret}\n",
            "2:26",
            "there is no value `secret`",
        ),
    ] {
        let sandbox = two_products();
        sandbox.write("work/mesh.yaml", settings);
        let run = sandbox.mesh(["lint"]);
        assert_eq!(run.status, 2, "{settings}{}", run.stdout);
        assert!(
            run.stderr.contains(&format!("mesh.yaml:{at}]")),
            "{settings}{}",
            run.stderr
        );
        assert!(run.stderr.contains(words), "{settings}{}", run.stderr);
    }
    let run = two_products().mesh(["lint", "--ignore", "ownr-missing"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("did you mean `owner-missing`?"),
        "{}",
        run.stderr
    );
}

#[test]
fn all_that_is_wrong_with_the_rules_is_said_at_once() {
    let sandbox = two_products();
    sandbox.write("work/mesh.yaml", "lint:\n  ignore: [owner-mising, cycel]\n");
    let said = sandbox.mesh(["lint"]).stderr;
    assert!(
        said.contains("owner-missing") && said.contains("`cycle`"),
        "{said}"
    );
}

#[test]
fn warnings_fail_a_run_that_asks_for_it() {
    let sandbox = two_products();
    sandbox.write("work/mesh.yaml", "lint:\n  levels: {owner-missing: warn}\n");
    sandbox.mesh(["lint"]).expect(0);
    sandbox.mesh(["lint", "--fail-level", "warn"]).expect(1);
}

#[test]
fn the_words_of_the_registry_come_before_those_of_the_repository() {
    let sandbox = two_products();
    sandbox.mesh(["registry", "init", "registry.git"]).expect(0);
    let git = |arguments: &[&str]| sandbox.git(sandbox.work(), arguments);
    sandbox.write("work/mesh.yaml", "vocabularies:\n  domains: [commercial]\n");
    let select = ["--select", "domain-unknown", "--registry", "registry.git"];
    assert!(!has(&findings(&sandbox, &select), "domain-unknown"));
    git(&["clone", "-q", "registry.git", "clone"]);
    sandbox.write(
        "work/clone/vocabularies.yaml",
        "domains: [sales, finance]\n",
    );
    git(&["-C", "clone", "add", "."]);
    git(&["-C", "clone", "commit", "-qm", "Agree on domains"]);
    git(&["-C", "clone", "push", "-q"]);
    std::fs::remove_dir_all(sandbox.path("work/clone")).unwrap();
    assert!(has(&findings(&sandbox, &select), "domain-unknown"));
}
