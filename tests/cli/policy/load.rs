//! Policies that cannot be read: whatever is wrong with them ends the run, and nothing is judged.

use super::{HOUSE, HOUSE_1, Mesh, WAIVER, house, on_day, orders, with};
use crate::sandbox::{Run, Sandbox};

/// The commands that hold products to policies.
const JUDGES: [&[&str]; 4] = [
    &["policy", "check"],
    &["lint"],
    &["scorecard"],
    &["publish"],
];

/// Nothing was judged: the run is a failure, and says in so many words why.
#[track_caller]
fn refused(run: &Run, words: &str) {
    assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains(words), "{words}\n\n{}", run.stderr);
}

#[track_caller]
fn all_refuse(sandbox: &Sandbox, words: &str) {
    for command in JUDGES {
        refused(&on_day(sandbox, command), words);
    }
}

#[test]
fn what_mesh_yaml_names_and_is_not_there_ends_the_run() {
    let sandbox = orders("{}\n");
    sandbox.write("work/empty/README.md", "No policies yet.\n");
    for (named, words) in [
        (
            "house.yml",
            "cannot read `house.yml`, which mesh.yaml names: No such file",
        ),
        (
            "policys/",
            "cannot read `policys/`, which mesh.yaml names: No such file",
        ),
        (
            "empty",
            "there is no policy in `empty`, which mesh.yaml names",
        ),
        ("mesh/gdrp", "did you mean `mesh/gdpr`?"),
        ("mesh/", "use one of `mesh/core`, `mesh/gdpr`, `mesh/gxp`"),
        (
            "mesh/gdpr@2",
            "mesh.yaml asks for `gdpr` ^2, and this mesh ships 1.0.0",
        ),
        ("mesh/gdpr@one", "`one` is no version, in `mesh/gdpr@one`"),
    ] {
        sandbox.write("work/mesh.yaml", format!("policies: ['{named}']\n"));
        all_refuse(&sandbox, words);
    }
    // A mistake in the settings themselves as well.
    sandbox.write("work/mesh.yaml", "policy: [mesh/core]\n");
    all_refuse(&sandbox, "there is no setting `policy` here");
    sandbox.write("work/mesh.yaml", "{}\n");
    refused(
        &on_day(&sandbox, &["policy", "check", "--with", "house.yaml"]),
        "which the command line names",
    );
}

