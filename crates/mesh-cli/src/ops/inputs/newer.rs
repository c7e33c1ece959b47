//! How inputs stand to what the registry offers by now.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::ptr;

use mesh_compat::{Context, Counts, Impact, Profile, compare, read_version, same_line};
use mesh_registry::{ContractUse, Entry, Event, PublishedProduct, Snapshot, Statuses};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::workspace::{Role, Workspace, bare_version, same_version};
use semver::Version;

use super::paired::Pins;
use super::settle::rank;
use super::{Input, pins};
use crate::failure::Failure;
use crate::ops::lock::{Lock, LockedInput};
use crate::ops::text::{shell_path, shell_word};

/// An input of the registry, and how it stands.
#[derive(Debug)]
pub(crate) struct Standing<'w> {
    /// The input.
    pub(crate) input: Input<'w>,
    /// What it is pinned to, if it is.
    pub(crate) pin: Option<LockedInput>,
    /// What it draws from: what it is pinned to, else the newest that offers what it asks for; nothing if nobody does.
    pub(crate) current: Option<ContractUse>,
    /// The newest version of the contract that breaks nobody by its number, if there is a newer one.
    pub(crate) compatible: Option<Newer>,
    /// The newest version of the contract of all, if it is another one.
    pub(crate) newest: Option<Newer>,
    /// What is said of the version that it draws from, if that is deprecated.
    pub(crate) deprecated: Option<Event>,
    /// The same if it is yanked.
    pub(crate) yanked: Option<Event>,
    /// A newer version of the product that offers the very same, where the one that it draws from is withdrawn.
    pub(crate) instead: Option<ContractUse>,
    /// How often its product draws from the contract.
    draws: usize,
}

/// A newer version of a contract.
#[derive(Debug)]
pub(crate) struct Newer {
    /// The newest version of the product that offers it.
    pub(crate) offer: ContractUse,
    /// What it does to readers of the version that is drawn from; nothing where the two cannot be compared.
    pub(crate) change: Option<(Impact, Counts)>,
    /// What is said of the version of the product, if that is deprecated.
    pub(crate) deprecated: Option<Event>,
}

impl Newer {
    /// The version of the contract.
    pub(crate) fn version(&self) -> &str {
        version_of(&self.offer)
    }

    /// Whether a reader of the version that is drawn from breaks, or may.
    pub(crate) fn breaks(&self) -> bool {
        self.change
            .is_some_and(|(impact, _)| impact == Impact::Major)
    }
}

impl Standing<'_> {
    /// The version of the contract that it draws from.
    pub(crate) fn version(&self) -> Option<&str> {
        self.current.as_ref().map(version_of)
    }

    /// Whether there is something that its product should do, or could.
    pub(crate) fn is_current(&self) -> bool {
        self.current.is_some()
            && self.compatible.is_none()
            && self.newest.is_none()
            && self.deprecated.is_none()
            && self.yanked.is_none()
    }

    /// The command that moves it to `offer`.
    pub(crate) fn command(&self, offer: &ContractUse, read: &Workspace) -> String {
        let entry = &offer.entry;
        let reference = format!("{}@{}", entry.reference(), entry.version);
        let mut command = format!("mesh add {}", shell_word(&reference));
        let ports = entry.summary.output_ports.iter();
        let offered = ports.filter(|port| port.contract_id.is_some());
        if offered.clone().count() > 1 {
            let mut same = offered.filter(|port| port.name == offer.port.name);
            let name = if same.nth(1).is_some() {
                format!("{}@{}", offer.port.name, bare_version(version_of(offer)))
            } else {
                offer.port.name.clone()
            };
            command.push_str(&format!(" --port {}", shell_word(&name)));
        }
        if self.draws > 1 {
            command.push_str(&format!(" --name {}", shell_word(self.input.name())));
        }
        if let Some(place) = place(&self.input, read) {
            command.push_str(&format!(" --to {place}"));
        }
        command
    }
}

/// The manifest of an input as `--to` names it: by its folder, if that holds no other; nothing if it is the only one here.
fn place(input: &Input<'_>, read: &Workspace) -> Option<String> {
    let folder = input.consumer.document.folder();
    let is_below = |other: &str| {
        let below = other.strip_prefix(folder);
        folder.is_empty() || below.is_some_and(|rest| rest.starts_with('/'))
    };
    let targets = read
        .products()
        .filter(|product| product.role == Role::Target);
    let below = targets.filter(|other| is_below(other.document.name()));
    let name = match (below.count(), folder) {
        (1, "") => return None,
        (1, folder) => folder,
        _ => input.consumer.document.name(),
    };
    Some(shell_path(Path::new(name)))
}

/// Judges inputs by what a registry offers.
pub(crate) struct Newness<'a> {
    snapshot: &'a Snapshot,
    statuses: Statuses<'a>,
    context: Context<'a>,
    profile: Profile,
    read: BTreeMap<String, PublishedProduct>,
}

