//! The policies that a registry holds: reading them, publishing them, and what records say of them.

use crate::support::{git, isolated, plan, product, publish, tamper};
use mesh_registry::{
    Approval, Error, EvidenceFile, EvidenceResult, Outcome, PolicyEvidence, PolicyFile,
    PolicyFiles, PolicyGate, PolicyPublication, PublishOptions, Record, Refusal, Registry,
    Snapshot, layout,
};
use semver::Version;
use std::{fs, path::Path, slice, thread};

fn write(work: &Path, path: &str, text: &str) {
    let file = work.join(path);
    fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
    fs::write(file, text).expect("a file");
}

/// Commits the tree of `start` with entries that no work tree needs to be able to hold, and pushes that.
fn push_entries(work: &Path, start: &str, entries: &[(&str, &str, &str)]) {
    git(work, &["read-tree", start]);
    for (mode, object, path) in entries {
        let entry = format!("{mode},{object},{path}");
        git(
            work,
            &["update-index", "--add", "--replace", "--cacheinfo", &entry],
        );
    }
    git(work, &["commit", "-q", "-m", "by hand"]);
    git(work, &["push", "-q"]);
}

fn policies(registry: &Registry) -> Result<PolicyFiles, Error> {
    registry.open().expect("open").policies()
}

fn paths(found: &PolicyFiles) -> Vec<&str> {
    found.files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn policies_are_read_by_path_with_their_exact_bytes() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        assert_eq!(policies(&registry).expect("none"), PolicyFiles::default());
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            write(work, "policies/waivers/WVR-014.yaml", "kind: Waiver\r\n");
            write(work, "policies/packs/core/1.10.0.yaml", "# 1.10\n");
            write(work, "policies/packs/core/1.9.0.yml", "# 1.9\n");
            write(work, "policies/top.yaml", "");
            write(work, "policies/README.md", "# Policies\n");
            write(work, "policies/packs/core/review notes (draft).txt", "");
            write(work, "policies/.gitkeep", "");
            write(work, "elsewhere/x.yaml", "");
            write(
                work,
                layout::FORMAT_FILE,
                "format: 1\npolicies: [core@1.9.0]\nlimits: {}\n",
            );
        });
        let found = policies(&registry).expect("policies");
        assert_eq!(
            paths(&found),
            [
                "policies/packs/core/1.10.0.yaml",
                "policies/packs/core/1.9.0.yml",
                "policies/top.yaml",
                "policies/waivers/WVR-014.yaml",
            ]
        );
        assert_eq!(found.files[3].bytes, b"kind: Waiver\r\n");
        let pins = found.pins.expect("pins");
        assert_eq!(pins.len(), 1);
        assert_eq!(pins[0].name, "core");
        assert_eq!(pins[0].version.to_string(), "1.9.0");
    });
}

#[test]
fn pins_that_cannot_be_read_stop_who_asks_for_policies_and_nobody_else() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            write(work, layout::FORMAT_FILE, "format: 1\npolicies: [core@1]\n");
        });
        let error = policies(&registry).expect_err("malformed");
        assert!(matches!(error, Error::BadFormatFile { .. }), "{error}");
        assert!(error.to_string().contains("`core@1`"), "{error}");
        assert!(error.help().is_some());
        assert!(
            registry
                .open()
                .expect("open")
                .search("")
                .expect("read")
                .is_empty()
        );
    });
}

