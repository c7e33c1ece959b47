//! What surrounds a publish: other versions of git, variables of a surrounding git, the user's configuration.
#![cfg(unix)]

use crate::{
    races::{outcome, publisher_command},
    servers::Daemon,
    support::{World, git, isolated, isolated_mounting, listing, product, publish, skip},
};
use mesh_registry::{Error, Options, Progress, RemoteError};
use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
};

/// Publishes `d/p` 1.0.0 in a process with other variables, and returns what it says.
fn publish_with(world: &World, variables: &[(&str, &str)]) -> String {
    let path = |name: &str| world.path(name).to_string_lossy().into_owned();
    let job = [&path("r.git"), &path("environment"), "p", "1.0.0", ""].join("|");
    let mut command = publisher_command(&job);
    command.envs(variables.iter().copied());
    outcome(command.spawn().expect("a publisher"))
}

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("an executable");
}

#[test]
fn no_git_and_old_git_are_named() {
    isolated(|world| {
        world.initialised("r.git");
        script(&world.path("old/git"), "echo git version 2.20.1");
        let path = |name: &str| world.path(name).to_string_lossy().into_owned();
        assert_eq!(
            publish_with(world, &[("PATH", &path("nothing"))]),
            Error::GitMissing.to_string()
        );
        let old = publish_with(world, &[("PATH", &path("old"))]);
        assert!(old.starts_with("git 2.20.1 is too old"), "{old}");
    });
}

#[test]
fn a_surrounding_git_is_not_mistaken_for_the_cache() {
    isolated(|world| {
        world.initialised("r.git");
        world.git(&["init", "-q", "around"]);
        let around = world.path("around/.git").to_string_lossy().into_owned();
        let variables = [
            ("GIT_DIR", around.as_str()),
            ("GIT_WORK_TREE", "/"),
            ("GIT_INDEX_FILE", "/nonexistent/index"),
            ("GIT_OBJECT_DIRECTORY", "/nonexistent/objects"),
            ("GIT_NAMESPACE", "elsewhere"),
            ("LC_ALL", "de_DE.UTF-8"),
        ];
        assert_eq!(publish_with(world, &variables), "Published");
        assert_eq!(
            listing(&world.registry("r.git", "fresh").open().expect("open")),
            ["d/p 1.0.0"]
        );
    });
}

#[test]
fn the_users_hooks_and_rewritten_urls_run_nothing() {
    isolated(|world| {
        let ran = world.path("ran");
        for hook in ["pre-push", "reference-transaction", "post-checkout"] {
            script(
                &world.path("hooks").join(hook),
                &format!("touch {}; exit 1", ran.display()),
            );
        }
        // The hooks of a server are another matter, and a server for this user would see the same configuration.
        world.git(&["init", "-q", "--bare", "r.git"]);
        world.git(&[
            "config",
            "--file",
            "r.git/config",
            "core.hooksPath",
            "hooks",
        ]);
        let hooks = world.path("hooks").to_string_lossy().into_owned();
        world.git(&["config", "--global", "core.hooksPath", &hooks]);
        world.git(&["config", "--global", "protocol.ext.allow", "always"]);
        world.git(&["config", "--global", "protocol.allow", "always"]);
        let helper = format!("url.ext::touch {} .insteadOf", ran.display());
        world.git(&["config", "--global", &helper, "git://example.com/"]);
        let error = world
            .registry("git://example.com/r.git", "cache")
            .open()
            .expect_err("not allowed");
        assert!(error.to_string().contains("not allowed"), "{error}");
        let registry = world.registry("r.git", "cache");
        registry.init().expect("initialised");
        publish(
            &world.registry("r.git", "cache"),
            vec![product("d", "p", "1.0.0", "")],
        )
        .expect("published");
        assert!(!ran.exists());
    });
}

#[test]
fn a_repository_of_another_user_is_explained() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        if chown(world.path("r.git"), Some(12_345), None).is_err() {
            skip("safe.directory: only root can give a directory away");
            return;
        }
        let error = registry.open().expect_err("not trusted");
        assert!(
            matches!(error, Error::Remote(RemoteError::ForeignOwner { .. })),
            "{error}"
        );
        assert!(
            error
                .help()
                .is_some_and(|help| help.contains("safe.directory"))
        );
        let path = world.path("r.git").to_string_lossy().into_owned();
        world.git(&["config", "--global", "--add", "safe.directory", &path]);
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
    });
}

#[test]
fn progress_is_told() {
    isolated(|world| {
        let told = Arc::new(Mutex::new(Vec::new()));
        let listener = Arc::clone(&told);
        let progress: Arc<mesh_registry::ProgressListener> = Arc::new(move |progress| {
            listener
                .lock()
                .expect("not poisoned")
                .push(progress.clone());
        });
        let registry = world.initialised("r.git");
        let options = Options {
            progress: Some(progress),
            ..world.options("other")
        };
        let registry = mesh_registry::Registry::new(registry.location().clone(), options);
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        assert_eq!(
            *told.lock().expect("not poisoned"),
            [
                Progress::Contacting,
                Progress::Fetching,
                Progress::Indexing { versions: 0 },
                Progress::Pushing { attempt: 1 },
                Progress::Contacting,
                Progress::Indexing { versions: 1 },
            ]
        );
    });
}

