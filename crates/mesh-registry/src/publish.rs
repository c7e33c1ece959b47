//! Publishing straight to the registry's branch.
//!
//! One loop, which starts over until the remote shows the records:
//!
//! 1. Read the remote, and check that its history only grew.
//! 2. If a commit that was sent is part of the branch: report, and be finished.
//! 3. Decide for every product where it goes and whether it is there already. The same content is done; other content,
//!    a sibling that differs in case, somebody else's path or somebody else's contract is an error. If everything is
//!    there, that is a success.
//! 4. If the last push was refused, that stands. If it lost a race and time is over, so does that.
//! 5. Run the gate on what would be published onto.
//! 6. Write one commit on the tip, and push it with the tip as the lease. Whatever the push says, go to 1; after a lost
//!    race or a broken connection, pause for a random time first.
//!
//! The cache is locked all the while, so two publishers on one machine queue instead of racing.

mod contracts;

use crate::{
    Error, Progress, Result,
    approval::Approval,
    cache::Cache,
    digest,
    git::PushError,
    layout,
    plan::{Prepared, PublishPlan, Publisher},
    reading::is_ancestor,
    record::Record,
    registry::Registry,
    snapshot::Snapshot,
    text, tree,
};
use git2::{ObjectType, Oid, Tree};
use semver::Version;
use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher as _, RandomState},
    thread,
    time::{Duration, Instant},
};

/// Why a gate said no: any error, returned as [`Error::Gate`].
pub type GateError = Box<dyn std::error::Error + Send + Sync>;

/// Judges a publish against the registry as it is. It is called again whenever the registry has changed meanwhile, so
/// it must not assume that it is called once. It must not open the same registry: the cache is locked.
pub type Gate<'a> = dyn FnMut(&Snapshot) -> Result<Approval, GateError> + 'a;

/// How to publish.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// How long to keep trying when others are faster or the connection fails.
    pub deadline: Duration,
    /// Do everything but the push.
    pub dry_run: bool,
}

impl Default for PublishOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(60),
            dry_run: false,
        }
    }
}

/// What became of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishReport {
    /// The registry, without credentials.
    pub registry: String,
    /// The registry's branch.
    pub branch: String,
    /// The tip of the branch that was seen to contain everything (in a dry run: that it would be published onto).
    pub tip: String,
    /// The commit that this publish made, if it made one.
    pub commit: Option<String>,
    /// How often a push was tried.
    pub attempts: u32,
    /// The products, by domain, name and version.
    pub products: Vec<Publication>,
}

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
    /// It would be published: a dry run.
    WouldPublish,
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

/// A commit that was sent, and what it means if it arrives.
struct Sent {
    commit: Oid,
    products: Vec<Publication>,
}

/// What the last push left open.
enum Pending {
    /// The branch moved: try again.
    LostRace(String),
    /// The connection failed, before or after the update: try again.
    Cut(String),
    /// An error that trying again does not help against, if the records are not there.
    Refused(Error),
}

impl Registry {
    /// Publishes all products of a plan, or none. Publishing what is published already is a success.
    ///
    /// The remote is always asked, [`crate::Options::offline`] or not. When this returns `Ok`, the records were seen in
    /// the remote's branch.
    ///
    /// # Errors
    /// See [`Error`]. After every error but [`Error::OutcomeUnknown`] nothing of this plan was published by this call.
    pub fn publish(
        &self,
        plan: &PublishPlan,
        options: &PublishOptions,
        gate: &mut Gate<'_>,
    ) -> Result<PublishReport> {
        let start = Instant::now();
        let mut cache = Cache::open(self.location(), self.options())?;
        let git = self.git(&cache)?;
        // Before anything is created or transferred.
        let who = self.committer(&git)?;
        self.ensure_embedded(&git, &mut cache)?;

        let mut sent: Vec<Sent> = Vec::new();
        let mut pending = None;
        let mut backoff = Backoff::new(start + options.deadline);
        loop {
            let snapshot = match self.refresh(&git, &mut cache, sent.last().map(|sent| sent.commit))
            {
                Ok(snapshot) => snapshot,
                Err(error) if sent.is_empty() => return Err(error),
                Err(error) => {
                    self.cannot_look(error, pending.take(), &mut backoff)?;
                    continue;
                }
            };
            let attempts = u32::try_from(sent.len()).unwrap_or(u32::MAX);
            if let Some(landed) = landed(&snapshot, &mut sent)? {
                return Ok(report(
                    &snapshot,
                    attempts,
                    Some(landed.commit),
                    landed.products,
                ));
            }
            let placed = place(plan, &snapshot)?;
            if placed.iter().all(|placed| placed.exists) {
                return Ok(report(
                    &snapshot,
                    attempts,
                    None,
                    publications(&placed, Outcome::Published),
                ));
            }
            match pending.take() {
                Some(Pending::Refused(error)) => return Err(error),
                Some(Pending::LostRace(detail)) if backoff.is_over() => {
                    return Err(Error::Contended {
                        attempts,
                        seconds: options.deadline.as_secs(),
                        detail,
                    });
                }
                // It is not there, but the remote may still be at work on it.
                Some(Pending::Cut(detail)) if backoff.is_over() => {
                    return Err(Error::OutcomeUnknown { detail });
                }
                _ => {}
            }
            let approval = gate(&snapshot).map_err(Error::Gate)?;
            let commit = write_commit(&snapshot, plan, &placed, &approval, &who)?;
            if options.dry_run {
                return Ok(report(
                    &snapshot,
                    attempts,
                    None,
                    publications(&placed, Outcome::WouldPublish),
                ));
            }
            sent.push(Sent {
                commit,
                products: publications(&placed, Outcome::Published),
            });
            self.options().report(&Progress::Pushing {
                attempt: attempts.saturating_add(1),
            });
            backoff.started();
            let outcome = git.push(&snapshot.branch, Some(snapshot.tip), commit);
            pending = Some(match outcome {
                // The records should be there. If they are not, somebody removed them at once, or the remote lied.
                Ok(()) => Pending::LostRace(
                    "the registry accepted the update, but does not show it".to_owned(),
                ),
                Err(PushError::Failed(error)) if !error.is_transient() => Pending::Refused(error),
                Err(PushError::LostRace(reason)) => {
                    Pending::LostRace(self.pause(reason, &mut backoff))
                }
                Err(PushError::Failed(error)) => {
                    Pending::Cut(self.pause(error.to_string(), &mut backoff))
                }
            });
        }
    }

