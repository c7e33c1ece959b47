//! The files that bring mesh into CI: what they run is run here, as the platforms run it, with the
//! binary under test in place of the one that they would build.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use crate::docs::blocks;
use crate::sandbox::{CONTRACT, PRODUCT, Run, Sandbox, repository};

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(repository().join(path)).expect(path);
    serde_yaml::from_str(&text).expect(path)
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value:?} is no text"))
}

/// A copy of the broken example in a git repository.
fn broken(sandbox: &Sandbox) -> PathBuf {
    let folder = sandbox.copy_example("broken");
    fs::create_dir(folder.join(".git")).unwrap();
    folder
}

/// A `cargo` that installs the binary under test wherever `--root` says, if what it is to build is
/// there, and notes how it was called.
fn fake_cargo(sandbox: &Sandbox) -> PathBuf {
    let script = format!(
        r#"#!/bin/sh
echo "$@" >> "{calls}"
path=.
while [ $# -gt 0 ]; do
  case "$1" in --root) root=$2 ;; --path) path=$2; test -f "$path/Cargo.toml" || exit 101 ;; esac
  shift
done
mkdir -p "$root/bin" && cp "{mesh}" "$root/bin/mesh"
"#,
        calls = sandbox.path("cargo-calls").display(),
        mesh = env!("CARGO_BIN_EXE_mesh"),
    );
    sandbox.write("fake/cargo", script);
    let folder = sandbox.path("fake");
    let status = Command::new("chmod")
        .args(["+x".as_ref(), folder.join("cargo").as_os_str()])
        .status();
    assert!(status.expect("chmod").success());
    folder
}

/// The programs of the machine, with `folders` before them and without the binary under test.
fn path_with(folders: &[&Path]) -> String {
    let mut path: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    path.push(std::env::var("PATH").unwrap_or_default());
    path.join(":")
}

/// A run of the action, as GitHub would make it.
struct Action {
    sandbox: Sandbox,
    folder: PathBuf,
    inputs: BTreeMap<String, String>,
}

impl Action {
    fn new(sandbox: Sandbox, folder: PathBuf, given: &[(&str, &str)]) -> Self {
        let declared = yaml("action.yml")["inputs"].clone();
        let mut inputs: BTreeMap<String, String> = declared
            .as_mapping()
            .expect("inputs")
            .iter()
            .map(|(name, input)| (text(name).to_owned(), text(&input["default"]).to_owned()))
            .collect();
        for (name, value) in given {
            let old = inputs.insert((*name).to_owned(), (*value).to_owned());
            assert!(old.is_some(), "the action has no input {name}");
        }
        Self {
            sandbox,
            folder,
            inputs,
        }
    }

    /// The value of an expression. One that is not known here is not passed over.
    fn evaluate(&self, expression: &str) -> String {
        if let Some(input) = expression.strip_prefix("inputs.") {
            let (name, rest) = input.split_once(" || ").unwrap_or((input, ""));
            assert!(rest.is_empty() || rest == "env.MESH_REGISTRY", "{rest}");
            return self.inputs[name].clone();
        }
        match expression {
            "runner.temp" => self.sandbox.path("runner").display().to_string(),
            _ => panic!("what is {expression}?"),
        }
    }

    /// Whether a step runs after steps that ended with `status`, of which lint was one or not.
    fn is_wanted(&self, condition: Option<&str>, status: i32, has_linted: bool) -> bool {
        match condition {
            None | Some("steps.cache.outputs.cache-hit != 'true'") => status == 0,
            Some(
                "${{ !cancelled() && inputs.breaking-against != '' && steps.lint.outcome != 'skipped' }}",
            ) => !self.inputs["breaking-against"].is_empty() && has_linted,
            Some(other) => panic!("when is {other}?"),
        }
    }

