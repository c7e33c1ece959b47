//! What has changed in a work tree since a commit.

use std::path::{Path, PathBuf};

use git2::{DiffOptions, FileMode, Oid, Repository};

use crate::error::object;
use crate::{Error, Result, RevisionError};

/// A file that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path from the root of the file system, whether it is still there or not. For a submodule,
    /// and any other repository within this one, that of its folder.
    pub path: PathBuf,
    /// What it held before; `None` if it is new.
    pub before: Option<Vec<u8>>,
}

/// The files among those that `is_wanted` by their path which differ between the work tree around
/// `folder` and the commit at which it left `revision`: what a pull request against it would show, and
/// what is not committed yet.
///
/// `revision` is anything that names a commit: a branch, a tag, `HEAD~1`, an id.
///
/// # Errors
/// If `folder` is in no git work tree, or there is no such commit, or the history that is here does not
/// reach back to where the two part.
pub fn changed_since(
    folder: &Path,
    revision: &str,
    is_wanted: impl Fn(&Path) -> bool,
) -> Result<Vec<ChangedFile>> {
    let no_work_tree = || {
        Error::Revision(RevisionError::NoWorkTree {
            folder: folder.to_owned(),
        })
    };
    let repository = Repository::discover(folder).map_err(|_| no_work_tree())?;
    let root = repository
        .workdir()
        .and_then(|root| root.canonicalize().ok())
        .ok_or_else(no_work_tree)?;
    let unknown = |reason: &str| {
        Error::Revision(RevisionError::UnknownRevision {
            revision: revision.to_owned(),
            reason: reason.to_owned(),
        })
    };
    let commit = repository
        .revparse_single(revision)
        .and_then(|found| found.peel_to_commit())
        .map_err(|_| unknown("there is no such commit in this repository"))?;
    let base = fork_point(&repository, commit.id())
        .ok_or_else(|| unknown("it has no commit in common with what is checked out"))?;
    let tree = repository
        .find_commit(base)
        .and_then(|commit| commit.tree())
        .map_err(object("read a commit"))?;
    let mut options = DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_typechange(true);
    let diff = repository
        .diff_tree_to_workdir_with_index(Some(&tree), Some(&mut options))
        .map_err(object("compare the work tree with a commit"))?;
    let mut changed = Vec::new();
    for delta in diff.deltas() {
        let (old, new) = (delta.old_file(), delta.new_file());
        let Some(path) = new.path().or_else(|| old.path()) else {
            continue;
        };
        // A repository within this one is one entry here: all that is in it may have changed.
        let is_repository = |file: &git2::DiffFile<'_>| file.mode() == FileMode::Commit;
        if is_repository(&old)
            || is_repository(&new)
            || new.path_bytes().is_some_and(|path| path.ends_with(b"/"))
        {
            changed.push(ChangedFile {
                path: root.join(path),
                before: None,
            });
            continue;
        }
        if !is_wanted(path) {
            continue;
        }
        let before = match old.id() {
            id if id == Oid::ZERO_SHA1 => None,
            id => {
                let blob = repository.find_blob(id).map_err(object("read a file"))?;
                Some(blob.content().to_vec())
            }
        };
        changed.push(ChangedFile {
            path: root.join(path),
            before,
        });
    }
    Ok(changed)
}

/// Where what is checked out left `commit`; `commit` itself, if nothing is checked out yet.
fn fork_point(repository: &Repository, commit: Oid) -> Option<Oid> {
    match repository.head().and_then(|head| head.peel_to_commit()) {
        Ok(head) => repository.merge_base(head.id(), commit).ok(),
        Err(_) => Some(commit),
    }
}
