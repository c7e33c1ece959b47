//! The hook itself: what it lets by, and what whoever is refused reads; and what an audit finds where there is none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::world::World;
use crate::sandbox::{Run, Sandbox};

#[test]
fn what_mesh_publishes_is_taken() {
    let world = World::new();
    world.accepted(&world.commit(&world.next(|_| {})));
    let out = world.verify(&["--full"]);
    // The clone is of before; the registry itself is audited where it is.
    assert_eq!(out.status, 0, "{}{}", out.stdout, out.stderr);
    let registry = world.registry.to_str().unwrap();
    let out = world
        .sandbox
        .mesh(["registry", "verify", "--full", "--registry", registry]);
    assert_eq!(
        out.expect(0),
        "✓ no findings in 2 published versions of 2 commits\n"
    );
    // Other references are nobody's business here.
    let free = world.git(&world.clone, &["rev-parse", "HEAD"]);
    let side = format!("{}:refs/heads/side", free.trim());
    world.git(&world.clone, &["push", "--quiet", "../registry.git", &side]);
    world.git(
        &world.clone,
        &["push", "--quiet", "../registry.git", ":refs/heads/side"],
    );
}

#[test]
fn an_audit_finds_that_the_branch_was_set_back() {
    let world = World::new();
    let before = world.tip();
    let next = world.commit(&world.next(|_| {}));
    world.accepted(&next);
    let registry = world.registry.to_str().unwrap();
    let mesh = |arguments: &[&str]| {
        let registry = ["--registry", registry];
        world.sandbox.mesh([arguments, &registry].concat())
    };
    mesh(&["search", "orders"]).expect(0);
    let main = "refs/heads/main";
    world.git(&world.registry, &["update-ref", main, &before]);
    mesh(&["search", "orders"]).expect(2);
    let out = mesh(&["registry", "verify", "--full", "--format", "compact"]).expect(1);
    let expected = format!(
        "{main}:1:1: error[history-rewritten] commit {}",
        &next[..12]
    );
    assert!(out.contains(&expected), "{out}");
    let json = mesh(&["registry", "verify", "--full", "--format", "json"]).json(1);
    assert_eq!(
        json["diagnostics"][0]["help"],
        "ask the registry's administrators why: what was published may be gone"
    );
}

