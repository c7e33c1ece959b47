//! Files that nobody means well with: a clear answer, in bounded time and memory.

use std::time::{Duration, Instant};

use crate::sandbox::Sandbox;

/// What mesh says about one file, as `rule: message`.
fn findings(sandbox: &Sandbox, name: &str, content: &[u8]) -> Vec<String> {
    sandbox.write(format!("work/{name}"), content);
    let start = Instant::now();
    let report = sandbox.mesh(["lint", name, "--format", "json"]).json(1);
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{name} took {:?}",
        start.elapsed()
    );
    report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| {
            format!(
                "{}: {}",
                d["rule"].as_str().unwrap(),
                d["message"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn hostile_files_get_one_clear_finding() {
    let sandbox = Sandbox::new();
    let bomb = (1..60).fold("a0: &a0 [x, x]\n".to_owned(), |text, i| {
        format!("{text}a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1)
    });
    let cases: &[(&str, Vec<u8>, &str)] = &[
        ("empty", vec![], "yaml-syntax: the file is empty"),
        (
            "scalar",
            b"hello\n".to_vec(),
            "schema-violation: a manifest must be a mapping",
        ),
        (
            "list",
            b"- a\n- b\n".to_vec(),
            "schema-violation: a manifest must be a mapping",
        ),
        (
            "bomb",
            bomb.into_bytes(),
            "yaml-syntax: the aliases of this document multiply",
        ),
        (
            "deep",
            "[".repeat(200_000).into_bytes(),
            "yaml-syntax: the document nests deeper",
        ),
        (
            "several",
            b"a: 1\n---\nb: 2\n".to_vec(),
            "yaml-syntax: the file holds more than one",
        ),
        (
            "tabs",
            b"a:\n\tb: 1\n".to_vec(),
            "yaml-syntax: a tab stands where",
        ),
        (
            "utf16",
            b"\xff\xfea\0:\0 \0b\0".to_vec(),
            "yaml-syntax: the file is encoded in UTF-16",
        ),
        (
            "latin1",
            b"name: caf\xe9\n".to_vec(),
            "yaml-syntax: the file is not UTF-8: byte 0xE9",
        ),
        (
            "python",
            b"a: !!python/object/apply:os.system ['id']\n".to_vec(),
            "yaml-syntax: the tag `!!python/object/apply:os.system` is not allowed",
        ),
        (
            "binary",
            (0..=255u8).cycle().take(4096).collect(),
            "yaml-syntax: ",
        ),
    ];
    for (name, content, expected) in cases {
        let found = findings(&sandbox, &format!("{name}.odps.yaml"), content);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].starts_with(expected), "{name}: {}", found[0]);
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_accepted() {
    let sandbox = Sandbox::new();
    let contract = include_str!("../../crates/mesh-lint/src/examples/orders.odcs.yaml");
    let contract = format!("\u{feff}{}", contract.replace('\n', "\r\n"));
    sandbox.write("work/orders.odcs.yaml", contract);
    sandbox.mesh(["lint"]).expect(0);
}

#[test]
fn a_contract_of_sixty_megabytes_is_read() {
    let sandbox = Sandbox::new();
    let mut contract = String::from(
        "apiVersion: v3.2.0\nkind: DataContract\nid: big\nversion: 1.0.0\nstatus: draft\nschema:\n  - name: big\n    properties:\n",
    );
    let mut index = 0;
    while contract.len() < 60_000_000 {
        contract += &format!(
            "      - name: field_{index}\n        logicalType: string\n        description: What the field number {index} of this very long table holds.\n        classification: internal\n"
        );
        index += 1;
    }
    sandbox.write("work/big.odcs.yaml", contract);
    let start = Instant::now();
    sandbox.mesh(["lint", "big.odcs.yaml"]).expect(0);
    // Generous: this is a build without optimisation, on a machine that may be busy.
    assert!(
        start.elapsed() < Duration::from_secs(300),
        "{:?}",
        start.elapsed()
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_reported_and_never_waited_for() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    let work = sandbox.work();
    symlink(work.join("loop"), work.join("loop")).unwrap();
    let run = sandbox.mesh(["lint", "loop"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("cannot read `loop`"), "{}", run.stderr);
    // Found while walking, a dangling link and a pipe are findings: something is there and unread.
    symlink(work.join("nowhere"), work.join("gone.odcs.yaml")).unwrap();
    let pipe = work.join("pipe.odcs.yaml");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    // A folder that is called like a manifest is a folder.
    std::fs::create_dir(work.join("folder.odcs.yaml")).unwrap();
    // Links between folders are not followed, so a loop of them is no danger.
    symlink(&work, work.join("again")).unwrap();
    let report = sandbox.mesh(["lint", "--format", "json"]).json(1);
    let found: Vec<(&str, &str)> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["file"].as_str().unwrap(), d["rule"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("gone.odcs.yaml", "unreadable-file"),
            ("pipe.odcs.yaml", "unreadable-file")
        ]
    );
}

#[test]
fn a_key_that_stands_twice_is_shown_in_both_places() {
    let sandbox = Sandbox::new();
    let product = include_str!("../../crates/mesh-lint/src/examples/dataproduct.yaml");
    let contract = include_str!("../../crates/mesh-lint/src/examples/orders.odcs.yaml");
    sandbox.write("work/dataproduct.yaml", format!("{product}status: draft\n"));
    sandbox.write("work/orders.odcs.yaml", contract);
    let report = sandbox.mesh(["lint", "--format", "json"]).json(1);
    let diagnostic = &report["diagnostics"][0];
    assert_eq!(diagnostic["rule"], "duplicate-key");
    assert_eq!(diagnostic["pointer"], "/status");
    assert!(
        diagnostic["range"]["start"]["line"].as_u64()
            > diagnostic["related"][0]["range"]["start"]["line"].as_u64()
    );
}

#[cfg(unix)]
#[test]
fn settings_and_baselines_neither_hang_nor_flood_a_run() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let settings = sandbox.path("work/mesh.yaml");
    let pipe = std::process::Command::new("mkfifo").arg(&settings).status();
    assert!(pipe.unwrap().success());
    for _ in 0..2 {
        let run = sandbox.mesh(["lint"]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("not a regular file"), "{}", run.stderr);
        std::fs::remove_file(&settings).unwrap();
        symlink("/dev/zero", &settings).unwrap();
    }
    std::fs::remove_file(&settings).unwrap();
    symlink("nowhere", &settings).unwrap();
    let run = sandbox.mesh(["lint"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("mesh.yaml`: No such file"),
        "{}",
        run.stderr
    );
    std::fs::remove_file(&settings).unwrap();
    let run = sandbox.mesh(["lint", "--baseline", "/dev/zero"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("too large"), "{}", run.stderr);
}
