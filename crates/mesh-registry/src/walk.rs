//! The commits of a registry's branch, and what they held at a place.

use crate::{Result, error::object};
use git2::{Oid, Repository, Tree};

const READ: &str = "read the registry's history";

/// A commit of the branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) commit: Oid,
    pub(crate) tree: Oid,
    /// When, by the clock of whoever made it: seconds since 1970.
    pub(crate) seconds: i64,
}

/// The commits that the branch went through, newest first: a merge is one step, whatever it brought.
pub(crate) fn first_parents(repo: &Repository, tip: Oid) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut next = Some(tip);
    while let Some(id) = next {
        let commit = repo.find_commit(id).map_err(object(READ))?;
        steps.push(Step {
            commit: id,
            tree: commit.tree_id(),
            seconds: commit.time().seconds(),
        });
        next = commit.parent_ids().next();
    }
    Ok(steps)
}

/// What stands at each of some paths in a tree, by its id. Whatever has the same id is the same.
pub(crate) fn ids_at(repo: &Repository, tree: Oid, paths: &[String]) -> Result<Vec<Option<Oid>>> {
    let root = repo.find_tree(tree).map_err(object(READ))?;
    paths.iter().map(|path| id_at(repo, &root, path)).collect()
}

fn id_at(repo: &Repository, root: &Tree<'_>, path: &str) -> Result<Option<Oid>> {
    let mut tree = None;
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let found = tree.as_ref().unwrap_or(root).get_name(part);
        let Some(id) = found.map(|entry| entry.id()) else {
            return Ok(None);
        };
        if parts.peek().is_none() {
            return Ok(Some(id));
        }
        // What is no directory has nothing in it.
        match repo.find_tree(id) {
            Ok(next) => tree = Some(next),
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(object(READ)(error)),
        }
    }
    Ok(None)
}

/// The positions of steps, newest first, at which what `states` says is not what it was a step before.
///
/// Between two steps at which it is the same, nothing is looked at: what was there once stays, so nothing can have come
/// and gone. The costs are those of the changes and of the logarithm of all steps, times what one question costs.
pub(crate) fn changes<S: Clone + PartialEq>(
    steps: usize,
    before: S,
    mut state: impl FnMut(usize) -> Result<S>,
) -> Result<Vec<usize>> {
    let mut found = Vec::new();
    if steps == 0 {
        return Ok(found);
    }
    // Each with what was there at its newer and at its older end; the newest is looked at first.
    let mut open = vec![(0, state(0)?, steps, before)];
    while let Some((newer, is, older, was)) = open.pop() {
        if is == was {
            continue;
        }
        if older - newer == 1 {
            found.push(newer);
            continue;
        }
        let middle = usize::midpoint(newer, older);
        let between = state(middle)?;
        open.push((middle, between.clone(), older, was));
        open.push((newer, is, middle, between));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_found_newest_first_and_with_few_questions() {
        for changed in [&[][..], &[0], &[9_999], &[0, 1, 2, 4_711, 9_999]] {
            let mut asked = 0;
            let state = |step: usize| {
                asked += 1;
                Ok(changed.iter().filter(|&&at| at >= step).count())
            };
            let found = changes(10_000, 0, state).expect("states");
            assert_eq!(found, changed);
            assert!(asked <= 1 + 28 * changed.len(), "{asked}");
        }
        let none = changes(0, 0, |_| Ok(1)).expect("states");
        assert!(none.is_empty());
    }
}
