//! The values that a field may have, where a contract lists them: under `enum`, and in the places that
//! contracts used before there was that key.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use mesh_spec::yaml::{NodeId, NodeRef, Value};

use super::types::field::FieldType;
use crate::change::Found;
use crate::compare::values::scalars;
use crate::entity::Entity;
use crate::pair::{Both, Pair};
use crate::quote::quoted;

/// Names of custom properties that list values.
pub(crate) const PROPERTIES: &[&str] = &[
    "enum",
    "enumeration",
    "enumvalues",
    "validvalues",
    "allowedvalues",
    "acceptedvalues",
    "permittedvalues",
];

/// Names of the checks that count values which are not listed, in lower case and letters only.
const CHECKS: [&str; 4] = [
    "invalidvalues",
    "validvalues",
    "invalidcount",
    "invalidpercent",
];

/// Tags and custom properties that say that more values may come.
pub(crate) const EXTENSIBLE: &[&str] = &["extensible", "extensibleenum", "openenum"];

/// What became of the values of a field at one place of the document.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The key that says so; nothing for the whole that came or went.
    pub(crate) key: &'static str,
    pub(crate) outcome: Outcome,
}

#[derive(Debug)]
pub(crate) enum Outcome {
    /// Values came and went, or neither.
    Values {
        added: Vec<String>,
        removed: Vec<String>,
    },
    /// These are listed now, and anything was possible.
    Appeared(Vec<String>),
    /// Anything is possible now, and only these were.
    Vanished(Vec<String>),
}

const NOTHING: Outcome = Outcome::Values {
    added: Vec::new(),
    removed: Vec::new(),
};

/// Where values are listed; of several places, the first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Key,
    Check,
    Property,
    PhysicalType,
}

/// A list of values.
#[derive(Debug)]
struct Listed {
    source: Source,
    /// The check that lists them.
    check: Option<NodeId>,
    values: Vec<Item>,
    set: HashSet<Item>,
}

/// What the fields that were looked at say of their values, by their nodes.
pub(crate) type Known = HashMap<Both<Option<NodeId>>, Rc<Values>>;

/// What a field says of its values.
#[derive(Debug)]
pub(crate) struct Values {
    listed: Both<Option<Listed>>,
    /// Whether more values may come.
    pub(crate) extensible: Both<bool>,
}

impl Values {
    /// What `field` says, before and after.
    pub(crate) fn of(field: &Pair<'_>, found: &mut Found<'_>) -> Rc<Self> {
        let known = found.memory.enumerations.entry(field.ids());
        let values = known.or_insert_with(|| {
            Rc::new(Self {
                listed: Both {
                    old: listed(field, Side::Old),
                    new: listed(field, Side::New),
                },
                extensible: extensible(field),
            })
        });
        Rc::clone(values)
    }

    fn listed(&self) -> Both<Option<&Listed>> {
        self.listed.as_ref().map(Option::as_ref)
    }

    /// Whether values are listed before and after.
    pub(crate) fn stay_listed(&self) -> bool {
        self.listed.old.is_some() && self.listed.new.is_some()
    }
}

/// A value; a number is not the text that looks like it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Item {
    is_text: bool,
    text: String,
}

/// The field whose values something is about.
pub(crate) fn field<'a, 'p>(pair: &'a Pair<'p>) -> Option<&'a Pair<'p>> {
    match pair.entity {
        Entity::Field => Some(pair),
        _ => pair.owner.filter(|owner| owner.entity == Entity::Field),
    }
}

/// Whether a field says that more values may come, before and after.
fn extensible(field: &Pair<'_>) -> Both<bool> {
    let by_property = field
        .custom(EXTENSIBLE)
        .map(|value| value.is_some_and(|value| says_yes(value)));
    let by_tag = field.at("tags").map(|tags| {
        let tags = tags.and_then(scalars).unwrap_or_default();
        let mut texts = tags.iter().filter_map(|tag| tag.as_str());
        texts.any(says_extensible)
    });
    Both {
        old: by_property.old || by_tag.old,
        new: by_property.new || by_tag.new,
    }
}

