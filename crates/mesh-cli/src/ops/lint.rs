//! Linting, as `mesh lint` and all that builds on it do it.

use std::path::{Path, PathBuf};

use mesh_lint::{Adjustments, Group, Selector, Settings};
use mesh_policy::Checked;
use mesh_registry::{RegistryLocation, Snapshot};
use mesh_spec::workspace::Workspace;

use super::fix::{self, Fixed};
use super::policies::{self, Gathered, Judge, Pins};
use super::{changed, check, inputs, registry, workspace};
use crate::cli::{FixArgs, RegistryArgs};
use crate::config::{Choice, Project};
use crate::failure::Failure;

/// What to lint, and against what.
#[derive(Debug, Default)]
pub(crate) struct Request<'a> {
    /// Files and folders.
    pub(crate) paths: &'a [PathBuf],
    /// A text to take for the content of a file, in place of the paths.
    pub(crate) text: Option<(&'a Path, Vec<u8>)>,
    /// The registry that the command line names.
    pub(crate) registry: Option<&'a str>,
    /// Whether the registry is read from the cache alone.
    pub(crate) offline: bool,
    /// What the command line says about rules.
    pub(crate) choice: Choice<'a>,
    /// Look only at what has changed since then, and at what depends on it.
    pub(crate) changed_since: Option<&'a str>,
    /// The day as of which is checked, if the command line names one.
    pub(crate) as_of: Option<&'a str>,
    /// What to do about findings.
    pub(crate) fix: FixArgs,
    /// Policies that the command line names.
    pub(crate) policies: &'a [String],
    /// Whether only policies are asked for, and what nothing can be judged without.
    pub(crate) only_policies: bool,
}

/// What came of it.
pub(crate) struct Linted {
    /// The project that the paths belong to.
    pub(crate) project: Project,
    /// What was found, and what was done about it.
    pub(crate) fixed: Fixed,
    /// The policies that are in force.
    pub(crate) gathered: Gathered,
    /// What came of them.
    pub(crate) checked: Checked,
    /// How many inputs are not pinned, where others are.
    pub(crate) unpinned: usize,
}

/// Reads what `request` asks for and checks it.
pub(crate) fn run(request: Request<'_>) -> Result<Linted, Failure> {
    let alone = request.text.as_ref().map(|(path, _)| [path.to_path_buf()]);
    let paths = alone.as_ref().map_or(request.paths, |paths| &paths[..]);
    let project = workspace::project(paths, request.registry.is_some())?;
    let mut settings = request.choice.applied_to(project.lint.clone())?;
    let as_of = check::as_of(request.as_of)?;
    let location = location(request.registry, request.offline, &project)?;
    let mut files = match request.text {
        Some((path, bytes)) => workspace::load_text(path, bytes, &project)?,
        None => workspace::load(paths, &project)?,
    };
    if let Some(revision) = request.changed_since {
        files = changed::only(files, paths, revision)?;
    }
    let snapshot = match location {
        Some(location) => Some(registry::open(location, request.offline)?),
        None => None,
    };
    if let Some(snapshot) = &snapshot {
        (files, settings) = in_mesh(files, settings, snapshot)?;
    }
    let gathered = policies::gather(&policies::Request {
        project: &project,
        extra: request.policies,
        snapshot: snapshot.as_ref(),
        as_of,
        pins: Pins::Locked,
    })?;
    if request.only_policies {
        if gathered.policies.is_empty() {
            return Err(none_in_force());
        }
        settings = only_what_is_mandatory(settings);
    }
    let judge = Judge {
        policies: &gathered.policies,
        as_of,
        snapshot: snapshot.as_ref(),
    };
    let mut checked = Checked::default();
    let mut unpinned = 0;
    let lock = gathered.lock.as_ref().filter(|_| !request.only_policies);
    let covers = request.changed_since.is_none() && inputs::cover(paths, &project);
    let fixed = fix::check(files, paths, request.fix, |files| {
        let (report, of_policies) = judge.check(files, &settings)?;
        checked = of_policies;
        let Some(lock) = lock else {
            return Ok(report);
        };
        let held = inputs::held::check(lock, files, snapshot.as_ref(), covers)?;
        unpinned = held.unpinned;
        Ok(report.adding(held.findings))
    })?;
    Ok(Linted {
        project,
        fixed,
        gathered,
        checked,
        unpinned,
    })
}

/// The rules without which nothing can be judged: what cannot be read satisfies no policy.
pub(crate) fn only_what_is_mandatory(settings: Settings) -> Settings {
    Settings {
        adjustments: vec![Adjustments {
            ignore: Group::ALL.into_iter().map(Selector::Group).collect(),
            ..Adjustments::default()
        }],
        overrides: Vec::new(),
        ..settings
    }
}

/// The failure to hold products to policies of which there are none. An empty run is not a clean one.
pub(crate) fn none_in_force() -> Failure {
    Failure::new("no policies are in force here").help(
        "name some in mesh.yaml, such as `policies: [mesh/core]`, or a registry that has some with --registry",
    )
}

/// The registry that a run asks, if one is named. Without one there is nothing to be offline for.
pub(crate) fn location(
    named: Option<&str>,
    offline: bool,
    project: &Project,
) -> Result<Option<RegistryLocation>, Failure> {
    let location = registry::named(named, project)?;
    if location.is_none() && offline {
        return Err(Failure::new(
            "--offline says how to read a registry, and none is named",
        )
        .help(
            "name one with --registry, or leave --offline out: without a registry, a run uses no \
             network",
        ));
    }
    Ok(location)
}

/// The registry that a run asks as it is now, if one is named.
pub(crate) fn snapshot(
    arguments: &RegistryArgs,
    project: &Project,
) -> Result<Option<Snapshot>, Failure> {
    match location(arguments.registry.as_deref(), arguments.offline, project)? {
        Some(location) => registry::open(location, arguments.offline).map(Some),
        None => Ok(None),
    }
}

/// `files` with what they refer to in a registry, and `settings` with its words.
pub(crate) fn in_mesh(
    files: Workspace,
    settings: Settings,
    snapshot: &Snapshot,
) -> Result<(Workspace, Settings), Failure> {
    let settings = workspace::with_vocabularies(settings, snapshot)?;
    Ok((workspace::resolve_published(files, snapshot)?, settings))
}
