//! Kinds of change, and changes.

use std::borrow::Cow;
use std::sync::Arc;

use mesh_diagnostics::{Source, Span};
use mesh_spec::yaml::{NodeRef, escape, join};

use crate::Context;
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::Memory;
use crate::impact::{Impact, Impacts, Profile};
use crate::pair::{Both, Pair};
use crate::quote::in_one_line;

/// One way in which two versions can differ, and what it means to readers.
#[derive(Debug)]
pub struct ChangeKind {
    /// Kebab-case name; never renamed without an alias.
    pub id: &'static str,
    /// What sort of promise it touches.
    pub group: Group,
    /// What it asks of the version number, unless a change says otherwise.
    pub impacts: Impacts,
    /// What happened, as one sentence.
    pub summary: &'static str,
    /// What that does to a reader, as one clause without a full stop: "a query that names the field
    /// fails".
    pub why: &'static str,
    /// What to do instead, or about it: an imperative sentence without a full stop.
    pub help: &'static str,
    /// What mesh compares, and what it does not: Markdown.
    pub docs: &'static str,
    /// Kinds that the opposite change may be reported as.
    pub reverse: &'static [&'static str],
    /// A document before and after, which differ in this alone.
    pub example: Example,
    /// When it is asked.
    pub on: &'static [On],
    /// Looks at what is different, and reports what is of this kind.
    pub judge: fn(&Pair<'_>, &mut Found<'_>),
}

/// What is different, for a [`ChangeKind`] to look at.
#[derive(Debug, Clone, Copy)]
pub enum On {
    /// Something is new.
    Added(Entity),
    /// Something is gone.
    Removed(Entity),
    /// One of these keys means something else than before, or is new, or gone.
    Keys(Entity, &'static [&'static str]),
}

/// What a [`ChangeKind`] touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The product: its identity, its place, its ports and where it is in its life.
    Product,
    /// The shape of the data: objects, fields and how they relate.
    Schema,
    /// What values there can be.
    Values,
    /// How the data is served: servers, service levels, quality, price, support.
    Service,
    /// Who may read what, and where it lies.
    Security,
    /// What is written about the data.
    Documentation,
}

impl Group {
    /// All groups, in the order in which they are documented.
    pub const ALL: [Self; 6] = [
        Self::Product,
        Self::Schema,
        Self::Values,
        Self::Service,
        Self::Security,
        Self::Documentation,
    ];

    /// The name used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Schema => "schema",
            Self::Values => "values",
            Self::Service => "service",
            Self::Security => "security",
            Self::Documentation => "documentation",
        }
    }

    /// What its kinds touch, as one sentence.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Product => "The product: its identity, its ports and where it is in its life.",
            Self::Schema => "The shape of the data: objects, fields and how they relate.",
            Self::Values => "What values there can be.",
            Self::Service => {
                "How the data is served: servers, service levels, quality, price, support."
            }
            Self::Security => "Who may read what, and where it lies.",
            Self::Documentation => "What is written about the data.",
        }
    }
}

/// A difference between two documents, and what it means.
#[derive(Debug, Clone)]
pub struct Change {
    /// What kind of change it is.
    pub kind: &'static ChangeKind,
    /// What it asks of the version number.
    pub impacts: Impacts,
    /// What changed: a sentence without a full stop, naming things as the documents name them.
    pub message: String,
    /// What that does to a reader, where more can be said than [`ChangeKind::why`].
    pub why: Option<Cow<'static, str>>,
    /// Where, by an address that does not depend on order; see [`Pair::path`].
    pub path: String,
    /// What it is about.
    pub entity: Entity,
    /// The key that changed, where it is about one.
    pub key: Option<String>,
    /// The element of a contract that it is about, such as `orders.amount`, by the name that it had.
    pub element: Option<String>,
    /// The name of the custom property that it is about.
    pub property: Option<String>,
    /// Where it was and where it is; nothing where the whole document is new or gone.
    pub places: Both<Option<Place>>,
}

/// A place in a document.
#[derive(Debug, Clone)]
pub struct Place {
    /// The document's text.
    pub source: Arc<Source>,
    /// JSON Pointer (RFC 6901) of the node; where there is none, of the closest around it.
    pub pointer: String,
    /// The bytes to mark.
    pub span: Span,
    /// Whether it is there: of what was added or removed, one side only has the place around it.
    pub exists: bool,
}

impl Change {
    /// What it asks of the version number under `profile`.
    pub fn impact(&self, profile: Profile) -> Impact {
        self.impacts.under(profile)
    }

    /// What it does to a reader.
    pub fn why(&self) -> &str {
        self.why.as_deref().unwrap_or(self.kind.why)
    }

