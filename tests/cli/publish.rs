//! `mesh publish`, `mesh search` and `mesh show`

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::sandbox::{CONTRACT, PRODUCT, Run, Sandbox};

/// A sandbox with a product in `orders` and a registry beside it.
fn sandbox() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    sandbox.write("work/orders/dataproduct.yaml", PRODUCT);
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    let registry = sandbox.registry();
    sandbox.write(
        "work/mesh.yaml",
        format!("registry: {}\n", registry.display()),
    );
    (sandbox, registry)
}

#[test]
fn what_is_published_is_exactly_what_was_written() {
    let (sandbox, registry) = sandbox();
    let report = sandbox.mesh(["publish", "--format", "json"]).json(0);
    assert_eq!(report["products"][0]["outcome"], "published");
    assert_eq!(
        report["products"][0]["path"],
        "products/commercial/orders/1.0.0"
    );
    let shown = |file: &str| {
        let path = format!("HEAD:products/commercial/orders/1.0.0/{file}");
        sandbox.file_at(&registry, &path)
    };
    assert_eq!(shown("dataproduct.yaml"), PRODUCT);
    let record: serde_json::Value = serde_json::from_str(&shown("record.json")).unwrap();
    let contract = record["contracts"][0]["path"].as_str().unwrap();
    assert_eq!(shown(contract), CONTRACT);
    assert_eq!(record["id"], "commercial.orders");
    assert_eq!(record["publisher"]["email"], "ada@pharma.example");
    sandbox.git(&registry, &["fsck", "--strict"]);
}

