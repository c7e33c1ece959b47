//! Files that are made to exhaust whoever reads them.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::world::{NEXT, World};
use crate::sandbox::Run;

/// The tree with the next version, of which one file is another one, and the record says so.
fn published(world: &World, path: &str, bytes: &[u8]) -> String {
    let was = &world.next[path];
    let digest = mesh_registry::digest_of;
    let record = String::from_utf8(world.record(&digest(was), &digest(bytes))).unwrap();
    let (was, is) = (was.len(), bytes.len());
    let record = record.replace(&format!("\"bytes\": {was}"), &format!("\"bytes\": {is}"));
    let read: Value = serde_json::from_str(&record).unwrap();
    let files = read["files"].as_array().unwrap().iter();
    let line = |file: &Value| {
        let text = |key: &str| file[key].as_str().unwrap().to_owned();
        format!("{}\0{}\n", text("path"), text("sha256"))
    };
    let mut lines: Vec<String> = files.map(line).collect();
    lines.sort();
    let content = read["content"].as_str().unwrap();
    let record = record.replace(content, &digest(lines.concat().as_bytes()));
    world.next(|files| {
        files.insert(path.to_owned(), bytes.to_vec());
        files.insert(format!("{NEXT}/record.json"), record.into_bytes());
    })
}

/// Texts that are made to take for ever, or all of the memory.
#[test]
fn bombs_are_refused_in_bounded_time_and_memory() {
    let world = World::new();
    // The hook has two gigabytes of address space, half a minute of CPU time, and nothing to spare.
    let limited = world.sandbox.path("limited");
    let mesh = env!("CARGO_BIN_EXE_mesh");
    let script = format!("#!/bin/sh\nulimit -v 2000000\nulimit -t 30\nexec '{mesh}' \"$@\"\n");
    fs::write(&limited, script).unwrap();
    fs::set_permissions(&limited, fs::Permissions::from_mode(0o755)).unwrap();
    let aliases = (1..60).fold("a0: &a0 [x, x]\n".to_owned(), |text, at| {
        format!("{text}a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1)
    });
    let keys = (1..60).fold("a0: &a0 {x: y}\n".to_owned(), |text, at| {
        format!("{text}a{at}: &a{at} {{l: *a{0}, r: *a{0}}}\n", at - 1)
    });
    let bombs = [
        ("aliases", aliases),
        ("keys", keys),
        ("lists", "[".repeat(60_000)),
        ("mappings", "{a: ".repeat(15_000)),
        ("dashes", "- ".repeat(30_000)),
    ];
    let files = [
        (
            "manifest-unreadable",
            "products/commercial/orders/1.0.1/dataproduct.yaml",
        ),
        ("owners-unreadable", "owners/commercial.yaml"),
        ("settings-unreadable", "mesh-registry.yaml"),
        ("vocabularies-unreadable", "vocabularies.yaml"),
        ("policies-unusable", "policies/packs/house/1.0.0.yaml"),
    ];
    for (id, path) in files {
        for (name, bomb) in &bombs {
            let tree = if path.starts_with("products") {
                published(&world, path, bomb.as_bytes())
            } else {
                world.file(&world.root(), path, bomb.as_bytes())
            };
            let commit = world.commit(&tree);
            let started = Instant::now();
            let mut push = world.sandbox.command("git");
            push.env("MESH", &limited).arg("-C").arg(&world.clone);
            push.args(["push", "../registry.git"]);
            push.arg(format!("{commit}:refs/heads/main"));
            let refused = Run::of(push.output().unwrap());
            assert_ne!(refused.status, 0, "{name} in {path} was taken");
            assert!(
                refused.stderr.contains(&format!("[{id}]")),
                "{name} in {path}: {}",
                refused.stderr
            );
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "{name} in {path}"
            );
        }
    }
}
