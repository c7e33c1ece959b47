//! The user's directories, by the conventions of each platform.

use crate::{Error, Result};
use std::{env, path::PathBuf};

/// Where the default registry lives: `MESH_DATA_DIR`, or `mesh` in the platform's data directory.
pub(crate) fn data() -> Result<PathBuf> {
    let platform = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        variable("XDG_DATA_HOME").or_else(|| home().map(|home| home.join(".local/share")))
    };
    choose("MESH_DATA_DIR", platform, "the default registry")
}

/// Where caches live: `MESH_CACHE_DIR`, or `mesh` in the platform's cache directory.
pub(crate) fn cache() -> Result<PathBuf> {
    let platform = if cfg!(windows) {
        variable("LOCALAPPDATA").map(|local| local.join("cache"))
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| home().map(|home| home.join(".cache")))
    };
    choose("MESH_CACHE_DIR", platform, "the cache")
}

/// The user's home directory.
pub(crate) fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

fn choose(name: &str, platform: Option<PathBuf>, what: &'static str) -> Result<PathBuf> {
    variable(name)
        .or_else(|| platform.map(|directory| directory.join("mesh")))
        .ok_or(Error::NoHome { what })
}

/// The XDG specification says to ignore relative paths, and it is good advice for the others too.
fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}
