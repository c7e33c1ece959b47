//! Registries with content that no publish writes.

use crate::support::{git, isolated, listing, product, publish, tamper};
use mesh_registry::{Error, Registry};
use std::fs;

fn read_error(registry: &Registry, reference: &str) -> Error {
    let snapshot = registry.open().expect("open");
    let entry = snapshot.resolve(reference, None).expect("resolved");
    snapshot.read(&entry).expect_err("tampered")
}

#[test]
fn changed_missing_and_added_files_are_noticed() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let products = ["changed", "missing", "added", "record"]
            .map(|name| product("d", name, "1.0.0", ""))
            .to_vec();
        publish(&registry, products).expect("published");
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            let products = work.join("products/d");
            fs::write(
                products.join("changed/1.0.0/dataproduct.yaml"),
                "id: other\n",
            )
            .expect("changed");
            fs::remove_dir_all(products.join("missing/1.0.0/contracts")).expect("removed");
            fs::write(products.join("added/1.0.0/extra.sh"), "").expect("added");
            let record = products.join("record/1.0.0/record.json");
            let text = fs::read_to_string(&record)
                .expect("a record")
                .replacen("sha256:", "sha256:0", 2);
            fs::write(record, text).expect("changed");
        });
        for (name, path) in [
            ("changed", "products/d/changed/1.0.0/dataproduct.yaml"),
            (
                "missing",
                "products/d/missing/1.0.0/contracts/missing-contract.odcs.yaml",
            ),
            ("added", "products/d/added/1.0.0/extra.sh"),
        ] {
            let error = read_error(&registry, &format!("d/{name}"));
            assert!(
                matches!(&error, Error::Damaged { path: damaged, .. } if damaged == path),
                "{error}"
            );
            let error = publish(&registry, vec![product("d", name, "1.0.0", "")])
                .expect_err("not the same");
            assert!(matches!(error, Error::Immutable { .. }), "{error}");
        }
        let snapshot = registry.open().expect("open");
        assert_eq!(snapshot.problems().len(), 1, "{:?}", snapshot.problems());
        assert_eq!(
            snapshot.problems()[0].path,
            "products/d/record/1.0.0/record.json"
        );
        assert!(snapshot.product("d", "record").expect("read").is_none());
    });
}

#[test]
fn links_submodules_and_strange_names_are_left_out() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "good", "1.0.0", "")]).expect("published");
        let work = world.clone_of("r.git");
        let commit = git(&work, &["rev-parse", "HEAD"]);
        let blob = git(
            &work,
            &["rev-parse", "HEAD:products/d/good/1.0.0/record.json"],
        );
        for (mode, object, path) in [
            ("120000", &blob, "products/linked"),
            ("120000", &blob, "products/d/linked"),
            ("120000", &blob, "products/d/good/2.0.0"),
            ("120000", &blob, "products/d/p/1.0.0/record.json"),
            ("160000", &commit, "products/d/module"),
            ("160000", &commit, "products/d/p/2.0.0/contracts"),
            ("100644", &blob, "products/d/p/2.0.0/record.json"),
            ("100644", &blob, "products/d/p/v3/record.json"),
            ("100644", &blob, "products/D/good/1.0.0/record.json"),
            ("100644", &blob, "products/d/a\\b/1.0.0/record.json"),
            ("100644", &blob, "products/con/good/1.0.0/record.json"),
            ("100644", &blob, "products/d/good/1.0.0+build/record.json"),
            (
                "100644",
                &blob,
                "products/d/g\u{f6}\u{f6}d/1.0.0/record.json",
            ),
            ("100644", &blob, "products/file"),
        ] {
            git(
                &work,
                &[
                    "update-index",
                    "--add",
                    "--cacheinfo",
                    &format!("{mode},{object},{path}"),
                ],
            );
        }
        git(&work, &["commit", "-q", "-m", "strange things"]);
        git(&work, &["push", "-q"]);
        for cache in ["cache", "fresh"] {
            let snapshot = world.registry("r.git", cache).open().expect("open");
            assert_eq!(listing(&snapshot), ["d/good 1.0.0"]);
            assert_eq!(snapshot.problems().len(), 13, "{:#?}", snapshot.problems());
        }
        let version = |domain: &str, name: &str, version: &str| {
            publish(&registry, vec![product(domain, name, version, "")])
                .expect_err("something is in the way")
        };
        let error = version("d", "linked", "1.0.0");
        assert!(
            matches!(&error, Error::CaseConflict { sibling, .. } if sibling == "products/D"),
            "{error}"
        );
        tamper(&work, |work| {
            git(work, &["rm", "-q", "-r", "--cached", "products/D"]);
            git(work, &["checkout", "-q", "."]);
            fs::remove_dir_all(work.join("products/D")).unwrap_or_default();
        });
        for error in [
            version("d", "linked", "1.0.0"),
            version("file", "p", "1.0.0"),
            version("d", "good", "2.0.0"),
        ] {
            assert!(matches!(&error, Error::Damaged { .. }), "{error}");
        }
        publish(&registry, vec![product("d", "good", "3.0.0", "")]).expect("published");
    });
}

#[test]
fn names_that_differ_in_case_only_are_refused() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0-rc1", "")]).expect("published");
        let error =
            publish(&registry, vec![product("d", "p", "1.0.0-RC1", "")]).expect_err("a sibling");
        let sibling = "products/d/p/1.0.0-rc1";
        assert!(
            matches!(&error, Error::CaseConflict { sibling: found, .. } if found == sibling),
            "{error}"
        );
    });
}

#[test]
fn records_that_lie_are_left_out() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "honest", "1.0.0", "")]).expect("published");
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            let honest = fs::read_to_string(work.join("products/d/honest/1.0.0/record.json"))
                .expect("a record");
            let place = |path: &str, record: &str| {
                let directory = work.join("products").join(path);
                fs::create_dir_all(&directory).expect("a directory");
                fs::write(directory.join("record.json"), record).expect("a record");
            };
            // An old record replayed at another place, a newer format, other JSON, too deep, too large, not UTF-8.
            place("d/other/1.0.0", &honest);
            place("d/honest/1.0.1", &honest);
            place(
                "d/newer/1.0.0",
                &honest.replacen("\"format\": 1", "\"format\": 2", 1),
            );
            place("d/list/1.0.0", "[]");
            place("d/deep/1.0.0", &"[".repeat(100_000));
            place("d/large/1.0.0", &format!("{honest}{}", " ".repeat(2 << 20)));
            place("d/empty/1.0.0", "");
        });
        let snapshot = registry.open().expect("open");
        assert_eq!(listing(&snapshot), ["d/honest 1.0.0"]);
        assert_eq!(snapshot.problems().len(), 7, "{:#?}", snapshot.problems());
        let fresh = world.registry("r.git", "fresh").open().expect("open");
        assert_eq!(fresh.problems(), snapshot.problems());

        // They come back when they are put right.
        tamper(&work, |work| {
            fs::remove_dir_all(work.join("products/d/deep")).expect("removed");
        });
        assert_eq!(registry.open().expect("open").problems().len(), 6);
    });
}
