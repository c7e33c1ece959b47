//! The values that a field may have, where a contract lists them: under `enum`, and in the places that
//! contracts used before there was that key.

use mesh_spec::yaml::{NodeRef, Value};

use super::types::field::FieldType;
use crate::compare::values::scalars;
use crate::entity::Entity;
use crate::pair::{Both, Pair};

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
#[derive(Debug, Clone)]
struct Listed {
    source: Source,
    values: Vec<Item>,
}

/// A value; a number is not the text that looks like it.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Whether readers of the field knew that more values may come.
pub(crate) fn was_extensible(field: &Pair<'_>) -> bool {
    extensible(field).old
}

/// Whether a field says that more values may come, before and after.
pub(crate) fn extensible(field: &Pair<'_>) -> Both<bool> {
    let by_property = field
        .custom(EXTENSIBLE)
        .map(|value| value.is_some_and(|value| says_yes(value)));
    let by_tag = field.at("tags").map(|tags| {
        let tags = tags.and_then(scalars).unwrap_or_default();
        tags.iter().any(|tag| {
            let letters = letters(tag.as_str().unwrap_or_default());
            EXTENSIBLE.contains(&letters.as_str())
        })
    });
    Both {
        old: by_property.old || by_tag.old,
        new: by_property.new || by_tag.new,
    }
}

/// Whether the values of a field are listed, before and after.
pub(crate) fn is_listed(field: &Pair<'_>) -> Both<bool> {
    let listed = of(field);
    Both {
        old: listed.old.is_some(),
        new: listed.new.is_some(),
    }
}

/// What a change at `pair` does to the values of its field; `None` if it is about something else, or
/// mesh cannot tell.
pub(crate) fn difference(pair: &Pair<'_>) -> Option<Difference> {
    let field = field(pair)?;
    let whole = if pair.is_added() || pair.is_removed() {
        ""
    } else {
        "value"
    };
    match pair.entity {
        Entity::EnumValue => Some(Difference {
            key: whole,
            outcome: one_value(pair, field)?,
        }),
        Entity::Custom if pair.is_custom(PROPERTIES) => {
            let own = pair.at("value").map(|node| listed_in(node?));
            between(field, Source::Property, &own).map(|outcome| Difference {
                key: whole,
                outcome,
            })
        }
        Entity::Quality => {
            let key = ["arguments", "validValues"]
                .into_iter()
                .find(|key| pair.has_changed(key))?;
            let own = pair.nodes.map(|check| in_check(check?));
            let outcome = between(field, Source::Check, &own)?;
            // Other arguments are told of by nobody else; a value that comes outweighs them.
            let is_grave = match &outcome {
                Outcome::Values { added, .. } => !added.is_empty(),
                Outcome::Appeared(_) => false,
                Outcome::Vanished(_) => true,
            };
            let is_whole = key == "validValues" || !other_arguments_changed(pair);
            (is_whole || is_grave).then_some(Difference { key, outcome })
        }
        Entity::Field if pair.has_changed("enum") => {
            let own = pair.at("enum").map(|node| in_enum(node?));
            between(field, Source::Key, &own).map(|outcome| Difference {
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
            between(field, Source::PhysicalType, &own).map(|outcome| Difference {
                key: "physicalType",
                outcome,
            })
        }
        _ => None,
    }
}

/// An item of `enum` that came or went.
fn one_value(pair: &Pair<'_>, field: &Pair<'_>) -> Option<Outcome> {
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
    } else if let Some(other) = listed(field, there) {
        other.values.contains(&own)
    } else if position == Some(0) {
        let values = texts_of(&listed(field, here)?.values);
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

/// What a list at `source` does, which was and is `own`.
fn between(field: &Pair<'_>, source: Source, own: &Both<Option<Vec<Item>>>) -> Option<Outcome> {
    let listed = of(field);
    let is_of = |listed: &Option<Listed>| listed.as_ref().is_some_and(|l| l.source == source);
    let (counted, counts) = (is_of(&listed.old), is_of(&listed.new));
    if !counted && !counts {
        // Another list counts; one that says the same adds nothing to it.
        let is_in_step = |own: &Option<Vec<Item>>, listed: &Option<Listed>| match (own, listed) {
            (None, _) => true,
            (Some(own), Some(listed)) => same(own, &listed.values),
            (Some(_), None) => false,
        };
        let agrees = is_in_step(&own.old, &listed.old) && is_in_step(&own.new, &listed.new);
        return agrees.then_some(NOTHING);
    }
    let without = |items: &[Item], others: &[Item]| -> Vec<String> {
        let items = items.iter().filter(|item| !others.contains(item));
        items.map(|item| item.text.clone()).collect()
    };
    Some(match (&listed.old, &listed.new) {
        (None, Some(new)) => Outcome::Appeared(texts_of(&new.values)),
        (Some(old), None) => Outcome::Vanished(texts_of(&old.values)),
        (Some(old), Some(new)) => Outcome::Values {
            // Each is told of where it is listed.
            added: if counts {
                without(&new.values, &old.values)
            } else {
                Vec::new()
            },
            removed: if counted {
                without(&old.values, &new.values)
            } else {
                Vec::new()
            },
        },
        (None, None) => return None,
    })
}

fn same(one: &[Item], other: &[Item]) -> bool {
    one.iter().all(|item| other.contains(item)) && other.iter().all(|item| one.contains(item))
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
        Some(Listed { source, values })
    };
    let key = || found(Source::Key, in_enum(side.of(field.at("enum"))?));
    let check = || {
        let checks = side.of(field.at("quality"))?;
        found(Source::Check, checks.items().find_map(in_check))
    };
    let property = || {
        let value = side.of(field.custom(PROPERTIES))?;
        found(Source::Property, listed_in(value))
    };
    let physical = || {
        let values = side.of(FieldType::enumerated(field))?;
        found(Source::PhysicalType, Some(texts(&values)))
    };
    key().or_else(check).or_else(property).or_else(physical)
}

/// The values of a field before and after.
fn of(field: &Pair<'_>) -> Both<Option<Listed>> {
    Both {
        old: listed(field, Side::Old),
        new: listed(field, Side::New),
    }
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
    let list = check
        .get("arguments")
        .and_then(|arguments| arguments.get("validValues"))
        .or_else(|| check.get("validValues"))?;
    scalars(list)?.into_iter().map(item).collect()
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
        Value::Null | Value::Sequence | Value::Mapping => return None,
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
    let quoted = |value: &String| format!("`{value}`");
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
