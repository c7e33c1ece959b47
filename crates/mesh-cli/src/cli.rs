//! The command line: what `--help`, the man pages and `docs/commands.md` are made from.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    Upgrade(Upgrade),
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
#[derive(Debug, Args)]
pub struct Lint {
    /// Files and folders to check
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print findings
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// What to do about findings
    #[command(flatten)]
    pub fix: FixArgs,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Which findings to fix, and how.
#[derive(Debug, Clone, Copy, Args)]
pub struct FixArgs {
    /// Fix what can be fixed without changing what a document says
    #[arg(long)]
    pub fix: bool,
    /// Fix also what a person may want to decide otherwise; implies --fix
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Print what would be fixed as a diff, and write nothing; exits with 1 if there is any
    #[arg(long)]
    pub diff: bool,
}

/// Move data products and contracts to the current version of their standard
///
/// Rewrites every manifest below the paths whose `apiVersion` is older: what the newer version
/// names or shapes otherwise is renamed and reshaped, and comments and layout stay. A document that
/// cannot be carried over completely is reported and stays as it is. Exits with 1 if there is one.
#[derive(Debug, Args)]
pub struct Upgrade {
    /// Files and folders to upgrade
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The version to move to, such as v1.1.0 or v3.2.0 [default: the current one of each standard]
    #[arg(long, value_name = "VERSION")]
    pub to: Option<String>,
    /// Print what would change as a diff, and write nothing; exits with 1 if anything would
    #[arg(long)]
    pub diff: bool,
    /// Write nothing; exits with 1 if anything would change
    #[arg(long)]
    pub check: bool,
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
