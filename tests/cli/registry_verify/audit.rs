//! `mesh registry verify --full` on registries that were damaged, without a hook that would have kept it out.

use std::fs;
use std::path::{Path, PathBuf};

use super::world::{NEXT, World};

const THERE: &str = "products/commercial/orders/1.0.0";

/// A registry with two versions and an event, and its tree.
fn grown() -> (World, String, String) {
    let world = World::new();
    world.accepted(&world.commit(&world.next(|_| {})));
    let registry = world.registry.to_str().unwrap().to_owned();
    let yank = [
        "yank",
        "commercial/orders@1.0.0",
        "--reason",
        "wrong totals",
    ];
    let more = ["--registry", &registry];
    world.sandbox.mesh([&yank[..], &more].concat()).expect(0);
    let (tip, root) = (world.tip(), world.root());
    (world, tip, root)
}

/// Damage in the middle of history stays found, whatever was done about it afterwards.
#[test]
fn what_was_done_to_history_is_found() {
    let (world, tip, root) = grown();
    let listed = world.git(
        &world.registry,
        &["ls-tree", "-r", "--name-only", "main", "status"],
    );
    let event = listed.trim();
    let record = format!("{NEXT}/record.json");
    let manifest = format!("{THERE}/dataproduct.yaml");
    let parts = |path: &str| -> Vec<String> { path.split('/').map(str::to_owned).collect() };
    let without = |path: &str| {
        let parts = parts(path);
        world.without(&root, &parts.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let blob = world.blob(b"x");
    let changed = world.record("\"tool\": \"", "\"tool\": \"other ");
    let mode = |path: &str, mode: &str, id: &str| world.mode(&root, path, mode, id);
    let cases = [
        (
            "published-version-changed",
            world.file(&root, &record, &changed),
        ),
        (
            "published-version-changed",
            world.file(&root, &manifest, b"x"),
        ),
        ("published-version-changed", without(THERE)),
        ("published-version-changed", without(&manifest)),
        (
            "published-version-changed",
            mode(&manifest, "120000", &blob),
        ),
        ("symlink", mode(&manifest, "120000", &blob)),
        ("submodule", mode("products/commercial/sub", "160000", &tip)),
        ("file-mode", mode("owners/x.yaml", "100755", &blob)),
        ("event-changed", without(event)),
        ("event-changed", without("status")),
        ("event-changed", world.file(&root, event, b"{}")),
        (
            "registry-id-changed",
            world.file(&root, "mesh-registry.yaml", b"format: 1\n"),
        ),
    ];
    let free = world.free("whole.git", &tip);
    assert!(world.audited(&free).is_empty());
    for (at, (id, tree)) in cases.iter().enumerate() {
        let damaged = world.commit_on(&[&tip], tree);
        let restored = world.commit_on(&[&damaged], &root);
        for (name, commit) in [("damaged", &damaged), ("restored", &restored)] {
            let free = world.free(&format!("{name}-{at}.git"), commit);
            let found = world.audited(&free);
            assert!(found.contains(*id), "{name}: {id} is not among {found:?}");
        }
    }
}

/// The file of an object that is not in a pack.
fn object(world: &World, registry: &Path, name: &str) -> PathBuf {
    let id = world.git(registry, &["rev-parse", name]);
    let id = id.trim();
    let file = registry.join("objects").join(&id[..2]).join(&id[2..]);
    assert!(file.exists(), "{name} is in a pack");
    file
}

/// What cannot be read is never passed over.
#[test]
fn missing_and_corrupt_objects_are_named() {
    let (world, tip, _) = grown();
    let manifest = format!("main:{THERE}/dataproduct.yaml");
    let version = format!("main:{THERE}");
    let record = format!("main:{NEXT}/record.json");
    let names = [
        &manifest,
        &version,
        &record,
        "main:products",
        "main:status",
        "main:mesh-registry.yaml",
        "main^{tree}",
        "main~1^{tree}",
        "main~1",
    ];
    for (at, name) in names.iter().enumerate() {
        for damage in ["gone", "empty", "garbled", "replaced"] {
            let free = world.free(&format!("{damage}-{at}.git"), &tip);
            let file = object(&world, &free, name);
            let other = fs::read(object(&world, &free, "main:.gitattributes")).unwrap();
            let mut permissions = fs::metadata(&file).unwrap().permissions();
            #[expect(clippy::permissions_set_readonly_false, reason = "a file of a test")]
            permissions.set_readonly(false);
            fs::set_permissions(&file, permissions).unwrap();
            match damage {
                "gone" => fs::remove_file(&file).unwrap(),
                "empty" => fs::write(&file, b"").unwrap(),
                "garbled" => fs::write(&file, b"garbage").unwrap(),
                // A valid object under the name of another.
                _ => fs::write(&file, other).unwrap(),
            }
            let registry = free.to_str().unwrap();
            let arguments = ["registry", "verify", "--full", "--registry", registry];
            let run = world.sandbox.mesh(arguments);
            assert!(
                matches!(run.status, 1 | 2) && !run.stderr.contains("panicked"),
                "{damage} {name}: {}\n{}{}",
                run.status,
                run.stdout,
                run.stderr
            );
        }
    }
}
