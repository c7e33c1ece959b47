//! Starting a data product.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
