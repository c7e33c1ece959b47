//! What stood at a place and what stands there, as far as it is short.

use std::collections::HashMap;
use std::sync::Arc;

use mesh_diagnostics::Source;
use mesh_spec::yaml::{self, Tree};
use serde_json::Value;

use crate::change::Place;

/// Longer values are left to the documents.
const LONGEST: usize = 400;

/// The values in documents, each of which is read once.
#[derive(Default)]
pub(super) struct Values {
    trees: HashMap<*const Source, Option<Tree>>,
}

impl Values {
    /// The value at `place`; `None` if nothing is there, or it is long.
    pub(super) fn at(&mut self, place: &Place) -> Option<Value> {
        if !place.exists {
            return None;
        }
        let tree = self
            .trees
            .entry(Arc::as_ptr(&place.source))
            .or_insert_with(|| yaml::parse(&place.source).0);
        let value = tree.as_ref()?.at(&place.pointer)?.to_json();
        (value.to_string().len() <= LONGEST).then_some(value)
    }
}

/// Passes every scalar in `value` that has a text through `blank`, and the keys as well.
pub(super) fn blanked(value: Value, blank: &dyn Fn(&mut String)) -> Value {
    let text = |mut text: String| {
        blank(&mut text);
        text
    };
    match value {
        Value::String(string) => Value::String(text(string)),
        Value::Number(number) => {
            let written = number.to_string();
            let clean = text(written.clone());
            if clean == written {
                Value::Number(number)
            } else {
                Value::String(clean)
            }
        }
        Value::Array(items) => items.into_iter().map(|item| blanked(item, blank)).collect(),
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| (text(key), blanked(value, blank)))
            .collect(),
        Value::Null | Value::Bool(_) => value,
    }
}

/// A path, taken apart: its first key, and its last one.
pub(super) fn ends(path: &str) -> Option<(String, String)> {
    let mut keys = Vec::new();
    let mut key = String::new();
    let mut depth = 0_usize;
    let mut is_quoted = false;
    let mut characters = path.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' if is_quoted => {
                characters.next();
            }
            '"' if depth > 0 => is_quoted = !is_quoted,
            '[' if !is_quoted => depth += 1,
            ']' if !is_quoted => depth = depth.saturating_sub(1),
            '/' if depth == 0 => keys.push(std::mem::take(&mut key)),
            c if depth == 0 => key.push(c),
            _ => {}
        }
    }
    keys.push(key);
    let unescaped = |key: &String| key.replace("~1", "/").replace("~0", "~");
    let (first, last) = (keys.get(1)?, keys.last()?);
    Some((unescaped(first), unescaped(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_no_part_of_a_key() {
        for (path, first, last) in [
            ("/version", "version", "version"),
            ("/schema[name=a]/properties[name=b]/unit", "schema", "unit"),
            ("/schema[name=a]/properties[name=b]", "schema", "properties"),
            ("/servers[server=\"a/]b\\\"c\"]/host", "servers", "host"),
            ("/x~1y/z~0", "x/y", "z~"),
        ] {
            assert_eq!(ends(path), Some((first.to_owned(), last.to_owned())));
        }
        assert_eq!(ends(""), None);
    }
}
