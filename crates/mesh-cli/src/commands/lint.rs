//! `mesh lint`

use std::io::{BufWriter, Read, Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};

use mesh_diagnostics::{Level, Report, render};

use crate::cli::{FailOn, Format, Lint, RuleArgs};
use crate::config::{Choice, Project};
use crate::ops::baseline::Baseline;
use crate::ops::lint::{Linted, Request};
use crate::ops::watch::Changes;
use crate::ops::{lint, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Lint) -> Result<Ending, Failure> {
    if arguments.watch {
        return watch(arguments);
    }
    let linted = lint::run(request(arguments)?)?;
    show(linted, arguments)
}

/// What the command line asks for.
fn request(arguments: &Lint) -> Result<Request<'_>, Failure> {
    Ok(Request {
        paths: &arguments.paths,
        text: match &arguments.stdin_filename {
            Some(path) => Some((path.as_path(), read_stdin()?)),
            None => None,
        },
        registry: arguments.registry.registry.as_deref(),
        offline: arguments.registry.offline,
        choice: Choice::from(&arguments.rules),
        changed_since: arguments.changed_since.as_deref(),
    })
}

fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    stdin()
        .lock()
        .take(mesh_spec::yaml::MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(format!("cannot read standard input: {error}")))?;
    if bytes.len() as u64 > mesh_spec::yaml::MAX_FILE_BYTES {
        return Err(Failure::new(format!(
            "the text on standard input is larger than {} MiB",
            mesh_spec::yaml::MAX_FILE_BYTES >> 20
        )));
    }
    Ok(bytes)
}

/// Prints what was found, without what is tolerated.
fn show(linted: Linted, arguments: &Lint) -> Result<Ending, Failure> {
    let mut report = linted.report;
    let mut corrected = 0;
    if let Some(path) = baseline_of(arguments.baseline.as_deref(), &linted.project) {
        (report, corrected) = Baseline::read(&path)?.apply(report);
    }
    let ending = if is_failure(&report, arguments.fail_on) {
        Ending::Findings
    } else {
        Ending::Clean
    };
    match print(&report, arguments.format) {
        // A reader that went away has not made the findings go away.
        Err(failure) if failure.is_broken_pipe() => return Ok(ending),
        outcome => outcome?,
    }
    // What one path no longer shows, another may: only the whole repository can tell.
    if corrected > 0 && arguments.format == Format::Pretty && arguments.changed_since.is_none() {
        let them = if corrected == 1 { "it" } else { "them" };
        // There is nowhere left to report that standard error is gone.
        let _ = writeln!(
            stderr(),
            "{corrected} of the baseline not found here: `mesh baseline` takes {them} out"
        );
    }
    Ok(ending)
}

/// The baseline that the command line names, else the one that `mesh.yaml` does.
pub(crate) fn baseline_of(named: Option<&Path>, project: &Project) -> Option<PathBuf> {
    named.map(Path::to_owned).or_else(|| {
        let file = project.config.lint.baseline.as_ref()?;
        Some(project.folder.as_ref()?.join(file))
    })
}

fn is_failure(report: &Report, fail_on: FailOn) -> bool {
    let least = match fail_on {
        FailOn::Error => Level::Error,
        FailOn::Warn => Level::Warn,
        FailOn::Info => Level::Info,
    };
    report
        .diagnostics()
        .iter()
        .any(|diagnostic| diagnostic.level >= least)
}

/// Lints, and again after every change, until it is interrupted.
fn watch(arguments: &Lint) -> Result<Ending, Failure> {
    let changes = Changes::below(&arguments.paths)?;
    let terminal = Terminal::stderr();
    let mut offline = arguments.registry.offline;
    loop {
        let request = Request {
            offline,
            ..request(arguments)?
        };
        match lint::run(request).and_then(|linted| show(linted, arguments)) {
            Ok(_) => {}
            // A file that is half written is no reason to give up.
            Err(failure) if failure.is_broken_pipe() => return Err(failure),
            Err(failure) => failure.print(),
        }
        // The registry was just read: a keystroke is no reason to ask it again.
        offline = offline || names_registry(arguments);
        let _ = writeln!(
            stderr(),
            "\n{}\n",
            terminal.dim("Waiting for changes; Ctrl-C ends it")
        );
        changes.wait()?;
    }
}

/// Whether a registry is named for the paths, on the command line or in `mesh.yaml`.
fn names_registry(arguments: &Lint) -> bool {
    arguments.registry.registry.is_some()
        || workspace::project(&arguments.paths, false)
            .is_ok_and(|project| project.config.registry.is_some())
}

impl<'a> From<&'a RuleArgs> for Choice<'a> {
    fn from(arguments: &'a RuleArgs) -> Self {
        Self {
            preset: arguments.preset,
            select: &arguments.select,
            ignore: &arguments.ignore,
        }
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
