//! What goes into a registry through a request: `--mode`, `--wait`, and what hosts say.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::sandbox::{CONTRACT, PRODUCT, Run, Sandbox};

const URL: &str = "https://github.com/acme/registry/pull/new/mesh/publish/commercial/orders/1.0.0";

/// A sandbox with a product in `orders` and a registry beside it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("work/orders/dataproduct.yaml", PRODUCT);
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    sandbox.registry();
    sandbox.write("work/mesh.yaml", "registry: ../registry.git\n");
    sandbox
}

/// Runs git in the registry.
fn git(sandbox: &Sandbox, arguments: &[&str]) -> String {
    sandbox.git(sandbox.path("registry.git"), arguments)
}

/// Makes the registry refuse what is pushed to `main`, as GitHub does.
#[cfg(unix)]
fn protect(sandbox: &Sandbox) {
    use std::os::unix::fs::PermissionsExt as _;
    let refusal = "error: GH013: Repository rule violations found for refs/heads/main.\nReview all repository rules at \
                   https://github.com/acme/registry/rules?ref=refs%2Fheads%2Fmain\n\n- Changes must be made through a pull \
                   request.\n";
    let pre = format!(
        "#!/bin/sh\nwhile read old new ref; do\n  if [ $ref = refs/heads/main ]; then\n    cat >&2 <<'END'\n{refusal}\nEND\n    \
         exit 1\n  fi\ndone\n"
    );
    let post = format!(
        "#!/bin/sh\ncat >&2 <<'END'\n\nCreate a pull request for 'x' on GitHub by visiting:\n     {URL}\n\nEND\n"
    );
    for (name, script) in [("pre-receive", pre), ("post-receive", post)] {
        let path = format!("registry.git/hooks/{name}");
        sandbox.write(&path, script);
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(sandbox.path(&path), permissions).expect("a hook");
    }
}

/// Merges a branch as the host would.
fn merge(sandbox: &Sandbox, branch: &str) {
    let work = sandbox.path("merging");
    if !work.exists() {
        let (from, to) = (sandbox.path("registry.git"), work.display().to_string());
        git(sandbox, &["clone", "-q", &from.display().to_string(), &to]);
    }
    sandbox.git(&work, &["fetch", "-q", "origin"]);
    sandbox.git(&work, &["reset", "-q", "--hard", "origin/main"]);
    sandbox.git(
        &work,
        &["merge", "-q", "--squash", &format!("origin/{branch}")],
    );
    sandbox.git(&work, &["commit", "-q", "-m", "Merge a request"]);
    // Not through the hooks of the registry.
    git(
        sandbox,
        &["fetch", "-q", &work.display().to_string(), "HEAD:main"],
    );
}

