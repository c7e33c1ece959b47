//! What happened to one product, newest first.
//!
//! First and last are by the history of the branch, never by a clock: what a commit found there was there before.

use crate::{
    Error, Result,
    error::object,
    index::Problem,
    layout,
    plan::Publisher,
    record::{Record, timestamp},
    signing::{self, BadSignature, EVENT_NAMESPACE, RECORD_NAMESPACE},
    snapshot::Snapshot,
    status::{Event, EventFile},
    tree,
    walk::{self, Step},
};
use git2::{Oid, Repository, Tree};
use std::{
    collections::BTreeMap,
    time::{Duration, UNIX_EPOCH},
};

const READ: &str = "read the registry's history";

/// What a commit did to a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// The commit, in hexadecimal.
    pub commit: String,
    /// Who committed it. With a request that was merged, that may be somebody else than who published.
    pub committer: Publisher,
    /// When, by the committer's clock: RFC 3339 in UTC.
    pub committed_at: String,
    /// The versions that it added, the highest first.
    pub versions: Vec<LoggedVersion>,
    /// The events that it added, in the order of the versions that they are about and then of their digests.
    pub events: Vec<LoggedEvent>,
    /// The files and directories that were there before, and that it changed or removed. No publish does that.
    pub altered: Vec<String>,
    /// What it added and cannot be read.
    pub problems: Vec<Problem>,
}

/// A version that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedVersion {
    /// Its record.
    pub record: Record,
    /// What came of its signature, if it has one.
    pub signature: Option<LoggedSignature>,
}

/// An event that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// The event, and its digest.
    pub file: EventFile,
    /// What came of its signature, if it has one.
    pub signature: Option<LoggedSignature>,
}

/// A signature that was looked at. Whether the key counts is for the owners of the domain to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedSignature {
    /// It was made for just this, with the key of this fingerprint.
    Good(String),
    /// It was not.
    Bad(BadSignature),
}

impl Snapshot {
    /// What happened to a product, newest first; nothing if there is none of that name.
    ///
    /// Only those commits are read that changed it, so the costs are those of what happened to it, and not of all that
    /// happened in the registry.
    ///
    /// # Errors
    /// If the history cannot be read. What single commits added and cannot be read is told of in [`Happening::problems`].
    pub fn log(&self, domain: &str, product: &str) -> Result<Vec<Happening>> {
        self.happened(domain, product)
            .map_err(|error| error.of_cache(&self.cache))
    }

    fn happened(&self, domain: &str, product: &str) -> Result<Vec<Happening>> {
        let steps = walk::first_parents(&self.repo, self.tip)?;
        let places = Places {
            products: format!("{}/{domain}/{product}", layout::PRODUCTS),
            status: format!("{}/{domain}/{product}", layout::STATUS),
        };
        let paths = [places.products.clone(), places.status.clone()];
        let state = |step: usize| walk::ids_at(&self.repo, steps[step].tree, &paths);
        let changed = walk::changes(steps.len(), vec![None, None], state)?;
        let happened = |at: usize| {
            let before = match steps.get(at + 1) {
                Some(step) => walk::ids_at(&self.repo, step.tree, &paths)?,
                None => vec![None, None],
            };
            let now = walk::ids_at(&self.repo, steps[at].tree, &paths)?;
            happening(&self.repo, &places, steps[at], &before, &now)
        };
        changed.into_iter().map(happened).collect()
    }
}

/// Where a product is.
struct Places {
    products: String,
    status: String,
}

fn happening(
    repo: &Repository,
    places: &Places,
    step: Step,
    before: &[Option<Oid>],
    now: &[Option<Oid>],
) -> Result<Happening> {
    let commit = repo.find_commit(step.commit).map_err(object(READ))?;
    let committer = commit.committer();
    let since = Duration::from_secs(u64::try_from(step.seconds).unwrap_or_default());
    let mut happening = Happening {
        commit: step.commit.to_string(),
        committer: Publisher {
            name: String::from_utf8_lossy(committer.name_bytes()).into_owned(),
            email: String::from_utf8_lossy(committer.email_bytes()).into_owned(),
        },
        committed_at: timestamp(UNIX_EPOCH + since),
        versions: Vec::new(),
        events: Vec::new(),
        altered: Vec::new(),
        problems: Vec::new(),
    };
    for (name, was, is) in differing(repo, before[0], now[0])? {
        let path = format!("{}/{name}", places.products);
        match (was, is) {
            (None, Some(version)) => match read_version(repo, version, &path) {
                Ok(version) => happening.versions.push(version),
                Err(error) => happening.problem(error)?,
            },
            _ => happening.altered.push(path),
        }
    }
    happening
        .versions
        .sort_by(|a, b| b.record.version.cmp(&a.record.version));
    for (name, was, is) in differing(repo, before[1], now[1])? {
        let path = format!("{}/{name}", places.status);
        let mut signatures = BTreeMap::new();
        let mut events = Vec::new();
        for (name, was, is) in differing(repo, was, is)? {
            let path = format!("{path}/{name}");
            match (was, is) {
                (None, Some(file)) if name.ends_with(layout::SIGNATURE_SUFFIX) => {
                    signatures.insert(path, file);
                }
                (None, Some(file)) => events.push((path, file)),
                _ => happening.altered.push(path),
            }
        }
        for (path, file) in events {
            let signature = signatures.remove(&format!("{path}{}", layout::SIGNATURE_SUFFIX));
            match read_event(repo, file, signature, &path) {
                Ok(event) => happening.events.push(event),
                Err(error) => happening.problem(error)?,
            }
        }
        // A signature that came later than what it signs: no publish writes one.
        happening.altered.extend(signatures.into_keys());
    }
    Ok(happening)
}

