//! `mesh add`, `mesh remove`, `mesh fetch` and what `mesh.lock` pins of inputs: two repositories and one registry.

mod adding;
mod fetching;
mod outdated;
mod pins;

use serde_json::Value;

use crate::domains::Mesh;
use crate::sandbox::{CONTRACT, PRODUCT, Run};

/// The manifest of the consumer.
const MANIFEST: &str = "work/planning/plan/dataproduct.yaml";
const LOCK: &str = "work/planning/mesh.lock";

impl Mesh {
    /// With `supply.plan` in `planning`, which consumes nothing yet.
    fn with_plan() -> Self {
        let mesh = Self::new();
        mesh.write_product("plan");
        mesh
    }

    /// Writes a product of `planning` that has no inputs yet.
    fn write_product(&self, name: &str) {
        let folder = format!("work/planning/{name}");
        self.sandbox
            .write(format!("{folder}/dataproduct.yaml"), plan(name));
        self.sandbox
            .write(format!("{folder}/{name}.odcs.yaml"), plan_contract(name));
    }

    /// Publishes a version of the orders with a longer order number, which breaks nobody.
    fn publish_longer(&self, version: &str) {
        self.publish_orders(version, version, longer);
    }

    /// Runs mesh where the consumer is.
    fn planning(&self, arguments: &[&str]) -> Run {
        self.of("planning", arguments)
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
}

fn longer(text: &str) -> String {
    text.replace("varchar(20)", "varchar(40)")
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