#[test]
fn publishing_again_changes_nothing_and_other_content_needs_a_new_version() {
    let (sandbox, registry) = sandbox();
    sandbox.mesh(["publish"]).expect(0);
    let tip = sandbox.git(&registry, &["rev-parse", "HEAD"]);
    let report = sandbox.mesh(["publish", "--format", "json"]).json(0);
    assert_eq!(report["products"][0]["outcome"], "alreadyPublished");
    assert!(report["products"][0]["compatibility"].is_null());
    assert_eq!(report["commit"], serde_json::Value::Null);
    assert_eq!(sandbox.git(&registry, &["rev-parse", "HEAD"]), tip);

    sandbox.write(
        "work/orders/dataproduct.yaml",
        PRODUCT.replace("name: Orders\nv", "name: All Orders\nv"),
    );
    let out = sandbox.mesh(["publish"]).expect(1);
    assert!(out.contains("needs 1.0.1"), "{out}");

    // What means the same is another file all the same.
    let commented = format!("{PRODUCT}# Nothing new.\n");
    sandbox.write("work/orders/dataproduct.yaml", commented);
    let out = sandbox.mesh(["publish"]).expect(1);
    assert!(out.contains("what is published never changes"), "{out}");

    // A product keeps its place, whatever version it has.
    let elsewhere = PRODUCT
        .replacen("version: 1.0.0", "version: 2.0.0", 1)
        .replace("domain: commercial", "domain: finance");
    sandbox.write("work/orders/dataproduct.yaml", elsewhere);
    let refused = sandbox.mesh(["publish", "--format", "json"]).json(1);
    assert!(refused["refused"]["message"].is_string(), "{refused:#}");
    let next = PRODUCT.replace(
        "name: Orders\nversion: 1.0.0",
        "name: All Orders\nversion: 1.0.1",
    );
    sandbox.write("work/orders/dataproduct.yaml", next);
    sandbox.mesh(["publish"]).expect(0);
    let shown = sandbox
        .mesh(["show", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(shown["versions"], serde_json::json!(["1.0.1", "1.0.0"]));
}

#[test]
fn a_dry_run_does_everything_but_publish() {
    let (sandbox, registry) = sandbox();
    let tip = sandbox.git(&registry, &["rev-parse", "HEAD"]);
    let report = sandbox
        .mesh(["publish", "--dry-run", "--format", "json"])
        .json(0);
    assert_eq!(report["products"][0]["outcome"], "wouldPublish");
    assert_eq!(sandbox.git(&registry, &["rev-parse", "HEAD"]), tip);
    assert!(
        sandbox
            .mesh(["search"])
            .expect(0)
            .contains("No data product in")
    );
}

#[test]
fn nothing_is_published_while_lint_finds_an_error() {
    let (sandbox, registry) = sandbox();
    let tip = sandbox.git(&registry, &["rev-parse", "HEAD"]);
    sandbox.write(
        "work/orders/dataproduct.yaml",
        PRODUCT.replace("domain: commercial\n", ""),
    );
    let out = sandbox.mesh(["publish"]).expect(1);
    assert!(out.contains("error[domain-missing]"), "{out}");
    assert!(out.contains("Nothing was published"), "{out}");
    // Nor if only the registry shows the error.
    let inputs = "inputPorts:\n  - {name: prices, version: 1.0.0, contractId: finance.prices}\n";
    let consumer = PRODUCT.replace("outputPorts:\n", &format!("{inputs}outputPorts:\n"));
    sandbox.write("work/orders/dataproduct.yaml", consumer);
    let report = sandbox.mesh(["publish", "--format", "json"]).json(1);
    assert_eq!(report["diagnostics"][0]["rule"], "dangling-input");
    assert_eq!(sandbox.git(&registry, &["rev-parse", "HEAD"]), tip);
}

#[test]
fn nothing_is_published_unchecked() {
    let (sandbox, registry) = sandbox();
    let tip = sandbox.git(&registry, &["rev-parse", "HEAD"]);
    // Naming the product alone does not keep its contract from being checked.
    let bad = CONTRACT.replace(
        "tags: [orders]\n",
        "tags: [orders]\ncustomProperties:\n  - property: password\n    value: hunter2\n",
    );
    assert_ne!(bad, CONTRACT);
    sandbox.write("work/orders/orders.odcs.yaml", &bad);
    let out = sandbox
        .mesh(["publish", "orders/dataproduct.yaml"])
        .expect(1);
    assert!(out.contains("secret-in-manifest"), "{out}");
    assert!(!out.contains("hunter2"), "{out}");
    // Nor does a draft let a port be published without its contract.
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    let draft = PRODUCT
        .replace("status: active", "status: draft")
        .replace("contractId: commercial.orders", "contractId: TODO");
    sandbox.write("work/orders/dataproduct.yaml", draft);
    assert_ne!(sandbox.mesh(["publish"]).status, 0);
    assert_eq!(sandbox.git(&registry, &["rev-parse", "HEAD"]), tip);
}

#[test]
fn a_record_names_a_commit_only_if_it_holds_what_was_published() {
    let (sandbox, registry) = sandbox();
    let work = sandbox.work();
    sandbox.git(&work, &["init", "--quiet"]);
    sandbox.git(&work, &["add", "."]);
    sandbox.git(&work, &["commit", "--quiet", "-m", "orders"]);
    let head = sandbox.git(&work, &["rev-parse", "HEAD"]);
    sandbox.mesh(["publish"]).expect(0);
    let record = |version: &str| -> serde_json::Value {
        let path = format!("HEAD:products/commercial/orders/{version}/record.json");
        serde_json::from_str(&sandbox.file_at(&registry, &path)).unwrap()
    };
    assert_eq!(record("1.0.0")["source"]["commit"], head.trim());
    assert_eq!(record("1.0.0")["source"]["path"], "orders/dataproduct.yaml");

    let next = PRODUCT.replace(
        "name: Orders\nversion: 1.0.0",
        "name: Orders\nversion: 1.1.0",
    );
    let next = next.replace("    version: 1.0.0", "    version: 1.1.0");
    sandbox.write("work/orders/dataproduct.yaml", next);
    let contract = CONTRACT.replace("version: 1.0.0", "version: 1.1.0");
    sandbox.git(&work, &["commit", "--quiet", "-am", "half of it"]);
    sandbox.write("work/orders/orders.odcs.yaml", contract);
    sandbox.mesh(["publish"]).expect(0);
    assert!(
        record("1.1.0")["source"]["commit"].is_null(),
        "the contract is in no commit"
    );
}

#[test]
fn a_contract_belongs_to_the_product_that_published_it() {
    let (sandbox, registry) = sandbox();
    sandbox.mesh(["publish"]).expect(0);
    let other = PRODUCT
        .replace(
            "id: commercial.orders\nname: Orders",
            "id: evil.copy\nname: Copy",
        )
        .replace("domain: commercial", "domain: evil");
    sandbox.write("elsewhere/dataproduct.yaml", other);
    let weaker = CONTRACT.replace("classification: internal", "classification: public");
    sandbox.write("elsewhere/orders.odcs.yaml", weaker);
    let registry = registry.to_str().unwrap();
    let publish = ["publish", "--registry", registry];
    let run = sandbox.mesh_in(sandbox.path("elsewhere"), publish);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("commercial/orders"), "{}", run.stderr);
    // Nor may its own product publish other bytes under the same version of it.
    let next = PRODUCT.replace(
        "name: Orders\nversion: 1.0.0",
        "name: Orders\nversion: 1.0.1",
    );
    sandbox.write("work/orders/dataproduct.yaml", next);
    sandbox.write(
        "work/orders/orders.odcs.yaml",
        CONTRACT.replace("name: Orders\n", "name: All\n"),
    );
    let run = sandbox.mesh(["publish"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
}

#[test]
fn paths_of_different_projects_are_not_published_together() {
    let (sandbox, _) = sandbox();
    sandbox.write("elsewhere/mesh.yaml", "registry: other.git\n");
    sandbox.write("elsewhere/dataproduct.yaml", PRODUCT);
    let run = sandbox.mesh(["publish", ".", "../elsewhere"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("different projects"), "{}", run.stderr);
}

#[test]
fn a_consumer_in_another_repository_is_checked_against_what_is_published() {
    let (sandbox, registry) = sandbox();
    sandbox.mesh(["publish"]).expect(0);
    let consumer = |version: &str| {
        let own = PRODUCT
            .replace("id: commercial.orders", "id: planning.demand")
            .replace("name: Orders\n", "name: Demand\n")
            .replace("domain: commercial", "domain: planning")
            .replace("name: orders\n", "name: demand\n")
            .replace(
                "contractId: commercial.orders",
                "contractId: planning.demand",
            );
        format!(
            "{own}inputPorts:\n  - name: orders\n    version: {version}\n    contractId: commercial.orders\n"
        )
    };
    sandbox.write(
        "elsewhere/contract.odcs.yaml",
        CONTRACT.replace("id: commercial.orders", "id: planning.demand"),
    );
    let registry = registry.to_str().unwrap();
    let lint = |version: &str, status: i32| {
        sandbox.write("elsewhere/dataproduct.yaml", consumer(version));
        sandbox
            .mesh_in(sandbox.path("elsewhere"), ["lint", "--registry", registry])
            .expect(status)
    };
    lint("1.0.0", 0);
    lint("v1.0.0", 0);
    let out = lint("2.0.0", 1);
    assert!(out.contains("input-version-missing"), "{out}");
    // The cache answers without the registry.
    std::fs::rename(registry, sandbox.path("gone.git")).unwrap();
    let offline = ["lint", "--registry", registry, "--offline"];
    sandbox
        .mesh_in(sandbox.path("elsewhere"), offline)
        .expect(1);
    let run = sandbox.mesh_in(sandbox.path("elsewhere"), ["lint", "--registry", registry]);
    assert_eq!(run.status, 2, "an unreachable registry is not an empty one");
}

#[test]
fn without_a_named_registry_the_embedded_one_is_made_and_named() {
    let sandbox = Sandbox::new();
    sandbox.write("work/dataproduct.yaml", PRODUCT);
    sandbox.write("work/orders.odcs.yaml", CONTRACT);
    let out = sandbox.mesh(["publish"]).expect(0);
    assert!(out.contains("the embedded registry"), "{out}");
    assert!(
        out.contains(sandbox.path("data").to_str().unwrap()),
        "{out}"
    );
    assert!(
        sandbox
            .mesh(["search", "orders"])
            .expect(0)
            .contains("commercial/orders 1.0.0")
    );
    let run = sandbox.mesh(["show", "commercial/ordres"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("commercial/orders"), "{}", run.stderr);
}

#[test]
fn the_registry_named_last_is_the_one_used() {
    let (sandbox, _) = sandbox();
    let other = sandbox.path("other.git");
    sandbox
        .mesh(["registry", "init", other.to_str().unwrap()])
        .expect(0);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
    command
        .env("MESH_REGISTRY", &other)
        .args(["publish", "--format", "json"]);
    let report = Run::of(command.output().unwrap()).json(0);
    assert_eq!(report["registry"], other.to_str().unwrap());
    assert!(
        sandbox
            .mesh(["search"])
            .expect(0)
            .contains("No data product")
    );
}

#[test]
fn eight_publishers_at_once_lose_nothing() {
    let (sandbox, registry) = sandbox();
    let publishers: Vec<_> = (0..8)
        .map(|n| {
            let folder = format!("publisher-{n}");
            let product = PRODUCT
                .replace("commercial.orders", &format!("commercial.orders-{n}"))
                .replace("name: Orders\n", &format!("name: Orders {n}\n"));
            sandbox.write(format!("{folder}/dataproduct.yaml"), product);
            let contract = CONTRACT.replace(
                "id: commercial.orders",
                &format!("id: commercial.orders-{n}"),
            );
            sandbox.write(format!("{folder}/orders.odcs.yaml"), contract);
            let mut command: Command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
            command
                .current_dir(sandbox.path(&folder))
                // Machines of their own: a shared cache would make them wait for each other.
                .env("MESH_CACHE_DIR", sandbox.path(format!("cache-{n}")))
                .args(["publish", "--registry"])
                .arg(&registry)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().expect("mesh starts")
        })
        .collect();
    for publisher in publishers {
        Run::of(publisher.wait_with_output().unwrap()).expect(0);
    }
    let found = sandbox.mesh(["search", "--format", "json"]).json(0);
    assert_eq!(found["total"], 8);
    sandbox.git(&registry, &["fsck", "--strict"]);
}
