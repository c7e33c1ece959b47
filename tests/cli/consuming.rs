//! `mesh add`, `mesh remove`, `mesh fetch` and what `mesh.lock` pins of inputs: two repositories and one registry.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

const PRODUCT: &str = include_str!("../../crates/mesh-lint/src/examples/dataproduct.yaml");
const CONTRACT: &str = include_str!("../../crates/mesh-lint/src/examples/orders.odcs.yaml");

/// The manifest of the consumer.
const MANIFEST: &str = "work/planning/plan/dataproduct.yaml";
const LOCK: &str = "work/planning/mesh.lock";

/// Two repositories, `sales` and `planning`, and a registry to which the first has published its orders.
struct Mesh {
    sandbox: Sandbox,
    registry: PathBuf,
}

impl Mesh {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let registry = sandbox.path("registry.git");
        sandbox
            .mesh(["registry", "init", registry.to_str().unwrap()])
            .expect(0);
        for repository in ["sales", "planning"] {
            let config = "registry: ../../registry.git\n";
            sandbox.write(format!("work/{repository}/mesh.yaml"), config);
        }
        let mesh = Self { sandbox, registry };
        mesh.publish_orders("1.0.0", str::to_owned);
        mesh.sandbox.write(MANIFEST, plan("plan"));
        mesh.sandbox
            .write("work/planning/plan/plan.odcs.yaml", plan_contract("plan"));
        mesh
    }

    /// Publishes a version of the orders, whose contract is what `change` makes of it.
    fn publish_orders(&self, version: &str, change: impl Fn(&str) -> String) {
        let at = |text: &str| text.replace("version: 1.0.0", &format!("version: {version}"));
        self.sandbox
            .write("work/sales/orders/dataproduct.yaml", at(PRODUCT));
        self.sandbox
            .write("work/sales/orders/orders.odcs.yaml", change(&at(CONTRACT)));
        self.sandbox
            .mesh_in(self.path("sales"), ["publish"])
            .expect(0);
    }

    fn path(&self, repository: &str) -> PathBuf {
        self.sandbox.path("work").join(repository)
    }

    /// Runs mesh where the consumer is.
    fn mesh(&self, arguments: &[&str]) -> Run {
        self.sandbox.mesh_in(self.path("planning"), arguments)
    }

    fn manifest(&self) -> String {
        self.sandbox.read(MANIFEST)
    }

    fn lock(&self) -> String {
        self.sandbox.read(LOCK)
    }

    /// Changes a file of the consumer.
    fn change(&self, file: &str, from: &str, to: &str) {
        let before = self.sandbox.read(file);
        let after = before.replace(from, to);
        assert_ne!(before, after, "nothing to replace in {file}");
        self.sandbox.write(file, after);
    }

    /// Commits to the registry what mesh never would.
    fn tamper(&self, change: impl Fn(&Path)) {
        let clone = self.sandbox.path("clone");
        let git = |folder: &Path, arguments: &[&str]| {
            let mut command = self.sandbox.command("git");
            command.current_dir(folder).args(arguments);
            Run::of(command.output().expect("git starts")).expect(0)
        };
        let registry = self.registry.to_str().unwrap();
        git(
            &self.sandbox.path("."),
            &["clone", "--quiet", registry, "clone"],
        );
        change(&clone);
        git(
            &clone,
            &["commit", "--quiet", "--all", "--message", "Tamper"],
        );
        git(&clone, &["push", "--quiet"]);
        fs::remove_dir_all(clone).unwrap();
    }
}

/// A product of another domain that has no inputs yet.
fn plan(name: &str) -> String {
    PRODUCT
        .replace("commercial", "supply")
        .replace("orders", name)
        .replace(
            "Orders of all customers as the ERP books them",
            "What to make in which week",
        )
        .replace("name: Orders", &format!("name: {name} of the week"))
        .replace("outputPorts:", "# What it offers.\noutputPorts:")
}

fn plan_contract(name: &str) -> String {
    CONTRACT
        .replace("commercial", "supply")
        .replace("orders", name)
        .replace("name: Orders", &format!("name: {name}"))
}

fn pins(lock: &str) -> usize {
    lock.matches("- product: ").count()
}

