use std::sync::OnceLock;

use crate::Span;

/// A text that findings point into: a file of the workspace, or one read from the registry.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
}

/// A place in a [`Source`] as people and editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, counted in characters (Unicode scalar values).
    pub column: u32,
    /// 0-based byte offset.
    pub offset: u32,
}

impl Source {
    /// A source called `name` (a path with `/` as separator, as it is shown) holding `text`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        }
    }

    /// The name under which the source is shown.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text that `span` covers; empty if it lies outside the source.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Line and column of a byte offset; an offset past the end is taken as the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = self.clamp(offset);
        let starts = self.line_starts();
        let index = starts.partition_point(|&start| start <= offset) - 1;
        let start = starts[index] as usize;
        let column = self.text[start..offset as usize].chars().count();
        Position {
            line: to_u32(index + 1),
            column: to_u32(column + 1),
            offset,
        }
    }

    /// The span of the 0-based line `index` without its line break, or `None` past the last line.
    pub fn line(&self, index: usize) -> Option<Span> {
        let starts = self.line_starts();
        let start = *starts.get(index)?;
        let end = starts
            .get(index + 1)
            .copied()
            .unwrap_or_else(|| to_u32(self.text.len()));
        let line = self.text[start as usize..end as usize].trim_end_matches(['\n', '\r']);
        Some(Span::new(start, start + to_u32(line.len())))
    }

    /// The 0-based index of the line that holds `offset`.
    pub fn line_index(&self, offset: u32) -> usize {
        let offset = self.clamp(offset);
        self.line_starts().partition_point(|&start| start <= offset) - 1
    }

    /// Offsets at which lines start. Built on first use: a clean file never needs it.
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            std::iter::once(0)
                .chain(
                    self.text
                        .bytes()
                        .enumerate()
                        .filter(|&(_, byte)| byte == b'\n')
                        .map(|(index, _)| to_u32(index + 1)),
                )
                .collect()
        })
    }

    /// `offset`, moved back to the end of the text and then to a character boundary.
    fn clamp(&self, offset: u32) -> u32 {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        to_u32(offset)
    }
}

/// Sources are refused at 4 GiB long before this saturates.
fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let source = Source::new("a.yaml", "größe: 1\nb: 2\n");
        assert_eq!(
            source.position(9),
            Position {
                line: 1,
                column: 8,
                offset: 9
            }
        );
        assert_eq!(source.position(11).line, 2);
    }

    #[test]
    fn offsets_outside_the_text_or_inside_a_character_are_moved_onto_it() {
        let source = Source::new("a.yaml", "ö");
        assert_eq!(source.position(1).offset, 0);
        assert_eq!(source.position(99).offset, 2);
    }

    #[test]
    fn a_line_excludes_its_break() {
        let source = Source::new("a.yaml", "a\r\nbc");
        assert_eq!(source.line(0), Some(Span::new(0, 1)));
        assert_eq!(source.line(1), Some(Span::new(3, 5)));
        assert_eq!(source.line(2), None);
    }
}
