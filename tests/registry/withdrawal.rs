//! What is said about versions after they were published.

use crate::{
    races,
    support::{World, git, hook, isolated, product, publish, tamper},
};
use mesh_registry::{
    Entry, Error, Event, EventKind, InputPort, Outcome, PublishOptions, Refusal, Registry,
    Snapshot, Status, Withdrawal, WithdrawalPlan, WithdrawalReport,
};
use std::{fs, path::Path};

fn yank() -> Withdrawal {
    Withdrawal::Yank {
        reason: "wrong totals".to_owned(),
    }
}

fn deprecation(replaced_by: Option<&str>) -> Withdrawal {
    Withdrawal::Deprecate {
        end_of_support: jiff::civil::date(2027, 3, 31),
        replaced_by: replaced_by.map(str::to_owned),
        reason: None,
    }
}

fn say(registry: &Registry, reference: &str, said: Withdrawal) -> Result<WithdrawalReport, Error> {
    let plan = WithdrawalPlan {
        reference: reference.to_owned(),
        said,
        tool: "mesh-test 0.0.0".to_owned(),
    };
    registry.withdraw(&plan, &PublishOptions::default())
}

fn outcomes(report: &WithdrawalReport) -> Vec<(String, Outcome)> {
    let versions = report.parts.iter();
    versions
        .map(|version| (version.version.to_string(), version.outcome))
        .collect()
}

fn status(snapshot: &Snapshot, reference: &str) -> Result<Status, Error> {
    let entry = snapshot.resolve(reference, None)?;
    snapshot.status_of(&entry)
}

/// A registry with versions of `d/a`, and one of `d/b`.
fn with_versions(world: &World, versions: &[&str]) -> Registry {
    let registry = world.initialised("r.git");
    let mut products: Vec<_> = versions
        .iter()
        .map(|version| product("d", "a", version, "x"))
        .collect();
    products.push(product("d", "b", "1.0.0", "x"));
    publish(&registry, products).expect("a publish");
    registry
}

#[test]
fn yanking_adds_an_event_and_changes_nothing() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0", "1.1.0"]);
        let before = git(&world.path("r.git"), &["rev-parse", "main:products"]);
        let report = say(&registry, "d/a@1.1.0", yank()).expect("a yank");
        assert_eq!(
            outcomes(&report),
            [("1.1.0".to_owned(), Outcome::Published)]
        );
        assert_eq!(report.attempts, 1);

        let repository = world.path("r.git");
        assert_eq!(git(&repository, &["rev-parse", "main:products"]), before);
        let added = git(&repository, &["diff", "--name-status", "main~", "main"]);
        assert!(
            added.starts_with("A\tstatus/d/a/1.1.0/") && added.lines().count() == 1,
            "{added}"
        );
        let message = git(&repository, &["log", "-1", "--format=%B", "main"]);
        assert_eq!(
            message,
            "Yank d/a 1.1.0\n\nwrong totals\n\nMesh-Tool: mesh-test 0.0.0"
        );

        let snapshot = registry.open().expect("the registry");
        let yanked = status(&snapshot, "d/a@1.1.0").expect("a status");
        let event = yanked.yanked.clone().expect("a yank");
        assert_eq!(event.reason.as_deref(), Some("wrong totals"));
        assert_eq!(event.by.email, "test@example.com");
        assert!(yanked.deprecated.is_none() && !yanked.is_current());
        assert!(
            status(&snapshot, "d/a@1.0.0")
                .expect("a status")
                .is_current()
        );
        assert_eq!(snapshot.len(), 3);
        assert!(snapshot.problems().is_empty());
    });
}

