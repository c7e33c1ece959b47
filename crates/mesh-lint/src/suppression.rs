//! Comments that suppress findings: `# mesh: ignore[rule-id] reason`.

use std::collections::{HashMap, HashSet};

use mesh_diagnostics::{Diagnostic, Source, Span};
use mesh_spec::document::Document;
use mesh_spec::yaml::{self, NodeRef, Value};
use rayon::prelude::*;

use crate::engine::Options;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Rule};
use crate::rules;
use crate::rules::valid::{suppression_invalid, suppression_unused};
use crate::settings::Leniency;

/// What a suppression starts with, after the `#`.
const MARKER: &str = "mesh:";

/// A comment that speaks to mesh, well-formed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suppression {
    /// The bytes of the comment, from its `#` to the end of the line.
    pub(crate) comment: Span,
    /// The rules that it names, each with the bytes of its id.
    pub(crate) rules: Vec<(String, Span)>,
    /// The bytes for which it holds: a finding that is marked in there is meant.
    pub(crate) scope: Span,
    /// What is wrong with it as a suppression.
    pub(crate) mistake: Option<Mistake>,
}

/// Why a comment that speaks to mesh suppresses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// It is not of the form `ignore[rule-id] reason`.
    Form,
    /// It names no rule.
    NoRule,
    /// It gives no reason.
    NoReason,
}

