//! One file per command.

mod add;
mod baseline;
mod breaking;
mod completions;
mod deprecate;
mod diff;
mod explain;
mod fetch;
mod graph;
mod impact;
mod init;
mod lint;
mod log;
mod man;
mod outdated;
mod policy;
mod publish;
mod registry_domain;
mod registry_init;
mod registry_merge;
mod registry_stats;
mod registry_verify;
mod remove;
mod rules;
mod scorecard;
mod search;
mod show;
mod upgrade;
mod yank;

pub(crate) use publish::refuse_for;

use crate::cli::{Cli, Command, Registry};
use crate::{Ending, Failure};

/// Runs the command that was asked for.
pub(crate) fn run(arguments: &Cli) -> Result<Ending, Failure> {
    match &arguments.command {
        Command::Init(arguments) => init::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Baseline(arguments) => baseline::run(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Upgrade(arguments) => upgrade::run(arguments),
        Command::Breaking(arguments) => breaking::run(arguments),
        Command::Impact(arguments) => impact::run(arguments),
        Command::Graph(arguments) => graph::run(arguments),
        Command::Scorecard(arguments) => scorecard::run(arguments),
        Command::Publish(arguments) => publish::run(arguments),
        Command::Yank(arguments) => yank::run(arguments),
        Command::Unyank(arguments) => yank::run_unyank(arguments),
        Command::Deprecate(arguments) => deprecate::run(arguments),
        Command::Search(arguments) => search::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Add(arguments) => add::run(arguments),
        Command::Remove(arguments) => remove::run(arguments),
        Command::Fetch(arguments) => fetch::run(arguments),
        Command::Log(arguments) => log::run(arguments),
        Command::Outdated(arguments) => outdated::run(arguments),
        Command::Rules(arguments) => rules::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
        Command::Man(arguments) => man::run(arguments),
        Command::Policy(command) => policy::run(command),
        Command::Registry(Registry::Init(arguments)) => registry_init::run(arguments),
        Command::Registry(Registry::Merge(arguments)) => registry_merge::run(arguments),
        Command::Registry(Registry::Verify(arguments)) => registry_verify::run(arguments),
        Command::Registry(Registry::Stats(arguments)) => registry_stats::run(arguments),
        Command::Registry(Registry::Domain(command)) => registry_domain::run(command),
        Command::Registry(Registry::Codeowners(arguments)) => {
            registry_domain::codeowners(arguments)
        }
    }
}
