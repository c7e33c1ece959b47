//! What can go wrong, in words for the person who has to put it right.

mod refusal;
mod remote;
mod revision;

use std::{
    io,
    path::{Path, PathBuf},
};

pub use self::{refusal::Refusal, remote::RemoteError, revision::RevisionError};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done. The `Display` text says what is wrong, [`Error::help`] what to do about it.
///
/// No variant carries a credential: locations are redacted and the output of git is scrubbed before it gets here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The registry says no to what was to be published, as opposed to failing.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// The repository of the registry cannot be used as it was to be.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// A commit, or what is in it, cannot be read.
    #[error(transparent)]
    Revision(#[from] RevisionError),

    /// The text does not name a place where a registry can be.
    #[error("`{location}` cannot be used as a registry: {reason}")]
    InvalidLocation {
        /// The location as given, without credentials.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no home or data directory to put the default registry or the cache in.
    #[error("cannot tell where to keep {what}: no home directory is set")]
    NoHome {
        /// What was to be stored.
        what: &'static str,
    },

    /// The `git` command could not be started.
    #[error("the `git` command was not found")]
    GitMissing,
    /// The `git` command lacks options that the protocol depends on.
    #[error("git {found} is too old: mesh needs {needed} or newer")]
    GitTooOld {
        /// The installed version.
        found: String,
        /// The oldest version that works.
        needed: &'static str,
    },
    /// A git command failed in a way that has no variant of its own.
    #[error("git could not {action}: {detail}")]
    Git {
        /// What git was asked to do.
        action: &'static str,
        /// What git said.
        detail: String,
    },
    /// A git object could not be read or written.
    #[error("cannot {action}")]
    Object {
        /// What was being done.
        action: &'static str,
        /// What libgit2 said.
        source: git2::Error,
    },
    /// A disk is full, here or on the remote.
    #[error("no space left: {detail}")]
    DiskFull {
        /// What git or the system said.
        detail: String,
    },

    /// The repository is empty.
    #[error("{location} is an empty repository, not a registry yet")]
    NotInitialised {
        /// The registry.
        location: String,
    },
    /// The repository has content, but no registry format file.
    #[error("{location} is not a registry: branch `{branch}` has no {file}", file = crate::layout::FORMAT_FILE)]
    NotARegistry {
        /// The registry.
        location: String,
        /// The branch.
        branch: String,
    },
    /// The registry's layout is from the future.
    #[error(
        "{location} was made by a newer mesh: it has format {found}, this mesh reads format {supported}"
    )]
    NewerFormat {
        /// The registry.
        location: String,
        /// The registry's format.
        found: u64,
        /// The newest known format.
        supported: u64,
    },
    /// The format file does not parse.
    #[error("{file} of {location} cannot be read: {reason}", file = crate::layout::FORMAT_FILE)]
    BadFormatFile {
        /// The registry.
        location: String,
        /// What is wrong.
        reason: String,
    },
    /// No branch can be told to be the registry's.
    #[error(
        "cannot tell which branch of {location} is the registry: its HEAD names none, and it has {branches}"
    )]
    NoBranch {
        /// The registry.
        location: String,
        /// The branches, in words.
        branches: String,
    },
    /// The tip seen last is not part of the history any more.
    #[error(
        "the history of {location} was rewritten: commit {remembered}, seen before, is no longer part of `{branch}`"
    )]
    Rewritten {
        /// The registry.
        location: String,
        /// The branch.
        branch: String,
        /// The tip that was seen last.
        remembered: String,
        /// The directory that remembers it.
        cache: PathBuf,
    },
    /// Something in the registry contradicts its own record.
    #[error("`{path}` in the registry is damaged: {reason}")]
    Damaged {
        /// The path in the registry.
        path: String,
        /// The contradiction.
        reason: String,
    },

    /// Something below `policies/` that cannot be read as a policy. What cannot be read may not be passed over: it may
    /// be what forbids a publish.
    #[error("`{path}` cannot be taken for a policy: {reason}")]
    BadPolicyFile {
        /// The path in the registry.
        path: String,
        /// What is wrong with it.
        reason: String,
    },

    /// An owners file that cannot be read, or something in its place. Who passed it over would let anybody publish.
    #[error("`{path}` cannot be read as an owners file: {reason}")]
    BadOwnersFile {
        /// The path in the registry.
        path: String,
        /// What is wrong with it.
        reason: String,
    },

    /// Offline, and never fetched.
    #[error("{location} was never fetched on this machine, so it cannot be read offline")]
    NoCache {
        /// The registry.
        location: String,
    },
    /// Another process holds the cache.
    #[error("another mesh has been using the cache {cache} for {seconds} seconds", cache = .cache.display())]
    CacheBusy {
        /// The cache directory.
        cache: PathBuf,
        /// For how long this process waited.
        seconds: u64,
    },
    /// An object in the cache cannot be read.
    #[error("the cache {cache} is damaged: {detail}", cache = .cache.display())]
    CacheDamaged {
        /// The cache directory.
        cache: PathBuf,
        /// What libgit2 said.
        detail: String,
    },
    /// A file or directory could not be read or written.
    #[error("cannot {action} {path}: {reason}", path = .path.display(), reason = plain(.source))]
    Io {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A name that cannot become a path in the registry.
    #[error("`{name}` cannot be used as the {what} in a registry: {reason}")]
    InvalidName {
        /// What the name is for: `domain`, `product name`.
        what: &'static str,
        /// The name as given.
        name: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// A version that cannot be published.
    #[error("version {version} of `{product}` cannot be published: {reason}")]
    InvalidVersion {
        /// The product.
        product: String,
        /// Its version.
        version: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// A plan that contradicts itself.
    #[error("`{product}` cannot be published: {reason}")]
    InvalidPlan {
        /// The product.
        product: String,
        /// The contradiction.
        reason: String,
    },
    /// A file, or a number of them, over the limit.
    #[error("{what} is too large for the registry: {size}, and the limit is {limit}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// How large.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// A policy that was to be replaced is no longer what it was when the publish began.
    #[error("`{path}` was changed by somebody else meanwhile, and is left as it is")]
    PolicyChanged {
        /// The path in the registry.
        path: String,
    },
    /// A key that was to sign does not.
    #[error("cannot sign with `{key}`: {reason}")]
    CannotSign {
        /// How the key was named.
        key: String,
        /// Why not.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
    /// git does not know who commits.
    #[error("git does not know who you are: no name or e-mail address is set")]
    NoIdentity,
    /// The gate given to [`crate::Registry::publish`] said no.
    #[error("{0}")]
    Gate(#[source] crate::GateError),
    /// The branch of a request is gone, and what was on it was not merged.
    #[error("`{branch}` was removed from the registry, and what it adds was not merged")]
    RequestClosed {
        /// The branch.
        branch: String,
    },
    /// Nobody has merged a request until the deadline.
    #[error("`{branch}` was submitted, and {seconds} s later it is not merged")]
    NotMerged {
        /// The branch.
        branch: String,
        /// For how long was waited.
        seconds: u64,
    },
    /// Others were faster until the deadline.
    #[error("could not publish within {seconds} seconds, after {attempts} attempts: {detail}")]
    Contended {
        /// How often the push was tried.
        attempts: u32,
        /// The deadline.
        seconds: u64,
        /// Why the last attempt failed.
        detail: String,
    },
    /// The push was sent, and then the remote could not be asked what became of it.
    #[error("the update was sent to the registry, but whether it arrived is unknown: {detail}")]
    OutcomeUnknown {
        /// Why the remote could not be asked.
        detail: String,
    },

    /// Nothing has that name.
    #[error("the registry has no product `{reference}`")]
    UnknownProduct {
        /// What was asked for.
        reference: String,
        /// Products with a similar name, best first.
        candidates: Vec<String>,
    },
    /// More than one product has that name.
    #[error("`{reference}` is ambiguous")]
    AmbiguousProduct {
        /// What was asked for.
        reference: String,
        /// The products it may mean.
        candidates: Vec<String>,
    },
    /// The product has no such version.
    #[error("`{product}` has no version {wanted}")]
    UnknownVersion {
        /// `domain/product`.
        product: String,
        /// What was asked for.
        wanted: String,
        /// The versions it has, newest first.
        available: Vec<String>,
    },
}

impl Error {
    /// What to do about it, in the imperative, or `None` if the message says it all.
    ///
    /// It starts in lower case and has no full stop, so that it can stand after `help: `.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Refusal(refusal) => refusal.help(),
            Self::Remote(error) => error.help(),
            Self::Revision(error) => error.help(),
            Self::InvalidLocation { .. } => {
                "give a path, or a file://, ssh://, https:// or git@host:path location of a git repository".into()
            }
            Self::NoHome { .. } => "set HOME, or MESH_DATA_DIR and MESH_CACHE_DIR".into(),
            Self::GitMissing => "install git (https://git-scm.com/downloads) and make sure it is on the PATH".into(),
            Self::GitTooOld { needed, .. } => format!("install git {needed} or newer: https://git-scm.com/downloads"),
            Self::RequestClosed { branch } => format!(
                "find out at the registry's host why the request for `{branch}` was closed; to submit it again, run the \
                 command again"
            ),
            Self::NotMerged { .. } => {
                "wait for it to be merged; to see whether it was, run the command again, which submits nothing twice".into()
            }
            Self::DiskFull { .. } => "free some space and run the command again; nothing was half-published".into(),
            Self::NotInitialised { location } => format!("run `mesh registry init {location}`"),
            Self::NotARegistry { .. } => {
                "check the location; to start a registry, run `mesh registry init` with an empty repository".into()
            }
            Self::NewerFormat { .. } => "update mesh".into(),
            Self::BadFormatFile { .. } => "correct the file, or restore it from the registry's history".into(),
            Self::NoBranch { .. } => "make the repository's HEAD name the registry's branch (its default branch)".into(),
            Self::Rewritten { cache, .. } => format!(
                "ask the registry's administrators why; to accept the new history, remove the directory {}",
                cache.display()
            ),
            Self::Damaged { .. } => "report it to the registry's administrators: published files never change".into(),
            Self::BadPolicyFile { .. } => {
                "keep nothing below `policies/` but regular YAML files of moderate size, and a README.md".into()
            }
            Self::BadOwnersFile { .. } => {
                "correct the file, or restore it from the registry's history; until then nothing is published to the \
                 domain"
                    .into()
            }
            Self::CannotSign { remedy, .. } => remedy.clone(),
            Self::NoCache { .. } => "run the command once without `--offline`".into(),
            Self::CacheBusy { .. } => "wait for the other command to finish, then run this one again".into(),
            Self::CacheDamaged { cache, .. } => {
                format!("remove the directory {} and run the command again", cache.display())
            }
            Self::Io { action, path, source } => return io_help(action, path, source),
            Self::InvalidName { what, .. } => format!(
                "choose a {what} of at most 63 lower-case ASCII letters, digits and hyphens that starts with a letter"
            ),
            Self::InvalidVersion { .. } => "use a semantic version such as 1.2.0 or 1.2.0-rc.1".into(),
            Self::TooLarge { .. } => "publish descriptions, not data: split the contract or remove what is generated".into(),
            Self::PolicyChanged { .. } => "look at what it says now, and run the command again".into(),
            Self::NoIdentity => {
                "run `git config --global user.name \"Your Name\"` and `git config --global user.email you@example.com`".into()
            }
            Self::Contended { .. } => "run the command again; it is safe to repeat".into(),
            Self::OutcomeUnknown { .. } => {
                "run the command again when the registry can be reached: what is published already is recognised".into()
            }
            Self::UnknownProduct { candidates, .. } if candidates.is_empty() => {
                "list the products with `mesh search`".into()
            }
            Self::UnknownProduct { candidates, .. } => format!("did you mean {}?", list(candidates)),
            Self::AmbiguousProduct { candidates, .. } => format!("name the domain as well: {}", list(candidates)),
            Self::UnknownVersion { available, .. } => format!("use one of {}", list(available)),
            Self::Git { .. } | Self::Object { .. } | Self::InvalidPlan { .. } | Self::Gate(_) => {
                return None;
            }
        };
        Some(text)
    }

    /// What libgit2 cannot read of a cache is damage to it.
    pub(crate) fn of_cache(self, cache: &Path) -> Self {
        match self {
            Self::Object { source, .. } => Self::CacheDamaged {
                cache: cache.to_owned(),
                detail: source.message().to_owned(),
            },
            error => error,
        }
    }

    /// Whether the registry says no to what was to be published, as opposed to failing: trying again does not help, a
    /// change of the product does.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refusal(_) => true,
            // Its hook does.
            Self::Remote(RemoteError::Refused { said, .. }) => said.is_verdict(),
            _ => false,
        }
    }

    /// What the remote said when it refused something, line by line.
    pub fn said(&self) -> &[String] {
        match self {
            Self::Remote(
                RemoteError::Refused { said, .. } | RemoteError::Protected { said, .. },
            ) => said.lines(),
            _ => &[],
        }
    }

    /// Whether the same command may succeed when it is run again a moment later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Remote(RemoteError::Network { .. })
                | Self::CacheBusy { .. }
                | Self::Contended { .. }
                | Self::OutcomeUnknown { .. }
        )
    }
}

