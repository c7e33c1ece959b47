//! Two documents side by side: what in the newer one is what in the older, and what is different.
//!
//! The walk is complete: every key and every item of both documents is met. What is different is
//! shown to the [kinds](crate::changes) that ask for it, and what none of them accounts for is
//! reported as in need of review. So nothing can change unseen, whatever mesh knows about it.

pub(crate) mod lists;
pub(crate) mod values;

use std::cmp::Reverse;
use std::sync::Arc;

use mesh_diagnostics::Source;
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::yaml::{NodeRef, Tree, Value};

use crate::change::{Change, ChangeKind, Found, On};
use crate::changes::{self, documentation};
use crate::entity::{Entity, Shape};
use crate::facts::Memory;
use crate::pair::{Both, Pair, has_changed};
use crate::{Context, Impact, Profile};

/// Two versions of a document, and what lies between them.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What both of them are.
    pub kind: Kind,
    /// The two; one is missing where the whole document is new or gone.
    pub subjects: Both<Option<Subject>>,
    /// What is different: the gravest first, then in the order of the documents.
    pub changes: Vec<Change>,
}

/// One of two documents that were compared.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The text.
    pub source: Arc<Source>,
    /// The `id`.
    pub id: Option<String>,
    /// The `name`.
    pub name: Option<String>,
    /// The `version`, as it is written.
    pub version: Option<String>,
    /// The `status`.
    pub status: Option<String>,
}

/// Why two documents cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// One of them cannot be read as YAML, or is neither a product nor a contract.
    #[error("`{name}` is not a data product or a data contract that can be read")]
    Unreadable {
        /// The name of the document.
        name: String,
    },
    /// One is a product and the other a contract.
    #[error("`{old}` is a {old_kind} and `{new}` is a {new_kind}")]
    DifferentKinds {
        /// The name of the older document.
        old: String,
        /// What it is.
        old_kind: &'static str,
        /// The name of the newer document.
        new: String,
        /// What it is.
        new_kind: &'static str,
    },
}

impl Subject {
    /// What is known of a document; whatever it lacks is left out.
    pub fn of(document: &Document) -> Self {
        let root = document.tree.as_ref().map(Tree::root);
        let text = |key| match root?.get(key)?.value() {
            Value::String(text) | Value::Number(text) => Some(text.to_owned()),
            _ => None,
        };
        Self {
            source: Arc::clone(&document.source),
            id: text("id"),
            name: text("name"),
            version: text("version"),
            status: text("status"),
        }
    }

    /// What to call it: its name, else its id, else its file.
    pub fn label(&self) -> &str {
        let names = [&self.name, &self.id];
        names
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|name| !name.trim().is_empty())
            .unwrap_or_else(|| self.source.name())
    }
}

impl Comparison {
    /// The gravest impact under `profile`; [`Impact::None`] where nothing is different.
    pub fn impact(&self, profile: Profile) -> Impact {
        let impacts = self.changes.iter().map(|change| change.impact(profile));
        impacts.max().unwrap_or(Impact::None)
    }
}

/// Compares two versions of a data product, or of a data contract. The product's contracts are
/// documents of their own: see [`compare_sets`](crate::compare_sets).
///
/// # Errors
/// If one of them cannot be read, or they are not of one kind.
pub fn compare(
    old: &Document,
    new: &Document,
    context: Context<'_>,
) -> Result<Comparison, CompareError> {
    let (old_kind, new_kind) = (kind_of(old)?, kind_of(new)?);
    if old_kind != new_kind {
        return Err(CompareError::DifferentKinds {
            old: old.name().to_owned(),
            old_kind: old_kind.noun(),
            new: new.name().to_owned(),
            new_kind: new_kind.noun(),
        });
    }
    Ok(walked(
        new_kind,
        Both {
            old: Some(old),
            new: Some(new),
        },
        context,
    ))
}

/// What it means that a whole document is new.
///
/// # Errors
/// If it cannot be read.
pub fn added(new: &Document, context: Context<'_>) -> Result<Comparison, CompareError> {
    let documents = Both {
        old: None,
        new: Some(new),
    };
    Ok(walked(kind_of(new)?, documents, context))
}

/// What it means that a whole document is gone.
///
/// # Errors
/// If it cannot be read.
pub fn removed(old: &Document, context: Context<'_>) -> Result<Comparison, CompareError> {
    let documents = Both {
        old: Some(old),
        new: None,
    };
    Ok(walked(kind_of(old)?, documents, context))
}

