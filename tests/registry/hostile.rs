//! Registries with content that no publish writes.

use crate::support::{git, isolated, listing, product, publish, tamper};
use mesh_registry::{Error, Refusal, Registry};
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
            assert!(
                matches!(error, Error::Refusal(Refusal::Immutable { .. })),
                "{error}"
            );
        }
        let snapshot = registry.open().expect("open");
        assert_eq!(snapshot.problems().len(), 1, "{:?}", snapshot.problems());
        assert_eq!(
            snapshot.problems()[0].path,
            "products/d/record/1.0.0/record.json"
        );
        assert!(snapshot.product("d", "record").expect("read").is_none());
        // Nobody finds it, so it is not published.
        let error = publish(&registry, vec![product("d", "record", "1.0.0", "")])
            .expect_err("a record that counts for nothing");
        let problem = &snapshot.problems()[0];
        assert!(
            matches!(&error, Error::Damaged { path, reason }
                if *path == problem.path && *reason == problem.reason),
            "{error}"
        );
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
            matches!(&error, Error::Refusal(Refusal::CaseConflict { sibling, .. }) if sibling == "products/D"),
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
            matches!(&error, Error::Refusal(Refusal::CaseConflict { sibling: found, .. }) if found == sibling),
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

#[test]
fn what_git_would_make_of_files_changes_no_bytes() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "\r\n")]).expect("published");
        let work = world.clone_of("r.git");
        // Whoever can push can also edit this; nothing that mesh reads or writes goes through it.
        let attributes = "* text eol=crlf filter=lfs ident export-subst\n";
        fs::write(work.join(".gitattributes"), attributes).expect("a file");
        git(&work, &["add", ".gitattributes"]);
        git(&work, &["commit", "-q", "-m", "by hand"]);
        git(&work, &["push", "-q"]);
        for cache in ["cache", "fresh"] {
            let registry = world.registry("r.git", cache);
            let snapshot = registry.open().expect("open");
            let entry = snapshot.resolve("d/p", None).expect("resolved");
            let read = snapshot.read(&entry).expect("read");
            assert_eq!(
                read.manifest,
                product("d", "p", "1.0.0", "\r\n").manifest,
                "{cache}"
            );
        }
        publish(&registry, vec![product("d", "p", "1.1.0", "\r\n")]).expect("published");
        let snapshot = registry.open().expect("open");
        let entry = snapshot.resolve("d/p@1.1.0", None).expect("resolved");
        assert_eq!(
            snapshot.read(&entry).expect("read").manifest,
            product("d", "p", "1.1.0", "\r\n").manifest
        );
    });
}

#[test]
fn pointers_other_line_ends_and_larger_files_are_not_what_was_published() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let names = ["pointer", "ends", "larger"];
        let products = names.map(|name| product("d", name, "1.0.0", "")).to_vec();
        publish(&registry, products).expect("published");
        let work = world.clone_of("r.git");
        let manifest = |name: &str| format!("products/d/{name}/1.0.0/dataproduct.yaml");
        tamper(&work, |work| {
            let write = |name: &str, text: &str| {
                fs::write(work.join(manifest(name)), text).expect("a file");
            };
            let pointer = format!(
                "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n",
                "0".repeat(64)
            );
            write("pointer", &pointer);
            let text = fs::read_to_string(work.join(manifest("ends"))).expect("a file");
            write("ends", &text.replace('\n', "\r\n"));
            write("larger", &" ".repeat(5 << 20));
        });
        for name in names {
            let error = read_error(&registry, &format!("d/{name}"));
            assert!(
                matches!(&error, Error::Damaged { path, .. } if *path == manifest(name)),
                "{error}"
            );
        }
    });
}

#[test]
fn an_executable_bit_makes_no_other_file() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        let work = world.clone_of("r.git");
        let manifest = "products/d/p/1.0.0/dataproduct.yaml";
        git(&work, &["update-index", "--chmod=+x", manifest]);
        git(&work, &["commit", "-q", "-m", "a bit"]);
        git(&work, &["push", "-q"]);
        let snapshot = registry.open().expect("open");
        let entry = snapshot.resolve("d/p", None).expect("resolved");
        let read = snapshot.read(&entry).expect("the same bytes");
        assert_eq!(read.manifest, product("d", "p", "1.0.0", "").manifest);
    });
}

