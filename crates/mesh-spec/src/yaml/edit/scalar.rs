//! Edits of single values.

use mesh_diagnostics::Edit;
use serde_json::Value as Json;

use super::layout::{Layout, Place, is_flow, usize_of};
use super::meaning::same;
use super::write::{self, Quotes};
use super::{delete, flow, insert, replace};
use crate::yaml::tree::{NodeRef, Value};

/// Gives the node at `place` another value.
pub(super) fn set(layout: Layout<'_>, place: &Place<'_>, value: &Json) -> Option<Vec<Edit>> {
    let node = place.node;
    if same(&node.to_json(), value) {
        return Some(Vec::new());
    }
    place.parent?;
    let span = node.span();
    let (start, end) = (usize_of(span.start), usize_of(span.end));
    let quotes = quotes_of(place);
    if place.in_flow {
        return set_in_flow(layout, place, value, quotes);
    }
    let begin = layout.value_begin(place)?;
    let between = layout.text.get(begin..start).unwrap_or_default();
    if has_tag(between) {
        return None;
    }
    if let Some(header) = block_header(between).map(|at| begin + at) {
        return set_block_scalar(layout, place, header, value);
    }
    if is_on_its_own_lines(layout, place, between) {
        return set_block(layout, place, begin, value);
    }
    if !write::is_block(value) {
        let text = write::inline(value, quotes, false);
        if span.is_empty() {
            let at = behind_properties(layout, begin);
            return Some(vec![insert(at, format!(" {text}"))]);
        }
        let end = if is_collection(node) {
            layout.end_of(node)
        } else {
            end
        };
        return Some(vec![replace(start, end, text)]);
    }
    set_inline_to_block(layout, place, begin, value)
}

/// Gives the key of `place` another name.
pub(super) fn rename(place: &Place<'_>, name: &str) -> Option<Edit> {
    let key = place.key?;
    let raw = key.raw();
    if key.is_alias() || raw.is_empty() || raw.contains('\n') {
        return None;
    }
    let text = write::string(name, Quotes::of(raw), place.in_flow);
    let span = key.span();
    Some(replace(usize_of(span.start), usize_of(span.end), text))
}

fn set_in_flow(
    layout: Layout<'_>,
    place: &Place<'_>,
    value: &Json,
    quotes: Quotes,
) -> Option<Vec<Edit>> {
    let span = place.node.span();
    let (start, end) = (usize_of(span.start), usize_of(span.end));
    let text = write::inline(value, quotes, true);
    if !span.is_empty() {
        let before = layout.with_properties(start);
        return (!has_tag(&layout.text[before..start])).then(|| vec![replace(start, end, text)]);
    }
    let key_end = usize_of(place.key?.span().end);
    Some(vec![match layout.value_begin(place) {
        Some(begin) => insert(behind_properties(layout, begin), format!(" {text}")),
        None => insert(key_end, format!(": {text}")),
    }])
}

/// Replaces a literal or folded text. `header` is where its `|` or `>` stands.
fn set_block_scalar(
    layout: Layout<'_>,
    place: &Place<'_>,
    header: usize,
    value: &Json,
) -> Option<Vec<Edit>> {
    let node = place.node;
    let end = layout.end_of(node).max(layout.line_end(header));
    let first = &layout.text[header..layout.line_end(header)];
    if write::is_block(value) || first.contains('#') {
        return None;
    }
    let text = match value {
        Json::String(text) if write::literal_header(text).is_some() => {
            let start = usize_of(node.span().start);
            let indent = start - layout.line_start(start);
            let newline = layout.style().newline;
            let head = write::literal_header(text).unwrap_or_default();
            let lines = write::literal(text, indent);
            format!("{head}{newline}{}", lines.join(newline))
        }
        other => write::inline(other, Quotes::Plain, false),
    };
    Some(vec![replace(header, end, text)])
}

/// Replaces a block collection that starts on a line below its key or dash.
fn set_block(
    layout: Layout<'_>,
    place: &Place<'_>,
    begin: usize,
    value: &Json,
) -> Option<Vec<Edit>> {
    let node = place.node;
    let first = layout.line_start(usize_of(node.span().start));
    let end = layout.end_of(node);
    if write::is_block(value) {
        let (head, indent) = head_of(layout, place)?;
        let lines = write::under(head, value, indent, layout.style());
        let text = lines[1..].join(layout.style().newline);
        return Some(vec![replace(first, layout.line_end(end), text)]);
    }
    let text = write::inline(value, Quotes::Plain, false);
    let last = layout.next_line(end);
    let start = if last == layout.text.len() && !layout.text.ends_with('\n') {
        layout.text[..first].trim_end_matches(['\n', '\r']).len()
    } else {
        first
    };
    Some(vec![insert(begin, format!(" {text}")), delete(start, last)])
}

