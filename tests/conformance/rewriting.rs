//! Documents of the corpus, edited and moved to newer versions.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mesh_diagnostics::{Change, Source};
use mesh_spec::document::Document;
use mesh_spec::model::{ApiVersion, Kind};
use mesh_spec::upgrade::{Upgrade, upgrade};
use mesh_spec::yaml::{NodeRef, Tree, Value, edit, join, parse};
use serde_json::Value as Json;

use super::corpus;
use super::sample::{self, Choice};

/// Every YAML file of the corpus that is YAML to mesh.
pub(crate) fn trees(root: &Path) -> Vec<(PathBuf, Tree)> {
    let mut paths = Vec::new();
    corpus::collect_yaml(root, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok()?;
        let source = Arc::new(Source::new(path.display().to_string(), text));
        let (tree, problems) = parse(&source);
        Some((path, tree.filter(|_| problems.is_empty())?))
    };
    paths.into_iter().filter_map(read).collect()
}

/// Sets every scalar to what it is, every text to another, and turns the keys of the document
/// around. Gives how many scalars there were.
pub(crate) fn edit_all(path: &Path, tree: &Tree) -> usize {
    let mut scalars = Vec::new();
    collect(tree.root(), "", &mut scalars);
    for (pointer, value) in &scalars {
        let change = Change::set(pointer.as_str(), value.clone());
        let plan = edit::plan(tree, std::slice::from_ref(&change));
        if !tree.has_aliases() {
            assert_eq!(plan, Some(Vec::new()), "{}: {pointer}", path.display());
        }
    }
    if tree.has_aliases() {
        return scalars.len();
    }
    let same: Vec<Change> = scalars
        .iter()
        .map(|(pointer, value)| Change::set(pointer.as_str(), value.clone()))
        .collect();
    let text = carry_out(path, tree, &same);
    assert_eq!(text, tree.source().text(), "{}", path.display());
    let other: Vec<Change> = scalars
        .iter()
        .filter(|(_, value)| value.is_string())
        .map(|(pointer, _)| Change::set(pointer.as_str(), "no: # longer"))
        .collect();
    carry_out(path, tree, &other);
    if tree.root().value() == Value::Mapping {
        let keys = tree
            .root()
            .entries()
            .map(|(key, _)| key.key_text().to_owned());
        let mut keys: Vec<String> = keys.collect();
        keys.reverse();
        let pointer = String::new();
        let turned = carry_out(path, tree, &[Change::Reorder { pointer, keys }]);
        let (after, _) = parse(&Arc::new(Source::new("turned", turned)));
        let count = |tree: &Tree| edit::comments(tree).len();
        let after = after.expect("a tree");
        assert_eq!(count(&after), count(tree), "{}", path.display());
    }
    scalars.len()
}

fn carry_out(path: &Path, tree: &Tree, changes: &[Change]) -> String {
    let edits = edit::plan(tree, changes);
    let edits = edits.unwrap_or_else(|| panic!("{}: refused", path.display()));
    let text = edit::verify(tree, changes, &edits);
    text.unwrap_or_else(|| panic!("{}: not what was meant", path.display()))
}

fn collect(node: NodeRef<'_>, pointer: &str, found: &mut Vec<(String, Json)>) {
    match node.value() {
        Value::Mapping => {
            for (key, value) in node.entries() {
                collect(value, &join(pointer, key.key_text()), found);
            }
        }
        Value::Sequence => {
            for (index, item) in node.items().enumerate() {
                collect(item, &format!("{pointer}/{index}"), found);
            }
        }
        _ => found.push((pointer.to_owned(), node.to_json())),
    }
}

/// How many documents were moved, and what was said of the others.
#[derive(Default)]
pub(crate) struct Moves {
    pub(crate) moved: usize,
    pub(crate) refused: Vec<String>,
}

impl Moves {
    /// Moves a document that is valid in an older version, and holds the result to the official
    /// schema.
    pub(crate) fn add(&mut self, root: &Path, name: &str, text: &str, kind: Kind) {
        let document = Document::parse(name, text.as_bytes().to_vec(), Some(kind));
        let current = ApiVersion::current(kind);
        if !document.problems.is_empty() || document.api_version == Some(current) {
            return;
        }
        match upgrade(&document, current) {
            Upgrade::Unneeded => panic!("{name} is of an older version"),
            Upgrade::Refused(problems) => {
                assert!(!problems.is_empty(), "{name}: nothing is said");
                let said = problems.into_iter().map(|problem| problem.message);
                self.refused
                    .push(format!("{name}: {}", said.collect::<Vec<_>>().join("; ")));
            }
            Upgrade::Done(text) => {
                let (tree, _) = parse(&Arc::new(Source::new(name, text.as_str())));
                let json = tree.expect("the result is YAML").to_json();
                let official = corpus::validator(&corpus::official_schema(root, current));
                assert!(
                    official.is_valid(&json),
                    "{name}: the result is not valid\n{text}"
                );
                let comments = |text: &str| text.matches('#').count();
                assert_eq!(
                    comments(&text),
                    comments(document.source.text()),
                    "{name}: comments were lost"
                );
                self.moved += 1;
            }
        }
    }

    /// Moves one document of every shape that the schemas of older versions allow.
    pub(crate) fn add_samples(&mut self, root: &Path) {
        for kind in Kind::ALL {
            for version in ApiVersion::all(kind) {
                let official = corpus::official_schema(root, *version);
                let mut samples = vec![("full".to_owned(), sample::full(&official, Choice::First))];
                samples.extend(sample::variants(&official));
                for (name, mut value) in samples {
                    value["apiVersion"] = version.to_string().into();
                    let text = serde_yaml::to_string(&value).expect("JSON is YAML");
                    self.add(root, &format!("{name} of {version}"), &text, kind);
                }
            }
        }
    }
}
