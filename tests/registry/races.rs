//! Several publishers at once, and publishers that are killed. Every publisher is a process of its own.

use crate::{
    servers::Daemon,
    support::{
        World, git, isolated, listing, own_binary, plan, product, promising, publish, try_git,
    },
};
use mesh_registry::{
    Approval, Error, Options, Outcome, PublishOptions, Refusal, Registry, RegistryLocation,
    Snapshot,
};
use std::{
    env,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const JOB: &str = "MESH_TEST_JOB";

/// The body of a publisher process; as a test of its own it has nothing to do.
#[test]
fn publisher() {
    let Ok(job) = env::var(JOB) else { return };
    let [location, cache, name, version, content, ref contract @ ..] =
        job.split('|').collect::<Vec<_>>()[..]
    else {
        panic!("not a job: {job}")
    };
    let mut product = product("d", name, version, content);
    if let [contract] = contract {
        product = promising(product, contract);
    }
    let location = RegistryLocation::parse(location, Path::new("/")).expect("a location");
    let options = Options {
        // Else the one that the environment says.
        cache_dir: (!cache.is_empty()).then(|| cache.into()),
        ..Options::default()
    };
    let plan = plan(vec![product]);
    let result =
        Registry::new(location, options).publish(&plan, &PublishOptions::default(), &mut |_| {
            Ok(Approval::default())
        });
    let outcome = match result {
        Ok(report) => format!("{:?}", report.parts[0].outcome),
        Err(Error::Refusal(Refusal::Immutable { .. })) => "Immutable".to_owned(),
        Err(Error::Refusal(Refusal::ContractOwned { .. })) => "ContractOwned".to_owned(),
        Err(error) => format!("{error}"),
    };
    say(&format!("outcome: {outcome}"));
}

#[expect(clippy::print_stdout, reason = "how a publisher process reports")]
fn say(text: &str) {
    println!("{text}");
}

pub(crate) fn start(
    location: &str,
    cache: &Path,
    name: &str,
    version: &str,
    content: &str,
) -> Child {
    let job = [location, &cache.to_string_lossy(), name, version, content].join("|");
    publisher_command(&job).spawn().expect("a publisher")
}

pub(crate) fn publisher_command(job: &str) -> Command {
    let mut command = own_binary("races::publisher");
    command
        .env(JOB, job)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub(crate) fn outcome(child: Child) -> String {
    let output = child.wait_with_output().expect("the output of a publisher");
    let text = String::from_utf8_lossy(&output.stdout);
    let outcome = text.lines().find_map(|line| {
        line.split_once("outcome: ")
            .map(|(_, outcome)| outcome.to_owned())
    });
    outcome.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}

pub(crate) const RACERS: usize = 8;

pub(crate) fn race(
    world: &World,
    cache: impl Fn(usize) -> String,
    job: impl Fn(usize) -> [String; 3],
) -> Vec<String> {
    race_of(RACERS, world, cache, job)
}

/// As [`race`], with so many.
fn race_of(
    racers: usize,
    world: &World,
    cache: impl Fn(usize) -> String,
    job: impl Fn(usize) -> [String; 3],
) -> Vec<String> {
    let location = world.path("r.git").to_string_lossy().into_owned();
    let start_one = |n: usize| {
        let [name, version, content] = job(n);
        start(&location, &world.path(&cache(n)), &name, &version, &content)
    };
    let children: Vec<_> = (0..racers).map(start_one).collect();
    children.into_iter().map(outcome).collect()
}

#[test]
fn different_products_at_once_lose_nothing() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        for (round, shared) in [(1, false), (2, true)] {
            let cache = |n| {
                if shared {
                    "shared".to_owned()
                } else {
                    format!("cache{n}")
                }
            };
            let outcomes = race(world, cache, |n| {
                [format!("p{n}"), format!("{round}.0.0"), String::new()]
            });
            assert_eq!(outcomes, vec!["Published"; RACERS]);
        }
        let expected: Vec<_> = (0..RACERS)
            .flat_map(|n| [1, 2].map(|round| format!("d/p{n} {round}.0.0")))
            .collect();
        assert_eq!(listing(&registry.open().expect("open")), expected);
        let commits = git(&world.path("r.git"), &["rev-list", "--count", "main"]);
        assert_eq!(commits, (1 + 2 * RACERS).to_string());
        git(&world.path("r.git"), &["fsck", "--strict"]);
    });
}

