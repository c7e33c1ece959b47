//! Publishing products, to the registry's branch or through a request.

mod branch;
mod events;
mod owners;
mod policies;
mod protocol;
mod waiting;

pub use branch::Request;
pub(crate) use branch::order;
pub use events::{WithdrawalPlan, WithdrawalReport, Withdrawn};
pub use owners::{ChangedOwners, OwnersEdit, OwnersPublication};
pub use policies::{PolicyGate, PolicyPublication, PublishedPolicy};
pub use protocol::Contributed;
pub(crate) use protocol::{Backoff, Pending};

use crate::{
    Entry, Error, Refusal, Result,
    approval::Approval,
    authority::Area,
    contracts::{self, Brought},
    digest, layout,
    plan::{Prepared, PreparedFile, PublishPlan, Publisher},
    record::Record,
    registry::Registry,
    settings::Limits,
    signing::{self, RECORD_NAMESPACE, Signatory, Signing},
    snapshot::Snapshot,
    text, tree,
};
use branch::{Files, Name};
use git2::{ObjectType, Oid, Tree};
use protocol::Contribution;
use semver::Version;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// Why a gate said no: any error, returned as [`Error::Gate`].
pub type GateError = Box<dyn std::error::Error + Send + Sync>;

/// Judges a publish against the registry as it is. It is called again whenever the registry has changed meanwhile, so
/// it must not assume that it is called once. It must not open the same registry: the cache is locked.
pub type Gate<'a> = dyn FnMut(&Snapshot) -> Result<Approval, GateError> + 'a;

/// How something gets into a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Straight onto the registry's branch.
    #[default]
    Direct,
    /// To a branch of its own, which somebody merges at the registry's host.
    Branch,
    /// Straight onto the registry's branch, or to one of its own if the registry's is protected. Only what hosts say of
    /// protected branches counts as that; if a hook says no for any other reason, so does this.
    Auto,
}

/// How to publish.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// By which way it gets there.
    pub mode: Mode,
    /// How long to keep trying when others are faster or the connection fails.
    pub deadline: Duration,
    /// Do everything but the push.
    pub dry_run: bool,
    /// Whether records are signed, and with what.
    pub signing: Signing,
    /// The state of the registry that was just read from the remote, by [`Registry::open`], to judge what is published.
    /// It is not asked for again before the first push, which does not go through if the registry has moved on.
    pub seen: Option<Seen>,
}

/// A state of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub(crate) branch: String,
    pub(crate) tip: Oid,
}

impl Default for PublishOptions {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            deadline: Duration::from_secs(60),
            dry_run: false,
            signing: Signing::default(),
            seen: None,
        }
    }
}

/// What became of a plan: of its products, by domain, name and version.
pub type PublishReport = Contributed<Vec<Publication>>;

/// What became of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The product's id.
    pub id: String,
    /// The domain in the path.
    pub domain: String,
    /// The product's name in the path.
    pub product: String,
    /// The version.
    pub version: Version,
    /// The version's directory in the registry.
    pub path: String,
    /// What happened.
    pub outcome: Outcome,
}

/// What happened to a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was published, and seen on the remote.
    Published,
    /// The same content was there already.
    AlreadyPublished,
    /// It is on a branch that waits to be merged, and was seen there.
    Submitted,
    /// It would be published: a dry run.
    WouldPublish,
    /// It would be put on a branch that waits to be merged: a dry run.
    WouldSubmit,
}

/// A product and its place.
struct Placed<'p> {
    prepared: &'p Prepared,
    /// The name in the path: for a known id the one it has, else the planned one.
    product: String,
    /// The highest published version, and the digest of its record.
    previous: Option<(Version, String)>,
    /// Whether the same content is there.
    exists: bool,
}

/// The products of a plan, to be added.
struct Products<'p, 'g, 'f> {
    plan: &'p PublishPlan,
    signing: &'p Signing,
    gate: &'g mut Gate<'f>,
    /// The key that signed what was written last.
    signed_with: Option<String>,
}

