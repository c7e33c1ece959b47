//! `mesh policy publish`

use std::collections::BTreeSet;
use std::io::{Write, stdout};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Report, Summary};
use mesh_policy::{PolicyFile, PolicyLevel};
use mesh_registry::{
    Contributed, Error, Outcome, PolicyPublication, PublishOptions, PublishedPolicy, Snapshot,
    layout,
};
use mesh_spec::terms::dates::Day;
use serde::Serialize;
use serde_json::Value;

use crate::cli::{Format, LintFormat, PolicyPublish};
use crate::commands::publish::refuse_for;
use crate::config::Project;
use crate::ops::plan::TOOL;
use crate::ops::policies::{self, Pins, impact};
use crate::ops::requests::{Nothing, Telling};
use crate::ops::text::plural;
use crate::ops::{check, output, registry, requests};
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
    let registry = registry::handle(location.clone(), false);
    let message = match files.as_slice() {
        [only] => format!("Put {} into force", only.path),
        all => format!("Put {} into force", plural(all.len(), "policy file")),
    };
    let options = PublishOptions {
        signing: requests::signing(&arguments.sign)?,
        ..requests::options(&arguments.way, arguments.dry_run, &project)
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
            let told = Told {
                published,
                arguments,
            };
            let (dry_run, format) = (arguments.dry_run, arguments.format);
            requests::tell(told, &location, &arguments.way, dry_run, format)?;
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
    request: Option<requests::View<'a>>,
    files: Vec<FileView<'a>>,
}

#[derive(Serialize)]
struct FileView<'a> {
    path: &'a str,
    outcome: &'static str,
    replaced: bool,
}

/// What is told of policies.
struct Told<'a> {
    published: PolicyPublication,
    arguments: &'a PolicyPublish,
}

impl Telling for Told<'_> {
    type Parts = Vec<PublishedPolicy>;

    fn contributed(&self) -> &Contributed<Self::Parts> {
        &self.published
    }

    fn outcomes(&mut self) -> impl Iterator<Item = &mut Outcome> {
        self.published
            .parts
            .iter_mut()
            .map(|file| &mut file.outcome)
    }

    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        self.print_parts(out)?;
        writeln!(out)?;
        let nothing = Nothing {
            done: "Nothing was published",
            to_do: "everything was published before",
            merged: "is published",
        };
        Ok(requests::print_way(
            out,
            &self.published,
            "",
            self.arguments.dry_run,
            &nothing,
        )?)
    }

    fn print_parts(&self, out: &mut impl Write) -> Result<(), Failure> {
        print_files(out, &self.published)
    }

    fn to_json(&self, merged: Option<&str>) -> serde_json::Result<Value> {
        let published = &self.published;
        let files = published.parts.iter().map(|file| FileView {
            path: &file.path,
            outcome: requests::word(file.outcome),
            replaced: file.replaced,
        });
        serde_json::to_value(View {
            version: 1,
            registry: &published.registry,
            branch: &published.branch,
            commit: published.commit.as_deref(),
            request: published
                .request
                .as_ref()
                .map(|it| requests::View::of(it, merged)),
            files: files.collect(),
        })
    }
}

fn print_files(out: &mut impl Write, published: &PolicyPublication) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    for file in &published.parts {
        let (mark, note) = match (file.outcome, file.replaced) {
            (Outcome::AlreadyPublished, _) => (terminal.dim("="), "there already, unchanged"),
            (Outcome::Published, false) => (terminal.green("✓"), "published"),
            (Outcome::Published, true) => (terminal.green("✓"), "replaced"),
            (Outcome::Submitted, _) => (terminal.cyan("↑"), "submitted"),
            (Outcome::WouldPublish, false) => (terminal.yellow("+"), "would be published"),
            (Outcome::WouldPublish, true) => (terminal.yellow("+"), "would be replaced"),
            (Outcome::WouldSubmit, _) => (terminal.yellow("+"), "would be submitted"),
        };
        writeln!(out, "{mark} {}  {note}", file.path)?;
    }
    Ok(())
}