    fn pause(&self, reason: String, backoff: &mut Backoff) -> String {
        self.options().report(&Progress::Retrying {
            reason: reason.clone(),
        });
        backoff.pause();
        reason
    }

    /// A push was sent, and the remote cannot be read. Waits for the next try, or says what is known.
    fn cannot_look(
        &self,
        error: Error,
        pending: Option<Pending>,
        backoff: &mut Backoff,
    ) -> Result<()> {
        match pending {
            // The remote said no in so many words.
            Some(Pending::Refused(
                refusal @ (Error::Refused { .. } | Error::CheckedOut { .. }),
            )) => Err(refusal),
            _ if matches!(error, Error::Rewritten { .. }) => Err(error),
            _ if backoff.is_over() || !error.is_transient() => Err(Error::OutcomeUnknown {
                detail: error.to_string(),
            }),
            _ => {
                self.pause(error.to_string(), backoff);
                Ok(())
            }
        }
    }
}

/// The last of the sent commits that is part of the branch.
fn landed(snapshot: &Snapshot, sent: &mut Vec<Sent>) -> Result<Option<Sent>> {
    for at in (0..sent.len()).rev() {
        if is_ancestor(&snapshot.repo, sent[at].commit, snapshot.tip)? {
            return Ok(Some(sent.swap_remove(at)));
        }
    }
    Ok(None)
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

fn report(
    snapshot: &Snapshot,
    attempts: u32,
    commit: Option<Oid>,
    products: Vec<Publication>,
) -> PublishReport {
    PublishReport {
        registry: snapshot.location.to_string(),
        branch: snapshot.branch.clone(),
        tip: snapshot.tip(),
        commit: commit.map(|commit| commit.to_string()),
        attempts,
        products,
    }
}

impl Placed<'_> {
    fn path(&self) -> String {
        layout::version_dir(&self.prepared.domain, &self.product, &self.prepared.version)
    }

    fn reference(&self) -> String {
        format!("{}/{}", self.prepared.domain, self.product)
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
    contracts::check(&placed, snapshot)?;
    Ok(placed)
}

fn place_product<'p>(
    prepared: &'p Prepared,
    snapshot: &Snapshot,
    root: &Tree<'_>,
) -> Result<Placed<'p>> {
    let known = snapshot.index.with_id(&prepared.id);
    let product = match known
        .iter()
        .find(|entry| entry.domain == prepared.domain)
        .or(known.first())
    {
        None => prepared.product.clone(),
        Some(entry) if entry.domain == prepared.domain => entry.product.clone(),
        Some(entry) => {
            return Err(Error::IdMoved {
                id: prepared.id.clone(),
                published: entry.reference(),
                domain: prepared.domain.clone(),
            });
        }
    };
    let existing = snapshot.product(&prepared.domain, &product);
    if let Some(existing) = &existing
        && existing
            .versions
            .iter()
            .all(|entry| entry.id != prepared.id)
    {
        return Err(Error::PathTaken {
            product: existing.reference(),
            owner: existing.versions[0].id.clone(),
            id: prepared.id.clone(),
        });
    }
    let previous = existing.and_then(|existing| {
        existing
            .versions
            .last()
            .map(|entry| (entry.version.clone(), entry.record_digest.clone()))
    });
    let mut placed = Placed {
        prepared,
        product,
        previous,
        exists: false,
    };
    placed.exists = exists(snapshot, root, &placed)?;
    Ok(placed)
}