impl Registry {
    /// Publishes all products of a plan, or none. Publishing what is published already is a success.
    ///
    /// The remote is always asked, [`crate::Options::offline`] or not, unless it just was; see [`PublishOptions::seen`]. When this returns `Ok`, the records were seen in
    /// the remote's branch, or, if the outcome says so, in the branch of a request.
    ///
    /// # Errors
    /// See [`Error`]. After every error but [`Error::OutcomeUnknown`] nothing of this plan was published by this call.
    pub fn publish(
        &self,
        plan: &PublishPlan,
        options: &PublishOptions,
        gate: &mut Gate<'_>,
    ) -> Result<PublishReport> {
        let mut products = Products {
            plan,
            signing: &options.signing,
            gate,
            signed_with: None,
        };
        let contributed = self.contribute(&mut products, options)?;
        Ok(contributed.signed_with(products.signed_with, options.dry_run))
    }
}

impl<'p> Contribution for Products<'p, '_, '_> {
    type Placed = Vec<Placed<'p>>;
    type Outcomes = Vec<Publication>;

    fn place(&mut self, snapshot: &Snapshot) -> Result<Self::Placed> {
        place(self.plan, snapshot)
    }

    fn is_there(placed: &Self::Placed) -> bool {
        placed.iter().all(|placed| placed.exists)
    }

    fn outcomes(placed: &Self::Placed, if_missing: Outcome) -> Self::Outcomes {
        publications(placed, if_missing)
    }

    fn areas<'c>(&'c self, placed: &'c Self::Placed) -> Vec<Area<'c>> {
        let missing = placed.iter().filter(|placed| !placed.exists);
        // They are in order.
        let mut domains: Vec<_> = missing
            .map(|placed| placed.prepared.domain.as_str())
            .collect();
        domains.dedup();
        domains.into_iter().map(Area::Domain).collect()
    }

    fn publisher<'c>(&'c self, _: &'c Publisher) -> &'c Publisher {
        &self.plan.publisher
    }

    fn write(
        &mut self,
        snapshot: &Snapshot,
        placed: &Self::Placed,
        who: &Publisher,
    ) -> Result<Oid> {
        let signatory = Signatory::new(snapshot, self.signing)?;
        check_limits(placed, signatory.settings().limits)?;
        let approval = (self.gate)(snapshot).map_err(Error::Gate)?;
        let written = Written {
            snapshot,
            plan: self.plan,
            approval: &approval,
            signatory: &signatory,
        };
        let (commit, signed_with) = written.commit(placed, who)?;
        self.signed_with = signed_with;
        Ok(commit)
    }

    fn name(&self, placed: &Self::Placed) -> Name {
        let place = |it: &Placed<'_>| format!("{}/{}", it.reference(), it.prepared.version);
        let line = |it: &Placed<'_>| format!("{}\0{}\n", place(it), it.prepared.content());
        Name {
            kind: "publish",
            subjects: placed.iter().map(place).collect(),
            content: placed.iter().map(line).collect(),
        }
    }

    fn is_same(snapshot: &Snapshot, ours: &Files, theirs: &Files) -> bool {
        let is_same = |(path, ours): (&String, &Vec<u8>)| match theirs.get(path) {
            Some(bytes) if is_called(path, layout::RECORD) => {
                let (ours, record) = (
                    Record::from_bytes(path, ours),
                    Record::from_bytes(path, bytes),
                );
                let signature = theirs.get(&format!("{path}{}", layout::SIGNATURE_SUFFIX));
                matches!((ours, record), (Ok(ours), Ok(record))
                    if ours.says_the_same(&record) && counts(snapshot, &record, bytes, signature))
            }
            // Signatures differ as the records do.
            Some(theirs) => ours == theirs || is_called(path, layout::RECORD_SIGNATURE),
            None => false,
        };
        ours.iter().all(is_same)
            && theirs
                .keys()
                .all(|path| ours.contains_key(path) || is_called(path, layout::RECORD_SIGNATURE))
    }
}

