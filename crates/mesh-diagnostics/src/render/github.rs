use std::io::{self, Write};

use super::said::said;
use crate::{Diagnostic, Level, Paths, Report, printable};

/// Writes the findings as workflow commands of GitHub Actions, which shows them beside the lines of
/// a pull request.
///
/// GitHub takes columns only where a finding begins and ends on the same line.
pub fn github(report: &Report, paths: &Paths, mut out: impl Write) -> io::Result<()> {
    for diagnostic in report.diagnostics() {
        writeln!(out, "{}", command(diagnostic, paths))?;
    }
    Ok(())
}

fn command(diagnostic: &Diagnostic, paths: &Paths) -> String {
    let name = match diagnostic.level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "notice",
    };
    let start = diagnostic.source.position(diagnostic.span.start);
    let end = diagnostic.source.position(diagnostic.span.end);
    let mut place = format!(
        "file={},line={}",
        property(&paths.of(diagnostic.source.name())),
        start.line
    );
    if start.line != end.line {
        place += &format!(",endLine={}", end.line);
    } else if start.column == end.column {
        place += &format!(",col={}", start.column);
    } else {
        place += &format!(
            ",col={},endLine={},endColumn={}",
            start.column, end.line, end.column
        );
    }
    let mut message = said(&diagnostic.message, "…");
    if let Some(help) = &diagnostic.help {
        message += "\nhelp: ";
        message += &said(help, "…");
    }
    format!(
        "::{name} {place},title={}::{}",
        property(&diagnostic.rule),
        data(&message)
    )
}

/// What stands behind the second `::` of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A value between the `::`, where `,` and `:` mean something.
fn property(text: &str) -> String {
    data(&printable(text))
        .replace(':', "%3A")
        .replace(',', "%2C")
}