    fn expand(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, after) = after.split_once("}}").expect("an end");
            out += before;
            out += &self.evaluate(expression.trim());
            rest = after;
        }
        out + rest
    }

    /// Runs all steps that a step before does not stop, and gives the gravest status with all output.
    fn run(&self) -> Run {
        let fake = fake_cargo(&self.sandbox);
        let mut whole = Run {
            status: 0,
            stdout: String::new(),
            stderr: String::new(),
        };
        for file in ["output", "path"] {
            self.sandbox.write(format!("runner/{file}"), "");
        }
        let action = yaml("action.yml");
        let mut ran = Vec::new();
        for step in action["runs"]["steps"].as_sequence().expect("steps") {
            let name = text(&step["name"]);
            if !self.is_wanted(step["if"].as_str(), whole.status, ran.contains(&"Lint")) {
                continue;
            }
            let Some(script) = step["run"].as_str() else {
                assert_eq!(text(&step["uses"]), "actions/cache@v4");
                continue;
            };
            assert_eq!(text(&step["shell"]), "bash");
            let added = self.sandbox.read("runner/path");
            let added: Vec<&Path> = added.lines().map(Path::new).chain([&*fake]).collect();
            let folder = step["working-directory"].as_str().unwrap_or(".");
            self.sandbox.write("runner/step.sh", script);
            let mut bash = self.sandbox.command("bash");
            bash.args(["--noprofile", "--norc", "-eo", "pipefail"])
                .arg(self.sandbox.path("runner/step.sh"))
                .current_dir(self.folder.join(self.expand(folder)))
                .env("PATH", path_with(&added))
                .env("GITHUB_ACTIONS", "true")
                .env("GITHUB_ACTION_PATH", repository())
                .env("GITHUB_WORKSPACE", &self.folder)
                .env("GITHUB_OUTPUT", self.sandbox.path("runner/output"))
                .env("GITHUB_PATH", self.sandbox.path("runner/path"))
                .env("RUNNER_TEMP", self.sandbox.path("runner"));
            if let Some(variables) = step["env"].as_mapping() {
                for (name, value) in variables {
                    bash.env(text(name), self.expand(text(value)));
                }
            }
            let run = Run::of(bash.output().expect("bash"));
            whole.status = whole.status.max(run.status);
            whole.stdout += &run.stdout;
            whole.stderr += &run.stderr;
            ran.push(name);
        }
        assert!(ran.contains(&"Lint") || whole.status != 0, "{ran:?} ran");
        whole
    }

    fn outputs(&self) -> String {
        self.sandbox.read("runner/output")
    }
}

#[test]
fn the_action_annotates_and_writes_sarif() {
    let sandbox = Sandbox::new();
    let folder = broken(&sandbox);
    let action = Action::new(sandbox, folder, &[]);
    let out = action.run().expect(1);
    assert!(out.contains("\n::error file="), "{out}");
    assert!(out.contains("data products"), "{out}");
    let sarif = action.sandbox.read("work/broken/mesh.sarif");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    let outputs = action.outputs();
    assert!(outputs.contains("sarif=mesh.sarif\n"), "{outputs}");
    let key = outputs.lines().find_map(|line| line.strip_prefix("key="));
    assert_eq!(key.expect("a key for the cache").len(), 32);
    let calls = action.sandbox.read("cargo-calls");
    assert!(calls.starts_with("install --locked --path "), "{calls}");
}

#[test]
fn the_inputs_of_the_action_arrive_as_they_were_given() {
    let sandbox = Sandbox::new();
    for file in ["a b/dataproduct.yaml", "c/dataproduct.yaml"] {
        let text = PRODUCT.replace("commercial.orders", &format!("id-{}", &file[..1]));
        sandbox.write(
            format!("work/products/{file}"),
            text.replace("name: Orders\nversion", "version"),
        );
        let contract = CONTRACT.replace("commercial.orders", &format!("id-{}", &file[..1]));
        let folder = file.split('/').next().unwrap();
        sandbox.write(format!("work/products/{folder}/orders.odcs.yaml"), contract);
    }
    sandbox.mesh(["registry", "init", "registry.git"]).expect(0);
    let folder = sandbox.work();
    let registry = folder.join("registry.git");
    let given = [
        ("paths", "a b\nc\n"),
        ("format", "compact"),
        ("preset", "minimal"),
        ("sarif", ""),
        ("junit", "reports/mesh.xml"),
        ("fail-level", "never"),
        ("registry", registry.to_str().unwrap()),
        ("args", "--output\njson=mesh it.json\n"),
        ("working-directory", "products"),
    ];
    let action = Action::new(sandbox, folder, &given);
    let out = action.run().expect(0);
    assert!(out.contains("a b/dataproduct.yaml:"), "{out}");
    assert!(out.contains("c/dataproduct.yaml:"), "{out}");
    let junit = action.sandbox.read("work/products/reports/mesh.xml");
    assert!(junit.contains("failures=\"2\""), "{junit}");
    action.sandbox.read("work/products/mesh it.json");
    assert!(!action.outputs().contains("sarif="), "{}", action.outputs());
}