fn is_called(path: &str, name: &str) -> bool {
    path.rsplit('/').next() == Some(name)
}

/// Whether somebody else's record of what is to be published would be taken: it is by an owner, and a signature that is
/// there is theirs. What cannot be told is not.
fn counts(snapshot: &Snapshot, record: &Record, bytes: &[u8], signature: Option<&Vec<u8>>) -> bool {
    let (domain, email) = (&record.domain, &record.publisher.email);
    if snapshot.may_change(Area::Domain(domain), email).is_err() {
        return false;
    }
    let (Some(signature), Ok(owners)) = (signature, snapshot.owners_of(domain)) else {
        return signature.is_none();
    };
    let signature = String::from_utf8_lossy(signature);
    let person = owners.as_ref().and_then(|owners| owners.person(email));
    match person.filter(|person| !person.keys.is_empty()) {
        Some(person) => {
            let today = signing::today();
            signing::verify_by(&signature, RECORD_NAMESPACE, bytes, person, today).is_ok()
        }
        None => signing::verify_by_itself(&signature, RECORD_NAMESPACE, bytes).is_ok(),
    }
}

/// Checks that the registry takes files so large and so many. That they are not too large for any was checked when they
/// were planned.
fn check_limits(placed: &[Placed<'_>], limits: Limits) -> Result<()> {
    for placed in placed.iter().filter(|placed| !placed.exists) {
        let (reference, files) = (placed.reference(), &placed.prepared.files);
        if files.len() > limits.files_per_version {
            return Err(Error::TooLarge {
                what: format!("the number of files of `{reference}`"),
                size: files.len() as u64,
                limit: limits.files_per_version as u64,
            });
        }
        let too_large = |file: &&PreparedFile| file.digest.bytes > limits.file_bytes;
        if let Some(file) = files.iter().find(too_large) {
            return Err(Error::TooLarge {
                what: format!("`{}` of `{reference}`", file.digest.path),
                size: file.digest.bytes,
                limit: limits.file_bytes,
            });
        }
    }
    Ok(())
}

fn publications(placed: &[Placed<'_>], if_missing: Outcome) -> Vec<Publication> {
    let publication = |placed: &Placed<'_>| Publication {
        id: placed.prepared.id.clone(),
        domain: placed.prepared.domain.clone(),
        product: placed.product.clone(),
        version: placed.prepared.version.clone(),
        path: placed.path(),
        outcome: if placed.exists {
            Outcome::AlreadyPublished
        } else {
            if_missing
        },
    };
    placed.iter().map(publication).collect()
}

impl Placed<'_> {
    fn path(&self) -> String {
        layout::version_dir(&self.prepared.domain, &self.product, &self.prepared.version)
    }

    fn reference(&self) -> String {
        format!("{}/{}", self.prepared.domain, self.product)
    }

    /// The contracts that it brings.
    fn brought(&self) -> Brought<'_> {
        let prepared = self.prepared;
        let ports = prepared.summary.output_ports.iter();
        let contracts = prepared.contracts.iter().filter_map(|contract| {
            let mut files = prepared.files.iter();
            let file = files.find(|file| file.digest.path == contract.path)?;
            Some((contract, file.digest.sha256.as_str(), file.bytes.as_slice()))
        });
        Brought {
            reference: self.reference(),
            version: &prepared.version,
            promised: ports
                .filter_map(|port| port.contract_id.as_deref())
                .collect(),
            contracts: contracts.collect(),
        }
    }
}

/// Finds the place of every product, and checks that it is free or holds the same content.
fn place<'p>(plan: &'p PublishPlan, snapshot: &Snapshot) -> Result<Vec<Placed<'p>>> {
    let root = snapshot.root()?;
    let placed = plan
        .products
        .iter()
        .map(|prepared| place_product(prepared, snapshot, &root))
        .collect::<Result<Vec<_>>>()?;
    let new: Vec<_> = placed.iter().filter(|placed| !placed.exists).collect();
    let brought: Vec<_> = new.iter().map(|placed| placed.brought()).collect();
    match contracts::check(&brought, snapshot)?.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(placed),
    }
}

