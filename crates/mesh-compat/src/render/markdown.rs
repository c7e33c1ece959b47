use std::fmt::Write as _;
use std::io::{self, Write};

use mesh_diagnostics::printable_line;
use mesh_diagnostics::render::said;

use super::{Frame, kind_url, plural};
use crate::change::Change;
use crate::{Comparison, Impact};

/// GitHub refuses a comment of more than 65,536 characters, and others refuse more than that; what
/// closes the comment has to fit as well.
const LONGEST: usize = 58_000;

/// Writes a comment for a pull request: what differs in a few lines, then a table for each impact, of
/// which those that ask nothing of a reader are folded.
///
/// What would not fit into a comment is counted.
pub fn markdown(set: &[Comparison], frame: &Frame<'_>, mut out: impl Write) -> io::Result<()> {
    let mut comment = Comment::default();
    let differing: Vec<&Comparison> = set
        .iter()
        .filter(|comparison| frame.impact(comparison) != Impact::None)
        .collect();
    let counts = frame.counts(set);
    let documents = match set.len() {
        1 => String::new(),
        n => format!(" in {} of {}", differing.len(), plural(n, "document")),
    };
    comment.push(&format!(
        "### {} `mesh diff`: {}{documents}\n\n{} → {}\n",
        mark(differing.iter().map(|one| frame.impact(one)).max()),
        counts.words(),
        code(frame.labels.old),
        code(frame.labels.new),
    ));
    for comparison in differing {
        comment.document(comparison, frame);
    }
    if comment.left > 0 {
        let left = plural(comment.left, "more change");
        comment.text += &format!(
            "\n**{left} did not fit into this comment: `mesh diff` without `--format` shows them all.**\n"
        );
    }
    out.write_all(comment.text.as_bytes())
}

/// The text so far, and how many changes it has no room for.
#[derive(Default)]
struct Comment {
    text: String,
    left: usize,
}

impl Comment {
    /// Adds `part` if there is room for it.
    fn push(&mut self, part: &str) {
        if self.text.len() + part.len() <= LONGEST {
            self.text += part;
        }
    }

    fn document(&mut self, comparison: &Comparison, frame: &Frame<'_>) {
        let verdict = frame.verdict(comparison);
        let (noun, label) = comparison.title();
        let versions = comparison.versions();
        let versions = match (versions.old, versions.new) {
            (Some(old), Some(new)) if old == new => format!(" {}", text(old)),
            (Some(old), Some(new)) => format!(" {} → {}", text(old), text(new)),
            (Some(only), None) | (None, Some(only)) => format!(" {}", text(only)),
            (None, None) => String::new(),
        };
        let mut head = format!("\n#### {noun} {}{versions}\n", code(label));
        if let Some(words) = verdict.words() {
            let is_missing = !verdict.is_covered;
            let mark = if is_missing { "❌" } else { "✅" };
            head += &format!("\n{mark} {}: {}\n", verdict.counts.words(), text(&words));
        }
        let groups = frame.groups(comparison).into_iter();
        let groups: Vec<_> = groups
            .filter(|(impact, _)| *impact != Impact::None)
            .collect();
        // Without a table below it, a heading says nothing.
        if self.text.len() + head.len() + 2_000 > LONGEST {
            self.left += groups
                .iter()
                .map(|(_, changes)| changes.len())
                .sum::<usize>();
            return;
        }
        self.push(&head);
        for (impact, changes) in groups {
            self.table(impact, &changes);
        }
    }

    fn table(&mut self, impact: Impact, changes: &[&Change]) {
        let is_folded = matches!(impact, Impact::Minor | Impact::Patch);
        let title = match impact {
            Impact::Review => format!("{} to review", plural(changes.len(), "change")),
            _ => plural(changes.len(), &format!("{impact} change")),
        };
        let head = if is_folded {
            format!(
                "\n<details><summary>{title}</summary>\n\n| change | kind | where |\n|---|---|---|\n"
            )
        } else {
            format!("\n| {title} | why it matters | kind | where |\n|---|---|---|---|\n")
        };
        let foot = if is_folded { "\n</details>\n" } else { "" };
        let rows: Vec<String> = changes
            .iter()
            .map(|change| row(change, is_folded))
            .collect();
        let room = LONGEST.saturating_sub(self.text.len() + head.len() + foot.len());
        let mut used = 0;
        let fitting = rows
            .iter()
            .take_while(|row| {
                used += row.len();
                used <= room
            })
            .count();
        self.left += rows.len() - fitting;
        if fitting > 0 {
            self.text += &head;
            self.text.extend(rows.into_iter().take(fitting));
            self.text += foot;
        }
    }
}

fn row(change: &Change, is_folded: bool) -> String {
    let mut row = format!("| {} ", text(&said(&change.message, "…")));
    if !is_folded {
        let _ = write!(row, "| {} ", text(&said(change.why(), "…")));
    }
    let place = change.place().map(|place| {
        let line = place.source.position(place.span.start).line;
        code(&format!("{}:{line}", said(place.source.name(), "…")))
    });
    let id = change.kind.id;
    let _ = writeln!(
        row,
        "| [{id}]({}) | {} |",
        kind_url(id),
        place.unwrap_or_default()
    );
    row
}

fn mark(impact: Option<Impact>) -> &'static str {
    match impact {
        Some(Impact::Major) => "🔴",
        Some(Impact::Review) => "🟡",
        Some(Impact::Minor) => "🟢",
        _ => "⚪",
    }
}

/// Words of ours with quotes from documents in backticks, which become code.
fn text(words: &str) -> String {
    let words = printable_line(words);
    let parts: Vec<&str> = words.split('`').collect();
    // A backtick too many came from a document: then nothing is told apart.
    if parts.len().is_multiple_of(2) {
        return escaped(&words);
    }
    let parts = parts.iter().enumerate().map(|(index, part)| {
        if index % 2 == 1 {
            code(part)
        } else {
            escaped(part)
        }
    });
    parts.collect()
}

/// A text from a document, as code.
fn code(text: &str) -> String {
    match printable_line(text).trim() {
        "" => "<code>&nbsp;</code>".to_owned(),
        text => format!("<code>{}</code>", escaped(text)),
    }
}

/// `text` such that no character of it means anything to Markdown, to HTML, or to the host, which makes
/// links of what looks like a person, an issue or an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let is_within_word = before.is_alphanumeric()
            && characters
                .peek()
                .is_some_and(|after| after.is_alphanumeric());
        match c {
            // These mean nothing within a line.
            ',' | ';' | '\'' | '(' | ')' | '-' | '.' | '?' | '%' | '/' | '=' | '+' | '{' | '}'
            | '"' => escaped.push(c),
            '_' if is_within_word => escaped.push(c),
            // GitHub looks for people and issues in the text that is shown.
            '@' => escaped += "&#64;<!-- -->",
            '#' => escaped += "&#35;<!-- -->",
            c if c.is_ascii_punctuation() => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            c => escaped.push(c),
        }
        before = c;
    }
    escaped
}
