//! `mesh baseline`

use std::io::{Write, stdout};
use std::path::PathBuf;

use crate::cli;
use crate::commands::lint::baseline_of;
use crate::config::Choice;
use crate::ops::baseline::{Baseline, FILE_NAME, Shrinkage};
use crate::ops::lint::{self, Request};
use crate::ops::text::plural;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &cli::Baseline) -> Result<Ending, Failure> {
    let linted = lint::run(Request {
        paths: &arguments.paths,
        registry: arguments.registry.registry.as_deref(),
        offline: arguments.registry.offline,
        choice: Choice::from(&arguments.rules),
        ..Request::default()
    })?;
    let path = baseline_of(arguments.output.as_deref(), &linted.project)
        .unwrap_or_else(|| PathBuf::from(FILE_NAME));
    let found = Baseline::of(&linted.fixed.report, &path);
    let terminal = Terminal::stdout();
    let mut out = stdout().lock();
    let name = path.display();
    let old = path.exists().then(|| Baseline::read(&path)).transpose()?;
    let Some(old) = old.as_ref().filter(|_| !arguments.accept_new) else {
        let all = old.map_or(found.clone(), |old| {
            old.renewed_by(&found, &arguments.paths)
        });
        all.write(&path)?;
        writeln!(
            out,
            "{} {} in `{name}`",
            terminal.green("✓"),
            findings(all.len(), "tolerated"),
        )?;
        return Ok(Ending::Clean);
    };
    let (shrunk, Shrinkage { kept, gone, new }) = old.shrunk_to(&found, &arguments.paths);
    if shrunk != *old {
        shrunk.write(&path)?;
    }
    writeln!(
        out,
        "{} {} in `{name}`, {gone} taken out",
        terminal.green("✓"),
        findings(kept, "tolerated"),
    )?;
    if new == 0 {
        return Ok(Ending::Clean);
    }
    writeln!(
        out,
        "{} {}: correct what `mesh lint --baseline {name}` shows, or add it with --accept-new",
        terminal.yellow("!"),
        findings(new, "new and not added"),
    )?;
    Ok(Ending::Findings)
}

fn findings(count: usize, what: &str) -> String {
    format!("{} {what}", plural(count, "finding"))
}