/// Takes the findings that comments suppress out of `diagnostics`, unless the settings grant nobody
/// that, and adds what is wrong with the comments themselves. Gives how many findings were suppressed.
pub(crate) fn apply(
    mesh: &Mesh<'_>,
    targets: &[usize],
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> usize {
    // Hardly any document has one; of all others, the text is searched and that is it.
    let of_document = |index: &usize| {
        let (document, _) = mesh.workspace.documents().get(*index)?;
        let found = all(document);
        (!found.is_empty()).then_some((document, found))
    };
    let marked: Vec<(&Document, Vec<Suppression>)> = if mesh.workspace.is_small() {
        targets.iter().filter_map(of_document).collect()
    } else {
        targets.par_iter().filter_map(of_document).collect()
    };
    let by_name: HashMap<&str, usize> = marked
        .iter()
        .enumerate()
        .map(|(index, (document, _))| (document.name(), index))
        .collect();
    // Document, suppression, and which of the rules that it names.
    let mut used: HashSet<(usize, usize, usize)> = HashSet::new();
    let before = diagnostics.len();
    let is_granted = options.settings.leniency == Leniency::Granted;
    diagnostics.retain(|diagnostic| {
        let Some(&document) = by_name.get(diagnostic.source.name()) else {
            return true;
        };
        let mut is_suppressed = false;
        for (at, suppression) in marked[document].1.iter().enumerate() {
            let named = suppression
                .rules
                .iter()
                .position(|(id, _)| *id == diagnostic.rule);
            if let Some(named) = named
                && suppression.mistake.is_none()
                && suppression.holds_for(diagnostic.span)
                && is_suppressible(&diagnostic.rule)
                && !is_mandated(diagnostic, options)
            {
                used.insert((document, at, named));
                is_suppressed = true;
            }
        }
        !(is_suppressed && is_granted)
    });
    let suppressed = before - diagnostics.len();
    let mut invalid = Findings::new(&suppression_invalid::RULE, options);
    let mut unused = Findings::new(&suppression_unused::RULE, options);
    for (index, (document, found)) in marked.iter().enumerate() {
        for (at, suppression) in found.iter().enumerate() {
            suppression_invalid::report(document, suppression, &mut invalid);
            if suppression.mistake.is_some() {
                continue;
            }
            for (named, (id, span)) in suppression.rules.iter().enumerate() {
                if !used.contains(&(index, at, named))
                    && rules::find(id).is_some_and(|rule| is_judged(rule, mesh, document, options))
                {
                    suppression_unused::report(document, suppression, id, *span, &mut unused);
                }
            }
        }
    }
    for findings in [invalid, unused] {
        let enabled = findings.into_inner().into_iter().filter(|diagnostic| {
            rules::find(&diagnostic.rule).is_some_and(|rule| {
                options
                    .settings
                    .of(rule, diagnostic.source.name())
                    .is_enabled
            })
        });
        diagnostics.extend(enabled);
    }
    suppressed
}

/// Whether policies ask for the rule of a finding where it was made: then only a waiver lets it pass.
fn is_mandated(diagnostic: &Diagnostic, options: &Options) -> bool {
    !options.settings.mandates.is_empty()
        && rules::find(&diagnostic.rule).is_some_and(|rule| {
            let setting = options.settings.of(rule, diagnostic.source.name());
            setting.floor.is_some()
        })
}

/// Whether findings of the rule called `id` can be suppressed.
pub(crate) fn is_suppressible(id: &str) -> bool {
    rules::find(id).is_some_and(|rule| !rule.is_mandatory() && !is_about_suppressions(rule))
}

fn is_about_suppressions(rule: &Rule) -> bool {
    matches!(rule.check, Check::Suppressions)
}

/// Whether it is known that `rule` finds nothing in `document`: it ran, and whatever it asks a
/// registry for was looked up.
fn is_judged(rule: &Rule, mesh: &Mesh<'_>, document: &Document, options: &Options) -> bool {
    let asks_registry = matches!(rule.check, Check::Mesh(_));
    is_suppressible(rule.id)
        && options.settings.of(rule, document.name()).is_enabled
        && (!asks_registry || mesh.workspace.published().is_some())
}

impl Suppression {
    /// Whether a finding that is marked at `span` is meant.
    fn holds_for(&self, span: Span) -> bool {
        self.scope.start <= span.start && span.start < self.scope.end.max(self.scope.start + 1)
    }
}

/// The suppressions of `document`, in the order in which they stand.
pub(crate) fn all(document: &Document) -> Vec<Suppression> {
    let source = &document.source;
    let text = source.text();
    let Some(tree) = &document.tree else {
        return Vec::new();
    };
    // Hardly any file has one: the tree is only looked at where the marker stands.
    if !text.contains(MARKER) {
        return Vec::new();
    }
    let scalars = Scalars::of(tree);
    let mut found: Vec<Suppression> = text
        .match_indices(MARKER)
        .filter_map(|(at, _)| comment(source, at))
        .filter(|span| !scalars.hold(span.start))
        .map(|span| read(source, span))
        .collect();
    if !found.is_empty() {
        let lines = Lines::of(tree);
        // From the last to the first, since a comment above another is about what that is about.
        let mut below = None;
        for suppression in found.iter_mut().rev() {
            suppression.scope = scope(source, suppression.comment, &lines, &mut below);
        }
    }
    found
}

/// The bytes of the comment whose marker stands at `at`, if the marker follows a `#` that starts a
/// comment.
fn comment(source: &Source, at: usize) -> Option<Span> {
    let text = source.text();
    let before = text[..at].trim_end_matches([' ', '\t']);
    let hash = before.strip_suffix('#')?.len();
    let starts = text[..hash]
        .chars()
        .next_back()
        .is_none_or(char::is_whitespace);
    let end = text[at..].find(['\n', '\r']);
    let end = end.map_or(text.len(), |end| at + end);
    let end = text[..end].trim_end().len();
    starts.then(|| span(hash, end))
}

/// The texts of a document, in which `#` is a character like any other.
struct Scalars(Vec<Span>);

impl Scalars {
    fn of(tree: &yaml::Tree) -> Self {
        let mut spans = Vec::new();
        tree.each(|node| {
            if !matches!(node.value(), Value::Sequence | Value::Mapping) {
                spans.push(node.span());
            }
        });
        spans.sort_unstable();
        Self(spans)
    }

    /// Whether `offset` lies within one of them.
    fn hold(&self, offset: u32) -> bool {
        let after = self.0.partition_point(|span| span.start <= offset);
        self.0[..after].last().is_some_and(|span| offset < span.end)
    }
}

/// Reads a comment. What its scope is, is settled later.
fn read(source: &Source, comment: Span) -> Suppression {
    let text = source.slice(comment);
    let offset = comment.range().start;
    let mut suppression = Suppression {
        comment,
        rules: Vec::new(),
        scope: Span::empty(comment.start),
        mistake: Some(Mistake::Form),
    };
    let Some((_, rest)) = text.split_once(MARKER) else {
        return suppression;
    };
    let Some((list, reason)) = rest
        .trim_start()
        .strip_prefix("ignore")
        .and_then(|rest| rest.trim_start().strip_prefix('['))
        .and_then(|rest| rest.split_once(']'))
    else {
        return suppression;
    };
    let mut at = offset + (text.len() - reason.len() - 1 - list.len());
    for part in list.split(',') {
        let id = part.trim();
        if !id.is_empty() {
            let start = at + (part.len() - part.trim_start().len());
            suppression
                .rules
                .push((id.to_owned(), span(start, start + id.len())));
        }
        at += part.len() + 1;
    }
    suppression.mistake = if suppression.rules.is_empty() {
        Some(Mistake::NoRule)
    } else if !reason.chars().any(char::is_alphanumeric) {
        Some(Mistake::NoReason)
    } else {
        None
    };
    suppression
}

/// The bytes for which a comment holds: its line, or the next one with content if it stands alone;
/// and the whole block, where that line is a block's key or, for a comment above it, the start of a
/// list item.
///
/// `below` is the line of the next comment that stands alone, and its scope if there is anything
/// below it.
fn scope(
    source: &Source,
    comment: Span,
    lines: &Lines,
    below: &mut Option<(usize, Option<Span>)>,
) -> Span {
    let index = source.line_index(comment.start);
    let Some(own) = source.line(index) else {
        return comment;
    };
    let block = |line: Span, is_alone: bool| {
        let end = lines.end_of_block(line, is_alone);
        Span::new(line.start, end.unwrap_or(line.end).max(line.end))
    };
    let before = Span::new(own.start, comment.start);
    if !source.slice(before).trim().is_empty() {
        return block(own, false);
    }
    let mut next = index + 1;
    let found = loop {
        match (&below, source.line(next)) {
            (Some((line, scope)), _) if *line == next => break *scope,
            (_, None) => break None,
            (_, Some(span)) => {
                let text = source.slice(span).trim_start();
                if !text.is_empty() && !text.starts_with('#') {
                    break Some(block(span, true));
                }
                next += 1;
            }
        }
    };
    *below = Some((index, found));
    found.unwrap_or(comment)
}

/// Where blocks start and end.
struct Lines {
    /// Of each block collection under a key: where its key starts, and where it ends.
    keys: Vec<(u32, u32)>,
    /// Of each list item that is a block collection: where it starts, and where it ends.
    items: Vec<(u32, u32)>,
}

impl Lines {
    fn of(tree: &yaml::Tree) -> Self {
        let mut lines = Self {
            keys: Vec::new(),
            items: Vec::new(),
        };
        let is_block = |node: NodeRef<'_>| matches!(node.value(), Value::Sequence | Value::Mapping);
        tree.each(|node| {
            for (key, value) in node.entries() {
                if is_block(value) && key.span().end <= value.span().end {
                    lines.keys.push((key.span().start, value.span().end));
                }
            }
            for item in node.items() {
                if is_block(item) {
                    lines.items.push((item.span().start, item.span().end));
                }
            }
        });
        lines.keys.sort_unstable();
        lines.items.sort_unstable();
        lines
    }

    /// The end of the block that starts on `line`: by a key, or with `items` as a list item.
    fn end_of_block(&self, line: Span, items: bool) -> Option<u32> {
        let items = if items { self.items.as_slice() } else { &[] };
        let ends = [self.keys.as_slice(), items]
            .into_iter()
            .filter_map(|blocks| {
                let first = blocks.partition_point(|(start, _)| *start < line.start);
                let on_line = blocks[first..]
                    .iter()
                    .take_while(|(start, _)| *start < line.end);
                on_line.map(|(_, end)| *end).max()
            });
        ends.max()
    }
}

/// Offsets fit: a source of 4 GiB is refused when it is read.
fn span(start: usize, end: usize) -> Span {
    let offset = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(offset(start), offset(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(yaml: &str) -> Vec<(Vec<String>, String, Option<Mistake>)> {
        let document = Document::parse("a.yaml", yaml.into(), None);
        all(&document)
            .into_iter()
            .map(|s| {
                let rules = s.rules.into_iter().map(|(id, at)| {
                    assert_eq!(document.source.slice(at), id);
                    id
                });
                let scope = document.source.slice(s.scope).to_owned();
                (rules.collect(), scope, s.mistake)
            })
            .collect()
    }

    fn scope(yaml: &str) -> String {
        let [(_, scope, None)] = &found(yaml)[..] else {
            panic!("{yaml}");
        };
        scope.clone()
    }

    #[test]
    fn a_comment_holds_for_its_line_or_the_next() {
        assert_eq!(
            scope("a: 1 # mesh: ignore[x] known\nb: 2\n"),
            "a: 1 # mesh: ignore[x] known"
        );
        assert_eq!(
            scope("# mesh: ignore[x] known\n# more\n\na: 1\nb: 2\n"),
            "a: 1"
        );
    }

    #[test]
    fn on_the_key_of_a_block_it_holds_for_the_block() {
        let block = "ports:\n  - name: a\n    type: b\nlast: 1\n";
        let whole = "ports:\n  - name: a\n    type: b";
        assert_eq!(scope(&format!("# mesh: ignore[x] why\n{block}")), whole);
        let trailing = block.replacen("ports:", "ports: # mesh: ignore[x] why", 1);
        assert!(scope(&trailing).ends_with("type: b"));
    }

    #[test]
    fn above_an_item_it_holds_for_the_item_and_beside_it_for_the_line() {
        let yaml = "ports:\n  # mesh: ignore[x] why\n  - name: a\n    type: b\n  - name: c\n";
        assert_eq!(scope(yaml), "  - name: a\n    type: b");
        let yaml = "ports:\n  - name: a # mesh: ignore[x] why\n    type: b\n";
        assert_eq!(scope(yaml), "  - name: a # mesh: ignore[x] why");
    }

    #[test]
    fn several_rules_may_be_named_and_a_reason_must_be_given() {
        let rules = |s: &[&str]| s.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        for (comment, named, mistake) in [
            ("ignore[a-b, c] because", rules(&["a-b", "c"]), None),
            ("ignore[a]", rules(&["a"]), Some(Mistake::NoReason)),
            ("ignore[a]  - ", rules(&["a"]), Some(Mistake::NoReason)),
            ("ignore[] because", rules(&[]), Some(Mistake::NoRule)),
            ("ignore a because", rules(&[]), Some(Mistake::Form)),
            ("ignroe[a] because", rules(&[]), Some(Mistake::Form)),
        ] {
            let [(ids, _, found)] = &found(&format!("# mesh: {comment}\na: 1\n"))[..] else {
                panic!("{comment}");
            };
            assert_eq!((ids, *found), (&named, mistake), "{comment}");
        }
    }

    #[test]
    fn comments_in_a_row_are_about_the_same() {
        let yaml = "# mesh: ignore[x] why\n\n# mesh: ignore[y] why\n# more\na:\n  b: 1\nc: 2\n";
        let scopes: Vec<_> = found(yaml).into_iter().map(|(_, scope, _)| scope).collect();
        assert_eq!(scopes, ["a:\n  b: 1"; 2]);
    }

    #[test]
    fn a_great_many_comments_take_no_great_time() {
        let comments = "# mesh: ignore[x] why\n".repeat(50_000);
        let fields: String = (0..20_000).map(|n| format!("k{n}: {{a: 1}}\n")).collect();
        assert_eq!(found(&format!("{comments}{fields}")).len(), 50_000);
    }

    #[test]
    fn what_is_no_comment_is_no_suppression() {
        for yaml in [
            "a: 'x # mesh: ignore[x] why'\n",
            "a: |\n  # mesh: ignore[x] why\n",
            "a: x#mesh: ignore\n",
            "mesh: 1\n",
        ] {
            assert_eq!(found(yaml), [], "{yaml}");
        }
    }
}
