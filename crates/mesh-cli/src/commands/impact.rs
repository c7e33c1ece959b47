//! `mesh impact`

use std::io::{BufWriter, Write, stdout};
use std::path::PathBuf;

use mesh_compat::Settings;
use mesh_registry::Snapshot;
use mesh_spec::workspace::{Role, Workspace};

use crate::cli::{Impact, ImpactFormat};
use crate::config::Project;
use crate::ops::compat::{self, Base};
use crate::ops::impact::{self, Answer, Question, json, markdown, pretty};
use crate::ops::source::Surroundings;
use crate::ops::{source, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Impact) -> Result<Ending, Failure> {
    let (paths, references) = source::split(&arguments.subjects);
    let is_named = arguments.registry.registry.is_some();
    let project = if paths.is_empty() {
        Project::of(".".as_ref())?
    } else {
        workspace::project(&paths, is_named)?
    };
    let named = arguments.registry.registry.as_deref();
    let around = Surroundings::new(&project, named, arguments.registry.offline);
    let snapshot = open(&around)?;
    let settings = compat::settings(&project, arguments.profile);
    let mut answer = Answer {
        registry: snapshot.location().to_string(),
        profile: settings.profile,
        is_all: arguments.all || paths.is_empty(),
        products: Vec::new(),
    };
    if !paths.is_empty() {
        of_paths(&paths, arguments, &settings, &around, &mut answer)?;
    }
    for reference in references {
        let entry = snapshot.resolve(&reference, None)?;
        let subject = impact::of_published(&entry, snapshot, &Workspace::default())?;
        answer.products.push(subject);
    }

    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        ImpactFormat::Pretty => pretty::write(&answer, Terminal::stdout(), &mut out)?,
        ImpactFormat::Json => json::write(&answer, &mut out)?,
        ImpactFormat::Markdown => markdown::write(&answer, &mut out)?,
    }
    out.flush()?;
    Ok(if arguments.exit_code && answer.breaks_somebody() {
        Ending::Findings
    } else {
        Ending::Clean
    })
}

/// Opens the registry that is named, else the embedded one if something was published to it.
///
/// Where nothing can be known, "nobody" would be the wrong answer.
fn open<'a>(around: &'a Surroundings<'_>) -> Result<&'a Snapshot, Failure> {
    let snapshot = around.snapshot()?;
    if !around.names_registry()? && snapshot.is_empty() {
        return Err(Failure::new(
            "no registry is named, so nobody knows who consumes these products",
        )
        .help("name it with --registry, MESH_REGISTRY, or `registry:` in mesh.yaml"));
    }
    Ok(snapshot)
}

fn of_paths(
    paths: &[PathBuf],
    arguments: &Impact,
    settings: &Settings,
    around: &Surroundings<'_>,
    answer: &mut Answer,
) -> Result<(), Failure> {
    let (project, snapshot) = (around.project(), around.snapshot()?);
    let targets = workspace::load(paths, project)?;
    source::expect_readable(&targets)?;
    let asked = || {
        let products = targets.products();
        products.filter(|product| product.role == Role::Target)
    };
    if asked().next().is_none() {
        return Err(
            Failure::new("there is no data product to ask about").help(
                "name the folder that holds `dataproduct.yaml`: whoever consumes a contract consumes the \
                 product that promises it",
            ),
        );
    }
    let base = match arguments.against.as_deref() {
        None => Base::published(&targets, snapshot)?,
        named => Base::named(named, paths, &targets, around)?,
    };
    let repository = workspace::repository(paths, project)?;
    let vocabularies = around.vocabularies()?;
    let question = Question {
        settings,
        vocabularies: &vocabularies,
        is_all: arguments.all,
    };
    for product in asked() {
        let old = base.of_product(product);
        let subject = impact::of_product(product, &old, question, snapshot, &repository)?;
        answer.products.push(subject);
    }
    Ok(())
}
