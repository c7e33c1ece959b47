use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use mesh_diagnostics::printable_line;
use mesh_diagnostics::render::{Style, said, width};

use super::{Frame, kind_url, plural};
use crate::change::{Change, Place};
use crate::{Both, Comparison, Impact};

/// So many changes of one kind are shown in full in one document; the others have a line each.
const SHOWN: usize = 5;
/// Marks are no longer than what the eye takes in.
const LONGEST_MARK: usize = 60;

/// Writes what differs for people: document by document, the gravest first, with the lines before and
/// after; what touches no promise in one line each.
///
/// It ends with a line that says how much there is, and which version that needs.
pub fn pretty(
    set: &[Comparison],
    frame: &Frame<'_>,
    style: Style,
    out: impl Write,
) -> io::Result<()> {
    let mut page = Page {
        frame,
        style,
        out,
        said: HashSet::new(),
    };
    let shown: Vec<&Comparison> = set
        .iter()
        .filter(|comparison| !comparison.changes.is_empty())
        .collect();
    for comparison in &shown {
        page.document(comparison, shown.len() > 1)?;
    }
    page.summary(set, &shown)
}

struct Page<'p, W> {
    frame: &'p Frame<'p>,
    style: Style,
    out: W,
    /// What was said of kinds already: what they do to readers, and what to do about it.
    said: HashSet<(&'static str, String)>,
}

