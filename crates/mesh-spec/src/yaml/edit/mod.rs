//! From changes of a document to replacements in its text.
//!
//! The text around what changes stays as it is, byte for byte: comments, quotes, blank lines, line
//! breaks. A comment belongs to the entry that it stands above or beside, and goes where that goes.
//!
//! Three functions belong together. [`plan`] writes changes as edits, or refuses: where an anchor,
//! a tag or a layout that it does not know stands in the way. [`apply_changes`] says what the same
//! changes mean, on the document as a JSON value. [`verify`] carries the edits out, reads the result
//! and compares the two. Whatever the first gets wrong, the third finds: nothing is written to a
//! file that has not been verified.

mod block;
mod flow;
mod layout;
mod meaning;
mod scalar;
mod verify;
mod wrap;
mod write;

use std::collections::BTreeMap;

use mesh_diagnostics::{Change, Edit, Span};
use serde_json::{Map, Value as Json};

use self::layout::{Layout, Place, is_flow, written_entries};
use super::read::offset;
use super::tree::{Tree, Value};

pub use meaning::apply_changes;
pub use verify::{comments, verify, verify_meaning};
pub use wrap::{holds_comments, wrap};

/// Writes `changes` as replacements in the text of `tree`, in ascending order.
///
/// `None` if they cannot be written without touching anything else, or get in each other's way.
pub fn plan(tree: &Tree, changes: &[Change]) -> Option<Vec<Edit>> {
    let layout = Layout::of(tree);
    let mut edits = Vec::new();
    let mut ordered = Vec::new();
    let mut removed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut added: BTreeMap<&str, Vec<Added<'_>>> = BTreeMap::new();
    for change in changes {
        match change {
            Change::Set { pointer, value } => {
                edits.extend(scalar::set(layout, &layout.locate(pointer)?, value)?);
            }
            Change::Rename { pointer, key } => {
                edits.push(scalar::rename(&layout.locate(pointer)?, key)?);
            }
            Change::Remove { pointer } => {
                let (parent, _) = pointer.rsplit_once('/')?;
                removed.entry(parent).or_default().push(pointer);
            }
            Change::Insert {
                pointer,
                key,
                value,
                after,
            } => added.entry(pointer).or_default().push(Added {
                key: Some(key),
                value,
                after: after.as_deref(),
            }),
            Change::Append { pointer, value } => added.entry(pointer).or_default().push(Added {
                key: None,
                value,
                after: None,
            }),
            Change::Reorder { pointer, keys } => {
                ordered.push(pointer.as_str());
                edits.extend(reorder(layout, &layout.locate(pointer)?, keys)?);
            }
        }
    }
    if (ordered.iter()).any(|at| removed.contains_key(at) || added.contains_key(at)) {
        return None;
    }
    let has_removed = !removed.is_empty();
    for (parent, pointers) in removed {
        let has_more = added.contains_key(parent);
        edits.extend(remove(
            layout,
            &layout.locate(parent)?,
            &pointers,
            has_more,
        )?);
    }
    // Where an inner and an outer collection end at the same place, the inner goes on first.
    for (pointer, added) in added.into_iter().rev() {
        edits.extend(add(layout, &layout.locate(pointer)?, &added)?);
    }
    if edits.is_empty() {
        return Some(edits);
    }
    // A key that is there already may be on its way out.
    let is_taken = changes.iter().any(|change| takes_a_key(tree, change));
    if is_taken && apply_changes(&tree.to_json(), changes).is_none() {
        return None;
    }
    edits.sort_by_key(|edit| edit.span);
    let overlap = edits
        .windows(2)
        .any(|pair| pair[0].span.end > pair[1].span.start);
    let spans_lines =
        |edit: &Edit| edit.text.contains('\n') || tree.source().slice(edit.span).contains('\n');
    let is_structural = !ordered.is_empty() || has_removed;
    // What an alias or a merge stands for may change with what it refers to, and a block scalar with
    // what follows it: empty lines, or a comment that is indented like its text.
    let is_delicate = (tree.has_aliases() && (is_structural || is_shared(tree, changes, &edits)))
        || (!ordered.is_empty() && changes.len() > 1)
        || (is_structural && layout.text.contains(['|', '>']))
        || edits.iter().any(|edit| edit.text.contains('|'))
        || (edits.iter().any(spans_lines) && layout.keeps_empty_lines());
    let is_refused = overlap || (is_delicate && verify(tree, changes, &edits).is_none());
    (!is_refused).then_some(edits)
}

/// Whether a change gives a mapping a key that it has.
fn takes_a_key(tree: &Tree, change: &Change) -> bool {
    let (mapping, key) = match change {
        Change::Rename { pointer, key } => (pointer.rsplit_once('/').map(|(above, _)| above), key),
        Change::Insert { pointer, key, .. } => (Some(pointer.as_str()), key),
        _ => return false,
    };
    mapping
        .and_then(|pointer| tree.at(pointer))
        .is_some_and(|node| node.get(key).is_some())
}

/// Whether something that an alias refers to is among what changes, or around it.
fn is_shared(tree: &Tree, changes: &[Change], edits: &[Edit]) -> bool {
    let mut targets = Vec::new();
    tree.each(|node| {
        if node.is_alias() {
            targets.push(node.written_span());
        }
    });
    let is_target = |pointer: &str| {
        let node = tree.at(pointer);
        node.is_some_and(|node| targets.contains(&node.written_span()))
    };
    let is_below = |change: &Change| {
        let pointer = meaning::pointer_of(change);
        let above = pointer.match_indices('/').map(|(at, _)| &pointer[..at]);
        above.chain([pointer]).any(is_target)
    };
    let touches = |edit: &Edit| {
        let meets = |span: &Span| span.start <= edit.span.end && edit.span.start <= span.end;
        targets.iter().any(meets)
    };
    changes.iter().any(is_below) || edits.iter().any(touches)
}