#[test]
fn what_is_searched_is_what_is_offered() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        for (version, purpose) in [("1.0.0", "Monthly totals"), ("1.1.0", "Weekly totals")] {
            let mut totals = product("d", "a", version, version);
            totals.contracts[0].version = version.to_owned();
            totals.summary.output_ports[0].contract_version = Some(version.to_owned());
            totals.summary.purpose = Some(purpose.to_owned());
            publish(&registry, vec![totals]).expect("a publish");
        }
        publish(&registry, vec![product("d", "b", "1.0.0", "x")]).expect("a publish");
        let found = |query: &str| -> Vec<String> {
            let snapshot = registry.open().expect("the registry");
            let hits = snapshot.search(query).expect("a search").into_iter();
            hits.map(|hit| {
                format!(
                    "{} {} of {}",
                    hit.entry.reference(),
                    hit.entry.version,
                    hit.versions
                )
            })
            .collect()
        };
        let (old, new) = ("d/a 1.0.0 of 2", "d/a 1.1.0 of 2");
        assert_eq!(
            (found("monthly"), found("weekly")),
            (vec![], vec![new.to_owned()])
        );
        say(&registry, "d/a@1.1.0", yank()).expect("a yank");
        assert_eq!(
            (found("monthly"), found("weekly")),
            (vec![old.to_owned()], vec![])
        );
        assert_eq!(found(""), [old, "d/b 1.0.0 of 1"]);
        // With nothing else to offer, it still is to be found by what it was.
        say(&registry, "d/a@1.0.0", yank()).expect("a yank");
        assert_eq!(
            (found("monthly"), found("weekly")),
            (vec![], vec![new.to_owned()])
        );
        say(&registry, "d/a@1.0.0", Withdrawal::Unyank { reason: None }).expect("an unyank");
        assert_eq!(found("totals"), [old]);
    });
}

#[test]
fn saying_what_holds_changes_nothing() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0"]);
        let tip = || git(&world.path("r.git"), &["rev-parse", "main"]);
        let start = tip();
        for said in [
            Withdrawal::Unyank { reason: None },
            Withdrawal::Undeprecate { reason: None },
        ] {
            let report = say(&registry, "d/a@1.0.0", said).expect("nothing to do");
            assert_eq!(
                outcomes(&report),
                [("1.0.0".to_owned(), Outcome::AlreadyPublished)]
            );
            assert_eq!(report.commit, None);
        }
        assert_eq!(tip(), start);

        say(&registry, "d/a@1.0.0", yank()).expect("a yank");
        say(&registry, "d/a@1.0.0", deprecation(Some("d/b"))).expect("a deprecation");
        let twice = tip();
        say(
            &registry,
            "d/a@1.0.0",
            Withdrawal::Yank {
                reason: "another".to_owned(),
            },
        )
        .expect("nothing to do");
        say(&registry, "d/a@1.0.0", deprecation(Some("d/b"))).expect("nothing to do");
        assert_eq!(tip(), twice);
        // Another replacement is something new.
        say(&registry, "d/a@1.0.0", deprecation(None)).expect("a deprecation");
        assert_ne!(tip(), twice);

        let snapshot = registry.open().expect("the registry");
        let now = status(&snapshot, "d/a@1.0.0").expect("a status");
        let kinds: Vec<_> = now.events.iter().map(|file| file.event.kind).collect();
        assert_eq!(
            kinds,
            [EventKind::Yank, EventKind::Deprecate, EventKind::Deprecate]
        );
        assert_eq!(now.deprecated.and_then(|event| event.replaced_by), None);
        // Each knew of the one before.
        for pair in now.events.windows(2) {
            assert_eq!(pair[1].event.after, [pair[0].digest.clone()]);
        }
    });
}

