//! Pushes to a registry, as a pre-receive hook hears of them.

use super::finding::{Check, Finding, Findings};
use crate::{
    Error, Result, RevisionError,
    error::object,
    history::{History, NOTHING},
    reading::is_ancestor,
};
use git2::{Oid, Reference, Repository};

pub(super) static HISTORY_REWRITTEN: Check = Check {
    id: "history-rewritten",
    summary: "The history of a registry only grows.",
    docs: "\
Whoever read the registry relies on what it read. A push that takes commits away (`--force`) would take back what was
published; a branch that took from the registry's and would take its place makes another history of it. Every machine that
remembers a tip stops when that is no longer part of the history.",
    help: "fetch the registry, and add to what it has",
};

pub(super) static BRANCH_DELETED: Check = Check {
    id: "branch-deleted",
    summary: "The branch of a registry stays.",
    docs: "\
The branch that HEAD names is the registry. Without it everything published would be gone.",
    help: "leave the branch; to have another default branch, change HEAD on the server first",
};

/// How a push would change a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The commit before, in hexadecimal; nothing if the reference is new.
    pub old: Option<String>,
    /// The commit after; nothing if the reference is to be removed.
    pub new: Option<String>,
    /// The full name, such as `refs/heads/main`.
    pub name: String,
}

impl Update {
    /// Reads what git tells a hook: lines of `<old> <new> <name>`. Nothing, if it is not that.
    pub fn parse(input: &str) -> Option<Vec<Self>> {
        let id = |text: &str| {
            let is_id = text.len() == NOTHING.len() && text.bytes().all(|b| b.is_ascii_hexdigit());
            is_id.then(|| (text != NOTHING).then(|| text.to_owned()))
        };
        let update = |line: &str| {
            let mut parts = line.splitn(3, ' ');
            Some(Self {
                old: id(parts.next()?)?,
                new: id(parts.next()?)?,
                name: parts
                    .next()
                    .filter(|name| name.starts_with("refs/"))?
                    .to_owned(),
            })
        };
        input.lines().map(update).collect()
    }
}

impl History {
    /// The full name of the registry's branch in a repository: what HEAD names, or if that is no branch, the one that
    /// [`crate::Registry::open`] would take.
    ///
    /// # Errors
    /// [`Error::NoBranch`] if nobody can tell.
    pub fn branch_name(&self) -> Result<String> {
        branch_of(self.repository(), &self.location().to_string())
    }

    /// Whether an update of the registry's branch adds to it; nothing if it does.
    ///
    /// # Errors
    /// If a commit cannot be read.
    pub fn check_update(&self, update: &Update) -> Result<Option<Finding>> {
        let mut findings = Findings::default();
        match (&update.old, &update.new) {
            (_, None) => {
                let message = format!("`{}` is the registry, and would be gone", update.name);
                findings.add(&BRANCH_DELETED, &*update.name, message);
            }
            (Some(old), Some(new)) => self.check_growth(old, new, &update.name, &mut findings)?,
            (None, Some(_)) => {}
        }
        Ok(findings.into_all().pop())
    }

    fn check_growth(
        &self,
        old: &str,
        new: &str,
        name: &str,
        findings: &mut Findings,
    ) -> Result<()> {
        let id = |text: &str| Oid::from_str(text).map_err(object("read an object id"));
        if !is_ancestor(self.repository(), id(old)?, id(new)?)? {
            let message = format!(
                "commit {} is not part of what is pushed to `{name}`",
                short(old)
            );
            findings.add(&HISTORY_REWRITTEN, name, message);
            return Ok(());
        }
        match self.change(Some(old), Some(new)) {
            Ok(_) => Ok(()),
            Err(error @ Error::Revision(RevisionError::NotContinued { .. })) => {
                let message = format!(
                    "`{name}` took in commit {} by a merge, so that the first parents of its commits do not lead there",
                    short(old)
                );
                let help =
                    "merge the change into the registry's branch instead of the other way round"
                        .to_owned();
                findings.add_with(&HISTORY_REWRITTEN, name, message, Some(help), None);
                drop(error);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// What HEAD names, or else the branch that is usual.
fn branch_of(repo: &Repository, location: &str) -> Result<String> {
    const READ: &str = "read the branches of the registry";
    let head = repo.find_reference("HEAD").map_err(object(READ))?;
    if let Ok(Some(name)) = head.symbolic_target()
        && name.starts_with("refs/heads/")
    {
        return Ok(name.to_owned());
    }
    let branches = repo.references_glob("refs/heads/*").map_err(object(READ))?;
    let name =
        |branch: Result<Reference<'_>, git2::Error>| branch.ok()?.name().ok().map(str::to_owned);
    let branches: Vec<String> = branches.filter_map(name).collect();
    let usual = ["refs/heads/main", "refs/heads/master"];
    let found = usual
        .iter()
        .find_map(|usual| branches.iter().find(|name| name == usual));
    match (found, branches.as_slice()) {
        (Some(found), _) | (None, [found]) => Ok(found.clone()),
        (None, others) => Err(Error::NoBranch {
            location: location.to_owned(),
            branches: format!("{} branches, none of them `main` or `master`", others.len()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_tells_a_hook_is_read() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let read = Update::parse(&format!(
            "{one} {two} refs/heads/main\n{NOTHING} {two} refs/tags/a b\n{one} {NOTHING} refs/heads/x\n"
        ));
        let read = read.expect("updates");
        assert_eq!(read.len(), 3);
        assert_eq!(
            (read[0].old.as_deref(), read[0].new.as_deref()),
            (Some(&*one), Some(&*two))
        );
        assert_eq!(
            (read[1].old.as_deref(), &*read[1].name),
            (None, "refs/tags/a b")
        );
        assert_eq!(read[2].new, None);
        assert_eq!(Update::parse(""), Some(Vec::new()));
        for bad in [
            "x",
            &format!("{one} {two}"),
            &format!("{one} {two} main"),
            &format!("{one} 22 refs/heads/main"),
            // As of a repository with SHA-256.
            &format!("{0} {0} refs/heads/main", "1".repeat(64)),
        ] {
            assert_eq!(Update::parse(bad), None, "{bad}");
        }
    }
}
