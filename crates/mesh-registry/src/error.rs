//! What can go wrong, in words for the person who has to put it right.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done. The `Display` text says what is wrong, [`Error::help`] what to do about it.
///
/// No variant carries a credential: locations are redacted and the output of git is scrubbed before it gets here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    #[error("{location} refused the update of `{branch}`: {detail}")]
    Refused {
        /// The registry.
        location: String,
        /// The branch.
        branch: String,
        /// What the remote said.
        detail: String,
    },
    /// The registry's branch takes what is new through requests only.
    #[error("`{branch}` of {location} is protected, and takes nothing directly: {detail}")]
    Protected {
        /// The registry.
        location: String,
        /// The branch.
        branch: String,
        /// What the remote said.
        detail: String,
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
    /// The version is published with other content.
    #[error(
        "`{product}` {version} is already published with {difference} `{file}`, and versions are immutable",
        difference = if *.line_endings { "other line endings in" } else { "a different" }
    )]
    Immutable {
        /// `domain/product`.
        product: String,
        /// The version.
        version: String,
        /// The first file that differs.
        file: String,
        /// Whether nothing but line endings differs.
        line_endings: bool,
    },
    /// The product published the version of a contract with other content.
    #[error(
        "version {version} of contract `{contract}` has {difference} in `{product}` {published_in}, and contracts are immutable",
        difference = if *.line_endings { "other line endings" } else { "other content" }
    )]
    ContractImmutable {
        /// The contract's id.
        contract: String,
        /// The contract's version.
        version: String,
        /// `domain/product`, to which the contract belongs.
        product: String,
        /// The version of the product that the contract's version was first published with.
        published_in: String,
        /// Whether nothing but line endings differs.
        line_endings: bool,
    },
    /// An output port promises a contract of another product.
    #[error("`{product}` cannot promise contract `{contract}`, which belongs to `{owner}`")]
    ContractOwned {
        /// The contract's id.
        contract: String,
        /// `domain/product`, which was the first to publish the contract for an output port.
        owner: String,
        /// `domain/product`, which was to be published.
        product: String,
    },
    /// A copy of another product's contract is not what that product published.
    #[error(
        "`{product}` brings along version {version} of contract `{contract}`, which `{owner}` {reason}"
    )]
    ContractCopy {
        /// The contract's id.
        contract: String,
        /// The contract's version.
        version: String,
        /// `domain/product`, which was to be published.
        product: String,
        /// `domain/product`, to which the contract belongs.
        owner: String,
        /// How its contract differs: `has not published`.
        reason: &'static str,
    },
    /// The version of a policy pack is published already.
    #[error(
        "version {version} of policy pack `{pack}` is already published as `{path}`{how}, and versions are immutable",
        how = if *.line_endings { " with other line endings" } else { "" }
    )]
    PackImmutable {
        /// The name of the pack.
        pack: String,
        /// The version.
        version: String,
        /// The path in the registry.
        path: String,
        /// Whether nothing but line endings differs.
        line_endings: bool,
    },
    /// What was to be said about a version cannot be said like this.
    #[error("nothing can be said about `{product}`: {reason}")]
    InvalidEvent {
        /// What was named.
        product: String,
        /// What is wrong.
        reason: String,
    },
    /// What was to be used instead of a version that is deprecated is not there to be used.
    #[error("`{replacement}` cannot replace `{product}`: {reason}")]
    NoReplacement {
        /// What was named as the replacement.
        replacement: String,
        /// What it was to replace.
        product: String,
        /// Why it cannot.
        reason: String,
    },
    /// A policy that was to be replaced is no longer what it was when the publish began.
    #[error("`{path}` was changed by somebody else meanwhile, and is left as it is")]
    PolicyChanged {
        /// The path in the registry.
        path: String,
    },
    /// The name differs from one in the registry in upper and lower case only.
    #[error("`{name}` differs only in case from `{sibling}`, which the registry has")]
    CaseConflict {
        /// The new path.
        name: String,
        /// The one in the registry.
        sibling: String,
    },
    /// The domain belongs to others.
    #[error("`{who}` is not an owner of the domain `{domain}`")]
    NotOwner {
        /// The domain.
        domain: String,
        /// The e-mail address of who wanted to change something of it.
        who: String,
        /// The addresses of its owners.
        owners: Vec<String>,
    },
    /// The registry requires a signature, and there is no key to sign with.
    #[error("the registry takes only {what} that are signed, and there is no key to sign with")]
    Unsigned {
        /// What has to be signed: `records`.
        what: &'static str,
    },
    /// The key does not count for the publisher.
    #[error(
        "the key {fingerprint} {how} `{who}` in the domain `{domain}`",
        how = if *.is_outdated { "does not count today for" } else { "does not belong to" }
    )]
    UnknownKey {
        /// The key, as `SHA256:…`.
        fingerprint: String,
        /// The e-mail address of the publisher.
        who: String,
        /// The domain that was to be published to.
        domain: String,
        /// Whether it is a key of the publisher, on another day.
        is_outdated: bool,
    },
    /// The key does not count for who changes what governs.
    #[error(
        "the key {fingerprint} {how} `{who}`, who wants to change `{path}`",
        how = if *.is_outdated { "does not count today for" } else { "does not belong to" }
    )]
    KeyOfNobody {
        /// The key, as `SHA256:…`.
        fingerprint: String,
        /// The e-mail address of who changes it.
        who: String,
        /// The path in the registry.
        path: String,
        /// Whether it is a key of theirs, on another day.
        is_outdated: bool,
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
    /// What was to be done about the owners of a domain makes no sense.
    #[error("the owners of `{domain}` are left as they are: {reason}")]
    InvalidOwners {
        /// The domain.
        domain: String,
        /// Why.
        reason: String,
        /// What to do instead.
        remedy: String,
    },
    /// The domain belongs to nobody, and the registry requires that it does.
    #[error(
        "the domain `{domain}` has no owners, and nothing is published to this registry without"
    )]
    NoOwners {
        /// The domain.
        domain: String,
        /// The e-mail address of who wanted to publish.
        who: String,
        /// The addresses of those who may name owners; anybody may, if there are none.
        stewards: Vec<String>,
    },
    /// What was to be changed is up to the registry's stewards.
    #[error("`{who}` may not change `{path}`: that is up to the stewards of the registry")]
    NotSteward {
        /// The path in the registry.
        path: String,
        /// The e-mail address of who wanted to.
        who: String,
        /// The addresses of the stewards.
        stewards: Vec<String>,
    },
    /// The product is known under another domain.
    #[error(
        "the product with id `{id}` is published as `{published}` and cannot move to domain `{domain}`"
    )]
    IdMoved {
        /// The product's id.
        id: String,
        /// Its `domain/product` for ever.
        published: String,
        /// The domain asked for.
        domain: String,
    },
    /// The path belongs to a product with another id.
    #[error(
        "`{product}` belongs to the product with id `{owner}`, so id `{id}` cannot be published there"
    )]
    PathTaken {
        /// `domain/product`.
        product: String,
        /// The id that was published there first.
        owner: String,
        /// The id that was to be published.
        id: String,
    },
    /// A folder of which git keeps no history.
    #[error("`{folder}` is in no git work tree", folder = .folder.display())]
    NoWorkTree {
        /// The folder.
        folder: std::path::PathBuf,
    },
    /// A folder around which there is no repository at all.
    #[error("`{folder}` is in no git repository", folder = .folder.display())]
    NoRepository {
        /// The folder.
        folder: std::path::PathBuf,
    },
    /// A repository that git does not read, since it belongs to somebody else.
    #[error("git does not read the repository around `{folder}`: it belongs to another user", folder = .folder.display())]
    ForeignRepository {
        /// The folder.
        folder: std::path::PathBuf,
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
    #[allow(clippy::too_many_lines, reason = "one arm for each error")]
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::InvalidLocation { .. } => {
                "give a path, or a file://, ssh://, https:// or git@host:path location of a git repository".into()
            }
            Self::NoHome { .. } => "set HOME, or MESH_DATA_DIR and MESH_CACHE_DIR".into(),
            Self::GitMissing => "install git (https://git-scm.com/downloads) and make sure it is on the PATH".into(),
            Self::GitTooOld { needed, .. } => format!("install git {needed} or newer: https://git-scm.com/downloads"),
            Self::NoWorkTree { .. }
            | Self::NoRepository { .. }
            | Self::ForeignRepository { .. }
            | Self::UnknownRevision { .. }
            | Self::NoSuchCommit { .. }
            | Self::NotContinued { .. }
            | Self::Shallow { .. }
            | Self::NotInRevision { .. }
            | Self::UnreadableInRevision { .. } => return self.revision_help(),
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
            Self::Refused { branch, .. } => format!(
                "ask the registry's administrators for the right to push to `{branch}`, or follow what the message says"
            ),
            Self::Protected { .. } => "publish through a request: say `--mode branch`, or `--mode auto`".into(),
            Self::RequestClosed { branch } => format!(
                "find out at the registry's host why the request for `{branch}` was closed; to submit it again, run the \
                 command again"
            ),
            Self::NotMerged { .. } => {
                "wait for it to be merged; to see whether it was, run the command again, which submits nothing twice".into()
            }
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
            Self::CannotSign { remedy, .. } | Self::InvalidOwners { remedy, .. } => remedy.clone(),
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
            Self::Immutable { .. }
            | Self::ContractImmutable { .. }
            | Self::ContractOwned { .. }
            | Self::ContractCopy { .. }
            | Self::PackImmutable { .. }
            | Self::CaseConflict { .. }
            | Self::NotOwner { .. }
            | Self::Unsigned { .. }
            | Self::UnknownKey { .. }
            | Self::KeyOfNobody { .. }
            | Self::NoOwners { .. }
            | Self::NotSteward { .. }
            | Self::IdMoved { .. }
            | Self::PathTaken { .. }
            | Self::InvalidEvent { .. }
            | Self::NoReplacement { .. } => return self.refusal_help(),
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

    /// [`Error::help`] for what is wrong with a repository that is read, or with what names a commit in it.
    fn revision_help(&self) -> Option<String> {
        let text = match self {
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
            _ => return None,
        };
        Some(text)
    }

    fn refusal_help(&self) -> Option<String> {
        let text = match self {
            Self::Immutable { line_endings: true, .. } => format!("{KEEP_LINE_ENDINGS}, or increase the product's version and publish again"),
            Self::Immutable { .. } => "increase the product's version and publish again".into(),
            Self::ContractImmutable { line_endings: true, .. } => {
                format!("{KEEP_LINE_ENDINGS}, or raise the version of the contract and of the output port that promises it")
            }
            Self::ContractImmutable { .. } => {
                "raise the version of the contract and of the output port that promises it, and publish again".into()
            }
            Self::ContractOwned { owner, .. } => {
                format!("give the contract an id of its own, or use that of `{owner}` through an input port")
            }
            Self::ContractCopy { owner, .. } => {
                format!("remove the copy, and use a version of the contract that `{owner}` has published")
            }
            Self::PackImmutable { line_endings: true, .. } => {
                format!("{KEEP_LINE_ENDINGS}, or raise the version of the pack and publish it under that")
            }
            Self::PackImmutable { .. } => "raise the version of the pack and publish it under that".into(),
            Self::CaseConflict { sibling, .. } => format!("use a name that differs in more than case from `{sibling}`"),
            Self::NotOwner { domain, who, owners } => format!(
                "ask an owner ({}) to publish it, or to run `mesh registry domain add-owner {domain} {who}`; who you are \
                 is git's `user.email`",
                list(owners)
            ),
            Self::Unsigned { .. } => {
                "name your SSH key with `--sign-with ~/.ssh/id_ed25519`, or once for all: `git config --global \
                 gpg.format ssh` and `git config --global user.signingkey ~/.ssh/id_ed25519.pub`"
                    .into()
            }
            Self::UnknownKey { domain, who, .. } => format!(
                "ask an owner of the domain to run `mesh registry domain add-owner {domain} {who} --key FILE` with the \
                 public key, or sign with a key that is there"
            ),
            Self::KeyOfNobody { who, .. } => format!(
                "sign with a key that stands beside `{who}` in the owners file, or under `stewards` in {}",
                crate::layout::FORMAT_FILE
            ),
            Self::NoOwners { domain, who, stewards } => {
                let add = format!("`mesh registry domain add {domain} --owner {who}`");
                if stewards.is_empty() {
                    format!("run {add}")
                } else {
                    format!("ask a steward ({}) to run {add}", list(stewards))
                }
            }
            Self::NotSteward { stewards, .. } => {
                format!("ask a steward ({}) to do it; who you are is git's `user.email`", list(stewards))
            }
            Self::IdMoved { published, .. } => {
                format!("keep the domain of `{published}`, or give the product a new id to publish it as another product")
            }
            Self::InvalidEvent { .. } => "say it in one line of at most 1000 characters".into(),
            Self::NoReplacement { .. } => {
                "name a product that is published and not withdrawn itself, such as `sales/orders` or `sales/orders@2`".into()
            }
            Self::PathTaken { product, owner, id } => {
                let taken = product.rsplit('/').next().unwrap_or(product);
                // Ids without a readable part get their path from the name.
                if crate::names::product_name(id, None).is_ok_and(|name| name == taken) {
                    format!("give the product an id whose last part is not `{taken}`, or restore its id `{owner}` if it is the same one")
                } else {
                    format!("give the product a name that does not become `{taken}`, or restore its id `{owner}` if it is the same one")
                }
            }
            _ => return None,
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
        matches!(
            self,
            Self::Immutable { .. }
                | Self::ContractImmutable { .. }
                | Self::ContractOwned { .. }
                | Self::ContractCopy { .. }
                | Self::PackImmutable { .. }
                | Self::CaseConflict { .. }
                | Self::NotOwner { .. }
                | Self::InvalidOwners { .. }
                | Self::Unsigned { .. }
                | Self::UnknownKey { .. }
                | Self::KeyOfNobody { .. }
                | Self::NoOwners { .. }
                | Self::NotSteward { .. }
                | Self::IdMoved { .. }
                | Self::PathTaken { .. }
                | Self::InvalidEvent { .. }
                | Self::NoReplacement { .. }
        )
    }

    /// Whether the same command may succeed when it is run again a moment later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Network { .. }
                | Self::CacheBusy { .. }
                | Self::Contended { .. }
                | Self::OutcomeUnknown { .. }
        )
    }
}

const UNSHALLOW: &str = "fetch its history first: `git fetch --unshallow` (`fetch-depth: 0` in GitHub's checkout action, \
                         `GIT_DEPTH: 0` in GitLab)";
const KEEP_LINE_ENDINGS: &str =
    "restore the line endings of what is published (git's `core.autocrlf` may have changed them)";

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

/// Whether a location, as shown, is not a path.
fn is_url(location: &str) -> bool {
    !location.starts_with("file://")
        && (location.contains("://") || !Path::new(location).is_absolute())
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

    #[test]
    fn denied_access_to_a_folder_is_not_about_keys() {
        let help = |location: &str| {
            let denied = Error::AccessDenied {
                location: location.to_owned(),
                detail: String::new(),
            };
            let read_only = Error::NotWritable {
                location: location.to_owned(),
                detail: String::new(),
            };
            (denied.help(), read_only.help())
        };
        let says =
            |help: Option<String>, words: &str| help.is_some_and(|help| help.contains(words));
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
