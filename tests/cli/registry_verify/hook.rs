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
