//! Contracts keep their owner and their content: whoever relies on a contract id and version must get what its owner
//! published first, whoever publishes what afterwards.

use crate::{
    Error, Refusal, Result, layout,
    ownership::FirstUse,
    record::ContractFile,
    snapshot::{Snapshot, bare_version},
    text, tree,
};
use semver::Version;
use std::collections::{BTreeMap, HashMap};

/// A version of a product that is to be added, and the contracts that it brings.
pub(crate) struct Brought<'p> {
    /// `domain/product`.
    pub(crate) reference: String,
    /// Its version.
    pub(crate) version: &'p Version,
    /// The ids of the contracts that its output ports promise.
    pub(crate) promised: Vec<&'p str>,
    /// The contracts, each with the digest of its file and its bytes.
    pub(crate) contracts: Vec<(&'p ContractFile, &'p str, &'p [u8])>,
}

/// Checks the contracts of what is to be added, against the registry and against each other. Gives what is wrong, each
/// with the position of what is wrong.
pub(crate) fn check(brought: &[Brought<'_>], snapshot: &Snapshot) -> Result<Vec<(usize, Error)>> {
    let mut contracts = Contracts {
        snapshot,
        known: HashMap::new(),
    };
    let mut wrong = Vec::new();
    // Owners first: a copy may stand before the product that it is a copy from.
    for (at, product) in brought.iter().enumerate() {
        for contract in &product.promised {
            wrong.extend(contracts.claim(contract, product)?.map(|error| (at, error)));
        }
    }
    for (at, product) in brought.iter().enumerate() {
        for file in &product.contracts {
            wrong.extend(contracts.add(file, product)?.map(|error| (at, error)));
        }
    }
    for (at, product) in brought.iter().enumerate() {
        for file in &product.contracts {
            wrong.extend(
                contracts
                    .check_copy(file, product)?
                    .map(|error| (at, error)),
            );
        }
    }
    Ok(wrong)
}

/// What is known of contracts: from the registry, and from what stands earlier in the plan.
struct Contracts<'s, 'p> {
    snapshot: &'s Snapshot,
    known: HashMap<String, Known<'p>>,
}

#[derive(Default)]
struct Known<'p> {
    /// `domain/product`.
    owner: Option<String>,
    /// By bare version.
    versions: BTreeMap<String, Content<'p>>,
}

/// The content of a version of a contract.
struct Content<'p> {
    sha256: String,
    /// The version of the owner that it was first published with.
    published_in: String,
    bytes: Bytes<'p>,
}

enum Bytes<'p> {
    /// A path in the registry.
    Published(String),
    Planned(&'p [u8]),
}

impl<'p> Contracts<'_, 'p> {
    fn known(&mut self, contract: &str) -> Result<&mut Known<'p>> {
        if !self.known.contains_key(contract) {
            let known = self.published(contract)?;
            self.known.insert(contract.to_owned(), known);
        }
        Ok(self.known.entry(contract.to_owned()).or_default())
    }

    fn published(&self, contract: &str) -> Result<Known<'p>> {
        let Some(owner) = self.snapshot.owner(contract)? else {
            return Ok(Known::default());
        };
        Ok(Known {
            versions: self.versions(&owner, contract)?,
            owner: Some(owner),
        })
    }

    /// What a product published of a contract, by bare version.
    fn versions(&self, product: &str, contract: &str) -> Result<BTreeMap<String, Content<'p>>> {
        let uses = self.snapshot.first_uses(product, contract)?.into_iter();
        let content = |first: FirstUse| Content {
            bytes: Bytes::Published(format!("{}/{}", first.entry.path(), first.file.path)),
            published_in: first.entry.version.to_string(),
            sha256: first.sha256,
        };
        Ok(uses
            .map(|(version, first)| (version, content(first)))
            .collect())
    }

    /// An output port promises the contract.
    fn claim(&mut self, contract: &str, brought: &Brought<'_>) -> Result<Option<Error>> {
        let product = brought.reference.clone();
        match &self.known(contract)?.owner {
            Some(owner) if *owner != product => Ok(Some(Error::Refusal(Refusal::ContractOwned {
                contract: contract.to_owned(),
                owner: owner.clone(),
                product,
            }))),
            Some(_) => Ok(None),
            None => {
                let claimed = Known {
                    // What it brought along before it promised the contract is published too.
                    versions: self.versions(&product, contract)?,
                    owner: Some(product),
                };
                self.known.insert(contract.to_owned(), claimed);
                Ok(None)
            }
        }
    }

    /// Adds a version of a contract of the product's own, or checks that it is the one that is known.
    fn add(
        &mut self,
        (contract, sha256, bytes): &(&'p ContractFile, &'p str, &'p [u8]),
        brought: &Brought<'p>,
    ) -> Result<Option<Error>> {
        let snapshot = self.snapshot;
        let known = self.known(&contract.id)?;
        if known.owner.as_ref() != Some(&brought.reference) {
            return Ok(None);
        }
        let version = bare_version(&contract.version).to_owned();
        let Some(content) = known.versions.get(&version) else {
            let content = Content {
                sha256: (*sha256).to_owned(),
                published_in: brought.version.to_string(),
                bytes: Bytes::Planned(bytes),
            };
            known.versions.insert(version, content);
            return Ok(None);
        };
        if content.sha256 == *sha256 {
            return Ok(None);
        }
        Ok(Some(Error::Refusal(Refusal::ContractImmutable {
            contract: contract.id.clone(),
            version: contract.version.clone(),
            product: brought.reference.clone(),
            published_in: content.published_in.clone(),
            line_endings: content.differs_in_line_endings(snapshot, bytes),
        })))
    }

    /// A contract that another product owns can only be brought along as that product published it.
    fn check_copy(
        &mut self,
        (contract, sha256, bytes): &(&'p ContractFile, &'p str, &'p [u8]),
        brought: &Brought<'_>,
    ) -> Result<Option<Error>> {
        let snapshot = self.snapshot;
        let product = brought.reference.clone();
        let known = self.known(&contract.id)?;
        let Some(owner) = known.owner.clone().filter(|owner| *owner != product) else {
            return Ok(None);
        };
        let reason = match known.versions.get(bare_version(&contract.version)) {
            Some(content) if content.sha256 == *sha256 => return Ok(None),
            Some(content) if content.differs_in_line_endings(snapshot, bytes) => {
                "has with other line endings"
            }
            Some(_) => "has with other content",
            None => "has not published",
        };
        Ok(Some(Error::Refusal(Refusal::ContractCopy {
            contract: contract.id.clone(),
            version: contract.version.clone(),
            product,
            owner,
            reason,
        })))
    }
}

impl Content<'_> {
    /// Only for the message, so whatever cannot be read simply differs.
    fn differs_in_line_endings(&self, snapshot: &Snapshot, other: &[u8]) -> bool {
        match &self.bytes {
            Bytes::Planned(bytes) => text::differs_in_line_endings(bytes, other),
            Bytes::Published(path) => {
                let Some((directory, name)) = path.rsplit_once('/') else {
                    return false;
                };
                let read = || {
                    let root = snapshot.root()?;
                    let Some(directory) = tree::subtree(&snapshot.repo, &root, directory)? else {
                        return Ok(None);
                    };
                    tree::file(&snapshot.repo, &directory, name, path, layout::MAX_FILE)
                };
                let bytes: Result<Option<Vec<u8>>> = read();
                bytes
                    .ok()
                    .flatten()
                    .is_some_and(|bytes| text::differs_in_line_endings(&bytes, other))
            }
        }
    }
}
