//! What holds for every pair of documents: the example mesh, and the official examples of the two
//! standards where they are at hand.
//!
//! The official examples are looked for in the folder that `MESH_CONFORMANCE` names, else beside the
//! repository; without them, the tests say so and use the other documents alone. `MESH_CASES` says how
//! many random changes are tried.

#![allow(clippy::print_stderr, reason = "a test says what it skipped")]

mod corpus;
mod mutation;

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use mesh_compat::{Change, Place, Profile, Settings, compare};
use mesh_spec::document::Document;
use mesh_spec::vocabulary::Vocabularies;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value};

use corpus::{last, samples};
use mutation::{Mutation, mutated, mutation};

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

#[test]
fn no_document_differs_from_itself() {
    assert!(samples().len() >= 20, "the example mesh is found");
    for sample in samples() {
        let found = compared(&sample.document, &sample.document);
        assert!(found.is_empty(), "{}", sample.name);
    }
}

/// Neither the order of keys nor that of lists means anything, nor does how scalars are written.
#[test]
fn no_document_differs_from_its_reverse() {
    for sample in samples() {
        let turned = parsed("turned", &turned(&sample.value, ""));
        let found = compared(&parsed("written", &sample.value), &turned);
        let found = found.iter().find(|change| change.kind.id != SAME);
        assert!(found.is_none(), "{}: {found:#?}", sample.name);
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

/// Values that say as much as nothing: where one goes, nothing that was meant has changed.
fn says_nothing(pointer: &str, value: &Value) -> bool {
    let key = last(pointer);
    let key = key.as_str();
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Array(items) => items
            .iter()
            .all(|item| item.get("property").is_some() && says_nothing("", item)),
        // Marks that say no.
        Value::Object(entries) => {
            let named = entries.get("property").and_then(Value::as_str);
            entries.is_empty()
                || entries.get("value") == Some(&Value::Bool(false))
                    && matches!(named, Some("encrypted" | "extensible"))
        }
        Value::Number(number) => {
            let positions = ["primaryKeyPosition", "partitionKeyPosition"];
            (positions.contains(&key) && number.as_i64() == Some(-1))
                || (key.starts_with("min") && number.as_f64() == Some(0.0))
        }
        // Defaults that are written out.
        Value::String(text) => matches!(
            (key, text.as_str()),
            ("type", "library" | "foreignKey" | "external" | "rest")
                | ("severity", "error")
                | ("unit", "rows")
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

/// Whether a document says the same after a mutation, as far as that can be told from what is around:
/// what is written otherwise, `int` and `INTEGER`, 24 h and 1 d, is not looked into.
fn may_mean_the_same(before: &Value, after: &Value, pointer: &str, mutation: Mutation) -> bool {
    match mutation {
        Mutation::Word(_) | Mutation::Graft(_) | Mutation::Enrich(..) | Mutation::Swap(_) => {
            return true;
        }
        Mutation::Remove => {
            let gone = before.pointer(pointer);
            if gone.is_some_and(|value| says_nothing(pointer, value) || is_inherited(before, value))
                || is_repeated(before, pointer)
            {
                return true;
            }
        }
        _ => {}
    }
    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let around = |key: &str| before.pointer(parent).and_then(|parent| parent.get(key));
    match last(pointer).as_str() {
        // Only the order counts.
        "primaryKeyPosition" => order(before, parent, KEY) == order(after, parent, KEY),
        "partitionKeyPosition" => order(before, parent, PARTS) == order(after, parent, PARTS),
        // Timestamps that carry their zone need no other.
        "defaultTimezone" => around("timezone") == Some(&Value::Bool(true)),
        // A relationship of a field starts there.
        "from" => matches!(mutation, Mutation::Remove) && parent.contains("/properties/"),
        // Of several conditions, one may follow from the others.
        key if key.starts_with("must") => {
            let check = before.pointer(parent).and_then(Value::as_object);
            check
                .is_some_and(|check| check.keys().filter(|key| key.starts_with("must")).count() > 1)
        }
        // What has no label has that of what it belongs to; a label is one whoever made the property.
        key @ ("value" | "vendor") => {
            let is_label = around("property").and_then(Value::as_str) == Some("classification");
            let label = before.pointer(parent);
            is_label && (key == "vendor" || label.is_some_and(|label| is_inherited(before, label)))
        }
        // What is stored under its name need not say so.
        "physicalName" => {
            matches!(mutation, Mutation::Remove) && around("name") == before.pointer(pointer)
        }
        // Of an integer without one the standard assumes it.
        "format" => {
            matches!(mutation, Mutation::Remove)
                && before.pointer(pointer).and_then(Value::as_str) == Some("i32")
        }
        // A key is unique anyway.
        "unique" => around("primaryKey") == Some(&Value::Bool(true)),
        // A service level without an element is about the default.
        "element" => {
            matches!(mutation, Mutation::Remove)
                && before.get("slaDefaultElement") == before.pointer(pointer)
        }
        _ => false,
    }
}

/// Whether a custom property is the label that the whole document has.
fn is_inherited(document: &Value, property: &Value) -> bool {
    let is_label = |other: &Value| {
        other.get("property").and_then(Value::as_str) == Some("classification")
            && other.get("value") == property.get("value")
    };
    let own = document.get("customProperties").and_then(Value::as_array);
    is_label(property)
        && own.is_some_and(|own| {
            own.iter()
                .any(|other| is_label(other) && !std::ptr::eq(other, property))
        })
}

const KEY: [&str; 2] = ["primaryKey", "primaryKeyPosition"];
const PARTS: [&str; 2] = ["partitioned", "partitionKeyPosition"];

/// The fields of a key, beside the field at `pointer`, in the order that their positions say; of more
/// than one, all of which have to say theirs.
fn order(document: &Value, pointer: &str, [flag, position]: [&str; 2]) -> Option<Vec<usize>> {
    let (list, _) = pointer.rsplit_once('/')?;
    let fields = document.pointer(list)?.as_array()?.iter().enumerate();
    let parts = fields.filter(|(_, field)| field.get(flag) == Some(&Value::Bool(true)));
    let parts: Vec<_> = parts.collect();
    if let [(only, _)] = parts.as_slice() {
        return Some(vec![*only]);
    }
    let at = |(index, field): &(usize, &Value)| Some((field.get(position)?.as_u64()?, *index));
    let mut order: Vec<_> = parts.iter().map(at).collect::<Option<_>>()?;
    order.sort_unstable();
    let is_clear = order.windows(2).all(|two| two[0].0 != two[1].0);
    is_clear.then(|| order.into_iter().map(|(_, index)| index).collect())
}

/// Laws of what is found between two documents, in this direction and in the other.
fn broken(old: &Document, new: &Document) -> Option<String> {
    let (forth, back) = (compared(old, new), compared(new, old));
    let reverse = forth.iter().flat_map(|change| change.kind.reverse);
    let expected: BTreeSet<_> = reverse.copied().collect();
    let (found, told) = (kinds(&back), kinds(&forth));
    let unexpected: Vec<_> = found.difference(&expected).collect();
    if !unexpected.is_empty() {
        // Of documents that differ in many ways, what is not expected says more.
        return Some(if told.len() > 3 {
            format!("something reversed has {unexpected:?}")
        } else {
            format!("{told:?} reversed has {unexpected:?}")
        });
    }
    forth.iter().find_map(|change| {
        let what = unsound(change, old, new)?;
        Some(format!("{}: {what}", change.kind.id))
    })
}

/// What is wrong with a change by itself.
fn unsound(change: &Change, old: &Document, new: &Document) -> Option<&'static str> {
    let read = change.impact(Profile::Read);
    if Profile::ALL
        .iter()
        .any(|profile| change.impact(*profile) < read)
    {
        return Some("a profile is laxer than `read`");
    }
    let is_line = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if !is_line(&change.message)
        || !is_line(change.why())
        || !is_line(&change.path) && !change.path.is_empty()
    {
        return Some("it is not told in one line");
    }
    if change.message.chars().count() > 600 {
        return Some("it is told at length");
    }
    if change.message.ends_with('.') || change.why().ends_with('.') {
        return Some("it ends with a full stop");
    }
    let (Some(before), Some(after)) = (&change.places.old, &change.places.new) else {
        return Some("it has no place");
    };
    if !is_in(before, old) || !is_in(after, new) {
        return Some("its place is not in the document");
    }
    let is_of_object = |place: &Place| {
        let mut steps = place.pointer.split('/').skip(1);
        steps.next() == Some("schema") && steps.next().is_some()
    };
    if (is_of_object(before) || is_of_object(after)) && change.element.is_none() {
        return Some("it does not say which element it is about");
    }
    None
}

fn is_in(place: &Place, document: &Document) -> bool {
    let text = place.source.text();
    let tree = document.tree.as_ref().expect("it was compared");
    let (start, end) = (place.span.start, place.span.end);
    text == document.source.text()
        && text.get(start as usize..end as usize).is_some()
        && (place.pointer.is_empty() || tree.at(&place.pointer).is_some())
}

/// How many random changes are tried.
fn cases() -> u32 {
    let said = env::var("MESH_CASES").ok();
    said.map_or(3_000, |text| text.parse().expect("MESH_CASES is a number"))
}

/// Runs `law` on many random inputs, and shows each way in which it is broken once.
fn always<S: Strategy>(input: S, law: impl Fn(S::Value) -> Result<(), (String, String)>) {
    let config = ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = TestRunner::new(config);
    let mut broken: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for _ in 0..cases() {
        let input = input.new_tree(&mut runner).expect("an input").current();
        if let Err((how, shown)) = law(input) {
            broken.entry(how).or_insert((0, shown)).0 += 1;
        }
    }
    let shown: Vec<_> = broken
        .iter()
        .map(|(how, (times, shown))| format!("{times} times {how}\n    {shown}"))
        .collect();
    assert!(
        shown.is_empty(),
        "{} ways:\n{}",
        shown.len(),
        shown.join("\n")
    );
}

/// Nothing is silently equal: whatever one changes about a document is reported, and the opposite
/// change is reported as the opposite.
#[test]
fn every_mutation_is_reported() {
    let input = (any::<Index>(), any::<Index>(), mutation());
    always(input, |(at, node, mutation)| {
        let sample = at.get(samples());
        let pointer = node.get(&sample.pointers);
        let Some((before, after)) = mutated(&sample.value, pointer, mutation) else {
            return Ok(());
        };
        let (old, new) = (parsed("old", &before), parsed("new", &after));
        // A document of another kind, or of none, cannot be compared.
        if old.kind().is_none() || old.kind() != new.kind() {
            return Ok(());
        }
        let shown = || {
            let (was, is) = (before.pointer(pointer), after.pointer(pointer));
            let told: Vec<_> = compared(&old, &new)
                .into_iter()
                .map(|change| format!("{} ({})", change.message, change.kind.id))
                .collect();
            let value = |value: Option<&Value>| value.map_or_else(String::new, Value::to_string);
            let (was, is): (String, String) = (
                value(was).chars().take(300).collect(),
                value(is).chars().take(300).collect(),
            );
            format!(
                "{} {pointer} {mutation:?}\n    was {was}\n    is  {is}\n    {told:?}",
                sample.name
            )
        };
        let found = kinds(&compared(&old, &new));
        if found.is_empty() {
            return Err(("not seen".to_owned(), shown()));
        }
        if found.contains(SAME) && !may_mean_the_same(&before, &after, pointer, mutation) {
            return Err((format!("taken for the same: {}", last(pointer)), shown()));
        }
        broken(&old, &new).map_or(Ok(()), |how| Err((how, shown())))
    });
}

/// Documents that have nothing to do with each other are compared all the same.
#[test]
fn any_two_documents_can_be_compared() {
    let input = (any::<Index>(), any::<Index>());
    always(input, |(one, other)| {
        let one = one.get(samples());
        let other = other.get(samples());
        if one.kind != other.kind {
            return Ok(());
        }
        let shown = || format!("{} and {}", one.name, other.name);
        broken(&one.document, &other.document).map_or(Ok(()), |how| Err((how, shown())))
    });
}