impl<W: Write> Page<'_, W> {
    fn document(&mut self, comparison: &Comparison, is_one_of_many: bool) -> io::Result<()> {
        self.header(comparison)?;
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for (impact, changes) in self.frame.groups(comparison) {
            self.heading(impact, changes.len())?;
            let is_brief = matches!(impact, Impact::Patch | Impact::None);
            let mut was_full = false;
            for (index, change) in changes.into_iter().enumerate() {
                let seen = seen.entry(change.kind.id).or_default();
                *seen += 1;
                let is_full = !is_brief && *seen <= SHOWN;
                if index > 0 && (is_full || was_full) {
                    writeln!(self.out)?;
                }
                if is_full {
                    self.full(change, impact)?;
                } else {
                    self.brief(change, impact)?;
                }
                was_full = is_full;
            }
            writeln!(self.out)?;
        }
        if is_one_of_many {
            let verdict = self.frame.verdict(comparison);
            if let Some(words) = verdict.words() {
                let mark = self.mark(verdict.impact);
                let counts = verdict.counts.words();
                let words = printable_line(&words).into_owned();
                self.wrapped(&format!("{mark} "), 2, &format!("{counts}: {words}"))?;
                writeln!(self.out)?;
            }
        }
        Ok(())
    }

    /// What it is, its versions, and its file.
    fn header(&mut self, comparison: &Comparison) -> io::Result<()> {
        let (noun, label) = comparison.title();
        let label = said(label, self.style.dots());
        let arrow = if self.style.unicode { "→" } else { "->" };
        let Both { old, new } = comparison.versions();
        let versions = match (old, new) {
            (Some(old), Some(new)) if old == new => old.to_owned(),
            (Some(old), Some(new)) => format!("{old} {arrow} {new}"),
            (Some(only), None) | (None, Some(only)) => only.to_owned(),
            (None, None) => String::new(),
        };
        let versions = said(&versions, self.style.dots());
        let subject = comparison.subjects.new.as_ref();
        let subject = subject.or(comparison.subjects.old.as_ref());
        let file = subject.map_or_else(String::new, |subject| {
            printable_line(subject.source.name()).into_owned()
        });
        let plain = format!("{noun} {label} {versions}");
        let title = format!(
            "{noun} {} {}",
            self.bold(&label),
            self.paint("36", &versions)
        );
        let title = title.trim_end();
        // A path is there to be copied: it is never broken.
        let fits = width(plain.trim_end()) + 2 + width(&file) <= self.style.width;
        let gap = if fits { "  " } else { "\n  " };
        writeln!(self.out, "{title}{gap}{}\n", self.dim(&file))
    }

    fn heading(&mut self, impact: Impact, count: usize) -> io::Result<()> {
        let changes = plural(count, "change");
        let s = if count == 1 { "s" } else { "" };
        let words = match impact {
            Impact::Major => format!("{changes} that break{s} readers"),
            Impact::Review => format!("{changes} that somebody has to look at"),
            Impact::Minor => format!("{changes} that readers survive and should hear about"),
            Impact::Patch => format!(
                "{changes} that touch{} no promise",
                if count == 1 { "es" } else { "" }
            ),
            Impact::None => format!("{changes} that mean{s} the same"),
        };
        let name = match impact {
            Impact::None => "same",
            other => other.as_str(),
        };
        let start = format!("{}  ", self.in_color(impact, name));
        self.wrapped(&start, name.len() + 2, &words)?;
        writeln!(self.out)
    }

    /// A change with the lines before and after.
    fn full(&mut self, change: &Change, impact: Impact) -> io::Result<()> {
        let dots = self.style.dots();
        let mark = self.mark(impact);
        self.wrapped(&format!("  {mark} "), 4, &said(&change.message, dots))?;
        let id = change.kind.id;
        let mut why = id.to_owned();
        if self.said.insert((id, change.why().to_owned())) {
            why += &format!(": {}", said(change.why(), dots));
        }
        for (index, line) in wrap(&why, self.columns(4)).iter().enumerate() {
            // The id is painted after it was measured.
            let line = match line.strip_prefix(id) {
                Some(rest) if index == 0 => format!("{}{rest}", self.kind(change)),
                _ => line.clone(),
            };
            writeln!(self.out, "    {line}")?;
        }
        let Both { old, new } = change.places.sides();
        self.side("was", old)?;
        self.side("now", new)?;
        if self.said.insert((id, change.kind.help.to_owned())) {
            let start = format!("    {} ", self.paint("36", "help:"));
            self.wrapped(&start, 10, change.kind.help)?;
        }
        Ok(())
    }

    /// One side of a change: where, and the line.
    fn side(&mut self, name: &str, place: Option<&Place>) -> io::Result<()> {
        let name = self.dim(name);
        let Some(place) = place else {
            return writeln!(self.out, "    {name}  no such document");
        };
        let address = printable_line(&place.address()).into_owned();
        if !place.exists {
            return writeln!(self.out, "    {name}  not in {address}");
        }
        writeln!(self.out, "    {name}  {address}")?;
        let number = place.source.position(place.span.start).line.to_string();
        let columns = self.columns(9 + number.len() + 3);
        let Some(line) = Line::of(place, columns, self.style.dots()) else {
            return Ok(());
        };
        let bar = if self.style.unicode { "│" } else { "|" };
        let stroke = if self.style.unicode { "─" } else { "^" };
        let indent = " ".repeat(number.len());
        let (number, bar) = (self.dim(&number), self.dim(bar));
        let under = self.paint("35", &stroke.repeat(line.marked));
        writeln!(self.out, "         {number} {bar} {}", line.text)?;
        writeln!(
            self.out,
            "         {indent} {bar} {}{under}",
            " ".repeat(line.before)
        )
    }

    /// A change in a line, with its place where there is room for it.
    fn brief(&mut self, change: &Change, impact: Impact) -> io::Result<()> {
        let mark = self.mark(impact);
        let message = said(&change.message, self.style.dots());
        let id = change.kind.id;
        // The file stands above; the whole of it is at no line.
        let place = change.place().filter(|_| !change.path.is_empty());
        let line = place.map_or_else(String::new, |place| {
            let line = place.source.position(place.span.start).line;
            let is_gone = change.places.new.as_ref().is_none_or(|new| !new.exists);
            format!("{} {line}", if is_gone { "was line" } else { "line" })
        });
        let end = format!("{}  {}", self.kind(change), self.dim(&line));
        let end = end.trim_end();
        let used = 4 + width(&message) + 2 + width(id) + 2 + width(&line);
        if used <= self.style.width {
            return writeln!(self.out, "  {mark} {message}  {end}");
        }
        self.wrapped(&format!("  {mark} "), 4, &message)?;
        writeln!(self.out, "    {end}")
    }

    /// The line at the end.
    fn summary(&mut self, set: &[Comparison], shown: &[&Comparison]) -> io::Result<()> {
        let counts = self.frame.counts(set);
        let impact = set.iter().map(|one| self.frame.impact(one)).max();
        let impact = impact.unwrap_or(Impact::None);
        let mark = self.mark(impact);
        let same = set.len() - shown.len();
        let words = match (impact, shown) {
            (Impact::None, []) => match set.len() {
                1 => "no difference".to_owned(),
                n => format!("no difference in {n} documents"),
            },
            (Impact::None, _) => "the files differ, and mean the same".to_owned(),
            (_, [only]) => {
                let words = self.frame.verdict(only).words();
                let counts = counts.words();
                let words = words.map_or(counts.clone(), |words| format!("{counts}: {words}"));
                printable_line(&words).into_owned()
            }
            _ => {
                let documents = plural(shown.len(), "document");
                format!("{} in {documents}", counts.words())
            }
        };
        self.wrapped(&format!("{mark} "), 2, &words)?;
        match same {
            0 => Ok(()),
            _ if shown.is_empty() => Ok(()),
            1 => writeln!(self.out, "  1 other document is equal"),
            n => writeln!(self.out, "  {n} other documents are equal"),
        }
    }

    /// Writes `text` after `start`, which takes `columns`, and its further lines below its first.
    fn wrapped(&mut self, start: &str, columns: usize, text: &str) -> io::Result<()> {
        for (index, line) in wrap(text, self.columns(columns)).iter().enumerate() {
            if index == 0 {
                writeln!(self.out, "{start}{line}")?;
            } else {
                writeln!(self.out, "{}{line}", " ".repeat(columns))?;
            }
        }
        Ok(())
    }

    fn columns(&self, indent: usize) -> usize {
        self.style.width.saturating_sub(indent).max(20)
    }

    fn kind(&self, change: &Change) -> String {
        let id = self.dim(change.kind.id);
        if self.style.links {
            let url = kind_url(change.kind.id);
            format!("\x1b]8;;{url}\x1b\\{id}\x1b]8;;\x1b\\")
        } else {
            id
        }
    }

    fn mark(&self, impact: Impact) -> String {
        let mark = match (impact, self.style.unicode) {
            (Impact::Major, true) => "✗",
            (Impact::Major, false) => "x",
            (Impact::Review, _) => "?",
            (Impact::Minor, true) => "●",
            (Impact::Minor, false) => "*",
            (Impact::Patch, true) => "·",
            (Impact::Patch, false) => "-",
            (Impact::None, true) => "✓",
            (Impact::None, false) => "=",
        };
        self.in_color(impact, mark)
    }

    fn in_color(&self, impact: Impact, text: &str) -> String {
        self.paint(
            match impact {
                Impact::Major => "1;31",
                Impact::Review => "1;33",
                Impact::Minor => "1;36",
                Impact::Patch => "1",
                Impact::None => "32",
            },
            text,
        )
    }

    fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.style.color && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The line of a document in which a place starts, fit to print, and cut where it is long.
