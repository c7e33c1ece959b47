//! Repositories that are not what one expects, and caches that are not what they were.

use crate::support::{git, isolated, listing, product, promising, publish, try_git};
use mesh_registry::{Error, Initialised, Registry};
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn the_branch_is_the_one_that_the_remote_says() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "trunk", "r.git"]);
        let registry = world.registry("r.git", "cache");
        assert!(matches!(registry.open(), Err(Error::NotInitialised { .. })));
        assert!(matches!(
            publish(&registry, vec![product("d", "p", "1.0.0", "")]),
            Err(Error::NotInitialised { .. })
        ));
        assert_eq!(registry.init().expect("initialised"), Initialised::Created);
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        assert_eq!(registry.open().expect("open").branch(), "trunk");
        assert_eq!(
            git(
                &world.path("r.git"),
                &["branch", "--list", "--format=%(refname)"]
            ),
            "refs/heads/trunk"
        );

        // Renaming the branch is not rewriting it.
        git(
            &world.path("r.git"),
            &["branch", "-m", "trunk", "release/main"],
        );
        publish(&registry, vec![product("d", "p", "1.1.0", "")]).expect("published");
        assert_eq!(registry.open().expect("open").branch(), "release/main");
    });
}

#[test]
fn a_head_that_names_no_branch_is_made_up_for() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let repository = world.path("r.git");
        let tip = git(&repository, &["rev-parse", "main"]);
        fs::write(repository.join("HEAD"), format!("{tip}\n")).expect("a detached HEAD");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        fs::write(repository.join("HEAD"), "ref: refs/heads/nothing\n").expect("an unborn HEAD");
        publish(
            &world.registry("r.git", "other"),
            vec![product("d", "q", "1.0.0", "")],
        )
        .expect("published");
        assert_eq!(registry.open().expect("open").len(), 2);

        git(&repository, &["branch", "-m", "main", "one"]);
        git(&repository, &["branch", "two", "one"]);
        assert!(matches!(
            world.registry("r.git", "third").open(),
            Err(Error::NoBranch { .. })
        ));
    });
}

#[test]
fn a_tag_named_like_the_branch_changes_nothing() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        git(&world.path("r.git"), &["tag", "main", "main"]);
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        assert_eq!(
            world.registry("r.git", "other").open().expect("open").len(),
            1
        );
        let tag = git(&world.path("r.git"), &["rev-parse", "refs/tags/main"]);
        assert_ne!(
            tag,
            git(&world.path("r.git"), &["rev-parse", "refs/heads/main"])
        );
    });
}

#[test]
fn rewritten_history_is_noticed_and_can_be_accepted() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let repository = world.path("r.git");
        let before = git(&repository, &["rev-parse", "main"]);
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        git(&repository, &["update-ref", "refs/heads/main", &before]);
        let Err(error @ Error::Rewritten { .. }) = registry.open() else {
            panic!("not noticed")
        };
        // A plain push would have brought the removed commit back.
        let publish_q = || publish(&registry, vec![product("d", "q", "1.0.0", "")]);
        assert!(matches!(publish_q(), Err(Error::Rewritten { .. })));
        assert_eq!(git(&repository, &["rev-parse", "main"]), before);

        let Error::Rewritten { cache, .. } = &error else {
            panic!("{error}")
        };
        assert!(
            error
                .help()
                .is_some_and(|help| help.contains(&cache.display().to_string()))
        );
        fs::remove_dir_all(cache).expect("removed");
        publish_q().expect("published");
        assert_eq!(listing(&registry.open().expect("open")), ["d/q 1.0.0"]);

        // Unrelated history, in a new repository at the same place, with the cache's objects lost as well.
        fs::remove_dir_all(&repository).expect("removed");
        fs::remove_dir_all(cache.join("git")).expect("removed");
        world
            .registry("r.git", "other")
            .init()
            .expect("a new registry");
        assert!(matches!(registry.open(), Err(Error::Rewritten { .. })));
    });
}

