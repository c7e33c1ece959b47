//! Reading many records with all processors, some ahead of the one that is asked for.
//!
//! Making the index of a large registry is reading its records, more than anything else. libgit2 lets no two threads share
//! a repository, so each has its own.

use super::entry::Entry;
use crate::{layout, tree};
use git2::{Oid, Repository};
use std::{collections::HashMap, thread};

/// Records that are read ahead, so that what is kept of them is bounded.
const AHEAD: usize = 4096;
/// It is not worth it for fewer.
const FEW: usize = 512;

/// Entries that were read, as JSON.
pub(super) struct Ahead {
    readers: Vec<Repository>,
    /// By the paths of the versions.
    read: HashMap<String, String>,
    /// How many of those that were read last nobody has asked for yet, whatever came of them.
    left: usize,
}

impl Ahead {
    /// For reading so many records.
    pub(super) fn new(repo: &Repository, records: usize) -> Self {
        let threads = if records < FEW {
            0
        } else {
            thread::available_parallelism().map_or(0, usize::from)
        };
        // Where there is nothing to be won, or a repository cannot be opened again, records are read as they are asked for.
        let open = |_| Repository::open(repo.path()).ok();
        let readers = (0..threads).map_while(open).collect();
        Self {
            readers,
            read: HashMap::new(),
            left: 0,
        }
    }

    /// Takes what was read of the version at a path. Everything is asked for once, in the order of the changes.
    pub(super) fn take(&mut self, path: &str) -> Option<String> {
        self.left = self.left.saturating_sub(1);
        self.read.remove(path)
    }

    /// Whether nothing is left of what was read.
    pub(super) fn is_used_up(&self) -> bool {
        self.left == 0
    }

    /// Reads what comes next of `changes`. What cannot be read is left out: whoever asks for it reads it again, and tells
    /// why.
    pub(super) fn fill<'c>(
        &mut self,
        changes: impl Iterator<Item = &'c tree::Change>,
        registry: Option<&str>,
    ) {
        if self.readers.len() < 2 {
            return;
        }
        let next: Vec<_> = changes
            .filter_map(|change| Some((change, change.tree?)))
            .take(AHEAD)
            .collect();
        let share = next.len().div_ceil(self.readers.len()).max(1);
        let read = |repo: &Repository, changes: &[(&tree::Change, Oid)]| {
            let read = |&(change, directory): &(&tree::Change, Oid)| {
                let path = layout::version_dir(&change.domain, &change.product, &change.version);
                let entry = Entry::read(repo, directory, &path, registry).ok()?;
                Some((path, entry.json().ok()?))
            };
            changes.iter().filter_map(read).collect::<Vec<_>>()
        };
        let all: Vec<_> = thread::scope(|scope| {
            let readers = self.readers.iter_mut().zip(next.chunks(share));
            let running: Vec<_> = readers
                .map(|(repo, changes)| scope.spawn(move || read(repo, changes)))
                .collect();
            running
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect()
        });
        self.left = next.len();
        self.read.extend(all.into_iter().flatten().flatten());
    }
}
