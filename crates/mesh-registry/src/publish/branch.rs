//! Adding something through a branch of its own, which somebody merges at the registry's host.
//!
//! The branch is called after what it adds, so that the same thing has one branch, whoever submits it and how often:
//!
//! ```text
//! mesh/publish/<domain>/<product>/<version>-<8 hex digits of the content>       a version
//! mesh/publish/<domain>/<product>/<version>+<n>-<8 hex digits of the content>   it and n more
//! ```
//!
//! What it adds is known by its content, never by its commit: a host may squash or rebase it.

use crate::{
    Result,
    differing::{self, Differing},
    digest, layout,
    snapshot::Snapshot,
    tree,
};
use git2::{FileMode, Oid, Repository, Tree};
use semver::Version;
use std::collections::BTreeMap;

/// The most files that a request may change to be compared with another.
const MAX_CHANGES: usize = 20_000;

/// Something that waits to be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The branch that it is on.
    pub branch: String,
    /// The commit that the branch is at, in hexadecimal.
    pub commit: String,
    /// Where the registry's host says that a request for the branch is opened, or is open. Hosts say it only when
    /// something is pushed, and not all of them do.
    pub url: Option<String>,
    /// Whether it was pushed just now (in a dry run: would be). If not, it was there already.
    pub is_new: bool,
    /// Other branches that wait to be merged, with other content for the same.
    pub others: Vec<String>,
    /// What the registry has once it is merged.
    pub(crate) contents: Vec<Content>,
}

/// A file that is there once a request is merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    path: String,
    /// Its content; a record may say other things beside what was published.
    blob: Option<Oid>,
}

/// What the branch of a contribution is called after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// What kind of thing it is about: a directory below `mesh/`.
    pub(super) kind: &'static str,
    /// The things that it is about, each as a path such as `sales/orders/1.2.0`; at least one.
    pub(super) subjects: Vec<String>,
    /// What is said of them, in any form that is the same for the same.
    pub(super) content: String,
}

impl Name {
    /// The name of the branch.
    pub(super) fn branch(&self) -> String {
        let more = match self.subjects.len() {
            0 | 1 => String::new(),
            all => format!("+{}", all - 1),
        };
        let first = self.subjects.first().map(String::as_str);
        let hash = digest::hex(self.content.as_bytes());
        format!(
            "{}{}/{}{more}-{}",
            layout::REQUESTS,
            self.kind,
            path(first.unwrap_or("nothing")),
            &hash[..8]
        )
    }

    /// The directory that the branch is in, with a slash at its end.
    pub(super) fn directory(&self) -> String {
        format!("{}{}/", layout::REQUESTS, self.kind)
    }

    /// Whether a branch is called after one of the same things.
    fn is_about(&self, branch: &str) -> bool {
        let Some(rest) = branch.strip_prefix(&self.directory()) else {
            return false;
        };
        let Some((stem, hash)) = rest.rsplit_once('-') else {
            return false;
        };
        let is_count = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let stem = match stem.rsplit_once('+') {
            Some((stem, count)) if is_count(count) => stem,
            _ => stem,
        };
        hash.len() == 8
            && hash.bytes().all(|b| b.is_ascii_hexdigit())
            && self.subjects.iter().any(|subject| path(subject) == stem)
    }

    /// The branches of `open` that are called after the same things, without its own.
    pub(super) fn others(&self, open: &BTreeMap<String, Oid>) -> Vec<String> {
        let own = self.branch();
        let others = open.keys().filter(|branch| **branch != own);
        others
            .filter(|branch| self.is_about(branch))
            .cloned()
            .collect()
    }
}

/// By what branches are put in order so that of the versions of a product the lower come first: what stands before the
/// version in the name, and the version; of a branch that somebody named otherwise, the name.
pub(crate) fn order(branch: &str) -> (String, Option<Version>) {
    let named = branch.rsplit_once('/').and_then(|(product, stem)| {
        // What is counted behind a `+` is read as build metadata, which comes last when versions are compared.
        let (version, _) = stem.rsplit_once('-')?;
        Some((product, Version::parse(version).ok()?))
    });
    match named {
        Some((product, version)) => (product.to_owned(), Some(version)),
        None => (branch.to_owned(), None),
    }
}

