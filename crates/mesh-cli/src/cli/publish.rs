//! What a domain puts into a registry: versions, and what it says of them afterwards.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::Format;
use super::values::duration;

/// Check data products and publish them to the registry
///
/// Publishes every product below the paths in one commit, with the contracts it promises. What is
/// published never changes: publishing the same again does nothing, and anything else needs a new
/// version. Nothing is published while `mesh lint` finds an error, or a version does not cover what
/// changed since the highest published one of its line.
#[derive(Debug, Args)]
pub struct Publish {
    /// Files and folders whose products to publish
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Do everything but the last step
    #[arg(long)]
    pub dry_run: bool,
    /// Judge as of a day, YYYY-MM-DD, instead of today; the record says so
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// With which key it is signed
    #[command(flatten)]
    pub sign: SignArgs,
    /// By which way it gets into the registry
    #[command(flatten)]
    pub way: WayArgs,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[arg(long, value_name = "URL", env = "MESH_REGISTRY")]
    pub registry: Option<String>,
}

/// Withdraw a published version
///
/// Nothing is removed: whoever relies on the version keeps it, and is warned by `mesh lint`. Nobody new is let in: a
/// product that did not rely on it before is refused by `mesh publish`, and whoever asks for the latest version gets
/// another one. The number is never used again. `mesh unyank` takes it back.
#[derive(Debug, Args)]
pub struct Yank {
    /// DOMAIN/PRODUCT@VERSION, with the version in full
    #[arg(value_name = "PRODUCT")]
    pub product: String,
    /// Why, in one line: whoever relies on it is shown this
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Where it is said
    #[command(flatten)]
    pub event: EventArgs,
}

/// Offer a yanked version again
#[derive(Debug, Args)]
pub struct Unyank {
    /// DOMAIN/PRODUCT@VERSION, with the version in full
    #[arg(value_name = "PRODUCT")]
    pub product: String,
    /// Why, in one line
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Where it is said
    #[command(flatten)]
    pub event: EventArgs,
}

/// Say until when published versions are supported
///
/// Whoever relies on them is warned by `mesh lint` until the day, with what to move to, and after it that is an error.
/// Versions that are published later are not deprecated by it. Saying it again with another day or replacement is how
/// they are changed.
#[derive(Debug, Args)]
pub struct Deprecate {
    /// DOMAIN/PRODUCT, for all of its versions, or DOMAIN/PRODUCT@REQ for some: @1 for all of 1.x
    #[arg(value_name = "PRODUCT")]
    pub product: String,
    /// The last day on which they are supported, YYYY-MM-DD
    #[arg(long, value_name = "DATE", required_unless_present = "undo")]
    pub end_of_support: Option<String>,
    /// What to use instead: DOMAIN/PRODUCT, or DOMAIN/PRODUCT@REQ
    #[arg(long, value_name = "PRODUCT")]
    pub replaced_by: Option<String>,
    /// Why, in one line
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Take a deprecation back
    #[arg(long, conflicts_with_all = ["end_of_support", "replaced_by"])]
    pub undo: bool,
    /// Where it is said
    #[command(flatten)]
    pub event: EventArgs,
}

/// How something is said about published versions.
#[derive(Debug, Args)]
pub struct EventArgs {
    /// Do everything but the last step
    #[arg(long)]
    pub dry_run: bool,
    /// With which key it is signed
    #[command(flatten)]
    pub sign: SignArgs,
    /// By which way it gets into the registry
    #[command(flatten)]
    pub way: WayArgs,
    /// How to print the outcome
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[arg(long, value_name = "URL", env = "MESH_REGISTRY")]
    pub registry: Option<String>,
}

/// With which key records and events are signed.
#[derive(Debug, Args)]
pub struct SignArgs {
    /// Sign with this SSH key, a file or `key::` and a public key [default: `MESH_SIGNING_KEY`, else git's]
    #[arg(long, value_name = "KEY", conflicts_with = "no_sign")]
    pub sign_with: Option<String>,
    /// Do not sign, even if a key is set up
    #[arg(long)]
    pub no_sign: bool,
}

/// By which way something gets into a registry.
#[derive(Debug, Clone, Copy, Args)]
pub struct WayArgs {
    /// How it gets into the registry [default: as mesh.yaml says, else auto]
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// If it is submitted, wait until it is merged, for as long as this: 90s, 10m or 2h [default: 10m]
    #[arg(
        long,
        value_name = "DURATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "10m",
        value_parser = duration
    )]
    pub wait: Option<Duration>,
}

/// How something gets into a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Straight onto the registry's branch
    Direct,
    /// To a branch of its own, which is merged by a pull or merge request or by a bot
    Branch,
    /// Straight onto the registry's branch, unless that is protected: then to a branch of its own
    Auto,
}
