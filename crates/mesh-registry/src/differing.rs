//! The files in which two trees differ, of requests that bring a few into a registry of many.
//!
//! libgit2 goes through both trees as a whole for that. Here, directories that are the same are passed over by their
//! ids, so the cost is that of the directories that differ.

use crate::{Result, error::object, tree::DIRECTORY};
use git2::{FileMode, Oid, Repository, Tree, TreeEntry};

const READ: &str = "compare a request with the registry";

/// The most directories within each other.
const DEEPEST: usize = 32;
/// So many directories of those that differ are looked at for each file that there may be, and some more.
const DIRECTORIES: usize = 4;

/// A file that is not the same in two trees, or not in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Differing {
    /// Its path, which need not be UTF-8.
    pub(crate) path: Vec<u8>,
    /// What it was.
    pub(crate) was: Option<File>,
    /// What it is.
    pub(crate) is: Option<File>,
}

/// A file, a link or a submodule: whatever is no directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) id: Oid,
    /// As it is in the tree; git knows of more than it writes.
    mode: i32,
}

impl File {
    /// The mode with which git would write it.
    pub(crate) fn mode(self) -> FileMode {
        match self.mode & 0o170_000 {
            0o120_000 => FileMode::Link,
            0o160_000 => FileMode::Commit,
            _ if self.mode & 0o100 != 0 => FileMode::BlobExecutable,
            _ => FileMode::Blob,
        }
    }
}

/// The files in which two trees differ, by their paths; nothing if there are more than `most`.
///
/// # Errors
/// If a directory cannot be read.
pub(crate) fn files(
    repo: &Repository,
    old: &Tree<'_>,
    new: &Tree<'_>,
    most: usize,
) -> Result<Option<Vec<Differing>>> {
    let mut walk = Walk {
        repo,
        most,
        directories: 0,
        found: Vec::new(),
    };
    let is_all = walk.pair(&[], Some(old), Some(new), 0);
    let is_all = is_all.map_err(object(READ))?;
    walk.found.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(is_all.then_some(walk.found))
}

struct Walk<'r> {
    repo: &'r Repository,
    most: usize,
    directories: usize,
    found: Vec<Differing>,
}

