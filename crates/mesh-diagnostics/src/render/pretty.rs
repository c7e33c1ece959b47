use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode, ThemeCharacters,
    ThemeStyles,
};

use super::excerpt::{CONTEXT_LINES, Excerpt};
use super::said::said;
use super::style::Style;
use crate::{Diagnostic, Level, Related, Report, Source, Span, Summary};

/// How many findings of one rule are written for one file.
const SHOWN: usize = 5;

/// Writes every finding of `report` with an excerpt of its source, one after another.
///
/// Of many findings of one rule in one file only the first are written, and how many more there
/// are: what is wrong with the first is wrong with the others, and they would hide the rest.
///
/// The summary is not part of it: see [`summary_line`].
pub fn pretty(report: &Report, style: Style, mut out: impl Write) -> io::Result<()> {
    let whole = handler(style);
    // A file of which there is nothing to show is named without line and column.
    let named = handler(style).without_primary_span_start();
    let mut text = String::new();
    let of = |diagnostic| {
        let Diagnostic { source, rule, .. }: &Diagnostic = diagnostic;
        (source.name(), rule.as_ref())
    };
    let mut left: HashMap<(&str, &str), usize> = HashMap::new();
    for diagnostic in report.diagnostics() {
        *left.entry(of(diagnostic)).or_default() += 1;
    }
    let mut shown: HashMap<(&str, &str), usize> = HashMap::new();
    for diagnostic in report.diagnostics() {
        let left = left.entry(of(diagnostic)).or_default();
        let shown = shown.entry(of(diagnostic)).or_default();
        // The last one is written rather than counted.
        let is_cut = is_cut(diagnostic);
        if is_cut && *shown == SHOWN && *left > 1 {
            continue;
        }
        *left -= 1;
        *shown += 1;
        text.clear();
        for view in View::all(diagnostic, style) {
            let handler = if view.blank { &named } else { &whole };
            handler
                .render_report(&mut text, &view)
                .map_err(io::Error::other)?;
        }
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
        if is_cut && *shown == SHOWN && *left > 1 {
            let rule = &diagnostic.rule;
            writeln!(
                out,
                "  and {left} more of `{rule}` in this file: `--format compact` lists them\n"
            )?;
        }
    }
    waived(report, style, &mut out)
}

