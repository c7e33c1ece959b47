use std::io::{self, Write};

use super::said::said;
use super::style::Style;
use crate::printable::printable_line;
use crate::{Level, Report};

/// Writes one line for each finding: `path:line:column: level[rule] message`.
///
/// Editors and terminals make links of such lines, and other programs take them apart.
pub fn compact(report: &Report, style: Style, mut out: impl Write) -> io::Result<()> {
    for diagnostic in report.diagnostics() {
        let start = diagnostic.source.position(diagnostic.span.start);
        let level = diagnostic.level.as_str();
        let level = if style.color {
            format!("\x1b[{}m{level}\x1b[0m", color(diagnostic.level))
        } else {
            level.to_owned()
        };
        let rule = if style.links {
            let url = diagnostic.url();
            format!("\x1b]8;;{url}\x1b\\{}\x1b]8;;\x1b\\", diagnostic.rule)
        } else {
            diagnostic.rule.to_string()
        };
        writeln!(
            out,
            "{}:{}:{}: {level}[{rule}] {}",
            printable_line(diagnostic.source.name()),
            start.line,
            start.column,
            said(&diagnostic.message, style.dots()),
        )?;
    }
    Ok(())
}

/// The colour of a level, as everywhere on the terminal.
const fn color(level: Level) -> &'static str {
    match level {
        Level::Error => "31",
        Level::Warn => "33",
        Level::Info => "36",
    }
}