impl Walk<'_> {
    /// Compares two directories at one path. Whether all of it was looked at.
    fn pair(
        &mut self,
        path: &[u8],
        old: Option<&Tree<'_>>,
        new: Option<&Tree<'_>>,
        depth: usize,
    ) -> Result<bool, git2::Error> {
        self.directories += 1;
        let enough = self
            .most
            .saturating_add(DEEPEST)
            .saturating_mul(DIRECTORIES);
        if depth > DEEPEST || self.directories > enough {
            return Ok(false);
        }
        let get =
            |tree: Option<&Tree<'_>>, name: &[u8]| tree?.get_name_bytes(name).as_ref().map(at);
        for entry in new.into_iter().flatten() {
            let name = entry.name_bytes();
            let (was, is) = (get(old, name), Some(at(&entry)));
            if was != is && !self.entry(&joined(path, name), was, is, depth)? {
                return Ok(false);
            }
        }
        for entry in old.into_iter().flatten() {
            let name = entry.name_bytes();
            let is_gone = get(new, name).is_none();
            if is_gone && !self.entry(&joined(path, name), Some(at(&entry)), None, depth)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Notes what stands under one name and is not the same.
    fn entry(
        &mut self,
        path: &[u8],
        was: Option<File>,
        is: Option<File>,
        depth: usize,
    ) -> Result<bool, git2::Error> {
        let directory = |file: Option<File>| file.filter(|file| file.mode == DIRECTORY);
        let (old, new) = (directory(was), directory(is));
        let file = |file: Option<File>| file.filter(|file| file.mode != DIRECTORY);
        let (was, is) = (file(was), file(is));
        if was.is_some() || is.is_some() {
            if self.found.len() == self.most {
                return Ok(false);
            }
            let path = path.to_owned();
            self.found.push(Differing { path, was, is });
        }
        if old.is_none() && new.is_none() {
            return Ok(true);
        }
        let repo = self.repo;
        let tree = |at: Option<File>| at.map(|at| repo.find_tree(at.id)).transpose();
        let (old, new) = (tree(old)?, tree(new)?);
        self.pair(path, old.as_ref(), new.as_ref(), depth + 1)
    }
}

fn at(entry: &TreeEntry<'_>) -> File {
    File {
        id: entry.id(),
        mode: entry.filemode_raw(),
    }
}

fn joined(path: &[u8], name: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return name.to_owned();
    }
    [path, b"/", name].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prelude::*, test_runner::TestRunner};
    use std::collections::BTreeMap;

    /// Paths that meet each other: files where others have directories, and names that trees put in another order.
    const PATHS: [&str; 8] = ["a", "a/x", "a/y/z", "a-b", "a/y", "b/c/d/e", "b", "b0"];

    /// A tree of files by their paths, each with one of a few contents and modes; the later of two that are in each
    /// other's way stays out.
    fn tree<'r>(repo: &'r Repository, files: &BTreeMap<usize, u8>) -> Tree<'r> {
        let mut taken: Vec<&str> = Vec::new();
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, kind) in files {
            let path = PATHS[*path];
            let is_in_the_way = |other: &&str| {
                other.starts_with(&format!("{path}/")) || path.starts_with(&format!("{other}/"))
            };
            if taken.iter().any(is_in_the_way) {
                continue;
            }
            taken.push(path);
            let blob = repo.blob(&[*kind / 2]).expect("a blob");
            let mode = if kind % 2 == 0 {
                FileMode::Blob
            } else {
                FileMode::BlobExecutable
            };
            update.upsert(path, blob, mode);
        }
        let empty = repo.treebuilder(None).expect("a tree").write();
        let empty = repo.find_tree(empty.expect("a tree")).expect("a tree");
        let id = update.create_updated(repo, &empty).expect("a tree");
        repo.find_tree(id).expect("a tree")
    }

    /// What libgit2 finds, which goes through everything.
    fn naive(repo: &Repository, old: &Tree<'_>, new: &Tree<'_>) -> Vec<Differing> {
        let diff = repo.diff_tree_to_tree(Some(old), Some(new), None);
        let diff = diff.expect("a comparison");
        let mut found: BTreeMap<Vec<u8>, Differing> = BTreeMap::new();
        for delta in diff.deltas() {
            let file = |file: git2::DiffFile<'_>| {
                let mode = i32::from(file.mode());
                file.exists().then(|| File {
                    id: file.id(),
                    mode,
                })
            };
            let path = delta.new_file().path_bytes().expect("a path").to_owned();
            let entry = found.entry(path.clone()).or_insert(Differing {
                path,
                was: None,
                is: None,
            });
            entry.was = entry.was.or(file(delta.old_file()));
            entry.is = entry.is.or(file(delta.new_file()));
        }
        found.into_values().collect()
    }

    #[test]
    fn what_differs_is_what_libgit2_finds_by_going_through_everything() {
        let directory = tempfile::tempdir().expect("a directory");
        let repo = Repository::init_bare(directory.path()).expect("a repository");
        let files_of = || proptest::collection::btree_map(0..PATHS.len(), 0..4_u8, 0..6);
        let mut runner = TestRunner::deterministic();
        let outcome = runner.run(&(files_of(), files_of()), |(old, new)| {
            let (old, new) = (tree(&repo, &old), tree(&repo, &new));
            let expected = naive(&repo, &old, &new);
            let found = files(&repo, &old, &new, 100).expect("read");
            prop_assert_eq!(found.as_ref(), Some(&expected));
            let most = expected.len();
            prop_assert_eq!(files(&repo, &old, &new, most).expect("read"), found);
            if most > 0 {
                prop_assert_eq!(files(&repo, &old, &new, most - 1).expect("read"), None);
            }
            Ok(())
        });
        outcome.expect("the same");
    }

    #[test]
    fn directories_without_end_are_too_many() {
        let directory = tempfile::tempdir().expect("a directory");
        let repo = Repository::init_bare(directory.path()).expect("a repository");
        let empty = tree(&repo, &BTreeMap::new());
        let mut bomb = empty.id();
        for _ in 0..24 {
            let mut builder = repo.treebuilder(None).expect("a tree");
            for name in ["a", "b"] {
                builder.insert(name, bomb, DIRECTORY).expect("an entry");
            }
            bomb = builder.write().expect("a tree");
        }
        let bomb = repo.find_tree(bomb).expect("a tree");
        assert_eq!(files(&repo, &empty, &bomb, 1000).expect("read"), None);
    }
}
