//! What git knows about the manifests to be published, and about the user.

use std::path::Path;

use git2::{Config, Repository};

use crate::location::RegistryLocation;
use crate::plan::SourceRef;

impl SourceRef {
    /// Where the file at `path` comes from; `None` outside of a git work tree.
    ///
    /// The commit is named only if the file stands in it exactly as it is on disk: a record must not claim that a
    /// commit holds what it does not. The repository is that of the remote `origin`, without credentials.
    pub fn of(path: &Path) -> Option<Self> {
        let file = path.canonicalize().ok()?;
        let repository = Repository::discover(file.parent()?).ok()?;
        let root = repository.workdir()?.canonicalize().ok()?;
        let relative = file.strip_prefix(&root).ok()?;
        let parts: Option<Vec<&str>> = relative.iter().map(std::ffi::OsStr::to_str).collect();
        Some(Self {
            repository: origin(&repository, &root),
            commit: commit_holding(&repository, &file, relative),
            path: parts?.join("/"),
        })
    }
}

/// The remote `origin`, as far as others can use it: a path on this machine says nothing to them.
fn origin(repository: &Repository, root: &Path) -> Option<String> {
    let remote = repository.find_remote("origin").ok()?;
    let location = RegistryLocation::parse(remote.url().ok()?, root).ok()?;
    location.path().is_none().then(|| location.to_string())
}

fn commit_holding(repository: &Repository, file: &Path, relative: &Path) -> Option<String> {
    let commit = repository.head().ok()?.peel_to_commit().ok()?;
    let committed = commit.tree().ok()?.get_path(relative).ok()?.id();
    let bytes = std::fs::read(file).ok()?;
    let current = git2::Oid::hash_object(git2::ObjectType::Blob, &bytes).ok()?;
    (committed == current).then(|| commit.id().to_string())
}

/// The e-mail address that git is configured with.
pub fn user_email() -> Option<String> {
    let config = match Repository::discover(".") {
        Ok(repository) => repository.config(),
        Err(_) => Config::open_default(),
    };
    config.ok()?.get_string("user.email").ok()
}
