//! What holds for every pair of documents: the example mesh, and the official examples of the two
//! standards where they are at hand.
//!
//! The official examples are looked for in the folder that `MESH_CONFORMANCE` names, else beside the
//! repository; without them, the tests say so and use the example mesh alone.

#![allow(clippy::print_stderr, reason = "a test says what it skipped")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs};

use mesh_compat::{Change, Settings, compare};
use mesh_spec::document::Document;
use mesh_spec::vocabulary::Vocabularies;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The kind that says that nothing means anything else than before.
const SAME: &str = "key-order-or-comments";

fn compared(old: &Document, new: &Document) -> Vec<Change> {
    let (settings, vocabularies) = (Settings::default(), Vocabularies::default());
    let context = settings.context(&vocabularies);
    compare(old, new, context)
        .expect("both can be read")
        .changes
}

fn kinds(changes: &[Change]) -> BTreeSet<&'static str> {
    changes.iter().map(|change| change.kind.id).collect()
}

fn parsed(name: &str, value: &Value) -> Document {
    Document::parse(name, value.to_string().into_bytes(), None)
}

fn json_of(document: &Document) -> Value {
    document.tree.as_ref().expect("a tree").to_json()
}

/// Every document that there is, with its path.
fn documents() -> &'static [(PathBuf, Document)] {
    static DOCUMENTS: OnceLock<Vec<(PathBuf, Document)>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
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
        let read = |path: PathBuf| {
            let bytes = fs::read(&path).expect("a file");
            let document = Document::parse(path.display().to_string(), bytes, None);
            (document.tree.is_some() && document.kind().is_some()).then_some((path, document))
        };
        files.into_iter().filter_map(read).collect()
    })
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

#[test]
fn no_document_differs_from_itself() {
    assert!(documents().len() >= 20, "the example mesh is found");
    for (path, document) in documents() {
        let found = compared(document, document);
        assert!(found.is_empty(), "{}", path.display());
    }
}

/// Neither the order of keys nor that of lists means anything, nor does how scalars are written.
#[test]
fn no_document_differs_from_its_reverse() {
    for (path, document) in documents() {
        let value = json_of(document);
        let turned = parsed("turned", &turned(&value, ""));
        let found = compared(&parsed("written", &value), &turned);
        let found = found.iter().find(|change| change.kind.id != SAME);
        assert!(found.is_none(), "{}: {found:#?}", path.display());
    }
}

/// Keys of lists in which the order counts, or may: what is in them is their author's.
const ORDERED: [&str; 5] = ["value", "arguments", "from", "to", "implementation"];

fn turned(value: &Value, key: &str) -> Value {
    match value {
        _ if ORDERED.contains(&key) => value.clone(),
        Value::Array(items) => items.iter().rev().map(|item| turned(item, "")).collect(),
        Value::Object(entries) => {
            let turned: Map<_, _> = entries
                .iter()
                .rev()
                .map(|(key, value)| (key.clone(), turned(value, key)))
                .collect();
            Value::Object(turned)
        }
        scalar => scalar.clone(),
    }
}

/// One change to a document, by what it does to the node that it meets.
#[derive(Debug, Clone, Copy)]
enum Mutation {
    /// Another value in place of a scalar.
    Set(u16),
    /// The opposite, or a value nearby: what a slip of the hand makes of a scalar.
    Nudge,
    /// A key, or an item of a list, is gone.
    Remove,
    /// A key that no standard knows.
    Add(u16),
    /// An item of a list once more, with another name.
    Repeat(u16),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        3 => any::<u16>().prop_map(Mutation::Set),
        3 => Just(Mutation::Nudge),
        3 => Just(Mutation::Remove),
        1 => any::<u16>().prop_map(Mutation::Add),
        1 => any::<u16>().prop_map(Mutation::Repeat),
    ]
}

/// JSON Pointers of all nodes but the root.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
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
        pointers(value, &pointer, all);
    }
}

