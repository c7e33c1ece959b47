//! What the commits of a registry added, from the cache, from clones and from hooks.

use crate::support::{World, git, isolated, product, publish, tamper, try_git};
use mesh_registry::{
    Addition, Error, History, Options, PolicyFile, PublishOptions, Registry, RegistryLocation,
    RemoteError, RevisionError,
};
use std::{env, fs, path::Path, rc::Rc};

/// A registry at a path that is read through the cache, as one elsewhere is.
fn through_the_cache(world: &World, name: &str) -> Registry {
    let location = RegistryLocation::embedded_at(world.path(name));
    Registry::new(location, world.options("history"))
}

fn walk(history: &History, base: Option<&str>, head: Option<&str>) -> Vec<Addition> {
    history
        .additions(base, head)
        .expect("a walk")
        .collect::<Result<_, _>>()
        .expect("additions")
}

/// What was added, a line for each commit.
fn added(history: &History, base: Option<&str>, head: Option<&str>) -> Vec<String> {
    let line = |addition: &Addition| {
        let entries = addition.entries.iter();
        let versions: Vec<_> = entries
            .map(|entry| format!("{} {}", entry.reference(), entry.version))
            .collect();
        versions.join(", ")
    };
    walk(history, base, head).iter().map(line).collect()
}

fn agree(registry: &Registry, text: &str) {
    let file = PolicyFile {
        path: "policies/overlays/d.yaml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let options = PublishOptions::default();
    registry
        .publish_policies(&[file], "Agree", "t", &options, &mut |_| Ok(()))
        .expect("published");
}

fn one(registry: &Registry, name: &str, version: &str) {
    publish(registry, vec![product("d", name, version, "")]).expect("published");
}

/// A registry with a merge: `a 1.0.0`, policies, `a 1.1.0` and `b 1.0.0`, `main 1.0.0`, and the merge of what went off
/// after the first: `side 1.0.0`, `side 1.1.0`.
fn merged(world: &World) -> Registry {
    let registry = world.initialised("r.git");
    one(&registry, "a", "1.0.0");
    world.git(&["clone", "-q", "--bare", "r.git", "side.git"]);
    let side = world.registry("side.git", "side");
    one(&side, "side", "1.0.0");
    one(&side, "side", "1.1.0");
    agree(&registry, "# one\n");
    let both = [("a", "1.1.0"), ("b", "1.0.0")].map(|(name, v)| product("d", name, v, ""));
    publish(&registry, both.to_vec()).expect("published");
    one(&registry, "main", "1.0.0");
    let work = world.clone_of("r.git");
    git(&work, &["fetch", "-q", "../side.git", "main:side"]);
    git(&work, &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    git(&work, &["push", "-q"]);
    registry
}

const ALL: [&str; 4] = [
    "d/a 1.0.0",
    "d/a 1.1.0, d/b 1.0.0",
    "d/main 1.0.0",
    "d/side 1.0.0, d/side 1.1.0",
];

#[test]
fn a_merge_added_what_the_branch_did_not_have() {
    isolated(|world| {
        let registry = merged(world);
        let in_place = registry.history().expect("a history");
        let cached = through_the_cache(world, "r.git").history().expect("one");
        for history in [&in_place, &cached] {
            assert_eq!(added(history, None, None), ALL);
            for (base, head, expected) in [
                (Some("main~2"), None, &ALL[2..]),
                (Some("HEAD^"), Some("main"), &ALL[3..]),
                (Some("main~1"), Some("main~1"), &[]),
                (None, Some("HEAD~2"), &ALL[..2]),
            ] {
                assert_eq!(added(history, base, head), expected, "{base:?} {head:?}");
            }
            let tip = history.commit("main").expect("the tip");
            assert_eq!(tip, git(&world.path("r.git"), &["rev-parse", "main"]));
            assert_eq!(added(history, None, Some(&tip[..12])), ALL);
            // As a hook hears of a new branch.
            assert_eq!(added(history, Some(&"0".repeat(40)), Some(&tip)), ALL);

            // Everything added can be read as its commit added it.
            for addition in walk(history, None, None) {
                assert_eq!(addition.altered, Vec::<String>::new());
                assert_eq!(addition.problems, []);
                for entry in &addition.entries {
                    let published = history.read(&addition, entry).expect("read");
                    assert_eq!(published.record.content, entry.content);
                    assert_eq!(published.contracts.len(), 1);
                }
            }
            // The other parent is not what the branch was.
            let refused = history.additions(Some("main^2"), Some("main"));
            let error = refused.expect_err("not continued");
            assert!(
                matches!(error, Error::Revision(RevisionError::NotContinued { .. })),
                "{error}"
            );
            assert!(error.help().is_some());
        }
    });
}

#[test]
fn a_commit_is_judged_by_the_policies_that_it_found() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        one(&registry, "a", "1.0.0");
        agree(&registry, "# one\n");
        one(&registry, "a", "1.1.0");
        one(&registry, "a", "1.2.0");
        agree(&registry, "# two\n");
        one(&registry, "a", "1.3.0");
        for registry in [registry, through_the_cache(world, "r.git")] {
            let history = registry.history().expect("a history");
            let additions = walk(&history, None, None);
            let found: Vec<_> = additions
                .iter()
                .map(|addition| history.policies_before(addition).expect("policies"))
                .collect();
            let texts: Vec<_> = found
                .iter()
                .map(|found| found.files.first().map(|file| file.bytes.as_slice()))
                .collect();
            let (one, two) = (Some(&b"# one\n"[..]), Some(&b"# two\n"[..]));
            assert_eq!(texts, [None, one, one, two]);
            assert!(Rc::ptr_eq(&found[1], &found[2]));
            let parent = additions[3].parent().expect("a parent");
            assert_eq!(history.policies_at(&parent).expect("policies"), found[3]);
            assert_eq!(additions[3].commit(), history.commit("HEAD").expect("it"));
            assert!(matches!(
                history.policies_at("nowhere"),
                Err(Error::Revision(RevisionError::NoSuchCommit { .. }))
            ));
        }
    });
}

