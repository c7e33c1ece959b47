//! The policies that a registry holds: reading them, publishing them, and what records say of them.

use crate::support::{git, isolated, plan, product, publish, tamper};
use mesh_registry::{
    Approval, Error, EvidenceFile, EvidenceResult, Outcome, PolicyEvidence, PolicyFiles,
    PublishOptions, Record, Registry, Snapshot, layout,
};
use semver::Version;
use std::{fs, path::Path};

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
        assert!(registry.open().expect("open").search("").is_empty());
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
        assert_eq!(again.products[0].outcome, Outcome::AlreadyPublished);
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