#[test]
fn what_was_said_is_taken_back_by_saying_more() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0"]);
        let now = || {
            let status = status(&registry.open().expect("the registry"), "d/a@1.0.0");
            let status = status.expect("a status");
            (
                status.yanked.is_some(),
                status.deprecated.is_some(),
                status.events.len(),
            )
        };
        for (said, expected) in [
            (yank(), (true, false, 1)),
            (deprecation(None), (true, true, 2)),
            (
                Withdrawal::Unyank {
                    reason: Some("corrected".to_owned()),
                },
                (false, true, 3),
            ),
            (Withdrawal::Undeprecate { reason: None }, (false, false, 4)),
            (yank(), (true, false, 5)),
        ] {
            say(&registry, "d/a@1.0.0", said).expect("an event");
            assert_eq!(now(), expected);
        }
        // The number is not free again.
        let other = publish(&registry, vec![product("d", "a", "1.0.0", "other")]);
        assert!(
            matches!(other, Err(Error::Refusal(Refusal::Immutable { .. }))),
            "{other:?}"
        );
        let same = publish(&registry, vec![product("d", "a", "1.0.0", "x")]).expect("the same");
        assert_eq!(same.parts[0].outcome, Outcome::AlreadyPublished);
    });
}

#[test]
fn many_versions_are_one_commit() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0", "1.1.0", "1.2.0-rc.1", "2.0.0"]);
        say(&registry, "d/a@1.1.0", deprecation(Some("d/a@2"))).expect("a deprecation");
        let count = || git(&world.path("r.git"), &["rev-list", "--count", "main"]);
        let before: u32 = count().parse().expect("a number");
        let report = say(&registry, "d/a@1", deprecation(Some("d/a@2"))).expect("a deprecation");
        // A prefix means no pre-releases, as wherever versions are named.
        let expected = [
            ("1.0.0".to_owned(), Outcome::Published),
            ("1.1.0".to_owned(), Outcome::AlreadyPublished),
        ];
        assert_eq!(outcomes(&report), expected);
        assert_eq!(count(), (before + 1).to_string());

        let all = say(&registry, "d/a", yank()).expect("a yank");
        assert_eq!(all.parts.len(), 4);
        let message = git(&world.path("r.git"), &["log", "-1", "--format=%B", "main"]);
        assert!(
            message.starts_with("Yank 4 versions of d/a\n\n- d/a 1.0.0\n"),
            "{message}"
        );
    });
}

#[test]
fn what_is_not_there_or_withdrawn_itself_replaces_nothing() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0", "2.0.0"]);
        let refused =
            |replacement: &str| match say(&registry, "d/a@1", deprecation(Some(replacement))) {
                Err(Error::Refusal(Refusal::NoReplacement { reason, .. })) => reason,
                other => panic!("{replacement}: {other:?}"),
            };
        assert_eq!(refused("d/c"), "there is no such product");
        assert_eq!(refused("d/a@3"), "there is no such version");
        assert_eq!(refused("d/a@1"), "it is what is being deprecated");
        assert!(refused("b").contains("not a product"));
        say(&registry, "d/b", yank()).expect("a yank");
        assert_eq!(refused("d/b"), "it is yanked");
        say(&registry, "d/a@1", deprecation(Some("d/a"))).expect("a deprecation");
    });
}

#[test]
fn what_cannot_be_said_is_refused_before_anything_is_asked() {
    isolated(|world| {
        let registry = world.registry("nowhere.git", "cache");
        for reason in ["", "two\nlines", &"x".repeat(1_001)] {
            let said = Withdrawal::Yank {
                reason: reason.to_owned(),
            };
            let refused = say(&registry, "d/a@1.0.0", said);
            assert!(
                matches!(refused, Err(Error::Refusal(Refusal::InvalidEvent { .. }))),
                "{refused:?}"
            );
        }
        let registry = with_versions(world, &["1.0.0"]);
        let unknown = say(&registry, "d/a@1.0.1", yank());
        assert!(
            matches!(unknown, Err(Error::UnknownVersion { .. })),
            "{unknown:?}"
        );
    });
}