#[track_caller]
#[allow(clippy::needless_pass_by_value, reason = "a run is looked at once")]
fn failure(run: Run, words: &str) {
    assert_eq!(run.status, 2, "{}\n{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(words), "{}", run.stderr);
}

fn rules(report: &Value) -> Vec<&str> {
    let found = report["diagnostics"].as_array().unwrap().iter();
    found.map(|found| found["rule"].as_str().unwrap()).collect()
}

#[test]
fn where_nothing_is_pinned_nothing_is_said_to_have_changed() {
    let mesh = Mesh::new();
    let text = mesh.mesh(&["fetch"]).expect(0);
    assert!(text.contains("0 contracts"), "{text}");
    assert!(!text.contains("has changed"), "{text}");
    assert!(!mesh.path("planning").join("mesh.lock").exists());
}

#[test]
fn an_input_is_added_pinned_published_and_fetched() {
    let mesh = Mesh::new();
    let before = mesh.manifest();
    mesh.mesh(&["lint"]).expect(0);
    let added = mesh
        .mesh(&["add", "commercial/orders", "--format", "json"])
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
    let report = mesh.mesh(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), [""; 0]);

    let fetched = mesh
        .mesh(&["fetch", "--locked", "--format", "json"])
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
    let report = mesh.mesh(&["lint", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["contracts"], 1);
    mesh.mesh(&["publish"]).expect(0);
}

#[test]
fn after_a_fetch_nothing_needs_the_network() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    mesh.mesh(&["fetch"]).expect(0);
    fs::rename(&mesh.registry, mesh.sandbox.path("gone.git")).unwrap();
    assert_eq!(mesh.mesh(&["lint"]).status, 2);
    let report = mesh
        .mesh(&["lint", "--offline", "--format", "json"])
        .json(0);
    assert_eq!(report["summary"]["unverified"], 0);
    let again = mesh
        .mesh(&["fetch", "--offline", "--locked", "--format", "json"])
        .json(0);
    assert_eq!(again["files"]["unchanged"].as_array().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_registry_that_is_reached_by_a_link_is_the_same_one() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    let link = mesh.sandbox.path("link.git");
    std::os::unix::fs::symlink(&mesh.registry, &link).unwrap();
    let link = link.to_str().unwrap();
    mesh.mesh(&["lint", "--registry", link, "--offline"])
        .expect(0);
}

#[test]
fn adding_twice_changes_nothing_and_removing_leaves_what_was() {
    let mesh = Mesh::new();
    let before = mesh.manifest();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    for reference in [
        "commercial/orders",
        "orders",
        "commercial.orders",
        "commercial/orders@1",
    ] {
        let again = mesh.mesh(&["add", reference, "--format", "json"]).json(0);
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
        let out = mesh.mesh(&["remove", port, "--dry-run"]).expect(0);
        assert!(out.contains("-  - name: orders"), "{out}");
        assert_eq!(mesh.manifest(), manifest);
        mesh.mesh(&["remove", port]).expect(0);
        assert_eq!(mesh.manifest(), before);
        assert!(!mesh.sandbox.path(LOCK).exists());
        mesh.mesh(&["add", "commercial/orders"]).expect(0);
        assert_eq!(
            (mesh.manifest(), mesh.lock()),
            (manifest.clone(), lock.clone())
        );
    }
    failure(mesh.mesh(&["remove", "returns"]), "use one of `orders`");
}

#[test]
fn what_is_there_in_another_version_is_moved() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders", "--feeds", "plan"])
        .expect(0);
    let first = mesh.manifest();
    let lists = "inputContracts:\n      - id: commercial.orders\n        version: 1.0.0\n";
    assert!(first.contains(lists), "{first}");
    mesh.publish_orders("1.1.0", |text| text.replace("varchar(20)", "varchar(40)"));
    let dry = mesh
        .mesh(&["add", "commercial/orders", "--dry-run"])
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
        .mesh(&["add", "commercial/orders", "--format", "json"])
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
    mesh.mesh(&["lint"]).expect(0);
    // And back, since that is asked for.
    mesh.mesh(&["add", "commercial/orders@1.0"]).expect(0);
    assert_eq!(mesh.manifest(), first);
    assert!(
        mesh.lock().contains("\n  version: 1.0.0\n"),
        "{}",
        mesh.lock()
    );
}

