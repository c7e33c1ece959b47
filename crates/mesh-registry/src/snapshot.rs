//! A registry at one moment: everything that can be asked of it.

use crate::{
    Error, Problem, Result,
    authority::{self, Area},
    digest,
    index::{Entry, Index, latest},
    layout,
    location::RegistryLocation,
    owners::{self, Owners, parse_day},
    plan::OutputPort,
    policies::{self, PolicyFiles},
    publish::Seen,
    record::Record,
    search::{self, Hit},
    settings::{self, Settings},
    signing::{self, BadSignature, RECORD_NAMESPACE, SignedBy},
    tree,
    verify::Added,
};
use git2::{Oid, Repository, Tree};
use semver::{Version, VersionReq};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    path::PathBuf,
};

/// The content of a registry at one commit. It stays the same, whatever happens to the registry meanwhile.
pub struct Snapshot {
    pub(crate) location: RegistryLocation,
    pub(crate) branch: String,
    pub(crate) tip: Oid,
    pub(crate) id: Option<String>,
    pub(crate) repo: Repository,
    pub(crate) index: Index,
    /// What was published after the commit that the index is of, while a history is judged.
    pub(crate) added: Added,
    /// Named when its objects turn out to be damaged.
    pub(crate) cache: PathBuf,
    /// Whose the contracts are that were asked for.
    pub(crate) owners: RefCell<HashMap<String, Option<String>>>,
}

/// All published versions of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductVersions {
    /// The domain.
    pub domain: String,
    /// The product's name in the registry.
    pub product: String,
    /// At least one, in ascending order.
    pub versions: Vec<Entry>,
}

/// A published version in full; every digest was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedProduct {
    /// The record.
    pub record: Record,
    /// The exact bytes of the record: what its signature is over.
    pub record_bytes: Vec<u8>,
    /// The signature of the record, if there is one: the text of [`layout::RECORD_SIGNATURE`], which nobody has checked.
    pub signature: Option<String>,
    /// The exact bytes of the manifest.
    pub manifest: Vec<u8>,
    /// The contracts: path in the version's directory, exact bytes.
    pub contracts: Vec<(String, Vec<u8>)>,
}

/// An output port that a contract describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractUse {
    /// The published version that has the port.
    pub entry: Entry,
    /// The port.
    pub port: OutputPort,
}

impl ProductVersions {
    /// The highest release, else the highest pre-release, whatever was said about it; see [`Snapshot::latest_of`].
    pub fn latest(&self) -> Option<&Entry> {
        latest(self.versions.iter().map(|entry| &entry.version)).map(|at| &self.versions[at])
    }

    /// `domain/product`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.domain, self.product)
    }

    /// The versions that are meant by an exact version, a prefix or a requirement, in ascending order.
    fn matching(&self, wanted: &str) -> impl Iterator<Item = &Entry> {
        let exact = exact(wanted);
        let required = match &exact {
            Some(_) => None,
            None => requirement(wanted),
        };
        self.versions.iter().filter(move |entry| {
            exact.as_ref() == Some(&entry.version)
                || required
                    .as_ref()
                    .is_some_and(|required| required.matches(&entry.version))
        })
    }

    fn unknown_version(&self, wanted: &str) -> Error {
        Error::UnknownVersion {
            product: self.reference(),
            wanted: wanted.to_owned(),
            available: self
                .versions
                .iter()
                .rev()
                .map(|entry| entry.version.to_string())
                .collect(),
        }
    }

    fn from_entries(versions: Vec<Entry>) -> Option<Self> {
        let first = versions.first()?;
        Some(Self {
            domain: first.domain.clone(),
            product: first.product.clone(),
            versions,
        })
    }
}

impl Snapshot {
    /// The registry that this is of.
    pub fn location(&self) -> &RegistryLocation {
        &self.location
    }

    /// The registry's branch.
    pub fn branch(&self) -> &str {
        &self.branch
    }

    /// The commit, in hexadecimal.
    pub fn tip(&self) -> String {
        self.tip.to_string()
    }

    /// This state of the registry, for publishing onto it.
    pub fn seen(&self) -> Seen {
        Seen {
            branch: self.branch.clone(),
            tip: self.tip,
        }
    }

    /// The registry's id, if it has one; see [`Settings::id`].
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What the registry has decided for itself.
    ///
    /// # Errors
    /// [`Error::BadFormatFile`] if something of it cannot be understood.
    pub fn settings(&self) -> Result<Settings> {
        self.root()
            .and_then(|root| settings::read(&self.repo, &root, &self.location))
            .map_err(|error| self.explained(error))
    }

