//! Keys of several fields: what identifies a record, and what the data is partitioned by.

use std::collections::HashMap;
use std::rc::Rc;

use mesh_spec::yaml::{NodeId, NodeRef, Value};

use crate::change::Found;
use crate::compare::lists;
use crate::entity::Entity;
use crate::pair::{Both, Pair};

/// How fields say that they belong to a key, and where in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    flag: &'static str,
    position: &'static str,
}

/// The primary key.
pub(crate) const PRIMARY: Columns = Columns {
    flag: "primaryKey",
    position: "primaryKeyPosition",
};
/// The partition key.
pub(crate) const PARTITION: Columns = Columns {
    flag: "partitioned",
    position: "partitionKeyPosition",
};

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The same fields in the same order.
    Same,
    /// The same fields, in an order that cannot be read.
    Unknown,
    /// There was none.
    Added,
    /// There is none any more.
    Removed,
    /// Other fields.
    Fields,
    /// The same fields in another order.
    Order,
    /// The same fields, whose order was not said.
    OrderSaid,
    /// The same fields, whose order is not said any more.
    OrderUnsaid,
}

/// A key before and after.
#[derive(Debug)]
pub(crate) struct Key {
    /// What became of it.
    pub(crate) difference: Difference,
    /// Its fields for a sentence, in their order.
    pub(crate) fields: Both<String>,
    /// How many fields it has.
    count: Both<usize>,
}

