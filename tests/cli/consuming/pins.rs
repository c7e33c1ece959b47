//! What `mesh.lock` pins of inputs, and what is wrong if it does not fit.

use std::fs;
use std::path::Path;

use super::{LOCK, MANIFEST, failure, pins, rules};
use crate::domains::Mesh;

impl Mesh {
    /// Commits to the registry what mesh never would.
    fn tamper(&self, change: impl Fn(&Path)) {
        let clone = self.sandbox.path("clone");
        let to = clone.to_str().unwrap();
        self.git(&["clone", "--quiet", ".", to]);
        change(&clone);
        let git = |arguments: &[&str]| self.sandbox.git(&clone, arguments);
        git(&["commit", "--quiet", "--all", "--message", "Tamper"]);
        git(&["push", "--quiet"]);
        fs::remove_dir_all(&clone).unwrap();
    }
}

#[test]
fn a_lock_that_is_none_ends_every_run() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    for (text, words) in [
        (
            format!("<<<<<<< HEAD\n{lock}=======\n>>>>>>> main\n"),
            "two branches pinned something here",
        ),
        (
            lock.replace("version: 2\n", "version: 3\nmore: true\n"),
            "a newer mesh wrote it",
        ),
        (
            lock.replace("contractDigest: sha256:", "contractDigest: sha256:x"),
            "is no digest",
        ),
        (
            lock.replace("contract:", "contrat:"),
            "did you mean `contract`?",
        ),
    ] {
        assert_ne!(text, lock);
        mesh.sandbox.write(LOCK, &text);
        for command in [
            &["lint"][..],
            &["publish"],
            &["fetch"],
            &["add", "commercial/orders"],
            &["remove", "orders"],
        ] {
            failure(mesh.planning(command), words);
        }
        assert_eq!((mesh.manifest(), mesh.lock()), (manifest.clone(), text));
    }
}

#[test]
fn a_pin_that_is_not_what_the_registry_has_is_an_error_where_it_stands() {
    let mesh = Mesh::with_plan();
    mesh.publish_longer("1.1.0");
    mesh.planning(&["add", "commercial/orders@1.0"]).expect(0);
    let lock = mesh.lock();
    let line = |key: &str| {
        let lines = lock.lines().enumerate();
        let of_key = lines.filter(|(_, line)| line.trim_start().starts_with(key));
        of_key.last().unwrap().0 + 1
    };
    let other = |key: &str| {
        let at = lock.find(&format!("{key}: sha256:")).unwrap() + key.len() + 9;
        let digit = if lock.as_bytes()[at] == b'0' {
            "1"
        } else {
            "0"
        };
        format!("{}{digit}{}", &lock[..at], &lock[at + 1..])
    };
    for (text, key) in [
        (other("record"), "record:"),
        (other("contractDigest"), "contractDigest:"),
        (
            lock.replace("\n  version: 1.0.0", "\n  version: 1.1.0"),
            "record:",
        ),
        (
            lock.replace("\n  version: 1.0.0", "\n  version: 7.0.0"),
            "version:",
        ),
        (
            lock.replace("from: commercial/orders", "from: commercial/order"),
            "from:",
        ),
    ] {
        assert_ne!(text, lock);
        mesh.sandbox.write(LOCK, &text);
        let report = mesh.planning(&["lint", "--format", "json"]).json(1);
        assert_eq!(rules(&report), ["locked-input-changed"], "{report:#}");
        let found = &report["diagnostics"][0];
        assert_eq!(found["file"], "mesh.lock");
        assert_eq!(found["range"]["start"]["line"], line(key), "{found:#}");
        assert!(
            found["url"]
                .as_str()
                .unwrap()
                .ends_with("consuming.md#locked-input-changed")
        );
        // Neither a baseline nor a fetch lets it pass.
        mesh.planning(&["baseline", "--output", "baseline.json"]);
        mesh.planning(&["lint", "--baseline", "baseline.json"])
            .expect(1);
        fs::remove_file(mesh.path("planning").join("baseline.json")).ok();
        let published = mesh.planning(&["publish"]).expect(1);
        assert!(published.contains("locked-input-changed"), "{published}");
        let fetched = mesh.planning(&["fetch"]);
        assert_eq!(fetched.status, 1);
        assert!(
            fetched.stderr.contains("nothing was fetched"),
            "{}",
            fetched.stderr
        );
        assert!(!mesh.path("planning").join(".mesh").exists());
    }
    // What is wrong is put right by saying so.
    mesh.planning(&["add", "commercial/orders@1.0.0"]).expect(0);
    mesh.planning(&["lint"]).expect(0);
}

