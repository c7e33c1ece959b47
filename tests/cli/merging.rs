//! `mesh registry merge`

use crate::sandbox::{CONTRACT, PRODUCT, Sandbox};

/// A sandbox with a product in `orders` and a registry beside it, to which everything is submitted.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    write(&sandbox, "1.0.0", CONTRACT);
    sandbox.registry();
    sandbox.write(
        "work/mesh.yaml",
        "registry: ../registry.git\npublish: {mode: branch}\n",
    );
    sandbox
}

/// Writes the product in a version, with a contract of that version.
fn write(sandbox: &Sandbox, version: &str, contract: &str) {
    let is = |text: &str| text.replace("version: 1.0.0", &format!("version: {version}"));
    sandbox.write("work/orders/dataproduct.yaml", is(PRODUCT));
    sandbox.write("work/orders/orders.odcs.yaml", is(contract));
}

fn open_branches(sandbox: &Sandbox) -> Vec<String> {
    let listed = sandbox.git(
        sandbox.path("registry.git"),
        &[
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads/mesh",
        ],
    );
    listed.lines().map(str::to_owned).collect()
}

/// The contract with one more field.
fn with_field(name: &str) -> String {
    let field = format!(
        "      - name: {name}\n        logicalType: string\n        physicalType: varchar(20)\n        description: What \
         the order has of it.\n        classification: internal\n        examples: [a]\n"
    );
    CONTRACT.replace("support:\n", &format!("{field}support:\n"))
}

#[test]
fn what_was_submitted_is_published_by_the_bot() {
    let sandbox = sandbox();
    let nothing = sandbox.mesh(["registry", "merge"]).expect(0);
    assert!(nothing.contains("Nothing to merge"), "{nothing}");
    sandbox.mesh(["publish"]).expect(0);
    let branch = open_branches(&sandbox).remove(0);
    let dry = sandbox.mesh(["registry", "merge", "--dry-run"]).expect(0);
    assert!(
        dry.contains(&format!("+ {branch}  would be merged")),
        "{dry}"
    );
    assert_eq!(open_branches(&sandbox).len(), 1);
    let json = sandbox
        .mesh(["registry", "merge", "--format", "json"])
        .json(0);
    let tip = sandbox.git(sandbox.path("registry.git"), &["rev-parse", "main"]);
    assert_eq!(json["commit"], tip.as_str());
    assert_eq!(json["tip"], tip.as_str());
    let request = &json["requests"][0];
    assert_eq!(request["branch"], branch.as_str());
    assert_eq!(request["outcome"], "merged");
    assert_eq!(request["isRemoved"], true);
    assert_eq!(
        request["subjects"],
        serde_json::json!(["commercial/orders 1.0.0"])
    );
    assert_eq!(request["diagnostics"], serde_json::json!([]));
    assert!(open_branches(&sandbox).is_empty());
    let shown = ["show", "commercial/orders", "--format", "json"];
    let shown = sandbox.mesh(shown).json(0);
    assert_eq!(shown["record"]["publisher"]["email"], "ada@pharma.example");
    sandbox.mesh(["registry", "verify"]).expect(0);
}

#[test]
fn what_is_fine_alone_and_breaks_readers_together_is_not_all_merged() {
    let sandbox = sandbox();
    sandbox.mesh(["publish", "--mode", "direct"]).expect(0);
    // Both add a field to what is published, and neither knows of the other.
    write(&sandbox, "1.1.0", &with_field("channel"));
    sandbox.mesh(["publish"]).expect(0);
    write(&sandbox, "1.2.0", &with_field("currency"));
    sandbox.mesh(["publish"]).expect(0);
    let branches = open_branches(&sandbox);
    let run = sandbox.mesh(["registry", "merge"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    let out = &run.stdout;
    assert!(out.contains(&format!("✓ {}  merged", branches[0])), "{out}");
    assert!(
        out.contains(&format!("✗ {}  rejected", branches[1])),
        "{out}"
    );
    assert!(out.contains("needs 2.0.0"), "{out}");
    assert!(
        out.contains("1 request rejected, and left as it is\n"),
        "{out}"
    );
    assert_eq!(open_branches(&sandbox), branches[1..]);
    let json = sandbox
        .mesh(["registry", "merge", "--format", "json"])
        .json(1);
    assert_eq!(json["commit"], serde_json::Value::Null);
    assert_eq!(json["requests"][0]["outcome"], "rejected");
    assert_eq!(json["requests"][0]["diagnostics"][0]["level"], "error");
}

#[test]
fn a_policy_that_was_agreed_on_meanwhile_counts() {
    let sandbox = sandbox();
    sandbox.mesh(["publish"]).expect(0);
    let publish = [
        "policy",
        "publish",
        "mesh/core",
        "--at-once",
        "--mode",
        "direct",
    ];
    sandbox.mesh(publish).expect(0);
    let run = sandbox.mesh(["registry", "merge"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("evidence-missing"), "{}", run.stdout);
    // Publishing it again judges it again, and replaces the branch.
    let again = sandbox.mesh(["publish", "--format", "json"]).json(0);
    assert_eq!(again["request"]["isNew"], true);
    assert_eq!(open_branches(&sandbox).len(), 1);
    sandbox.mesh(["registry", "merge"]).expect(0);
}

#[test]
fn a_withdrawal_is_merged_as_well() {
    let sandbox = sandbox();
    sandbox.mesh(["publish", "--mode", "direct"]).expect(0);
    let yank = [
        "yank",
        "commercial/orders@1.0.0",
        "--reason",
        "wrong currency",
    ];
    sandbox
        .mesh(yank.into_iter().chain(["--mode", "branch"]))
        .expect(0);
    assert_eq!(open_branches(&sandbox).len(), 1);
    let json = sandbox
        .mesh(["registry", "merge", "--format", "json"])
        .json(0);
    let subjects = serde_json::json!(["an event about commercial/orders 1.0.0"]);
    assert_eq!(json["requests"][0]["subjects"], subjects);
    let shown = sandbox.mesh(["show", "commercial/orders@1.0.0"]).expect(0);
    assert!(shown.contains("wrong currency"), "{shown}");
}
