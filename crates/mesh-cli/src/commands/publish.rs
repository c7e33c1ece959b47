//! `mesh publish`

use std::io::{BufWriter, Write, stderr, stdout};

use mesh_diagnostics::{CleanReport, Report, printable_line};
use mesh_registry::{
    Approval, Compatibility, Error, Outcome, PlannedProduct, PublishOptions, PublishReport,
    Snapshot,
};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::{Role, Workspace, parse_version};
use serde::Serialize;

use crate::cli::{Format, Publish};
use crate::config::Project;
use crate::ops::compat::Base;
use crate::ops::policies::{self, Pins, evidence};
use crate::ops::{check, output, plan, registry, workspace};
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
        outdated: Vec::new(),
    };
    let (report, products, mut approval) = match judge.judge(&snapshot)? {
        Judgement::Clean(report, products, approval) => (report, products, approval),
        Judgement::Findings(report) => {
            return refuse(&report, arguments.format).inspect(|_| judge.print_outdated());
        }
    };
    let registry = registry::handle(location, false);
    let plan = plan::plan(&report, products.clone(), registry.identity()?)?;

    // The plan was made for the registry as it was; whatever it is when it comes to pushing, the
    // products have to fit it, and to be the same.
    let mut verdict: Result<(), Refusal> = Ok(());
    let outcome = registry.publish(&plan, &options(arguments), &mut |snapshot| match judge
        .again(snapshot, &products)
    {
        Ok(judged) => {
            approval = judged;
            Ok(approval.clone())
        }
        Err(refusal) => {
            verdict = Err(refusal);
            Err("the products do not fit the registry as it is now".into())
        }
    });
    // Ends its progress display before anything is printed.
    drop(registry);
    match (outcome, verdict) {
        (Ok(published), _) => {
            print(&published, &approval, report.report(), &project, arguments)?;
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

fn options(arguments: &Publish) -> PublishOptions {
    PublishOptions {
        dry_run: arguments.dry_run,
        ..PublishOptions::default()
    }
}

/// Checks the products against the registry, for every state of it that they might be published
/// onto.
struct Judge<'a> {
    files: Option<Workspace>,
    project: &'a Project,
    as_of: Day,
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
        let (report, checked) = judge.check(files, &settings)?;
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
pub(super) fn refuse_for(error: Error, format: Format) -> Result<Ending, Failure> {
    match format {
        Format::Pretty => Failure::from(error).print(),
        Format::Json => {
            let mut out = stdout().lock();
            let view = Refused {
                version: 1,
                refused: RefusedView {
                    message: error.to_string(),
                    help: error.help(),
                },
            };
            serde_json::to_writer_pretty(&mut out, &view).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(Ending::Findings)
}

#[derive(Serialize)]
struct Refused {
    version: u32,
    refused: RefusedView,
}

#[derive(Serialize)]
struct RefusedView {
    message: String,
    help: Option<String>,
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

fn print(
    published: &PublishReport,
    approval: &Approval,
    report: &Report,
    project: &Project,
    arguments: &Publish,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &View::of(published, approval))
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Pretty => {
            // What is published with warnings stays so for ever; a clean publish needs no remark.
            if !report.diagnostics().is_empty() || !report.waived().is_empty() {
                output::print_summary(&mut out, report)?;
                writeln!(out)?;
            }
            print_pretty(&mut out, published, approval, project, arguments)?;
        }
    }
    out.flush()?;
    Ok(())
}

fn print_pretty(
    out: &mut impl Write,
    published: &PublishReport,
    approval: &Approval,
    project: &Project,
    arguments: &Publish,
) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let references: Vec<String> = published
        .products
        .iter()
        .map(|product| format!("{}/{}", product.domain, product.product))
        .collect();
    let width = references.iter().map(String::len).max().unwrap_or(0);
    for (product, reference) in published.products.iter().zip(&references) {
        let (mark, note) = match product.outcome {
            Outcome::Published => (terminal.green("✓"), "published"),
            Outcome::AlreadyPublished => (terminal.dim("="), "already published, unchanged"),
            Outcome::WouldPublish => (terminal.yellow("+"), "would be published"),
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
    writeln!(out)?;
    let named = if arguments.registry.is_some() {
        String::new()
    } else if project.config.registry.is_some() {
        format!(" (named in {})", workspace::config_name(project))
    } else {
        " (the embedded registry; name another with --registry, MESH_REGISTRY or mesh.yaml)"
            .to_owned()
    };
    let registry = printable_line(&published.registry);
    writeln!(out, "Registry {registry}{}", printable_line(&named))?;
    match &published.commit {
        Some(commit) => writeln!(out, "Commit   {commit} on {}", published.branch)?,
        None if arguments.dry_run => writeln!(out, "Nothing was published: this is a dry run")?,
        None => writeln!(out, "Nothing to do: everything was published before")?,
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
    fn of(published: &'a PublishReport, approval: &'a Approval) -> Self {
        Self {
            version: 1,
            registry: &published.registry,
            branch: &published.branch,
            commit: published.commit.as_deref(),
            products: published
                .products
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
                    outcome: match product.outcome {
                        Outcome::Published => "published",
                        Outcome::AlreadyPublished => "alreadyPublished",
                        Outcome::WouldPublish => "wouldPublish",
                    },
                })
                .collect(),
        }
    }
}
