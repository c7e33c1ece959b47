//! Living with findings: suppressions, baselines, and looking only at what changed.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::sandbox::{CONTRACT, PRODUCT, Run, Sandbox};

fn product(sandbox: &Sandbox, folder: &str, name: &str, manifest: &str) {
    let id = format!("commercial.{name}");
    let manifest = manifest.replace("commercial.orders", &id);
    sandbox.write(format!("work/{folder}/dataproduct.yaml"), manifest);
    let contract = CONTRACT.replace("id: commercial.orders", &format!("id: {id}"));
    sandbox.write(format!("work/{folder}/{name}.odcs.yaml"), contract);
}

fn unowned() -> String {
    PRODUCT.replace("role: owner", "role: engineer")
}

#[test]
fn a_suppressed_finding_is_counted_and_fails_nothing() {
    let sandbox = Sandbox::new();
    let suppressed = unowned().replace(
        "team:",
        "team: # mesh: ignore[owner-missing] founded in May",
    );
    product(&sandbox, "orders", "orders", &suppressed);
    let out = sandbox.mesh(["lint"]).expect(0);
    assert!(
        out.contains("no findings") && out.contains("1 suppressed"),
        "{out}"
    );
    let report = sandbox.mesh(["lint", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["suppressed"], 1);
    // Without a reason it suppresses nothing.
    let silent = suppressed.replace(" founded in May", "");
    product(&sandbox, "orders", "orders", &silent);
    let out = sandbox.mesh(["lint"]).expect(1);
    assert!(
        out.contains("suppression-invalid") && out.contains("owner-missing"),
        "{out}"
    );
}

#[test]
fn a_baseline_tolerates_what_is_known_and_only_shrinks() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders", "orders", &unowned());
    let out = sandbox.mesh(["baseline"]).expect(0);
    assert!(out.contains("1 finding tolerated"), "{out}");
    let lint = ["lint", "--baseline", "mesh-baseline.json"];
    let out = sandbox.mesh(lint).expect(0);
    assert!(out.contains("1 known from the baseline"), "{out}");

    // A finding that moves stays known, and a new one fails.
    let moved = format!(
        "# A comment.\n{}",
        unowned().replace("name: Orders\nversion", "version")
    );
    product(&sandbox, "orders", "orders", &moved);
    let out = sandbox.mesh(lint).expect(1);
    assert!(
        out.contains("name-missing") && !out.contains("[owner-missing]"),
        "{out}"
    );
    let before = sandbox.read("work/mesh-baseline.json");
    let out = sandbox.mesh(["baseline"]).expect(1);
    assert!(out.contains("1 finding new and not added"), "{out}");
    assert_eq!(sandbox.read("work/mesh-baseline.json"), before);

    // What is corrected is taken out.
    product(&sandbox, "orders", "orders", PRODUCT);
    let run = sandbox.mesh(lint);
    assert!(
        run.stderr.contains("1 of the baseline not found here"),
        "{}",
        run.stderr
    );
    let out = sandbox.mesh(["baseline"]).expect(0);
    assert!(out.contains("1 taken out"), "{out}");
    product(&sandbox, "orders", "orders", &unowned());
    sandbox.mesh(lint).expect(1);

    // From another folder, the same files are meant; so they are where `mesh.yaml` names it.
    sandbox.mesh(["baseline", "--accept-new"]).expect(0);
    sandbox.write("work/mesh.yaml", "lint:\n  baseline: mesh-baseline.json\n");
    sandbox
        .mesh_in(sandbox.path("work/orders"), ["lint"])
        .expect(0);
}

#[test]
fn a_baseline_means_the_same_files_from_everywhere() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders", "orders", &unowned());
    let outside = sandbox.path("elsewhere/known.json");
    for path in [sandbox.path("work/ci/known.json"), outside] {
        let path = path.to_str().unwrap();
        sandbox.mesh(["baseline", "--output", path]).expect(0);
        sandbox.mesh(["lint", "--baseline", path]).expect(0);
        let orders = sandbox.path("work/orders");
        let run = sandbox.mesh_in(&orders, ["lint", "--baseline", path]);
        assert!(!run.stderr.contains("not found here"), "{}", run.stderr);
        run.expect(0);
        let orders = orders.to_str().unwrap();
        sandbox.mesh(["lint", orders, "--baseline", path]).expect(0);
    }
}

