//! From the bytes of an expression to those of the file that it stands in.

use mesh_diagnostics::Span;
use mesh_spec::yaml::NodeRef;

/// The bytes of the file that hold `span` of the text of `node`, a scalar that may be quoted or folded over several
/// lines. Where that cannot be told, the bytes of the whole scalar.
pub(super) fn within(node: NodeRef<'_>, span: Span) -> Span {
    let whole = node.written_span();
    locate(node, span).unwrap_or(whole)
}

fn locate(node: NodeRef<'_>, span: Span) -> Option<Span> {
    let text = node.as_str()?;
    let raw = node.raw();
    // What stands before the text itself: a quote, or the header of a block.
    let header = match raw.chars().next()? {
        '"' | '\'' => 1,
        '|' | '>' => raw.find('\n')? + 1,
        _ => 0,
    };
    // Line breaks and indentation are all that differ, unless something is escaped.
    let mut written = raw[header..]
        .char_indices()
        .filter(|(_, c)| !c.is_whitespace());
    let mut start = None;
    let mut end = None;
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        let (found, other) = written.next()?;
        if other != c {
            return None;
        }
        let at = u32::try_from(at).ok()?;
        if at >= span.start && start.is_none() {
            start = Some(found);
        }
        if at < span.end.max(span.start + 1) {
            end = Some(found + c.len_utf8());
        }
    }
    let offset = |at: usize| u32::try_from(header + at).ok();
    let base = node.span().start;
    // An empty span at the end marks the last character.
    let end = end?;
    let start = start.unwrap_or(end.saturating_sub(1)).min(end.saturating_sub(1));
    Some(Span::new(base + offset(start)?, base + offset(end)?))
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
        source.slice(within(node, span)).to_owned()
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
    fn where_something_is_escaped_the_whole_is_marked() {
        let yaml = "a: \"x == \\\"b\\\" && y\"\n";
        assert_eq!(marked(yaml, "y"), "\"x == \\\"b\\\" && y\"");
    }
}
