//! What whoever publishes reads when the registry's hook says no.

#[cfg(unix)]
use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::world::{CONTRACT, PRODUCT, World};
use crate::sandbox::{Run, Sandbox};

/// A registry with the hook and a policy, and a product of which something else comes in the year 2980, which only the
/// registry objects to.
fn world() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    let registry = sandbox.path("registry.git");
    let shown = registry.to_str().unwrap().to_owned();
    sandbox.write("work/orders/dataproduct.yaml", PRODUCT);
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    sandbox.write(
        "house.yaml",
        "kind: PolicyPack\nmetadata: {name: house, version: 1.0.0, owner: guild}\nrules:\n  \
         usage-missing: {rollout: {deny: 2990-06-01}}\n",
    );
    sandbox
        .mesh(["registry", "init", "--hook", &shown])
        .expect(0);
    sandbox
        .mesh(["policy", "publish", "../house.yaml", "--registry", &shown])
        .expect(0);
    (sandbox, registry)
}

fn publish(sandbox: &Sandbox, registry: &Path, more: &[&str]) -> Run {
    let registry = registry.to_str().unwrap();
    let arguments = ["publish", "--as-of", "2980-01-01", "--registry", registry];
    sandbox.mesh([&arguments[..], more].concat())
}

/// A hook that says what it likes.
#[cfg(unix)]
fn saying(registry: &Path, script: &str) {
    let hook = registry.join("hooks/pre-receive");
    fs::write(&hook, format!("#!/bin/sh\n{script}\nexit 1\n")).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn findings_of_the_hook_are_shown_line_by_line() {
    let (sandbox, registry) = world();
    let refused = publish(&sandbox, &registry, &[]);
    assert_eq!((refused.status, refused.stdout.as_str()), (1, ""));
    let lines: Vec<&str> = refused.stderr.lines().collect();
    let starts = [
        "error: ",
        "  mesh: the registry does not take this push to refs/heads/main: 1 error",
        "  products/commercial/orders/1.0.0/record.json:",
        "    help: publish it again without --as-of",
        "  `mesh explain evidence-date` says more",
        "help: nothing was changed there: do what the registry says, and run the command again",
    ];
    assert_eq!(lines.len(), starts.len(), "{}", refused.stderr);
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}\n{start}");
    }
    assert!(
        lines[0].ends_with("refused the update of `main`: pre-receive hook declined"),
        "{}",
        lines[0]
    );
    assert!(lines[2].contains("error[evidence-date] it was judged as of 2980-01-01"));
}

#[test]
fn programs_are_told_the_same() {
    let (sandbox, registry) = world();
    let refused = publish(&sandbox, &registry, &["--format", "json"]).json(1);
    let refused = &refused["refused"];
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.ends_with("refused the update of `main`: pre-receive hook declined"),
        "{message}"
    );
    let said = refused["said"].as_array().unwrap();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[1].as_str().unwrap().contains("[evidence-date]"));
    assert!(said[2].as_str().unwrap().starts_with("  help: "));
}

#[cfg(unix)]
#[test]
fn whatever_a_server_says_does_nothing_to_the_terminal() {
    let (sandbox, registry) = world();
    saying(
        &registry,
        r#"printf '\033]0;title\007\033[2J\033[31mno\rrewritten\302\233\342\200\256txt\n' >&2
printf 'tell\tme\n\n' >&2
i=0; while [ $i -lt 500 ]; do echo "line $i" >&2; i=$((i+1)); done
head -c 200000 /dev/zero | tr '\000' x >&2"#,
    );
    let refused = publish(&sandbox, &registry, &[]);
    // Not the findings of a registry: somebody has to look.
    assert_eq!(refused.status, 2, "{}", refused.stderr);
    let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!refused.stderr.contains(steers), "{:?}", refused.stderr);
    assert!(
        refused.stderr.contains("  tell  me\n"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("\n  line 50\n"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains(" more lines\n"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.len() < 40_000, "{}", refused.stderr.len());
}

/// More than anybody reads.
#[test]
fn of_many_findings_the_first_are_shown_and_the_rest_is_counted() {
    let (sandbox, _) = world();
    let mut clone = sandbox.command("git");
    clone.args(["clone", "--quiet", "../registry.git", "clone"]);
    Run::of(clone.output().unwrap()).expect(0);
    for n in 0..40 {
        sandbox.write(
            format!("work/clone/products/commercial/p{n}/1.0.0/notes.txt"),
            "x\n",
        );
    }
    let git = |arguments: &[&str]| {
        let mut git = sandbox.command("git");
        git.args(["-C", "clone"]).args(arguments);
        Run::of(git.output().unwrap())
    };
    git(&["add", "."]).expect(0);
    git(&["commit", "--quiet", "-m", "notes"]).expect(0);
    let push = git(&["push"]);
    assert_ne!(push.status, 0);
    let findings = push.stderr.matches("error[").count();
    assert_eq!(findings, 20, "{}", push.stderr);
    assert!(push.stderr.contains("remote: and "), "{}", push.stderr);
    // What to do is said once for each kind.
    let helps = push.stderr.matches("  help: ").count();
    assert_eq!(helps, 2, "{}", push.stderr);
}

#[test]
fn without_a_registry_nothing_passes() {
    let world = World::new();
    let sandbox = &world.sandbox;
    for arguments in [
        &["registry", "verify"][..],
        &["registry", "verify", "--full"],
        // What a CI system makes of a variable that nobody gave a value.
        &["registry", "verify", "--registry", ""],
    ] {
        let run = sandbox.mesh(arguments);
        assert_eq!(run.status, 2);
        let said = run.stderr;
        assert!(said.contains("there is no registry to verify"), "{said}");
        assert!(said.contains("--registry"), "{said}");
    }
    // A registry's CI runs it in a checkout.
    let checkout = sandbox.path("checkout");
    let arguments = ["clone", "--quiet", world.registry.to_str().unwrap()];
    let arguments = [&arguments[..], &[checkout.to_str().unwrap()]].concat();
    world.git(&sandbox.work(), &arguments);
    let said = sandbox.mesh_in(&checkout, ["registry", "verify"]).expect(0);
    assert!(said.contains("1 published version of 1 commit"), "{said}");
    // What was published without naming a registry is in one as well.
    sandbox.mesh(["publish"]).expect(0);
    let said = sandbox.mesh(["registry", "verify"]).expect(0);
    assert!(said.contains("1 published version"), "{said}");
}
