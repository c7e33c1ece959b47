//! The arena of nodes.

use std::sync::{Arc, OnceLock};

use mesh_diagnostics::{Source, Span};

use super::{pointer, scalar};

/// Mappings up to this size are searched entry by entry.
const LARGE_MAPPING: u32 = 32;

/// A parsed YAML document: its nodes, and the text they were read from.
#[derive(Debug)]
pub struct Tree {
    pub(super) source: Arc<Source>,
    pub(super) nodes: Vec<Node>,
    /// Items of all sequences; a sequence owns a run of them.
    pub(super) items: Vec<NodeId>,
    /// Entries of all mappings; a mapping owns a run of them.
    pub(super) entries: Vec<Entry>,
    /// For each mapping of more than [`LARGE_MAPPING`] entries, their positions in the order of
    /// their keys; made when a key is first looked up in one.
    pub(super) by_key: OnceLock<Vec<u32>>,
    /// Scalars whose value is not a slice of the text: escapes, folded lines.
    pub(super) unescaped: Vec<Box<str>>,
    pub(super) root: NodeId,
    pub(super) has_aliases: bool,
}

/// Identifies a node within its [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// One `key: value` of a mapping. Keys are unique within a mapping: `parse` reports duplicates and
/// keeps the last, which is what most parsers would read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    pub(super) key: NodeId,
    pub(super) value: NodeId,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Text),
    String(Text),
    Sequence { first: u32, len: u32 },
    Mapping { first: u32, len: u32 },
    Alias(NodeId),
}

/// Where a scalar's value is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Text {
    /// These bytes of the source.
    Slice(Span),
    /// This index of `Tree::unescaped`.
    Unescaped(u32),
}

/// What a node holds, with aliases followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'t> {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(&'t str),
    /// A string, unescaped.
    String(&'t str),
    /// A list.
    Sequence,
    /// A mapping.
    Mapping,
}

/// A node of a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub struct NodeRef<'t> {
    pub(super) tree: &'t Tree,
    pub(super) id: NodeId,
}

impl Tree {
    /// The text the tree was read from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The outermost node.
    pub fn root(&self) -> NodeRef<'_> {
        self.node(self.root)
    }

    /// Whether some node can be reached on more than one path, by an alias or a `<<` merge.
    pub fn has_aliases(&self) -> bool {
        self.has_aliases
    }

    /// How many nodes there are; aliased nodes count once.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node that the JSON Pointer leads to.
    pub fn at(&self, pointer: &str) -> Option<NodeRef<'_>> {
        let mut node = self.root();
        for token in pointer::split(pointer) {
            node = match node.value() {
                Value::Mapping => node.get(&token)?,
                Value::Sequence => node.item(token.parse().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// Shows every node to `visit`, in no particular order; aliases as well as what they refer to.
    pub fn each<'t>(&'t self, mut visit: impl FnMut(NodeRef<'t>)) {
        for id in (0..).take(self.nodes.len()) {
            visit(self.node(NodeId(id)));
        }
    }

    /// The key of the last token of the pointer, where that leads into a mapping.
    pub fn key_at(&self, pointer: &str) -> Option<NodeRef<'_>> {
        let (parent, _) = pointer.rsplit_once('/')?;
        let last = pointer::split(pointer).last()?;
        let entry = self.at(parent)?.entry(&last)?;
        Some(self.node(entry.key))
    }

    /// The bytes to mark for a finding about `pointer`: the node's own, or for a pointer that
    /// leads nowhere those of the closest ancestor that exists.
    ///
    /// A mapping is marked by what identifies it — the value of its `name`, `id`, `property` or
    /// `server`, else its first key — since forty underlined lines say less than one.
    pub fn span_at(&self, pointer: &str) -> Span {
        let mut pointer = pointer;
        loop {
            if let Some(node) = self.at(pointer) {
                return node.mark();
            }
            match pointer.rsplit_once('/') {
                Some((parent, _)) => pointer = parent,
                None => return self.root().mark(),
            }
        }
    }

    fn by_key(&self) -> &[u32] {
        self.by_key.get_or_init(|| {
            let mut order: Vec<u32> = (0..).take(self.entries.len()).collect();
            for node in &self.nodes {
                if let Kind::Mapping { first, len } = node.kind
                    && len > LARGE_MAPPING
                {
                    order[first as usize..(first + len) as usize]
                        .sort_by_key(|&at| self.key_of(at));
                }
            }
            order
        })
    }

    /// The key of the entry at `at`.
    fn key_of(&self, at: u32) -> &str {
        self.node(self.entries[at as usize].key).key_text()
    }

    /// The bytes of a node.
    pub fn span_of(&self, id: NodeId) -> Span {
        self.node(id).span()
    }

    /// The node `id`, which is of this tree.
    pub fn node(&self, id: NodeId) -> NodeRef<'_> {
        NodeRef { tree: self, id }
    }

    pub(super) fn text(&self, text: Text) -> &str {
        match text {
            Text::Slice(span) => self.source.slice(span),
            Text::Unescaped(index) => &self.unescaped[index as usize],
        }
    }
}

impl<'t> NodeRef<'t> {
    /// The node's identity within its tree.
    pub fn id(self) -> NodeId {
        self.id
    }

