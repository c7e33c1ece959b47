//! The command line: what `--help`, the man pages and `docs/commands.md` are made from.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use mesh_compat::Profile;
use mesh_diagnostics::nearest;
use mesh_lint::{Group, Preset};
use mesh_policy::scorecard::Tier;

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

/// Commands about policies.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "as for the commands above")]
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

/// Commands about the registry itself.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "as for the commands above")]
pub enum Registry {
    Init(RegistryInit),
    Merge(RegistryMerge),
    Verify(RegistryVerify),
    Stats(RegistryStats),
    /// Say whose domains are
    #[command(subcommand)]
    Domain(RegistryDomain),
    Codeowners(RegistryCodeowners),
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
    #[command(flatten)]
    pub output: OutputArgs,
    /// Which rules run
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Tolerate the findings listed in FILE, which `mesh baseline` writes
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Check only what differs from a git revision, and what depends on it
    ///
    /// Compares the work tree with the commit at which it left REVISION, as a pull request does.
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["stdin"])]
    pub changed_since: Option<String>,
    /// Check as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Check a text from standard input in place of a file
    #[arg(long, requires = "stdin_filename", conflicts_with_all = ["paths", "fix", "unsafe_fixes", "diff"])]
    pub stdin: bool,
    /// The file that the text of --stdin is to be taken for
    #[arg(long, value_name = "PATH", requires = "stdin")]
    pub stdin_filename: Option<PathBuf>,
    /// Check again whenever a file changes
    #[arg(long, conflicts_with_all = ["stdin", "fix", "unsafe_fixes", "diff"])]
    pub watch: bool,
    /// What to do about findings
    #[command(flatten)]
    pub fix: FixArgs,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Which rules run.
#[derive(Debug, Args)]
pub struct RuleArgs {
    /// The set of rules to start from
    #[arg(long, value_name = "PRESET", value_parser = preset())]
    pub preset: Option<Preset>,
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

/// Which findings to fix, and how.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct FixArgs {
    /// Fix what can be fixed without changing what a document says
    #[arg(long)]
    pub fix: bool,
    /// Fix also what a person may want to decide otherwise; implies --fix
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Print what would be fixed as a diff, and write nothing; exits with 1 if there is any
    #[arg(long, conflicts_with_all = ["format", "output"])]
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

/// Draw who consumes what from whom
///
/// Shows the data products below the paths, what they are made from and what is made from them, as far as
/// it leads: in the repository, and in the registry if one is named. Domains are frames, and what does not
/// fit together is marked: inputs that nobody publishes, versions that were never offered, cycles, and
/// products that are retired, yanked, deprecated or not active yet.
///
/// `DOMAIN/PRODUCT` starts from a published product, and --published shows everything that the registry
/// holds; so does --registry alone.
///
/// Exits with 0 whatever is marked: `mesh lint` is what judges.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh graph\n  mesh graph sales/orders --depth 1\n  \
    mesh graph --registry URL --domain sales --output mesh.svg\n  mesh graph --published --format mermaid"
)]
pub struct Graph {
    /// Files and folders, or `DOMAIN/PRODUCT[@VERSION]` in the registry [default: the current folder]
    #[arg(value_name = "PATHS")]
    pub subjects: Vec<String>,
    /// Show all that the registry holds, whether it is reached or not
    #[arg(long)]
    pub published: bool,
    /// Start only from products of a domain; may be given several times
    #[arg(long, value_name = "DOMAIN")]
    pub domain: Vec<String>,
    /// Go at most so many steps up and down [default: as far as it leads]
    #[arg(long, value_name = "N")]
    pub depth: Option<usize>,
    /// How to print the graph
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = GraphFormat::Pretty)]
    pub format: GraphFormat,
    /// Also write the graph to a file; may be given several times
    ///
    /// The format is told by the end of the name, `.svg`, `.dot`, `.gv`, `.mmd` (mermaid) or `.json`, or
    /// stands before it: `mermaid=mesh.txt`.
    #[arg(long, value_name = "[FORMAT=]FILE", value_parser = OutputFile::<GraphFormat>::parse)]
    pub output: Vec<OutputFile<GraphFormat>>,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

/// Tell how far data products have come: bronze, silver or gold
///
/// A product has a level once it passes all of its gates and those of the levels below; what it lacks for
/// the next one is listed. A domain has the level of its lowest product. The rules are those of the preset
/// `standard` at their own levels, whatever `mesh.yaml`, comments or a baseline let through, so that a
/// level means the same everywhere; docs/scorecard.md lists the gates.
#[derive(Debug, Args)]
pub struct Scorecard {
    /// Files and folders whose products to judge
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print the scorecard
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ScorecardFormat::Pretty)]
    pub format: ScorecardFormat,
    /// Also write the scorecard to a file; may be given several times
    ///
    /// The format is told by the end of the name, `.svg`, `.json` or `.md`, or stands before it:
    /// `markdown=summary.txt`.
    #[arg(long, value_name = "[FORMAT=]FILE", value_parser = OutputFile::<ScorecardFormat>::parse)]
    pub output: Vec<OutputFile<ScorecardFormat>>,
    /// Exit with 1 if a product has not reached a level
    #[arg(long, value_name = "LEVEL", value_parser = tier())]
    pub min_level: Option<Tier>,
    /// Judge as of a day, YYYY-MM-DD, instead of today
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Where the registry is
    #[command(flatten)]
    pub registry: RegistryArgs,
}

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

