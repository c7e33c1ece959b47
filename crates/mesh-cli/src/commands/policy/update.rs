//! `mesh policy update`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::{Diagnostic, Level, Report};
use mesh_policy::Description;
use mesh_spec::terms::dates::Day;
use serde::Serialize;

use crate::cli::{Format, PolicyUpdate};
use crate::config::Project;
use crate::ops::lock::{Lock, LockedPack};
use crate::ops::policies::{self, Gathered, Judge, Pins, inspect};
use crate::ops::text::plural;
use crate::ops::{check, lint, output, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &PolicyUpdate) -> Result<Ending, Failure> {
    let project = workspace::project(&arguments.paths, arguments.registry.registry.is_some())?;
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    if project.folder.is_none() {
        return Err(
            Failure::new("there is no mesh.yaml that mesh.lock could stand beside")
                .help("write one in the root of the repository; it may be empty"),
        );
    }
    let snapshot = lint::snapshot(&arguments.registry, &project)?;
    let gather = |pins| {
        policies::gather(&policies::Request {
            project: &project,
            extra: &[],
            snapshot: snapshot.as_ref(),
            as_of,
            pins,
        })
    };
    let newer = gather(Pins::InForce)?;
    if newer.packs.is_empty() {
        return Err(Failure::new("there is no pack to pin here").help(
            "packs of the registry and those that come with mesh are pinned; name some under `policies` in mesh.yaml",
        ));
    }
    // A lock that can no longer be followed, say since a pack has gone, is no reason not to move on.
    let older = match &newer.lock {
        Some(_) => gather(Pins::Locked).ok(),
        None => None,
    };
    let locked = newer.lock.as_ref().map(|file| &file.lock);
    let change = Change {
        packs: moved(locked, &newer.packs),
        policies: older
            .as_ref()
            .map(|older| differences(older, &newer, as_of))
            .unwrap_or_default(),
        findings: match &older {
            Some(older) => compare(arguments, &project, as_of, snapshot.as_ref(), older, &newer)?,
            None => Findings::default(),
        },
    };
    let lock = locked.cloned().unwrap_or_default();
    let lock = lock.with_policies(&newer.packs);
    let is_new = locked != Some(&lock);
    if is_new && !arguments.dry_run {
        lock.write(&project)?;
    }
    print(&change, is_new, &project, arguments)?;
    let is_worse = change
        .findings
        .begun
        .iter()
        .any(|found| found.level == Level::Error.as_str());
    Ok(if is_worse {
        Ending::Findings
    } else {
        Ending::Clean
    })
}

/// What an update does.
struct Change {
    packs: Vec<Moved>,
    policies: Vec<String>,
    findings: Findings,
}

/// A pack and its versions.
#[derive(Serialize)]
struct Moved {
    name: String,
    from: Option<String>,
    to: Option<String>,
}

/// Findings that begin and that end.
#[derive(Default, Serialize)]
struct Findings {
    begun: Vec<FindingView>,
    ended: Vec<FindingView>,
}

#[derive(Serialize, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct FindingView {
    file: String,
    line: u32,
    rule: String,
    level: &'static str,
    message: String,
}

/// The packs of which the version or the text is another one.
fn moved(lock: Option<&Lock>, packs: &[LockedPack]) -> Vec<Moved> {
    let mut all: BTreeMap<&str, (Option<&LockedPack>, Option<&LockedPack>)> = BTreeMap::new();
    for pack in lock.iter().flat_map(|lock| &lock.policies) {
        all.entry(&pack.name).or_default().0 = Some(pack);
    }
    for pack in packs {
        all.entry(&pack.name).or_default().1 = Some(pack);
    }
    let moved = all.into_iter().filter(|(_, (from, to))| from != to);
    let version = |pack: Option<&LockedPack>| pack.map(|pack| pack.version.to_string());
    moved
        .map(|(name, (from, to))| Moved {
            name: name.to_owned(),
            from: version(from),
            to: version(to),
        })
        .collect()
}

/// What the newer packs ask for otherwise, a sentence each.
fn differences(older: &Gathered, newer: &Gathered, as_of: Day) -> Vec<String> {
    let all = |gathered: &Gathered| -> BTreeMap<String, Description> {
        let all = gathered.policies.describe(&[]).into_iter();
        all.map(|description| (description.id.clone(), description))
            .collect()
    };
    let (before, after) = (all(older), all(newer));
    let mut said = Vec::new();
    for (id, new) in &after {
        let Some(old) = before.get(id) else {
            let levels = inspect::levels(&new.enforcement, as_of);
            let title = new
                .title
                .as_deref()
                .map(|title| format!(": {title}"))
                .unwrap_or_default();
            said.push(format!("`{id}` is new ({levels}){title}"));
            continue;
        };
        let levels = |it: &Description| inspect::levels(&it.enforcement, as_of);
        if levels(old) != levels(new) {
            said.push(format!(
                "`{id}` was {}, and is {}",
                levels(old),
                levels(new)
            ));
        }
        if (&old.when, &old.require, &old.scope) != (&new.when, &new.require, &new.scope) {
            said.push(format!(
                "`{id}` asks for something else: `mesh policy explain {id}`"
            ));
        }
        for parameter in &new.parameters {
            let known = old
                .parameters
                .iter()
                .find(|other| other.name == parameter.name);
            if let Some(known) = known
                && known.value != parameter.value
            {
                said.push(format!(
                    "`{id}`: {} was {}, and is {}",
                    parameter.name,
                    inspect::shown(&known.value),
                    inspect::shown(&parameter.value)
                ));
            }
        }
        if old.waivable != new.waivable {
            said.push(format!(
                "`{id}` can be waived otherwise: `mesh policy explain {id}`"
            ));
        }
    }
    for id in before.keys().filter(|id| !after.contains_key(*id)) {
        said.push(format!("`{id}` is asked for no more"));
    }
    said
}

