//! The hook itself: what it lets by, and what whoever is refused reads.

use std::fs;

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
