//! `mesh outdated`: what is newer, what is withdrawn, and the way on.

use serde_json::Value;

use super::{longer, plan, plan_contract};
use crate::domains::Mesh;
use crate::sandbox::{CONTRACT, PRODUCT, Run};

impl Mesh {
    /// What `mesh outdated` says of the one input.
    fn outdated(&self) -> Value {
        let view = self
            .planning(&["outdated", "--exit-code", "--format", "json"])
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
    let mesh = Mesh::with_plan();
    let none = mesh.planning(&["outdated"]).expect(0);
    assert!(
        none.contains("no product here draws from the registry"),
        "{none}"
    );
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    let current = mesh.planning(&["outdated", "--exit-code"]).expect(0);
    assert!(current.contains("the one input is up to date"), "{current}");

    mesh.publish_longer("1.1.0");
    mesh.publish_orders("1.2.0", "1.2.0", |text| {
        longer(text).replace("Confirmed orders.", "All confirmed orders.")
    });
    mesh.publish_orders("2.0.0", "2.0.0", |text| {
        longer(text).replace("order_id", "order_number")
    });
    // A pre-release is no news to who draws from a release.
    mesh.publish_orders("3.0.0-rc.1", "3.0.0-rc.1", |text| {
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
    let out = mesh.planning(&["outdated"]).expect(0);
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
    mesh.planning(&["outdated", "--exit-code"]).expect(0);
    mesh.planning(&["lint"]).expect(0);
}

#[test]
fn what_is_withdrawn_is_marked_and_nobody_begins_to_consume_it() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    // The same contract in a newer version of the product.
    let manifest_of_orders = PRODUCT
        .replace("\nversion: 1.0.0", "\nversion: 1.0.1")
        .replace("sum net_amount", "add net_amount");
    mesh.sandbox
        .write("work/sales/orders/dataproduct.yaml", manifest_of_orders);
    mesh.sandbox
        .write("work/sales/orders/orders.odcs.yaml", CONTRACT);
    mesh.sales(&["publish"]).expect(0);
    mesh.publish_longer("1.1.0");
    mesh.sales(&[
        "yank",
        "commercial/orders@1.0.0",
        "--reason",
        "Wrong currency",
    ])
    .expect(0);
    let end = [
        "--end-of-support",
        "2199-03-31",
        "--replaced-by",
        "commercial/orders@1.1",
    ];
    mesh.sales(&[&["deprecate", "commercial/orders@1.0.0"], &end[..]].concat())
        .expect(0);

    let input = mesh.outdated();
    assert_eq!(input["yanked"]["reason"], "Wrong currency");
    assert_eq!(input["deprecated"]["endOfSupport"], "2199-03-31");
    assert_eq!(input["deprecated"]["replacedBy"], "commercial/orders@1.1");
    assert_eq!(input["instead"]["productVersion"], "1.0.1");
    let out = mesh.planning(&["outdated"]).expect(0);
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
        .planning(&["add", "commercial/orders@1.0.0", "--format", "json"])
        .json(0);
    assert_eq!(again["outcome"], "unchanged");
    assert!(
        again["warnings"][0]
            .as_str()
            .unwrap()
            .contains("is yanked: Wrong currency")
    );
    assert_eq!((mesh.manifest(), mesh.lock()), (manifest, lock.clone()));
    mesh.planning(&["fetch", "--locked"]).expect(0);
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
    mesh.planning(&["remove", "orders"]).expect(0);
    // Nobody else may begin.
    for format in ["pretty", "json"] {
        let run = mesh.planning(&["add", "commercial/orders@1.0.0", "--format", format]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(
            said.contains("1.0.0 (Wrong currency), which is yanked"),
            "{said}"
        );
        assert!(said.contains("use one of 1.1.0, 1.0.1"), "{said}");
    }
    mesh.sales(&["yank", "commercial/orders@1.1.0", "--reason", "Truncated"])
        .expect(0);
    let added = mesh.planning(&["add", "commercial/orders"]).expect(0);
    assert!(added.contains("from commercial/orders 1.0.1"), "{added}");
    assert!(
        added.contains("! commercial/orders 1.1.0 is passed over, since it is yanked: Truncated\n"),
        "{added}"
    );
    mesh.planning(&["remove", "orders"]).expect(0);
    mesh.sales(&[
        "deprecate",
        "commercial/orders@1.0.1",
        "--end-of-support",
        "2199-03-31",
        "--reason",
        "Nobody asks for it",
    ])
    .expect(0);
    let added = mesh.planning(&["add", "commercial/orders"]).expect(0);
    assert!(
        added.contains(
            "! commercial/orders 1.0.1 is deprecated, and supported until 2199-03-31: Nobody"
        ),
        "{added}"
    );
}

#[test]
fn commands_that_move_an_input_name_what_cannot_be_told() {
    let mesh = Mesh::with_plan();
    for name in ["other", "third"] {
        mesh.write_product(name);
    }
    // Two manifests in one folder, and two ports that draw from one contract.
    mesh.sandbox
        .write("work/planning/other/more.odps.yaml", plan("more"));
    mesh.sandbox
        .write("work/planning/other/more.odcs.yaml", plan_contract("more"));
    for to in ["plan", "other/dataproduct.yaml", "third"] {
        mesh.planning(&["add", "commercial/orders", "--to", to])
            .expect(0);
    }
    mesh.publish_orders("2.0.0", "2.0.0", |text| {
        text.replace("order_id", "order_number")
    });
    mesh.planning(&[
        "add",
        "commercial/orders",
        "--to",
        "third",
        "--name",
        "new-orders",
    ])
    .expect(0);
    mesh.publish_orders("2.1.0", "2.1.0", |text| {
        longer(text).replace("order_id", "order_number")
    });
    let view = mesh.planning(&["outdated", "--format", "json"]).json(0);
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
    mesh.planning(&["outdated", "--exit-code"]).expect(0);
}