#[test]
fn nothing_that_is_given_to_the_action_is_run() {
    for input in [
        "paths",
        "args",
        "sarif",
        "junit",
        "format",
        "preset",
        "fail-level",
        "breaking-against",
    ] {
        let sandbox = Sandbox::new();
        let folder = broken(&sandbox);
        let action = Action::new(
            sandbox,
            folder,
            &[(input, "x\";touch y;$(touch z);`touch z`")],
        );
        let run = action.run();
        assert_ne!(run.status, 0, "{input}: {}", run.stdout);
        for file in ["y", "z"] {
            assert!(!action.folder.join(file).exists(), "{input}: {file}");
        }
    }
}

/// What a job of GitLab runs: `before_script` of the first and `script` of the second.
fn script_of(jobs: &[&Value; 2]) -> String {
    let lines = |job: &Value, key: &str| -> Vec<String> {
        let lines = job[key].as_sequence().expect("a script").iter();
        lines.map(|line| text(line).to_owned()).collect()
    };
    let mut script = lines(jobs[0], "before_script");
    script.extend(lines(jobs[1], "script"));
    script.join("\n")
}

/// A pull request that takes a field away, and another one that was merged meanwhile: the repository, and
/// the shallow clone of the merge of both in which a platform would run.
fn pull_request(sandbox: &Sandbox) -> (PathBuf, PathBuf) {
    let (start, end) = (
        CONTRACT
            .find("      - name: ordered_at\n")
            .expect("a field"),
        CONTRACT.find("support:").expect("what follows"),
    );
    let smaller = format!("{}{}", &CONTRACT[..start], &CONTRACT[end..]);
    sandbox.write("origin/products/orders/dataproduct.yaml", PRODUCT);
    sandbox.write("origin/products/orders/orders.odcs.yaml", CONTRACT);
    let origin = sandbox.path("origin");
    let git = |arguments: &[&str]| sandbox.git(&origin, arguments);
    let commit = |message: &str| {
        git(&["add", "-A"]);
        git(&["commit", "-q", "-m", message]);
    };
    git(&["init", "-q"]);
    commit("Orders");
    git(&["switch", "-q", "-c", "change"]);
    sandbox.write("origin/products/orders/orders.odcs.yaml", smaller);
    commit("Take a field away");
    git(&["switch", "-q", "main"]);
    for (file, text) in [
        ("dataproduct.yaml", PRODUCT),
        ("returns.odcs.yaml", CONTRACT),
    ] {
        let text = text.replace("commercial.orders", "commercial.returns");
        let text = text.replacen("name: Orders", "name: Returns", 1);
        sandbox.write(format!("origin/products/returns/{file}"), text);
    }
    commit("Returns");
    git(&["switch", "-q", "-c", "merge"]);
    git(&["merge", "-q", "--no-edit", "change"]);
    let url = format!("file://{}", origin.display());
    let clone = sandbox.path("clone");
    let arguments = ["clone", "-q", "--depth", "2", "-b", "merge", &url, "clone"];
    sandbox.git(sandbox.path("."), &arguments);
    (origin, clone)
}

#[test]
fn the_action_tells_what_a_pull_request_breaks() {
    let sandbox = Sandbox::new();
    let (_, clone) = pull_request(&sandbox);
    let given = [("breaking-against", "git:HEAD^1"), ("paths", "products\n")];
    let action = Action::new(sandbox, clone.clone(), &given);
    let out = action.run().expect(1);
    let annotation = "::error file=products/orders/orders.odcs.yaml,";
    assert!(
        out.lines()
            .any(|line| line.starts_with(annotation) && line.contains("title=field-removed")),
        "{out}"
    );
    // What others merged meanwhile is neither new nor gone.
    assert!(!out.contains("::error file=products/returns"), "{out}");
    // Lint is no reason not to tell.
    let file = clone.join("products/orders/orders.odcs.yaml");
    let broken = fs::read_to_string(&file).unwrap() + "nonsense: true\n";
    fs::write(&file, broken).unwrap();
    let out = action.run().expect(1);
    assert!(out.contains("title=schema-violation") && out.contains("title=field-removed"));
    let run = Action::new(action.sandbox, clone, &[("fail-level", "never")]).run();
    assert!(!run.expect(0).contains("title=field-removed"));
}