/// A path as part of a branch's name: in lower case, since branches are files on some servers, and without what git does
/// not take.
fn path(path: &str) -> String {
    let part = |part: &str| {
        let is_kept = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let plain: String = part
            .to_lowercase()
            .chars()
            .map(|c| if is_kept(&c) { c } else { '-' })
            .collect();
        let plain = plain.replace("..", "--");
        match plain.strip_suffix(".lock") {
            Some(stem) => format!("{stem}-lock"),
            None => match plain.trim_matches('.') {
                "" => "-".to_owned(),
                plain => plain.to_owned(),
            },
        }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The files that a commit adds or replaces, by path.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// What `commit` adds to `base` and replaces in it, or nothing if it does anything else, is no history of the registry,
/// or is too large to be looked at.
pub(super) fn files(repo: &Repository, base: Oid, commit: Oid) -> Result<Option<Files>> {
    let mut files = Files::new();
    let Some(changes) = changes(repo, base, commit)? else {
        return Ok(None);
    };
    for (path, blob) in changes {
        // A record is the largest of what may be there once.
        let Ok(bytes) = tree::blob(repo, blob, &path, layout::MAX_FILE) else {
            return Ok(None);
        };
        files.insert(path, bytes);
    }
    Ok(Some(files))
}

/// As [`files`], with the ids of the files.
fn changes(repo: &Repository, base: Oid, commit: Oid) -> Result<Option<Vec<(String, Oid)>>> {
    let Ok(common) = repo.merge_base(base, commit) else {
        return Ok(None);
    };
    let (old, new) = (tree::root(repo, common)?, tree::root(repo, commit)?);
    let Some(differing) = differing::files(repo, &old, &new, MAX_CHANGES)? else {
        return Ok(None);
    };
    let change = |file: Differing| {
        let path = String::from_utf8(file.path).ok()?;
        let is = file.is.filter(|is| is.mode() == FileMode::Blob)?;
        Some((path, is.id))
    };
    Ok(differing.into_iter().map(change).collect())
}

/// What the registry has once `commit` is merged, as far as it can be told.
pub(super) fn contents(repo: &Repository, base: Oid, commit: Oid) -> Result<Vec<Content>> {
    let changes = changes(repo, base, commit)?.unwrap_or_default().into_iter();
    let content = |(path, blob): (String, Oid)| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_record = name.starts_with(layout::RECORD);
        Content {
            blob: (!is_record).then_some(blob),
            path,
        }
    };
    // What stands beside a record is about just that one.
    let is_kept =
        |content: &Content| content.blob.is_some() || content.path.ends_with(layout::RECORD);
    Ok(changes.map(content).filter(is_kept).collect())
}

/// Whether a registry has what a request adds.
pub(crate) fn is_merged(snapshot: &Snapshot, contents: &[Content]) -> Result<bool> {
    let root = snapshot.root()?;
    let is_there = |content: &Content| {
        let entry = entry(&snapshot.repo, &root, &content.path)?;
        Ok(entry.is_some_and(|found| content.blob.is_none_or(|blob| blob == found)))
    };
    // Nothing to look for is nothing to be found.
    let mut all = contents
        .iter()
        .map(is_there)
        .collect::<Result<Vec<_>>>()?
        .into_iter();
    Ok(!contents.is_empty() && all.all(|is_there| is_there))
}

/// The id of the regular file at a path.
fn entry(repo: &Repository, root: &Tree<'_>, path: &str) -> Result<Option<Oid>> {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let directory = match directory {
        "" => Some(root.clone()),
        directory => tree::subtree(repo, root, directory)?,
    };
    let found = directory
        .as_ref()
        .and_then(|directory| directory.get_name(name));
    Ok(found.filter(tree::is_file).map(|entry| entry.id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(subjects: &[&str], content: &str) -> Name {
        Name {
            kind: "publish",
            subjects: subjects.iter().map(|&subject| subject.to_owned()).collect(),
            content: content.to_owned(),
        }
    }

    #[test]
    fn a_branch_is_called_after_what_it_adds() {
        let one = name(&["sales/orders/1.2.0"], "a").branch();
        assert_eq!(one, "mesh/publish/sales/orders/1.2.0-ca978112");
        assert_eq!(one, name(&["sales/orders/1.2.0"], "a").branch());
        assert_ne!(one, name(&["sales/orders/1.2.0"], "b").branch());
        assert_eq!(
            name(&["sales/orders/1.2.0", "sales/returns/1.0.0"], "a").branch(),
            "mesh/publish/sales/orders/1.2.0+1-ca978112"
        );
    }

    #[test]
    fn the_lower_versions_of_a_product_come_first() {
        let ordered = [
            name(&["d/a/2.0.0"], "a").branch(),
            name(&["d/p/1.0.0-rc.1"], "a").branch(),
            name(&["d/p/1.0.0"], "a").branch(),
            name(&["d/p/1.9.0", "d/q/1.0.0"], "a").branch(),
            name(&["d/p/1.10.0"], "a").branch(),
            name(&["d/q/1.0.0"], "a").branch(),
        ];
        let mut branches = ordered.clone();
        branches.reverse();
        branches.sort_by_cached_key(|branch| order(branch));
        assert_eq!(branches, ordered);
    }

    #[test]
    fn every_name_is_one_that_git_takes() {
        for subject in [
            "sales/orders/1.2.0-RC.1",
            "sales/orders/1.2.0-a.lock",
            "packs/a.lock/b.lock",
            "packs/a..b/c",
            "packs/.hidden/x.",
            "packs/./x",
            "packs/a b/c~^:?*[\\",
            "packs/\u{430}/x",
        ] {
            let branch = name(&[subject], "a").branch();
            assert_eq!(branch, branch.to_lowercase());
            assert!(
                git2::Reference::is_valid_name(&format!("refs/heads/{branch}")),
                "{branch}"
            );
        }
    }

    #[test]
    fn other_branches_for_the_same_are_known_by_their_names() {
        let own = name(&["d/p/1.0.0", "d/q/1.0.0"], "a");
        let open: BTreeMap<String, Oid> = [
            own.branch(),
            name(&["d/p/1.0.0", "d/q/1.0.0"], "b").branch(),
            name(&["d/p/1.0.0"], "a").branch(),
            name(&["d/q/1.0.0", "d/r/1.0.0"], "a").branch(),
            name(&["d/p/1.0.0-rc"], "a").branch(),
            name(&["d/p/1.0.1"], "a").branch(),
            "mesh/publish/d/p/1.0.0-zzzzzzzz".to_owned(),
            "mesh/publish/d/p/1.0.0".to_owned(),
        ]
        .map(|branch| (branch, Oid::ZERO_SHA1))
        .into();
        let expected = [
            name(&["d/p/1.0.0", "d/q/1.0.0"], "b").branch(),
            name(&["d/p/1.0.0"], "a").branch(),
            name(&["d/q/1.0.0", "d/r/1.0.0"], "a").branch(),
        ];
        let mut others = own.others(&open);
        others.sort_by_key(|other| expected.iter().position(|it| it == other));
        assert_eq!(others, expected);
    }
}
