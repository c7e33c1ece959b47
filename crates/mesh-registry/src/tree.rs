//! Reading and writing git trees, without ever checking anything out.
//!
//! What is read was written by others: only regular files and directories with valid names are looked at, sizes are
//! known before anything is loaded, and symlinks and submodules are never followed.

use crate::{
    Error, Refusal, Result,
    error::{io, object},
    layout, names,
    plan::Publisher,
};
use git2::{
    FileMode, ObjectType, Oid, Repository, Signature, Tree, TreeEntry, build::TreeUpdateBuilder,
};
use std::{cmp::Ordering, collections::BTreeMap, fs};

pub(crate) const DIRECTORY: i32 = 0o040_000;
pub(crate) const FILE: i32 = 0o100_644;
/// The executable bit makes no difference to the bytes.
pub(crate) const EXECUTABLE: i32 = 0o100_755;

/// The tree of a commit.
pub(crate) fn root(repo: &Repository, commit: Oid) -> Result<Tree<'_>> {
    repo.find_commit(commit)
        .and_then(|commit| commit.tree())
        .map_err(object("read the registry's tip"))
}

/// The tree at a path, if every part of the path is a directory.
pub(crate) fn subtree<'r>(
    repo: &'r Repository,
    root: &Tree<'r>,
    path: &str,
) -> Result<Option<Tree<'r>>> {
    let mut tree = root.clone();
    for part in path.split('/') {
        let next = match tree.get_name(part) {
            Some(entry) if entry.filemode_raw() == DIRECTORY => entry.id(),
            _ => return Ok(None),
        };
        tree = repo
            .find_tree(next)
            .map_err(object("read a directory of the registry"))?;
    }
    Ok(Some(tree))
}

/// The directory at a path that something is to be added at; `None` if there is none yet.
///
/// # Errors
/// If a part of the path differs from what is there in case only, or is there and is no directory.
pub(crate) fn directory_for<'r>(
    repo: &'r Repository,
    root: &Tree<'r>,
    path: &str,
) -> Result<Option<Tree<'r>>> {
    let mut above = String::new();
    let mut directory = root.clone();
    for part in path.split('/') {
        check_case(&directory, &above, part)?;
        above = joined(&above, part);
        if directory.get_name(part).is_none() {
            return Ok(None);
        }
        directory = subtree(repo, &directory, part)?.ok_or_else(|| Error::Damaged {
            path: above.clone(),
            reason: "it is not a directory, so nothing can be published there".to_owned(),
        })?;
    }
    Ok(Some(directory))
}

/// Checks that a directory has no entry whose name differs from `name` in case only.
pub(crate) fn check_case(directory: &Tree<'_>, path: &str, name: &str) -> Result<()> {
    match case_sibling(directory, name) {
        None => Ok(()),
        Some(sibling) => Err(Error::Refusal(Refusal::CaseConflict {
            name: joined(path, name),
            sibling: joined(path, &sibling),
        })),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}/{name}")
    }
}

