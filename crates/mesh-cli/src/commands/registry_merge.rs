//! `mesh registry merge`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write, stdout};
use std::time::Duration;

use mesh_diagnostics::{Diagnostic, Level, Report, Summary, printable_line, render};
use mesh_registry::verify::{Finding, Judged, Verification};
use mesh_registry::{
    Error, GateError, MergeJudge, MergeOptions, MergeOutcome, MergeReport, MergedRequest,
    RemoteError,
};
use mesh_spec::terms::dates::Day;
use serde::Serialize;
use serde_json::Value;

use crate::cli::{Format, RegistryMerge};
use crate::config::Project;
use crate::ops::plan::TOOL;
use crate::ops::text::plural;
use crate::ops::{check, output, registry, verify};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// How long to try when others are faster: a bot may wait for longer than a person.
const DEADLINE: Duration = Duration::from_secs(300);

pub(crate) fn run(arguments: &RegistryMerge) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.as_deref(), &project)?;
    let today = check::as_of(None)?;
    let options = MergeOptions {
        dry_run: arguments.dry_run,
        limit: arguments.limit,
        keep_branches: arguments.keep_branches,
        deadline: DEADLINE,
        today: verify::jiff_day(today).ok_or_else(|| Failure::new("there is no such day"))?,
        tool: TOOL.to_owned(),
    };
    let mut judge = Judge {
        today,
        changes: verify::Changes::new(today),
        found: BTreeMap::new(),
        failure: None,
    };
    let registry = registry::handle(location, false);
    let outcome = registry.merge(&options, &mut judge);
    // Ends its progress display before anything is printed.
    drop(registry);
    let report = match (outcome, judge.failure) {
        (Ok(report), _) => report,
        (Err(Error::Gate(_)), Some(failure)) => return Err(failure),
        (Err(error @ Error::Remote(RemoteError::Protected { .. })), _) => {
            return Err(Failure::new(error).help(
                "let the account that runs this push to the branch: a bot has to be excepted from its protection",
            ));
        }
        (Err(error), _) => return Err(error.into()),
    };
    match arguments.format {
        Format::Json => print_json(&report, &judge.found)?,
        Format::Pretty => print_pretty(&report, &judge.found, arguments.dry_run)?,
    }
    let mut requests = report.requests.iter();
    let is_rejected = requests.any(|request| request.outcome == MergeOutcome::Rejected);
    Ok(if is_rejected {
        Ending::Findings
    } else {
        Ending::Clean
    })
}

/// Judges branches by everything that `mesh registry verify` knows.
struct Judge {
    today: Day,
    changes: verify::Changes,
    /// What was found, by branch.
    found: BTreeMap<String, Vec<Diagnostic>>,
    /// What kept a branch from being judged.
    failure: Option<Failure>,
}

impl MergeJudge for Judge {
    fn start_over(&mut self) {
        self.changes = verify::Changes::new(self.today);
        self.found.clear();
    }

    fn reject(&mut self, branch: &str, finding: Finding) {
        let found = self.found.entry(branch.to_owned()).or_default();
        found.extend(verify::told(finding));
    }

    fn judge(
        &mut self,
        branch: &str,
        judged: Judged,
        verification: &Verification<'_>,
    ) -> Result<bool, GateError> {
        match self.changes.judge(judged, verification) {
            Ok(found) => {
                let is_accepted = found.iter().all(|found| found.level != Level::Error);
                self.found.insert(branch.to_owned(), found);
                Ok(is_accepted)
            }
            Err(failure) => {
                self.failure = Some(failure);
                Err("a branch cannot be judged".into())
            }
        }
    }
}

fn print_pretty(
    report: &MergeReport,
    found: &BTreeMap<String, Vec<Diagnostic>>,
    dry_run: bool,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    let terminal = Terminal::stdout();
    for request in &report.requests {
        let (mark, note) = match request.outcome {
            MergeOutcome::Merged => (terminal.green("✓"), "merged"),
            MergeOutcome::AlreadyMerged => (terminal.dim("="), "merged before"),
            MergeOutcome::WouldMerge => (terminal.yellow("+"), "would be merged"),
            MergeOutcome::Rejected => (terminal.red("✗"), "rejected"),
            MergeOutcome::Left => (terminal.dim("·"), "left for the next time"),
        };
        let branch = printable_line(&request.branch);
        writeln!(out, "{mark} {branch}  {note}")?;
        let found = found.get(&request.branch).cloned().unwrap_or_default();
        if !found.is_empty() {
            let report = Report::new(Summary::default(), found);
            render::pretty(&report, terminal.style(), &mut out)?;
        }
    }
    if !report.requests.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "Registry {}", printable_line(&report.registry))?;
    let count = |outcome| {
        let requests = report.requests.iter();
        requests.filter(|it| it.outcome == outcome).count()
    };
    match &report.commit {
        Some(commit) => writeln!(
            out,
            "Commit   {commit} on {}, of {}",
            printable_line(&report.branch),
            plural(count(MergeOutcome::Merged), "request")
        )?,
        None if dry_run => writeln!(out, "Nothing was merged: this is a dry run")?,
        None if report.requests.is_empty() => writeln!(out, "Nothing to merge")?,
        None => writeln!(out, "Nothing was merged")?,
    }
    if let n @ 1.. = count(MergeOutcome::Rejected) {
        writeln!(
            out,
            "{} {} rejected, and left as {}",
            terminal.red("✗"),
            plural(n, "request"),
            if n == 1 { "it is" } else { "they are" }
        )?;
    }
    out.flush()?;
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: &'a str,
    branch: &'a str,
    tip: &'a str,
    commit: Option<&'a str>,
    requests: Vec<RequestView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestView<'a> {
    branch: &'a str,
    commit: &'a str,
    subjects: &'a [String],
    outcome: &'static str,
    is_removed: bool,
    diagnostics: Value,
}

impl<'a> RequestView<'a> {
    fn of(
        request: &'a MergedRequest,
        found: &BTreeMap<String, Vec<Diagnostic>>,
    ) -> Result<Self, Failure> {
        let found = found.get(&request.branch).cloned().unwrap_or_default();
        let mut text = Vec::new();
        render::json(&Report::new(Summary::default(), found), &mut text)?;
        let mut report: Value = serde_json::from_slice(&text).map_err(std::io::Error::from)?;
        Ok(Self {
            branch: &request.branch,
            commit: &request.commit,
            subjects: &request.subjects,
            outcome: match request.outcome {
                MergeOutcome::Merged => "merged",
                MergeOutcome::AlreadyMerged => "alreadyMerged",
                MergeOutcome::WouldMerge => "wouldMerge",
                MergeOutcome::Rejected => "rejected",
                MergeOutcome::Left => "left",
            },
            is_removed: request.is_removed,
            diagnostics: report["diagnostics"].take(),
        })
    }
}

fn print_json(
    report: &MergeReport,
    found: &BTreeMap<String, Vec<Diagnostic>>,
) -> Result<(), Failure> {
    let requests = report.requests.iter();
    let view = View {
        version: 1,
        registry: &report.registry,
        branch: &report.branch,
        tip: &report.tip,
        commit: report.commit.as_deref(),
        requests: requests
            .map(|request| RequestView::of(request, found))
            .collect::<Result<_, _>>()?,
    };
    let mut out = BufWriter::new(stdout().lock());
    output::json(&mut out, &view)?;
    out.flush()?;
    Ok(())
}
