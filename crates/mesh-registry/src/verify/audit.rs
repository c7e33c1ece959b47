//! The registry as it is now: everything in it, whatever commit brought it.

use super::{
    Verification,
    basis::Basis,
    delta,
    events::{EVENT_ORDER, EVENT_OUT_OF_PLACE, EVENT_UNREADABLE},
    finding::{Check, Finding, Findings},
    governance,
    push::HISTORY_REWRITTEN,
    records,
};
use crate::{
    Entry, Error, Result,
    cache::Cache,
    layout,
    reading::{is_ancestor, short},
    snapshot::Snapshot,
    status::Statuses,
    tree,
};
use std::collections::BTreeSet;

pub(super) static INDEX_DIFFERS: Check = Check {
    id: "index-differs",
    summary: "The index that mesh keeps of a registry is what is in it.",
    docs: "\
mesh finds products, ids and contracts in an index that it keeps in its cache and brings up to date with every change. An
audit makes it again from all commits and compares. Where the two differ, the cache was damaged or written by something
else.",
    help: "remove the cache, which is made again: its folder is below the one that MESH_CACHE_DIR names, or else the user's cache folder",
};

impl Verification<'_> {
    /// Looks at the registry as it is after the last commit that was judged: every name and kind in its tree, every version
    /// that was not read as its commit added it, what was said about versions, what governs, the index, and the tip that
    /// this machine remembers. It is to be called when no commit is left.
    ///
    /// # Errors
    /// If something cannot be read that does not say what is wrong with it.
    pub fn audit(&mut self) -> Result<Vec<Finding>> {
        self.go_on();
        let mut findings = Findings::default();
        self.audit_tree(&mut findings)
            .and_then(|()| self.audit_index(&mut findings))
            .and_then(|()| self.audit_memory(&mut findings))
            .map_err(|error| self.history.explained(error))?;
        Ok(findings.into_all())
    }

    fn audit_tree(&self, findings: &mut Findings) -> Result<()> {
        let (repo, standing) = (self.history.repository(), &self.standing);
        let root = tree::root(repo, standing.tip)?;
        let basis = match Basis::read(repo, &root, self.history.location()) {
            Ok(basis) => basis,
            Err(error) => {
                super::unreadable(error, "", findings)?;
                Basis::default()
            }
        };
        let delta = delta::of(repo, None, &root, findings)?;
        for new in &delta.versions {
            let reference = format!("{}/{}", new.domain, new.product);
            // A directory is told by its id, so what was read when it was added is the same now.
            if standing.added.directory(&reference, &new.version) != Some(new.tree) {
                records::read(repo, new, basis.settings(), findings)?;
            }
        }
        governance::check_all(repo, self.history.location(), &root, &delta, findings)?;
        let versions: BTreeSet<_> = delta
            .events
            .iter()
            .map(|event| {
                (
                    format!("{}/{}", event.domain, event.product),
                    &event.version,
                )
            })
            .collect();
        let statuses = match Statuses::new(repo, &root, basis.settings().id.clone()) {
            Ok(statuses) => statuses,
            // That it is no directory was told of.
            Err(Error::Damaged { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        for (reference, version) in versions {
            let there = standing.entries_of(&reference)?;
            let Some(entry) = there.iter().find(|entry| entry.version == *version) else {
                let path = format!("{}/{reference}/{version}", layout::STATUS);
                let message = format!(
                    "there are events about `{reference}` {version}, which was never published"
                );
                findings.add(&EVENT_OUT_OF_PLACE, path, message);
                continue;
            };
            match statuses.of(entry) {
                Ok(_) => {}
                Err(Error::Damaged { path, reason }) => {
                    let check = if reason.contains("comes after") {
                        &EVENT_ORDER
                    } else {
                        &EVENT_UNREADABLE
                    };
                    findings.add(check, path, reason);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Compares the index with what all commits came to.
    fn audit_index(&self, findings: &mut Findings) -> Result<()> {
        let standing = &self.standing;
        let indexed = self.history.snapshot_at(Some(standing.tip))?;
        let mut differ = |path: String, what: &str| {
            let message = format!("`{path}` {what}");
            findings.add(&INDEX_DIFFERS, path, message);
        };
        let mut count = 0;
        for entry in indexed.entries() {
            let entry = entry?;
            count += 1;
            match standing.added.get(&entry) {
                Some(known) if *known == entry => {}
                Some(_) => differ(entry.path(), "is not in the index as its record says"),
                None => differ(
                    entry.path(),
                    "is in the index, and no commit published it so that it could be read",
                ),
            }
        }
        if count < standing.added.len() {
            let indexed: BTreeSet<String> = ids(&indexed)?;
            for entry in standing
                .added
                .all()
                .filter(|entry| !indexed.contains(&entry.path()))
            {
                differ(entry.path(), "was published, and is not in the index");
            }
        }
        Ok(())
    }

    /// Checks that the tip that this machine has seen of the registry is part of its history.
    fn audit_memory(&self, findings: &mut Findings) -> Result<()> {
        let cache = match Cache::open(self.history.location(), self.history.options()) {
            Ok(cache) => cache,
            // Without a cache there is nothing that was seen.
            Err(Error::NoHome { .. } | Error::Io { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let Some(state) = cache.state() else {
            return Ok(());
        };
        let name = format!("refs/heads/{}", state.branch);
        let repo = self.history.repository();
        let tip = self.standing.tip;
        // Whoever has an earlier commit checked out wants that one judged: it is the branch that only grows.
        let is_part = match repo.refname_to_id(&name) {
            Ok(branch) => is_ancestor(repo, state.tip, branch)?,
            // A part of the registry without its branch, such as what CI checks out, or the cache, which was compared when
            // it was fetched.
            Err(_) => true,
        };
        let is_judged = is_ancestor(repo, state.tip, tip)? || is_ancestor(repo, tip, state.tip)?;
        if !is_part || !is_judged {
            let message = format!(
                "commit {}, seen before, is no longer part of the history",
                short(state.tip)
            );
            let help = "ask the registry's administrators why: what was published may be gone";
            findings.add_with(&HISTORY_REWRITTEN, name, message, Some(help.into()), None);
        }
        Ok(())
    }
}

/// The paths of everything that is indexed.
fn ids(indexed: &Snapshot) -> Result<BTreeSet<String>> {
    indexed
        .entries()
        .map(|entry: Result<Entry>| Ok(entry?.path()))
        .collect()
}
