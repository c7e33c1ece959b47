//! Signatures of records, of events and of commits that govern. Everything is signed by the tools of OpenSSH and git.

use std::fs;
use std::io::{Write as _, stderr};
use std::path::PathBuf;
use std::process::Command;

use super::world::{NEXT, World};
use crate::sandbox::Run;

/// A world in which Ada is the steward and an owner, with a key of each kind, and Ben an owner.
struct Keys {
    world: World,
}

const RECORD: &str = "mesh-record";
const EVENT: &str = "mesh-event";

impl Keys {
    /// `None` where keys cannot be made.
    fn new(signatures: &str) -> Option<Self> {
        if Command::new("ssh-keygen").arg("-?").output().is_err() {
            let _ = writeln!(stderr(), "skipped: ssh-keygen is not there");
            return None;
        }
        let keys = Self {
            world: World::new(),
        };
        for name in ["ada", "over", "future", "ben", "stranger"] {
            let file = keys.path(name);
            let arguments = ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"];
            keys.openssh(&[&arguments[..], &[file.to_str().unwrap()]].concat());
        }
        let owners = keys.owners();
        let world = &keys.world;
        let tree = keys.settings(signatures);
        let tree = world.file(&tree, "owners/commercial.yaml", owners.as_bytes());
        world.accepted(&world.commit(&tree));
        Some(keys)
    }

    fn path(&self, key: &str) -> PathBuf {
        self.world.sandbox.path(format!("home/{key}"))
    }

    fn openssh(&self, arguments: &[&str]) {
        let mut command = self.world.sandbox.command("ssh-keygen");
        Run::of(command.args(arguments).output().unwrap()).expect(0);
    }

    fn public(&self, key: &str) -> String {
        let public = self.world.sandbox.read(format!("home/{key}.pub"));
        public.trim().to_owned()
    }

    fn ada(&self) -> String {
        format!(
            "  - email: ada@pharma.example\n    keys:\n      - key: {}\n      - key: {}\n        until: 2020-12-31\n      - key: {}\n        \
             from: 2990-01-01\n",
            self.public("ada"),
            self.public("over"),
            self.public("future"),
        )
    }

    fn owners(&self) -> String {
        format!(
            "owners:\n{}  - email: ben@pharma.example\n    keys:\n      - key: {}\n",
            self.ada(),
            self.public("ben")
        )
    }

    /// The tree of the registry with other settings.
    fn settings(&self, signatures: &str) -> String {
        let world = &self.world;
        let before = world.git(&world.registry, &["show", "main:mesh-registry.yaml"]);
        let kept: String = before
            .lines()
            .filter(|line| line.starts_with("format:") || line.starts_with("id:"))
            .map(|line| format!("{line}\n"))
            .collect();
        let settings = format!("{kept}signatures: {signatures}\nstewards:\n{}", self.ada());
        world.file(&world.root(), "mesh-registry.yaml", settings.as_bytes())
    }

    /// What `ssh-keygen` signs.
    fn sign(&self, key: &str, namespace: &str, bytes: &[u8]) -> Vec<u8> {
        let file = self.world.sandbox.path("signed");
        let signature = self.world.sandbox.path("signed.sig");
        let _ = fs::remove_file(&signature);
        fs::write(&file, bytes).unwrap();
        let key = self.path(key);
        let arguments = ["-q", "-Y", "sign", "-n", namespace, "-f"];
        self.openssh(
            &[
                &arguments[..],
                &[key.to_str().unwrap(), file.to_str().unwrap()],
            ]
            .concat(),
        );
        fs::read(signature).unwrap()
    }

    fn record(&self) -> Vec<u8> {
        self.world.next[&format!("{NEXT}/record.json")].clone()
    }

    /// The next version with `record`, and `signature` beside it.
    fn next(&self, record: Vec<u8>, signature: Option<Vec<u8>>) -> String {
        self.world.next(|files| {
            files.insert(format!("{NEXT}/record.json"), record);
            if let Some(signature) = signature {
                files.insert(format!("{NEXT}/record.json.sig"), signature);
            }
        })
    }

