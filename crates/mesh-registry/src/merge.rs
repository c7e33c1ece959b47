//! Merging what was submitted: many branches, judged one after the other, as one commit.
//!
//! 1. Read the registry, and all branches below `mesh/publish/` in one fetch.
//! 2. In the order of their names and versions, make of each branch a commit on the tip *and what was accepted before it*, and judge
//!    that as a change: by what the tip has decided, against everything that would be there by then. So two branches that
//!    are fine alone and break readers together are not both accepted.
//! 3. Make one commit on the tip with the files of all accepted branches, byte for byte, and push it with the tip as the
//!    lease. If somebody else was faster, go to 1: everything is judged again.
//! 4. When the commit was seen in the registry's branch, remove the branches that are merged, each only if it still is at
//!    the commit that was judged. Whoever is killed before that leaves branches that the next run finds merged already.
//!
//! A branch is merged as a whole or not at all, and the commit is by whoever merges; who published what is in the records.

use crate::{
    Error, Progress, Result,
    cache::Cache,
    differing,
    error::object,
    git::{Git, PushError},
    history::History,
    layout,
    publish::{Backoff, GateError, Pending, one_line, order},
    reading::is_ancestor,
    registry::Registry,
    snapshot::Snapshot,
    tree,
    verify::{Finding, Judged, Verification, requests},
};
use git2::{FileMode, Oid, Repository, build::TreeUpdateBuilder};
use jiff::civil::Date;
use std::{
    collections::BTreeSet,
    path::Path,
    time::{Duration, Instant},
};

/// Where the branches are that are merged.
const PREFIX: &str = "mesh/publish/";
/// How often branches may go between being listed and being fetched.
const MOVES: u32 = 5;
/// So many names fit on every command line.
const AT_ONCE: usize = 500;
/// The most files of one branch.
const MAX_FILES: usize = 20_000;

/// How to merge.
#[derive(Debug, Clone)]
pub struct MergeOptions {
    /// Do everything but the push, and remove no branch.
    pub dry_run: bool,
    /// Merge at most so many branches.
    pub limit: Option<usize>,
    /// Remove no branch.
    pub keep_branches: bool,
    /// How long to keep trying when others are faster or the connection fails.
    pub deadline: Duration,
    /// The day on which it is merged.
    pub today: Date,
    /// The program that merges, with its version.
    pub tool: String,
}

/// What became of the branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeReport {
    /// The registry, without credentials.
    pub registry: String,
    /// The registry's branch.
    pub branch: String,
    /// The tip of the registry's branch: the one that was seen to contain everything that was merged, or, if nothing was,
    /// the one that was judged against.
    pub tip: String,
    /// The commit that merged, if there was something to merge.
    pub commit: Option<String>,
    /// How often a push was tried.
    pub attempts: u32,
    /// The branches, by name.
    pub requests: Vec<MergedRequest>,
}

/// What became of one branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedRequest {
    /// The branch.
    pub branch: String,
    /// The commit that it was at, in hexadecimal.
    pub commit: String,
    /// What it is about: `sales/orders 1.2.0`, in order.
    pub subjects: Vec<String>,
    /// What happened.
    pub outcome: MergeOutcome,
    /// Whether the branch was removed.
    pub is_removed: bool,
}

/// What happened to a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeOutcome {
    /// It was merged, and seen in the registry's branch.
    Merged,
    /// What it adds was there already.
    AlreadyMerged,
    /// It would be merged: a dry run.
    WouldMerge,
    /// Something is wrong with it, and it was left as it is.
    Rejected,
    /// As many as were asked for were merged before it. It was not looked at.
    Left,
}

/// Judges what branches would bring.
pub trait MergeJudge {
    /// Everything is judged from the beginning, since the registry has changed: what was said before counts no more.
    fn start_over(&mut self);

    /// A branch cannot be merged whatever it brings.
    fn reject(&mut self, branch: &str, finding: Finding);

    /// Whether what was `judged` of a branch, and what else there is to say about it, lets it be merged. `verification`
    /// has the registry as it would be without it.
    ///
    /// # Errors
    /// Whatever keeps it from being judged, which ends everything.
    fn judge(
        &mut self,
        branch: &str,
        judged: Judged,
        verification: &Verification<'_>,
    ) -> Result<bool, GateError>;
}

/// A branch, as it was fetched.
struct Open {
    branch: String,
    commit: Oid,
}

/// What came of judging all branches against one tip.
struct Batch {
    requests: Vec<MergedRequest>,
    /// The tree with everything that was accepted, if anything was.
    tree: Option<Oid>,
}

/// A commit that was sent, and what it means if it arrives.
struct Sent {
    commit: Oid,
    requests: Vec<MergedRequest>,
}

