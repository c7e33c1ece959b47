//! Repositories that are not what one expects, and caches that are not what they were.

use crate::support::{World, git, isolated, listing, product, promising, publish, try_git};
use mesh_registry::{Error, Initialised, Registry, RemoteError};
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
        assert!(matches!(
            open("nowhere.git"),
            Error::Remote(RemoteError::NotFound { .. })
        ));

        fs::create_dir(world.path("directory")).expect("a directory");
        fs::write(world.path("directory/file"), "").expect("a file");
        assert!(matches!(
            open("directory"),
            Error::Remote(RemoteError::NotARepository { .. })
        ));
        assert!(matches!(
            init("directory"),
            Error::Remote(RemoteError::NotARepository { .. })
        ));
        assert!(matches!(
            init("directory/file"),
            Error::Remote(RemoteError::NotARepository { .. })
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
        assert!(
            matches!(error, Error::Remote(RemoteError::CheckedOut { .. })),
            "{error}"
        );
        git(
            &world.path("r.git.work"),
            &["checkout", "-q", "-b", "elsewhere"],
        );
        // HEAD names `elsewhere` now, which is where readers of that repository look.
        let error =
            publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect_err("checked out");
        assert!(
            matches!(error, Error::Remote(RemoteError::CheckedOut { .. })),
            "{error}"
        );
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
        assert!(
            matches!(error, Error::Remote(RemoteError::Unsupported { .. })),
            "{error}"
        );
        world.git(&["clone", "-q", "sha256.git", "work"]);
        git(
            &world.path("work"),
            &["commit", "-q", "--allow-empty", "-m", "something"],
        );
        git(&world.path("work"), &["push", "-q", "origin", "HEAD:main"]);
        let error = registry.open().expect_err("unsupported");
        assert!(
            matches!(error, Error::Remote(RemoteError::Unsupported { .. })),
            "{error}"
        );

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

/// A registry with two versions of `d/p`, and the cache that it was published through.
fn with_cache(world: &World) -> (Registry, PathBuf) {
    let registry = world.initialised("r.git");
    for version in ["1.0.0", "1.1.0"] {
        publish(&registry, vec![product("d", "p", version, "")]).expect("published");
    }
    let cache = only_entry(&world.path("cache/registries"));
    (registry, cache)
}

/// Checks that both versions are there, and can be read.
fn check(registry: &Registry, what: &str) {
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
}

fn spoil(path: PathBuf, content: &[u8]) {
    // git's object files are read-only.
    let _ = fs::remove_file(&path);
    fs::write(path, content).expect("a spoiled file");
}

#[test]
fn a_damaged_index_is_made_again() {
    isolated(|world| {
        let (registry, cache) = with_cache(world);
        let check = |what: &str| check(&registry, what);
        let whole = index(&cache);
        let list = fs::read(cache.join("index")).expect("the index");
        spoil(cache.join("index"), b"{}");
        check("an index of nothing");
        spoil(cache.join("index"), &list[..list.len() / 2]);
        check("half an index");
        let mut flipped = list.clone();
        flipped[list.len() * 3 / 4] ^= 1;
        spoil(cache.join("index"), &flipped);
        check("a flipped bit in the index");
        assert_eq!(index(&cache), whole, "it was made again");
        let blocks = || {
            let found = files(&cache).into_iter().filter(|path| {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(|name| name.starts_with("index-"))
            });
            let found: Vec<_> = found.collect();
            assert_eq!(found.len(), 1, "{found:?}");
            found[0].clone()
        };
        for at in 0..4 {
            let good = fs::read(blocks()).expect("the blocks");
            let mut flipped = good.clone();
            flipped[good.len() * (2 * at + 1) / 8] ^= 1;
            spoil(blocks(), &flipped);
            // Each reads another part.
            let snapshot = registry.open().expect("open");
            assert_eq!(snapshot.search("p").expect("a search").len(), 1);
            assert!(snapshot.by_id("d.p").expect("a look-up").is_some());
            check("a flipped bit in a block");
            assert_eq!(index(&cache), whole, "it was made again");
            spoil(blocks(), &good[..good.len() / 2]);
            check("half of the blocks");
            fs::remove_file(blocks()).expect("removed");
            check("no blocks");
            assert_eq!(index(&cache), whole, "it was made again");
        }
    });
}

#[test]
fn a_damaged_cache_is_made_again() {
    isolated(|world| {
        let (registry, cache) = with_cache(world);
        let check = |what: &str| check(&registry, what);
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

/// The index in the one cache below a directory, without where its blocks are.
fn index(cache: &Path) -> Vec<(String, String)> {
    let file = files(cache)
        .into_iter()
        .find(|path| path.ends_with("index"))
        .expect("an index");
    let text = fs::read_to_string(&file).expect("text");
    let mut lines = text.lines().skip(1);
    let header = lines.next().expect("a header");
    let header: serde_json::Value = serde_json::from_str(header).expect("JSON");
    let blocks = format!("index-{}", header["file"]);
    let blocks = fs::read_to_string(file.with_file_name(blocks)).expect("text");
    let block = |line: &str| {
        let columns: Vec<&str> = line.splitn(4, '\t').collect();
        let number = |at: usize| columns[at].parse::<usize>().expect("a number");
        let text = &blocks[number(1)..][..number(2)];
        (format!("{} {}", columns[0], columns[3]), text.to_owned())
    };
    lines.map(block).collect()
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
        let made = index(&world.path("cache"));
        assert_eq!(made, index(&world.path("fresh")));
        assert!(
            made.iter().all(|(_, lines)| lines.ends_with('\n')),
            "{made:?}"
        );
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
fn an_open_index_stays_as_it_is_whatever_becomes_of_its_files() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let products = |version: &str| {
            let product = |n| product("d", &format!("p{n}"), version, "");
            (0..100).map(product).collect::<Vec<_>>()
        };
        publish(&registry, products("1.0.0")).expect("published");
        let before = registry.open().expect("open");
        let cache = only_entry(&world.path("cache/registries"));
        let files_of_blocks = || {
            let names = fs::read_dir(&cache).expect("a cache");
            let names = names.map(|entry| entry.expect("an entry").file_name());
            let is = |name: &std::ffi::OsString| name.to_string_lossy().starts_with("index-");
            names.filter(is).collect::<Vec<_>>()
        };
        let first = files_of_blocks();
        for minor in 1..8 {
            publish(&registry, products(&format!("1.{minor}.0"))).expect("published");
        }
        // Most of what was in the file was out of use, so there is another one, and only that.
        let last = files_of_blocks();
        assert!(
            first.len() == 1 && last.len() == 1 && first != last,
            "{first:?} {last:?}"
        );
        assert_eq!(before.len(), 100);
        assert_eq!(listing(&before).len(), 100);
        assert_eq!(before.search("p77").expect("a search").len(), 1);
        let now = registry.open().expect("open");
        assert_eq!(listing(&now).len(), 800);
        let versions = now
            .product("d", "p7")
            .expect("read")
            .expect("a product")
            .versions;
        assert_eq!(versions.len(), 8);
        let fresh = world.registry("r.git", "fresh");
        assert_eq!(listing(&fresh.open().expect("open")), listing(&now));
        assert_eq!(index(&world.path("cache")), index(&world.path("fresh")));
        assert!(
            index(&world.path("fresh")).len() > 6,
            "it has several blocks"
        );
    });
}

/// The only entry of a directory.
fn only_entry(directory: &Path) -> PathBuf {
    let mut entries = fs::read_dir(directory).expect("a directory");
    entries.next().expect("an entry").expect("an entry").path()
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

/// The one cache below a directory.
fn only_cache(directory: &Path) -> PathBuf {
    let mut caches = fs::read_dir(directory.join("registries")).expect("caches");
    caches.next().expect("one").expect("one").path()
}

#[test]
fn a_cache_that_somebody_made_shallow_is_made_whole() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        for version in ["1.0.0", "1.1.0", "1.2.0"] {
            publish(&registry, vec![product("d", "p", version, "")]).expect("published");
        }
        let cache = only_cache(&world.path("cache")).join("git");
        let config = fs::read(cache.join("config")).expect("a configuration");
        fs::remove_dir_all(&cache).expect("removed");
        let url = format!("file://{}", world.path("r.git").display());
        let target = cache.to_string_lossy().into_owned();
        world.git(&["clone", "-q", "--bare", "--depth=1", &url, &target]);
        fs::write(cache.join("config"), config).expect("written");
        assert!(cache.join("shallow").exists());
        publish(
            &world.registry("r.git", "other"),
            vec![product("d", "q", "1.0.0", "")],
        )
        .expect("published");
        let snapshot = registry.open().expect("open");
        assert_eq!(snapshot.len(), 4);
        // Everything that goes back in history works as well.
        assert_eq!(snapshot.log("d", "p").expect("a log").len(), 3);
        assert_eq!(
            snapshot.contract("p-contract", None).expect("uses").len(),
            3
        );
        publish(&registry, vec![product("d", "p", "1.3.0", "")]).expect("published");
        let fresh = world.registry("r.git", "fresh").open().expect("open");
        assert_eq!(fresh.len(), 5);
        git(&world.path("r.git"), &["fsck", "--strict"]);
    });
}

#[test]
fn clocks_decide_nothing() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        // Whoever wrote the next commit believes that it is 2099, and the one after that 1970.
        let work = world.clone_of("r.git");
        for (date, file) in [("@4070908800 +0000", "future"), ("@1 +0000", "past")] {
            git(&work, &["pull", "-q"]);
            fs::write(work.join(file), "").expect("a file");
            git(&work, &["add", "-A"]);
            let made = std::process::Command::new("git")
                .current_dir(&work)
                .args(["commit", "-q", "-m", file])
                .env("GIT_COMMITTER_DATE", date)
                .env("GIT_AUTHOR_DATE", date)
                .status();
            assert!(made.expect("git").success());
            git(&work, &["push", "-q"]);
            let version = if file == "future" { "1.1.0" } else { "1.2.0" };
            publish(&registry, vec![product("d", "p", version, "")]).expect("published");
        }
        for cache in ["cache", "fresh"] {
            let snapshot = world.registry("r.git", cache).open().expect("open");
            let log = snapshot.log("d", "p").expect("a log");
            let versions = log.iter().flat_map(|happening| &happening.versions);
            let versions: Vec<String> = versions
                .map(|version| version.record.version.to_string())
                .collect();
            assert_eq!(versions, ["1.2.0", "1.1.0", "1.0.0"], "{cache}");
            // The contract is still whose it was first.
            let uses = snapshot.contract("p-contract", None).expect("uses");
            assert_eq!(uses.len(), 3, "{cache}");
        }
    });
}
