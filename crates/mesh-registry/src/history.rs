//! What the commits of a registry added, one after the other.
//!
//! A branch is what the first parents of its tip lead through: a merge added what the branch did not have before, all at
//! once, whoever wrote it when. Whatever a commit is judged by comes from the one before it, never from itself.

use crate::{
    Error, Progress, RemoteError, Result, RevisionError,
    cache::Cache,
    error::object,
    index::{Entry, Index, Problem},
    layout,
    location::RegistryLocation,
    owners::{self, Owners},
    policies::{self, PolicyFiles},
    reading::check_registry,
    registry::{Options, Registry},
    settings::{self, Settings},
    snapshot::{PublishedProduct, Snapshot, read_version},
    tree,
    verify::Added,
};
use git2::{Commit, ErrorCode, Oid, Repository, Tree};
use std::{cell::RefCell, env, fmt, path::Path, path::PathBuf, rc::Rc, vec};

/// How git tells a hook that there was no commit before.
pub(crate) const NOTHING: &str = "0000000000000000000000000000000000000000";

/// Where git keeps what is pushed while a hook looks at it.
const QUARANTINE: &str = "GIT_QUARANTINE_PATH";

const READ: &str = "read the registry's history";

/// The directory of the caches that verifications keep, within that of all caches.
const VERIFIED: &str = "verified";

/// The history of a registry.
pub struct History {
    location: RegistryLocation,
    repo: Repository,
    place: Place,
    options: Options,
    /// The policies that were read last, and what they depend on. Most commits leave them as they are.
    policies: RefCell<Option<(Identity, Rc<PolicyFiles>)>>,
    /// The registry's id in the format file that was read last.
    id: RefCell<Option<(Oid, Option<String>)>>,
}

type Identity = [Option<Oid>; 2];

/// Where the commits are.
enum Place {
    /// In the cache, which has the registry's branch and no name for it.
    Cache {
        branch: String,
        tip: Oid,
        directory: PathBuf,
    },
    /// In the registry itself, or a clone of it.
    Repository,
}

/// What a commit did to published versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    commit: Oid,
    parent: Option<Oid>,
    /// The id of the registry before it.
    registry: Option<String>,
    /// The versions that it added, by domain, product and version.
    pub entries: Vec<Entry>,
    /// The directories of versions that were there before, and that it changed or removed. No publish does that.
    pub altered: Vec<String>,
    /// The records that it added and that cannot be read.
    pub problems: Vec<Problem>,
}

/// The additions of commits, oldest first; see [`History::additions`].
#[derive(Debug)]
pub struct Additions<'h> {
    history: &'h History,
    commits: vec::IntoIter<Oid>,
}

impl Addition {
    /// The commit, in hexadecimal.
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    /// Its first parent, in hexadecimal; none for the first commit of all.
    pub fn parent(&self) -> Option<String> {
        self.parent.map(|parent| parent.to_string())
    }
}

impl Registry {
    /// The history of the registry.
    ///
    /// If the location is a path, it is read where it is, and may be a clone of the registry as well: all of its branches
    /// and tags are known then, what is checked out is the head, and in a hook so is what is being pushed. Of any other
    /// location the registry's branch is read, as [`Registry::open`] does.
    ///
    /// # Errors
    /// If it cannot be reached or is not a repository; see [`Error`].
    pub fn history(&self) -> Result<History> {
        if let Some(path) = self.location().path()
            && !self.location().is_embedded()
            && let Some(repo) = in_place(self.location(), path)?
        {
            return Ok(History {
                location: self.location().clone(),
                repo,
                place: Place::Repository,
                options: self.options().clone(),
                policies: RefCell::default(),
                id: RefCell::default(),
            });
        }
        let Snapshot {
            location,
            branch,
            tip,
            repo,
            cache,
            ..
        } = self.open()?;
        Ok(History {
            location,
            repo,
            place: Place::Cache {
                branch,
                tip,
                directory: cache,
            },
            options: self.options().clone(),
            policies: RefCell::default(),
            id: RefCell::default(),
        })
    }
}

/// Opens the repository at a path; `None` if git may be able to read it where libgit2 is not.
fn in_place(location: &RegistryLocation, path: &Path) -> Result<Option<Repository>> {
    match opened(path, location) {
        Ok(repo) => Ok(Some(repo)),
        Err(Error::Object { source, .. }) => match source.code() {
            ErrorCode::NotFound if path.exists() => {
                Err(Error::Remote(RemoteError::NotARepository {
                    location: location.to_string(),
                }))
            }
            _ => Ok(None),
        },
        Err(error) => Err(error),
    }
}