impl Happening {
    /// Keeps what cannot be read to be told of; anything else went wrong here and now.
    fn problem(&mut self, error: Error) -> Result<()> {
        match error {
            Error::Damaged { path, reason } => {
                self.problems.push(Problem { path, reason });
                Ok(())
            }
            error => Err(error),
        }
    }
}

/// A name in a directory, what it was and what it is.
type Difference = (String, Option<Oid>, Option<Oid>);

/// The names in two directories whose entries differ, in order of the names; what is no directory has none.
fn differing(repo: &Repository, was: Option<Oid>, is: Option<Oid>) -> Result<Vec<Difference>> {
    if was == is {
        return Ok(Vec::new());
    }
    let mut names: BTreeMap<String, (Option<Oid>, Option<Oid>)> = BTreeMap::new();
    let tree = |id: Option<Oid>| match id.map(|id| repo.find_tree(id)) {
        Some(Ok(tree)) => Ok(Some(tree)),
        Some(Err(error)) if error.code() != git2::ErrorCode::NotFound => Err(object(READ)(error)),
        _ => Ok(None),
    };
    let ids = |tree: Option<Tree<'_>>| {
        let entries = tree.iter().flatten();
        let entry = |entry: git2::TreeEntry<'_>| {
            let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
            (name, entry.id())
        };
        entries.map(entry).collect::<Vec<_>>()
    };
    for (name, id) in ids(tree(was)?) {
        names.entry(name).or_default().0 = Some(id);
    }
    for (name, id) in ids(tree(is)?) {
        names.entry(name).or_default().1 = Some(id);
    }
    let names = names.into_iter().filter(|(_, (was, is))| was != is);
    Ok(names.map(|(name, (was, is))| (name, was, is)).collect())
}

fn read_version(repo: &Repository, version: Oid, path: &str) -> Result<LoggedVersion> {
    let not_there = |what: &str, reason: &str| Error::Damaged {
        path: format!("{path}{what}"),
        reason: reason.to_owned(),
    };
    let directory = repo
        .find_tree(version)
        .map_err(|_| not_there("", "it is not a directory"))?;
    let record_path = format!("{path}/{}", layout::RECORD);
    let bytes = tree::file(
        repo,
        &directory,
        layout::RECORD,
        &record_path,
        layout::MAX_RECORD,
    )?;
    let bytes = bytes.ok_or_else(|| not_there("/record.json", "it is missing"))?;
    let signature_path = format!("{path}/{}", layout::RECORD_SIGNATURE);
    let signature = tree::file(
        repo,
        &directory,
        layout::RECORD_SIGNATURE,
        &signature_path,
        layout::MAX_SIGNATURE,
    )?;
    Ok(LoggedVersion {
        record: Record::from_bytes(&record_path, &bytes)?,
        signature: signature.map(|signature| looked_at(&signature, RECORD_NAMESPACE, &bytes)),
    })
}

fn read_event(
    repo: &Repository,
    file: Oid,
    signature: Option<Oid>,
    path: &str,
) -> Result<LoggedEvent> {
    let bytes = tree::blob(repo, file, path, layout::MAX_EVENT)?;
    let event = Event::from_bytes(path, &bytes)?;
    let signature = signature.map(|id| tree::blob(repo, id, path, layout::MAX_SIGNATURE));
    let signature = signature.transpose()?;
    let name = path.rsplit('/').next().unwrap_or(path);
    let digest = name.strip_suffix(layout::EVENT_SUFFIX).unwrap_or(name);
    Ok(LoggedEvent {
        signature: signature
            .as_ref()
            .map(|signature| looked_at(signature, EVENT_NAMESPACE, &bytes)),
        file: EventFile {
            digest: digest.to_owned(),
            event,
            signature,
        },
    })
}

fn looked_at(signature: &[u8], namespace: &str, bytes: &[u8]) -> LoggedSignature {
    let text = std::str::from_utf8(signature).map_err(|_| BadSignature::Unreadable);
    match text.and_then(|text| signing::verify_by_itself(text, namespace, bytes)) {
        Ok(fingerprint) => LoggedSignature::Good(fingerprint),
        Err(error) => LoggedSignature::Bad(error),
    }
}
