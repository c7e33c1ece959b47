//! Which registry, and how it is opened.

use std::env;
use std::io::{IsTerminal, Write, stderr, stdin};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use mesh_registry::{Options, Progress as Step, Registry, RegistryLocation, Snapshot};

use crate::config::Project;
use crate::failure::Failure;
use crate::terminal::{Progress, Terminal};

/// The registry that was named: by `--registry` or `MESH_REGISTRY` (clap reads both), else by
/// `mesh.yaml`. An empty name is none: CI systems set variables that nobody gave a value.
pub(crate) fn named(
    argument: Option<&str>,
    project: &Project,
) -> Result<Option<RegistryLocation>, Failure> {
    let argument = argument.filter(|text| !text.trim().is_empty());
    let (text, base) = match (argument, &project.config.registry, &project.folder) {
        (Some(text), ..) => (text, current_folder()?),
        (None, Some(text), Some(folder)) => (text.as_str(), folder.clone()),
        _ => return Ok(None),
    };
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

/// A registry, and the display of what it waits for. The display ends with it, whatever was read from the registry and
/// lives on: whoever prints drops it first.
pub(crate) struct Handle {
    registry: Registry,
    _spinner: Arc<Progress>,
}

impl Deref for Handle {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        &self.registry
    }
}

/// A handle on the registry that shows on standard error what it waits for.
pub(crate) fn handle(location: RegistryLocation, offline: bool) -> Handle {
    let spinner = Arc::new(Progress::spinner("Reading the registry"));
    let shown = Arc::downgrade(&spinner);
    let progress = move |step: &Step| {
        let Some(spinner) = shown.upgrade() else {
            return;
        };
        spinner.say(match step {
            Step::WaitingForLock => "Waiting for another mesh command".to_owned(),
            Step::Fetching => "Fetching the registry".to_owned(),
            Step::Indexing { versions } => format!("Indexing {versions} new versions"),
            Step::RebuildingCache => "Rebuilding the local copy of the registry".to_owned(),
            Step::Pushing { attempt: 1 } => "Publishing".to_owned(),
            Step::Pushing { attempt } => format!("Publishing (attempt {attempt})"),
            Step::Submitting { branch } => format!("Submitting {branch}"),
            Step::Waiting { branch, waited } => {
                format!("Waiting for {branch} to be merged ({} s)", waited.as_secs())
            }
            Step::Retrying { reason } => format!("Trying again: {reason}"),
            _ => "Reading the registry".to_owned(),
        });
    };
    let interactive = stdin().is_terminal() && stderr().is_terminal();
    let registry = Registry::new(
        location,
        Options {
            offline,
            interactive,
            progress: Some(Arc::new(progress)),
            ..Options::default()
        },
    );
    Handle {
        registry,
        _spinner: spinner,
    }
}

/// Opens the registry for reading, and says on standard error what in it cannot be read.
pub(crate) fn open(location: RegistryLocation, offline: bool) -> Result<Snapshot, Failure> {
    let snapshot = handle(location, offline).open()?;
    warn_of_problems(&snapshot);
    Ok(snapshot)
}

/// Entries that no publish can have written are left out, but not silently.
fn warn_of_problems(snapshot: &Snapshot) {
    let Some(first) = snapshot.problems().first() else {
        return;
    };
    let terminal = Terminal::stderr();
    let others = match snapshot.problems().len() {
        1 => String::new(),
        n => format!(" and {} more", n - 1),
    };
    // There is nowhere left to report that standard error is gone.
    let _ = writeln!(
        stderr(),
        "{} the registry holds what mesh did not write, and ignores: `{}` ({}){others}",
        terminal.yellow("warning:"),
        first.path,
        first.reason,
    );
}

fn current_folder() -> Result<PathBuf, Failure> {
    env::current_dir()
        .map_err(|error| Failure::new(format!("cannot tell the current folder: {error}")))
}
