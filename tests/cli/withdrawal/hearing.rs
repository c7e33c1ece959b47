//! What consumers hear of it: from lint, when they publish, and from `verify`.

use serde_json::Value;

use crate::domains::Mesh;
use crate::sandbox::{CONTRACT, PRODUCT, Run};

/// The findings of the rules about what was withdrawn, as `level rule: message`.
fn found(run: Run, status: i32) -> Vec<String> {
    let report = run.json(status);
    let findings = report["diagnostics"].as_array().unwrap().iter();
    let rules = ["consumes-yanked", "consumes-deprecated"];
    let own = findings.filter(|found| rules.contains(&found["rule"].as_str().unwrap()));
    let line = |found: &Value| {
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        format!(
            "{} {}: {} ({})",
            text("level"),
            text("rule"),
            text("message"),
            text("help")
        )
    };
    own.map(line).collect()
}

#[test]
fn nobody_new_relies_on_what_is_yanked_and_the_others_are_warned() {
    let mesh = Mesh::new();
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    mesh.of("planning", &["publish"]).expect(0);
    mesh.write_consumer("finance", "1.0.0", None);
    mesh.of("finance", &["publish"]).expect(0);
    let lint = |domain: &str, status| found(mesh.of(domain, &["lint", "--format", "json"]), status);
    assert!(lint("planning", 0).is_empty());

    mesh.sales(&[
        "yank",
        "commercial/orders@1.0.0",
        "--reason",
        "wrong totals",
    ])
    .expect(0);
    let goes_on = [
        "warn consumes-yanked: input port `orders` relies on commercial/orders 1.0.0, which is yanked: wrong totals (ask \
         the team of commercial/orders when there will be another version of it)",
    ];
    // As it was published, and as it is about to be.
    assert_eq!(lint("planning", 0), goes_on);
    mesh.write_consumer("planning", "1.0.1", Some("1.0.0"));
    assert_eq!(lint("planning", 0), goes_on);
    mesh.write_consumer("finance", "1.1.0", Some("1.0.0"));
    let begins = [goes_on[0]
        .replace("warn", "error")
        .replace("relies", "begins to rely")];
    assert_eq!(lint("finance", 1), begins);
    let offline = ["lint", "--offline", "--format", "json"];
    assert_eq!(found(mesh.of("finance", &offline), 1), begins);

    let tip = mesh.tip();
    let refused = mesh.of("finance", &["publish", "--format", "json"]);
    assert_eq!(found(refused, 1), begins);
    assert_eq!(mesh.tip(), tip);
    let out = mesh.of("planning", &["publish"]).expect(0);
    assert!(out.contains("✓ planning/demand  1.0.1"), "{out}");
    assert!(out.contains("warnings"), "{out}");

    // Something that the orders offer without what was wrong.
    mesh.publish("1.0.1", "1.0.0");
    assert!(lint("finance", 0).is_empty());
    mesh.of("finance", &["publish"]).expect(0);
}

#[test]
fn no_setting_lets_anybody_begin_to_rely_on_what_is_yanked() {
    let mesh = Mesh::new();
    // Judged while nothing was wrong, and merged when it is.
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    let submitted = ["publish", "--mode", "branch", "--format", "json"];
    let submitted = mesh.of("planning", &submitted).json(0);
    let branch = submitted["request"]["branch"].as_str().unwrap();
    mesh.sales(&["yank", "commercial/orders@1.0.0", "--reason", "x"])
        .expect(0);

    let begins = "error consumes-yanked: input port `orders` begins to rely on commercial/orders 1.0.0, which is yanked: x";
    let registry = format!("registry: {}\n", mesh.registry.display());
    for setting in ["  ignore: [consumes-yanked]", "  levels:\n    graph: warn"] {
        mesh.sandbox.write(
            "work/finance/mesh.yaml",
            format!("{registry}lint:\n{setting}\n"),
        );
        mesh.write_consumer("finance", "1.0.0", Some("1.0.0"));
        mesh.of("finance", &["lint"]).expect(0);
        let refused = found(mesh.of("finance", &["publish", "--format", "json"]), 1);
        assert_eq!(refused.len(), 1);
        assert!(refused[0].starts_with(begins), "{refused:?}");
    }

    let git = |arguments: &[&str]| mesh.git(arguments).trim().to_owned();
    let tip = git(&["rev-parse", "HEAD"]);
    let tree = git(&["merge-tree", "--write-tree", &tip, branch]);
    let parents = ["-p", &tip, "-p", branch];
    let who = ["-c", "user.name=Ada", "-c", "user.email=ada@pharma.example"];
    let commit = ["commit-tree", "-m", "Merge", &tree];
    let merged = git(&[&who[..], &commit, &parents].concat());
    let registry = mesh.registry.to_str().unwrap();
    let verify = [
        "registry",
        "verify",
        "--registry",
        registry,
        "--base",
        &tip,
        "--head",
        &merged,
        "--format",
        "json",
    ];
    let refused = found(mesh.sales(&verify), 1);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with(begins), "{refused:?}");
}

