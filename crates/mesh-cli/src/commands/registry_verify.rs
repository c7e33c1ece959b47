//! `mesh registry verify`

use std::collections::BTreeSet;
use std::env;
use std::io::{IsTerminal, Read, Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};

use mesh_diagnostics::render::said;
use mesh_diagnostics::{Report, printable_line};
use mesh_registry::verify::Update;
use mesh_registry::{History, RegistryLocation, VERDICT, layout};
use mesh_spec::terms::dates::Day;

use crate::cli::{LintFormat, RegistryVerify};
use crate::config::Project;
use crate::ops::text::plural;
use crate::ops::verify::{Range, Verified};
use crate::ops::{check, output, registry, verify};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// So many findings are shown to who pushes; the rest is counted.
const SHOWN: usize = 20;

pub(crate) fn run(arguments: &RegistryVerify) -> Result<Ending, Failure> {
    if arguments.hook {
        return hook();
    }
    let project = Project::of(".".as_ref())?;
    let location = to_verify(arguments.registry.registry.as_deref(), &project)?;
    let today = check::as_of(None)?;
    let registry = registry::handle(location, arguments.registry.offline);
    let history = registry.history()?;
    let range = Range {
        base: arguments.base.as_deref(),
        head: arguments.head.as_deref(),
        today,
        is_full: arguments.full,
    };
    // Ends its progress display, so that there is one at a time.
    drop(registry);
    let verified = verify::verify(&history, &range)?;
    let report = &verified.report;
    let ending = output::deliver_of_registry(report, &arguments.output)?;
    if arguments.output.format == LintFormat::Pretty {
        print_summary(&verified)?;
    }
    Ok(ending)
}

/// The registry that is named, else the one that this is a checkout of, else the embedded one.
///
/// A registry that was never there has no findings, and must not pass for that.
fn to_verify(argument: Option<&str>, project: &Project) -> Result<RegistryLocation, Failure> {
    if let Some(location) = registry::named(argument, project)? {
        return Ok(location);
    }
    if Path::new(layout::FORMAT_FILE).is_file() {
        return registry::parse(".");
    }
    let embedded = RegistryLocation::default_location()?;
    if embedded.path().is_some_and(Path::exists) {
        return Ok(embedded);
    }
    Err(Failure::new("there is no registry to verify")
        .help("name it with `--registry`, or run the command in the folder of a checkout of it"))
}

fn print_summary(verified: &Verified) -> Result<(), Failure> {
    let report = &verified.report;
    let terminal = Terminal::stdout();
    let mark = match report.is_clean() {
        true if report.diagnostics().is_empty() => terminal.green("✓"),
        true => terminal.yellow("!"),
        false => terminal.red("✗"),
    };
    let findings = match report.diagnostics().len() {
        0 => "no findings".to_owned(),
        n => plural(n, "finding"),
    };
    let mut out = stdout().lock();
    writeln!(
        out,
        "{mark} {findings} in {} of {}",
        plural(verified.versions, "published version"),
        plural(verified.commits, "commit"),
    )?;
    if verified.unverifiable > 0 {
        writeln!(
            out,
            "  {} of policies that are not the registry's cannot be checked",
            plural(verified.unverifiable, "result")
        )?;
    }
    Ok(())
}

/// Judges what is pushed to the repository around. Whatever goes wrong, the push is refused: git takes any exit code but 0
/// for that.
fn hook() -> Result<Ending, Failure> {
    if stdin().is_terminal() {
        return Err(Failure::new("`mesh registry verify --hook` is run by git, which tells it what is pushed")
            .help("install it with `mesh registry init --hook PATH`; to check a registry, leave `--hook` out"));
    }
    let mut input = String::new();
    stdin()
        .read_to_string(&mut input)
        .map_err(|error| Failure::new(format!("cannot read what is pushed: {error}")))?;
    let updates = Update::parse(&input).ok_or_else(|| {
        Failure::new("standard input is not what git tells a pre-receive hook, or of a repository with SHA-256")
            .help("run it as the hook `pre-receive` of a registry: `mesh registry init --hook PATH` installs it")
    })?;
    let today = check::as_of(None)?;
    // git runs hooks in the repository, and says so; whatever MESH_REGISTRY names is another.
    let folder = env::var_os("GIT_DIR").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let current = env::current_dir()
        .map_err(|error| Failure::new(format!("cannot tell the current folder: {error}")))?;
    let location = RegistryLocation::parse(&current.join(folder).to_string_lossy(), &current)?;
    let history = registry::handle(location, true).history()?;
    let branch = history.branch_name()?;
    for update in updates.iter().filter(|update| update.name == branch) {
        let report = judge(&history, update, today)?;
        if !report.is_clean() {
            refuse(&report, &branch)?;
            return Ok(Ending::Findings);
        }
    }
    Ok(Ending::Clean)
}

fn judge(history: &History, update: &Update, today: Day) -> Result<Report, Failure> {
    if let Some(finding) = history.check_update(update)? {
        return Ok(verify::refusal(finding));
    }
    let range = Range {
        base: update.old.as_deref(),
        head: update.new.as_deref(),
        today,
        is_full: false,
    };
    Ok(verify::verify(history, &range)?.report)
}

/// Tells who pushes: git shows it line by line, after `remote:`.
fn refuse(report: &Report, branch: &str) -> Result<(), Failure> {
    let mut err = stderr().lock();
    let errors = plural(report.summary().errors, "error");
    let branch = printable_line(branch);
    writeln!(err, "{VERDICT} to {branch}: {errors}")?;
    let found = report.diagnostics();
    let mut helps = BTreeSet::new();
    for diagnostic in found.iter().take(SHOWN) {
        let source = &diagnostic.source;
        let place = if source.text().is_empty() {
            String::new()
        } else {
            let start = source.position(diagnostic.span.start);
            format!(":{}:{}", start.line, start.column)
        };
        writeln!(
            err,
            "{}{place}: {}[{}] {}",
            printable_line(source.name()),
            diagnostic.level.as_str(),
            diagnostic.rule,
            said(&diagnostic.message, "..."),
        )?;
        // What to do is said once.
        if let Some(help) = diagnostic.help.as_ref().filter(|help| helps.insert(*help)) {
            writeln!(err, "  help: {}", said(help, "..."))?;
        }
    }
    if found.len() > SHOWN {
        writeln!(err, "and {} more", found.len() - SHOWN)?;
    }
    if let Some(first) = found.first() {
        writeln!(err, "`mesh explain {}` says more", first.rule)?;
    }
    Ok(())
}
