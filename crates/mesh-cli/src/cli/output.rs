//! How and where something is printed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mesh_diagnostics::nearest;

/// How output is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Pretty,
    /// For programs
    Json,
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

impl From<Format> for LintFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Pretty => Self::Pretty,
            Format::Json => Self::Json,
        }
    }
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
    pub(super) fn parse(text: &str) -> Result<Self, String> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
