//! Something in a document, beside what it was before.

use mesh_spec::model::mesh::VENDOR;
use mesh_spec::terms::custom::is_called;
use mesh_spec::yaml::{NodeId, NodeRef, Value, escape};

use crate::compare::values;
use crate::entity::{Entity, Key, Shape};
use crate::quote::{quoted, shortened};

/// The longest text, in bytes, by which an address selects one of a list.
const LONGEST_SELECTOR: usize = 256;

/// What something was, and what it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Both<T> {
    /// In the older document.
    pub old: T,
    /// In the newer document.
    pub new: T,
}

impl<T> Both<T> {
    /// The same of both sides.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Both<U> {
        Both {
            old: f(self.old),
            new: f(self.new),
        }
    }

    /// The same, borrowed.
    pub fn as_ref(&self) -> Both<&T> {
        Both {
            old: &self.old,
            new: &self.new,
        }
    }

    /// Both sides as a pair.
    pub fn split(self) -> (T, T) {
        (self.old, self.new)
    }
}

impl<T: PartialEq> Both<T> {
    /// Whether the sides differ.
    pub fn differ(&self) -> bool {
        self.old != self.new
    }
}

/// A mapping of the newer document, beside the one that it was in the older. One of the two is missing
/// where the mapping was added or removed.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'p> {
    /// What it is.
    pub entity: Entity,
    /// The mapping before and after.
    pub nodes: Both<Option<NodeRef<'p>>>,
    /// What it belongs to; nothing for the whole document.
    pub owner: Option<&'p Pair<'p>>,
    /// The key of the owner under which it stands.
    pub key: &'static str,
    /// Its positions, if it is one of a list.
    pub positions: Both<Option<usize>>,
}

