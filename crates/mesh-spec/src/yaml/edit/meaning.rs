//! What changes mean, on the document as a JSON value.

use std::borrow::Cow;
use std::collections::BTreeMap;

use mesh_diagnostics::Change;
use serde_json::{Map, Value as Json};

use crate::yaml::pointer;

/// The document that `changes` make of `document`; the order of keys is part of it.
///
/// `None` if one of them means nothing here: its pointer leads nowhere, its key is taken, or
/// another change has taken away or replaced what it is about.
pub fn apply_changes(document: &Json, changes: &[Change]) -> Option<Json> {
    let mut pending = Pending::of(changes);
    let after = pending.rebuild("", document)?;
    (pending.used == changes.len()).then_some(after)
}

/// The pointer that a change names.
pub(super) fn pointer_of(change: &Change) -> &str {
    match change {
        Change::Set { pointer, .. }
        | Change::Rename { pointer, .. }
        | Change::Insert { pointer, .. }
        | Change::Append { pointer, .. }
        | Change::Remove { pointer }
        | Change::Reorder { pointer, .. } => pointer,
    }
}

/// Whether two values are the same, with their keys in the same order.
pub(super) fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && (a.iter().zip(b)).all(|((k, v), (l, w))| k == l && same(v, w))
        }
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(v, w)| same(v, w))
        }
        _ => a == b,
    }
}

/// Changes that wait for the walk to come by.
struct Pending<'c> {
    by_pointer: BTreeMap<&'c str, Vec<&'c Change>>,
    used: usize,
}

/// What becomes of one key or item.
#[derive(Default)]
struct Fate<'c> {
    is_removed: bool,
    name: Option<&'c str>,
}

impl<'c> Pending<'c> {
    fn of(changes: &'c [Change]) -> Self {
        let mut by_pointer: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in changes {
            by_pointer
                .entry(pointer_of(change))
                .or_default()
                .push(change);
        }
        Self {
            by_pointer,
            used: 0,
        }
    }