#[test]
fn a_repository_without_commits_is_no_registry_yet() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "empty.git"]);
        let registry = world.registry("empty.git", "cache");
        let error = registry
            .history()
            .and_then(|history| history.additions(None, None).map(drop));
        assert!(
            matches!(error, Err(Error::NotInitialised { .. })),
            "{error:?}"
        );
    });
}

#[test]
fn a_clone_is_read_where_it_is() {
    isolated(|world| {
        let origin = merged(world);
        world.git(&["clone", "-q", "r.git", "ci"]);
        let ci = world.path("ci");
        git(&ci, &["checkout", "-q", "--detach", "origin/main~1"]);
        one(&origin, "later", "1.0.0");
        git(&ci, &["fetch", "-q"]);
        let history = world.registry("ci", "cache").history().expect("a history");
        assert_eq!(added(&history, None, None), ALL[..3]);
        assert_eq!(
            added(&history, Some("HEAD"), Some("origin/main")),
            [ALL[3], "d/later 1.0.0"]
        );
        git(&ci, &["tag", "-a", "-m", "it", "v1", "origin/main~1"]);
        assert_eq!(
            added(&history, Some("v1"), Some("origin/main")),
            ["d/later 1.0.0"]
        );

        // A branch that took from main, and would take its place.
        git(&ci, &["checkout", "-q", "-b", "change", "origin/main~1"]);
        git(&ci, &["commit", "-q", "--allow-empty", "-m", "mine"]);
        git(&ci, &["merge", "-q", "-m", "update", "origin/main"]);
        let refused = history.additions(Some("origin/main"), None);
        assert!(
            matches!(
                refused,
                Err(Error::Revision(RevisionError::NotContinued { .. }))
            ),
            "{refused:?}"
        );

        // Some of the history only.
        let url = format!("file://{}", world.path("r.git").display());
        world.git(&["clone", "-q", "--depth", "2", &url, "shallow"]);
        let shallow = world.registry("shallow", "cache").history().expect("one");
        assert_eq!(added(&shallow, Some("HEAD~1"), None), ["d/later 1.0.0"]);
        for base in [None, Some("HEAD~2")] {
            let error = shallow.additions(base, None).expect_err("not there");
            assert!(
                matches!(
                    error,
                    Error::Revision(
                        RevisionError::Shallow { .. } | RevisionError::NoSuchCommit { .. }
                    )
                ),
                "{error}"
            );
            let help = error.help().expect("help");
            assert!(help.contains("--unshallow"), "{help}");
        }
    });
}

