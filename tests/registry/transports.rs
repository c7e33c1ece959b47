//! The same protocol over every transport, and what happens when a transport or a server says no.

use crate::{
    races::{outcome, publisher_command},
    servers::{Daemon, Http, Https, Ssh},
    support::{World, git, isolated, listing, product, publish, publish_within},
};
use mesh_registry::{Error, Outcome, Registry, RemoteError};
use std::{fs, time::Duration};

/// Initialises, publishes, reads and loses a race over one transport.
fn exercise(world: &World, location: &str) {
    let first = world.registry(location, "first");
    first.init().expect("initialised");
    let report = publish(&first, vec![product("d", "p", "1.0.0", "")]).expect("published");
    assert_eq!(report.parts[0].outcome, Outcome::Published);
    let second = world.registry(location, "second");
    let mut large = product("d", "large", "1.0.0", "");
    // More than git buffers for one HTTP request.
    large.manifest = (0..200_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    publish(&second, vec![large.clone()]).expect("published");
    publish(&first, vec![product("d", "p", "1.1.0", "")]).expect("published");
    let snapshot = second.open().expect("open");
    assert_eq!(
        listing(&snapshot),
        ["d/large 1.0.0", "d/p 1.0.0", "d/p 1.1.0"]
    );
    let entry = snapshot.resolve("d/large", None).expect("resolved");
    assert_eq!(
        snapshot.read(&entry).expect("read").manifest,
        large.manifest
    );
    let again = publish(&second, vec![product("d", "p", "1.1.0", "")]).expect("recognised");
    assert_eq!(again.parts[0].outcome, Outcome::AlreadyPublished);
}

#[test]
fn over_git() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "trunk", "r.git"]);
        let Some(daemon) = Daemon::start(world) else {
            return;
        };
        exercise(world, &daemon.url("r.git"));
        // The name of the branch of an empty repository is asked of the server.
        assert_eq!(
            git(&world.path("r.git"), &["symbolic-ref", "HEAD"]),
            "refs/heads/trunk"
        );
        let error = world
            .registry(&daemon.url("none.git"), "cache")
            .open()
            .expect_err("nothing there");
        // git daemon does not tell what is missing from what is forbidden.
        assert!(
            matches!(
                error,
                Error::Remote(RemoteError::AccessDenied { .. } | RemoteError::NotFound { .. })
            ),
            "{error}"
        );
        let url = daemon.url("r.git");
        drop(daemon);
        let error = world
            .registry(&url, "first")
            .open()
            .expect_err("nobody listens");
        assert!(
            matches!(error, Error::Remote(RemoteError::Network { .. })),
            "{error}"
        );
        assert!(error.is_transient());
    });
}

#[test]
fn over_http() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "trunk", "r.git"]);
        let Some(http) = Http::start(world) else {
            return;
        };
        exercise(world, &http.url("", "r.git"));
        let open = |user_info: &str, path: &str| {
            world.registry(&http.url(user_info, path), "cache").open()
        };
        assert_eq!(
            open("me:s3cret@", "private/r.git").expect("let in").len(),
            3
        );
        // Without credentials, and with wrong ones: an answer, not a prompt.
        for user_info in ["", "me:wr0ng@"] {
            let error = open(user_info, "private/r.git").expect_err("locked out");
            assert!(
                matches!(error, Error::Remote(RemoteError::AccessDenied { .. })),
                "{error}"
            );
            assert!(!error.to_string().contains("wr0ng"), "{error}");
        }
        let error = open("", "none.git").expect_err("nothing there");
        assert!(
            matches!(error, Error::Remote(RemoteError::NotFound { .. })),
            "{error}"
        );
        let error = open("me:s3cret@", "broken/r.git").expect_err("broken");
        assert!(
            matches!(error, Error::Remote(RemoteError::Network { .. })),
            "{error}"
        );
        assert!(!error.to_string().contains("s3cret"), "{error}");
    });
}