/// What is done with the cache when it is opened; other than for other directories, there is a way around.
pub(crate) const CREATE_CACHE: &str = "create the cache directory";
pub(crate) const OPEN_CACHE: &str = "open the cache";

fn io_help(action: &str, path: &Path, source: &io::Error) -> Option<String> {
    if action == CREATE_CACHE || action == OPEN_CACHE {
        return Some("set MESH_CACHE_DIR to a directory in which you may create files".to_owned());
    }
    matches!(
        source.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
    .then(|| {
        // What was to be created is not there.
        let folder = path.ancestors().find(|path| path.is_dir());
        let folder = folder.unwrap_or(path).display();
        format!("check the permissions of the folder {folder}, or choose another one")
    })
}

/// What the system says, without its number for it: `permission denied`.
fn plain(source: &io::Error) -> String {
    let text = source.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    let words = words.trim().trim_end_matches('.');
    let mut letters = words.chars();
    match (letters.next(), letters.next()) {
        // Not an abbreviation.
        (Some(first), Some(second)) if !second.is_uppercase() => {
            format!("{}{}", first.to_lowercase(), &words[first.len_utf8()..])
        }
        _ => words.to_owned(),
    }
}

/// The first few of them, as code spans.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

/// Attaches a path to an I/O error; a full disk becomes its own variant.
pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| {
        if source.kind() == io::ErrorKind::StorageFull {
            Error::DiskFull {
                detail: format!("cannot {action} {}", path.display()),
            }
        } else {
            Error::Io {
                action,
                path,
                source,
            }
        }
    }
}

/// Says what was being done when libgit2 failed; a full disk becomes its own variant.
pub(crate) fn object(action: &'static str) -> impl FnOnce(git2::Error) -> Error {
    move |source| {
        if source.message().contains("No space left") {
            Error::DiskFull {
                detail: format!("cannot {action}"),
            }
        } else {
            Error::Object { action, source }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_in_plain_words() {
        let denied = io::Error::from_raw_os_error(13);
        let error = io("read", Path::new("/a/b"))(denied);
        if cfg!(unix) {
            assert_eq!(error.to_string(), "cannot read /a/b: permission denied");
            assert_eq!(
                error.help().as_deref(),
                Some("check the permissions of the folder /, or choose another one")
            );
        }
        assert_eq!(plain(&io::Error::other("")), "");
        assert_eq!(plain(&io::Error::other("I")), "I");
        assert_eq!(plain(&io::Error::other("OS says no.")), "OS says no");
    }
}