/// `value` after `mutation` at `pointer`; `None` where that changes nothing.
fn mutated(value: &Value, pointer: &str, mutation: Mutation) -> Option<Value> {
    let mut after = value.clone();
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match mutation {
        Mutation::Set(salt) => {
            let node = after.pointer_mut(pointer)?;
            *node = match &*node {
                Value::Object(_) | Value::Array(_) => return None,
                Value::Number(_) => json!(u32::from(salt) + 1000),
                _ => json!(format!("other-{salt}")),
            };
        }
        Mutation::Nudge => {
            let node = after.pointer_mut(pointer)?;
            *node = match &*node {
                Value::Bool(value) => json!(!value),
                Value::Number(number) => json!(number.as_f64()? + 1.0),
                Value::String(text) => json!(format!("{text}x")),
                _ => return None,
            };
        }
        Mutation::Remove => match after.pointer_mut(parent)? {
            Value::Object(entries) => drop(entries.shift_remove(&key)?),
            Value::Array(items) => drop(items.remove(key.parse().ok()?)),
            _ => return None,
        },
        Mutation::Add(salt) => {
            let entries = after.pointer_mut(pointer)?.as_object_mut()?;
            entries.insert(format!("own{salt}"), json!("x"));
        }
        Mutation::Repeat(salt) => {
            let items = after.pointer_mut(parent)?.as_array_mut()?;
            let item = items.get(key.parse::<usize>().ok()?)?.clone();
            items.push(renamed(item, &format!("again_{salt}"))?);
        }
    }
    (after != *value).then_some(after)
}

/// The item of a list under another name.
fn renamed(item: Value, name: &str) -> Option<Value> {
    const NAMES: [&str; 7] = [
        "name", "property", "server", "role", "channel", "username", "value",
    ];
    match item {
        Value::String(_) => Some(json!(name)),
        Value::Object(mut entries) => {
            let known = NAMES.into_iter().find(|key| entries.contains_key(*key))?;
            entries.insert(known.to_owned(), json!(name));
            entries.shift_remove("id");
            Some(Value::Object(entries))
        }
        _ => None,
    }
}

/// Values that say as much as nothing: where one goes, nothing that was meant has changed.
fn says_nothing(pointer: &str, value: &Value) -> bool {
    let key = pointer.rsplit('/').next().unwrap_or_default();
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Number(number) => {
            let positions = ["primaryKeyPosition", "partitionKeyPosition"];
            (positions.contains(&key) && number.as_i64() == Some(-1))
                || (key.starts_with("min") && number.as_f64() == Some(0.0))
        }
        // Defaults that are written out.
        Value::String(text) => matches!(
            (key, text.as_str()),
            ("type", "library" | "foreignKey" | "external" | "rest")
                | ("logicalType", "object")
                | ("defaultTimezone", "Etc/UTC")
                | ("semanticType", "column")
        ),
    }
}

/// Whether an item of a list stands in it more than once.
fn is_repeated(document: &Value, pointer: &str) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return false;
    };
    let list = document.pointer(parent).and_then(Value::as_array);
    let item = list.zip(key.parse::<usize>().ok());
    item.is_some_and(|(list, index)| {
        let same = list.iter().filter(|other| **other == list[index]);
        same.count() > 1
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Nothing is silently equal: whatever one changes about a document is reported, and the opposite
    /// change is reported as the opposite.
    #[test]
    fn every_mutation_is_reported(
        at in any::<prop::sample::Index>(),
        node in any::<prop::sample::Index>(),
        mutation in mutation(),
    ) {
        let (path, document) = at.get(documents());
        let before = json_of(document);
        let mut all = Vec::new();
        pointers(&before, "", &mut all);
        let pointer = node.get(&all);
        let Some(after) = mutated(&before, pointer, mutation) else {
            return Ok(());
        };
        let (old, new) = (parsed("old", &before), parsed("new", &after));
        // A document of another kind, or of none, cannot be compared.
        prop_assume!(old.kind().is_some() && old.kind() == new.kind());
        let forth = compared(&old, &new);
        let back = compared(&new, &old);
        let shown = format!("{} {pointer} {mutation:?}", path.display());

        prop_assert!(!forth.is_empty(), "{shown}: not seen");
        let was = before.pointer(pointer);
        let is_nothing = matches!(mutation, Mutation::Remove)
            && was.is_some_and(|value| says_nothing(pointer, value) || is_repeated(&before, pointer));
        prop_assert!(
            is_nothing || !kinds(&forth).contains(SAME),
            "{shown}: taken for the same"
        );

        let reverse = forth.iter().flat_map(|change| change.kind.reverse);
        let expected: BTreeSet<_> = reverse.copied().collect();
        let found = kinds(&back);
        prop_assert!(
            found.is_subset(&expected),
            "{shown}: {:?} reversed is {found:?}",
            kinds(&forth)
        );
    }
}