impl Registry {
    /// Merges everything that was submitted and is as it has to be.
    ///
    /// # Errors
    /// See [`Error`]. That a branch cannot be merged is none: it is reported. After every error but
    /// [`Error::OutcomeUnknown`] nothing was merged by this call.
    pub fn merge(&self, options: &MergeOptions, judge: &mut dyn MergeJudge) -> Result<MergeReport> {
        let start = Instant::now();
        let mut cache = Cache::open(self.location(), self.options())?;
        let git = self.git(&cache)?;
        let who = self.committer(&git)?;
        self.ensure_embedded(&git, &mut cache)?;
        let mut backoff = Backoff::new(start + options.deadline);
        let mut sent: Vec<Sent> = Vec::new();
        let mut pending = None;
        loop {
            let made = sent.last().map(|sent| sent.commit);
            let snapshot = match self.refresh(&git, &mut cache, made) {
                Ok(snapshot) => snapshot,
                Err(error) if sent.is_empty() => return Err(error),
                Err(error) if !backoff.is_over() && error.is_transient() => {
                    self.wait_after(&error.to_string(), &mut backoff);
                    continue;
                }
                Err(error) => {
                    return Err(match pending {
                        Some(Pending::Refused(refusal)) => refusal,
                        _ => Error::OutcomeUnknown {
                            detail: error.to_string(),
                        },
                    });
                }
            };
            let attempts = u32::try_from(sent.len()).unwrap_or(u32::MAX);
            let mut report = MergeReport {
                registry: snapshot.location.to_string(),
                branch: snapshot.branch.clone(),
                tip: snapshot.tip(),
                commit: None,
                attempts,
                requests: Vec::new(),
            };
            for sent in sent.iter().rev() {
                if is_ancestor(&snapshot.repo, sent.commit, snapshot.tip)? {
                    report.commit = Some(sent.commit.to_string());
                    report.requests.clone_from(&sent.requests);
                    clean_up(&git, options, &mut report.requests);
                    return Ok(report);
                }
            }
            let seconds = options.deadline.as_secs();
            Pending::settle(pending.take(), attempts, seconds, &backoff)?;
            let open = self.open_requests(&git, &snapshot)?;
            judge.start_over();
            let (tip, repo) = (snapshot.tip, cache.repository()?);
            let branch = snapshot.branch.clone();
            let Batch { requests, tree } = self.batch(&repo, snapshot, open, options, judge)?;
            let (Some(tree), false) = (tree, options.dry_run) else {
                report.requests = requests;
                clean_up(&git, options, &mut report.requests);
                return Ok(report);
            };
            let message = message(&requests, &options.tool);
            let commit = tree::commit_of(&repo, Some(tip), tree, &who, &message)?;
            sent.push(Sent { commit, requests });
            backoff.started();
            self.options().report(&Progress::Pushing {
                attempt: attempts.saturating_add(1),
            });
            pending = Some(match git.push(&branch, Some(tip), commit) {
                Ok(_) => Pending::LostRace(
                    "the registry accepted the update, but does not show it".to_owned(),
                ),
                Err(PushError::Failed(error)) if !error.is_transient() => Pending::Refused(error),
                Err(PushError::LostRace(reason)) => {
                    self.wait_after(&reason, &mut backoff);
                    Pending::LostRace(reason)
                }
                Err(PushError::Failed(error)) => {
                    self.wait_after(&error.to_string(), &mut backoff);
                    Pending::Cut(error.to_string())
                }
            });
        }
    }

    fn wait_after(&self, reason: &str, backoff: &mut Backoff) {
        self.options().report(&Progress::Retrying {
            reason: reason.to_owned(),
        });
        backoff.pause();
    }

    /// Lists the branches, in the order in which they are judged, and brings them into the cache.
    fn open_requests(&self, git: &Git, snapshot: &Snapshot) -> Result<Vec<Open>> {
        let mut moved = 0;
        loop {
            let branches = git.branches(PREFIX)?;
            self.options().report(&Progress::Fetching);
            let names: Vec<&str> = branches.keys().map(String::as_str).collect();
            let fetched = names
                .chunks(AT_ONCE)
                .try_for_each(|names| git.fetch_all(names));
            let is_there = |commit: &Oid| snapshot.repo.find_commit(*commit).is_ok();
            let again = match fetched {
                Ok(()) => !branches.values().all(is_there),
                Err(Error::Git { ref detail, .. })
                    if detail.contains("couldn't find remote ref") =>
                {
                    true
                }
                Err(error) => return Err(error),
            };
            // Some were removed or replaced since they were listed.
            if again && moved < MOVES {
                moved += 1;
                continue;
            }
            let mut open: Vec<Open> = branches
                .into_iter()
                .filter(|(_, commit)| is_there(commit))
                .map(|(branch, commit)| Open { branch, commit })
                .collect();
            // As whoever verifies the commit compares the versions in it.
            open.sort_by_cached_key(|open| order(&open.branch));
            return Ok(open);
        }
    }

