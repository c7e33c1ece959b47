//! `mesh lint --format` and `--output`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::sandbox::{DAY, Run, Sandbox};

const FORMATS: [&str; 7] = [
    "pretty", "compact", "json", "sarif", "github", "gitlab", "junit",
];

fn broken() -> (Sandbox, std::path::PathBuf) {
    let sandbox = Sandbox::new();
    let folder = sandbox.copy_example("broken");
    (sandbox, folder)
}

#[test]
fn every_format_prints_every_finding_and_ends_alike() {
    let (sandbox, folder) = broken();
    let report = sandbox
        .mesh_in(&folder, ["lint", "--format", "json"])
        .json(1);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in report["diagnostics"].as_array().unwrap() {
        *counts.entry(found["rule"].as_str().unwrap()).or_default() += 1;
    }
    for format in FORMATS {
        let out = sandbox
            .mesh_in(&folder, ["lint", "--format", format])
            .expect(1);
        for (rule, &count) in &counts {
            let mark = match format {
                // Messages and excerpts name rules too, but not so.
                "pretty" => format!("[{rule}]\n\n"),
                "compact" => format!("[{rule}] "),
                "json" => format!("\"rule\": \"{rule}\""),
                "sarif" => format!("\"ruleId\": \"{rule}\""),
                "github" => format!("title={rule}::"),
                "gitlab" => format!("\"check_name\": \"{rule}\""),
                _ => format!("name=\"{rule}: "),
            };
            assert_eq!(out.matches(&mark).count(), count, "{format}: {rule}\n{out}");
        }
    }
}

#[test]
fn a_clean_run_is_a_document_in_every_format() {
    let sandbox = Sandbox::new();
    let folder = sandbox.copy_example("pharma");
    for format in FORMATS {
        let out = sandbox
            .mesh_in(&folder, ["lint", "--as-of", DAY, "--format", format])
            .expect(0);
        match format {
            "json" | "sarif" => drop(serde_json::from_str::<Value>(&out).expect(format)),
            "gitlab" => assert_eq!(out, "[]\n"),
            "junit" => assert!(
                out.contains("failures=\"0\"") && out.contains("<testcase"),
                "{out}"
            ),
            _ => assert!(out.contains("✓ no findings"), "{format}: {out}"),
        }
    }
}

#[test]
fn files_hold_what_would_be_printed() {
    let (sandbox, folder) = broken();
    let mut arguments = vec![
        "lint".to_owned(),
        "--format".to_owned(),
        "compact".to_owned(),
    ];
    for format in FORMATS {
        arguments.extend(["--output".to_owned(), format!("{format}=out/{format}")]);
    }
    let printed = sandbox.mesh_in(&folder, &arguments).expect(1);
    assert!(
        printed.lines().last().unwrap().starts_with("✗ "),
        "{printed}"
    );
    for format in FORMATS {
        let file = fs::read_to_string(folder.join("out").join(format)).expect(format);
        let printed = sandbox
            .mesh_in(&folder, ["lint", "--format", format])
            .expect(1);
        // The summary is for whoever waits at the terminal.
        let printed = match format {
            "pretty" | "compact" | "github" => {
                let summary = printed.rfind("\n✗ ").unwrap();
                &printed[..=summary]
            }
            _ => &printed,
        };
        assert!(file == *printed, "{format}\n{file}\n---\n{printed}");
    }
}