    /// Who may publish for a domain; `None` if it has no owners file.
    ///
    /// # Errors
    /// [`Error::BadOwnersFile`] if there is one that cannot be read, or something that may have been meant for one.
    pub fn owners_of(&self, domain: &str) -> Result<Option<Owners>> {
        self.root()
            .and_then(|root| owners::read(&self.repo, &root, domain))
            .map_err(|error| self.explained(error))
    }

    /// The text of the owners file of a domain; `None` if it has none.
    ///
    /// # Errors
    /// As for [`Snapshot::owners_of`].
    pub fn owners_text(&self, domain: &str) -> Result<Option<String>> {
        self.root()
            .and_then(|root| owners::text(&self.repo, &root, domain))
            .map_err(|error| self.explained(error))
    }

    /// Whether somebody with this e-mail address may change an area of the registry as it is; see [`crate::authority`].
    ///
    /// # Errors
    /// As for [`authority::check`], [`Snapshot::settings`] and [`Snapshot::owners_of`].
    pub fn may_change(&self, area: Area<'_>, email: &str) -> Result<()> {
        let owners = match area.domain() {
            Some(domain) => self.owners_of(domain)?,
            None => None,
        };
        authority::check(&self.settings()?, area, owners.as_ref(), email)
    }

    /// Whose signature a published version has, by the owners of its domain as they are now; `None` if it has none. The
    /// key has to count on the day on which the version says that it was published, or today if it does not say.
    ///
    /// This tells what to think of a version when it is looked at. Whether it should have been let in is for
    /// `mesh registry verify`, which asks the owners of that time.
    ///
    /// # Errors
    /// As for [`Snapshot::owners_of`]. That the signature does not count is no error, but what is returned.
    pub fn signature_of(
        &self,
        product: &PublishedProduct,
    ) -> Result<Option<Result<SignedBy, BadSignature>>> {
        let Some(signature) = &product.signature else {
            return Ok(None);
        };
        let record = &product.record;
        let owners = self.owners_of(&record.domain)?;
        let email = &record.publisher.email;
        let published = record.published_at.as_deref();
        let day = published
            .and_then(|moment| parse_day(moment.get(..10)?))
            .unwrap_or_else(signing::today);
        let person = owners.as_ref().and_then(|owners| owners.person(email));
        let checked = match person {
            Some(person) => signing::verify_by(
                signature,
                RECORD_NAMESPACE,
                &product.record_bytes,
                person,
                day,
            ),
            None => signing::fingerprint(signature).and_then(|fingerprint| {
                Err(BadSignature::NoOwner {
                    fingerprint,
                    email: email.clone(),
                })
            }),
        };
        Ok(Some(checked.map(|key| SignedBy {
            email: email.clone(),
            algorithm: key.algorithm(),
            fingerprint: key.fingerprint(),
        })))
    }

    /// The domains that have an owners file, by name.
    ///
    /// # Errors
    /// [`Error::BadOwnersFile`] for whatever is there and cannot be one.
    pub fn owned_domains(&self) -> Result<Vec<String>> {
        self.root()
            .and_then(|root| owners::domains(&self.repo, &root))
            .map_err(|error| self.explained(error))
    }

    /// The number of published versions.
    pub fn len(&self) -> usize {
        self.index.len() + self.added.len()
    }

    /// Whether nothing was published yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All published versions, by domain, product and version.
    ///
    /// # Errors
    /// As for [`Snapshot::knows`], for each part of the index that cannot be read.
    pub fn entries(&self) -> impl Iterator<Item = Result<Entry>> {
        self.index.entries()
    }

    /// What under `products/` is not what a publish writes, and is therefore ignored.
    pub fn problems(&self) -> &[Problem] {
        self.index.problems()
    }

    /// Finds products in which every word of the query begins a word of the id, name, domain, purpose, tags or port
    /// names of the version that stands for it, best first. An empty query finds everything.
    ///
    /// # Errors
    /// As for [`Snapshot::current`].
    pub fn search(&self, query: &str) -> Result<Vec<Hit>> {
        search::search(self, query)
    }

    /// The version that stands for each product, by domain and product; see [`Snapshot::latest_of`].
    ///
    /// # Errors
    /// As for [`Snapshot::knows`], and if what was said about a version cannot be read.
    pub fn current(&self) -> Result<Vec<Entry>> {
        let mut current = Vec::new();
        self.index
            .each_current(|product| current.extend(product.entry()))?;
        self.standing(current)
    }

