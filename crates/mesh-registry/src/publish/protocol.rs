//! How anything gets into a registry: as one commit onto the tip of its branch.
//!
//! One loop, which starts over until the remote shows what was to be added:
//!
//! 1. Read the remote, and check that its history only grew; the first time only if the caller has not just done so.
//! 2. If a commit that was sent is part of the branch: report, and be finished.
//! 3. Decide for every product or policy where it goes and whether it is there already. The same content is done; other
//!    content where there may be none, a sibling that differs in case, somebody else's path or somebody else's contract
//!    is an error. If everything is there, that is a success.
//! 4. If the last push was refused, that stands. If it lost a race and time is over, so does that.
//! 5. Ask whether whoever publishes may do so, by the owners and stewards of what would be published onto, and run the
//!    gate on it.
//! 6. Write one commit on the tip, and push it with the tip as the lease. Whatever the push says, go to 1; after a lost
//!    race or a broken connection, pause for a random time first.
//!
//! If it goes through a request, the commit is pushed to the branch that is called after it (see [`super::branch`]), which
//! must not exist or be what it was, and that branch decides: seen at the commit, it is submitted. If the branch is there
//! and adds the same, whoever made it on whichever tip, that is a success as well; if its records would say something
//! else by now, it is replaced. `auto` begins with the registry's branch, and takes a request if that is protected.
//!
//! The cache is locked all the while, so two publishers on one machine queue instead of racing.

use crate::{
    Error, Progress, RemoteError, Result,
    authority::Area,
    cache::Cache,
    error::object,
    git::{Git, PushError},
    plan::Publisher,
    publish::{
        Mode, Outcome, PublishOptions, Seen,
        branch::{self, Files, Name, Request},
    },
    reading::is_ancestor,
    registry::Registry,
    signing::{Signatory, Signing},
    snapshot::Snapshot,
};
use git2::Oid;
use std::{
    hash::{BuildHasher as _, RandomState},
    thread,
    time::{Duration, Instant},
};

/// Something to add to a registry, all of it or nothing.
pub(super) trait Contribution {
    /// Where its parts go in one state of the registry, and which of them are there already.
    type Placed;
    /// What became of its parts.
    type Outcomes;

    /// Finds the place of every part, and checks that it may go there. The registry may have changed since the last
    /// time.
    fn place(&mut self, snapshot: &Snapshot) -> Result<Self::Placed>;

    /// Whether every part is there.
    fn is_there(placed: &Self::Placed) -> bool;

    /// What is reported; `if_missing` is what became of the parts that were not there.
    fn outcomes(placed: &Self::Placed, if_missing: Outcome) -> Self::Outcomes;

    /// Whose the things are that it changes.
    fn areas<'c>(&'c self, placed: &'c Self::Placed) -> Vec<Area<'c>>;

    /// On whose behalf it changes them, if that is not who commits.
    fn publisher<'c>(&'c self, who: &'c Publisher) -> &'c Publisher {
        who
    }

    /// Asks the gate, and writes the commit that adds what is missing to the tip.
    fn write(&mut self, snapshot: &Snapshot, placed: &Self::Placed, who: &Publisher)
    -> Result<Oid>;

    /// What the branch is called after if it goes through a request. It must be the same for the same contribution,
    /// whatever the registry has of it by now.
    fn name(&self, placed: &Self::Placed) -> Name;

    /// Whether a request that adds `theirs` need not be replaced by one that adds `ours`: it says the same, and can be
    /// merged into the registry as it is.
    fn is_same(_: &Snapshot, ours: &Files, theirs: &Files) -> bool {
        ours == theirs
    }
}

