//! Whether a registry is what its rules ask for: everything that can be told without knowing what a manifest means.
//!
//! A [`Verification`] goes from commit to commit along the first parents of a branch, and judges each by what was there
//! before it: names and kinds of what is new, that nothing published was touched, digests, ids and their paths, contracts,
//! who publishes and who governs. What it trusts comes from a [`Basis`], which is that of the base for a change that is
//! about to be accepted, and that of the parent for a commit of the past; a change is never judged by what it brings.
//!
//! Every check is a file here, with what it is about as data ([`Check`]), so that findings can be explained and listed.
//! What a version means (compatibility, policies, whether the record says what the manifest says) is judged by whoever
//! knows manifests, with [`Verification::standing`]: the registry as the commit found it.

mod attributes;
mod audit;
mod authority;
mod basis;
mod content;
mod contracts;
mod delta;
pub mod docs;
mod events;
mod finding;
mod governance;
mod identity;
mod immutable;
mod list;
pub mod meaning;
mod modes;
mod names;
mod push;
mod records;
pub(crate) mod requests;
mod standing;

pub use basis::Basis;
pub use finding::{Check, Finding, Place};
pub use immutable::PUBLISHED_VERSION_CHANGED;
pub use list::{ALL, find};
pub use push::Update;
pub use records::Published;
pub(crate) use standing::Added;

use crate::{Error, Result, error::object, history::History, layout, snapshot::Snapshot};
use finding::Findings;
use git2::{Commit, Oid, Tree};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use std::{rc::Rc, vec};

const READ: &str = "read the registry's history";

/// The commits of a branch that are judged, oldest first.
pub struct Verification<'h> {
    history: &'h History,
    standing: Snapshot,
    commits: vec::IntoIter<Oid>,
    /// What everything is judged by, if it is a change.
    base: Option<Rc<Basis>>,
    /// What the last commit was judged by.
    last: Option<(basis::Identity, Rc<Basis>)>,
    /// The day of the run, if it is a change.
    today: Option<Date>,
    /// The commit that was judged last, and what it published: part of what stands when the next one is judged.
    judged: Option<(Oid, Vec<(crate::Entry, Oid)>)>,
    /// What a change did before: the path of something that governs, and whether anything was published.
    governed: Option<String>,
    published: bool,
    is_mixed: bool,
}

/// A commit that was judged.
#[derive(Debug)]
pub struct Judged {
    /// The commit, in hexadecimal.
    pub commit: String,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What it published and could be read, by domain, product and version.
    pub published: Vec<Published>,
    /// How many directories of versions it added, readable or not.
    pub versions: usize,
    /// What it was judged by; nothing if that could not be read, which is a finding.
    pub basis: Option<Rc<Basis>>,
    /// What is decided after it, if it changed anything that governs and that can be read.
    pub after: Option<Rc<Basis>>,
    /// The day on which it was made, as far as one can tell: today for a change, else what the commit says.
    pub day: Date,
}

impl History {
    /// Judges what came after `base` up to `head`; everything from the first commit without a base, and up to the tip
    /// without a head. `today` says that it is a change that is about to be accepted, and on which day: then everything is
    /// judged by what the base had decided, otherwise each commit by what its parent had.
    ///
    /// The cost of a commit is that of what it changes. `indexing` is told how many versions have to be indexed first.
    ///
    /// # Errors
    /// As for [`History::additions`], and if what the base has decided cannot be read.
    pub fn verify(
        &self,
        base: Option<&str>,
        head: Option<&str>,
        today: Option<Date>,
    ) -> Result<Verification<'_>> {
        let (from, commits) = self.change(base, head)?;
        let standing = self.snapshot_at(from)?;
        let base = match (from, today) {
            (Some(from), Some(_)) => {
                let root = crate::tree::root(self.repository(), from)?;
                let basis = Basis::read(self.repository(), &root, self.location());
                Some(Rc::new(basis.map_err(|error| self.explained(error))?))
            }
            _ => None,
        };
        Ok(Verification {
            history: self,
            standing,
            commits: commits.into_iter(),
            today: today.filter(|_| base.is_some()),
            base,
            last: None,
            judged: None,
            governed: None,
            published: false,
            is_mixed: false,
        })
    }
}

impl History {
    /// Judges commits that nobody has accepted yet, each by what `standing` has decided; see
    /// [`Verification::judge_change`].
    pub(crate) fn verify_onto(&self, standing: Snapshot, today: Date) -> Result<Verification<'_>> {
        let root = crate::tree::root(self.repository(), standing.tip)?;
        let basis = Basis::read(self.repository(), &root, self.location());
        let basis = basis.map_err(|error| self.explained(error))?;
        Ok(Verification {
            history: self,
            standing,
            commits: Vec::new().into_iter(),
            today: Some(today),
            base: Some(Rc::new(basis)),
            last: None,
            judged: None,
            governed: None,
            published: false,
            is_mixed: false,
        })
    }
}