/// List the rules that lint checks
///
/// Shows those in whose id, group or summary every word of FILTER occurs; all of them without one.
#[derive(Debug, Args)]
pub struct Rules {
    /// Words to look for
    pub filter: Vec<String>,
    /// Only those of a group
    #[arg(long, value_name = "GROUP", value_parser = group())]
    pub group: Option<Group>,
    /// Only those that a preset runs
    #[arg(long, value_name = "PRESET", value_parser = preset())]
    pub preset: Option<Preset>,
    /// Only those that can correct what they find
    #[arg(long)]
    pub fixable: bool,
    /// How to print them
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Pretty)]
    pub format: Format,
}

/// Explain a rule, a group of rules, a kind of change or what a registry is checked for
///
/// Shows what a rule asks for, why, how to comply, and a manifest that fails and one that passes; of a
/// kind of change, what it does to readers, and a manifest before and after. What `mesh breaking` asks of
/// versions and `mesh registry verify` of registries is explained as well.
#[derive(Debug, Args)]
pub struct Explain {
    /// The name of a rule or a group, as in a finding or in `mesh rules`, or of a kind of change, as in
    /// `mesh diff` or in a finding of `mesh breaking`, or of a finding of `mesh registry verify`
    pub rule: String,
    /// How to print it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ExplainFormat::Pretty)]
    pub format: ExplainFormat,
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

/// Commands about whose domains are.
#[derive(Debug, Subcommand)]
#[allow(missing_docs, reason = "as for the commands above")]
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

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImpactFormat {
    /// For people
    Pretty,
    /// For programs: see docs/json.md
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// How findings are printed, where else they go, and what they mean for the exit code.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// How to print findings
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LintFormat::Pretty)]
    pub format: LintFormat,
    /// Also write findings to a file; may be given several times
    ///
    /// The format is told by the end of the name, `.sarif`, `.json` or `.xml` (junit), or stands
    /// before it: `gitlab=gl-code-quality-report.json`.
    #[arg(long, value_name = "[FORMAT=]FILE", value_parser = OutputFile::<LintFormat>::parse)]
    pub output: Vec<OutputFile>,
    /// The least serious level that makes the exit code 1
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = FailLevel::Error)]
    pub fail_level: FailLevel,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// For people, with the lines in question
    Pretty,
    /// For people and editors, one line each
    Compact,
    /// For programs: see docs/json.md
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
    /// For GitHub Actions: annotations of a pull request
    Github,
    /// For GitLab: a Code Quality report
    Gitlab,
    /// For Jenkins and others: a test report in XML
    Junit,
}

/// The level from which on findings make a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailLevel {
    /// An error fails the run
    Error,
    /// A warning or an error does
    Warn,
    /// Any finding does
    Info,
    /// No finding does
    Never,
}

/// How a scorecard is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScorecardFormat {
    /// For people
    Pretty,
    /// For programs: see docs/json.md
    Json,
    /// For a README or a comment on a pull request
    Markdown,
    /// A badge that shows the lowest level
    Svg,
}

/// How a graph is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For people, by domain and product
    Pretty,
    /// For a README or a pull request: a Mermaid flowchart, as GitHub and GitLab draw it
    Mermaid,
    /// For Graphviz
    Dot,
    /// A drawing
    Svg,
    /// For programs: see docs/json.md
    Json,
}

/// A format in which something is written to files.
pub trait FileFormat: ValueEnum + Copy + 'static {
    /// The ends of names that tell the format, in lower case. The first serves as an example.
    const ENDS: &'static [(&'static str, Self)];
}

impl FileFormat for LintFormat {
    const ENDS: &'static [(&'static str, Self)] = &[
        (".sarif", Self::Sarif),
        (".sarif.json", Self::Sarif),
        (".json", Self::Json),
        (".xml", Self::Junit),
    ];
}

impl FileFormat for ScorecardFormat {
    const ENDS: &'static [(&'static str, Self)] = &[
        (".svg", Self::Svg),
        (".json", Self::Json),
        (".md", Self::Markdown),
    ];
}

impl FileFormat for GraphFormat {
    const ENDS: &'static [(&'static str, Self)] = &[
        (".svg", Self::Svg),
        (".dot", Self::Dot),
        (".gv", Self::Dot),
        (".mmd", Self::Mermaid),
        (".mermaid", Self::Mermaid),
        (".json", Self::Json),
    ];
}

/// A file that something is written to: findings, unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile<F = LintFormat> {
    /// How.
    pub format: F,
    /// Where.
    pub path: PathBuf,
}

impl<F: FileFormat> OutputFile<F> {
    /// Reads `[FORMAT=]FILE`.
    fn parse(text: &str) -> Result<Self, String> {
        let (format, path) = match text.split_once('=') {
            Some((name, path)) => (named(name)?, path),
            None => (Self::format_of(text)?, text),
        };
        match path {
            "" => Err("the name of the file is missing".to_owned()),
            "-" => Err("name a file; --format says what is printed".to_owned()),
            path => Ok(Self {
                format,
                path: path.into(),
            }),
        }
    }