#[test]
fn over_https() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "trunk", "r.git"]);
        let Some(https) = Https::start(world) else {
            return;
        };
        let url = https.url("", "r.git");
        let open = || world.registry(&url, "cache").open();
        // Nobody trusts the authority yet, and then another one is trusted: neither is let pass, nor tried again.
        Https::make_authority(world, "other").expect("openssl");
        let other = world.path("other.pem").to_string_lossy().into_owned();
        for trusted in [None, Some(other.as_str())] {
            if let Some(trusted) = trusted {
                world.git(&["config", "--global", "http.sslCAInfo", trusted]);
            }
            let error = open().expect_err("not trusted");
            assert!(
                matches!(error, Error::Remote(RemoteError::HostUnknown { .. })),
                "{error}"
            );
            assert!(error.to_string().contains("certificate"), "{error}");
            assert!(!error.is_transient(), "{error}");
            assert!(
                error
                    .help()
                    .is_some_and(|help| help.contains("certificate")),
                "{error:?}"
            );
        }
        // The variable of git stands before its configuration, and reaches it.
        let cache = world.path("by-variable");
        world.git(&["clone", "-q", "--bare", "r.git", "v.git"]);
        world.registry("v.git", "init").init().expect("initialised");
        let url = https.url("", "v.git");
        let job = [url.as_str(), &cache.to_string_lossy(), "p", "1.0.0", ""].join("|");
        let mut command = publisher_command(&job);
        command.env("GIT_SSL_CAINFO", https.authority());
        let said = outcome(command.spawn().expect("a publisher"));
        assert_eq!(said, "Published");

        https.trust(world);
        exercise(world, &https.url("", "r.git"));
        // Wrong credentials are refused as plainly for a publish as for reading, and nothing is prompted for.
        let private = |user_info: &str, cache: &str| {
            let registry = world.registry(&https.url(user_info, "private/r.git"), cache);
            publish(&registry, vec![product("d", "private", "1.0.0", "")])
        };
        for user_info in ["", "me:wr0ng@"] {
            let error = private(user_info, "refused").expect_err("locked out");
            assert!(
                matches!(error, Error::Remote(RemoteError::AccessDenied { .. })),
                "{error}"
            );
            assert!(!error.to_string().contains("wr0ng"), "{error}");
        }
        private("me:s3cret@", "let-in").expect("published");
    });
}

#[test]
fn over_ssh() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "trunk", "r.git"]);
        let Some(ssh) = Ssh::start(world) else { return };
        exercise(world, &ssh.url(world, "r.git"));
        let open = |cache: &str| world.registry(&ssh.url(world, "r.git"), cache).open();
        ssh.use_key(world, "host");
        assert!(matches!(
            open("cache"),
            Err(Error::Remote(RemoteError::AccessDenied { .. }))
        ));
        let locked_out = world.registry(&ssh.url(world, "r.git"), "first");
        let error =
            publish(&locked_out, vec![product("d", "p", "9.0.0", "")]).expect_err("locked out");
        assert!(
            matches!(error, Error::Remote(RemoteError::AccessDenied { .. })),
            "{error}"
        );
        ssh.use_key(world, "user");
        fs::write(world.path("known_hosts"), "").expect("no known hosts");
        assert!(matches!(
            open("cache"),
            Err(Error::Remote(RemoteError::HostUnknown { .. }))
        ));
    });
}

#[cfg(unix)]
mod hooks {
    use super::{
        Duration, Error, Outcome, Registry, RemoteError, git, isolated, listing, product, publish,
        publish_within,
    };
    use crate::support::{World, hook};

    /// A registry with a hook, and a plain product to publish to it.
    fn hooked(world: &World, name: &str, script: &str) -> Registry {
        let registry = world.initialised("r.git");
        hook(&world.path("r.git"), name, script);
        registry
    }