    fn signed_next(&self, key: &str, namespace: &str) -> String {
        let signature = self.sign(key, namespace, &self.record());
        self.next(self.record(), Some(signature))
    }

    /// An event about the first version as mesh makes it: where it goes, and its bytes.
    fn event(&self, name: &str) -> (String, Vec<u8>) {
        let world = &self.world;
        let free = world.free(name, &world.tip());
        let registry = free.to_str().unwrap();
        let yank = [
            "yank",
            "commercial/orders@1.0.0",
            "--reason",
            "wrong totals",
        ];
        let more = ["--registry", registry, "--no-sign"];
        world.sandbox.mesh([&yank[..], &more].concat()).expect(0);
        let listed = world.git(&free, &["ls-tree", "-r", "--name-only", "main", "status"]);
        let path = listed.trim().to_owned();
        let bytes = world.git(&free, &["show", &format!("main:{path}")]);
        (path, bytes.into_bytes())
    }
}

#[test]
fn records_are_signed_by_their_publisher_where_that_is_required() {
    let Some(keys) = Keys::new("required") else {
        return;
    };
    let world = &keys.world;
    let unsigned = world.commit(&world.next(|_| {}));
    world.refused("record-not-signed", &unsigned);
    // An audit of what was let in elsewhere finds the same.
    let free = world.free("unsigned.git", &unsigned);
    assert!(world.audited(&free).contains("record-not-signed"));
    wrong_signatures(&keys);
    let signed = world.commit(&keys.signed_next("ada", RECORD));
    world.accepted(&signed);
    let free = world.free("signed.git", &signed);
    assert!(world.audited(&free).is_empty());
}

#[test]
fn a_signature_that_nobody_asked_for_has_to_be_right_too() {
    let Some(keys) = Keys::new("optional") else {
        return;
    };
    wrong_signatures(&keys);
    let world = &keys.world;
    world.accepted(&world.commit(&world.next(|_| {})));
}

fn wrong_signatures(keys: &Keys) {
    let world = &keys.world;
    for (key, why) in [
        ("stranger", "SHA256:"),
        // An owner, who did not publish it.
        ("ben", "SHA256:"),
        ("over", "does not count on"),
        ("future", "does not count on"),
    ] {
        let commit = world.commit(&keys.signed_next(key, RECORD));
        let said = world.refused("signature-invalid", &commit);
        assert!(said.contains(why), "{key}: {said}");
        let free = world.free(&format!("{key}.git"), &commit);
        assert!(world.audited(&free).contains("signature-invalid"), "{key}");
    }
    // Made for something else.
    for namespace in [EVENT, "git", "file"] {
        let commit = world.commit(&keys.signed_next("ada", namespace));
        world.refused("signature-invalid", &commit);
    }
    // Signed, and then changed.
    let signature = keys.sign("ada", RECORD, &keys.record());
    let changed = world.record("\"tool\": \"", "\"tool\": \"other ");
    let commit = world.commit(&keys.next(changed, Some(signature.clone())));
    world.refused("signature-invalid", &commit);
    // No signature at all.
    let commit = world.commit(&keys.next(keys.record(), Some(b"signed, Ada\n".to_vec())));
    world.refused("signature-invalid", &commit);
    // For another registry, product or version, and signed well.
    let settings = world.git(&world.registry, &["show", "main:mesh-registry.yaml"]);
    let id = settings.split('"').nth(1).unwrap();
    for (id, from, to) in [
        ("record-of-another-registry", id.to_owned(), "0".repeat(32)),
        (
            "record-elsewhere",
            "\"product\": \"orders\"".into(),
            "\"product\": \"other\"".into(),
        ),
        (
            "record-elsewhere",
            "\"version\": \"1.0.1\"".into(),
            "\"version\": \"1.0.2\"".into(),
        ),
    ] {
        let record = world.record(&from, &to);
        let signature = keys.sign("ada", RECORD, &record);
        world.refused(id, &world.commit(&keys.next(record, Some(signature))));
    }
    // The record of another version with its signature, in the place of this one.
    let old = "main:products/commercial/orders/1.0.0/record.json";
    let old = world.git(&world.registry, &["show", old]).into_bytes();
    let signature = keys.sign("ada", RECORD, &old);
    let commit = world.commit(&keys.next(old, Some(signature)));
    world.refused("record-elsewhere", &commit);
}