/// Writes what is waived, a few lines each: it is known and decided, but must not be forgotten.
fn waived(report: &Report, style: Style, out: &mut impl Write) -> io::Result<()> {
    for waived in report.waived() {
        let found = &waived.diagnostic;
        let at = found.source.position(found.span.start);
        let say = |text: &str| said(text, style.dots());
        let head = format!("waived[{}]", found.rule);
        let head = if style.color {
            format!("\x1b[2m{head}\x1b[0m")
        } else {
            head
        };
        let wrapped = |text: &str, out: &mut dyn Write| -> io::Result<()> {
            let options = textwrap::Options::new(style.width)
                .initial_indent("  ")
                .subsequent_indent("  ")
                .word_splitter(textwrap::WordSplitter::NoHyphenation)
                .break_words(false);
            for line in textwrap::wrap(text, options) {
                writeln!(out, "{line}")?;
            }
            Ok(())
        };
        writeln!(out, "{head}")?;
        wrapped(&say(&found.message), out)?;
        let place = format!("{}:{}:{}", found.source.name(), at.line, at.column);
        wrapped(&format!("at {}", say(&place)), out)?;
        let until = format!(
            "{} until {} ({}, approved by {}): {}",
            waived.waiver, waived.until, waived.category, waived.approved_by, waived.reason
        );
        wrapped(&say(&until), out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Whether a finding tells no more than others of its rule do. What makes a document invalid is a
/// mistake of its own each time, and placeholders are what is left to do.
fn is_cut(diagnostic: &Diagnostic) -> bool {
    diagnostic.group != "valid" && diagnostic.rule != "placeholder-left"
}

/// The one line that ends a run: what was read and what was found.
pub fn summary_line(summary: Summary) -> String {
    let mut found = Vec::new();
    let mut add = |n: usize, one: &str, many: &str| {
        if n > 0 {
            found.push(format!("{n} {}", if n == 1 { one } else { many }));
        }
    };
    add(summary.errors, "error", "errors");
    add(summary.warnings, "warning", "warnings");
    add(summary.infos, "note", "notes");
    let found = if found.is_empty() {
        "no findings".to_owned()
    } else {
        found.join(", ")
    };
    let plural = |n: usize, noun: &str| format!("{n} {noun}{}", if n == 1 { "" } else { "s" });
    let mut line = format!(
        "{found} in {} and {}",
        plural(summary.products, "data product"),
        plural(summary.contracts, "contract"),
    );
    let others = summary
        .files
        .saturating_sub(summary.products + summary.contracts);
    if others > 0 {
        line = format!("{line} ({})", plural(others, "other file"));
    }
    for (n, what) in [
        (summary.suppressed, "suppressed"),
        (summary.known, "known from the baseline"),
        (summary.waived, "waived"),
    ] {
        if n > 0 {
            line += &format!("; {n} {what}");
        }
    }
    match summary.unverified {
        0 => line,
        1 => format!("{line}; 1 input unverified: name a registry to check it"),
        n => format!("{line}; {n} inputs unverified: name a registry to check them"),
    }
}

/// How many columns `text` takes on a terminal.
pub fn width(text: &str) -> usize {
    textwrap::core::display_width(text)
}

fn handler(style: Style) -> GraphicalReportHandler {
    let mut characters = if style.unicode {
        ThemeCharacters::unicode()
    } else {
        ThemeCharacters::ascii()
    };
    "note:".clone_into(&mut characters.advice);
    let theme = GraphicalTheme {
        characters,
        styles: if style.color {
            ThemeStyles::ansi()
        } else {
            ThemeStyles::none()
        },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_context_lines(CONTEXT_LINES)
        // An id is one word, whatever hyphens it has.
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_links(style.links)
        .with_urls(style.links)
        .without_cause_chain()
        .without_syntax_highlighting()
}

/// A finding, or one of its related places in another file, as miette sees it.
struct View {
    level: Level,
    code: Option<String>,
    url: Option<String>,
    message: String,
    help: Option<String>,
    excerpt: Excerpt,
    labels: Vec<LabeledSpan>,
    /// Whether there is no text to show of the file, so that its name has to do.
    blank: bool,
}

impl View {
    /// The finding itself, with the places in its file, and then one view for each other file.
    fn all(diagnostic: &Diagnostic, style: Style) -> Vec<Self> {
        let source = &diagnostic.source;
        let (here, elsewhere): (Vec<&Related>, Vec<&Related>) = diagnostic
            .related
            .iter()
            .partition(|related| related.source.name() == source.name());
        let mut views = vec![Self {
            code: Some(format!("{}[{}]", diagnostic.level, diagnostic.rule)),
            url: Some(diagnostic.url()),
            help: diagnostic
                .help
                .as_deref()
                .map(|help| said(help, style.dots())),
            ..Self::of(
                diagnostic.level,
                &diagnostic.message,
                source,
                diagnostic.span,
                &here,
                style,
            )
        }];
        views.extend(elsewhere.into_iter().map(|related| {
            let Related {
                message,
                source,
                span,
            } = related;
            Self::of(Level::Info, message, source, *span, &[], style)
        }));
        views
    }

    fn of(
        level: Level,
        message: &str,
        source: &Source,
        span: Span,
        related: &[&Related],
        style: Style,
    ) -> Self {
        let spans: Vec<Span> = std::iter::once(span)
            .chain(related.iter().map(|related| related.span))
            .collect();
        let excerpt = Excerpt::new(source, &spans, style.width, style.dots());
        let labels = excerpt
            .spans()
            .enumerate()
            .map(|(index, span)| match index.checked_sub(1) {
                None => LabeledSpan::new_primary_with_span(None, span),
                Some(index) => LabeledSpan::new_with_span(
                    Some(said(&related[index].message, style.dots())),
                    span,
                ),
            })
            .collect();
        Self {
            level,
            code: None,
            url: None,
            message: said(message, style.dots()),
            help: None,
            excerpt,
            labels,
            blank: source.text().is_empty(),
        }
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for View {}

impl miette::Diagnostic for View {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as _)
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.level {
            Level::Error => Severity::Error,
            Level::Warn => Severity::Warning,
            Level::Info => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::*;

    const STYLE: Style = Style {
        color: false,
        unicode: true,
        links: false,
        width: 80,
    };

    fn render(name: &str, text: &str, mark: &str, message: &str, related: &[&str]) -> String {
        let source = Arc::new(Source::new(name, text));
        let span = |mark: &str| {
            let start = u32::try_from(text.find(mark).unwrap()).unwrap();
            Span::new(start, start + u32::try_from(mark.len()).unwrap())
        };
        let related = related.iter().map(|mark| Related {
            message: format!("see\x1b[2J {}", mark.chars().count()),
            source: source.clone(),
            span: span(mark),
        });
        let report = Report::new(
            Summary::default(),
            vec![Diagnostic {
                rule: Cow::Borrowed("some-rule"),
                group: Cow::Borrowed("valid"),
                level: Level::Error,
                message: message.to_owned(),
                help: Some("do\u{202e} it".to_owned()),
                span: span(mark),
                related: related.collect(),
                fix: None,
                is_binding: false,
                source: source.clone(),
                pointer: String::new(),
            }],
        );
        let mut out = Vec::new();
        pretty(&report, STYLE, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn column_of(line: &str, what: char) -> usize {
        line.chars().position(|c| c == what).unwrap()
    }

    #[test]
    fn nothing_of_a_file_reaches_the_terminal_as_a_command() {
        let text = "first\x1b]0;t\x07\r\nö\u{202e}\x1b[31m: VALUE # \u{9b}2J\r\nlast\x7f";
        let out = render(
            "a\x1b[2J\nb.yaml",
            text,
            "VALUE",
            "odd `\x1b[1A\n`",
            &["last"],
        );
        assert!(
            !out.chars()
                .any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')),
            "{out:?}"
        );
        assert!(out.contains("[a␛[2J␊b.yaml:2:10]"), "{out}");
        assert!(out.contains("odd `␛[1A␊`"), "{out}");
        assert!(out.contains("first␛]0;t␇"), "{out}");
        assert!(out.contains("see␛[2J 4"), "{out}");
        let lines: Vec<&str> = out.lines().collect();
        let at = lines
            .iter()
            .position(|line| line.contains("VALUE"))
            .unwrap();
        assert_eq!(
            column_of(lines[at], 'V'),
            column_of(lines[at + 1], '─'),
            "{out}"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_what_is_marked() {
        let filler = "{ä: 1}, ".repeat(50_000);
        let text = format!("{filler}HERE{filler}THERE{filler}");
        let long = format!("`{}` is odd", "x y".repeat(400));
        let out = render("a.yaml", &text, "HERE", &long, &["THERE"]);
        assert!(out.len() < 2_000, "{} bytes", out.len());
        assert!(out.contains("[a.yaml:1:400001]"), "{out}");
        assert!(out.contains("HERE") && out.contains("THERE"), "{out}");
        assert!(out.contains("is odd"), "{out}");
        let lines: Vec<&str> = out.lines().collect();
        let at = lines.iter().position(|line| line.contains("HERE")).unwrap();
        assert_eq!(column_of(lines[at], 'H'), column_of(lines[at + 1], '─'));
    }

    #[test]
    fn a_span_longer_than_what_is_shown_is_marked_as_far_as_it_is() {
        let text = format!("key: {}\nnext: 1\n", "v".repeat(100_000));
        let out = render("a.yaml", &text, &text[5..], "long", &[]);
        assert!(out.len() < 1_000, "{out}");
        assert!(out.contains("…") && out.contains("next: 1"), "{out}");
    }

    #[test]
    fn places_far_apart_and_at_the_ends_are_all_shown() {
        let text = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\ng: 7";
        let out = render("a.yaml", text, "a: 1", "m", &["d: 4", "g: 7"]);
        for line in text.lines() {
            assert!(out.contains(line), "{line} in {out}");
        }
        let out = render("a.yaml", text, "a: 1", "m", &["g: 7"]);
        assert!(!out.contains("d: 4"), "{out}");
        assert!(out.contains(" 7 │ g: 7"), "{out}");
    }

    #[test]
    fn a_file_without_text_is_named() {
        let out = render("team/dataproduct.yaml", "", "", "cannot be read", &[]);
        assert!(out.contains("─[team/dataproduct.yaml]"), "{out}");
    }
}
