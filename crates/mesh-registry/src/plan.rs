//! What is to be published: plain data, checked as a whole before anything is written.

use crate::{
    Error, Refusal, Result, digest, layout,
    location::without_credentials,
    names,
    record::{ContractFile, FileDigest, content_digest},
};
use mesh_diagnostics::CleanReport;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    /// The name, as in a git commit.
    pub name: String,
    /// The e-mail address, as in a git commit.
    pub email: String,
}

/// Where a manifest came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceRef {
    /// The source repository's URL. Credentials in it are not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The commit in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The manifest's path in it.
    pub path: String,
}

/// What search and listings show of a product. Derived from the manifest, so it can be computed again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Summary {
    /// The readable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The status, such as `active`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The archetype, such as `source-aligned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archetype: Option<String>,
    /// What the product is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The owner or owning team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What the product offers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_ports: Vec<OutputPort>,
    /// What the product uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_ports: Vec<InputPort>,
}

/// A port that a product offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputPort {
    /// The port's name.
    pub name: String,
    /// The port's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The id of the contract that describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_id: Option<String>,
    /// The version of that contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_version: Option<String>,
    /// The kind of port, such as `tables`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A port that a product uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InputPort {
    /// The port's name.
    pub name: String,
    /// The id of the contract it relies on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_id: Option<String>,
    /// The version of that contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_version: Option<String>,
}

/// A contract that belongs to a planned product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedContract {
    /// The contract's id.
    pub id: String,
    /// The contract's version, as written.
    pub version: String,
    /// The exact bytes of the contract file.
    pub bytes: Vec<u8>,
}

/// A product to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedProduct {
    /// The product's id in its manifest.
    pub id: String,
    /// The readable name in its manifest, used for the path if the id cannot be.
    pub name: Option<String>,
    /// The product's domain.
    pub domain: String,
    /// The product's version.
    pub version: Version,
    /// The exact bytes of the manifest.
    pub manifest: Vec<u8>,
    /// The contracts that the manifest resolves to.
    pub contracts: Vec<PlannedContract>,
    /// Where the manifest came from.
    pub source: Option<SourceRef>,
    /// What search shows.
    pub summary: Summary,
}

/// Products to publish together: all of them or none. Several versions of one product may be among them.
#[derive(Debug, Clone)]
pub struct PublishPlan {
    pub(crate) products: Vec<Prepared>,
    pub(crate) publisher: Publisher,
    pub(crate) tool: String,
}

/// A planned product with its paths and digests.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) id: String,
    pub(crate) domain: String,
    /// The name for a first publish; a product that is known keeps the one it has.
    pub(crate) product: String,
    pub(crate) version: Version,
    /// Sorted by path, relative to the version's directory; without the record.
    pub(crate) files: Vec<PreparedFile>,
    pub(crate) contracts: Vec<ContractFile>,
    pub(crate) source: Option<SourceRef>,
    pub(crate) summary: Summary,
}

#[derive(Debug, Clone)]
pub(crate) struct PreparedFile {
    pub(crate) digest: FileDigest,
    pub(crate) bytes: Vec<u8>,
}

impl PublishPlan {
    /// Checks names, versions and sizes, and computes paths and digests.
    ///
    /// `_clean` is the proof that the products were linted without errors: nothing else leads to a plan, and only a
    /// plan leads into a registry. `tool` is the program that publishes, with its version (`mesh 0.1.0`).
    ///
    /// # Errors
    /// If a product has a name, version or size that a registry cannot hold, or if a version of a product is in the
    /// plan more than once.
    pub fn new(
        _clean: &CleanReport,
        products: Vec<PlannedProduct>,
        publisher: Publisher,
        tool: impl Into<String>,
    ) -> Result<Self> {
        let mut prepared = products
            .into_iter()
            .map(Prepared::new)
            .collect::<Result<Vec<_>>>()?;
        one_place_per_id(&mut prepared)?;
        // One order for every run, so that the same plan makes the same commit. Versions ascend, because the record of
        // each names the one before.
        prepared.sort_by(|a, b| {
            (&a.domain, &a.product, &a.version).cmp(&(&b.domain, &b.product, &b.version))
        });
        one_id_per_place(&prepared)?;
        Ok(Self {
            products: prepared,
            publisher,
            tool: tool.into(),
        })
    }

