//! The `mesh` command line.
//!
//! A command is one file in `commands` that reads its arguments, calls `ops` and prints what came
//! of it. What a command can do, the crates below can do without it: nothing about data products is
//! decided here.
//!
//! Exit codes: 0 clean, 1 findings, 2 could not run.

pub mod cli;
mod commands;
pub mod config;
mod failure;
mod ops;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

pub use failure::Failure;
pub use ops::lock;

/// How a command ended, when it could run at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing of level error was found, and what was asked for is done.
    Clean,
    /// Something of level error was found.
    Findings,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let arguments = cli::Cli::parse();
    match commands::run(&arguments) {
        Ok(Ending::Clean) => ExitCode::SUCCESS,
        Ok(Ending::Findings) => ExitCode::from(1),
        // The reader went away, as in `mesh search | head`: nothing is left to say, or to say it to.
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(2)
        }
    }
}
