//! The version of a product that somebody asks for in order to consume it.

use mesh_registry::{Entry, Event, Snapshot};
use semver::Version;

use super::adding::Refusal;
use super::settle::rank;
use crate::failure::Failure;

/// A version that may be consumed.
#[derive(Debug)]
pub(crate) struct Found {
    /// The version.
    pub(crate) entry: Entry,
    /// What is said of it, if it is deprecated.
    pub(crate) deprecated: Option<Event>,
    /// What is said of it, if it is yanked all the same.
    pub(crate) yanked: Option<Event>,
    /// Higher versions that were passed over since they are yanked, each with the reason; the highest first.
    pub(crate) passed: Vec<(Version, Option<String>)>,
}

/// Finds what `reference` means, as [`Snapshot::resolve`] does, among the versions that are not yanked.
///
/// Where all of them are, the highest that `is_consumed` already will do: who relies on it may go on.
pub(crate) fn find(
    snapshot: &Snapshot,
    reference: &str,
    is_consumed: impl Fn(&Entry) -> bool,
) -> Result<Result<Found, Refusal>, Failure> {
    let (name, wanted) = match reference.rsplit_once('@') {
        Some((name, wanted)) if !is_latest(wanted) => (name, Some(wanted)),
        Some((name, _)) => (name, None),
        None => (reference, None),
    };
    let mut versions = match wanted {
        Some(_) => snapshot.matching(reference)?,
        None => snapshot.matching(name)?,
    };
    if wanted.is_none() {
        versions.sort_by(|a, b| rank(a).cmp(&rank(b)));
    }
    let statuses = snapshot.statuses()?;
    let mut passed = Vec::new();
    let mut consumed = None;
    for entry in versions.into_iter().rev() {
        let status = statuses.of(&entry)?;
        let Some(event) = status.yanked else {
            return Ok(Ok(Found {
                entry,
                deprecated: status.deprecated,
                yanked: None,
                passed,
            }));
        };
        passed.push((entry.version.clone(), event.reason.clone()));
        if consumed.is_none() && is_consumed(&entry) {
            consumed = Some(Found {
                entry,
                deprecated: status.deprecated,
                yanked: Some(event),
                passed: Vec::new(),
            });
        }
    }
    Ok(match consumed {
        Some(found) => Ok(found),
        None => Err(refusal(snapshot, name, &passed)?),
    })
}

fn is_latest(wanted: &str) -> bool {
    matches!(wanted.trim(), "" | "latest")
}

/// Why nothing that was asked for may be consumed any more.
fn refusal(
    snapshot: &Snapshot,
    name: &str,
    yanked: &[(Version, Option<String>)],
) -> Result<Refusal, Failure> {
    let said: Vec<String> = yanked
        .iter()
        .map(|(version, reason)| match reason {
            Some(reason) => format!("{version} ({reason})"),
            None => version.to_string(),
        })
        .collect();
    let is = if yanked.len() == 1 { "is" } else { "are" };
    let statuses = snapshot.statuses()?;
    let mut others = Vec::new();
    for entry in snapshot.matching(name)?.iter().rev() {
        if statuses.of(entry)?.yanked.is_none() {
            others.push(entry.version.to_string());
        }
    }
    Ok(Refusal {
        message: format!(
            "nobody may begin to consume `{name}` {}, which {is} yanked",
            said.join(", ")
        ),
        help: Some(if others.is_empty() {
            "ask those who answer for it what to use instead: `mesh show` says who they are"
                .to_owned()
        } else {
            format!("use one of {}", others.join(", "))
        }),
        report: mesh_diagnostics::Report::default(),
    })
}
