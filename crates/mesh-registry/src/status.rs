//! What is said about versions after they were published: that they are yanked or deprecated.
//!
//! Nothing published is ever changed or removed. Whoever withdraws a version adds an event, a file below
//! `status/<domain>/<product>/<version>/` that is called by the digest of its bytes; whoever takes that back adds another
//! one. Each names the events that were the newest when it was made, so the order is what people knew of, never what
//! clocks said. Two that did not know of each other, as from two pull requests, both stand, and the graver one holds.

mod event;
mod fold;
mod standing;

pub use event::{Event, EventKind, MAX_REASON, Withdrawal};
pub(crate) use event::{Subject, broken_reason, broken_replacement};

use crate::{Error, Result, error::object, index::Entry, layout, snapshot::Snapshot, tree};
use event::is_digest;
use git2::{Oid, Repository, Tree, TreeEntry};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
};

/// What holds for a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// The event that yanked it, if it is yanked.
    pub yanked: Option<Event>,
    /// The event that deprecated it, if it is deprecated.
    pub deprecated: Option<Event>,
    /// All events, each after those that it knew of.
    pub events: Vec<EventFile>,
}

/// An event in a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFile {
    /// The digest of its bytes, in hexadecimal: what it is called by.
    pub digest: String,
    /// The event.
    pub event: Event,
    /// The signature beside it, if there is one. It was not checked.
    pub signature: Option<Vec<u8>>,
}

impl Status {
    /// The digests of the newest events, in ascending order: those that no other one knew of.
    pub fn newest(&self) -> Vec<String> {
        let known: Vec<&String> = self
            .events
            .iter()
            .flat_map(|file| &file.event.after)
            .collect();
        let mut newest: Vec<String> = self
            .events
            .iter()
            .filter(|file| !known.contains(&&file.digest))
            .map(|file| file.digest.clone())
            .collect();
        newest.sort_unstable();
        newest
    }

    /// Whether nothing is to be said against the version.
    pub fn is_current(&self) -> bool {
        self.yanked.is_none() && self.deprecated.is_none()
    }
}

/// What holds for the versions of a registry at one commit. Directories are looked up once.
pub struct Statuses<'r> {
    repo: &'r Repository,
    /// The directory of everything, if there is one.
    root: Option<Tree<'r>>,
    registry: Option<String>,
    domains: RefCell<HashMap<String, Option<Tree<'r>>>>,
}

impl<'r> Statuses<'r> {
    /// What holds at a commit, by its tree; `registry` is the id of the registry, if it has one.
    pub(crate) fn new(
        repo: &'r Repository,
        root: &Tree<'r>,
        registry: Option<String>,
    ) -> Result<Self> {
        let root = match root.get_name(layout::STATUS) {
            None => None,
            Some(entry) => Some(directory(
                repo,
                entry.id(),
                entry.filemode_raw(),
                layout::STATUS,
            )?),
        };
        Ok(Self {
            repo,
            root,
            registry,
            domains: RefCell::default(),
        })
    }

    /// Whether nothing was ever said about any version.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// What holds for a version.
    ///
    /// # Errors
    /// [`Error::Damaged`] if an event cannot be read, is not in its place, was made for another record or registry, or
    /// knows of one that is not there.
    pub fn of(&self, entry: &Entry) -> Result<Status> {
        let path = layout::status_dir(&entry.domain, &entry.product, &entry.version);
        let Some(directory) = self.directory(entry, &path)? else {
            return Ok(Status::default());
        };
        let files = files(&directory, &path)?;
        let read = |(name, id): (String, Oid)| {
            let path = format!("{path}/{name}{}", layout::EVENT_SUFFIX);
            let bytes = tree::blob(self.repo, id, &path, layout::MAX_EVENT)?;
            let event = Event::from_bytes(&path, &bytes)?;
            event.belongs_to(&path, &entry.record_digest, self.registry.as_deref())?;
            Ok((name, event))
        };
        let events = files.events.into_iter().map(read);
        let mut status = fold::fold(events.collect::<Result<_>>()?, &path)?;
        for (name, id) in files.signatures {
            let signed = status.events.iter_mut().find(|file| file.digest == name);
            let path = format!(
                "{path}/{name}{}{}",
                layout::EVENT_SUFFIX,
                layout::SIGNATURE_SUFFIX
            );
            let Some(signed) = signed else {
                let reason = "there is no event that it is the signature of".to_owned();
                return Err(Error::Damaged { path, reason });
            };
            signed.signature = Some(tree::blob(self.repo, id, &path, layout::MAX_SIGNATURE)?);
        }
        Ok(status)
    }

