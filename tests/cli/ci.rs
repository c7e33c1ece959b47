//! The files that bring mesh into CI: what they run is run here, as the platforms run it, with the
//! binary under test in place of the one that they would build.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;

use crate::docs::blocks;
use crate::sandbox::{Run, Sandbox, repository};

const PRODUCT: &str = include_str!("../../crates/mesh-lint/src/examples/dataproduct.yaml");
const CONTRACT: &str = include_str!("../../crates/mesh-lint/src/examples/orders.odcs.yaml");

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

    /// Runs all steps up to one that fails, and gives that of the last with all output.
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
        let mut ran = 0;
        for step in action["runs"]["steps"].as_sequence().expect("steps") {
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
            whole.status = run.status;
            whole.stdout += &run.stdout;
            whole.stderr += &run.stderr;
            ran += 1;
            if run.status != 0 {
                break;
            }
        }
        assert!(ran == 3 || whole.status != 0, "{ran} steps ran");
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

#[test]
fn the_job_for_gitlab_writes_the_reports_that_it_declares() {
    let sandbox = Sandbox::new();
    let folder = broken(&sandbox);
    let fake = fake_cargo(&sandbox);
    let template = yaml("templates/gitlab-ci.yml");
    let job = &template["mesh-lint"];
    let script: Vec<&str> = job["script"]
        .as_sequence()
        .expect("a script")
        .iter()
        .map(text)
        .collect();
    let run = |options: &str, path: &[&Path]| {
        let mut shell = sandbox.command("bash");
        shell
            .args(["-eo", "pipefail", "-c", &script.join("\n")])
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
        let steps = match &value {
            Value::Sequence(steps) => steps.clone(),
            other => other["jobs"]["lint"]["steps"]
                .as_sequence()
                .cloned()
                .unwrap_or_default(),
        };
        for step in steps {
            let Some(found) = text(&step["uses"]).strip_prefix("mesh-toolchain/mesh@") else {
                continue;
            };
            assert_eq!(found, version);
            uses += 1;
            let Some(inputs) = step["with"].as_mapping() else {
                continue;
            };
            let declared = action["inputs"].as_mapping().expect("inputs");
            assert_eq!(inputs.len(), declared.len(), "all inputs are shown");
            for (name, default) in inputs {
                assert_eq!(&declared[name]["default"], default, "{name:?}");
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
    assert_eq!((uses, used_hooks), (3, 2));
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
