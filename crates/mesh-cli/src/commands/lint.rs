//! `mesh lint`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::{Report, render};

use crate::cli::{Format, Lint};
use crate::config::Project;
use crate::ops::{check, registry, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Lint) -> Result<Ending, Failure> {
    let project = Project::of(&arguments.paths[0])?;
    let location = registry::named(arguments.registry.registry.as_deref(), &project)?;
    let mut files = workspace::load(&arguments.paths, &project)?;
    if let Some(location) = location {
        let snapshot = registry::open(location, arguments.registry.offline)?;
        files = workspace::resolve_published(files, &snapshot)?;
    } else if arguments.registry.offline {
        return Err(Failure::new("--offline says how to read a registry, and none is named")
            .help("name one with --registry, or leave --offline out: without a registry, lint uses no network"));
    }
    let report = check::check(&files)?;
    print(&report, arguments.format)?;
    Ok(ending(&report))
}

/// Prints `report`, for people with a summary at the end.
pub(crate) fn print(report: &Report, format: Format) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let mut out = BufWriter::new(stdout().lock());
    match format {
        Format::Json => render::json(report, &mut out)?,
        Format::Pretty => {
            render::pretty(report, terminal.style(), &mut out)?;
            let summary = render::summary_line(report.summary());
            let mark = match report.summary() {
                s if s.errors > 0 => terminal.red("✗"),
                s if s.warnings > 0 => terminal.yellow("!"),
                _ => terminal.green("✓"),
            };
            writeln!(out, "{mark} {summary}")?;
        }
    }
    out.flush()?;
    Ok(())
}

fn ending(report: &Report) -> Ending {
    if report.is_clean() {
        Ending::Clean
    } else {
        Ending::Findings
    }
}