/// Opens a repository, with what is being pushed to it.
fn opened(path: &Path, location: &RegistryLocation) -> Result<Repository> {
    let repo = Repository::open(path).map_err(|error| match error.code() {
        ErrorCode::Owner => Error::Remote(RemoteError::ForeignOwner {
            location: location.to_string(),
        }),
        _ => object(READ)(error),
    })?;
    if let Some(quarantine) = env::var_os(QUARANTINE) {
        let add = |odb: git2::Odb<'_>| odb.add_disk_alternate(&quarantine.to_string_lossy());
        repo.odb().and_then(add).map_err(object(READ))?;
    }
    Ok(repo)
}

impl History {
    /// The id of the commit that `revision` names, in hexadecimal.
    ///
    /// # Errors
    /// [`RevisionError::NoSuchCommit`] if it names none.
    pub fn commit(&self, revision: &str) -> Result<String> {
        Ok(self.find(revision)?.id().to_string())
    }

    /// What was added after `base` up to `head`, by every commit that the branch went through: oldest first, without
    /// commits that touch no published version. Without a base, it is everything from the first commit; without a head,
    /// up to the tip.
    ///
    /// The costs are those of the commits and of what they changed, as they are iterated over.
    ///
    /// # Errors
    /// [`RevisionError::NoSuchCommit`] if one of them names no commit, [`RevisionError::NotContinued`] if `head`
    /// does not follow from `base`, [`RevisionError::Shallow`] if the history does not reach back so far, and
    /// [`Error::NotARegistry`] if what `head` names is none.
    pub fn additions(&self, base: Option<&str>, head: Option<&str>) -> Result<Additions<'_>> {
        let (_, commits) = self.range(base, head)?;
        Ok(Additions {
            history: self,
            commits: commits.into_iter(),
        })
    }

    /// The commit that `base` names, and those after it up to `head`, oldest first; see [`History::additions`].
    pub(crate) fn range(
        &self,
        base: Option<&str>,
        head: Option<&str>,
    ) -> Result<(Option<Oid>, Vec<Oid>)> {
        let base = base.filter(|base| *base != NOTHING);
        self.commits(base, head.unwrap_or("HEAD"))
            .map_err(|error| self.explained(error))
    }

    /// As [`History::range`], where what `base` names has to be a registry: that `head` still is one is judged.
    pub(crate) fn change(
        &self,
        base: Option<&str>,
        head: Option<&str>,
    ) -> Result<(Option<Oid>, Vec<Oid>)> {
        let base = base.filter(|base| *base != NOTHING);
        let registry = base.or(head).unwrap_or("HEAD");
        self.check(registry)
            .and_then(|()| self.walk(base, head.unwrap_or("HEAD")))
            .map_err(|error| self.explained(error))
    }

    /// The history of what the cache has, without opening it again.
    pub(crate) fn of_cache(snapshot: &Snapshot, options: &Options) -> Result<Self> {
        Ok(Self {
            location: snapshot.location.clone(),
            repo: opened(snapshot.repo.path(), &snapshot.location)?,
            place: Place::Cache {
                branch: snapshot.branch.clone(),
                tip: snapshot.tip,
                directory: snapshot.cache.clone(),
            },
            options: options.clone(),
            policies: RefCell::default(),
            id: RefCell::default(),
        })
    }

    /// Where the commits are.
    pub(crate) fn repository(&self) -> &Repository {
        &self.repo
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The registry that this is of.
    pub(crate) fn location(&self) -> &RegistryLocation {
        &self.location
    }

    /// The registry as it was at a commit; before the first one, without anything.
    pub(crate) fn snapshot_at(&self, commit: Option<Oid>) -> Result<Snapshot> {
        let read = || {
            let repo = opened(self.repo.path(), &self.location)?;
            let mut id = None;
            let index = match commit {
                Some(commit) => {
                    id = self.id_of(&tree::root(&self.repo, commit)?)?;
                    self.index_at(&repo, commit, id.as_deref())?
                }
                None => Index::empty(),
            };
            Ok(Snapshot {
                location: self.location.clone(),
                branch: "HEAD".to_owned(),
                tip: commit.unwrap_or(Oid::ZERO_SHA1),
                id,
                repo,
                index,
                added: Added::default(),
                cache: self.repo.path().to_owned(),
                owners: RefCell::default(),
            })
        };
        read().map_err(|error| self.explained(error))
    }

    /// The index of a commit, which is kept beside the cache of the registry: the next change starts from the same
    /// commit, or from one that is hardly further. Where there is no cache, as for a hook of a user without a home, it is
    /// made each time.
    fn index_at(&self, repo: &Repository, commit: Oid, id: Option<&str>) -> Result<Index> {
        let indexing = |versions| self.options.report(&Progress::Indexing { versions });
        // A cache of its own: who publishes to a registry on the same machine holds the lock of the other one while the
        // hook of the registry runs.
        let opened = self.options.cache_root().and_then(|root| {
            let options = Options {
                cache_dir: Some(root.join(VERIFIED)),
                ..self.options.clone()
            };
            Cache::open(&self.location, &options)
        });
        match opened {
            Ok(cache) => {
                let file = cache.index_file();
                match Index::open(repo, commit, id, &file, indexing) {
                    Err(Error::Io { .. }) => Index::made(repo, commit, id, indexing),
                    opened => opened,
                }
            }
            Err(Error::NoHome { .. } | Error::Io { .. }) => Index::made(repo, commit, id, indexing),
            Err(error) => Err(error),
        }
    }

    /// Reads a version as a commit added it, and checks that every file is what the record says.
    ///
    /// # Errors
    /// As for [`Snapshot::read`].
    pub fn read(&self, addition: &Addition, entry: &Entry) -> Result<PublishedProduct> {
        tree::root(&self.repo, addition.commit)
            .and_then(|root| read_version(&self.repo, &root, entry, addition.registry.as_deref()))
            .map_err(|error| self.explained(error))
    }

    /// What the registry had decided for itself at a commit.
    ///
    /// # Errors
    /// [`RevisionError::NoSuchCommit`], and as for [`Snapshot::settings`].
    pub fn settings_at(&self, revision: &str) -> Result<Settings> {
        let commit = self.find(revision)?.id();
        tree::root(&self.repo, commit)
            .and_then(|root| settings::read(&self.repo, &root, &self.location))
            .map_err(|error| self.explained(error))
    }

    /// Who might publish for a domain at a commit.
    ///
    /// # Errors
    /// [`RevisionError::NoSuchCommit`], and as for [`Snapshot::owners_of`].
    pub fn owners_at(&self, revision: &str, domain: &str) -> Result<Option<Owners>> {
        let commit = self.find(revision)?.id();
        tree::root(&self.repo, commit)
            .and_then(|root| owners::read(&self.repo, &root, domain))
            .map_err(|error| self.explained(error))
    }

    /// The policies at a commit. As long as they stay the same from one call to the next, it is the same value.
    ///
    /// # Errors
    /// [`RevisionError::NoSuchCommit`], and as for [`Snapshot::policies`].
    pub fn policies_at(&self, revision: &str) -> Result<Rc<PolicyFiles>> {
        let commit = self.find(revision)?.id();
        self.policies_of(commit)
    }

    /// The policies that a commit found: those of its first parent. The first commit of all found none.
    ///
    /// # Errors
    /// As for [`Snapshot::policies`].
    pub fn policies_before(&self, addition: &Addition) -> Result<Rc<PolicyFiles>> {
        match addition.parent {
            Some(parent) => self.policies_of(parent),
            None => Ok(Rc::default()),
        }
    }

    fn policies_of(&self, commit: Oid) -> Result<Rc<PolicyFiles>> {
        let read = || {
            let root = tree::root(&self.repo, commit)?;
            let identity = policies::identity(&root);
            let mut last = self.policies.borrow_mut();
            if let Some((_, policies)) = last.as_ref().filter(|(of, _)| *of == identity) {
                return Ok(Rc::clone(policies));
            }
            let policies = Rc::new(policies::read(&self.repo, &root, &self.location)?);
            *last = Some((identity, Rc::clone(&policies)));
            Ok(policies)
        };
        read().map_err(|error| self.explained(error))
    }

    fn find(&self, revision: &str) -> Result<Commit<'_>> {
        let known = match &self.place {
            Place::Repository => None,
            Place::Cache { branch, tip, .. } => [branch.as_str(), "HEAD"]
                .iter()
                .find_map(|name| revision.strip_prefix(name))
                .filter(|rest| rest.is_empty() || rest.starts_with(['~', '^']))
                .map(|rest| format!("{tip}{rest}")),
        };
        self.repo
            .revparse_single(known.as_deref().unwrap_or(revision))
            .and_then(|found| found.peel_to_commit())
            .map_err(|_| {
                let location = self.location.to_string();
                if self.repo.is_empty().unwrap_or(false) {
                    return Error::NotInitialised { location };
                }
                Error::Revision(RevisionError::NoSuchCommit {
                    location,
                    revision: revision.to_owned(),
                })
            })
    }

    /// As [`History::range`], before errors are explained.
    fn commits(&self, base: Option<&str>, head: &str) -> Result<(Option<Oid>, Vec<Oid>)> {
        // That there is no such base is said first.
        base.map(|base| self.find(base)).transpose()?;
        self.check(head)?;
        self.walk(base, head)
    }

    /// Checks that what `revision` names is a registry.
    fn check(&self, revision: &str) -> Result<()> {
        let root = self.find(revision)?.tree().map_err(object(READ))?;
        let branch = match &self.place {
            Place::Cache { branch, .. } if revision == "HEAD" => branch,
            _ => revision,
        };
        check_registry(&self.repo, &root, &self.location, branch).map(drop)
    }

    /// The commit that `base` names, and those after it up to `head`, oldest first.
    fn walk(&self, base: Option<&str>, head: &str) -> Result<(Option<Oid>, Vec<Oid>)> {
        let from = base.map(|base| self.find(base)).transpose()?;
        let from = from.map(|commit| commit.id());
        let mut commit = self.find(head)?;
        let mut commits = Vec::new();
        while Some(commit.id()) != from {
            commits.push(commit.id());
            if commit.parent_count() > 0 {
                commit = commit.parent(0).map_err(object(READ))?;
                continue;
            }
            // Where a shallow clone ends looks like where history begins.
            if self.repo.is_shallow() {
                return Err(Error::Revision(RevisionError::Shallow {
                    location: self.location.to_string(),
                }));
            }
            if let Some(base) = base {
                return Err(Error::Revision(RevisionError::NotContinued {
                    base: base.to_owned(),
                    head: head.to_owned(),
                }));
            }
            break;
        }
        commits.reverse();
        Ok((from, commits))
    }

    /// What a commit did to published versions, if it did anything.
    fn addition(&self, commit: Oid) -> Result<Option<Addition>> {
        let found = self.repo.find_commit(commit).map_err(object(READ))?;
        let parent = (found.parent_count() > 0)
            .then(|| found.parent_id(0))
            .transpose()
            .map_err(object(READ))?;
        let root = found.tree().map_err(object(READ))?;
        let before = parent.map(|parent| tree::root(&self.repo, parent));
        let before = before.transpose()?;
        let products = |root: &Tree<'_>| root.get_name(layout::PRODUCTS).map(|entry| entry.id());
        if before.as_ref().and_then(products) == products(&root) {
            return Ok(None);
        }
        let mut addition = Addition {
            commit,
            parent,
            registry: self.id_of(before.as_ref().unwrap_or(&root))?,
            entries: Vec::new(),
            altered: Vec::new(),
            problems: Vec::new(),
        };
        for change in tree::changes(&self.repo, before.as_ref(), &root)?.versions {
            let path = layout::version_dir(&change.domain, &change.product, &change.version);
            match (change.was, change.tree) {
                (None, Some(tree)) => {
                    match Entry::read(&self.repo, tree, &path, addition.registry.as_deref()) {
                        Ok(entry) => addition.entries.push(entry),
                        Err(Error::Damaged { path, reason }) => {
                            addition.problems.push(Problem { path, reason });
                        }
                        Err(error) => return Err(error),
                    }
                }
                _ => addition.altered.push(path),
            }
        }
        let versions = addition.entries.len() + addition.altered.len() + addition.problems.len();
        Ok((versions > 0).then_some(addition))
    }

    /// The id of the registry by the format file of a tree.
    fn id_of(&self, root: &Tree<'_>) -> Result<Option<String>> {
        let Some(format) = root.get_name(layout::FORMAT_FILE).map(|entry| entry.id()) else {
            return Ok(None);
        };
        let mut last = self.id.borrow_mut();
        if let Some((_, id)) = last.as_ref().filter(|(of, _)| *of == format) {
            return Ok(id.clone());
        }
        let id = check_registry(&self.repo, root, &self.location, "HEAD")?;
        *last = Some((format, id.clone()));
        Ok(id)
    }

    pub(crate) fn explained(&self, error: Error) -> Error {
        match &self.place {
            Place::Cache { directory, .. } => error.of_cache(directory),
            Place::Repository => error,
        }
    }
}

impl Iterator for Additions<'_> {
    type Item = Result<Addition>;

    fn next(&mut self) -> Option<Self::Item> {
        let history = self.history;
        let addition = |commit| history.addition(commit).transpose();
        let found = self.commits.by_ref().find_map(addition)?;
        Some(found.map_err(|error| history.explained(error)))
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}
