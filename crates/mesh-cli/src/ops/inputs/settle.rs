//! From the input ports of a project and its lock to a lock that pins each of them.

use std::collections::HashMap;

use mesh_registry::{ContractUse, Entry, Snapshot, Statuses};
use mesh_spec::workspace::{Workspace, same_version};

use super::paired::{Pins, is_pin_of};
use super::{Input, Origin, held, pins};
use crate::failure::Failure;
use crate::ops::lock::{LockFile, LockedInput};

/// Every input port, and what is pinned for it.
#[derive(Debug, Default)]
pub(crate) struct Settled<'w> {
    /// The inputs of the registry, each with its pin.
    pub(crate) pinned: Vec<(Input<'w>, LockedInput)>,
    /// The inputs that draw from the repository itself.
    pub(crate) own: Vec<Input<'w>>,
    /// The inputs that name a product and no contract.
    pub(crate) unnamed: Vec<Input<'w>>,
    /// The inputs that nobody offers.
    pub(crate) missing: Vec<Input<'w>>,
    /// The pins that are new.
    pub(crate) added: Vec<LockedInput>,
    /// The pins that are no more: what they pinned is pinned otherwise, or has gone.
    pub(crate) dropped: Vec<LockedInput>,
    /// All pins as they are to be, in no particular order.
    pub(crate) lock: Vec<LockedInput>,
}

/// Pins what is not pinned to the newest version that offers it, and leaves out what no port needs.
///
/// `covers` says that `files` are the whole project.
pub(crate) fn settle<'w>(
    file: &LockFile,
    files: &'w Workspace,
    snapshot: &Snapshot,
    covers: bool,
) -> Result<Settled<'w>, Failure> {
    let mut settled = Settled::default();
    let known = Pins::new(&file.lock.inputs);
    // Where the pins that are new are, by product and port.
    let mut new: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    let statuses = snapshot.statuses()?;
    for input in super::of(files) {
        if let Origin::Repository(_) = input.origin {
            settled.own.push(input);
            continue;
        }
        if input.contract.is_empty() {
            settled.unnamed.push(input);
            continue;
        }
        let new = new.entry((input.product(), input.name())).or_default();
        let mut added = new.iter().map(|at| &settled.added[*at]);
        let pin = known
            .of(&input)
            .or_else(|| added.find(|pin| is_pin_of(pin, &input)));
        if let Some(pin) = pin {
            settled.pinned.push((input, pin.clone()));
            continue;
        }
        match newest(snapshot, &statuses, &input)? {
            None => settled.missing.push(input),
            Some(offer) => {
                let pin = pins::pin(input.product(), input.name(), &offer)?;
                new.push(settled.added.len());
                settled.added.push(pin.clone());
                settled.pinned.push((input, pin));
            }
        }
    }
    let left_over = held::left_over(file, files, covers);
    for (pin, is_left_over) in file.lock.inputs.iter().zip(left_over) {
        if is_left_over {
            settled.dropped.push(pin.clone());
        } else {
            settled.lock.push(pin.clone());
        }
    }
    settled.lock.extend(settled.added.iter().cloned());
    Ok(settled)
}

/// The newest version that offers what an input asks for; one that is yanked only where there is no other.
fn newest(
    snapshot: &Snapshot,
    statuses: &Statuses<'_>,
    input: &Input<'_>,
) -> Result<Option<ContractUse>, Failure> {
    let mut offers = pins::offers(snapshot, input)?;
    if let Some(wanted) = input.version() {
        offers.retain(|offer| {
            let version = offer.port.contract_version.as_deref();
            version.is_some_and(|version| same_version(version, wanted))
        });
    }
    offers.sort_by(|a, b| rank(&a.entry).cmp(&rank(&b.entry)));
    for offer in offers.iter().rev() {
        if statuses.is_empty() || statuses.of(&offer.entry)?.yanked.is_none() {
            return Ok(Some(offer.clone()));
        }
    }
    Ok(offers.pop())
}

/// Releases come after pre-releases.
pub(crate) fn rank(entry: &Entry) -> (bool, &semver::Version) {
    (entry.version.pre.is_empty(), &entry.version)
}