impl<'a> Newness<'a> {
    /// By what `snapshot` offers, with changes judged for readers of `profile`.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        context: Context<'a>,
        profile: Profile,
    ) -> Result<Self, Failure> {
        Ok(Self {
            statuses: snapshot.statuses()?,
            snapshot,
            context,
            profile,
            read: BTreeMap::new(),
        })
    }

    /// How the inputs of the registry among `inputs` stand.
    pub(crate) fn of<'w>(
        &mut self,
        inputs: &[Input<'w>],
        lock: &Lock,
    ) -> Result<Vec<Standing<'w>>, Failure> {
        let of_registry = inputs.iter().filter(|input| input.is_of_registry());
        let pins = Pins::new(&lock.inputs);
        let key = |input: &Input<'w>| (ptr::from_ref(input.consumer.document), input.contract);
        let mut draws: HashMap<_, usize> = HashMap::new();
        for input in inputs {
            *draws.entry(key(input)).or_default() += 1;
        }
        let mut all = Vec::new();
        for input in of_registry {
            let draws = draws.get(&key(input)).copied().unwrap_or_default();
            all.push(self.standing(*input, pins.of(input), draws)?);
        }
        Ok(all)
    }

    fn standing<'w>(
        &mut self,
        input: Input<'w>,
        pin: Option<&LockedInput>,
        draws: usize,
    ) -> Result<Standing<'w>, Failure> {
        let mut offers = pins::offers(self.snapshot, &input)?;
        offers.sort_by(|a, b| rank(&a.entry).cmp(&rank(&b.entry)));
        let asked = pin
            .map(|pin| pin.contract_version.as_str())
            .or(input.version());
        let fits =
            |offer: &&ContractUse| asked.is_none_or(|asked| same_version(version_of(offer), asked));
        let is_pinned = |offer: &&ContractUse| {
            let entry = &offer.entry;
            pin.is_some_and(|pin| entry.version == pin.version && entry.reference() == pin.from)
        };
        let mut fitting = offers.iter().filter(fits);
        let current = fitting
            .clone()
            .find(is_pinned)
            .or_else(|| fitting.next_back())
            .cloned();
        let mut standing = Standing {
            input,
            pin: pin.cloned(),
            current: current.clone(),
            compatible: None,
            newest: None,
            deprecated: None,
            yanked: None,
            instead: None,
            draws,
        };
        let Some(current) = current else {
            return Ok(standing);
        };
        let mut sound = Vec::new();
        for offer in &offers {
            if self.statuses.of(&offer.entry)?.yanked.is_none() {
                sound.push(offer);
            }
        }
        let status = self.statuses.of(&current.entry)?;
        if !status.is_current() {
            for offer in sound.iter().copied().filter(fits) {
                let is_newer = rank(&offer.entry) > rank(&current.entry);
                if is_newer && self.statuses.of(&offer.entry)?.is_current() {
                    standing.instead = Some(offer.clone());
                }
            }
        }
        standing.yanked = status.yanked;
        standing.deprecated = status.deprecated;
        // The newest product that offers each version of the contract: they come in ascending order.
        let own = read_version(version_of(&current));
        let mut versions: BTreeMap<Version, &ContractUse> = BTreeMap::new();
        for offer in sound {
            if let Some(version) = read_version(version_of(offer)) {
                versions.insert(version, offer);
            }
        }
        let Some(own) = own else {
            return Ok(standing);
        };
        let newer = versions.iter().filter(|(version, _)| **version > own);
        // A pre-release is news only to who draws from one.
        let newer = newer.filter(|(version, _)| version.pre.is_empty() || !own.pre.is_empty());
        let compatible = newer.clone().rfind(|(version, _)| same_line(version, &own));
        let newest = newer.clone().next_back();
        if let Some((_, offer)) = compatible {
            standing.compatible = Some(self.newer(&current, offer)?);
        }
        let is_other = newest.map(|(version, _)| version) != compatible.map(|(version, _)| version);
        if let Some((_, offer)) = newest.filter(|_| is_other) {
            standing.newest = Some(self.newer(&current, offer)?);
        }
        Ok(standing)
    }

    fn newer(&mut self, current: &ContractUse, offer: &ContractUse) -> Result<Newer, Failure> {
        let old = self.contract(current)?;
        let new = self.contract(offer)?;
        let change = match (old, new) {
            (Some(old), Some(new)) => {
                // What cannot be read can be compared with nothing, and is somebody else's to correct.
                compare(&old, &new, self.context).ok().map(|comparison| {
                    let impacts = comparison
                        .changes
                        .iter()
                        .map(|change| change.impact(self.profile));
                    (comparison.impact(self.profile), impacts.collect())
                })
            }
            _ => None,
        };
        Ok(Newer {
            deprecated: self.statuses.of(&offer.entry)?.deprecated,
            offer: offer.clone(),
            change,
        })
    }

    /// The contract of a published port.
    fn contract(&mut self, offer: &ContractUse) -> Result<Option<Document>, Failure> {
        let path = offer.entry.path();
        if !self.read.contains_key(&path) {
            let product = self.snapshot.read(&offer.entry)?;
            self.read.insert(path.clone(), product);
        }
        let Some(product) = self.read.get(&path) else {
            return Ok(None);
        };
        let id = offer.port.contract_id.as_deref().unwrap_or_default();
        let version = version_of(offer);
        let mut files = product.record.contracts.iter();
        let file = files.find(|file| file.id == id && same_version(&file.version, version));
        let Some(file) = file else {
            return Ok(None);
        };
        let mut contracts = product.contracts.iter();
        let found = contracts.find(|(path, _)| *path == file.path);
        Ok(found.map(|(path, bytes)| {
            let name = format!(
                "registry:{}@{}/{path}",
                offer.entry.reference(),
                offer.entry.version
            );
            Document::parse(name, bytes.clone(), Some(Kind::DataContract))
        }))
    }
}

/// The version of the contract that a port offers.
pub(crate) fn version_of(offer: &ContractUse) -> &str {
    offer.port.contract_version.as_deref().unwrap_or_default()
}

/// `domain/product version`.
pub(crate) fn called(entry: &Entry) -> String {
    format!("{} {}", entry.reference(), entry.version)
}
