//! Doing something again whenever files change.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use mesh_spec::workspace::is_manifest;
use notify::event::{CreateKind, ModifyKind, RemoveKind};
use notify::{EventKind, RecursiveMode, Watcher};

use crate::config;
use crate::failure::Failure;

/// Editors write a file in several steps; what follows within this time belongs together.
const SETTLE: Duration = Duration::from_millis(150);

/// Waits for changes below some paths.
pub(crate) struct Changes {
    events: Receiver<notify::Result<notify::Event>>,
    /// Dropping it would end the notifications.
    _watcher: notify::RecommendedWatcher,
}

impl Changes {
    /// Starts to watch `paths`, and the folder of the settings if that lies elsewhere.
    ///
    /// For a file its folder is watched, since editors replace files. For a path that is gone it is
    /// what is left of the way there, so that its return is seen.
    pub(crate) fn below(paths: &[PathBuf], settings: Option<&Path>) -> Result<Self, Failure> {
        let failed = |error: notify::Error| {
            Failure::new(format!("cannot watch for changes: {error}"))
                .help("run `mesh lint` without --watch")
        };
        let (send, events) = channel();
        let mut watcher = notify::recommended_watcher(send).map_err(failed)?;
        let mut folders: Vec<PathBuf> = Vec::new();
        for path in paths {
            let Some(path) = config::resolved(path) else {
                continue;
            };
            let (folder, mode) = if path.is_dir() {
                (path.as_path(), RecursiveMode::Recursive)
            } else {
                let folder = path.ancestors().skip(1).find(|folder| folder.is_dir());
                (folder.unwrap_or(&path), RecursiveMode::NonRecursive)
            };
            watcher.watch(folder, mode).map_err(failed)?;
            folders.push(folder.to_owned());
        }
        // To watch a folder again would end what is known of the folders in it.
        if let Some(folder) = settings
            && !folders.iter().any(|other| folder.starts_with(other))
        {
            watcher
                .watch(folder, RecursiveMode::NonRecursive)
                .map_err(failed)?;
        }
        Ok(Self {
            events,
            _watcher: watcher,
        })
    }

    /// Returns when a manifest or the settings have changed, and the dust has settled.
    pub(crate) fn wait(&self) -> Result<(), Failure> {
        let ended =
            || Failure::new("watching for changes ended unexpectedly").help("start it again");
        let mut concerned = false;
        loop {
            let event = if concerned {
                match self.events.recv_timeout(SETTLE) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => return Ok(()),
                    Err(RecvTimeoutError::Disconnected) => return Err(ended()),
                }
            } else {
                self.events.recv().map_err(|_| ended())?
            };
            // An error is said of changes that were missed: look again.
            concerned |= event.map_or(true, |event| concerns(&event));
        }
    }
}

fn concerns(event: &notify::Event) -> bool {
    match event.kind {
        EventKind::Access(_) => return false,
        // A folder that comes or goes takes its manifests with it, and nothing is said of them.
        EventKind::Create(CreateKind::Folder) | EventKind::Remove(RemoveKind::Folder) => {
            return true;
        }
        EventKind::Modify(ModifyKind::Name(_))
            if event.paths.iter().any(|path| may_be_folder(path)) =>
        {
            return true;
        }
        _ => {}
    }
    event.paths.iter().any(|path| {
        is_manifest(path)
            || path
                .file_name()
                .is_some_and(|name| name == config::FILE_NAME)
    })
}

/// Whether a folder may have been renamed to or from `path`: what is gone is known by its name only.
fn may_be_folder(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && path.extension().is_none())
}