    #[test]
    fn a_refusal_is_an_error_in_the_words_of_the_server() {
        isolated(|world| {
            for (name, script) in [
                (
                    "pre-receive",
                    "echo 'main is \u{1b}[31mprotected' >&2; exit 1",
                ),
                ("update", "echo 'main is protected' >&2; exit 1"),
            ] {
                let registry = hooked(world, name, script);
                let error =
                    publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect_err("refused");
                let text = error.to_string();
                assert!(
                    matches!(error, Error::Remote(RemoteError::Refused { .. })),
                    "{text}"
                );
                assert!(
                    text.contains("protected") && text.contains("hook declined"),
                    "{text}"
                );
                assert!(!text.contains('\u{1b}'), "{text}");
                assert!(registry.open().expect("open").is_empty());
                std::fs::remove_dir_all(world.path("r.git/hooks")).expect("removed");
            }
        });
    }

    #[test]
    fn a_connection_cut_after_the_update_is_a_success() {
        isolated(|world| {
            let registry = hooked(world, "post-receive", "kill -9 $PPID");
            let report =
                publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
            assert_eq!(
                (report.parts[0].outcome, report.attempts),
                (Outcome::Published, 1)
            );
            assert_eq!(
                git(&world.path("r.git"), &["rev-list", "--count", "main"]),
                "2"
            );
        });
    }

    #[test]
    fn a_connection_cut_before_the_update_is_tried_again() {
        isolated(|world| {
            let registry = hooked(
                world,
                "pre-receive",
                "test -e cut && exit 0; touch cut; kill -9 $PPID; sleep 1",
            );
            let report =
                publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
            assert_eq!(
                (report.parts[0].outcome, report.attempts),
                (Outcome::Published, 2)
            );
        });
    }

    #[test]
    fn a_connection_that_is_always_cut_ends_at_the_deadline() {
        isolated(|world| {
            let registry = hooked(world, "pre-receive", "kill -9 $PPID; sleep 1");
            let products = vec![product("d", "p", "1.0.0", "")];
            let error =
                publish_within(&registry, products, Duration::from_millis(300)).expect_err("cut");
            assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
            assert!(listing(&registry.open().expect("open")).is_empty());
        });
    }

    #[test]
    fn a_remote_that_is_gone_after_the_push_leaves_the_outcome_open() {
        isolated(|world| {
            let registry = hooked(
                world,
                "post-receive",
                "mv \"$PWD\" \"$PWD.gone\"; kill -9 $PPID",
            );
            let error =
                publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect_err("unknown");
            assert!(matches!(error, Error::OutcomeUnknown { .. }), "{error}");
            std::fs::rename(world.path("r.git.gone"), world.path("r.git")).expect("back");
            std::fs::remove_dir_all(world.path("r.git/hooks")).expect("removed");
            let report =
                publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("recognised");
            assert_eq!(report.parts[0].outcome, Outcome::AlreadyPublished);
        });
    }

    #[test]
    fn a_branch_that_always_moves_ends_at_the_deadline() {
        isolated(|world| {
            let stale = world.path("r.git/refs/heads/main.lock");
            let registry = world.initialised("r.git");
            // What a server leaves behind when it loses power at the wrong moment.
            std::fs::write(&stale, "").expect("a stale lock");
            let products = || vec![product("d", "p", "1.0.0", "")];
            let error = publish_within(&registry, products(), Duration::from_millis(300))
                .expect_err("locked");
            assert!(
                matches!(&error, Error::Contended { detail, .. } if detail.contains("main.lock")),
                "{error}"
            );
            std::fs::remove_file(stale).expect("removed");
            publish(&registry, products()).expect("published");
        });
    }

    #[test]
    fn a_server_that_drops_what_it_accepted_is_not_believed() {
        isolated(|world| {
            let registry = world.initialised("r.git");
            let tip = git(&world.path("r.git"), &["rev-parse", "main"]);
            hook(
                &world.path("r.git"),
                "post-receive",
                &format!("git update-ref refs/heads/main {tip}"),
            );
            let products = vec![product("d", "p", "1.0.0", "")];
            let error = publish_within(&registry, products, Duration::from_millis(300))
                .expect_err("dropped");
            assert!(matches!(error, Error::Contended { .. }), "{error}");
        });
    }
}