#[test]
fn a_registry_that_was_tampered_with_does_not_pass() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    let record = "products/commercial/orders/1.0.0/record.json";
    mesh.tamper(|clone| {
        let text = fs::read_to_string(clone.join(record)).unwrap();
        fs::write(
            clone.join(record),
            text.replace("\"tool\": \"mesh", "\"tool\": \"mush"),
        )
        .unwrap();
    });
    let report = mesh.planning(&["lint", "--format", "json"]).json(1);
    assert_eq!(rules(&report), ["locked-input-changed"]);
    mesh.planning(&["fetch"]).expect(1);
    mesh.tamper(|clone| {
        let folder = clone.join("products/commercial/orders/1.0.0/contracts");
        let file = fs::read_dir(folder)
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("varchar(20)", "varchar(10)")).unwrap();
    });
    for command in ["lint", "fetch"] {
        failure(
            mesh.planning(&[command]),
            "its digest is not the one in the record",
        );
    }
}

#[cfg(unix)]
#[test]
fn a_registry_that_is_reached_by_a_link_is_the_same_one() {
    let mesh = Mesh::with_plan();
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    let link = mesh.sandbox.path("link.git");
    std::os::unix::fs::symlink(&mesh.registry, &link).unwrap();
    let link = link.to_str().unwrap();
    mesh.planning(&["lint", "--registry", link, "--offline"])
        .expect(0);
}

#[test]
fn pins_follow_the_manifest_and_say_when_they_do_not() {
    let mesh = Mesh::with_plan();
    mesh.publish_longer("1.1.0");
    mesh.planning(&["add", "commercial/orders@1.0"]).expect(0);
    let (manifest, lock) = (mesh.manifest(), mesh.lock());
    // Another version, by hand.
    mesh.change(
        MANIFEST,
        "  - name: orders\n    version: 1.0.0",
        "  - name: orders\n    version: 1.1.0",
    );
    let report = mesh.planning(&["lint", "--format", "json"]).json(1);
    assert_eq!(rules(&report), ["locked-input-differs"]);
    let related = &report["diagnostics"][0]["related"][0];
    assert_eq!(related["file"], "plan/dataproduct.yaml");
    let locked = mesh.planning(&["fetch", "--locked"]);
    assert_eq!(locked.status, 1);
    assert!(
        locked.stderr.contains("`mesh fetch`, without --locked"),
        "{}",
        locked.stderr
    );
    assert_eq!(mesh.lock(), lock);
    let fetched = mesh.planning(&["fetch", "--format", "json"]).json(0);
    assert_eq!(fetched["pinned"][0]["version"], "1.1.0");
    assert_eq!(fetched["unpinned"][0]["version"], "1.0.0");
    mesh.planning(&["lint"]).expect(0);
    mesh.planning(&["fetch", "--locked"]).expect(0);
    // Gone, by hand.
    let gone = manifest.replace(
        "inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: commercial.orders\n",
        "",
    );
    mesh.sandbox.write(MANIFEST, &gone);
    let report = mesh.planning(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), ["locked-input-unused"]);
    mesh.planning(&["fetch"]).expect(0);
    assert!(!mesh.sandbox.path(LOCK).exists());
    assert!(
        !mesh
            .path("planning")
            .join(".mesh/inputs/commercial")
            .exists()
    );
    // The whole product, which only a look at all of the project can tell.
    mesh.sandbox.write(MANIFEST, &manifest);
    mesh.sandbox.write(LOCK, &lock);
    mesh.write_product("other");
    fs::remove_dir_all(mesh.path("planning").join("plan")).unwrap();
    let report = mesh
        .planning(&["lint", "other", "--format", "json"])
        .json(0);
    assert_eq!(rules(&report), [""; 0]);
    let report = mesh.planning(&["lint", "--format", "json"]).json(0);
    assert_eq!(rules(&report), ["locked-input-unused"]);
    // A manifest that cannot be read may be the one.
    mesh.sandbox.write(MANIFEST, "apiVersion: [\n");
    let report = mesh.planning(&["lint", "--format", "json"]).json(1);
    assert_eq!(rules(&report), ["yaml-syntax"]);
}