fn place_product<'p>(
    prepared: &'p Prepared,
    snapshot: &Snapshot,
    root: &Tree<'_>,
) -> Result<Placed<'p>> {
    let known = snapshot.index.with_id(&prepared.id)?;
    let product = match known
        .iter()
        .find(|entry| entry.domain == prepared.domain)
        .or(known.first())
    {
        None => prepared.product.clone(),
        Some(entry) if entry.domain == prepared.domain => entry.product.clone(),
        Some(entry) => {
            return Err(Error::Refusal(Refusal::IdMoved {
                id: prepared.id.clone(),
                published: entry.reference(),
                domain: prepared.domain.clone(),
            }));
        }
    };
    let existing = snapshot.product(&prepared.domain, &product)?;
    if let Some(existing) = &existing
        && existing
            .versions
            .iter()
            .all(|entry| entry.id != prepared.id)
    {
        return Err(Error::Refusal(Refusal::PathTaken {
            product: existing.reference(),
            owner: existing.versions[0].id.clone(),
            id: prepared.id.clone(),
        }));
    }
    let versions = existing.map_or_else(Vec::new, |existing| existing.versions);
    let previous = versions
        .last()
        .map(|entry| (entry.version.clone(), entry.record_digest.clone()));
    let mut placed = Placed {
        prepared,
        product,
        previous,
        exists: false,
    };
    placed.exists = exists(snapshot, root, &placed)?;
    let is_indexed = |entry: &Entry| entry.version == prepared.version;
    if placed.exists && !versions.iter().any(is_indexed) {
        return Err(unreadable(snapshot, &placed));
    }
    Ok(placed)
}

/// The files of a version are there, and nobody finds it: its record says nothing that counts.
fn unreadable(snapshot: &Snapshot, placed: &Placed<'_>) -> Error {
    let path = format!("{}/{}", placed.path(), layout::RECORD);
    let problem = (snapshot.problems().iter()).find(|problem| problem.path == path);
    let reason = problem.map_or("it cannot be read", |problem| &problem.reason);
    Error::Damaged {
        reason: reason.to_owned(),
        path,
    }
}

/// Whether the version is there with the same content.
fn exists(snapshot: &Snapshot, root: &Tree<'_>, placed: &Placed<'_>) -> Result<bool> {
    let path = placed.path();
    // The index leaves out what has no valid name, the tree does not: it is looked at for siblings and obstacles.
    let Some(directory) = tree::directory_for(&snapshot.repo, root, &path)? else {
        return Ok(false);
    };
    let mut there = tree::version_files(&snapshot.repo, &directory, &path)?;
    let has_record = there.remove(layout::RECORD).is_some();
    // A version is the same whether its record was signed or not, and by whom.
    there.remove(layout::RECORD_SIGNATURE);
    let mut different = None;
    let mut line_endings = true;
    for file in &placed.prepared.files {
        let id = Oid::hash_object(ObjectType::Blob, &file.bytes)
            .map_err(crate::error::object("hash a file"))?;
        let published = there.remove(&file.digest.path);
        if published == Some(id) {
            continue;
        }
        // Only for the message, so whatever cannot be read simply differs.
        line_endings &= published
            .and_then(|id| tree::blob(&snapshot.repo, id, &path, layout::MAX_FILE).ok())
            .is_some_and(|bytes| text::differs_in_line_endings(&bytes, &file.bytes));
        different = different.or(Some(file.digest.path.clone()));
    }
    if let Some(extra) = there.into_keys().next() {
        line_endings = false;
        different = different.or(Some(extra));
    }
    if let Some(file) = different {
        return Err(Error::Refusal(Refusal::Immutable {
            product: placed.reference(),
            version: placed.prepared.version.to_string(),
            file,
            line_endings,
        }));
    }
    if has_record {
        return Ok(true);
    }
    Err(Error::Damaged {
        path: format!("{path}/{}", layout::RECORD),
        reason: "it is missing".to_owned(),
    })
}