/// Every success that was reported is there afterwards, and nothing else is; whoever was not lucky says so.
#[test]
fn however_many_there_are_what_was_reported_is_what_is_there() {
    isolated(|world| {
        for racers in [2, 32] {
            // A registry of its own for each, at the place that racers race to.
            let _ = std::fs::remove_dir_all(world.path("r.git"));
            world
                .registry("r.git", &format!("cache-{racers}"))
                .init()
                .expect("initialised");
            let outcomes = race_of(
                racers,
                world,
                |n| format!("{racers}-{n}"),
                |n| [format!("p{n}"), "1.0.0".to_owned(), String::new()],
            );
            let fresh = world.registry("r.git", &format!("fresh-{racers}"));
            let there = listing(&fresh.open().expect("open"));
            for (n, outcome) in outcomes.iter().enumerate() {
                let is_there = there.contains(&format!("d/p{n} 1.0.0"));
                assert_eq!(outcome == "Published", is_there, "{n}: {outcome}");
                // Where the machine is slow, the deadline may come first; nothing else may go wrong.
                assert!(
                    is_there || outcome.starts_with("could not publish within"),
                    "{n}: {outcome}"
                );
            }
            let published = outcomes.iter().filter(|outcome| *outcome == "Published");
            let published = published.count();
            assert!(published > 0 && published == there.len(), "{outcomes:?}");
            let commits = git(&world.path("r.git"), &["rev-list", "--count", "main"]);
            assert_eq!(commits, (published + 1).to_string());
            git(&world.path("r.git"), &["fsck", "--strict"]);
        }
    });
}

#[test]
fn of_different_bytes_for_one_version_exactly_one_wins() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let outcomes = race(
            world,
            |n| format!("cache{n}"),
            |n| ["p", "1.0.0", &format!("{n}")].map(str::to_owned),
        );
        let winner = outcomes
            .iter()
            .position(|outcome| outcome == "Published")
            .expect("a winner");
        assert_eq!(
            outcomes
                .iter()
                .filter(|outcome| *outcome == "Immutable")
                .count(),
            RACERS - 1,
            "{outcomes:?}"
        );
        let again = publish(
            &registry,
            vec![product("d", "p", "1.0.0", &winner.to_string())],
        )
        .expect("recognised");
        assert_eq!(again.parts[0].outcome, Outcome::AlreadyPublished);
    });
}

#[test]
fn of_different_products_for_one_contract_exactly_one_wins() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let location = world.path("r.git").to_string_lossy().into_owned();
        let start_one = |n: usize| {
            let cache = world.path(&format!("cache{n}"));
            let job = format!("{location}|{}|p{n}|1.0.0|{n}|shared", cache.display());
            publisher_command(&job).spawn().expect("a publisher")
        };
        let children: Vec<_> = (0..RACERS).map(start_one).collect();
        let outcomes: Vec<_> = children.into_iter().map(outcome).collect();
        let winner = outcomes.iter().position(|outcome| outcome == "Published");
        let winner = winner.expect("a winner");
        let losers = outcomes
            .iter()
            .filter(|outcome| *outcome == "ContractOwned");
        assert_eq!(losers.count(), RACERS - 1, "{outcomes:?}");
        let snapshot = registry.open().expect("open");
        let product = format!("d/p{winner}");
        assert_eq!(listing(&snapshot), [format!("{product} 1.0.0")]);
        let uses = snapshot.contract("shared", None).expect("read");
        assert_eq!(uses.len(), 1);
        assert_eq!(uses[0].entry.reference(), product);
    });
}

#[test]
fn the_same_bytes_at_once_are_one_commit() {
    isolated(|world| {
        world.initialised("r.git");
        let outcomes = race(
            world,
            |n| format!("cache{n}"),
            |_| ["p", "1.0.0", "same"].map(str::to_owned),
        );
        // Within one second they even make the same commit, and then all of them published it.
        assert!(
            outcomes.iter().any(|outcome| outcome == "Published"),
            "{outcomes:?}"
        );
        assert!(
            outcomes
                .iter()
                .all(|outcome| outcome.ends_with("Published")),
            "{outcomes:?}"
        );
        assert_eq!(
            git(&world.path("r.git"), &["rev-list", "--count", "main"]),
            "2"
        );
    });
}

