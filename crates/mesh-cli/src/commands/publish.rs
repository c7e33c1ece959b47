//! `mesh publish`

use std::io::{Write, stderr, stdout};

use mesh_diagnostics::{CleanReport, Report};
use mesh_registry::{
    Approval, Compatibility, Contributed, Error, Outcome, PlannedProduct, Publication,
    PublishOptions, PublishReport, Snapshot,
};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::{Role, Workspace, parse_version};
use serde::Serialize;
use serde_json::Value;

use crate::cli::{Format, Publish};
use crate::config::Project;
use crate::ops::compat::Base;
use crate::ops::policies::{self, Pins, evidence};
use crate::ops::requests::{Nothing, Telling};
use crate::ops::{check, inputs, output, plan, registry, requests, workspace, yanked};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Publish) -> Result<Ending, Failure> {
    let project = workspace::project(&arguments.paths, arguments.registry.is_some())?;
    let location = registry::named_or_embedded(arguments.registry.as_deref(), &project)?;
    let files = workspace::load(&arguments.paths, &project)?;
    // What is wrong in itself needs no registry to be found, but it may be waived there.
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    let report = check::check(&files, &check::on(as_of, project.lint.clone()))?;
    let snapshot = match registry::open(location.clone(), false) {
        Ok(snapshot) => snapshot,
        Err(_) if !report.is_clean() => return refuse(&report, arguments.format),
        Err(failure) => return Err(failure),
    };
    let mut judge = Judge {
        files: Some(files),
        project: &project,
        as_of,
        covers: inputs::cover(&arguments.paths, &project),
        outdated: Vec::new(),
    };
    let (report, products, mut approval) = match judge.judge(&snapshot)? {
        Judgement::Clean(report, products, approval) => (report, products, approval),
        Judgement::Findings(report) => {
            return refuse(&report, arguments.format).inspect(|_| judge.print_outdated());
        }
    };
    let registry = registry::handle(location.clone(), false);
    let plan = plan::plan(&report, products.clone(), registry.identity()?)?;

    // The plan was made for the registry as it was. If it is another one when it comes to pushing, the
    // products have to fit that, and to be the same.
    let judged = snapshot.seen();
    let mut verdict: Result<(), Refusal> = Ok(());
    let options = PublishOptions {
        signing: requests::signing(&arguments.sign)?,
        seen: Some(judged.clone()),
        ..requests::options(&arguments.way, arguments.dry_run, &project)
    };
    let outcome = registry.publish(&plan, &options, &mut |snapshot| {
        if snapshot.seen() == judged {
            return Ok(approval.clone());
        }
        match judge.again(snapshot, &products) {
            Ok(again) => {
                approval = again;
                Ok(approval.clone())
            }
            Err(refusal) => {
                verdict = Err(refusal);
                Err("the products do not fit the registry as it is now".into())
            }
        }
    });
    // Ends its progress display before anything is printed.
    drop(registry);
    match (outcome, verdict) {
        (Ok(published), _) => {
            let told = Told {
                published,
                approval: &approval,
                report: report.report(),
                project: &project,
                arguments,
            };
            let (dry_run, format) = (arguments.dry_run, arguments.format);
            requests::tell(told, &location, &arguments.way, dry_run, format)?;
            Ok(Ending::Clean)
        }
        (Err(Error::Gate(_)), Err(Refusal::Findings(report))) => {
            refuse(&report, arguments.format).inspect(|_| judge.print_outdated())
        }
        (Err(Error::Gate(_)), Err(Refusal::Failure(failure))) => Err(failure),
        (Err(error), _) if error.is_refusal() => refuse_for(error, arguments.format),
        (Err(error), _) => Err(error.into()),
    }
}

/// Checks the products against the registry, for every state of it that they might be published
/// onto.
struct Judge<'a> {
    files: Option<Workspace>,
    project: &'a Project,
    as_of: Day,
    /// Whether the files are the whole project.
    covers: bool,
    /// Packs that `mesh.lock` pins in another version than the registry has in force.
    outdated: Vec<String>,
}

/// What came of checking the products against a registry.
enum Judgement {
    /// They fit; what would be published, and what its records say of the versions before.
    Clean(CleanReport, Vec<PlannedProduct>, Approval),
    /// They do not.
    Findings(Report),
}

/// Why a publish is stopped when it meets a registry that has changed.
enum Refusal {
    Findings(Box<Report>),
    Failure(Failure),
}