#[test]
fn nothing_below_policies_is_passed_over() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            write(work, "policies/good.yaml", "kind: PolicyPack\n");
        });
        let start = git(&work, &["rev-parse", "HEAD"]);
        let blob = git(&work, &["rev-parse", "HEAD:policies/good.yaml"]);
        let deep = format!("policies/{}x.yaml", "d/".repeat(9));
        for (mode, object, path) in [
            ("120000", &blob, "policies/linked.yaml"),
            ("120000", &blob, "policies/linked"),
            ("120000", &blob, "policies/README.md"),
            ("160000", &start, "policies/module"),
            ("160000", &start, "policies/module.yaml"),
            ("100644", &blob, "policies/GOOD.yaml"),
            ("100644", &blob, "policies/other.YAML"),
            ("100644", &blob, "policies/.hidden.yaml"),
            ("100644", &blob, "policies/.hidden/x.yaml"),
            ("100644", &blob, "policies/a\\b.yaml"),
            ("100644", &blob, "policies/\u{430}.yaml"),
            ("100644", &blob, "policies/nul.yaml"),
            ("100644", &blob, "policies/a.yaml/b.yaml"),
            ("100644", &blob, &deep),
            ("120000", &blob, "policies"),
            ("100644", &blob, "policies"),
            ("160000", &start, "policies"),
        ] {
            push_entries(&work, &start, &[(mode, object, path)]);
            let refused = policies(&registry);
            assert!(
                matches!(refused, Err(Error::BadPolicyFile { .. })),
                "{mode} {path}: {refused:?}"
            );
        }
        push_entries(&work, &start, &[("100755", &blob, "policies/README.md")]);
        let found = policies(&registry).expect("good again");
        assert_eq!(paths(&found), ["policies/good.yaml"]);
    });
}

#[test]
fn policies_that_are_too_large_or_elsewhere_are_refused() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let work = world.clone_of("r.git");
        let refused = |change: &dyn Fn(&Path)| {
            tamper(&work, |work| {
                let _ = fs::remove_dir_all(work.join("policies"));
                change(work);
            });
            match policies(&registry) {
                Err(Error::BadPolicyFile { reason, .. }) => reason,
                other => panic!("{other:?}"),
            }
        };
        let largest = " ".repeat(usize::try_from(layout::MAX_FILE).expect("a size"));
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        for (reason, change) in [
            (
                "at most 4194304 bytes",
                &(|work: &Path| write(work, "policies/a.yaml", &format!("{largest} ")))
                    as &dyn Fn(&Path),
            ),
            ("more than 10000 files", &|work| {
                for n in 0..=layout::MAX_POLICY_FILES {
                    write(work, &format!("policies/{n}.md"), "");
                }
            }),
            ("64 MiB", &|work| {
                for n in 0..17 {
                    write(work, &format!("policies/{n}.yaml"), &largest);
                }
            }),
            ("Git LFS", &|work| write(work, "policies/a.yaml", pointer)),
        ] {
            let found = refused(change);
            assert!(found.contains(reason), "{found}");
        }
    });
}

fn evidence(as_of: &str) -> PolicyEvidence {
    let file = |kind: &str, name: &str, version: Option<&str>| EvidenceFile {
        kind: kind.to_owned(),
        name: name.to_owned(),
        version: version.map(str::to_owned),
        digest: "sha256:00".to_owned(),
        origin: "registry".to_owned(),
    };
    let result = |policy: &str, outcome: &str, waivers: &[&str]| EvidenceResult {
        policy: policy.to_owned(),
        pack: "core".to_owned(),
        level: "deny".to_owned(),
        outcome: outcome.to_owned(),
        subjects: 3,
        failed: waivers.len(),
        waivers: waivers.iter().map(|id| (*id).to_owned()).collect(),
    };
    PolicyEvidence {
        as_of: as_of.to_owned(),
        files: vec![
            file("waiver", "WVR-014", None),
            file("pack", "core", Some("1.2.0")),
        ],
        results: vec![
            result("gxp-retention", "waived", &["WVR-014"]),
            result("eu-residency", "pass", &[]),
        ],
        scheduled: vec!["later".to_owned()],
        ..PolicyEvidence::default()
    }
}