/// What became of something that was to get into a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributed<P> {
    /// The registry, without credentials.
    pub registry: String,
    /// The registry's branch.
    pub branch: String,
    /// The tip of the branch that was seen to contain everything. In a dry run, or if it was submitted: the one that it
    /// was judged against.
    pub tip: String,
    /// The commit that this made, if it made one.
    pub commit: Option<String>,
    /// How often a push was tried.
    pub attempts: u32,
    /// The key with which new records or events were signed, as `SHA256:…`, if they were.
    pub signed_with: Option<String>,
    /// What became of its parts.
    pub parts: P,
    /// What waits to be merged, if it went through a request; see [`Registry::wait_for`].
    pub request: Option<Request>,
}

impl<P> Contributed<P> {
    /// With the key that signed what was written last, which counts only if something new is there, or would be.
    pub(super) fn signed_with(self, key: Option<String>, dry_run: bool) -> Self {
        let is_new = match &self.request {
            Some(request) => request.is_new,
            None => dry_run || self.commit.is_some(),
        };
        Self {
            signed_with: key.filter(|_| is_new),
            ..self
        }
    }
}

/// A commit that was sent, and what it means if it arrives.
struct Sent<O> {
    commit: Oid,
    /// Whether it was sent to the branch of a request.
    by_request: bool,
    outcomes: O,
}

/// A commit that was written, and the tip that it was written for.
#[derive(Clone, Copy)]
struct Written {
    tip: Oid,
    commit: Oid,
}

/// The branches that wait to be merged, as far as they matter here.
struct Open {
    /// What the branch is called.
    branch: String,
    /// The commit that it is at, if it is there.
    tip: Option<Oid>,
    /// Other branches for the same.
    others: Vec<String>,
}

impl Open {
    fn look(git: &Git, name: &Name) -> Result<Self> {
        let branch = name.branch();
        let open = git.branches(&name.directory())?;
        Ok(Self {
            tip: open.get(&branch).copied(),
            others: name.others(&open),
            branch,
        })
    }

    fn request(
        &self,
        snapshot: &Snapshot,
        commit: Oid,
        url: Option<String>,
        is_new: bool,
    ) -> Result<Request> {
        Ok(Request {
            branch: self.branch.clone(),
            commit: commit.to_string(),
            url,
            is_new,
            others: self.others.clone(),
            contents: branch::contents(&snapshot.repo, snapshot.tip, commit)?,
        })
    }
}

/// A contribution on its way.
struct Run<'r, O> {
    registry: &'r Registry,
    git: &'r Git,
    mode: Mode,
    /// Whether it goes through a request.
    by_request: bool,
    sent: Vec<Sent<O>>,
    pending: Option<Pending>,
    written: Option<Written>,
    /// Where the host said that a request is opened.
    url: Option<String>,
    backoff: Backoff,
    /// The longest that this may take.
    seconds: u64,
}

impl<O> Run<'_, O> {
    fn attempts(&self) -> u32 {
        u32::try_from(self.sent.len()).unwrap_or(u32::MAX)
    }

    /// Whether a commit is one that was sent to the branch of a request.
    fn submitted(&self, commit: Oid) -> bool {
        let mut sent = self.sent.iter();
        sent.any(|sent| sent.by_request && sent.commit == commit)
    }

    /// What was read of the remote. Nothing if it could not be read after something was sent, and is to be read again.
    fn seen<T>(&mut self, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if self.sent.is_empty() => Err(error),
            Err(error) => {
                let pending = self.pending.take();
                self.registry
                    .cannot_look(error, pending, &mut self.backoff)?;
                Ok(None)
            }
        }
    }

    /// What the last push left open, now that what was sent is known not to be there.
    fn settle(&mut self) -> Result<()> {
        let (attempts, pending) = (self.attempts(), self.pending.take());
        Pending::settle(pending, attempts, self.seconds, &self.backoff)
    }

    /// Pushes a commit to the registry's branch, or to that of a request.
    fn push(&mut self, snapshot: &Snapshot, open: Option<&Open>, commit: Oid, outcomes: O) {
        let attempt = self.attempts().saturating_add(1);
        self.sent.push(Sent {
            commit,
            by_request: self.by_request,
            outcomes,
        });
        self.backoff.started();
        let (branch, old) = match open {
            None => (&snapshot.branch, Some(snapshot.tip)),
            Some(open) => (&open.branch, open.tip),
        };
        let branch = branch.clone();
        self.registry.options().report(&match open {
            None => Progress::Pushing { attempt },
            Some(_) => Progress::Submitting {
                branch: branch.clone(),
            },
        });
        self.pending = match self.git.push(&branch, old, commit) {
            // The records should be there. If they are not, somebody removed them at once, or the remote lied.
            Ok(pushed) => {
                self.url = pushed.url;
                Some(Pending::LostRace(
                    "the registry accepted the update, but does not show it".to_owned(),
                ))
            }
            Err(PushError::Failed(Error::Remote(RemoteError::Protected { .. })))
                if self.mode == Mode::Auto && !self.by_request =>
            {
                self.by_request = true;
                None
            }
            Err(PushError::Failed(error)) if !error.is_transient() => Some(Pending::Refused(error)),
            Err(PushError::LostRace(reason)) => Some(Pending::LostRace(
                self.registry.pause(reason, &mut self.backoff),
            )),
            Err(PushError::Failed(error)) => Some(Pending::Cut(
                self.registry.pause(error.to_string(), &mut self.backoff),
            )),
        };
    }
}

