//! `mesh log` and `mesh registry stats`

use serde_json::{Value, json};

use crate::sandbox::{CONTRACT, PRODUCT, Run, Sandbox};

/// A registry with orders in versions 1.0.0 and 1.0.1, published by two people.
fn registry() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    let registry = sandbox.registry().display().to_string();
    sandbox.write("work/mesh.yaml", format!("registry: {registry}\n"));
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    sandbox.write("work/orders/dataproduct.yaml", PRODUCT);
    sandbox.mesh(["publish"]).expect(0);
    let next = PRODUCT.replace(
        "name: Orders\nversion: 1.0.0",
        "name: All Orders\nversion: 1.0.1",
    );
    sandbox.write("work/orders/dataproduct.yaml", next);
    let mut publish = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
    publish.arg("publish").envs([
        ("GIT_AUTHOR_NAME", "Grace Hopper"),
        ("GIT_AUTHOR_EMAIL", "grace@pharma.example"),
        ("GIT_COMMITTER_NAME", "Grace Hopper"),
        ("GIT_COMMITTER_EMAIL", "grace@pharma.example"),
    ]);
    Run::of(publish.output().unwrap()).expect(0);
    (sandbox, registry)
}

fn git(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> String {
    sandbox.git(sandbox.path(folder), arguments)
}

fn kinds(log: &Value) -> Vec<String> {
    let entries = log["entries"].as_array().unwrap().iter();
    entries
        .map(|entry| {
            let what = entry["version"].as_str().or(entry["path"].as_str());
            format!("{} {}", entry["kind"].as_str().unwrap(), what.unwrap())
        })
        .collect()
}

#[test]
fn versions_are_listed_newest_first_with_who_and_how() {
    let (sandbox, _) = registry();
    let log = sandbox
        .mesh(["log", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(kinds(&log), ["publish 1.0.1", "publish 1.0.0"]);
    let newest = &log["entries"][0];
    assert_eq!(newest["compatibility"]["base"]["version"], "1.0.0");
    assert_eq!(newest["signature"], Value::Null);
    assert_eq!(log["entries"][1]["by"]["email"], "ada@pharma.example");
    let tip = git(&sandbox, "registry.git", &["rev-parse", "main"]);
    assert_eq!(newest["commit"]["id"], tip.trim());

    let out = sandbox.mesh(["log", "commercial/orders"]).expect(0);
    assert!(
        out.starts_with("1.0.1 published  since 1.0.0: patch, "),
        "{out}"
    );
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines.contains(&"1.0.0 published"), "{out}");
    assert!(out.contains("<ada@pharma.example>, not signed\n"), "{out}");
    assert!(out.contains("2 entries of commercial/orders in "), "{out}");

    let log = |arguments: &[&str]| {
        let arguments = ["log", "--format", "json"].iter().chain(arguments);
        sandbox.mesh(arguments).json(0)
    };
    let limited = log(&["commercial/orders", "--limit", "1"]);
    assert_eq!((kinds(&limited).len(), &limited["total"]), (1, &json!(2)));
    assert_eq!(kinds(&log(&["commercial.orders@1.0.0"])), ["publish 1.0.0"]);
    let run = sandbox.mesh(["log", "commercial/order"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("commercial/orders"), "{}", run.stderr);
}

#[test]
fn the_order_is_that_of_history_and_not_of_clocks() {
    let (sandbox, registry) = registry();
    git(&sandbox, "", &["clone", "-q", &registry, "clone"]);
    // The commit of the newest version is made again, and its maker's clock stands at the year 2001.
    let mut amend = sandbox.command("git");
    amend
        .arg("-C")
        .arg(sandbox.path("clone"))
        .args(["commit", "-q", "--amend", "--no-edit", "--reset-author"])
        .env("GIT_COMMITTER_DATE", "2001-02-03T04:05:06Z");
    Run::of(amend.output().unwrap()).expect(0);
    git(&sandbox, "clone", &["push", "-qf"]);
    let named = ["--registry", registry.as_str()];
    let fresh = |arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
        command.env("MESH_CACHE_DIR", sandbox.path("fresh"));
        command
            .args(arguments)
            .args(named)
            .args(["--format", "json"]);
        Run::of(command.output().unwrap()).json(0)
    };
    let log = fresh(&["log", "commercial/orders"]);
    assert_eq!(kinds(&log), ["publish 1.0.1", "publish 1.0.0"]);
    assert_eq!(log["entries"][0]["commit"]["at"], "2001-02-03T04:05:06Z");
    // What a clock says that stands back is not believed: all of it was in one month.
    let months = &fresh(&["registry", "stats"])["byMonth"];
    assert_eq!(months.as_array().unwrap().len(), 1, "{months:#}");
    assert_eq!(months[0]["versions"], 2);
}

#[test]
fn what_no_publish_does_is_told() {
    let (sandbox, registry) = registry();
    git(&sandbox, "", &["clone", "-q", &registry, "clone"]);
    let version = "clone/products/commercial/orders";
    sandbox.write(format!("{version}/1.0.0/dataproduct.yaml"), "id: other\n");
    sandbox.write(format!("{version}/1.0.2/record.json"), "{}");
    git(&sandbox, "clone", &["add", "-A"]);
    git(&sandbox, "clone", &["commit", "-qm", "by hand"]);
    git(&sandbox, "clone", &["push", "-q"]);
    let log = sandbox
        .mesh(["log", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(
        kinds(&log),
        [
            "altered products/commercial/orders/1.0.0",
            "unreadable products/commercial/orders/1.0.2/record.json",
            "publish 1.0.1",
            "publish 1.0.0",
        ]
    );
    let out = sandbox.mesh(["log", "commercial/orders@1.0.0"]).expect(0);
    assert!(
        out.contains("changed products/commercial/orders/1.0.0\n  what is published never changes"),
        "{out}"
    );
}

#[test]
fn a_registry_is_counted() {
    let (sandbox, registry) = registry();
    let stats = |sandbox: &Sandbox| {
        let arguments = ["registry", "stats", "--format", "json"];
        sandbox.mesh(arguments).json(0)
    };
    let found = stats(&sandbox);
    for (key, expected) in [
        ("domains", json!(1)),
        ("products", json!(1)),
        ("versions", json!(2)),
        ("contracts", json!(1)),
        ("contractVersions", json!(1)),
        ("consumers", json!(0)),
        ("signed", json!(0)),
        ("yanked", json!(0)),
        ("mostConsumed", json!([])),
        (
            "owners",
            json!({"domainsWithoutOwners": ["commercial"], "ownersWithoutProducts": []}),
        ),
        (
            "byDomain",
            json!([{"domain": "commercial", "products": 1, "versions": 2}]),
        ),
    ] {
        assert_eq!(found[key], expected, "{key}");
    }
    let size = |key: &str| found["size"][key].as_u64().unwrap();
    assert!(size("objects") > 0 && size("cache") > size("objects"));

    // A second domain that reads it, and owners of domains without and with products.
    let reader = "apiVersion: v1.1.0\nkind: DataProduct\nid: finance.board\nname: Board\nversion: 1.0.0\nstatus: active\n\
         domain: finance\ndescription: {purpose: Figures.}\ninputPorts:\n  - {name: orders, version: 1.0.0, contractId: commercial.orders}\n\
         outputPorts:\n  - {name: board, version: 1.0.0, contractId: finance.board}\n\
         team:\n  name: Finance\n  members:\n    - {username: kim@finance.example, role: owner}\n";
    let contract = "apiVersion: v3.1.0\nkind: DataContract\nid: finance.board\nname: Board\nversion: 1.0.0\nstatus: active\n\
         servers:\n  - {server: prod, type: local, path: data, format: csv}\nschema:\n  - name: board\n    properties:\n      - {name: figure, logicalType: number}\n";
    sandbox.write(
        "other/mesh.yaml",
        format!("registry: {registry}\nlint: {{preset: minimal}}\n"),
    );
    sandbox.write("other/dataproduct.yaml", reader);
    sandbox.write("other/board.odcs.yaml", contract);
    sandbox
        .mesh_in(sandbox.path("other"), ["publish"])
        .expect(0);
    git(&sandbox, "", &["clone", "-q", &registry, "clone"]);
    for domain in ["finance", "people"] {
        let owners = "owners:\n  - email: ada@pharma.example\n";
        sandbox.write(format!("clone/owners/{domain}.yaml"), owners);
    }
    git(&sandbox, "clone", &["add", "-A"]);
    git(&sandbox, "clone", &["commit", "-qm", "owners"]);
    git(&sandbox, "clone", &["push", "-q"]);
    let found = stats(&sandbox);
    assert_eq!(
        found["owners"],
        json!({"domainsWithoutOwners": ["commercial"], "ownersWithoutProducts": ["people"]})
    );
    assert_eq!(found["consumers"], 1);
    let most = &found["mostConsumed"];
    assert_eq!(
        *most,
        json!([{"contractId": most[0]["contractId"], "product": "commercial/orders", "consumers": 1}])
    );
    let out = sandbox.mesh(["registry", "stats"]).expect(0);
    for line in [
        "domains     2",
        "versions    3",
        "signed      none",
        "  commercial  1 product, 2 versions",
        "Without owners: commercial",
        "Owned, without products: people",
    ] {
        assert!(out.lines().any(|found| found == line), "{line}\n\n{out}");
    }
}