#[test]
fn events_are_signed_by_who_says_it() {
    let Some(keys) = Keys::new("optional") else {
        return;
    };
    let world = &keys.world;
    let (path, bytes) = keys.event("yanked.git");
    let signature_path = format!("{path}.sig");
    let with = |signature: Option<&[u8]>| {
        let tree = world.file(&world.root(), &path, &bytes);
        match signature {
            Some(signature) => world.file(&tree, &signature_path, signature),
            None => tree,
        }
    };
    let required = keys.settings("required");
    let wrong = || {
        for key in ["stranger", "ben", "over", "future"] {
            let signature = keys.sign(key, EVENT, &bytes);
            world.refused("signature-invalid", &world.commit(&with(Some(&signature))));
        }
        // A signature of a record, or of other bytes.
        let signature = keys.sign("ada", RECORD, &bytes);
        world.refused("signature-invalid", &world.commit(&with(Some(&signature))));
        let signature = keys.sign("ada", EVENT, b"{}");
        world.refused("signature-invalid", &world.commit(&with(Some(&signature))));
        // A signature of nothing, and an event of another version.
        let signature = keys.sign("ada", EVENT, &bytes);
        let lone = world.file(&world.root(), &signature_path, &signature);
        world.refused("event-out-of-place", &world.commit(&lone));
        let elsewhere = path.replace("1.0.0", "1.0.1");
        let moved = world.file(&world.root(), &elsewhere, &bytes);
        let moved = world.file(&moved, &format!("{elsewhere}.sig"), &signature);
        world.refused("event-unreadable", &world.commit(&moved));
    };
    wrong();
    world.accepted(&world.signed_commit(&keys.path("ada"), &[&world.tip()], &required));
    wrong();
    let unsigned = world.commit(&with(None));
    world.refused("record-not-signed", &unsigned);
    let free = world.free("free.unsigned.git", &unsigned);
    assert!(world.audited(&free).contains("record-not-signed"));
    let signature = keys.sign("ada", EVENT, &bytes);
    world.accepted(&world.commit(&with(Some(&signature))));
    // It says so of the version it was made for, and is never taken away again.
    let tree = world.without(
        &world.root(),
        &signature_path.split('/').collect::<Vec<_>>(),
    );
    world.refused("event-changed", &world.commit(&tree));
    let tree = world.without(&world.root(), &path.split('/').collect::<Vec<_>>());
    world.refused("event-changed", &world.commit(&tree));
}

/// What the base demands counts, also for a change that demands less.
#[test]
fn nobody_makes_signatures_optional_for_themselves() {
    let Some(keys) = Keys::new("required") else {
        return;
    };
    let world = &keys.world;
    let optional = keys.settings("optional");
    // By nobody who may.
    world.refused("commit-not-signed", &world.commit(&optional));
    // By the steward, with what is not signed, in one push of two commits and in one commit.
    let ada = keys.path("ada");
    let first = world.signed_commit(&ada, &[&world.tip()], &optional);
    let both = world
        .next
        .iter()
        .fold(optional.clone(), |tree, (path, bytes)| {
            world.file(&tree, path, bytes)
        });
    let second = world.commit_on(&[&first], &both);
    world.refused("record-not-signed", &second);
    world.refused("mixed-change", &second);
    let at_once = world.signed_commit(&ada, &[&world.tip()], &both);
    world.refused("record-not-signed", &at_once);
    world.refused("mixed-change", &at_once);
    // One after the other it is what was agreed on.
    world.accepted(&first);
    world.accepted(&second);
}