    /// Judges all branches against one tip.
    fn batch(
        &self,
        repo: &Repository,
        snapshot: Snapshot,
        open: Vec<Open>,
        options: &MergeOptions,
        judge: &mut dyn MergeJudge,
    ) -> Result<Batch> {
        let tip = snapshot.tip;
        let mut head = tip;
        let history = History::of_cache(&snapshot, self.options())?;
        let mut verification = history.verify_onto(snapshot, options.today)?;
        let mut requests = Vec::with_capacity(open.len());
        let mut accepted = 0;
        let would_merge = if options.dry_run {
            MergeOutcome::WouldMerge
        } else {
            MergeOutcome::Merged
        };
        for Open { branch, commit } in open {
            let mut request = MergedRequest {
                branch,
                commit: commit.to_string(),
                subjects: Vec::new(),
                outcome: MergeOutcome::Left,
                is_removed: false,
            };
            if options.limit.is_some_and(|limit| accepted >= limit) {
                requests.push(request);
                continue;
            }
            let branch = &request.branch;
            request.outcome = match added(repo, tip, commit)? {
                Err(finding) => {
                    judge.reject(branch, *finding);
                    MergeOutcome::Rejected
                }
                Ok(added) => {
                    request.subjects = subjects(&added);
                    if is_there(repo, head, &added)? {
                        MergeOutcome::AlreadyMerged
                    } else {
                        let mut bench = Bench {
                            repo,
                            verification: &mut verification,
                            judge: &mut *judge,
                        };
                        match bench.accepts(head, branch, commit, &added)? {
                            Some(next) => {
                                accepted += 1;
                                head = next;
                                would_merge
                            }
                            None => MergeOutcome::Rejected,
                        }
                    }
                }
            };
            requests.push(request);
        }
        let tree = (head != tip).then(|| tree::root(repo, head).map(|tree| tree.id()));
        Ok(Batch {
            requests,
            tree: tree.transpose()?,
        })
    }
}

/// Removes the branches that are merged. It only tidies up: a branch that stays is found to be merged the next time.
fn clean_up(git: &Git, options: &MergeOptions, requests: &mut [MergedRequest]) {
    if options.dry_run || options.keep_branches {
        return;
    }
    let is_merged = |request: &&mut MergedRequest| {
        matches!(
            request.outcome,
            MergeOutcome::Merged | MergeOutcome::AlreadyMerged
        )
    };
    let mut merged: Vec<&mut MergedRequest> = requests.iter_mut().filter(is_merged).collect();
    for merged in merged.chunks_mut(AT_ONCE) {
        let branches: Vec<(&str, &str)> = merged
            .iter()
            .map(|request| (request.branch.as_str(), request.commit.as_str()))
            .collect();
        let removed = git.remove(&branches);
        for request in merged {
            request.is_removed = removed.contains(&request.branch);
        }
    }
}

/// Where one branch after the other is judged.
struct Bench<'b, 'h> {
    repo: &'b Repository,
    verification: &'b mut Verification<'h>,
    judge: &'b mut dyn MergeJudge,
}

impl Bench<'_, '_> {
    /// The commit on `head` with what a branch adds, if that is as it has to be.
    fn accepts(
        &mut self,
        head: Oid,
        branch: &str,
        commit: Oid,
        added: &[AddedFile],
    ) -> Result<Option<Oid>> {
        let trial = match trial(self.repo, head, commit, added)? {
            Ok(trial) => trial,
            Err(finding) => {
                self.judge.reject(branch, *finding);
                return Ok(None);
            }
        };
        let judged = self.verification.judge_change(trial, commit)?;
        let is_accepted = self.judge.judge(branch, judged, self.verification);
        if is_accepted.map_err(Error::Gate)? {
            return Ok(Some(trial));
        }
        self.verification.take_back();
        Ok(None)
    }
}

/// A file that a branch adds.
struct AddedFile {
    path: String,
    id: Oid,
    mode: FileMode,
}