    /// Whether anything was published under a product id.
    ///
    /// # Errors
    /// If the index is damaged and the cache too, so that it cannot be made again.
    pub fn knows(&self, id: &str) -> Result<bool> {
        Ok(self.place_of(id)?.is_some())
    }

    /// The versions of a product.
    ///
    /// # Errors
    /// As for [`Snapshot::knows`].
    pub fn product(&self, domain: &str, product: &str) -> Result<Option<ProductVersions>> {
        self.versions_of(&format!("{domain}/{product}"))
    }

    /// The versions of the product with an id.
    ///
    /// # Errors
    /// As for [`Snapshot::knows`].
    pub fn by_id(&self, id: &str) -> Result<Option<ProductVersions>> {
        match self.place_of(id)? {
            Some(reference) => self.versions_of(&reference),
            None => Ok(None),
        }
    }

    fn versions_of(&self, reference: &str) -> Result<Option<ProductVersions>> {
        let versions = self.entries_of(reference)?;
        Ok(ProductVersions::from_entries(versions))
    }

    /// Finds a version by what people write: `domain/product`, a product name that only one domain has, or an id;
    /// each with or without `@version`.
    ///
    /// The version may be exact (`1.2.0`, `v1.2.0`), a prefix (`1`, `1.2`) or a requirement (`>=1.2, <2`); the highest
    /// match is taken. Without one it is the highest release, or the highest pre-release if there is no release. What is
    /// yanked is taken only where it is named exactly, or where everything else that matches is yanked too.
    ///
    /// # Errors
    /// If there is no such product or version; names that are nearly right are suggested. If what was said about a
    /// version that matches cannot be read.
    pub fn resolve(&self, reference: &str, version: Option<&str>) -> Result<Entry> {
        let (name, version) = match (version, reference.rsplit_once('@')) {
            (None, Some((name, version))) => (name, Some(version)),
            (version, _) => (reference, version),
        };
        let product = self.find(name)?;
        let Some(wanted) = version
            .map(str::trim)
            .filter(|wanted| !wanted.is_empty() && *wanted != "latest")
        else {
            let latest = self.latest_of(&product)?;
            return latest.ok_or_else(|| Error::UnknownProduct {
                reference: name.to_owned(),
                candidates: Vec::new(),
            });
        };
        let found = self.highest(&product.matching(wanted).cloned().collect::<Vec<_>>())?;
        found.ok_or_else(|| product.unknown_version(wanted))
    }

    /// Finds all versions that a reference means, in ascending order: as [`Snapshot::resolve`], but all that match, and
    /// without a version all of the product.
    ///
    /// # Errors
    /// If there is no such product, or no such version.
    pub fn matching(&self, reference: &str) -> Result<Vec<Entry>> {
        let (name, wanted) = match reference.rsplit_once('@') {
            Some((name, wanted)) => (name, Some(wanted.trim())),
            None => (reference, None),
        };
        let product = self.find(name)?;
        let Some(wanted) = wanted else {
            return Ok(product.versions);
        };
        let found: Vec<Entry> = product.matching(wanted).cloned().collect();
        if found.is_empty() {
            return Err(product.unknown_version(wanted));
        }
        Ok(found)
    }

    fn find(&self, name: &str) -> Result<ProductVersions> {
        if let Some(product) = self.versions_of(name)? {
            return Ok(product);
        }
        if let Some(product) = self.by_id(name)? {
            return Ok(product);
        }
        let mut references = Vec::new();
        self.index
            .each_current(|product| references.push(product.reference.to_owned()))?;
        let named = |reference: &&String| {
            reference
                .split_once('/')
                .is_some_and(|(_, product)| product == name)
        };
        let found: Vec<&String> = references.iter().filter(named).collect();
        match found.as_slice() {
            [only] => self.versions_of(only)?,
            [] => None,
            _ => {
                let candidates = found.into_iter().cloned().collect();
                return Err(Error::AmbiguousProduct {
                    reference: name.to_owned(),
                    candidates,
                });
            }
        }
        .ok_or_else(|| Error::UnknownProduct {
            reference: name.to_owned(),
            candidates: search::similar(name, references.iter().map(String::as_str)),
        })
    }

