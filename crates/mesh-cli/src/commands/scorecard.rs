//! `mesh scorecard`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::render::Style;

use crate::cli::{OutputFile, Scorecard, ScorecardFormat};
use crate::ops::output;
use crate::ops::scorecard::{self, Answer, Request};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Scorecard) -> Result<Ending, Failure> {
    output::check(&arguments.output)?;
    let answer = scorecard::run(&Request {
        paths: &arguments.paths,
        registry: arguments.registry.registry.as_deref(),
        offline: arguments.registry.offline,
        as_of: arguments.as_of.as_deref(),
        min_level: arguments.min_level,
    })?;
    // Files come first: they are there even if nobody reads what is printed.
    for file in &arguments.output {
        write_file(&answer, file)?;
    }
    let ending = match answer.below() {
        0 => Ending::Clean,
        _ => Ending::Findings,
    };
    match print(&answer, arguments.format) {
        // A reader that went away has not raised any level.
        Err(failure) if failure.is_broken_pipe() => Ok(ending),
        outcome => outcome.map(|()| ending),
    }
}

fn print(answer: &Answer, format: ScorecardFormat) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    scorecard::write(answer, format, Terminal::stdout(), &mut out)?;
    out.flush()?;
    Ok(())
}

fn write_file(answer: &Answer, file: &OutputFile<ScorecardFormat>) -> Result<(), Failure> {
    let mut content = Vec::new();
    let terminal = Terminal::with(Style::PLAIN);
    scorecard::write(answer, file.format, terminal, &mut content)?;
    output::write(&content, file)
}
