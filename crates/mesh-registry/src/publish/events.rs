//! Publishing what is said about versions: yanking and deprecating them, and taking that back.

use super::{
    Outcome, PublishOptions,
    branch::{Files, Name},
    one_line,
    protocol::{Contributed, Contribution},
    with_tool,
};
use crate::{
    Error, Refusal, Result,
    authority::Area,
    digest,
    index::Entry,
    layout,
    plan::Publisher,
    registry::Registry,
    signing::{EVENT_NAMESPACE, Signatory, Signing},
    snapshot::Snapshot,
    status::{Event, EventKind, Status, Subject, Withdrawal, broken_reason, broken_replacement},
    tree,
};
use git2::Oid;
use semver::Version;
use std::collections::BTreeSet;

/// What is to be said, and of which versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalPlan {
    /// The versions, as [`Snapshot::matching`] reads it: `domain/product`, with or without `@version`. They are looked
    /// for again whenever the registry has changed meanwhile.
    pub reference: String,
    /// What is said.
    pub said: Withdrawal,
    /// The program that says it, with its version.
    pub tool: String,
}

/// What became of a withdrawal: of the versions, in ascending order.
pub type WithdrawalReport = Contributed<Vec<Withdrawn>>;

/// What became of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// The domain.
    pub domain: String,
    /// The product's name in the registry.
    pub product: String,
    /// The version.
    pub version: Version,
    /// What happened: [`Outcome::AlreadyPublished`] if it held already.
    pub outcome: Outcome,
}

/// Events, to be added.
struct Events<'p> {
    plan: &'p WithdrawalPlan,
    signing: &'p Signing,
    /// The key that signed what was written last.
    signed_with: Option<String>,
}

/// A version, and what is said about it so far.
struct PlacedEvent {
    entry: Entry,
    status: Status,
    /// Whether what is to be said holds already.
    holds: bool,
}

impl Registry {
    /// Says something about versions: of all of them, or of none. Saying what holds already is a success.
    ///
    /// The remote is always asked, [`crate::Options::offline`] or not.
    ///
    /// # Errors
    /// See [`Error`]. [`Refusal::InvalidEvent`] for a text that no event can have, [`Refusal::NoReplacement`] for a
    /// replacement that is not published or is withdrawn itself. After every error but [`Error::OutcomeUnknown`] nothing
    /// was said by this call.
    pub fn withdraw(
        &self,
        plan: &WithdrawalPlan,
        options: &PublishOptions,
    ) -> Result<WithdrawalReport> {
        check(plan)?;
        let mut events = Events {
            plan,
            signing: &options.signing,
            signed_with: None,
        };
        let contributed = self.contribute(&mut events, options)?;
        Ok(contributed.signed_with(events.signed_with, options.dry_run))
    }
}

/// Checks what no state of the registry can make right.
fn check(plan: &WithdrawalPlan) -> Result<()> {
    let invalid = |reason: &str| {
        Err(Error::Refusal(Refusal::InvalidEvent {
            product: plan.reference.clone(),
            reason: reason.to_owned(),
        }))
    };
    if let Some(reason) = broken_reason(plan.said.kind(), plan.said.reason()) {
        return invalid(reason);
    }
    if let Some(replacement) = plan.said.replaced_by()
        && broken_replacement(replacement).is_some()
    {
        return Err(no_replacement(
            plan,
            replacement,
            "it is not a product such as `sales/orders` or `sales/orders@2`",
        ));
    }
    Ok(())
}

fn no_replacement(plan: &WithdrawalPlan, replacement: &str, reason: &str) -> Error {
    Error::Refusal(Refusal::NoReplacement {
        replacement: replacement.to_owned(),
        product: plan.reference.clone(),
        reason: reason.to_owned(),
    })
}

