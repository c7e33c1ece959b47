//! Checking data products and contracts, and correcting them.

use std::path::PathBuf;

use clap::Args;
use mesh_lint::Group;
use mesh_lint::Preset;

use super::values::{group, preset};
use super::{ExplainFormat, Format, OutputArgs, RegistryArgs};

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