fn walked(kind: Kind, documents: Both<Option<&Document>>, context: Context<'_>) -> Comparison {
    let mut comparison = Comparison {
        kind,
        subjects: documents.map(|document| document.map(Subject::of)),
        changes: Vec::new(),
    };
    let texts = documents.map(|document| document.map(|document| document.source.text()));
    if !texts.differ() {
        return comparison;
    }
    let mut walk = Walk {
        context,
        sources: documents.map(|document| document.map(|document| &document.source)),
        memory: Memory::default(),
        changes: Vec::new(),
    };
    let whole = Pair {
        entity: Entity::of(kind),
        nodes: documents.map(|document| Some(document?.tree.as_ref()?.root())),
        owner: None,
        key: "",
        positions: Both::default(),
    };
    walk.pair(&whole);
    if walk.changes.is_empty() {
        let unchanged = &documentation::key_order_or_comments::KIND;
        walk.report(unchanged, &whole, |found| {
            found.whole(documentation::key_order_or_comments::MESSAGE);
        });
    }
    comparison.changes = walk.changes;
    let impact = |change: &Change| change.impact(Profile::Read);
    comparison
        .changes
        .sort_by_key(|change| Reverse(impact(change)));
    comparison
}

fn kind_of(document: &Document) -> Result<Kind, CompareError> {
    let kind = document.kind().filter(|_| document.tree.is_some());
    kind.ok_or_else(|| CompareError::Unreadable {
        name: document.name().to_owned(),
    })
}

/// What is different about a [`Pair`].
#[derive(Clone, Copy)]
enum Event<'e> {
    Added,
    Removed,
    Keys(&'e [&'e str]),
}

struct Walk<'w> {
    context: Context<'w>,
    sources: Both<Option<&'w Arc<Source>>>,
    memory: Memory,
    changes: Vec<Change>,
}

