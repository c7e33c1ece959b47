//! Putting a value under a key of its own.

use mesh_diagnostics::Edit;

use super::layout::{Layout, is_flow, usize_of};
use super::{insert, verify, write};
use crate::yaml::tree::{Tree, Value};

/// The edits that make the collection at `pointer` the value of `key` in a mapping that takes its
/// place: `team: […]` becomes `team: {members: […]}`. A block goes on as it is, deeper indented.
///
/// `None` where it stands in a way that this does not know.
pub fn wrap(tree: &Tree, pointer: &str, key: &str) -> Option<Vec<Edit>> {
    let layout = Layout::of(tree);
    let place = layout.locate(pointer)?;
    let node = place.node;
    place.key?;
    let is_collection = matches!(node.value(), Value::Sequence | Value::Mapping);
    if !is_collection || node.is_alias() {
        return None;
    }
    let name = write::string(key, write::Quotes::Plain, true);
    let (start, end) = (usize_of(node.span().start), usize_of(node.span().end));
    if place.in_flow || is_flow(node) {
        let is_json = place.key?.raw().starts_with('"');
        let name = if is_json { format!("\"{key}\"") } else { name };
        let edits = vec![
            insert(start, format!("{{{name}: ")),
            insert(end, "}".to_owned()),
        ];
        return Some(edits);
    }
    let begin = layout.value_begin(&place)?;
    let parts = layout.parts(place.parent?)?;
    let own = parts.get(place.index)?;
    let style = layout.style();
    let head_end = layout.line_end(begin);
    let margin = " ".repeat(own.column + style.step);
    let mut edits = vec![insert(
        head_end,
        format!("{}{margin}{name}:", style.newline),
    )];
    let mut at = layout.next_line(head_end);
    let stop = layout.tail_end(own, parts.get(place.index + 1));
    while at < stop {
        let line_end = layout.line_end(at);
        if !layout.text[at..line_end].trim().is_empty() {
            edits.push(insert(at, " ".repeat(style.step)));
        }
        at = layout.next_line(at);
    }
    Some(edits)
}

/// Whether comments stand within what the removal or the replacement of the node at `pointer` would
/// take away.
pub fn holds_comments(tree: &Tree, pointer: &str) -> bool {
    let layout = Layout::of(tree);
    let zone = verify::zone_of(layout, pointer);
    let Some((start, end)) = zone else {
        return true;
    };
    super::comments(tree)
        .iter()
        .any(|span| usize_of(span.start) < end && start < usize_of(span.end))
}
