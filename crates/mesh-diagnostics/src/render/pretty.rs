use std::error::Error;
use std::fmt;
use std::io::{self, Write};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};

use crate::{Diagnostic, Level, Related, Report, Source, Span, Summary};

/// How text for people is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub color: bool,
    /// Whether the output can show box-drawing characters; ASCII art otherwise.
    pub unicode: bool,
    /// Whether rule ids become terminal hyperlinks to their documentation.
    pub links: bool,
    /// Columns to wrap messages at.
    pub width: usize,
}

/// Writes every finding of `report` with an excerpt of its source, one after another.
///
/// The summary is not part of it: see [`summary_line`].
pub fn pretty(report: &Report, style: Style, mut out: impl Write) -> io::Result<()> {
    let handler = handler(style);
    let mut text = String::new();
    for diagnostic in report.diagnostics() {
        text.clear();
        for view in View::all(diagnostic) {
            handler
                .render_report(&mut text, &view)
                .map_err(io::Error::other)?;
        }
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
    }
    Ok(())
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
    match summary.unverified {
        0 => line,
        1 => format!("{line}; 1 input unverified: name a registry to check it"),
        n => format!("{line}; {n} inputs unverified: name a registry to check them"),
    }
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
        .with_context_lines(1)
        // An id is one word, whatever hyphens it has.
        .with_word_splitter(textwrap::WordSplitter::NoHyphenation)
        .with_word_separator(textwrap::WordSeparator::AsciiSpace)
        .with_links(style.links)
        .with_urls(style.links)
        .without_cause_chain()
        .without_syntax_highlighting()
}

/// A finding, or one of its related places in another file, as miette sees it.
struct View<'a> {
    level: Level,
    code: Option<String>,
    url: Option<String>,
    message: &'a str,
    help: Option<&'a str>,
    source: Lines<'a>,
    labels: Vec<LabeledSpan>,
}

impl<'a> View<'a> {
    /// The finding itself, with the places in its file, and then one view for each other file.
    fn all(diagnostic: &'a Diagnostic) -> Vec<Self> {
        let source = &diagnostic.source;
        let mut labels = vec![LabeledSpan::new_primary_with_span(
            None,
            first_line(source, diagnostic.span),
        )];
        let mut elsewhere = Vec::new();
        for related in &diagnostic.related {
            if related.source.name() == source.name() {
                labels.push(LabeledSpan::new_with_span(
                    Some(related.message.clone()),
                    first_line(source, related.span),
                ));
            } else {
                elsewhere.push(Self::related(related));
            }
        }
        // A file that could not be read has no text to show.
        if source.text().is_empty() {
            labels.clear();
        }
        let finding = Self {
            level: diagnostic.level,
            code: Some(format!("{}[{}]", diagnostic.level, diagnostic.rule)),
            url: Some(diagnostic.url()),
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            source: Lines(source),
            labels,
        };
        elsewhere.insert(0, finding);
        elsewhere
    }

    fn related(related: &'a Related) -> Self {
        Self {
            level: Level::Info,
            code: None,
            url: None,
            message: &related.message,
            help: None,
            source: Lines(&related.source),
            labels: vec![LabeledSpan::new_primary_with_span(
                None,
                first_line(&related.source, related.span),
            )],
        }
    }
}

/// The part of `span` on its first line: a mapping of forty lines is marked where it starts.
fn first_line(source: &Source, span: Span) -> SourceSpan {
    let end = source
        .line(source.line_index(span.start))
        .map_or(span.end, |line| span.end.min(line.end.max(span.start)));
    (span.start as usize, (end - span.start) as usize).into()
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl fmt::Display for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl Error for View<'_> {}

impl miette::Diagnostic for View<'_> {
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
        self.help.map(|help| Box::new(help) as _)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.as_ref().map(|url| Box::new(url) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A source that finds lines by its index. miette's own strings scan from the start for every
/// excerpt, which at the end of a long file costs a hundred times as much.
struct Lines<'a>(&'a Source);

impl SourceCode for Lines<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let source = self.0;
        let length = source.text().len();
        if span.offset() > length || span.offset() + span.len() > length {
            return Err(MietteError::OutOfBounds);
        }
        let at = |offset: usize| source.line_index(u32::try_from(offset).unwrap_or(u32::MAX));
        let first = at(span.offset()).saturating_sub(context_lines_before);
        let last = at(span.offset() + span.len()) + context_lines_after;
        let last = (first..=last)
            .rev()
            .find(|&index| source.line(index).is_some())
            .unwrap_or(first);
        let start = source.line(first).map_or(0, |line| line.start as usize);
        let end = source.line(last).map_or(length, |line| line.end as usize);
        // Without context, miette asks where the span itself starts.
        let column = if context_lines_before == 0 {
            source.text()[start..span.offset()].chars().count()
        } else {
            0
        };
        Ok(Box::new(MietteSpanContents::new_named(
            source.name().to_owned(),
            &source.text().as_bytes()[start..end],
            (start, end - start).into(),
            first,
            column,
            last - first + 1,
        )))
    }
}