/// The bytes of a regular file of at most `limit` bytes; `None` if there is no such entry.
pub(crate) fn file(
    repo: &Repository,
    tree: &Tree<'_>,
    name: &str,
    path: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>> {
    let Some(entry) = tree.get_name(name) else {
        return Ok(None);
    };
    if !is_file(&entry) {
        return Err(Error::Damaged {
            path: path.to_owned(),
            reason: "it is not a regular file".to_owned(),
        });
    }
    blob(repo, entry.id(), path, limit).map(Some)
}

/// The bytes of a blob of at most `limit` bytes.
pub(crate) fn blob(repo: &Repository, id: Oid, path: &str, limit: u64) -> Result<Vec<u8>> {
    let odb = repo.odb().map_err(object("open the cache"))?;
    let (size, kind) = odb
        .read_header(id)
        .map_err(object("read a file of the registry"))?;
    if kind != ObjectType::Blob || size as u64 > limit {
        let reason = format!("it is not a file of at most {limit} bytes");
        return Err(Error::Damaged {
            path: path.to_owned(),
            reason,
        });
    }
    let content = odb
        .read(id)
        .map_err(object("read a file of the registry"))?;
    Ok(content.data().to_vec())
}

/// The files of a version by path in its directory: `dataproduct.yaml`, `record.json`, its signature, `contracts/…`.
///
/// # Errors
/// If there is anything that a publish does not write.
pub(crate) fn version_files(
    repo: &Repository,
    version: &Tree<'_>,
    path: &str,
) -> Result<BTreeMap<String, Oid>> {
    let damaged = |name: &[u8], reason: &str| Error::Damaged {
        path: format!("{path}/{}", String::from_utf8_lossy(name)),
        reason: reason.to_owned(),
    };
    let mut files = BTreeMap::new();
    let mut add = |prefix: &str, entry: &TreeEntry<'_>| {
        let name = entry
            .name()
            .map_err(|_| damaged(entry.name_bytes(), "its name is not UTF-8"))?;
        if !is_file(entry) {
            return Err(damaged(name.as_bytes(), "it is not a regular file"));
        }
        files.insert(format!("{prefix}{name}"), entry.id());
        // The record and its signature come on top.
        if files.len() > layout::MAX_FILES + 2 {
            return Err(damaged(b"", "it has too many files"));
        }
        Ok(())
    };
    for entry in version {
        if entry.filemode_raw() == DIRECTORY && entry.name_bytes() == layout::CONTRACTS.as_bytes() {
            let contracts = repo
                .find_tree(entry.id())
                .map_err(object("read a directory of the registry"))?;
            for contract in &contracts {
                add(&format!("{}/", layout::CONTRACTS), &contract)?;
            }
        } else {
            add("", &entry)?;
        }
    }
    Ok(files)
}

pub(crate) fn is_file(entry: &TreeEntry<'_>) -> bool {
    matches!(entry.filemode(), FILE | EXECUTABLE)
}

/// A version's directory that is not the same in two trees.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) domain: String,
    pub(crate) product: String,
    pub(crate) version: semver::Version,
    /// The directory before, `None` if it is new.
    pub(crate) was: Option<Oid>,
    /// The directory now, `None` if it is gone.
    pub(crate) tree: Option<Oid>,
}

/// What differs between two trees, in directories of versions.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) versions: Vec<Change>,
    /// Entries that no publish writes: path and reason.
    pub(crate) strange: Vec<(String, String)>,
    /// The directories that were compared, and of which everything strange is listed.
    pub(crate) compared: Vec<String>,
}

/// Compares `products/` of two trees. Equal directories are skipped by their id, so the cost is that of the changes.
pub(crate) fn changes(
    repo: &Repository,
    old: Option<&Tree<'_>>,
    new: &Tree<'_>,
) -> Result<Changes> {
    let mut found = Changes::default();
    let old = old
        .map(|tree| subtree(repo, tree, layout::PRODUCTS))
        .transpose()?
        .flatten();
    let new = subtree(repo, new, layout::PRODUCTS)?;
    let find = |id: Option<Oid>| {
        id.map(|id| repo.find_tree(id))
            .transpose()
            .map_err(object("read a directory of the registry"))
    };
    let domains = level(
        old.as_ref(),
        new.as_ref(),
        layout::PRODUCTS,
        names::is_name,
        &mut found,
    );
    for (domain, was, is) in domains {
        let path = format!("{}/{domain}", layout::PRODUCTS);
        let (was, is) = (find(was)?, find(is)?);
        let products = level(was.as_ref(), is.as_ref(), &path, names::is_name, &mut found);
        for (product, was, is) in products {
            let path = format!("{path}/{product}");
            let (was, is) = (find(was)?, find(is)?);
            let is_version = |name: &str| names::parse_version(name).is_some();
            for (version, was, tree) in
                level(was.as_ref(), is.as_ref(), &path, is_version, &mut found)
            {
                if let Some(version) = names::parse_version(&version) {
                    let (domain, product) = (domain.clone(), product.clone());
                    found.versions.push(Change {
                        domain,
                        product,
                        version,
                        was,
                        tree,
                    });
                }
            }
        }
    }
    Ok(found)
}

