//! What is said about published versions: whom it reaches, and how that is told.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use mesh_diagnostics::printable_line as plain;
use mesh_registry::{
    Contributed, Entry, Event, EventKind, Outcome, PublishOptions, Snapshot, Status, Statuses,
    Withdrawal, WithdrawalPlan, WithdrawalReport,
};
use serde::Serialize;
use serde_json::Value;

use crate::cli::EventArgs;
use crate::commands::refuse_for;
use crate::config::Project;
use crate::ops::plan::TOOL;
use crate::ops::requests::{Nothing, Telling};
use crate::ops::{registry, requests};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// Says something about the versions that `reference` means, and tells what came of it.
pub(crate) fn say(
    reference: &str,
    said: Withdrawal,
    arguments: &EventArgs,
) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.as_deref(), &project)?;
    let snapshot = registry::open(location.clone(), false)?;
    let reached = reached(&snapshot, reference, said.kind())?;
    let plan = WithdrawalPlan {
        reference: reference.to_owned(),
        said,
        tool: TOOL.to_owned(),
    };
    let options = PublishOptions {
        signing: requests::signing(&arguments.sign)?,
        ..requests::options(&arguments.way, arguments.dry_run, &project)
    };
    let registry = registry::handle(location.clone(), false);
    let outcome = registry.withdraw(&plan, &options);
    // Ends its progress display before anything is printed.
    drop(registry);
    match outcome {
        Ok(report) => {
            let told = Told {
                plan: &plan,
                report,
                reached: &reached,
                arguments,
            };
            let (dry_run, format) = (arguments.dry_run, arguments.format);
            requests::tell(told, &location, &arguments.way, dry_run, format)?;
        }
        Err(error) if error.is_refusal() => return refuse_for(error, arguments.format),
        Err(error) => return Err(error.into()),
    }
    Ok(Ending::Clean)
}

/// A product that relies on what is withdrawn.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reached {
    domain: String,
    product: String,
    version: String,
    owner: Option<String>,
    contract: String,
    contract_version: Option<String>,
}

/// The products that rely on a contract that nothing else offers than what is withdrawn: once `kind` holds for all
/// versions that `reference` means or, if it takes something back, as long as it does not.
fn reached(snapshot: &Snapshot, reference: &str, kind: EventKind) -> Result<Vec<Reached>, Failure> {
    let entries = snapshot.matching(reference)?;
    let withdrawn = Withdrawn {
        snapshot,
        statuses: snapshot.statuses()?,
        kind,
        meant: entries.iter().map(Entry::path).collect(),
    };
    let ports = entries.iter().flat_map(|entry| &entry.summary.output_ports);
    let contracts: BTreeSet<&str> = ports
        .filter_map(|port| port.contract_id.as_deref())
        .collect();
    let mut reached = Vec::new();
    for contract in contracts {
        let mut known: BTreeMap<Option<String>, bool> = BTreeMap::new();
        for consumer in snapshot.current_consumers_of(contract)? {
            if withdrawn.meant.contains(&consumer.path()) {
                continue;
            }
            let inputs = consumer.summary.input_ports.iter();
            for input in inputs.filter(|input| input.contract_id.as_deref() == Some(contract)) {
                let version = &input.contract_version;
                if !known.contains_key(version) {
                    let is_all = withdrawn.is_all_of(contract, version.as_deref())?;
                    known.insert(version.clone(), is_all);
                }
                if known.get(version) == Some(&true) {
                    reached.push(Reached {
                        domain: consumer.domain.clone(),
                        product: consumer.product.clone(),
                        version: consumer.version.to_string(),
                        owner: consumer.summary.owner.clone(),
                        contract: contract.to_owned(),
                        contract_version: version.clone(),
                    });
                }
            }
        }
    }
    reached.sort_by(|a, b| (&a.domain, &a.product).cmp(&(&b.domain, &b.product)));
    Ok(reached)
}

/// What is withdrawn, in the state of a registry that is asked about.
struct Withdrawn<'s> {
    snapshot: &'s Snapshot,
    statuses: Statuses<'s>,
    kind: EventKind,
    /// The paths of the versions that something is said about.
    meant: BTreeSet<String>,
}