/// The files that a branch adds to what it began from; or why it cannot be merged.
fn added(repo: &Repository, tip: Oid, commit: Oid) -> Result<Result<Vec<AddedFile>, Box<Finding>>> {
    let wrong = |check, path: &str, message: String| {
        Ok(Err(Box::new(Finding::new(check, path, message, commit))))
    };
    let Ok(common) = repo.merge_base(tip, commit) else {
        let message = "it shares no commit with the registry's branch".to_owned();
        return wrong(&requests::REQUEST_UNRELATED, "", message);
    };
    let (old, new) = (tree::root(repo, common)?, tree::root(repo, commit)?);
    let Some(differing) = differing::files(repo, &old, &new, MAX_FILES)? else {
        let message = format!("it changes more than {MAX_FILES} files");
        return wrong(&requests::REQUEST_TOO_LARGE, "", message);
    };
    let mut added = Vec::with_capacity(differing.len());
    for file in differing {
        // If it is not UTF-8, it is one that no publish writes, so that it is found when it is judged.
        let path = String::from_utf8_lossy(&file.path).into_owned();
        let (None, Some(is)) = (file.was, file.is) else {
            let done = if file.is.is_none() {
                "removes"
            } else {
                "changes"
            };
            let message = format!("it {done} `{path}`, and a request only adds files");
            return wrong(&requests::REQUEST_CHANGES, &path, message);
        };
        let first = path.split('/').next();
        if !matches!(first, Some(layout::PRODUCTS | layout::STATUS)) {
            let message = format!("it adds `{path}`, which is nothing that is published");
            return wrong(&requests::REQUEST_GOVERNS, &path, message);
        }
        added.push(AddedFile {
            path,
            id: is.id,
            mode: is.mode(),
        });
    }
    Ok(Ok(added))
}

/// What files are about: `sales/orders 1.2.0`, and `an event about sales/orders 1.2.0`.
fn subjects(added: &[AddedFile]) -> Vec<String> {
    let subject = |file: &AddedFile| {
        let mut parts = file.path.split('/');
        let (first, domain, product, version) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        parts.next()?;
        let version = format!("{domain}/{product} {version}");
        Some(match first {
            layout::STATUS => format!("an event about {version}"),
            _ => version,
        })
    };
    let subjects: BTreeSet<String> = added.iter().filter_map(subject).collect();
    subjects.into_iter().map(|it| one_line(&it)).collect()
}

/// Whether a commit has everything that a branch adds. A record may be another one: what was published is what counts.
fn is_there(repo: &Repository, commit: Oid, added: &[AddedFile]) -> Result<bool> {
    let root = tree::root(repo, commit)?;
    let is_there = |file: &AddedFile| {
        if file.path.ends_with(layout::SIGNATURE_SUFFIX) {
            return true;
        }
        let name = file.path.rsplit('/').next();
        let entry = root.get_path(Path::new(&file.path)).ok();
        entry.is_some_and(|entry| {
            tree::is_file(&entry) && (name == Some(layout::RECORD) || entry.id() == file.id)
        })
    };
    Ok(added.iter().all(is_there))
}

/// A commit on `head` that adds what a branch adds, made by who made the branch. It is only looked at.
fn trial(
    repo: &Repository,
    head: Oid,
    branch: Oid,
    added: &[AddedFile],
) -> Result<Result<Oid, Box<Finding>>> {
    let failed = |error| object("put a request onto the registry")(error);
    let mut update = TreeUpdateBuilder::new();
    for file in added {
        update.upsert(file.path.as_str(), file.id, file.mode);
    }
    let made = repo.find_commit(branch).map_err(failed)?;
    let base = tree::root(repo, head)?;
    let tree = match update.create_updated(repo, &base) {
        Ok(tree) => tree,
        // Everything is there, so it is a name that git takes for no name.
        Err(error) => {
            let message = format!("its files cannot be put together: {}", error.message());
            let check = &requests::REQUEST_CHANGES;
            return Ok(Err(Box::new(Finding::new(check, "", message, branch))));
        }
    };
    let (author, committer) = (made.author(), made.committer());
    let parent = repo.find_commit(head).map_err(failed)?;
    let tree = repo.find_tree(tree).map_err(failed)?;
    let message = "On trial\n";
    repo.commit(None, &author, &committer, message, &tree, &[&parent])
        .map(Ok)
        .map_err(failed)
}

/// For people who read the log; the records are the data.
fn message(requests: &[MergedRequest], tool: &str) -> String {
    let merged: Vec<&MergedRequest> = requests
        .iter()
        .filter(|request| request.outcome == MergeOutcome::Merged)
        .collect();
    let subjects: Vec<&str> = merged
        .iter()
        .flat_map(|request| &request.subjects)
        .map(String::as_str)
        .collect();
    let mut message = match subjects.as_slice() {
        [one] => format!("Publish {one}\n"),
        all => {
            let list: String = all.iter().map(|it| format!("- {it}\n")).collect();
            format!("Publish {} requests\n\n{list}", merged.len())
        }
    };
    message.push('\n');
    for request in merged {
        message.push_str("Mesh-Request: ");
        message.push_str(&one_line(&request.branch));
        message.push('\n');
    }
    message.push_str("Mesh-Tool: ");
    message.push_str(&one_line(tool));
    message.push('\n');
    message
}
