//! `mesh diff`

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sandbox::{CONTRACT, PRODUCT, Sandbox};

/// A field that its readers lose.
const FIELD: &str = "      - name: ordered_at\n        logicalType: timestamp\n        logicalTypeOptions:\n          timezone: true\n        physicalType: timestamp_tz\n        description: When the customer placed the order.\n        classification: internal\n        examples: [\"2026-03-01T09:30:00Z\"]\n";

fn commit(sandbox: &Sandbox) {
    sandbox.git(sandbox.work(), &["add", "--all"]);
    sandbox.git(sandbox.work(), &["commit", "--quiet", "-m", "state"]);
}

/// The contract without a field, with another one, and with other words.
fn changed() -> String {
    assert!(CONTRACT.contains(FIELD));
    let added = "      - name: channel\n        logicalType: string\n";
    CONTRACT
        .replace(FIELD, added)
        .replace("description: Confirmed orders.", "description: All orders.")
}

/// A repository whose work tree has other promises than its last commit, which is published as well.
fn sandbox() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    sandbox.write("work/products/orders/dataproduct.yaml", PRODUCT);
    sandbox.write("work/products/orders/orders.odcs.yaml", CONTRACT);
    let registry = sandbox.registry();
    let location = registry.to_str().expect("UTF-8");
    sandbox.mesh(["publish", "--registry", location]).expect(0);
    sandbox.git(sandbox.work(), &["init", "--quiet"]);
    commit(&sandbox);
    sandbox.write("work/products/orders/orders.odcs.yaml", changed());
    (sandbox, registry)
}

/// The kinds of all changes that are told of.
fn kinds(report: &Value) -> Vec<&str> {
    let documents = report["documents"].as_array().expect("documents");
    let changes = documents.iter().filter_map(|one| one["changes"].as_array());
    let changes = changes.flatten();
    changes
        .map(|change| change["kind"].as_str().expect("a kind"))
        .collect()
}

const FOUND: [&str; 3] = ["field-removed", "field-added", "description"];

#[test]
fn every_kind_of_side_is_read() {
    let (sandbox, registry) = sandbox();
    let location = registry.to_str().expect("UTF-8");
    sandbox.git(sandbox.work(), &["worktree", "add", "--quiet", "../before"]);
    for (old, new) in [
        ("git:HEAD", "."),
        ("git:HEAD:", "products"),
        ("git:main:products/orders", "products/orders"),
        ("git:HEAD:./products", "products"),
        (
            "git:HEAD:products/orders/orders.odcs.yaml",
            "products/orders/orders.odcs.yaml",
        ),
        ("commercial/orders", "products/orders"),
        ("commercial/orders@1.0.0", "."),
        ("registry:commercial.orders@1", "."),
        ("../before", "."),
        ("../before/products/orders", "products/orders"),
        // One file is compared with what it was, and nothing else is told to be gone.
        ("commercial/orders", "products/orders/orders.odcs.yaml"),
        ("git:HEAD", "./products/orders/orders.odcs.yaml"),
    ] {
        let report = sandbox
            .mesh(["diff", old, new, "--format", "json", "--registry", location])
            .json(0);
        assert_eq!(kinds(&report), FOUND, "{old} {new}");
    }
    let report = sandbox
        .mesh_in(
            sandbox.path("work/products/orders"),
            ["diff", "git:HEAD", ".", "--format", "json"],
        )
        .json(0);
    assert_eq!(kinds(&report), FOUND);
    assert_eq!(
        report["documents"][1]["old"]["file"],
        "git:HEAD:products/orders/orders.odcs.yaml"
    );
}

#[test]
fn the_registry_can_be_asked_offline() {
    let (sandbox, registry) = sandbox();
    let arguments = |offline: &'static [&'static str]| {
        ["diff", "commercial/orders", ".", "--registry"]
            .into_iter()
            .map(str::to_owned)
            .chain([registry.display().to_string()])
            .chain(offline.iter().map(|&word| word.to_owned()))
            .collect::<Vec<_>>()
    };
    let before = sandbox.mesh(arguments(&[])).expect(0);
    std::fs::remove_dir_all(&registry).expect("removed");
    assert_eq!(sandbox.mesh(arguments(&["--offline"])).expect(0), before);
    sandbox.mesh(arguments(&[])).expect(2);
}