impl Walk<'_> {
    fn pair(&mut self, pair: &Pair<'_>) {
        let (old, new) = match pair.nodes {
            Both {
                old: Some(old),
                new: Some(new),
            } => (old, new),
            Both {
                old: None,
                new: Some(only),
            }
            | Both {
                old: Some(only),
                new: None,
            } if pair.entity.is_transparent() => return self.each_key(pair, only),
            Both { old: None, .. } => return self.judge(pair, Event::Added),
            Both { new: None, .. } => return self.judge(pair, Event::Removed),
        };
        let mut changed: Vec<&str> = Vec::new();
        let mut look = |walk: &mut Self, key, before, after| {
            if walk.key(pair, key, before, after) {
                changed.push(key);
            }
        };
        // A list in place of a mapping is what older versions of the standard write.
        if let Some((key, inner)) = list_form(pair) {
            self.many(pair, key, inner, &items_of(old, key), &items_of(new, key));
        }
        // Most mappings have the keys that they had, in the same order.
        let mut others = new.entries();
        let mut in_step = true;
        for (key, before) in old.entries() {
            let key = key.key_text();
            let after = match others.next().filter(|_| in_step) {
                Some((other, after)) if other.key_text() == key => Some(after),
                _ => {
                    in_step = false;
                    new.get(key)
                }
            };
            look(self, key, Some(before), after);
        }
        if !in_step || others.next().is_some() {
            for (key, after) in new.entries() {
                let key = key.key_text();
                if old.get(key).is_none() {
                    look(self, key, None, Some(after));
                }
            }
        }
        if !changed.is_empty() {
            self.judge(pair, Event::Keys(&changed));
        }
    }

    /// Shows what a mapping says that came or went as keys that came or went.
    fn each_key(&mut self, pair: &Pair<'_>, only: NodeRef<'_>) {
        let is_new = pair.is_added();
        let mut changed: Vec<&str> = Vec::new();
        for (key, value) in only.entries() {
            let key = key.key_text();
            let (before, after) = if is_new {
                (None, Some(value))
            } else {
                (Some(value), None)
            };
            if self.key(pair, key, before, after) {
                changed.push(key);
            }
        }
        if !changed.is_empty() {
            self.judge(pair, Event::Keys(&changed));
        }
    }

    /// Compares what stands under a key; true if it differs as a whole.
    fn key(
        &mut self,
        pair: &Pair<'_>,
        key: &str,
        old: Option<NodeRef<'_>>,
        new: Option<NodeRef<'_>>,
    ) -> bool {
        // Most scalars and lists are as they were, which is quickly seen.
        if let (Some(old), Some(new)) = (old, new)
            && old.value() != Value::Mapping
            && values::same(old, new)
        {
            return false;
        }
        let Some(known) = pair.entity.key(key) else {
            return has_changed(None, old, new);
        };
        match known.shape {
            Shape::One(entity) if each_is(old, new, Value::Mapping) => {
                self.one(pair, known.name, entity, old, new);
                false
            }
            Shape::OneOrList(entity)
                if [old, new].into_iter().all(|node| {
                    node.is_none_or(|node| {
                        matches!(node.value(), Value::Null | Value::Mapping | Value::Sequence)
                    })
                }) =>
            {
                self.one(pair, known.name, entity, old, new);
                false
            }
            Shape::Many(_) if list_form(pair).is_some_and(|(form, _)| form == key) => false,
            Shape::Many(entity)
                if each_is(old, new, Value::Sequence)
                    && [old, new].into_iter().flatten().all(has_mappings) =>
            {
                let lists = Both { old, new }.map(|node| node.map_or_else(Vec::new, items));
                self.many(pair, known.name, entity, &lists.old, &lists.new);
                false
            }
            _ => has_changed(Some(known), old, new),
        }
    }

    fn one(
        &mut self,
        owner: &Pair<'_>,
        key: &'static str,
        entity: Entity,
        old: Option<NodeRef<'_>>,
        new: Option<NodeRef<'_>>,
    ) {
        // An empty mapping says as much as none.
        let nodes = Both { old, new }
            .map(|node| node.filter(|node| node.entries().len() + node.items().len() > 0));
        if nodes.old.is_some() || nodes.new.is_some() {
            self.pair(&Pair {
                entity,
                nodes,
                owner: Some(owner),
                key,
                positions: Both::default(),
            });
        }
    }

    fn many(
        &mut self,
        owner: &Pair<'_>,
        key: &'static str,
        entity: Entity,
        old: &[NodeRef<'_>],
        new: &[NodeRef<'_>],
    ) {
        let matched = lists::matched(entity, old, new);
        let mut item = |before: Option<usize>, after: Option<usize>| {
            self.pair(&Pair {
                entity,
                nodes: Both {
                    old: before.map(|at| old[at]),
                    new: after.map(|at| new[at]),
                },
                owner: Some(owner),
                key,
                positions: Both {
                    old: before,
                    new: after,
                },
            });
        };
        for at in matched.removed {
            item(Some(at), None);
        }
        for (before, after) in matched.pairs {
            item(Some(before), Some(after));
        }
        for at in matched.added {
            item(None, Some(at));
        }
    }

    /// Shows what is different to the kinds that ask for it.
    fn judge(&mut self, pair: &Pair<'_>, event: Event<'_>) {
        let mut claimed = Vec::new();
        for kind in changes::all() {
            if kind.on.iter().any(|on| on.asks_for(pair.entity, event)) {
                self.ask(kind, pair, &mut claimed, |found| (kind.judge)(pair, found));
            }
        }
        let unaccounted = |key: &str| !claimed.iter().any(|claimed| claimed == key);
        let review = &documentation::needs_review::KIND;
        match event {
            Event::Added | Event::Removed if claimed.is_empty() => {
                let message = pair.told();
                self.report(review, pair, |found| {
                    documentation::needs_review::weigh(found, "", message);
                });
            }
            Event::Added | Event::Removed => {}
            Event::Keys(keys) => {
                for key in keys.iter().filter(|key| unaccounted(key)) {
                    let message = pair.told_of(key);
                    self.report(review, pair, |found| {
                        documentation::needs_review::weigh(found, key, message);
                    });
                }
            }
        }
    }

    fn report(
        &mut self,
        kind: &'static ChangeKind,
        pair: &Pair<'_>,
        report: impl FnOnce(&mut Found<'_>),
    ) {
        self.ask(kind, pair, &mut Vec::new(), report);
    }

    fn ask(
        &mut self,
        kind: &'static ChangeKind,
        pair: &Pair<'_>,
        claimed: &mut Vec<String>,
        ask: impl FnOnce(&mut Found<'_>),
    ) {
        ask(&mut Found {
            kind,
            pair,
            context: self.context,
            sources: self.sources,
            claimed,
            memory: &mut self.memory,
            changes: &mut self.changes,
        });
    }
}

impl On {
    fn asks_for(&self, entity: Entity, event: Event<'_>) -> bool {
        match (self, event) {
            (Self::Added(wanted), Event::Added) | (Self::Removed(wanted), Event::Removed) => {
                *wanted == entity
            }
            (Self::Keys(wanted, keys), Event::Keys(changed)) => {
                *wanted == entity && changed.iter().any(|key| keys.contains(key))
            }
            _ => false,
        }
    }
}

/// The key and the items of an entity that one of the two sides writes as a list.
fn list_form(pair: &Pair<'_>) -> Option<(&'static str, Entity)> {
    let is_list = |node: Option<NodeRef<'_>>| node.is_some_and(|n| n.value() == Value::Sequence);
    if pair.entity != Entity::Team || !(is_list(pair.nodes.old) || is_list(pair.nodes.new)) {
        return None;
    }
    Some(("members", Entity::Member))
}

/// The items of a list, or of the list that a mapping holds under `key`.
fn items_of<'d>(node: NodeRef<'d>, key: &str) -> Vec<NodeRef<'d>> {
    match node.value() {
        Value::Sequence => items(node),
        _ => node.get(key).map_or_else(Vec::new, items),
    }
}

fn items(list: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    list.items().collect()
}

/// Whether both sides, as far as they are there, are of one type.
fn each_is(old: Option<NodeRef<'_>>, new: Option<NodeRef<'_>>, expected: Value<'_>) -> bool {
    [old, new]
        .into_iter()
        .flatten()
        .all(|node| node.value() == expected || node.value() == Value::Null)
}

fn has_mappings(list: NodeRef<'_>) -> bool {
    list.items().all(|item| item.value() == Value::Mapping)
}
