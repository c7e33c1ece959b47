//! What a commit held of the files and folders that are compared with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mesh_registry::{Error, RevisionError, files_around, files_at, repository_around};
use mesh_spec::document::Document;
use mesh_spec::workspace::is_manifest;

use super::source::{clean, parsed, slashed};
use crate::failure::Failure;

/// The manifests of a commit. Each is read once, however many paths lead to it.
pub(super) struct Committed<'r> {
    revision: &'r str,
    /// The documents, each with the path that it has, or had, in the work tree as it is named on the
    /// command line.
    pub(super) members: Vec<(String, Document)>,
    /// The paths that were read, by their repository.
    read: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

impl<'r> Committed<'r> {
    /// Nothing yet of the commit that `revision` names, in whatever repository a path lies.
    pub(super) fn new(revision: &'r str) -> Self {
        Self {
            revision,
            members: Vec::new(),
            read: BTreeMap::new(),
        }
    }

    /// Adds what there was at and below `path`; nothing if there was no such path.
    pub(super) fn add(&mut self, path: &Path) -> Result<(), Failure> {
        let within = (!path.is_dir()).then(|| {
            let name = path.file_name().unwrap_or_default();
            format!("./{}", name.to_string_lossy())
        });
        let found = match files_at(
            folder_of(path),
            self.revision,
            within.as_deref(),
            is_manifest,
        ) {
            Err(Error::Revision(RevisionError::NotInRevision { .. })) => return Ok(()),
            found => found?,
        };
        let named = clean(path);
        let read = self.read.entry(found.repository).or_default();
        let mut files = found.files;
        files.retain(|(file, _)| read.insert(file.clone()));
        let name = |file: &Path| match file.strip_prefix(&found.path) {
            Ok(below) if !found.is_file => slashed(&named.join(below)),
            _ => slashed(&named),
        };
        self.members.extend(parsed(self.revision, files, name));
        Ok(())
    }

    /// Adds those documents that `is_wanted` and lie elsewhere in the repositories of `paths`.
    pub(super) fn add_elsewhere(
        &mut self,
        paths: &[PathBuf],
        is_wanted: impl Fn(&Document) -> bool,
    ) -> Result<(), Failure> {
        let mut seen = BTreeSet::new();
        for path in paths {
            let folder = folder_of(path);
            let repository = repository_around(folder)?;
            if !seen.insert(repository.clone()) {
                continue;
            }
            let read = self.read.entry(repository).or_default();
            let is_new = |file: &Path| is_manifest(file) && !read.contains(file);
            let files = files_around(folder, self.revision, is_new)?;
            let found = parsed(self.revision, files, slashed).into_iter();
            self.members
                .extend(found.filter(|(_, document)| is_wanted(document)));
        }
        Ok(())
    }
}

/// The folder that `path` is, or lies in.
fn folder_of(path: &Path) -> &Path {
    if path.is_dir() {
        return path;
    }
    let parent = path.parent();
    parent
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}
