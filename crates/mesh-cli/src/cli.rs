//! The command line: what `--help`, the man pages and `docs/commands.md` are made from.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::RulePreset;

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
    Publish(Publish),
    Search(Search),
    Show(Show),
    /// Set up a registry
    #[command(subcommand)]
    Registry(Registry),
}

/// Commands about the registry itself.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "as for the commands above")]
pub enum Registry {
    Init(RegistryInit),
}

/// Write a new data product to start from
///
/// Writes `dataproduct.yaml`, a data contract, a README and, where there is none, `mesh.yaml`. What
/// only a person can know is marked `TODO`, and `mesh lint` lists it. Asks for what is missing on a
/// terminal; elsewhere, or with --yes, it never waits.
#[derive(Debug, Args)]
pub struct Init {
    /// The name people use for the product, such as "Sales Order"
    pub name: Option<String>,
    /// The business domain that owns it
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Option<String>,
    /// What kind of product it is
    #[arg(long, value_enum, value_name = "ARCHETYPE")]
    pub archetype: Option<Archetype>,
    /// Where to write it [default: a folder named after the product]
    #[arg(long, value_name = "PATH")]
    pub dir: Option<PathBuf>,
    /// The person who answers for it [default: git's user.email]
    #[arg(long, value_name = "EMAIL")]
    pub owner: Option<String>,
    /// Also write a CI job that lints
    #[arg(long, value_enum, value_name = "HOST")]
    pub ci: Option<CiHost>,
    /// Ask nothing; take defaults for what is not given
    #[arg(long, short)]
    pub yes: bool,
    /// Overwrite files of the product that exist
    #[arg(long)]
    pub force: bool,
}

/// Where a data product stands between its sources and its consumers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Archetype {
    /// Serves the facts of one operational system as they are
    SourceAligned,
    /// Combines other products into one that several consumers need
    Aggregate,
    /// Shaped for one use
    ConsumerAligned,
}

/// A place where CI runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiHost {
    /// GitHub Actions
    Github,
    /// GitLab CI/CD
    Gitlab,
}

/// Check data products and contracts
///
/// Finds every manifest below the paths, skipping what git ignores, and checks each by itself and
/// against the products around it. Inputs from other domains are looked up in the registry if one
/// is named by `--registry`, `MESH_REGISTRY` or `mesh.yaml`; else they are counted as unverified.
///
/// Which rules run, and how much their findings weigh, is set in `mesh.yaml`; `mesh rules` lists
/// them.
#[derive(Debug, Args)]
pub struct Lint {
    /// Files and folders to check
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print findings
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Which rules run
    #[command(flatten)]
    pub rules: RuleArgs,
    /// The least level of a finding that makes the run fail
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// Tolerate the findings listed in FILE, which `mesh baseline` writes
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Check only what differs from a git revision, and what depends on it
    ///
    /// Compares the work tree with the commit at which it left REVISION, as a pull request does.
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["stdin"])]
    pub changed_since: Option<String>,
    /// Check a text from standard input in place of a file
    #[arg(long, requires = "stdin_filename", conflicts_with = "paths")]
    pub stdin: bool,
    /// The file that the text of --stdin is to be taken for
    #[arg(long, value_name = "PATH", requires = "stdin")]
    pub stdin_filename: Option<PathBuf>,
    /// Check again whenever a file changes
    #[arg(long, conflicts_with_all = ["stdin"])]
    pub watch: bool,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Which rules run.
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// The set of rules to start from
    #[arg(long, value_enum, value_name = "PRESET")]
    pub preset: Option<RulePreset>,
    /// Rules or groups of rules to run as well
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Rules or groups of rules not to run
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
}

/// Write or shrink the list of findings that are tolerated
///
/// Adopt mesh on a repository that has findings already: what this writes, `mesh lint --baseline FILE`
/// tolerates, so that only new findings fail. Run it again after corrections: it takes out what is no
/// longer found, and adds nothing.
#[derive(Debug, Args)]
pub struct Baseline {
    /// Files and folders to check
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The file to write [default: the one that mesh.yaml names, else mesh-baseline.json]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Tolerate the findings that are new as well
    #[arg(long)]
    pub accept_new: bool,
    /// Which rules run
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// The least level of a finding that makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings as well
    Warn,
    /// Any finding
    Info,
}

/// Check data products and publish them to the registry
///
/// Publishes every product below the paths in one commit, with the contracts it promises. What is
/// published never changes: publishing the same again does nothing, and anything else needs a new
/// version. Nothing is published while `mesh lint` finds an error.
#[derive(Debug, Args)]
pub struct Publish {
    /// Files and folders whose products to publish
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Do everything but the last step
    #[arg(long)]
    pub dry_run: bool,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[arg(long, value_name = "URL", env = "MESH_REGISTRY")]
    pub registry: Option<String>,
}

/// Find published data products
///
/// Shows the products in which every word of QUERY begins a word of the name, id, domain, purpose,
/// tags or ports; all of them without a QUERY.
#[derive(Debug, Args)]
pub struct Search {
    /// Words to look for
    pub query: Vec<String>,
    /// Show at most so many
    #[arg(long, value_name = "N", default_value = "20", value_parser = at_least_one)]
    pub limit: usize,
    /// How to print what is found
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Show a published data product
///
/// Shows what it is for, who owns it, which ports it offers, whom it consumes and who consumes it,
/// and how to declare it as an input.
#[derive(Debug, Args)]
pub struct Show {
    /// DOMAIN/PRODUCT or its id, with @VERSION for another version than the latest
    pub product: String,
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
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

/// How output is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Pretty,
    /// For programs
    Json,
}

/// Nothing is asked for with a limit of 0: what is not there would look like what is not found.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it has to be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}
