//! Withdrawing: what it changes, who may, and what makes no sense.

use serde_json::{Value, json};

use crate::domains::Mesh;

impl Mesh {
    #[track_caller]
    fn fails(&self, arguments: &[&str], status: i32, message: &str, help: &str) {
        let run = self.sales(arguments);
        assert_eq!(run.status, status, "{arguments:?}: {}", run.stderr);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(message) && said.contains(help), "{said}");
    }
}

#[test]
fn a_yanked_version_stays_and_is_not_offered() {
    let mesh = Mesh::new();
    mesh.publish("1.0.1", "1.0.0");
    let products = mesh.git(&["rev-parse", "HEAD:products"]);
    let out = mesh
        .sales(&[
            "yank",
            "commercial/orders@1.0.1",
            "--reason",
            "wrong totals",
        ])
        .expect(0);
    assert!(
        out.contains("✓ commercial/orders  1.0.1     yanked\n"),
        "{out}"
    );
    assert!(out.contains("nobody is warned"), "{out}");
    assert_eq!(mesh.git(&["rev-parse", "HEAD:products"]), products);

    let shown = mesh.sales(&["show", "commercial/orders@1.0.1"]).expect(0);
    let line = shown.lines().nth(1).unwrap();
    assert!(
        line.starts_with("yanked  2") && line.ends_with(" by ada@pharma.example: wrong totals"),
        "{shown}"
    );
    assert!(
        shown.contains("versions   1.0.1 (yanked), 1.0.0\n"),
        "{shown}"
    );
    assert!(!shown.contains("inputPorts:"), "{shown}");
    assert!(
        shown.contains("see `mesh show commercial/orders@1.0.0`"),
        "{shown}"
    );

    let latest = mesh.sales(&["show", "commercial/orders"]).expect(0);
    assert!(latest.contains("commercial/orders 1.0.0"), "{latest}");
    assert!(latest.contains("inputPorts:"), "{latest}");
    let found = mesh.sales(&["search", "--format", "json"]).json(0);
    assert_eq!(found["products"][0]["version"], "1.0.0");
    assert_eq!(found["products"][0]["versions"], 2);
    assert_eq!(found["products"][0]["yanked"], Value::Null);

    // Only yanked versions are left.
    mesh.sales(&["yank", "commercial/orders@1.0.0", "--reason", "the same"])
        .expect(0);
    let found = mesh.sales(&["search", "--format", "json"]).json(0);
    assert_eq!(found["products"][0]["version"], "1.0.1");
    assert_eq!(found["products"][0]["yanked"]["reason"], "wrong totals");
    assert_eq!(
        found["products"][0]["yanked"]["by"]["email"],
        "ada@pharma.example"
    );
    let found = mesh.sales(&["search"]).expect(0);
    assert!(
        found.contains("commercial/orders 1.0.1 (yanked)"),
        "{found}"
    );
    let shown = mesh
        .sales(&["show", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(shown["record"]["version"], "1.0.1");
    assert_eq!(shown["yankedVersions"], json!(["1.0.1", "1.0.0"]));
    assert_eq!(shown["deprecatedVersions"], json!([]));

    let out = mesh.sales(&["unyank", "commercial/orders@1.0.0"]).expect(0);
    assert!(
        out.contains("✓ commercial/orders  1.0.0     unyanked"),
        "{out}"
    );
    let latest = mesh
        .sales(&["show", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(latest["record"]["version"], "1.0.0");
    assert_eq!(latest["yanked"], Value::Null);
}

#[test]
fn saying_it_again_changes_nothing() {
    let mesh = Mesh::new();
    let yank = [
        "yank",
        "commercial/orders@v1.0.0",
        "--reason",
        "x",
        "--format",
        "json",
    ];
    let first = mesh.sales(&yank).json(0);
    assert_eq!(first["versions"][0]["outcome"], "changed");
    assert_eq!(first["kind"], "yank");
    assert_eq!(first["reason"], "x");
    let tip = mesh.tip();
    assert_eq!(first["commit"], tip.trim());
    let again = mesh.sales(&yank).json(0);
    assert_eq!(again["versions"][0]["outcome"], "unchanged");
    assert_eq!(again["commit"], Value::Null);
    let out = mesh.sales(&yank[..4]).expect(0);
    assert!(out.contains("already yanked"), "{out}");
    assert!(
        out.contains("Nothing to do: everything was yanked before"),
        "{out}"
    );
    let out = mesh
        .sales(&["deprecate", "commercial/orders", "--undo"])
        .expect(0);
    assert!(
        out.contains("Nothing to do: nothing was deprecated"),
        "{out}"
    );
    assert_eq!(mesh.tip(), tip);
}

#[test]
fn a_dry_run_tells_whom_it_reaches() {
    let mesh = Mesh::new();
    mesh.publish("1.0.1", "1.0.0");
    mesh.publish("1.1.0", "1.1.0");
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    mesh.of("planning", &["publish"]).expect(0);
    mesh.write_consumer("finance", "1.0.0", Some("1.1.0"));
    mesh.of("finance", &["publish"]).expect(0);
    let would = |arguments: &[&str]| {
        let json = ["--dry-run", "--format", "json"];
        let report = mesh.sales(&[arguments, &json[..]].concat()).json(0);
        assert_eq!(report["versions"][0]["outcome"], "wouldChange");
        report["consumers"].clone()
    };
    let planning = json!([{
        "domain": "planning",
        "product": "demand",
        "version": "1.0.0",
        "owner": "ada@pharma.example",
        "contract": "commercial.orders",
        "contractVersion": "1.0.0",
    }]);
    let yank = ["yank", "commercial/orders@1.0.0", "--reason", "x"];
    // Another version that still offers the contract is one to stay with.
    assert_eq!(would(&yank), json!([]));
    mesh.sales(&["yank", "commercial/orders@1.0.1", "--reason", "x"])
        .expect(0);
    let tip = mesh.tip();
    assert_eq!(would(&yank), planning);
    let until = ["--end-of-support", "2999-12-31"];
    let deprecate = |product| would(&[&["deprecate", product], &until[..]].concat());
    assert_eq!(deprecate("commercial/orders@1.0"), planning);
    assert_eq!(
        deprecate("commercial/orders").as_array().map(Vec::len),
        Some(2)
    );
    let out = mesh.sales(&[&yank[..], &["--dry-run"]].concat()).expect(0);
    assert!(out.contains("would be yanked"), "{out}");
    assert!(
        out.contains("Warned from now on, for relying on what only yanked versions offer:\n"),
        "{out}"
    );
    assert!(
        out.contains(
            "  planning/demand 1.0.0  relies on commercial.orders 1.0.0  (ada@pharma.example)"
        ),
        "{out}"
    );
    assert!(
        out.contains("Nothing was changed: this is a dry run"),
        "{out}"
    );
    assert_eq!(mesh.tip(), tip);
}

#[test]
fn what_is_deprecated_says_until_when_and_what_comes_instead() {
    let mesh = Mesh::new();
    mesh.publish("1.1.0", "1.1.0");
    let out = mesh
        .sales(&[
            "deprecate",
            "commercial/orders@1.0.0",
            "--end-of-support",
            "2999-12-31",
            "--replaced-by",
            "commercial/orders@1.1",
            "--reason",
            "the new one has totals",
        ])
        .expect(0);
    assert!(
        out.contains("deprecated, supported until 2999-12-31, replaced by commercial/orders@1.1\n"),
        "{out}"
    );
    let shown = mesh.sales(&["show", "commercial/orders@1.0.0"]).expect(0);
    // It is wrapped, and reads the same on one line.
    let lines: Vec<&str> = shown.lines().skip(1).take(2).collect();
    assert!(lines.iter().all(|line| line.len() <= 100), "{shown}");
    let said = format!("{}{}", lines[0], &lines[1][1..]);
    assert!(
        said.starts_with(
            "deprecated  supported until 2999-12-31, replaced by commercial/orders@1.1; 2"
        ),
        "{shown}"
    );
    assert!(
        said.ends_with("by ada@pharma.example: the new one has totals"),
        "{shown}"
    );
    assert!(
        shown.contains("versions   1.1.0, 1.0.0 (deprecated)\n"),
        "{shown}"
    );
    // It still is to be consumed, by those who know.
    assert!(shown.contains("inputPorts:"), "{shown}");
    let shown = mesh
        .sales(&["show", "commercial/orders@1.0.0", "--format", "json"])
        .json(0);
    assert_eq!(shown["deprecated"]["endOfSupport"], "2999-12-31");
    assert_eq!(shown["deprecated"]["replacedBy"], "commercial/orders@1.1");
    assert_eq!(shown["deprecatedVersions"], json!(["1.0.0"]));

    // Of everything, and then not any more.
    mesh.sales(&[
        "deprecate",
        "commercial/orders",
        "--end-of-support",
        "2999-12-30",
    ])
    .expect(0);
    let found = mesh.sales(&["search"]).expect(0);
    assert!(
        found.contains("commercial/orders 1.1.0 (deprecated, supported until 2999-12-30)"),
        "{found}"
    );
    let out = mesh
        .sales(&[
            "deprecate",
            "commercial/orders",
            "--undo",
            "--format",
            "json",
        ])
        .json(0);
    assert_eq!(out["versions"].as_array().map(Vec::len), Some(2));
    assert_eq!(out["kind"], "undeprecate");
    let found = mesh.sales(&["search", "--format", "json"]).json(0);
    assert_eq!(found["products"][0]["deprecated"], Value::Null);
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_do() {
    let mesh = Mesh::new();
    mesh.publish("2.0.0", "2.0.0");
    let tip = mesh.tip();
    let fails =
        |arguments: &[&str], status, message, help| mesh.fails(arguments, status, message, help);
    let reason = ["--reason", "x"];
    for version in [
        "commercial/orders",
        "commercial/orders@1",
        "commercial/orders@latest",
    ] {
        let yank = [&["yank", version], &reason[..]].concat();
        fails(
            &yank,
            2,
            "does not name one version",
            "`mesh yank sales/orders@1.2.0`",
        );
        fails(
            &["unyank", version],
            2,
            "does not name one version",
            "`mesh unyank",
        );
    }
    fails(
        &["yank", "commercial/orders@1.0.0"],
        2,
        "--reason",
        "--help",
    );
    let missing = ["yank", "commercial/orders@1.0.9", "--reason", "x"];
    fails(&missing, 2, "1.0.9", "use one of `2.0.0`, `1.0.0`");
    let unknown = ["yank", "commercial/ordres@1.0.0", "--reason", "x"];
    fails(
        &unknown,
        2,
        "commercial/ordres",
        "did you mean `commercial/orders`?",
    );
    let empty = ["yank", "commercial/orders@1.0.0", "--reason", " "];
    fails(&empty, 1, "the reason is empty", "one line");
    let lines = ["yank", "commercial/orders@1.0.0", "--reason", "a\nb"];
    fails(&lines, 1, "more than one line", "one line");
    assert_eq!(mesh.tip(), tip);
}

#[test]
fn a_deprecation_needs_a_day_to_come_and_something_to_move_to() {
    let mesh = Mesh::new();
    mesh.publish("2.0.0", "2.0.0");
    let tip = mesh.tip();
    let fails =
        |arguments: &[&str], status, message, help| mesh.fails(arguments, status, message, help);
    let deprecate = ["deprecate", "commercial/orders@1"];
    fails(&deprecate, 2, "--end-of-support", "--help");
    let until = |day| [&deprecate[..], &["--end-of-support", day]].concat();
    fails(&until("soon"), 2, "`soon` is not a day", "2027-03-31");
    fails(
        &until("2027-02-30"),
        2,
        "`2027-02-30` is not a day",
        "2027-03-31",
    );
    fails(
        &until("2020-01-01"),
        2,
        "the end of support 2020-01-01 is in the past",
        "`mesh yank`",
    );
    let undo = [&until("2999-12-31")[..], &["--undo"]].concat();
    fails(&undo, 2, "cannot be used with", "--undo");
    let replaced = |by| [&until("2999-12-31")[..], &["--replaced-by", by]].concat();
    fails(
        &replaced("commercial/order"),
        1,
        "there is no such product",
        "such as",
    );
    fails(
        &replaced("commercial/orders@3"),
        1,
        "there is no such version",
        "such as",
    );
    fails(
        &replaced("commercial/orders@1"),
        1,
        "it is what is being deprecated",
        "such as",
    );
    fails(&replaced("orders"), 1, "it is not a product", "such as");
    assert_eq!(mesh.tip(), tip);
    mesh.sales(&["yank", "commercial/orders@2.0.0", "--reason", "x"])
        .expect(0);
    fails(
        &replaced("commercial/orders@2"),
        1,
        "it is yanked",
        "not withdrawn itself",
    );
    let refused = [&replaced("commercial/orders@2")[..], &["--format", "json"]].concat();
    let refused = mesh.sales(&refused).json(1);
    assert_eq!(
        refused["refused"]["message"],
        "`commercial/orders@2` cannot replace `commercial/orders@1`: it is yanked"
    );
}

#[test]
fn only_the_owners_of_a_domain_withdraw_what_is_in_it() {
    let mesh = Mesh::new();
    let work = mesh.sandbox.path("registry");
    let clone = ["clone", "-q", ".", work.to_str().unwrap()];
    mesh.git(&clone);
    mesh.sandbox.write(
        "registry/owners/commercial.yaml",
        "owners:\n  - email: grace@pharma.example\n",
    );
    let git = |arguments: &[&str]| mesh.sandbox.git(&work, arguments);
    git(&["add", "-A"]);
    git(&["commit", "-qm", "Say whose it is"]);
    git(&["push", "-q"]);
    let tip = mesh.tip();
    for arguments in [
        &["yank", "commercial/orders@1.0.0", "--reason", "x"][..],
        &[
            "deprecate",
            "commercial/orders",
            "--end-of-support",
            "2999-12-31",
        ],
    ] {
        let run = mesh.sales(arguments);
        assert_eq!(run.status, 1, "{}", run.stderr);
        let said = "`ada@pharma.example` is not an owner of the domain `commercial`";
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(mesh.tip(), tip);
}

#[test]
fn it_may_go_through_a_request() {
    let mesh = Mesh::new();
    let tip = mesh.tip();
    let yank = |more: &[&str]| {
        let yank = [
            "yank",
            "commercial/orders@1.0.0",
            "--reason",
            "x",
            "--mode",
            "branch",
        ];
        mesh.sales(&[&yank[..], more].concat())
    };
    let would = yank(&["--dry-run", "--format", "json"]).json(0);
    assert_eq!(would["versions"][0]["outcome"], "wouldSubmit");
    let out = yank(&[]).expect(0);
    assert!(out.contains("submitted, to be yanked"), "{out}");
    assert!(out.contains("It holds when the request is merged"), "{out}");
    let again = yank(&["--format", "json"]).json(0);
    assert_eq!(again["versions"][0]["outcome"], "submitted");
    assert_eq!(again["request"]["isNew"], false);
    assert_eq!(mesh.tip(), tip);
    let shown = mesh.sales(&["show", "commercial/orders"]).expect(0);
    assert!(!shown.contains("yanked"), "{shown}");

    let branch = again["request"]["branch"].as_str().unwrap();
    mesh.git(&["update-ref", "refs/heads/main", branch]);
    let merged = yank(&["--wait=1s", "--format", "json"]).json(0);
    assert_eq!(merged["versions"][0]["outcome"], "unchanged");
    let shown = mesh.sales(&["show", "commercial/orders"]).expect(0);
    assert!(shown.contains("(yanked)"), "{shown}");
}