/// Whether a tag says that more values may come.
pub(crate) fn says_extensible(tag: &str) -> bool {
    EXTENSIBLE.contains(&letters(tag).as_str())
}

/// What a change at `pair` does to the values of its field; `None` if it is about something else, or
/// mesh cannot tell.
pub(crate) fn difference(pair: &Pair<'_>, found: &mut Found<'_>) -> Option<Difference> {
    let field = field(pair)?;
    if !is_about_values(pair) {
        return None;
    }
    let values = Values::of(field, found);
    let whole = if pair.is_added() || pair.is_removed() {
        ""
    } else {
        "value"
    };
    match pair.entity {
        Entity::EnumValue => Some(Difference {
            key: whole,
            outcome: one_value(pair, field, &values)?,
        }),
        Entity::Custom if pair.is_custom(PROPERTIES) => {
            let own = pair.at("value").map(|node| listed_in(node?));
            between(pair, &values, Source::Property, &own).map(|outcome| Difference {
                key: whole,
                outcome,
            })
        }
        Entity::Quality => {
            let key = ["arguments", "validValues"]
                .into_iter()
                .find(|key| pair.has_changed(key))?;
            let own = pair.nodes.map(|check| in_check(check?));
            let lists = pair.nodes.map(|check| list_in_check(check?));
            // A list of something else than values cannot be compared.
            if lists.old.is_some() != own.old.is_some() || lists.new.is_some() != own.new.is_some()
            {
                return None;
            }
            let outcome = between(pair, &values, Source::Check, &own)?;
            // Other arguments are told of by nobody else; a value that comes outweighs them.
            let is_grave = match &outcome {
                Outcome::Values { added, .. } => !added.is_empty(),
                Outcome::Appeared(_) => false,
                Outcome::Vanished(_) => true,
            };
            let is_whole = key == "validValues" || !other_arguments_changed(pair);
            (is_whole || is_grave).then_some(Difference { key, outcome })
        }
        Entity::Field if has_plain_enum(pair) => {
            let own = pair.at("enum").map(|node| in_enum(node?));
            between(pair, &values, Source::Key, &own).map(|outcome| Difference {
                key: "enum",
                outcome,
            })
        }
        Entity::Field => {
            let own = FieldType::enumerated(pair);
            if !pair.has_changed("physicalType") || own.old.is_none() || own.new.is_none() {
                return None;
            }
            let own = own.map(|values| values.map(|values| texts(&values)));
            between(pair, &values, Source::PhysicalType, &own).map(|outcome| Difference {
                key: "physicalType",
                outcome,
            })
        }
        _ => None,
    }
}

/// An item of `enum` that came or went.
fn one_value(pair: &Pair<'_>, field: &Pair<'_>, known: &Values) -> Option<Outcome> {
    let (is_added, entry, position) = match pair.nodes.split() {
        (None, Some(new)) => (true, new, pair.positions.new),
        (Some(old), None) => (false, old, pair.positions.old),
        _ => return None,
    };
    let own = item(entry.get("value")?)?;
    let (here, there) = if is_added {
        (Side::New, Side::Old)
    } else {
        (Side::Old, Side::New)
    };
    let has_enum = |list: NodeRef<'_>| list.items().len() > 0;
    let is_there = if there.of(field.at("enum")).is_some_and(has_enum) {
        // The walk has looked for it among those of the other list.
        false
    } else if let Some(other) = there.of(known.listed()) {
        other.set.contains(&own)
    } else if position == Some(0) {
        let values = texts_of(&here.of(known.listed())?.values);
        return Some(if is_added {
            Outcome::Appeared(values)
        } else {
            Outcome::Vanished(values)
        });
    } else {
        return Some(NOTHING);
    };
    Some(match (is_there, is_added) {
        (true, _) => NOTHING,
        (false, true) => Outcome::Values {
            added: vec![own.text],
            removed: Vec::new(),
        },
        (false, false) => Outcome::Values {
            added: Vec::new(),
            removed: vec![own.text],
        },
    })
}