#[test]
fn initialising_at_once_makes_one_registry() {
    isolated(|world| {
        let registries: Vec<_> = (0..4)
            .map(|n| world.registry("new/r.git", &format!("cache{n}")))
            .collect();
        let results: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = registries
                .iter()
                .map(|registry| scope.spawn(|| registry.init()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        for result in results {
            result.expect("initialised");
        }
        assert_eq!(
            git(&world.path("new/r.git"), &["rev-list", "--count", "main"]),
            "1"
        );
    });
}

/// Kills publishers after pauses that sweep over the time a publish takes.
#[cfg(unix)]
fn kill_rounds(world: &World, location: &str, rounds: u32, kill_group: bool) {
    use std::os::unix::process::CommandExt as _;
    let cache = world.path("killed");
    let started = Instant::now();
    assert_eq!(
        outcome(start(location, &cache, "warm", "1.0.0", "")),
        "Published"
    );
    let usual = started.elapsed();
    let mut expected = vec!["d/warm 1.0.0".to_owned()];
    for round in 0..rounds {
        let version = format!("1.0.{round}");
        let job = [location, &cache.to_string_lossy(), "p", &version, ""].join("|");
        let mut command = publisher_command(&job);
        command.process_group(0);
        let mut child = command.spawn().expect("a publisher");
        thread::sleep(usual * round / rounds);
        if kill_group {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill")
                .args(["-9", "--", &group])
                .stderr(Stdio::null())
                .status()
                .expect("kill");
        }
        let _ = child.kill();
        child.wait().expect("a dead publisher");
        settled_fsck(&world.path("r.git"));
        let again = outcome(start(location, &cache, "p", &version, ""));
        assert!(
            ["Published", "AlreadyPublished"].contains(&again.as_str()),
            "round {round}: {again}"
        );
        expected.insert(expected.len() - 1, format!("d/p {version}"));
    }
    let mut found = listing(&world.registry("r.git", "fresh").open().expect("open"));
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let commits = git(&world.path("r.git"), &["rev-list", "--count", "main"]);
    assert_eq!(
        commits,
        (rounds + 2).to_string(),
        "no version was published twice"
    );
}

/// `git fsck`, once the server has finished what it was sent: killing the client does not kill its
/// end of the connection, and an object store is in motion while it is written.
fn settled_fsck(repository: &Path) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !try_git(repository, &["fsck", "--strict"]).status.success() {
        if Instant::now() > deadline {
            git(repository, &["fsck", "--strict"]);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[cfg(unix)]
#[test]
fn a_killed_publisher_leaves_nothing_half_published() {
    isolated(|world| {
        world.initialised("r.git");
        let location = world.path("r.git").to_string_lossy().into_owned();
        kill_rounds(world, &location, 12, false);
    });
}

#[cfg(unix)]
#[test]
fn a_publisher_killed_with_its_git_leaves_nothing_half_published() {
    isolated(|world| {
        world.initialised("r.git");
        let Some(daemon) = Daemon::start(world) else {
            return;
        };
        kill_rounds(world, &daemon.url("r.git"), 12, true);
    });
}

#[test]
fn another_process_in_the_cache_is_waited_for_but_not_for_ever() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let options = Options {
            lock_timeout: Duration::from_millis(200),
            ..world.options("cache")
        };
        let impatient = Registry::new(registry.location().clone(), options);
        let result = registry.publish(
            &plan(vec![product("d", "p", "1.0.0", "")]),
            &PublishOptions::default(),
            &mut |_| match impatient.open() {
                Err(Error::CacheBusy { .. }) => Ok(Approval::default()),
                other => Err(format!("{other:?}").into()),
            },
        );
        result.expect("published");
    });
}

#[test]
fn what_the_caller_has_seen_is_published_onto_only_if_it_still_is_there() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let other = world.registry("r.git", "other");
        // The tips that the gate was asked about, and how often was pushed.
        let publish_onto = |seen: &Snapshot, name: &str| {
            let options = PublishOptions {
                seen: Some(seen.seen()),
                ..PublishOptions::default()
            };
            let mut tips = Vec::new();
            let report = registry
                .publish(
                    &plan(vec![product("d", name, "1.0.0", "")]),
                    &options,
                    &mut |snapshot| {
                        tips.push(snapshot.tip());
                        Ok(Approval::default())
                    },
                )
                .expect("published");
            (tips, report.attempts)
        };
        let seen = registry.open().expect("open");
        assert_eq!(publish_onto(&seen, "a"), (vec![seen.tip()], 1));

        // Somebody else was faster: the push does not go through, and everything is asked again.
        let seen = registry.open().expect("open");
        publish(&other, vec![product("d", "b", "1.0.0", "")]).expect("published");
        let moved = other.open().expect("open");
        assert_eq!(publish_onto(&seen, "c"), (vec![seen.tip(), moved.tip()], 2));

        // This machine knows that it has moved.
        let now = registry.open().expect("open");
        assert_eq!(publish_onto(&seen, "e"), (vec![now.tip()], 1));
        assert_eq!(
            listing(&other.open().expect("open")),
            ["d/a 1.0.0", "d/b 1.0.0", "d/c 1.0.0", "d/e 1.0.0"]
        );
    });
}