#[test]
fn lineage_and_purpose_are_written_where_lint_asks_for_them() {
    let mesh = Mesh::new();
    let config = mesh.sandbox.read("work/planning/mesh.yaml");
    let config =
        format!("{config}lint:\n  select: [lineage-missing, unused-input, purpose-undeclared]\n");
    mesh.sandbox.write("work/planning/mesh.yaml", config);
    let before = mesh.manifest();
    let added = mesh
        .mesh(&["add", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(added["feeds"], serde_json::json!(["plan"]));
    assert_eq!(added["findings"][0]["rule"], "purpose-undeclared");
    let changed = mesh.mesh(&[
        "add",
        "commercial/orders",
        "--purpose",
        "Weekly plan",
        "--format",
        "json",
    ]);
    assert_eq!(changed.json(0)["outcome"], "changed");
    let report = mesh.mesh(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), [""; 0]);
    mesh.mesh(&["remove", "orders"]).expect(0);
    assert_eq!(mesh.manifest(), before);
    failure(
        mesh.mesh(&["add", "commercial/orders", "--feeds", "plam"]),
        "use one of `plan`",
    );
}

#[test]
fn a_port_is_chosen_or_asked_for() {
    let mesh = Mesh::new();
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
    mesh.sandbox
        .mesh_in(mesh.path("sales"), ["publish"])
        .expect(0);
    let add = |port: &str| mesh.mesh(&["add", "commercial/orders", "--port", port]);
    let open = mesh.mesh(&["add", "commercial/orders"]);
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
    mesh.mesh(&name).expect(0);
    assert_eq!(pins(&mesh.lock()), 2);
    mesh.mesh(&["lint"]).expect(0);
    failure(
        mesh.mesh(&[
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
    mesh.sandbox
        .mesh_in(mesh.path("sales"), ["publish"])
        .expect(0);
    failure(add("returns@3"), "several input ports");
    let name = [
        "add",
        "commercial/orders",
        "--port",
        "returns@3",
        "--name",
        "returns",
    ];
    mesh.mesh(&name).expect(0);
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
    let mesh = Mesh::new();
    let port = "inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: supply.orders\n";
    let contract = CONTRACT.replace("commercial.orders", "supply.orders");
    mesh.sandbox
        .write("work/planning/plan/orders.odcs.yaml", contract);
    mesh.change(MANIFEST, "# What", &format!("{port}# What"));
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    assert!(
        mesh.manifest().contains("  - name: orders-orders\n"),
        "{}",
        mesh.manifest()
    );
}

#[test]
fn no_product_consumes_itself_or_what_consumes_it() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    mesh.mesh(&["publish"]).expect(0);
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
    let mesh = Mesh::new();
    let before = mesh.manifest();
    failure(
        mesh.mesh(&["add", "commercial/order"]),
        "did you mean `commercial/orders`?",
    );
    failure(
        mesh.mesh(&["add", "commercial/orders@2"]),
        "use one of `1.0.0`",
    );
    failure(
        mesh.mesh(&["add", "commercial/orders", "--to", "plam"]),
        "cannot read `plam`",
    );
    failure(
        mesh.mesh(&["add", "commercial/orders", "--to", "plan/plan.odcs.yaml"]),
        "no data product",
    );
    failure(
        mesh.mesh(&["add", "commercial/orders", "--registry", "nowhere.git"]),
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
        let run = mesh.mesh(&["add", "commercial/orders"]);
        failure(run, words);
        assert_eq!(mesh.manifest(), broken);
    }
    mesh.sandbox.write(MANIFEST, &before);
    // Several manifests.
    mesh.sandbox
        .write("work/planning/other/dataproduct.yaml", plan("other"));
    failure(
        mesh.mesh(&["add", "commercial/orders"]),
        "2 data products in `.`: `other/dataproduct.yaml`, `plan/dataproduct.yaml`",
    );
    mesh.mesh(&["add", "commercial/orders", "--to", "plan", "--dry-run"])
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
            mesh.mesh(command),
            "there is no mesh.yaml that mesh.lock could stand beside",
        );
    }
    assert_eq!(mesh.manifest(), before);
    assert!(!mesh.sandbox.path(LOCK).exists());
}

#[test]
fn a_lock_that_is_none_ends_every_run() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    for (text, words) in [
        (
            format!("<<<<<<< HEAD\n{lock}=======\n>>>>>>> main\n"),
            "two branches pinned something here",
        ),
        (
            lock.replace("version: 2\n", "version: 3\nmore: true\n"),
            "a newer mesh wrote it",
        ),
        (
            lock.replace("contractDigest: sha256:", "contractDigest: sha256:x"),
            "is no digest",
        ),
        (
            lock.replace("contract:", "contrat:"),
            "did you mean `contract`?",
        ),
    ] {
        assert_ne!(text, lock);
        mesh.sandbox.write(LOCK, &text);
        for command in [
            &["lint"][..],
            &["publish"],
            &["fetch"],
            &["add", "commercial/orders"],
            &["remove", "orders"],
        ] {
            failure(mesh.mesh(command), words);
        }
        assert_eq!((mesh.manifest(), mesh.lock()), (manifest.clone(), text));
    }
}

