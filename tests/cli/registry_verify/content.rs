//! What is in a commit: names, kinds of files, records, and that nothing published is touched.

use super::world::{Entry, NEXT, World};

#[test]
fn odd_names_are_refused() {
    let world = World::new();
    let blob = world.blob(b"x\n");
    let root = world.root();
    for path in [
        &[&b"products"[..], b"..", b"a", b"1.0.0", b"x"][..],
        &[b"products", b"commercial", b"a/b"],
        &[b"/etc"],
        &[b"products", b"a\\b", b"c", b"1.0.0", b"x"],
        &[b"products", b"con", b"a", b"1.0.0", b"x"],
        &[
            b"products",
            "c\u{43e}mmercial".as_bytes(),
            b"a",
            b"1.0.0",
            b"x",
        ],
        &[b"products", "u\u{308}ber".as_bytes(), b"a", b"1.0.0", b"x"],
        &[b"products", "\u{fc}ber".as_bytes(), b"a", b"1.0.0", b"x"],
        &[b"products", b"\xff", b"a", b"1.0.0", b"x"],
        &[b"products", b"commercial", b"orders", b"1.0", b"x"],
        &[b".GIT", b"config"],
    ] {
        let commit = world.commit(&world.with(&root, path, "100644", &blob));
        world.refused("name-invalid", &commit);
    }
    let commit = world.commit(&world.with(
        &root,
        &[b"products", "\u{43e}".as_bytes(), b"a", b"1.0.0", b"x"],
        "100644",
        &blob,
    ));
    assert!(world.refused("name-invalid", &commit).contains("U+043E"));
    for path in [
        &[&b"Products"[..], b"x"][..],
        &[b"products", b"Commercial", b"x"],
        &[b"readme.md"],
    ] {
        let commit = world.commit(&world.with(&root, path, "100644", &blob));
        world.refused("name-collision", &commit);
    }
}

#[test]
fn odd_trees_are_refused() {
    let world = World::new();
    let (root, blob) = (world.root(), world.blob(b"../secret"));
    let path = "products/commercial/orders/1.0.1";
    let link =
        world.commit(&world.mode(&root, &format!("{path}/dataproduct.yaml"), "120000", &blob));
    world.refused("symlink", &link);
    // A link where a directory belongs.
    let link = world.commit(&world.mode(&root, "products/evil", "120000", &blob));
    world.refused("symlink", &link);
    world.refused("file-directory-conflict", &link);
    let module = world.commit(&world.mode(&root, &format!("{path}/sub"), "160000", &world.tip()));
    world.refused("submodule", &module);
    let run =
        world.commit(&world.mode(&root, &format!("{path}/dataproduct.yaml"), "100755", &blob));
    world.refused("file-mode", &run);
    let extra = world.commit(&world.next(|files| {
        files.insert(format!("{NEXT}/notes.txt"), b"x".to_vec());
    }));
    world.refused("unexpected-file", &extra);
    // A name that is there twice, and a directory out of order.
    let entries = |names: &[&str]| -> Vec<Entry> {
        names
            .iter()
            .map(|name| ("100644".to_owned(), name.as_bytes().to_vec(), blob.clone()))
            .collect()
    };
    for names in [&["a", "a"][..], &["b", "a"]] {
        let odd = world.tree(entries(names), true);
        let commit = world.commit(&world.mode(&root, "odd", "40000", &odd));
        world.refused("tree-malformed", &commit);
    }
}

#[test]
fn content_that_is_elsewhere_too_large_or_a_bomb_is_refused() {
    let world = World::new();
    let manifest = format!("{NEXT}/dataproduct.yaml");
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".to_vec();
    let commit = world.commit(&world.next(|files| drop(files.insert(manifest.clone(), pointer))));
    world.refused("lfs-pointer", &commit);
    let large = vec![b'#'; (4 << 20) + 1];
    let commit = world.commit(&world.next(|files| drop(files.insert(manifest.clone(), large))));
    world.refused("file-too-large", &commit);
    // As a git that converts line endings would have committed it.
    let crlf = String::from_utf8(world.next[&manifest].clone())
        .unwrap()
        .replace('\n', "\r\n");
    let commit =
        world.commit(&world.next(|files| drop(files.insert(manifest.clone(), crlf.into_bytes()))));
    world.refused("digest-differs", &commit);
    let bytes = world.next[&manifest].len();
    let commit = world.tampered(&format!("\"bytes\": {bytes}"), "\"bytes\": 1");
    world.refused("digest-differs", &commit);
}

