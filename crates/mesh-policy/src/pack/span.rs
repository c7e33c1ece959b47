//! From the bytes of an expression to those of the file that it stands in.

use mesh_diagnostics::Span;
use mesh_spec::yaml::NodeRef;

/// Where the characters of a text are in the file: of a scalar that may be quoted or folded over several lines.
#[derive(Debug)]
pub(crate) struct Places {
    whole: Span,
    /// Runs of characters that follow each other in both: where one starts in the text, and in the file. Empty where it
    /// cannot be told.
    runs: Vec<(u32, u32)>,
}

impl Places {
    /// The places of the text of `node`.
    pub(super) fn new(node: NodeRef<'_>) -> Self {
        Self {
            whole: node.written_span(),
            runs: runs(node).unwrap_or_default(),
        }
    }

    /// Of a text of which only the whole is known.
    pub(super) fn whole(whole: Span) -> Self {
        Self {
            whole,
            runs: Vec::new(),
        }
    }

    /// The bytes of the whole.
    pub(super) fn of_all(&self) -> Span {
        self.whole
    }

    /// The bytes of the file that hold `part` of the text; those of the whole, where that cannot be told.
    pub(super) fn of(&self, part: Span) -> Span {
        let last = part.end.max(part.start + 1) - 1;
        match (self.place(part.start), self.place(last)) {
            (Some(start), Some(end)) => {
                let within = |at: u32| at.min(self.whole.end);
                Span::new(within(start), within(end + 1))
            }
            _ => self.whole,
        }
    }

    fn place(&self, at: u32) -> Option<u32> {
        let after = self.runs.partition_point(|(start, _)| *start <= at);
        let (start, place) = self.runs[..after].last()?;
        Some(place + (at - start))
    }
}

/// Line breaks and indentation are all that differ between a text and what is written, unless something is escaped.
fn runs(node: NodeRef<'_>) -> Option<Vec<(u32, u32)>> {
    let text = node.as_str()?;
    let raw = node.raw();
    // What stands before the text itself: a quote, or the header of a block.
    let header = match raw.chars().next()? {
        '"' | '\'' => 1,
        '|' | '>' => raw.find('\n')? + 1,
        _ => 0,
    };
    let base = node.span().start;
    let offset = |at: usize| u32::try_from(at).ok();
    // Just these are folded and indented; other blanks are written as they are.
    let is_text = |c: char| !matches!(c, ' ' | '\t' | '\n' | '\r');
    let mut written = raw[header..].char_indices().filter(|(_, c)| is_text(*c));
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| is_text(*c)) {
        let (found, other) = written.next()?;
        if other != c {
            return None;
        }
        let (at, place) = (offset(at)?, base + offset(header + found)?);
        let follows = runs
            .last()
            .is_some_and(|(start, first)| place - first == at - start);
        if !follows {
            runs.push((at, place));
        }
    }
    // What is left is the quote that closes it, or an escape of blanks at the end.
    let rest: String = written.map(|(_, c)| c).collect();
    let is_closed = matches!((header, rest.as_str()), (1, "\"" | "'") | (_, ""));
    is_closed.then_some(runs)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use mesh_diagnostics::Source;
    use mesh_spec::yaml;

    use super::*;

    /// What of the file is marked for `part` of the expression.
    fn marked(yaml: &str, part: &str) -> String {
        let source = Arc::new(Source::new("a.yaml", yaml));
        let (tree, problems) = yaml::parse(&source);
        assert!(problems.is_empty(), "{problems:?}");
        let tree = tree.expect("it is YAML");
        let node = tree.at("/a").expect("there is a key");
        let text = node.as_str().expect("it is a text");
        let at = text.find(part).expect("the part is in it");
        let offset = |n: usize| u32::try_from(n).expect("it is short");
        let span = Span::new(offset(at), offset(at + part.len()));
        source.slice(Places::new(node).of(span)).to_owned()
    }

    #[test]
    fn a_part_is_found_however_the_text_is_written() {
        for yaml in [
            "a: x.b && y.c\n",
            "a: 'x.b && y.c'\n",
            "a: \"x.b && y.c\"\n",
            "a: >-\n  x.b\n  && y.c\n",
            "a: |\n  x.b\n    && y.c\n",
        ] {
            assert_eq!(marked(yaml, "y.c"), "y.c", "{yaml}");
            assert_eq!(marked(yaml, "x.b"), "x.b", "{yaml}");
        }
        assert_eq!(marked("a: >-\n  x.b\n  && y.c\n", "&& y.c"), "&& y.c");
    }

    #[test]
    fn a_part_is_found_among_blanks_of_other_languages() {
        for yaml in [
            "a: x.b\u{3000}&& y.c\n",
            "a: \"x.b \u{85}&& y.c\"\n",
            "a: >-\n x.b\n \u{3000}&&\n y.c\n",
        ] {
            for part in ["x.b", "&&", "y.c"] {
                assert_eq!(marked(yaml, part), part, "{yaml}");
            }
        }
        assert_eq!(marked("a: >-\n x.b\n \u{3000}&&\n", "\u{3000}"), "\u{3000}");
    }

    #[test]
    fn where_something_is_escaped_the_whole_is_marked() {
        let yaml = "a: \"x == \\\"b\\\" && y\"\n";
        assert_eq!(marked(yaml, "y"), "\"x == \\\"b\\\" && y\"");
        let yaml = "a: \"x ==\\n\\t\\u0085\"\n";
        assert_eq!(marked(yaml, "\u{85}"), "\"x ==\\n\\t\\u0085\"");
    }
}
