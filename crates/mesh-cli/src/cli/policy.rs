//! Policies.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, ImpactFormat, OutputArgs, RegistryArgs, SignArgs, WayArgs};

/// Commands about policies.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "as for `Command`")]
pub enum Policy {
    Check(PolicyCheck),
    Test(PolicyTest),
    List(PolicyList),
    Explain(PolicyExplain),
    New(PolicyNew),
    Update(PolicyUpdate),
    Impact(PolicyImpact),
    Publish(PolicyPublish),
}

/// Hold data products to the policies that are in force
///
/// Policies are those that `mesh.yaml` names under `policies`, and those of the registry, in the versions that
/// `mesh.lock` pins. Only they are checked here, and that the files can be read; `mesh lint` checks both them and
/// everything else. What is waived is shown, and fails nothing.
#[derive(Debug, Args)]
pub struct PolicyCheck {
    /// Files and folders to check
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Hold them to these packs, overlays and waivers as well: a file, a folder, or a pack such as mesh/gdpr
    #[arg(long = "with", value_name = "POLICY")]
    pub with: Vec<String>,
    /// Judge as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How to print findings
    #[command(flatten)]
    pub output: OutputArgs,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Test packs and overlays by their own examples
///
/// Every policy carries examples that it must accept and reject, under `tests`. A policy without both is a finding,
/// and so is an example that is no valid document. Packs that the named ones extend are looked for in `mesh.yaml`, in
/// the registry if one is named, and among those that come with mesh.
#[derive(Debug, Args)]
pub struct PolicyTest {
    /// Files and folders of packs and overlays, or packs that come with mesh, such as mesh/gdpr [default: those
    /// that mesh.yaml names]
    #[arg(value_name = "POLICY")]
    pub policies: Vec<String>,
    /// Judge examples as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How to print findings
    #[command(flatten)]
    pub output: OutputArgs,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// List the policies that are in force
///
/// Shows how much each weighs today and when that changes, what it is about, which pack asks for it, and what it asks.
#[derive(Debug, Args)]
pub struct PolicyList {
    /// What is asked about
    #[command(flatten)]
    pub in_force: InForceArgs,
    /// How to print them
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
}

/// Explain a policy
///
/// Shows why it is asked for and where that can be read, its conditions, the parameters with who has moved them, how
/// much it weighs from when on, and how it can be waived.
#[derive(Debug, Args)]
pub struct PolicyExplain {
    /// The id of the policy, as in a finding or in `mesh policy list`
    pub policy: String,
    /// What is asked about
    #[command(flatten)]
    pub in_force: InForceArgs,
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
}

/// Which policies are asked about.
#[derive(Debug, Args)]
pub struct InForceArgs {
    /// The folder whose mesh.yaml counts
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Take what is in force for a domain, overlays included; may be given several times
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// Take also these packs, overlays and waivers
    #[arg(long = "with", value_name = "POLICY")]
    pub with: Vec<String>,
    /// Take what is in force on a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Write a pack, an overlay or a waiver to start from
///
/// A pack by its name, an overlay with --overlay and the pack that it tightens, a waiver with --waiver and the policy.
/// Files are written below `policies/`; one that is there is never overwritten.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh policy new pharma-core\n  mesh policy new pharma-gdpr --from mesh/gdpr\n  \
    mesh policy new manufacturing --overlay pharma-core@1.0.0\n  \
    mesh policy new --waiver gxp-retention --subject manufacturing.batch-records@1"
)]
pub struct PolicyNew {
    /// The name of the pack or the overlay; of a waiver, its id [default: one made from the policy]
    #[arg(required_unless_present = "waiver")]
    pub name: Option<String>,
    /// Start from a copy of a pack: a file, or one that comes with mesh, such as mesh/gdpr
    #[arg(long, value_name = "PACK", conflicts_with_all = ["overlay", "waiver"])]
    pub from: Option<String>,
    /// Write an overlay that tightens this pack, such as pharma-core@1.2.0
    #[arg(long, value_name = "PACK", conflicts_with = "waiver")]
    pub overlay: Option<String>,
    /// The domain that an overlay is for [default: its name]
    #[arg(long, value_name = "DOMAIN", requires = "overlay")]
    pub domain: Option<String>,
    /// Write a waiver of this policy
    #[arg(long, value_name = "POLICY", requires = "subject")]
    pub waiver: Option<String>,
    /// The product or contract that is waived for, with its major version
    #[arg(long, value_name = "ID@MAJOR", requires = "waiver")]
    pub subject: Option<String>,
    /// The folder to write to
    #[arg(long, value_name = "PATH", default_value = "policies")]
    pub dir: PathBuf,
    /// Who maintains the pack, or asks for the waiver [default: git's user.email]
    #[arg(long, value_name = "NAME")]
    pub owner: Option<String>,
    /// Where the registry is, whose policies may be waived as well
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Move mesh.lock to the versions of packs that are in force
///
/// Shows what the newer versions ask for that the pinned ones do not, and which findings that makes and ends in the
/// data products below the paths, then writes mesh.lock. Exits with 1 if there are new findings of level error.
#[derive(Debug, Args)]
pub struct PolicyUpdate {
    /// Files and folders to check
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Judge as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Tell whom a pack would affect, before it is agreed
///
/// Holds the current version of every product in the registry to a pack: which of them do not satisfy it, from when
/// on, at which level, and whose they are. Overlays and waivers of the registry count. What the version that is in
/// force finds as well is told apart.
#[derive(Debug, Args)]
pub struct PolicyImpact {
    /// The pack: a file, a folder, or one that comes with mesh, such as mesh/gdpr
    #[arg(value_name = "PACK", required = true)]
    pub packs: Vec<String>,
    /// Judge as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Exit with 1 if a product would be denied, now or later
    #[arg(long)]
    pub exit_code: bool,
    /// How to print the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ImpactFormat::Pretty)]
    pub format: ImpactFormat,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Put packs, overlays and waivers into the registry
///
/// Tests them by their examples, checks that they go together with what is there, and adds them in one commit. A
/// version of a pack never changes; overlays and waivers may. A pack that denies from the first day what is published
/// is refused: give it a rollout, or say with --at-once that it was agreed.
#[derive(Debug, Args)]
pub struct PolicyPublish {
    /// Files and folders of packs, overlays and waivers, or packs that come with mesh
    #[arg(value_name = "POLICY", required = true)]
    pub policies: Vec<String>,
    /// Deny from the first day what is published
    #[arg(long)]
    pub at_once: bool,
    /// Do everything but the last step
    #[arg(long)]
    pub dry_run: bool,
    /// Judge as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
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
