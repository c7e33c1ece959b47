//! `mesh log`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::printable_line as plain;
use mesh_registry::{
    Entry, EventKind, Happening, LoggedEvent, LoggedSignature, LoggedVersion, Owners, Publisher,
    Snapshot, SourceRef,
};
use serde_json::{Value, json};

use super::show;
use crate::cli::{Format, Log};
use crate::config::Project;
use crate::ops::text::{one_line, plural, wrap};
use crate::ops::{output, registry};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// So many digits tell one commit from another for people.
const SHORT: usize = 12;

pub(crate) fn run(arguments: &Log) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let wanted = snapshot.matching(&arguments.product)?;
    let Some(first) = wanted.first() else {
        return Err(Failure::new("no version is called that"));
    };
    let happenings = snapshot.log(&first.domain, &first.product)?;
    let is_all = !arguments.product.contains('@');
    let mut items: Vec<Item<'_>> = happenings.iter().flat_map(Item::of).collect();
    items.retain(|item| is_all || item.is_about(&wanted));
    let page = Page {
        reference: first.reference(),
        owners: snapshot.owners_of(&first.domain)?,
        total: items.len(),
        items: &items[..items.len().min(arguments.limit)],
        snapshot: &snapshot,
    };
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            output::json(&mut out, &page.view())?;
        }
        Format::Pretty => page.print(Terminal::stdout(), &mut out)?,
    }
    out.flush()?;
    Ok(Ending::Clean)
}

/// One thing that happened.
struct Item<'h> {
    happening: &'h Happening,
    what: What<'h>,
}

enum What<'h> {
    Version(&'h LoggedVersion),
    Event(&'h LoggedEvent),
    /// A path that no publish touches again.
    Altered(&'h str),
    /// A path that cannot be read, and why.
    Problem(&'h str, &'h str),
}

impl<'h> Item<'h> {
    /// All that a commit did. Events come before the versions that are newer than what they are about.
    fn of(happening: &'h Happening) -> Vec<Self> {
        let altered = happening.altered.iter();
        let altered = altered.map(|path| What::Altered(path));
        let problems = happening.problems.iter();
        let problems = problems.map(|problem| What::Problem(&problem.path, &problem.reason));
        altered
            .chain(problems)
            .chain(happening.events.iter().map(What::Event))
            .chain(happening.versions.iter().map(What::Version))
            .map(|what| Self { happening, what })
            .collect()
    }

    fn is_about(&self, wanted: &[Entry]) -> bool {
        let version = match self.what {
            What::Version(version) => &version.record.version,
            What::Event(event) => &event.file.event.version,
            What::Altered(path) | What::Problem(path, _) => {
                return wanted.iter().any(|entry| {
                    let version = entry.version.to_string();
                    path.split('/').any(|part| part == version)
                });
            }
        };
        wanted.iter().any(|entry| entry.version == *version)
    }
}

struct Page<'a> {
    reference: String,
    owners: Option<Owners>,
    total: usize,
    items: &'a [Item<'a>],
    snapshot: &'a Snapshot,
}

