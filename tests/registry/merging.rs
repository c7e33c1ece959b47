//! Merging what was submitted: many branches, judged one after the other, as one commit.

use crate::{
    races::{RACERS, outcome},
    requests::submit,
    support::{World, git, isolated, listing, own_binary, product, promising, publish, tamper},
};
use mesh_registry::{
    Error, GateError, MergeJudge, MergeOptions, MergeOutcome, MergeReport, MergedRequest, Mode,
    Outcome, PlannedProduct, Registry, RegistryLocation, RemoteError,
    verify::{Finding, Judged, Verification},
};
use std::{collections::BTreeMap, env, fs, path::Path, process::Stdio, time::Duration};

/// Accepts what nothing is found in, and keeps what is found elsewhere.
#[derive(Default)]
struct Judge<'a> {
    found: BTreeMap<String, Vec<Finding>>,
    started: u32,
    /// What happens while the first branch is judged.
    meanwhile: Option<Box<dyn FnOnce() + 'a>>,
}

impl MergeJudge for Judge<'_> {
    fn start_over(&mut self) {
        self.started += 1;
        self.found.clear();
    }

    fn reject(&mut self, branch: &str, finding: Finding) {
        self.found
            .entry(branch.to_owned())
            .or_default()
            .push(finding);
    }

    fn judge(
        &mut self,
        branch: &str,
        judged: Judged,
        _: &Verification<'_>,
    ) -> Result<bool, GateError> {
        if let Some(meanwhile) = self.meanwhile.take() {
            meanwhile();
        }
        let is_accepted = judged.findings.is_empty();
        self.found.insert(branch.to_owned(), judged.findings);
        Ok(is_accepted)
    }
}

impl Judge<'_> {
    fn ids(&self, branch: &str) -> Vec<&str> {
        let found = self.found.get(branch).into_iter().flatten();
        found.map(|finding| finding.check.id).collect()
    }
}

fn options() -> MergeOptions {
    MergeOptions {
        dry_run: false,
        limit: None,
        keep_branches: false,
        deadline: Duration::from_secs(60),
        today: jiff::Zoned::now().date(),
        tool: "mesh-test 0.0.0".to_owned(),
    }
}

fn merge(registry: &Registry) -> (MergeReport, Judge<'static>) {
    let mut judge = Judge::default();
    let report = registry.merge(&options(), &mut judge).expect("merged");
    (report, judge)
}

fn put(registry: &Registry, products: Vec<PlannedProduct>) -> String {
    let report = submit(registry, Mode::Branch, products).expect("submitted");
    report.request.expect("a request").branch
}

fn branches(repository: &Path) -> Vec<String> {
    let listed = git(
        repository,
        &[
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads/mesh",
        ],
    );
    listed.lines().map(str::to_owned).collect()
}

fn outcomes(report: &MergeReport) -> Vec<(&str, MergeOutcome)> {
    let requests = report.requests.iter();
    requests
        .map(|it| (it.branch.as_str(), it.outcome))
        .collect()
}

/// Puts a branch into the registry that `change` makes of its `main`.
fn by_hand(world: &World, branch: &str, change: impl FnOnce(&Path)) -> String {
    let work = world.path("r.git.work");
    if !work.exists() {
        world.clone_of("r.git");
    }
    git(&work, &["fetch", "-q", "--prune", "origin"]);
    git(&work, &["checkout", "-q", "-f", "-B", "x", "origin/main"]);
    git(&work, &["clean", "-q", "-fd"]);
    change(&work);
    git(&work, &["add", "-A"]);
    git(&work, &["commit", "-q", "--allow-empty", "-m", "by hand"]);
    let branch = format!("mesh/publish/{branch}");
    git(
        &work,
        &["push", "-q", "-f", "origin", &format!("HEAD:{branch}")],
    );
    branch
}

