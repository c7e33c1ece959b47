//! `mesh registry verify`

use std::io::{Write, stdout};

use crate::cli::{LintFormat, RegistryVerify};
use crate::config::Project;
use crate::ops::text::plural;
use crate::ops::{check, output, registry, verify};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &RegistryVerify) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let today = check::as_of(None)?;
    let snapshot = registry::open(location.clone(), arguments.registry.offline)?;
    let registry = registry::handle(location, arguments.registry.offline);
    let history = registry.history()?;
    let range = verify::Range {
        base: arguments.base.as_deref(),
        head: arguments.head.as_deref(),
        today,
    };
    let verified = verify::evidence(&history, &snapshot, &range)?;
    drop(registry);
    let report = verified.report;
    let ending = output::deliver_quietly(&report, &arguments.output)?;
    if arguments.output.format == LintFormat::Pretty {
        let terminal = Terminal::stdout();
        let mark = if report.is_clean() {
            terminal.green("✓")
        } else {
            terminal.red("✗")
        };
        let findings = match report.diagnostics().len() {
            0 => "no findings".to_owned(),
            n => plural(n, "finding"),
        };
        let mut out = stdout().lock();
        writeln!(
            out,
            "{mark} {findings} in {} of {}",
            plural(verified.versions, "published version"),
            plural(verified.commits, "commit"),
        )?;
        if verified.unverifiable > 0 {
            writeln!(
                out,
                "  {} of policies that are not the registry's cannot be checked",
                plural(verified.unverifiable, "result")
            )?;
        }
    }
    Ok(ending)
}