/// The directories with valid names whose ids differ, in order of their names.
///
/// Both trees are gone through side by side, and nothing is kept of what they have in common: of ten thousand products
/// in a domain, a publish changes one.
fn level(
    old: Option<&Tree<'_>>,
    new: Option<&Tree<'_>>,
    path: &str,
    valid: impl Fn(&str) -> bool,
    found: &mut Changes,
) -> Vec<(String, Option<Oid>, Option<Oid>)> {
    found.compared.push(path.to_owned());
    // By name, so that it does not matter if somebody wrote a tree that is not in order.
    let mut ids: BTreeMap<String, (Option<Oid>, Option<Oid>)> = BTreeMap::new();
    let keep_old = |ids: &mut BTreeMap<String, _>, entry: &TreeEntry<'_>| {
        if let Ok(name) = entry.name()
            && valid(name)
        {
            let (was, _): &mut (_, Option<Oid>) = ids.entry(name.to_owned()).or_default();
            *was = Some(entry.id());
        }
    };
    let mut old = old
        .into_iter()
        .flatten()
        .filter(|entry| entry.filemode_raw() == DIRECTORY)
        .peekable();
    for entry in new.into_iter().flatten() {
        let reason = match entry.name() {
            Ok(name) if valid(name) && entry.filemode_raw() == DIRECTORY => {
                let order = |old: &TreeEntry<'_>| in_tree(old.name_bytes(), entry.name_bytes());
                while let Some(gone) = old.next_if(|old| order(old).is_lt()) {
                    keep_old(&mut ids, &gone);
                }
                let same = old.next_if(|old| order(old).is_eq());
                if same.as_ref().is_none_or(|same| same.id() != entry.id()) {
                    if let Some(was) = same {
                        keep_old(&mut ids, &was);
                    }
                    ids.entry(name.to_owned()).or_default().1 = Some(entry.id());
                }
                continue;
            }
            Ok(name) if valid(name) => "it is not a directory",
            _ => "its name is not valid in a registry",
        };
        let name = String::from_utf8_lossy(entry.name_bytes());
        found
            .strange
            .push((format!("{path}/{name}"), reason.to_owned()));
    }
    for gone in old {
        keep_old(&mut ids, &gone);
    }
    ids.into_iter()
        .filter(|(_, (was, is))| was != is)
        .map(|(name, (was, is))| (name, was, is))
        .collect()
}

/// The order of directories in a tree, where their names end with a slash.
fn in_tree(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().chain(b"/").cmp(b.iter().chain(b"/"))
}

/// An entry of `tree` whose name differs from `name` in case only.
fn case_sibling(tree: &Tree<'_>, name: &str) -> Option<String> {
    let folded = name.to_lowercase();
    tree.iter().find_map(|entry| {
        let other = String::from_utf8_lossy(entry.name_bytes());
        (other != name && other.to_lowercase() == folded).then(|| other.into_owned())
    })
}

/// Makes a commit on `parent` that adds or replaces `files` (path in the registry, bytes). Nothing else is touched.
pub(crate) fn commit(
    repo: &Repository,
    parent: Option<Oid>,
    files: &[(String, &[u8])],
    who: &Publisher,
    message: &str,
) -> Result<Oid> {
    let failed = |error| object("write the commit")(error);
    let parent = parent
        .map(|id| repo.find_commit(id))
        .transpose()
        .map_err(failed)?;
    let empty = || {
        repo.treebuilder(None)?
            .write()
            .and_then(|id| repo.find_tree(id))
    };
    let base = parent
        .as_ref()
        .map_or_else(empty, git2::Commit::tree)
        .map_err(failed)?;
    let mut update = TreeUpdateBuilder::new();
    for (path, bytes) in files {
        let blob = repo
            .blob(bytes)
            .map_err(|error| write_error(repo, bytes, error))?;
        update.upsert(path.as_str(), blob, FileMode::Blob);
    }
    let tree = update
        .create_updated(repo, &base)
        .and_then(|id| repo.find_tree(id))
        .map_err(failed)?;
    commit_of(
        repo,
        parent.map(|parent| parent.id()),
        tree.id(),
        who,
        message,
    )
}

