//! Where things stand in the text: lines, columns, and the comments that belong to an entry.

use super::write::Style;
use crate::yaml::pointer;
use crate::yaml::tree::{NodeId, NodeRef, Tree, Value};

/// A node, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'t> {
    pub(super) node: NodeRef<'t>,
    /// The key it stands under, in a mapping.
    pub(super) key: Option<NodeRef<'t>>,
    /// The collection it stands in; none around the outermost node.
    pub(super) parent: Option<NodeRef<'t>>,
    /// Its position among what is written in that collection.
    pub(super) index: usize,
    /// Whether it stands between brackets or braces.
    pub(super) in_flow: bool,
}

/// An entry of a block mapping or an item of a block list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Where its key or its dash starts.
    pub(super) start: usize,
    /// Where its value ends; a comment may follow on the line.
    pub(super) end: usize,
    /// The column of its start.
    pub(super) column: usize,
    /// Whether nothing but spaces stands before it on its line.
    pub(super) leads: bool,
}

/// The text of a tree as lines.
#[derive(Clone, Copy)]
pub(super) struct Layout<'t> {
    pub(super) tree: &'t Tree,
    pub(super) text: &'t str,
}

/// The byte order mark, which may stand before the first line.
const MARK: char = '\u{feff}';

/// Words by which a comment at the start of a file is known to be about the file.
const ABOUT_THE_FILE: [&str; 7] = [
    "yaml-language-server",
    "$schema",
    "SPDX-",
    "opyright",
    "icense",
    "-*-",
    "vim:",
];

/// Whether a collection is written between brackets or braces.
pub(super) fn is_flow(node: NodeRef<'_>) -> bool {
    let raw = node.raw();
    match node.value() {
        Value::Mapping => raw.starts_with('{'),
        // A list that is not indented has the bytes of its first item.
        Value::Sequence => {
            raw.starts_with('[')
                && node
                    .items()
                    .next()
                    .is_none_or(|item| item.span().start > node.span().start)
        }
        _ => false,
    }
}

/// The entries that are written in a mapping: those without what `<<` adds.
pub(super) fn written_entries(
    node: NodeRef<'_>,
) -> impl Iterator<Item = (NodeRef<'_>, NodeRef<'_>)> {
    let span = node.span();
    node.entries()
        .filter(move |(key, _)| span.contains(key.span()))
}

impl<'t> Layout<'t> {
    pub(super) fn of(tree: &'t Tree) -> Self {
        Self {
            tree,
            text: tree.source().text(),
        }
    }

