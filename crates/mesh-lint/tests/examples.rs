//! The examples of the repository: one mesh without a finding, and one that shows every rule.

use std::collections::BTreeSet;
use std::path::PathBuf;

use mesh_lint::{Options, Outcome, lint, rules};
use mesh_spec::workspace::{Loader, Published, Workspace};

/// Lints a folder of `examples/`, as if the registry held nothing.
fn lint_example(folder: &str) -> Outcome {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../examples", folder]
        .iter()
        .collect();
    let workspace = Loader::default()
        .load(&[path])
        .expect("the example can be read");
    let workspace = Workspace::new(workspace.into_documents(), Some(Published::default()));
    lint(&workspace, &Options::as_of("2026-06-30"))
}

#[test]
fn the_pharma_mesh_is_clean() {
    let outcome = lint_example("pharma");
    let found = outcome.report.diagnostics().iter();
    let lines: Vec<_> = found
        .map(|d| format!("{}: {}: {}", d.source.name(), d.rule, d.message))
        .collect();
    assert_eq!(lines, Vec::<String>::new());
    assert_eq!(outcome.defects, Vec::<String>::new());
}

#[test]
fn the_broken_mesh_shows_every_rule() {
    // A file that is not YAML or cannot be read would break every other tool that walks the folder.
    let not_shown = ["unreadable-file", "yaml-syntax"];
    let outcome = lint_example("broken");
    let found: BTreeSet<&str> = outcome
        .report
        .diagnostics()
        .iter()
        .map(|d| &*d.rule)
        .collect();
    let expected: BTreeSet<&str> = rules::ALL
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !not_shown.contains(id))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(outcome.defects, Vec::<String>::new());
}
