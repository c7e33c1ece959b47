//! The command line: what `--help`, the man pages and `docs/commands.md` are made from. One file a topic.

mod compare;
mod consume;
mod init;
mod lint;
mod output;
mod policy;
mod publish;
mod registry;
mod survey;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub use self::compare::{Breaking, Diff, Impact};
pub use self::consume::{Add, Fetch, Log, Outdated, Remove, Search, Show};
pub use self::init::{Archetype, CiHost, Init};
pub use self::lint::{Baseline, Explain, FixArgs, Lint, RuleArgs, Rules, Upgrade};
pub use self::output::{
    DiffFormat, ExplainFormat, FailLevel, FileFormat, Format, GraphFormat, ImpactFormat,
    LintFormat, OutputArgs, OutputFile, ScorecardFormat,
};
pub use self::policy::{
    InForceArgs, Policy, PolicyCheck, PolicyExplain, PolicyImpact, PolicyList, PolicyNew,
    PolicyPublish, PolicyTest, PolicyUpdate,
};
pub use self::publish::{Deprecate, EventArgs, Mode, Publish, SignArgs, Unyank, WayArgs, Yank};
pub use self::registry::{
    DomainAdd, DomainAddOwner, DomainArgs, DomainList, DomainRemoveOwner, DomainTransfer, Registry,
    RegistryCodeowners, RegistryDomain, RegistryInit, RegistryMerge, RegistryStats, RegistryVerify,
};
pub use self::survey::{Graph, Scorecard};

/// The toolchain for data products: scaffold, lint and publish them.
///
/// A data product is described by `dataproduct.yaml` (Open Data Product Standard), and what each of
/// its ports promises by a data contract (Open Data Contract Standard). mesh checks both, and
/// shares them through a git repository.
#[derive(Debug, Parser)]
#[command(
    name = "mesh",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 clean, 1 findings, 2 could not run."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
#[allow(
    missing_docs,
    reason = "a comment here would hide the longer one on the arguments from --help"
)]
pub enum Command {
    Init(Init),
    Lint(Lint),
    Baseline(Baseline),
    Diff(Diff),
    Rules(Rules),
    Explain(Explain),
    Upgrade(Upgrade),
    Breaking(Breaking),
    Impact(Impact),
    Graph(Graph),
    Scorecard(Scorecard),
    Publish(Publish),
    Yank(Yank),
    Unyank(Unyank),
    Deprecate(Deprecate),
    Search(Search),
    Show(Show),
    Add(Add),
    Remove(Remove),
    Fetch(Fetch),
    Log(Log),
    Outdated(Outdated),
    /// Work with the policies of the federation
    #[command(subcommand)]
    Policy(Policy),
    /// Set up a registry, and check it
    #[command(subcommand)]
    Registry(Registry),
    Completions(Completions),
    Man(Man),
}

/// Write a completion script for a shell
///
/// A shell that reads it at its start completes commands, options and, in most shells, the names of
/// rules. Where it has to be depends on the shell: `mesh completions bash >
/// ~/.local/share/bash-completion/completions/mesh` is the usual place for bash.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// Write the manual pages
///
/// Prints the page of mesh, or writes that and one for each command into a folder.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Where a registry is and how to read it.
#[derive(Debug, Args)]
pub struct RegistryArgs {
    /// The registry: a path, or a location that git can fetch from
    #[arg(long, value_name = "URL", env = "MESH_REGISTRY")]
    pub registry: Option<String>,
    /// Read the registry from the local cache, without the network
    #[arg(long)]
    pub offline: bool,
}
