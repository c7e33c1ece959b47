//! `mesh policy test`

use std::collections::BTreeSet;
use std::io::{Write, stdout};

use mesh_diagnostics::{Report, Summary};

use crate::cli::{LintFormat, PolicyTest};
use crate::config::Project;
use crate::ops::policies::{self, Pins};
use crate::ops::text::plural;
use crate::ops::{check, lint, output};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &PolicyTest) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    let snapshot = lint::snapshot(&arguments.registry, &project)?;
    // Those that are named are tested; the others are there for what extends them.
    let candidates = policies::gather_alone(&arguments.policies, &project)?;
    if candidates.is_empty() {
        return Err(lint::none_in_force());
    }
    let names: BTreeSet<String> = candidates
        .iter()
        .map(|file| file.head().name.clone())
        .collect();
    let gathered = policies::gather_around(
        candidates,
        &policies::Request {
            project: &project,
            extra: &[],
            snapshot: snapshot.as_ref(),
            as_of,
            pins: Pins::InForce,
        },
    )?;
    let tested = gathered.policies.test(as_of, |name| names.contains(name));
    let scope = Summary {
        files: names.len(),
        ..Summary::default()
    };
    let report = Report::new(scope, tested.findings);
    let findings = report.diagnostics().len();
    let pretty = arguments.output.format == LintFormat::Pretty;
    if !pretty {
        return output::deliver(&report, &arguments.output);
    }
    let ending = output::deliver_quietly(&report, &arguments.output)?;
    let terminal = Terminal::stdout();
    let mark = if findings == 0 {
        terminal.green("✓")
    } else {
        terminal.red("✗")
    };
    writeln!(
        stdout(),
        "{mark} {} of {}: {}",
        plural(tested.examples, "example"),
        plural(tested.policies, "policy"),
        match findings {
            0 => "all come out as they should".to_owned(),
            n => plural(n, "finding"),
        }
    )?;
    Ok(ending)
}