impl Judge<'_> {
    fn judge(&mut self, snapshot: &Snapshot) -> Result<Judgement, Failure> {
        let files = self.files.take().ok_or_else(|| {
            Failure::new("the registry could not be read while it was checked against")
                .help("run the command again")
        })?;
        let files = self
            .files
            .insert(workspace::resolve_published(files, snapshot)?);
        let settings = workspace::with_vocabularies(self.project.lint.clone(), snapshot)?;
        let vocabularies = &settings.vocabularies;
        // What the registry has in force counts, whatever a repository has pinned.
        let gathered = policies::gather(&policies::Request {
            project: self.project,
            extra: &[],
            snapshot: Some(snapshot),
            as_of: self.as_of,
            pins: Pins::InForce,
        })?;
        self.outdated = gathered.outdated();
        let judge = policies::Judge {
            policies: &gathered.policies,
            as_of: self.as_of,
            snapshot: Some(snapshot),
        };
        let (mut report, checked) = judge.check(files, &settings)?;
        report = yanked::hold(files, self.as_of, report)?;
        if let Some(lock) = &gathered.lock {
            let held = inputs::held::check(lock, files, Some(snapshot), self.covers)?;
            report = report.adding(held.findings);
        }
        if !report.is_clean() {
            return Ok(Judgement::Findings(report));
        }
        let base = Base::published(files, snapshot)?;
        let compatibility =
            judge.without_loosening(files, &self.project.compatibility, vocabularies)?;
        let judged = base.judge(files, &compatibility, vocabularies, self.as_of)?;
        let mut approval = base.approval(files, &judged);
        for product in files
            .products()
            .filter(|product| product.role == Role::Target)
        {
            let (id, version) = (product.model.id.clone(), product.model.version.as_deref());
            let evidence = evidence::of(product, &gathered.policies, &checked.verdicts, self.as_of);
            if let (Some(id), Some(version), Some(evidence)) =
                (id, version.and_then(parse_version), evidence)
            {
                approval.add_evidence(id, version, evidence);
            }
        }
        let report = judge.hold_versions(files, vocabularies, report.adding(judged.findings))?;
        match CleanReport::try_from(report) {
            Ok(clean) => {
                let products = plan::products(&clean, files)?;
                Ok(Judgement::Clean(clean, products, approval))
            }
            Err(report) => Ok(Judgement::Findings(report)),
        }
    }

    /// Says which packs the repository has not caught up with, so that nobody wonders why `mesh lint` says otherwise.
    fn print_outdated(&self) {
        for pack in &self.outdated {
            // There is nowhere left to report that standard error is gone.
            let _ = writeln!(stderr(), "{} {pack}", Terminal::stderr().yellow("note:"));
        }
    }

    /// Judges once more: nothing must have changed about what is published.
    fn again(
        &mut self,
        snapshot: &Snapshot,
        planned: &[PlannedProduct],
    ) -> Result<Approval, Refusal> {
        match self.judge(snapshot).map_err(Refusal::Failure)? {
            Judgement::Findings(report) => Err(Refusal::Findings(Box::new(report))),
            Judgement::Clean(_, products, approval) if products == planned => Ok(approval),
            Judgement::Clean(..) => Err(Refusal::Failure(
                Failure::new("the registry has changed so that other contracts would be published")
                    .help("run the command again"),
            )),
        }
    }
}

/// Shows why the registry does not take what is to be published.
pub(crate) fn refuse_for(error: Error, format: Format) -> Result<Ending, Failure> {
    match format {
        Format::Pretty => Failure::from(error).print(),
        Format::Json => {
            let mut out = stdout().lock();
            let mut message = error.to_string();
            // What the registry said is told by itself.
            if let ([_, ..], Some(end)) = (error.said(), message.find('\n')) {
                message.truncate(end);
            }
            let view = Refused {
                version: 1,
                refused: RefusedView {
                    message: &message,
                    help: error.help(),
                    said: error.said(),
                },
            };
            output::json(&mut out, &view)?;
        }
    }
    Ok(Ending::Findings)
}

#[derive(Serialize)]
struct Refused<'a> {
    version: u32,
    refused: RefusedView<'a>,
}

#[derive(Serialize)]
struct RefusedView<'a> {
    message: &'a str,
    help: Option<String>,
    /// The words of the registry's hook.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    said: &'a [String],
}

/// Shows why nothing is published.
fn refuse(report: &Report, format: Format) -> Result<Ending, Failure> {
    output::print(report, format.into())?;
    if format == Format::Pretty {
        let mut out = stdout().lock();
        writeln!(
            out,
            "Nothing was published: correct the errors and publish again"
        )?;
    }
    Ok(Ending::Findings)
}

/// What is told of a publish.
struct Told<'a> {
    published: PublishReport,
    approval: &'a Approval,
    report: &'a Report,
    project: &'a Project,
    arguments: &'a Publish,
}

