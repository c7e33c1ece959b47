use std::io::{self, Write};

use serde::Serialize;

use super::escaped;
use crate::{Diagnostic, Fix, Position, Report, Source, Span, Summary, Waived};

/// Writes `report` as one JSON document with a trailing newline.
///
/// The format is versioned by its `version` field. Lines and columns are 1-based and columns count
/// characters; offsets are 0-based bytes. Diagnostics come sorted by file and position.
pub fn json(report: &Report, out: impl Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        summary: report.summary(),
        diagnostics: report.diagnostics().iter().map(Finding::new).collect(),
        waived: report.waived().iter().map(WaivedView::new).collect(),
    };
    escaped::write(&document, out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    summary: Summary,
    diagnostics: Vec<Finding<'a>>,
    waived: Vec<WaivedView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WaivedView<'a> {
    waiver: &'a str,
    until: &'a str,
    category: &'a str,
    reason: &'a str,
    compensating: Option<&'a str>,
    owner: &'a str,
    approved_by: &'a str,
    ticket: Option<&'a str>,
    file: &'a str,
    range: Range,
    diagnostic: Finding<'a>,
}

impl<'a> WaivedView<'a> {
    fn new(waived: &'a Waived) -> Self {
        Self {
            waiver: &waived.waiver,
            until: &waived.until,
            category: &waived.category,
            reason: &waived.reason,
            compensating: waived.compensating.as_deref(),
            owner: &waived.owner,
            approved_by: &waived.approved_by,
            ticket: waived.ticket.as_deref(),
            file: waived.source.name(),
            range: Range::new(&waived.source, waived.span),
            diagnostic: Finding::new(&waived.diagnostic),
        }
    }
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    group: &'a str,
    level: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    url: String,
    file: &'a str,
    pointer: &'a str,
    range: Range,
    related: Vec<Place<'a>>,
    fix: Option<FixView<'a>>,
}

impl<'a> Finding<'a> {
    fn new(diagnostic: &'a Diagnostic) -> Self {
        Self {
            rule: &diagnostic.rule,
            group: &diagnostic.group,
            level: diagnostic.level.as_str(),
            message: &diagnostic.message,
            help: diagnostic.help.as_deref(),
            url: diagnostic.url(),
            file: diagnostic.source.name(),
            pointer: &diagnostic.pointer,
            range: Range::new(&diagnostic.source, diagnostic.span),
            related: diagnostic
                .related
                .iter()
                .map(|related| Place {
                    message: &related.message,
                    file: related.source.name(),
                    range: Range::new(&related.source, related.span),
                })
                .collect(),
            fix: diagnostic
                .fix
                .as_ref()
                .map(|fix| FixView::new(fix, &diagnostic.source)),
        }
    }
}

#[derive(Serialize)]
struct FixView<'a> {
    title: &'a str,
    safety: &'a str,
    edits: Vec<EditView<'a>>,
    rename: Option<&'a str>,
}

impl<'a> FixView<'a> {
    fn new(fix: &'a Fix, source: &Source) -> Self {
        Self {
            title: &fix.title,
            safety: fix.safety.as_str(),
            edits: fix
                .edits
                .iter()
                .map(|edit| EditView {
                    range: Range::new(source, edit.span),
                    text: &edit.text,
                })
                .collect(),
            rename: fix.rename.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct EditView<'a> {
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    message: &'a str,
    file: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

impl Range {
    fn new(source: &Source, span: Span) -> Self {
        Self {
            start: source.position(span.start).into(),
            end: source.position(span.end).into(),
        }
    }
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

impl From<Position> for Point {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
            offset: position.offset,
        }
    }
}
