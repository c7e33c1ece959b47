//! `mesh publish` killed at every step, and overtaken between two of its steps.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::sandbox::{CONTRACT, PRODUCT, Sandbox};

/// A registry, and orders in a work folder that names it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let registry = sandbox.registry().display().to_string();
    sandbox.write("work/mesh.yaml", format!("registry: {registry}\n"));
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    set_version(&sandbox, "1.0.0");
    sandbox
}

fn set_version(sandbox: &Sandbox, version: &str) {
    let product = PRODUCT.replacen("version: 1.0.0", &format!("version: {version}"), 1);
    sandbox.write("work/orders/dataproduct.yaml", product);
}

fn git(sandbox: &Sandbox, arguments: &[&str]) -> String {
    sandbox.git(sandbox.path("registry.git"), arguments)
}

fn executable(path: &Path, script: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Where the git of this machine is.
fn real_git() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    let mut folders = std::env::split_paths(&path);
    let git = folders.find_map(|folder| {
        let git = folder.join("git");
        git.is_file().then_some(git)
    });
    git.expect("git")
}

/// `mesh publish` with a git before the real one that counts how often it is called and stops at one call: before it
/// does anything, or when it is done. Some calls are made side by side, so each takes a number that none has.
fn publish(sandbox: &Sandbox, stop: Option<(usize, &str)>) -> Command {
    let [calls, reached] = ["calls", "reached"].map(|name| sandbox.path(name));
    let script = format!(
        "n=1\nwhile ! mkdir '{calls}'/$n 2>/dev/null; do n=$((n + 1)); done\n\
         stop() {{ : > '{reached}'; exec sleep 600; }}\n\
         [ \"$STOP\" = \"before $n\" ] && stop\n\
         '{git}' \"$@\"\nstatus=$?\n\
         [ \"$STOP\" = \"after $n\" ] && stop\n\
         exit $status",
        calls = calls.display(),
        reached = reached.display(),
        git = real_git().display()
    );
    executable(&sandbox.path("bin/git"), &script);
    let _ = fs::remove_dir_all(&calls);
    fs::create_dir(&calls).unwrap();
    let _ = fs::remove_file(&reached);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_mesh"));
    let path = std::env::var("PATH").unwrap();
    command
        .env("PATH", format!("{}:{path}", sandbox.path("bin").display()))
        .env(
            "STOP",
            stop.map_or_else(String::new, |(n, when)| format!("{when} {n}")),
        )
        .arg("publish")
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn a_publish_killed_at_any_step_leaves_all_or_nothing() {
    let sandbox = sandbox();
    assert!(publish(&sandbox, None).status().unwrap().success());
    // A later publish takes other steps than the first, in the cache.
    set_version(&sandbox, "1.0.1");
    assert!(publish(&sandbox, None).status().unwrap().success());
    let steps = fs::read_dir(sandbox.path("calls")).unwrap().count();
    assert!(steps >= 3, "only {steps} calls of git are no publish");
    let mut versions = 2;
    for step in 1..=steps {
        for when in ["before", "after"] {
            versions += 1;
            let version = format!("1.0.{versions}");
            set_version(&sandbox, &version);
            let mut mesh = publish(&sandbox, Some((step, when))).spawn().unwrap();
            while !sandbox.path("reached").exists() {
                let ended = mesh.try_wait().unwrap();
                assert!(ended.is_none(), "{when} {step} is never reached: {ended:?}");
                thread::sleep(Duration::from_millis(5));
            }
            let group = format!("-{}", mesh.id());
            let killed = Command::new("kill").args(["-9", "--", &group]).status();
            assert!(killed.unwrap().success());
            mesh.wait().unwrap();

            // Nobody who reads sees half of it.
            git(&sandbox, &["fsck", "--strict"]);
            let paths = git(&sandbox, &["ls-tree", "-r", "--name-only", "main"]);
            let folder = format!("products/commercial/orders/{version}/");
            let files = paths.lines().filter(|path| path.starts_with(&folder));
            let files = files.count();
            assert!([0, 3].contains(&files), "{when} {step}: {files} files");
            // And it can be done again, without anybody having to clean up.
            sandbox.mesh(["publish"]).expect(0);
            let tip = git(&sandbox, &["rev-list", "--count", "main"]);
            assert_eq!(tip, (versions + 1).to_string(), "{when} {step}");
        }
    }
    let shown = sandbox.mesh(["show", "commercial/orders", "--format", "json"]);
    let shown = shown.json(0);
    assert_eq!(shown["versions"].as_array().unwrap().len(), versions);
}

/// Two changes, each of which is compatible with what both teams saw, and which are not compatible with each other: the
/// second is judged again, by what the first has made of the registry.
#[test]
fn changes_that_are_compatible_alone_and_break_together_are_not_both_published() {
    let sandbox = sandbox();
    sandbox.mesh(["publish"]).expect(0);
    let field = "      - name: added\n        logicalType: string\n        description: What was added.\n        classification: internal\n";
    let (head, tail) = CONTRACT
        .split_once("    properties:\n")
        .expect("properties");
    let contract = format!("{head}    properties:\n{field}{tail}");
    let raised = |text: &str, version: &str| text.replace("1.0.0", version);
    // One team adds a field in 1.1.0. Another one has 1.2.0 ready, without it: alone, nothing is missing.
    sandbox.write("other/mesh.yaml", sandbox.read("work/mesh.yaml"));
    sandbox.write("other/orders/orders.odcs.yaml", raised(&contract, "1.1.0"));
    sandbox.write("other/orders/dataproduct.yaml", raised(PRODUCT, "1.1.0"));
    sandbox.write("work/orders/orders.odcs.yaml", raised(CONTRACT, "1.2.0"));
    sandbox.write("work/orders/dataproduct.yaml", raised(PRODUCT, "1.2.0"));
    sandbox.mesh(["publish", "--dry-run"]).expect(0);
    // The first publishes while the server looks at what the second has pushed.
    let script = format!(
        "test -e '{over}' && exit 0\n: > '{over}'\n\
         env -i PATH=\"$PATH\" HOME='{home}' MESH_CACHE_DIR='{cache}' MESH_DATA_DIR='{cache}' GIT_CONFIG_NOSYSTEM=1 \
         sh -c 'cd \"{folder}\" && \"{mesh}\" publish' > '{log}' 2>&1",
        over = sandbox.path("over").display(),
        home = sandbox.path("home").display(),
        cache = sandbox.path("other-cache").display(),
        folder = sandbox.path("other").display(),
        mesh = env!("CARGO_BIN_EXE_mesh"),
        log = sandbox.path("log").display(),
    );
    executable(&sandbox.path("registry.git/hooks/pre-receive"), &script);
    let run = sandbox.mesh(["publish"]);
    assert!(
        sandbox.path("over").exists() && sandbox.read("log").contains("1.1.0"),
        "{}",
        sandbox.read("log")
    );
    assert!(run.stdout.contains("field-removed"), "{}", run.stdout);
    run.expect(1);
    let shown = sandbox
        .mesh(["show", "commercial/orders", "--format", "json"])
        .json(0);
    assert_eq!(shown["versions"], serde_json::json!(["1.1.0", "1.0.0"]));
}