#[test]
fn what_no_publish_does_is_told() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        for name in ["changed", "gone"] {
            one(&registry, name, "1.0.0");
        }
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            let products = work.join("products/d");
            fs::remove_dir_all(products.join("gone")).expect("removed");
            fs::write(products.join("changed/1.0.0/record.json"), "{}").expect("changed");
            fs::create_dir_all(products.join("bad/1.0.0")).expect("a directory");
            fs::write(products.join("bad/1.0.0/record.json"), "{}").expect("a record");
        });
        tamper(&work, |work| {
            fs::write(work.join("README.md"), "# Ours\n").expect("a file");
        });
        let history = registry.history().expect("a history");
        let additions = walk(&history, Some("main~2"), None);
        assert_eq!(additions.len(), 1, "{additions:#?}");
        assert_eq!(
            additions[0].altered,
            ["products/d/changed/1.0.0", "products/d/gone/1.0.0"]
        );
        let problem = &additions[0].problems[0];
        assert_eq!(problem.path, "products/d/bad/1.0.0/record.json");
        assert!(additions[0].entries.is_empty());
    });
}

#[test]
fn what_is_no_history_of_a_registry_is_told() {
    isolated(|world| {
        let history = |name: &str| world.registry(name, "cache").history();
        assert!(matches!(
            history("nowhere"),
            Err(Error::Remote(RemoteError::NotFound { .. }))
        ));
        fs::create_dir(world.path("folder")).expect("a folder");
        assert!(matches!(
            history("folder"),
            Err(Error::Remote(RemoteError::NotARepository { .. }))
        ));
        world.git(&["init", "-q", "-b", "main", "code"]);
        let code = history("code").expect("a repository");
        let error = code.additions(None, None).expect_err("nothing yet");
        assert!(
            matches!(error, Error::Revision(RevisionError::NoSuchCommit { .. })),
            "{error}"
        );
        git(
            &world.path("code"),
            &["commit", "-q", "--allow-empty", "-m", "code"],
        );
        let error = code.additions(None, None).expect_err("no registry");
        assert!(matches!(error, Error::NotARegistry { .. }), "{error}");
        let error = code.additions(Some("-x"), None).expect_err("no commit");
        assert!(
            matches!(&error, Error::Revision(RevisionError::NoSuchCommit { revision, .. }) if revision == "-x"),
            "{error}"
        );
    });
}

#[test]
fn what_only_git_can_read_is_read_through_the_cache() {
    isolated(|world| {
        let init = [
            "init",
            "-q",
            "--bare",
            "-b",
            "main",
            "--ref-format=reftable",
            "r.git",
        ];
        if !try_git(world.root(), &init).status.success() {
            crate::support::skip("reftable: the installed git does not know it");
            return;
        }
        let registry = world.initialised("r.git");
        one(&registry, "a", "1.0.0");
        let history = registry.history().expect("a history");
        assert_eq!(added(&history, Some("main~1"), None), ["d/a 1.0.0"]);
    });
}

const HOOK: &str = "MESH_TEST_HOOK";

/// The body of a hook; as a test of its own it has nothing to do.
#[test]
fn hook() {
    let Ok(job) = env::var(HOOK) else { return };
    let [old, new, result] = job.split('|').collect::<Vec<_>>()[..] else {
        panic!("not a job: {job}")
    };
    let location = RegistryLocation::parse(".", &env::current_dir().expect("a directory"));
    let registry = Registry::new(location.expect("a location"), Options::default());
    let history = registry.history().expect("a history");
    let lines = added(&history, Some(old), Some(new)).join("\n");
    let policies = history.policies_at(old).expect("policies").files.len();
    fs::write(Path::new(result), format!("{lines}\n{policies} policies\n")).expect("a result");
}

#[cfg(unix)]
#[test]
fn a_hook_sees_what_is_being_pushed() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        agree(&registry, "# one\n");
        one(&registry, "a", "1.0.0");
        let result = world.path("result");
        let binary = env::current_exe().expect("the path of the test binary");
        let script = format!(
            "while read -r old new ref; do\n\
             {HOOK}=\"$old|$new|{}\" '{}' --exact history::hook >&2 || exit 1\n\
             done",
            result.display(),
            binary.display()
        );
        crate::support::hook(&world.path("r.git"), "pre-receive", &script);
        let both = ["b", "c"].map(|name| product("d", name, "1.0.0", ""));
        publish(&registry, both.to_vec()).expect("published");
        assert_eq!(
            fs::read_to_string(result).expect("the result of the hook"),
            "d/b 1.0.0, d/c 1.0.0\n1 policies\n"
        );
    });
}