#[test]
fn an_input_without_a_pin_is_fine_and_is_pinned_by_a_fetch() {
    let mesh = Mesh::with_plan();
    let port =
        "inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: commercial.orders\n";
    mesh.change(MANIFEST, "# What", &format!("{port}# What"));
    let out = mesh.planning(&["lint"]).expect(0);
    assert!(!out.contains("not pinned"), "{out}");
    let locked = mesh.planning(&["fetch", "--locked"]);
    assert_eq!(locked.status, 1);
    assert!(
        locked
            .stderr
            .contains("input port `orders` of `supply.plan` is not pinned"),
        "{}",
        locked.stderr
    );
    // Where others are pinned, it may have been forgotten.
    mesh.write_product("other");
    mesh.planning(&["add", "commercial/orders", "--to", "other"])
        .expect(0);
    let out = mesh.planning(&["lint"]).expect(0);
    assert!(out.contains("1 input is not pinned in mesh.lock"), "{out}");
    let fetched = mesh.planning(&["fetch", "--format", "json"]).json(0);
    assert_eq!(fetched["pinned"].as_array().unwrap().len(), 1);
    assert_eq!(pins(&mesh.lock()), 2);
    // One contract, two ports.
    assert_eq!(fetched["files"]["new"].as_array().unwrap().len(), 1);
    assert_eq!(fetched["inputs"].as_array().unwrap().len(), 2);
    // What nobody offers is not fetched, and nothing else either.
    mesh.change(
        MANIFEST,
        "contractId: commercial.orders\n",
        "contractId: commercial.prices\n",
    );
    let run = mesh.planning(&["fetch"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stderr
            .contains("nobody offers `commercial.prices` 1.0.0"),
        "{}",
        run.stderr
    );
    assert_eq!(pins(&mesh.lock()), 2);
}

#[test]
fn pins_of_packs_and_of_inputs_leave_each_other_alone() {
    let mesh = Mesh::with_plan();
    let config = mesh.sandbox.read("work/planning/mesh.yaml");
    mesh.sandbox.write(
        "work/planning/mesh.yaml",
        format!("{config}policies: [mesh/core]\n"),
    );
    mesh.planning(&["policy", "update"]);
    let packs = mesh.lock();
    assert!(
        packs.contains("version: 1\npolicies:\n- name: core\n"),
        "{packs}"
    );
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    let both = mesh.lock();
    assert!(
        both.contains("version: 2\npolicies:\n- name: core\n"),
        "{both}"
    );
    let update = mesh.planning(&["policy", "update"]);
    assert!(
        update.stdout.ends_with("mesh.lock is up to date\n"),
        "{}",
        update.stdout
    );
    mesh.sandbox.write(
        LOCK,
        both.replace(
            "  version: 1.0.0\n  digest: sha256:",
            "  version: 0.9.0\n  digest: sha256:0",
        ),
    );
    mesh.planning(&["policy", "update"]);
    assert_eq!(mesh.lock(), both);
    mesh.planning(&["remove", "orders"]).expect(0);
    assert_eq!(mesh.lock(), packs);
}

#[test]
fn what_a_lock_can_be_wrong_about_is_explained() {
    let mesh = Mesh::with_plan();
    for rule in [
        "locked-input-changed",
        "locked-input-differs",
        "locked-input-unused",
    ] {
        let out = mesh.planning(&["explain", rule]).expect(0);
        assert!(
            out.contains("mesh fetch") || out.contains("mesh add"),
            "{out}"
        );
        let view = mesh
            .planning(&["explain", rule, "--format", "json"])
            .json(0);
        assert_eq!(view["group"], "lock");
    }
    mesh.planning(&["add", "commercial/orders"]).expect(0);
    mesh.change(LOCK, "port: orders", "port: order");
    let sarif = mesh.planning(&["lint", "--format", "sarif"]).json(0);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let mut ids = rules.iter().map(|rule| rule["id"].as_str().unwrap());
    assert!(ids.any(|id| id == "locked-input-unused"));
}
