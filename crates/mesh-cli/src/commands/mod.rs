//! One file per command.

mod init;
mod lint;
mod publish;
mod registry_init;
mod search;
mod show;
mod upgrade;

use crate::cli::{Cli, Command, Registry};
use crate::{Ending, Failure};

/// Runs the command that was asked for.
pub(crate) fn run(arguments: &Cli) -> Result<Ending, Failure> {
    match &arguments.command {
        Command::Init(arguments) => init::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Upgrade(arguments) => upgrade::run(arguments),
        Command::Publish(arguments) => publish::run(arguments),
        Command::Search(arguments) => search::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Registry(Registry::Init(arguments)) => registry_init::run(arguments),
    }
}