#[test]
fn what_is_no_policy_ends_the_run_and_shows_the_line() {
    let sandbox = orders("policies: [policies]\n");
    sandbox.write("work/policies/house.yaml", HOUSE);
    for (text, words) in [
        ("kind: [".to_owned(), "policies/broken.yaml:1:"),
        ("kind: Policy\n".to_owned(), "policies/broken.yaml:1:7]"),
        ("# nothing\n".to_owned(), "policies/broken.yaml"),
        // What is misspelt within a condition is not asked of any product.
        (with(HOUSE, &[("sla.retention", "sla.retentoin"), ("house", "attic")]), "did you mean"),
        (with(HOUSE, &[("level: deny", "levle: deny"), ("house", "attic")]), "did you mean `level`?"),
        (with(WAIVER, &[("approvedBy: guild", "approvedBy: ada")]), "`ada` may not approve a waiver of `house-retention`"),
        (with(WAIVER, &[("2026-12-31", "2027-12-31")]), "can be waived for 90"),
        (with(WAIVER, &[("house-retention", "house-retentoin")]), "did you mean `house-retention`?"),
        ("kind: PolicyOverlay\nmetadata: {name: o, extends: house}\nparams: {keep_days: 30}\n".to_owned(), "an overlay may only raise it"),
        ("kind: PolicyOverlay\nmetadata: {name: o, extends: house}\nlevels: {house-retention: warn}\n".to_owned(), "an overlay only tightens"),
        ("kind: PolicyOverlay\nmetadata: {name: o, extends: house@2}\n".to_owned(), "`house@2` or a compatible version is asked for, and 1.0.0 is in force"),
        (house("1.1.0", "400"), "there are two packs or overlays `house`, which differ"),
    ] {
        sandbox.write("work/policies/broken.yaml", text);
        all_refuse(&sandbox, words);
        let run = on_day(&sandbox, &["policy", "check"]);
        assert!(run.stderr.contains("policies/broken.yaml:"), "{}", run.stderr);
        assert!(run.stderr.contains("nothing was judged"), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_opened_ends_the_run() {
    use std::fs::{Permissions, read_dir, set_permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = orders("policies: [policies]\n");
    sandbox.write("work/policies/house.yaml", HOUSE);
    let link = sandbox.path("work/policies/more.yaml");
    symlink("nowhere.yaml", &link).unwrap();
    all_refuse(&sandbox, "cannot read `policies`");
    std::fs::remove_file(&link).unwrap();
    symlink("/dev/zero", &link).unwrap();
    all_refuse(&sandbox, "policies/more.yaml`: it is not a regular file");
    std::fs::remove_file(&link).unwrap();
    sandbox.write("work/policies/closed/house.yaml", HOUSE);
    let closed = sandbox.path("work/policies/closed");
    set_permissions(&closed, Permissions::from_mode(0o000)).unwrap();
    // To some users nothing is closed.
    if read_dir(&closed).is_err() {
        all_refuse(&sandbox, "cannot read `policies`");
    }
    set_permissions(&closed, Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_registry_that_cannot_be_reached_has_no_policies_that_anyone_knows_of() {
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    // Not even what was there when it was made.
    std::fs::remove_dir_all(mesh.sandbox.path("cache")).unwrap();
    let gone = mesh.sandbox.path("gone.git");
    std::fs::rename(&mesh.registry, &gone).unwrap();
    all_refuse(&mesh.sandbox, "registry.git");
    let offline = |command: &[&str]| mesh.mesh(&[command, &["--offline"]].concat());
    for command in &JUDGES[..3] {
        refused(&offline(command), "registry.git");
    }
    std::fs::rename(&gone, &mesh.registry).unwrap();
    mesh.mesh(&["lint"]).expect(0);
    std::fs::rename(&mesh.registry, &gone).unwrap();
    all_refuse(&mesh.sandbox, "registry.git");
    let out = offline(&["policy", "check"]).expect(0);
    assert!(out.ends_with("  held to house 1.0.0\n"), "{out}");
}

#[test]
fn a_registry_with_a_policy_that_is_broken_judges_nothing() {
    for (files, words) in [
        (
            &[("policies/packs/house/1.1.0.yaml", "kind: [")][..],
            "registry:policies/packs/house/1.1.0.yaml:1:",
        ),
        (
            &[("policies/waivers/w.yaml", "kind: Wavier\n")],
            "registry:policies/waivers/w.yaml:1:7]",
        ),
        (
            &[("policies/packs/house/1.1.0.yaml", HOUSE)],
            "1.1.0.yaml` of the registry says that it is version 1.0.0",
        ),
        (
            &[("mesh-registry.yaml", "format: 1\npolicies: [house@9.0.0]\n")],
            "mesh-registry.yaml pins it",
        ),
        (
            &[("mesh-registry.yaml", "format: 1\npolicies: house\n")],
            "mesh-registry.yaml",
        ),
    ] {
        let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
        mesh.commit(files);
        all_refuse(&mesh.sandbox, words);
        // What was published before can still be told apart from that.
        mesh.sandbox.mesh(["search"]).expect(0);
    }
}

#[test]
fn a_pin_of_the_registry_holds_back_what_is_newer_and_may_leave_nothing() {
    let second = house("2.0.0", "3650");
    let mesh = Mesh::with(&[
        (HOUSE_1, HOUSE),
        ("policies/packs/house/2.0.0.yaml", &second),
    ]);
    mesh.mesh(&["policy", "check"]).expect(1);
    mesh.commit(&[("mesh-registry.yaml", "format: 1\npolicies: [house@1.0.0]\n")]);
    let out = mesh.mesh(&["policy", "check"]).expect(0);
    assert!(out.contains("held to house 1.0.0\n"), "{out}");
    mesh.commit(&[("mesh-registry.yaml", "format: 1\npolicies: []\n")]);
    refused(
        &mesh.mesh(&["policy", "check"]),
        "no policies are in force here",
    );
}

#[test]
fn a_lock_that_is_no_lock_or_does_not_fit_ends_the_run() {
    let mesh = Mesh::with(&[(HOUSE_1, HOUSE)]);
    mesh.settings("policies: [mesh/gxp]\n");
    mesh.mesh(&["policy", "update"]).expect(0);
    let lock = mesh.sandbox.read("work/mesh.lock");
    for text in [
        "version: [".to_owned(),
        with(&lock, &[("version: 1\n", "version: 9\n")]),
        with(&lock, &[("digest:", "digset:")]),
    ] {
        mesh.sandbox.write("work/mesh.lock", text);
        all_refuse(&mesh.sandbox, "mesh.lock");
    }
    // Whoever publishes is held to what is in force; only others rely on the lock.
    let digest = |name: &str| {
        let (_, of_pack) = lock.split_once(&format!("name: {name}\n")).unwrap();
        let (_, digest) = of_pack.split_once("sha256:").unwrap();
        digest[..64].to_owned()
    };
    for (name, words) in [
        (
            "house",
            "the pack `house` 1.0.0 of the registry is not the one that mesh.lock pins",
        ),
        (
            "gxp",
            "mesh.lock pins `mesh/gxp` 1.0.0, and this mesh ships 1.0.0",
        ),
    ] {
        let other = with(&lock, &[(&digest(name), &"0".repeat(64))]);
        mesh.sandbox.write("work/mesh.lock", other);
        for command in &JUDGES[..3] {
            refused(&mesh.mesh(command), words);
        }
    }
    let missing = with(
        &lock,
        &[(
            "name: house\n  version: 1.0.0",
            "name: house\n  version: 1.7.0",
        )],
    );
    mesh.sandbox.write("work/mesh.lock", missing);
    refused(
        &mesh.mesh(&["lint"]),
        "mesh.lock pins it: run `mesh policy update`",
    );
    mesh.mesh(&["policy", "update", "--dry-run"]).expect(0);
}

/// A pack counts wherever it stands below `policies/`, and is pinned like others.
#[test]
fn a_lock_does_not_make_a_pack_go_away() {
    let mesh = Mesh::with(&[("policies/house.yaml", &house("1.0.0", "3650"))]);
    mesh.mesh(&["lint"]).expect(1);
    let out = mesh.mesh(&["policy", "update"]).expect(0);
    assert!(
        out.contains("house  1.0.0, pinned for the first time"),
        "{out}"
    );
    mesh.mesh(&["lint"]).expect(1);
    let lock = mesh.sandbox.read("work/mesh.lock");
    let missing = with(&lock, &[("version: 1.0.0", "version: 0.9.0")]);
    mesh.sandbox.write("work/mesh.lock", missing);
    refused(
        &mesh.mesh(&["lint"]),
        "the pack `house` 0.9.0 is not in the registry",
    );
    mesh.sandbox.write("work/mesh.lock", &lock);
    mesh.commit(&[("policies/house.yaml", &house("1.0.0", "30"))]);
    refused(&mesh.mesh(&["lint"]), "is not the one that mesh.lock pins");
    // A newer one waits until the lock is moved, as long as the older one is there.
    mesh.commit(&[
        ("policies/house.yaml", &house("1.0.0", "3650")),
        ("policies/newer/house.yaml", &house("1.1.0", "30")),
    ]);
    let out = mesh.mesh(&["policy", "check"]).expect(1);
    assert!(
        out.contains("mesh.lock holds house back at 1.0.0; 1.1.0 is in force"),
        "{out}"
    );
    mesh.mesh(&["policy", "update"]).expect(0);
    mesh.mesh(&["policy", "check"]).expect(0);
}