    /// The products of which anything was said about some version, as `domain/product`.
    pub(crate) fn products(&self) -> Result<BTreeSet<String>> {
        let mut products = BTreeSet::new();
        let domains = self.root.iter().flatten();
        for domain in domains.filter(|entry| entry.filemode_raw() == tree::DIRECTORY) {
            let domain = String::from_utf8_lossy(domain.name_bytes()).into_owned();
            let of_domain = self.domain(&domain)?;
            for product in of_domain.iter().flatten() {
                let product = String::from_utf8_lossy(product.name_bytes()).into_owned();
                products.insert(format!("{domain}/{product}"));
            }
        }
        Ok(products)
    }

    /// Whether anything was said about any version of a product.
    pub(crate) fn knows(&self, domain: &str, product: &str) -> Result<bool> {
        let Some(tree) = self.domain(domain)? else {
            return Ok(false);
        };
        Ok(tree.get_name(product).is_some())
    }

    /// The directory of a version, if anything was said about it.
    fn directory(&self, entry: &Entry, path: &str) -> Result<Option<Tree<'r>>> {
        let Some(mut tree) = self.domain(&entry.domain)? else {
            return Ok(None);
        };
        for name in [entry.product.clone(), entry.version.to_string()] {
            let Some(found) = tree
                .get_name(&name)
                .map(|found| (found.id(), found.filemode_raw()))
            else {
                return Ok(None);
            };
            tree = directory(self.repo, found.0, found.1, path)?;
        }
        Ok(Some(tree))
    }

    /// The directory of a domain, if anything was said about a version in it.
    fn domain(&self, domain: &str) -> Result<Option<Tree<'r>>> {
        let Some(root) = &self.root else {
            return Ok(None);
        };
        if let Some(known) = self.domains.borrow().get(domain) {
            return Ok(known.clone());
        }
        let read = |found: TreeEntry<'_>| {
            let path = format!("{}/{domain}", layout::STATUS);
            directory(self.repo, found.id(), found.filemode_raw(), &path)
        };
        let found = root.get_name(domain).map(read).transpose()?;
        let mut domains = self.domains.borrow_mut();
        domains.insert(domain.to_owned(), found.clone());
        Ok(found)
    }
}

/// What stands in the directory of a version.
fn files(directory: &Tree<'_>, path: &str) -> Result<Files> {
    let mut files = Files::default();
    for entry in directory {
        let name = String::from_utf8_lossy(entry.name_bytes());
        let damaged = |reason: &str| Error::Damaged {
            path: format!("{path}/{name}"),
            reason: reason.to_owned(),
        };
        if !tree::is_file(&entry) {
            return Err(damaged("it is not a regular file"));
        }
        let (of, into) = match name.strip_suffix(layout::SIGNATURE_SUFFIX) {
            Some(signed) => (signed, &mut files.signatures),
            None => (&*name, &mut files.events),
        };
        match of.strip_suffix(layout::EVENT_SUFFIX) {
            Some(digest) if is_digest(digest) => into.insert(digest.to_owned(), entry.id()),
            _ => return Err(damaged("it is not called as an event is")),
        };
        if files.events.len() > layout::MAX_EVENTS {
            return Err(damaged("it has too many events beside it"));
        }
    }
    Ok(files)
}

/// The files about a version, by the digest of the event.
#[derive(Default)]
struct Files {
    events: BTreeMap<String, Oid>,
    signatures: BTreeMap<String, Oid>,
}

/// Reads a directory. What stands in its place instead may hide what is said there, so it is not passed over.
fn directory<'r>(repo: &'r Repository, id: Oid, mode: i32, path: &str) -> Result<Tree<'r>> {
    if mode != tree::DIRECTORY {
        return Err(Error::Damaged {
            path: path.to_owned(),
            reason: "it is not a directory".to_owned(),
        });
    }
    repo.find_tree(id)
        .map_err(object("read a directory of the registry"))
}

impl std::fmt::Debug for Statuses<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statuses")
            .field("is_empty", &self.is_empty())
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    /// What holds for the versions of this registry. It costs nothing as long as nothing was said about any.
    ///
    /// # Errors
    /// If `status/` is not a directory.
    pub fn statuses(&self) -> Result<Statuses<'_>> {
        Statuses::new(&self.repo, &self.root()?, self.id.clone())
    }

    /// What holds for a version.
    ///
    /// # Errors
    /// As for [`Statuses::of`].
    pub fn status_of(&self, entry: &Entry) -> Result<Status> {
        self.statuses()?
            .of(entry)
            .map_err(|error| error.of_cache(&self.cache))
    }
}