    /// Gives it the impact `impacts`.
    pub fn impact_of(&mut self, impacts: impl Into<Impacts>) -> &mut Self {
        self.impacts = impacts.into();
        self
    }

    /// Says what it does to a reader, in place of [`ChangeKind::why`].
    pub fn because(&mut self, why: impl Into<Cow<'static, str>>) -> &mut Self {
        self.why = Some(why.into());
        self
    }
}

/// Where a [`ChangeKind`] puts what it finds about one [`Pair`].
pub struct Found<'f> {
    pub(crate) kind: &'static ChangeKind,
    pub(crate) pair: &'f Pair<'f>,
    pub(crate) context: Context<'f>,
    pub(crate) sources: Both<Option<&'f Arc<Source>>>,
    /// The keys that were looked at and are accounted for; the entity itself as the empty key.
    pub(crate) claimed: &'f mut Vec<String>,
    pub(crate) memory: &'f mut Memory,
    pub(crate) changes: &'f mut Vec<Change>,
}

impl<'f> Found<'f> {
    /// What the comparison knows beyond the two documents.
    pub fn context(&self) -> Context<'f> {
        self.context
    }

    /// Reports that the whole of what is looked at changed: that it is new, gone, or another.
    pub fn whole(&mut self, message: impl Into<String>) -> &mut Change {
        self.report("", &message.into())
    }

    /// Reports that `key` changed; the empty key is the whole.
    pub fn at(&mut self, key: &str, message: impl Into<String>) -> &mut Change {
        self.report(key, &message.into())
    }

    /// Says that `keys` are accounted for: by what was reported, or because they mean the same as before
    /// although they are written differently. What no kind accounts for needs review.
    pub fn accounts_for(&mut self, keys: &[&str]) {
        self.claimed.extend(keys.iter().map(|&key| key.to_owned()));
    }

    /// Reports that a part of `key` changed, and leaves the rest of it to other kinds: what none of them
    /// accounts for needs review.
    pub fn part_of(&mut self, key: &str, message: impl Into<String>) -> &mut Change {
        self.push(self.pair, key, &message.into())
    }

    /// Reports that something `around` what is looked at changed, such as the object of a field. What is
    /// different itself is not accounted for by that.
    pub fn around(&mut self, around: &Pair<'_>, message: impl Into<String>) -> &mut Change {
        self.memory.told.insert((self.kind.id, around.ids()));
        self.push(around, "", &message.into())
    }

    /// Whether this kind has already reported that something `around` what is looked at changed: several
    /// of its parts may be different for one reason.
    pub fn has_told(&self, around: &Pair<'_>) -> bool {
        let told = (self.kind.id, around.ids());
        self.memory.told.contains(&told)
    }

    fn report(&mut self, key: &str, message: &str) -> &mut Change {
        self.claimed.push(key.to_owned());
        self.push(self.pair, key, message)
    }

    fn push(&mut self, pair: &Pair<'_>, key: &str, message: &str) -> &mut Change {
        let path = match key {
            "" => pair.path(),
            key => format!("{}/{}", pair.path(), escape(key)),
        };
        self.changes.push(Change {
            kind: self.kind,
            impacts: self.kind.impacts,
            message: in_one_line(message).into_owned(),
            why: None,
            path,
            entity: pair.entity,
            key: Some(key.to_owned()).filter(|key| !key.is_empty()),
            element: pair.element(),
            property: pair
                .name()
                .filter(|_| pair.entity == Entity::Custom)
                .map(str::to_owned),
            places: Both {
                old: place(pair, key, self.sources.old, |pair| pair.side(true)),
                new: place(pair, key, self.sources.new, |pair| pair.side(false)),
            },
        });
        let last = self.changes.len() - 1;
        &mut self.changes[last]
    }
}

/// The place of `key` of `pair` on one side; where it is not there, that of the closest around it.
fn place<'p>(
    pair: &Pair<'p>,
    key: &str,
    source: Option<&Arc<Source>>,
    side: impl Fn(&Pair<'p>) -> Option<(NodeRef<'p>, String)>,
) -> Option<Place> {
    let source = source?;
    let found = |pointer, span, exists| {
        Some(Place {
            source: Arc::clone(source),
            pointer,
            span,
            exists,
        })
    };
    if let Some((node, pointer)) = side(pair) {
        if key.is_empty() {
            return found(pointer, node.mark(), true);
        }
        return match node.get(key) {
            Some(value) => found(join(&pointer, key), value.mark(), true),
            None => found(pointer, node.mark(), false),
        };
    }
    let (node, pointer) = pair.outwards().skip(1).find_map(side)?;
    found(pointer, node.mark(), false)
}