    /// The format that the name of a file ends with.
    fn format_of(path: &str) -> Result<F, String> {
        let name = path.to_ascii_lowercase();
        let mut ends = F::ENDS.iter();
        ends.find_map(|(end, format)| name.ends_with(end).then_some(*format))
            .ok_or_else(|| {
                let example = F::ENDS.first().and_then(|(_, format)| name_of(format));
                format!(
                    "the name does not tell the format: put it before, as in `{}={path}` ({})",
                    example.unwrap_or_default(),
                    names::<F>().join(", ")
                )
            })
    }
}

fn name_of<F: ValueEnum>(format: &F) -> Option<String> {
    Some(format.to_possible_value()?.get_name().to_owned())
}

fn names<F: ValueEnum>() -> Vec<String> {
    F::value_variants().iter().filter_map(name_of).collect()
}

/// The format called `name`.
fn named<F: ValueEnum>(name: &str) -> Result<F, String> {
    F::from_str(name, true).map_err(|_| {
        let names = names::<F>();
        match nearest(name, names.iter().map(String::as_str)) {
            Some(meant) => format!("there is no format `{name}`: did you mean `{meant}`?"),
            None => format!(
                "there is no format `{name}`: use one of {}",
                names.join(", ")
            ),
        }
    })
}

impl From<Format> for LintFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Pretty => Self::Pretty,
            Format::Json => Self::Json,
        }
    }
}

/// How a comparison is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people, with the lines before and after
    Pretty,
    /// For programs: see docs/json.md
    Json,
    /// For a comment on a pull request
    Markdown,
    /// For other tools: the draft Open Metadata Difference Standard
    Omds,
}

/// How an explanation is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    Pretty,
    /// As Markdown, for documents and chats
    Markdown,
    /// For programs
    Json,
}

fn group() -> impl TypedValueParser<Value = Group> {
    PossibleValuesParser::new(Group::ALL.map(Group::as_str)).try_map(|name| {
        let group = Group::ALL.into_iter().find(|group| group.as_str() == name);
        group.ok_or("there is no such group")
    })
}

fn profile() -> impl TypedValueParser<Value = Profile> {
    PossibleValuesParser::new(Profile::ALL.map(Profile::as_str)).try_map(|name| {
        let mut profiles = Profile::ALL.into_iter();
        let profile = profiles.find(|profile| profile.as_str() == name);
        profile.ok_or("there is no such profile")
    })
}

fn tier() -> impl TypedValueParser<Value = Tier> {
    PossibleValuesParser::new(Tier::ALL.map(Tier::as_str)).try_map(|name| {
        let tier = Tier::ALL.into_iter().find(|tier| tier.as_str() == name);
        tier.ok_or("there is no such level")
    })
}

fn preset() -> impl TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(Preset::ALL.map(Preset::as_str)).try_map(|name| {
        let preset = Preset::ALL
            .into_iter()
            .find(|preset| preset.as_str() == name);
        preset.ok_or("there is no such preset")
    })
}

/// A time such as `90s`, `10m` or `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    const LONGEST: u64 = 7 * 24 * 3600;
    let (number, unit) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let seconds = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let seconds = seconds
        .zip(number.parse::<u64>().ok())
        .and_then(|(unit, number)| number.checked_mul(unit))
        .ok_or_else(|| "it has to be a time such as 90s, 10m or 2h".to_owned())?;
    match seconds {
        0..=LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err("it has to be at most 168h".to_owned()),
    }
}

/// Nothing is asked for with a limit of 0: what is not there would look like what is not found.
fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it has to be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("10m", 600), ("168h", 604_800)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "10",
            "m",
            "-1m",
            "1.5h",
            "10 m",
            "1d",
            "169h",
            "99999999999999999999h",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_format_of_a_file_stands_before_it_or_at_its_end() {
        for (text, format, path) in [
            ("a.sarif", LintFormat::Sarif, "a.sarif"),
            ("out/A.SARIF.JSON", LintFormat::Sarif, "out/A.SARIF.JSON"),
            ("a.json", LintFormat::Json, "a.json"),
            ("a.xml", LintFormat::Junit, "a.xml"),
            ("gitlab=a.json", LintFormat::Gitlab, "a.json"),
            ("pretty=a=b", LintFormat::Pretty, "a=b"),
        ] {
            let path = path.into();
            assert_eq!(
                OutputFile::<LintFormat>::parse(text),
                Ok(OutputFile { format, path })
            );
        }
        for (text, words) in [
            ("lint.txt", "`sarif=lint.txt`"),
            ("sarfi=a.json", "did you mean `sarif`?"),
            ("a=b.json", "use one of pretty, compact"),
            ("sarif=", "the name of the file is missing"),
            ("json=-", "--format"),
        ] {
            let refused = OutputFile::<LintFormat>::parse(text).expect_err(text);
            assert!(refused.contains(words), "{refused}");
        }
    }
}
