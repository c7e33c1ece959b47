//! The commands in the documentation are run, in order, and print what the documentation says.
//!
//! In a `console` block, a line that starts with `$ ` is a command and the lines below it are its
//! output; `...` on a line of its own stands for any lines, `[..]` for any text within one. A command
//! ends with 0 unless its output shows an error, or a diff of what would be fixed; `mesh diff` and
//! `mesh impact` only ask. A `yaml` block whose first line is `# file: PATH` is written to that file first.

use std::fs;

use crate::sandbox::{Run, Sandbox, repository};

#[test]
fn the_tutorial_does_what_it_says() {
    run("docs/tutorial.md", false);
}

#[test]
fn what_is_said_about_ci_is_so() {
    run("docs/ci.md", false);
}

#[test]
fn the_linting_guide_does_what_it_says() {
    run("docs/linting.md", false);
}

#[test]
fn what_is_said_about_compatibility_is_so() {
    run("docs/compatibility.md", false);
}

#[test]
fn what_is_said_about_impact_is_so() {
    run("docs/impact.md", false);
}

#[test]
fn what_is_said_about_the_graph_is_so() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    run_in(&sandbox, "docs/graph.md", false);
}

#[test]
fn what_is_said_about_the_scorecard_is_so() {
    run("docs/scorecard.md", true);
}

#[test]
fn what_is_said_about_the_registry_is_so() {
    run("docs/registry.md", false);
}

#[test]
fn the_guide_to_policies_does_what_it_says() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    run_in(&sandbox, "docs/policies.md", false);
}

#[test]
fn the_guide_to_consuming_does_what_it_says() {
    let sandbox = Sandbox::new();
    sandbox.copy_example("pharma");
    run_in(&sandbox, "docs/consuming.md", false);
}

#[test]
fn the_readme_shows_what_mesh_prints() {
    run("README.md", true);
}

/// Runs the commands of a document; from the root of the repository only those that read.
fn run(document: &str, in_repository: bool) {
    run_in(&Sandbox::new(), document, in_repository);
}

fn run_in(sandbox: &Sandbox, document: &str, in_repository: bool) {
    let text = fs::read_to_string(repository().join(document)).expect("the document");
    let mut folder = if in_repository {
        repository()
    } else {
        sandbox.work()
    };
    let mut ran = 0;
    for (language, block) in blocks(&text) {
        match language {
            "yaml" if !in_repository => {
                if let Some((path, content)) = block
                    .split_once('\n')
                    .and_then(|(first, rest)| Some((first.strip_prefix("# file: ")?, rest)))
                {
                    sandbox.write(folder.join(path), content);
                }
            }
            "console" => {
                for (command, expected) in commands(block) {
                    if in_repository && !command.starts_with("mesh ") {
                        continue;
                    }
                    if let Some(path) = command.strip_prefix("cd ") {
                        folder = folder.join(path);
                        continue;
                    }
                    let mut shell = sandbox.command("sh");
                    shell
                        .current_dir(&folder)
                        .arg("-c")
                        .arg(format!("{command} 2>&1"));
                    let run = Run::of(shell.output().expect("sh starts"));
                    assert!(
                        matches(&expected, &run.stdout),
                        "{document}: `{command}` prints\n{}\nand not\n{expected}",
                        run.stdout
                    );
                    assert_eq!(
                        run.status != 0,
                        shows_failure(&expected) && !only_asks(&command),
                        "{document}: `{command}` ends with {}, and prints\n{}",
                        run.status,
                        run.stdout
                    );
                    ran += 1;
                }
            }
            _ => {}
        }
    }
    assert!(ran > 0, "{document} has no commands");
}

/// The fenced blocks of a Markdown text, with their languages.
pub(crate) fn blocks(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("\n```") {
        let after = &rest[start + 4..];
        let Some((language, body)) = after.split_once('\n') else {
            break;
        };
        let Some(end) = body.find("\n```").map(|end| end + 1) else {
            break;
        };
        found.push((language.trim(), &body[..end]));
        rest = &body[end + 3..];
    }
    found
}

/// The commands of a console block, each with the output that is shown below it.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push((command.to_owned(), String::new())),
            (None, Some((_, output))) => {
                output.push_str(line);
                output.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// Whether a shown output is that of a command that fails: it ends with a cross, says `error`, or what
/// would be fixed.
fn shows_failure(expected: &str) -> bool {
    expected.lines().any(|line| {
        line.starts_with("✗ ") || line.starts_with("error") || line.contains(" would be fixed in ")
    })
}

/// Whether a command ends well whatever it shows.
fn only_asks(command: &str) -> bool {
    let asks = ["mesh diff", "mesh impact"];
    asks.iter().any(|ask| command.starts_with(ask)) && !command.contains("--exit-code")
}

/// Whether `actual` is what `expected` shows.
fn matches(expected: &str, actual: &str) -> bool {
    let expected: Vec<&str> = expected.trim_end().lines().collect();
    let actual: Vec<&str> = actual.trim_end().lines().collect();
    lines_match(&expected, &actual)
}

fn lines_match(expected: &[&str], actual: &[&str]) -> bool {
    match expected.split_first() {
        None => actual.is_empty(),
        Some((&"...", rest)) => (0..=actual.len()).any(|skip| lines_match(rest, &actual[skip..])),
        Some((first, rest)) => {
            !actual.is_empty() && line_matches(first, actual[0]) && lines_match(rest, &actual[1..])
        }
    }
}

fn line_matches(expected: &str, actual: &str) -> bool {
    match expected.split_once("[..]") {
        None => expected.trim_end() == actual.trim_end(),
        Some((start, rest)) => actual.strip_prefix(start).is_some_and(|tail| {
            (0..=tail.len())
                .filter(|&skip| tail.is_char_boundary(skip))
                .any(|skip| line_matches(rest, &tail[skip..]))
        }),
    }
}

#[test]
fn a_different_output_does_not_match() {
    assert!(matches("a\n...\nd [..] f\n", "a\nb\nc\nd e f\n"));
    assert!(!matches("a\n", "a\nb\n"));
    assert!(!matches("a [..] c\n", "a b d\n"));
    assert!(!matches("...\nb\n", "a\n"));
}
