//! Which fields always have a value: they say so by `required`, or the field that they are part of does by
//! the `required` of its `logicalTypeOptions`.

use mesh_spec::yaml::{NodeRef, Value};

use crate::compare::values;
use crate::pair::{Both, Pair};

/// Whether a field always has a value, before and after.
pub(crate) fn is_required(field: &Pair<'_>) -> Both<bool> {
    let flag = field.flag("required");
    let by_owner = match field.owner {
        Some(owner) if field.key == "properties" => Both {
            old: is_demanded(field.nodes.old, owner.nodes.old),
            new: is_demanded(field.nodes.new, owner.nodes.new),
        },
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
    let makes_a_difference = |name: &str| {
        let Some(field) = property(here, "name", name) else {
            return true;
        };
        let other = property(there, "name", name).or_else(|| {
            let id = field.get("id")?.as_str()?;
            property(there, "id", id)
        });
        other.is_some_and(|other| {
            let is_required = other.get("required").map(NodeRef::value) == Some(Value::Bool(true));
            !is_required && !is_demanded(Some(other), there)
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

/// Whether `owner` requires its property `field`.
fn is_demanded(field: Option<NodeRef<'_>>, owner: Option<NodeRef<'_>>) -> bool {
    let demanded = || {
        let name = field?.get("name")?.as_str()?;
        let names = owner?.get("logicalTypeOptions")?.get("required")?;
        let mut names = values::scalars(names)?.into_iter();
        Some(names.any(|demanded| demanded.as_str() == Some(name)))
    };
    demanded().unwrap_or(false)
}

fn property<'d>(owner: Option<NodeRef<'d>>, key: &str, value: &str) -> Option<NodeRef<'d>> {
    let mut properties = owner?.get("properties")?.items();
    properties.find(|property| property.get(key).and_then(NodeRef::as_str) == Some(value))
}
