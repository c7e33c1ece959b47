//! Rules that accuse must not cry wolf: nothing that others have published is taken for a secret or
//! for the data of a living person.
//!
//! The documents are the corpus of the conformance test, which is not part of the repository.
//! Without it this test passes, and says that it has looked at nothing.

use std::path::{Path, PathBuf};
use std::{env, fs};

use mesh_lint::{Options, lint};
use mesh_spec::document::Document;
use mesh_spec::workspace::{Role, Workspace, expected_kind, is_manifest};

/// The rules that are measured, each with how many of its findings in the corpus are wrong. None is.
const MEASURED: [&str; 2] = ["personal-example", "secret-in-manifest"];

fn corpus() -> Option<PathBuf> {
    let root = env::var_os("MESH_CONFORMANCE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
        PathBuf::from,
    );
    root.is_dir().then_some(root)
}

/// Every file below `folder` that is named like a manifest, in order.
fn manifests(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the corpus can be listed")
        .map(|entry| entry.expect("the corpus can be listed").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            manifests(&path, found);
        } else if is_manifest(&path) {
            found.push(path);
        }
    }
}

#[test]
fn nothing_published_is_taken_for_a_secret_or_for_a_person() {
    let Some(root) = corpus() else {
        eprintln!("skipped, nothing was looked at: set MESH_CONFORMANCE to a folder of manifests");
        return;
    };
    let mut paths = Vec::new();
    manifests(&root, &mut paths);
    let documents = paths.iter().map(|path| {
        let bytes = fs::read(path).expect("the corpus can be read");
        let name = path.to_string_lossy().into_owned();
        let document = Document::parse(name, bytes, expected_kind(path));
        (document, Role::Target)
    });
    let workspace = Workspace::new(documents.collect(), None);
    let outcome = lint(&workspace, &Options::as_of("2026-06-30"));
    assert_eq!(outcome.defects, Vec::<String>::new());
    let wrong: Vec<String> = outcome
        .report
        .diagnostics()
        .iter()
        .filter(|found| MEASURED.contains(&&*found.rule))
        .map(|found| format!("{}: {}: {}", found.source.name(), found.rule, found.message))
        .collect();
    assert!(paths.len() > 100, "only {} manifests", paths.len());
    eprintln!("{} false alarms in {} manifests", wrong.len(), paths.len());
    assert_eq!(wrong, Vec::<String>::new());
}