#[test]
fn a_dry_run_says_what_would_be_and_pushes_nothing() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0"]);
        let tip = || git(&world.path("r.git"), &["rev-parse", "main"]);
        let before = tip();
        let plan = WithdrawalPlan {
            reference: "d/a".to_owned(),
            said: yank(),
            tool: "mesh-test".to_owned(),
        };
        let options = PublishOptions {
            dry_run: true,
            ..PublishOptions::default()
        };
        let report = registry.withdraw(&plan, &options).expect("a dry run");
        assert_eq!(
            outcomes(&report),
            [("1.0.0".to_owned(), Outcome::WouldPublish)]
        );
        assert_eq!(tip(), before);
    });
}

/// The only file with an event about a version, in a work tree.
fn event_file(work: &Path, version: &str) -> std::path::PathBuf {
    let directory = work.join("status/d/a").join(version);
    let mut entries = fs::read_dir(directory).expect("events");
    entries.next().expect("an event").expect("an event").path()
}

#[test]
fn what_is_not_an_event_is_not_passed_over() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0", "1.1.0"]);
        say(&registry, "d/a@1.0.0", yank()).expect("a yank");
        let work = world.clone_of("r.git");
        let reason = |change: &dyn Fn(&Path)| {
            tamper(&work, change);
            let snapshot = registry.open().expect("the registry");
            let result = status(&snapshot, "d/a@1.0.0");
            git(&work, &["revert", "--no-edit", "HEAD"]);
            git(&work, &["push", "-q"]);
            match result {
                Err(Error::Damaged { reason, .. }) => reason,
                other => panic!("{other:?}"),
            }
        };
        let file = event_file(&work, "1.0.0");
        let text = fs::read_to_string(&file).expect("an event");
        let beside =
            |name: &str, text: &str| fs::write(file.with_file_name(name), text).expect("a file");

        let changed =
            reason(&|_| fs::write(&file, text.replace("totals", "sums")).expect("a file"));
        assert_eq!(changed, "it is not called by the digest of its bytes");
        let moved = reason(&|work| {
            let to = work.join("status/d/a/1.1.0");
            fs::create_dir_all(&to).expect("a directory");
            fs::rename(&file, to.join(file.file_name().expect("a name"))).expect("a move");
            fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
            beside("README.md", "moved\n");
        });
        assert_eq!(moved, "it is not called as an event is");
        let unsigned = reason(&|_| beside(&format!("{}.json.sig", "0".repeat(64)), "x"));
        assert_eq!(unsigned, "there is no event that it is the signature of");
        #[cfg(unix)]
        {
            let link = reason(&|_| {
                let name = format!("{}.json", "0".repeat(64));
                std::os::unix::fs::symlink("/etc/passwd", file.with_file_name(name))
                    .expect("a link");
            });
            assert_eq!(link, "it is not a regular file");
        }
        // Another version is not affected, and neither is this one any more.
        tamper(&work, |work| {
            fs::write(work.join("status/README.md"), "notes\n").expect("a file");
        });
        let snapshot = registry.open().expect("the registry");
        assert!(
            status(&snapshot, "d/a@1.1.0")
                .expect("a status")
                .is_current()
        );
        assert!(
            status(&snapshot, "d/a@1.0.0")
                .expect("a status")
                .yanked
                .is_some()
        );
    });
}