    fn kind(self) -> Kind {
        self.tree.nodes[self.id.0 as usize].kind
    }

    /// The node itself, or what it is an alias of.
    fn target(self) -> Self {
        match self.kind() {
            // An alias always points to a node with content: see `build`.
            Kind::Alias(id) => self.tree.node(id),
            _ => self,
        }
    }

    /// Whether the node is written as an alias: `*name`.
    pub(super) fn is_alias(self) -> bool {
        matches!(self.kind(), Kind::Alias(_))
    }

    /// What the node holds.
    pub fn value(self) -> Value<'t> {
        match self.target().kind() {
            Kind::Null | Kind::Alias(_) => Value::Null,
            Kind::Bool(b) => Value::Bool(b),
            Kind::Number(text) => Value::Number(self.tree.text(text)),
            Kind::String(text) => Value::String(self.tree.text(text)),
            Kind::Sequence { .. } => Value::Sequence,
            Kind::Mapping { .. } => Value::Mapping,
        }
    }

    /// The string the node holds, if it holds one.
    pub fn as_str(self) -> Option<&'t str> {
        match self.value() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The node's bytes: of an alias, the alias itself.
    pub fn span(self) -> Span {
        self.tree.nodes[self.id.0 as usize].span
    }

    /// The bytes that hold the node's content: of an alias, those of what it refers to.
    pub fn written_span(self) -> Span {
        self.target().span()
    }

    /// The bytes that stand for the node in a finding; see [`Tree::span_at`].
    pub fn mark(self) -> Span {
        if !matches!(self.kind(), Kind::Mapping { .. }) {
            return match self.kind() {
                Kind::Sequence { .. } => self.items().next().map_or(self.span(), Self::mark),
                _ => self.span(),
            };
        }
        ["name", "id", "property", "server"]
            .into_iter()
            .find_map(|key| self.get(key).filter(|node| node.is_scalar()))
            .or_else(|| self.entries().next().map(|(key, _)| key))
            .map_or(self.span(), Self::span)
    }

    fn is_scalar(self) -> bool {
        !matches!(self.value(), Value::Sequence | Value::Mapping)
    }

    /// The node's text as it is written, quotes and all.
    pub fn raw(self) -> &'t str {
        self.tree.source.slice(self.span())
    }

    /// The entries of a mapping in document order, those merged by `<<` last; none for anything
    /// else.
    pub fn entries(self) -> impl ExactSizeIterator<Item = (NodeRef<'t>, NodeRef<'t>)> + use<'t> {
        let tree = self.tree;
        self.raw_entries()
            .iter()
            .map(move |entry| (tree.node(entry.key), tree.node(entry.value)))
    }

    pub(super) fn raw_entries(self) -> &'t [Entry] {
        match self.target().kind() {
            Kind::Mapping { first, len } => {
                &self.tree.entries[first as usize..(first + len) as usize]
            }
            _ => &[],
        }
    }

    /// The items of a sequence; none for anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = NodeRef<'t>> + use<'t> {
        let tree = self.tree;
        self.raw_items().iter().map(move |&id| tree.node(id))
    }

    pub(super) fn raw_items(self) -> &'t [NodeId] {
        match self.target().kind() {
            Kind::Sequence { first, len } => {
                &self.tree.items[first as usize..(first + len) as usize]
            }
            _ => &[],
        }
    }

    /// The item at `index` of a sequence.
    pub fn item(self, index: usize) -> Option<Self> {
        Some(self.tree.node(*self.raw_items().get(index)?))
    }

    /// The value of `key` in a mapping.
    pub fn get(self, key: &str) -> Option<Self> {
        Some(self.tree.node(self.entry(key)?.value))
    }

    fn entry(self, key: &str) -> Option<&'t Entry> {
        let tree = self.tree;
        let Kind::Mapping { first, len } = self.target().kind() else {
            return None;
        };
        if len <= LARGE_MAPPING {
            return self
                .raw_entries()
                .iter()
                .find(|entry| tree.node(entry.key).is_key(key));
        }
        let order = &tree.by_key()[first as usize..(first + len) as usize];
        let found = order
            .binary_search_by(|&at| tree.key_of(at).cmp(key))
            .ok()?;
        tree.entries.get(order[found] as usize)
    }

    /// A scalar's text as a mapping key: `1: x` has the key `1`, whatever its type.
    pub fn key_text(self) -> &'t str {
        match self.target().kind() {
            Kind::Number(text) | Kind::String(text) => self.tree.text(text),
            _ => self.target().raw(),
        }
    }

    /// Whether the node's [`key_text`](Self::key_text) is `key`. Most keys are of another length,
    /// and then their text is not looked at.
    fn is_key(self, key: &str) -> bool {
        match self.kind() {
            Kind::String(Text::Slice(span)) => {
                span.range().len() == key.len() && self.tree.source.slice(span) == key
            }
            _ => self.key_text() == key,
        }
    }

    /// The number as JSON has it, where the node holds one.
    pub(crate) fn number(self) -> Option<serde_json::Number> {
        match self.value() {
            Value::Number(text) => scalar::number(text),
            _ => None,
        }
    }
}
