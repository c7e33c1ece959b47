//! What is printed, whatever the files hold.

use std::io::{Write as _, stderr};
use std::process::Stdio;

use crate::sandbox::{DAY, Sandbox};

/// Characters that a terminal obeys instead of showing.
fn steers(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && c != '\n' && c != '\t') || ('\u{202a}'..='\u{202e}').contains(&c)
    })
}

#[test]
fn what_a_manifest_holds_does_not_steer_the_terminal() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let path = "work/pharma/commercial/sales-order/dataproduct.yaml";
    let manifest = sandbox.read(path);
    let name = manifest
        .lines()
        .find(|line| line.starts_with("name: "))
        .expect("a name");
    let odd = "name: \"\\e[2J\\u202e\\nOrders\\a\"";
    sandbox.write(path, manifest.replace(name, odd));
    sandbox
        .mesh(["publish", "pharma", "--as-of", DAY])
        .expect(0);
    for arguments in [
        &["search", "orders"][..],
        &["search"],
        &["search", "\u{1b}[2J"],
        &["show", "commercial/sales-order"],
        &["lint", "pharma"],
    ] {
        let run = sandbox.mesh(arguments);
        assert!(!steers(&run.stdout), "{arguments:?}: {:?}", run.stdout);
        assert!(!steers(&run.stderr), "{arguments:?}: {:?}", run.stderr);
    }
    let shown = sandbox.mesh(["show", "commercial/sales-order"]).expect(0);
    assert!(shown.starts_with("␛[2J\u{fffd} Orders␇"), "{shown}");
    // Programs get what is there.
    let found = sandbox.mesh(["search", "--format", "json"]).json(0);
    let names: Vec<&str> = found["products"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|product| product["name"].as_str())
        .collect();
    assert!(
        names.contains(&"\u{1b}[2J\u{202e}\nOrders\u{7}"),
        "{names:?}"
    );
}

#[test]
fn a_failure_does_not_steer_the_terminal() {
    let sandbox = Sandbox::new();
    let run = sandbox.mesh(["lint", "no\u{1b}[2Jthing\u{202e}"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no␛[2Jthing"), "{}", run.stderr);
    assert!(!steers(&run.stderr), "{:?}", run.stderr);
}

#[test]
fn a_document_on_one_line_is_not_repeated_for_each_finding() {
    let sandbox = Sandbox::new();
    let filler = "x".repeat(500_000);
    sandbox.write(
        "work/dataproduct.yaml",
        format!("{{apiVersion: v1.1.0, kind: DataProduct, id: a, status: active, tags: [{filler}], nmae: b}}\n"),
    );
    let run = sandbox.mesh(["lint"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("nmae"), "{}", run.stdout);
    assert!(run.stdout.len() < 50_000, "{} bytes", run.stdout.len());
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_named() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(sandbox.path("work/orders")).unwrap();
    std::os::unix::fs::symlink("nowhere", sandbox.path("work/orders/dataproduct.yaml")).unwrap();
    let run = sandbox.mesh(["lint", "."]);
    assert_ne!(run.status, 0);
    let said = run.stdout + &run.stderr;
    assert!(said.contains("orders/dataproduct.yaml"), "{said}");
}

#[test]
fn help_has_the_long_text_and_limits_are_at_least_one() {
    let sandbox = Sandbox::new();
    for (arguments, words) in [
        (&["lint", "--help"][..], "skipping what git ignores"),
        (&["help", "lint"], "skipping what git ignores"),
        (&["publish", "--help"], "published never changes"),
        (&["registry", "init", "--help"], "bare repository"),
    ] {
        let text = sandbox.mesh(arguments).expect(0);
        assert!(text.contains(words), "{arguments:?}: {text}");
    }
    let run = sandbox.mesh(["search", "--limit", "0"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("at least 1"), "{}", run.stderr);
}

#[test]
fn a_progress_display_is_gone_before_anything_is_printed() {
    let sandbox = Sandbox::new();
    // On a terminal of its own, where there is a program that makes one.
    let on_terminal = |arguments: &str| {
        let line = format!("'{}' {arguments}", env!("CARGO_BIN_EXE_mesh"));
        let mut script = sandbox.command("script");
        script.args(["-qec", &line, "/dev/null"]);
        script.env("TERM", "xterm").stdin(Stdio::null());
        let output = script.output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then_some(text)
    };
    let Some(made) = on_terminal("registry init r") else {
        let _ = writeln!(stderr(), "skipped: `script` makes no terminal here");
        return;
    };
    let (before, _) = made.split_once("Created a registry").expect("it was made");
    assert!(
        before.is_empty() || before.ends_with("\u{1b}[2K"),
        "{made:?}"
    );
    let verified = on_terminal("registry verify --registry r").expect("a terminal");
    // One display at a time.
    if let Some((_, after)) = verified.split_once("Verifying commits") {
        assert!(!after.contains("Reading the registry"), "{verified:?}");
    }
}