impl Withdrawn<'_> {
    /// Whether one of the versions that are meant offers the contract, and nothing does that is not withdrawn.
    fn is_all_of(&self, contract: &str, version: Option<&str>) -> Result<bool, Failure> {
        let mut is_meant = false;
        for offer in self.snapshot.contract(contract, version)? {
            if !self.has(&offer.entry)? {
                return Ok(false);
            }
            is_meant |= self.meant.contains(&offer.entry.path());
        }
        Ok(is_meant)
    }

    fn has(&self, entry: &Entry) -> Result<bool, Failure> {
        let is_meant = || self.meant.contains(&entry.path());
        let status = self.statuses.of(entry)?;
        Ok(match self.kind {
            EventKind::Yank => status.yanked.is_some() || is_meant(),
            EventKind::Unyank => status.yanked.is_some(),
            // What is yanked offers nothing to anybody.
            EventKind::Deprecate => !status.is_current() || is_meant(),
            EventKind::Undeprecate => !status.is_current(),
        })
    }
}

/// What is told of a withdrawal.
struct Told<'a> {
    plan: &'a WithdrawalPlan,
    report: WithdrawalReport,
    reached: &'a [Reached],
    arguments: &'a EventArgs,
}

impl Telling for Told<'_> {
    type Parts = Vec<mesh_registry::Withdrawn>;

    fn contributed(&self) -> &Contributed<Self::Parts> {
        &self.report
    }

    fn outcomes(&mut self) -> impl Iterator<Item = &mut Outcome> {
        let versions = self.report.parts.iter_mut();
        versions.map(|version| &mut version.outcome)
    }

    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        let words = Words::of(&self.plan.said);
        print_versions(out, &words, &self.report)?;
        writeln!(out)?;
        let mut versions = self.report.parts.iter();
        if versions.any(|version| version.outcome != Outcome::AlreadyPublished) {
            print_reached(out, &words, self.reached, Terminal::stdout())?;
        }
        let nothing = Nothing {
            done: "Nothing was changed",
            to_do: words.nothing,
            merged: "holds",
        };
        Ok(requests::print_way(
            out,
            &self.report,
            "",
            self.arguments.dry_run,
            &nothing,
        )?)
    }

    fn print_parts(&self, out: &mut impl Write) -> Result<(), Failure> {
        print_versions(out, &Words::of(&self.plan.said), &self.report)
    }

    fn to_json(&self, merged: Option<&str>) -> serde_json::Result<Value> {
        serde_json::to_value(View::of(self.plan, &self.report, self.reached, merged))
    }
}

fn print_versions(
    out: &mut impl Write,
    words: &Words,
    report: &WithdrawalReport,
) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    for version in &report.parts {
        let (mark, note) = match version.outcome {
            Outcome::Published => (terminal.green("✓"), words.done.clone()),
            Outcome::AlreadyPublished => (terminal.dim("="), words.already.to_owned()),
            Outcome::Submitted => (
                terminal.cyan("↑"),
                format!("submitted, to be {}", words.done),
            ),
            Outcome::WouldPublish => (terminal.yellow("+"), format!("would be {}", words.done)),
            Outcome::WouldSubmit => (
                terminal.yellow("+"),
                format!("would be submitted, to be {}", words.done),
            ),
        };
        writeln!(
            out,
            "{mark} {}/{}  {:8}  {note}",
            version.domain,
            version.product,
            version.version.to_string()
        )?;
    }
    Ok(())
}

fn print_reached(
    out: &mut impl Write,
    words: &Words,
    reached: &[Reached],
    terminal: Terminal,
) -> Result<(), Failure> {
    if reached.is_empty() {
        writeln!(out, "{}", words.nobody)?;
        return Ok(writeln!(out)?);
    }
    writeln!(out, "{}", words.reaches)?;
    for consumer in reached {
        let version = consumer
            .contract_version
            .as_deref()
            .unwrap_or("any version");
        let owner = consumer
            .owner
            .as_deref()
            .map(|owner| format!("  ({owner})"));
        writeln!(
            out,
            "  {}/{} {}  relies on {} {}{}",
            plain(&consumer.domain),
            plain(&consumer.product),
            terminal.cyan(&plain(&consumer.version)),
            plain(&consumer.contract),
            plain(version),
            terminal.dim(&plain(&owner.unwrap_or_default())),
        )?;
    }
    Ok(writeln!(out)?)
}

/// Until when, why, and what to use instead, in a sentence.
pub(crate) fn deprecated(event: &Event) -> String {
    let mut text = "deprecated".to_owned();
    if let Some(day) = event.end_of_support {
        text.push_str(&format!(", and supported until {day}"));
    }
    if let Some(reason) = &event.reason {
        text.push_str(&format!(": {reason}"));
    }
    if let Some(other) = &event.replaced_by {
        text.push_str(&format!("; use {other} instead"));
    }
    text
}

