//! Seeing many products at a time.

use std::path::PathBuf;

use clap::Args;
use mesh_policy::scorecard::Tier;

use super::values::tier;
use super::{GraphFormat, OutputFile, RegistryArgs, ScorecardFormat};

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