/// What the list at `source` that `pair` is or has does, which was and is `own`.
fn between(
    pair: &Pair<'_>,
    known: &Values,
    source: Source,
    own: &Both<Option<Vec<Item>>>,
) -> Option<Outcome> {
    let listed = known.listed();
    let is_of = |listed: Option<&Listed>, node: Option<NodeRef<'_>>| {
        listed.is_some_and(|listed| {
            listed.source == source
                && (source != Source::Check || listed.check == node.map(NodeRef::id))
        })
    };
    let counted = is_of(listed.old, pair.nodes.old);
    let counts = is_of(listed.new, pair.nodes.new);
    // Where another list counts, one that says the same adds nothing to it.
    let is_in_step = |own: &Option<Vec<Item>>, listed: Option<&Listed>| match (own, listed) {
        (None, _) => true,
        (Some(own), Some(listed)) => same(own, listed),
        (Some(_), None) => false,
    };
    if !(counted || is_in_step(&own.old, listed.old))
        || !(counts || is_in_step(&own.new, listed.new))
    {
        return None;
    }
    if !counted && !counts {
        return Some(NOTHING);
    }
    let without = |items: &Listed, others: &Listed| -> Vec<String> {
        let items = items
            .values
            .iter()
            .filter(|item| !others.set.contains(item));
        items.map(|item| item.text.clone()).collect()
    };
    Some(match listed.split() {
        (None, Some(new)) => Outcome::Appeared(texts_of(&new.values)),
        (Some(old), None) => Outcome::Vanished(texts_of(&old.values)),
        (Some(old), Some(new)) => Outcome::Values {
            // Each is told of where it is listed.
            added: if counts {
                without(new, old)
            } else {
                Vec::new()
            },
            removed: if counted {
                without(old, new)
            } else {
                Vec::new()
            },
        },
        (None, None) => return None,
    })
}

/// Whether something can say which values a field has.
fn is_about_values(pair: &Pair<'_>) -> bool {
    match pair.entity {
        Entity::EnumValue => pair.is_added() || pair.is_removed(),
        Entity::Custom => pair.is_custom(PROPERTIES),
        Entity::Quality => true,
        Entity::Field => has_plain_enum(pair) || pair.has_changed("physicalType"),
        _ => false,
    }
}

/// Whether `enum` changed and holds the values themselves; mappings are looked at one by one.
fn has_plain_enum(field: &Pair<'_>) -> bool {
    let is_plain = |list: NodeRef<'_>| {
        list.value() != Value::Sequence || list.items().any(|item| item.value() != Value::Mapping)
    };
    let (old, new) = field.at("enum").split();
    [old, new].into_iter().flatten().any(is_plain) && field.has_changed("enum")
}

fn same(own: &[Item], listed: &Listed) -> bool {
    let own: HashSet<&Item> = own.iter().collect();
    own.len() == listed.set.len() && own.into_iter().all(|item| listed.set.contains(item))
}

/// One of the two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

impl Side {
    fn of<T>(self, both: Both<T>) -> T {
        match self {
            Self::Old => both.old,
            Self::New => both.new,
        }
    }
}

/// The values of a field on one side.
fn listed(field: &Pair<'_>, side: Side) -> Option<Listed> {
    let found = |source, values: Option<Vec<Item>>| {
        let values = values.filter(|values| !values.is_empty())?;
        Some(Listed {
            source,
            check: None,
            set: values.iter().cloned().collect(),
            values,
        })
    };
    let key = || found(Source::Key, in_enum(side.of(field.at("enum"))?));
    let check = || {
        let mut checks = side.of(field.at("quality"))?.items();
        let (check, values) = checks.find_map(|check| Some((check, in_check(check)?)))?;
        Some(Listed {
            check: Some(check.id()),
            ..found(Source::Check, Some(values))?
        })
    };
    let property = || {
        let value = side.of(field.custom(PROPERTIES))?;
        found(Source::Property, listed_in(value))
    };
    let physical = || {
        let text = side.of(field.text("physicalType"))?.to_ascii_lowercase();
        let may_list = text.contains("enum") || text.contains("set");
        let values = side.of(may_list.then(|| FieldType::enumerated(field))?)?;
        found(Source::PhysicalType, Some(texts(&values)))
    };
    key().or_else(check).or_else(property).or_else(physical)
}