impl<'p> Pair<'p> {
    /// What stands under `key` before and after; a null counts as nothing.
    pub fn at(&self, key: &str) -> Both<Option<NodeRef<'p>>> {
        self.nodes.map(|node| {
            node.and_then(|node| node.get(key))
                .filter(|node| node.value() != Value::Null)
        })
    }

    /// The text under `key` before and after, whatever type of scalar it is; the default of the
    /// standard where there is none.
    pub fn text(&self, key: &str) -> Both<Option<&'p str>> {
        let default = match self.default(key) {
            Some(Value::String(text) | Value::Number(text)) => Some(text),
            _ => None,
        };
        self.at(key).map(|node| match node.map(NodeRef::value) {
            Some(Value::String(text) | Value::Number(text)) => Some(text),
            Some(Value::Bool(true)) => Some("true"),
            Some(Value::Bool(false)) => Some("false"),
            Some(Value::Null | Value::Sequence | Value::Mapping) => None,
            None => default,
        })
    }

    /// Whether `key` is true, before and after; not said is false, which is the default of every flag.
    pub fn flag(&self, key: &str) -> Both<bool> {
        self.at(key)
            .map(|node| node.is_some_and(|node| node.value() == Value::Bool(true)))
    }

    /// Whether [`Pair::flag`] knows what stands under `key` on both sides: yes, no or nothing.
    pub fn is_flag(&self, key: &str) -> bool {
        let (old, new) = self.at(key).split();
        let mut sides = [old, new].into_iter().flatten();
        sides.all(|node| matches!(node.value(), Value::Bool(_)))
    }

    /// The number under `key` before and after, or the default of the standard.
    pub fn number(&self, key: &str) -> Both<Option<f64>> {
        self.text(key)
            .map(|text| text?.trim().parse::<f64>().ok().filter(|n| n.is_finite()))
    }

    /// The scalars in the list under `key` that are gone, and those that are new. A single scalar
    /// counts as a list of one.
    pub fn set(&self, key: &str) -> Both<Vec<NodeRef<'p>>> {
        let (old, new) = self
            .at(key)
            .map(|node| node.and_then(values::scalars).unwrap_or_default())
            .split();
        Both {
            old: values::without(&old, &new),
            new: values::without(&new, &old),
        }
    }

    /// Whether [`Pair::set`] knows all that stands under `key` on both sides.
    pub fn is_list_of_scalars(&self, key: &str) -> bool {
        let (old, new) = self.at(key).split();
        let mut sides = [old, new].into_iter().flatten();
        sides.all(|node| values::scalars(node).is_some())
    }

    /// Whether `key` does not mean what it meant.
    pub fn has_changed(&self, key: &str) -> bool {
        let (old, new) = self.at(key).split();
        has_changed(self.entity.key(key), old, new)
    }

    fn default(&self, key: &str) -> Option<Value<'static>> {
        self.entity.key(key).and_then(|known| known.default)
    }

    /// The nodes, for what is kept about them.
    pub(crate) fn ids(&self) -> Both<Option<NodeId>> {
        self.nodes.map(|node| node.map(NodeRef::id))
    }

    /// Whether it is new.
    pub fn is_added(&self) -> bool {
        self.nodes.old.is_none()
    }

    /// Whether it is gone.
    pub fn is_removed(&self) -> bool {
        self.nodes.new.is_none()
    }

    /// Whether it is a field without a name of its own: the elements of an array, the keys or the values
    /// of a map.
    pub fn is_part(&self) -> bool {
        self.entity == Entity::Field && matches!(self.key, "items" | "key" | "value")
    }

    /// This, and what it belongs to, outwards to the document.
    pub fn outwards(&self) -> impl Iterator<Item = &Pair<'p>> {
        std::iter::successors(Some(self), |pair| pair.owner)
    }

    /// The closest of [`Pair::outwards`] that is an `entity`.
    pub fn within(&self, entity: Entity) -> Option<&Pair<'p>> {
        self.outwards().find(|pair| pair.entity == entity)
    }

    /// The whole document.
    pub fn document(&self) -> &Pair<'p> {
        self.outwards().last().unwrap_or(self)
    }

    /// The value of the custom property of this with one of `names`, before and after. Upper and lower
    /// case, and what stands between words, do not matter.
    pub fn custom(&self, names: &[&str]) -> Both<Option<NodeRef<'p>>> {
        let (lists, places) = (self.at("customProperties"), self.custom_at(names));
        let value =
            |list: Option<NodeRef<'p>>, place: Option<usize>| list?.item(place?)?.get("value");
        Both {
            old: value(lists.old, places.old),
            new: value(lists.new, places.new),
        }
    }

    /// Where in the lists of custom properties the one of [`Pair::custom`] stands.
    pub(crate) fn custom_at(&self, names: &[&str]) -> Both<Option<usize>> {
        self.at("customProperties").map(|list| {
            list?
                .items()
                .position(|entry| custom_name(entry).is_some_and(|name| is_called(name, names)))
        })
    }

    /// Whether this is a custom property with one of `names`, as [`Pair::custom`] compares them.
    pub fn is_custom(&self, names: &[&str]) -> bool {
        let node = self.nodes.new.or(self.nodes.old);
        self.entity == Entity::Custom
            && node
                .and_then(custom_name)
                .is_some_and(|name| is_called(name, names))
    }

    /// Whether this is mesh's own custom property `name`: that of the vendor `mesh`, which older versions
    /// of the standards write as a prefix.
    pub fn is_custom_of_mesh(&self, name: &str) -> bool {
        let node = self.nodes.new.or(self.nodes.old);
        self.entity == Entity::Custom
            && node.is_some_and(|node| {
                let property = custom_name(node).unwrap_or_default();
                match node.get("vendor").and_then(NodeRef::as_str) {
                    Some(vendor) => vendor == VENDOR && property == name,
                    None => property
                        .strip_prefix(VENDOR)
                        .and_then(|rest| rest.strip_prefix('.'))
                        .is_some_and(|property| property == name),
                }
            })
    }

    /// The name by which a reader knows it; of something renamed, the one that it had.
    pub fn name(&self) -> Option<&'p str> {
        let node = self.nodes.old.or(self.nodes.new)?;
        label_of(self.entity, node)
    }

    /// What it is and its name, for a sentence: "field `orders.amount`".
    pub fn subject(&self) -> String {
        if self.entity == Entity::Field {
            return format!("field {}", quoted(self.element().unwrap_or_default()));
        }
        let own = match self.name() {
            Some(name) => format!("{} {}", self.entity.noun(), quoted(name)),
            None => self.entity.noun().to_owned(),
        };
        match self.owner {
            Some(owner) if owner.owner.is_some() && owner.entity != Entity::Team => {
                format!("{own} of {}", owner.subject())
            }
            _ => own,
        }
    }

    /// That it came or went: "field `orders.amount` was added".
    pub fn told(&self) -> String {
        let what = if self.is_added() { "added" } else { "removed" };
        format!("{} was {what}", self.subject())
    }

    /// What became of `key`: "`status` changed from `draft` to `active`". Of a whole document it is not
    /// said which.
    pub fn told_of(&self, key: &str) -> String {
        let subject = match self.owner {
            Some(_) => format!(" of {}", self.subject()),
            None => String::new(),
        };
        let (at, text) = (self.at(key), self.text(key));
        let key = shortened(key);
        match text.split() {
            (Some(old), Some(new)) if shortened(old) != shortened(new) => format!(
                "`{key}`{subject} changed from {} to {}",
                quoted(old),
                quoted(new)
            ),
            (None, Some(new)) if at.old.is_none() => {
                format!("`{key}`{subject} was added: {}", quoted(new))
            }
            (Some(old), None) if at.new.is_none() => {
                format!("`{key}`{subject} was removed; it was {}", quoted(old))
            }
            _ => format!("`{key}`{subject} changed"),
        }
    }

    /// The element of a contract that it is or belongs to, by the names that it had: `orders.amount`,
    /// `orders`; the items of an array as `orders.lines[].sku`.
    pub fn element(&self) -> Option<String> {
        self.element_by(|pair| pair.nodes.old.or(pair.nodes.new))
    }

    /// [`Pair::element`] by the names that it has now.
    pub fn new_element(&self) -> Option<String> {
        self.element_by(|pair| pair.nodes.new.or(pair.nodes.old))
    }

    fn element_by(&self, side: impl Fn(&Pair<'p>) -> Option<NodeRef<'p>>) -> Option<String> {
        let mut chain: Vec<&Pair<'p>> = self
            .outwards()
            .filter(|pair| matches!(pair.entity, Entity::Object | Entity::Field))
            .collect();
        chain.reverse();
        let mut element = String::new();
        for pair in chain {
            let name = side(pair)
                .and_then(|node| label_of(pair.entity, node))
                .filter(|_| !pair.is_part());
            match (pair.key, name) {
                ("items", _) => element.push_str("[]"),
                ("key", _) => element.push_str("{key}"),
                ("value", _) => element.push_str("{value}"),
                (_, name) => {
                    if !element.is_empty() {
                        element.push('.');
                    }
                    element.push_str(name.unwrap_or("?"));
                }
            }
        }
        (!element.is_empty()).then_some(element)
    }

    /// Its node and JSON Pointer on the older side or on the newer one, if it is there.
    pub(crate) fn side(&self, is_old: bool) -> Option<(NodeRef<'p>, String)> {
        let of = |pair: &Pair<'p>| {
            if is_old {
                (pair.nodes.old, pair.positions.old)
            } else {
                (pair.nodes.new, pair.positions.new)
            }
        };
        let mut tokens = Vec::new();
        for pair in self.outwards() {
            let (Some(_), position) = of(pair) else {
                return None;
            };
            let Some(owner) = pair.owner else { break };
            let mut token = String::new();
            // A team may be the list of its members itself.
            if of(owner)
                .0
                .is_some_and(|owner| owner.value() == Value::Mapping)
            {
                token = format!("/{}", pair.key);
            }
            if let Some(position) = position {
                token += &format!("/{position}");
            }
            tokens.push(token);
        }
        tokens.reverse();
        Some((of(self).0?, tokens.concat()))
    }

    /// The address that does not depend on order: a JSON Pointer in which the items of lists are
    /// selected by what identifies them, `/schema[name=orders]/properties[name=amount]`.
    ///
    /// The notation is that of the draft Open Metadata Difference Standard (Bitol RFC 0039).
    pub fn path(&self) -> String {
        let mut tokens = Vec::new();
        for pair in self.outwards() {
            if pair.owner.is_none() {
                continue;
            }
            tokens.push(format!("/{}{}", escape(pair.key), pair.selector()));
        }
        tokens.reverse();
        tokens.concat()
    }

    fn selector(&self) -> String {
        let position = self.positions.old.or(self.positions.new);
        let (Some(node), Some(position)) = (self.nodes.old.or(self.nodes.new), position) else {
            return String::new();
        };
        let keys = self.entity.identities().iter();
        let has = |key: &&str| {
            node.get(key)
                .is_some_and(|value| value.value() != Value::Null)
        };
        let found = keys.copied().find(|keys| keys.iter().all(has));
        let plain = |key: &&str| {
            let value = node.get(key)?;
            let (Value::String(text) | Value::Number(text)) = value.value() else {
                return None;
            };
            // Nobody finds anything by what is longer, and every address within would repeat it.
            if text.len() > LONGEST_SELECTOR {
                return None;
            }
            let is_plain = !text.contains(|c: char| c.is_control() || "[],=/\"".contains(c));
            Some(if is_plain {
                format!("{key}={text}")
            } else {
                format!("{key}={}", serde_json::Value::from(text))
            })
        };
        let found = found.or_else(|| {
            let is_named = self.entity == Entity::Custom && node.get("property").is_some();
            is_named.then_some(&["property"][..])
        });
        let selected: Option<Vec<String>> = found.and_then(|keys| keys.iter().map(plain).collect());
        match selected {
            Some(selected) => format!("[{}]", selected.join(",")),
            None => format!("[{position}]"),
        }
    }
}

