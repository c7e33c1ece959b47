//! `mesh completions`

use std::io::{Write, stdout};

use clap::CommandFactory;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap_complete::Shell;
use mesh_compat::changes;
use mesh_compat::gate::rules::RULES;
use mesh_lint::{Group, Selector, rules};

use crate::cli::{Cli, Completions};
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Completions) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command(), "mesh", &mut script);
    if arguments.shell == Shell::Fish {
        script.extend(fish_subjects().into_bytes());
    }
    stdout().write_all(&script)?;
    Ok(Ending::Clean)
}

/// The command line with what can be explained, which `--help` need not list.
fn command() -> clap::Command {
    let values: Vec<PossibleValue> = subjects()
        .map(|(name, summary)| PossibleValue::new(name).help(summary))
        .collect();
    Cli::command().mut_subcommand("explain", |explain| {
        explain.mut_arg("rule", |rule| {
            rule.value_parser(PossibleValuesParser::new(values))
        })
    })
}

/// What can be explained, in a few words each.
fn subjects() -> impl Iterator<Item = (&'static str, &'static str)> {
    let groups = Group::ALL.into_iter();
    let groups = groups.map(|group| (group.as_str(), group.summary()));
    let kinds = changes::all().map(|kind| (kind.id, kind.summary));
    let versions = RULES.map(|rule| (rule.id, rule.summary));
    groups
        .chain(rules::ALL.iter().map(|rule| (rule.id, rule.summary)))
        .chain(kinds.filter(|(id, _)| Selector::parse(id).is_err()))
        .chain(versions)
}

/// The same for fish: of what has no option before it, clap tells fish nothing.
fn fish_subjects() -> String {
    subjects()
        .map(|(name, summary)| {
            let summary = summary.replace('\\', "\\\\").replace('\'', "\\'");
            format!(
                "complete -c mesh -n \"__fish_mesh_using_subcommand explain\" -f -a {name} -d '{summary}'\n"
            )
        })
        .collect()
}