impl Verification<'_> {
    /// Judges a commit on what was judged last, as a change of its own. What is found is told of `shown`, a commit that
    /// people can look at.
    pub(crate) fn judge_change(&mut self, commit: Oid, shown: Oid) -> Result<Judged> {
        self.go_on();
        (self.governed, self.published, self.is_mixed) = (None, false, false);
        let judged = self.judge(commit);
        let mut judged = judged.map_err(|error| self.history.explained(error))?;
        judged.commit = shown.to_string();
        for finding in &mut judged.findings {
            finding.commit = Some(judged.commit.clone());
        }
        Ok(judged)
    }

    /// Forgets what was judged last: it is not accepted.
    pub(crate) fn take_back(&mut self) {
        self.judged = None;
    }

    /// The registry as the commit found it that was judged last.
    pub fn standing(&self) -> &Snapshot {
        &self.standing
    }

    /// How many commits are left.
    pub fn left(&self) -> usize {
        self.commits.len()
    }

    /// Judges the next commit; `None` after the last.
    ///
    /// # Errors
    /// If it cannot be read, which is not what is wrong with it.
    pub fn judge_next(&mut self) -> Result<Option<Judged>> {
        self.go_on();
        let Some(commit) = self.commits.next() else {
            return Ok(None);
        };
        self.judge(commit)
            .map(Some)
            .map_err(|error| self.history.explained(error))
    }

    /// Takes what was judged last for what is there.
    fn go_on(&mut self) {
        if let Some((commit, entries)) = self.judged.take() {
            self.standing.go_on(commit, entries);
        }
    }

    fn judge(&mut self, id: Oid) -> Result<Judged> {
        let repo = self.history.repository();
        let commit = repo.find_commit(id).map_err(object(READ))?;
        let root = commit.tree().map_err(object(READ))?;
        let before = (commit.parent_count() > 0)
            .then(|| commit.parent(0).and_then(|parent| parent.tree()))
            .transpose()
            .map_err(object(READ))?;
        let day = self.today.unwrap_or_else(|| day_of(&commit));
        let mut findings = Findings::of_commit(&id.to_string());
        let delta = delta::of(repo, before.as_ref(), &root, &mut findings)?;
        let basis = match self.basis(before.as_ref()) {
            Ok(basis) => Some(basis),
            Err(error) => {
                let why = "nobody can tell by what the commit is to be judged: before it, ";
                unreadable(error, why, &mut findings)?;
                None
            }
        };
        let undecided = Basis::default();
        let decided = basis.as_deref().unwrap_or(&undecided);
        self.standing.id.clone_from(&decided.settings().id);

        let mut published = Vec::new();
        let mut entries = Vec::new();
        for new in &delta.versions {
            let read = records::read(repo, new, decided.settings(), &mut findings)?;
            if let Some(read) = read {
                entries.push((read.entry.clone(), new.tree));
                published.push(read);
            }
        }
        identity::check(&published, &self.standing, &mut findings)?;
        contracts::check(&published, &self.standing, &mut findings)?;
        if let Some(basis) = &basis {
            authority::check(repo, &published, basis, day, &mut findings);
            let around = events::Around {
                repo,
                root: &root,
                standing: &self.standing,
                published: &published,
                basis,
                day,
            };
            events::check(&delta.events, &around, &mut findings)?;
            let change = governance::Change {
                repo,
                location: self.history.location(),
                commit: &commit,
                root: &root,
                delta: &delta,
                basis,
                day,
            };
            governance::check(&change, &mut findings)?;
        }
        let after = if delta.governed.is_empty() {
            None
        } else {
            // What cannot be read was told of.
            Basis::read(repo, &root, self.history.location())
                .ok()
                .map(Rc::new)
        };
        if self.base.is_none()
            && let Some(after) = &after
        {
            self.last = Some((basis::identity(&root), Rc::clone(after)));
        }
        if self.base.is_some() {
            self.check_mixed(&delta, &mut findings);
        }
        self.judged = Some((id, entries));
        Ok(Judged {
            commit: id.to_string(),
            findings: findings.into_all(),
            published,
            versions: delta.versions.len(),
            basis,
            after,
            day,
        })
    }

    /// A change may be of several commits, and still either governs or publishes.
    fn check_mixed(&mut self, delta: &delta::Delta, findings: &mut Findings) {
        let is_new = delta.publishes == delta.governed.is_empty();
        self.published |= delta.publishes;
        if let Some(first) = delta.governed.first() {
            self.governed.get_or_insert_with(|| first.path.clone());
        }
        if let Some(path) = self
            .governed
            .as_deref()
            .filter(|_| self.published && !self.is_mixed)
        {
            self.is_mixed = true;
            // Within one commit it was told of already.
            if is_new {
                governance::mixed(path, findings);
            }
        }
    }

    /// What a commit is judged by.
    fn basis(&mut self, before: Option<&Tree<'_>>) -> Result<Rc<Basis>> {
        if let Some(base) = &self.base {
            return Ok(Rc::clone(base));
        }
        let Some(before) = before else {
            return Ok(Rc::default());
        };
        let identity = basis::identity(before);
        if let Some((_, basis)) = self.last.as_ref().filter(|(of, _)| *of == identity) {
            return Ok(Rc::clone(basis));
        }
        let basis = Basis::read(self.history.repository(), before, self.history.location())?;
        let basis = Rc::new(basis);
        self.last = Some((identity, Rc::clone(&basis)));
        Ok(basis)
    }
}

/// Notes that what governs cannot be read, unless the error is not about that.
fn unreadable(error: Error, why: &str, findings: &mut Findings) -> Result<()> {
    let (check, path) = match &error {
        Error::BadPolicyFile { path, .. } => (&governance::POLICY_UNREADABLE, path.clone()),
        Error::BadFormatFile { .. } | Error::NewerFormat { .. } => (
            &governance::SETTINGS_UNREADABLE,
            layout::FORMAT_FILE.to_owned(),
        ),
        Error::Damaged { path, .. } => (&governance::SETTINGS_UNREADABLE, path.clone()),
        _ => return Err(error),
    };
    findings.add_with(check, path, format!("{why}{error}"), error.help(), None);
    Ok(())
}

/// The day on which a commit was made, as far as it says the truth. It only decides which keys count.
fn day_of(commit: &Commit<'_>) -> Date {
    let at = Timestamp::from_second(commit.time().seconds()).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::UTC).date()
}
