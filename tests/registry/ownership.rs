//! Whose registry, whose domain: who may publish where, and what a record says about that.

use crate::support::{git, isolated, listing, product, publish, tamper};
use mesh_registry::{Error, Snapshot, layout};
use std::{fs, path::Path};

#[test]
fn a_record_names_its_registry() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("sales", "orders", "1.0.0", "a")]).expect("a publish");
        let snapshot = registry.open().expect("a snapshot");
        let id = snapshot.id().expect("a new registry has an id").to_owned();
        assert_eq!(snapshot.settings().expect("settings").id, Some(id.clone()));
        let entry = snapshot.resolve("orders", None).expect("the product");
        let product = snapshot.read(&entry).expect("a sound version");
        assert_eq!(product.record.registry, Some(id));
        assert_eq!(product.signature, None);
    });
}

/// Copies the versions of one registry into another.
fn replay(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp")
        .arg("-R")
        .arg(from.join("products"))
        .arg(to)
        .status();
    assert!(status.expect("cp").success());
}

#[test]
#[cfg(unix)]
fn a_record_of_another_registry_counts_for_nothing() {
    isolated(|world| {
        let theirs = world.registry("theirs.git", "cache");
        theirs.init().expect("a registry");
        publish(&theirs, vec![product("sales", "orders", "1.0.0", "a")]).expect("a publish");
        let ours = world.initialised("ours.git");
        let (from, to) = (world.clone_of("theirs.git"), world.clone_of("ours.git"));
        tamper(&to, |to| replay(&from, to));
        let snapshot = ours.open().expect("a snapshot");
        assert!(snapshot.is_empty());
        let [problem] = snapshot.problems() else {
            panic!("{:?}", snapshot.problems());
        };
        assert_eq!(problem.reason, "it is the record of another registry");
        let history = ours.history().expect("a history");
        let additions = history.additions(None, None).expect("additions");
        let problems: Vec<_> = additions
            .flat_map(|addition| addition.expect("an addition").problems)
            .collect();
        assert_eq!(problems.len(), 1, "{problems:?}");
    });
}

#[test]
fn records_of_registries_without_an_id_stay_readable() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        let format = |id: &str| format!("format: 1\n{id}");
        let without = |work: &Path| fs::write(work.join(layout::FORMAT_FILE), format(""));
        tamper(&work, |work| without(work).expect("a format file"));
        publish(&registry, vec![product("sales", "orders", "1.0.0", "a")]).expect("a publish");
        let id = "id: 0123456789abcdef0123456789abcdef\n";
        let with = |work: &Path| fs::write(work.join(layout::FORMAT_FILE), format(id));
        tamper(&work, |work| with(work).expect("a format file"));
        publish(&registry, vec![product("sales", "orders", "1.1.0", "a")]).expect("a publish");
        let snapshot = registry.open().expect("a snapshot");
        let entries = snapshot.entries().collect::<Result<Vec<_>, _>>();
        let registries: Vec<_> = snapshot
            .read_all(&entries.expect("entries"))
            .expect("both are sound")
            .into_iter()
            .map(|product| product.record.registry.is_some())
            .collect();
        assert_eq!(registries, [false, true]);

        // With another id, the index is made again, and finds the records of another registry.
        let other = "id: ffffffffffffffffffffffffffffffff\n";
        let with = |work: &Path| fs::write(work.join(layout::FORMAT_FILE), format(other));
        tamper(&work, |work| with(work).expect("a format file"));
        let snapshot = registry.open().expect("a snapshot");
        assert_eq!(listing(&snapshot), ["sales/orders 1.0.0"]);
        assert_eq!(snapshot.problems().len(), 1);
    });
}

fn write(work: &Path, path: &str, text: &str) {
    let path = work.join(path);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, text).expect("a file");
}

#[test]
fn a_signature_beside_a_record_makes_no_other_version() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let orders = || vec![product("sales", "orders", "1.0.0", "a")];
        publish(&registry, orders()).expect("a publish");
        let work = world.clone_of("r.git");
        let path = "products/sales/orders/1.0.0/record.json.sig";
        tamper(&work, |work| write(work, path, "-----BEGIN\n"));
        assert_eq!(publish(&registry, orders()).expect("there").commit, None);
        let snapshot = registry.open().expect("a snapshot");
        let entry = snapshot.resolve("orders", None).expect("the product");
        let read = snapshot.read(&entry).expect("a sound version");
        assert_eq!(read.signature.as_deref(), Some("-----BEGIN\n"));
        tamper(&work, |work| write(work, path, &" ".repeat(20_000)));
        let snapshot = registry.open().expect("a snapshot");
        assert!(matches!(snapshot.read(&entry), Err(Error::Damaged { .. })));
    });
}

/// Reads the owners of `sales` when `change` was made to a work tree.
fn owners_after(
    work: &Path,
    registry: &mesh_registry::Registry,
    change: impl FnOnce(&Path),
) -> Result<Vec<String>, Error> {
    tamper(work, change);
    let snapshot: Snapshot = registry.open().expect("a snapshot");
    let owners = snapshot.owners_of("sales")?;
    git(work, &["rm", "-rfq", "owners"]);
    Ok(owners.map(|owners| owners.emails()).unwrap_or_default())
}

#[test]
#[cfg(unix)]
fn owners_files_are_read_or_are_errors() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        assert_eq!(
            registry
                .open()
                .expect("r")
                .owners_of("sales")
                .expect("no file"),
            None
        );
        let work = world.clone_of("r.git");
        let good = "owners:\n- email: anna@example.com\n";
        let found = owners_after(&work, &registry, |work| {
            write(work, "owners/sales.yaml", good);
        });
        assert_eq!(found.expect("owners"), ["anna@example.com"]);
        let found = owners_after(&work, &registry, |work| {
            write(work, "owners/finance.yaml", good);
        });
        assert_eq!(found.expect("no owners"), [""; 0]);

        let bad = |change: &dyn Fn(&Path)| {
            git(&work, &["rm", "-rfq", "--ignore-unmatch", "owners"]);
            let _ = fs::remove_dir_all(work.join("owners"));
            let found = owners_after(&work, &registry, change);
            assert!(
                matches!(found, Err(Error::BadOwnersFile { .. })),
                "{found:?}"
            );
        };
        bad(&|work| write(work, "owners/sales.yaml", "owners: []\n"));
        bad(&|work| write(work, "owners/sales.yml", good));
        bad(&|work| write(work, "owners/Sales.yaml", good));
        bad(&|work| write(work, "owners/sales.yaml/x", good));
        bad(&|work| {
            fs::create_dir_all(work.join("owners")).expect("a directory");
            std::os::unix::fs::symlink("../x", work.join("owners/sales.yaml")).expect("a link");
        });
        bad(&|work| {
            write(
                work,
                "owners/sales.yaml",
                &format!("{good}#{}", " ".repeat(300_000)),
            );
        });
        bad(&|work| {
            write(
                work,
                "owners/sales.yaml",
                "version https://git-lfs.github.com/spec/v1\n",
            );
        });
        let _ = fs::remove_dir_all(work.join("owners"));
        bad(&|work| fs::write(work.join("owners"), good).expect("a file"));
    });
}