    fn at(&self, pointer: &str) -> Vec<&'c Change> {
        self.by_pointer.get(pointer).cloned().unwrap_or_default()
    }

    /// Whether something changes at `pointer` or beneath it.
    fn concerns(&self, pointer: &str) -> bool {
        let mut from = self.by_pointer.range(pointer..);
        let is_beneath = |at: &str| {
            at.strip_prefix(pointer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // Between a pointer and what is beneath it, others may sort that merely begin alike.
        from.by_ref()
            .take_while(|(at, _)| at.starts_with(pointer))
            .any(|(at, _)| is_beneath(at))
    }

    fn rebuild(&mut self, pointer: &str, value: &Json) -> Option<Json> {
        if !self.concerns(pointer) {
            return Some(value.clone());
        }
        let own = self.at(pointer);
        let mut sets = own.iter().filter_map(|change| match change {
            Change::Set { value, .. } => Some(value),
            _ => None,
        });
        if let Some(new) = sets.next() {
            self.used += 1;
            return Some(new.clone());
        }
        match value {
            Json::Object(map) => self.rebuild_object(pointer, map, &own).map(Json::Object),
            Json::Array(items) => self.rebuild_array(pointer, items, &own).map(Json::Array),
            other => Some(other.clone()),
        }
    }

    fn rebuild_object(
        &mut self,
        pointer: &str,
        map: &Map<String, Json>,
        own: &[&'c Change],
    ) -> Option<Map<String, Json>> {
        let mut order: Vec<&str> = map.keys().map(String::as_str).collect();
        let mut orders = own.iter().filter_map(|change| match change {
            Change::Reorder { keys, .. } => Some(keys),
            _ => None,
        });
        // A second order stays unused, so that the changes are refused.
        if let Some(keys) = orders.next() {
            if !is_permutation(keys, &order) {
                return None;
            }
            order = keys.iter().map(String::as_str).collect();
            self.used += 1;
        }
        let mut entries: Vec<(Cow<'_, str>, Json)> = Vec::with_capacity(map.len());
        for key in &order {
            let child = pointer::join(pointer, key);
            let fate = self.fate_of(&child);
            if !fate.is_removed {
                let value = self.rebuild(&child, &map[*key])?;
                entries.push((Cow::Borrowed(fate.name.unwrap_or(key)), value));
            }
            entries.extend(self.inserted(own, Some(key)));
        }
        // Without a key to follow, or after one that is not there, an entry comes last.
        let is_there = |key: &str| map.contains_key(key);
        let last: Vec<_> = own
            .iter()
            .filter_map(|change| match change {
                Change::Insert {
                    key, value, after, ..
                } if !after.as_deref().is_some_and(is_there) => {
                    Some((Cow::Owned(key.clone()), value.clone()))
                }
                _ => None,
            })
            .collect();
        self.used += last.len();
        entries.extend(last);
        let count = entries.len();
        let changed: Map<String, Json> = entries
            .into_iter()
            .map(|(key, value)| (key.into_owned(), value))
            .collect();
        (changed.len() == count).then_some(changed)
    }

    fn rebuild_array(
        &mut self,
        pointer: &str,
        items: &[Json],
        own: &[&'c Change],
    ) -> Option<Vec<Json>> {
        let mut changed = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let child = format!("{pointer}/{index}");
            if !self.concerns(&child) {
                changed.push(item.clone());
                continue;
            }
            let fate = self.fate_of(&child);
            if fate.name.is_some() {
                return None;
            }
            if !fate.is_removed {
                changed.push(self.rebuild(&child, item)?);
            }
        }
        for change in own {
            if let Change::Append { value, .. } = change {
                changed.push(value.clone());
                self.used += 1;
            }
        }
        Some(changed)
    }

    /// What its parent does with the value at `pointer`.
    fn fate_of(&mut self, pointer: &str) -> Fate<'c> {
        let mut fate = Fate::default();
        for change in self.at(pointer) {
            match change {
                Change::Remove { .. } if !fate.is_removed => fate.is_removed = true,
                Change::Rename { key, .. } if fate.name.is_none() => fate.name = Some(key),
                _ => continue,
            }
            self.used += 1;
        }
        fate
    }

    /// The entries that are inserted after the key `previous`.
    fn inserted(
        &mut self,
        own: &[&'c Change],
        previous: Option<&str>,
    ) -> Vec<(Cow<'c, str>, Json)> {
        let found: Vec<_> = own
            .iter()
            .filter_map(|change| match change {
                Change::Insert {
                    key, value, after, ..
                } if after.as_deref() == previous => {
                    Some((Cow::Borrowed(key.as_str()), value.clone()))
                }
                _ => None,
            })
            .collect();
        self.used += found.len();
        found
    }
}

/// Whether `keys` are those of `order` in some order.
pub(super) fn is_permutation(keys: &[String], order: &[&str]) -> bool {
    let mut sorted: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut expected = order.to_vec();
    sorted.sort_unstable();
    expected.sort_unstable();
    sorted == expected
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn insert(pointer: &str, key: &str, after: Option<&str>) -> Change {
        Change::Insert {
            pointer: pointer.into(),
            key: key.into(),
            value: json!(0),
            after: after.map(Into::into),
        }
    }

    fn remove(pointer: &str) -> Change {
        Change::Remove {
            pointer: pointer.into(),
        }
    }

    fn rename(pointer: &str, key: &str) -> Change {
        Change::Rename {
            pointer: pointer.into(),
            key: key.into(),
        }
    }

    fn reorder(keys: &[&str]) -> Change {
        Change::Reorder {
            pointer: String::new(),
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        }
    }

    #[test]
    fn all_changes_are_about_the_document_as_it_was() {
        let document = json!({"a": {"x": 1}, "b": [1, 2, 3], "c": 3});
        let changed = apply_changes(
            &document,
            &[
                remove("/b/0"),
                Change::set("/b/2", "three"),
                Change::Append {
                    pointer: "/b".into(),
                    value: json!(4),
                },
                rename("/a", "A"),
                Change::set("/a/x", 7),
                insert("", "d", Some("a")),
                insert("", "e", None),
                reorder(&["c", "a", "b"]),
            ],
        );
        let expected = json!({"c": 3, "A": {"x": 7}, "d": 0, "b": [2, "three", 4], "e": 0});
        assert!(changed.is_some_and(|changed| same(&changed, &expected)));
    }

    #[test]
    fn a_change_that_means_nothing_is_refused() {
        let document = json!({"a": 1, "b": {"c": 2}, "d": []});
        for changes in [
            vec![remove("/x")],
            vec![remove("")],
            vec![rename("/a", "b")],
            vec![insert("", "a", None)],
            vec![insert("/a", "x", None)],
            vec![insert("/d", "x", None)],
            vec![remove("/b"), Change::set("/b/c", 1)],
            vec![Change::set("/b", 1), rename("/b/c", "d")],
            vec![reorder(&["a", "b"])],
            vec![reorder(&["a", "b", "d"]), reorder(&["b", "a", "d"])],
            vec![Change::set("/a", 1), Change::set("/a", 2)],
            vec![remove("/a"), remove("/a")],
            vec![rename("/d/0", "x")],
        ] {
            assert_eq!(apply_changes(&document, &changes), None, "{changes:?}");
        }
    }

    #[test]
    fn pointers_that_begin_alike_are_told_apart() {
        let document = json!({"a": 1, "ab": {"c": 1}, "a!": 2, "a/b": 3});
        let changed = apply_changes(&document, &[Change::set("/a~1b", 4), remove("/ab/c")]);
        assert_eq!(changed, Some(json!({"a": 1, "ab": {}, "a!": 2, "a/b": 4})));
    }
}