/// Whether what stands under a key, which is nothing special if it is not `known`, means something else.
pub(crate) fn has_changed(
    known: Option<&Key>,
    old: Option<NodeRef<'_>>,
    new: Option<NodeRef<'_>>,
) -> bool {
    let is_something = |node: &NodeRef<'_>| node.value() != Value::Null;
    match (old.filter(is_something), new.filter(is_something)) {
        (None, None) => false,
        (Some(old), Some(new)) => {
            let is_set = known.is_some_and(|known| known.shape == Shape::Set);
            let is_same = values::same(old, new) || is_set && values::same_set(old, new);
            !is_same
        }
        (Some(only), None) | (None, Some(only)) => {
            // An empty list says as much as none.
            let default = known.and_then(|known| known.default);
            let is_default = default.is_some_and(|it| values::same_scalar(it, only.value()));
            let is_empty = only.value() == Value::Sequence && only.items().len() == 0;
            !is_default && !is_empty
        }
    }
}

/// The name by which a reader knows an `entity`.
fn label_of(entity: Entity, node: NodeRef<'_>) -> Option<&str> {
    entity
        .labels()
        .iter()
        .find_map(|key| match node.get(key)?.value() {
            Value::String(text) | Value::Number(text) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::Sequence | Value::Mapping => None,
        })
}

fn custom_name(entry: NodeRef<'_>) -> Option<&str> {
    entry.get("property")?.as_str()
}
