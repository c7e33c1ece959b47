//! Files as a commit holds them, without a work tree.

use std::path::{Component, Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Repository, Tree};

use crate::error::object;
use crate::{Error, Result, RevisionError};

/// The largest file that is read from a commit, in bytes: as large as one in a work tree may be.
pub const MAX_COMMITTED: u64 = 128 << 20;
/// A tree that lists the same folders over and over can name more files than any disk holds.
const MAX_ENTRIES: usize = 2_000_000;

const DIRECTORY: i32 = 0o040_000;
const SUBMODULE: i32 = 0o160_000;
const LINK: i32 = 0o120_000;

/// What stands at a path in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilesAt {
    /// Where the repository keeps what is its own, by which it is told from others.
    pub repository: PathBuf,
    /// The path from the root of the repository.
    pub path: PathBuf,
    /// Whether it is a file, which then is the only one in `files`.
    pub is_file: bool,
    /// The files, each with its path from the root of the repository, in the order of these paths.
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

/// Reads the files at and below `path` that `is_wanted` by their path, as `revision` holds them in the
/// repository around `folder`. A file that `path` names itself is read whatever it is called.
///
/// `revision` is anything that names a commit. `path` is what git takes it for after `REVISION:`: it
/// starts at the root of the repository, or at `folder` if it starts with `./` or `../`. Without one,
/// it is `folder` itself. What is hidden is passed over, as when the folder is walked on disk.
///
/// # Errors
/// If there is no such commit or path in it, or a file that is wanted is a link or too large, or there
/// is a submodule, in which files may be that this repository does not hold.
pub fn files_at(
    folder: &Path,
    revision: &str,
    path: Option<&str>,
    is_wanted: impl Fn(&Path) -> bool,
) -> Result<FilesAt> {
    let repository = discovered(folder)?;
    let root = root_of(&repository, revision)?;
    let reading = Reading {
        repository: &repository,
        revision,
        is_wanted: &is_wanted,
        is_complete: true,
    };
    let named = named(&repository, folder, path);
    let missing = || {
        Error::Revision(RevisionError::NotInRevision {
            revision: revision.to_owned(),
            path: match (&named, path) {
                (Some(named), _) => named.to_string_lossy().into_owned(),
                (None, path) => path.unwrap_or_default().to_owned(),
            },
        })
    };
    let path = named.clone().ok_or_else(missing)?;
    let home = repository.path().to_owned();
    if path.as_os_str().is_empty() {
        let files = reading.below(root, &path)?;
        return Ok(FilesAt {
            repository: home,
            path,
            is_file: false,
            files,
        });
    }
    let entry = root.get_path(&path).map_err(|_| missing())?;
    match entry.filemode_raw() {
        DIRECTORY => {
            let tree = repository.find_tree(entry.id());
            let files = reading.below(tree.map_err(object("read a folder"))?, &path)?;
            Ok(FilesAt {
                repository: home,
                path,
                is_file: false,
                files,
            })
        }
        mode => {
            let bytes = reading.file(mode, entry.id(), &path)?;
            Ok(FilesAt {
                repository: home,
                is_file: true,
                files: vec![(path.clone(), bytes)],
                path,
            })
        }
    }
}

/// Reads the files that `is_wanted` anywhere in the repository around `folder`, as `revision` holds them:
/// for whoever looks for something, and asked for none of them. What cannot be read is passed over.
///
/// # Errors
/// If there is no such commit.
pub fn files_around(
    folder: &Path,
    revision: &str,
    is_wanted: impl Fn(&Path) -> bool,
) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let repository = discovered(folder)?;
    let root = root_of(&repository, revision)?;
    let reading = Reading {
        repository: &repository,
        revision,
        is_wanted: &is_wanted,
        is_complete: false,
    };
    reading.below(root, Path::new(""))
}

/// Where the repository around `folder` keeps what is its own, by which it is told from others.
///
/// # Errors
/// If there is no repository, or none that git would read.
pub fn repository_around(folder: &Path) -> Result<PathBuf> {
    Ok(discovered(folder)?.path().to_owned())
}

fn discovered(folder: &Path) -> Result<Repository> {
    Repository::discover(folder).map_err(|error| {
        let folder = folder.to_owned();
        match error.code() {
            ErrorCode::Owner => Error::Revision(RevisionError::ForeignRepository { folder }),
            _ => Error::Revision(RevisionError::NoRepository { folder }),
        }
    })
}

fn root_of<'r>(repository: &'r Repository, revision: &str) -> Result<Tree<'r>> {
    let found = repository.revparse_single(revision);
    let commit = found
        .and_then(|found| found.peel_to_commit())
        .map_err(|_| {
            Error::Revision(RevisionError::UnknownRevision {
                revision: revision.to_owned(),
                reason: "there is no such commit in this repository".to_owned(),
            })
        })?;
    commit.tree().map_err(object("read a commit"))
}

