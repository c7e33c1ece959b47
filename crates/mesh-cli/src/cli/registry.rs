//! The registry itself: setting it up, whose domains are, and checking it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::at_least_one;
use super::{Format, OutputArgs, RegistryArgs, SignArgs, WayArgs};

/// Commands about the registry itself.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "as for `Command`")]
pub enum Registry {
    Init(RegistryInit),
    Merge(RegistryMerge),
    Verify(RegistryVerify),
    Stats(RegistryStats),
    /// Say who owns which domain
    #[command(subcommand)]
    Domain(RegistryDomain),
    Codeowners(RegistryCodeowners),
}

/// Make an empty git repository a registry
///
/// Writes the first commit to the repository's default branch. A path that does not exist becomes a
/// bare repository. A registry that exists is left as it is.
#[derive(Debug, Args)]
pub struct RegistryInit {
    /// A path, or a location that git can push to
    #[arg(value_name = "URL|PATH")]
    pub location: String,
    /// Also install the hook that refuses what `mesh registry verify` finds, into a registry that is a path
    ///
    /// It is the file `pre-receive` in the folder `hooks` of the repository. A hook that is there is never replaced.
    #[arg(long)]
    pub hook: bool,
}

/// Merge what was submitted, many branches as one commit
///
/// Takes the branches below `mesh/publish/`, where `mesh publish` puts what goes through a request, judges each as
/// `mesh registry verify` does, against the registry and what was accepted before it, and adds those that are as they
/// have to be in one commit. A branch is merged as a whole or left as it is. Merged branches are removed. For a bot that
/// may push to the registry's branch; exits with 1 if a branch was rejected.
#[derive(Debug, Args)]
pub struct RegistryMerge {
    /// Judge the branches, and merge none
    #[arg(long)]
    pub dry_run: bool,
    /// Merge at most so many branches
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub limit: Option<usize>,
    /// Leave the branches that are merged
    #[arg(long)]
    pub keep_branches: bool,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[arg(long, value_name = "URL", env = "MESH_REGISTRY")]
    pub registry: Option<String>,
}

/// Check that a registry is what its rules ask for
///
/// Goes through the commits of the registry and holds each to what was decided before it: names and kinds of files, digests,
/// ids and contracts, that nothing published is changed or removed, who publishes and who governs, signatures, versions and
/// compatibility, and what records say of policies. With --base, the commits after it are a change that is about to be
/// accepted, and everything that is trusted comes from the base. `mesh explain` explains what is found.
#[derive(Debug, Args)]
pub struct RegistryVerify {
    /// Check a change: what came after this commit, by what this commit had decided, as the registry's CI does
    #[arg(long, value_name = "REVISION")]
    pub base: Option<String>,
    /// Check up to this commit [default: the tip]
    #[arg(long, value_name = "REVISION")]
    pub head: Option<String>,
    /// Audit everything: the whole history, then all that is in the registry now, and the index of it on this machine
    #[arg(long, conflicts_with_all = ["base", "head"])]
    pub full: bool,
    /// Be a pre-receive hook of the repository around: read the updates from standard input, and refuse those of the
    /// registry's branch that do not pass
    ///
    /// Other references are left alone. `mesh registry init --hook` installs it.
    #[arg(long, conflicts_with_all = ["base", "head", "full", "format", "output", "fail_level", "offline"])]
    pub hook: bool,
    /// How to print findings
    #[command(flatten)]
    pub output: OutputArgs,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Count what a registry holds
///
/// Shows how many domains, products, versions and contracts there are, what is consumed most, how much is
/// signed or withdrawn, which domains nobody owns, how the registry grew, and how large it is.
#[derive(Debug, Args)]
pub struct RegistryStats {
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Commands about whose domains are.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "as for `Command`")]
pub enum RegistryDomain {
    Add(DomainAdd),
    AddOwner(DomainAddOwner),
    RemoveOwner(DomainRemoveOwner),
    Transfer(DomainTransfer),
    List(DomainList),
}