    /// The published output ports with a contract, in any version or in one (with or without a leading `v`).
    ///
    /// They are those of the product that the contract belongs to. What another product promises under the same id, in a
    /// registry that not only mesh wrote to, is left out.
    ///
    /// # Errors
    /// As for [`Snapshot::knows`].
    pub fn contract(&self, contract: &str, version: Option<&str>) -> Result<Vec<ContractUse>> {
        let fits = |port: &OutputPort| {
            port.contract_id.as_deref() == Some(contract)
                && version.is_none_or(|wanted| {
                    port.contract_version
                        .as_deref()
                        .is_some_and(|is| bare_version(is) == bare_version(wanted))
                })
        };
        let mut uses = Vec::new();
        // If it cannot be told whose the contract is, then nobody's word for it counts.
        let owner = self.owner(contract).ok().flatten();
        let entries = self.providing(contract)?.into_iter();
        for entry in entries.filter(|entry| owner == Some(entry.reference())) {
            for port in entry.summary.output_ports.iter().filter(|port| fits(port)) {
                uses.push(ContractUse {
                    port: port.clone(),
                    entry: entry.clone(),
                });
            }
        }
        Ok(uses)
    }

    /// The published versions with an input port that relies on a contract.
    ///
    /// # Errors
    /// As for [`Snapshot::knows`].
    pub fn consumers_of(&self, contract: &str) -> Result<Vec<Entry>> {
        self.index.consuming(contract)
    }

    /// As [`Snapshot::consumers_of`], of each product only the version that stands for it: who relied on a
    /// contract once and does no more is left out.
    ///
    /// # Errors
    /// As for [`Snapshot::current`].
    pub fn current_consumers_of(&self, contract: &str) -> Result<Vec<Entry>> {
        let now = self.index.consuming_now(contract)?;
        self.standing_consumers(contract, now, || self.consumers_of(contract))
    }

    /// The versions that stand for the products that have one of `names`, in whatever case, or that rely on one of
    /// `contracts`; each once, by domain and product.
    ///
    /// # Errors
    /// As for [`Snapshot::current`].
    pub fn related<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        contracts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Entry>> {
        let names: BTreeSet<String> = names.into_iter().map(str::to_lowercase).collect();
        let mut found = BTreeMap::new();
        for name in &names {
            let entries = self.index.named(name)?.into_iter();
            found.extend(entries.map(|entry| (entry.reference(), entry)));
        }
        for contract in contracts {
            for consumer in self.index.consuming(contract)? {
                let reference = consumer.reference();
                if !found.contains_key(&reference)
                    && let Some(entry) = self.index.current(&reference)?
                {
                    found.insert(reference, entry);
                }
            }
        }
        let found = found.into_values().collect();
        self.standing(found)
    }

    /// The words that the registry's domains have agreed on, if it holds any: the text of
    /// [`layout::VOCABULARIES`].
    ///
    /// # Errors
    /// If the file cannot be read, or is larger than any list of words.
    pub fn vocabularies(&self) -> Result<Option<Vec<u8>>> {
        tree::file(
            &self.repo,
            &self.root()?,
            layout::VOCABULARIES,
            layout::VOCABULARIES,
            layout::MAX_FILE,
        )
    }

    /// The policies that the domains have agreed on: whatever stands below [`layout::POLICIES`], and the versions that
    /// are pinned. They are read when this is called, and not before.
    ///
    /// # Errors
    /// [`Error::BadPolicyFile`] for whatever is there and cannot be read, and [`Error::BadFormatFile`] for pins that
    /// cannot: none of it is passed over, since it may be what forbids a publish.
    pub fn policies(&self) -> Result<PolicyFiles> {
        self.root()
            .and_then(|root| policies::read(&self.repo, &root, &self.location))
            .map_err(|error| self.explained(error))
    }

    /// Reads a published version, and checks that every file is what the record says.
    ///
    /// # Errors
    /// [`Error::Damaged`] if a file is missing, changed or was added since, or is not a regular file.
    pub fn read(&self, entry: &Entry) -> Result<PublishedProduct> {
        let directory = self.added.tree(entry).map(|id| self.repo.find_tree(id));
        match directory {
            Some(Ok(directory)) => read_directory(&self.repo, &directory, entry, self.id()),
            _ => self
                .root()
                .and_then(|root| read_version(&self.repo, &root, entry, self.id())),
        }
        .map_err(|error| self.explained(error))
    }

    /// Reads published versions as [`Snapshot::read`] does, in their order.
    ///
    /// The tip is looked up once: a commit that published many products at a time is as long as the list of
    /// them, and git checks all of it whenever it is read.
    ///
    /// # Errors
    /// As for [`Snapshot::read`], for the first that cannot be read.
    pub fn read_all(&self, entries: &[Entry]) -> Result<Vec<PublishedProduct>> {
        self.read_each(entries)?.into_iter().collect()
    }

