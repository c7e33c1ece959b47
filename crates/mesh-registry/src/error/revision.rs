//! What is wrong with a repository that is read, or with what names a commit in it.

use std::path::PathBuf;

/// Why a commit, or what is in it, cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RevisionError {
    /// A folder of which git keeps no history.
    #[error("`{folder}` is in no git work tree", folder = .folder.display())]
    NoWorkTree {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder around which there is no repository at all.
    #[error("`{folder}` is in no git repository", folder = .folder.display())]
    NoRepository {
        /// The folder.
        folder: PathBuf,
    },
    /// A repository that git does not read, since it belongs to somebody else.
    #[error("git does not read the repository around `{folder}`: it belongs to another user", folder = .folder.display())]
    ForeignRepository {
        /// The folder.
        folder: PathBuf,
    },
    /// A path that a commit does not have.
    #[error("there is no `{path}` at `{revision}`")]
    NotInRevision {
        /// What names the commit.
        revision: String,
        /// The path from the root of the repository.
        path: String,
    },
    /// Something in a commit that was to be read and cannot be.
    #[error("cannot read `{path}` at `{revision}`: {reason}")]
    UnreadableInRevision {
        /// What names the commit.
        revision: String,
        /// The path from the root of the repository.
        path: String,
        /// Why not.
        reason: String,
    },
    /// A commit that cannot be compared with.
    #[error("cannot compare with `{revision}`: {reason}")]
    UnknownRevision {
        /// What was to name a commit.
        revision: String,
        /// Why it cannot be compared with.
        reason: String,
    },
    /// What was to name a commit of a registry names none.
    #[error("{location} has no commit `{revision}`")]
    NoSuchCommit {
        /// The registry.
        location: String,
        /// What was to name a commit.
        revision: String,
    },
    /// What was added between two commits cannot be told, since the one does not follow from the other.
    #[error(
        "`{head}` does not continue `{base}`: the first parents of its commits do not lead there"
    )]
    NotContinued {
        /// What names the earlier commit.
        base: String,
        /// What names the later commit.
        head: String,
    },
    /// History that is needed is not in a clone.
    #[error("{location} is a shallow clone, and the history that was asked for is not all there")]
    Shallow {
        /// The registry.
        location: String,
    },
}

impl RevisionError {
    /// What to do about it; see [`super::Error::help`].
    pub(super) fn help(&self) -> String {
        match self {
            Self::NoWorkTree { .. } | Self::NoRepository { .. } => "run it in a clone of the repository".into(),
            Self::ForeignRepository { .. } => {
                "if you trust it, say so: `git config --global --add safe.directory FOLDER`, with the folder that \
                 `git status` names there"
                    .into()
            }
            Self::NotInRevision { revision, .. } => format!(
                "name it from the root of the repository, or from here with `./`; `git ls-tree -r --name-only \
                 {revision}` lists what there is"
            ),
            Self::UnreadableInRevision { .. } => {
                "name a file or a folder without it, or check the revision out with `git worktree add` and name that \
                 folder"
                    .into()
            }
            Self::UnknownRevision { .. } | Self::NoSuchCommit { .. } => {
                format!("name a branch, a tag or a commit; in a shallow clone, {UNSHALLOW}")
            }
            Self::NotContinued { base, head } => format!(
                "merge `{head}` into `{base}` instead of the other way round, or name the commit that `{head}` started \
                 from"
            ),
            Self::Shallow { .. } => UNSHALLOW.into(),
        }
    }
}

const UNSHALLOW: &str = "fetch its history first: `git fetch --unshallow` (`fetch-depth: 0` in GitHub's checkout action, \
                         `GIT_DEPTH: 0` in GitLab)";