#[test]
fn what_is_submitted_becomes_one_commit() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        let first = put(&registry, vec![product("d", "p", "1.0.0", "")]);
        publish(&registry, vec![product("z", "z", "1.0.0", "")]).expect("published");
        let second = put(&registry, vec![product("d", "q", "1.0.0", "")]);
        let both = vec![
            product("d", "r", "1.0.0", ""),
            product("e", "s", "1.0.0", ""),
        ];
        let third = put(&registry, both);
        let records: Vec<String> = [(&first, "d/p"), (&second, "d/q"), (&third, "e/s")]
            .iter()
            .map(|(branch, at)| {
                git(
                    &bare,
                    &["rev-parse", &format!("{branch}:products/{at}/1.0.0")],
                )
            })
            .collect();
        let tip = git(&bare, &["rev-parse", "main"]);
        let (report, _) = merge(&registry);
        let expected = [&first, &second, &third].map(|it| (it.as_str(), MergeOutcome::Merged));
        assert_eq!(outcomes(&report), expected);
        assert!(report.requests.iter().all(|request| request.is_removed));
        assert_eq!(report.requests[2].subjects, ["d/r 1.0.0", "e/s 1.0.0"]);
        let commit = report.commit.expect("a commit");
        assert_eq!(git(&bare, &["rev-parse", "main"]), commit);
        assert_eq!(git(&bare, &["rev-parse", "main^"]), tip);
        assert!(branches(&bare).is_empty());
        // Byte for byte, records included.
        for (at, record) in ["d/p", "d/q", "e/s"].iter().zip(&records) {
            assert_eq!(
                git(&bare, &["rev-parse", &format!("main:products/{at}/1.0.0")]),
                *record
            );
        }
        let trailers = git(
            &bare,
            &[
                "log",
                "-1",
                "--format=%(trailers:key=Mesh-Request,valueonly)",
                "main",
            ],
        );
        let trailers: Vec<&str> = trailers.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(trailers, [&first, &second, &third]);
        git(&bare, &["fsck", "--strict"]);
        assert_eq!(registry.open().expect("open").len(), 5);
        // And that is all.
        let (again, judge) = merge(&registry);
        assert_eq!((again.requests, again.commit), (Vec::new(), None));
        assert_eq!(judge.started, 1);
        let report = submit(
            &registry,
            Mode::Branch,
            vec![product("d", "p", "1.0.0", "")],
        );
        let report = report.expect("there");
        assert_eq!(report.parts[0].outcome, Outcome::AlreadyPublished);
    });
}

/// Branches that nobody may merge, each with what is wrong with it. The registry has `d/p` 1.0.0.
fn bad_branches(world: &World) -> Vec<(String, &'static str)> {
    let version = |work: &Path| {
        let version = work.join("products/d/p/9.0.0");
        fs::create_dir_all(&version).expect("a directory");
        version
    };
    let write = |file: &Path, text: &str| fs::write(file, text).expect("a file");
    let published = "products/d/p/1.0.0";
    let mut bad = vec![
        (
            by_hand(world, "changes", |work| {
                write(&work.join(published).join("dataproduct.yaml"), "id: x\n");
            }),
            "request-changes",
        ),
        (
            by_hand(world, "removes", |work| {
                fs::remove_file(work.join(published).join("record.json")).expect("removed");
            }),
            "request-changes",
        ),
        (
            by_hand(world, "governs", |work| {
                fs::create_dir_all(work.join("owners")).expect("a directory");
                write(
                    &work.join("owners/d.yaml"),
                    "owners: [{email: eve@example.com}]\n",
                );
            }),
            "request-governs",
        ),
        (
            by_hand(world, "adds-to-published", |work| {
                write(
                    &work.join(published).join("contracts/more.odcs.yaml"),
                    "id: x\n",
                );
            }),
            "published-version-changed",
        ),
        (
            by_hand(world, "no-record", |work| {
                write(&version(work).join("dataproduct.yaml"), "id: x\n");
            }),
            "record-unreadable",
        ),
        (
            by_hand(world, "copied-record", |work| {
                let version = version(work);
                for file in ["dataproduct.yaml", "record.json"] {
                    fs::copy(work.join(published).join(file), version.join(file)).expect("copied");
                }
            }),
            "record-elsewhere",
        ),
        (
            by_hand(world, "odd-name", |work| {
                let version = work.join("products/D/p/1.0.0");
                fs::create_dir_all(&version).expect("a directory");
                write(&version.join("dataproduct.yaml"), "id: x\n");
            }),
            "name-invalid",
        ),
    ];
    // One that begins nowhere.
    let work = world.path("r.git.work");
    git(&work, &["checkout", "-q", "--orphan", "alone"]);
    git(&work, &["commit", "-q", "-m", "alone"]);
    git(
        &work,
        &["push", "-q", "origin", "HEAD:mesh/publish/unrelated"],
    );
    bad.push(("mesh/publish/unrelated".to_owned(), "request-unrelated"));
    bad
}

