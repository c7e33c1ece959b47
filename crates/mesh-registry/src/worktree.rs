//! What git knows about the manifests to be published, and about the user.

use std::path::Path;

use git2::{Config, ObjectType, Oid, Repository, Tree};

use crate::location::RegistryLocation;
use crate::plan::SourceRef;

/// The type of a tree's entry that is a link: its content is a path, not the file.
const LINK: i32 = 0o120_000;

impl SourceRef {
    /// Where a manifest comes from; `None` outside of a git work tree.
    ///
    /// `files` are all that will be published, the manifest among them: where each is on disk, and its bytes. The
    /// commit is named only if it holds every one of them with exactly these bytes, because a record must not claim
    /// that a commit holds what it does not. The files are not read again: what counts is what will be published. The
    /// repository is that of the remote `origin`, without credentials.
    pub fn of(manifest: &Path, files: &[(&Path, &[u8])]) -> Option<Self> {
        let manifest = manifest.canonicalize().ok()?;
        let repository = Repository::discover(manifest.parent()?).ok()?;
        let root = repository.workdir()?.canonicalize().ok()?;
        let relative = manifest.strip_prefix(&root).ok()?;
        let parts: Option<Vec<&str>> = relative.iter().map(std::ffi::OsStr::to_str).collect();
        Some(Self {
            repository: origin(&repository, &root),
            commit: commit_holding(&repository, &root, relative, files),
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

/// The commit that is checked out, if it holds all of the files.
fn commit_holding(
    repository: &Repository,
    root: &Path,
    manifest: &Path,
    files: &[(&Path, &[u8])],
) -> Option<String> {
    let commit = repository.head().ok()?.peel_to_commit().ok()?;
    let tree = commit.tree().ok()?;
    let mut has_manifest = false;
    for (file, bytes) in files {
        let file = file.canonicalize().ok()?;
        let relative = file.strip_prefix(root).ok()?;
        if !holds(&tree, relative, bytes) {
            return None;
        }
        has_manifest |= relative == manifest;
    }
    has_manifest.then(|| commit.id().to_string())
}

fn holds(tree: &Tree<'_>, path: &Path, bytes: &[u8]) -> bool {
    let (Ok(entry), Ok(id)) = (
        tree.get_path(path),
        Oid::hash_object(ObjectType::Blob, bytes),
    ) else {
        return false;
    };
    entry.id() == id && entry.filemode() != LINK
}

/// The e-mail address that git is configured with.
pub fn user_email() -> Option<String> {
    let config = match Repository::discover(".") {
        Ok(repository) => repository.config(),
        Err(_) => Config::open_default(),
    };
    config.ok()?.get_string("user.email").ok()
}
