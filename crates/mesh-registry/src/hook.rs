//! The hook that keeps a registry from taking what `mesh registry verify` refuses.

use crate::{
    Error, RemoteError, Result,
    error::{io, object},
    location::RegistryLocation,
};
use git2::{Config, ConfigLevel, Repository};
use std::{
    fs,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// What `mesh registry verify --hook` begins with when it refuses a push. By this, whoever publishes with mesh knows that
/// what follows are findings.
pub const VERDICT: &str = "mesh: the registry does not take this push";

/// What a hook has in it that runs mesh.
const COMMAND: &str = "registry verify --hook";

/// The hook. Whatever goes wrong in it, nothing is taken.
const SCRIPT: &str = r#"#!/bin/sh
# Refuses what breaks the rules of this registry. Written by `mesh registry init --hook`.
mesh=${MESH:-mesh}
if ! command -v "$mesh" >/dev/null 2>&1; then
    echo "mesh: $mesh is not on this server, so the registry takes nothing: install it, or let MESH name it" >&2
    exit 1
fi
exec "$mesh" registry verify --hook
"#;

/// What became of the hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookInstalled {
    /// It was written to this file.
    Written(PathBuf),
    /// This file runs mesh already.
    Existed(PathBuf),
    /// This file is another hook, which was left as it is.
    Other(PathBuf),
    /// git looks for hooks in this folder, which the configuration of the machine or the user names, and which other
    /// repositories share.
    Shared(PathBuf),
}

/// Installs the hook into the repository at a path.
///
/// # Errors
/// If there is no repository, or the file cannot be written.
pub fn install_hook(location: &RegistryLocation, path: &Path) -> Result<HookInstalled> {
    let repo = Repository::open(path).map_err(|error| match error.code() {
        git2::ErrorCode::Owner => Error::Remote(RemoteError::ForeignOwner {
            location: location.to_string(),
        }),
        _ => Error::Remote(RemoteError::NotARepository {
            location: location.to_string(),
        }),
    })?;
    let folder = match hooks_path(&repo)? {
        None => repo.path().join("hooks"),
        Some((named, ConfigLevel::Local | ConfigLevel::Worktree)) => repo.path().join(named),
        Some((named, _)) => return Ok(HookInstalled::Shared(repo.path().join(named))),
    };
    let file = folder.join("pre-receive");
    match fs::read(&file) {
        Ok(content) if contains(&content, COMMAND) => return Ok(HookInstalled::Existed(file)),
        Ok(_) => return Ok(HookInstalled::Other(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(io("read", &file)(error)),
    }
    fs::create_dir_all(&folder).map_err(io("create the directory", &folder))?;
    match write(&file) {
        Ok(()) => Ok(HookInstalled::Written(file)),
        // Somebody else was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(HookInstalled::Other(file)),
        Err(error) => Err(io("write", &file)(error)),
    }
}

/// Where git is told to look for hooks, and by which configuration.
fn hooks_path(repo: &Repository) -> Result<Option<(PathBuf, ConfigLevel)>> {
    let config = repo
        .config()
        .and_then(|mut config: Config| config.snapshot());
    let config = config.map_err(object("read the configuration of the repository"))?;
    let named = config.get_path("core.hooksPath").ok();
    let level = config
        .get_entry("core.hooksPath")
        .map(|entry| entry.level())
        .ok();
    Ok(named.zip(level))
}

fn contains(content: &[u8], text: &str) -> bool {
    content
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

/// Writes a file that is executable from the beginning, and never one that is there.
fn write(file: &Path) -> std::io::Result<()> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o755);
    }
    options.open(file)?.write_all(SCRIPT.as_bytes())
}