#[test]
fn the_comment_in_a_pull_request_tells_what_changed() {
    let sandbox = Sandbox::new();
    let (_, clone) = pull_request(&sandbox);
    let page = fs::read_to_string(repository().join("docs/ci.md")).expect("the page");
    let workflow: Value = blocks(&page)
        .into_iter()
        .filter(|(language, _)| *language == "yaml")
        .map(|(_, block)| serde_yaml::from_str(block).expect("YAML"))
        .find(|value: &Value| value["permissions"]["pull-requests"].as_str() == Some("write"))
        .expect("a workflow");
    let steps = workflow["jobs"]["lint"]["steps"]
        .as_sequence()
        .expect("steps");
    let script = steps
        .iter()
        .find_map(|step| step["run"].as_str())
        .expect("a step of its own");
    sandbox.write(
        "fake/gh",
        "#!/bin/sh\nwhile [ $# -gt 0 ]; do case \"$1\" in --body-file) cat \"$2\" ;; esac; shift; done\n",
    );
    let gh = sandbox.path("fake/gh");
    let status = Command::new("chmod").arg("+x").arg(&gh).status();
    assert!(status.expect("chmod").success());
    sandbox.mesh(["registry", "init", "registry.git"]).expect(0);
    let mut bash = sandbox.command("bash");
    let binaries = Path::new(env!("CARGO_BIN_EXE_mesh")).parent().unwrap();
    bash.args(["-eo", "pipefail", "-c", script])
        .current_dir(&clone)
        .env("PATH", path_with(&[&sandbox.path("fake"), binaries]))
        .env("MESH_REGISTRY", sandbox.path("work/registry.git"))
        .env("NUMBER", "7")
        .env("GITHUB_STEP_SUMMARY", sandbox.path("summary.md"));
    let comment = Run::of(bash.output().expect("bash")).expect(0);
    assert!(
        comment.contains("field-removed") && comment.contains("ordered_at"),
        "{comment}"
    );
    let summary = sandbox.read("summary.md");
    assert!(summary.contains("ordered_at"), "{summary}");
}

