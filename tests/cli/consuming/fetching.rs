//! `mesh fetch`, and what works without the network after it.

use std::fs;

use serde_json::Value;

use super::failure;
use crate::domains::Mesh;
use crate::sandbox::CONTRACT;

#[test]
fn where_nothing_is_pinned_nothing_is_said_to_have_changed() {
    let mesh = Mesh::with_plan();
    let text = mesh.planning(&["fetch"]).expect(0);
    assert!(text.contains("0 contracts"), "{text}");
    assert!(!text.contains("has changed"), "{text}");
    assert!(!mesh.path("planning").join("mesh.lock").exists());
}

#[test]
fn after_a_fetch_nothing_needs_the_network() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    mesh.planning(&["fetch"]).expect(0);
    fs::rename(&mesh.registry, mesh.sandbox.path("gone.git")).unwrap();
    assert_eq!(mesh.planning(&["lint"]).status, 2);
    let report = mesh
        .planning(&["lint", "--offline", "--format", "json"])
        .json(0);
    assert_eq!(report["summary"]["unverified"], 0);
    let again = mesh
        .planning(&["fetch", "--offline", "--locked", "--format", "json"])
        .json(0);
    assert_eq!(again["files"]["unchanged"].as_array().unwrap().len(), 1);
}

#[test]
fn a_folder_of_contracts_holds_what_is_needed() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    mesh.write_product("other");
    // An input of the repository itself, which has no pin and nothing to fetch.
    let own = "inputPorts:\n  - name: plan\n    version: 1.0.0\n    contractId: supply.plan\n";
    mesh.change(
        "work/planning/other/dataproduct.yaml",
        "# What",
        &format!("{own}# What"),
    );
    let fetch = |arguments: &[&str]| {
        let arguments = [&["fetch", "--format", "json"], arguments].concat();
        mesh.planning(&arguments).json(0)
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
    let report = mesh.planning(&["lint", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["contracts"], 2);
    // What is fetched for one product leaves what the other needs.
    let of_other = fetch(&["--dir", "generated/in", "other"]);
    assert_eq!(of_other["inputs"], fetched["inputs"]);
    assert_eq!(of_other["files"]["removed"], serde_json::json!([]));
    // Two versions side by side.
    mesh.publish_longer("1.1.0");
    mesh.planning(&["add", "commercial/orders", "--to", "other"])
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
    mesh.planning(&["add", "commercial/orders", "--to", "plan"])
        .expect(0);
    let removed = fetch(&["--dir", "generated/in"]);
    assert_eq!(removed["files"]["removed"].as_array().unwrap().len(), 1);
    assert!(!old.exists());
    assert!(folder.join("commercial/orders/mine.txt").exists());
    // Nobody else's folder.
    let refused = mesh.planning(&["fetch", "--dir", "plan"]);
    failure(refused, "holds files that `mesh fetch` did not write");
    let git = |arguments: &[&str]| mesh.sandbox.git(mesh.path("planning"), arguments);
    git(&["init", "--quiet"]);
    let status = git(&["status", "--porcelain", "--untracked-files=all"]);
    assert!(
        !status.contains("generated") && status.contains("mesh.lock"),
        "{status}"
    );
}