/// Whether the version is there with the same content.
fn exists(snapshot: &Snapshot, root: &Tree<'_>, placed: &Placed<'_>) -> Result<bool> {
    let version = placed.prepared.version.to_string();
    let mut path = String::new();
    let mut directory = root.clone();
    // The index leaves out what has no valid name, the tree does not: look there for siblings and obstacles.
    for part in [
        layout::PRODUCTS,
        &placed.prepared.domain,
        &placed.product,
        &version,
    ] {
        let name = if path.is_empty() {
            part.to_owned()
        } else {
            format!("{path}/{part}")
        };
        if let Some(sibling) = tree::case_sibling(&directory, part) {
            let sibling = if path.is_empty() {
                sibling
            } else {
                format!("{path}/{sibling}")
            };
            return Err(Error::CaseConflict { name, sibling });
        }
        path = name;
        if directory.get_name(part).is_none() {
            return Ok(false);
        }
        directory =
            tree::subtree(&snapshot.repo, &directory, part)?.ok_or_else(|| Error::Damaged {
                path: path.clone(),
                reason: "it is not a directory, so nothing can be published there".to_owned(),
            })?;
    }
    let mut there = tree::version_files(&snapshot.repo, &directory, &path)?;
    let has_record = there.remove(layout::RECORD).is_some();
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
        return Err(Error::Immutable {
            product: placed.reference(),
            version: placed.prepared.version.to_string(),
            file,
            line_endings,
        });
    }
    if has_record {
        return Ok(true);
    }
    Err(Error::Damaged {
        path: format!("{path}/{}", layout::RECORD),
        reason: "it is missing".to_owned(),
    })
}

/// Writes the commit that adds what is missing.
fn write_commit(
    snapshot: &Snapshot,
    plan: &PublishPlan,
    placed: &[Placed<'_>],
    approval: &Approval,
    who: &Publisher,
) -> Result<Oid> {
    // By product and then by version, like the plan.
    let missing: Vec<_> = placed.iter().filter(|placed| !placed.exists).collect();
    let mut records = Vec::with_capacity(missing.len());
    // The highest versions of the products, as if theirs were published one after the other.
    let mut highest: BTreeMap<String, (&Version, String)> = BTreeMap::new();
    for placed in &missing {
        let reference = placed.reference();
        let published = placed.previous.as_ref();
        let published = published.map(|(version, digest)| (version, digest.clone()));
        let before = highest.get(&reference).cloned().or(published);
        let record = Record::new(
            placed.prepared,
            &placed.product,
            &plan.publisher,
            &plan.tool,
            before.as_ref().map(|(_, digest)| digest.clone()),
            approval,
        )
        .to_bytes()?;
        let version = &placed.prepared.version;
        let after = before
            .filter(|(before, _)| *before > version)
            .unwrap_or_else(|| (version, digest::of(&record)));
        highest.insert(reference, after);
        records.push(record);
    }
    let mut files: Vec<(String, &[u8])> = Vec::new();
    for (placed, record) in missing.iter().zip(&records) {
        let path = placed.path();
        files.push((format!("{path}/{}", layout::RECORD), record));
        for file in &placed.prepared.files {
            files.push((format!("{path}/{}", file.digest.path), &file.bytes));
        }
    }
    tree::commit(
        &snapshot.repo,
        Some(snapshot.tip),
        &files,
        who,
        &message(&plan.tool, &missing),
    )
}

/// For people who read the log; the records are the data.
fn message(tool: &str, published: &[&Placed<'_>]) -> String {
    let line = |placed: &Placed<'_>| format!("{} {}", placed.reference(), placed.prepared.version);
    let mut message = match published {
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
    };
    // A line break would let the name of a tool forge trailers.
    let tool: String = tool
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    message.push_str("\nMesh-Tool: ");
    message.push_str(tool.trim());
    message.push('\n');
    message
}

/// Pauses of random length ("full jitter"), so that those who collided do not meet again.
///
/// The longest pause starts at the time that an attempt takes, because that is for how long others were in the way, and
/// doubles with every attempt.
struct Backoff {
    deadline: Instant,
    attempt_started: Instant,
    attempts: u32,
}

impl Backoff {
    const SHORTEST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(8);

    fn new(deadline: Instant) -> Self {
        Self {
            deadline,
            attempt_started: Instant::now(),
            attempts: 0,
        }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    fn started(&mut self) {
        self.attempt_started = Instant::now();
    }

    fn pause(&mut self) {
        let base = self
            .attempt_started
            .elapsed()
            .clamp(Self::SHORTEST, Duration::from_secs(1));
        let longest = base
            .saturating_mul(1 << self.attempts.min(8))
            .min(Self::LONGEST);
        self.attempts += 1;
        let left = self.deadline.saturating_duration_since(Instant::now());
        // The standard library's hasher is seeded from the system's randomness.
        let [a, b, ..] = RandomState::new().hash_one(self.attempts).to_le_bytes();
        let fraction = u32::from(u16::from_le_bytes([a, b]));
        thread::sleep(longest.min(left) * fraction / u32::from(u16::MAX));
        self.attempt_started = Instant::now();
    }
}
