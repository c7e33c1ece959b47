//! Connections that are lost at the worst moments, over every transport: just before and just after the server moves the
//! branch. The moment is not left to chance: a hook of the server says that it has come, and waits until it is over.
#![cfg(unix)]

use crate::{
    proxy::Proxy,
    servers::{Daemon, Https, Ssh},
    support::{World, git, hook, isolated, listing, product, publish, skip},
};
use mesh_registry::{Error, Outcome, RemoteError};
use std::{
    fs::{self, OpenOptions},
    io::{Read as _, Write as _},
    net::TcpListener,
    path::PathBuf,
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// A hook that stops once, says so, and goes on when it is told to.
struct Moment {
    reached: PathBuf,
    go: PathBuf,
}

impl Moment {
    /// Puts the hook `name` into the registry: it ends well each time, but the first time as `first` says.
    fn new(world: &World, name: &str, first: u8) -> Self {
        let [reached, go, over] = ["reached", "go", "over"].map(|part| world.path(part));
        let _ = fs::remove_file(&over);
        for pipe in [&reached, &go] {
            if !pipe.exists() {
                let made = Command::new("mkfifo").arg(pipe).status().expect("mkfifo");
                assert!(made.success());
            }
        }
        let script = format!(
            "test -e '{over}' && exit 0\n: > '{over}'\necho > '{reached}'\nread -r _ < '{go}'\nexit {first}",
            over = over.display(),
            reached = reached.display(),
            go = go.display()
        );
        for other in ["pre-receive", "post-receive"] {
            let _ = fs::remove_file(world.path("r.git/hooks").join(other));
        }
        hook(&world.path("r.git"), name, &script);
        Self { reached, go }
    }

    /// Waits until the hook runs.
    fn wait(&self) {
        let mut said = String::new();
        let mut pipe = fs::File::open(&self.reached).expect("the hook");
        pipe.read_to_string(&mut said).expect("a line");
    }

    /// Lets the hook go on.
    fn release(&self) {
        let mut pipe = OpenOptions::new()
            .write(true)
            .open(&self.go)
            .expect("the hook");
        pipe.write_all(b"\n").expect("written");
    }
}

/// Loses the connection at each moment, at a location that leads through the proxy.
fn lose(world: &World, location: &str, proxy: &Proxy) {
    let registry = world.registry(location, "cache");
    registry.init().expect("initialised");
    for (at, (name, first)) in [
        // The server fails as well: nothing came of it, and it is tried again.
        ("pre-receive", 1),
        // The server goes on: the branch moves although nobody is there to be told, maybe after it was tried again.
        ("pre-receive", 0),
        // The branch has moved already.
        ("post-receive", 0),
    ]
    .into_iter()
    .enumerate()
    {
        let moment = Moment::new(world, name, first);
        let version = format!("1.{at}.0");
        let report = thread::scope(|scope| {
            scope.spawn(|| {
                moment.wait();
                proxy.cut();
                moment.release();
            });
            publish(&registry, vec![product("d", "p", &version, "")])
        });
        let report = report.unwrap_or_else(|error| panic!("{location} {name} {first}: {error}"));
        match (name, first) {
            // A request over HTTP may be sent again by itself, where the connection had been used before.
            ("pre-receive", 1) if !location.starts_with("https") => {
                assert_eq!(report.attempts, 2, "{location}");
            }
            ("post-receive", _) => assert_eq!(report.attempts, 1, "{location}"),
            _ => {}
        }
        if report.attempts == 1 {
            assert_eq!(report.parts[0].outcome, Outcome::Published);
        }
        // What was reported is there, once.
        let fresh = world.registry(location, &format!("fresh{at}"));
        let published = listing(&fresh.open().expect("open"));
        assert_eq!(published.last(), Some(&format!("d/p {version}")));
        // Without the second version of git's protocol, ssh does not tell what the branch is to be called.
        assert_eq!(
            git(&world.path("r.git"), &["rev-list", "--count", "--all"]),
            (at + 2).to_string(),
            "{location} {name} {first}"
        );
    }
    git(&world.path("r.git"), &["fsck", "--strict"]);
}

#[test]
fn over_git() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "main", "r.git"]);
        let Some(daemon) = Daemon::start(world) else {
            return;
        };
        let proxy = Proxy::start(daemon.port());
        lose(world, &Daemon::url_at(proxy.port(), "r.git"), &proxy);
    });
}

#[test]
fn over_https() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "main", "r.git"]);
        let Some(https) = Https::start(world) else {
            return;
        };
        https.trust(world);
        let proxy = Proxy::start(https.port());
        lose(world, &Https::url_at(proxy.port(), "", "r.git"), &proxy);
    });
}

#[test]
fn over_ssh() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "main", "r.git"]);
        let Some(ssh) = Ssh::start(world) else { return };
        let proxy = Proxy::start(ssh.port());
        Ssh::trust_at(proxy.port(), world);
        lose(world, &Ssh::url_at(proxy.port(), world, "r.git"), &proxy);
    });
}

/// A port that takes connections and never says a word.
fn silent() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its number").port();
    // Held until the process of the test ends.
    thread::spawn(move || {
        let mut held = Vec::new();
        for connection in listener.incoming().flatten() {
            held.push(connection);
        }
    });
    port
}

#[test]
fn a_server_that_says_nothing_is_given_up_as_git_is_told() {
    isolated(|world| {
        world.git(&["config", "--global", "http.lowSpeedLimit", "1"]);
        world.git(&["config", "--global", "http.lowSpeedTime", "1"]);
        let ssh = "ssh -F none -o BatchMode=yes -o ConnectTimeout=1";
        world.git(&["config", "--global", "core.sshCommand", ssh]);
        let port = silent();
        let mut locations = vec![format!("http://127.0.0.1:{port}/r.git")];
        if Command::new("ssh").arg("-V").output().is_ok() {
            locations.push(format!("ssh://127.0.0.1:{port}/r.git"));
        } else {
            skip("a silent ssh server: there is no ssh");
        }
        for location in locations {
            let error = world
                .registry(&location, "cache")
                .open()
                .expect_err("silence");
            assert!(
                matches!(error, Error::Remote(RemoteError::Network { .. })),
                "{location}: {error}"
            );
            assert!(error.is_transient(), "{location}: {error}");
        }
    });
}

#[test]
fn a_server_that_falls_silent_over_a_push_is_asked_again() {
    isolated(|world| {
        world.git(&["init", "-q", "--bare", "-b", "main", "r.git"]);
        let Some(https) = Https::start(world) else {
            return;
        };
        https.trust(world);
        world.git(&["config", "--global", "http.lowSpeedLimit", "1"]);
        world.git(&["config", "--global", "http.lowSpeedTime", "1"]);
        let proxy = Proxy::start(https.port());
        let registry = world.registry(&Https::url_at(proxy.port(), "", "r.git"), "cache");
        registry.init().expect("initialised");
        let moment = Moment::new(world, "post-receive", 0);
        let report = thread::scope(|scope| {
            scope.spawn(|| {
                moment.wait();
                proxy.silence();
                let before = proxy.accepted();
                // Only a client that has given up connects again.
                let deadline = Instant::now() + Duration::from_secs(60);
                while proxy.accepted() == before && Instant::now() < deadline {
                    thread::sleep(Duration::from_millis(20));
                }
                moment.release();
            });
            publish(&registry, vec![product("d", "p", "1.0.0", "")])
        });
        let report = report.expect("published");
        assert_eq!(report.parts[0].outcome, Outcome::Published);
        assert_eq!(
            git(&world.path("r.git"), &["rev-list", "--count", "main"]),
            "2"
        );
    });
}
