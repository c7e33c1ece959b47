//! Which fields always have a value: they say so by `required`, or the field that they are part of does by
//! the `required` of its `logicalTypeOptions`.

use std::collections::{HashMap, HashSet};

use mesh_spec::yaml::{NodeId, NodeRef, Value};

use crate::change::Found;
use crate::compare::values;
use crate::pair::{Both, Pair};

/// The names of the properties that fields require, before and after, by the nodes of the fields.
pub(crate) type Known = HashMap<Both<Option<NodeId>>, Both<HashSet<String>>>;

/// Whether a field always has a value, before and after.
pub(crate) fn is_required(field: &Pair<'_>, found: &mut Found<'_>) -> Both<bool> {
    let flag = field.flag("required");
    let by_owner = match field.owner {
        Some(owner) if field.key == "properties" => {
            let known = found.memory.demands.entry(owner.ids());
            let demanded = known.or_insert_with(|| owner.nodes.map(demanded));
            let is_in = |names: &HashSet<String>, field: Option<NodeRef<'_>>| {
                let name = field.and_then(|field| field.get("name")?.as_str());
                name.is_some_and(|name| names.contains(name))
            };
            Both {
                old: is_in(&demanded.old, field.nodes.old),
                new: is_in(&demanded.new, field.nodes.new),
            }
        }
        _ => Both::default(),
    };
    Both {
        old: flag.old || by_owner.old,
        new: flag.new || by_owner.new,
    }
}

/// What a list of required properties, of the constraints of a field, says that it did not before or does
/// not say any more.
pub(crate) struct Demands<'p> {
    /// Whether there are names that are only in one of the lists.
    pub(crate) differ: bool,
    /// Those that make a difference to readers.
    pub(crate) names: Vec<&'p str>,
}

/// The properties that `options`, the constraints of a field, do not require any more.
pub(crate) fn dropped<'p>(options: &Pair<'p>) -> Demands<'p> {
    let owner = options.owner.map(|owner| owner.nodes).unwrap_or_default();
    demands(options.set("required").old, owner.old, owner.new)
}

/// The properties that `options`, the constraints of a field, require now.
pub(crate) fn raised<'p>(options: &Pair<'p>) -> Demands<'p> {
    let owner = options.owner.map(|owner| owner.nodes).unwrap_or_default();
    demands(options.set("required").new, owner.new, owner.old)
}

/// Of `names`, which are required in `here` only, those whose properties are in `there` as well and are
/// not required by themselves: what happens to a property that is new or gone is told of it.
fn demands<'p>(
    names: Vec<NodeRef<'p>>,
    here: Option<NodeRef<'_>>,
    there: Option<NodeRef<'_>>,
) -> Demands<'p> {
    let (own, others) = (Properties::of(here), Properties::of(there));
    let demanded = demanded(there);
    let makes_a_difference = |name: &str| {
        let Some(field) = own.by_name.get(name) else {
            return true;
        };
        let other = others.by_name.get(name).or_else(|| {
            let id = field.get("id")?.as_str()?;
            others.by_id.get(id)
        });
        other.is_some_and(|other| {
            let is_required = other.get("required").map(NodeRef::value) == Some(Value::Bool(true));
            let name = other.get("name").and_then(NodeRef::as_str);
            !is_required && !name.is_some_and(|name| demanded.contains(name))
        })
    };
    Demands {
        differ: !names.is_empty(),
        names: names
            .into_iter()
            .filter_map(NodeRef::as_str)
            .filter(|name| makes_a_difference(name))
            .collect(),
    }
}

/// The names of the properties that `owner` requires.
fn demanded(owner: Option<NodeRef<'_>>) -> HashSet<String> {
    let names = owner.and_then(|owner| owner.get("logicalTypeOptions")?.get("required"));
    let names = names.and_then(values::scalars).unwrap_or_default();
    let names = names.into_iter().filter_map(NodeRef::as_str);
    names.map(str::to_owned).collect()
}

/// The properties of a field; of several with one name, the first.
#[derive(Default)]
struct Properties<'d> {
    by_name: HashMap<&'d str, NodeRef<'d>>,
    by_id: HashMap<&'d str, NodeRef<'d>>,
}

impl<'d> Properties<'d> {
    fn of(owner: Option<NodeRef<'d>>) -> Self {
        let mut found = Self::default();
        let list = owner.and_then(|owner| owner.get("properties"));
        for property in list.into_iter().flat_map(NodeRef::items) {
            let text = |key: &str| property.get(key).and_then(NodeRef::as_str);
            if let Some(name) = text("name") {
                found.by_name.entry(name).or_insert(property);
            }
            if let Some(id) = text("id") {
                found.by_id.entry(id).or_insert(property);
            }
        }
        found
    }
}