#[test]
fn what_is_not_as_it_has_to_be_is_left_as_it_is() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        let good = put(&registry, vec![product("d", "p", "1.1.0", "")]);
        let bad = bad_branches(world);
        let (report, judge) = merge(&registry);
        for (branch, id) in &bad {
            assert!(
                judge.ids(branch).contains(id),
                "{branch}: {:?}",
                judge.ids(branch)
            );
        }
        for request in &report.requests {
            let expected = if request.branch == good {
                MergeOutcome::Merged
            } else {
                MergeOutcome::Rejected
            };
            assert_eq!(request.outcome, expected, "{request:?}");
            assert_eq!(request.is_removed, request.branch == good);
        }
        assert_eq!(report.requests.len(), bad.len() + 1);
        assert_eq!(branches(&bare).len(), bad.len());
        assert_eq!(
            listing(&registry.open().expect("open")),
            ["d/p 1.0.0", "d/p 1.1.0"]
        );
        git(&bare, &["fsck", "--strict"]);
    });
}

#[cfg(unix)]
#[test]
fn links_and_programs_are_not_merged() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    isolated(|world| {
        let registry = world.initialised("r.git");
        let request = put(&registry, vec![product("d", "p", "1.0.0", "")]);
        let take = |work: &Path| {
            git(
                work,
                &["checkout", "-q", &format!("origin/{request}"), "--", "."],
            );
            work.join("products/d/p/1.0.0/dataproduct.yaml")
        };
        let link = by_hand(world, "a-link", |work| {
            let manifest = take(work);
            fs::remove_file(&manifest).expect("removed");
            symlink("/etc/passwd", manifest).expect("a link");
        });
        let program = by_hand(world, "a-program", |work| {
            let manifest = take(work);
            fs::set_permissions(manifest, fs::Permissions::from_mode(0o755)).expect("a program");
        });
        git(&world.path("r.git"), &["branch", "-D", &request]);
        let (report, judge) = merge(&registry);
        assert_eq!(report.commit, None);
        assert!(
            judge.ids(&link).contains(&"symlink"),
            "{:?}",
            judge.ids(&link)
        );
        assert!(
            judge.ids(&program).contains(&"file-mode"),
            "{:?}",
            judge.ids(&program)
        );
    });
}

#[test]
fn of_two_contents_for_one_version_the_first_by_name_is_merged() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let mut both = [
            put(&registry, vec![product("d", "p", "1.0.0", "one")]),
            put(&registry, vec![product("d", "p", "1.0.0", "two")]),
        ];
        both.sort();
        let (report, judge) = merge(&registry);
        assert_eq!(
            outcomes(&report),
            [
                (both[0].as_str(), MergeOutcome::Merged),
                (both[1].as_str(), MergeOutcome::Rejected)
            ]
        );
        let ids = judge.ids(&both[1]);
        assert!(ids.contains(&"published-version-changed"), "{ids:?}");
        assert_eq!(branches(&world.path("r.git")), [both[1].clone()]);
    });
}

#[test]
fn what_breaks_another_branch_is_rejected() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        // Each promises the same contract, and it can belong to one of them only.
        let shared = |name| promising(product("d", name, "1.0.0", name), "shared");
        let first = put(&registry, vec![shared("a")]);
        let second = put(&registry, vec![shared("b")]);
        let (report, judge) = merge(&registry);
        assert_eq!(
            outcomes(&report),
            [
                (first.as_str(), MergeOutcome::Merged),
                (second.as_str(), MergeOutcome::Rejected)
            ]
        );
        assert!(
            judge.ids(&second).contains(&"contract-owned"),
            "{:?}",
            judge.found
        );
    });
}