/// What the last push left open.
pub(crate) enum Pending {
    /// The branch moved: try again.
    LostRace(String),
    /// The connection failed, before or after the update: try again.
    Cut(String),
    /// An error that trying again does not help against, if the records are not there.
    Refused(Error),
}

impl Pending {
    /// What it comes to, now that what was sent is known not to be there: nothing as long as there is time.
    pub(crate) fn settle(
        pending: Option<Self>,
        attempts: u32,
        seconds: u64,
        backoff: &Backoff,
    ) -> Result<()> {
        match pending {
            Some(Self::Refused(error)) => Err(error),
            Some(Self::LostRace(detail)) if backoff.is_over() => Err(Error::Contended {
                attempts,
                seconds,
                detail,
            }),
            // It is not there, but the remote may still be at work on it.
            Some(Self::Cut(detail)) if backoff.is_over() => Err(Error::OutcomeUnknown { detail }),
            _ => Ok(()),
        }
    }
}

impl Registry {
    /// Adds all of something, or nothing. That everything is there already is a success.
    pub(super) fn contribute<C: Contribution>(
        &self,
        contribution: &mut C,
        options: &PublishOptions,
    ) -> Result<Contributed<C::Outcomes>> {
        let start = Instant::now();
        let mut cache = Cache::open(self.location(), self.options())?;
        let git = self.git(&cache)?;
        // Before anything is created or transferred.
        let who = self.committer(&git)?;
        self.ensure_embedded(&git, &mut cache)?;

        let mut run = Run {
            registry: self,
            git: &git,
            mode: options.mode,
            by_request: options.mode == Mode::Branch,
            sent: Vec::new(),
            pending: None,
            written: None,
            url: None,
            backoff: Backoff::new(start + options.deadline),
            seconds: options.deadline.as_secs(),
        };
        let mut seen = options.seen.as_ref();
        loop {
            let made = run.sent.last().map(|sent| sent.commit);
            let read = match seen.take().and_then(|seen| self.as_seen(&cache, seen)) {
                Some(snapshot) => Ok(snapshot),
                None => self.refresh(&git, &mut cache, made),
            };
            let Some(snapshot) = run.seen(read)? else {
                continue;
            };
            let attempts = run.attempts();
            if let Some(landed) = landed(&snapshot, &mut run.sent)? {
                let commit = Some(landed.commit);
                return Ok(contributed(&snapshot, attempts, commit, landed.outcomes));
            }
            let placed = contribution.place(&snapshot)?;
            let outcomes = C::outcomes(&placed, Outcome::Published);
            if C::is_there(&placed) {
                return Ok(contributed(&snapshot, attempts, None, outcomes));
            }
            let open = if run.by_request {
                let open = Open::look(&git, &contribution.name(&placed));
                let Some(open) = run.seen(open)? else {
                    continue;
                };
                Some(open)
            } else {
                None
            };
            let theirs = open.as_ref().and_then(|open| Some((open, open.tip?)));
            if let Some((open, commit)) = theirs.filter(|(_, tip)| run.submitted(*tip)) {
                let request = open.request(&snapshot, commit, run.url, true)?;
                let outcomes = C::outcomes(&placed, Outcome::Submitted);
                return Ok(submitted(&snapshot, attempts, outcomes, request));
            }
            run.settle()?;
            let tip = snapshot.tip;
            let commit = match run.written.filter(|written| written.tip == tip) {
                // What the gate said of this tip still holds.
                Some(written) => written.commit,
                None => write(contribution, &snapshot, &placed, &who, &options.signing)?,
            };
            run.written = Some(Written { tip, commit });
            if let Some((open, theirs)) = theirs {
                match self.compare::<C>(&git, &snapshot, open, theirs, commit) {
                    Ok(true) => {
                        let request = open.request(&snapshot, theirs, None, false)?;
                        let outcomes = C::outcomes(&placed, Outcome::Submitted);
                        return Ok(submitted(&snapshot, attempts, outcomes, request));
                    }
                    Ok(false) => {}
                    Err(error) if run.backoff.is_over() => return Err(error),
                    // It may have been merged or removed just now.
                    Err(error) => {
                        let reason = self.pause(error.to_string(), &mut run.backoff);
                        run.pending = Some(Pending::LostRace(reason));
                        continue;
                    }
                }
            }
            if options.dry_run {
                return would_contribute::<C>(&snapshot, &placed, open.as_ref(), commit);
            }
            run.push(&snapshot, open.as_ref(), commit, outcomes);
        }
    }