#[test]
fn what_governs_is_signed_by_who_may_change_it() {
    let Some(keys) = Keys::new("required") else {
        return;
    };
    let world = &keys.world;
    let (tip, root) = (world.tip(), world.root());
    let more = format!("{}# Two of them.\n", keys.owners());
    let owners = world.file(&root, "owners/commercial.yaml", more.as_bytes());
    let notes = world.file(&root, "docs/notes.md", b"# Notes\n");
    for tree in [&owners, &notes] {
        let unsigned = world.commit(tree);
        world.refused("commit-not-signed", &unsigned);
        let free = world.free(&format!("{tree}.git"), &unsigned);
        assert!(world.audited(&free).contains("commit-not-signed"));
        for (key, why) in [
            ("stranger", "is of nobody who may change it"),
            ("over", "does not count on"),
            ("future", "does not count on"),
        ] {
            let commit = world.signed_commit(&keys.path(key), &[&tip], tree);
            let said = world.refused("commit-not-signed", &commit);
            assert!(said.contains(why), "{key}: {said}");
        }
    }
    // An owner of a domain says who owns it, and nothing else.
    let ben = keys.path("ben");
    world.refused(
        "commit-not-signed",
        &world.signed_commit(&ben, &[&tip], &notes),
    );
    // A signature of another commit.
    let signed = world.signed_commit(&keys.path("ada"), &[&tip], &owners);
    let raw = world.git(&world.clone, &["cat-file", "commit", &signed]);
    let replayed = raw.replace(&format!("tree {owners}"), &format!("tree {notes}"));
    assert_ne!(raw, replayed);
    let replayed = world.feed(
        &["hash-object", "-w", "-t", "commit", "--stdin"],
        replayed.as_bytes(),
    );
    world.refused("commit-not-signed", &replayed);
    let owned = world.signed_commit(&ben, &[&tip], &owners);
    world.accepted(&owned);
    let notes = world.file(&owners, "docs/notes.md", b"# Notes\n");
    world.accepted(&world.signed_commit(&keys.path("ada"), &[&owned], &notes));
    let free = world.free("governed.git", &world.tip());
    assert!(world.audited(&free).is_empty());
}

/// What hosts make of a request: a merge, one commit of all, or the same commits again.
#[test]
fn of_a_request_that_governs_what_the_steward_signed_counts() {
    let Some(keys) = Keys::new("required") else {
        return;
    };
    let world = &keys.world;
    let (base, ada) = (world.tip(), keys.path("ada"));
    let notes = world.file(&world.root(), "docs/notes.md", b"# Notes\n");
    let request = world.signed_commit(&ada, &[&base], &notes);
    // Squashed or rebased by the host, it is not the commit that was signed.
    world.refused("commit-not-signed", &world.commit(&notes));
    // A merge that brings more than was signed.
    let more = world.file(&notes, "docs/more.md", b"# More\n");
    let evil = world.commit_on(&[&base, &request], &more);
    let said = world.refused("commit-not-signed", &evil);
    assert!(
        said.contains("docs/more.md") && !said.contains("`docs/notes.md` is changed"),
        "{said}"
    );
    let other = world.file(&world.root(), "docs/notes.md", b"# Other notes\n");
    world.refused(
        "commit-not-signed",
        &world.commit_on(&[&base, &request], &other),
    );
    // A merge of what nobody signed, also if a steward merges it.
    let unsigned = world.commit_on(&[&base], &notes);
    let said = world.refused(
        "commit-not-signed",
        &world.signed_commit(&ada, &[&base, &unsigned], &notes),
    );
    assert!(said.contains("in the merged commit"), "{said}");
    // As it is, by whoever merges it.
    let merged = world.commit_of("noreply@host.example", &[&base, &request], &notes);
    world.accepted(&merged);
}