struct Line {
    text: String,
    /// How many columns stand before what is marked.
    before: usize,
    /// How many columns are marked.
    marked: usize,
}

impl Line {
    fn of(place: &Place, columns: usize, dots: &str) -> Option<Self> {
        let source = &place.source;
        let line = source.line(source.line_index(place.span.start))?;
        let all = source.slice(line);
        let offset = |at: u32| (at.clamp(line.start, line.end) - line.start) as usize;
        let (start, end) = (offset(place.span.start), offset(place.span.end));
        // What all lines around it are indented by tells nothing.
        let indent = all.len() - all.trim_start().len();
        let indent = indent.min(start);
        let before = printable_line(all.get(indent..start)?);
        let marked = printable_line(all.get(start..end)?);
        let after = printable_line(all.get(end..)?);
        let room = columns.saturating_sub(2 * width(dots));
        // What is marked is to be seen, and of what stands around it as much as there is room for.
        let shown = cut(&marked, room);
        let left = room - width(shown);
        let tail = cut_front(&before, left);
        let head = cut(&after, left - width(tail));
        let mut text = String::new();
        if tail.len() < before.len() {
            text += dots;
        }
        text += tail;
        let before = width(&text);
        text += shown;
        let is_cut = shown.len() < marked.len();
        if !is_cut {
            text += head;
        }
        if is_cut || head.len() < after.len() {
            text += dots;
        }
        Some(Self {
            text: text.trim_end().to_owned(),
            before,
            marked: width(shown).clamp(1, LONGEST_MARK),
        })
    }
}

/// As much of the start of `text` as fits into `columns`.
fn cut(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut buffer = [0; 4];
    let end = text.char_indices().find(|(_, c)| {
        used += width(c.encode_utf8(&mut buffer));
        used > columns
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// As much of the end of `text` as fits into `columns`.
fn cut_front(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut buffer = [0; 4];
    let start = text.char_indices().rev().find(|(_, c)| {
        used += width(c.encode_utf8(&mut buffer));
        used > columns
    });
    start.map_or(text, |(start, c)| &text[start + c.len_utf8()..])
}

/// `text` broken at spaces into lines of at most `columns`; a longer word has a line for itself.
fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