impl Telling for Told<'_> {
    type Parts = Vec<Publication>;

    fn contributed(&self) -> &Contributed<Self::Parts> {
        &self.published
    }

    fn outcomes(&mut self) -> impl Iterator<Item = &mut Outcome> {
        let products = self.published.parts.iter_mut();
        products.map(|product| &mut product.outcome)
    }

    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        // What is published with warnings stays so for ever; a clean publish needs no remark.
        if !self.report.diagnostics().is_empty() || !self.report.waived().is_empty() {
            output::print_summary(out, self.report)?;
            writeln!(out)?;
        }
        self.print_parts(out)?;
        writeln!(out)?;
        let named = if self.arguments.registry.is_some() {
            String::new()
        } else if self.project.config.registry.is_some() {
            format!(" (named in {})", workspace::config_name(self.project))
        } else {
            " (the embedded registry; name another with --registry, MESH_REGISTRY or mesh.yaml)"
                .to_owned()
        };
        let nothing = Nothing {
            done: "Nothing was published",
            to_do: "everything was published before",
            merged: "is published",
        };
        Ok(requests::print_way(
            out,
            &self.published,
            &named,
            self.arguments.dry_run,
            &nothing,
        )?)
    }

    fn print_parts(&self, out: &mut impl Write) -> Result<(), Failure> {
        print_products(out, &self.published, self.approval)
    }

    fn to_json(&self, merged: Option<&str>) -> serde_json::Result<Value> {
        serde_json::to_value(View::of(&self.published, self.approval, merged))
    }
}

fn print_products(
    out: &mut impl Write,
    published: &PublishReport,
    approval: &Approval,
) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let references: Vec<String> = published
        .parts
        .iter()
        .map(|product| format!("{}/{}", product.domain, product.product))
        .collect();
    let width = references.iter().map(String::len).max().unwrap_or(0);
    for (product, reference) in published.parts.iter().zip(&references) {
        let (mark, note) = match product.outcome {
            Outcome::Published => (terminal.green("✓"), "published"),
            Outcome::AlreadyPublished => (terminal.dim("="), "already published, unchanged"),
            Outcome::Submitted => (terminal.cyan("↑"), "submitted"),
            Outcome::WouldPublish => (terminal.yellow("+"), "would be published"),
            Outcome::WouldSubmit => (terminal.yellow("+"), "would be submitted"),
        };
        let version = product.version.to_string();
        let since = match product.outcome {
            Outcome::AlreadyPublished => String::new(),
            _ => since(approval.of(&product.id, &product.version)),
        };
        writeln!(
            out,
            "{mark} {reference:width$}  {version:8}  {note}{}",
            terminal.dim(&since)
        )?;
    }
    Ok(())
}

/// How a version relates to the one before, in a few words.
fn since(verdict: Option<&Compatibility>) -> String {
    let Some(verdict) = verdict else {
        return String::new();
    };
    match (&verdict.base, verdict.impact.as_str()) {
        (None, _) => ", its first version".to_owned(),
        (Some(base), "none") => format!(", unchanged since {}", base.version),
        (Some(base), "review") => format!(", changed since {} in ways to review", base.version),
        (Some(base), impact) => format!(", with {impact} changes since {}", base.version),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: &'a str,
    branch: &'a str,
    commit: Option<&'a str>,
    signed_with: Option<&'a str>,
    request: Option<requests::View<'a>>,
    products: Vec<ProductView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProductView<'a> {
    id: &'a str,
    domain: &'a str,
    product: &'a str,
    version: String,
    path: &'a str,
    outcome: &'static str,
    compatibility: Option<&'a Compatibility>,
}

impl<'a> View<'a> {
    fn of(published: &'a PublishReport, approval: &'a Approval, merged: Option<&'a str>) -> Self {
        Self {
            version: 1,
            registry: &published.registry,
            branch: &published.branch,
            commit: published.commit.as_deref(),
            signed_with: published.signed_with.as_deref(),
            request: published
                .request
                .as_ref()
                .map(|request| requests::View::of(request, merged)),
            products: published
                .parts
                .iter()
                .map(|product| ProductView {
                    id: &product.id,
                    domain: &product.domain,
                    product: &product.product,
                    version: product.version.to_string(),
                    path: &product.path,
                    // What was published before has its verdict on record; compared with itself it has none.
                    compatibility: match product.outcome {
                        Outcome::AlreadyPublished => None,
                        _ => approval.of(&product.id, &product.version),
                    },
                    outcome: requests::word(product.outcome),
                })
                .collect(),
        }
    }
}