#[test]
fn evidence_goes_into_the_record_of_its_product() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let products = ["judged", "other"].map(|name| product("d", name, "1.0.0", ""));
        let mut gate = |_: &Snapshot| {
            let mut approval = Approval::default();
            approval.add_evidence("d.judged", Version::new(1, 0, 0), evidence("2026-11-20"));
            // Of a version that is not published.
            approval.add_evidence("d.other", Version::new(2, 0, 0), evidence("2026-11-20"));
            Ok(approval)
        };
        let options = PublishOptions::default();
        registry
            .publish(&plan(products.to_vec()), &options, &mut gate)
            .expect("published");
        let snapshot = world.registry("r.git", "fresh").open().expect("open");
        let record = |reference: &str| {
            let entry = snapshot.resolve(reference, None).expect("resolved");
            snapshot.read(&entry).expect("read").record
        };
        let judged = record("d/judged");
        let found = judged.policy.clone().expect("evidence");
        assert_eq!(found.manifest, judged.content);
        let names: Vec<_> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["core", "WVR-014"]);
        let ids: Vec<_> = found.results.iter().map(|r| r.policy.as_str()).collect();
        assert_eq!(ids, ["eu-residency", "gxp-retention"]);
        assert_eq!(found.results[1].waivers, ["WVR-014"]);
        assert_eq!(found.scheduled, ["later"]);
        assert_eq!(record("d/other").policy, None);

        // Publishing it again with other evidence is publishing it again.
        let again = publish(&registry, products.to_vec()).expect("recognised");
        assert_eq!(again.parts[0].outcome, Outcome::AlreadyPublished);
    });
}

#[test]
fn records_without_evidence_keep_their_bytes() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        let snapshot = registry.open().expect("open");
        let entry = snapshot.resolve("d/p", None).expect("resolved");
        let path = format!("{}/record.json", entry.path());
        let bytes = git(&world.path("r.git"), &["show", &format!("main:{path}")]);
        assert!(!bytes.contains("policy"), "{bytes}");
        let record = Record::from_bytes(&path, bytes.as_bytes()).expect("a record");
        assert_eq!(record.policy, None);
        let written = record.to_bytes().expect("bytes");
        assert_eq!(String::from_utf8(written).expect("text").trim(), bytes);
    });
}

fn policy(path: &str, text: &str) -> PolicyFile {
    PolicyFile {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn put(registry: &Registry, files: &[PolicyFile]) -> Result<PolicyPublication, Error> {
    put_through(registry, files, &mut |_| Ok(()))
}

fn put_through(
    registry: &Registry,
    files: &[PolicyFile],
    gate: &mut PolicyGate<'_>,
) -> Result<PolicyPublication, Error> {
    let options = PublishOptions::default();
    registry.publish_policies(files, "Agree on rules", "mesh-test 0.0.0", &options, gate)
}

fn outcomes(report: &PolicyPublication) -> Vec<(&str, Outcome, bool)> {
    let files = report.parts.iter();
    files
        .map(|file| (file.path.as_str(), file.outcome, file.replaced))
        .collect()
}

const CORE: &str = "policies/packs/core/1.0.0.yaml";
const OVERLAY: &str = "policies/overlays/d.yaml";

#[test]
fn policies_are_published_in_one_commit_and_once() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let files = [policy(OVERLAY, "# d\r\n"), policy(CORE, "# core\n")];
        let report = put(&registry, &files).expect("published");
        assert_eq!(
            outcomes(&report),
            [
                (OVERLAY, Outcome::Published, false),
                (CORE, Outcome::Published, false)
            ]
        );
        assert_eq!(report.commit.as_ref(), Some(&report.tip));
        let message = git(&world.path("r.git"), &["log", "-1", "--format=%B", "main"]);
        assert_eq!(
            message,
            format!("Agree on rules\n\n- {OVERLAY}\n- {CORE}\n\nMesh-Tool: mesh-test 0.0.0")
        );
        let found = policies(&world.registry("r.git", "fresh")).expect("policies");
        assert_eq!(found.files, files);

        let again = put(&registry, &files).expect("recognised");
        assert_eq!((&again.tip, &again.commit), (&report.tip, &None));
        assert_eq!(again.attempts, 0);
        assert!(
            again
                .parts
                .iter()
                .all(|file| file.outcome == Outcome::AlreadyPublished)
        );
        assert_eq!(put(&registry, &[]).expect("nothing").parts, []);

        // What may change does, and only that is in the commit.
        let files = [policy(OVERLAY, "# changed\n"), policy(CORE, "# core\n")];
        let report = put(&registry, &files).expect("replaced");
        assert_eq!(
            outcomes(&report),
            [
                (OVERLAY, Outcome::Published, true),
                (CORE, Outcome::AlreadyPublished, false)
            ]
        );
        let changed = ["diff", "--name-only", "main~1", "main"];
        assert_eq!(git(&world.path("r.git"), &changed), OVERLAY);
    });
}