#[test]
fn a_branch_is_merged_as_a_whole_or_not_at_all() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let request = put(
            &registry,
            vec![
                product("d", "p", "1.0.0", ""),
                product("d", "q", "1.0.0", ""),
            ],
        );
        let spoiled = by_hand(world, "spoiled", |work| {
            git(
                work,
                &["checkout", "-q", &format!("origin/{request}"), "--", "."],
            );
            fs::write(work.join("products/d/q/1.0.0/dataproduct.yaml"), "id: x\n")
                .expect("written");
        });
        git(&world.path("r.git"), &["branch", "-D", &request]);
        let (report, judge) = merge(&registry);
        assert_eq!(
            outcomes(&report),
            [(spoiled.as_str(), MergeOutcome::Rejected)]
        );
        assert_eq!(judge.ids(&spoiled), ["digest-differs"]);
        assert!(registry.open().expect("open").is_empty());
    });
}

#[test]
fn what_is_there_already_is_only_tidied_up() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        // The same content twice: by another branch of the batch, and in the registry, by another record.
        let request = put(&registry, vec![product("d", "p", "1.0.0", "")]);
        git(&bare, &["branch", "mesh/publish/zz-copy", &request]);
        let other = put(&registry, vec![product("d", "q", "1.0.0", "")]);
        std::thread::sleep(Duration::from_millis(1_100));
        publish(&registry, vec![product("d", "q", "1.0.0", "")]).expect("published");
        // And a branch that is part of the history.
        git(&bare, &["branch", "mesh/publish/old", "main^"]);
        let (report, _) = merge(&registry);
        assert_eq!(
            outcomes(&report),
            [
                (request.as_str(), MergeOutcome::Merged),
                (other.as_str(), MergeOutcome::AlreadyMerged),
                ("mesh/publish/old", MergeOutcome::AlreadyMerged),
                ("mesh/publish/zz-copy", MergeOutcome::AlreadyMerged),
            ]
        );
        assert!(branches(&bare).is_empty());
        assert_eq!(registry.open().expect("open").len(), 2);
    });
}

#[test]
fn nothing_but_what_was_asked_for_is_done() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        for name in ["a", "b", "c"] {
            put(&registry, vec![product("d", name, "1.0.0", "")]);
        }
        let run = |change: &dyn Fn(&mut MergeOptions)| {
            let mut options = options();
            change(&mut options);
            let report = registry
                .merge(&options, &mut Judge::default())
                .expect("merged");
            let outcomes: Vec<_> = report.requests.iter().map(|it| it.outcome).collect();
            outcomes
        };
        let tip = git(&bare, &["rev-parse", "main"]);
        let would = run(&|options| options.dry_run = true);
        assert_eq!(would, [MergeOutcome::WouldMerge; 3]);
        assert_eq!(git(&bare, &["rev-parse", "main"]), tip);
        assert_eq!(branches(&bare).len(), 3);
        let limited = run(&|options| options.limit = Some(1));
        assert_eq!(
            limited,
            [MergeOutcome::Merged, MergeOutcome::Left, MergeOutcome::Left]
        );
        assert_eq!(branches(&bare).len(), 2);
        let kept = run(&|options| options.keep_branches = true);
        assert_eq!(kept, [MergeOutcome::Merged; 2]);
        assert_eq!(branches(&bare).len(), 2);
        assert_eq!(run(&|_| {}), [MergeOutcome::AlreadyMerged; 2]);
        assert!(branches(&bare).is_empty());
        assert_eq!(registry.open().expect("open").len(), 3);
    });
}

#[test]
fn everything_is_judged_again_when_somebody_was_faster() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let good = put(&registry, vec![product("d", "a", "1.0.0", "")]);
        let taken = put(&registry, vec![product("d", "p", "1.0.0", "theirs")]);
        let other = world.registry("r.git", "other");
        let mut judge = Judge {
            meanwhile: Some(Box::new(|| {
                publish(&other, vec![product("d", "p", "1.0.0", "ours")]).expect("published");
            })),
            ..Judge::default()
        };
        let report = registry.merge(&options(), &mut judge).expect("merged");
        assert_eq!((judge.started, report.attempts), (2, 2));
        assert_eq!(
            outcomes(&report),
            [
                (good.as_str(), MergeOutcome::Merged),
                (taken.as_str(), MergeOutcome::Rejected)
            ]
        );
        assert_eq!(
            listing(&registry.open().expect("open")),
            ["d/a 1.0.0", "d/p 1.0.0"]
        );
    });
}

