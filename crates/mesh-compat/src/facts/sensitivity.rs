//! How sensitive data is said to be.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use mesh_spec::terms::classification::{Label, Labels, NAMES};
use mesh_spec::yaml::{NodeId, NodeRef, Value};

use super::names;
use crate::change::{Change, Found, On};
use crate::compare::values;
use crate::entity::Entity;
use crate::impact::Impact;
use crate::pair::{Both, Pair};

/// What kinds about labels listen to.
pub(crate) const ON: &[On] = &[
    On::Keys(Entity::Field, &["classification"]),
    On::Added(Entity::Custom),
    On::Removed(Entity::Custom),
    On::Keys(Entity::Custom, &["value"]),
];

/// Where in lists of custom properties labels stand, by the nodes that the lists belong to.
pub(crate) type Known = HashMap<Both<Option<NodeId>>, Both<Option<usize>>>;

/// What the labels of something say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    /// The most sensitive of the labels that are known.
    label: Option<Label>,
    /// Labels that are not known, in small letters.
    unknown: BTreeSet<String>,
}

fn said(labels: Labels<'_>, node: Option<NodeRef<'_>>) -> Option<Said> {
    let mut said = Said::default();
    for node in node.and_then(values::scalars).unwrap_or_default() {
        let (Value::String(text) | Value::Number(text)) = node.value() else {
            return None;
        };
        match labels.parse(text) {
            Some(label) => said.label = said.label.max(Some(label)),
            None => {
                said.unknown.insert(text.trim().to_lowercase());
            }
        }
    }
    Some(said)
}

/// How the new labels compare with the old ones; `None` if that cannot be said.
fn compare(old: &Said, new: &Said) -> Option<Ordering> {
    // A label that is not known may be more sensitive than any other, whichever way it went.
    (old.unknown == new.unknown).then(|| new.label.cmp(&old.label))
}

/// The label that something has itself.
fn stated<'d>(pair: &Pair<'d>, known: &mut Known) -> Both<Option<NodeRef<'d>>> {
    let lists = pair.at("customProperties");
    let place = known
        .entry(pair.ids())
        .or_insert_with(|| pair.custom_at(NAMES));
    let entry = |list: Option<NodeRef<'d>>, place: Option<usize>| list?.item(place?)?.get("value");
    let custom = Both {
        old: entry(lists.old, place.old),
        new: entry(lists.new, place.new),
    };
    let own = match pair.entity {
        Entity::Field => pair.at("classification"),
        _ => Both::default(),
    };
    Both {
        old: own.old.or(custom.old),
        new: own.new.or(custom.new),
    }
}

/// Reports labels that became more sensitive, or less, and accounts for those that mean the same.
pub(crate) fn report(pair: &Pair<'_>, found: &mut Found<'_>, wanted: Ordering) {
    let (labelled, key) = match (pair.entity, pair.owner) {
        (Entity::Custom, Some(owner)) if pair.is_custom(NAMES) => {
            (owner, if is_whole(pair) { "" } else { "value" })
        }
        (Entity::Field, _) => (pair, "classification"),
        _ => return,
    };
    let is_for_data = matches!(
        labelled.entity,
        Entity::Product | Entity::OutputPort | Entity::Contract | Entity::Object | Entity::Field
    );
    if !is_for_data {
        return;
    }
    // What has no label of its own has that of what it belongs to.
    let mut nodes: Both<Option<NodeRef<'_>>> = Both::default();
    for pair in labelled.outwards() {
        let stated = stated(pair, &mut found.memory.labels);
        nodes = Both {
            old: nodes.old.or(stated.old),
            new: nodes.new.or(stated.new),
        };
    }
    let labels = Labels::new(found.context().vocabularies);
    let (Some(old), Some(new)) = nodes.map(|node| said(labels, node)).split() else {
        return;
    };
    match compare(&old, &new) {
        Some(Ordering::Equal) => found.accounts_for(&[key]),
        Some(order) if order == wanted => {
            let message = message(labelled, nodes);
            let change = found.at(key, message);
            if old.label.is_none() && new.label == Some(Label::Public) {
                first_label(change);
            }
        }
        _ => {}
    }
}

fn first_label(change: &mut Change) {
    change
        .impact_of(Impact::Minor)
        .because("it is said for the first time, and anyone may see the data");
}

fn is_whole(pair: &Pair<'_>) -> bool {
    pair.is_added() || pair.is_removed()
}

fn message(labelled: &Pair<'_>, nodes: Both<Option<NodeRef<'_>>>) -> String {
    let shown = |node: NodeRef<'_>| {
        let texts = values::scalars(node).unwrap_or_default();
        names::listed(texts.into_iter().map(NodeRef::key_text))
    };
    let subject = labelled.subject();
    match nodes.map(|node| node.map(shown)).split() {
        (Some(old), Some(new)) => {
            format!("{subject} is classified as {new} now, and was as {old}")
        }
        (None, Some(new)) => format!("{subject} is classified as {new} now, and was not before"),
        (Some(old), None) => {
            format!("{subject} is not classified any more, and was as {old}")
        }
        (None, None) => format!("the classification of {subject} changed"),
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::vocabulary::Vocabularies;

    use super::*;

    #[test]
    fn labels_that_are_not_known_are_not_compared() {
        let vocabularies = Vocabularies::default();
        let labels = Labels::new(&vocabularies);
        let said = |list: &[&str]| {
            let mut said = Said::default();
            for text in list {
                match labels.parse(text) {
                    Some(label) => said.label = said.label.max(Some(label)),
                    None => {
                        said.unknown.insert((*text).to_owned());
                    }
                }
            }
            said
        };
        for (old, new, expected) in [
            (&["public"][..], &["internal"][..], Some(Ordering::Greater)),
            (&["restricted"], &["internal"], Some(Ordering::Less)),
            (
                &["restricted"],
                &["public", "restricted"],
                Some(Ordering::Equal),
            ),
            (&[], &["internal"], Some(Ordering::Greater)),
            (&["internal"], &[], Some(Ordering::Less)),
            (&["C1"], &["C2"], None),
            (&["C1", "internal"], &["C1", "public"], Some(Ordering::Less)),
            (&["C1", "restricted"], &["internal"], None),
            (&["C1", "internal"], &["restricted"], None),
            (&["internal"], &["C1"], None),
            (&["C1"], &["internal"], None),
            (&[], &["C1", "restricted"], None),
        ] {
            assert_eq!(compare(&said(old), &said(new)), expected, "{old:?} {new:?}");
        }
    }
}
