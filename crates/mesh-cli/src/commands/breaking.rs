//! `mesh breaking`

use std::io::{self, BufWriter, Write, stdout};

use mesh_compat::gate::Verdict;
use mesh_compat::{Counts, Impact};
use mesh_diagnostics::{Report, Summary, printable_line, render};
use mesh_spec::model::Kind;
use mesh_spec::workspace::Workspace;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::{Breaking, FixArgs, LintFormat};
use crate::ops::compat::{self, Base, target_documents};
use crate::ops::policies::{self, Judge, Pins};
use crate::ops::source::Surroundings;
use crate::ops::{check, fix, output, source, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Breaking) -> Result<Ending, Failure> {
    let named = arguments.registry.registry.as_deref();
    let project = workspace::project(&arguments.paths, named.is_some())?;
    let around = Surroundings::new(&project, named, arguments.registry.offline);
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    let files = workspace::load(&arguments.paths, &project)?;
    source::expect_readable(&files)?;

    let base = Base::named(
        arguments.against.as_deref(),
        &arguments.paths,
        &files,
        &around,
    )?;
    let vocabularies = around.vocabularies()?;
    let settings = compat::settings(&project, arguments.profile);
    let mut verdicts = Vec::new();
    let wanted = FixArgs {
        fix: arguments.fix,
        diff: arguments.diff,
        unsafe_fixes: false,
    };
    let snapshot = if around.names_registry()? {
        Some(around.snapshot()?)
    } else {
        None
    };
    let gathered = policies::gather(&policies::Request {
        project: &project,
        extra: &[],
        snapshot,
        as_of,
        pins: Pins::Locked,
    })?;
    let judge = Judge {
        policies: &gathered.policies,
        as_of,
        snapshot,
    };
    let fixed = fix::check(files, &arguments.paths, wanted, |files| {
        let settings = judge.without_loosening(files, &settings, &vocabularies)?;
        let judged = base.judge(files, &settings, &vocabularies, as_of)?;
        verdicts = judged.verdicts;
        let report = Report::new(summary(files), judged.findings);
        judge.hold_versions(files, &vocabularies, report)
    })?;
    if arguments.diff {
        return fixed.print_diff();
    }
    fixed.write()?;
    let format = arguments.output.format;
    let report = &fixed.report;
    let json = |out: &mut Vec<u8>| write_json(report, &verdicts, &base.label, out);
    let ending = output::deliver_files(report, &arguments.output, json)?;
    let printed = match format {
        LintFormat::Json => print_json(report, &verdicts, &base.label),
        LintFormat::Pretty => output::print(report, format)
            .and_then(|()| print_verdicts(&verdicts, &base.label, report)),
        _ => output::print(report, format),
    };
    match printed.and_then(|()| fixed.print_note(format == LintFormat::Pretty)) {
        // A reader that went away has not made the findings go away.
        Err(failure) if failure.is_broken_pipe() => Ok(ending),
        outcome => outcome.map(|()| ending),
    }
}

fn summary(files: &Workspace) -> Summary {
    let of = |kind| {
        target_documents(files)
            .filter(|document| document.kind() == Some(kind))
            .count()
    };
    Summary {
        files: target_documents(files).count(),
        products: of(Kind::DataProduct),
        contracts: of(Kind::DataContract),
        ..Summary::default()
    }
}

