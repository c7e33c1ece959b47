//! `mesh policy`, and what policies mean for the commands around it.

mod check;
mod gate;
mod load;
mod registry;
mod schemas;
mod tools;
mod verify;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sandbox::{CONTRACT, DAY, PRODUCT, Run, Sandbox};

/// A pack of one policy, which the contract satisfies: it keeps its data for three years.
const HOUSE: &str = "\
kind: PolicyPack
metadata: {name: house, version: 1.0.0, owner: guild}
params:
  keep_days: {value: 365, tighten: up}
policies:
  - id: house-retention
    title: Data is kept for a year
    why: Auditors ask for the year before.
    for: contract
    require: has(contract.sla.retention) && contract.sla.retention.days >= params.keep_days
    message: it is kept for less than {params.keep_days} days
    level: deny
    waivable: {maxDays: 90, approvers: [guild]}
    tests:
      pass:
        - contract: {slaProperties: [{property: retention, value: 30, unit: \"y\"}]}
      fail:
        - contract: {slaProperties: [{property: retention, value: 1, unit: d}]}
";

/// A waiver of that policy for the contract.
const WAIVER: &str = "\
kind: Waiver
id: W-1
policy: house-retention
subject: commercial.orders@1
category: accepted
reason: The archive is being moved.
owner: ada@pharma.example
approvedBy: guild
granted: 2026-12-01
expires: 2026-12-31
";

/// `text` with every pair replaced, each of which has to be there.
#[track_caller]
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}\n\n{text}");
        text.replace(from, to)
    })
}

/// The pack in a version that asks for so many days.
fn house(version: &str, days: &str) -> String {
    let version = format!("version: {version}");
    let days = format!("value: {days}, tighten");
    with(
        HOUSE,
        &[("version: 1.0.0", &version), ("value: 365, tighten", &days)],
    )
}

/// A sandbox with the orders and a `mesh.yaml`.
fn orders(settings: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("work/orders/dataproduct.yaml", PRODUCT);
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    sandbox.write("work/mesh.yaml", settings);
    sandbox
}

/// Runs `mesh` as of the day on which all of this is.
fn on_day(sandbox: &Sandbox, arguments: &[&str]) -> Run {
    sandbox.mesh(arguments.iter().copied().chain(["--as-of", DAY]))
}

/// A sandbox with the orders, and a registry that is reached through plain git as well.
struct Mesh {
    sandbox: Sandbox,
    registry: PathBuf,
}

impl Mesh {
    /// A registry that holds `files`, and nothing else.
    fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = orders("{}\n");
        let registry = sandbox.registry();
        let shown = registry.to_str().unwrap();
        sandbox.write("work/mesh.yaml", format!("registry: {shown}\n"));
        let mesh = Self { sandbox, registry };
        if !files.is_empty() {
            mesh.commit(files);
        }
        mesh
    }

    /// Adds to `mesh.yaml`, which names the registry.
    fn settings(&self, more: &str) {
        let registry = self.registry.display();
        self.sandbox
            .write("work/mesh.yaml", format!("registry: {registry}\n{more}"));
    }

    /// Changes files of the registry past mesh, in one commit.
    fn commit(&self, files: &[(&str, &str)]) {
        let clone = self.sandbox.path("clone");
        if !clone.exists() {
            let registry = self.registry.to_str().unwrap();
            let root = self.sandbox.path("");
            self.sandbox
                .git(&root, &["clone", "--quiet", registry, "clone"]);
        }
        self.sandbox.git(&clone, &["pull", "--quiet", "--ff-only"]);
        for (path, text) in files {
            self.sandbox.write(Path::new("clone").join(path), text);
        }
        self.sandbox.git(&clone, &["add", "--all"]);
        self.sandbox
            .git(&clone, &["commit", "--quiet", "--message", "by hand"]);
        self.sandbox.git(&clone, &["push", "--quiet"]);
    }

    /// The newest commit of the registry.
    fn tip(&self) -> String {
        self.sandbox.git(&self.registry, &["rev-parse", "HEAD"])
    }

    /// A file of the registry.
    fn show(&self, path: &str) -> String {
        let file = format!("HEAD:{path}");
        self.sandbox.file_at(&self.registry, &file)
    }

    /// The record of a version of the orders.
    fn record(&self, version: &str) -> Value {
        let path = format!("products/commercial/orders/{version}/record.json");
        serde_json::from_str(&self.show(&path)).expect("JSON")
    }

    fn mesh(&self, arguments: &[&str]) -> Run {
        on_day(&self.sandbox, arguments)
    }
}

/// The place of the pack in the registry.
const HOUSE_1: &str = "policies/packs/house/1.0.0.yaml";