/// Trees that no work tree can hold are written by hand, as whoever means harm would.
#[test]
fn paths_that_lead_elsewhere_lead_nowhere() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "good", "1.0.0", "")]).expect("published");
        let repository = world.path("r.git");
        let product = git(&repository, &["rev-parse", "main:products/d/good"]);
        let record = git(
            &repository,
            &["rev-parse", "main:products/d/good/1.0.0/record.json"],
        );
        let tree = |entries: &[(&str, &str, &str)]| {
            let lines = entries.iter().map(|(mode, id, name)| {
                let kind = if *mode == "40000" { "tree" } else { "blob" };
                format!("{mode} {kind} {id}\t{name}\0")
            });
            let list = world.path("list");
            fs::write(&list, lines.collect::<String>()).expect("a list");
            let script = format!("git mktree -z < '{}'", list.display());
            let output = std::process::Command::new("sh")
                .current_dir(&repository)
                .args(["-c", &script])
                .output()
                .expect("sh");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout)
                .expect("an id")
                .trim()
                .to_owned()
        };
        let domain = tree(&[
            ("40000", &product, ".."),
            ("40000", &product, "."),
            ("40000", &product, ".git"),
            ("40000", &product, "a\\b"),
            ("40000", &product, "good"),
            ("40000", &product, "nul"),
        ]);
        let products = tree(&[
            ("40000", &domain, ".."),
            ("40000", &domain, "d"),
            ("100644", &record, "..\\..\\x"),
        ]);
        let root = git(&repository, &["ls-tree", "main"]);
        let mut entries: Vec<(String, String, String)> = root
            .lines()
            .map(|line| {
                let (what, name) = line.split_once('\t').expect("an entry");
                let mut words = what.split(' ');
                let mode = words.next().expect("a mode").trim_start_matches('0');
                let id = words.nth(1).expect("an id");
                (mode.to_owned(), id.to_owned(), name.to_owned())
            })
            .collect();
        for entry in &mut entries {
            if entry.2 == "products" {
                entry.1.clone_from(&products);
            }
        }
        let entries: Vec<(&str, &str, &str)> = entries
            .iter()
            .map(|(mode, id, name)| (mode.as_str(), id.as_str(), name.as_str()))
            .collect();
        let root = tree(&entries);
        let commit = git(
            &repository,
            &["commit-tree", &root, "-p", "main", "-m", "paths"],
        );
        git(&repository, &["update-ref", "refs/heads/main", &commit]);
        let fresh = world.registry("r.git", "fresh");
        let snapshot = fresh.open().expect("open");
        assert_eq!(listing(&snapshot), ["d/good 1.0.0"]);
        let mut told: Vec<&str> = snapshot
            .problems()
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "products/..",
                "products/..\\..\\x",
                "products/d/.",
                "products/d/..",
                "products/d/.git",
                "products/d/a\\b",
                "products/d/nul",
            ]
        );
        assert!(!world.path("cache/x").exists() && !world.path("x").exists());
    });
}

/// Letters that look like others, and the two ways to write an accent.
#[test]
fn names_that_only_look_the_same_are_no_names() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("cafe", "page", "1.0.0", "")]).expect("published");
        for (domain, name) in [
            // Cyrillic letters.
            ("c\u{430}fe", "page"),
            ("cafe", "\u{440}\u{430}ge"),
            // One accented letter, composed and in parts.
            ("caf\u{e9}", "page"),
            ("cafe\u{301}", "page"),
            ("cafe", "pag\u{e9}"),
            // Full width, and a space that nobody sees.
            ("cafe", "\u{ff50}age"),
            ("ca\u{200b}fe", "page"),
        ] {
            let mut product = product("x", "x", "1.0.0", "");
            product.id = format!("{domain}.{name}");
            product.name = Some(name.to_owned());
            product.domain = domain.to_owned();
            let refused = crate::support::try_plan(vec![product.clone()])
                .err()
                .or_else(|| publish(&registry, vec![product]).err());
            assert!(
                matches!(refused, Some(Error::InvalidName { .. })),
                "{domain:?} {name:?}: {refused:?}"
            );
        }
        let listed = listing(&registry.open().expect("open"));
        assert_eq!(listed, ["cafe/page 1.0.0"]);
    });
}