#[test]
fn a_version_of_a_pack_never_changes() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        put(&registry, &[policy(CORE, "# core\n")]).expect("published");
        for (path, text, endings) in [
            (CORE, "# other\n", false),
            (CORE, "# core\r\n", true),
            ("policies/packs/core/1.0.0.yml", "# core\n", false),
        ] {
            // Nor does what comes with it.
            let files = [policy(OVERLAY, "# d\n"), policy(path, text)];
            let error = put(&registry, &files).expect_err("immutable");
            assert!(
                matches!(
                    &error,
                    Error::Refusal(Refusal::PackImmutable { pack, version, path, line_endings })
                        if pack == "core" && version == "1.0.0" && path == CORE && *line_endings == endings
                ),
                "{error:?}"
            );
            assert!(error.is_refusal());
            let help = error.help().expect("help");
            assert!(help.contains("raise the version"), "{help}");
        }
        let next = policy("policies/packs/core/1.0.1.yaml", "# other\n");
        put(&registry, &[next]).expect("the next version");
        let found = policies(&registry).expect("policies");
        assert_eq!(paths(&found), [CORE, "policies/packs/core/1.0.1.yaml"]);
    });
}

#[test]
fn a_dry_run_publishes_no_policies_but_asks_the_gate() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let before = registry.open().expect("open").tip();
        let options = PublishOptions {
            dry_run: true,
            ..PublishOptions::default()
        };
        let files = [policy(CORE, "# core\n")];
        let mut asked = 0;
        let report = registry
            .publish_policies(&files, "m", "t", &options, &mut |snapshot| {
                asked += 1;
                assert_eq!(snapshot.tip(), before);
                Ok(())
            })
            .expect("nothing is wrong");
        assert_eq!(outcomes(&report), [(CORE, Outcome::WouldPublish, false)]);
        assert_eq!((asked, report.commit), (1, None));
        assert_eq!(registry.open().expect("open").tip(), before);

        let refused = put_through(&registry, &files, &mut |_| Err("no".into()));
        assert!(matches!(refused, Err(Error::Gate(_))), "{refused:?}");
        assert_eq!(registry.open().expect("open").tip(), before);
    });
}

