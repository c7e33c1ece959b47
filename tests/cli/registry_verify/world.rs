//! A registry with the hook, a clone of it, and commits that are made by hand, object by object.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

pub(super) const PRODUCT: &str =
    include_str!("../../../crates/mesh-lint/src/examples/dataproduct.yaml");
pub(super) const CONTRACT: &str =
    include_str!("../../../crates/mesh-lint/src/examples/orders.odcs.yaml");

/// Where the next version of the orders goes.
pub(super) const NEXT: &str = "products/commercial/orders/1.0.1";

/// A registry that refuses, a clone of it in which attacks are made, and the next version of the orders as mesh would
/// publish it.
pub(super) struct World {
    pub(super) sandbox: Sandbox,
    pub(super) registry: PathBuf,
    pub(super) clone: PathBuf,
    /// The files of the next version, by path.
    pub(super) next: BTreeMap<String, Vec<u8>>,
}

/// The next version of the product, under another name.
pub(super) fn raised(name: &str) -> String {
    let next = format!("name: {name}\nversion: 1.0.1");
    PRODUCT.replace("name: Orders\nversion: 1.0.0", &next)
}

/// The ids of what a report in JSON tells of.
#[track_caller]
pub(super) fn ids(report: &Run) -> Vec<String> {
    let report: Value = serde_json::from_str(&report.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", report.stdout, report.stderr));
    let found = report["diagnostics"].as_array().unwrap();
    found
        .iter()
        .map(|found| found["rule"].as_str().unwrap().to_owned())
        .collect()
}

/// An entry of a tree, as git writes it.
pub(super) type Entry = (String, Vec<u8>, String);

impl World {
    pub(super) fn new() -> Self {
        let sandbox = Sandbox::new();
        let registry = sandbox.path("registry.git");
        let shown = registry.to_str().unwrap().to_owned();
        sandbox.write("work/orders/dataproduct.yaml", PRODUCT);
        sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
        sandbox
            .mesh(["registry", "init", "--hook", &shown])
            .expect(0);
        sandbox.mesh(["publish", "--registry", &shown]).expect(0);
        let root = sandbox.path("");
        let world = Self {
            clone: sandbox.path("clone"),
            next: BTreeMap::new(),
            registry,
            sandbox,
        };
        world.git(&root, &["clone", "--quiet", "registry.git", "clone"]);
        // The same registry without its hook, into which anything goes.
        world.git(
            &root,
            &["clone", "--quiet", "--bare", "registry.git", "free.git"],
        );
        let free = world.sandbox.path("free.git");
        let raised = raised("All orders");
        assert_ne!(raised, PRODUCT);
        world.sandbox.write("work/orders/dataproduct.yaml", raised);
        world
            .sandbox
            .mesh(["publish", "--registry", free.to_str().unwrap()])
            .expect(0);
        let listed = world.git(&free, &["ls-tree", "-r", "--name-only", "HEAD", NEXT]);
        let read = |path: &str| {
            world
                .git(&free, &["show", &format!("HEAD:{path}")])
                .into_bytes()
        };
        let next = listed
            .lines()
            .map(|path| (path.to_owned(), read(path)))
            .collect();
        Self { next, ..world }
    }

    pub(super) fn git(&self, folder: &Path, arguments: &[&str]) -> String {
        self.try_git(folder, arguments).expect(0)
    }

    pub(super) fn try_git(&self, folder: &Path, arguments: &[&str]) -> Run {
        let mut command = self.sandbox.command("git");
        command.arg("-C").arg(folder).args(arguments);
        Run::of(command.output().unwrap())
    }

    /// Gives git in the clone something to read, and returns what it says.
    pub(super) fn feed(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut command = self.sandbox.command("git");
        command.arg("-C").arg(&self.clone).args(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Run::of(child.wait_with_output().unwrap())
            .expect(0)
            .trim()
            .to_owned()
    }

    pub(super) fn blob(&self, content: &[u8]) -> String {
        self.feed(&["hash-object", "-w", "--stdin"], content)
    }

    /// The entries of a tree.
    pub(super) fn entries(&self, tree: &str) -> Vec<Entry> {
        let listed = self.git(&self.clone, &["ls-tree", tree]);
        let entry = |line: &str| {
            let (kind, name) = line.split_once('\t').unwrap();
            let mut kind = kind.split(' ');
            let mode = kind.next().unwrap().trim_start_matches('0').to_owned();
            (
                mode,
                name.as_bytes().to_vec(),
                kind.nth(1).unwrap().to_owned(),
            )
        };
        listed.lines().map(entry).collect()
    }

    /// Writes a tree of just these entries, in the order of git unless `as_is`.
    pub(super) fn tree(&self, mut entries: Vec<Entry>, as_is: bool) -> String {
        if !as_is {
            entries.sort_by_key(|(mode, name, _)| {
                let mut name = name.clone();
                if mode == "40000" {
                    name.push(b'/');
                }
                name
            });
        }
        let mut raw = Vec::new();
        for (mode, name, id) in entries {
            raw.extend_from_slice(format!("{mode} ").as_bytes());
            raw.extend_from_slice(&name);
            raw.push(0);
            let digits = id.as_bytes().chunks(2);
            raw.extend(
                digits.map(|pair| {
                    u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()
                }),
            );
        }
        self.feed(
            &["hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
            &raw,
        )
    }

    /// `tree` with an entry at `path`, whose last part may be anything.
    pub(super) fn with(&self, tree: &str, path: &[&[u8]], mode: &str, id: &str) -> String {
        let mut entries = if tree.is_empty() {
            Vec::new()
        } else {
            self.entries(tree)
        };
        let (name, rest) = path.split_first().unwrap();
        let there = entries.iter().position(|(_, other, _)| other == name);
        let entry = if rest.is_empty() {
            (mode.to_owned(), name.to_vec(), id.to_owned())
        } else {
            let below = there.map(|at| entries[at].2.clone()).unwrap_or_default();
            (
                "40000".to_owned(),
                name.to_vec(),
                self.with(&below, rest, mode, id),
            )
        };
        match there {
            Some(at) => entries[at] = entry,
            None => entries.push(entry),
        }
        self.tree(entries, false)
    }

    /// `tree` without what is at `path`.
    pub(super) fn without(&self, tree: &str, path: &[&str]) -> String {
        let mut entries = self.entries(tree);
        let at = entries
            .iter()
            .position(|(_, name, _)| name == path[0].as_bytes())
            .unwrap();
        if path.len() == 1 {
            entries.remove(at);
        } else {
            entries[at].2 = self.without(&entries[at].2.clone(), &path[1..]);
        }
        self.tree(entries, false)
    }

    pub(super) fn tip(&self) -> String {
        self.git(&self.registry, &["rev-parse", "refs/heads/main"])
            .trim()
            .to_owned()
    }

    pub(super) fn root(&self) -> String {
        self.git(&self.clone, &["fetch", "--quiet"]);
        self.git(
            &self.clone,
            &["rev-parse", &format!("{}^{{tree}}", self.tip())],
        )
        .trim()
        .to_owned()
    }

    pub(super) fn file(&self, tree: &str, path: &str, content: &[u8]) -> String {
        self.mode(tree, path, "100644", &self.blob(content))
    }

    pub(super) fn mode(&self, tree: &str, path: &str, mode: &str, id: &str) -> String {
        let parts: Vec<&[u8]> = path.split('/').map(str::as_bytes).collect();
        self.with(tree, &parts, mode, id)
    }

    /// The tree of the registry with the next version, in which `change` replaces, adds or removes files.
    pub(super) fn next(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> String {
        let mut files = self.next.clone();
        change(&mut files);
        files.iter().fold(self.root(), |tree, (path, bytes)| {
            self.file(&tree, path, bytes)
        })
    }

    pub(super) fn commit(&self, tree: &str) -> String {
        self.commit_on(&[&self.tip()], tree)
    }

    pub(super) fn commit_on(&self, parents: &[&str], tree: &str) -> String {
        let mut arguments = vec!["commit-tree", tree, "-m", "by hand"];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        self.git(&self.clone, &arguments).trim().to_owned()
    }

    /// The ids of what is found in a change, as CI finds it in a detached clone.
    pub(super) fn found(&self, commit: &str) -> Vec<String> {
        self.git(
            &self.clone,
            &["checkout", "--quiet", "--detach", &self.tip()],
        );
        let report = self.verify(&["--base", &self.tip(), "--head", commit, "--format", "json"]);
        ids(&report)
    }

    pub(super) fn verify(&self, more: &[&str]) -> Run {
        let arguments = [&["registry", "verify", "--registry", "."], more].concat();
        self.sandbox.mesh_in(&self.clone, arguments)
    }

    pub(super) fn push(&self, commit: &str) -> Run {
        let update = format!("{commit}:refs/heads/main");
        self.try_git(
            &self.clone,
            &["push", "--quiet", "--force", "../registry.git", &update],
        )
    }

    /// Expects that both the CI and the hook refuse a commit, and name `id`.
    #[track_caller]
    pub(super) fn refused(&self, id: &str, commit: &str) -> String {
        let found = self.found(commit);
        assert!(found.iter().any(|found| found == id), "{id}: {found:?}");
        let before = self.tip();
        let push = self.push(commit);
        assert_ne!(push.status, 0, "{id} was taken");
        assert!(
            push.stderr.contains(&format!("[{id}]")),
            "{id}\n{}",
            push.stderr
        );
        assert_eq!(self.tip(), before);
        push.stderr
    }

    #[track_caller]
    pub(super) fn accepted(&self, commit: &str) {
        assert_eq!(self.found(commit), Vec::<String>::new());
        let push = self.push(commit);
        assert_eq!(push.status, 0, "{}", push.stderr);
        assert_eq!(self.tip(), commit);
    }

    /// The record of the next version with a text replaced.
    pub(super) fn record(&self, from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(self.next[&format!("{NEXT}/record.json")].clone()).unwrap();
        assert!(text.contains(from), "{from}\n\n{text}");
        text.replacen(from, to, 1).into_bytes()
    }

    pub(super) fn tampered(&self, from: &str, to: &str) -> String {
        let record = self.record(from, to);
        self.commit(&self.next(|files| {
            files.insert(format!("{NEXT}/record.json"), record);
        }))
    }

    /// A commit that is signed as git signs commits.
    pub(super) fn signed_commit(&self, key: &Path, parents: &[&str], tree: &str) -> String {
        let key = format!("user.signingkey={}", key.display());
        let mut arguments = vec![
            "-c",
            "gpg.format=ssh",
            "-c",
            &key,
            "commit-tree",
            "-S",
            tree,
        ];
        arguments.extend(["-m", "by hand"]);
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        self.git(&self.clone, &arguments).trim().to_owned()
    }

    /// A commit of somebody else.
    pub(super) fn commit_of(&self, email: &str, parents: &[&str], tree: &str) -> String {
        let email = format!("user.email={email}");
        let mut arguments = vec!["-c", &email, "commit-tree", tree, "-m", "by hand"];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        self.git(&self.clone, &arguments).trim().to_owned()
    }

    /// The tree of a commit.
    pub(super) fn tree_of(&self, commit: &str) -> String {
        let tree = format!("{commit}^{{tree}}");
        self.git(&self.clone, &["rev-parse", &tree])
            .trim()
            .to_owned()
    }

    /// Another registry with this history, which has no hook.
    pub(super) fn free(&self, name: &str, commit: &str) -> PathBuf {
        let free = self.sandbox.path(name);
        let shown = free.to_str().unwrap();
        self.git(&self.clone, &["init", "--quiet", "--bare", shown]);
        let update = format!("{commit}:refs/heads/main");
        self.git(&self.clone, &["push", "--quiet", shown, &update]);
        free
    }

    /// What an audit finds in a registry: ids, each once.
    pub(super) fn audited(&self, registry: &Path) -> BTreeSet<String> {
        let registry = registry.to_str().unwrap();
        let arguments = ["registry", "verify", "--full", "--registry", registry];
        let run = self
            .sandbox
            .mesh([&arguments[..], &["--format", "json"]].concat());
        ids(&run).into_iter().collect()
    }
}
