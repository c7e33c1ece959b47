//! Where findings go: to standard output and to files, in the formats that were asked for.

use std::collections::HashSet;
use std::env;
use std::io::{self, BufWriter, Write, stdout};
use std::path::Path;

use mesh_compat::gate;
use mesh_diagnostics::render::{self, Style};
use mesh_diagnostics::{
    COMPATIBILITY, Diagnostic, LOCK, Level, POLICY, Paths, REGISTRY, Report, RuleInfo,
};
use mesh_lint::rules;
use mesh_registry::verify;
use serde::Serialize;

use crate::cli::{FailLevel, LintFormat, OutputArgs, OutputFile};
use crate::ops::{files, inputs};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// Writes `report` wherever it is wanted, and says how the run ends.
///
/// Files come first: they are there even if nobody reads what is printed.
pub(crate) fn deliver(report: &Report, arguments: &OutputArgs) -> Result<Ending, Failure> {
    let ending = deliver_files(report, arguments, |out| render::json(report, out))?;
    match print(report, arguments.format) {
        // A reader that went away has not made the findings go away.
        Err(failure) if failure.is_broken_pipe() => Ok(ending),
        outcome => outcome.map(|()| ending),
    }
}

/// Writes `report` wherever it is wanted, for people without the line that sums it up.
pub(crate) fn deliver_quietly(report: &Report, arguments: &OutputArgs) -> Result<Ending, Failure> {
    let ending = deliver_files(report, arguments, |out| render::json(report, out))?;
    print_quietly(report, arguments.format)?;
    Ok(ending)
}

/// Writes `report` on a registry wherever it is wanted, without the line that sums it up. Its files are named from the root
/// of the registry, wherever mesh runs.
pub(crate) fn deliver_of_registry(
    report: &Report,
    arguments: &OutputArgs,
) -> Result<Ending, Failure> {
    let paths = Paths::default();
    check(&arguments.output)?;
    for file in &arguments.output {
        let mut content = Vec::new();
        render(report, file.format, &paths, Style::PLAIN, &mut content)?;
        write(&content, file)?;
    }
    let mut out = BufWriter::new(stdout().lock());
    render(
        report,
        arguments.format,
        &paths,
        Terminal::stdout().style(),
        &mut out,
    )?;
    out.flush()?;
    Ok(ending(report, arguments.fail_level))
}

/// Prints `report` without the line that sums it up.
pub(crate) fn print_quietly(report: &Report, format: LintFormat) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    render(
        report,
        format,
        &paths(),
        Terminal::stdout().style(),
        &mut out,
    )?;
    out.flush()?;
    Ok(())
}

/// Writes `report` to files only, and says how the run ends. As JSON it is what `json` writes: commands
/// have more to say there.
pub(crate) fn deliver_files(
    report: &Report,
    arguments: &OutputArgs,
    json: impl Fn(&mut Vec<u8>) -> io::Result<()>,
) -> Result<Ending, Failure> {
    check(&arguments.output)?;
    for file in &arguments.output {
        let mut content = Vec::new();
        match file.format {
            LintFormat::Json => json(&mut content)?,
            format => render(report, format, &paths(), Style::PLAIN, &mut content)?,
        }
        write(&content, file)?;
    }
    Ok(ending(report, arguments.fail_level))
}

/// Writes what a command has to say for programs.
pub(crate) fn json(out: &mut impl Write, view: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, view)?;
    writeln!(out)
}