#[test]
fn what_is_no_registry_is_told_apart() {
    isolated(|world| {
        let open = |name: &str| {
            world
                .registry(name, "cache")
                .open()
                .expect_err("no registry")
        };
        let init = |name: &str| {
            world
                .registry(name, "cache")
                .init()
                .expect_err("no place for a registry")
        };
        assert!(matches!(open("nowhere.git"), Error::NotFound { .. }));

        fs::create_dir(world.path("directory")).expect("a directory");
        fs::write(world.path("directory/file"), "").expect("a file");
        assert!(matches!(open("directory"), Error::NotARepository { .. }));
        assert!(matches!(init("directory"), Error::NotARepository { .. }));
        assert!(matches!(
            init("directory/file"),
            Error::NotARepository { .. }
        ));

        world.git(&["init", "-q", "-b", "main", "code"]);
        git(
            &world.path("code"),
            &["commit", "-q", "--allow-empty", "-m", "code"],
        );
        world.git(&["clone", "-q", "--bare", "code", "code.git"]);
        assert!(matches!(open("code.git"), Error::NotARegistry { .. }));
        assert!(matches!(init("code.git"), Error::NotARegistry { .. }));

        // What was refused is not remembered: an empty repository may take its place.
        fs::remove_dir_all(world.path("code.git")).expect("removed");
        world
            .registry("code.git", "cache")
            .init()
            .expect("a new registry");

        fs::write(world.path("code/mesh-registry.yaml"), "format: 99\n").expect("a file");
        git(&world.path("code"), &["add", "."]);
        git(
            &world.path("code"),
            &["commit", "-q", "-m", "a newer registry"],
        );
        world.git(&["clone", "-q", "--bare", "code", "newer.git"]);
        let error = open("newer.git");
        assert!(
            matches!(error, Error::NewerFormat { found: 99, .. }),
            "{error}"
        );
        assert!(matches!(init("newer.git"), Error::NewerFormat { .. }));
    });
}

#[test]
fn a_work_tree_with_the_branch_checked_out_is_explained() {
    isolated(|world| {
        world.initialised("r.git");
        world.clone_of("r.git");
        let registry = world.registry("r.git.work", "cache2");
        let error =
            publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect_err("checked out");
        assert!(matches!(error, Error::CheckedOut { .. }), "{error}");
        git(
            &world.path("r.git.work"),
            &["checkout", "-q", "-b", "elsewhere"],
        );
        // HEAD names `elsewhere` now, which is where readers of that repository look.
        let error =
            publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect_err("checked out");
        assert!(matches!(error, Error::CheckedOut { .. }), "{error}");
        git(&world.path("r.git.work"), &["checkout", "-q", "--detach"]);
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
    });
}

#[test]
fn sha256_is_explained_and_reftable_works() {
    isolated(|world| {
        world.git(&[
            "init",
            "-q",
            "--bare",
            "-b",
            "main",
            "--object-format=sha256",
            "sha256.git",
        ]);
        let registry = world.registry("sha256.git", "cache");
        let error = registry.init().expect_err("unsupported");
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        world.git(&["clone", "-q", "sha256.git", "work"]);
        git(
            &world.path("work"),
            &["commit", "-q", "--allow-empty", "-m", "something"],
        );
        git(&world.path("work"), &["push", "-q", "origin", "HEAD:main"]);
        let error = registry.open().expect_err("unsupported");
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");

        let init = [
            "init",
            "-q",
            "--bare",
            "-b",
            "main",
            "--ref-format=reftable",
            "reftable.git",
        ];
        if !try_git(world.root(), &init).status.success() {
            crate::support::skip("reftable: the installed git does not know it");
            return;
        }
        let registry = world.registry("reftable.git", "cache");
        registry.init().expect("initialised");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
    });
}

#[test]
fn the_users_defaults_do_not_reach_the_cache() {
    isolated(|world| {
        for (key, value) in [
            ("init.defaultObjectFormat", "sha256"),
            ("init.defaultRefFormat", "reftable"),
            ("init.defaultBranch", "something-else"),
            ("push.gpgSign", "true"),
            ("commit.gpgSign", "true"),
            ("push.default", "nothing"),
            ("fetch.prune", "true"),
            ("core.autocrlf", "true"),
            ("safe.bareRepository", "explicit"),
        ] {
            world.git(&["config", "--global", key, value]);
        }
        let registry = world.registry("r.git", "cache");
        registry.init().expect("initialised");
        publish(&registry, vec![product("d", "p", "1.0.0", "\r\n")]).expect("published");
        let snapshot = world.registry("r.git", "other").open().expect("open");
        let entry = snapshot.resolve("d/p", None).expect("resolved");
        assert_eq!(
            snapshot.read(&entry).expect("read").manifest,
            product("d", "p", "1.0.0", "\r\n").manifest
        );
    });
}