#[test]
fn a_baseline_keeps_what_was_not_looked_at() {
    let sandbox = Sandbox::new();
    for name in ["orders", "sales"] {
        let named = unowned().replace("name: Orders", &format!("name: All {name}"));
        product(&sandbox, name, name, &named);
    }
    sandbox.mesh(["baseline"]).expect(0);
    let before = sandbox.read("work/mesh-baseline.json");
    for baseline in [
        &["baseline", "sales"][..],
        &["baseline", "sales", "--accept-new"],
    ] {
        let out = sandbox.mesh(baseline).expect(0);
        assert!(out.contains("2 findings tolerated"), "{out}");
        assert_eq!(sandbox.read("work/mesh-baseline.json"), before);
    }
    // Nor does it seem to be corrected.
    let run = sandbox.mesh(["lint", "sales", "--baseline", "mesh-baseline.json"]);
    assert_eq!(run.stderr, "");
    run.expect(0);
    // What is gone with its folder is.
    std::fs::remove_dir_all(sandbox.path("work/sales")).unwrap();
    let out = sandbox.mesh(["baseline"]).expect(0);
    assert!(
        out.contains("1 finding tolerated") && out.contains("1 taken out"),
        "{out}"
    );
}

#[test]
fn a_baseline_that_cannot_be_read_is_no_pass() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders", "orders", PRODUCT);
    let lint = ["lint", "--baseline", "known.json"];
    let run = sandbox.mesh(lint);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("mesh baseline --output known.json"),
        "{}",
        run.stderr
    );
    for text in [
        "",
        "[]",
        "{\"version\": 2, \"findings\": []}",
        "{\"version\": 1, \"findings\": [{}]}",
    ] {
        sandbox.write("work/known.json", text);
        assert_eq!(sandbox.mesh(lint).status, 2, "{text}");
    }
    // One that somebody has edited counts as far as numbers go.
    let entry = format!(
        r#"{{"file": "a", "rule": "b", "message": "c", "count": {}}}"#,
        usize::MAX
    );
    let text = format!(r#"{{"version": 1, "findings": [{entry}, {entry}]}}"#);
    sandbox.write("work/known.json", text);
    sandbox.mesh(lint).expect(0);
    sandbox
        .mesh(["baseline", "--output", "known.json"])
        .expect(0);
}

#[test]
fn a_text_from_standard_input_is_taken_for_a_file() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders", "orders", PRODUCT);
    let lint = |text: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
        let mut mesh = command
            .args([
                "lint",
                "--stdin",
                "--stdin-filename",
                "orders/dataproduct.yaml",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        mesh.stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        Run::of(mesh.wait_with_output().unwrap())
    };
    // The contract beside it is found, and what is on disk is not read.
    lint(PRODUCT).expect(0);
    let out = lint(&unowned()).expect(1);
    assert!(
        out.contains("orders/dataproduct.yaml:") && out.contains("owner-missing"),
        "{out}"
    );
    sandbox.mesh(["lint"]).expect(0);
    assert_eq!(sandbox.mesh(["lint", "--stdin"]).status, 2);
}

