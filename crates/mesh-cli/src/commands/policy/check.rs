//! `mesh policy check`

use std::io::{BufWriter, Write, stdout};

use crate::cli::{LintFormat, PolicyCheck};
use crate::ops::lint::{self, Linted, Request};
use crate::ops::output;
use crate::ops::policies::upcoming::upcoming;
use crate::ops::text::{one_line, plural};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// Of what is to come, so much is shown.
const SHOWN: usize = 10;

pub(crate) fn run(arguments: &PolicyCheck) -> Result<Ending, Failure> {
    let linted = lint::run(Request {
        paths: &arguments.paths,
        registry: arguments.registry.registry.as_deref(),
        offline: arguments.registry.offline,
        as_of: arguments.as_of.as_deref(),
        policies: &arguments.with,
        only_policies: true,
        ..Request::default()
    })?;
    let ending = output::deliver(&linted.fixed.report, &arguments.output)?;
    if arguments.output.format == LintFormat::Pretty {
        match print_rest(&linted) {
            // A reader that went away has not made the findings go away.
            Err(failure) if failure.is_broken_pipe() => return Ok(ending),
            outcome => outcome?,
        }
    }
    Ok(ending)
}

/// What a report does not say: which packs, and what is to come.
fn print_rest(linted: &Linted) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let mut out = BufWriter::new(stdout().lock());
    let heads = linted.gathered.policies.heads();
    let names: Vec<String> = heads
        .filter(|(kind, ..)| *kind != "waiver")
        .map(|(kind, head, version)| match version {
            Some(version) => format!("{} {version}", head.name),
            None => format!("{kind} {}", head.name),
        })
        .collect();
    writeln!(out, "  held to {}", names.join(", "))?;
    for (name, locked, newer) in &linted.gathered.held_back {
        writeln!(
            out,
            "  {}",
            terminal.yellow(&format!(
                "mesh.lock holds {name} back at {locked}; {newer} is in force: see `mesh policy update --dry-run`"
            ))
        )?;
    }
    let upcoming = upcoming(&linted.checked);
    for next in upcoming.iter().take(SHOWN) {
        writeln!(
            out,
            "  from {} on, `{}` is `{}`, and {} {} not satisfy it: {}",
            next.from,
            next.policy,
            next.level,
            plural(next.documents, "file"),
            if next.documents == 1 { "does" } else { "do" },
            one_line(&next.first),
        )?;
    }
    if upcoming.len() > SHOWN {
        writeln!(out, "  and {} more later", upcoming.len() - SHOWN)?;
    }
    out.flush()?;
    Ok(())
}
