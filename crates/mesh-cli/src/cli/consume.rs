//! Finding what others publish, and building on it.

use std::path::PathBuf;

use clap::Args;

use super::values::at_least_one;
use super::{Format, RegistryArgs};

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

/// Show what happened to a published data product
///
/// Shows its versions and what was said about them since, newest first: who published them, whether that is
/// signed, how each relates to the version before, and the commit that brought it. The order is that of the
/// registry's history; what clocks said is only shown.
#[derive(Debug, Args)]
pub struct Log {
    /// DOMAIN/PRODUCT or its id, with @VERSION for some of its versions only
    pub product: String,
    /// Show at most so many entries
    #[arg(long, value_name = "N", default_value = "20", value_parser = at_least_one)]
    pub limit: usize,
    /// How to print them
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Add a published data product as an input
///
/// Writes an input port into the manifest that consumes it, with comments and layout left as they are, and pins in
/// mesh.lock what it draws from: the version of the product and the text of the contract. Where the manifest draws from
/// the contract already, the port moves to the version that was found. An input that would make a cycle is refused; what
/// else `mesh lint` finds because of it is shown.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh add sales/orders\n  mesh add sales/orders@1.2 --port returns --to planning\n  \
    mesh add sales/orders --purpose \"Demand per month\" --feeds plan"
)]
pub struct Add {
    /// DOMAIN/PRODUCT or its id, with @VERSION for another version than the latest
    pub product: String,
    /// The output port to draw from, with @VERSION where there are several of the name [default: the only one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
    /// The manifest that is to consume it, or its folder
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub to: PathBuf,
    /// What to call the input port [default: as the output port is called]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What the data is used for, which is written to the input port
    #[arg(long, value_name = "TEXT")]
    pub purpose: Option<String>,
    /// The output ports that are made from it, which list it from then on [default: the only one, where it lists what it
    /// is made from]
    #[arg(long, value_name = "PORT", value_delimiter = ',')]
    pub feeds: Vec<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Judge as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Remove an input from a data product
///
/// Takes the input port out of the manifest, its contract out of what output ports are made from, and its pin out of
/// mesh.lock. Everything else stays as it is.
#[derive(Debug, Args)]
pub struct Remove {
    /// The name of the input port, the id of its contract, or the DOMAIN/PRODUCT that it is pinned to; with @VERSION
    /// where there are several
    pub port: String,
    /// The manifest that consumes it, or its folder
    #[arg(long, value_name = "PATH", default_value = ".")]
    pub from: PathBuf,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
}

/// Bring the contracts of inputs, for offline work and code generation
///
/// Writes the contract of every input port below the paths to a folder, byte for byte as it was published, and an
/// index.json that tells which port has which. Digests are compared with the records of the registry and with mesh.lock.
/// What is not pinned is pinned; what no input needs any more is removed. The folder is not committed: mesh.lock brings
/// the same again.
#[derive(Debug, Args)]
pub struct Fetch {
    /// Files and folders whose inputs to fetch
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Where to write them [default: .mesh/inputs beside mesh.yaml]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Fail if mesh.lock would have to change, as in CI
    #[arg(long)]
    pub locked: bool,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Show inputs of which there is a newer version, or that are withdrawn
///
/// Of every input port that draws from the registry: the version that it draws from, the newest that breaks nobody by its
/// number (the same major version, and before 1.0.0 the same minor one), and the newest of all. What a newer contract does
/// to readers is found by comparing the two. What is deprecated or yanked is marked, and the command that moves an input
/// is shown.
#[derive(Debug, Args)]
pub struct Outdated {
    /// Files and folders whose inputs to look at
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Exit with 1 if an input is not up to date, or withdrawn
    #[arg(long)]
    pub exit_code: bool,
    /// How to print them
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}