#[test]
fn an_event_about_another_version_or_record_does_not_count() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0", "1.1.0"]);
        say(&registry, "d/a@1.0.0", yank()).expect("a yank");
        let work = world.clone_of("r.git");
        let file = event_file(&work, "1.0.0");
        let text = fs::read_to_string(&file).expect("an event");
        let add = |version: &str, text: &str| {
            let at = text.find("\"record\": \"sha256:").expect("a record") + 18;
            let digest = text[at..at + 64].to_owned();
            let name = sha256(&work, text);
            tamper(&work, |work| {
                let directory = work.join("status/d/a").join(version);
                fs::create_dir_all(&directory).expect("a directory");
                fs::write(directory.join(format!("{name}.json")), text).expect("a file");
            });
            let snapshot = registry.open().expect("the registry");
            let path = format!("status/d/a/{version}/{name}.json");
            match status(&snapshot, &format!("d/a@{version}")) {
                Err(Error::Damaged {
                    path: damaged,
                    reason,
                }) => {
                    assert_eq!(damaged, path);
                    reason.replace(&digest, "…")
                }
                other => panic!("{other:?}"),
            }
        };
        // A copy under the version that was not yanked, as it is and made for it.
        assert_eq!(add("1.1.0", &text), "it is about `d/a` 1.0.0");
        tamper(&work, |work| {
            fs::remove_dir_all(work.join("status/d/a/1.1.0")).expect("a removal");
        });
        let made = text.replace("\"1.0.0\"", "\"1.1.0\"");
        assert_eq!(
            add("1.1.0", &made),
            "it is about another record of the version"
        );
        // One from another registry.
        let at = text.find("\"registry\": \"").expect("an id") + 13;
        let foreign = text.replacen(&text[at..at + 32], &"5f0c9d0a".repeat(4), 1);
        assert_eq!(add("1.0.0", &foreign), "it was made for another registry");
    });
}

/// The digest of a text, by git's neighbour.
fn sha256(directory: &Path, text: &str) -> String {
    let file = directory.join(".git/digest");
    fs::write(&file, text).expect("a file");
    let output = std::process::Command::new("sha256sum")
        .arg(&file)
        .output()
        .expect("sha256sum");
    let text = String::from_utf8(output.stdout).expect("text");
    text.chars().take(64).collect()
}

#[test]
fn from_two_branches_the_graver_one_holds() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0"]);
        say(&registry, "d/a@1.0.0", yank()).expect("a yank");
        let repository = world.path("r.git");
        // An unyank that waits in a branch, while the version is unyanked and yanked again.
        git(&repository, &["branch", "waiting", "main"]);
        let work = world.clone_of("r.git");
        let old = git(&repository, &["rev-parse", "main"]);
        say(
            &registry,
            "d/a@1.0.0",
            Withdrawal::Unyank {
                reason: Some("first".to_owned()),
            },
        )
        .expect("an unyank");
        let unyanked = git(&repository, &["rev-parse", "main"]);
        // Somebody else's registry, at the state before.
        git(&repository, &["clone", "-q", "--bare", ".", "../other.git"]);
        let other = world.path("other.git");
        git(&other, &["update-ref", "refs/heads/main", &old]);
        let elsewhere = world.registry("other.git", "elsewhere");
        say(
            &elsewhere,
            "d/a@1.0.0",
            Withdrawal::Unyank {
                reason: Some("second".to_owned()),
            },
        )
        .expect("an unyank");
        say(&elsewhere, "d/a@1.0.0", yank()).expect("a yank");
        git(
            &work,
            &["fetch", "-q", &other.to_string_lossy(), "main:theirs"],
        );
        git(&work, &["checkout", "-q", "main"]);
        git(&work, &["pull", "-q"]);
        assert_eq!(git(&work, &["rev-parse", "HEAD"]), unyanked);
        // It is a merge without any conflict in text.
        git(&work, &["merge", "-q", "--no-edit", "theirs"]);
        git(&work, &["push", "-q", "origin", "main"]);

        let snapshot = registry.open().expect("the registry");
        let merged = status(&snapshot, "d/a@1.0.0").expect("a status");
        assert_eq!(merged.events.len(), 4);
        assert_eq!(merged.newest().len(), 2);
        assert!(merged.yanked.is_some());
        // Whoever sees both decides.
        say(&registry, "d/a@1.0.0", Withdrawal::Unyank { reason: None }).expect("an unyank");
        let decided =
            status(&registry.open().expect("the registry"), "d/a@1.0.0").expect("a status");
        assert!(decided.yanked.is_none());
        assert_eq!(
            decided.events.last().map(|file| file.event.after.len()),
            Some(2)
        );
    });
}

