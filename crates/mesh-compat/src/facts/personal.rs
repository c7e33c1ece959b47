//! What says that data is personal.

use std::collections::BTreeSet;

use mesh_spec::model::CustomProperty;
use mesh_spec::terms::personal::{in_property, says_personal};
use mesh_spec::yaml::NodeRef;

use super::names;
use crate::change::{Found, On};
use crate::compare::values;
use crate::entity::Entity;
use crate::impact::Impact;
use crate::pair::{Both, Pair};

/// The words that mark something as personal, and those that deny it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Marks {
    yes: BTreeSet<String>,
    no: BTreeSet<String>,
}

impl Marks {
    /// What they say together: one mark is enough.
    fn says(&self) -> Option<bool> {
        match (self.yes.is_empty(), self.no.is_empty()) {
            (false, _) => Some(true),
            (true, false) => Some(false),
            (true, true) => None,
        }
    }

    fn of_words(node: Option<NodeRef<'_>>) -> Self {
        let mut marks = Self::default();
        for word in node.and_then(values::scalars).unwrap_or_default() {
            let Some(text) = word.as_str() else { continue };
            marks.add(says_personal(text), text);
        }
        marks
    }

    fn of_property(entry: Option<NodeRef<'_>>) -> Self {
        let mut marks = Self::default();
        let Some(entry) = entry else { return marks };
        let text = |key| entry.get(key).and_then(NodeRef::as_str);
        let property = CustomProperty {
            property: text("property").map(str::to_owned),
            value: entry.get("value").map(NodeRef::to_json),
            ..CustomProperty::default()
        };
        if let Some(value) = &property.value {
            let name = text("property").unwrap_or_default();
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            marks.add(in_property(&property), &format!("{name}: {value}"));
        }
        marks
    }

    fn add(&mut self, said: Option<bool>, text: &str) {
        match said {
            Some(true) => self.yes.insert(text.trim().to_lowercase()),
            Some(false) => self.no.insert(text.trim().to_lowercase()),
            None => false,
        };
    }
}

/// What became of the marks of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marking {
    /// It is marked as personal, or marked further, or not said to be free of personal data any more.
    Added(Impact),
    /// It is not marked any more, or said to be free of personal data.
    Removed,
    /// The same words, spelt otherwise.
    Same,
}

/// What it means; `None` if nothing is said about personal data, or what it means is not known.
fn marking(old: &Marks, new: &Marks) -> Option<Marking> {
    match (old.says(), new.says()) {
        (None, None) => None,
        _ if old == new => Some(Marking::Same),
        (Some(true), Some(true)) if old.no != new.no => None,
        (Some(true), Some(true)) if new.yes.is_subset(&old.yes) => Some(Marking::Removed),
        (Some(true), Some(true)) => Some(Marking::Added(Impact::Minor)),
        (_, Some(true)) | (Some(false), None) => Some(Marking::Added(Impact::Major)),
        (Some(true), _) | (None, Some(false)) => Some(Marking::Removed),
        (Some(false), Some(false)) => None,
    }
}

/// What kinds about personal data listen to.
pub(crate) const ON: &[On] = &[
    On::Keys(Entity::Product, &["tags"]),
    On::Keys(Entity::InputPort, &["tags"]),
    On::Keys(Entity::OutputPort, &["tags"]),
    On::Keys(Entity::Contract, &["tags"]),
    On::Keys(Entity::Object, &["tags"]),
    On::Keys(Entity::Field, &["tags", "classification"]),
    On::Added(Entity::Custom),
    On::Removed(Entity::Custom),
    On::Keys(Entity::Custom, &["value"]),
];

/// Reports what `message` has words for, and accounts for what means the same as before.
pub(crate) fn report(
    pair: &Pair<'_>,
    found: &mut Found<'_>,
    impact: impl Fn(Marking) -> Option<Impact>,
) {
    let mut look = |key: &str, subject: &Pair<'_>, marks: Both<Marks>, is_whole: bool| {
        let Some(marking) = marking(&marks.old, &marks.new) else {
            return;
        };
        if marking == Marking::Same {
            // What came or went as a whole and says nothing new was something else.
            if !is_whole {
                found.accounts_for(&[key]);
            }
        } else if let Some(impact) = impact(marking) {
            found.at(key, message(subject, &marks)).impact_of(impact);
        }
    };
    if pair.entity == Entity::Custom {
        let Some(owner) = pair.owner.filter(|owner| is_marked(owner.entity)) else {
            return;
        };
        let is_whole = pair.is_added() || pair.is_removed();
        let key = if is_whole { "" } else { "value" };
        look(key, owner, pair.nodes.map(Marks::of_property), is_whole);
        return;
    }
    for key in ["tags", "classification"] {
        let is_asked = key == "tags" || pair.entity == Entity::Field;
        if is_asked && pair.has_changed(key) {
            look(key, pair, pair.at(key).map(Marks::of_words), false);
        }
    }
}

fn is_marked(entity: Entity) -> bool {
    matches!(
        entity,
        Entity::Product
            | Entity::InputPort
            | Entity::OutputPort
            | Entity::Contract
            | Entity::Object
            | Entity::Field
    )
}

fn message(subject: &Pair<'_>, marks: &Both<Marks>) -> String {
    let subject = subject.subject();
    let listed = |words: &BTreeSet<String>, others: &BTreeSet<String>| {
        names::listed(words.difference(others).map(String::as_str))
    };
    let (old, new) = (&marks.old, &marks.new);
    let came = listed(&new.yes, &old.yes);
    let went = listed(&old.yes, &new.yes);
    match (old.says(), new.says()) {
        (Some(true), Some(true)) if came.is_empty() => {
            format!("{subject} is not marked as {went} any more, and still as personal")
        }
        (Some(true), Some(true)) if went.is_empty() => {
            format!("{subject} is also marked as {came}")
        }
        (Some(true), Some(true)) => {
            format!("{subject} is marked as {came} now, and was as {went}")
        }
        (_, Some(true)) => format!("{subject} is marked as personal: {came}"),
        (Some(true), _) => {
            format!("{subject} is not marked as personal any more; it was: {went}")
        }
        (None, _) => format!(
            "{subject} is said not to be personal: {}",
            listed(&new.no, &old.no)
        ),
        (Some(false), _) => format!(
            "{subject} is not said to be free of personal data any more; it was: {}",
            listed(&old.no, &new.no)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_come_and_go_are_told_apart() {
        use Marking::{Added, Removed, Same};
        let marks = |words: &[&str]| {
            let mut marks = Marks::default();
            for word in words {
                marks.add(says_personal(word), word);
            }
            marks
        };
        for (old, new, expected) in [
            (&["orders"][..], &["sales"][..], None),
            (&["orders"], &["pii"], Some(Added(Impact::Major))),
            (&["synthetic"], &["pii"], Some(Added(Impact::Major))),
            (&["synthetic"], &[], Some(Added(Impact::Major))),
            (&["pii"], &["pii", "gdpr:art9"], Some(Added(Impact::Minor))),
            (&["pii"], &["personal"], Some(Added(Impact::Minor))),
            (&["pii", "gdpr"], &["pii"], Some(Removed)),
            (&["pii"], &["orders"], Some(Removed)),
            (&[], &["non-personal"], Some(Removed)),
            (&["pii"], &["PII"], Some(Same)),
            (&["synthetic"], &["non-personal"], None),
            (&["pii"], &["pii", "synthetic"], None),
        ] {
            assert_eq!(
                marking(&marks(old), &marks(new)),
                expected,
                "{old:?} {new:?}"
            );
        }
    }
}