/// Prints `report`, for people with a summary at the end.
pub(crate) fn print(report: &Report, format: LintFormat) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    render(
        report,
        format,
        &paths(),
        Terminal::stdout().style(),
        &mut out,
    )?;
    if matches!(
        format,
        LintFormat::Pretty | LintFormat::Compact | LintFormat::Github
    ) {
        print_summary(&mut out, report)?;
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

fn render(
    report: &Report,
    format: LintFormat,
    paths: &Paths,
    style: Style,
    out: &mut impl Write,
) -> io::Result<()> {
    match format {
        LintFormat::Pretty => render::pretty(report, style, out),
        LintFormat::Compact => render::compact(report, style, out),
        LintFormat::Json => render::json(report, out),
        LintFormat::Sarif => render::sarif(report, &rule_infos(report), paths, out),
        LintFormat::Github => render::github(report, paths, out),
        LintFormat::Gitlab => render::gitlab(report, paths, out),
        LintFormat::Junit => render::junit(report, paths, out),
    }
}

fn ending(report: &Report, level: FailLevel) -> Ending {
    let summary = report.summary();
    let failing = match level {
        FailLevel::Error => summary.errors,
        FailLevel::Warn => summary.errors + summary.warnings,
        FailLevel::Info => summary.errors + summary.warnings + summary.infos,
        FailLevel::Never => 0,
    };
    if failing == 0 {
        Ending::Clean
    } else {
        Ending::Findings
    }
}

/// No file is written twice: what is written second would silently take the place of the first.
pub(crate) fn check<F>(files: &[OutputFile<F>]) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    match files.iter().find(|file| !seen.insert(&file.path)) {
        None => Ok(()),
        Some(file) => Err(Failure::new(format!(
            "`{}` would be written twice",
            file.path.display()
        ))
        .help("give each --output a file of its own")),
    }
}

/// Writes what a file is to hold.
pub(crate) fn write<F>(content: &[u8], file: &OutputFile<F>) -> Result<(), Failure> {
    files::write_through(&file.path, content).map_err(|error| {
        Failure::new(format!("cannot write `{}`: {error}", file.path.display()))
            .help("check that you may write there and that the disk is not full")
    })
}

/// What there is to find, for formats that tell of it: what mesh checks, and the policies that found something.
fn rule_infos(report: &Report) -> Vec<RuleInfo<'_>> {
    let is_compatibility = |found: &Diagnostic| found.group == COMPATIBILITY;
    let is_of_registry = |found: &Diagnostic| found.group == REGISTRY;
    let mut infos: Vec<RuleInfo<'_>> = if report.diagnostics().iter().any(is_of_registry) {
        let checks = verify::ALL.iter().map(|check| RuleInfo {
            id: check.id,
            group: REGISTRY,
            level: Level::Error,
            summary: check.summary,
            docs: check.docs,
        });
        checks.chain(gate::rules::infos()).collect()
    } else if report.diagnostics().iter().any(is_compatibility) {
        gate::rules::infos()
    } else {
        let rules = rules::ALL.iter().map(|rule| RuleInfo {
            id: rule.id,
            group: rule.group.as_str(),
            level: rule.level,
            summary: rule.summary,
            docs: rule.docs,
        });
        rules.collect()
    };
    if report.diagnostics().iter().any(|found| found.group == LOCK) {
        infos.extend(inputs::rules::infos());
    }
    let waived = report.waived().iter().map(|waived| &waived.diagnostic);
    let found = report.diagnostics().iter().chain(waived);
    let mut seen = HashSet::new();
    for policy in found.filter(|found| found.group == POLICY && seen.insert(&found.rule)) {
        // The pack that asks for it says why.
        let mut elsewhere = policy.related.iter();
        let why = elsewhere.find(|related| related.source.name() != policy.source.name());
        infos.push(RuleInfo {
            id: &policy.rule,
            group: POLICY,
            level: policy.level,
            summary: &policy.rule,
            docs: why.map_or(&policy.message, |related| &related.message),
        });
    }
    infos
}

/// How files are named for platforms: from the root of the git work tree, if mesh runs in one.
fn paths() -> Paths {
    let Ok(folder) = env::current_dir() else {
        return Paths::default();
    };
    let root = folder
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(&folder);
    Paths::new(&with_slashes(root), &with_slashes(&folder))
}

/// A path as sources are named.
fn with_slashes(path: &Path) -> String {
    let path = path.to_string_lossy();
    if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.into_owned()
    }
}
