//! `mesh yank`, `mesh unyank` and `mesh deprecate`, and who hears of them

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::sandbox::{Run, Sandbox};

const PRODUCT: &str = include_str!("../../crates/mesh-lint/src/examples/dataproduct.yaml");
const CONTRACT: &str = include_str!("../../crates/mesh-lint/src/examples/orders.odcs.yaml");

/// Two domains with a repository each, and a registry between them.
struct Mesh {
    sandbox: Sandbox,
    registry: PathBuf,
}

impl Mesh {
    /// With `commercial/orders` 1.0.0 published.
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let registry = sandbox.path("registry.git");
        sandbox
            .mesh(["registry", "init", registry.to_str().unwrap()])
            .expect(0);
        let config = format!("registry: {}\n", registry.display());
        for folder in ["work", "planning", "finance"] {
            sandbox.write(format!("{folder}/mesh.yaml"), &config);
        }
        let mesh = Self { sandbox, registry };
        mesh.publish_orders("1.0.0", "1.0.0");
        mesh
    }

    /// Publishes a version of `commercial/orders` that offers a version of its contract.
    fn publish_orders(&self, version: &str, contract: &str) {
        let product = PRODUCT
            .replacen("version: 1.0.0", &format!("version: {version}"), 1)
            .replace("    version: 1.0.0", &format!("    version: {contract}"));
        self.sandbox.write("work/orders/dataproduct.yaml", product);
        let text = CONTRACT.replacen("version: 1.0.0", &format!("version: {contract}"), 1);
        self.sandbox.write("work/orders/orders.odcs.yaml", text);
        self.sandbox.mesh(["publish"]).expect(0);
    }

    /// Writes `<domain>/demand` in a version that relies on a version of the contract of the orders.
    fn write_consumer(&self, domain: &str, version: &str, orders: Option<&str>) {
        let id = format!("{domain}.demand");
        let product = PRODUCT
            .replacen("version: 1.0.0", &format!("version: {version}"), 1)
            .replace("commercial.orders", &id)
            .replace("name: Orders\n", "name: Demand\n")
            .replace("domain: commercial", &format!("domain: {domain}"))
            .replace("name: orders\n", "name: demand\n");
        let inputs = match orders {
            Some(orders) => format!(
                "inputPorts:\n  - name: orders\n    version: {orders}\n    contractId: commercial.orders\n"
            ),
            None => String::new(),
        };
        let file = format!("{domain}/demand/dataproduct.yaml");
        self.sandbox.write(file, format!("{product}{inputs}"));
        let contract = CONTRACT
            .replace("id: commercial.orders", &format!("id: {id}"))
            .replace("domain: commercial", &format!("domain: {domain}"));
        let file = format!("{domain}/demand/demand.odcs.yaml");
        self.sandbox.write(file, contract);
    }

    /// Runs mesh in the repository of a domain.
    fn of(&self, domain: &str, arguments: &[&str]) -> Run {
        self.sandbox.mesh_in(self.sandbox.path(domain), arguments)
    }

    fn mesh(&self, arguments: &[&str]) -> Run {
        self.sandbox.mesh(arguments)
    }

    fn git(&self, arguments: &[&str]) -> String {
        let mut command = self.sandbox.command("git");
        command.arg("-C").arg(&self.registry).args(arguments);
        Run::of(command.output().expect("git starts")).expect(0)
    }

    #[track_caller]
    fn fails(&self, arguments: &[&str], status: i32, message: &str, help: &str) {
        let run = self.mesh(arguments);
        assert_eq!(run.status, status, "{arguments:?}: {}", run.stderr);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(message) && said.contains(help), "{said}");
    }

    fn tip(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }
}

