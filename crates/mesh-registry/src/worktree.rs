//! What git knows about the manifests to be published, and about the user.

use std::path::Path;

use git2::{Config, Repository};

use crate::location::RegistryLocation;
use crate::plan::SourceRef;

impl SourceRef {
    /// Where `manifest` comes from; `None` outside of a git work tree.
    ///
    /// `files` are all files that are going to be published with it, by their paths on disk, with the bytes that are
    /// going to be published. The commit is named only if every one of them stands in it with exactly these bytes: a
    /// record must not claim that a commit holds what it does not. The repository is that of the remote `origin`,
    /// without credentials.
    pub fn of(manifest: &Path, files: &[(&Path, &[u8])]) -> Option<Self> {
        let file = manifest.canonicalize().ok()?;
        let repository = Repository::discover(file.parent()?).ok()?;
        let root = repository.workdir()?.canonicalize().ok()?;
        let relative = file.strip_prefix(&root).ok()?;
        let parts: Option<Vec<&str>> = relative.iter().map(std::ffi::OsStr::to_str).collect();
        Some(Self {
            repository: origin(&repository, &root),
            commit: commit_holding(&repository, &root, files),
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

fn commit_holding(
    repository: &Repository,
    root: &Path,
    files: &[(&Path, &[u8])],
) -> Option<String> {
    let commit = repository.head().ok()?.peel_to_commit().ok()?;
    let tree = commit.tree().ok()?;
    let holds = |path: &Path, bytes: &[u8]| {
        let file = path.canonicalize().ok()?;
        let committed = tree.get_path(file.strip_prefix(root).ok()?).ok()?.id();
        let published = git2::Oid::hash_object(git2::ObjectType::Blob, bytes).ok()?;
        (committed == published).then_some(())
    };
    files
        .iter()
        .all(|(path, bytes)| holds(path, bytes).is_some())
        .then(|| commit.id().to_string())
}

/// The e-mail address that git is configured with.
pub fn user_email() -> Option<String> {
    let config = match Repository::discover(".") {
        Ok(repository) => repository.config(),
        Err(_) => Config::open_default(),
    };
    config.ok()?.get_string("user.email").ok()
}