#[test]
fn who_loses_a_race_for_policies_starts_over() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let rival = world.registry("r.git", "rival");
        let race = |mine: &PolicyFile, theirs: &PolicyFile| {
            let mut asked = 0;
            let result = put_through(&registry, slice::from_ref(mine), &mut |_| {
                asked += 1;
                let theirs = slice::from_ref(theirs);
                // With a message of its own, or it may even be the same commit.
                let options = PublishOptions::default();
                rival.publish_policies(theirs, "Theirs", "t", &options, &mut |_| Ok(()))?;
                Ok(())
            });
            (result, asked)
        };
        // Something else: the gate is asked again.
        let (result, asked) = race(
            &policy(OVERLAY, "# mine\n"),
            &policy("policies/overlays/e.yaml", "# theirs\n"),
        );
        let report = result.expect("published");
        assert_eq!((report.attempts, asked), (2, 2));
        assert_eq!(policies(&rival).expect("policies").files.len(), 2);
        // The same bytes: theirs count.
        let same = policy(CORE, "# core\n");
        let (result, asked) = race(&same, &same);
        let report = result.expect("recognised");
        assert_eq!(report.parts[0].outcome, Outcome::AlreadyPublished);
        assert_eq!((report.commit, asked), (None, 1));
        // Another content for the version of a pack.
        let pack = "policies/packs/core/2.0.0.yaml";
        let (result, _) = race(&policy(pack, "# mine\n"), &policy(pack, "# theirs\n"));
        assert!(
            matches!(result, Err(Error::Refusal(Refusal::PackImmutable { .. }))),
            "{result:?}"
        );
        // Another content where mine was to replace what was there before.
        let (result, _) = race(
            &policy(OVERLAY, "# newer\n"),
            &policy(OVERLAY, "# theirs\n"),
        );
        let error = result.expect_err("changed");
        assert!(
            matches!(&error, Error::PolicyChanged { path } if path == OVERLAY),
            "{error}"
        );
        assert!(error.help().is_some());
        let found = policies(&registry).expect("policies");
        assert_eq!(found.files[0].bytes, b"# theirs\n");
    });
}

#[test]
fn of_many_who_publish_a_version_of_a_pack_at_once_one_wins() {
    isolated(|world| {
        world.initialised("r.git");
        let racers: Vec<_> = (0..4)
            .map(|n| (n, world.registry("r.git", &format!("cache{n}"))))
            .collect();
        let results: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = racers
                .iter()
                .map(|(n, registry)| {
                    scope.spawn(move || put(registry, &[policy(CORE, &format!("# {n}\n"))]))
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect()
        });
        let winners = results.iter().filter(|result| result.is_ok()).count();
        let losers = results
            .iter()
            .filter(|result| matches!(result, Err(Error::Refusal(Refusal::PackImmutable { .. }))));
        assert_eq!((winners, losers.count()), (1, 3), "{results:?}");
        let commits = git(&world.path("r.git"), &["rev-list", "--count", "main"]);
        assert_eq!(commits, "2");
    });
}

#[test]
fn policies_that_nobody_could_read_are_not_published() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        put(&registry, &[policy(CORE, "# core\n")]).expect("published");
        let tip = registry.open().expect("open").tip();
        for path in [
            "policies/packs/CORE/1.1.0.yaml",
            "policies/packs/core/1.0.0.YAML",
            "products/d/p/1.0.0/dataproduct.yaml",
            "policies/../mesh-registry.yaml",
        ] {
            let refused = put(&registry, &[policy(path, "")]);
            assert!(
                matches!(
                    refused,
                    Err(Error::BadPolicyFile { .. } | Error::Refusal(Refusal::CaseConflict { .. }))
                ),
                "{path}: {refused:?}"
            );
        }
        // A file where a directory is needed.
        let file = policy("policies/overlays", "");
        assert!(put(&registry, &[file]).is_err());
        assert_eq!(registry.open().expect("open").tip(), tip);

        // What is there already and cannot be read stands in the way, until it is replaced.
        let work = world.clone_of("r.git");
        tamper(&work, |work| {
            write(
                work,
                OVERLAY,
                "version https://git-lfs.github.com/spec/v1\n",
            );
        });
        let core = policy("policies/packs/core/1.1.0.yaml", "");
        let refused = put(&registry, slice::from_ref(&core));
        assert!(
            matches!(&refused, Err(Error::BadPolicyFile { path, .. }) if path == OVERLAY),
            "{refused:?}"
        );
        put(&registry, &[core, policy(OVERLAY, "# d\n")]).expect("put right");
        policies(&registry).expect("readable");
    });
}