#[test]
fn a_pin_that_is_not_what_the_registry_has_is_an_error_where_it_stands() {
    let mesh = Mesh::new();
    mesh.publish_orders("1.1.0", |text| text.replace("varchar(20)", "varchar(40)"));
    mesh.mesh(&["add", "commercial/orders@1.0"]).expect(0);
    let lock = mesh.lock();
    let line = |key: &str| {
        let lines = lock.lines().enumerate();
        let of_key = lines.filter(|(_, line)| line.trim_start().starts_with(key));
        of_key.last().unwrap().0 + 1
    };
    let other = |key: &str| {
        let at = lock.find(&format!("{key}: sha256:")).unwrap() + key.len() + 9;
        let digit = if lock.as_bytes()[at] == b'0' {
            "1"
        } else {
            "0"
        };
        format!("{}{digit}{}", &lock[..at], &lock[at + 1..])
    };
    for (text, key) in [
        (other("record"), "record:"),
        (other("contractDigest"), "contractDigest:"),
        (
            lock.replace("\n  version: 1.0.0", "\n  version: 1.1.0"),
            "record:",
        ),
        (
            lock.replace("\n  version: 1.0.0", "\n  version: 7.0.0"),
            "version:",
        ),
        (
            lock.replace("from: commercial/orders", "from: commercial/order"),
            "from:",
        ),
    ] {
        assert_ne!(text, lock);
        mesh.sandbox.write(LOCK, &text);
        let report = mesh.mesh(&["lint", "--format", "json"]).json(1);
        assert_eq!(rules(&report), ["locked-input-changed"], "{report:#}");
        let found = &report["diagnostics"][0];
        assert_eq!(found["file"], "mesh.lock");
        assert_eq!(found["range"]["start"]["line"], line(key), "{found:#}");
        assert!(
            found["url"]
                .as_str()
                .unwrap()
                .ends_with("consuming.md#locked-input-changed")
        );
        // Neither a baseline nor a fetch lets it pass.
        mesh.mesh(&["baseline", "--output", "baseline.json"]);
        mesh.mesh(&["lint", "--baseline", "baseline.json"])
            .expect(1);
        fs::remove_file(mesh.path("planning").join("baseline.json")).ok();
        let published = mesh.mesh(&["publish"]).expect(1);
        assert!(published.contains("locked-input-changed"), "{published}");
        let fetched = mesh.mesh(&["fetch"]);
        assert_eq!(fetched.status, 1);
        assert!(
            fetched.stderr.contains("nothing was fetched"),
            "{}",
            fetched.stderr
        );
        assert!(!mesh.path("planning").join(".mesh").exists());
    }
    // What is wrong is put right by saying so.
    mesh.mesh(&["add", "commercial/orders@1.0.0"]).expect(0);
    mesh.mesh(&["lint"]).expect(0);
}

#[test]
fn a_registry_that_was_tampered_with_does_not_pass() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    let record = "products/commercial/orders/1.0.0/record.json";
    mesh.tamper(|clone| {
        let text = fs::read_to_string(clone.join(record)).unwrap();
        fs::write(
            clone.join(record),
            text.replace("\"tool\": \"mesh", "\"tool\": \"mush"),
        )
        .unwrap();
    });
    let report = mesh.mesh(&["lint", "--format", "json"]).json(1);
    assert_eq!(rules(&report), ["locked-input-changed"]);
    mesh.mesh(&["fetch"]).expect(1);
    mesh.tamper(|clone| {
        let folder = clone.join("products/commercial/orders/1.0.0/contracts");
        let file = fs::read_dir(folder)
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("varchar(20)", "varchar(10)")).unwrap();
    });
    for command in ["lint", "fetch"] {
        failure(
            mesh.mesh(&[command]),
            "its digest is not the one in the record",
        );
    }
}

