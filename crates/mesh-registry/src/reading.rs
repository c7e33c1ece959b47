//! Bringing the cache up to date, and the checks that stand between a remote and its being believed.

use crate::{
    Error, Progress, Result,
    cache::Cache,
    error::object,
    git::{Git, RemoteHead},
    index::Index,
    layout,
    location::RegistryLocation,
    registry::Registry,
    snapshot::Snapshot,
    tree,
    verify::Added,
};
use git2::{Oid, Repository, Tree};
use std::cell::RefCell;

/// How often the branch may move between asking for its tip and fetching it.
const MOVES: u32 = 5;

impl Registry {
    /// Asks the remote for its tip, fetches it, checks that it continues what was seen and is a registry, and remembers
    /// it.
    ///
    /// `made` is a commit that this process wrote: if the tip is that, there is nothing to fetch.
    pub(crate) fn refresh(
        &self,
        git: &Git,
        cache: &mut Cache,
        made: Option<Oid>,
    ) -> Result<Snapshot> {
        let fetched = self.fetch(git, cache, made, false);
        let snapshot = match fetched.and_then(|(branch, tip)| self.snapshot(cache, &branch, tip)) {
            Err(error) if may_be_the_cache(&error) => {
                self.options().report(&Progress::RebuildingCache);
                cache.clear()?;
                let (branch, tip) = self.fetch(git, cache, None, true)?;
                self.snapshot(cache, &branch, tip)?
            }
            result => result?,
        };
        cache.remember(
            &snapshot.repo,
            &self.location().to_string(),
            &snapshot.branch,
            snapshot.tip,
        )?;
        git.maintain();
        Ok(snapshot)
    }

    /// What the cache has, without asking the remote.
    pub(crate) fn cached(&self, cache: &Cache) -> Result<Snapshot> {
        let state = cache.state().ok_or_else(|| Error::NoCache {
            location: self.location().to_string(),
        })?;
        self.snapshot(cache, &state.branch, state.tip)
            .map_err(|error| error.of_cache(cache.directory()))
    }

    /// Returns the registry's branch and tip; the tip and all its history are in the cache then.
    ///
    /// `new` says that the cache was empty before, so that what is not there now is not on the remote either.
    fn fetch(
        &self,
        git: &Git,
        cache: &Cache,
        made: Option<Oid>,
        new: bool,
    ) -> Result<(String, Oid)> {
        self.options().report(&Progress::Contacting);
        let repo = cache.repository()?;
        let mut moved = 0;
        loop {
            let remembered = cache.state();
            let (branch, tip) =
                match git.remote_head(remembered.map(|state| state.branch.as_str()))? {
                    RemoteHead::Branch { name, tip } => (name, tip),
                    RemoteHead::Empty => match remembered {
                        Some(state) => return Err(self.rewritten(cache, &state.branch, state.tip)),
                        None => {
                            return Err(Error::NotInitialised {
                                location: self.location().to_string(),
                            });
                        }
                    },
                };
            // A commit that is there need not be complete: a fetch may have been killed. What is remembered is.
            let complete = made == Some(tip) || remembered.is_some_and(|state| state.tip == tip);
            if !complete || repo.find_commit(tip).is_err() {
                self.options().report(&Progress::Fetching);
                let arrived = match git.fetch(&branch) {
                    Ok(()) => repo.find_commit(tip).is_ok(),
                    Err(Error::Git { detail, .. })
                        if detail.contains("couldn't find remote ref") =>
                    {
                        false
                    }
                    Err(error) => return Err(error),
                };
                // The branch was renamed, removed or replaced since its tip was asked for.
                if !arrived && moved < MOVES {
                    moved += 1;
                    continue;
                }
            }
            if let Some(state) = remembered.filter(|state| state.tip != tip) {
                if !new {
                    // If this fails, it may be the cache that lost it.
                    repo.find_commit(state.tip)
                        .map_err(object("find the commit that was seen last"))?;
                }
                if !is_ancestor(&repo, state.tip, tip)? {
                    return Err(self.rewritten(cache, &branch, state.tip));
                }
            }
            return Ok((branch, tip));
        }
    }

    fn rewritten(&self, cache: &Cache, branch: &str, remembered: Oid) -> Error {
        Error::Rewritten {
            location: self.location().to_string(),
            branch: branch.to_owned(),
            remembered: short(remembered),
            cache: cache.directory().to_path_buf(),
        }
    }

    fn snapshot(&self, cache: &Cache, branch: &str, tip: Oid) -> Result<Snapshot> {
        let repo = cache.repository()?;
        let location = self.location();
        let id = check_registry(&repo, &tree::root(&repo, tip)?, location, branch)?;
        let index = Index::open(&repo, tip, id.as_deref(), &cache.index_file(), |versions| {
            self.options().report(&Progress::Indexing { versions });
        })?;
        Ok(Snapshot {
            location: location.clone(),
            branch: branch.to_owned(),
            tip,
            id,
            repo,
            index,
            added: Added::default(),
            cache: cache.directory().to_path_buf(),
            owners: RefCell::default(),
        })
    }
}

/// Checks that the tree of a commit is that of a registry, and returns the registry's id, if it has one.
pub(crate) fn check_registry(
    repo: &Repository,
    root: &Tree<'_>,
    location: &RegistryLocation,
    branch: &str,
) -> Result<Option<String>> {
    let name = layout::FORMAT_FILE;
    let format = tree::file(repo, root, name, name, layout::MAX_FORMAT_FILE)?;
    let format = format.ok_or_else(|| Error::NotARegistry {
        location: location.to_string(),
        branch: branch.to_owned(),
    })?;
    layout::check_format(&location.to_string(), &format)
}

/// Whether making the cache again may help: objects cannot be read, or a fetch failed although the remote had just
/// answered. A new cache costs one fetch, so this errs on the side of doing it.
fn may_be_the_cache(error: &Error) -> bool {
    match error {
        Error::CacheDamaged { .. } | Error::Object { .. } => true,
        Error::Git { action, .. } => *action == Git::FETCH,
        _ => false,
    }
}

/// Whether `old` is part of the history of `new`. A commit that is not in the cache is not.
pub(crate) fn is_ancestor(repo: &Repository, old: Oid, new: Oid) -> Result<bool> {
    if old == new {
        return Ok(true);
    }
    if repo.find_commit(old).is_err() {
        return Ok(false);
    }
    repo.graph_descendant_of(new, old)
        .map_err(object("compare the registry with what was seen before"))
}

pub(crate) fn short(oid: Oid) -> String {
    let mut text = oid.to_string();
    text.truncate(12);
    text
}
