//! What was published by the commits that were judged already.
//!
//! A commit is judged by what was there before it. The index knows what was there at the base; making it again for every
//! commit of a long history would cost more than judging them. So what each commit adds is kept beside it, in memory, and
//! found by what judging asks for.

use crate::{Result, index::Entry, snapshot::Snapshot};
use git2::Oid;
use semver::Version;
use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

/// Versions that were published after the commit that an index is of, in the order in which they were.
#[derive(Debug, Default)]
pub(crate) struct Added {
    /// By `domain/product`.
    products: HashMap<String, BTreeMap<Version, Held>>,
    /// `domain/product` by the id of the product.
    ids: HashMap<String, String>,
    /// By the contract that an output port promises, in the order in which they were published.
    providing: HashMap<String, Vec<Rc<Entry>>>,
    count: usize,
}

/// A version, and its directory.
#[derive(Debug)]
struct Held {
    entry: Rc<Entry>,
    tree: Oid,
}

impl Added {
    /// Adds the versions of one commit.
    pub(crate) fn add(&mut self, entries: impl IntoIterator<Item = (Entry, Oid)>) {
        for (entry, tree) in entries {
            let entry = Rc::new(entry);
            let reference = entry.reference();
            self.ids
                .entry(entry.id.clone())
                .or_insert_with(|| reference.clone());
            let ports = entry.summary.output_ports.iter();
            for contract in ports.filter_map(|port| port.contract_id.as_deref()) {
                let providing = self.providing.entry(contract.to_owned()).or_default();
                // Several ports of a product may share a contract.
                if !providing
                    .last()
                    .is_some_and(|last| Rc::ptr_eq(last, &entry))
                {
                    providing.push(Rc::clone(&entry));
                }
            }
            let version = entry.version.clone();
            let held = Held { entry, tree };
            if self
                .products
                .entry(reference)
                .or_default()
                .insert(version, held)
                .is_none()
            {
                self.count += 1;
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The versions of a product in ascending order.
    pub(crate) fn product(&self, reference: &str) -> impl Iterator<Item = &Entry> {
        let versions = self.products.get(reference).into_iter();
        versions.flat_map(|versions| versions.values().map(|held| &*held.entry))
    }

    /// `domain/product` of the product with an id.
    pub(crate) fn with_id(&self, id: &str) -> Option<&str> {
        self.ids.get(id).map(String::as_str)
    }

    /// The versions with an output port that has this contract, in the order in which they were published.
    pub(crate) fn providing(&self, contract: &str) -> impl Iterator<Item = &Entry> {
        let providing = self.providing.get(contract).into_iter().flatten();
        providing.map(|entry| &**entry)
    }

    /// The directory of a version.
    pub(crate) fn tree(&self, entry: &Entry) -> Option<Oid> {
        // Most snapshots are of one commit, and have nothing beside the index.
        if self.count == 0 {
            return None;
        }
        self.directory(&entry.reference(), &entry.version)
    }

    /// As [`Added::tree`], for a version of `domain/product`.
    pub(crate) fn directory(&self, reference: &str, version: &Version) -> Option<Oid> {
        Some(self.products.get(reference)?.get(version)?.tree)
    }

    /// What was published in the place of `entry`.
    pub(crate) fn get(&self, entry: &Entry) -> Option<&Entry> {
        let held = self.products.get(&entry.reference())?.get(&entry.version)?;
        Some(&held.entry)
    }

    /// All versions, by product in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Entry> {
        let products = self.products.values();
        products.flat_map(|versions| versions.values().map(|held| &*held.entry))
    }
}

impl Snapshot {
    /// Goes on to a commit that was judged, and that published `entries`, each with its directory.
    pub(crate) fn go_on(&mut self, commit: Oid, entries: Vec<(Entry, Oid)>) {
        let mut owners = self.owners.borrow_mut();
        for (entry, _) in &entries {
            let ports = entry.summary.output_ports.iter();
            for contract in ports.filter_map(|port| port.contract_id.as_deref()) {
                owners.remove(contract);
            }
        }
        drop(owners);
        self.added.add(entries);
        self.tip = commit;
    }

    /// The versions of a product in ascending order.
    pub(crate) fn entries_of(&self, reference: &str) -> Result<Vec<Entry>> {
        let mut entries = self.index.product(reference)?;
        let indexed = entries.len();
        entries.extend(self.added.product(reference).cloned());
        if indexed > 0 && entries.len() > indexed {
            entries.sort_by(|a, b| a.version.cmp(&b.version));
        }
        Ok(entries)
    }

    /// The versions with an output port that has this contract.
    pub(crate) fn providing(&self, contract: &str) -> Result<Vec<Entry>> {
        let mut entries = self.index.providing(contract)?;
        entries.extend(self.added.providing(contract).cloned());
        Ok(entries)
    }

    /// `domain/product` of the product with an id, if anything was published under it: where it was published first, if
    /// something else than mesh has written it elsewhere too.
    pub(crate) fn place_of(&self, id: &str) -> Result<Option<String>> {
        let indexed = self.first_product(self.index.with_id(id)?)?;
        let added = || self.added.with_id(id).map(str::to_owned);
        Ok(indexed.or_else(added))
    }
}
