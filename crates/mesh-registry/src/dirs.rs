//! The user's directories, by the conventions of each platform.

use crate::{Error, Result};
use std::{
    env,
    ffi::OsString,
    path::{self, PathBuf},
};

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
    own(env::var_os(name))
        .or_else(|| platform.map(|directory| directory.join("mesh")))
        .ok_or(Error::NoHome { what })
}

/// A variable of mesh's own: relative to the current directory, like every path that a user gives. It is made absolute,
/// because git is run in other directories.
fn own(value: Option<OsString>) -> Option<PathBuf> {
    let value = value.filter(|value| !value.is_empty())?;
    path::absolute(&value).ok()
}

/// The XDG specification says to ignore relative paths, and it is good advice for the others too.
fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::own;
    use std::{env, path::PathBuf};

    #[test]
    fn relative_directories_are_relative_to_the_current_one() {
        let here = env::current_dir().expect("a current directory");
        assert_eq!(own(Some("cache".into())), Some(here.join("cache")));
        assert_eq!(own(Some("./a/b".into())), Some(here.join("a/b")));
        let absolute: PathBuf = here.join("c");
        assert_eq!(own(Some(absolute.clone().into())), Some(absolute));
        assert_eq!(own(Some("".into())), None);
        assert_eq!(own(None), None);
    }
}
