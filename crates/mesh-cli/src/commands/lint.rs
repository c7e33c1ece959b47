//! `mesh lint`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::{Report, render};

use crate::cli::{Format, Lint};
use crate::ops::{check, registry, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Lint) -> Result<Ending, Failure> {
    let registry = arguments.registry.registry.as_deref();
    let project = workspace::project(&arguments.paths, registry.is_some())?;
    let location = registry::named(registry, &project)?;
    let mut files = workspace::load(&arguments.paths, &project)?;
    match location {
        // What refers to nothing outside needs nobody to be asked.
        Some(location) if workspace::refers_elsewhere(&files) => {
            let snapshot = registry::open(location, arguments.registry.offline)?;
            files = workspace::resolve_published(files, &snapshot)?;
        }
        None if arguments.registry.offline => {
            return Err(Failure::new(
                "--offline says how to read a registry, and none is named",
            )
            .help(
                "name one with --registry, or leave --offline out: without a registry, lint uses \
                 no network",
            ));
        }
        _ => {}
    }
    let report = check::check(&files)?;
    // The process is about to end: to free a repository piece by piece is a tenth of a run.
    std::mem::forget(files);
    let ending = if report.is_clean() {
        Ending::Clean
    } else {
        Ending::Findings
    };
    match print(&report, arguments.format) {
        // A reader that went away has not made the findings go away.
        Err(failure) if failure.is_broken_pipe() => Ok(ending),
        outcome => outcome.map(|()| ending),
    }
}

/// Prints `report`, for people with a summary at the end.
pub(crate) fn print(report: &Report, format: Format) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let mut out = BufWriter::new(stdout().lock());
    match format {
        Format::Json => render::json(report, &mut out)?,
        Format::Pretty => {
            render::pretty(report, terminal.style(), &mut out)?;
            print_summary(&mut out, report)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The line that says what was read and found.
pub(crate) fn print_summary(out: &mut impl Write, report: &Report) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let mark = match report.summary() {
        summary if summary.errors > 0 => terminal.red("✗"),
        summary if summary.warnings > 0 => terminal.yellow("!"),
        _ => terminal.green("✓"),
    };
    writeln!(out, "{mark} {}", render::summary_line(report.summary()))?;
    Ok(())
}