    /// As [`Snapshot::read_all`], with what is wrong with each that cannot be read.
    ///
    /// # Errors
    /// If the tip itself cannot be read.
    pub fn read_each(&self, entries: &[Entry]) -> Result<Vec<Result<PublishedProduct>>> {
        let root = self.root().map_err(|error| self.explained(error))?;
        let read = |entry| read_version(&self.repo, &root, entry, self.id());
        let read = entries
            .iter()
            .map(|entry| read(entry).map_err(|error| self.explained(error)));
        Ok(read.collect())
    }

    fn explained(&self, error: Error) -> Error {
        error.of_cache(&self.cache)
    }

    /// The tree of the tip.
    pub(crate) fn root(&self) -> Result<Tree<'_>> {
        tree::root(&self.repo, self.tip)
    }
}

/// Reads a version in the tree of a commit of the registry with the id `registry`, and checks that every file is what
/// the record says.
pub(crate) fn read_version(
    repo: &Repository,
    root: &Tree<'_>,
    entry: &Entry,
    registry: Option<&str>,
) -> Result<PublishedProduct> {
    let path = entry.path();
    match tree::subtree(repo, root, &path)? {
        Some(directory) => read_directory(repo, &directory, entry, registry),
        None => Err(Error::Damaged {
            path,
            reason: "it is missing".to_owned(),
        }),
    }
}

/// Reads a version in its directory, and checks that every file is what the record says.
fn read_directory(
    repo: &Repository,
    directory: &Tree<'_>,
    entry: &Entry,
    registry: Option<&str>,
) -> Result<PublishedProduct> {
    let path = entry.path();
    let damaged = |name: &str, reason: &str| Error::Damaged {
        path: format!("{path}/{name}"),
        reason: reason.into(),
    };
    let mut files = tree::version_files(repo, directory, &path)?;
    let record_path = format!("{path}/{}", layout::RECORD);
    let record = files
        .remove(layout::RECORD)
        .ok_or_else(|| damaged(layout::RECORD, "it is missing"))?;
    let record_bytes = tree::blob(repo, record, &record_path, layout::MAX_RECORD)?;
    if digest::of(&record_bytes) != entry.record_digest {
        return Err(damaged(
            layout::RECORD,
            "it is not the record that was indexed",
        ));
    }
    let record = Record::from_bytes(&record_path, &record_bytes)?;
    record.check_registry(registry)?;
    let signature = match files.remove(layout::RECORD_SIGNATURE) {
        None => None,
        Some(id) => {
            let path = format!("{path}/{}", layout::RECORD_SIGNATURE);
            let bytes = tree::blob(repo, id, &path, layout::MAX_SIGNATURE)?;
            let not_text = |_| damaged(layout::RECORD_SIGNATURE, "it is not UTF-8 text");
            Some(String::from_utf8(bytes).map_err(not_text)?)
        }
    };

    let mut manifest = None;
    let mut contracts = Vec::new();
    for file in &record.files {
        let id = files
            .remove(&file.path)
            .ok_or_else(|| damaged(&file.path, "it is missing"))?;
        let bytes = tree::blob(repo, id, &format!("{path}/{}", file.path), layout::MAX_FILE)?;
        if digest::of(&bytes) != file.sha256 || bytes.len() as u64 != file.bytes {
            return Err(damaged(
                &file.path,
                "its digest is not the one in the record",
            ));
        }
        if file.path == layout::MANIFEST {
            manifest = Some(bytes);
        } else {
            contracts.push((file.path.clone(), bytes));
        }
    }
    if let Some(extra) = files.keys().next() {
        return Err(damaged(extra, "it is not in the record"));
    }
    let manifest = manifest.ok_or_else(|| damaged(layout::MANIFEST, "it is missing"))?;
    Ok(PublishedProduct {
        record,
        record_bytes,
        signature,
        manifest,
        contracts,
    })
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("location", &self.location)
            .field("branch", &self.branch)
            .field("tip", &self.tip)
            .field("versions", &self.len())
            .finish_non_exhaustive()
    }
}

pub(crate) fn exact(wanted: &str) -> Option<Version> {
    Version::parse(bare_version(wanted)).ok()
}

/// A bare `1` or `1.2` means that prefix, not the caret range that Cargo would read it as.
pub(crate) fn requirement(wanted: &str) -> Option<VersionReq> {
    let bare = bare_version(wanted);
    let is_prefix = bare.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    VersionReq::parse(&if is_prefix {
        format!("={bare}")
    } else {
        wanted.to_owned()
    })
    .ok()
}

/// Without the `v` that some write before a version.
pub(crate) fn bare_version(version: &str) -> &str {
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}
