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
    /// Higher versions that were passed over since they are yanked, each with the reason; the highest first.
    pub(crate) yanked: Vec<(Version, Option<String>)>,
}

/// Finds what `reference` means, as [`Snapshot::resolve`] does, among the versions that are not yanked.
pub(crate) fn find(
    snapshot: &Snapshot,
    reference: &str,
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
    let mut yanked = Vec::new();
    for entry in versions.into_iter().rev() {
        if statuses.is_empty() {
            return Ok(Ok(Found {
                entry,
                deprecated: None,
                yanked,
            }));
        }
        let status = statuses.of(&entry)?;
        match status.yanked {
            Some(event) => yanked.push((entry.version, event.reason)),
            None => {
                return Ok(Ok(Found {
                    entry,
                    deprecated: status.deprecated,
                    yanked,
                }));
            }
        }
    }
    Ok(Err(refusal(snapshot, name, &yanked)?))
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