#[test]
fn the_job_for_merge_requests_compares_with_where_the_branch_began() {
    let sandbox = Sandbox::new();
    let (origin, _) = pull_request(&sandbox);
    let fake = fake_cargo(&sandbox);
    let template = yaml("templates/gitlab-ci.yml");
    let job = &template["mesh-breaking"];
    assert_eq!(text(&job["extends"]), "mesh-lint");
    assert_eq!(text(&job["variables"]["GIT_DEPTH"]), "0");
    let rules = job["rules"].as_sequence().expect("rules");
    assert_eq!(rules.len(), 1);
    assert_eq!(
        text(&rules[0]["if"]),
        "$CI_PIPELINE_SOURCE == \"merge_request_event\""
    );
    let script = script_of(&[&template["mesh-lint"], job]);
    let run = |base: &str, target: &str| {
        let mut shell = sandbox.command("bash");
        shell
            .args(["-eo", "pipefail", "-c", &script])
            .current_dir(&origin)
            .env("PATH", path_with(&[&fake]))
            .env("MESH_VERSION", "0.1.0")
            .env("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
            .env("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", target);
        for (name, value) in job["variables"].as_mapping().expect("variables") {
            shell.env(text(name), text(value));
        }
        Run::of(shell.output().expect("bash"))
    };
    let base = sandbox.git(&origin, &["merge-base", "main", "change"]);
    let target = sandbox.git(&origin, &["rev-parse", "main"]);
    // The branch by itself, and then what it would become.
    sandbox.git(&origin, &["switch", "-q", "change"]);
    let out = run(&base, "").expect(1);
    assert!(
        out.contains("error[field-removed]") && !out.contains("Returns"),
        "{out}"
    );
    // Compared with the tip, it would seem to take back what was merged meanwhile.
    let out = run(&target, "").expect(1);
    assert!(out.contains("product `Returns` was removed"), "{out}");
    sandbox.git(&origin, &["switch", "-q", "merge"]);
    let out = run(&base, &target).expect(1);
    assert!(
        out.contains(&format!("compared with git:{target}")),
        "{out}"
    );
    let reports = &template["mesh-lint"]["artifacts"]["reports"];
    for kind in ["codequality", "junit"] {
        let report = fs::read_to_string(origin.join(text(&reports[kind]))).expect(kind);
        assert!(report.contains("field-removed"), "{report}");
    }
    // Compared with itself, nothing is wrong.
    run(&sandbox.git(&origin, &["rev-parse", "merge"]), "").expect(0);
}

#[test]
fn the_job_for_gitlab_writes_the_reports_that_it_declares() {
    let sandbox = Sandbox::new();
    let folder = broken(&sandbox);
    let fake = fake_cargo(&sandbox);
    let template = yaml("templates/gitlab-ci.yml");
    let job = &template["mesh-lint"];
    let script = script_of(&[job, job]);
    let run = |options: &str, path: &[&Path]| {
        let mut shell = sandbox.command("bash");
        shell
            .args(["-eo", "pipefail", "-c", &script])
            .current_dir(&folder)
            .env("PATH", path_with(path));
        for (name, value) in job["variables"].as_mapping().expect("variables") {
            shell.env(text(name), text(value));
        }
        if !options.is_empty() {
            shell.env("MESH_LINT", options);
        }
        Run::of(shell.output().expect("bash"))
    };
    let out = run("", &[&fake]).expect(1);
    assert!(out.contains("✗ "), "{out}");
    let calls = sandbox.read("cargo-calls");
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        calls.contains(&format!("--tag v{version} mesh-cli")),
        "{calls}"
    );
    let report = |kind: &str| {
        let path = text(&job["artifacts"]["reports"][kind]);
        fs::read_to_string(folder.join(path)).expect(path)
    };
    let issues: serde_json::Value = serde_json::from_str(&report("codequality")).expect("JSON");
    assert!(issues.as_array().is_some_and(|issues| issues.len() > 10));
    assert!(report("junit").starts_with("<?xml"));
    assert_eq!(text(&job["artifacts"]["when"]), "always");

    // With what is in the cache, nothing is built again.
    run("03-addressable --fail-level never", &[]).expect(0);
    assert_eq!(sandbox.read("cargo-calls"), calls);
    let fewer: serde_json::Value = serde_json::from_str(&report("codequality")).expect("JSON");
    assert!(fewer.as_array().unwrap().len() < issues.as_array().unwrap().len());
}

#[test]
fn what_init_writes_is_what_is_recommended() {
    let page = fs::read_to_string(repository().join("docs/ci.md")).expect("the page");
    for (host, path, expected) in [
        (
            "github",
            ".github/workflows/mesh.yaml",
            blocks(&page)
                .into_iter()
                .find_map(|(language, block)| (language == "yaml").then(|| block.to_owned()))
                .expect("a workflow"),
        ),
        (
            "gitlab",
            ".gitlab-ci.yml",
            fs::read_to_string(repository().join("templates/gitlab-ci.yml")).expect("a template"),
        ),
    ] {
        let sandbox = Sandbox::new();
        sandbox
            .mesh(["init", "Orders", "--domain", "sales", "--ci", host])
            .expect(0);
        assert_eq!(sandbox.read(format!("work/{path}")), expected);
    }
}

