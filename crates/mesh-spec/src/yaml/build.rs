//! Parser events to tree.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use granit_parser::{
    ErrorKind, Event, Parser, ScalarStyle, ScanError, Span as ParserSpan, Tag, options,
};
use mesh_diagnostics::{Source, Span};

use super::explain::explain;
use super::read::offset;
use super::scalar::{self, Resolved};
use super::tree::{Entry, Kind, Node, NodeId, Text, Tree};
use super::{MAX_DEPTH, YamlProblem, YamlProblemKind, pointer, usual};

/// With aliases, a document may stand for at most this many nodes more than it writes out.
const ALIAS_BUDGET: u64 = 1_000_000;

/// Of a file's duplicate keys, this many are reported one by one: each report knows its whole path.
const MAX_DUPLICATES: usize = 100;

/// Mappings up to this size are searched for duplicate keys pair by pair, without a hash table.
const SMALL_MAPPING: usize = 12;

/// Parses the one YAML document of `source`.
///
/// Gives the tree, if the text has any structure at all, and every problem found: at most one
/// syntax error, since what follows one is guesswork, and every duplicate key. Time and memory are
/// linear in the size of the text.
pub fn parse(source: &Arc<Source>) -> (Option<Tree>, Vec<YamlProblem>) {
    let mut builder = Builder::new(source);
    if usual::read(&mut builder).is_none() {
        builder = Builder::new(source);
        builder.run();
    }
    builder.finish()
}

/// A collection whose end has not been seen.
struct Open {
    id: NodeId,
    /// Where its children start on the `children` stack.
    first_child: usize,
    anchor: usize,
    mapping: bool,
    merges: bool,
}

pub(super) struct Builder<'s> {
    source: &'s Arc<Source>,
    text: &'s str,
    nodes: Vec<Node>,
    items: Vec<NodeId>,
    entries: Vec<Entry>,
    unescaped: Vec<Box<str>>,
    open: Vec<Open>,
    /// Nodes whose collection is still open; keys and values of a mapping alternate.
    children: Vec<NodeId>,
    anchors: HashMap<usize, NodeId>,
    aliases: bool,
    merged_entries: u64,
    root: Option<NodeId>,
    problems: Vec<YamlProblem>,
    /// How many duplicate keys were found beyond [`MAX_DUPLICATES`], and the last of them.
    more_duplicates: (usize, Span),
    stopped: bool,
}

impl<'s> Builder<'s> {
    pub(super) fn new(source: &'s Arc<Source>) -> Self {
        let text = source.text();
        // Manifests have a node every fifteen bytes or so.
        let guess = text.len() / 16;
        Self {
            source,
            text,
            nodes: Vec::with_capacity(guess),
            items: Vec::new(),
            entries: Vec::with_capacity(guess / 2),
            unescaped: Vec::new(),
            open: Vec::new(),
            children: Vec::new(),
            anchors: HashMap::new(),
            aliases: false,
            merged_entries: 0,
            root: None,
            problems: Vec::new(),
            more_duplicates: (0, Span::empty(0)),
            stopped: false,
        }
    }

