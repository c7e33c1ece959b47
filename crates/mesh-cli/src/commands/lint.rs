//! `mesh lint`

use std::io::{Read, Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};

use mesh_diagnostics::{Diagnostic, Report};
use mesh_lint::{Preset, rules};

use crate::cli::{Lint, LintFormat, RuleArgs};
use crate::config::{Choice, LintConfig, Project};
use crate::ops::baseline::Baseline;
use crate::ops::lint::{Linted, Request};
use crate::ops::text::plural;
use crate::ops::watch::Changes;
use crate::ops::{lint, output, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// So many findings are more than anyone looks through at once.
const MANY: usize = 50;

pub(crate) fn run(arguments: &Lint) -> Result<Ending, Failure> {
    if arguments.watch {
        return watch(arguments);
    }
    let mut linted = lint::run(request(arguments)?)?;
    // The process is about to end: to free a repository piece by piece is a tenth of a run.
    std::mem::forget(linted.fixed.files.take());
    show(linted, arguments)
}

/// What the command line asks for.
fn request(arguments: &Lint) -> Result<Request<'_>, Failure> {
    Ok(Request {
        paths: &arguments.paths,
        text: match &arguments.stdin_filename {
            Some(path) if path.is_dir() => {
                return Err(
                    Failure::new(format!("`{}` is a folder, not a file", path.display())).help(
                        "name the file that the text is of: --stdin-filename dataproduct.yaml",
                    ),
                );
            }
            Some(path) => Some((path.as_path(), read_stdin()?)),
            None => None,
        },
        registry: arguments.registry.registry.as_deref(),
        offline: arguments.registry.offline,
        choice: Choice::from(&arguments.rules),
        changed_since: arguments.changed_since.as_deref(),
        as_of: arguments.as_of.as_deref(),
        fix: arguments.fix,
        policies: &[],
        only_policies: false,
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
    let Linted {
        project,
        mut fixed,
        unpinned,
        ..
    } = linted;
    if arguments.fix.diff {
        return fixed.print_diff();
    }
    let mut corrected = 0;
    if let Some(path) = baseline_of(arguments.baseline.as_deref(), &project) {
        let seen = arguments.stdin_filename.as_ref();
        let seen = seen.map_or(&arguments.paths[..], std::slice::from_ref);
        (fixed.report, corrected) = Baseline::read(&path)?.apply(fixed.report, seen);
    }
    fixed.write()?;
    let ending = output::deliver(&fixed.report, &arguments.output)?;
    let notes = fixed
        .print_note(arguments.output.format == LintFormat::Pretty)
        .and_then(|()| print_unpinned(unpinned, arguments))
        .and_then(|()| print_way_in(&fixed.report, &project, arguments));
    match notes {
        // A reader that went away has not made the findings go away.
        Err(failure) if failure.is_broken_pipe() => return Ok(ending),
        outcome => outcome?,
    }
    if corrected > 0
        && arguments.output.format == LintFormat::Pretty
        && arguments.changed_since.is_none()
    {
        let them = if corrected == 1 { "it" } else { "them" };
        // There is nowhere left to report that standard error is gone.
        let _ = writeln!(
            stderr(),
            "{corrected} of the baseline not found here: `mesh baseline` takes {them} out"
        );
    }
    Ok(ending)
}

/// Tells whoever pins some inputs how to pin the others.
fn print_unpinned(unpinned: usize, arguments: &Lint) -> Result<(), Failure> {
    if unpinned > 0 && arguments.output.format == LintFormat::Pretty {
        let inputs = plural(unpinned, "input");
        let is = if unpinned == 1 { "is" } else { "are" };
        writeln!(
            stdout(),
            "  {inputs} {is} not pinned in mesh.lock: `mesh fetch` does it"
        )?;
    }
    Ok(())
}

/// Tells whoever is met by a great many findings, and has decided nothing yet, where to start.
fn print_way_in(report: &Report, project: &Project, arguments: &Lint) -> Result<(), Failure> {
    let is_decided = arguments.rules.preset.is_some()
        || project.config.lint != LintConfig::default()
        || arguments.baseline.is_some();
    if is_decided
        || arguments.output.format != LintFormat::Pretty
        || report.diagnostics().len() < MANY
    {
        return Ok(());
    }
    let is_minimal = |found: &&Diagnostic| {
        rules::find(&found.rule).is_some_and(|rule| rule.preset == Preset::Minimal)
    };
    let minimal = report.diagnostics().iter().filter(is_minimal).count();
    writeln!(
        stdout(),
        "  new here? `--preset minimal` shows the {minimal} that matter most, and `mesh baseline` \
         tolerates what is there today"
    )?;
    Ok(())
}

/// The baseline that the command line names, else the one that `mesh.yaml` does.
pub(crate) fn baseline_of(named: Option<&Path>, project: &Project) -> Option<PathBuf> {
    named.map(Path::to_owned).or_else(|| {
        let file = project.config.lint.baseline.as_ref()?;
        Some(project.folder.as_ref()?.join(file))
    })
}

/// Lints, and again after every change, until it is interrupted.
fn watch(arguments: &Lint) -> Result<Ending, Failure> {
    if let Some(path) = arguments.paths.iter().find(|path| !path.exists()) {
        return Err(Failure::new(format!(
            "cannot watch `{}`: there is no such file or folder",
            path.display()
        ))
        .help("check the path"));
    }
    let terminal = Terminal::stderr();
    let mut offline = arguments.registry.offline;
    let mut settings = None;
    loop {
        // Anew each time, since what was removed and made again is no longer watched; and before
        // the check, so that nothing is missed after it.
        let project = workspace::project(&arguments.paths, false).ok();
        // Settings that are half written stay where they were.
        settings = project.and_then(|project| project.folder).or(settings);
        let changes = Changes::below(&arguments.paths, settings.as_deref())?;
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