impl Contribution for Events<'_> {
    type Placed = Vec<PlacedEvent>;
    type Outcomes = Vec<Withdrawn>;

    fn place(&mut self, snapshot: &Snapshot) -> Result<Self::Placed> {
        let statuses = snapshot.statuses()?;
        let entries = snapshot.matching(&self.plan.reference)?;
        if let Some(replacement) = self.plan.said.replaced_by() {
            check_replacement(self.plan, replacement, &entries, snapshot)?;
        }
        let place = |entry: Entry| {
            let status = statuses.of(&entry)?;
            let holds = holds(&self.plan.said, &status);
            Ok(PlacedEvent {
                entry,
                status,
                holds,
            })
        };
        entries.into_iter().map(place).collect()
    }

    fn is_there(placed: &Self::Placed) -> bool {
        placed.iter().all(|placed| placed.holds)
    }

    fn outcomes(placed: &Self::Placed, if_missing: Outcome) -> Self::Outcomes {
        let outcome = |placed: &PlacedEvent| Withdrawn {
            domain: placed.entry.domain.clone(),
            product: placed.entry.product.clone(),
            version: placed.entry.version.clone(),
            outcome: if placed.holds {
                Outcome::AlreadyPublished
            } else {
                if_missing
            },
        };
        placed.iter().map(outcome).collect()
    }

    fn areas<'c>(&'c self, placed: &'c Self::Placed) -> Vec<Area<'c>> {
        let missing = placed.iter().filter(|placed| !placed.holds);
        let domains: BTreeSet<&str> = missing.map(|placed| placed.entry.domain.as_str()).collect();
        domains.into_iter().map(Area::Domain).collect()
    }

    fn write(
        &mut self,
        snapshot: &Snapshot,
        placed: &Self::Placed,
        who: &Publisher,
    ) -> Result<Oid> {
        let said = &self.plan.said;
        let missing: Vec<_> = placed.iter().filter(|placed| !placed.holds).collect();
        let signatory = Signatory::new(snapshot, self.signing)?;
        let mut events = Vec::with_capacity(missing.len());
        self.signed_with = None;
        for PlacedEvent { entry, status, .. } in &missing {
            if status.events.len() >= layout::MAX_EVENTS {
                return Err(Error::TooLarge {
                    what: format!(
                        "the list of events about `{}` {}",
                        entry.reference(),
                        entry.version
                    ),
                    size: status.events.len() as u64 + 1,
                    limit: layout::MAX_EVENTS as u64,
                });
            }
            let subject = Subject {
                domain: &entry.domain,
                product: &entry.product,
                version: &entry.version,
                record: &entry.record_digest,
                registry: snapshot.id.as_deref(),
            };
            let event = Event::new(said, subject, status.newest(), who, &self.plan.tool);
            let bytes = event.to_bytes()?;
            let directory = layout::status_dir(&entry.domain, &entry.product, &entry.version);
            let path = format!(
                "{directory}/{}{}",
                digest::hex(&bytes),
                layout::EVENT_SUFFIX
            );
            // What nobody could read would stop everybody.
            Event::from_bytes(&path, &bytes)?;
            let signed = signatory.sign(&entry.domain, &who.email, EVENT_NAMESPACE, &bytes)?;
            if let Some(signed) = signed {
                self.signed_with = Some(signed.fingerprint);
                let path = format!("{path}{}", layout::SIGNATURE_SUFFIX);
                events.push((path, signed.signature.into_bytes()));
            }
            events.push((path, bytes));
        }
        let files: Vec<(String, &[u8])> = events
            .iter()
            .map(|(path, bytes)| (path.clone(), bytes.as_slice()))
            .collect();
        let message = with_tool(message(said, &missing), &self.plan.tool);
        tree::commit(&snapshot.repo, Some(snapshot.tip), &files, who, &message)
    }

    fn name(&self, placed: &Self::Placed) -> Name {
        let said = &self.plan.said;
        let subject = |placed: &PlacedEvent| {
            let Entry {
                domain, product, ..
            } = &placed.entry;
            let version = &placed.entry.version;
            format!("{domain}/{product}/{version}/{}", said.kind().word())
        };
        let subjects: Vec<String> = placed.iter().map(subject).collect();
        Name {
            kind: "publish",
            content: [
                said.kind().word(),
                said.reason().unwrap_or_default(),
                &said
                    .end_of_support()
                    .map(|day| day.to_string())
                    .unwrap_or_default(),
                said.replaced_by().unwrap_or_default(),
                &subjects.join("\n"),
            ]
            .join("\0"),
            subjects,
        }
    }

    fn is_same(snapshot: &Snapshot, ours: &Files, theirs: &Files) -> bool {
        let by = theirs
            .iter()
            .filter(|(path, _)| !path.ends_with(layout::SIGNATURE_SUFFIX))
            .map(|(path, bytes)| Event::from_bytes(path, bytes));
        let mut may = by.map(|event| {
            event.is_ok_and(|event| {
                let area = Area::Domain(&event.domain);
                snapshot.may_change(area, &event.by.email).is_ok()
            })
        });
        let (ours, theirs) = (essence(ours), essence(theirs));
        ours.is_some() && ours == theirs && may.all(|may| may)
    }
}

