//! Which fields refer to which: what relationships say, wherever and however they are written.
//!
//! A relationship of a field starts at that field, and one of an object says where it starts. A
//! reference is written by names, `customers.id`, or by identifiers,
//! `schema/customers/properties/id`.

use std::collections::{BTreeSet, HashMap, HashSet};

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

/// What both documents have, once it was collected.
pub(crate) type Known = Option<Both<Contract>>;

/// The objects and fields of a contract, and the relationships between them.
#[derive(Debug, Default)]
pub(crate) struct Contract {
    elements: Vec<Element>,
    /// Elements by what they belong to, and then by name or `id`; of several, the first.
    by_name: HashMap<(Option<usize>, String), usize>,
    by_id: HashMap<(Option<usize>, String), usize>,
    joins: HashSet<Course>,
}

/// An object, or a field that has a name.
#[derive(Debug)]
struct Element {
    owner: Option<usize>,
    name: Option<String>,
    id: Option<String>,
}

/// What a reference refers to: an element of a contract, or something else, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Target {
    Element(usize),
    Other(String),
}

/// A relationship, however it is written.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Course {
    kind: String,
    ends: Ends,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Ends {
    /// Which field refers to which; their order does not matter.
    Pairs(BTreeSet<(Target, Target)>),
    /// From some fields to others that are more, or fewer.
    Lists(Vec<Target>, Vec<Target>),
}

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
    let known = &mut found.memory.joins;
    let known = known.get_or_insert_with(|| pair.document().nodes.map(Contract::of));
    let is_only_in = |join: &Option<Join>, here: &Contract, there: &Contract| {
        join.as_ref()
            .is_some_and(|join| join.is_only_in(here, there))
    };
    Some(Fate {
        is_lost: is_only_in(&joins.old, &known.old, &known.new),
        is_new: is_only_in(&joins.new, &known.new, &known.old),
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
        // A field that says where its relationship starts should say that it starts there.
        let is_at_odds = |start: &String| {
            node.get("from").is_some()
                && references("from").is_none_or(|from| from != [start.as_str()])
        };
        if start.as_ref().is_some_and(is_at_odds) {
            return None;
        }
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
    fn is_only_in(&self, here: &Contract, there: &Contract) -> bool {
        let course = self.course_by(|text| match here.target(text) {
            Target::Element(target) => there.counterpart(here, target).map(Target::Element),
            Target::Other(text) => Some(there.target(&text)),
        });
        course.is_some_and(|course| !there.joins.contains(&course))
    }

    /// The relationship with what `target` says that its references refer to.
    fn course_by(&self, target: impl Fn(&str) -> Option<Target>) -> Option<Course> {
        let targets = |texts: &[String]| -> Option<Vec<Target>> {
            texts.iter().map(|text| target(text)).collect()
        };
        let (from, to) = (targets(&self.from)?, targets(&self.to)?);
        Some(Course {
            kind: self.kind.clone(),
            ends: if from.len() == to.len() {
                Ends::Pairs(from.into_iter().zip(to).collect())
            } else {
                Ends::Lists(from, to)
            },
        })
    }

    /// Where it starts and where it leads, for a sentence: "from `orders.customer` to `customers.id`".
    pub(crate) fn course(&self) -> String {
        let listed = |references: &[String]| names::listed(references.iter().map(String::as_str));
        format!("from {} to {}", listed(&self.from), listed(&self.to))
    }
}

impl Contract {
    fn of(root: Option<NodeRef<'_>>) -> Self {
        let mut found = Self::default();
        let Some(root) = root else { return found };
        for object in items(root, "schema") {
            found.add(object, None);
        }
        let courses = all(root).into_iter();
        let courses = courses.filter_map(|join| join.course_by(|text| Some(found.target(text))));
        found.joins = courses.collect();
        found
    }

    /// Adds an object or a field, and the fields of it; of an array, those of its elements.
    fn add(&mut self, node: NodeRef<'_>, owner: Option<usize>) {
        let own = self.elements.len();
        let text = |key: &str| node.get(key).and_then(NodeRef::as_str).map(str::to_owned);
        let element = Element {
            owner,
            name: text("name"),
            id: text("id"),
        };
        for (text, index) in [
            (&element.name, &mut self.by_name),
            (&element.id, &mut self.by_id),
        ] {
            if let Some(text) = text {
                index.entry((owner, text.clone())).or_insert(own);
            }
        }
        self.elements.push(element);
        let mut inner = node;
        while let Some(elements) = inner
            .get("items")
            .filter(|elements| elements.value() == Value::Mapping)
        {
            inner = elements;
        }
        for field in items(inner, "properties") {
            self.add(field, Some(own));
        }
    }

    /// What a reference within the contract refers to: the object, the field in it, and so on inwards.
    fn target(&self, text: &str) -> Target {
        let found = match text.strip_prefix("schema/") {
            _ if text.contains('#') => None,
            Some(ids) => Self::inwards(&self.by_id, ids.split("/properties/")),
            None => Self::inwards(&self.by_name, text.split('.')),
        };
        found.map_or_else(|| Target::Other(text.to_owned()), Target::Element)
    }

    fn inwards<'s>(
        index: &HashMap<(Option<usize>, String), usize>,
        steps: impl Iterator<Item = &'s str>,
    ) -> Option<usize> {
        let mut count = 0;
        let mut found = None;
        for step in steps {
            found = Some(*index.get(&(found, step.to_owned()))?);
            count += 1;
        }
        // An object is nothing that a relationship leads to.
        found.filter(|_| count > 1)
    }

    /// What the element `target` of the contract `other` is in this one: as everywhere, it is matched by
    /// name and then by `id`.
    fn counterpart(&self, other: &Self, target: usize) -> Option<usize> {
        let element = &other.elements[target];
        let owner = match element.owner {
            Some(owner) => Some(self.counterpart(other, owner)?),
            None => None,
        };
        let by = |text: &Option<String>, index: &HashMap<(Option<usize>, String), usize>| {
            index.get(&(owner, text.clone()?)).copied()
        };
        by(&element.name, &self.by_name).or_else(|| by(&element.id, &self.by_id))
    }
}

/// All relationships of a contract that say what they refer to.
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

fn items<'d>(node: NodeRef<'d>, key: &str) -> impl Iterator<Item = NodeRef<'d>> + use<'d> {
    node.get(key).into_iter().flat_map(NodeRef::items)
}

fn name(node: NodeRef<'_>) -> Option<&str> {
    node.get("name")?.as_str()
}
