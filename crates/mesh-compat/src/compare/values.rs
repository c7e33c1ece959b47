//! Whether two nodes say the same.

use std::collections::BTreeSet;

use mesh_spec::yaml::{NodeRef, Value};

use crate::facts::number::Number;

/// Whether two values are the same, whatever they look like: keys may stand in any order, strings be
/// quoted or not, numbers have another notation.
pub(crate) fn same(old: NodeRef<'_>, new: NodeRef<'_>) -> bool {
    match (old.value(), new.value()) {
        (Value::Sequence, Value::Sequence) => {
            let (old, new) = (old.items(), new.items());
            old.len() == new.len() && old.zip(new).all(|(old, new)| same(old, new))
        }
        (Value::Mapping, Value::Mapping) => {
            let mut others = new.entries();
            // Most mappings have their keys in the order in which they had them.
            old.entries().len() == others.len()
                && old.entries().all(|(key, old)| {
                    let key = key.key_text();
                    let beside = others.next().filter(|(other, _)| other.key_text() == key);
                    let new = beside.map(|(_, new)| new).or_else(|| new.get(key));
                    new.is_some_and(|new| same(old, new))
                })
        }
        (old, new) => same_scalar(old, new),
    }
}

/// What a value says, such that the contents of two values are equal where they are [`same`]: for many
/// values that are compared with many.
pub(crate) fn content(node: NodeRef<'_>) -> String {
    let mut text = String::new();
    write_content(node, &mut text);
    text
}

/// Texts are written with their length, so that nothing in them can look like what is around.
fn write_content(node: NodeRef<'_>, content: &mut String) {
    match node.value() {
        Value::Sequence => {
            content.push('[');
            for item in node.items() {
                write_content(item, content);
            }
            content.push(']');
        }
        Value::Mapping => {
            let mut entries: Vec<_> = node.entries().collect();
            entries.sort_by_key(|(key, _)| key.key_text());
            content.push('{');
            for (key, value) in entries {
                let key = key.key_text();
                *content += &format!("{}:{key}", key.len());
                write_content(value, content);
            }
            content.push('}');
        }
        _ => {
            let (sort, text) = sortable(node);
            *content += &format!("{sort},{}:{text}", text.len());
        }
    }
}

/// Whether two scalars are the same.
pub(crate) fn same_scalar(old: Value<'_>, new: Value<'_>) -> bool {
    match (old, new) {
        (Value::Number(old), Value::Number(new)) => old == new || number(old) == number(new),
        (Value::Sequence | Value::Mapping, _) | (_, Value::Sequence | Value::Mapping) => false,
        (old, new) => old == new,
    }
}

/// A number in one notation, without loss. What is no decimal number is told apart as it is written.
fn number(text: &str) -> String {
    Number::parse(text).map_or_else(|| text.to_owned(), |number| number.canonical())
}

/// The scalars of a list, or the one scalar that stands where a list may; `None` if it holds anything
/// else.
pub(crate) fn scalars(node: NodeRef<'_>) -> Option<Vec<NodeRef<'_>>> {
    let is_scalar = |node: &NodeRef<'_>| !matches!(node.value(), Value::Sequence | Value::Mapping);
    match node.value() {
        Value::Null => Some(Vec::new()),
        Value::Sequence => {
            let items: Vec<_> = node.items().collect();
            items.iter().all(is_scalar).then_some(items)
        }
        Value::Mapping => None,
        _ => Some(vec![node]),
    }
}

/// Whether two lists of scalars, or scalars where a list may stand, hold the same, in whatever order.
pub(crate) fn same_set(old: NodeRef<'_>, new: NodeRef<'_>) -> bool {
    let (Some(before), Some(after)) = (scalars(old), scalars(new)) else {
        return false;
    };
    without(&before, &after).is_empty() && without(&after, &before).is_empty()
}

/// What is in one list of scalars and not in the other, in the order in which it is written.
pub(crate) fn without<'d>(items: &[NodeRef<'d>], others: &[NodeRef<'_>]) -> Vec<NodeRef<'d>> {
    let others: BTreeSet<(u8, String)> = others.iter().map(|node| sortable(*node)).collect();
    let is_new = |node: &&NodeRef<'d>| !others.contains(&sortable(**node));
    items.iter().filter(is_new).copied().collect()
}

/// A scalar such that equal ones are equal, and a number is not the text that looks like it.
fn sortable(node: NodeRef<'_>) -> (u8, String) {
    match node.value() {
        Value::Bool(value) => (1, value.to_string()),
        Value::Number(text) => (2, number(text)),
        Value::String(text) => (3, text.to_owned()),
        Value::Null | Value::Sequence | Value::Mapping => (0, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_in_any_notation_and_only_then() {
        for (old, new, expected) in [
            ("1", "1.0", true),
            ("1500", "1.5e3", true),
            ("0.50", "0.5", true),
            ("-0", "0", true),
            ("1", "-1", false),
            // A float holds neither of the two.
            ("9007199254740992.5", "9007199254740992.25", false),
            ("0.1", "0.10000000000000000001", false),
            ("1e400", "1e500", false),
            (".inf", "-.inf", false),
        ] {
            let (old, new) = (Value::Number(old), Value::Number(new));
            assert_eq!(same_scalar(old, new), expected, "{old:?} {new:?}");
        }
    }
}