#[test]
fn what_is_on_disk_is_meant_first() {
    let (sandbox, _) = sandbox();
    sandbox.write("work/commercial/orders/a.odcs.yaml", CONTRACT);
    sandbox.write("work/git:HEAD/a.odcs.yaml", CONTRACT);
    // No registry is there to be asked.
    let shown = sandbox.mesh(["diff", "commercial/orders", "git:HEAD"]);
    assert_eq!(shown.expect(0), "✓ no difference\n");
}

#[test]
fn two_files_are_compared_whatever_their_ids() {
    let sandbox = Sandbox::new();
    sandbox.write("work/a.yaml", CONTRACT);
    sandbox.write(
        "work/b.yaml",
        CONTRACT.replace("id: commercial.orders", "id: other"),
    );
    let report = sandbox
        .mesh(["diff", "a.yaml", "b.yaml", "--format", "json"])
        .json(0);
    assert_eq!(report["documents"].as_array().map(Vec::len), Some(1));
    sandbox.write("work/p.yaml", PRODUCT);
    let run = sandbox.mesh(["diff", "a.yaml", "p.yaml"]);
    assert!(
        run.stderr
            .contains("is a data contract and `p.yaml` is a data product"),
        "{}",
        run.stderr
    );
    run.expect(2);
}

#[test]
fn order_and_comments_do_not_matter() {
    let sandbox = Sandbox::new();
    sandbox.write("work/a/c.odcs.yaml", CONTRACT);
    let mut lines: Vec<&str> = CONTRACT.lines().collect();
    let name = lines.iter().position(|line| line.starts_with("name:"));
    let name = lines.remove(name.expect("a name"));
    lines.push("# The name that people use.");
    lines.push(name);
    sandbox.write("work/b/c.odcs.yaml", format!("{}\r\n", lines.join("\r\n")));
    let shown = sandbox.mesh(["diff", "a", "b", "--exit-code"]).expect(0);
    assert!(
        shown.ends_with("✓ the files differ, and mean the same\n"),
        "{shown}"
    );
    let omds = sandbox
        .mesh(["diff", "a", "b", "--format", "omds"])
        .expect(0);
    assert!(omds.contains("diffs: []"), "{omds}");
}

#[test]
fn only_exit_code_makes_a_difference_a_failure() {
    let (sandbox, _) = sandbox();
    sandbox.mesh(["diff", "git:HEAD", "."]).expect(0);
    sandbox
        .mesh(["diff", "git:HEAD", ".", "--exit-code"])
        .expect(1);
    sandbox.mesh(["diff", ".", ".", "--exit-code"]).expect(0);
}

#[test]
fn profiles_judge_the_same_changes_otherwise() {
    let (sandbox, _) = sandbox();
    let summary = |profile: &str| {
        let arguments = ["diff", "git:HEAD", ".", "--format", "json", "--profile"];
        let report = sandbox.mesh(arguments.iter().chain([&profile])).json(0);
        let summary = &report["summary"];
        [&summary["major"], &summary["minor"], &summary["patch"]].map(|n| n.as_u64().expect("n"))
    };
    assert_eq!(summary("read"), [1, 1, 1]);
    // Who copies everything has no place for the new field.
    assert_eq!(summary("strict"), [2, 0, 1]);
}

#[test]
fn people_see_both_sides() {
    let (sandbox, _) = sandbox();
    let shown = sandbox.mesh(["diff", "git:HEAD", "."]).expect(0);
    let expected = "\
data contract commercial.orders 1.0.0  products/orders/orders.odcs.yaml

major  1 change that breaks readers

  ✗ field `orders.ordered_at` was removed
    field-removed: a query that names the field fails
    was  git:HEAD:products/orders/orders.odcs.yaml:43:15
         43 │ - name: ordered_at
            │         ──────────
    now  not in products/orders/orders.odcs.yaml:24:11
";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(
        shown.contains(
            "  · `description` of object `orders` is worded differently  description  line 27\n"
        ),
        "{shown}"
    );
    assert!(
        shown.ends_with(
            "\n✗ 1 major, 1 minor, 1 patch: 2.0.0 is needed; the newer one declares 1.0.0\n  1 other document is equal\n"
        ),
        "{shown}"
    );
    assert!(!shown.contains('\x1b'));
}