/// The values of the key `enum`: mappings with a `value`, or the values themselves.
fn in_enum(list: NodeRef<'_>) -> Option<Vec<Item>> {
    if list.value() != Value::Sequence {
        return None;
    }
    list.items()
        .map(|entry| match entry.value() {
            Value::Mapping => item(entry.get("value")?),
            _ => item(entry),
        })
        .collect()
}

/// The values that a check of the data takes for valid.
fn in_check(check: NodeRef<'_>) -> Option<Vec<Item>> {
    let name = check
        .get("metric")
        .or_else(|| check.get("rule"))?
        .as_str()?;
    if !CHECKS.contains(&letters(name).as_str()) {
        return None;
    }
    let list = list_in_check(check)?;
    scalars(list)?.into_iter().map(item).collect()
}

/// The list in a check that may say which values are valid.
fn list_in_check(check: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let arguments = check.get("arguments");
    let list = arguments.and_then(|arguments| arguments.get("validValues"));
    list.or_else(|| check.get("validValues"))
}

/// Whether a check has other arguments than before, apart from the values.
fn other_arguments_changed(check: &Pair<'_>) -> bool {
    let others = check.at("arguments").map(|node| {
        let mut others: Vec<(String, String)> = Vec::new();
        if let Some(node) = node {
            for (key, value) in node.entries() {
                if key.key_text() != "validValues" {
                    others.push((key.key_text().to_owned(), value.to_json().to_string()));
                }
            }
        }
        others.sort();
        others
    });
    others.differ()
}

/// The values of a list, or of a text with commas between them.
fn listed_in(node: NodeRef<'_>) -> Option<Vec<Item>> {
    if let Value::String(text) = node.value() {
        let parts = text.split(',').map(|part| Item {
            is_text: true,
            text: part.trim().to_owned(),
        });
        return Some(parts.collect());
    }
    scalars(node)?.into_iter().map(item).collect()
}

fn item(node: NodeRef<'_>) -> Option<Item> {
    let (is_text, text) = match node.value() {
        Value::String(text) => (true, text),
        Value::Number(text) => (false, text),
        Value::Bool(true) => (false, "true"),
        Value::Bool(false) => (false, "false"),
        // No value can be a value that is allowed.
        Value::Null => (false, "null"),
        Value::Sequence | Value::Mapping => return None,
    };
    Some(Item {
        is_text,
        text: text.to_owned(),
    })
}

fn texts(values: &[String]) -> Vec<Item> {
    let items = values.iter().map(|text| Item {
        is_text: true,
        text: text.clone(),
    });
    items.collect()
}

fn texts_of(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item.text.clone()).collect()
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn says_yes(value: NodeRef<'_>) -> bool {
    match value.value() {
        Value::Bool(value) => value,
        Value::String(text) => ["true", "yes"]
            .iter()
            .any(|yes| text.eq_ignore_ascii_case(yes)),
        _ => false,
    }
}

/// Values in a sentence: "`a`, `b` or `c`"; of many, the first.
pub(crate) fn words(values: &[String], conjunction: &str) -> String {
    const MOST: usize = 5;
    let quoted = |value: &String| quoted(value);
    if values.len() > MOST {
        let first: Vec<_> = values[..MOST - 1].iter().map(quoted).collect();
        let rest = values.len() + 1 - MOST;
        return format!("{} {conjunction} {rest} others", first.join(", "));
    }
    match values.split_last() {
        Some((last, [])) => quoted(last),
        Some((last, rest)) => {
            let rest: Vec<_> = rest.iter().map(quoted).collect();
            format!("{} {conjunction} {}", rest.join(", "), quoted(last))
        }
        None => String::new(),
    }
}