fn open_branches(sandbox: &Sandbox) -> Vec<String> {
    let listed = git(
        sandbox,
        &[
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads/mesh",
        ],
    );
    listed.lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn a_protected_registry_gets_a_request() {
    let sandbox = sandbox();
    protect(&sandbox);
    let tip = git(&sandbox, &["rev-parse", "main"]);
    let out = sandbox.mesh(["publish"]).expect(0);
    let branches = open_branches(&sandbox);
    let [branch] = branches.as_slice() else {
        panic!("{branches:?}")
    };
    assert!(
        branch.starts_with("mesh/publish/commercial/orders/1.0.0-"),
        "{branch}"
    );
    assert!(
        out.contains("commercial/orders  1.0.0     submitted"),
        "{out}"
    );
    assert!(
        out.contains(&format!("Branch   {branch}\nRequest  {URL}\n")),
        "{out}"
    );
    assert!(!out.contains('✓'), "{out}");
    assert_eq!(git(&sandbox, &["rev-parse", "main"]), tip);
    assert!(
        sandbox
            .mesh(["search"])
            .expect(0)
            .contains("No data product in")
    );

    let again = sandbox.mesh(["publish"]).expect(0);
    assert!(again.contains("It was submitted before"), "{again}");
    let json = sandbox.mesh(["publish", "--format", "json"]).json(0);
    assert_eq!(json["products"][0]["outcome"], "submitted");
    assert_eq!(json["branch"], "main");
    assert_eq!(json["commit"], serde_json::Value::Null);
    assert_eq!(json["request"]["branch"], branch.as_str());
    assert_eq!(json["request"]["isNew"], false);
    assert_eq!(json["request"]["url"], serde_json::Value::Null);
    assert_eq!(
        json["request"]["commit"],
        git(&sandbox, &["rev-parse", branch])
    );

    merge(&sandbox, branch);
    let json = sandbox.mesh(["publish", "--format", "json"]).json(0);
    assert_eq!(json["products"][0]["outcome"], "alreadyPublished");
    assert_eq!(json["request"], serde_json::Value::Null);
}

#[cfg(unix)]
#[test]
fn a_request_that_is_new_has_a_url_and_a_commit() {
    let sandbox = sandbox();
    protect(&sandbox);
    let json = sandbox.mesh(["publish", "--format", "json"]).json(0);
    assert_eq!(json["request"]["url"], URL);
    assert_eq!(json["request"]["isNew"], true);
    assert_eq!(json["request"]["commit"], json["commit"]);
    assert_eq!(json["request"]["merged"], serde_json::Value::Null);
    assert_eq!(json["products"][0]["compatibility"]["impact"], "none");
}

#[cfg(unix)]
#[test]
fn a_protected_registry_is_an_error_for_who_insists() {
    let sandbox = sandbox();
    protect(&sandbox);
    let run = sandbox.mesh(["publish", "--mode", "direct"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains("GH013") && run.stderr.contains("--mode branch"),
        "{}",
        run.stderr
    );
    assert!(open_branches(&sandbox).is_empty());
}

#[cfg(unix)]
#[test]
fn a_hook_of_ones_own_is_obeyed() {
    let sandbox = sandbox();
    protect(&sandbox);
    let hook = "#!/bin/sh\necho 'ask the data office first' >&2\nexit 1\n";
    sandbox.write("registry.git/hooks/pre-receive", hook);
    let run = sandbox.mesh(["publish"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains("ask the data office first"),
        "{}",
        run.stderr
    );
    assert!(open_branches(&sandbox).is_empty());
}

#[test]
fn a_repository_decides_for_itself() {
    let sandbox = sandbox();
    let settings = |mode: &str| format!("registry: ../registry.git\npublish:\n  mode: {mode}\n");
    sandbox.write("work/mesh.yaml", settings("branch"));
    let dry = sandbox.mesh(["publish", "--dry-run"]).expect(0);
    assert!(
        dry.contains("would be submitted") && dry.contains("Nothing was submitted"),
        "{dry}"
    );
    assert!(open_branches(&sandbox).is_empty());
    let out = sandbox.mesh(["publish"]).expect(0);
    assert!(out.contains("submitted"), "{out}");
    // A bare repository says nothing of where to go.
    assert!(
        out.contains("open one at the registry's host, from that branch to main"),
        "{out}"
    );
    assert_eq!(open_branches(&sandbox).len(), 1);
    // The command line comes before it.
    let out = sandbox.mesh(["publish", "--mode", "auto"]).expect(0);
    assert!(out.contains("published"), "{out}");
    sandbox.write("work/mesh.yaml", settings("merge"));
    let run = sandbox.mesh(["publish"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("mesh.yaml:3:9"), "{}", run.stderr);
    assert!(
        run.stderr.contains("`direct`, `branch`, `auto`"),
        "{}",
        run.stderr
    );
}

#[test]
fn other_content_for_a_version_that_waits_is_told_of() {
    let sandbox = sandbox();
    sandbox.mesh(["publish", "--mode", "branch"]).expect(0);
    let first = open_branches(&sandbox).remove(0);
    sandbox.write(
        "work/orders/dataproduct.yaml",
        format!("{PRODUCT}# Another one.\n"),
    );
    let run = sandbox.mesh(["publish", "--mode", "branch"]);
    assert!(run.stderr.contains(&first), "{}", run.stderr);
    assert!(
        run.stderr.contains("only one of them can be"),
        "{}",
        run.stderr
    );
    run.expect(0);
    assert_eq!(open_branches(&sandbox).len(), 2);
}

#[test]
fn who_waits_is_told_when_it_is_merged() {
    let sandbox = sandbox();
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..600 {
                if let Some(branch) = open_branches(&sandbox).first() {
                    merge(&sandbox, branch);
                    return;
                }
                thread::sleep(Duration::from_millis(50));
            }
        });
        let out = sandbox
            .mesh(["publish", "--mode", "branch", "--wait=2m"])
            .expect(0);
        let tip = git(&sandbox, &["rev-parse", "main"]);
        assert!(
            out.contains("submitted") && out.contains(&format!("Merged   main is at {tip}")),
            "{out}"
        );
        assert!(
            out.contains("✓ commercial/orders  1.0.0     published"),
            "{out}"
        );
    });
    let json = [
        "publish",
        "--mode",
        "branch",
        "--wait=1s",
        "--format",
        "json",
    ];
    let json = sandbox.mesh(json).json(0);
    assert_eq!(json["products"][0]["outcome"], "alreadyPublished");
}

#[test]
fn who_waits_in_vain_is_told_what_is_known() {
    let sandbox = sandbox();
    let wait = ["publish", "--mode", "branch", "--wait=0s"];
    let run = sandbox.mesh(wait);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stdout.contains("submitted"), "{}", run.stdout);
    let branch = open_branches(&sandbox).remove(0);
    assert!(
        run.stderr.contains(&format!(
            "`{branch}` was submitted, and 0 s later it is not merged"
        )),
        "{}",
        run.stderr
    );
    let json = sandbox
        .mesh(wait.into_iter().chain(["--format", "json"]))
        .json(2);
    assert_eq!(json["products"][0]["outcome"], "submitted");
    assert_eq!(json["request"]["branch"], branch.as_str());
}

