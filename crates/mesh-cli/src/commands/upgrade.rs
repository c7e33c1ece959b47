//! `mesh upgrade`

use std::borrow::Cow;
use std::io::{BufWriter, Write, stdout};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Report, Summary, render};
use mesh_lint::blanked_findings;
use mesh_spec::document::{Document, Problem};
use mesh_spec::model::{ApiVersion, Kind};
use mesh_spec::upgrade::{self, Upgrade as Outcome};
use mesh_spec::workspace::{Loader, Role, Workspace};

use crate::cli::Upgrade;
use crate::ops::rewrite::{self, Rewrite, Scope};
use crate::ops::text::plural;
use crate::ops::threads;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// What an upgrade comes to.
#[derive(Default)]
struct Plan {
    rewrites: Vec<(Rewrite, String)>,
    findings: Vec<Diagnostic>,
    refused: usize,
    current: usize,
}

pub(crate) fn run(arguments: &Upgrade) -> Result<Ending, Failure> {
    let targets = targets(arguments.to.as_deref())?;
    threads::ready(usize::MAX);
    let workspace = Loader::default().load(&arguments.paths)?;
    if workspace.documents().is_empty() {
        return Err(
            Failure::new("there is no data product or contract to upgrade")
                .help("name the folder that holds `dataproduct.yaml`"),
        );
    }
    let plan = plan(&workspace, &Scope::of(&arguments.paths), &targets);
    let is_dry = arguments.diff || arguments.check;
    let mut out = BufWriter::new(stdout().lock());
    if arguments.diff {
        for (rewrite, _) in &plan.rewrites {
            rewrite.diff(&mut out)?;
        }
    }
    let (rewrites, notes): (Vec<Rewrite>, Vec<String>) = plan.rewrites.into_iter().unzip();
    if !is_dry {
        rewrite::write(&rewrites)?;
    }
    let report = Report::new(Summary::default(), plan.findings);
    let terminal = Terminal::stdout();
    render::pretty(&report, terminal.style(), &mut out)?;
    let (mark, verb) = if is_dry {
        (terminal.yellow("+"), "would move")
    } else {
        (terminal.green("✓"), "moved")
    };
    for (rewrite, note) in rewrites.iter().zip(notes).filter(|_| !arguments.diff) {
        writeln!(out, "{mark} {verb} {} {note}", rewrite.name)?;
    }
    if plan.refused > 0 {
        let was = if plan.refused == 1 {
            "it was"
        } else {
            "they were"
        };
        let left = plural(plan.refused, "document");
        writeln!(out, "{} {left} left as {was}", terminal.red("✗"))?;
    }
    if rewrites.is_empty() && plan.refused == 0 {
        writeln!(
            out,
            "{} {} up to date",
            terminal.green("✓"),
            plural(plan.current, "document")
        )?;
    }
    out.flush()?;
    let is_clean = plan.refused == 0 && (!is_dry || rewrites.is_empty());
    Ok(if is_clean {
        Ending::Clean
    } else {
        Ending::Findings
    })
}

/// The versions to move to: one of each standard, or the one that was named.
fn targets(named: Option<&str>) -> Result<Vec<ApiVersion>, Failure> {
    let Some(named) = named else {
        return Ok(Kind::ALL.map(ApiVersion::current).to_vec());
    };
    let found = Kind::ALL
        .into_iter()
        .find_map(|kind| ApiVersion::parse(kind, named));
    if let Some(version) = found {
        return Ok(vec![version]);
    }
    let known: Vec<String> = Kind::ALL
        .into_iter()
        .flat_map(ApiVersion::all)
        .map(|version| format!("`{version}`"))
        .collect();
    Err(
        Failure::new(format!("`{named}` is no version of either standard"))
            .help(format!("use one of {}", known.join(", "))),
    )
}

fn plan(workspace: &Workspace, scope: &Scope, targets: &[ApiVersion]) -> Plan {
    let mut plan = Plan::default();
    for (document, _) in workspace
        .documents()
        .iter()
        .filter(|(_, role)| *role == Role::Target)
    {
        let to = targets.iter().find(|to| Some(to.kind()) == document.kind());
        let outcome = match to {
            Some(to) if scope.contains(document.name()) => {
                (upgrade::upgrade(document, *to), to.to_string())
            }
            _ => (unreadable(document), String::new()),
        };
        match outcome {
            (Outcome::Unneeded, _) => plan.current += 1,
            (Outcome::Done(text), to) => {
                let name = document.name().to_owned();
                let from = document.api_version.map(|version| version.to_string());
                let note = format!("from {} to {to}", from.unwrap_or_default());
                let rewrite = Rewrite {
                    before: document.source.text().to_owned(),
                    after: Document::parse(name.as_str(), text.into_bytes(), document.kind()),
                    name,
                };
                plan.rewrites.push((rewrite, note));
            }
            (Outcome::Refused(problems), _) => {
                plan.refused += 1;
                let found = problems
                    .into_iter()
                    .map(|problem| finding(document, problem));
                plan.findings.extend(found);
            }
        }
    }
    blanked_findings(workspace.files(), &mut plan.findings);
    plan
}

/// A file of which it cannot be told whether it needs an upgrade is no success.
fn unreadable(document: &Document) -> Outcome {
    if document.kind().is_none() && !document.problems.is_empty() {
        Outcome::Refused(document.problems.clone())
    } else {
        Outcome::Unneeded
    }
}

fn finding(document: &Document, problem: Problem) -> Diagnostic {
    Diagnostic {
        rule: Cow::Borrowed("schema-violation"),
        group: Cow::Borrowed("valid"),
        level: Level::Error,
        message: problem.message,
        help: problem.help,
        source: Arc::clone(&document.source),
        span: problem.span,
        pointer: problem.pointer,
        related: Vec::new(),
        fix: None,
        is_binding: false,
    }
}
