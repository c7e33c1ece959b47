//! The lines of a source that are shown, as they are shown.

use std::collections::{BTreeMap, BTreeSet};

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::printable::{printable, printable_line};
use crate::{Source, Span};

/// How many lines stand above and below the one that is marked.
pub(super) const CONTEXT_LINES: usize = 1;
/// A line is cut where it is longer than this many times the width.
const LONG: usize = 4;

/// The lines around some spans of a source: fit to print, and cut where they are very long.
///
/// It has offsets of its own. It is also a source that finds lines by its index: miette's own
/// strings scan from the start for every excerpt, which at the end of a long file costs a hundred
/// times as much.
pub(super) struct Excerpt {
    name: String,
    text: String,
    lines: Vec<Line>,
    /// The spans that were asked for, in that order.
    marks: Vec<Mark>,
}

struct Line {
    /// 0-based, in the source.
    number: usize,
    start: usize,
    end: usize,
}

struct Mark {
    span: SourceSpan,
    /// 0-based, in the source.
    column: usize,
}

impl Excerpt {
    pub(super) fn new(source: &Source, spans: &[Span], width: usize, dots: &str) -> Self {
        let mut marked: BTreeMap<usize, Vec<(usize, Span)>> = BTreeMap::new();
        let mut shown = BTreeSet::new();
        for (index, &span) in spans.iter().enumerate() {
            let number = source.line_index(span.start);
            marked.entry(number).or_default().push((index, span));
            shown.extend(number.saturating_sub(CONTEXT_LINES)..=number + CONTEXT_LINES);
        }
        let mut excerpt = Self {
            name: printable_line(source.name()).into_owned(),
            text: String::new(),
            lines: Vec::new(),
            marks: Vec::new(),
        };
        let mut marks: Vec<Option<Mark>> = spans.iter().map(|_| None).collect();
        for number in shown {
            let Some(line) = source.line(number) else {
                continue;
            };
            if !excerpt.lines.is_empty() {
                excerpt.text.push('\n');
            }
            let start = excerpt.text.len();
            let spans = marked.get(&number).map_or(&[][..], Vec::as_slice);
            let pieces = pieces(source.slice(line), line.start as usize, spans, width);
            // Where a byte of the source's line is in the text that is shown.
            let mut places = Vec::new();
            let mut done = 0;
            for piece in &pieces {
                if piece.start > done {
                    excerpt.text.push_str(dots);
                }
                let text = &source.slice(line)[piece.clone()];
                places.push((piece.clone(), excerpt.text.len()));
                excerpt.text.push_str(&printable(text));
                done = piece.end;
            }
            if done < line.len() as usize {
                excerpt.text.push_str(dots);
            }
            let place = |offset: u32| {
                let offset = (offset.clamp(line.start, line.end) - line.start) as usize;
                let (piece, at) = places
                    .iter()
                    .rev()
                    .find(|(piece, _)| piece.start <= offset)
                    .unwrap_or(&places[0]);
                let within = piece.start..offset.clamp(piece.start, piece.end);
                at + printable(&source.slice(line)[within]).len()
            };
            for &(index, span) in spans {
                // Of a span of many lines, the first: a mapping is marked where it starts.
                let (from, to) = (place(span.start), place(span.end));
                marks[index] = Some(Mark {
                    span: (from, to - from).into(),
                    column: source.position(span.start).column as usize - 1,
                });
            }
            excerpt.lines.push(Line {
                number,
                start,
                end: excerpt.text.len(),
            });
        }
        excerpt.marks = marks.into_iter().flatten().collect();
        excerpt
    }

    /// Where the spans that were asked for are in the excerpt.
    pub(super) fn spans(&self) -> impl Iterator<Item = SourceSpan> + '_ {
        self.marks.iter().map(|mark| mark.span)
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines
            .partition_point(|line| line.start <= offset)
            .saturating_sub(1)
    }
}

/// The parts of `line` that are shown: all of it, or what is around the spans.
fn pieces(
    line: &str,
    start: usize,
    spans: &[(usize, Span)],
    width: usize,
) -> Vec<std::ops::Range<usize>> {
    if line.len() <= LONG * width {
        return std::iter::once(0..line.len()).collect();
    }
    let forward = |from: usize, characters: usize| {
        let rest = line[from..].char_indices().nth(characters);
        rest.map_or(line.len(), |(offset, _)| from + offset)
    };
    let backward = |from: usize, characters: usize| {
        let before = line[..from]
            .char_indices()
            .rev()
            .nth(characters.saturating_sub(1));
        before.map_or(0, |(offset, _)| offset)
    };
    let half = (width / 2).max(1);
    let mut around: Vec<_> = spans
        .iter()
        .map(|(_, span)| {
            let at = (span.start as usize - start).min(line.len());
            backward(at, half)..forward(at, half)
        })
        .collect();
    if around.is_empty() {
        around.push(0..forward(0, width));
    }
    around.sort_by_key(|piece| piece.start);
    let mut pieces: Vec<std::ops::Range<usize>> = Vec::new();
    for piece in around {
        match pieces.last_mut() {
            Some(last) if piece.start <= last.end => last.end = last.end.max(piece.end),
            _ => pieces.push(piece),
        }
    }
    pieces
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset() + span.len() > self.text.len() || self.lines.is_empty() {
            return Err(MietteError::OutOfBounds);
        }
        let mut first = self.line_at(span.offset());
        let mut last = self.line_at(span.offset() + span.len());
        let follows = |index: usize| {
            index > 0
                && index < self.lines.len()
                && self.lines[index].number == self.lines[index - 1].number + 1
        };
        for _ in 0..context_lines_before {
            first -= usize::from(follows(first));
        }
        for _ in 0..context_lines_after {
            last += usize::from(follows(last + 1));
        }
        let (start, end) = (self.lines[first].start, self.lines[last].end);
        // Without context, miette asks where the span itself starts.
        let column = if context_lines_before == 0 {
            self.marks
                .iter()
                .find(|mark| mark.span.offset() == span.offset())
                .map_or(0, |mark| mark.column)
        } else {
            0
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[start..end],
            (start, end - start).into(),
            self.lines[first].number,
            column,
            last - first + 1,
        )))
    }
}
