//! Which fields refer to which: what relationships say, wherever and however they are written.
//!
//! A relationship of a field starts at that field, and one of an object says where it starts. A
//! reference is written by names, `customers.id`, or by identifiers,
//! `schema/customers/properties/id`.

use std::collections::HashMap;
use std::rc::Rc;

use mesh_spec::yaml::{NodeRef, Value};

use super::names;
use crate::change::Found;
use crate::compare::values;
use crate::entity::Entity;
use crate::pair::{Both, Pair};

/// What a relationship refers to, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Join {
    kind: String,
    from: Vec<String>,
    to: Vec<String>,
}

/// What became of a relationship.
#[derive(Debug, Clone)]
pub(crate) struct Fate {
    /// The relationship before and after.
    pub(crate) joins: Both<Option<Join>>,
    /// Whether it is not promised any more.
    pub(crate) is_lost: bool,
    /// Whether it was not promised before.
    pub(crate) is_new: bool,
}

/// The relationships of both documents.
pub(crate) type Known = Both<Option<Joins>>;

/// All relationships of a contract, by each of the references that they start at.
#[derive(Debug, Default)]
pub(crate) struct Joins(HashMap<String, Vec<Rc<Join>>>);

/// What became of the relationship `pair`; nothing if it does not say what it refers to.
pub(crate) fn fate(pair: &Pair<'_>, found: &mut Found<'_>) -> Option<Fate> {
    let start = pair
        .owner
        .filter(|owner| owner.entity == Entity::Field)
        .map_or_else(Both::default, path);
    let joins = Both {
        old: Join::of(pair.nodes.old, start.old),
        new: Join::of(pair.nodes.new, start.new),
    };
    let is_unclear =
        |node: Option<NodeRef<'_>>, join: &Option<Join>| node.is_some() && join.is_none();
    if is_unclear(pair.nodes.old, &joins.old) || is_unclear(pair.nodes.new, &joins.new) {
        return None;
    }
    let document = pair.document().nodes;
    let known = &mut found.memory.joins;
    let mut is_only_in = |join: &Option<Join>, here, there, of_old| {
        let known = if of_old {
            &mut known.old
        } else {
            &mut known.new
        };
        join.as_ref()
            .is_some_and(|join| join.is_only_in(here, there, known))
    };
    Some(Fate {
        is_lost: is_only_in(&joins.old, document.old, document.new, false),
        is_new: is_only_in(&joins.new, document.new, document.old, true),
        joins,
    })
}

/// The names that lead to a field, before and after.
fn path(field: &Pair<'_>) -> Both<Option<String>> {
    let mut names: Both<Vec<&str>> = Both::default();
    let steps = field
        .outwards()
        .filter(|pair| pair.entity == Entity::Object || pair.key == "properties");
    for pair in steps {
        let (old, new) = pair.nodes.map(|node| node.and_then(name)).split();
        names.old.extend(old);
        names.new.extend(new);
    }
    names.map(|mut names| {
        names.reverse();
        (!names.is_empty()).then(|| names.join("."))
    })
}

impl Join {
    /// What the relationship `node` refers to; `start` is the field that it belongs to.
    fn of(node: Option<NodeRef<'_>>, start: Option<String>) -> Option<Self> {
        let node = node?;
        let references = |key: &str| -> Option<Vec<String>> {
            let plain = |text: NodeRef<'_>| {
                let text = text.as_str()?.trim();
                Some(text.strip_prefix('/').unwrap_or(text).to_owned())
            };
            let texts = values::scalars(node.get(key)?)?.into_iter();
            let texts: Vec<String> = texts.map(plain).collect::<Option<_>>()?;
            (!texts.is_empty()).then_some(texts)
        };
        let kind = node.get("type").and_then(NodeRef::as_str);
        Some(Self {
            kind: kind.unwrap_or("foreignKey").to_owned(),
            from: match start {
                Some(start) => vec![start],
                None => references("from")?,
            },
            to: references("to")?,
        })
    }

    /// Whether the contract `there` has no such relationship, although it has all fields of this contract,
    /// `here`, that it refers to: what happens to fields that are new or gone is told of them.
    /// `known` are the relationships of `there`, once they were collected.
    fn is_only_in(
        &self,
        here: Option<NodeRef<'_>>,
        there: Option<NodeRef<'_>>,
        known: &mut Option<Joins>,
    ) -> bool {
        let (Some(here), Some(there)) = (here, there) else {
            return true;
        };
        let written = |references: &[String]| -> Option<Vec<Vec<String>>> {
            let references = references.iter();
            references.map(|text| names_in(there, here, text)).collect()
        };
        let (Some(from), Some(to)) = (written(&self.from), written(&self.to)) else {
            return false;
        };
        let joins = known.get_or_insert_with(|| Joins::of(there));
        let mut candidates = from
            .first()
            .into_iter()
            .flatten()
            .filter_map(|text| joins.0.get(text))
            .flatten();
        !candidates.any(|other| other.kind == self.kind && other.is(&from, &to))
    }

    /// Whether it leads from `from` to `to`, for each of which there are several ways to write it. Of
    /// several fields, it only matters which of them refers to which.
    fn is(&self, from: &[Vec<String>], to: &[Vec<String>]) -> bool {
        if self.from.len() != from.len() || self.to.len() != to.len() {
            return false;
        }
        if from.len() != to.len() {
            let are = |own: &[String], others: &[Vec<String>]| {
                own.iter()
                    .zip(others)
                    .all(|(own, other)| other.contains(own))
            };
            return are(&self.from, from) && are(&self.to, to);
        }
        from.iter().zip(to).all(|(from, to)| {
            let mut own = self.from.iter().zip(&self.to);
            own.any(|(own_from, own_to)| from.contains(own_from) && to.contains(own_to))
        })
    }

    /// Where it starts and where it leads, for a sentence: "from `orders.customer` to `customers.id`".
    pub(crate) fn course(&self) -> String {
        let listed = |references: &[String]| names::listed(references.iter().map(String::as_str));
        format!("from {} to {}", listed(&self.from), listed(&self.to))
    }
}