const NOBODY: &str = "No published product relies on what nothing else offers, so nobody is warned";
const NOBODY_WAS: &str = "No published product was warned";

/// How what was said is told.
struct Words {
    done: String,
    already: &'static str,
    nothing: &'static str,
    reaches: &'static str,
    nobody: &'static str,
}

impl Words {
    fn of(said: &Withdrawal) -> Self {
        let word = |done: &str, already, nothing, reaches, nobody| Self {
            done: done.to_owned(),
            already,
            nothing,
            reaches,
            nobody,
        };
        match said {
            Withdrawal::Yank { .. } => word(
                "yanked",
                "already yanked",
                "everything was yanked before",
                "Warned from now on, for relying on what only yanked versions offer:",
                NOBODY,
            ),
            Withdrawal::Unyank { .. } => word(
                "unyanked",
                "not yanked",
                "nothing was yanked",
                "Not warned any more, for relying on it:",
                NOBODY_WAS,
            ),
            Withdrawal::Deprecate {
                end_of_support,
                replaced_by,
                ..
            } => {
                let instead = replaced_by
                    .as_deref()
                    .map(|replacement| format!(", replaced by {}", plain(replacement)));
                let done = format!(
                    "deprecated, supported until {end_of_support}{}",
                    instead.unwrap_or_default()
                );
                word(
                    &done,
                    "already deprecated like this",
                    "everything was deprecated like this before",
                    "Warned from now on, for relying on what is supported only until a day:",
                    NOBODY,
                )
            }
            Withdrawal::Undeprecate { .. } => word(
                "not deprecated any more",
                "not deprecated",
                "nothing was deprecated",
                "Not warned any more, for relying on it:",
                NOBODY_WAS,
            ),
        }
    }
}

/// What holds for a version, for programs: the same in every command that tells of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct StatusView<'e> {
    pub(crate) yanked: Option<EventView<'e>>,
    pub(crate) deprecated: Option<EventView<'e>>,
}

/// An event, for programs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventView<'e> {
    reason: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_of_support: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<&'e str>,
    by: &'e mesh_registry::Publisher,
    at: Option<&'e str>,
}

impl<'e> StatusView<'e> {
    pub(crate) fn of(status: &'e Status) -> Self {
        Self {
            yanked: status.yanked.as_ref().map(EventView::of),
            deprecated: status.deprecated.as_ref().map(EventView::of),
        }
    }
}

impl<'e> EventView<'e> {
    pub(crate) fn of(event: &'e Event) -> Self {
        Self {
            reason: event.reason.as_deref(),
            end_of_support: event.end_of_support.map(|day| day.to_string()),
            replaced_by: event.replaced_by.as_deref(),
            by: &event.by,
            at: event.at.as_deref(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: &'a str,
    branch: &'a str,
    commit: Option<&'a str>,
    request: Option<requests::View<'a>>,
    kind: &'static str,
    reason: Option<&'a str>,
    end_of_support: Option<String>,
    replaced_by: Option<&'a str>,
    versions: Vec<VersionView<'a>>,
    consumers: &'a [Reached],
}

#[derive(Serialize)]
struct VersionView<'a> {
    domain: &'a str,
    product: &'a str,
    version: String,
    outcome: &'static str,
}

impl<'a> View<'a> {
    fn of(
        plan: &'a WithdrawalPlan,
        report: &'a WithdrawalReport,
        reached: &'a [Reached],
        merged: Option<&'a str>,
    ) -> Self {
        let versions = report.parts.iter().map(|version| VersionView {
            domain: &version.domain,
            product: &version.product,
            version: version.version.to_string(),
            outcome: match version.outcome {
                Outcome::Published => "changed",
                Outcome::AlreadyPublished => "unchanged",
                Outcome::Submitted => "submitted",
                Outcome::WouldPublish => "wouldChange",
                Outcome::WouldSubmit => "wouldSubmit",
            },
        });
        let request = report.request.as_ref();
        let end_of_support = plan.said.end_of_support();
        Self {
            version: 1,
            registry: &report.registry,
            branch: &report.branch,
            commit: report.commit.as_deref(),
            request: request.map(|request| requests::View::of(request, merged)),
            kind: plan.said.kind().word(),
            reason: plan.said.reason(),
            end_of_support: end_of_support.map(|day| day.to_string()),
            replaced_by: plan.said.replaced_by(),
            versions: versions.collect(),
            consumers: reached,
        }
    }
}