#[test]
fn programs_see_both_places() {
    let (sandbox, _) = sandbox();
    let report = sandbox
        .mesh(["diff", "git:HEAD", ".", "--format", "json"])
        .json(0);
    assert_eq!(report["version"], 1);
    let contract = &report["documents"][1];
    assert_eq!(contract["kind"], "DataContract");
    assert_eq!(contract["neededVersion"], "2.0.0");
    assert_eq!(contract["covered"], false);
    let removed = &contract["changes"][0];
    assert_eq!(removed["impacts"]["strict"], "major");
    assert_eq!(removed["element"], "orders.ordered_at");
    assert_eq!(
        removed["path"],
        "/schema[name=orders]/properties[name=ordered_at]"
    );
    assert_eq!(removed["old"]["line"], 43);
    assert_eq!(removed["old"]["exists"], true);
    assert_eq!(removed["new"]["exists"], false);
    assert!(
        removed["url"]
            .as_str()
            .is_some_and(|url| url.ends_with("docs/changes/field-removed.md"))
    );
}

#[test]
fn a_pull_request_gets_a_comment() {
    let (sandbox, _) = sandbox();
    let shown = sandbox
        .mesh(["diff", "git:main", ".", "--format", "markdown"])
        .expect(0);
    let kinds = "https://github.com/mesh-toolchain/mesh/blob/main/docs/changes";
    let expected = format!(
        "\
### 🔴 `mesh diff`: 1 major, 1 minor, 1 patch in 1 of 2 documents

<code>git&#58;main</code> → <code>.</code>

#### data contract <code>commercial.orders</code> 1.0.0

❌ 1 major, 1 minor, 1 patch: 2.0.0 is needed; the newer one declares 1.0.0

| 1 major change | why it matters | kind | where |
|---|---|---|---|
| field <code>orders.ordered_at</code> was removed | a query that names the field fails | [field-removed]({kinds}/field-removed.md) | <code>git&#58;main&#58;products/orders/orders.odcs.yaml&#58;43</code> |

<details><summary>1 minor change</summary>

| change | kind | where |
|---|---|---|
| field <code>orders.channel</code> was added | [field-added]({kinds}/field-added.md) | <code>products/orders/orders.odcs.yaml&#58;43</code> |

</details>

<details><summary>1 patch change</summary>

| change | kind | where |
|---|---|---|
| <code>description</code> of object <code>orders</code> is worded differently | [description]({kinds}/description.md) | <code>products/orders/orders.odcs.yaml&#58;27</code> |

</details>
"
    );
    assert_eq!(shown, expected);
}

#[test]
fn a_comment_is_never_too_long_and_never_markup_of_others() {
    let sandbox = Sandbox::new();
    let field = |n: usize, evil: &str| {
        format!("      - name: \"f{n} | <img src=x> {evil}\"\n        logicalType: string\n")
    };
    let head = "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n  - name: o\n    properties:\n";
    let last = "      - name: kept\n        logicalType: string\n";
    let fields: String = (0..2000)
        .map(|n| field(n, "`@ada #1 **b** [x](y)"))
        .collect();
    sandbox.write("work/a.yaml", format!("{head}{fields}{last}"));
    sandbox.write("work/b.yaml", format!("{head}{last}"));
    let shown = sandbox
        .mesh(["diff", "a.yaml", "b.yaml", "--format", "markdown"])
        .expect(0);
    assert!(shown.len() < 60_000, "{}", shown.len());
    let rows = shown
        .lines()
        .filter(|line| line.starts_with("| field"))
        .count();
    assert!(rows > 50, "{rows}");
    let left = format!("**{} more changes did not fit", 2000 - rows);
    assert!(shown.contains(&left), "{shown}");
    for markup in ["<img", "@ada", " #1", "**b**", "[x]"] {
        assert!(!shown.contains(markup), "{markup}");
    }
    // Every row has as many cells as its table.
    assert!(
        shown
            .lines()
            .filter(|line| line.starts_with('|'))
            .all(|line| line.matches('|').count() == 5),
        "{shown}"
    );
}