    /// The node at `pointer`, if no alias and no `<<` leads to it.
    pub(super) fn locate(self, pointer: &str) -> Option<Place<'t>> {
        let mut place = Place {
            node: self.tree.root(),
            key: None,
            parent: None,
            index: 0,
            in_flow: false,
        };
        for token in pointer::split(pointer) {
            let parent = place.node;
            if parent.is_alias() {
                return None;
            }
            let (index, key, node) = match parent.value() {
                Value::Mapping => written_entries(parent)
                    .enumerate()
                    .find(|(_, (key, _))| key.key_text() == token)
                    .map(|(index, (key, node))| (index, Some(key), node))?,
                Value::Sequence => {
                    let index = token.parse().ok()?;
                    (index, None, parent.item(index)?)
                }
                _ => return None,
            };
            place = Place {
                node,
                key,
                parent: Some(parent),
                index,
                in_flow: place.in_flow || is_flow(parent),
            };
        }
        Some(place)
    }

    /// Where the line of `at` starts.
    pub(super) fn line_start(self, at: usize) -> usize {
        match self.text[..at].rfind('\n') {
            Some(before) => before + 1,
            None if self.text.starts_with(MARK) => MARK.len_utf8(),
            None => 0,
        }
    }

    /// Where the line of `at` ends, before its line break.
    pub(super) fn line_end(self, at: usize) -> usize {
        let end = self.text[at..].find('\n').map(|end| at + end);
        let end = end.unwrap_or(self.text.len());
        if self.text[at..end].ends_with('\r') {
            end - 1
        } else {
            end
        }
    }

    /// Where the line after that of `at` starts; the end of the text if there is none.
    pub(super) fn next_line(self, at: usize) -> usize {
        let end = self.text[at..].find('\n');
        end.map_or(self.text.len(), |end| at + end + 1)
    }

    /// The line that starts at `start`, without its line break.
    fn line(self, start: usize) -> &'t str {
        &self.text[start..self.line_end(start)]
    }

    /// The line before that which starts at `start`: where it starts, and what it is.
    fn line_before(self, start: usize) -> Option<(usize, &'t str)> {
        let before = self.text[..start].strip_suffix('\n')?;
        let start = self.line_start(before.len());
        Some((start, before[start..].trim_end_matches('\r')))
    }

    /// Whether a block scalar may be among the text to which the empty lines after it belong.
    pub(super) fn keeps_empty_lines(self) -> bool {
        self.text.match_indices(['|', '>']).any(|(at, _)| {
            let header = self.text[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
            header.starts_with('+')
        })
    }

    /// How the document is laid out, as its first nested block shows it.
    pub(super) fn style(self) -> Style {
        let is_crlf = self
            .text
            .find('\n')
            .is_some_and(|at| self.text[..at].ends_with('\r'));
        let mut step = None;
        let mut dash = None;
        let nodes = (0..)
            .take(self.tree.len())
            .map(|id| self.tree.node(NodeId(id)));
        for node in nodes {
            if step.is_some() && dash.is_some() {
                break;
            }
            if is_flow(node) {
                continue;
            }
            for (key, value) in written_entries(node) {
                if is_flow(value) || value.is_alias() {
                    continue;
                }
                let Some(column) = self.column(usize_of(key.span().start)) else {
                    continue;
                };
                let inner = match value.value() {
                    Value::Mapping => written_entries(value).next().map(|(key, _)| key),
                    Value::Sequence => value.item(0),
                    _ => None,
                };
                let Some(inner) = inner.map(|inner| usize_of(inner.span().start)) else {
                    continue;
                };
                if value.value() == Value::Mapping {
                    let deeper = self
                        .column(inner)
                        .and_then(|inner| inner.checked_sub(column));
                    step = step.or(deeper.filter(|deeper| *deeper > 0));
                } else {
                    let at = self.dash_before(inner).and_then(|at| self.column(at));
                    dash = dash.or(at.and_then(|at| at.checked_sub(column)));
                }
            }
        }
        let step = step.or(dash.filter(|dash| *dash > 0)).unwrap_or(2);
        Style {
            newline: if is_crlf { "\r\n" } else { "\n" },
            step,
            dash: dash.unwrap_or(step),
        }
    }

    /// The column of `at`, if nothing but spaces and the dashes of lists stands before it.
    fn column(self, at: usize) -> Option<usize> {
        let before = &self.text[self.line_start(at)..at];
        let is_margin = before.split(' ').all(|word| matches!(word, "" | "-"));
        (is_margin && !before.ends_with('-')).then_some(before.len())
    }

    /// Where the anchors and tags before `at` start, on the same line.
    pub(super) fn with_properties(self, at: usize) -> usize {
        let mut start = at;
        loop {
            let before = &self.text[self.line_start(start)..start];
            let trimmed = before.trim_end_matches([' ', '\t']);
            let word = trimmed
                .rfind([' ', '\t'])
                .map_or(trimmed, |space| &trimmed[space + 1..]);
            if trimmed.len() == before.len() || !word.starts_with(['&', '!']) {
                return start;
            }
            start -= before.len() - trimmed.len() + word.len();
        }
    }

    /// The dash of the list item whose value starts at `at`.
    pub(super) fn dash_before(self, at: usize) -> Option<usize> {
        let mut end = self.with_properties(at);
        loop {
            let before = self.text[..end].trim_end();
            let start = self.line_start(before.len());
            let line = &before[start..];
            if let Some(dash) = ending_dash(line) {
                return Some(start + dash);
            }
            // A comment may stand between the dash and its value, and the `|` of a block scalar.
            let content = match line.find('#') {
                Some(hash) => line[..hash].trim_end(),
                None => line,
            };
            let word = content.rfind(' ').map_or(0, |space| space + 1);
            end = if content[word..].starts_with(['|', '>']) {
                self.with_properties(start + word)
            } else if content.len() < line.len()
                && (content.is_empty() || ending_dash(content).is_some())
            {
                start + content.len()
            } else {
                return None;
            };
            if end == 0 {
                return None;
            }
        }
    }

    /// Where the value of `place` may start: behind its colon or its dash.
    pub(super) fn value_begin(self, place: &Place<'_>) -> Option<usize> {
        match place.key {
            Some(key) => {
                let end = usize_of(key.span().end);
                let rest = &self.text[end..];
                let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                rest[spaces..].starts_with(':').then_some(end + spaces + 1)
            }
            None if place.in_flow => Some(usize_of(place.node.span().start)),
            None => Some(self.dash_before(usize_of(place.node.span().start))? + 1),
        }
    }

    /// The parts of a block collection as they are written; `None` if its layout is not that of a
    /// plain block.
    pub(super) fn parts(self, node: NodeRef<'t>) -> Option<Vec<Part>> {
        let parts: Vec<Part> = match node.value() {
            Value::Mapping => written_entries(node)
                .map(|(key, value)| {
                    let start = self.with_properties(usize_of(key.span().start));
                    self.part(start, usize_of(key.span().end), value)
                })
                .collect::<Option<_>>()?,
            Value::Sequence => node
                .items()
                .map(|item| {
                    let dash = self.dash_before(usize_of(item.span().start))?;
                    self.part(dash, dash + 1, item)
                })
                .collect::<Option<_>>()?,
            _ => return None,
        };
        let column = parts.first()?.column;
        let is_aligned = |part: &Part| part.column == column;
        let is_below = |pair: &[Part]| pair[0].end < pair[1].start && pair[1].leads;
        (parts.iter().all(is_aligned) && parts.windows(2).all(is_below)).then_some(parts)
    }

    /// Columns from the dash of `first`, the first item of a block list, to what follows it.
    pub(super) fn item_width(self, node: NodeRef<'_>, first: &Part) -> usize {
        let start = node.item(0).map(|item| usize_of(item.span().start));
        let start = start.map(|start| self.with_properties(start));
        match start.and_then(|start| start.checked_sub(first.start)) {
            Some(width @ 2..=9) if !self.text[first.start..first.start + width].contains('\n') => {
                width
            }
            _ => 2,
        }
    }

    fn part(self, start: usize, head_end: usize, value: NodeRef<'_>) -> Option<Part> {
        let column = self.column(start)?;
        let before = &self.text[self.line_start(start)..start];
        Some(Part {
            start,
            end: self.end_of(value).max(head_end),
            column,
            leads: before.trim_start_matches(' ').is_empty(),
        })
    }

    /// Where the value `node` ends: without the empty lines that a block scalar may go on with,
    /// unless it keeps them, and with the colon of a last key that has no value.
    pub(super) fn end_of(self, node: NodeRef<'_>) -> usize {
        if keeps_empty_lines(node) {
            let text = &self.text[..usize_of(node.span().end)];
            let end = text.rfind('\n').unwrap_or(text.len());
            return text[..end].trim_end_matches('\r').len();
        }
        let end = self.text[..usize_of(node.span().end)].trim_end().len();
        let rest = &self.text[end..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest[blank..].starts_with(':') {
            end + blank + 1
        } else {
            end
        }
    }

    /// Where the comment lines directly above `part` start, else where its own line does.
    pub(super) fn lead_start(self, part: &Part) -> usize {
        if !part.leads {
            return part.start;
        }
        let own = self.line_start(part.start);
        let mut lines = vec![own];
        let mut at = own;
        while let Some((start, line)) = self.line_before(at) {
            if !is_comment_at(line, part.column) {
                break;
            }
            lines.push(start);
            at = start;
        }
        // What the file starts with may be about the file.
        if self.line_start(0) == at {
            let about = lines[1..].iter().position(|start| {
                let line = self.line(*start);
                ABOUT_THE_FILE.iter().any(|word| line.contains(word))
            });
            at = about.map_or(at, |index| lines[index]);
        }
        at
    }

    /// Where the line after `part` starts, and after the comments that are indented like its
    /// content. `next`: the part that follows.
    pub(super) fn tail_end(self, part: &Part, next: Option<&Part>) -> usize {
        let first = self.next_line(part.end);
        let limit = next.map_or(self.text.len(), |next| self.line_start(next.start));
        let mut end = first;
        let mut at = first;
        while at < limit {
            let line = self.line(at);
            if !line.trim().is_empty() {
                if !line.trim_start().starts_with('#') || indent(line) <= part.column {
                    break;
                }
                end = self.next_line(at);
            }
            at = self.next_line(at);
        }
        // A comment right below, with an empty line before what follows, looks back.
        let mut at = end;
        while at < limit && is_comment_at(self.line(at), part.column) {
            at = self.next_line(at);
        }
        let is_set_off = at < limit && self.line(at).trim().is_empty();
        if next.is_some() && end == first && is_set_off {
            return at;
        }
        end
    }

    /// Whether nothing but comments and empty lines stands between two offsets at which lines
    /// start.
    pub(super) fn is_empty_between(self, from: usize, to: usize) -> bool {
        self.text[from..to.max(from)].lines().all(|line| {
            let line = line.trim();
            line.is_empty() || line.starts_with('#')
        })
    }

    /// Where the empty lines before the line start `at` begin.
    pub(super) fn blanks_before(self, at: usize) -> usize {
        let mut start = at;
        while let Some((before, line)) = self.line_before(start) {
            if !line.trim().is_empty() {
                break;
            }
            start = before;
        }
        start
    }

    /// Where the empty lines from the line start `at` on end.
    pub(super) fn blanks_after(self, at: usize) -> usize {
        let mut end = at;
        while end < self.text.len() && self.line(end).trim().is_empty() {
            end = self.next_line(end);
        }
        end
    }
}

/// Whether `node` ends with a block scalar to which the empty lines after it belong.
fn keeps_empty_lines(node: NodeRef<'_>) -> bool {
    let mut last = node;
    while !last.is_alias() {
        let child = match last.value() {
            Value::Mapping => written_entries(last).last().map(|(_, value)| value),
            Value::Sequence => last.items().last(),
            Value::String(text) => {
                return text.ends_with("\n\n") && !last.raw().starts_with(['"', '\'']);
            }
            _ => None,
        };
        match child {
            Some(child) => last = child,
            None => return false,
        }
    }
    false
}

/// An offset as an index.
pub(super) fn usize_of(offset: u32) -> usize {
    offset as usize
}

/// The number of spaces that a line starts with.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Where the dash stands that `line` ends with, if that is the dash of a list item.
fn ending_dash(line: &str) -> Option<usize> {
    let before = line.strip_suffix('-')?;
    (before.is_empty() || before.ends_with([' ', MARK])).then_some(before.len())
}

/// Whether `line` is a comment that starts in `column`.
fn is_comment_at(line: &str, column: usize) -> bool {
    indent(line) == column && line[column..].starts_with('#')
}