    /// The text that is read.
    pub(super) fn text(&self) -> &'s str {
        self.text
    }

    /// Whether nothing has been built yet.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether a problem was met that ends the reading.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    #[cfg(test)]
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        self.nodes == other.nodes
            && self.items == other.items
            && self.entries == other.entries
            && self.unescaped == other.unescaped
            && self.root == other.root
            && self.problems == other.problems
            && self.more_duplicates == other.more_duplicates
            && self.merged_entries == other.merged_entries
            && !(self.stopped || other.stopped)
    }

    /// Builds the tree from what the parser makes of the text.
    pub(super) fn run(&mut self) {
        let options = options! {
            emit_comments: false,
            strict_indentation: true,
            flow_nesting_limit: MAX_DEPTH as usize + 1,
            block_nesting_limit: MAX_DEPTH as usize + 1,
        };
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(self.text, options) {
            match event {
                Ok((Event::DocumentStart(..), span)) => {
                    documents += 1;
                    if documents > 1 {
                        self.stop(
                            "the file holds more than one YAML document".to_owned(),
                            "put each document in a file of its own, and drop the `---` between them",
                            self.span(&span),
                        );
                    }
                }
                Ok((event, span)) => self.event(event, &span),
                Err(error) => self.syntax_error(&error),
            }
            if self.stopped {
                return;
            }
        }
    }

    fn event(&mut self, event: Event<'s>, at: &ParserSpan) {
        let span = self.span(at);
        let tag_span = at.tag_span().map_or(span, |tag| self.span(&tag));
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.as_deref().map(|tag| (tag, tag_span));
                let kind = self.scalar(value, style, tag, span);
                let id = self.push(Node { span, kind });
                self.anchor(anchor, id);
                self.place(id);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "seq", tag_span);
                self.open(span, anchor, false);
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_collection_tag(tag.as_deref(), "map", tag_span);
                self.open(span, anchor, true);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => {}
        }
    }

    fn scalar(
        &mut self,
        value: Cow<'s, str>,
        style: ScalarStyle,
        tag: Option<(&Tag, Span)>,
        span: Span,
    ) -> Kind {
        let plain = style == ScalarStyle::Plain;
        let resolved = match tag.map(|(tag, at)| (tag, at, tag.core_suffix())) {
            None if plain => scalar::resolve(&value),
            None | Some((_, _, Some("str"))) => Resolved::String,
            Some((tag, _, _)) if tag.handle().is_empty() && tag.suffix() == "!" => Resolved::String,
            Some((_, _, Some(suffix @ ("null" | "bool" | "int" | "float")))) => {
                let resolved = scalar::resolve(&value);
                let fits = match resolved {
                    Resolved::Null => suffix == "null",
                    Resolved::Bool(_) => suffix == "bool",
                    Resolved::Number => matches!(suffix, "int" | "float"),
                    Resolved::String => false,
                };
                if !fits {
                    self.stop(
                        format!("`{value}` is not a `!!{suffix}`"),
                        "remove the tag, or write a value of that type",
                        span,
                    );
                }
                resolved
            }
            Some((tag, at, _)) => {
                self.bad_tag(tag, at);
                Resolved::String
            }
        };
        match resolved {
            Resolved::Null => Kind::Null,
            Resolved::Bool(b) => Kind::Bool(b),
            Resolved::Number => Kind::Number(self.store(value)),
            Resolved::String => Kind::String(self.store(value)),
        }
    }

    /// Remembers a scalar's value, by its place in the text where it stands there unchanged.
    fn store(&mut self, value: Cow<'s, str>) -> Text {
        if let Cow::Borrowed(slice) = value {
            let start = (slice.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
            let room = self.text.len().checked_sub(start);
            if room.is_some_and(|room| slice.len() <= room) {
                return Text::Slice(Span::new(offset(start), offset(start + slice.len())));
            }
        }
        let index = offset(self.unescaped.len());
        self.unescaped.push(value.into_owned().into_boxed_str());
        Text::Unescaped(index)
    }

    /// A scalar without tag and anchor.
    pub(super) fn leaf(&mut self, value: Cow<'s, str>, style: ScalarStyle, span: Span) {
        let kind = self.scalar(value, style, None, span);
        let id = self.push(Node { span, kind });
        self.place(id);
    }

    /// The start of a collection.
    pub(super) fn open(&mut self, span: Span, anchor: usize, mapping: bool) {
        let id = self.push(Node {
            span,
            kind: Kind::Null,
        });
        self.open.push(Open {
            id,
            first_child: self.children.len(),
            anchor,
            mapping,
            merges: false,
        });
        if self.open.len() > MAX_DEPTH as usize {
            self.too_deep(span);
        }
    }

    /// The end of the innermost collection: its bracket, or an empty span.
    pub(super) fn close(&mut self, end: Span) {
        let Some(open) = self.open.pop() else { return };
        let last = self.children[open.first_child..].last().copied();
        let kind = if open.mapping {
            self.close_mapping(&open)
        } else {
            let first = offset(self.items.len());
            self.items.extend(self.children.drain(open.first_child..));
            Kind::Sequence {
                first,
                len: offset(self.items.len()) - first,
            }
        };
        // A block collection "ends" where the next token starts: past blank lines and comments.
        // Its bytes end with its last child. A flow collection ends with its bracket.
        let end = if end.is_empty() {
            last.map_or(end.start, |id| self.nodes[id.0 as usize].span.end)
        } else {
            end.end
        };
        let node = &mut self.nodes[open.id.0 as usize];
        node.span = Span::new(node.span.start, end);
        node.kind = kind;
        self.anchor(open.anchor, open.id);
        self.place(open.id);
    }

    fn close_mapping(&mut self, open: &Open) -> Kind {
        let children = self.children.split_off(open.first_child);
        let first = self.entries.len();
        self.entries
            .extend(children.chunks_exact(2).map(|pair| Entry {
                key: pair[0],
                value: pair[1],
            }));
        self.drop_duplicates(first);
        if open.merges {
            self.merge(first);
        }
        Kind::Mapping {
            first: offset(first),
            len: offset(self.entries.len() - first),
        }
    }

    /// Reports keys that stand twice among the entries from `first` on, and keeps the last of each.
    fn drop_duplicates(&mut self, first: usize) {
        let keys: Vec<&str> = self.entries[first..]
            .iter()
            .map(|entry| self.key_text(entry.key))
            .collect();
        // Pairs of (first, later) positions.
        let mut pairs = Vec::new();
        if keys.len() <= SMALL_MAPPING {
            for later in 1..keys.len() {
                if let Some(earlier) = keys[..later].iter().position(|key| *key == keys[later]) {
                    pairs.push((earlier, later));
                }
            }
        } else {
            let mut seen = HashMap::with_capacity(keys.len());
            for (later, key) in keys.iter().enumerate() {
                let earlier = *seen.entry(*key).or_insert(later);
                if earlier != later {
                    pairs.push((earlier, later));
                }
            }
        }
        let Some(&(_, last)) = pairs.last() else {
            return;
        };
        // Of each key the last is kept.
        let mut kept = vec![true; keys.len()];
        let mut latest = HashMap::new();
        let mut again = vec![false; pairs.len()];
        for (index, &(earlier, later)) in pairs.iter().enumerate() {
            let dropped = latest.insert(earlier, later);
            again[index] = dropped.is_some();
            kept[dropped.unwrap_or(earlier)] = false;
        }
        let span = |index: usize| self.nodes[self.entries[first + index].key.0 as usize].span;
        let room = MAX_DUPLICATES.saturating_sub(self.problems.len());
        let path = if room > 0 { self.path() } else { String::new() };
        let problems: Vec<YamlProblem> = pairs
            .iter()
            .zip(again)
            .take(room)
            .map(|(&(earlier, later), again)| (keys[later], span(earlier), span(later), again))
            .map(|(key, earlier, later, again)| YamlProblem {
                kind: YamlProblemKind::DuplicateKey,
                message: if again {
                    format!("the key `{key}` stands here once more")
                } else {
                    format!("the key `{key}` stands here a second time")
                },
                help: Some(
                    "keep one of the two; parsers silently take the last and drop the other"
                        .to_owned(),
                ),
                span: later,
                pointer: pointer::join(&path, key),
                related: Some((format!("`{key}` is first set here"), earlier)),
            })
            .collect();
        let more = self.more_duplicates.0 + pairs.len() - problems.len();
        self.more_duplicates = (more, span(last));
        self.problems.extend(problems);
        let mut kept = kept.into_iter();
        let unique: Vec<Entry> = self
            .entries
            .drain(first..)
            .filter(|_| kept.next().unwrap_or(true))
            .collect();
        self.entries.extend(unique);
    }

    /// Carries out `<<: *base` and `<<: [*a, *b]`: adds the entries that are not set already.
    fn merge(&mut self, first: usize) {
        let Some(position) = self.entries[first..]
            .iter()
            .position(|entry| self.is_merge_key(entry.key))
        else {
            return;
        };
        let value = self.entries.remove(first + position).value;
        let at = self.nodes[value.0 as usize].span;
        let alone = [value];
        let sources: &[NodeId] = match self.resolved(value) {
            Kind::Sequence { first, len } => &self.items[first as usize..(first + len) as usize],
            _ => &alone,
        };
        let mut merged = self.merged_entries;
        let mut added: Vec<Entry> = Vec::new();
        let mut set: HashSet<&str> = self.entries[first..]
            .iter()
            .map(|entry| self.key_text(entry.key))
            .collect();
        for &source in sources {
            let Kind::Mapping { first: from, len } = self.resolved(source) else {
                self.stop(
                    "`<<` merges mappings, and this is none".to_owned(),
                    "give it an alias of a mapping, as in `<<: *defaults`",
                    at,
                );
                return;
            };
            // An empty source costs a look as well.
            merged += 1 + u64::from(len);
            if merged > ALIAS_BUDGET {
                self.alias_bomb(at);
                return;
            }
            let entries = &self.entries[from as usize..(from + len) as usize];
            let new = entries.iter();
            added.extend(new.filter(|entry| set.insert(self.key_text(entry.key))));
        }
        self.merged_entries = merged;
        self.entries.extend(added);
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        self.aliases = true;
        match self.anchors.get(&anchor) {
            Some(&target) => {
                let id = self.push(Node {
                    span,
                    kind: Kind::Alias(target),
                });
                self.place(id);
            }
            None => self.stop(
                format!(
                    "`{}` stands inside what it refers to",
                    self.source.slice(span)
                ),
                "write the value out instead",
                span,
            ),
        }
    }

    /// Puts a finished node into the collection it stands in.
    fn place(&mut self, id: NodeId) {
        let Some(open) = self.open.last() else {
            self.root = Some(id);
            return;
        };
        let is_key = open.mapping && (self.children.len() - open.first_child).is_multiple_of(2);
        if is_key {
            if matches!(
                self.resolved(id),
                Kind::Sequence { .. } | Kind::Mapping { .. }
            ) {
                let span = self.nodes[id.0 as usize].span;
                self.stop(
                    "a key must be a text, not a list or a mapping".to_owned(),
                    "quote the key if its brackets or braces belong to it",
                    span,
                );
                return;
            }
            if self.is_merge_key(id)
                && let Some(open) = self.open.last_mut()
            {
                open.merges = true;
            }
        }
        self.children.push(id);
    }

    fn is_merge_key(&self, key: NodeId) -> bool {
        let node = &self.nodes[key.0 as usize];
        // Quoted, it is a key like any other.
        self.key_text(key) == "<<" && self.source.slice(node.span) == "<<"
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(offset(self.nodes.len()));
        self.nodes.push(node);
        id
    }

    fn anchor(&mut self, anchor: usize, id: NodeId) {
        if anchor > 0 {
            self.anchors.insert(anchor, id);
        }
    }

    /// The node itself, or what it is an alias of.
    fn target(&self, id: NodeId) -> Node {
        match self.nodes[id.0 as usize] {
            Node {
                kind: Kind::Alias(target),
                ..
            } => self.nodes[target.0 as usize],
            node => node,
        }
    }

    fn resolved(&self, id: NodeId) -> Kind {
        self.target(id).kind
    }

    fn key_text(&self, id: NodeId) -> &str {
        match self.resolved(id) {
            Kind::Number(Text::Slice(span)) | Kind::String(Text::Slice(span)) => {
                self.source.slice(span)
            }
            Kind::Number(Text::Unescaped(index)) | Kind::String(Text::Unescaped(index)) => {
                &self.unescaped[index as usize]
            }
            _ => self.source.slice(self.target(id).span),
        }
    }

    /// JSON Pointer of the collection that is being closed: what is open names the way.
    fn path(&self) -> String {
        let mut path = String::new();
        let ends = self
            .open
            .iter()
            .skip(1)
            .map(|open| open.first_child)
            .chain([self.children.len()]);
        for (open, end) in self.open.iter().zip(ends) {
            let placed = end - open.first_child;
            if open.mapping {
                let key = self.children[..end].last().copied();
                path = pointer::join(&path, key.map_or("", |key| self.key_text(key)));
            } else {
                path = format!("{path}/{placed}");
            }
        }
        path
    }

    fn check_collection_tag(&mut self, tag: Option<&Tag>, expected: &str, span: Span) {
        if let Some(tag) = tag
            && tag.core_suffix() != Some(expected)
            && !(tag.handle().is_empty() && tag.suffix() == "!")
        {
            self.bad_tag(tag, span);
        }
    }

    fn bad_tag(&mut self, tag: &Tag, span: Span) {
        let name = if tag.handle() == "tag:yaml.org,2002:" {
            format!("!!{}", tag.suffix())
        } else {
            format!("{}{}", tag.original_handle(), tag.suffix())
        };
        self.stop(
            format!("the tag `{name}` is not allowed in a manifest"),
            "remove the tag and write a plain value; mesh never builds objects from YAML",
            span,
        );
    }

    fn too_deep(&mut self, span: Span) {
        self.stop(
            format!("the document nests deeper than {MAX_DEPTH} levels"),
            "flatten it; mesh reads nothing that is nested so deep",
            self.character_at(span.start as usize),
        );
    }

    fn alias_bomb(&mut self, span: Span) {
        self.stop(
            "the aliases of this document multiply to more nodes than mesh will read".to_owned(),
            "write the repeated parts out, or refer to fewer of them",
            span,
        );
    }

    /// Reports the syntax problem that ends the parse.
    fn stop(&mut self, message: String, help: &str, span: Span) {
        self.problems.push(YamlProblem {
            kind: YamlProblemKind::Syntax,
            message,
            help: Some(help.to_owned()),
            span,
            pointer: String::new(),
            related: None,
        });
        self.stopped = true;
    }

    fn syntax_error(&mut self, error: &ScanError) {
        let start = error.marker().byte_offset().unwrap_or(self.text.len());
        let span = self.character_at(start.min(self.text.len()));
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            self.too_deep(span);
            return;
        }
        let (message, help) = explain(error.kind());
        self.stop(message, help, span);
    }

    /// The bytes of the character that starts at `start`.
    fn character_at(&self, start: usize) -> Span {
        let rest = self.text.get(start..).unwrap_or_default();
        let width = rest.chars().next().map_or(0, char::len_utf8);
        Span::new(offset(start), offset(start + width))
    }

    fn span(&self, span: &ParserSpan) -> Span {
        let range = span.byte_range().unwrap_or(0..0);
        let end = range.end.min(self.text.len());
        Span::new(offset(range.start.min(end)), offset(end))
    }

    /// The tree, and what is wrong.
    pub(super) fn finish(mut self) -> (Option<Tree>, Vec<YamlProblem>) {
        let (more, last) = self.more_duplicates;
        if more > 0 {
            self.problems.push(YamlProblem {
                kind: YamlProblemKind::DuplicateKey,
                message: match more {
                    1 => "and one more key stands a second time".to_owned(),
                    _ => format!("and {more} more keys stand a second time; this is the last"),
                },
                help: Some("correct those above, then run the check again".to_owned()),
                span: last,
                pointer: String::new(),
                related: None,
            });
        }
        let Some(root) = self.root.filter(|_| !self.stopped) else {
            if self.problems.is_empty() {
                self.stop(
                    "the file is empty".to_owned(),
                    "describe a data product in it, or remove it; `mesh init` writes one to start from",
                    Span::empty(0),
                );
            }
            return (None, self.problems);
        };
        if self.aliases && !self.expansion_is_bounded(root) {
            self.alias_bomb(self.character_at(0));
            return (None, self.problems);
        }
        let tree = Tree {
            source: Arc::clone(self.source),
            nodes: self.nodes,
            items: self.items,
            entries: self.entries,
            by_key: OnceLock::new(),
            unescaped: self.unescaped,
            root,
            has_aliases: self.aliases || self.merged_entries > 0,
        };
        (Some(tree), self.problems)
    }

    /// Whether the document, aliases written out, stays within size and depth.
    ///
    /// An alias points to a node that was finished before it, so in the order in which nodes were
    /// finished each is weighed after all that it holds: one pass, whatever the sharing.
    fn expansion_is_bounded(&self, root: NodeId) -> bool {
        let budget = self.nodes.len() as u64 + ALIAS_BUDGET;
        let mut weights: Vec<Option<(u64, u32)>> = vec![None; self.nodes.len()];
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            let index = id.0 as usize;
            if weights[index].is_some() {
                stack.pop();
                continue;
            }
            let children = self.children_of(id);
            let waiting = stack.len();
            let mut total = (1u64, 0u32);
            for &child in &children {
                match weights[child.0 as usize] {
                    Some((nodes, depth)) => {
                        total = (total.0.saturating_add(nodes), total.1.max(depth));
                    }
                    None => stack.push(child),
                }
            }
            if stack.len() > waiting {
                continue;
            }
            let collection = matches!(
                self.nodes[index].kind,
                Kind::Sequence { .. } | Kind::Mapping { .. }
            );
            weights[index] = Some((total.0, total.1 + u32::from(collection)));
            stack.pop();
        }
        weights[root.0 as usize].is_some_and(|(nodes, depth)| nodes <= budget && depth <= MAX_DEPTH)
    }

    fn children_of(&self, id: NodeId) -> Vec<NodeId> {
        match self.nodes[id.0 as usize].kind {
            Kind::Sequence { first, len } => {
                self.items[first as usize..(first + len) as usize].to_vec()
            }
            Kind::Mapping { first, len } => self.entries[first as usize..(first + len) as usize]
                .iter()
                .map(|entry| entry.value)
                .collect(),
            Kind::Alias(target) => vec![target],
            _ => Vec::new(),
        }
    }
}