    /// The registry in a state that was read before, if nobody on this machine has seen another one since.
    fn as_seen(&self, cache: &Cache, seen: &Seen) -> Option<Snapshot> {
        let state = cache.state()?;
        let is_it = (&state.branch, state.tip) == (&seen.branch, seen.tip);
        // If it cannot be read any more, reading it anew says why, or helps.
        is_it.then(|| self.cached(cache).ok()).flatten()
    }

    /// Whether the branch that is there need not be replaced by `commit`.
    fn compare<C: Contribution>(
        &self,
        git: &Git,
        snapshot: &Snapshot,
        open: &Open,
        theirs: Oid,
        commit: Oid,
    ) -> Result<bool> {
        self.options().report(&Progress::Fetching);
        git.fetch(&open.branch)?;
        let (repo, tip) = (&snapshot.repo, snapshot.tip);
        repo.find_commit(theirs)
            .map_err(object("find the commit of a request"))?;
        let ours = branch::files(repo, tip, commit)?;
        let theirs = branch::files(repo, tip, theirs)?;
        Ok(
            matches!((ours, theirs), (Some(ours), Some(theirs)) if C::is_same(snapshot, &ours, &theirs)),
        )
    }

    fn pause(&self, reason: String, backoff: &mut Backoff) -> String {
        self.options().report(&Progress::Retrying {
            reason: reason.clone(),
        });
        backoff.pause();
        reason
    }

    /// A push was sent, and the remote cannot be read. Waits for the next try, or says what is known.
    fn cannot_look(
        &self,
        error: Error,
        pending: Option<Pending>,
        backoff: &mut Backoff,
    ) -> Result<()> {
        match pending {
            // The remote said no in so many words.
            Some(Pending::Refused(
                refusal @ Error::Remote(
                    RemoteError::Refused { .. }
                    | RemoteError::Protected { .. }
                    | RemoteError::CheckedOut { .. },
                ),
            )) => Err(refusal),
            _ if matches!(error, Error::Rewritten { .. }) => Err(error),
            _ if backoff.is_over() || !error.is_transient() => Err(Error::OutcomeUnknown {
                detail: error.to_string(),
            }),
            _ => {
                self.pause(error.to_string(), backoff);
                Ok(())
            }
        }
    }
}