/// What a commit is written from.
struct Written<'w> {
    snapshot: &'w Snapshot,
    plan: &'w PublishPlan,
    approval: &'w Approval,
    signatory: &'w Signatory<'w>,
}

impl Written<'_> {
    /// Writes the commit that adds what is missing. Returns it, and the key that signed its records.
    fn commit(&self, placed: &[Placed<'_>], who: &Publisher) -> Result<(Oid, Option<String>)> {
        // By product and then by version, like the plan.
        let missing: Vec<_> = placed.iter().filter(|placed| !placed.exists).collect();
        let mut signed_with = None;
        let mut written: Vec<(String, Vec<u8>)> = Vec::with_capacity(missing.len());
        for (placed, record) in missing.iter().zip(self.records(&missing)?) {
            let path = placed.path();
            let signed = self.signatory.sign(
                &placed.prepared.domain,
                &self.plan.publisher.email,
                RECORD_NAMESPACE,
                &record,
            )?;
            if let Some(signed) = signed {
                let path = format!("{path}/{}", layout::RECORD_SIGNATURE);
                written.push((path, signed.signature.into_bytes()));
                signed_with = Some(signed.fingerprint);
            }
            written.push((format!("{path}/{}", layout::RECORD), record));
        }
        let mut files: Vec<(String, &[u8])> = written
            .iter()
            .map(|(path, bytes)| (path.clone(), bytes.as_slice()))
            .collect();
        for placed in &missing {
            let path = placed.path();
            for file in &placed.prepared.files {
                files.push((format!("{path}/{}", file.digest.path), &file.bytes));
            }
        }
        let commit = tree::commit(
            &self.snapshot.repo,
            Some(self.snapshot.tip),
            &files,
            who,
            &with_tool(message(&missing), &self.plan.tool),
        )?;
        Ok((commit, signed_with))
    }

    /// The records of what is missing, in their order.
    fn records(&self, missing: &[&Placed<'_>]) -> Result<Vec<Vec<u8>>> {
        let mut records = Vec::with_capacity(missing.len());
        // The highest versions of the products, as if theirs were published one after the other.
        let mut highest: BTreeMap<String, (&Version, String)> = BTreeMap::new();
        for placed in missing {
            let reference = placed.reference();
            let published = placed.previous.as_ref();
            let published = published.map(|(version, digest)| (version, digest.clone()));
            let before = highest.get(&reference).cloned().or(published);
            let record = Record::new(
                self.snapshot.id(),
                placed.prepared,
                &placed.product,
                &self.plan.publisher,
                &self.plan.tool,
                before.as_ref().map(|(_, digest)| digest.clone()),
                self.approval,
            )
            .to_bytes()?;
            let version = &placed.prepared.version;
            let after = before
                .filter(|(before, _)| *before > version)
                .unwrap_or_else(|| (version, digest::of(&record)));
            highest.insert(reference, after);
            records.push(record);
        }
        Ok(records)
    }
}

/// For people who read the log; the records are the data.
fn message(published: &[&Placed<'_>]) -> String {
    let line = |placed: &Placed<'_>| format!("{} {}", placed.reference(), placed.prepared.version);
    match published {
        [one] => format!("Publish {}\n", line(one)),
        many => {
            let list: String = many
                .iter()
                .map(|placed| format!("- {}\n", line(placed)))
                .collect();
            let products: BTreeSet<_> = many.iter().map(|placed| placed.reference()).collect();
            let what = if products.len() == many.len() {
                "products"
            } else {
                "versions"
            };
            format!("Publish {} {what}\n\n{list}", many.len())
        }
    }
}

/// The message of a commit, with the tool that made it.
fn with_tool(mut message: String, tool: &str) -> String {
    message.push_str("\nMesh-Tool: ");
    message.push_str(&one_line(tool));
    message.push('\n');
    message
}

/// A line break would let a text forge trailers.
pub(crate) fn one_line(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.trim().to_owned()
}