/// Makes a commit on `parent` with a tree.
pub(crate) fn commit_of(
    repo: &Repository,
    parent: Option<Oid>,
    tree: Oid,
    who: &Publisher,
    message: &str,
) -> Result<Oid> {
    let write = || {
        let parent = parent.map(|id| repo.find_commit(id)).transpose()?;
        let signature = Signature::now(&who.name, &who.email)?;
        repo.commit(
            None,
            &signature,
            &signature,
            message,
            &repo.find_tree(tree)?,
            &parent.iter().collect::<Vec<_>>(),
        )
    };
    write().map_err(object("write the commit"))
}

/// Why a file could not be written to the cache. libgit2 forgets the system's reason, so the system is asked again.
fn write_error(repo: &Repository, bytes: &[u8], error: git2::Error) -> Error {
    let probe = repo.path().join("mesh-probe");
    let written = fs::write(&probe, bytes);
    let _ = fs::remove_file(&probe);
    match written {
        Ok(()) => object("write the commit")(error),
        Err(reason) => io("write to the cache", repo.path())(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prelude::*, test_runner::TestRunner};
    use std::collections::BTreeSet;

    /// Names whose order differs between trees and texts, and one that is not valid.
    const NAMES: [&str; 6] = ["a", "a-b", "a-", "a0", "b", "A"];

    /// A tree of these entries: a directory with one of two contents, or a file.
    fn tree<'r>(repo: &'r Repository, entries: &BTreeMap<usize, u8>) -> Result<Tree<'r>> {
        let write = || {
            let mut builder = repo.treebuilder(None)?;
            for (name, kind) in entries {
                let blob = repo.blob(&[*kind])?;
                let mut inner = repo.treebuilder(None)?;
                inner.insert("x", blob, FILE)?;
                let (id, mode) = match kind {
                    0 => (blob, FILE),
                    _ => (inner.write()?, DIRECTORY),
                };
                builder.insert(NAMES[*name], id, mode)?;
            }
            repo.find_tree(builder.write()?)
        };
        write().map_err(object("write a tree"))
    }

    fn directories(tree: &Tree<'_>) -> BTreeMap<String, Oid> {
        tree.iter()
            .filter(|entry| entry.filemode_raw() == DIRECTORY)
            .filter_map(|entry| Some((entry.name().ok()?.to_owned(), entry.id())))
            .filter(|(name, _)| names::is_name(name))
            .collect()
    }

    #[test]
    fn what_differs_is_found_whatever_the_order() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let repo = Repository::init_bare(folder.path())?;
        let entries = || prop::collection::btree_map(0..NAMES.len(), 0..3_u8, 0..6);
        // One repository for all cases: there are only a few objects.
        TestRunner::default().run(&(entries(), entries()), |(old, new)| {
            let (old, new) = (tree(&repo, &old)?, tree(&repo, &new)?);
            let mut found = Changes::default();
            let differs = level(Some(&old), Some(&new), "p", names::is_name, &mut found);
            let strange = new.iter().filter(|entry| {
                entry.filemode_raw() != DIRECTORY || !entry.name().is_ok_and(names::is_name)
            });
            prop_assert_eq!(found.strange.len(), strange.count());

            let (old, new) = (directories(&old), directories(&new));
            let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
            let expected: Vec<_> = names
                .into_iter()
                .map(|name| (name.clone(), old.get(name).copied(), new.get(name).copied()))
                .filter(|(_, was, is)| was != is)
                .collect();
            prop_assert_eq!(differs, expected);
            Ok(())
        })?;
        Ok(())
    }
}