#[test]
fn a_branch_that_moved_meanwhile_is_not_removed() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        let request = put(&registry, vec![product("d", "a", "1.0.0", "")]);
        let moved = format!("refs/heads/{request}");
        let mut judge = Judge {
            meanwhile: Some(Box::new(|| {
                git(&bare, &["update-ref", &moved, "main"]);
            })),
            ..Judge::default()
        };
        let report = registry.merge(&options(), &mut judge).expect("merged");
        let [
            MergedRequest {
                outcome: MergeOutcome::Merged,
                is_removed: false,
                ..
            },
        ] = report.requests.as_slice()
        else {
            panic!("{report:?}")
        };
        assert_eq!(branches(&bare), [request]);
    });
}

#[test]
fn only_owners_are_merged() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let request = put(&registry, vec![product("d", "p", "1.0.0", "")]);
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            fs::create_dir_all(work.join("owners")).expect("a directory");
            fs::write(
                work.join("owners/d.yaml"),
                "owners: [{email: anna@example.com}]\n",
            )
            .expect("owners");
        });
        let (report, judge) = merge(&registry);
        assert_eq!(
            outcomes(&report),
            [(request.as_str(), MergeOutcome::Rejected)]
        );
        assert_eq!(judge.ids(&request), ["publisher-not-owner"]);
    });
}

#[cfg(unix)]
#[test]
fn a_registry_that_lets_the_bot_not_in_keeps_everything() {
    use crate::support::hook;
    isolated(|world| {
        let registry = world.initialised("r.git");
        put(&registry, vec![product("d", "p", "1.0.0", "")]);
        hook(
            &world.path("r.git"),
            "pre-receive",
            "echo 'GitLab: You are not allowed to push code to protected branches on this project.' >&2; exit 1",
        );
        let refused = registry.merge(&options(), &mut Judge::default());
        assert!(
            matches!(refused, Err(Error::Remote(RemoteError::Protected { .. }))),
            "{refused:?}"
        );
        assert_eq!(branches(&world.path("r.git")).len(), 1);
        // One that cannot remove branches merges nonetheless.
        hook(
            &world.path("r.git"),
            "pre-receive",
            "while read old new ref; do case $new in 0000*) exit 1;; esac; done",
        );
        let (report, _) = merge(&registry);
        let [request] = report.requests.as_slice() else {
            panic!("{report:?}")
        };
        assert_eq!(
            (request.outcome, request.is_removed),
            (MergeOutcome::Merged, false)
        );
    });
}

const JOB: &str = "MESH_TEST_REQUEST";

/// The body of a process that submits or merges; as a test of its own it has nothing to do.
#[test]
fn worker() {
    let Ok(job) = env::var(JOB) else { return };
    let [what, location, cache, name, version] = job.split('|').collect::<Vec<_>>()[..] else {
        panic!("not a job: {job}")
    };
    let location = RegistryLocation::parse(location, Path::new("/")).expect("a location");
    let options = mesh_registry::Options {
        cache_dir: Some(cache.into()),
        ..mesh_registry::Options::default()
    };
    let registry = Registry::new(location, options);
    let outcome = match what {
        "submit" => match submit(
            &registry,
            Mode::Branch,
            vec![product("d", name, version, "")],
        ) {
            Ok(report) => format!("{:?}", report.parts[0].outcome),
            Err(error) => error.to_string(),
        },
        _ => match registry.merge(&self::options(), &mut Judge::default()) {
            Ok(report) => format!("merged {}", report.requests.len()),
            Err(error) => error.to_string(),
        },
    };
    say(&format!("outcome: {outcome}"));
}

#[expect(clippy::print_stdout, reason = "how a process reports")]
fn say(text: &str) {
    println!("{text}");
}

fn start(
    what: &str,
    location: &str,
    cache: &Path,
    name: &str,
    version: &str,
) -> std::process::Child {
    let mut command = own_binary("merging::worker");
    let job = [what, location, &cache.to_string_lossy(), name, version].join("|");
    command
        .env(JOB, job)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().expect("a process")
}