#[test]
fn a_yanked_version_stays_and_is_not_offered() {
    let mesh = Mesh::new();
    mesh.publish_orders("1.0.1", "1.0.0");
    let products = mesh.git(&["rev-parse", "HEAD:products"]);
    let out = mesh
        .mesh(&[
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

    let shown = mesh.mesh(&["show", "commercial/orders@1.0.1"]).expect(0);
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

    let latest = mesh.mesh(&["show", "commercial/orders"]).expect(0);
    assert!(latest.contains("commercial/orders 1.0.0"), "{latest}");
    assert!(latest.contains("inputPorts:"), "{latest}");
    let found = mesh.mesh(&["search", "--format", "json"]).json(0);
    assert_eq!(found["products"][0]["version"], "1.0.0");
    assert_eq!(found["products"][0]["versions"], 2);
    assert_eq!(found["products"][0]["yanked"], Value::Null);

    // Only yanked versions are left.
    mesh.mesh(&["yank", "commercial/orders@1.0.0", "--reason", "the same"])
        .expect(0);
    let found = mesh.mesh(&["search", "--format", "json"]).json(0);
    assert_eq!(found["products"][0]["version"], "1.0.1");
    assert_eq!(found["products"][0]["yanked"]["reason"], "wrong totals");
    assert_eq!(
        found["products"][0]["yanked"]["by"]["email"],
        "ada@pharma.example"
    );
    let found = mesh.mesh(&["search"]).expect(0);
    assert!(
        found.contains("commercial/orders 1.0.1 (yanked)"),
        "{found}"
    );
    let shown = mesh
        .mesh(&["show", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(shown["record"]["version"], "1.0.1");
    assert_eq!(shown["yankedVersions"], json!(["1.0.1", "1.0.0"]));
    assert_eq!(shown["deprecatedVersions"], json!([]));

    let out = mesh.mesh(&["unyank", "commercial/orders@1.0.0"]).expect(0);
    assert!(
        out.contains("✓ commercial/orders  1.0.0     unyanked"),
        "{out}"
    );
    let latest = mesh
        .mesh(&["show", "commercial/orders", "--format", "json"])
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
    let first = mesh.mesh(&yank).json(0);
    assert_eq!(first["versions"][0]["outcome"], "changed");
    assert_eq!(first["kind"], "yank");
    assert_eq!(first["reason"], "x");
    let tip = mesh.tip();
    assert_eq!(first["commit"], tip.trim());
    let again = mesh.mesh(&yank).json(0);
    assert_eq!(again["versions"][0]["outcome"], "unchanged");
    assert_eq!(again["commit"], Value::Null);
    let out = mesh.mesh(&yank[..4]).expect(0);
    assert!(out.contains("already yanked"), "{out}");
    assert!(
        out.contains("Nothing to do: everything was yanked before"),
        "{out}"
    );
    let out = mesh
        .mesh(&["deprecate", "commercial/orders", "--undo"])
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
    mesh.publish_orders("1.0.1", "1.0.0");
    mesh.publish_orders("1.1.0", "1.1.0");
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    mesh.of("planning", &["publish"]).expect(0);
    mesh.write_consumer("finance", "1.0.0", Some("1.1.0"));
    mesh.of("finance", &["publish"]).expect(0);
    let would = |arguments: &[&str]| {
        let json = ["--dry-run", "--format", "json"];
        let report = mesh.mesh(&[arguments, &json[..]].concat()).json(0);
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
    mesh.mesh(&["yank", "commercial/orders@1.0.1", "--reason", "x"])
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
    let out = mesh.mesh(&[&yank[..], &["--dry-run"]].concat()).expect(0);
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
    mesh.publish_orders("1.1.0", "1.1.0");
    let out = mesh
        .mesh(&[
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
    let shown = mesh.mesh(&["show", "commercial/orders@1.0.0"]).expect(0);
    let line = shown.lines().nth(1).unwrap();
    assert!(
        line.starts_with(
            "deprecated  supported until 2999-12-31, replaced by commercial/orders@1.1  2"
        ),
        "{shown}"
    );
    assert!(
        line.ends_with("by ada@pharma.example: the new one has totals"),
        "{shown}"
    );
    assert!(
        shown.contains("versions   1.1.0, 1.0.0 (deprecated)\n"),
        "{shown}"
    );
    // It still is to be consumed, by those who know.
    assert!(shown.contains("inputPorts:"), "{shown}");
    let shown = mesh
        .mesh(&["show", "commercial/orders@1.0.0", "--format", "json"])
        .json(0);
    assert_eq!(shown["deprecated"]["endOfSupport"], "2999-12-31");
    assert_eq!(shown["deprecated"]["replacedBy"], "commercial/orders@1.1");
    assert_eq!(shown["deprecatedVersions"], json!(["1.0.0"]));

    // Of everything, and then not any more.
    mesh.mesh(&[
        "deprecate",
        "commercial/orders",
        "--end-of-support",
        "2999-12-30",
    ])
    .expect(0);
    let found = mesh.mesh(&["search"]).expect(0);
    assert!(
        found.contains("commercial/orders 1.1.0 (deprecated, supported until 2999-12-30)"),
        "{found}"
    );
    let out = mesh
        .mesh(&[
            "deprecate",
            "commercial/orders",
            "--undo",
            "--format",
            "json",
        ])
        .json(0);
    assert_eq!(out["versions"].as_array().map(Vec::len), Some(2));
    assert_eq!(out["kind"], "undeprecate");
    let found = mesh.mesh(&["search", "--format", "json"]).json(0);
    assert_eq!(found["products"][0]["deprecated"], Value::Null);
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_do() {
    let mesh = Mesh::new();
    mesh.publish_orders("2.0.0", "2.0.0");
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
    mesh.publish_orders("2.0.0", "2.0.0");
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
    mesh.mesh(&["yank", "commercial/orders@2.0.0", "--reason", "x"])
        .expect(0);
    fails(
        &replaced("commercial/orders@2"),
        1,
        "it is yanked",
        "not withdrawn itself",
    );
    let refused = [&replaced("commercial/orders@2")[..], &["--format", "json"]].concat();
    let refused = mesh.mesh(&refused).json(1);
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
    let git = |arguments: &[&str]| {
        let mut command = mesh.sandbox.command("git");
        command.arg("-C").arg(&work).args(arguments);
        Run::of(command.output().expect("git starts")).expect(0)
    };
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
        let run = mesh.mesh(arguments);
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
        mesh.mesh(&[&yank[..], more].concat())
    };
    let would = yank(&["--dry-run", "--format", "json"]).json(0);
    assert_eq!(would["versions"][0]["outcome"], "wouldSubmit");
    let out = yank(&[]).expect(0);
    assert!(out.contains("submitted, to be yanked"), "{out}");
    assert!(
        out.contains("It is published when the request is merged"),
        "{out}"
    );
    let again = yank(&["--format", "json"]).json(0);
    assert_eq!(again["versions"][0]["outcome"], "submitted");
    assert_eq!(again["request"]["isNew"], false);
    assert_eq!(mesh.tip(), tip);
    let shown = mesh.mesh(&["show", "commercial/orders"]).expect(0);
    assert!(!shown.contains("yanked"), "{shown}");

    let branch = again["request"]["branch"].as_str().unwrap();
    mesh.git(&["update-ref", "refs/heads/main", branch]);
    let merged = yank(&["--wait=1s", "--format", "json"]).json(0);
    assert_eq!(merged["versions"][0]["outcome"], "unchanged");
    let shown = mesh.mesh(&["show", "commercial/orders"]).expect(0);
    assert!(shown.contains("(yanked)"), "{shown}");
}

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

    mesh.mesh(&[
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
    mesh.publish_orders("1.0.1", "1.0.0");
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
    mesh.mesh(&["yank", "commercial/orders@1.0.0", "--reason", "x"])
        .expect(0);

    let begins = "error consumes-yanked: input port `orders` begins to rely on commercial/orders 1.0.0, which is yanked: x";
    let registry = format!("registry: {}\n", mesh.registry.display());
    for setting in ["  ignore: [consumes-yanked]", "  levels:\n    graph: warn"] {
        mesh.sandbox
            .write("finance/mesh.yaml", format!("{registry}lint:\n{setting}\n"));
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
    let refused = found(mesh.mesh(&verify), 1);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with(begins), "{refused:?}");
}

#[test]
fn what_is_offered_still_is_named_in_the_help() {
    let mesh = Mesh::new();
    mesh.publish_orders("1.1.0", "1.1.0");
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    mesh.mesh(&["yank", "commercial/orders@1.0.0", "--reason", "x."])
        .expect(0);
    let lint = || found(mesh.of("planning", &["lint", "--format", "json"]), 1);
    assert_eq!(
        lint(),
        [
            "error consumes-yanked: input port `orders` begins to rely on commercial/orders 1.0.0, which is yanked: x (ask for \
             version 1.1.0 of `commercial.orders`, which commercial/orders 1.1.0 offers)"
        ]
    );
    mesh.mesh(&["unyank", "commercial/orders@1.0.0"]).expect(0);
    let run = mesh.of("planning", &["lint", "--format", "json"]);
    assert!(found(run, 0).is_empty());
}

#[test]
fn consumers_hear_until_when_something_is_supported() {
    let mesh = Mesh::new();
    mesh.publish_orders("1.1.0", "1.1.0");
    mesh.write_consumer("planning", "1.0.0", Some("1.0.0"));
    let lint = |as_of: &str, status| {
        let lint = ["lint", "--format", "json", "--as-of", as_of];
        found(mesh.of("planning", &lint), status)
    };
    mesh.mesh(&[
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
    mesh.mesh(&["yank", "commercial/orders@1.0.0", "--reason", "x"])
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
        mesh.sandbox.write("work/orders/dataproduct.yaml", product);
        let text = CONTRACT
            .replacen("version: 1.0.0", &format!("version: {version}"), 1)
            .replacen(
                "      - name: order_id\n",
                &format!("{more}      - name: order_id\n"),
                1,
            );
        mesh.sandbox.write("work/orders/orders.odcs.yaml", text);
    };
    let field = "      - name: channel\n        logicalType: string\n        physicalType: varchar(20)\n        \
                 description: Where it was ordered.\n        classification: internal\n        examples: [web]\n";
    offer("1.1.0", field);
    mesh.mesh(&["publish"]).expect(0);
    mesh.mesh(&["yank", "commercial/orders@1.1.0", "--reason", "x"])
        .expect(0);
    // Somebody relies on the field of 1.1.0 and keeps it, so taking it away still breaks them.
    offer("1.1.1", "");
    let run = mesh.mesh(&["breaking", "--against", "registry"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("channel"), "{}", run.stdout);
    mesh.mesh(&["publish"]).expect(1);
    offer("1.2.0", field);
    mesh.mesh(&["publish"]).expect(0);
    // The number is taken.
    offer("1.1.0", "");
    let out = mesh.mesh(&["publish"]).expect(1);
    assert!(out.contains("1.1.0"), "{out}");
}