#[test]
#[cfg(unix)]
fn a_lost_race_is_run_again_on_what_is_there_then() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0"]);
        let location = world.path("r.git").to_string_lossy().into_owned();
        // Whoever pushes first finds that somebody deprecated the version and published another one meanwhile.
        let other = world.registry("r.git", "other");
        say(&other, "d/a@1.0.0", deprecation(None)).expect("a deprecation");
        publish(&other, vec![product("d", "a", "1.1.0", "x")]).expect("a publish");
        let repository = world.path("r.git");
        git(&repository, &["branch", "later", "main"]);
        git(&repository, &["update-ref", "refs/heads/main", "later~2"]);
        let script = "if [ ! -e raced ]; then touch raced; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main later; fi; exit 0";
        hook(&repository, "pre-receive", script);
        let fresh = world.registry(&location, "fresh");
        let report = say(&fresh, "d/a", yank()).expect("a yank");
        assert_eq!(report.attempts, 2);
        assert_eq!(report.parts.len(), 2);
        drop(registry);

        let snapshot = fresh.open().expect("the registry");
        let old = status(&snapshot, "d/a@1.0.0").expect("a status");
        assert!(old.yanked.is_some() && old.deprecated.is_some());
        let deprecated = old.events.first().map(|file| file.digest.clone());
        let yanked = old.events.last().map(|file| file.event.after.clone());
        assert_eq!(yanked, deprecated.map(|digest| vec![digest]));
        assert!(
            status(&snapshot, "d/a@1.1.0")
                .expect("a status")
                .yanked
                .is_some()
        );
    });
}

#[test]
fn yanks_and_publishes_at_once_lose_nothing() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0"]);
        let location = world.path("r.git").to_string_lossy().into_owned();
        let publishers: Vec<_> = (0..4)
            .map(|n| {
                races::start(
                    &location,
                    &world.path(&format!("c{n}")),
                    "a",
                    &format!("2.{n}.0"),
                    "x",
                )
            })
            .collect();
        let yankers: Vec<_> = (0..3)
            .map(|n| {
                let registry = world.registry("r.git", &format!("y{n}"));
                std::thread::spawn(move || {
                    // Word for word the same in the same second would be one and the same commit.
                    let said = Withdrawal::Yank {
                        reason: format!("reason {n}"),
                    };
                    say(&registry, "d/a@1.0.0", said).map(|report| outcomes(&report)[0].1)
                })
            })
            .collect();
        let outcome = |yanker: std::thread::JoinHandle<Result<Outcome, Error>>| {
            yanker.join().expect("a thread").expect("a yank")
        };
        let yanked: Vec<Outcome> = yankers.into_iter().map(outcome).collect();
        for publisher in publishers {
            assert_eq!(races::outcome(publisher), "Published");
        }
        // Exactly one of them said it.
        let said = yanked
            .iter()
            .filter(|outcome| **outcome == Outcome::Published);
        assert_eq!(said.count(), 1, "{yanked:?}");
        let snapshot = registry.open().expect("the registry");
        assert_eq!(snapshot.len(), 6);
        let status = status(&snapshot, "d/a@1.0.0").expect("a status");
        assert!(status.yanked.is_some());
        assert_eq!(status.events.len(), 1);
    });
}

#[test]
fn a_file_of_an_event_is_read_as_one() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0"]);
        say(&registry, "d/a@1.0.0", deprecation(Some("d/b@1"))).expect("a deprecation");
        let work = world.clone_of("r.git");
        let file = event_file(&work, "1.0.0");
        let path = file
            .strip_prefix(&work)
            .expect("a path")
            .to_string_lossy()
            .into_owned();
        let event =
            Event::from_bytes(&path, &fs::read(&file).expect("an event")).expect("an event");
        assert_eq!(event.kind, EventKind::Deprecate);
        assert_eq!(event.replaced_by.as_deref(), Some("d/b@1"));
        assert_eq!(
            event.end_of_support.map(|day| day.to_string()).as_deref(),
            Some("2027-03-31")
        );
    });
}