/// The keys that were compared, by the nodes of what they are keys of.
pub(crate) type Known = HashMap<(Both<Option<NodeId>>, &'static str), Rc<Key>>;

/// A field of a key.
#[derive(Debug)]
struct Part {
    /// Tells fields apart, and is the same for what the field was and what it is.
    field: usize,
    name: String,
    position: Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Position {
    At(u64),
    Unsaid,
    Unclear,
}

/// In which order the fields of a key are.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Said(Vec<usize>),
    Unsaid,
    Unclear,
}

/// The key that `pair`, a field, has to do with, and what it belongs to, if it changed and that has not
/// been reported yet. Accounts for what the field says of the key.
pub(crate) fn changed<'a, 'p>(
    pair: &'a Pair<'p>,
    columns: Columns,
    found: &mut Found<'_>,
) -> Option<(&'a Pair<'p>, Rc<Key>)> {
    if pair.is_part() {
        return None;
    }
    let owner = owner(pair)?;
    let only = match pair.nodes {
        Both {
            old: Some(_),
            new: Some(_),
        } => None,
        Both { old, new } => old.or(new),
    };
    if only.is_some_and(|field| !holds_part(field, columns)) {
        return None;
    }
    let key = Key::of(owner, columns, found);
    if key.difference == Difference::Unknown {
        return None;
    }
    if only.is_none() {
        let flag = pair.flag(columns.flag);
        if flag.differ() {
            found.accounts_for(&[columns.flag]);
        }
        if flag.old || flag.new {
            found.accounts_for(&[columns.position]);
        }
    }
    let is_news = key.difference != Difference::Same && !found.has_told(owner);
    is_news.then_some((owner, key))
}

/// Whether a field is the whole primary key of its object, before and after, and so has no value twice.
pub(crate) fn is_primary_key(pair: &Pair<'_>, found: &mut Found<'_>) -> Both<bool> {
    let flag = pair.flag(PRIMARY.flag);
    let owner = owner(pair).filter(|owner| owner.entity == Entity::Object && !pair.is_part());
    let Some(owner) = owner.filter(|_| flag.old || flag.new) else {
        return Both::default();
    };
    let key = Key::of(owner, PRIMARY, found);
    Both {
        old: flag.old && key.count.old == 1,
        new: flag.new && key.count.new == 1,
    }
}

/// What the key of a field is a key of: the object, or the elements of an array in it.
fn owner<'a, 'p>(pair: &'a Pair<'p>) -> Option<&'a Pair<'p>> {
    pair.outwards()
        .skip(1)
        .find(|around| around.entity == Entity::Object || around.is_part())
}

impl Key {
    fn of(owner: &Pair<'_>, columns: Columns, found: &mut Found<'_>) -> Rc<Self> {
        let nodes = owner.ids();
        let known = found.memory.keys.entry((nodes, columns.flag));
        Rc::clone(known.or_insert_with(|| Rc::new(Self::compared(owner, columns))))
    }

    fn compared(owner: &Pair<'_>, columns: Columns) -> Self {
        let parts = parts(owner, columns);
        Self {
            difference: difference(&parts),
            count: Both {
                old: parts.old.len(),
                new: parts.new.len(),
            },
            fields: parts.map(|parts| {
                let names = parts.iter().map(|part| part.name.as_str());
                super::names::listed(names)
            }),
        }
    }
}

fn difference(parts: &Both<Vec<Part>>) -> Difference {
    let fields = |parts: &[Part]| {
        let mut fields: Vec<_> = parts.iter().map(|part| part.field).collect();
        fields.sort_unstable();
        fields
    };
    match (parts.old.as_slice(), parts.new.as_slice()) {
        ([], []) => return Difference::Same,
        ([], _) => return Difference::Added,
        (_, []) => return Difference::Removed,
        (old, new) if fields(old) != fields(new) => return Difference::Fields,
        _ => {}
    }
    match (order(&parts.old), order(&parts.new)) {
        (Order::Unclear, _) | (_, Order::Unclear) => Difference::Unknown,
        (Order::Said(old), Order::Said(new)) if old != new => Difference::Order,
        // There is one order of one field only.
        _ if parts.old.len() == 1 => Difference::Same,
        (Order::Unsaid, Order::Said(_)) => Difference::OrderSaid,
        (Order::Said(_), Order::Unsaid) => Difference::OrderUnsaid,
        (Order::Said(_), Order::Said(_)) | (Order::Unsaid, Order::Unsaid) => Difference::Same,
    }
}

/// The order that the positions say; `parts` are sorted by them.
fn order(parts: &[Part]) -> Order {
    let is_twice = parts
        .windows(2)
        .any(|two| two[0].position == two[1].position);
    if parts.iter().all(|part| part.position == Position::Unsaid) {
        Order::Unsaid
    } else if is_twice
        || parts
            .iter()
            .any(|part| !matches!(part.position, Position::At(_)))
    {
        Order::Unclear
    } else {
        Order::Said(parts.iter().map(|part| part.field).collect())
    }
}

/// The fields of the key of `owner`, sorted by position.
fn parts(owner: &Pair<'_>, columns: Columns) -> Both<Vec<Part>> {
    let mut collected = Collected {
        columns,
        fields: 0,
        parts: Both::default(),
    };
    collected.below(owner.nodes, &Both::default());
    collected.parts.map(|mut parts| {
        parts.sort_by_key(|part| part.position);
        parts
    })
}

struct Collected {
    columns: Columns,
    /// How many fields were met.
    fields: usize,
    parts: Both<Vec<Part>>,
}

impl Collected {
    /// Collects from the properties of `nodes`, and from theirs: `address.country` can be of the key.
    fn below(&mut self, nodes: Both<Option<NodeRef<'_>>>, path: &Both<String>) {
        let lists = nodes.map(|node| node.map_or_else(Vec::new, properties));
        let matched = lists::matched(Entity::Field, &lists.old, &lists.new);
        let removed = matched.removed.into_iter().map(|at| (Some(at), None));
        let added = matched.added.into_iter().map(|at| (None, Some(at)));
        let pairs = matched
            .pairs
            .into_iter()
            .map(|(old, new)| (Some(old), Some(new)));
        for (old, new) in pairs.chain(removed).chain(added) {
            self.field(
                Both {
                    old: old.map(|at| lists.old[at]),
                    new: new.map(|at| lists.new[at]),
                },
                path,
            );
        }
    }

    fn field(&mut self, nodes: Both<Option<NodeRef<'_>>>, path: &Both<String>) {
        self.fields += 1;
        let full = |node: Option<NodeRef<'_>>, path: &str| match name(node) {
            name if path.is_empty() => name.to_owned(),
            name => format!("{path}.{name}"),
        };
        let names = Both {
            old: full(nodes.old, &path.old),
            new: full(nodes.new, &path.new),
        };
        let part = |node: Option<NodeRef<'_>>, name: &str| {
            let node = node.filter(|node| is_part(*node, self.columns))?;
            Some(Part {
                field: self.fields,
                name: name.to_owned(),
                position: position(node, self.columns),
            })
        };
        let (old, new) = (part(nodes.old, &names.old), part(nodes.new, &names.new));
        self.parts.old.extend(old);
        self.parts.new.extend(new);
        self.below(nodes, &names);
    }
}

