//! Comparing versions, and whom a change reaches.

use std::path::PathBuf;

use clap::Args;
use mesh_compat::Profile;

use super::values::profile;
use super::{DiffFormat, ImpactFormat, OutputArgs, RegistryArgs};

/// Show what changed between two versions, and what that does to readers
///
/// Each side is a file, a folder, `git:REVISION[:PATH]`, or `DOMAIN/PRODUCT[@VERSION]` in the registry;
/// what exists on disk is meant first, and `registry:` before a name says otherwise. Documents are
/// compared by what they say, each with the one of the same id: order and comments never matter.
///
/// Exits with 0 whatever differs, and with 2 if it could not compare.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh diff git:main .\n  mesh diff sales/orders products/orders\n  \
    mesh diff sales/orders@1.2 sales/orders@1.3 --format markdown\n  mesh diff old.odcs.yaml new.odcs.yaml"
)]
pub struct Diff {
    /// What was: a file, a folder, `git:REVISION[:PATH]` or `DOMAIN/PRODUCT[@VERSION]`
    pub old: String,
    /// What is
    pub new: String,
    /// How to print what differs
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = DiffFormat::Pretty)]
    pub format: DiffFormat,
    /// Whose survival is asked for: readers of new data, those who copy everything, or those who also
    /// read old data [default: that of `mesh.yaml`, else read]
    #[arg(long, value_name = "PROFILE", value_parser = profile())]
    pub profile: Option<Profile>,
    /// Exit with 1 if there is any difference, as git diff does
    #[arg(long)]
    pub exit_code: bool,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Check that versions cover what changed
///
/// Compares data products and contracts with what they were: at a git revision, or as they are
/// published. Every change asks for a step of the version number, and the declared version has to be
/// at least as high: that of the contract, of the port that offers it and of the product. What was a
/// draft before only warns.
///
/// How changes are judged is set in `mesh.yaml` under `compatibility`; docs/compatibility.md tells it
/// all.
#[derive(Debug, Args)]
pub struct Breaking {
    /// Files and folders to check
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// What to compare with [default: the registry, if one is named]
    ///
    /// `git:REVISION` for what a commit holds at the same paths, `registry` for the highest published
    /// version of each product's line; a folder or file, `git:REVISION:PATH`, or a published
    /// `DOMAIN/PRODUCT[@VERSION]` for just that.
    #[arg(long, value_name = "SOURCE")]
    pub against: Option<String>,
    /// Which readers to judge changes for [default: that of `mesh.yaml`, else read]
    #[arg(long, value_name = "PROFILE", value_parser = profile())]
    pub profile: Option<Profile>,
    /// Judge as of a day, YYYY-MM-DD, on which ignored changes may count again [default: today]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How to print findings
    #[command(flatten)]
    pub output: OutputArgs,
    /// Write the versions that are needed
    #[arg(long)]
    pub fix: bool,
    /// Print what would be written as a diff, and write nothing; exits with 1 if there is any
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub diff: bool,
    /// Where the registry is, and how to read it
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Tell whom a change reaches
///
/// Compares the data products below the paths with what the registry holds of them, and shows who consumes
/// what changed: the products, their owners, the versions they rely on and the fields they name; then
/// who consumes what these make from it, and so on. A consumer that names other fields only is told
/// apart from one that is reached, and one that does not say which fields it uses counts as reached.
///
/// Of a product in the registry, `DOMAIN/PRODUCT`, everyone who consumes it is shown: those whom its
/// removal would reach.
#[derive(Debug, Args)]
pub struct Impact {
    /// Folders of data products that changed, or `DOMAIN/PRODUCT[@VERSION]` in the registry
    #[arg(default_value = ".", value_name = "PATHS")]
    pub subjects: Vec<String>,
    /// Show everyone who consumes the products, whatever changed
    #[arg(long)]
    pub all: bool,
    /// What to compare with, as for `mesh breaking` [default: the highest published version of the line]
    #[arg(long, value_name = "SOURCE", conflicts_with = "all")]
    pub against: Option<String>,
    /// Which readers a change is judged for [default: that of `mesh.yaml`, else read]
    #[arg(long, value_name = "PROFILE", value_parser = profile())]
    pub profile: Option<Profile>,
    /// Exit with 1 if a major change reaches anybody
    #[arg(long)]
    pub exit_code: bool,
    /// How to print the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ImpactFormat::Pretty)]
    pub format: ImpactFormat,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}
