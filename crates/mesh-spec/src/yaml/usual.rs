//! The part of YAML that manifests are written in, read quickly.
//!
//! A parser for all of YAML has to expect anything anywhere. Manifests are block mappings and
//! sequences whose scalars stand on one line each, with a literal text or a bracketed list here and
//! there, and for these one look at a line is enough. This reader knows just that part, and gives
//! up at the first character that may belong to the rest: anchors, aliases, tags, scalars that go
//! on in the next line, tabs, other line breaks, and everything that could be a mistake. The parser
//! then starts over, so that what a text means and what is wrong with it is decided in one place.
//!
//! What this reader does read, it reads as the parser would, node by node and byte by byte; the
//! tests hold it to that.

use std::borrow::Cow;

use granit_parser::ScalarStyle;
use mesh_diagnostics::Span;

use super::build::Builder;
use super::read::offset;

/// Collections nested deeper than this are left to the parser, which knows the limit.
const MAX_NESTING: usize = 64;

/// Keys longer than this are left to the parser, for which there is such a thing as too long.
const MAX_KEY: usize = 1000;

/// Reads the text that `builder` was made for. `None` if it is not of the usual kind; what has been
/// built is then of no use.
pub(super) fn read(builder: &mut Builder<'_>) -> Option<()> {
    let text = builder.text();
    if !is_usual(text) {
        return None;
    }
    let reader = Reader {
        bytes: text.as_bytes(),
        text,
        at: 0,
        levels: Vec::new(),
        builder,
    };
    reader.read()
}

/// Whether there are only characters that mean the same everywhere: no tabs, no carriage returns,
/// no control characters, no byte order marks, nothing that some take for a line break.
fn is_usual(text: &str) -> bool {
    // Without branches, so that it is done for many bytes at once.
    let odd = |byte: u8| u8::from(byte < b' ') & u8::from(byte != b'\n') | u8::from(byte == 0x7F);
    let mut chunks = text.as_bytes().chunks(4096);
    let is_odd = chunks.any(|chunk| chunk.iter().fold(0, |found, byte| found | odd(*byte)) != 0);
    let is_odd_character = |c: char| {
        matches!(
            c,
            '\u{80}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'
        )
    };
    !is_odd && (text.is_ascii() || !text.chars().any(is_odd_character))
}

struct Reader<'b, 's> {
    text: &'s str,
    bytes: &'s [u8],
    /// Everything before this offset has been read.
    at: usize,
    levels: Vec<Level>,
    builder: &'b mut Builder<'s>,
}

/// A block collection whose end has not been seen.
struct Level {
    /// The column of its keys or dashes.
    indent: usize,
    is_mapping: bool,
    /// Of a mapping whose last key has no value yet, where the colon stands.
    colon: Option<usize>,
}

/// A scalar on one line.
struct Scalar<'s> {
    start: usize,
    end: usize,
    value: Cow<'s, str>,
    style: ScalarStyle,
}

