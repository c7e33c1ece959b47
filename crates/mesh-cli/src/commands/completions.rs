//! `mesh completions`

use std::io::{Write, stdout};

use clap::CommandFactory;
use clap::builder::{PossibleValue, PossibleValuesParser};
use mesh_lint::{Group, rules};

use crate::cli::{Cli, Completions};
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Completions) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command(), "mesh", &mut script);
    stdout().write_all(&script)?;
    Ok(Ending::Clean)
}

/// The command line with the names of rules and groups, which `--help` need not list.
fn command() -> clap::Command {
    let groups = Group::ALL
        .into_iter()
        .map(|group| (group.as_str(), group.summary()));
    let names = rules::ALL.iter().map(|rule| (rule.id, rule.summary));
    let values: Vec<PossibleValue> = groups
        .chain(names)
        .map(|(name, summary)| PossibleValue::new(name).help(summary))
        .collect();
    Cli::command().mut_subcommand("explain", |explain| {
        explain.mut_arg("rule", |rule| {
            rule.value_parser(PossibleValuesParser::new(values))
        })
    })
}
