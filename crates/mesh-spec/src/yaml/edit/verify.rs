//! Whether edits do what was meant, and nothing else.

use std::collections::HashMap;
use std::sync::Arc;

use mesh_diagnostics::{Change, Edit, Source, Span};

use serde_json::Value as Json;

use super::layout::{Layout, Place, is_flow, usize_of};
use super::meaning::{apply_changes, pointer_of, same};
use super::{apply, block};
use crate::yaml::tree::{Tree, Value};
use crate::yaml::{YamlProblemKind, parse};

/// The text of `tree` with `edits`, if it then says what `changes` mean and nothing else, and has
/// all its comments but those within what is removed or replaced.
///
/// Edits of comments alone need no change that says so: an edit of nothing but comments and white
/// space is meant as it stands.
pub fn verify(tree: &Tree, changes: &[Change], edits: &[Edit]) -> Option<String> {
    let meant = apply_changes(&tree.to_json(), changes)?;
    result(tree, &meant, changes, edits)
}

/// The text of `tree` with `edits`, if it then says what `meant` does and has all its comments.
pub fn verify_meaning(tree: &Tree, meant: &Json, edits: &[Edit]) -> Option<String> {
    result(tree, meant, &[], edits)
}

fn result(tree: &Tree, meant: &Json, changes: &[Change], edits: &[Edit]) -> Option<String> {
    let source = tree.source();
    if !is_in_order(source.text(), edits) {
        return None;
    }
    let text = apply(source.text(), edits);
    let edited = Arc::new(Source::new(source.name(), text.as_str()));
    let (after, problems) = parse(&edited);
    let after = after?;
    if !problems.is_empty() {
        // Keys that stood twice may go on to do so.
        let (_, before) = parse(source);
        let is_known = |kind| kind == YamlProblemKind::DuplicateKey;
        if problems.len() > before.len() || !problems.iter().all(|p| is_known(p.kind)) {
            return None;
        }
    }
    let is_meant = same(meant, &after.to_json());
    (is_meant && keeps_comments(tree, changes, edits, &after)).then_some(text)
}

fn is_in_order(text: &str, edits: &[Edit]) -> bool {
    let is_inside = |edit: &Edit| text.get(edit.span.range()).is_some();
    edits.iter().all(is_inside)
        && edits
            .windows(2)
            .all(|pair| pair[0].span.end <= pair[1].span.start)
}

fn keeps_comments(tree: &Tree, changes: &[Change], edits: &[Edit], after: &Tree) -> bool {
    let mut kept: HashMap<&str, usize> = HashMap::new();
    for span in comments(after) {
        *kept.entry(after.source().slice(span)).or_default() += 1;
    }
    let mut missing = Vec::new();
    for span in comments(tree) {
        match kept.get_mut(tree.source().slice(span)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => missing.push(span),
        }
    }
    if missing.is_empty() {
        return true;
    }
    let layout = Layout::of(tree);
    let mut gone: Vec<(usize, usize)> = changes
        .iter()
        .filter_map(|change| given_up(layout, change, changes))
        .collect();
    let all = comments(tree);
    gone.extend(
        edits
            .iter()
            .filter(|edit| is_about_comments(layout.text, &all, edit.span))
            .map(|edit| bounds(edit.span)),
    );
    // Of equal comments it cannot be told which is missing: any one may be.
    missing.iter().all(|span| {
        let text = tree.source().slice(*span);
        all.iter()
            .filter(|other| tree.source().slice(**other) == text)
            .map(|other| bounds(*other))
            .any(|(start, end)| gone.iter().any(|(from, to)| *from < end && start < *to))
    })
}

/// The bytes that a change takes away or replaces, comments included.
fn given_up(layout: Layout<'_>, change: &Change, changes: &[Change]) -> Option<(usize, usize)> {
    let pointer = pointer_of(change);
    let place = layout.locate(pointer)?;
    match change {
        Change::Remove { .. } => {
            let parent = place.parent?;
            let parts = layout.parts(parent).filter(|_| !is_flow(parent));
            let (above, _) = pointer.rsplit_once('/')?;
            let is_beside = |other: &&Change| match other {
                Change::Remove { pointer } => pointer
                    .rsplit_once('/')
                    .is_some_and(|(other, _)| other == above),
                _ => false,
            };
            match parts {
                Some(parts) if parts.len() > changes.iter().filter(is_beside).count() => {
                    Some(block::zone(layout, &parts, place.index))
                }
                // A collection that loses all its parts is written anew.
                _ => whole(layout, &layout.locate(above)?),
            }
        }
        Change::Set { .. } => whole(layout, &place),
        _ => None,
    }
}

/// The bytes of the entry or item at `pointer`, comments included.
pub(super) fn zone_of(layout: Layout<'_>, pointer: &str) -> Option<(usize, usize)> {
    let change = Change::Remove {
        pointer: pointer.to_owned(),
    };
    given_up(layout, &change, &[])
}

fn whole(layout: Layout<'_>, place: &Place<'_>) -> Option<(usize, usize)> {
    let is_block = matches!(place.node.value(), Value::Mapping | Value::Sequence);
    let start = match place.parent {
        Some(_) => layout.value_begin(place)?,
        None => usize_of(place.node.span().start),
    };
    let end = layout.end_of(place.node);
    let end = if is_block { layout.line_end(end) } else { end };
    Some((start, end.max(start)))
}

/// Whether `span` holds nothing but comments and white space.
fn is_about_comments(text: &str, comments: &[Span], span: Span) -> bool {
    let (start, end) = bounds(span);
    let mut at = start;
    for (from, to) in comments.iter().map(|comment| bounds(*comment)) {
        if to <= at {
            continue;
        }
        if from >= end {
            break;
        }
        if from > at && !text[at..from].trim().is_empty() {
            return false;
        }
        at = to;
    }
    start < end && (at >= end || text[at..end].trim().is_empty())
}

fn bounds(span: Span) -> (usize, usize) {
    (usize_of(span.start), usize_of(span.end))
}

/// The comments of a document, each from its `#` to the last character of its line.
pub fn comments(tree: &Tree) -> Vec<Span> {
    let text = tree.source().text();
    if !text.contains('#') {
        return Vec::new();
    }
    let mut scalars = Vec::new();
    tree.each(|node| {
        let is_scalar = !matches!(node.value(), Value::Sequence | Value::Mapping);
        if (is_scalar || node.is_alias()) && !node.span().is_empty() {
            scalars.push(bounds(node.span()));
        }
    });
    scalars.sort_unstable();
    let mut scalars = scalars.into_iter().peekable();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(hash) = text[at..].find('#').map(|hash| at + hash) {
        while scalars.peek().is_some_and(|(_, end)| *end <= hash) {
            scalars.next();
        }
        if let Some((_, end)) = scalars.peek().filter(|(start, _)| *start <= hash) {
            at = *end;
            continue;
        }
        let starts = text[..hash].ends_with([' ', '\t', '\n', '\r', '\u{feff}']);
        if hash > 0 && !starts {
            at = hash + 1;
            continue;
        }
        let line = text[hash..].lines().next().unwrap_or_default();
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        found.push(Span::new(
            offset(hash),
            offset(hash + line.trim_end().len()),
        ));
        at = hash + line.len();
    }
    found
}