#[test]
fn many_submit_while_a_bot_merges_and_nothing_is_lost() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let location = world.path("r.git").to_string_lossy().into_owned();
        let names: Vec<String> = (0..RACERS).map(|n| format!("p{n}")).collect();
        let firsts = names.iter().map(|name| product("d", name, "1.0.0", ""));
        publish(&registry, firsts.collect()).expect("published");
        let mut expected: Vec<_> = names.iter().map(|name| format!("d/{name} 1.0.0")).collect();
        for round in 1..4 {
            let version = format!("1.{round}.0");
            let submitting: Vec<_> = (0..RACERS)
                .map(|n| {
                    let cache = world.path(&format!("cache{n}"));
                    start("submit", &location, &cache, &format!("p{n}"), &version)
                })
                .collect();
            let bots: Vec<_> = (0..2)
                .map(|n| start("merge", &location, &world.path(&format!("bot{n}")), "", ""))
                .collect();
            for child in submitting {
                let outcome = outcome(child);
                assert!(
                    ["Submitted", "Published", "AlreadyPublished"].contains(&outcome.as_str()),
                    "{outcome}"
                );
            }
            for child in bots {
                let outcome = outcome(child);
                assert!(outcome.starts_with("merged "), "{outcome}");
            }
            expected.extend((0..RACERS).map(|n| format!("d/p{n} {version}")));
        }
        let (report, judge) = merge(&registry);
        let rejected = report
            .requests
            .iter()
            .filter(|it| it.outcome == MergeOutcome::Rejected);
        assert_eq!(rejected.count(), 0, "{:?}", judge.found.keys());
        expected.sort();
        assert_eq!(listing(&registry.open().expect("open")), expected);
        assert!(branches(&world.path("r.git")).is_empty());
        git(&world.path("r.git"), &["fsck", "--strict"]);
    });
}

#[cfg(unix)]
#[test]
fn a_bot_that_is_killed_before_it_tidies_up_is_no_harm() {
    use crate::support::hook;
    isolated(|world| {
        let registry = world.initialised("r.git");
        let bare = world.path("r.git");
        for name in ["a", "b"] {
            put(&registry, vec![product("d", name, "1.0.0", "")]);
        }
        // As soon as the commit is in, the bot is gone.
        hook(
            &bare,
            "post-receive",
            "kill -9 $(cat ../bot.pid); rm ../bot.pid",
        );
        let location = bare.to_string_lossy().into_owned();
        let mut bot = start("merge", &location, &world.path("bot"), "", "");
        fs::write(world.path("bot.pid"), bot.id().to_string()).expect("a file");
        let status = bot.wait().expect("a dead bot");
        assert!(!status.success());
        assert_eq!(registry.open().expect("open").len(), 2);
        assert_eq!(branches(&bare).len(), 2);
        fs::remove_dir_all(bare.join("hooks")).expect("removed");
        let outcome = outcome(start("merge", &location, &world.path("bot"), "", ""));
        assert_eq!(outcome, "merged 2");
        assert!(branches(&bare).is_empty());
        assert_eq!(git(&bare, &["rev-list", "--count", "main"]), "2");
    });
}

#[test]
fn of_two_first_versions_one_has_to_be_submitted_again() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let first = put(&registry, vec![product("d", "p", "1.0.0", "")]);
        let second = put(&registry, vec![product("d", "p", "1.1.0", "")]);
        let (report, judge) = merge(&registry);
        assert_eq!(
            outcomes(&report),
            [
                (first.as_str(), MergeOutcome::Merged),
                (second.as_str(), MergeOutcome::Rejected)
            ]
        );
        assert_eq!(judge.ids(&second), ["previous-unknown"]);
        assert_eq!(put(&registry, vec![product("d", "p", "1.1.0", "")]), second);
        let (report, _) = merge(&registry);
        assert_eq!(outcomes(&report), [(second.as_str(), MergeOutcome::Merged)]);
    });
}

/// Makes branches of which each adds a product.
fn fill(registry: &Registry, branches: usize) {
    for n in 0..branches {
        put(registry, vec![product("d", &format!("p{n}"), "1.0.0", "")]);
    }
}

#[test]
fn a_large_batch_is_one_commit() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        fill(&registry, 48);
        let bot = world.registry("r.git", "bot");
        let (report, _) = merge(&bot);
        assert_eq!(report.requests.len(), 48);
        assert!(report.requests.iter().all(|it| it.is_removed));
        assert_eq!(
            git(&world.path("r.git"), &["rev-list", "--count", "main"]),
            "2"
        );
        assert_eq!(bot.open().expect("open").len(), 48);
    });
}
