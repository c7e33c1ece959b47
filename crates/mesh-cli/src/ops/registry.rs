//! Which registry, and how it is opened.

use std::env;
use std::io::{IsTerminal, stderr, stdin};
use std::path::PathBuf;
use std::sync::Arc;

use mesh_registry::{Options, Progress as Step, Registry, RegistryLocation, Snapshot};

use crate::config::Project;
use crate::failure::Failure;
use crate::terminal::Progress;

/// The registry that was named: by `--registry` or `MESH_REGISTRY` (clap reads both), else by
/// `mesh.yaml`.
pub(crate) fn named(
    argument: Option<&str>,
    project: &Project,
) -> Result<Option<RegistryLocation>, Failure> {
    let (text, base) = match (argument, &project.config.registry, &project.folder) {
        (Some(text), ..) => (text, current_folder()?),
        (None, Some(text), Some(folder)) => (text.as_str(), folder.clone()),
        _ => return Ok(None),
    };
    if text.trim().is_empty() {
        return Err(Failure::new("the name of the registry is empty").help(
            "give `--registry`, `MESH_REGISTRY` or `registry:` a location, or leave it out",
        ));
    }
    Ok(Some(RegistryLocation::parse(text, &base)?))
}

/// The registry that was named, else the one that comes with mesh: a bare repository in the user's
/// data folder.
pub(crate) fn named_or_embedded(
    argument: Option<&str>,
    project: &Project,
) -> Result<RegistryLocation, Failure> {
    match named(argument, project)? {
        Some(location) => Ok(location),
        None => Ok(RegistryLocation::default_location()?),
    }
}

/// Takes a location from the command line.
pub(crate) fn parse(text: &str) -> Result<RegistryLocation, Failure> {
    Ok(RegistryLocation::parse(text, &current_folder()?)?)
}

/// A handle on the registry that shows on standard error what it waits for.
pub(crate) fn handle(location: RegistryLocation, offline: bool) -> Registry {
    let spinner = Progress::spinner("Reading the registry");
    let progress = move |step: &Step| {
        spinner.say(match step {
            Step::WaitingForLock => "Waiting for another mesh command".to_owned(),
            Step::Fetching => "Fetching the registry".to_owned(),
            Step::Indexing { versions } => format!("Indexing {versions} new versions"),
            Step::RebuildingCache => "Rebuilding the local copy of the registry".to_owned(),
            Step::Pushing { attempt: 1 } => "Publishing".to_owned(),
            Step::Pushing { attempt } => format!("Publishing (attempt {attempt})"),
            Step::Retrying { reason } => format!("Trying again: {reason}"),
            _ => "Reading the registry".to_owned(),
        });
    };
    let interactive = stdin().is_terminal() && stderr().is_terminal();
    Registry::new(
        location,
        Options {
            offline,
            interactive,
            progress: Some(Arc::new(progress)),
            ..Options::default()
        },
    )
}

/// Opens the registry for reading.
pub(crate) fn open(location: RegistryLocation, offline: bool) -> Result<Snapshot, Failure> {
    Ok(handle(location, offline).open()?)
}

fn current_folder() -> Result<PathBuf, Failure> {
    env::current_dir()
        .map_err(|error| Failure::new(format!("cannot tell the current folder: {error}")))
}