#[test]
fn pins_follow_the_manifest_and_say_when_they_do_not() {
    let mesh = Mesh::new();
    mesh.publish_orders("1.1.0", |text| text.replace("varchar(20)", "varchar(40)"));
    mesh.mesh(&["add", "commercial/orders@1.0"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    // Another version, by hand.
    mesh.change(
        MANIFEST,
        "  - name: orders\n    version: 1.0.0",
        "  - name: orders\n    version: 1.1.0",
    );
    let report = mesh.mesh(&["lint", "--format", "json"]).json(1);
    assert_eq!(rules(&report), ["locked-input-differs"]);
    let related = &report["diagnostics"][0]["related"][0];
    assert_eq!(related["file"], "plan/dataproduct.yaml");
    let locked = mesh.mesh(&["fetch", "--locked"]);
    assert_eq!(locked.status, 1);
    assert!(
        locked.stderr.contains("`mesh fetch`, without --locked"),
        "{}",
        locked.stderr
    );
    assert_eq!(mesh.lock(), lock);
    let fetched = mesh.mesh(&["fetch", "--format", "json"]).json(0);
    assert_eq!(fetched["pinned"][0]["version"], "1.1.0");
    assert_eq!(fetched["unpinned"][0]["version"], "1.0.0");
    mesh.mesh(&["lint"]).expect(0);
    mesh.mesh(&["fetch", "--locked"]).expect(0);
    // Gone, by hand.
    let gone = manifest.replace(
        "inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: commercial.orders\n",
        "",
    );
    mesh.sandbox.write(MANIFEST, &gone);
    let report = mesh.mesh(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), ["locked-input-unused"]);
    mesh.mesh(&["fetch"]).expect(0);
    assert!(!mesh.sandbox.path(LOCK).exists());
    assert!(
        !mesh
            .path("planning")
            .join(".mesh/inputs/commercial")
            .exists()
    );
    // The whole product, which only a look at all of the project can tell.
    mesh.sandbox.write(MANIFEST, &manifest);
    mesh.sandbox.write(LOCK, &lock);
    mesh.sandbox
        .write("work/planning/other/dataproduct.yaml", plan("other"));
    mesh.sandbox.write(
        "work/planning/other/other.odcs.yaml",
        plan_contract("other"),
    );
    fs::remove_dir_all(mesh.path("planning").join("plan")).unwrap();
    let report = mesh.mesh(&["lint", "other", "--format", "json"]).json(0);
    assert_eq!(rules(&report), [""; 0]);
    let report = mesh.mesh(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), ["locked-input-unused"]);
    // A manifest that cannot be read may be the one.
    mesh.sandbox.write(MANIFEST, "apiVersion: [\n");
    let report = mesh.mesh(&["lint", "--format", "json"]).json(1);
    assert_eq!(rules(&report), ["yaml-syntax"]);
}

