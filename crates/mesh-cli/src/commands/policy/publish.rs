//! `mesh policy publish`

use std::collections::BTreeSet;
use std::io::{BufWriter, Write, stdout};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Report, Summary};
use mesh_policy::{PolicyFile, PolicyLevel};
use mesh_registry::{Error, Outcome, PolicyPublication, PublishOptions, Snapshot, layout};
use mesh_spec::terms::dates::Day;
use serde::Serialize;

use crate::cli::{Format, LintFormat, PolicyPublish};
use crate::commands::publish::refuse_for;
use crate::config::Project;
use crate::ops::plan::TOOL;
use crate::ops::policies::{self, Pins, impact};
use crate::ops::text::plural;
use crate::ops::{check, output, registry};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// The id of the finding that a pack denies from the first day what it did not deny before.
const AT_ONCE: &str = "denied-at-once";

pub(crate) fn run(arguments: &PolicyPublish) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    let location = registry::named_or_embedded(arguments.registry.as_deref(), &project)?;
    let candidates = policies::gather_alone(&arguments.policies, &Project::default())?;
    let files: Vec<mesh_registry::PolicyFile> = candidates.iter().map(placed).collect();
    let snapshot = registry::open(location.clone(), false)?;
    let findings = judge(&candidates, arguments.at_once, &snapshot, as_of)?;
    if !findings.is_empty() {
        return refuse(findings, files.len(), arguments.format);
    }
    let registry = registry::handle(location, false);
    let message = match files.as_slice() {
        [only] => format!("Put {} into force", only.path),
        all => format!("Put {} into force", plural(all.len(), "policy file")),
    };
    let options = PublishOptions {
        dry_run: arguments.dry_run,
        ..PublishOptions::default()
    };
    // Whatever the registry is when it comes to pushing, they have to go together with it.
    let mut refusal: Option<Result<Vec<Diagnostic>, Failure>> = None;
    let outcome =
        registry.publish_policies(
            &files,
            &message,
            TOOL,
            &options,
            &mut |snapshot| match judge(&candidates, arguments.at_once, snapshot, as_of) {
                Ok(findings) if findings.is_empty() => Ok(()),
                other => {
                    refusal = Some(other);
                    Err("the policies do not go together with the registry as it is now".into())
                }
            },
        );
    drop(registry);
    match (outcome, refusal) {
        (Ok(published), _) => {
            print(&published, arguments)?;
            Ok(Ending::Clean)
        }
        (Err(Error::Gate(_)), Some(Ok(findings))) => {
            refuse(findings, files.len(), arguments.format)
        }
        (Err(Error::Gate(_)), Some(Err(failure))) => Err(failure),
        (Err(error), _) if error.is_refusal() => refuse_for(error, arguments.format),
        (Err(error), _) => Err(error.into()),
    }
}

/// A file at its place in the registry, byte for byte.
fn placed(file: &PolicyFile) -> mesh_registry::PolicyFile {
    let head = file.head();
    let path = match (file, file.version()) {
        (PolicyFile::Pack(_), Some(version)) => layout::pack_file(&head.name, version),
        (PolicyFile::Overlay(_), _) => layout::overlay_file(&head.name),
        _ => layout::waiver_file(&head.name),
    };
    mesh_registry::PolicyFile {
        path,
        bytes: head.source.text().as_bytes().to_vec(),
    }
}

