//! `mesh policy`: one file per command.

mod check;
mod explain;
mod impact;
mod list;
mod new;
mod publish;
mod test;
mod update;

use crate::cli::Policy;
use crate::{Ending, Failure};

pub(crate) fn run(command: &Policy) -> Result<Ending, Failure> {
    match command {
        Policy::Check(arguments) => check::run(arguments),
        Policy::Test(arguments) => test::run(arguments),
        Policy::List(arguments) => list::run(arguments),
        Policy::Explain(arguments) => explain::run(arguments),
        Policy::New(arguments) => new::run(arguments),
        Policy::Update(arguments) => update::run(arguments),
        Policy::Impact(arguments) => impact::run(arguments),
        Policy::Publish(arguments) => publish::run(arguments),
    }
}
