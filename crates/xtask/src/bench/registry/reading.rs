//! What it costs to look at a large registry, and to consume a thousand of its contracts.

use std::fs;
use std::io;
use std::path::Path;

use super::fill::{self, Product, Shape};
use super::judging::{Table, os};
use super::{Bench, FEW_ROUNDS, LARGE, LONG, about};

/// Products that consume, in one repository.
const CONSUMERS: usize = 1000;
/// The contract that each of them reads, beside one that no other does.
const HUB: usize = 7;

impl Bench {
    pub(super) fn reading(&self) -> io::Result<String> {
        let folder = self.scratch.join("consumers");
        consumers(&folder, LARGE)?;
        let here = folder.to_string_lossy().into_owned();
        let pinned = format!("{} inputs", 2 * CONSUMERS);
        let mut table = Table::new("whole process, warm");
        for (what, shape, command) in [
            ("mesh graph", LARGE, &["graph"][..]),
            (
                "mesh graph --domain",
                LARGE,
                &["graph", "--domain", "domain-7"],
            ),
            ("mesh log", LARGE, &["log", "domain-27/product-77"]),
            ("mesh log", LONG, &["log", "domain-27/product-77"]),
            ("mesh registry stats", LARGE, &["registry", "stats"]),
            ("mesh registry stats", LONG, &["registry", "stats"]),
            ("mesh fetch", LARGE, &["fetch", &here]),
            ("mesh outdated", LARGE, &["outdated", &here]),
        ] {
            let cache = format!("MESH_CACHE_DIR={}", self.cache(shape.name).display());
            let (mesh, registry) = (
                self.binary.to_string_lossy(),
                self.registries.join(shape.name),
            );
            let words = ["env", &cache, &mesh]
                .into_iter()
                .chain(command.iter().copied());
            let registry = registry.to_string_lossy();
            let words = words.chain(["--registry", &*registry]);
            let words: Vec<String> = words.map(str::to_owned).collect();
            let took = self.repeated("\"$@\"", &words, FEW_ROUNDS)?;
            let memory = super::super::peak_memory("env".as_ref(), &os(&words))?;
            let what = match command {
                ["fetch" | "outdated", ..] => format!("{what}, {pinned}"),
                _ => what.to_owned(),
            };
            table.line(&format!("{what}, {}", about(shape)), took, memory);
        }
        Ok(table.0)
    }
}

/// A repository of products that read published contracts: all of them that of one product, and each one of its own.
fn consumers(folder: &Path, shape: Shape) -> io::Result<()> {
    for number in 0..CONSUMERS {
        let product = folder.join(format!("p{number}"));
        fs::create_dir_all(&product)?;
        let mut inputs = String::new();
        for (name, source, version) in [
            ("hub", HUB, 1),
            ("own", HUB + 1 + number, number % fill::VERSIONS),
        ] {
            let id = Product {
                shape,
                number: source,
            }
            .id();
            inputs += &format!("  - {{name: {name}, version: 1.{version}.0, contractId: {id}}}\n");
        }
        let manifest = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: here.consumer-{number}\nname: Consumer {number}\nversion: 1.0.0\n\
             status: active\ndomain: here\ninputPorts:\n{inputs}"
        );
        fs::write(product.join("dataproduct.yaml"), manifest)?;
    }
    fs::write(folder.join("mesh.yaml"), "")
}
