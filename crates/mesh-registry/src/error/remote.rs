//! What keeps a registry from being reached, read or written to where it is.

use crate::git::Said;
use std::path::Path;

/// Why a repository cannot be used as it was to be: it is not there, not let in, or of a kind that does not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// Nothing is there, or nothing that these credentials may see.
    #[error("there is no repository at {location}")]
    NotFound {
        /// The registry.
        location: String,
        /// What git said.
        detail: String,
    },
    /// The remote did not accept the credentials, or there were none.
    #[error("access to {location} was denied: {detail}")]
    AccessDenied {
        /// The registry.
        location: String,
        /// What git said.
        detail: String,
    },
    /// The remote's host name, or its key, is not known.
    #[error("cannot connect to {location}: {detail}")]
    HostUnknown {
        /// The registry.
        location: String,
        /// What git said.
        detail: String,
    },
    /// The connection failed or was cut. Trying again may help.
    #[error("the connection to {location} failed: {detail}")]
    Network {
        /// The registry.
        location: String,
        /// What git said.
        detail: String,
    },
    /// The remote refused the new commit: a protected branch, or a hook.
    #[error("{location} refused the update of `{branch}`: {detail}{said}")]
    Refused {
        /// The registry.
        location: String,
        /// The branch.
        branch: String,
        /// Why, as git was told.
        detail: String,
        /// What the remote said.
        said: Said,
    },
    /// The registry's branch takes what is new through requests only.
    #[error("`{branch}` of {location} is protected, and takes nothing directly: {detail}{said}")]
    Protected {
        /// The registry.
        location: String,
        /// The branch.
        branch: String,
        /// Why, as git was told.
        detail: String,
        /// What the remote said.
        said: Said,
    },
    /// The remote, or the file system that it is on, does not let this user add anything.
    #[error("the registry {location} is not writable for you: {detail}")]
    NotWritable {
        /// The registry.
        location: String,
        /// What git said.
        detail: String,
    },
    /// The remote has a work tree with the registry's branch checked out.
    #[error("{location} is a repository with a work tree in which `{branch}` is checked out")]
    CheckedOut {
        /// The registry.
        location: String,
        /// The branch.
        branch: String,
    },
    /// git does not trust a repository that belongs to another user.
    #[error("git does not trust the repository at {location}: it belongs to another user")]
    ForeignOwner {
        /// The registry.
        location: String,
    },
    /// The directory exists and is something else.
    #[error("{location} is not a git repository")]
    NotARepository {
        /// The directory.
        location: String,
    },
    /// The repository uses a format that is not supported.
    #[error("{location} uses {what}, which mesh cannot read yet")]
    Unsupported {
        /// The registry.
        location: String,
        /// The format.
        what: &'static str,
    },
}

impl RemoteError {
    /// What to do about it; see [`super::Error::help`].
    pub(super) fn help(&self) -> String {
        match self {
            Self::NotFound { location, .. } if is_url(location) => {
                "check the location and that you may read it; a new repository has to be created at its host".into()
            }
            Self::NotFound { location, .. } => {
                format!("check the location, or run `mesh registry init {location}` to create a registry there")
            }
            Self::AccessDenied { location, .. } if is_url(location) => {
                "check that `git ls-remote` works for this location: mesh uses git's own credentials and ssh keys".into()
            }
            Self::AccessDenied { location, .. } => {
                format!("check the permissions of {location} and of the folder that it is in")
            }
            Self::HostUnknown { location, .. } if location.starts_with("http") => {
                "check the host name, and git's proxy and certificate settings".into()
            }
            Self::HostUnknown { .. } => {
                "check the host name; if its key is not known yet, connect once with `ssh` and confirm it".into()
            }
            Self::Network { .. } => "check the connection and run the command again; it is safe to repeat".into(),
            Self::Refused { said, .. } if said.is_verdict() => {
                "nothing was changed there: do what the registry says, and run the command again".into()
            }
            Self::Refused { branch, .. } => format!(
                "ask the registry's administrators for the right to push to `{branch}`, or follow what the message says"
            ),
            Self::Protected { .. } => "publish through a request: say `--mode branch`, or `--mode auto`".into(),
            Self::NotWritable { location, .. } if is_url(location) => {
                "ask the registry's administrators to let you write to the repository on its host".into()
            }
            Self::NotWritable { location, .. } => {
                format!("ask the owner of {location} to let you write to it, or check the permissions of the files in it")
            }
            Self::CheckedOut { .. } => "use a bare repository (`git init --bare`), or check out another branch there".into(),
            Self::ForeignOwner { location } => format!(
                "if you trust it, run `git config --global --add safe.directory {}`",
                location.strip_prefix("file://").unwrap_or(location)
            ),
            Self::NotARepository { location } => {
                format!("choose an empty or new directory and run `mesh registry init`, or make {location} a git repository")
            }
            Self::Unsupported { .. } => "create the repository with `git init --bare --object-format=sha1`".into(),
        }
    }
}

/// Whether a location, as shown, is not a path.
fn is_url(location: &str) -> bool {
    !location.starts_with("file://")
        && (location.contains("://") || !Path::new(location).is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_access_to_a_folder_is_not_about_keys() {
        let help = |location: &str| {
            let denied = RemoteError::AccessDenied {
                location: location.to_owned(),
                detail: String::new(),
            };
            let read_only = RemoteError::NotWritable {
                location: location.to_owned(),
                detail: String::new(),
            };
            (denied.help(), read_only.help())
        };
        let says = |help: String, words: &str| help.contains(words);
        for url in ["git@example.com:r.git", "https://example.com/r.git"] {
            assert!(says(help(url).0, "ssh keys"));
            assert!(says(help(url).1, "on its host"));
        }
        if cfg!(unix) {
            for path in ["/srv/r.git", "file:///srv/r.git"] {
                assert!(says(help(path).0, "permissions"));
                assert!(says(help(path).1, "permissions"));
            }
        }
    }
}
