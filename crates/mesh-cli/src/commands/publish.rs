//! `mesh publish`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::Report;
use mesh_registry::{Error, GateError, Outcome, PublishOptions, PublishReport, Snapshot};
use mesh_spec::workspace::Workspace;
use serde::Serialize;

use crate::cli::{Format, Publish};
use crate::config::Project;
use crate::ops::{check, plan, registry, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure, commands::lint};

pub(crate) fn run(arguments: &Publish) -> Result<Ending, Failure> {
    let project = Project::of(&arguments.paths[0])?;
    let location = registry::named_or_embedded(arguments.registry.as_deref(), &project)?;
    let files = workspace::load(&arguments.paths, &project)?;

    // What is wrong in itself needs no registry to be found.
    let report = match check::check_clean(&files)? {
        Ok(clean) => clean,
        Err(report) => return refuse(&report, arguments.format),
    };
    let registry = registry::handle(location, false);
    let plan = plan::plan(&report, &files, registry.identity()?)?;

    let mut judge = Judge::new(files);
    let options = PublishOptions {
        dry_run: arguments.dry_run,
        ..PublishOptions::default()
    };
    let outcome = registry.publish(&plan, &options, &mut |snapshot| judge.check(snapshot));
    match outcome {
        Ok(published) => {
            drop(registry);
            print(&published, &project, arguments)?;
            Ok(Ending::Clean)
        }
        Err(Error::Gate(_)) => {
            drop(registry);
            match judge.verdict {
                Verdict::Findings(report) => refuse(&report, arguments.format),
                Verdict::Failed(failure) => Err(failure),
                Verdict::Clean => Err(Failure::new("the registry refused the publish")),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Checks the products against the registry they are about to be published onto, again for every
/// state of it.
struct Judge {
    files: Option<Workspace>,
    verdict: Verdict,
}

enum Verdict {
    Clean,
    Findings(Box<Report>),
    Failed(Failure),
}

impl Judge {
    fn new(files: Workspace) -> Self {
        Self {
            files: Some(files),
            verdict: Verdict::Clean,
        }
    }

    fn check(&mut self, snapshot: &Snapshot) -> Result<(), GateError> {
        self.verdict = match self.judge(snapshot) {
            Ok(report) if report.is_clean() => Verdict::Clean,
            Ok(report) => Verdict::Findings(Box::new(report)),
            Err(failure) => Verdict::Failed(failure),
        };
        match self.verdict {
            Verdict::Clean => Ok(()),
            _ => Err("the products do not fit the registry as it is now".into()),
        }
    }

    fn judge(&mut self, snapshot: &Snapshot) -> Result<Report, Failure> {
        let files = self.files.take().unwrap_or_default();
        let files = self
            .files
            .insert(workspace::resolve_published(files, snapshot)?);
        check::check(files)
    }
}

/// Shows why nothing is published.
fn refuse(report: &Report, format: Format) -> Result<Ending, Failure> {
    lint::print(report, format)?;
    if format == Format::Pretty {
        let mut out = stdout().lock();
        writeln!(
            out,
            "Nothing was published: correct the errors and publish again"
        )?;
    }
    Ok(Ending::Findings)
}

fn print(published: &PublishReport, project: &Project, arguments: &Publish) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &View::of(published))
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Pretty => print_pretty(&mut out, published, project, arguments)?,
    }
    out.flush()?;
    Ok(())
}

fn print_pretty(
    out: &mut impl Write,
    published: &PublishReport,
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
        writeln!(out, "{mark} {reference:width$}  {version:8}  {note}")?;
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
    writeln!(out, "Registry {}{named}", published.registry)?;
    match &published.commit {
        Some(commit) => writeln!(out, "Commit   {commit} on {}", published.branch)?,
        None if arguments.dry_run => writeln!(out, "Nothing was published: this is a dry run")?,
        None => writeln!(out, "Nothing to do: everything was published before")?,
    }
    Ok(())
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
}

impl<'a> View<'a> {
    fn of(published: &'a PublishReport) -> Self {
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