/// Give a domain its first owners
///
/// From then on, only they publish to the domain and change who its owners are. In a registry with stewards, only
/// those may do this.
#[derive(Debug, Args)]
pub struct DomainAdd {
    /// The domain, as it stands in the registry's paths
    #[arg(value_name = "DOMAIN")]
    pub domain: String,
    /// The e-mail address with which an owner commits; may be given several times
    #[arg(long, value_name = "EMAIL", required_unless_present = "team")]
    pub owner: Vec<String>,
    /// A team and its members; may be given several times
    #[arg(long, value_name = "NAME=EMAIL,EMAIL")]
    pub team: Vec<String>,
    /// Who the one owner is at the git host, such as @anna or @acme/sales-data
    #[arg(long, value_name = "HANDLE")]
    pub handle: Option<String>,
    /// The public SSH key with which the one owner signs
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Where the owners are changed
    #[command(flatten)]
    pub change: DomainArgs,
}

/// Add somebody to the owners of a domain, or a key to an owner
///
/// What is said of somebody who is an owner already holds from now on: a name, a handle, another key, or other days for a
/// key that is there. So a key that was lost ends with --until, and without days a key always counts.
#[derive(Debug, Args)]
pub struct DomainAddOwner {
    /// The domain
    #[arg(value_name = "DOMAIN")]
    pub domain: String,
    /// The e-mail address with which they commit
    #[arg(value_name = "EMAIL")]
    pub email: String,
    /// Their name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Who they are at the git host, such as @anna
    #[arg(long, value_name = "HANDLE")]
    pub handle: Option<String>,
    /// Add them to this team of the domain
    #[arg(long, value_name = "NAME")]
    pub team: Option<String>,
    /// The public SSH key with which they sign
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The first day on which the key counts, YYYY-MM-DD
    #[arg(long, value_name = "DATE", requires = "key")]
    pub from: Option<String>,
    /// The last day on which the key counts, YYYY-MM-DD
    #[arg(long, value_name = "DATE", requires = "key")]
    pub until: Option<String>,
    /// Where the owners are changed
    #[command(flatten)]
    pub change: DomainArgs,
}

/// Take somebody from the owners of a domain
///
/// What they published stays. The last owner is never removed, since that would open the domain to anybody: transfer
/// it to others instead.
#[derive(Debug, Args)]
pub struct DomainRemoveOwner {
    /// The domain
    #[arg(value_name = "DOMAIN")]
    pub domain: String,
    /// The e-mail address with which they commit
    #[arg(value_name = "EMAIL")]
    pub email: String,
    /// Where the owners are changed
    #[command(flatten)]
    pub change: DomainArgs,
}

/// Give a domain to others
///
/// Replaces all owners. Published versions, ids and paths stay as they are. Whoever was an owner before and is named again
/// keeps their keys.
#[derive(Debug, Args)]
pub struct DomainTransfer {
    /// The domain
    #[arg(value_name = "DOMAIN")]
    pub domain: String,
    /// The e-mail address with which a new owner commits; may be given several times
    #[arg(long, value_name = "EMAIL", required_unless_present = "team")]
    pub to: Vec<String>,
    /// A team and its members; may be given several times
    #[arg(long, value_name = "NAME=EMAIL,EMAIL")]
    pub team: Vec<String>,
    /// Where the owners are changed
    #[command(flatten)]
    pub change: DomainArgs,
}

/// List domains and whose they are
#[derive(Debug, Args)]
pub struct DomainList {
    /// How to print them
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Where and how the owners of a domain are changed.
#[derive(Debug, Args)]
pub struct DomainArgs {
    /// Do everything but the last step
    #[arg(long)]
    pub dry_run: bool,
    /// By which way it gets into the registry
    #[command(flatten)]
    pub way: WayArgs,
    /// Whether the change is signed, which a registry may require
    #[command(flatten)]
    pub sign: SignArgs,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[arg(long, value_name = "URL", env = "MESH_REGISTRY")]
    pub registry: Option<String>,
}

/// Print a CODEOWNERS file for the registry's host
///
/// It names the owners of domains and the stewards as reviewers of what is theirs, by their handles and, where there is
/// none, by their e-mail addresses. GitHub and GitLab read it; put it where the host looks for it.
#[derive(Debug, Args)]
pub struct RegistryCodeowners {
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}