/// Writes the commit of a contribution, if whoever publishes may do so by the owners and stewards of the tip.
fn write<C: Contribution>(
    contribution: &mut C,
    snapshot: &Snapshot,
    placed: &C::Placed,
    who: &Publisher,
    signing: &Signing,
) -> Result<Oid> {
    for area in contribution.areas(placed) {
        snapshot.may_change(area, &contribution.publisher(who).email)?;
    }
    let commit = contribution.write(snapshot, placed, who)?;
    // Records and events bring signatures of their own; what governs is only as good as the commit that changes it.
    Signatory::new(snapshot, signing)?.sign_commit(
        commit,
        &contribution.areas(placed),
        &contribution.publisher(who).email,
    )
}

/// The last of the sent commits that is part of the branch.
fn landed<O>(snapshot: &Snapshot, sent: &mut Vec<Sent<O>>) -> Result<Option<Sent<O>>> {
    for at in (0..sent.len()).rev() {
        if is_ancestor(&snapshot.repo, sent[at].commit, snapshot.tip)? {
            return Ok(Some(sent.swap_remove(at)));
        }
    }
    Ok(None)
}

fn contributed<O>(
    snapshot: &Snapshot,
    attempts: u32,
    commit: Option<Oid>,
    outcomes: O,
) -> Contributed<O> {
    Contributed {
        registry: snapshot.location.to_string(),
        branch: snapshot.branch.clone(),
        tip: snapshot.tip(),
        commit: commit.map(|commit| commit.to_string()),
        attempts,
        signed_with: None,
        parts: outcomes,
        request: None,
    }
}

/// What a dry run comes to.
fn would_contribute<C: Contribution>(
    snapshot: &Snapshot,
    placed: &C::Placed,
    open: Option<&Open>,
    commit: Oid,
) -> Result<Contributed<C::Outcomes>> {
    let outcome = match open {
        Some(_) => Outcome::WouldSubmit,
        None => Outcome::WouldPublish,
    };
    let request = open.map(|open| open.request(snapshot, commit, None, true));
    Ok(Contributed {
        request: request.transpose()?,
        ..contributed(snapshot, 0, None, C::outcomes(placed, outcome))
    })
}

fn submitted<O>(
    snapshot: &Snapshot,
    attempts: u32,
    outcomes: O,
    request: Request,
) -> Contributed<O> {
    Contributed {
        commit: request.is_new.then(|| request.commit.clone()),
        request: Some(request),
        ..contributed(snapshot, attempts, None, outcomes)
    }
}

/// Pauses of random length ("full jitter"), so that those who collided do not meet again.
///
/// The longest pause starts at the time that an attempt takes, because that is for how long others were in the way, and
/// doubles with every attempt.
pub(crate) struct Backoff {
    deadline: Instant,
    attempt_started: Instant,
    attempts: u32,
}

impl Backoff {
    const SHORTEST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(8);

    pub(crate) fn new(deadline: Instant) -> Self {
        Self {
            deadline,
            attempt_started: Instant::now(),
            attempts: 0,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    pub(crate) fn started(&mut self) {
        self.attempt_started = Instant::now();
    }

    pub(crate) fn pause(&mut self) {
        let base = self
            .attempt_started
            .elapsed()
            .clamp(Self::SHORTEST, Duration::from_secs(1));
        let longest = base
            .saturating_mul(1 << self.attempts.min(8))
            .min(Self::LONGEST);
        self.attempts += 1;
        let left = self.deadline.saturating_duration_since(Instant::now());
        // The standard library's hasher is seeded from the system's randomness.
        let [a, b, ..] = RandomState::new().hash_one(self.attempts).to_le_bytes();
        let fraction = u32::from(u16::from_le_bytes([a, b]));
        thread::sleep(longest.min(left) * fraction / u32::from(u16::MAX));
        self.attempt_started = Instant::now();
    }
}