#[test]
fn what_is_published_stays() {
    let world = World::new();
    let root = world.root();
    let there = "products/commercial/orders/1.0.0";
    let changed = world.file(&root, &format!("{there}/dataproduct.yaml"), b"x");
    world.refused("published-version-changed", &world.commit(&changed));
    let added = world.file(&root, &format!("{there}/record.json.sig"), b"x");
    world.refused("published-version-changed", &world.commit(&added));
    for path in [
        "products/commercial/orders/1.0.0",
        "products/commercial",
        "products",
    ] {
        let gone = world.without(&root, &path.split('/').collect::<Vec<_>>());
        world.refused("published-version-changed", &world.commit(&gone));
    }
    // The branch itself.
    let parent = world
        .git(&world.registry, &["rev-parse", "main^"])
        .trim()
        .to_owned();
    let push = world.push(&parent);
    assert!(
        push.status != 0 && push.stderr.contains("[history-rewritten]"),
        "{}",
        push.stderr
    );
    let delete = world.try_git(
        &world.clone,
        &["push", "../registry.git", ":refs/heads/main"],
    );
    assert!(
        delete.status != 0 && delete.stderr.contains("branch-deleted"),
        "{}",
        delete.stderr
    );
    // A branch that took from the registry's, and would take its place.
    let side = world.commit_on(&[&parent], &world.root());
    let foxtrot = world.commit_on(&[&side, &world.tip()], &world.root());
    let push = world.push(&foxtrot);
    assert!(
        push.status != 0 && push.stderr.contains("[history-rewritten]"),
        "{}",
        push.stderr
    );
}

#[test]
fn records_that_say_what_is_not_so_are_refused() {
    let world = World::new();
    let registry = world.git(&world.registry, &["show", "main:mesh-registry.yaml"]);
    let id = registry.split('"').nth(1).unwrap();
    for (rule, from, to) in [
        ("record-unreadable", "\"format\": 1", "\"format\": one"),
        ("record-of-another-registry", id, &"0".repeat(32)),
        (
            "record-elsewhere",
            "\"product\": \"orders\"",
            "\"product\": \"other\"",
        ),
        (
            "manifest-differs",
            "\"id\": \"commercial.orders\"",
            "\"id\": \"other.orders\"",
        ),
        (
            "path-taken",
            "\"id\": \"commercial.orders\"",
            "\"id\": \"other.orders\"",
        ),
        (
            "manifest-differs",
            "\"name\": \"All orders\"",
            "\"name\": \"Others\"",
        ),
        (
            "compatibility-differs",
            "\"impact\": \"patch\"",
            "\"impact\": \"none\"",
        ),
    ] {
        let commit = world.tampered(from, to);
        world.refused(rule, &commit);
    }
    let record = String::from_utf8(world.next[&format!("{NEXT}/record.json")].clone()).unwrap();
    let previous = record
        .split("\"previous\": \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let unknown = format!("sha256:{}", "0".repeat(64));
    world.refused(
        "previous-unknown",
        &world.tampered(
            &format!("\"previous\": \"{previous}\""),
            &format!("\"previous\": \"{unknown}\""),
        ),
    );
    world.refused(
        "previous-unknown",
        &world.tampered(
            &format!("\"previous\": \"{previous}\""),
            "\"previous\": null",
        ),
    );
    let mut missing = world.next.clone();
    missing.remove(&format!("{NEXT}/record.json"));
    let commit = world.commit(&world.next(|files| *files = missing));
    world.refused("record-unreadable", &commit);
    // An old record, replayed in the place of another version.
    let old = world.git(
        &world.registry,
        &["show", "main:products/commercial/orders/1.0.0/record.json"],
    );
    let commit = world.commit(
        &world.next(|files| drop(files.insert(format!("{NEXT}/record.json"), old.into_bytes()))),
    );
    world.refused("record-elsewhere", &commit);
}