#[test]
fn who_waits_for_what_was_closed_is_told_so() {
    let sandbox = sandbox();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        // What is removed before it was seen is submitted again, so once may not be enough.
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(300));
                for branch in open_branches(&sandbox) {
                    git(&sandbox, &["branch", "-D", &branch]);
                }
            }
        });
        let run = sandbox.mesh(["publish", "--mode", "branch", "--wait=2m"]);
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(
            run.stderr.contains("was removed from the registry"),
            "{}",
            run.stderr
        );
    });
}

#[cfg(unix)]
#[test]
fn policies_go_through_a_request_as_well() {
    let sandbox = sandbox();
    protect(&sandbox);
    let out = sandbox.mesh(["policy", "publish", "mesh/core"]).expect(0);
    assert!(
        out.contains("submitted") && out.contains(&format!("Request  {URL}")),
        "{out}"
    );
    let branch = open_branches(&sandbox).remove(0);
    assert!(branch.starts_with("mesh/policies/packs/"), "{branch}");
    let json = ["policy", "publish", "mesh/core", "--format", "json"];
    let json = sandbox.mesh(json).json(0);
    assert_eq!(json["files"][0]["outcome"], "submitted");
    assert_eq!(json["request"]["isNew"], false);
    merge(&sandbox, &branch);
    let out = sandbox.mesh(["policy", "publish", "mesh/core"]).expect(0);
    assert!(out.contains("there already"), "{out}");
}

/// What the jobs in the documentation run: each command, with the environment that the host would give it.
#[test]
fn the_jobs_of_hosts_let_pass_what_is_good_and_nothing_else() {
    let sandbox = sandbox();
    sandbox.mesh(["publish", "--mode", "branch"]).expect(0);
    let good = open_branches(&sandbox).remove(0);
    // The same with another manifest than the record says.
    let work = sandbox.path("spoiling");
    let (from, to) = (sandbox.path("registry.git"), work.display().to_string());
    git(
        &sandbox,
        &["clone", "-q", "-b", &good, &from.display().to_string(), &to],
    );
    sandbox.write(
        "spoiling/products/commercial/orders/1.0.0/dataproduct.yaml",
        "id: x\n",
    );
    sandbox.git(&work, &["commit", "-q", "-am", "spoiled"]);
    sandbox.git(&work, &["push", "-q", "origin", "HEAD:spoiled"]);

    let text = std::fs::read_to_string(crate::sandbox::repository().join("docs/registry.md"));
    let text = text.expect("the document");
    let jobs: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("- ")?
                .find("mesh registry verify")
                .map(|at| &line.trim()[at + 2..])
        })
        .collect();
    let [github, gitlab, gitea] = jobs.as_slice() else {
        panic!("{jobs:?}")
    };
    for (branch, status) in [(good.as_str(), 0), ("spoiled", 1)] {
        // GitHub checks out the merge, detached; the others the head of the request.
        let head = checkout(&sandbox, "registry", branch);
        sandbox.git(&head, &["checkout", "-q", "origin/main"]);
        sandbox.git(
            &head,
            &[
                "merge",
                "-q",
                "--no-ff",
                "--no-edit",
                &format!("origin/{branch}"),
            ],
        );
        let base = sandbox.git(&head, &["rev-parse", "origin/main"]);
        let head = checkout(&sandbox, "head", branch);
        for (command, folder, variables) in [
            (
                github,
                sandbox.path("jobs"),
                [("BASE", "HEAD^1")].as_slice(),
            ),
            (
                gitlab,
                head.clone(),
                &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base)],
            ),
            (gitea, head, &[("BASE", "main")]),
        ] {
            let mut shell = sandbox.command("sh");
            shell.current_dir(folder).arg("-c").arg(command);
            shell.envs(variables.iter().copied());
            let run = Run::of(shell.output().expect("sh starts"));
            assert_eq!(
                run.status, status,
                "{command}: {}{}",
                run.stdout, run.stderr
            );
        }
    }
}

/// A clone in which the head of a branch is checked out, as CI does.
fn checkout(sandbox: &Sandbox, name: &str, branch: &str) -> std::path::PathBuf {
    let folder = sandbox.path("jobs").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    let (from, to) = (sandbox.path("registry.git"), folder.display().to_string());
    git(sandbox, &["clone", "-q", &from.display().to_string(), &to]);
    sandbox.git(
        &folder,
        &["checkout", "-q", "--detach", &format!("origin/{branch}")],
    );
    folder
}