    /// Whether there is nothing to publish.
    pub fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    /// The number of versions of products.
    pub fn len(&self) -> usize {
        self.products.len()
    }
}

/// The versions of a product go where the lowest of them goes, as if they were published one after the other.
fn one_place_per_id(prepared: &mut [Prepared]) -> Result<()> {
    prepared.sort_by(|a, b| (&a.id, &a.version).cmp(&(&b.id, &b.version)));
    for versions in prepared.chunk_by_mut(|a, b| a.id == b.id) {
        let Some((first, others)) = versions.split_first_mut() else {
            continue;
        };
        let mut before = first.version.clone();
        for other in others {
            let invalid = |reason| Error::InvalidPlan {
                product: first.reference(),
                reason,
            };
            let id = &other.id;
            if other.version == before {
                let reason = format!("version {before} of id `{id}` is in the plan more than once");
                return Err(invalid(reason));
            }
            if other.domain != first.domain {
                let reason = format!("id `{id}` is in domain `{}` as well", other.domain);
                return Err(invalid(reason));
            }
            other.product.clone_from(&first.product);
            before = other.version.clone();
        }
    }
    Ok(())
}

/// Checks that no two products go to one place, nor two versions to places that differ in case only.
fn one_id_per_place(prepared: &[Prepared]) -> Result<()> {
    let mut ids: BTreeMap<String, &str> = BTreeMap::new();
    let mut folded: BTreeMap<String, String> = BTreeMap::new();
    for product in prepared {
        let reference = product.reference();
        if let Some(other) = ids.insert(reference.clone(), &product.id)
            && other != product.id
        {
            let id = &product.id;
            return Err(Error::InvalidPlan {
                reason: format!("ids `{other}` and `{id}` would both be published there"),
                product: reference,
            });
        }
        let path = layout::version_dir(&product.domain, &product.product, &product.version);
        if let Some(sibling) = folded.insert(path.to_lowercase(), path.clone()) {
            return Err(Error::Refusal(Refusal::CaseConflict {
                name: path,
                sibling,
            }));
        }
    }
    Ok(())
}

impl Prepared {
    /// The digest over all files.
    pub(crate) fn content(&self) -> String {
        content_digest(self.files.iter().map(|file| &file.digest))
    }

    fn reference(&self) -> String {
        format!("{}/{}", self.domain, self.product)
    }

    fn new(planned: PlannedProduct) -> Result<Self> {
        let domain = names::domain_name(&planned.domain)?;
        let product = names::product_name(&planned.id, planned.name.as_deref())?;
        let reference = format!("{domain}/{product}");
        if planned.id.trim().is_empty() {
            return Err(Error::InvalidPlan {
                product: reference,
                reason: "it has no id".to_owned(),
            });
        }
        names::check_version(&reference, &planned.version)?;

        let (contracts, contract_files) = place_contracts(&reference, planned.contracts)?;
        let mut files = vec![PreparedFile::new(
            layout::MANIFEST.to_owned(),
            planned.manifest,
        )];
        files.extend(contract_files);
        files.sort_by(|a, b| a.digest.path.cmp(&b.digest.path));
        if files.len() > layout::MAX_FILES {
            return Err(Error::TooLarge {
                what: format!("the number of files of `{reference}`"),
                size: files.len() as u64,
                limit: layout::MAX_FILES as u64,
            });
        }
        if let Some(file) = files
            .iter()
            .find(|file| file.digest.bytes > layout::MAX_FILE)
        {
            return Err(Error::TooLarge {
                what: format!("`{}` of `{reference}`", file.digest.path),
                size: file.digest.bytes,
                limit: layout::MAX_FILE,
            });
        }
        Ok(Self {
            id: planned.id,
            domain,
            product,
            version: planned.version,
            files,
            contracts,
            source: planned.source.map(|source| SourceRef {
                repository: source.repository.as_deref().map(without_credentials),
                ..source
            }),
            summary: planned.summary,
        })
    }
}

impl PreparedFile {
    fn new(path: String, bytes: Vec<u8>) -> Self {
        let digest = FileDigest {
            path,
            sha256: digest::of(&bytes),
            bytes: bytes.len() as u64,
        };
        Self { digest, bytes }
    }
}