impl Page<'_> {
    fn print(&self, terminal: Terminal, out: &mut impl Write) -> Result<(), Failure> {
        for item in self.items {
            self.print_item(item, terminal, out)?;
            writeln!(out)?;
        }
        let more = match self.total - self.items.len() {
            0 => String::new(),
            n => format!("; {n} more with --limit {}", self.total),
        };
        let place = self.snapshot.location().to_string();
        let entries = plural(self.total, "entry");
        writeln!(
            out,
            "{entries} of {} in {}{more}",
            plain(&self.reference),
            plain(&place)
        )?;
        Ok(())
    }

    fn print_item(
        &self,
        item: &Item<'_>,
        terminal: Terminal,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let mut facts = Vec::new();
        let title = match item.what {
            What::Version(LoggedVersion { record, signature }) => {
                facts.push(self.signed(&record.publisher, signature.as_ref()));
                if let Some(source) = &record.source {
                    facts.push(from(source));
                }
                let verdict = record.compatibility.as_ref().and_then(show::since);
                let since = verdict.map_or_else(String::new, |since| format!("  since {since}"));
                let version = terminal.bold(&terminal.cyan(&record.version.to_string()));
                format!("{version} published{}", plain(&since))
            }
            What::Event(LoggedEvent { file, signature }) => {
                let event = &file.event;
                facts.extend(event.reason.clone());
                if let Some(instead) = &event.replaced_by {
                    facts.push(format!("use {instead} instead"));
                }
                facts.push(self.signed(&event.by, signature.as_ref()));
                let version = terminal.bold(&event.version.to_string());
                let until = event.end_of_support.map(|day| format!(", until {day}"));
                let word = format!("{}{}", past(event.kind), until.unwrap_or_default());
                let word = match event.kind {
                    EventKind::Yank | EventKind::Deprecate => terminal.yellow(&word),
                    EventKind::Unyank | EventKind::Undeprecate => terminal.green(&word),
                };
                format!("{version} {word}")
            }
            What::Altered(path) => {
                facts
                    .push("what is published never changes: see `mesh registry verify`".to_owned());
                format!("{} {}", terminal.red("changed"), plain(path))
            }
            What::Problem(path, reason) => {
                facts.push(reason.to_owned());
                format!("{} {}", terminal.red("unreadable"), plain(path))
            }
        };
        writeln!(out, "{title}")?;
        facts.push(committed(item));
        for fact in facts {
            let fact = one_line(&fact);
            for line in wrap(&plain(&fact), terminal.width() - 2) {
                writeln!(out, "  {line}")?;
            }
        }
        Ok(())
    }

    /// Who says so, and what came of the signature.
    fn signed(&self, who: &Publisher, signature: Option<&LoggedSignature>) -> String {
        let person = format!("{} <{}>", who.name, who.email);
        match signature {
            None => format!("{person}, not signed"),
            Some(LoggedSignature::Bad(why)) => format!("{person}, with a bad signature: {why}"),
            Some(LoggedSignature::Good(key)) => match self.owner_of(key) {
                Some(owner) if owner.eq_ignore_ascii_case(&who.email) => {
                    format!("{person}, signed")
                }
                Some(owner) => format!("{person}, signed by {owner}"),
                None => format!("{person}, signed with {key}, which is no owner's key now"),
            },
        }
    }

    /// The e-mail address of the owner who has a key.
    fn owner_of(&self, key: &str) -> Option<String> {
        let mut people = self.owners.as_ref()?.people();
        let person = people.find(|person| {
            let mut keys = person.keys.iter();
            keys.any(|own| own.fingerprint() == key)
        });
        person.map(|person| person.email.clone())
    }

    fn view(&self) -> Value {
        json!({
            "version": 1,
            "registry": self.snapshot.location().to_string(),
            "reference": self.reference,
            "total": self.total,
            "entries": self.items.iter().map(|item| self.entry(item)).collect::<Vec<_>>(),
        })
    }

    fn entry(&self, item: &Item<'_>) -> Value {
        let happening = item.happening;
        let mut entry = match item.what {
            What::Version(LoggedVersion { record, signature }) => json!({
                "kind": "publish",
                "version": record.version,
                "by": record.publisher,
                "at": record.published_at,
                "tool": record.tool,
                "source": record.source,
                "content": record.content,
                "compatibility": record.compatibility,
                "signature": self.signature(signature.as_ref()),
            }),
            What::Event(LoggedEvent { file, signature }) => json!({
                "kind": file.event.kind,
                "version": file.event.version,
                "by": file.event.by,
                "at": file.event.at,
                "tool": file.event.tool,
                "reason": file.event.reason,
                "endOfSupport": file.event.end_of_support.map(|day| day.to_string()),
                "replacedBy": file.event.replaced_by,
                "digest": file.digest,
                "signature": self.signature(signature.as_ref()),
            }),
            What::Altered(path) => json!({ "kind": "altered", "path": path }),
            What::Problem(path, reason) => {
                json!({ "kind": "unreadable", "path": path, "reason": reason })
            }
        };
        entry["commit"] = json!({
            "id": happening.commit,
            "by": happening.committer,
            "at": happening.committed_at,
        });
        entry
    }

    fn signature(&self, signature: Option<&LoggedSignature>) -> Value {
        match signature {
            None => Value::Null,
            Some(LoggedSignature::Good(key)) => {
                json!({ "valid": true, "key": key, "owner": self.owner_of(key) })
            }
            Some(LoggedSignature::Bad(why)) => {
                json!({ "valid": false, "reason": why.to_string() })
            }
        }
    }
}

fn past(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Yank => "yanked",
        EventKind::Unyank => "no longer yanked",
        EventKind::Deprecate => "deprecated",
        EventKind::Undeprecate => "no longer deprecated",
    }
}

/// Where a manifest came from.
fn from(source: &SourceRef) -> String {
    let repository = source.repository.iter().cloned();
    let commit = source.commit.iter();
    let commit = commit.map(|commit| commit.chars().take(SHORT).collect());
    let parts: Vec<String> = repository
        .chain(commit)
        .chain([source.path.clone()])
        .collect();
    format!("from {}", parts.join(" "))
}

/// Which commit it was, and whose if that is somebody else.
fn committed(item: &Item<'_>) -> String {
    let happening = item.happening;
    let who = match item.what {
        What::Version(version) => Some(&version.record.publisher),
        What::Event(event) => Some(&event.file.event.by),
        What::Altered(_) | What::Problem(..) => None,
    };
    let id: String = happening.commit.chars().take(SHORT).collect();
    let committer = &happening.committer;
    let by = match who {
        Some(who) if who.email.eq_ignore_ascii_case(&committer.email) => String::new(),
        _ => format!(" by {} <{}>", committer.name, committer.email),
    };
    format!("commit {id}{by}, {}", happening.committed_at)
}
