//! `mesh.lock`: which versions of packs a repository has agreed to be held to.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use mesh_spec::settings;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::config::{Project, not_valid};
use crate::failure::Failure;
use crate::ops::files;

/// The name of the file.
pub(crate) const FILE_NAME: &str = "mesh.lock";

/// The id under which mistakes in it are reported.
const MISTAKE: &str = "mesh-lock";

/// What is written above it.
const HEADER: &str = "# Written by `mesh policy update`. Commit it, and do not edit it.\n";

/// The packs that are pinned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Lock {
    /// The version of the format.
    pub(crate) version: u32,
    /// The packs, by name.
    #[serde(default)]
    pub(crate) policies: Vec<LockedPack>,
}

/// A pack that is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LockedPack {
    /// Its name.
    pub(crate) name: String,
    /// Its version.
    #[schemars(with = "String")]
    pub(crate) version: Version,
    /// The digest of its text: `sha256:` and hexadecimal digits.
    pub(crate) digest: String,
    /// Where it is from.
    pub(crate) from: From,
}

/// Where a pack is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", expecting = "one of `registry`, `mesh`")]
pub(crate) enum From {
    /// The registry.
    Registry,
    /// It comes with mesh.
    Mesh,
}

impl fmt::Display for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registry => "registry",
            Self::Mesh => "mesh",
        })
    }
}

impl Lock {
    /// The version of the format.
    const VERSION: u32 = 1;

    /// A lock that pins `packs`.
    pub(crate) fn new(packs: &[LockedPack]) -> Self {
        Self {
            version: Self::VERSION,
            policies: packs.to_vec(),
        }
    }

    /// Where the lock of a project is.
    pub(crate) fn path(project: &Project) -> PathBuf {
        let folder = project.folder.as_deref().unwrap_or(Path::new(""));
        folder.join(FILE_NAME)
    }

    /// The lock of a project, if there is one.
    ///
    /// One that is there and cannot be read is a failure, never taken for none.
    pub(crate) fn of(project: &Project) -> Result<Option<Self>, Failure> {
        if project.folder.is_none() {
            return Ok(None);
        }
        let path = Self::path(project);
        let name = path.display().to_string();
        let bytes = match files::read_regular(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
                return Ok(None);
            }
            Err(error) => {
                return Err(Failure::new(format!("cannot read `{name}`: {error}"))
                    .help("check that you may read it"));
            }
        };
        let (lock, _) = settings::typed::<Self>(MISTAKE, &name, bytes)
            .map_err(|mistakes| not_valid(mistakes, "lock").help(AGAIN))?;
        if lock.version != Self::VERSION {
            return Err(Failure::new(format!(
                "`{name}` has format {}, and this mesh reads format {}",
                lock.version,
                Self::VERSION
            ))
            .help("use a newer mesh, or remove the file and run `mesh policy update`"));
        }
        Ok(Some(lock))
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let yaml = serde_yaml::to_string(self).unwrap_or_default();
        format!("{HEADER}{yaml}")
    }

    /// Writes it for a project.
    pub(crate) fn write(&self, project: &Project) -> Result<PathBuf, Failure> {
        let path = Self::path(project);
        files::write(&path, self.text().as_bytes()).map_err(|error| {
            Failure::new(format!("cannot write `{}`: {error}", path.display()))
                .help("check that you may write there")
        })?;
        Ok(path)
    }
}

/// What to do about a lock that cannot be understood.
const AGAIN: &str = "restore the file, or remove it and run `mesh policy update`";