fn name(node: Option<NodeRef<'_>>) -> &str {
    match node.and_then(|node| node.get("name")).map(NodeRef::value) {
        Some(Value::String(text) | Value::Number(text)) => text,
        _ => "?",
    }
}

fn properties(node: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    node.get("properties")
        .map_or_else(Vec::new, |list| list.items().collect())
}

fn is_part(field: NodeRef<'_>, columns: Columns) -> bool {
    field
        .get(columns.flag)
        .is_some_and(|flag| flag.value() == Value::Bool(true))
}

/// Whether a field, or one within it, is of the key.
fn holds_part(field: NodeRef<'_>, columns: Columns) -> bool {
    is_part(field, columns)
        || properties(field)
            .into_iter()
            .any(|field| holds_part(field, columns))
}

fn position(field: NodeRef<'_>, columns: Columns) -> Position {
    let text = match field.get(columns.position).map(NodeRef::value) {
        None | Some(Value::Null) => return Position::Unsaid,
        Some(Value::Number(text) | Value::String(text)) => text.trim(),
        Some(_) => return Position::Unclear,
    };
    match text.parse::<i64>() {
        Ok(-1) => Position::Unsaid,
        Ok(position) => u64::try_from(position).map_or(Position::Unclear, Position::At),
        Err(_) => Position::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fields as `name@position`, the name being what tells them apart.
    fn key(text: &str) -> Vec<Part> {
        let mut parts: Vec<_> = text
            .split_whitespace()
            .map(|part| {
                let (name, position) = part.split_once('@').unwrap_or((part, "-"));
                Part {
                    field: usize::from(name.as_bytes()[0]),
                    name: name.to_owned(),
                    position: match position {
                        "-" => Position::Unsaid,
                        text => text.parse().map_or(Position::Unclear, Position::At),
                    },
                }
            })
            .collect();
        parts.sort_by_key(|part| part.position);
        parts
    }

    #[test]
    fn keys_are_compared_by_fields_and_by_the_order_that_is_said() {
        use Difference::*;
        for (old, new, expected) in [
            ("", "", Same),
            ("", "a", Added),
            ("a", "", Removed),
            ("a", "b", Fields),
            ("a b", "a", Fields),
            ("a b", "b a", Same),
            ("a@1 b@2", "b@2 a@1", Same),
            ("a@1 b@2", "a@10 b@20", Same),
            ("a@1 b@2", "b@1 a@2", Order),
            ("a b", "a@1 b@2", OrderSaid),
            ("a@1 b@2", "a b", OrderUnsaid),
            ("a", "a@1", Same),
            ("a@1", "a@7", Same),
            ("a@1 b@2", "a@1 b@1", Unknown),
            ("a@1 b@2", "a@1 b", Unknown),
            ("a", "a@x", Unknown),
            ("a@x", "b", Fields),
        ] {
            let parts = Both {
                old: key(old),
                new: key(new),
            };
            assert_eq!(difference(&parts), expected, "{old} to {new}");
        }
    }
}