/// What became of each document that changed, one line each.
fn print_verdicts(verdicts: &[Verdict], against: &str, report: &Report) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let mut out = BufWriter::new(stdout().lock());
    let against = printable_line(against);
    let changed: Vec<&Verdict> = verdicts
        .iter()
        .filter(|verdict| verdict.impact > Impact::None || !verdict.ignored.is_empty())
        .collect();
    if changed.is_empty() && !report.diagnostics().is_empty() {
        // What is gone has been told of, and has no line here.
        writeln!(out, "  compared with {against}")?;
        out.flush()?;
        return Ok(());
    }
    if changed.is_empty() {
        let what = if verdicts.is_empty() {
            "none of this was there before"
        } else {
            "nothing that was there has changed"
        };
        writeln!(out, "  compared with {against}: {what}")?;
        out.flush()?;
        return Ok(());
    }
    writeln!(out, "  compared with {against}:")?;
    let noun = |verdict: &Verdict| match verdict.kind {
        Kind::DataProduct => "product",
        Kind::DataContract => "contract",
    };
    let names: Vec<String> = changed
        .iter()
        .map(|verdict| printable_line(&verdict.label).into_owned())
        .collect();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or(0);
    let steps: Vec<String> = changed.iter().map(|verdict| step(verdict)).collect();
    let steps_width = steps
        .iter()
        .map(|step| step.chars().count())
        .max()
        .unwrap_or(0);
    for ((verdict, name), step) in changed.iter().zip(&names).zip(&steps) {
        let is_known = verdict.needed.is_some();
        let mark = match (verdict.is_covered, verdict.is_enforced && is_known) {
            (true, _) => terminal.green("✓"),
            (false, true) => terminal.red("✗"),
            (false, false) => terminal.yellow("!"),
        };
        let needed = match &verdict.needed {
            Some(needed) if !verdict.is_covered => format!("  needs {needed}"),
            _ => String::new(),
        };
        writeln!(
            out,
            "  {mark} {:8} {name:width$}  {step:steps_width$}  {}{}",
            noun(verdict),
            counts(verdict.counts, verdict.impact),
            terminal.bold(&needed),
        )?;
        for ignored in &verdict.ignored {
            writeln!(
                out,
                "      {}",
                terminal.dim(&format!(
                    "ignored until {}: {} ({})",
                    ignored.until,
                    printable_line(&ignored.message),
                    printable_line(&ignored.reason)
                ))
            )?;
        }
    }
    out.flush()?;
    Ok(())
}

/// The step of a version: `1.4.0 → 1.5.0`, or `1.4.0` where it stayed.
fn step(verdict: &Verdict) -> String {
    let version = |version: &Option<String>| {
        version
            .as_deref()
            .map_or("no version".into(), printable_line)
            .into_owned()
    };
    let (base, declared) = (version(&verdict.base), version(&verdict.declared));
    if base == declared {
        base
    } else {
        format!("{base} → {declared}")
    }
}

/// How many changes there are: `1 major, 2 minor`.
fn counts(counts: Counts, impact: Impact) -> String {
    let all = [
        (counts.major, "major"),
        (counts.review, "to review"),
        (counts.minor, "minor"),
        (counts.patch, "patch"),
    ];
    let counted = all.iter().filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match (counted.is_empty(), impact) {
        (false, _) => counted.join(", "),
        (true, Impact::None) => "nothing that counts".to_owned(),
        (true, impact) => format!("{impact} by its ports"),
    }
}

fn print_json(report: &Report, verdicts: &[Verdict], against: &str) -> Result<(), Failure> {
    let mut text = Vec::new();
    write_json(report, verdicts, against, &mut text)?;
    let mut out = stdout().lock();
    out.write_all(&text)?;
    out.flush()?;
    Ok(())
}

/// Everything as JSON: the findings as `mesh lint` has them, and what became of each document.
fn write_json(
    report: &Report,
    verdicts: &[Verdict],
    against: &str,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let mut text = Vec::new();
    render::json(report, &mut text)?;
    let mut document: Value = serde_json::from_slice(&text)?;
    if let Some(object) = document.as_object_mut() {
        object.insert("against".to_owned(), json!(against));
        object.insert(
            "documents".to_owned(),
            json!(verdicts.iter().map(View::of).collect::<Vec<_>>()),
        );
    }
    output::json(out, &document)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    file: &'a str,
    kind: &'static str,
    id: Option<&'a str>,
    base: Option<&'a str>,
    declared: Option<&'a str>,
    needed: Option<String>,
    impact: Impact,
    covered: bool,
    enforced: bool,
    profile: &'static str,
    versioning: &'static str,
    changes: Value,
    ignored: Vec<Value>,
}

impl<'a> View<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let Counts {
            major,
            review,
            minor,
            patch,
            ..
        } = verdict.counts;
        let ignored = verdict.ignored.iter().map(|ignored| {
            json!({
                "kind": ignored.kind,
                "path": ignored.path,
                "message": ignored.message,
                "reason": ignored.reason,
                "until": ignored.until.to_string(),
            })
        });
        Self {
            file: verdict.source.name(),
            kind: verdict.kind.as_str(),
            id: verdict.id.as_deref(),
            base: verdict.base.as_deref(),
            declared: verdict.declared.as_deref(),
            needed: verdict.needed.as_ref().map(ToString::to_string),
            impact: verdict.impact,
            covered: verdict.is_covered,
            enforced: verdict.is_enforced,
            profile: verdict.profile.as_str(),
            versioning: verdict.versioning.as_str(),
            changes: json!({"major": major, "review": review, "minor": minor, "patch": patch}),
            ignored: ignored.collect(),
        }
    }
}