#[test]
fn a_folder_is_no_file_to_take_a_text_for() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders", "orders", PRODUCT);
    let run = sandbox.mesh(["lint", "--stdin", "--stdin-filename", "orders"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("`orders` is a folder"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_changed_is_checked_with_what_depends_on_it() {
    let sandbox = Sandbox::new();
    let consumer = format!(
        "{}inputPorts:\n  - name: orders\n    version: 1.0.0\n    contractId: commercial.orders\n",
        unowned().replace("commercial.orders", "commercial.revenue")
    );
    product(&sandbox, "orders", "orders", PRODUCT);
    sandbox.write("work/revenue/dataproduct.yaml", consumer);
    let contract = CONTRACT.replace("id: commercial.orders", "id: commercial.revenue");
    sandbox.write("work/revenue/revenue.odcs.yaml", contract);
    product(&sandbox, "returns", "returns", &unowned());
    sandbox.git(sandbox.work(), &["init", "-q"]);
    sandbox.git(sandbox.work(), &["add", "."]);
    sandbox.git(sandbox.work(), &["commit", "-qm", "Start"]);

    let lint = ["lint", "--changed-since", "main", "--format", "json"];
    let files = |run: Run| {
        let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        report["summary"]["files"].as_u64().unwrap()
    };
    assert_eq!(files(sandbox.mesh(lint)), 0);

    // A contract changes: its product and the consumer are looked at, the third product is not.
    let path = "work/orders/orders.odcs.yaml";
    sandbox.write(
        path,
        sandbox
            .read(path)
            .replace("version: 1.0.0", "version: 2.0.0"),
    );
    let report = sandbox.mesh(lint).json(1);
    let found: Vec<_> = report["diagnostics"].as_array().unwrap().iter().collect();
    assert!(
        found
            .iter()
            .any(|f| f["file"] == "revenue/dataproduct.yaml"),
        "{report}"
    );
    assert!(
        found
            .iter()
            .all(|f| f["file"] != "returns/dataproduct.yaml"),
        "{report}"
    );

    // Removed, it is missed.
    std::fs::remove_file(sandbox.path(path)).unwrap();
    let report = sandbox.mesh(lint).json(1);
    let is_missed = |f: &serde_json::Value| f["rule"] == "contract-not-found";
    assert!(
        report["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .any(is_missed),
        "{report}"
    );

    // Other settings concern everything.
    sandbox.write("work/mesh.yaml", "lint:\n  preset: minimal\n");
    assert_eq!(files(sandbox.mesh(lint)), 5);

    let run = sandbox.mesh(["lint", "--changed-since", "nowhere"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("there is no such commit"),
        "{}",
        run.stderr
    );
    std::fs::remove_dir_all(sandbox.path("work/.git")).unwrap();
    let run = sandbox.mesh(lint);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no git work tree"), "{}", run.stderr);
}

#[test]
fn a_submodule_that_has_changed_is_checked() {
    let sandbox = Sandbox::new();
    product(&sandbox, "vendored", "orders", PRODUCT);
    product(&sandbox, "sales", "sales", PRODUCT);
    sandbox.git(sandbox.work(), &["init", "--quiet", "vendored"]);
    let vendored = |arguments: &[&str]| {
        sandbox.git(sandbox.work(), &[&["-C", "vendored"], arguments].concat())
    };
    vendored(&["add", "--all"]);
    vendored(&["commit", "--quiet", "--message", "one"]);
    sandbox.git(sandbox.work(), &["init", "--quiet", "."]);
    let lint = ["lint", "--changed-since", "HEAD", "--format", "json"];
    sandbox.git(sandbox.work(), &["add", "sales", "vendored"]);
    sandbox.git(sandbox.work(), &["commit", "--quiet", "--message", "one"]);
    let products = || sandbox.mesh(lint).json(0)["summary"]["products"].clone();
    assert_eq!(products(), 0);
    let text = format!("# A comment.\n{PRODUCT}");
    product(&sandbox, "vendored", "orders", &text);
    assert_eq!(products(), 1);
    vendored(&["commit", "--quiet", "--all", "--message", "two"]);
    assert_eq!(products(), 1);
    sandbox.git(
        sandbox.work(),
        &["commit", "--quiet", "--all", "--message", "two"],
    );
    assert_eq!(products(), 0);
}

#[test]
fn watching_checks_again_after_a_change() {
    let sandbox = Sandbox::new();
    product(&sandbox, "orders", "orders", PRODUCT);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
    let mut mesh = command
        .args(["lint", "--watch", "orders"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (send, said) = channel();
    let streams: [Box<dyn Read + Send>; 2] = [
        Box::new(mesh.stdout.take().unwrap()),
        Box::new(mesh.stderr.take().unwrap()),
    ];
    for stream in streams {
        let send = send.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
    }
    let expect = |words: &str| {
        loop {
            let line = said
                .recv_timeout(Duration::from_secs(60))
                .expect("something is said");
            if line.contains(words) {
                return;
            }
        }
    };
    expect("no findings");
    // The watch starts before the first check, so that nothing is missed after it.
    product(&sandbox, "orders", "orders", &unowned());
    expect("1 error");
    product(&sandbox, "orders", "orders", "half: [a file");
    expect("yaml-syntax");
    product(&sandbox, "orders", "orders", PRODUCT);
    expect("no findings");
    // A folder that comes or goes as a whole, of whose files nothing is said.
    product(&sandbox, "prepared", "sales", &unowned());
    let (away, here) = (
        sandbox.path("work/prepared"),
        sandbox.path("work/orders/sales"),
    );
    std::fs::rename(&away, &here).unwrap();
    expect("1 error");
    std::fs::rename(&here, &away).unwrap();
    expect("no findings");
    // The settings lie above what is watched.
    sandbox.write("work/mesh.yaml", "lint: {ignore: [owner-missing]}");
    std::fs::remove_dir_all(sandbox.path("work/orders")).unwrap();
    expect("cannot read `orders`");
    // What is watched may come back another.
    product(&sandbox, "orders", "orders", &unowned());
    expect("no findings");
    sandbox.write("work/mesh.yaml", "lint: {preset");
    expect("is not a valid configuration");
    sandbox.write("work/mesh.yaml", "lint: {preset: standard}");
    expect("1 error");
    mesh.kill().unwrap();
    mesh.wait().unwrap();
}