/// Gives every contract a file name that depends on the set of contracts only, not on their order.
fn place_contracts(
    product: &str,
    contracts: Vec<PlannedContract>,
) -> Result<(Vec<ContractFile>, Vec<PreparedFile>)> {
    // The same contract may be used by several ports.
    let mut unique: BTreeMap<(String, String), Vec<u8>> = BTreeMap::new();
    for PlannedContract { id, version, bytes } in contracts {
        if let Some(other) = unique.get(&(id.clone(), version.clone())) {
            if *other != bytes {
                let reason = format!("it has two different files for contract `{id}` {version}");
                return Err(Error::InvalidPlan {
                    product: product.to_owned(),
                    reason,
                });
            }
            continue;
        }
        unique.insert((id, version), bytes);
    }
    let short = |id: &str, _: &str| names::contract_stem(id);
    let with_version =
        |id: &str, version: &str| format!("{}-{}", names::contract_stem(id), safe_version(version));
    let with_hash = |id: &str, version: &str| {
        let identity = digest::hex(format!("{id}\0{version}").as_bytes());
        format!("{}-{}", with_version(id, version), &identity[..8])
    };
    let short_names = count(unique.keys().map(|(id, version)| short(id, version)));
    let versioned_names = count(unique.keys().map(|(id, version)| with_version(id, version)));

    let mut placed = Vec::with_capacity(unique.len());
    let mut files = Vec::with_capacity(unique.len());
    for ((id, version), bytes) in unique {
        let plain = short(&id, &version);
        let versioned = with_version(&id, &version);
        let stem = if short_names[&plain] == 1 && !versioned_names.contains_key(&plain) {
            plain
        } else if versioned_names[&versioned] == 1 && !short_names.contains_key(&versioned) {
            versioned
        } else {
            with_hash(&id, &version)
        };
        let path = format!("{}/{stem}{}", layout::CONTRACTS, layout::CONTRACT_SUFFIX);
        placed.push(ContractFile {
            id,
            version,
            path: path.clone(),
        });
        files.push(PreparedFile::new(path, bytes));
    }
    Ok((placed, files))
}

fn count(names: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    names.fold(BTreeMap::new(), |mut counts, name| {
        *counts.entry(name).or_default() += 1;
        counts
    })
}

/// A version as part of a file name: `1.2.0` stays, everything unusual becomes hyphens.
fn safe_version(version: &str) -> String {
    version
        .chars()
        .take(names::MAX_VERSION)
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn contract(id: &str, version: &str) -> PlannedContract {
        PlannedContract {
            id: id.into(),
            version: version.into(),
            bytes: format!("{id} {version}").into_bytes(),
        }
    }

    fn paths(contracts: Vec<PlannedContract>) -> Vec<String> {
        let Ok((placed, _)) = place_contracts("d/p", contracts) else {
            panic!("refused")
        };
        placed.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn contract_files_are_named_after_their_contract() {
        assert_eq!(
            paths(vec![contract("orders", "1.0.0")]),
            ["contracts/orders.odcs.yaml"]
        );
        assert_eq!(
            paths(vec![
                contract("orders", "2.0.0"),
                contract("orders", "1.0.0"),
                contract("orders", "1.0.0")
            ]),
            [
                "contracts/orders-1.0.0.odcs.yaml",
                "contracts/orders-2.0.0.odcs.yaml"
            ]
        );
    }

    #[test]
    fn contract_files_never_collide() {
        let mut contracts = vec![
            contract("orders", "1"),
            contract("Orders", "1"),
            contract("orders-1", "1"),
            contract("orders 1", "1"),
            contract("orders", "1/2"),
            contract("orders", "1-2"),
            contract("con", "1"),
        ];
        let forwards = paths(contracts.clone());
        let distinct: BTreeSet<_> = forwards.iter().collect();
        assert_eq!(distinct.len(), contracts.len(), "{forwards:?}");
        contracts.reverse();
        assert_eq!(paths(contracts), forwards);
    }

    #[test]
    fn two_contents_for_one_contract_are_refused() {
        let mut other = contract("orders", "1");
        other.bytes.push(b'!');
        assert!(place_contracts("d/p", vec![contract("orders", "1"), other]).is_err());
    }
}
