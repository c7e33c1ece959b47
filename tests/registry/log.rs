//! What happened to a product, as the registry's history tells it.

use crate::support::{World, git, isolated, product, publish, skip};
use mesh_registry::{
    Happening, LoggedSignature, PublishOptions, Registry, Withdrawal, WithdrawalPlan,
};
use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

fn say(registry: &Registry, reference: &str, said: Withdrawal) {
    let plan = WithdrawalPlan {
        reference: reference.to_owned(),
        said,
        tool: "mesh-test 0.0.0".to_owned(),
    };
    registry
        .withdraw(&plan, &PublishOptions::default())
        .expect("an event");
}

/// What each commit did, in short.
fn told(happenings: &[Happening]) -> Vec<String> {
    let line = |happening: &Happening| {
        let versions = happening.versions.iter();
        let versions = versions.map(|version| format!("+{}", version.record.version));
        let events = happening.events.iter().map(|event| {
            let event = &event.file.event;
            format!("{} {}", event.kind.word(), event.version)
        });
        let altered = happening.altered.iter().map(|path| format!("!{path}"));
        let problems = happening.problems.iter();
        let problems = problems.map(|problem| format!("?{}", problem.path));
        let parts: Vec<String> = versions
            .chain(events)
            .chain(altered)
            .chain(problems)
            .collect();
        parts.join(" ")
    };
    happenings.iter().map(line).collect()
}

#[test]
fn versions_and_events_come_newest_first_and_nothing_else_does() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        let of = |name: &str, version: &str| product("d", name, version, "");
        publish(&registry, vec![of("p", "2.0.0")]).expect("published");
        publish(&registry, vec![of("other", "1.0.0")]).expect("published");
        // A lower version that comes later is newer all the same; two in one commit are one step.
        publish(&registry, vec![of("p", "1.0.0"), of("p", "1.1.0")]).expect("published");
        let reason = || Some("a reason".to_owned());
        say(
            &registry,
            "d/p@1.1.0",
            Withdrawal::Yank {
                reason: "wrong".to_owned(),
            },
        );
        publish(&registry, vec![of("other", "1.1.0")]).expect("published");
        say(
            &registry,
            "d/p@1.1.0",
            Withdrawal::Unyank { reason: reason() },
        );
        let snapshot = registry.open().expect("open");
        let log = snapshot.log("d", "p").expect("a log");
        assert_eq!(
            told(&log),
            ["unyank 1.1.0", "yank 1.1.0", "+1.1.0 +1.0.0", "+2.0.0"]
        );
        assert_eq!(log[0].commit, snapshot.tip());
        assert_eq!(log[0].committer.email, "test@example.com");
        assert_eq!(log[0].events[0].file.event.reason, reason());
        assert_eq!(told(&snapshot.log("d", "nothing").expect("a log")), [""; 0]);

        let months = snapshot.growth().expect("months");
        let versions: usize = months.iter().map(|month| month.versions).sum();
        assert_eq!(versions, snapshot.len());
        assert_eq!(snapshot.signed().expect("a count"), 0);
    });
}

/// Signs a file as `ssh-keygen` does; `None` if it is not there, or does not know how.
fn sign(world: &World, namespace: &str, bytes: &[u8]) -> Option<String> {
    let key = world.path("key");
    if !key.exists() {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
            .arg(&key)
            .status();
        made.ok().filter(std::process::ExitStatus::success)?;
    }
    let mut signer = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-n", namespace, "-f"])
        .arg(&key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    signer.stdin.take()?.write_all(bytes).ok()?;
    let output = signer.wait_with_output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.is_empty()).then_some(text)
}

#[test]
fn a_signature_is_told_from_one_for_something_else() {
    isolated(|world| {
        let registry = world.initialised("r.git");
        publish(&registry, vec![product("d", "p", "1.0.0", "")]).expect("published");
        let work = world.clone_of("r.git");
        let record = fs::read(work.join("products/d/p/1.0.0/record.json")).expect("the record");
        let Some(good) = sign(world, "mesh-record", &record) else {
            skip("signatures: there is no `ssh-keygen` that signs");
            return;
        };
        let other = sign(world, "mesh-event", &record).expect("signed");
        let elsewhere = sign(world, "mesh-record", b"something else").expect("signed");
        let log_with = |signature: &str, cache: &str| {
            amend(&work, signature);
            let snapshot = world.registry("r.git", cache).open().expect("open");
            let log = snapshot.log("d", "p").expect("a log");
            assert_eq!(told(&log), ["+1.0.0"]);
            assert_eq!(snapshot.signed().expect("a count"), 1);
            log[0].versions[0].signature.clone().expect("a signature")
        };
        let found = log_with(&good, "good");
        let fingerprint = Command::new("ssh-keygen")
            .args(["-lf"])
            .arg(world.path("key"))
            .output()
            .expect("ssh-keygen");
        let fingerprint = String::from_utf8_lossy(&fingerprint.stdout).into_owned();
        assert!(
            matches!(&found, LoggedSignature::Good(key) if fingerprint.contains(key.as_str())),
            "{found:?} {fingerprint}"
        );
        for (signature, cache) in [(&other, "other"), (&elsewhere, "elsewhere")] {
            let found = log_with(signature, cache);
            assert!(matches!(found, LoggedSignature::Bad(_)), "{found:?}");
        }
        let found = log_with("-----BEGIN\n", "garbage");
        assert!(matches!(found, LoggedSignature::Bad(_)), "{found:?}");
    });
}

/// Puts a signature into the commit that published.
fn amend(work: &Path, signature: &str) {
    fs::write(work.join("products/d/p/1.0.0/record.json.sig"), signature).expect("a file");
    git(work, &["add", "-A"]);
    git(work, &["commit", "-q", "--amend", "--no-edit"]);
    git(work, &["push", "-q", "--force"]);
}