/// What events say, without who said it when and with what, by the version that they are about; and how many are signed.
/// Nothing if there is something else among them.
fn essence(files: &Files) -> Option<(Vec<(String, Event)>, usize)> {
    let is_signature = |path: &str| path.ends_with(layout::SIGNATURE_SUFFIX);
    let events = files.iter().filter(|(path, _)| !is_signature(path));
    let essence = |(path, bytes): (&String, &Vec<u8>)| {
        let mut event = Event::from_bytes(path, bytes).ok()?;
        event.by = Publisher {
            name: String::new(),
            email: String::new(),
        };
        event.tool.clear();
        event.at = None;
        // The name of the file is made from these.
        let (directory, _) = path.rsplit_once('/')?;
        Some((directory.to_owned(), event))
    };
    let mut said = events.map(essence).collect::<Option<Vec<_>>>()?;
    said.sort_by(|(a, _), (b, _)| a.cmp(b));
    let signed = files.keys().filter(|path| is_signature(path)).count();
    Some((said, signed))
}

/// Whether what is to be said holds already. A deprecation to another day, or with another replacement, does not.
fn holds(said: &Withdrawal, status: &Status) -> bool {
    match said {
        Withdrawal::Yank { .. } => status.yanked.is_some(),
        Withdrawal::Unyank { .. } => status.yanked.is_none(),
        Withdrawal::Undeprecate { .. } => status.deprecated.is_none(),
        Withdrawal::Deprecate {
            end_of_support,
            replaced_by,
            ..
        } => status.deprecated.as_ref().is_some_and(|event| {
            event.end_of_support == Some(*end_of_support) && event.replaced_by == *replaced_by
        }),
    }
}

/// Checks that there is something to use instead: a published version that is neither yanked nor among those that are
/// being deprecated.
fn check_replacement(
    plan: &WithdrawalPlan,
    replacement: &str,
    replaced: &[Entry],
    snapshot: &Snapshot,
) -> Result<()> {
    let refused = |reason: &str| Err(no_replacement(plan, replacement, reason));
    let candidates = match snapshot.matching(replacement) {
        Ok(candidates) => candidates,
        Err(Error::UnknownProduct { .. }) => return refused("there is no such product"),
        Err(Error::UnknownVersion { .. }) => return refused("there is no such version"),
        Err(error) => return Err(error),
    };
    let is_replaced = |entry: &Entry| replaced.iter().any(|other| other.path() == entry.path());
    let others: Vec<&Entry> = candidates
        .iter()
        .filter(|entry| !is_replaced(entry))
        .collect();
    if others.is_empty() {
        return refused("it is what is being deprecated");
    }
    let statuses = snapshot.statuses()?;
    for other in others {
        if statuses.of(other)?.yanked.is_none() {
            return Ok(());
        }
    }
    refused("it is yanked")
}

/// For people who read the log; the events are the data.
fn message(said: &Withdrawal, placed: &[&PlacedEvent]) -> String {
    let verb = match said.kind() {
        EventKind::Yank => "Yank",
        EventKind::Unyank => "Unyank",
        EventKind::Deprecate => "Deprecate",
        EventKind::Undeprecate => "Undeprecate",
    };
    let mut message = match placed {
        [one] => format!("{verb} {} {}\n", one.entry.reference(), one.entry.version),
        many => {
            let list: String = many
                .iter()
                .map(|placed| format!("- {} {}\n", placed.entry.reference(), placed.entry.version))
                .collect();
            let product = many.first().map(|placed| placed.entry.reference());
            let product = product.unwrap_or_default();
            format!("{verb} {} versions of {product}\n\n{list}", many.len())
        }
    };
    if let Some(reason) = said.reason() {
        message.push('\n');
        message.push_str(&one_line(reason));
        message.push('\n');
    }
    message
}