/// A file system of one megabyte, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(world: &World, name: &str) -> Option<Self> {
        let path = world.path(name);
        fs::create_dir(&path).expect("a directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(&path)
            .output();
        if !mounted.is_ok_and(|output| output.status.success()) {
            skip(
                "a full disk: nobody may mount a small one here, not even in a namespace of its own",
            );
            return None;
        }
        Some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn relative_directories_of_mesh_are_relative_to_the_current_one() {
    isolated(|world| {
        world.initialised("r.git");
        let location = world.path("r.git").to_string_lossy().into_owned();
        fs::create_dir(world.path("here")).expect("a directory");
        for (variable, cache) in [("there/cache", ""), ("/nonexistent", "given/cache")] {
            let job = [&location, cache, "p", "1.0.0", ""].join("|");
            let mut command = publisher_command(&job);
            command
                .current_dir(world.path("here"))
                .env("MESH_CACHE_DIR", variable);
            let outcome = outcome(command.spawn().expect("a publisher"));
            assert!(outcome.ends_with("Published"), "{outcome}");
        }
        for cache in ["there/cache", "given/cache"] {
            assert!(world.path("here").join(cache).join("registries").is_dir());
        }
    });
}

#[test]
fn what_cannot_be_created_is_named_with_the_reason() {
    isolated(|world| {
        world.initialised("r.git");
        // Of these not even root can make a directory.
        fs::write(world.path("file"), "").expect("a file");
        let cached = world.registry("r.git", "file/cache");
        let error = cached.open().expect_err("no cache");
        let text = error.to_string();
        assert!(
            text.starts_with("cannot create the cache directory ")
                && text.ends_with(": not a directory"),
            "{text}"
        );
        assert!(
            error
                .help()
                .is_some_and(|help| help.contains("MESH_CACHE_DIR")),
            "{error:?}"
        );
    });
}

#[test]
fn a_file_system_that_is_read_only_is_named() {
    isolated_mounting(|world| {
        let Some(disk) = SmallDisk::mount(world, "small") else {
            return;
        };
        let registry = world.initialised("small/r.git");
        let remounted = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(&disk.0)
            .output();
        assert!(remounted.is_ok_and(|output| output.status.success()));
        let error =
            publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect_err("read-only");
        assert!(
            matches!(error, Error::Remote(RemoteError::NotWritable { .. })),
            "{error}"
        );
        assert!(
            error.to_string().contains("is not writable for you"),
            "{error}"
        );
        assert!(registry.open().expect("open").is_empty());

        for path in ["small/new.git", "small/a/new.git"] {
            let error = world.registry(path, "cache").init().expect_err("read-only");
            assert!(matches!(error, Error::Io { .. }), "{error:?}");
            let text = error.to_string();
            assert!(
                text.contains("read-only file system") && !text.contains("os error"),
                "{text}"
            );
            let help = error.help().expect("help");
            let folder = format!(
                "check the permissions of the folder {},",
                world.path("small").display()
            );
            assert!(help.starts_with(&folder), "{help}");
        }
        let error = world
            .registry("r.git", "small/cache")
            .init()
            .expect_err("no cache");
        assert!(
            error
                .help()
                .is_some_and(|help| help.contains("MESH_CACHE_DIR")),
            "{error:?}"
        );
    });
}

#[test]
fn a_full_disk_is_named_and_does_no_harm() {
    isolated_mounting(|world| {
        let large = || {
            let mut large = product("d", "large", "1.0.0", "");
            large.manifest = (0..500_000_u32)
                .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
                .collect();
            vec![large]
        };
        let Some(_disk) = SmallDisk::mount(world, "small") else {
            return;
        };
        let registry = world.initialised("small/r.git");
        let error = publish(&registry, large()).expect_err("no space on the remote");
        assert!(matches!(error, Error::DiskFull { .. }), "{error}");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");

        world.initialised("r.git");
        let cached = world.registry("r.git", "small/cache");
        let error = publish(&cached, large()).expect_err("no space in the cache");
        assert!(
            matches!(error, Error::DiskFull { .. }),
            "{error}: {:?}",
            std::error::Error::source(&error)
        );
        publish(&cached, vec![product("d", "p", "1.0.0", "")]).expect("published");
    });
}

#[test]
fn a_server_with_a_full_disk_says_so_and_keeps_what_it_had() {
    isolated_mounting(|world| {
        let Some(_disk) = SmallDisk::mount(world, "small") else {
            return;
        };
        world.git(&["init", "-q", "--bare", "-b", "main", "small/r.git"]);
        let Some(daemon) = Daemon::start(world) else {
            return;
        };
        let registry = world.registry(&daemon.url("small/r.git"), "cache");
        registry.init().expect("initialised");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        let mut large = product("d", "large", "1.0.0", "");
        large.manifest = (0..500_000_u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        let error = publish(&registry, vec![large]).expect_err("no space on the server");
        assert!(
            matches!(error, Error::DiskFull { .. }) || error.to_string().contains("space"),
            "{error}"
        );
        assert_eq!(
            listing(&registry.open().expect("open")),
            ["d/p 1.0.0"],
            "what was there still is"
        );
        publish(&registry, vec![product("d", "q", "1.0.0", "")]).expect("published");
    });
}

/// A git that writes down what it is called with, first in this `PATH`.
fn listening(world: &World, log: &Path) -> String {
    let path = std::env::var("PATH").expect("a PATH");
    let real = std::env::split_paths(&path)
        .map(|folder| folder.join("git"))
        .find(|git| git.exists())
        .expect("git");
    let text = format!(
        "echo \"$@\" >>{}\nexec {} \"$@\"",
        log.display(),
        real.display()
    );
    script(&world.path("listening/git"), &text);
    format!("{}:{path}", world.path("listening").display())
}

#[test]
fn a_branch_on_the_same_disk_is_moved_without_a_server_unless_that_has_a_say() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let log = world.path("log");
        let path = listening(world, &log);
        // Whether a server received what was published.
        let is_pushed = |version: &str| {
            let _ = fs::remove_file(&log);
            let location = |name: &str| world.path(name).to_string_lossy().into_owned();
            let (to, cache) = (location("r.git"), location("listening-cache"));
            let job = [&to, &cache, "p", version, ""].join("|");
            let mut command = publisher_command(&job);
            command.env("PATH", &path);
            let outcome = outcome(command.spawn().expect("a publisher"));
            assert_eq!(outcome, "Published", "{version}");
            let log = fs::read_to_string(&log).expect("a log");
            let has = |word: &str| log.lines().any(|line| line.contains(word));
            assert!(has("ls-remote"), "{log}");
            assert_ne!(has("push --porcelain"), has("update-ref"), "{log}");
            has("push --porcelain")
        };
        assert!(!is_pushed("1.0.0"));
        git(&world.path("r.git"), &["fsck", "--strict"]);
        let left = fs::read_dir(world.path("r.git/objects")).expect("objects");
        let left = left.map(|entry| entry.expect("an entry").file_name());
        let left: Vec<_> = left.filter(|name| name.len() > 4).collect();
        assert!(left.is_empty(), "{left:?}");

        let ran = world.path("ran");
        let hook = world.path("r.git/hooks/post-receive");
        script(&hook, &format!("touch {}", ran.display()));
        assert!(is_pushed("1.1.0"));
        assert!(ran.exists());
        fs::remove_file(hook).expect("removed");
        assert!(!is_pushed("1.2.0"));
        for (key, value) in [
            ("receive.fsckObjects", "true"),
            ("core.hooksPath", "/nowhere"),
            ("url.elsewhere.insteadOf", "nowhere"),
        ] {
            world.git(&["config", "--global", key, value]);
            assert!(is_pushed(&format!("2.0.{}", key.len())), "{key}");
            world.git(&["config", "--global", "--unset", key]);
        }
        // Somebody may have the branch checked out.
        let checkout = world.path("checkout").to_string_lossy().into_owned();
        git(
            &world.path("r.git"),
            &["worktree", "add", "-q", "-b", "other", &checkout],
        );
        assert!(is_pushed("3.0.0"));
        git(
            &world.path("r.git"),
            &["worktree", "remove", "--force", &checkout],
        );
        world.git(&[
            "config",
            "--file",
            "r.git/config",
            "receive.autogc",
            "false",
        ]);
        assert!(is_pushed("4.0.0"));
        assert_eq!(registry.open().expect("open").len(), 8);
    });
}

#[test]
fn a_path_that_means_another_repository_is_not_written_to() {
    isolated(|world| {
        world.initialised("r.git");
        world.git(&["clone", "-q", "--bare", "r.git", "other.git"]);
        let before = git(&world.path("r.git"), &["rev-parse", "main"]);
        let location = |name: &str| world.path(name).to_string_lossy().into_owned();
        let key = format!("url.{}.insteadOf", location("other.git"));
        world.git(&["config", "--global", &key, &location("r.git")]);
        publish(
            &world.registry("r.git", "redirected"),
            vec![product("d", "p", "1.0.0", "")],
        )
        .expect("published");
        assert_eq!(git(&world.path("r.git"), &["rev-parse", "main"]), before);
        assert_ne!(
            git(&world.path("other.git"), &["rev-parse", "main"]),
            before
        );
    });
}