#[test]
fn what_is_offered_still_is_named_in_the_help() {
    let mesh = Mesh::new();
    mesh.publish("1.1.0", "1.1.0");
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    mesh.sales(&["yank", "commercial/orders@1.0.0", "--reason", "x."])
        .expect(0);
    let lint = || found(mesh.of("planning", &["lint", "--format", "json"]), 1);
    assert_eq!(
        lint(),
        [
            "error consumes-yanked: input port `orders` begins to rely on commercial/orders 1.0.0, which is yanked: x (ask for \
             version 1.1.0 of `commercial.orders`, which commercial/orders 1.1.0 offers)"
        ]
    );
    mesh.sales(&["unyank", "commercial/orders@1.0.0"]).expect(0);
    let run = mesh.of("planning", &["lint", "--format", "json"]);
    assert!(found(run, 0).is_empty());
}

#[test]
fn consumers_hear_until_when_something_is_supported() {
    let mesh = Mesh::new();
    mesh.publish("1.1.0", "1.1.0");
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    let lint = |as_of: &str, status| {
        let lint = ["lint", "--format", "json", "--as-of", as_of];
        found(mesh.of("planning", &lint), status)
    };
    mesh.sales(&[
        "deprecate",
        "commercial/orders@1.0",
        "--end-of-support",
        "2999-03-31",
        "--replaced-by",
        "commercial/orders@1.1",
    ])
    .expect(0);
    assert_eq!(
        lint("2999-03-31", 0),
        [
            "warn consumes-deprecated: input port `orders` relies on commercial/orders 1.0.0, whose support ends on 2999-03-31 \
             (move to commercial/orders@1.1, which replaces it)"
        ]
    );
    // Whoever begins is warned, too: it still is supported.
    mesh.of("planning", &["publish"]).expect(0);
    let over = lint("2999-04-01", 1);
    assert!(over[0].starts_with("error consumes-deprecated"), "{over:?}");
    assert!(
        over[0].contains("whose support ended on 2999-03-31"),
        "{over:?}"
    );
    mesh.write_consumer("planning", "1.1.0", Some("1.1.0"));
    assert!(lint("2999-04-01", 0).is_empty());
}

#[test]
fn a_yank_that_comes_between_is_seen_before_anything_is_published() {
    let mesh = Mesh::new();
    mesh.write_consumer("finance", "1.0.0", Some("1.0.0"));
    let before = mesh.tip();
    mesh.sales(&["yank", "commercial/orders@1.0.0", "--reason", "x"])
        .expect(0);
    let yanked = mesh.tip();
    // The registry as the publisher finds it first, and as it is when it pushes.
    mesh.git(&["update-ref", "refs/heads/main", before.trim()]);
    std::fs::remove_dir_all(mesh.sandbox.path("cache")).unwrap();
    let script = format!(
        "#!/bin/sh\nif [ ! -e raced ]; then\n  touch raced\n  unset GIT_QUARANTINE_PATH\n  git update-ref refs/heads/main {}\nfi\n",
        yanked.trim()
    );
    let hook = mesh.registry.join("hooks/pre-receive");
    mesh.sandbox.write(&hook, script);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let refused = found(mesh.of("finance", &["publish", "--format", "json"]), 1);
    assert!(
        refused[0].starts_with("error consumes-yanked"),
        "{refused:?}"
    );
    assert_eq!(mesh.tip(), yanked);
}

#[test]
fn the_next_version_is_held_to_what_was_yanked_as_well() {
    let mesh = Mesh::new();
    let offer = |version: &str, more: &str| {
        let product = PRODUCT
            .replacen("version: 1.0.0", &format!("version: {version}"), 1)
            .replace("    version: 1.0.0", &format!("    version: {version}"));
        mesh.sandbox
            .write("work/sales/orders/dataproduct.yaml", product);
        let text = CONTRACT
            .replacen("version: 1.0.0", &format!("version: {version}"), 1)
            .replacen(
                "      - name: order_id\n",
                &format!("{more}      - name: order_id\n"),
                1,
            );
        mesh.sandbox
            .write("work/sales/orders/orders.odcs.yaml", text);
    };
    let field = "      - name: channel\n        logicalType: string\n        physicalType: varchar(20)\n        \
                 description: Where it was ordered.\n        classification: internal\n        examples: [web]\n";
    offer("1.1.0", field);
    mesh.sales(&["publish"]).expect(0);
    mesh.sales(&["yank", "commercial/orders@1.1.0", "--reason", "x"])
        .expect(0);
    // Somebody relies on the field of 1.1.0 and keeps it, so taking it away still breaks them.
    offer("1.1.1", "");
    let run = mesh.sales(&["breaking", "--against", "registry"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("channel"), "{}", run.stdout);
    mesh.sales(&["publish"]).expect(1);
    offer("1.2.0", field);
    mesh.sales(&["publish"]).expect(0);
    // The number is taken.
    offer("1.1.0", "");
    let out = mesh.sales(&["publish"]).expect(1);
    assert!(out.contains("1.1.0"), "{out}");
}