/// What is wrong with the files beside what `snapshot` holds; `at_once`, they may deny what is published. What does not
/// go together at all is a failure.
fn judge(
    candidates: &[PolicyFile],
    at_once: bool,
    snapshot: &Snapshot,
    as_of: Day,
) -> Result<Vec<Diagnostic>, Failure> {
    let nobody = Project::default();
    let names: BTreeSet<String> = candidates
        .iter()
        .map(|file| file.head().name.clone())
        .collect();
    let request = policies::Request {
        project: &nobody,
        extra: &[],
        snapshot: Some(snapshot),
        as_of,
        pins: Pins::InForce,
    };
    let after = policies::gather_around(policies::read_again(candidates)?, &request)?;
    let mut findings = after
        .policies
        .test(as_of, |name| names.contains(name))
        .findings;
    if at_once || snapshot.current()?.is_empty() {
        return Ok(findings);
    }
    let answer = impact::impact(policies::read_again(candidates)?, snapshot, as_of)?;
    let all = after.policies.describe_changed_by(&names);
    let denies = |level| level == Some(PolicyLevel::Deny);
    for policy in &answer.policies {
        let affected = policy
            .affected
            .iter()
            .filter(|it| it.waiver.is_none() && denies(it.level) && !denies(it.level_before));
        let affected: Vec<&str> = affected.map(|it| it.reference.as_str()).collect();
        let (Some(first), Some(description)) =
            (affected.first(), all.iter().find(|it| it.id == policy.id))
        else {
            continue;
        };
        let others = match affected.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        findings.push(Diagnostic {
            rule: AT_ONCE.into(),
            group: mesh_diagnostics::POLICY.into(),
            level: mesh_diagnostics::Level::Error,
            message: format!(
                "`{}` denies from the first day what is published: {first}{others}",
                policy.id
            ),
            help: Some(
                "give it a rollout, such as `rollout: {warn: …, deny: …}`; `mesh policy impact` tells whom it affects. \
                 If everyone has agreed, say --at-once"
                    .to_owned(),
            ),
            source: Arc::clone(&description.place.source),
            span: description.place.span,
            pointer: String::new(),
            related: Vec::new(),
            fix: None,
            is_binding: false,
        });
    }
    Ok(findings)
}

fn refuse(findings: Vec<Diagnostic>, files: usize, format: Format) -> Result<Ending, Failure> {
    let scope = Summary {
        files,
        ..Summary::default()
    };
    let report = Report::new(scope, findings);
    output::print_quietly(&report, LintFormat::from(format))?;
    if format == Format::Pretty {
        writeln!(
            stdout(),
            "{} {}: nothing was published",
            Terminal::stdout().red("✗"),
            plural(report.diagnostics().len(), "finding")
        )?;
    }
    Ok(Ending::Findings)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: &'a str,
    branch: &'a str,
    commit: Option<&'a str>,
    files: Vec<FileView<'a>>,
}

#[derive(Serialize)]
struct FileView<'a> {
    path: &'a str,
    outcome: &'static str,
    replaced: bool,
}

fn print(published: &PolicyPublication, arguments: &PolicyPublish) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    if arguments.format == Format::Json {
        let files = published.files.iter().map(|file| FileView {
            path: &file.path,
            outcome: match file.outcome {
                Outcome::Published => "published",
                Outcome::AlreadyPublished => "alreadyPublished",
                Outcome::WouldPublish => "wouldPublish",
            },
            replaced: file.replaced,
        });
        let view = View {
            version: 1,
            registry: &published.registry,
            branch: &published.branch,
            commit: published.commit.as_deref(),
            files: files.collect(),
        };
        serde_json::to_writer_pretty(&mut out, &view).map_err(std::io::Error::from)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(());
    }
    let terminal = Terminal::stdout();
    for file in &published.files {
        let (mark, note) = match (file.outcome, file.replaced) {
            (Outcome::AlreadyPublished, _) => (terminal.dim("="), "there already, unchanged"),
            (Outcome::Published, false) => (terminal.green("✓"), "published"),
            (Outcome::Published, true) => (terminal.green("✓"), "replaced"),
            (Outcome::WouldPublish, false) => (terminal.yellow("+"), "would be published"),
            (Outcome::WouldPublish, true) => (terminal.yellow("+"), "would be replaced"),
        };
        writeln!(out, "{mark} {}  {note}", file.path)?;
    }
    writeln!(out)?;
    writeln!(out, "Registry {}", published.registry)?;
    match &published.commit {
        Some(commit) => writeln!(out, "Commit   {commit} on {}", published.branch)?,
        None if arguments.dry_run => writeln!(out, "Nothing was published: this is a dry run")?,
        None => writeln!(out, "Nothing to do: everything was published before")?,
    }
    out.flush()?;
    Ok(())
}
