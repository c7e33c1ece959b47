//! `mesh add` and `mesh remove`.

use std::fs;

use serde_json::Value;

use super::{LOCK, MANIFEST, failure, pins, plan, rules};
use crate::domains::Mesh;
use crate::sandbox::{CONTRACT, PRODUCT};

#[test]
fn an_input_is_added_pinned_published_and_fetched() {
    let mesh = Mesh::with_plan();
    let before = mesh.manifest();
    mesh.planning(&["lint"]).expect(0);
    let added = mesh
        .planning(&["add", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(added["outcome"], "added");
    assert_eq!(added["written"], true);
    assert_eq!(added["findings"], serde_json::json!([]));
    let port =
        "inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: commercial.orders\n";
    let expected = before.replace("# What it offers.", &format!("{port}# What it offers."));
    assert_eq!(mesh.manifest(), expected);
    let lock = mesh.lock();
    let pin = &added["pin"];
    for key in ["record", "contractDigest"] {
        assert!(
            lock.contains(&format!("{key}: {}\n", pin[key].as_str().unwrap())),
            "{lock}"
        );
    }
    let report = mesh.planning(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), [""; 0]);

    let fetched = mesh
        .planning(&["fetch", "--locked", "--format", "json"])
        .json(0);
    let folder = mesh.path("planning").join(".mesh/inputs");
    let index: Value =
        serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    assert_eq!(index["inputs"], fetched["inputs"]);
    let input = &index["inputs"][0];
    let file = "commercial/orders/commercial.orders@1.0.0.odcs.yaml";
    assert_eq!(input["file"], file);
    assert_eq!(input["contract"]["digest"], pin["contractDigest"]);
    assert_eq!(input["provider"]["record"], pin["record"]);
    assert_eq!(fs::read_to_string(folder.join(file)).unwrap(), CONTRACT);
    let manifest = folder.join(input["manifest"].as_str().unwrap());
    assert_eq!(fs::read_to_string(manifest).unwrap(), mesh.manifest());
    // Nothing of it is taken for the repository's own.
    let report = mesh.planning(&["lint", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["contracts"], 1);
    mesh.planning(&["publish"]).expect(0);
}

#[test]
fn adding_twice_changes_nothing_and_removing_leaves_what_was() {
    let mesh = Mesh::with_plan();
    let before = mesh.manifest();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    for reference in [
        "commercial/orders",
        "orders",
        "commercial.orders",
        "commercial/orders@1",
    ] {
        let again = mesh
            .planning(&["add", reference, "--format", "json"])
            .json(0);
        assert_eq!(
            (&again["outcome"], &again["written"]),
            (&"unchanged".into(), &false.into())
        );
        assert_eq!(
            (mesh.manifest(), mesh.lock()),
            (manifest.clone(), lock.clone())
        );
    }
    for port in [
        "orders",
        "orders@1.0.0",
        "commercial.orders",
        "commercial/orders",
    ] {
        let out = mesh.planning(&["remove", port, "--dry-run"]).expect(0);
        assert!(out.contains("-  - name: orders"), "{out}");
        assert_eq!(mesh.manifest(), manifest);
        mesh.planning(&["remove", port]).expect(0);
        assert_eq!(mesh.manifest(), before);
        assert!(!mesh.sandbox.path(LOCK).exists());
        mesh.planning(&["add", "commercial/orders"]).expect(0);
        assert_eq!(
            (mesh.manifest(), mesh.lock()),
            (manifest.clone(), lock.clone())
        );
    }
    failure(mesh.planning(&["remove", "returns"]), "use one of `orders`");
}

#[test]
fn what_is_there_in_another_version_is_moved() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders", "--feeds", "plan"])
        .expect(0);
    let first = mesh.manifest();
    let lists = "inputContracts:\n      - id: commercial.orders\n        version: 1.0.0\n";
    assert!(first.contains(lists), "{first}");
    mesh.publish_longer("1.1.0");
    let dry = mesh
        .planning(&["add", "commercial/orders", "--dry-run"])
        .expect(0);
    assert!(
        dry.contains("would move input port `orders` from 1.0.0 to 1.1.0"),
        "{dry}"
    );
    assert!(
        dry.contains("-    version: 1.0.0\n+    version: 1.1.0\n"),
        "{dry}"
    );
    assert_eq!(mesh.manifest(), first);
    let moved = mesh
        .planning(&["add", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(
        (&moved["outcome"], &moved["from"]),
        (&"moved".into(), &"1.0.0".into())
    );
    let second = first.replace(
        "  - name: orders\n    version: 1.0.0",
        "  - name: orders\n    version: 1.1.0",
    );
    let second = second.replace(lists, &lists.replace("1.0.0", "1.1.0"));
    assert_eq!(mesh.manifest(), second);
    assert_eq!(pins(&mesh.lock()), 1);
    mesh.planning(&["lint"]).expect(0);
    // And back, since that is asked for.
    mesh.planning(&["add", "commercial/orders@1.0"]).expect(0);
    assert_eq!(mesh.manifest(), first);
    assert!(
        mesh.lock().contains("\n  version: 1.0.0\n"),
        "{}",
        mesh.lock()
    );
}

#[test]
fn lineage_and_purpose_are_written_where_lint_asks_for_them() {
    let mesh = Mesh::with_plan();
    let config = mesh.sandbox.read("work/planning/mesh.yaml");
    let config =
        format!("{config}lint:\n  select: [lineage-missing, unused-input, purpose-undeclared]\n");
    mesh.sandbox.write("work/planning/mesh.yaml", config);
    let before = mesh.manifest();
    let added = mesh
        .planning(&["add", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(added["feeds"], serde_json::json!(["plan"]));
    assert_eq!(added["findings"][0]["rule"], "purpose-undeclared");
    let changed = mesh.planning(&[
        "add",
        "commercial/orders",
        "--purpose",
        "Weekly plan",
        "--format",
        "json",
    ]);
    assert_eq!(changed.json(0)["outcome"], "changed");
    let report = mesh.planning(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), [""; 0]);
    mesh.planning(&["remove", "orders"]).expect(0);
    assert_eq!(mesh.manifest(), before);
    failure(
        mesh.planning(&["add", "commercial/orders", "--feeds", "plam"]),
        "use one of `plan`",
    );
}

#[test]
fn a_port_is_chosen_or_asked_for() {
    let mesh = Mesh::with_plan();
    let second = "  - name: returns\n    description: One row per return.\n    version: 1.0.0\n    contractId: commercial.returns\n";
    let third = "  - name: returns\n    description: One row per return and item.\n    version: 2.0.0\n    contractId: commercial.returns\n";
    let manifest = PRODUCT
        .replace("\nversion: 1.0.0", "\nversion: 1.1.0")
        .replace("support:\n", &format!("{second}{third}support:\n"));
    mesh.sandbox
        .write("work/sales/orders/dataproduct.yaml", manifest);
    let returns = |version: &str| {
        CONTRACT
            .replace("commercial.orders", "commercial.returns")
            .replace("version: 1.0.0", &format!("version: {version}"))
            .replace("name: Orders", "name: Returns")
            .replace("name: orders", "name: returns")
            .replace("Name: orders", "Name: returns")
    };
    for version in ["1.0.0", "2.0.0"] {
        let file = format!("work/sales/orders/returns-{version}.odcs.yaml");
        mesh.sandbox.write(file, returns(version));
    }
    mesh.sales(&["publish"]).expect(0);
    let add = |port: &str| mesh.planning(&["add", "commercial/orders", "--port", port]);
    let open = mesh.planning(&["add", "commercial/orders"]);
    failure(
        open,
        "3 output ports: `orders`, `returns@1.0.0`, `returns@2.0.0`",
    );
    failure(
        add("return"),
        "use one of `orders`, `returns@1.0.0`, `returns@2.0.0`",
    );
    failure(add("returns"), "--port returns@1.0.0");
    add("returns@2").expect(0);
    assert!(
        mesh.manifest()
            .contains("name: returns\n    version: 2.0.0\n")
    );
    // A second port of the contract in another version is one of its own.
    let name = [
        "add",
        "commercial/orders",
        "--port",
        "returns@1",
        "--name",
        "old-returns",
    ];
    mesh.planning(&name).expect(0);
    assert_eq!(pins(&mesh.lock()), 2);
    mesh.planning(&["lint"]).expect(0);
    failure(
        mesh.planning(&[
            "add",
            "commercial/orders",
            "--port",
            "orders",
            "--name",
            "returns",
        ]),
        "draws from something else",
    );
    // Whichever is meant cannot be told.
    mesh.sandbox
        .write("work/sales/orders/returns-3.odcs.yaml", returns("3.0.0"));
    mesh.change(
        "work/sales/orders/dataproduct.yaml",
        "version: 2.0.0",
        "version: 3.0.0",
    );
    mesh.change(
        "work/sales/orders/dataproduct.yaml",
        "\nversion: 1.1.0",
        "\nversion: 2.0.0",
    );
    mesh.sales(&["publish"]).expect(0);
    failure(add("returns@3"), "several input ports");
    let name = [
        "add",
        "commercial/orders",
        "--port",
        "returns@3",
        "--name",
        "returns",
    ];
    mesh.planning(&name).expect(0);
    let manifest = mesh.manifest();
    assert!(
        manifest.contains("name: returns\n    version: 3.0.0\n"),
        "{manifest}"
    );
    assert!(
        manifest.contains("name: old-returns\n    version: 1.0.0\n"),
        "{manifest}"
    );
    assert_eq!(pins(&mesh.lock()), 2);
}

#[test]
fn a_name_that_is_taken_is_told_apart() {
    let mesh = Mesh::with_plan();
    let port = "inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: supply.orders\n";
    let contract = CONTRACT.replace("commercial.orders", "supply.orders");
    mesh.sandbox
        .write("work/planning/plan/orders.odcs.yaml", contract);
    mesh.change(MANIFEST, "# What", &format!("{port}# What"));
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    assert!(
        mesh.manifest().contains("  - name: orders-orders\n"),
        "{}",
        mesh.manifest()
    );
}

#[test]
fn no_product_consumes_itself_or_what_consumes_it() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    mesh.planning(&["publish"]).expect(0);
    let sales = mesh.path("sales");
    let before = mesh.sandbox.read("work/sales/orders/dataproduct.yaml");
    for (product, words) in [
        (
            "commercial/orders",
            "`commercial.orders` is commercial/orders itself",
        ),
        ("supply/plan", "error[cycle]"),
    ] {
        let run = mesh.sandbox.mesh_in(&sales, ["add", product]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(
            format!("{}{}", run.stdout, run.stderr).contains(words),
            "{}{}",
            run.stdout,
            run.stderr
        );
        let run = mesh
            .sandbox
            .mesh_in(&sales, ["add", product, "--format", "json"]);
        let refused = run.json(1);
        assert!(refused["refused"]["message"].is_string(), "{refused:#}");
    }
    assert_eq!(
        mesh.sandbox.read("work/sales/orders/dataproduct.yaml"),
        before
    );
    assert!(!mesh.sandbox.path("work/sales/mesh.lock").exists());
}

#[test]
fn what_cannot_be_done_is_said_before_anything_is_written() {
    let mesh = Mesh::with_plan();
    let before = mesh.manifest();
    failure(
        mesh.planning(&["add", "commercial/order"]),
        "did you mean `commercial/orders`?",
    );
    failure(
        mesh.planning(&["add", "commercial/orders@2"]),
        "use one of `1.0.0`",
    );
    failure(
        mesh.planning(&["add", "commercial/orders", "--to", "plam"]),
        "cannot read `plam`",
    );
    failure(
        mesh.planning(&["add", "commercial/orders", "--to", "plan/plan.odcs.yaml"]),
        "no data product",
    );
    failure(
        mesh.planning(&["add", "commercial/orders", "--registry", "nowhere.git"]),
        "nowhere.git",
    );
    // A manifest that cannot be read as it is.
    for (from, to, words) in [
        ("tags: [orders]", "tags: [orders", "dataproduct.yaml"),
        (
            "# What",
            "inputPorts:\n  - nmae: x\n# What",
            "cannot be changed as it is",
        ),
        ("id: supply.plan\n", "", "has no `id`"),
    ] {
        let broken = before.replace(
            &from.replace("orders", "plan"),
            &to.replace("orders", "plan"),
        );
        assert_ne!(broken, before);
        mesh.sandbox.write(MANIFEST, &broken);
        let run = mesh.planning(&["add", "commercial/orders"]);
        failure(run, words);
        assert_eq!(mesh.manifest(), broken);
    }
    mesh.sandbox.write(MANIFEST, &before);
    // Several manifests.
    mesh.sandbox
        .write("work/planning/other/dataproduct.yaml", plan("other"));
    failure(
        mesh.planning(&["add", "commercial/orders"]),
        "2 data products in `.`: `other/dataproduct.yaml`, `plan/dataproduct.yaml`",
    );
    mesh.planning(&["add", "commercial/orders", "--to", "plan", "--dry-run"])
        .expect(0);
    // No mesh.yaml that a lock could stand beside.
    fs::remove_file(mesh.path("planning").join("mesh.yaml")).unwrap();
    let registry = mesh.registry.to_str().unwrap();
    for command in [
        &[
            "add",
            "commercial/orders",
            "--to",
            "plan",
            "--registry",
            registry,
        ][..],
        &["fetch", "--registry", registry],
    ] {
        failure(
            mesh.planning(command),
            "there is no mesh.yaml that mesh.lock could stand beside",
        );
    }
    assert_eq!(mesh.manifest(), before);
    assert!(!mesh.sandbox.path(LOCK).exists());
}