#[test]
fn other_tools_get_one_document_for_each_pair() {
    let (sandbox, _) = sandbox();
    let shown = sandbox
        .mesh(["diff", "git:HEAD", ".", "--format", "omds"])
        .expect(0);
    let documents: Vec<Value> = shown
        .split("---\n")
        .map(|text| serde_yaml::from_str(text).expect("YAML"))
        .collect();
    let [product, contract] = &documents[..] else {
        panic!("{shown}");
    };
    assert_eq!(product["sourceKind"], "DataProduct");
    assert_eq!(product["diffs"], serde_json::json!([]));
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        *contract,
        serde_json::json!({
            "apiVersion": "v1.0.0",
            "kind": "MetadataDifference",
            "sourceKind": "DataContract",
            "source1": {"id": "commercial.orders", "version": "1.0.0"},
            "source2": {"id": "commercial.orders", "version": "1.0.0"},
            "scope": "all",
            "impact": {"major": 1, "minor": 1, "patch": 1},
            "suggestedVersion": "2.0.0",
            "diffs": [
                {
                    "type": "REMOVE",
                    "section": "schema",
                    "field": "properties",
                    "path": "/schema[name=orders]/properties[name=ordered_at]",
                    "value1": {
                        "name": "ordered_at",
                        "logicalType": "timestamp",
                        "logicalTypeOptions": {"timezone": true},
                        "physicalType": "timestamp_tz",
                        "description": "When the customer placed the order.",
                        "classification": "internal",
                        "examples": ["2026-03-01T09:30:00Z"]
                    },
                    "message": "field `orders.ordered_at` was removed",
                    "impactLevel": "MAJOR"
                },
                {
                    "type": "ADD",
                    "section": "schema",
                    "field": "properties",
                    "path": "/schema[name=orders]/properties[name=channel]",
                    "value2": {"name": "channel", "logicalType": "string"},
                    "message": "field `orders.channel` was added",
                    "impactLevel": "MINOR"
                },
                {
                    "type": "CHANGE",
                    "section": "schema",
                    "field": "description",
                    "path": "/schema[name=orders]/description",
                    "value1": "Confirmed orders.",
                    "value2": "All orders.",
                    "message": "`description` of object `orders` is worded differently",
                    "impactLevel": "PATCH"
                }
            ],
            "customProperties": [{"property": "generatedBy", "value": format!("mesh/{version}")}]
        })
    );
}

#[test]
fn no_format_shows_a_credential() {
    let (sandbox, _) = sandbox();
    let secret = "customProperties:\n  - property: password\n    value: hunter2xyz\n";
    for text in [
        format!("{}{secret}", changed()),
        format!("{}{}", changed(), secret.replace("hunter2xyz", "x9z")),
    ] {
        sandbox.write("work/products/orders/orders.odcs.yaml", text);
        for format in ["pretty", "json", "markdown", "omds"] {
            for (old, new) in [("git:HEAD", "."), (".", "git:HEAD")] {
                let shown = sandbox
                    .mesh(["diff", old, new, "--format", format])
                    .expect(0);
                assert!(shown.contains("password"), "{format}: {shown}");
                assert!(!shown.contains("hunter2xyz"), "{format}: {shown}");
                assert!(!shown.contains("x9z"), "{format}: {shown}");
                // What is no credential is still told.
                assert!(shown.contains("channel"), "{format}: {shown}");
            }
        }
    }
}

#[test]
fn nothing_of_a_document_steers_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.write("work/a.yaml", CONTRACT);
    let evil = "name: \"or\\e[2Jders\\u202e\"";
    sandbox.write(
        "work/b.yaml",
        CONTRACT.replacen("name: ordered_at", evil, 1),
    );
    for format in ["pretty", "markdown"] {
        let shown = sandbox
            .mesh(["diff", "a.yaml", "b.yaml", "--format", format])
            .expect(0);
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!shown.contains(steers), "{shown:?}");
    }
}

#[test]
fn what_cannot_be_compared_says_why() {
    let (sandbox, registry) = sandbox();
    sandbox.write("work/empty/README.md", "");
    sandbox.write("work/broken/a.odcs.yaml", "id: [\n");
    sandbox.write("work/neither.yaml", "name: x\n");
    let location = registry.to_str().expect("UTF-8");
    for (old, words) in [
        ("empty", "there is no data product or contract in `empty`"),
        ("missing.yaml", "there is no such file or folder"),
        ("broken", "yaml-syntax"),
        ("neither.yaml", "kind: DataProduct"),
        ("git:nope", "there is no such commit"),
        ("git:", "there is no such commit"),
        ("git:HEAD:nope", "there is no `nope` at `HEAD`"),
        ("git:HEAD:../x", "there is no `../x` at `HEAD`"),
        ("git:HEAD:/etc", "there is no `/etc` at `HEAD`"),
        ("git:HEAD:products/orders/", ""),
        (
            "comercial/orders",
            "`comercial/orders` is no file or folder",
        ),
        ("registry:nope/nope", "the registry has no product"),
        ("commercial/orders@9", "has no version 9"),
    ] {
        let run = sandbox.mesh(["diff", old, ".", "--registry", location]);
        assert!(run.stderr.contains(words), "{old}: {}", run.stderr);
        if !words.is_empty() {
            assert!(run.stderr.contains("help:"), "{old}: {}", run.stderr);
            run.expect(2);
        }
    }
    let outside = Sandbox::new();
    outside.write("work/a.odcs.yaml", CONTRACT);
    let run = outside.mesh(["diff", "git:HEAD", "."]);
    assert!(
        run.stderr.contains("in no git repository"),
        "{}",
        run.stderr
    );
    run.expect(2);
}

