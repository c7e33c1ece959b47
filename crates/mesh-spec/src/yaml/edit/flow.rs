//! Edits of collections that are written between brackets or braces.

use mesh_diagnostics::Edit;
use serde_json::Value as Json;

use super::layout::{Layout, usize_of, written_entries};
use super::write::{Quotes, entry_inline, inline};
use super::{delete, insert as insert_at, replace};
use crate::yaml::tree::{NodeRef, Value};

/// Where an entry or an item starts and ends.
type Range = (usize, usize);

/// What is written in a flow collection; `None` if anything but commas and comments separates it.
pub(super) fn parts(layout: Layout<'_>, node: NodeRef<'_>) -> Option<Vec<Range>> {
    let parts: Vec<Range> = match node.value() {
        Value::Mapping => written_entries(node)
            .map(|(key, value)| {
                let start = layout.with_properties(usize_of(key.span().start));
                (start, end_of(layout, key, value))
            })
            .collect(),
        _ => node
            .items()
            .map(|item| {
                let span = item.span();
                let start = layout.with_properties(usize_of(span.start));
                (start, usize_of(span.end))
            })
            .collect(),
    };
    let mut before = usize_of(node.span().start) + 1;
    for (index, &(start, end)) in parts.iter().enumerate() {
        let gap = layout.text.get(before..start)?;
        if separators(gap)? != usize::from(index > 0) || end < start {
            return None;
        }
        before = end;
    }
    let rest = layout.text.get(before..usize_of(node.span().end) - 1)?;
    (separators(rest)? <= 1).then_some(parts)
}

/// How many commas stand in `gap`, if nothing but white space and comments does besides.
fn separators(gap: &str) -> Option<usize> {
    let mut commas = 0;
    for line in gap.lines() {
        let content = line.split('#').next().unwrap_or_default();
        if !content.chars().all(|c| c == ',' || c.is_whitespace()) {
            return None;
        }
        commas += content.matches(',').count();
    }
    Some(commas)
}

/// Where an entry ends: with its value, or with the colon of a key that has none.
fn end_of(layout: Layout<'_>, key: NodeRef<'_>, value: NodeRef<'_>) -> usize {
    let end = usize_of(value.span().end.max(key.span().end));
    let rest = &layout.text[end..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if value.span().is_empty() && rest[blank..].starts_with(':') {
        end + blank + 1
    } else {
        end
    }
}

/// How texts are quoted between these brackets or braces: as JSON does it, where one is.
pub(super) fn quotes(node: NodeRef<'_>) -> Quotes {
    let is_json = match node.value() {
        Value::Mapping => written_entries(node).any(|(key, _)| key.raw().starts_with('"')),
        _ => node.items().any(|item| item.raw().starts_with('"')),
    };
    if is_json {
        Quotes::Double
    } else {
        Quotes::Plain
    }
}

/// Adds items, or entries where they have keys, behind the part at `index`.
pub(super) fn insert(
    layout: Layout<'_>,
    node: NodeRef<'_>,
    index: usize,
    added: &[(Option<&str>, &Json)],
) -> Option<Vec<Edit>> {
    let parts = parts(layout, node)?;
    let &(start, end) = parts.get(index)?;
    let quotes = quotes(node);
    let texts: Vec<String> = added
        .iter()
        .map(|(key, value)| match key {
            Some(key) => entry_inline(key, value, quotes),
            None => inline(value, quotes, true),
        })
        .collect();
    let margin = &layout.text[layout.line_start(start)..start];
    let line_end = layout.line_end(end);
    let rest = layout.text[end..line_end].trim();
    let (has_comma, after) = match rest.strip_prefix(',') {
        Some(after) => (true, after.trim_start()),
        None => (false, rest),
    };
    let has_own_line = margin.trim().is_empty() && (after.is_empty() || after.starts_with('#'));
    if !has_own_line {
        let text: String = texts.iter().map(|text| format!(", {text}")).collect();
        return Some(vec![insert_at(end, text)]);
    }
    let newline = layout.style().newline;
    if has_comma {
        let text: String = texts
            .iter()
            .map(|text| format!("{newline}{margin}{text},"))
            .collect();
        return Some(vec![insert_at(line_end, text)]);
    }
    let texts: Vec<String> = texts
        .iter()
        .map(|text| format!("{newline}{margin}{text}"))
        .collect();
    Some(vec![
        insert_at(end, ",".to_owned()),
        insert_at(line_end, texts.join(",")),
    ])
}

/// Takes away the parts that `is_removed` marks, which are not all.
pub(super) fn remove(
    layout: Layout<'_>,
    node: NodeRef<'_>,
    is_removed: &[bool],
) -> Option<Vec<Edit>> {
    let parts = parts(layout, node)?;
    let mut edits = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let run = is_removed[at..]
            .iter()
            .take_while(|removed| **removed)
            .count();
        if run == 0 {
            at += 1;
            continue;
        }
        let after = at + run;
        let (start, end) = match parts.get(after) {
            Some(next) => (parts[at].0, next.0),
            None => (parts[at.checked_sub(1)?].1, parts[after - 1].1),
        };
        // A comment between brackets may be about anything: only a person can tell.
        if layout.text[start..end].contains('#') {
            return None;
        }
        edits.push(delete(start, end));
        at = after;
    }
    Some(edits)
}

/// Puts the parts into `order`.
pub(super) fn reorder(layout: Layout<'_>, node: NodeRef<'_>, order: &[usize]) -> Option<Vec<Edit>> {
    let parts = parts(layout, node)?;
    let span = node.span();
    if layout.text[span.range()].contains('#') {
        return None;
    }
    let moved = order.iter().enumerate().filter(|(at, index)| at != *index);
    Some(
        moved
            .map(|(at, &index)| {
                let (start, end) = parts[at];
                let (from, to) = parts[index];
                replace(start, end, layout.text[from..to].to_owned())
            })
            .collect(),
    )
}