#[test]
fn the_hook_fails_closed_and_never_replaces_another() {
    let sandbox = Sandbox::new();
    let shown = |name: &str| sandbox.path(name).to_str().unwrap().to_owned();
    sandbox
        .mesh(["registry", "init", &shown("r.git")])
        .expect(0);
    let hook = sandbox.path("r.git/hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    let out = sandbox
        .mesh(["registry", "init", "--hook", &shown("r.git")])
        .expect(1);
    assert!(
        out.contains("is another one, which is left as it is"),
        "{out}"
    );
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nexit 0\n");
    fs::remove_file(&hook).unwrap();
    let out = sandbox
        .mesh(["registry", "init", "--hook", &shown("r.git")])
        .expect(0);
    assert!(out.contains("Installed the hook"), "{out}");
    let again = sandbox
        .mesh(["registry", "init", "--hook", &shown("r.git")])
        .expect(0);
    assert!(again.contains("runs mesh already"), "{again}");
    // Without mesh, nothing is taken.
    let mut clone = sandbox.command("git");
    clone.args(["clone", "--quiet", "../r.git", "c"]);
    Run::of(clone.output().unwrap()).expect(0);
    let mut push = sandbox.command("git");
    push.env("MESH", "/nowhere/mesh");
    push.args([
        "-C",
        "c",
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@y",
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        "x",
    ]);
    Run::of(push.output().unwrap()).expect(0);
    let mut push = sandbox.command("git");
    push.env("MESH", "/nowhere/mesh")
        .args(["-C", "c", "push", "--quiet"]);
    let refused = Run::of(push.output().unwrap());
    assert_ne!(refused.status, 0);
    assert!(
        refused.stderr.contains("the registry takes nothing"),
        "{}",
        refused.stderr
    );
    // Elsewhere than git would run it, it says so.
    sandbox
        .mesh(["registry", "verify", "--hook", "--base", "main"])
        .expect(2);
    sandbox
        .mesh(["registry", "init", "--hook", "ssh://nowhere.invalid/r.git"])
        .expect(2);
}

/// All files below a folder, with their content.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
#[cfg(unix)]
fn the_hook_needs_no_cache_and_leaves_nothing_in_the_registry() {
    let world = World::new();
    let push = |commit: &str| {
        let update = format!("{commit}:refs/heads/main");
        let mut command = world.sandbox.command("git");
        command
            .env("MESH_CACHE_DIR", "/dev/null/nowhere")
            .arg("-C")
            .arg(&world.clone)
            .args(["push", "--quiet", "../registry.git", &update]);
        Run::of(command.output().unwrap())
    };
    let before = contents(&world.registry);
    let refused = push(&world.tampered("\"version\": \"1.0.1\"", "\"version\": \"1.0.2\""));
    assert_ne!(refused.status, 0);
    assert!(
        refused.stderr.contains("[record-elsewhere]"),
        "{}",
        refused.stderr
    );
    assert_eq!(contents(&world.registry), before);
    let next = world.commit(&world.next(|_| {}));
    push(&next).expect(0);
    // What git writes for a push, and no more.
    let branch = world.registry.join("refs/heads/main");
    let is_of_git =
        |path: &PathBuf| path.starts_with(world.registry.join("objects")) || *path == branch;
    let mut after = contents(&world.registry);
    after.retain(|path, _| !is_of_git(path));
    let mut before = before;
    before.retain(|path, _| !is_of_git(path));
    assert_eq!(after, before);
}

/// A history from elsewhere, which the registry has nothing to judge by but itself.
#[test]
fn the_first_push_is_judged_from_its_first_commit() {
    let world = World::new();
    let (tip, root) = (world.tip(), world.root());
    let empty = |name: &str| {
        let empty = world.sandbox.path(name);
        let shown = empty.to_str().unwrap();
        world.git(&world.clone, &["init", "--quiet", "--bare", shown]);
        let hook = "hooks/pre-receive";
        fs::create_dir_all(empty.join("hooks")).unwrap();
        fs::copy(world.registry.join(hook), empty.join(hook)).unwrap();
        empty
    };
    let push = |to: &Path, commit: &str| {
        let update = format!("{commit}:refs/heads/main");
        world.try_git(&world.clone, &["push", to.to_str().unwrap(), &update])
    };
    let registry = empty("first.git");
    push(&registry, &tip).expect(0);
    let next = world.commit(&world.next(|_| {}));
    push(&registry, &next).expect(0);
    // Anything that was ever wrong with it.
    let there = "products/commercial/orders/1.0.0/dataproduct.yaml";
    let damaged = world.commit(&world.file(&root, there, b"x"));
    let restored = world.commit_on(&[&damaged], &root);
    let registry = empty("damaged.git");
    let refused = push(&registry, &restored);
    assert_ne!(refused.status, 0);
    assert!(
        refused.stderr.contains("[published-version-changed]"),
        "{}",
        refused.stderr
    );
    // What is no registry at all.
    let blob = world.blob(b"x");
    let other = world.tree(vec![("100644".into(), b"x".to_vec(), blob)], false);
    let other = world.commit_on(&[], &other);
    let refused = push(&empty("other.git"), &other);
    assert_ne!(
        refused.status, 0,
        "a first commit without a registry was taken"
    );
}

/// Only the branch that HEAD names is the registry.
#[test]
fn other_branches_and_tags_are_left_alone() {
    let world = World::new();
    let (tip, root) = (world.tip(), world.root());
    let bad = world.commit(&world.without(&root, &["products"]));
    let push = |more: &[&str]| {
        let arguments = ["push", "--quiet", "../registry.git"];
        world.try_git(&world.clone, &[&arguments[..], more].concat())
    };
    world.git(&world.clone, &["tag", "-m", "now", "released", &tip]);
    for reference in [
        "heads/side",
        "heads/mesh/publish/x",
        "tags/main",
        "tags/light",
    ] {
        push(&[&format!("{bad}:refs/{reference}")]).expect(0);
        push(&["--force", &format!("{tip}:refs/{reference}")]).expect(0);
    }
    push(&["released"]).expect(0);
    push(&[
        ":refs/heads/side",
        ":refs/tags/light",
        ":refs/tags/released",
    ])
    .expect(0);
    // Of one push, all or nothing.
    let (side, main) = (
        format!("{bad}:refs/heads/new"),
        format!("{bad}:refs/heads/main"),
    );
    assert_ne!(push(&[&side, &main]).status, 0);
    let heads = world.git(&world.registry, &["for-each-ref", "--format=%(refname)"]);
    assert!(!heads.contains("refs/heads/new"), "{heads}");
    assert_eq!(world.tip(), tip);
    // A tag that is called like the branch does not stand in for it.
    world.refused("published-version-changed", &bad);
    for gone in [":refs/heads/main", ":main"] {
        assert_ne!(push(&[gone]).status, 0, "{gone}");
    }
    assert_eq!(world.tip(), tip);
    // Nor is it moved back.
    let parent = world.git(&world.registry, &["rev-parse", "refs/heads/main^"]);
    let back = world.push(parent.trim());
    assert!(
        back.stderr.contains("[history-rewritten]"),
        "{}",
        back.stderr
    );
    let unrelated = world.commit_on(&[], &root);
    let replaced = world.push(&unrelated);
    assert!(
        replaced.stderr.contains("[history-rewritten]"),
        "{}",
        replaced.stderr
    );
}
