//! The documents that the laws are tried on: the example mesh, the examples of all kinds of change, and
//! the official examples of the two standards where they are at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

use mesh_compat::changes;
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use serde_json::Value;

/// A document, and what there is in it to change.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) document: Document,
    pub(crate) kind: Kind,
    pub(crate) value: Value,
    /// JSON Pointers of all nodes but the root.
    pub(crate) pointers: Vec<String>,
}

impl Sample {
    fn of(name: String, document: Document) -> Option<Self> {
        let kind = document.kind()?;
        let value = document.tree.as_ref()?.to_json();
        let mut pointers = Vec::new();
        collect(&value, "", &mut pointers);
        Some(Self {
            name,
            document,
            kind,
            value,
            pointers,
        })
    }
}

/// Every document that there is.
pub(crate) fn samples() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let read = |path: PathBuf| {
            let bytes = fs::read(&path).expect("a file");
            let name = path.display().to_string();
            Sample::of(name.clone(), Document::parse(name, bytes, None))
        };
        let examples = changes::all().flat_map(|kind| {
            let (old, new) = kind.example.documents();
            let sample =
                |side: &str, document| Sample::of(format!("{}, {side}", kind.id), document);
            [sample("old", old), sample("new", new)]
        });
        let files = files().into_iter().map(read);
        files.chain(examples).flatten().collect()
    })
}

/// The values that stand under a key, wherever there is one of that name.
pub(crate) fn values_of(key: &str) -> &'static [Value] {
    static VALUES: OnceLock<BTreeMap<String, Vec<Value>>> = OnceLock::new();
    let all = VALUES.get_or_init(|| {
        let mut found: BTreeMap<String, (BTreeSet<String>, Vec<Value>)> = BTreeMap::new();
        for sample in samples() {
            for pointer in &sample.pointers {
                let value = sample.value.pointer(pointer).expect("it is there");
                let (seen, values) = found.entry(last(pointer)).or_default();
                if seen.insert(value.to_string()) {
                    values.push(value.clone());
                }
            }
        }
        let values = found.into_iter();
        values.map(|(key, (_, values))| (key, values)).collect()
    });
    all.get(key).map_or(&[], Vec::as_slice)
}

/// The last key of a JSON Pointer.
pub(crate) fn last(pointer: &str) -> String {
    let last = pointer.rsplit('/').next().unwrap_or_default();
    last.replace("~1", "/").replace("~0", "~")
}

/// The example mesh and the official examples.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    find(&root.join("examples/pharma"), &mut files);
    let corpus = env::var_os("MESH_CONFORMANCE")
        .map_or_else(|| root.join("../shared/conformance"), PathBuf::from);
    if corpus.is_dir() {
        find(&corpus, &mut files);
    } else {
        eprintln!(
            "skipped: there are no official examples in `{}`; name their folder by MESH_CONFORMANCE",
            corpus.display()
        );
    }
    files.sort();
    files
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_yaml = path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml");
        if path.is_dir() {
            find(&path, files);
        } else if is_yaml {
            files.push(path);
        }
    }
}

fn collect(value: &Value, at: &str, all: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    for (key, value) in children {
        let pointer = format!("{at}/{key}");
        all.push(pointer.clone());
        collect(value, &pointer, all);
    }
}