/// All files below a directory.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_damaged_cache_is_made_again() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        for version in ["1.0.0", "1.1.0"] {
            publish(&registry, vec![product("d", "p", version, "")]).expect("published");
        }
        let cache = fs::read_dir(world.path("cache/registries"))
            .expect("caches")
            .next()
            .expect("one")
            .expect("one")
            .path();
        let check = |what: &str| {
            let snapshot = registry
                .open()
                .unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(
                listing(&snapshot).ends_with(&["d/p 1.0.0".into(), "d/p 1.1.0".into()]),
                "{what}"
            );
            for entry in snapshot.entries().map(|entry| entry.expect("an entry")) {
                snapshot
                    .read(&entry)
                    .unwrap_or_else(|error| panic!("{what}: {error}"));
            }
        };
        let spoil = |path: PathBuf, content: &[u8]| {
            // git's object files are read-only.
            let _ = fs::remove_file(&path);
            fs::write(path, content).expect("a spoiled file");
        };
        spoil(cache.join("index"), b"{}");
        check("an index of nothing");
        let index = fs::read(cache.join("index")).expect("the index");
        spoil(cache.join("index"), &index[..index.len() / 2]);
        check("half an index");
        let mut flipped = index.clone();
        let middle = index.len() * 3 / 4;
        flipped[middle] ^= 1;
        spoil(cache.join("index"), &flipped);
        check("a flipped bit in the index");
        assert_eq!(
            fs::read(cache.join("index")).expect("the index"),
            index,
            "it was made again"
        );
        spoil(cache.join("state.json"), b"not json");
        check("no memory");
        for content in [&b""[..], b"garbage"] {
            for object in files(&cache.join("git/objects")) {
                spoil(object, content);
            }
            let _ = fs::remove_file(cache.join("index"));
            check("spoiled objects");
        }
        for object in files(&cache.join("git/objects")) {
            fs::remove_file(object).expect("removed");
        }
        let _ = fs::remove_file(cache.join("index"));
        check("missing objects");
        // The commit that was seen last is lost, and the remote is ahead: history was not rewritten.
        publish(
            &world.registry("r.git", "other"),
            vec![product("d", "other", "1.0.0", "")],
        )
        .expect("published");
        for object in files(&cache.join("git/objects")) {
            spoil(object, b"");
        }
        assert_eq!(registry.open().expect("open").len(), 3);
        fs::remove_file(cache.join("git/HEAD")).expect("removed");
        check("no repository");
        spoil(
            cache.join("git/config"),
            b"[core]\n\trepositoryformatversion = 7\n",
        );
        check("a repository from the future");
        fs::write(cache.join("git/refs/mesh/seen.lock"), "").expect("a stale lock");
        publish(&registry, vec![product("d", "p", "2.0.0", "")]).expect("published");
    });
}

/// The index in the one cache below a directory.
fn index(cache: &Path) -> String {
    let found = files(cache)
        .into_iter()
        .find(|path| path.ends_with("index"))
        .expect("an index");
    fs::read_to_string(found).expect("text")
}

#[test]
fn an_index_made_in_steps_is_the_index_made_at_once() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        // `a-b/p` stands before `a/p` in the index, but `a` before `a-b` in a tree.
        for (domain, name, version) in [
            ("a", "p", "1.0.0"),
            ("a-b", "p", "2.0.0"),
            ("a", "p-q", "1.0.0"),
            ("a", "p", "1.10.0"),
            ("a", "p", "1.9.0"),
            ("a-b", "p", "3.0.0-rc.1"),
            ("a", "a", "0.1.0"),
            ("a-b", "p", "1.0.0"),
        ] {
            let contract = format!("{domain}.{name}");
            let product = promising(product(domain, name, version, ""), &contract);
            publish(&registry, vec![product]).expect("published");
        }
        let fresh = world.registry("r.git", "fresh").open().expect("open");
        assert_eq!(index(&world.path("cache")), index(&world.path("fresh")));
        assert_eq!(
            listing(&fresh),
            [
                "a-b/p 1.0.0",
                "a-b/p 2.0.0",
                "a-b/p 3.0.0-rc.1",
                "a/a 0.1.0",
                "a/p 1.0.0",
                "a/p 1.9.0",
                "a/p 1.10.0",
                "a/p-q 1.0.0"
            ]
        );
    });
}

#[test]
fn two_handles_share_a_cache() {
    isolated(|world| {
        let first = world.initialised("r.git");
        let second: Registry = world.registry(
            &format!("file://{}", world.path("r.git").display()),
            "cache",
        );
        let snapshot = first.open().expect("open");
        publish(&second, vec![product("d", "p", "1.0.0", "")]).expect("published");
        assert!(snapshot.is_empty(), "a snapshot does not change");
        assert_eq!(first.open().expect("open").len(), 1);
        assert_eq!(
            fs::read_dir(world.path("cache/registries"))
                .expect("caches")
                .count(),
            1
        );
    });
}