/// How the contract `there` can write what `text` refers to in the contract `here`; nothing if it does
/// not have it any more. What is not in this contract is written as it was.
fn names_in(there: NodeRef<'_>, here: NodeRef<'_>, text: &str) -> Option<Vec<String>> {
    let Some(target) = target(here, text) else {
        return Some(vec![text.to_owned()]);
    };
    let found = counterpart(&target, there)?;
    let joined = |key: &str, separator: &str| -> Option<String> {
        let texts: Option<Vec<&str>> = found
            .iter()
            .map(|node| node.get(key).and_then(NodeRef::as_str))
            .collect();
        Some(texts?.join(separator))
    };
    let by_id = joined("id", "/properties/").map(|ids| format!("schema/{ids}"));
    Some(joined("name", ".").into_iter().chain(by_id).collect())
}

/// What a reference within a contract refers to: the object, the field in it, and so on inwards.
fn target<'d>(root: NodeRef<'d>, text: &str) -> Option<Vec<NodeRef<'d>>> {
    let (key, steps): (&str, Vec<&str>) = if text.contains('#') {
        return None;
    } else if let Some(ids) = text.strip_prefix("schema/") {
        ("id", ids.split("/properties/").collect())
    } else {
        ("name", text.split('.').collect())
    };
    let mut found: Vec<NodeRef<'d>> = Vec::new();
    for step in steps {
        let mut among = within(root, found.last().copied());
        found.push(among.find(|item| item.get(key).and_then(NodeRef::as_str) == Some(step))?);
    }
    (found.len() > 1).then_some(found)
}

/// What `target` is in another contract: as everywhere, it is matched by name and then by `id`.
fn counterpart<'d>(target: &[NodeRef<'_>], root: NodeRef<'d>) -> Option<Vec<NodeRef<'d>>> {
    let mut found: Vec<NodeRef<'d>> = Vec::new();
    for wanted in target {
        let item = ["name", "id"].into_iter().find_map(|key| {
            let text = wanted.get(key)?.as_str()?;
            within(root, found.last().copied())
                .find(|item| item.get(key).and_then(NodeRef::as_str) == Some(text))
        });
        found.push(item?);
    }
    Some(found)
}

/// The objects of a contract, or the fields of `outer`; of an array, those of its elements.
fn within<'d>(
    root: NodeRef<'d>,
    outer: Option<NodeRef<'d>>,
) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
    let Some(mut outer) = outer else {
        return items(root, "schema");
    };
    while let Some(elements) = outer
        .get("items")
        .filter(|elements| elements.value() == Value::Mapping)
    {
        outer = elements;
    }
    items(outer, "properties")
}

fn items<'d>(node: NodeRef<'d>, key: &str) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}

fn name(node: NodeRef<'_>) -> Option<&str> {
    node.get("name")?.as_str()
}

impl Joins {
    fn of(root: NodeRef<'_>) -> Self {
        let mut joins = Self::default();
        for join in all(root) {
            let join = Rc::new(join);
            for start in &join.from {
                let starting = joins.0.entry(start.clone()).or_default();
                starting.push(Rc::clone(&join));
            }
        }
        joins
    }
}

/// All relationships of a contract.
fn all(root: NodeRef<'_>) -> Vec<Join> {
    let mut found = Vec::new();
    let mut path = Vec::new();
    for object in items(root, "schema") {
        let own = items(object, "relationships");
        found.extend(own.filter_map(|node| Join::of(Some(node), None)));
        path.push(object);
        for field in items(object, "properties") {
            collect(field, true, &mut path, &mut found);
        }
        path.pop();
    }
    found
}

/// Collects the relationships of a field, which may be a part without a name, and of those within it.
fn collect<'d>(
    field: NodeRef<'d>,
    is_named: bool,
    path: &mut Vec<NodeRef<'d>>,
    found: &mut Vec<Join>,
) {
    if is_named {
        path.push(field);
    }
    for relationship in items(field, "relationships") {
        let names: Vec<&str> = path.iter().filter_map(|node| name(*node)).collect();
        found.extend(Join::of(Some(relationship), Some(names.join("."))));
    }
    for field in items(field, "properties") {
        collect(field, true, path, found);
    }
    let map = field.get("map");
    let parts = [
        field.get("items"),
        map.and_then(|map| map.get("key")),
        map.and_then(|map| map.get("value")),
    ];
    for part in parts.into_iter().flatten() {
        collect(part, false, path, found);
    }
    if is_named {
        path.pop();
    }
}