#[test]
fn what_the_documentation_shows_of_ci_exists() {
    let page = fs::read_to_string(repository().join("docs/ci.md")).expect("the page");
    let version = format!("v{}", env!("CARGO_PKG_VERSION"));
    let action = yaml("action.yml");
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook_ids: Vec<&str> = hooks
        .as_sequence()
        .expect("hooks")
        .iter()
        .map(|hook| text(&hook["id"]))
        .collect();
    assert_eq!(hook_ids, ["mesh-lint", "mesh-fix"]);
    let mut uses = 0;
    let mut used_hooks = 0;
    for (language, block) in blocks(&page) {
        if language != "yaml" {
            continue;
        }
        let value: Value = serde_yaml::from_str(block).expect("YAML");
        let (steps, is_reference) = match &value {
            Value::Sequence(steps) => (steps.clone(), true),
            other => {
                let steps = other["jobs"]["lint"]["steps"].as_sequence();
                (steps.cloned().unwrap_or_default(), false)
            }
        };
        for step in steps {
            let action_name = step["uses"].as_str().unwrap_or_default();
            let Some(found) = action_name.strip_prefix("mesh-toolchain/mesh@") else {
                continue;
            };
            assert_eq!(found, version);
            uses += 1;
            let Some(inputs) = step["with"].as_mapping() else {
                continue;
            };
            let declared = action["inputs"].as_mapping().expect("inputs");
            if is_reference {
                assert_eq!(inputs.len(), declared.len(), "all inputs are shown");
            }
            for (name, value) in inputs {
                assert!(declared.contains_key(name), "{name:?}");
                assert!(
                    !is_reference || &declared[name]["default"] == value,
                    "{name:?}"
                );
            }
        }
        for repository in value["repos"].as_sequence().into_iter().flatten() {
            assert_eq!(text(&repository["rev"]), version);
            for hook in repository["hooks"].as_sequence().expect("hooks") {
                assert!(hook_ids.contains(&text(&hook["id"])));
                used_hooks += 1;
            }
        }
    }
    assert_eq!((uses, used_hooks), (4, 2));
}

/// pre-commit itself needs Python, and a build: what it would do with the hooks is done here.
#[test]
fn the_hooks_run_for_every_manifest_and_know_its_neighbours() {
    let sandbox = Sandbox::new();
    sandbox.write("work/orders/dataproduct.yaml", PRODUCT);
    sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    for hook in yaml(".pre-commit-hooks.yaml").as_sequence().expect("hooks") {
        assert_eq!(hook["pass_filenames"].as_bool(), Some(false));
        for (name, is_wanted) in [
            ("dataproduct.yaml", true),
            ("orders/dataproduct.yml", true),
            ("orders/datacontract.yaml", true),
            ("orders/a.odps.yaml", true),
            ("orders/a.odcs.yml", true),
            ("mesh.yaml", true),
            ("a/my-mesh.yaml", false),
            ("my-dataproduct.yaml", false),
            ("values.yaml", false),
            ("a.odcs.yaml.md", false),
        ] {
            let is_manifest = mesh_spec::workspace::expected_kind(Path::new(name)).is_some();
            assert_eq!(is_manifest || name == "mesh.yaml", is_wanted, "{name}");
            let mut grep = sandbox.command("sh");
            grep.args([
                "-c",
                "printf '%s\\n' \"$1\" | grep -qE -- \"$2\"",
                "sh",
                name,
            ])
            .arg(text(&hook["files"]));
            let is_matched = grep.status().expect("grep").success();
            assert_eq!(is_matched, is_wanted, "{name}");
        }
        let entry: Vec<&str> = text(&hook["entry"]).split(' ').collect();
        assert_eq!(entry[..2], ["mesh", "lint"]);
        sandbox.mesh(&entry[1..]).expect(0);
        // A change to the contract breaks the product, which did not change.
        sandbox.write(
            "work/orders/orders.odcs.yaml",
            CONTRACT.replace("\nversion: 1.0.0", "\nversion: 2.0.0"),
        );
        let out = sandbox.mesh(&entry[1..]).expect(1);
        assert!(out.contains("orders/dataproduct.yaml:"), "{out}");
        sandbox.write("work/orders/orders.odcs.yaml", CONTRACT);
    }
}

#[test]
fn pip_builds_the_command() {
    let manifest = fs::read_to_string(repository().join("pyproject.toml")).expect("pyproject.toml");
    let path = manifest
        .lines()
        .find_map(|line| line.strip_prefix("manifest-path = "))
        .expect("a manifest");
    let cargo = fs::read_to_string(repository().join(path.trim_matches('"'))).expect(path);
    assert!(cargo.contains("[[bin]]\nname = \"mesh\""), "{cargo}");
}
