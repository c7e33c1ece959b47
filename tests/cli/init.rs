//! `mesh init`

use std::fs;

use crate::sandbox::{Run, Sandbox};

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
        assert!(text.contains("mesh lint") || text.contains("uses: mesh-toolchain/mesh@"));
    }
}

#[test]
fn letters_with_accents_are_written_as_ascii_in_paths_and_kept_in_names() {
    let sandbox = Sandbox::new();
    let out = sandbox
        .mesh(["init", "Kundenaufträge", "--domain", "Ärzte"])
        .expect(0);
    assert!(out.contains("kundenauftraege/dataproduct.yaml"), "{out}");
    let manifest = sandbox.read("work/kundenauftraege/dataproduct.yaml");
    assert!(manifest.contains("name: Kundenaufträge"), "{manifest}");
    assert!(manifest.contains("domain: aerzte"), "{manifest}");
    let run = sandbox.mesh(["init", "受注", "--domain", "sales"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("`受` is not a Latin letter"),
        "{}",
        run.stderr
    );
}

#[test]
fn files_for_the_repository_go_to_that_of_the_product() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("work/.git")).unwrap();
    fs::create_dir_all(sandbox.path("other/.git")).unwrap();
    let elsewhere = sandbox.path("other/products/orders");
    sandbox
        .mesh([
            "init".as_ref(),
            "Orders".as_ref(),
            "--domain=sales".as_ref(),
            "--ci=github".as_ref(),
            "--dir".as_ref(),
            elsewhere.as_os_str(),
        ])
        .expect(0);
    for file in [
        "other/mesh.yaml",
        "other/.github/workflows/mesh.yaml",
        "other/products/orders/dataproduct.yaml",
    ] {
        assert!(sandbox.path(file).exists(), "{file}");
    }
    assert!(!sandbox.path("work/mesh.yaml").exists());
    assert!(!sandbox.path("work/.github").exists());
}

#[test]
fn what_the_repository_has_is_left_even_with_force() {
    let sandbox = Sandbox::new();
    let init = |name: &'static str| {
        sandbox.mesh([
            "init", name, "--domain", "sales", "--ci", "github", "--force",
        ])
    };
    init("Orders").expect(0);
    let out = init("Returns").expect(0);
    assert!(out.contains("mesh.yaml (was there already)"), "{out}");
    sandbox.write("work/.github/workflows/mesh.yaml", "mine: 1\n");
    sandbox.write("work/mesh.yaml", "registry: ../r.git\n");
    let out = init("Stock").expect(0);
    assert!(out.contains("is left as it is"), "{out}");
    assert!(out.contains("add a job to it"), "{out}");
    assert_eq!(
        sandbox.read("work/.github/workflows/mesh.yaml"),
        "mine: 1\n"
    );
    assert_eq!(sandbox.read("work/mesh.yaml"), "registry: ../r.git\n");
}

#[test]
fn values_are_what_they_were_given_as() {
    let sandbox = Sandbox::new();
    for (name, domain) in [
        ("null", "true"),
        ("On {domain} {slug}", "null"),
        ("y", "no"),
    ] {
        sandbox
            .mesh(["init", name, "--domain", domain, "--dir", "x", "--force"])
            .expect(0);
        let manifest: serde_yaml::Value =
            serde_yaml::from_str(&sandbox.read("work/x/dataproduct.yaml")).expect("YAML");
        assert_eq!(manifest["name"].as_str(), Some(name));
        assert_eq!(manifest["domain"].as_str(), Some(domain));
        assert!(manifest["tags"][0].is_string(), "{manifest:?}");
        let report = sandbox.mesh(["lint", "x", "--format", "json"]).json(0);
        assert_eq!(report["summary"]["errors"], 0, "{report:#}");
        fs::remove_dir_all(sandbox.path("work/x")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn the_next_steps_can_be_copied_into_a_shell() {
    let sandbox = Sandbox::new();
    let out = sandbox
        .mesh([
            "init",
            "Orders",
            "--domain",
            "sales",
            "--dir",
            "my products; $(x)/it's",
        ])
        .expect(0);
    let step = out
        .lines()
        .find_map(|line| {
            line.trim()
                .split("  lists")
                .next()?
                .strip_prefix("mesh lint ")
        })
        .expect("a next step");
    let mut shell = sandbox.command("sh");
    shell.arg("-c").arg(format!("mesh lint {step}"));
    Run::of(shell.output().expect("sh starts")).expect(0);
}

#[test]
fn ci_asks_for_the_version_that_wrote_it() {
    let version = env!("CARGO_PKG_VERSION");
    for (host, path, line) in [
        (
            "github",
            ".github/workflows/mesh.yaml",
            format!("uses: mesh-toolchain/mesh@v{version}"),
        ),
        (
            "gitlab",
            ".gitlab-ci.yml",
            format!("MESH_VERSION: \"{version}\""),
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox
            .mesh(["init", "Orders", "--domain", "sales", "--ci", host])
            .expect(0);
        let text = sandbox.read(format!("work/{path}"));
        assert!(text.contains(&line), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn force_replaces_a_link_and_not_what_it_leads_to() {
    let sandbox = Sandbox::new();
    sandbox.write("outside", "precious");
    fs::create_dir_all(sandbox.path("work/orders")).unwrap();
    let link = sandbox.path("work/orders/README.md");
    std::os::unix::fs::symlink(sandbox.path("outside"), &link).unwrap();
    sandbox
        .mesh(["init", "Orders", "--domain", "sales", "--force"])
        .expect(0);
    assert_eq!(sandbox.read("outside"), "precious");
    assert!(!link.symlink_metadata().unwrap().is_symlink());
}