/// The path from the root of the repository that is meant; `None` if it leads out of it.
fn named(repository: &Repository, folder: &Path, path: Option<&str>) -> Option<PathBuf> {
    let is_relative = path.is_none_or(|path| {
        let first = path.split('/').next();
        matches!(first, Some("." | ".."))
    });
    let mut named = PathBuf::new();
    if is_relative {
        // A repository without a work tree has one folder: its root.
        if let Some(root) = repository.workdir() {
            let (root, folder) = (root.canonicalize().ok()?, folder.canonicalize().ok()?);
            named.push(folder.strip_prefix(root).ok()?);
        }
    }
    for part in Path::new(path.unwrap_or_default()).components() {
        match part {
            Component::Normal(name) => named.push(name),
            Component::CurDir => {}
            Component::ParentDir if named.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(named)
}

/// One commit, while it is read.
struct Reading<'r> {
    repository: &'r Repository,
    revision: &'r str,
    is_wanted: &'r dyn Fn(&Path) -> bool,
    /// Whether nothing may be passed over.
    is_complete: bool,
}

impl<'r> Reading<'r> {
    /// The wanted files below the folder `path`, which is `tree`.
    fn below(&self, tree: Tree<'r>, path: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let mut files = Vec::new();
        let mut folders = vec![(tree, path.to_owned())];
        let mut entries = 0;
        while let Some((tree, path)) = folders.pop() {
            entries += tree.len();
            if entries > MAX_ENTRIES {
                return Err(self.unreadable(&path, "there are too many files around it"));
            }
            for entry in &tree {
                if entry.name_bytes().starts_with(b".") {
                    continue;
                }
                let path = path.join(&*String::from_utf8_lossy(entry.name_bytes()));
                match entry.filemode_raw() {
                    DIRECTORY => {
                        let tree = self.repository.find_tree(entry.id());
                        folders.push((tree.map_err(object("read a folder"))?, path));
                    }
                    mode if mode == SUBMODULE || (self.is_wanted)(&path) => {
                        match self.file(mode, entry.id(), &path) {
                            Err(Error::Revision(RevisionError::UnreadableInRevision {
                                ..
                            })) if !self.is_complete => {}
                            bytes => files.push((path, bytes?)),
                        }
                    }
                    _ => {}
                }
            }
        }
        files.sort();
        Ok(files)
    }

    fn file(&self, mode: i32, id: Oid, path: &Path) -> Result<Vec<u8>> {
        match mode {
            SUBMODULE => {
                return Err(self.unreadable(path, "it is a submodule, a repository of its own"));
            }
            LINK => return Err(self.unreadable(path, "it is a symbolic link")),
            _ => {}
        }
        let odb = self
            .repository
            .odb()
            .map_err(object("open the repository"))?;
        let (size, kind) = odb.read_header(id).map_err(object("read a file"))?;
        if kind != ObjectType::Blob {
            return Err(self.unreadable(path, "it is not a file"));
        }
        if size as u64 > MAX_COMMITTED {
            let reason = format!("it is larger than {} MiB", MAX_COMMITTED >> 20);
            return Err(self.unreadable(path, &reason));
        }
        let content = odb.read(id).map_err(object("read a file"))?;
        Ok(content.data().to_vec())
    }

    fn unreadable(&self, path: &Path, reason: &str) -> Error {
        Error::Revision(RevisionError::UnreadableInRevision {
            revision: self.revision.to_owned(),
            path: path.to_string_lossy().into_owned(),
            reason: reason.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use git2::Signature;

    use super::*;

    #[test]
    fn a_small_repository_of_very_many_files_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let repository = Repository::init(folder.path()).expect("a repository");
        let mut id = repository.blob(b"id: x\n").expect("a blob");
        let mut mode = 0o100_644;
        // Eight folders within each other, of which each holds the next ten times.
        for _ in 0..8 {
            let mut tree = repository.treebuilder(None).expect("a tree");
            for name in 0..10 {
                tree.insert(format!("a{name}"), id, mode).expect("an entry");
            }
            id = tree.write().expect("a tree");
            mode = DIRECTORY;
        }
        let tree = repository.find_tree(id).expect("a tree");
        let who = Signature::now("Ada", "ada@pharma.example").expect("a signature");
        repository
            .commit(Some("HEAD"), &who, &who, "many", &tree, &[])
            .expect("a commit");
        let refused = files_at(folder.path(), "HEAD", None, |_| false);
        assert!(
            matches!(
                refused,
                Err(Error::Revision(RevisionError::UnreadableInRevision { .. }))
            ),
            "{refused:?}"
        );
        // A part of it that has an end is read.
        let read = files_at(folder.path(), "HEAD", Some("a0/a0/a0/a0/a0/a0"), |path| {
            path.ends_with("a1")
        });
        let read = read.expect("a folder");
        assert_eq!(read.files.len(), 10, "{read:?}");
        assert!(!read.is_file);
    }
}
