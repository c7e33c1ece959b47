//! `mesh rules`, `mesh explain`, `mesh completions` and `mesh man`.

use std::fs;
use std::process::Command;

use mesh_lint::{Group, rules};

use crate::sandbox::{DAY, Run, Sandbox, repository};

fn ids(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let arguments = ["rules", "--format", "json"].iter().chain(arguments);
    let view = sandbox.mesh(arguments).json(0);
    let found = view["rules"].as_array().unwrap().iter();
    found
        .map(|rule| rule["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn rules_are_listed_and_filtered() {
    let sandbox = Sandbox::new();
    let all: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(ids(&sandbox, &[]), all);
    assert_eq!(ids(&sandbox, &["--preset", "strict"]), all);
    assert_eq!(
        ids(&sandbox, &["deprecated", "GRAPH"]),
        ["consumes-deprecated"]
    );
    assert_eq!(ids(&sandbox, &["nothing like it"]), Vec::<String>::new());
    for group in Group::ALL {
        let members: Vec<&str> = rules::of(group).iter().map(|rule| rule.id).collect();
        assert_eq!(ids(&sandbox, &["--group", group.as_str()]), members);
    }
    let smallest = ids(&sandbox, &["--preset", "minimal"]);
    assert!(!smallest.is_empty() && smallest.len() < all.len());
    let fixable: Vec<&str> = rules::ALL
        .iter()
        .filter(|rule| rule.fix.is_some())
        .map(|rule| rule.id)
        .collect();
    assert_eq!(ids(&sandbox, &["--fixable"]), fixable);
    let run = sandbox.mesh(["rules", "--group", "grph"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("'graph'"), "{}", run.stderr);
}

#[test]
fn a_list_that_is_not_on_a_terminal_has_a_line_for_each_rule() {
    let sandbox = Sandbox::new();
    let out = sandbox.mesh(["rules"]).expect(0);
    for rule in rules::ALL {
        let line = out
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{} ", rule.id)))
            .expect(rule.id);
        assert!(line.contains(rule.level.as_str()) && line.contains(rule.preset.as_str()));
        assert!(line.ends_with(rule.summary), "{line}");
    }
    let out = sandbox.mesh(["rules", "no-such-thing"]).expect(0);
    assert_eq!(out, "No rule about `no-such-thing`\n");
}

#[test]
fn every_rule_and_group_is_explained_with_one_text() {
    let sandbox = Sandbox::new();
    for rule in rules::ALL {
        let out = sandbox.mesh(["explain", rule.id]).expect(0);
        assert!(
            out.starts_with(&format!("{}\n\n{}", rule.id, &rule.summary[..20])),
            "{out}"
        );
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let first = rule.docs.split("\n\n").next().unwrap();
        // Links are shown as their text.
        if !first.contains("](") {
            assert!(words(&out).contains(&words(first)), "{out}");
        }
        for file in rule.fails.files.iter().chain(rule.passes.files) {
            assert!(out.contains(&format!("    # {}\n", file.path)), "{out}");
        }
        assert!(
            out.lines()
                .all(|line| !line.starts_with("```") && !line.starts_with('#'))
        );
    }
    let page = sandbox
        .mesh(["explain", "cycle", "--format", "markdown"])
        .expect(0);
    assert_eq!(page, mesh_lint::docs::page(rules::find("cycle").unwrap()));
    let view = sandbox
        .mesh(["explain", "cycle", "--format", "json"])
        .json(0);
    assert_eq!(view["id"], "cycle");
    assert_eq!(view["fails"][0]["path"], "orders/dataproduct.yaml");
    for group in Group::ALL {
        let out = sandbox.mesh(["explain", group.as_str()]).expect(0);
        assert!(out.contains(group.summary()), "{out}");
        let view = sandbox
            .mesh(["explain", group.as_str(), "--format", "json"])
            .json(0);
        assert_eq!(
            view["rules"].as_array().unwrap().len(),
            rules::of(group).len()
        );
        sandbox
            .mesh(["explain", group.as_str(), "--format", "markdown"])
            .expect(0);
    }
}

/// GitHub refuses a SARIF file in which a description is longer.
#[test]
fn code_scanning_takes_the_descriptions_of_all_rules() {
    let sandbox = Sandbox::new();
    let folder = sandbox.copy_example("pharma");
    let log = sandbox
        .mesh_in(folder, ["lint", "--as-of", DAY, "--format", "sarif"])
        .json(0);
    let described = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    // The policy that is waived is described as well.
    assert_eq!(described.len(), rules::ALL.len() + 1);
    for rule in described {
        for key in ["shortDescription", "fullDescription"] {
            let length = rule[key]["text"].as_str().unwrap().chars().count();
            assert!((1..=1024).contains(&length), "{key}: {length} in {rule:#}");
        }
    }
}

#[test]
fn an_unknown_rule_is_met_with_a_suggestion() {
    let sandbox = Sandbox::new();
    let run = sandbox.mesh(["explain", "cycel"]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr.contains("did you mean `cycle`?"),
        "{}",
        run.stderr
    );
    let run = sandbox.mesh(["explain", "\u{1b}[2Jqqq"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`mesh rules`") && !run.stderr.contains('\u{1b}'));
}

#[test]
fn shells_complete_commands_and_names_of_rules() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = sandbox.mesh(["completions", shell]).expect(0);
        assert!(script.contains("fail-level"), "{shell}");
    }
    let script = sandbox.mesh(["completions", "bash"]).expect(0);
    sandbox.write("work/mesh.bash", script);
    let complete = |words: &str| {
        let mut bash = sandbox.command("bash");
        bash.arg("-c").arg(format!(
            "source ./mesh.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _mesh mesh \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[*]}}\""
        ));
        Run::of(bash.output().expect("bash")).expect(0)
    };
    assert_eq!(complete("mesh expl"), "explain\n");
    assert_eq!(
        complete("mesh explain consumes-de"),
        "consumes-deprecated\n"
    );
    assert_eq!(complete("mesh lint --format sa"), "sarif\n");
    assert_eq!(complete("mesh rules --preset st"), "standard strict\n");
}

#[test]
fn fish_completes_names_of_rules_too() {
    if Command::new("fish").arg("--version").output().is_err() {
        println!("skipped: there is no fish to ask");
        return;
    }
    let sandbox = Sandbox::new();
    let script = sandbox.mesh(["completions", "fish"]).expect(0);
    sandbox.write("work/mesh.fish", script);
    let mut fish = sandbox.command("fish");
    fish.args([
        "-c",
        "source mesh.fish; complete -C 'mesh explain consumes-de'",
    ]);
    let out = Run::of(fish.output().unwrap()).expect(0);
    let summary = rules::find("consumes-deprecated").unwrap().summary;
    assert_eq!(out, format!("consumes-deprecated\t{summary}\n"));
}

#[test]
fn every_command_has_a_manual_page() {
    let sandbox = Sandbox::new();
    sandbox.mesh(["man", "--dir", "man/man1"]).expect(0);
    let commands = fs::read_to_string(repository().join("docs/commands.md")).unwrap();
    let mut found: Vec<String> = fs::read_dir(sandbox.path("work/man/man1"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    for heading in commands
        .lines()
        .filter_map(|line| line.strip_prefix("## `"))
    {
        let page = format!("{}.1", heading.trim_end_matches('`').replace(' ', "-"));
        assert!(found.contains(&page), "{page} in {found:?}");
    }
    let lint = sandbox.read("work/man/man1/mesh-lint.1");
    assert!(lint.contains(".TH mesh-lint 1"), "{lint}");
    assert!(lint.contains("skipping what git ignores"), "{lint}");
    assert_eq!(
        sandbox.mesh(["man"]).expect(0),
        sandbox.read("work/man/man1/mesh.1")
    );
    // A reader of manual pages has nothing to complain about.
    match Command::new("groff").arg("--version").output() {
        Ok(_) => {
            for page in &found {
                let mut groff = sandbox.command("groff");
                groff
                    .args(["-man", "-Tutf8", "-ww", "-z"])
                    .arg(sandbox.path("work/man/man1").join(page));
                let run = Run::of(groff.output().unwrap());
                assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{page}");
            }
        }
        Err(_) => println!("skipped: there is no groff to read the pages"),
    }
}
