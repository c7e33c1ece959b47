//! Which item of a list is which item of the list that it was before.

use std::collections::{HashMap, HashSet};

use mesh_spec::yaml::{NodeRef, Value};

use super::values::content;
use crate::entity::{Entity, MAJOR, METRIC, PROMISE, PROPERTY};
use crate::facts::{promise, quality};
use crate::version::{line, read_version};

/// What became of the items of a list: positions before and after.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Matched {
    /// Items that are there before and after, in the order of the new list.
    pub(crate) pairs: Vec<(usize, usize)>,
    /// Items that are gone.
    pub(crate) removed: Vec<usize>,
    /// Items that are new.
    pub(crate) added: Vec<usize>,
}

/// Matches the items of two lists of `entity`.
pub(crate) fn matched(entity: Entity, old: &[NodeRef<'_>], new: &[NodeRef<'_>]) -> Matched {
    // Most lists are as they were, item by item.
    if let Some(key) = entity.identities().first()
        && old.len() == new.len()
        && old.iter().zip(new).all(|(old, new)| {
            let identity = identity(*old, key);
            identity.is_some() && identity == self::identity(*new, key)
        })
        && (old.len() < 2 || all_differ(old, key))
    {
        return Matched {
            pairs: (0..old.len()).map(|at| (at, at)).collect(),
            ..Matched::default()
        };
    }
    let mut left_old: Vec<usize> = (0..old.len()).collect();
    let mut left_new: Vec<usize> = (0..new.len()).collect();
    let mut pairs = Vec::new();
    for keys in entity.identities() {
        pass(
            &mut left_old,
            &mut left_new,
            &mut pairs,
            |at, is_old| identity(if is_old { old[at] } else { new[at] }, keys),
            |at, is_old| content(if is_old { old[at] } else { new[at] }),
        );
    }
    // Items without a name, or with none that fits: what is the very same is the same.
    pass(
        &mut left_old,
        &mut left_new,
        &mut pairs,
        |at, is_old| Some(content(if is_old { old[at] } else { new[at] })),
        |_, _| String::new(),
    );
    pairs.sort_unstable_by_key(|(_, after)| *after);
    Matched {
        pairs,
        removed: left_old,
        added: left_new,
    }
}

/// Pairs what is left by an identity; of several with the same, those that did not change, then the
/// first with the first.
fn pass(
    left_old: &mut Vec<usize>,
    left_new: &mut Vec<usize>,
    pairs: &mut Vec<(usize, usize)>,
    identity: impl Fn(usize, bool) -> Option<String>,
    content: impl Fn(usize, bool) -> String,
) {
    if left_old.is_empty() || left_new.is_empty() {
        return;
    }
    let mut by_identity: HashMap<String, Vec<usize>> = HashMap::new();
    for &at in left_new.iter().rev() {
        if let Some(identity) = identity(at, false) {
            by_identity.entry(identity).or_default().push(at);
        }
    }
    let mut taken = Vec::new();
    let old_identities: Vec<_> = left_old.iter().map(|&at| identity(at, true)).collect();
    let mut of_old: HashMap<&str, usize> = HashMap::new();
    for identity in old_identities.iter().flatten() {
        *of_old.entry(identity).or_default() += 1;
    }
    let is_ambiguous = |identity: &str, others: usize| {
        others > 1 || of_old.get(identity).is_some_and(|count| *count > 1)
    };
    // Reordering what nothing else tells apart must not look like a change.
    let mut by_content: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    for (identity, others) in &by_identity {
        if is_ambiguous(identity, others.len()) && of_old.contains_key(identity.as_str()) {
            for &after in others {
                let key = (identity.as_str(), content(after, false));
                by_content.entry(key).or_default().push(after);
            }
        }
    }
    let mut unchanged = HashMap::new();
    for (&before, identity) in left_old.iter().zip(&old_identities) {
        let Some(identity) = identity else { continue };
        let others = by_identity.get(identity).map_or(0, Vec::len);
        if others == 0 || !is_ambiguous(identity, others) {
            continue;
        }
        let others = by_content.get_mut(&(identity.as_str(), content(before, true)));
        if let Some(after) = others.and_then(Vec::pop) {
            unchanged.insert(before, after);
        }
    }
    let met: HashSet<usize> = unchanged.values().copied().collect();
    for others in by_identity.values_mut() {
        others.retain(|after| !met.contains(after));
    }
    let mut identities = old_identities.iter();
    left_old.retain(|&before| {
        let identity = identities.next().and_then(Option::as_ref);
        let found = unchanged
            .remove(&before)
            .or_else(|| by_identity.get_mut(identity?)?.pop());
        if let Some(after) = found {
            pairs.push((before, after));
            taken.push(after);
        }
        found.is_none()
    });
    taken.sort_unstable();
    left_new.retain(|at| taken.binary_search(at).is_err());
}

fn all_differ(items: &[NodeRef<'_>], keys: &[&str]) -> bool {
    let mut seen: Vec<_> = items.iter().map(|item| identity(*item, keys)).collect();
    seen.sort_unstable();
    seen.windows(2).all(|pair| pair[0] != pair[1])
}

/// What identifies an item by `keys`; `None` if it lacks one of them.
pub(crate) fn identity(item: NodeRef<'_>, keys: &[&str]) -> Option<String> {
    let mut identity = String::new();
    for key in keys {
        match *key {
            PROPERTY => property_of(item, &mut identity)?,
            METRIC => {
                let named = item.get("metric").or_else(|| item.get("rule"))?;
                identity += quality::canonical_metric(named.as_str()?);
            }
            PROMISE => identity += &promise::canonical(item.get("property")?.as_str()?),
            MAJOR => identity += &line_of(item)?,
            key => text_of(item.get(key)?, &mut identity)?,
        }
        // Hardly any text holds it. Where one does (`"\0"`), two items may meet that differ: they are
        // compared, so that is seen.
        identity.push('\0');
    }
    Some(identity)
}

/// Custom properties are known by name and vendor, which older versions of the standards write as a
/// prefix of the name.
fn property_of(item: NodeRef<'_>, identity: &mut String) -> Option<()> {
    if let Some(vendor) = item.get("vendor").and_then(NodeRef::as_str) {
        identity.push_str(vendor);
        identity.push('.');
    }
    text_of(item.get("property")?, identity)
}

/// The line of versions that an item's `version` belongs to, within which nothing breaks.
fn line_of(item: NodeRef<'_>) -> Option<String> {
    let (Value::String(text) | Value::Number(text)) = item.get("version")?.value() else {
        return None;
    };
    let (major, minor) = line(&read_version(text)?);
    Some(format!("{major}.{minor}"))
}

fn text_of(node: NodeRef<'_>, identity: &mut String) -> Option<()> {
    match node.value() {
        Value::Null => return None,
        Value::Bool(value) => identity.push_str(if value { "true" } else { "false" }),
        Value::Number(text) | Value::String(text) => identity.push_str(text),
        Value::Sequence => {
            for item in node.items() {
                text_of(item, identity)?;
                identity.push('\u{1}');
            }
        }
        Value::Mapping => {
            let mut entries: Vec<_> = node.entries().collect();
            entries.sort_by_key(|(key, _)| key.key_text());
            for (key, value) in entries {
                identity.push_str(key.key_text());
                identity.push('\u{2}');
                text_of(value, identity);
                identity.push('\u{1}');
            }
        }
    }
    Some(())
}
