//! Whose a contract is, and which content its versions have.
//!
//! A contract id belongs to the product that first published it as the contract of an output port, and a version of it
//! keeps the content with which that product first published it. A publish refuses everything else, so within a registry
//! that only mesh wrote to, there is nothing to choose from. In any other, the branch's history says what was first.

use crate::{
    Result,
    error::object,
    index::Entry,
    layout,
    record::ContractFile,
    snapshot::{Snapshot, bare_version},
    tree,
};
use git2::{Commit, Oid, Repository};
use std::collections::BTreeMap;

/// A version of a contract, as its owner published it first.
#[derive(Debug, Clone)]
pub(crate) struct FirstUse {
    /// The digest of the contract's file.
    pub(crate) sha256: String,
    /// The product version that it was published with.
    pub(crate) entry: Entry,
    /// Where it is in that version.
    pub(crate) file: ContractFile,
}

impl Snapshot {
    /// The product that a contract id belongs to, as `domain/product`.
    pub(crate) fn owner(&self, contract: &str) -> Result<Option<String>> {
        if let Some(owner) = self.owners.borrow().get(contract) {
            return Ok(owner.clone());
        }
        let owner = self.first_product(self.providing(contract)?)?;
        self.owners
            .borrow_mut()
            .insert(contract.to_owned(), owner.clone());
        Ok(owner)
    }

    /// The product that the branch had first, of those that some versions are of.
    pub(crate) fn first_product(&self, entries: Vec<Entry>) -> Result<Option<String>> {
        let mut products: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in entries {
            products.entry(entry.reference()).or_default().push(entry);
        }
        let candidates: Vec<_> = products.values().filter_map(|p| Candidate::of(p)).collect();
        let first = first(&self.repo, self.tip, &candidates)?;
        Ok(products.into_keys().nth(first))
    }

    /// What the owner of a contract published of it, by the bare version of the contract.
    pub(crate) fn first_uses(
        &self,
        owner: &str,
        contract: &str,
    ) -> Result<BTreeMap<String, FirstUse>> {
        // By version of the contract and by content; several only where something else than mesh wrote.
        let mut uses: BTreeMap<String, BTreeMap<String, Vec<(Entry, ContractFile)>>> =
            BTreeMap::new();
        for entry in self.entries_of(owner)? {
            for (file, sha256) in entry.contracts.iter().zip(&entry.digests) {
                if file.id == contract {
                    uses.entry(bare_version(&file.version).to_owned())
                        .or_default()
                        .entry(sha256.clone())
                        .or_default()
                        .push((entry.clone(), file.clone()));
                }
            }
        }
        let mut firsts = BTreeMap::new();
        for (version, contents) in uses {
            let entries: Vec<Vec<Entry>> = contents
                .values()
                .map(|uses| uses.iter().map(|(entry, _)| entry.clone()).collect())
                .collect();
            let candidates: Vec<_> = entries.iter().filter_map(|e| Candidate::of(e)).collect();
            let first = first(&self.repo, self.tip, &candidates)?;
            if let Some((sha256, uses)) = contents.into_iter().nth(first)
                && let Some((entry, file)) = uses.into_iter().next()
            {
                let first = FirstUse {
                    sha256,
                    entry,
                    file,
                };
                firsts.insert(version, first);
            }
        }
        Ok(firsts)
    }
}

/// Some versions of one product, any of which makes a claim.
struct Candidate<'e> {
    domain: &'e str,
    product: String,
    versions: Vec<String>,
}

impl<'e> Candidate<'e> {
    fn of(entries: &'e [Entry]) -> Option<Self> {
        let Entry {
            domain, product, ..
        } = entries.first()?;
        Some(Self {
            domain,
            product: format!("{}/{domain}/{product}", layout::PRODUCTS),
            versions: entries.iter().map(|e| e.version.to_string()).collect(),
        })
    }

    fn is_in(&self, repo: &Repository, commit: &Commit<'_>) -> Result<bool> {
        let root = commit.tree().map_err(object(HISTORY))?;
        let product = tree::subtree(repo, &root, &self.product)?;
        Ok(product.is_some_and(|product| {
            self.versions
                .iter()
                .any(|version| product.get_name(version).is_some())
        }))
    }
}

const HISTORY: &str = "read the registry's history";

/// The position of the candidate that the branch had first; of those that came in one commit, the first given.
fn first(repo: &Repository, tip: Oid, candidates: &[Candidate<'_>]) -> Result<usize> {
    if candidates.len() < 2 {
        return Ok(0);
    }
    let failed = |error| object(HISTORY)(error);
    let mut oldest = vec![0_usize; candidates.len()];
    // A domain that did not change between two commits needs no second look.
    let mut seen: Vec<Option<(Option<Oid>, bool)>> = vec![None; candidates.len()];
    let mut commit = repo.find_commit(tip).map_err(failed)?;
    for age in 1.. {
        let root = commit.tree().map_err(failed)?;
        let products = tree::subtree(repo, &root, layout::PRODUCTS)?;
        for (at, candidate) in candidates.iter().enumerate() {
            let domain = products
                .as_ref()
                .and_then(|products| Some(products.get_name(candidate.domain)?.id()));
            let is_there = match seen[at] {
                Some((same, is_there)) if same == domain => is_there,
                _ => candidate.is_in(repo, &commit)?,
            };
            seen[at] = Some((domain, is_there));
            if is_there {
                oldest[at] = age;
            }
        }
        // The first parent is what the branch was before, also where somebody merged.
        if commit.parent_count() == 0 {
            break;
        }
        commit = commit.parent(0).map_err(failed)?;
    }
    let first = (0..candidates.len()).rev().max_by_key(|at| oldest[*at]);
    Ok(first.unwrap_or(0))
}