/// The findings that the newer policies make in the repository, and those that they end.
fn compare(
    arguments: &PolicyUpdate,
    project: &Project,
    as_of: Day,
    snapshot: Option<&mesh_registry::Snapshot>,
    older: &Gathered,
    newer: &Gathered,
) -> Result<Findings, Failure> {
    let mut files = workspace::load(&arguments.paths, project)?;
    let mut settings = project.lint.clone();
    if let Some(snapshot) = snapshot {
        (files, settings) = lint::in_mesh(files, settings, snapshot)?;
    }
    let judge = |gathered: &Gathered| -> Result<Report, Failure> {
        let judge = Judge {
            policies: &gathered.policies,
            as_of,
            snapshot,
        };
        Ok(judge.check(&files, &settings)?.0)
    };
    let (before, after) = (judge(older)?, judge(newer)?);
    let without = |all: &Report, known: &Report| -> Vec<FindingView> {
        let is_same = |a: &Diagnostic, b: &Diagnostic| {
            (a.source.name(), &a.rule, a.level, a.span)
                == (b.source.name(), &b.rule, b.level, b.span)
        };
        let found = all.diagnostics().iter();
        let found = found.filter(|a| !known.diagnostics().iter().any(|b| is_same(a, b)));
        found.map(FindingView::of).collect()
    };
    Ok(Findings {
        begun: without(&after, &before),
        ended: without(&before, &after),
    })
}

impl FindingView {
    fn of(found: &Diagnostic) -> Self {
        Self {
            file: found.source.name().to_owned(),
            line: found.source.position(found.span.start).line,
            rule: found.rule.clone().into_owned(),
            level: found.level.as_str(),
            message: found.message.clone(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    packs: &'a [Moved],
    policies: &'a [String],
    findings: &'a Findings,
    written: bool,
}

fn print(
    change: &Change,
    is_new: bool,
    project: &Project,
    arguments: &PolicyUpdate,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    if arguments.format == Format::Json {
        let view = View {
            version: 1,
            packs: &change.packs,
            policies: &change.policies,
            findings: &change.findings,
            written: is_new && !arguments.dry_run,
        };
        output::json(&mut out, &view)?;
        out.flush()?;
        return Ok(());
    }
    let terminal = Terminal::stdout();
    for pack in &change.packs {
        let name = terminal.bold(&pack.name);
        match (&pack.from, &pack.to) {
            (Some(from), Some(to)) if from == to => {
                writeln!(out, "{name}  {to}, with another text")?;
            }
            (Some(from), Some(to)) => writeln!(out, "{name}  {from} → {to}")?,
            (None, Some(to)) => writeln!(out, "{name}  {to}, pinned for the first time")?,
            (Some(from), None) => writeln!(out, "{name}  {from}, in force no more")?,
            (None, None) => {}
        }
    }
    if !change.policies.is_empty() {
        writeln!(out)?;
        for line in &change.policies {
            writeln!(out, "  {line}")?;
        }
    }
    let Findings { begun, ended } = &change.findings;
    for (findings, word) in [(begun, "new"), (ended, "gone")] {
        if findings.is_empty() {
            continue;
        }
        writeln!(out)?;
        writeln!(out, "{} {word} here:", plural(findings.len(), "finding"))?;
        for found in findings {
            let level = match found.level {
                "error" => terminal.red(found.level),
                "warn" => terminal.yellow(found.level),
                _ => terminal.dim(found.level),
            };
            writeln!(
                out,
                "  {}:{}: {level}[{}]: {}",
                found.file, found.line, found.rule, found.message
            )?;
        }
    }
    let path = Lock::path(project);
    let path = path.display();
    if !change.packs.is_empty() || !begun.is_empty() || !ended.is_empty() {
        writeln!(out)?;
    }
    match (is_new, arguments.dry_run) {
        (false, _) => writeln!(out, "{path} is up to date")?,
        (true, true) => writeln!(out, "{path} was not written: this is a dry run")?,
        (true, false) => writeln!(out, "Wrote {path}")?,
    }
    out.flush()?;
    Ok(())
}