#[test]
fn an_input_without_a_pin_is_fine_and_is_pinned_by_a_fetch() {
    let mesh = Mesh::new();
    let port =
        "inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: commercial.orders\n";
    mesh.change(MANIFEST, "# What", &format!("{port}# What"));
    let out = mesh.mesh(&["lint"]).expect(0);
    assert!(!out.contains("not pinned"), "{out}");
    let locked = mesh.mesh(&["fetch", "--locked"]);
    assert_eq!(locked.status, 1);
    assert!(
        locked
            .stderr
            .contains("input port `orders` of `supply.plan` is not pinned"),
        "{}",
        locked.stderr
    );
    // Where others are pinned, it may have been forgotten.
    mesh.sandbox
        .write("work/planning/other/dataproduct.yaml", plan("other"));
    mesh.sandbox.write(
        "work/planning/other/other.odcs.yaml",
        plan_contract("other"),
    );
    mesh.mesh(&["add", "commercial/orders", "--to", "other"])
        .expect(0);
    let out = mesh.mesh(&["lint"]).expect(0);
    assert!(out.contains("1 input is not pinned in mesh.lock"), "{out}");
    let fetched = mesh.mesh(&["fetch", "--format", "json"]).json(0);
    assert_eq!(fetched["pinned"].as_array().unwrap().len(), 1);
    assert_eq!(pins(&mesh.lock()), 2);
    // One contract, two ports.
    assert_eq!(fetched["files"]["new"].as_array().unwrap().len(), 1);
    assert_eq!(fetched["inputs"].as_array().unwrap().len(), 2);
    // What nobody offers is not fetched, and nothing else either.
    mesh.change(
        MANIFEST,
        "contractId: commercial.orders\n",
        "contractId: commercial.prices\n",
    );
    let run = mesh.mesh(&["fetch"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stderr
            .contains("nobody offers `commercial.prices` 1.0.0"),
        "{}",
        run.stderr
    );
    assert_eq!(pins(&mesh.lock()), 2);
}

#[test]
fn a_folder_of_contracts_holds_what_is_needed() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    mesh.sandbox
        .write("work/planning/other/dataproduct.yaml", plan("other"));
    mesh.sandbox.write(
        "work/planning/other/other.odcs.yaml",
        plan_contract("other"),
    );
    // An input of the repository itself, which has no pin and nothing to fetch.
    let own = "inputPorts:\n  - name: plan\n    version: 1.0.0\n    contractId: supply.plan\n";
    mesh.change(
        "work/planning/other/dataproduct.yaml",
        "# What",
        &format!("{own}# What"),
    );
    let fetch = |arguments: &[&str]| {
        let arguments = [&["fetch", "--format", "json"], arguments].concat();
        mesh.mesh(&arguments).json(0)
    };
    let fetched = fetch(&["--dir", "generated/in"]);
    let folder = mesh.path("planning").join("generated/in");
    let of = |product: &str| {
        let mut inputs = fetched["inputs"].as_array().unwrap().iter();
        inputs.find(|input| input["product"] == product).unwrap()
    };
    assert_eq!(of("supply.other")["file"], "../../plan/plan.odcs.yaml");
    assert_eq!(of("supply.other")["provider"], Value::Null);
    assert!(
        folder
            .join(of("supply.other")["file"].as_str().unwrap())
            .exists()
    );
    assert!(!mesh.path("planning").join(".mesh").exists());
    // lint does not take it for the repository's own, wherever it lies.
    let report = mesh.mesh(&["lint", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["contracts"], 2);
    // What is fetched for one product leaves what the other needs.
    let of_other = fetch(&["--dir", "generated/in", "other"]);
    assert_eq!(of_other["inputs"], fetched["inputs"]);
    assert_eq!(of_other["files"]["removed"], serde_json::json!([]));
    // Two versions side by side.
    mesh.publish_orders("1.1.0", |text| text.replace("varchar(20)", "varchar(40)"));
    mesh.mesh(&["add", "commercial/orders", "--to", "other"])
        .expect(0);
    let both = fetch(&["--dir", "generated/in"]);
    assert_eq!(
        both["files"]["new"],
        serde_json::json!(["commercial/orders/commercial.orders@1.1.0.odcs.yaml"])
    );
    // A file that was changed is brought back, one that is not needed goes.
    let old = folder.join("commercial/orders/commercial.orders@1.0.0.odcs.yaml");
    fs::write(&old, "changed").unwrap();
    let restored = fetch(&["--dir", "generated/in"]);
    assert_eq!(restored["files"]["restored"].as_array().unwrap().len(), 1);
    assert_eq!(fs::read_to_string(&old).unwrap(), CONTRACT);
    fs::write(folder.join("commercial/orders/mine.txt"), "mine").unwrap();
    mesh.mesh(&["add", "commercial/orders", "--to", "plan"])
        .expect(0);
    let removed = fetch(&["--dir", "generated/in"]);
    assert_eq!(removed["files"]["removed"].as_array().unwrap().len(), 1);
    assert!(!old.exists());
    assert!(folder.join("commercial/orders/mine.txt").exists());
    // Nobody else's folder.
    let refused = mesh.mesh(&["fetch", "--dir", "plan"]);
    failure(refused, "holds files that `mesh fetch` did not write");
    let git = Run::of(
        mesh.sandbox
            .command("git")
            .current_dir(mesh.path("planning"))
            .args(["init", "--quiet"])
            .output()
            .unwrap(),
    );
    git.expect(0);
    let status = mesh
        .sandbox
        .command("git")
        .current_dir(mesh.path("planning"))
        .args(["status", "--porcelain", "--untracked-files=all"])
        .output()
        .unwrap();
    let status = Run::of(status).expect(0);
    assert!(
        !status.contains("generated") && status.contains("mesh.lock"),
        "{status}"
    );
}

#[test]
fn pins_of_packs_and_of_inputs_leave_each_other_alone() {
    let mesh = Mesh::new();
    let config = mesh.sandbox.read("work/planning/mesh.yaml");
    mesh.sandbox.write(
        "work/planning/mesh.yaml",
        format!("{config}policies: [mesh/core]\n"),
    );
    mesh.mesh(&["policy", "update"]);
    let packs = mesh.lock();
    assert!(
        packs.contains("version: 1\npolicies:\n- name: core\n"),
        "{packs}"
    );
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    let both = mesh.lock();
    assert!(
        both.contains("version: 2\npolicies:\n- name: core\n"),
        "{both}"
    );
    let update = mesh.mesh(&["policy", "update"]);
    assert!(
        update.stdout.ends_with("mesh.lock is up to date\n"),
        "{}",
        update.stdout
    );
    mesh.sandbox.write(
        LOCK,
        both.replace(
            "  version: 1.0.0\n  digest: sha256:",
            "  version: 0.9.0\n  digest: sha256:0",
        ),
    );
    mesh.mesh(&["policy", "update"]);
    assert_eq!(mesh.lock(), both);
    mesh.mesh(&["remove", "orders"]).expect(0);
    assert_eq!(mesh.lock(), packs);
}

#[test]
fn what_a_lock_can_be_wrong_about_is_explained() {
    let mesh = Mesh::new();
    for rule in [
        "locked-input-changed",
        "locked-input-differs",
        "locked-input-unused",
    ] {
        let out = mesh.mesh(&["explain", rule]).expect(0);
        assert!(
            out.contains("mesh fetch") || out.contains("mesh add"),
            "{out}"
        );
        let view = mesh.mesh(&["explain", rule, "--format", "json"]).json(0);
        assert_eq!(view["group"], "lock");
    }
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    mesh.change(LOCK, "port: orders", "port: order");
    let sarif = mesh.mesh(&["lint", "--format", "sarif"]).json(0);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let mut ids = rules.iter().map(|rule| rule["id"].as_str().unwrap());
    assert!(ids.any(|id| id == "locked-input-unused"));
}

impl Mesh {
    /// Says something of the orders, where they are published from.
    fn withdraw(&self, arguments: &[&str]) {
        self.sandbox
            .mesh_in(self.path("sales"), arguments)
            .expect(0);
    }

    /// What `mesh outdated` says of the one input.
    fn outdated(&self) -> Value {
        let view = self
            .mesh(&["outdated", "--exit-code", "--format", "json"])
            .json(1);
        assert_eq!(view["inputs"].as_array().unwrap().len(), 1);
        view["inputs"][0].clone()
    }

    /// Runs a command as it was shown.
    fn run_shown(&self, command: &Value) -> String {
        let mut shell = self.sandbox.command("sh");
        shell.current_dir(self.path("planning"));
        shell.args(["-c", command.as_str().unwrap()]);
        Run::of(shell.output().unwrap()).expect(0)
    }
}

#[test]
fn newer_versions_are_shown_with_what_they_do_and_the_way_to_them() {
    let mesh = Mesh::new();
    let none = mesh.mesh(&["outdated"]).expect(0);
    assert!(
        none.contains("no product here draws from the registry"),
        "{none}"
    );
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    let current = mesh.mesh(&["outdated", "--exit-code"]).expect(0);
    assert!(current.contains("the one input is up to date"), "{current}");

    let longer = |text: &str| text.replace("varchar(20)", "varchar(40)");
    mesh.publish_orders("1.1.0", longer);
    mesh.publish_orders("1.2.0", |text| {
        longer(text).replace("Confirmed orders.", "All confirmed orders.")
    });
    mesh.publish_orders("2.0.0", |text| {
        longer(text).replace("order_id", "order_number")
    });
    // A pre-release is no news to who draws from a release.
    mesh.publish_orders("3.0.0-rc.1", |text| {
        longer(text).replace("order_id", "number")
    });
    let input = mesh.outdated();
    assert_eq!(input["asked"], "1.0.0");
    assert_eq!(input["isPinned"], true);
    assert_eq!(input["drawnFrom"]["version"], "1.0.0");
    assert_eq!(input["compatible"]["version"], "1.2.0");
    assert_eq!(input["compatible"]["impact"], "minor");
    assert_eq!(input["newest"]["version"], "2.0.0");
    assert_eq!(input["newest"]["impact"], "major");
    let out = mesh.mesh(&["outdated"]).expect(0);
    assert!(
        out.contains("  orders  1.0.0       1.2.0       2.0.0\n"),
        "{out}"
    );
    assert!(
        out.contains("→ 1.2.0 breaks nobody: 1 minor change"),
        "{out}"
    );
    assert!(out.contains("✗ 2.0.0 breaks readers: "), "{out}");
    assert!(
        out.contains("mesh diff commercial/orders@1.0.0 commercial/orders@2.0.0\n"),
        "{out}"
    );

    let moved = mesh.run_shown(&input["compatible"]["command"]);
    assert!(
        moved.contains("moved input port `orders` from 1.0.0 to 1.2.0"),
        "{moved}"
    );
    let input = mesh.outdated();
    assert_eq!(input["compatible"], Value::Null);
    mesh.run_shown(&input["newest"]["command"]);
    mesh.mesh(&["outdated", "--exit-code"]).expect(0);
    mesh.mesh(&["lint"]).expect(0);
}

#[test]
fn what_is_withdrawn_is_marked_and_nobody_begins_to_consume_it() {
    let mesh = Mesh::new();
    mesh.mesh(&["add", "commercial/orders"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    // The same contract in a newer version of the product.
    let manifest_of_orders = PRODUCT
        .replace("\nversion: 1.0.0", "\nversion: 1.0.1")
        .replace("sum net_amount", "add net_amount");
    mesh.sandbox
        .write("work/sales/orders/dataproduct.yaml", manifest_of_orders);
    mesh.sandbox
        .write("work/sales/orders/orders.odcs.yaml", CONTRACT);
    mesh.sandbox
        .mesh_in(mesh.path("sales"), ["publish"])
        .expect(0);
    mesh.publish_orders("1.1.0", |text| text.replace("varchar(20)", "varchar(40)"));
    mesh.withdraw(&[
        "yank",
        "commercial/orders@1.0.0",
        "--reason",
        "Wrong currency",
    ]);
    let end = [
        "--end-of-support",
        "2199-03-31",
        "--replaced-by",
        "commercial/orders@1.1",
    ];
    mesh.withdraw(&[&["deprecate", "commercial/orders@1.0.0"], &end[..]].concat());

    let input = mesh.outdated();
    assert_eq!(input["yanked"]["reason"], "Wrong currency");
    assert_eq!(input["deprecated"]["endOfSupport"], "2199-03-31");
    assert_eq!(input["deprecated"]["replacedBy"], "commercial/orders@1.1");
    assert_eq!(input["instead"]["productVersion"], "1.0.1");
    let out = mesh.mesh(&["outdated"]).expect(0);
    assert!(
        out.contains("✗ commercial/orders 1.0.0 is yanked: Wrong currency\n"),
        "{out}"
    );
    assert!(
        out.contains("! commercial/orders 1.0.0 is deprecated, and supported until 2199-03-31"),
        "{out}"
    );
    // Who consumes it may go on, and hears of it.
    let again = mesh
        .mesh(&["add", "commercial/orders@1.0.0", "--format", "json"])
        .json(0);
    assert_eq!(again["outcome"], "unchanged");
    assert!(
        again["warnings"][0]
            .as_str()
            .unwrap()
            .contains("is yanked: Wrong currency")
    );
    assert_eq!((mesh.manifest(), mesh.lock()), (manifest, lock.clone()));
    mesh.mesh(&["fetch", "--locked"]).expect(0);
    // The pin moves, and the manifest needs no change.
    mesh.run_shown(&input["instead"]["command"]);
    assert!(
        mesh.lock().contains("\n  version: 1.0.1\n"),
        "{}",
        mesh.lock()
    );
    assert!(
        mesh.manifest()
            .contains("version: 1.0.0\n    contractId: commercial.orders")
    );
    mesh.mesh(&["remove", "orders"]).expect(0);
    // Nobody else may begin.
    for format in ["pretty", "json"] {
        let run = mesh.mesh(&["add", "commercial/orders@1.0.0", "--format", format]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(
            said.contains("1.0.0 (Wrong currency), which is yanked"),
            "{said}"
        );
        assert!(said.contains("use one of 1.1.0, 1.0.1"), "{said}");
    }
    mesh.withdraw(&["yank", "commercial/orders@1.1.0", "--reason", "Truncated"]);
    let added = mesh.mesh(&["add", "commercial/orders"]).expect(0);
    assert!(added.contains("from commercial/orders 1.0.1"), "{added}");
    assert!(
        added.contains("! commercial/orders 1.1.0 is passed over, since it is yanked: Truncated\n"),
        "{added}"
    );
    mesh.mesh(&["remove", "orders"]).expect(0);
    mesh.withdraw(&[
        "deprecate",
        "commercial/orders@1.0.1",
        "--end-of-support",
        "2199-03-31",
        "--reason",
        "Nobody asks for it",
    ]);
    let added = mesh.mesh(&["add", "commercial/orders"]).expect(0);
    assert!(
        added.contains(
            "! commercial/orders 1.0.1 is deprecated, and supported until 2199-03-31: Nobody"
        ),
        "{added}"
    );
}

#[test]
fn commands_that_move_an_input_name_what_cannot_be_told() {
    let mesh = Mesh::new();
    for name in ["other", "third"] {
        let folder = format!("work/planning/{name}");
        mesh.sandbox
            .write(format!("{folder}/dataproduct.yaml"), plan(name));
        mesh.sandbox
            .write(format!("{folder}/{name}.odcs.yaml"), plan_contract(name));
    }
    // Two manifests in one folder, and two ports that draw from one contract.
    mesh.sandbox
        .write("work/planning/other/more.odps.yaml", plan("more"));
    mesh.sandbox
        .write("work/planning/other/more.odcs.yaml", plan_contract("more"));
    for to in ["plan", "other/dataproduct.yaml", "third"] {
        mesh.mesh(&["add", "commercial/orders", "--to", to])
            .expect(0);
    }
    mesh.publish_orders("2.0.0", |text| text.replace("order_id", "order_number"));
    mesh.mesh(&[
        "add",
        "commercial/orders",
        "--to",
        "third",
        "--name",
        "new-orders",
    ])
    .expect(0);
    mesh.publish_orders("2.1.0", |text| {
        text.replace("order_id", "order_number")
            .replace("varchar(20)", "varchar(40)")
    });
    let view = mesh.mesh(&["outdated", "--format", "json"]).json(0);
    let commands: Vec<&str> = view["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| match &input["compatible"] {
            Value::Null => input["newest"]["command"].as_str().unwrap(),
            compatible => compatible["command"].as_str().unwrap(),
        })
        .collect();
    assert_eq!(
        commands,
        [
            "mesh add commercial/orders@2.1.0 --to other/dataproduct.yaml",
            "mesh add commercial/orders@2.1.0 --to plan",
            "mesh add commercial/orders@2.1.0 --name orders --to third",
            "mesh add commercial/orders@2.1.0 --name new-orders --to third",
        ]
    );
    for command in commands {
        mesh.run_shown(&command.into());
    }
    mesh.mesh(&["outdated", "--exit-code"]).expect(0);
}
