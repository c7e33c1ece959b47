//! `mesh init`

use crate::sandbox::Sandbox;

#[test]
fn a_new_product_lints_clean_but_for_what_a_person_must_fill_in() {
    for archetype in ["source-aligned", "aggregate", "consumer-aligned"] {
        let sandbox = Sandbox::new();
        let arguments = [
            "init",
            "Sales Order",
            "--domain",
            "commercial",
            "--archetype",
            archetype,
        ];
        let out = sandbox.mesh(arguments).expect(0);
        assert!(out.contains("sales-order/dataproduct.yaml"), "{out}");
        let report = sandbox.mesh(["lint", "--format", "json"]).json(0);
        let rules: Vec<&str> = report["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|diagnostic| diagnostic["rule"].as_str().unwrap())
            .collect();
        assert!(rules.len() > 5, "{rules:?}");
        assert!(
            rules.iter().all(|rule| *rule == "placeholder-left"),
            "{rules:?}"
        );
    }
}

#[test]
fn the_owner_is_the_one_git_knows_unless_one_is_given() {
    let sandbox = Sandbox::new();
    sandbox.mesh(["init", "A", "--domain", "d"]).expect(0);
    assert!(
        sandbox
            .read("work/a/dataproduct.yaml")
            .contains("username: ada@pharma.example")
    );
    sandbox
        .mesh(["init", "B", "--domain", "d", "--owner", "bo@pharma.example"])
        .expect(0);
    assert!(
        sandbox
            .read("work/b/dataproduct.yaml")
            .contains("username: bo@pharma.example")
    );
}

#[test]
fn names_are_quoted_where_yaml_needs_it() {
    let sandbox = Sandbox::new();
    let name = "Orders: \"all\" # of them";
    sandbox
        .mesh(["init", name, "--domain", "Sales & Co", "--dir", "x"])
        .expect(0);
    let report = sandbox.mesh(["lint", "x", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["errors"], 0, "{report:#}");
    assert_eq!(report["summary"]["products"], 1);
}

#[test]
fn without_a_terminal_it_says_what_is_missing_and_does_not_wait() {
    let sandbox = Sandbox::new();
    let run = sandbox.mesh(["init", "Orders"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("a domain is needed"), "{}", run.stderr);
    assert!(run.stderr.contains("--domain"), "{}", run.stderr);
}

#[test]
fn nothing_is_overwritten_without_force() {
    let sandbox = Sandbox::new();
    sandbox.write("work/orders/README.md", "mine");
    let arguments = ["init", "Orders", "--domain", "sales"];
    let run = sandbox.mesh(arguments);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains("`orders/README.md` would be overwritten"),
        "{}",
        run.stderr
    );
    assert!(!sandbox.path("work/orders/dataproduct.yaml").exists());
    sandbox
        .mesh(arguments.into_iter().chain(["--force"]))
        .expect(0);
    assert_ne!(sandbox.read("work/orders/README.md"), "mine");
}

#[test]
fn a_configuration_that_exists_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("work/mesh.yaml", "registry: ../registry.git\n");
    sandbox
        .mesh(["init", "Orders", "--domain", "sales"])
        .expect(0);
    assert_eq!(
        sandbox.read("work/mesh.yaml"),
        "registry: ../registry.git\n"
    );
}

#[test]
fn ci_jobs_are_valid_yaml_that_runs_lint() {
    for (host, path) in [
        ("github", ".github/workflows/mesh.yaml"),
        ("gitlab", ".gitlab-ci.yml"),
    ] {
        let sandbox = Sandbox::new();
        sandbox
            .mesh(["init", "Orders", "--domain", "sales", "--ci", host])
            .expect(0);
        let text = sandbox.read(format!("work/{path}"));
        let job: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        assert!(job.is_mapping());
        assert!(text.contains("mesh lint"));
    }
}
