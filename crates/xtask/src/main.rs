//! Development tasks: `cargo run -p xtask -- <task> [--check]`.
//!
//! Each task writes files that are derived from code. With `--check` it writes nothing, and fails if a file is not what
//! the task would have written.

mod bench;
mod config;
mod docs;
mod policies;
mod schemas;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

/// A task: its name on the command line, and the files that it is responsible for.
type Task = (&'static str, fn() -> Vec<File>);

const TASKS: &[Task] = &[
    ("schemas", schemas::files),
    ("config", config::files),
    ("policies", policies::files),
    ("commands", docs::commands),
    ("rules", docs::rules),
    ("changes", docs::changes),
    ("checks", docs::checks),
];

/// The name under which all tasks run.
const ALL: &str = "generate";

/// The name under which figures are measured.
const BENCH: &str = "bench";

/// The figures of a large registry, which are measured apart: its making takes minutes.
const REGISTRY: &str = "registry";

/// Those of publishing to it and searching in it, and no others.
const PUBLISHING: &str = "publishing";

/// Those of what judging and reading it costs, and no others.
const JUDGING: &str = "judging";

/// A derived file.
struct File {
    /// Where it belongs, relative to the root of the repository.
    path: PathBuf,
    /// What it contains.
    text: String,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (flags, names): (Vec<_>, Vec<_>) = arguments
        .iter()
        .map(String::as_str)
        .partition(|word| word.starts_with('-'));
    let check = match flags[..] {
        [] => false,
        ["--check"] => true,
        _ => return usage(),
    };
    let (name, measure) = match names[..] {
        [BENCH, REGISTRY] => (BENCH, bench::registry::run as fn() -> io::Result<String>),
        [BENCH, REGISTRY, PUBLISHING] => (BENCH, bench::registry::run_publishing as _),
        [BENCH, REGISTRY, JUDGING] => (BENCH, bench::registry::run_judging as _),
        [name] => (name, bench::run as fn() -> io::Result<String>),
        _ => return usage(),
    };
    if name == BENCH {
        return match measure() {
            Ok(table) => {
                print(&table);
                ExitCode::SUCCESS
            }
            Err(error) => {
                complain(&format!("cannot measure: {error}"));
                ExitCode::from(2)
            }
        };
    }
    let tasks: Vec<_> = TASKS
        .iter()
        .filter(|(task, _)| name == ALL || name == *task)
        .collect();
    if tasks.is_empty() {
        return usage();
    }

    let mut stale = Vec::new();
    for (_, files) in tasks {
        for file in files() {
            let outcome = if check {
                is_current(&file)
            } else {
                write(&file).map(|()| true)
            };
            match outcome {
                Ok(true) => {}
                Ok(false) => stale.push(file.path),
                Err(error) => {
                    complain(&format!("{}: {error}", file.path.display()));
                    return ExitCode::from(2);
                }
            }
        }
    }
    if stale.is_empty() {
        return ExitCode::SUCCESS;
    }
    for path in stale {
        complain(&format!(
            "{} is not what the code generates",
            path.display()
        ));
    }
    complain(&format!(
        "run `cargo run -p xtask -- {name}` and commit the result"
    ));
    ExitCode::FAILURE
}

fn usage() -> ExitCode {
    let names: Vec<_> = TASKS
        .iter()
        .map(|(name, _)| *name)
        .chain([ALL, BENCH])
        .collect();
    complain(&format!(
        "usage: cargo run -p xtask -- <{}> [--check], or {BENCH} {REGISTRY} [{PUBLISHING}|{JUDGING}]",
        names.join("|")
    ));
    ExitCode::from(2)
}

#[expect(
    clippy::print_stdout,
    reason = "the one place where this program prints what was asked for"
)]
fn print(text: &str) {
    print!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "the one place where this program speaks"
)]
fn complain(message: &str) {
    eprintln!("{message}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn is_current(file: &File) -> io::Result<bool> {
    match fs::read_to_string(root().join(&file.path)) {
        Ok(text) => Ok(text == file.text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn write(file: &File) -> io::Result<()> {
    if is_current(file)? {
        return Ok(());
    }
    let path = root().join(&file.path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, &file.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_files_are_current() {
        for (name, files) in TASKS {
            for file in files() {
                assert!(
                    is_current(&file).expect("derived files are readable"),
                    "{} is not what the code generates; run `cargo run -p xtask -- {name}` and commit the result",
                    file.path.display(),
                );
            }
        }
    }
    #[test]
    fn no_page_is_of_what_is_gone() {
        for (folder, files) in [
            ("docs/rules", docs::rules()),
            ("docs/changes", docs::changes()),
        ] {
            for entry in fs::read_dir(root().join(folder)).expect("the folder of pages") {
                let path = Path::new(folder).join(entry.expect("an entry").file_name());
                assert!(
                    files.iter().any(|file| file.path == path),
                    "{} is generated no more: remove it",
                    path.display(),
                );
            }
        }
    }
}