/// `text` with `edits`, which are in ascending order.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Edit { span, text: new } in edits {
        let Span { start, end } = *span;
        out.push_str(text.get(at..start as usize).unwrap_or_default());
        out.push_str(new);
        at = end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// The edit that deletes the comment at `span`, with its line if it has one for itself.
pub fn without_comment(tree: &Tree, span: Span) -> Edit {
    let layout = Layout::of(tree);
    let (start, end) = (span.start as usize, span.end as usize);
    let line = layout.line_start(start);
    let before = &layout.text[line..start];
    if before.trim().is_empty() {
        let next = layout.next_line(end);
        if next == layout.text.len() && !layout.text.ends_with('\n') {
            return delete(
                layout.text[..line].trim_end_matches(['\n', '\r']).len(),
                next,
            );
        }
        return delete(line, next);
    }
    delete(line + before.trim_end().len(), layout.line_end(end))
}

/// An entry or an item that is to be added.
struct Added<'c> {
    key: Option<&'c str>,
    value: &'c Json,
    after: Option<&'c str>,
}

fn remove(
    layout: Layout<'_>,
    place: &Place<'_>,
    pointers: &[&str],
    has_more: bool,
) -> Option<Vec<Edit>> {
    let node = place.node;
    let count = match node.value() {
        Value::Mapping => written_entries(node).count(),
        _ => node.items().len(),
    };
    let mut is_removed = vec![false; count];
    for pointer in pointers {
        *is_removed.get_mut(layout.locate(pointer)?.index)? = true;
    }
    if is_removed.iter().all(|removed| *removed) {
        if has_more {
            return None;
        }
        let empty = match node.value() {
            Value::Mapping => Json::Object(Map::new()),
            _ => Json::Array(Vec::new()),
        };
        return scalar::set(layout, place, &empty);
    }
    if place.in_flow || is_flow(node) {
        return flow::remove(layout, node, &is_removed);
    }
    block::remove(layout, &layout.parts(node)?, &is_removed)
}

fn add(layout: Layout<'_>, place: &Place<'_>, added: &[Added<'_>]) -> Option<Vec<Edit>> {
    let node = place.node;
    if node.is_alias() {
        return None;
    }
    let is_mapping = match node.value() {
        Value::Mapping => true,
        Value::Sequence => false,
        _ => return None,
    };
    if added.iter().any(|new| new.key.is_some() != is_mapping) {
        return None;
    }
    if node.entries().len() + node.items().len() == 0 {
        return scalar::set(layout, place, &collected(added, is_mapping));
    }
    let keys: Vec<&str> = written_entries(node)
        .map(|(key, _)| key.key_text())
        .collect();
    let count = if is_mapping {
        keys.len()
    } else {
        node.items().len()
    };
    let mut by_index: BTreeMap<usize, Vec<&Added<'_>>> = BTreeMap::new();
    for new in added {
        let after = new
            .after
            .and_then(|after| keys.iter().position(|key| *key == after));
        let index = after.or_else(|| count.checked_sub(1))?;
        by_index.entry(index).or_default().push(new);
    }
    let mut edits = Vec::new();
    if place.in_flow || is_flow(node) {
        for (index, new) in by_index {
            let new: Vec<_> = new.iter().map(|new| (new.key, new.value)).collect();
            edits.extend(flow::insert(layout, node, index, &new)?);
        }
        return Some(edits);
    }
    let parts = layout.parts(node)?;
    let style = layout.style();
    let column = parts.first()?.column;
    let width = layout.item_width(node, parts.first()?);
    for (index, new) in by_index {
        for new in new {
            let lines = match new.key {
                Some(key) => write::entry(key, new.value, column, style),
                None => write::item(new.value, column, width, style),
            };
            edits.push(block::insert(layout, &parts, index, lines)?);
        }
    }
    Some(edits)
}

/// What is added, as the value of a collection that was empty.
fn collected(added: &[Added<'_>], is_mapping: bool) -> Json {
    if is_mapping {
        let entries = added
            .iter()
            .filter_map(|new| Some((new.key?.to_owned(), new.value.clone())));
        Json::Object(entries.collect())
    } else {
        Json::Array(added.iter().map(|new| new.value.clone()).collect())
    }
}

fn reorder(layout: Layout<'_>, place: &Place<'_>, keys: &[String]) -> Option<Vec<Edit>> {
    let node = place.node;
    if node.is_alias() || node.value() != Value::Mapping {
        return None;
    }
    let written: Vec<&str> = written_entries(node)
        .map(|(key, _)| key.key_text())
        .collect();
    if !meaning::is_permutation(keys, &written) {
        return None;
    }
    let position = |key: &String| written.iter().position(|other| other == key);
    let order: Vec<usize> = keys.iter().map(position).collect::<Option<_>>()?;
    if order.is_empty() {
        return Some(Vec::new());
    }
    if place.in_flow || is_flow(node) {
        return flow::reorder(layout, node, &order);
    }
    block::reorder(layout, &layout.parts(node)?, &order)
}

fn replace(start: usize, end: usize, text: String) -> Edit {
    Edit {
        span: Span::new(offset(start), offset(end)),
        text,
    }
}

fn insert(at: usize, text: String) -> Edit {
    replace(at, at, text)
}

fn delete(start: usize, end: usize) -> Edit {
    replace(start, end, String::new())
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
