//! `mesh policy test`

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Write, stdout};

use mesh_diagnostics::{Report, Summary};
use mesh_policy::{PolicyFile, Tested};

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
    // Those that are named are tested; the others are there for what extends them. Of several versions of a pack, each
    // is tested by itself, beside the last of every other.
    let rounds = rounds(policies::gather_alone(&arguments.policies, &project)?);
    let files = rounds.iter().map(|(_, names)| names.len()).sum();
    if files == 0 {
        return Err(lint::none_in_force());
    }
    let mut tested = Tested::default();
    for (candidates, names) in rounds {
        let request = policies::Request {
            project: &project,
            extra: &[],
            snapshot: snapshot.as_ref(),
            as_of,
            pins: Pins::InForce,
        };
        let gathered = policies::gather_around(candidates, &request)?;
        tested.add(gathered.policies.test(as_of, |name| names.contains(name)));
    }
    let scope = Summary {
        files,
        ..Summary::default()
    };
    let report = Report::new(scope, tested.findings);
    let findings = report.diagnostics().len();
    let ending = output::deliver_quietly(&report, &arguments.output)?;
    if arguments.output.format != LintFormat::Pretty {
        return Ok(ending);
    }
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

/// `files` in rounds, in none of which there are two versions of a pack; with the names of what is tested in each.
fn rounds(files: Vec<PolicyFile>) -> Vec<(Vec<PolicyFile>, BTreeSet<String>)> {
    let mut by_name: BTreeMap<String, Vec<PolicyFile>> = BTreeMap::new();
    for file in files {
        by_name
            .entry(file.head().name.clone())
            .or_default()
            .push(file);
    }
    let count = by_name.values().map(Vec::len).max().unwrap_or(0);
    let mut rounds: Vec<(Vec<PolicyFile>, BTreeSet<String>)> =
        (0..count).map(|_| Default::default()).collect();
    for (name, mut versions) in by_name {
        versions.sort_by(|a, b| b.version().cmp(&a.version()));
        for (round, file) in rounds.iter_mut().zip(versions) {
            round.0.push(file);
            round.1.insert(name.clone());
        }
    }
    rounds
}