#[test]
fn what_is_yanked_is_found_only_where_it_is_named() {
    isolated(|world| {
        let registry = with_versions(world, &["1.0.0", "1.1.0", "2.0.0", "2.1.0-rc.1"]);
        let found = |reference: &str| {
            let snapshot = registry.open().expect("the registry");
            let entry = snapshot.resolve(reference, None).expect("a version");
            entry.version.to_string()
        };
        assert_eq!(found("d/a"), "2.0.0");
        say(&registry, "d/a@2.0.0", yank()).expect("a yank");
        assert_eq!(found("d/a"), "1.1.0");
        assert_eq!(found("d/a@latest"), "1.1.0");
        assert_eq!(found("d/a@>=1"), "1.1.0");
        assert_eq!(found("d/a@2.0.0"), "2.0.0");
        // Nothing else would do.
        assert_eq!(found("d/a@2"), "2.0.0");
        say(&registry, "d/a@1.1.0", yank()).expect("a yank");
        assert_eq!(found("d/a@1"), "1.0.0");
        say(&registry, "d/a@1.0.0", yank()).expect("a yank");
        assert_eq!(found("d/a"), "2.1.0-rc.1");
        say(&registry, "d/a", yank()).expect("a yank");
        assert_eq!(found("d/a"), "2.0.0");
        // A deprecation only says that it will end.
        say(&registry, "d/a@1.1.0", Withdrawal::Unyank { reason: None }).expect("an unyank");
        say(&registry, "d/a@1.1.0", deprecation(None)).expect("a deprecation");
        assert_eq!(found("d/a"), "1.1.0");
    });
}

#[test]
fn whom_a_product_is_consumed_by_is_told_by_what_stands() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let consumer = |version: &str, inputs: &[&str]| {
            let mut product = product("e", "c", version, "x");
            product.summary.input_ports = inputs
                .iter()
                .map(|contract| InputPort {
                    name: "in".to_owned(),
                    contract_id: Some((*contract).to_owned()),
                    contract_version: Some("1.0.0".to_owned()),
                })
                .collect();
            product
        };
        let products = vec![
            product("d", "a", "1.0.0", "x"),
            product("d", "b", "1.0.0", "x"),
            consumer("1.0.0", &["a-contract"]),
            consumer("1.1.0", &["b-contract"]),
        ];
        publish(&registry, products).expect("a publish");
        let consumers = |contract: &str| -> Vec<String> {
            let snapshot = registry.open().expect("the registry");
            let found = snapshot.current_consumers_of(contract).expect("consumers");
            let current = snapshot.current().expect("the products");
            let related = snapshot.related([], [contract]).expect("the products");
            let versions = |entries: &[Entry]| {
                let of_c = entries.iter().filter(|entry| entry.product == "c");
                of_c.map(|entry| entry.version.to_string())
                    .collect::<Vec<_>>()
            };
            assert_eq!(versions(&current), versions(&related));
            versions(&found)
        };
        let none: [&str; 0] = [];
        assert_eq!(consumers("a-contract"), none);
        assert_eq!(consumers("b-contract"), ["1.1.0"]);
        // Another product of the domain, of which nothing else is known.
        say(&registry, "d/a", yank()).expect("a yank");
        assert_eq!(consumers("b-contract"), ["1.1.0"]);
        say(&registry, "e/c@1.1.0", yank()).expect("a yank");
        assert_eq!(consumers("a-contract"), ["1.0.0"]);
        assert_eq!(consumers("b-contract"), none);
        say(&registry, "e/c", yank()).expect("a yank");
        assert_eq!(consumers("a-contract"), none);
        assert_eq!(consumers("b-contract"), ["1.1.0"]);
    });
}