impl<'s> Reader<'_, 's> {
    fn read(mut self) -> Option<()> {
        if self.bytes.starts_with(b"---\n") {
            self.at = 4;
        }
        while let Some(column) = self.next_line()? {
            self.line(column)?;
        }
        // Without any content, there is something to complain about.
        self.levels.last()?;
        while !self.levels.is_empty() {
            self.close();
        }
        (!self.builder.is_stopped()).then_some(())
    }

    /// Goes to the first character of the next line with content; gives its column.
    #[expect(
        clippy::option_option,
        reason = "the outer one is that of every step: whether the text is a usual one"
    )]
    fn next_line(&mut self) -> Option<Option<usize>> {
        loop {
            let start = self.at;
            self.skip_spaces();
            match self.peek() {
                None => return Some(None),
                Some(b'\n') => self.at += 1,
                Some(b'#') => self.skip_line(),
                Some(_) => {
                    let rest = &self.bytes[self.at..];
                    let is_marker = rest.starts_with(b"---") || rest.starts_with(b"...");
                    let column = self.at - start;
                    return (column > 0 || !is_marker).then_some(Some(column));
                }
            }
        }
    }

    /// Reads a line whose first character stands in `column`.
    fn line(&mut self, mut column: usize) -> Option<()> {
        let line = self.at - column;
        self.settle(column)?;
        while self.is_dash() {
            let dash = self.at;
            self.at += 1;
            self.skip_spaces();
            // What an entry holds starts on the line of its dash.
            if self.peek().is_none_or(|byte| matches!(byte, b'\n' | b'#')) {
                return None;
            }
            let is_in_sequence = self
                .levels
                .last()
                .is_some_and(|level| !level.is_mapping && level.indent == column);
            if !is_in_sequence {
                // As the parser has it, a sequence that is indented no deeper than the key it
                // stands under starts after its first dash.
                let is_flush = self
                    .levels
                    .last()
                    .is_some_and(|level| level.indent == column);
                let start = if is_flush { self.at } else { dash };
                self.open(start, column, false)?;
            }
            column = self.at - line;
        }
        self.node(column)
    }

    /// Closes the collections that a line in `column` does not belong to, and makes sure that it
    /// belongs to the innermost one left.
    fn settle(&mut self, column: usize) -> Option<()> {
        let is_dash = self.is_dash();
        while let Some(level) = self.levels.last() {
            let waits = level.colon.is_some();
            if level.indent > column {
                self.close();
            } else if level.indent < column {
                // Deeper than what surrounds it is only the value that a key waits for.
                return waits.then_some(());
            } else if level.is_mapping == is_dash {
                if level.is_mapping {
                    return waits.then_some(());
                }
                // A sequence may be as deep as the mapping around it, whose next key this is.
                self.close();
                let around = self.levels.last()?;
                return (around.is_mapping && around.indent == column).then_some(());
            } else {
                return Some(());
            }
        }
        // The first line of all.
        self.builder.is_empty().then_some(())
    }

    /// Reads the rest of a line, from `column` on: a key and perhaps its value, or a value alone.
    fn node(&mut self, column: usize) -> Option<()> {
        match self.peek()? {
            b'[' | b'{' => {
                self.accept_value(column)?;
                self.flow(0)?;
                return self.end_line();
            }
            b'|' | b'>' => {
                self.accept_value(column)?;
                return self.block_scalar();
            }
            _ => {}
        }
        let scalar = self.scalar()?;
        let is_key = self.peek() == Some(b':') && self.is_blank(self.at + 1);
        if !is_key {
            self.accept_value(column)?;
            self.place(scalar);
            return self.end_line();
        }
        if scalar.end - scalar.start > MAX_KEY {
            return None;
        }
        match self.levels.last() {
            Some(level) if level.is_mapping && level.indent == column => self.fill_in(),
            _ => self.open(scalar.start, column, true)?,
        }
        self.place(scalar);
        let colon = self.at;
        self.at += 1;
        self.skip_spaces();
        match self.peek() {
            None | Some(b'\n' | b'#') => {
                self.levels.last_mut()?.colon = Some(colon);
                return self.end_line_after_space();
            }
            Some(b'[' | b'{') => self.flow(0)?,
            Some(b'|' | b'>') => return self.block_scalar(),
            Some(_) => {
                let scalar = self.scalar()?;
                self.place(scalar);
            }
        }
        self.end_line()
    }

    /// Makes sure that a value without a key may stand here: in an entry of a sequence, or as the
    /// value that a key waits for.
    fn accept_value(&mut self, column: usize) -> Option<()> {
        let level = self.levels.last_mut()?;
        if level.indent >= column || (level.is_mapping && level.colon.take().is_none()) {
            return None;
        }
        Some(())
    }

    fn open(&mut self, start: usize, indent: usize, is_mapping: bool) -> Option<()> {
        if self.levels.len() >= MAX_NESTING {
            return None;
        }
        if let Some(level) = self.levels.last_mut() {
            level.colon = None;
        }
        self.builder.open(Span::empty(offset(start)), 0, is_mapping);
        self.levels.push(Level {
            indent,
            is_mapping,
            colon: None,
        });
        Some(())
    }

    fn close(&mut self) {
        self.fill_in();
        self.levels.pop();
        self.builder.close(Span::empty(offset(self.at)));
    }

    /// Gives the last key of the innermost mapping the value null, if it has none.
    fn fill_in(&mut self) {
        if let Some(colon) = self.levels.last_mut().and_then(|level| level.colon.take()) {
            let empty = Span::empty(offset(colon));
            self.builder
                .leaf(Cow::Borrowed(""), ScalarStyle::Plain, empty);
        }
    }

    fn place(&mut self, scalar: Scalar<'s>) {
        let span = Span::new(offset(scalar.start), offset(scalar.end));
        self.builder.leaf(scalar.value, scalar.style, span);
    }

    /// Reads a scalar in a block, up to the colon of a key or the end of its content.
    fn scalar(&mut self) -> Option<Scalar<'s>> {
        let start = self.at;
        match self.peek()? {
            b'"' => return self.double_quoted(),
            b'\'' => return self.single_quoted(),
            first => self.check_start(first)?,
        }
        let mut end = start;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => break,
                b':' if self.is_blank(self.at + 1) => break,
                b'#' if self.bytes[self.at - 1] == b' ' => break,
                b' ' => {}
                _ => end = self.at + 1,
            }
            self.at += 1;
        }
        // `key : value`
        if self.peek() == Some(b':') && end != self.at {
            return None;
        }
        self.at = end;
        Some(self.plain(start))
    }

    /// Reads a scalar in brackets or braces, up to what ends it there.
    fn flow_scalar(&mut self) -> Option<Scalar<'s>> {
        let start = self.at;
        match self.peek()? {
            b'"' => return self.double_quoted(),
            b'\'' => return self.single_quoted(),
            first => self.check_start(first)?,
        }
        let ends = |byte: u8| matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
        let mut end = start;
        loop {
            match self.peek()? {
                b'\n' => return None,
                byte if ends(byte) => break,
                b':' => {
                    let next = *self.bytes.get(self.at + 1)?;
                    if ends(next) {
                        return None;
                    }
                    if matches!(next, b' ' | b'\n') {
                        break;
                    }
                    end = self.at + 1;
                }
                b'#' if self.bytes[self.at - 1] == b' ' => return None,
                b' ' => {}
                _ => end = self.at + 1,
            }
            self.at += 1;
        }
        self.at = end;
        Some(self.plain(start))
    }

    /// Makes sure that a plain scalar may start with `first`, which is where we are.
    fn check_start(&self, first: u8) -> Option<()> {
        let next = self.bytes.get(self.at + 1).copied();
        let is_usual = match first {
            b'-' => next.is_some_and(|next| next.is_ascii_alphanumeric() || next == b'.'),
            b'.' | b'_' | b'/' | b'(' | b'$' | b'+' | b'~' | b'<' | b'=' | b'^' | b'\\' | b';' => {
                true
            }
            _ => first.is_ascii_alphanumeric() || !first.is_ascii(),
        };
        is_usual.then_some(())
    }

    /// The plain scalar from `start` to where we are.
    fn plain(&self, start: usize) -> Scalar<'s> {
        Scalar {
            start,
            end: self.at,
            value: Cow::Borrowed(&self.text[start..self.at]),
            style: ScalarStyle::Plain,
        }
    }

    fn single_quoted(&mut self) -> Option<Scalar<'s>> {
        let start = self.at;
        let mut has_quotes = false;
        self.at += 1;
        loop {
            match self.peek()? {
                b'\n' => return None,
                b'\'' if self.bytes.get(self.at + 1) == Some(&b'\'') => {
                    has_quotes = true;
                    self.at += 2;
                }
                b'\'' => break,
                _ => self.at += 1,
            }
        }
        let inner = &self.text[start + 1..self.at];
        self.at += 1;
        Some(Scalar {
            start,
            end: self.at,
            value: if has_quotes {
                Cow::Owned(inner.replace("''", "'"))
            } else {
                Cow::Borrowed(inner)
            },
            style: ScalarStyle::SingleQuoted,
        })
    }

    fn double_quoted(&mut self) -> Option<Scalar<'s>> {
        let start = self.at;
        let mut has_escapes = false;
        self.at += 1;
        loop {
            match self.peek()? {
                b'\n' => return None,
                b'\\' => {
                    // The escapes that are in use; the parser knows the others.
                    if !matches!(self.bytes.get(self.at + 1)?, b'"' | b'\\' | b'n') {
                        return None;
                    }
                    has_escapes = true;
                    self.at += 2;
                }
                b'"' => break,
                _ => self.at += 1,
            }
        }
        let inner = &self.text[start + 1..self.at];
        self.at += 1;
        Some(Scalar {
            start,
            end: self.at,
            value: if has_escapes {
                Cow::Owned(unescape(inner))
            } else {
                Cow::Borrowed(inner)
            },
            style: ScalarStyle::DoubleQuoted,
        })
    }

    /// Reads a list in brackets or a mapping in braces that ends on the line it starts on.
    fn flow(&mut self, depth: usize) -> Option<()> {
        let is_mapping = self.peek()? == b'{';
        let end = if is_mapping { b'}' } else { b']' };
        if self.levels.len() + depth >= MAX_NESTING {
            return None;
        }
        self.builder.open(self.one_byte(), 0, is_mapping);
        self.at += 1;
        self.skip_spaces();
        if self.peek()? != end {
            loop {
                if is_mapping {
                    self.flow_key()?;
                }
                match self.peek()? {
                    b'[' | b'{' => self.flow(depth + 1)?,
                    _ => {
                        let scalar = self.flow_scalar()?;
                        self.place(scalar);
                    }
                }
                self.skip_spaces();
                match self.peek()? {
                    b',' => self.at += 1,
                    byte if byte == end => break,
                    _ => return None,
                }
                self.skip_spaces();
            }
        }
        self.builder.close(self.one_byte());
        self.at += 1;
        Some(())
    }

    /// Reads a key in braces, and the colon and spaces after it.
    fn flow_key(&mut self) -> Option<()> {
        let key = self.flow_scalar()?;
        if key.end - key.start > MAX_KEY {
            return None;
        }
        self.place(key);
        if !self.bytes[self.at..].starts_with(b": ") {
            return None;
        }
        self.at += 1;
        self.skip_spaces();
        Some(())
    }

    /// Reads a literal or folded text, from its `|` or `>` on.
    fn block_scalar(&mut self) -> Option<()> {
        let is_literal = self.peek()? == b'|';
        self.at += 1;
        let chomping = self.peek()?;
        if matches!(chomping, b'-' | b'+') {
            self.at += 1;
        }
        if self.peek()? != b'\n' {
            return None;
        }
        self.at += 1;
        // Empty lines before the content belong to it.
        let mut breaks = self.skip_breaks();
        let indent = self.bytes[self.at..]
            .iter()
            .take_while(|byte| **byte == b' ')
            .count();
        let start = self.at + indent;
        if indent <= self.levels.last()?.indent || matches!(self.bytes.get(start)?, b'\n') {
            return None;
        }
        let mut value = String::new();
        let mut is_first = true;
        loop {
            let spaces = self.bytes[self.at..].iter().take(indent);
            let spaces = spaces.take_while(|byte| **byte == b' ').count();
            self.at += spaces;
            match self.peek() {
                Some(b'\n') => {
                    breaks += 1;
                    self.at += 1;
                    continue;
                }
                // Spaces after the last line break would be the start of one more line.
                None if spaces > 0 => return None,
                Some(_) if spaces == indent => {}
                _ => break,
            }
            // Lines that are indented deeper are not folded.
            if !is_literal && self.peek() == Some(b' ') {
                return None;
            }
            if !is_first && (is_literal || breaks == 0) {
                value.push(if is_literal { '\n' } else { ' ' });
            }
            value.extend(std::iter::repeat_n('\n', breaks));
            (is_first, breaks) = (false, 0);
            let line = self.at;
            self.skip_to_end_of_line();
            value.push_str(&self.text[line..self.at]);
            // The last line has its break.
            self.peek()?;
            self.at += 1;
        }
        if is_first {
            return None;
        }
        if chomping != b'-' {
            value.push('\n');
        }
        if chomping == b'+' {
            value.extend(std::iter::repeat_n('\n', breaks));
        }
        let style = if is_literal {
            ScalarStyle::Literal
        } else {
            ScalarStyle::Folded
        };
        let span = Span::new(offset(start), offset(self.at));
        self.builder.leaf(Cow::Owned(value), style, span);
        // What follows starts a line, of which the spaces have been read.
        while self.at > 0 && self.bytes[self.at - 1] == b' ' {
            self.at -= 1;
        }
        Some(())
    }

    /// Reads on to the end of the line, on which only a comment may follow.
    fn end_line(&mut self) -> Option<()> {
        let end = self.at;
        self.skip_spaces();
        if self.peek() == Some(b'#') && self.at == end {
            return None;
        }
        self.end_line_after_space()
    }

    fn end_line_after_space(&mut self) -> Option<()> {
        match self.peek() {
            None => Some(()),
            Some(b'\n' | b'#') => {
                self.skip_line();
                Some(())
            }
            Some(_) => None,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Whether a dash that starts an entry stands here.
    fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && self.is_blank(self.at + 1)
    }

    /// Whether there is a space, a line break or nothing at `at`.
    fn is_blank(&self, at: usize) -> bool {
        self.bytes
            .get(at)
            .is_none_or(|byte| matches!(byte, b' ' | b'\n'))
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    fn skip_breaks(&mut self) -> usize {
        let start = self.at;
        while self.peek() == Some(b'\n') {
            self.at += 1;
        }
        self.at - start
    }

    fn skip_to_end_of_line(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    /// Goes to the start of the next line.
    fn skip_line(&mut self) {
        self.skip_to_end_of_line();
        self.at = self.bytes.len().min(self.at + 1);
    }

    fn one_byte(&self) -> Span {
        Span::new(offset(self.at), offset(self.at + 1))
    }
}

/// `text` without the backslashes of the escapes that [`Reader::double_quoted`] accepts.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => plain.extend(characters.next().map(|c| if c == 'n' { '\n' } else { c })),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
#[path = "usual_tests.rs"]
mod tests;
