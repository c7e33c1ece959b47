//! `mesh registry verify` as the registry's CI runs it, and as a real pre-receive hook: every attack is a commit that was
//! made by hand, and both refuse it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

const PRODUCT: &str = include_str!("../../crates/mesh-lint/src/examples/dataproduct.yaml");
const CONTRACT: &str = include_str!("../../crates/mesh-lint/src/examples/orders.odcs.yaml");

/// Where the next version of the orders goes.
const NEXT: &str = "products/commercial/orders/1.0.1";

/// A registry that refuses, a clone of it in which attacks are made, and the next version of the orders as mesh would
/// publish it.
struct World {
    sandbox: Sandbox,
    registry: PathBuf,
    clone: PathBuf,
    /// The files of the next version, by path.
    next: BTreeMap<String, Vec<u8>>,
}

/// The next version of the product, under another name.
fn raised(name: &str) -> String {
    let next = format!("name: {name}\nversion: 1.0.1");
    PRODUCT.replace("name: Orders\nversion: 1.0.0", &next)
}

/// An entry of a tree, as git writes it.
type Entry = (String, Vec<u8>, String);

impl World {
    fn new() -> Self {
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

    fn git(&self, folder: &Path, arguments: &[&str]) -> String {
        self.try_git(folder, arguments).expect(0)
    }

    fn try_git(&self, folder: &Path, arguments: &[&str]) -> Run {
        let mut command = self.sandbox.command("git");
        command.arg("-C").arg(folder).args(arguments);
        Run::of(command.output().unwrap())
    }

    /// Gives git in the clone something to read, and returns what it says.
    fn feed(&self, arguments: &[&str], input: &[u8]) -> String {
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

    fn blob(&self, content: &[u8]) -> String {
        self.feed(&["hash-object", "-w", "--stdin"], content)
    }

    /// The entries of a tree.
    fn entries(&self, tree: &str) -> Vec<Entry> {
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
    fn tree(&self, mut entries: Vec<Entry>, as_is: bool) -> String {
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
    fn with(&self, tree: &str, path: &[&[u8]], mode: &str, id: &str) -> String {
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
    fn without(&self, tree: &str, path: &[&str]) -> String {
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

    fn tip(&self) -> String {
        self.git(&self.registry, &["rev-parse", "refs/heads/main"])
            .trim()
            .to_owned()
    }

    fn root(&self) -> String {
        self.git(&self.clone, &["fetch", "--quiet"]);
        self.git(
            &self.clone,
            &["rev-parse", &format!("{}^{{tree}}", self.tip())],
        )
        .trim()
        .to_owned()
    }

    fn file(&self, tree: &str, path: &str, content: &[u8]) -> String {
        self.mode(tree, path, "100644", &self.blob(content))
    }

    fn mode(&self, tree: &str, path: &str, mode: &str, id: &str) -> String {
        let parts: Vec<&[u8]> = path.split('/').map(str::as_bytes).collect();
        self.with(tree, &parts, mode, id)
    }

    /// The tree of the registry with the next version, in which `change` replaces, adds or removes files.
    fn next(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> String {
        let mut files = self.next.clone();
        change(&mut files);
        files.iter().fold(self.root(), |tree, (path, bytes)| {
            self.file(&tree, path, bytes)
        })
    }

    fn commit(&self, tree: &str) -> String {
        self.commit_on(&[&self.tip()], tree)
    }

    fn commit_on(&self, parents: &[&str], tree: &str) -> String {
        let mut arguments = vec!["commit-tree", tree, "-m", "by hand"];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        self.git(&self.clone, &arguments).trim().to_owned()
    }

    /// The ids of what is found in a change, as CI finds it in a detached clone.
    fn found(&self, commit: &str) -> Vec<String> {
        self.git(
            &self.clone,
            &["checkout", "--quiet", "--detach", &self.tip()],
        );
        let report = self.verify(&["--base", &self.tip(), "--head", commit, "--format", "json"]);
        let report: Value = serde_json::from_str(&report.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", report.stdout, report.stderr));
        let found = report["diagnostics"].as_array().unwrap();
        found
            .iter()
            .map(|found| found["rule"].as_str().unwrap().to_owned())
            .collect()
    }

    fn verify(&self, more: &[&str]) -> Run {
        let arguments = [&["registry", "verify", "--registry", "."], more].concat();
        self.sandbox.mesh_in(&self.clone, arguments)
    }

    fn push(&self, commit: &str) -> Run {
        let update = format!("{commit}:refs/heads/main");
        self.try_git(
            &self.clone,
            &["push", "--quiet", "--force", "../registry.git", &update],
        )
    }

    /// Expects that both the CI and the hook refuse a commit, and name `id`.
    #[track_caller]
    fn refused(&self, id: &str, commit: &str) -> String {
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
    fn accepted(&self, commit: &str) {
        assert_eq!(self.found(commit), Vec::<String>::new());
        let push = self.push(commit);
        assert_eq!(push.status, 0, "{}", push.stderr);
        assert_eq!(self.tip(), commit);
    }

    /// The record of the next version with a text replaced.
    fn record(&self, from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(self.next[&format!("{NEXT}/record.json")].clone()).unwrap();
        assert!(text.contains(from), "{from}\n\n{text}");
        text.replacen(from, to, 1).into_bytes()
    }

    fn tampered(&self, from: &str, to: &str) -> String {
        let record = self.record(from, to);
        self.commit(&self.next(|files| {
            files.insert(format!("{NEXT}/record.json"), record);
        }))
    }
}

#[test]
fn what_mesh_publishes_is_taken() {
    let world = World::new();
    world.accepted(&world.commit(&world.next(|_| {})));
    let out = world.verify(&["--full"]);
    // The clone is of before; the registry itself is audited where it is.
    assert_eq!(out.status, 0, "{}{}", out.stdout, out.stderr);
    let registry = world.registry.to_str().unwrap();
    let out = world
        .sandbox
        .mesh(["registry", "verify", "--full", "--registry", registry]);
    assert_eq!(
        out.expect(0),
        "✓ no findings in 2 published versions of 2 commits\n"
    );
    // Other references are nobody's business here.
    let free = world.git(&world.clone, &["rev-parse", "HEAD"]);
    let side = format!("{}:refs/heads/side", free.trim());
    world.git(&world.clone, &["push", "--quiet", "../registry.git", &side]);
    world.git(
        &world.clone,
        &["push", "--quiet", "../registry.git", ":refs/heads/side"],
    );
}

#[test]
fn odd_names_are_refused() {
    let world = World::new();
    let blob = world.blob(b"x\n");
    let root = world.root();
    for path in [
        &[&b"products"[..], b"..", b"a", b"1.0.0", b"x"][..],
        &[b"products", b"commercial", b"a/b"],
        &[b"/etc"],
        &[b"products", b"a\\b", b"c", b"1.0.0", b"x"],
        &[b"products", b"con", b"a", b"1.0.0", b"x"],
        &[
            b"products",
            "c\u{43e}mmercial".as_bytes(),
            b"a",
            b"1.0.0",
            b"x",
        ],
        &[b"products", "u\u{308}ber".as_bytes(), b"a", b"1.0.0", b"x"],
        &[b"products", "\u{fc}ber".as_bytes(), b"a", b"1.0.0", b"x"],
        &[b"products", b"\xff", b"a", b"1.0.0", b"x"],
        &[b"products", b"commercial", b"orders", b"1.0", b"x"],
        &[b".GIT", b"config"],
    ] {
        let commit = world.commit(&world.with(&root, path, "100644", &blob));
        world.refused("name-invalid", &commit);
    }
    let commit = world.commit(&world.with(
        &root,
        &[b"products", "\u{43e}".as_bytes(), b"a", b"1.0.0", b"x"],
        "100644",
        &blob,
    ));
    assert!(world.refused("name-invalid", &commit).contains("U+043E"));
    for path in [
        &[&b"Products"[..], b"x"][..],
        &[b"products", b"Commercial", b"x"],
        &[b"readme.md"],
    ] {
        let commit = world.commit(&world.with(&root, path, "100644", &blob));
        world.refused("name-collision", &commit);
    }
}

#[test]
fn odd_trees_are_refused() {
    let world = World::new();
    let (root, blob) = (world.root(), world.blob(b"../secret"));
    let path = "products/commercial/orders/1.0.1";
    let link =
        world.commit(&world.mode(&root, &format!("{path}/dataproduct.yaml"), "120000", &blob));
    world.refused("symlink", &link);
    // A link where a directory belongs.
    let link = world.commit(&world.mode(&root, "products/evil", "120000", &blob));
    world.refused("symlink", &link);
    world.refused("file-directory-conflict", &link);
    let module = world.commit(&world.mode(&root, &format!("{path}/sub"), "160000", &world.tip()));
    world.refused("submodule", &module);
    let run =
        world.commit(&world.mode(&root, &format!("{path}/dataproduct.yaml"), "100755", &blob));
    world.refused("file-mode", &run);
    let extra = world.commit(&world.next(|files| {
        files.insert(format!("{NEXT}/notes.txt"), b"x".to_vec());
    }));
    world.refused("unexpected-file", &extra);
    // A name that is there twice, and a directory out of order.
    let entries = |names: &[&str]| -> Vec<Entry> {
        names
            .iter()
            .map(|name| ("100644".to_owned(), name.as_bytes().to_vec(), blob.clone()))
            .collect()
    };
    for names in [&["a", "a"][..], &["b", "a"]] {
        let odd = world.tree(entries(names), true);
        let commit = world.commit(&world.mode(&root, "odd", "40000", &odd));
        world.refused("tree-malformed", &commit);
    }
}

#[test]
fn content_that_is_elsewhere_too_large_or_a_bomb_is_refused() {
    let world = World::new();
    let manifest = format!("{NEXT}/dataproduct.yaml");
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".to_vec();
    let commit = world.commit(&world.next(|files| drop(files.insert(manifest.clone(), pointer))));
    world.refused("lfs-pointer", &commit);
    let large = vec![b'#'; (4 << 20) + 1];
    let commit = world.commit(&world.next(|files| drop(files.insert(manifest.clone(), large))));
    world.refused("file-too-large", &commit);
    // As a git that converts line endings would have committed it.
    let crlf = String::from_utf8(world.next[&manifest].clone())
        .unwrap()
        .replace('\n', "\r\n");
    let commit =
        world.commit(&world.next(|files| drop(files.insert(manifest.clone(), crlf.into_bytes()))));
    world.refused("digest-differs", &commit);
    let bytes = world.next[&manifest].len();
    let commit = world.tampered(&format!("\"bytes\": {bytes}"), "\"bytes\": 1");
    world.refused("digest-differs", &commit);
}

#[test]
fn what_is_published_stays() {
    let world = World::new();
    let root = world.root();
    let there = "products/commercial/orders/1.0.0";
    let changed = world.file(&root, &format!("{there}/dataproduct.yaml"), b"x");
    world.refused("published-version-changed", &world.commit(&changed));
    let added = world.file(&root, &format!("{there}/record.json.sig"), b"x");
    world.refused("published-version-changed", &world.commit(&added));
    for path in [
        "products/commercial/orders/1.0.0",
        "products/commercial",
        "products",
    ] {
        let gone = world.without(&root, &path.split('/').collect::<Vec<_>>());
        world.refused("published-version-changed", &world.commit(&gone));
    }
    // The branch itself.
    let parent = world
        .git(&world.registry, &["rev-parse", "main^"])
        .trim()
        .to_owned();
    let push = world.push(&parent);
    assert!(
        push.status != 0 && push.stderr.contains("[history-rewritten]"),
        "{}",
        push.stderr
    );
    let delete = world.try_git(
        &world.clone,
        &["push", "../registry.git", ":refs/heads/main"],
    );
    assert!(
        delete.status != 0 && delete.stderr.contains("branch-deleted"),
        "{}",
        delete.stderr
    );
    // A branch that took from the registry's, and would take its place.
    let side = world.commit_on(&[&parent], &world.root());
    let foxtrot = world.commit_on(&[&side, &world.tip()], &world.root());
    let push = world.push(&foxtrot);
    assert!(
        push.status != 0 && push.stderr.contains("[history-rewritten]"),
        "{}",
        push.stderr
    );
}

#[test]
fn records_that_say_what_is_not_so_are_refused() {
    let world = World::new();
    let registry = world.git(&world.registry, &["show", "main:mesh-registry.yaml"]);
    let id = registry.split('"').nth(1).unwrap();
    for (rule, from, to) in [
        ("record-unreadable", "\"format\": 1", "\"format\": one"),
        ("record-of-another-registry", id, &"0".repeat(32)),
        (
            "record-elsewhere",
            "\"product\": \"orders\"",
            "\"product\": \"other\"",
        ),
        (
            "manifest-differs",
            "\"id\": \"commercial.orders\"",
            "\"id\": \"other.orders\"",
        ),
        (
            "path-taken",
            "\"id\": \"commercial.orders\"",
            "\"id\": \"other.orders\"",
        ),
        (
            "manifest-differs",
            "\"name\": \"All orders\"",
            "\"name\": \"Others\"",
        ),
        (
            "compatibility-differs",
            "\"impact\": \"patch\"",
            "\"impact\": \"none\"",
        ),
    ] {
        let commit = world.tampered(from, to);
        world.refused(rule, &commit);
    }
    let record = String::from_utf8(world.next[&format!("{NEXT}/record.json")].clone()).unwrap();
    let previous = record
        .split("\"previous\": \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let unknown = format!("sha256:{}", "0".repeat(64));
    world.refused(
        "previous-unknown",
        &world.tampered(
            &format!("\"previous\": \"{previous}\""),
            &format!("\"previous\": \"{unknown}\""),
        ),
    );
    world.refused(
        "previous-unknown",
        &world.tampered(
            &format!("\"previous\": \"{previous}\""),
            "\"previous\": null",
        ),
    );
    let mut missing = world.next.clone();
    missing.remove(&format!("{NEXT}/record.json"));
    let commit = world.commit(&world.next(|files| *files = missing));
    world.refused("record-unreadable", &commit);
    // An old record, replayed in the place of another version.
    let old = world.git(
        &world.registry,
        &["show", "main:products/commercial/orders/1.0.0/record.json"],
    );
    let commit = world.commit(
        &world.next(|files| drop(files.insert(format!("{NEXT}/record.json"), old.into_bytes()))),
    );
    world.refused("record-elsewhere", &commit);
}

const OWNERS: &str = "owners:\n  - email: ada@pharma.example\n";

#[test]
fn only_owners_publish_and_only_stewards_govern() {
    let world = World::new();
    let others = "owners:\n  - email: ben@pharma.example\n";
    // A change that names its own author as owner, and publishes: by the base he is none.
    world.accepted(&world.commit(&world.file(
        &world.root(),
        "owners/commercial.yaml",
        others.as_bytes(),
    )));
    let tree = world.file(
        &world.next(|_| {}),
        "owners/commercial.yaml",
        OWNERS.as_bytes(),
    );
    let mixed = world.commit(&tree);
    world.refused("mixed-change", &mixed);
    world.refused("publisher-not-owner", &mixed);
    world.refused("governed-by-others", &mixed);
    // The same in two commits.
    let first =
        world.commit(&world.file(&world.root(), "owners/commercial.yaml", OWNERS.as_bytes()));
    world.refused("governed-by-others", &first);
    let second = world.commit_on(&[&first], &tree);
    world.refused("publisher-not-owner", &second);
    world.refused("mixed-change", &second);
    // Nor does somebody else put an earlier state back, also not by a merge of what was there then.
    let parent = world
        .git(&world.registry, &["rev-parse", "main^"])
        .trim()
        .to_owned();
    let old = world
        .git(&world.registry, &["rev-parse", "main^^{tree}"])
        .trim()
        .to_owned();
    world.git(&world.clone, &["fetch", "--quiet"]);
    world.refused("governed-by-others", &world.commit(&old));
    world.refused(
        "governed-by-others",
        &world.commit_on(&[&world.tip(), &parent], &old),
    );
    world.refused("publisher-not-owner", &world.commit(&world.next(|_| {})));
    let broken = world.file(&world.root(), "owners/sales.yaml", b"owners: [{mail: x}]\n");
    world.refused("owners-unreadable", &world.commit(&broken));
}

#[test]
fn what_governs_stays_usable() {
    let world = World::new();
    let root = world.root();
    for (id, path, text) in [
        ("attributes-convert", ".gitattributes", "* text=auto\n"),
        (
            "attributes-convert",
            "products.gitattributes/.gitattributes",
            "* filter=x\n",
        ),
        (
            "settings-unreadable",
            "mesh-registry.yaml",
            "format: 1\nowners: maybe\n",
        ),
        ("registry-id-changed", "mesh-registry.yaml", "format: 1\n"),
        (
            "policies-unusable",
            "policies/packs/house/1.0.0.yaml",
            "kind: PolicyPack\n",
        ),
        (
            "policy-unreadable",
            "policies/CON.yaml",
            "kind: PolicyPack\n",
        ),
        (
            "vocabularies-unreadable",
            "vocabularies.yaml",
            "domains: 5\n",
        ),
    ] {
        world.refused(id, &world.commit(&world.file(&root, path, text.as_bytes())));
    }
    let gone = world.without(&root, &[".gitattributes"]);
    world.refused("attributes-convert", &world.commit(&gone));
    let gone = world.without(&root, &["mesh-registry.yaml"]);
    world.refused("settings-unreadable", &world.commit(&gone));
    world.accepted(&world.commit(&world.file(&root, "docs/hello.md", b"# Hello\n")));
}

/// Two changes that are compatible alone.
#[test]
fn changes_that_break_together_are_found_when_the_second_arrives() {
    let world = World::new();
    // Both were made side by side; the second says what it was compared with, and that is no longer all.
    let side = world.next(|_| {});
    let base = world.tip();
    world
        .sandbox
        .write("work/orders/dataproduct.yaml", raised("Orders again"));
    let registry = world.registry.to_str().unwrap();
    world
        .sandbox
        .mesh(["publish", "--registry", registry])
        .expect(0);
    world.git(&world.clone, &["fetch", "--quiet"]);
    let second = world.commit_on(&[&base], &side);
    let push = world.push(&second);
    assert_ne!(push.status, 0);
    // On top of the other it changes what is published.
    world.refused("published-version-changed", &world.commit(&side));
}

#[test]
fn the_hook_fails_closed_and_never_replaces_another() {
    let sandbox = Sandbox::new();
    let shown = |name: &str| sandbox.path(name).to_str().unwrap().to_owned();
    sandbox
        .mesh(["registry", "init", &shown("r.git")])
        .expect(0);
    let hook = sandbox.path("r.git/hooks/pre-receive");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    let out = sandbox
        .mesh(["registry", "init", "--hook", &shown("r.git")])
        .expect(1);
    assert!(
        out.contains("is another one, which is left as it is"),
        "{out}"
    );
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nexit 0\n");
    fs::remove_file(&hook).unwrap();
    let out = sandbox
        .mesh(["registry", "init", "--hook", &shown("r.git")])
        .expect(0);
    assert!(out.contains("Installed the hook"), "{out}");
    let again = sandbox
        .mesh(["registry", "init", "--hook", &shown("r.git")])
        .expect(0);
    assert!(again.contains("runs mesh already"), "{again}");
    // Without mesh, nothing is taken.
    let mut clone = sandbox.command("git");
    clone.args(["clone", "--quiet", "../r.git", "c"]);
    Run::of(clone.output().unwrap()).expect(0);
    let mut push = sandbox.command("git");
    push.env("MESH", "/nowhere/mesh");
    push.args([
        "-C",
        "c",
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@y",
        "commit",
        "--quiet",
        "--allow-empty",
        "-m",
        "x",
    ]);
    Run::of(push.output().unwrap()).expect(0);
    let mut push = sandbox.command("git");
    push.env("MESH", "/nowhere/mesh")
        .args(["-C", "c", "push", "--quiet"]);
    let refused = Run::of(push.output().unwrap());
    assert_ne!(refused.status, 0);
    assert!(
        refused.stderr.contains("the registry takes nothing"),
        "{}",
        refused.stderr
    );
    // Elsewhere than git would run it, it says so.
    sandbox
        .mesh(["registry", "verify", "--hook", "--base", "main"])
        .expect(2);
    sandbox
        .mesh(["registry", "init", "--hook", "ssh://nowhere.invalid/r.git"])
        .expect(2);
}

#[test]
fn a_refusal_is_shown_in_every_format() {
    let world = World::new();
    let commit = world.tampered("\"impact\": \"patch\"", "\"impact\": \"none\"");
    let range = ["--base", &world.tip(), "--head", &commit];
    for (format, words) in [
        ("compact", "products/commercial/orders/1.0.1/record.json:"),
        ("sarif", "\"ruleId\": \"compatibility-differs\""),
        (
            "github",
            "::error file=products/commercial/orders/1.0.1/record.json",
        ),
        ("gitlab", "\"check_name\": \"compatibility-differs\""),
        ("junit", "<testsuite"),
        ("pretty", "error[compatibility-differs]"),
    ] {
        let run = world.verify(&[&range[..], &["--format", format]].concat());
        assert_eq!(run.status, 1, "{format}\n{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(words), "{format}\n{}", run.stdout);
    }
    let explained = world
        .sandbox
        .mesh(["explain", "compatibility-differs"])
        .expect(0);
    assert!(explained.contains("What to do"), "{explained}");
}