/// Puts a block in the place of what stands on the line of its key or dash.
fn set_inline_to_block(
    layout: Layout<'_>,
    place: &Place<'_>,
    begin: usize,
    value: &Json,
) -> Option<Vec<Edit>> {
    let node = place.node;
    let style = layout.style();
    let end = if node.span().is_empty() {
        behind_properties(layout, begin)
    } else {
        layout.end_of(node)
    };
    let line_end = layout.line_end(end);
    let (head, indent) = head_of(layout, place)?;
    if place.key.is_none() {
        // Behind a dash, the block starts on the same line: no comment can stay between.
        if !layout.text[end..line_end].trim().is_empty() {
            return None;
        }
        let lines = write::item(value, indent, 2, style);
        let text = lines.join(style.newline).split_off(indent + 1);
        return Some(vec![replace(begin, end, text)]);
    }
    let lines = write::under(head, value, indent, style);
    let text = lines[1..].join(style.newline);
    let start = if node.span().is_empty() {
        behind_properties(layout, begin)
    } else {
        usize_of(node.span().start)
    };
    let kept = layout.text[begin..start].trim_end().len();
    let mut edits = Vec::new();
    if begin + kept < end {
        edits.push(delete(begin + kept, end));
    }
    edits.push(insert(line_end, format!("{}{text}", style.newline)));
    Some(edits)
}

/// A stand-in for the key or the dash of `place`, and its column.
fn head_of(layout: Layout<'_>, place: &Place<'_>) -> Option<(String, usize)> {
    let parts = layout.parts(place.parent?)?;
    Some((String::new(), parts.get(place.index)?.column))
}

fn is_collection(node: NodeRef<'_>) -> bool {
    matches!(node.value(), Value::Sequence | Value::Mapping)
}

/// Whether the value is a block that starts on a line below its key or dash.
fn is_on_its_own_lines(layout: Layout<'_>, place: &Place<'_>, between: &str) -> bool {
    let node = place.node;
    let is_block = is_collection(node) && !node.is_alias() && !is_flow(node);
    // A list that is not indented has the bytes of its first item, whose dash is between.
    let start = usize_of(node.span().start);
    let is_dash = layout.text[..start].trim_end().ends_with('-');
    is_block && between.contains('\n') && (place.key.is_some() || !is_dash)
}

/// How the value at `place` is quoted, or would be.
fn quotes_of(place: &Place<'_>) -> Quotes {
    let is_text = !is_collection(place.node) && !place.node.is_alias();
    match Quotes::of(place.node.raw()) {
        Quotes::Plain => match place.parent {
            Some(parent) if place.in_flow && is_flow(parent) => flow::quotes(parent),
            _ => Quotes::Plain,
        },
        quotes if is_text => quotes,
        _ => Quotes::Plain,
    }
}

/// Where an anchor ends that may stand at `begin`. What has no value has no place of its own.
fn behind_properties(layout: Layout<'_>, begin: usize) -> usize {
    let line = &layout.text[begin..layout.line_end(begin)];
    let word = line.trim_start_matches([' ', '\t']);
    if !word.starts_with('&') {
        return begin;
    }
    let blank = line.len() - word.len();
    let length = word.find([' ', '\t', ',', ']', '}']);
    begin + blank + length.unwrap_or(word.len())
}

/// Whether a tag stands in what precedes a value.
fn has_tag(between: &str) -> bool {
    between
        .lines()
        .filter_map(|line| line.split('#').next())
        .any(|line| line.split_whitespace().any(|word| word.starts_with('!')))
}

/// Where the `|` or `>` of a literal or folded text stands in what precedes it.
fn block_header(between: &str) -> Option<usize> {
    let line = between.lines().next().filter(|_| between.contains('\n'))?;
    let mut at = 0;
    for word in line.split([' ', '\t']) {
        if word.starts_with(['|', '>']) {
            return Some(at);
        }
        if !word.is_empty() && !word.starts_with('&') {
            return None;
        }
        at += word.len() + 1;
    }
    None
}