#[test]
fn documents_that_their_schema_rejects_are_compared() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "work/a.odcs.yaml",
        CONTRACT.replace("status: active", "status: 1"),
    );
    sandbox.write(
        "work/b.odcs.yaml",
        changed().replace("status: active", "status: 1"),
    );
    let arguments = ["diff", "a.odcs.yaml", "b.odcs.yaml", "--format", "json"];
    assert_eq!(kinds(&sandbox.mesh(arguments).json(0)), FOUND);
}

#[cfg(unix)]
#[test]
fn nothing_in_a_commit_is_passed_over() {
    use std::os::unix::fs::symlink;

    let (sandbox, _) = sandbox();
    let link = sandbox.path("work/products/orders/link.odcs.yaml");
    symlink("orders.odcs.yaml", &link).expect("a link");
    commit(&sandbox);
    let refused = |words: &str| {
        let run = sandbox.mesh(["diff", "git:HEAD", "."]);
        assert!(run.stderr.contains(words), "{}", run.stderr);
        run.expect(2);
    };
    refused("cannot read `products/orders/link.odcs.yaml` at `HEAD`: it is a symbolic link");
    std::fs::remove_file(&link).expect("removed");
    commit(&sandbox);
    sandbox.mesh(["diff", "git:HEAD", "."]).expect(0);
    // A submodule, as its entry in the tree.
    let head = sandbox.git(sandbox.work(), &["rev-parse", "HEAD"]);
    let entry = format!("160000,{},vendor/team", head.trim());
    sandbox.git(
        sandbox.work(),
        &["update-index", "--add", "--cacheinfo", &entry],
    );
    sandbox.git(sandbox.work(), &["commit", "--quiet", "-m", "submodule"]);
    refused("cannot read `vendor/team` at `HEAD`: it is a submodule");
    // Beside it, everything can be read.
    sandbox
        .mesh(["diff", "git:HEAD:products", "products"])
        .expect(0);
}

#[test]
fn what_is_hidden_or_no_manifest_is_no_part_of_a_commit() {
    let (sandbox, _) = sandbox();
    sandbox.write("work/.cache/a.odcs.yaml", CONTRACT);
    sandbox.write("work/notes.yaml", "a: 1\n");
    sandbox.git(sandbox.work(), &["add", "--all"]);
    sandbox.git(sandbox.work(), &["commit", "--quiet", "-m", "more"]);
    let shown = sandbox.mesh(["diff", "git:HEAD", "."]).expect(0);
    assert_eq!(shown, "✓ no difference in 2 documents\n");
    // A file that is named is read whatever it is called.
    let run = sandbox.mesh(["diff", "git:HEAD:notes.yaml", "."]);
    assert!(run.stderr.contains("git:HEAD:notes.yaml"), "{}", run.stderr);
    run.expect(2);
}

#[test]
fn a_repository_without_a_work_tree_has_commits_too() {
    let (sandbox, _) = sandbox();
    sandbox.git(
        sandbox.work(),
        &["clone", "--quiet", "--bare", ".", "../bare.git"],
    );
    let after = sandbox.path("work/products/orders");
    let after = Path::new(&after).to_str().expect("UTF-8");
    let report = sandbox
        .mesh_in(
            sandbox.path("bare.git"),
            ["diff", "git:HEAD", after, "--format", "json"],
        )
        .json(0);
    assert_eq!(kinds(&report), FOUND);
}

#[test]
fn kinds_of_change_are_explained() {
    let sandbox = Sandbox::new();
    let page = sandbox.mesh(["explain", "field-removed"]).expect(0);
    assert!(
        page.contains("a query that names the field fails"),
        "{page}"
    );
    let report = sandbox
        .mesh(["explain", "field-removed", "--format", "json"])
        .json(0);
    assert_eq!(report["impacts"]["read"], "major");
    let run = sandbox.mesh(["explain", "field-remved"]);
    assert!(
        run.stderr.contains("did you mean `field-removed`?"),
        "{}",
        run.stderr
    );
    run.expect(2);
    for shell in ["bash", "fish"] {
        let script = sandbox.mesh(["completions", shell]).expect(0);
        for word in ["field-removed", "omds", "replay"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}