#[test]
fn a_file_replaces_the_one_that_was_there_and_nothing_else() {
    let (sandbox, folder) = broken();
    fs::write(folder.join("real.json"), "old").unwrap();
    for _ in 0..2 {
        sandbox
            .mesh_in(&folder, ["lint", "--output", "real.json"])
            .expect(1);
        let report = fs::read_to_string(folder.join("real.json")).unwrap();
        serde_json::from_str::<Value>(&report).expect("JSON");
    }
    // What cannot be written is a failure, and what was there stays.
    fs::create_dir(folder.join("folder.json")).unwrap();
    let run = sandbox.mesh_in(&folder, ["lint", "--output", "folder.json"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("cannot write `folder.json`"),
        "{}",
        run.stderr
    );
    let run = sandbox.mesh_in(
        &folder,
        ["lint", "--output", "a.json", "--output", "sarif=a.json"],
    );
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("`a.json` would be written twice"),
        "{}",
        run.stderr
    );
    assert!(!folder.join("a.json").exists());
    for wrong in ["lint.txt", "sarfi=a.json", "sarif=", "json=-"] {
        let run = sandbox.mesh_in(&folder, ["lint", "--output", wrong]);
        assert_eq!(run.status, 2, "{wrong}");
        assert!(run.stderr.contains("--output"), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn links_and_permissions_of_an_output_file_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (sandbox, folder) = broken();
    fs::write(folder.join("real.json"), "old").unwrap();
    fs::set_permissions(folder.join("real.json"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("real.json", folder.join("link.json")).unwrap();
    sandbox
        .mesh_in(&folder, ["lint", "--output", "link.json"])
        .expect(1);
    assert!(
        folder
            .join("link.json")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
    let real = fs::metadata(folder.join("real.json")).unwrap();
    assert_eq!(real.permissions().mode() & 0o777, 0o600);
    assert!(real.len() > 1000);
    // A device is written to, and not replaced.
    let mut shell = sandbox.command("sh");
    shell.current_dir(&folder).args([
        "-c",
        "mesh lint --output json=/dev/stdout --format compact | cat",
    ]);
    let out = Run::of(shell.output().unwrap()).expect(0);
    assert!(out.starts_with('{') && out.contains("\n}\n"), "{out}");
    assert!(
        out.trim_end().lines().last().unwrap().starts_with("✗ "),
        "{out}"
    );
}

#[test]
fn platforms_are_told_paths_from_the_root_of_the_repository() {
    let (sandbox, folder) = broken();
    fs::create_dir(folder.join(".git")).unwrap();
    let from_root = |format: &str| {
        sandbox
            .mesh_in(&folder, ["lint", "02-discoverable", "--format", format])
            .expect(1)
    };
    let from_within = |format: &str| {
        sandbox
            .mesh_in(folder.join("02-discoverable"), ["lint", "--format", format])
            .expect(1)
    };
    for format in ["github", "gitlab", "sarif"] {
        assert_eq!(from_root(format), from_within(format), "{format}");
    }
    let absolute = folder.join("02-discoverable").display().to_string();
    let elsewhere = sandbox
        .mesh(["lint", &absolute, "--format", "gitlab"])
        .expect(1);
    let issues: Value = serde_json::from_str(&elsewhere).unwrap();
    let path = issues[0]["location"]["path"].as_str().unwrap();
    assert!(path.starts_with("broken/02-discoverable/"), "{path}");
    assert!(from_root("compact").starts_with("02-discoverable/"));
    assert!(from_within("compact").starts_with("market-share"));
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let (sandbox, folder) = broken();
    let fingerprints = || -> BTreeSet<String> {
        let out = sandbox
            .mesh_in(&folder, ["lint", "--format", "gitlab"])
            .expect(1);
        let issues: Vec<Value> = serde_json::from_str(&out).unwrap();
        let found: BTreeSet<String> = issues
            .iter()
            .map(|issue| issue["fingerprint"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found.len(), issues.len(), "no two are the same");
        found
    };
    let before = fingerprints();
    let product = folder.join("04-trustworthy/complaint/dataproduct.yaml");
    let text = fs::read_to_string(&product).unwrap();
    fs::write(&product, format!("# One.\n# Two.\n\n{text}")).unwrap();
    assert_eq!(fingerprints(), before);
}

#[test]
fn what_a_manifest_holds_does_not_steer_the_terminal_in_any_format() {
    let sandbox = Sandbox::new();
    let name = if cfg!(windows) {
        "odd"
    } else {
        "o\u{1b}[2Jdd\u{202e}\n::error::x, %"
    };
    sandbox.write(
        format!("work/{name}/dataproduct.yaml"),
        "apiVersion: v1.1.0\nkind: DataProduct\nid: a\nstatus: active\n\"n\\e[2J\\u009b\\u202eme\": \"</x>]]>\"\n",
    );
    for format in FORMATS {
        let out = sandbox.mesh(["lint", "--format", format]).expect(1);
        let steering = out
            .chars()
            .find(|&c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c));
        assert_eq!(steering, None, "{format}: {out:?}");
        match format {
            "json" | "sarif" | "gitlab" => {
                let text = serde_json::from_str::<Value>(&out)
                    .expect(format)
                    .to_string();
                let kept = if format == "sarif" {
                    "%1B%5B2J"
                } else {
                    "\\u001b[2J"
                };
                assert!(cfg!(windows) || text.contains(kept), "{text}");
            }
            // Not one command more than there are findings.
            "github" => {
                let lines = out.lines().filter(|line| line.starts_with("::"));
                assert!(
                    lines.clone().all(|line| line.starts_with("::error file=")
                        || line.starts_with("::warning file="))
                );
            }
            _ => {}
        }
    }
}

#[test]
fn the_level_that_fails_a_run_can_be_chosen() {
    let sandbox = Sandbox::new();
    sandbox
        .mesh(["init", "Orders", "--domain", "sales"])
        .expect(0);
    for (level, status) in [("error", 0), ("warn", 1), ("info", 1), ("never", 0)] {
        sandbox.mesh(["lint", "--fail-level", level]).expect(status);
    }
    let (sandbox, folder) = broken();
    sandbox
        .mesh_in(folder, ["lint", "--fail-level", "never"])
        .expect(0);
}

#[test]
fn publish_keeps_its_two_formats() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    let run = sandbox.mesh(["publish", "pharma", "--dry-run", "--format", "sarif"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("[possible values: pretty, json]"),
        "{}",
        run.stderr
    );
}

/// The official schema is not part of the repository.
#[test]
fn sarif_is_what_the_standard_asks_for() {
    let Some(path) = std::env::var_os("MESH_SARIF_SCHEMA") else {
        println!("skipped: set MESH_SARIF_SCHEMA to a copy of sarif-schema-2.1.0.json");
        return;
    };
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::draft4::new(&schema).unwrap();
    let (sandbox, folder) = broken();
    for example in ["broken", "pharma"] {
        sandbox.copy_example(example);
        let folder = folder.with_file_name(example);
        let run = sandbox.mesh_in(folder, ["lint", "--as-of", DAY, "--format", "sarif"]);
        let log: Value = serde_json::from_str(&run.stdout).unwrap();
        let problems: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(problems, Vec::<String>::new());
    }
}
