//! From changes of a document to replacements in its text.
//!
//! The text around what changes stays as it is, byte for byte: comments, quotes, blank lines.

use mesh_diagnostics::{Change, Edit, Span};
use serde_json::Value as Json;

use super::tree::{NodeRef, Tree, Value};

/// Writes `changes` as replacements in the text of `tree`, in ascending order.
///
/// `None` if one of them cannot be written without touching anything else: where an anchor or an
/// alias stands for the value, or where the text has a shape that this does not know.
pub fn plan(tree: &Tree, changes: &[Change]) -> Option<Vec<Edit>> {
    let mut edits = Vec::new();
    for change in changes {
        edits.push(plan_one(tree, change)?);
    }
    edits.sort_by_key(|edit| edit.span);
    let overlap = edits
        .windows(2)
        .any(|pair| pair[0].span.end > pair[1].span.start);
    (!overlap).then_some(edits)
}

fn plan_one(tree: &Tree, change: &Change) -> Option<Edit> {
    match change {
        Change::Set { pointer, value } => {
            let node = plain(tree.at(pointer)?)?;
            Some(Edit {
                span: node.span(),
                text: scalar(value)?,
            })
        }
        Change::Rename { pointer, key } => Some(Edit {
            span: plain(tree.key_at(pointer)?)?.span(),
            text: scalar(&Json::from(key.as_str()))?,
        }),
        _ => None,
    }
}

/// `node`, if it is a scalar written on one line at its own place.
fn plain(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let is_scalar = !matches!(node.value(), Value::Sequence | Value::Mapping | Value::Null);
    let raw = node.raw();
    (is_scalar && !raw.contains('\n') && !raw.starts_with(['*', '&', '!'])).then_some(node)
}

/// `value` as a YAML scalar on one line, quoted where it has to be.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::String(text) => {
            let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
                && !matches!(text.as_str(), "true" | "false" | "null");
            let is_version = text.matches('.').count() == 2
                && text.chars().all(|c| c.is_ascii_digit() || c == '.');
            Some(if is_plain || is_version {
                text.clone()
            } else {
                value.to_string()
            })
        }
        _ => None,
    }
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
