//! How anything gets into a registry: as one commit onto the tip of its branch.
//!
//! One loop, which starts over until the remote shows what was to be added:
//!
//! 1. Read the remote, and check that its history only grew.
//! 2. If a commit that was sent is part of the branch: report, and be finished.
//! 3. Decide for every product or policy where it goes and whether it is there already. The same content is done; other
//!    content where there may be none, a sibling that differs in case, somebody else's path or somebody else's contract
//!    is an error. If everything is there, that is a success.
//! 4. If the last push was refused, that stands. If it lost a race and time is over, so does that.
//! 5. Run the gate on what would be published onto.
//! 6. Write one commit on the tip, and push it with the tip as the lease. Whatever the push says, go to 1; after a lost
//!    race or a broken connection, pause for a random time first.
//!
//! The cache is locked all the while, so two publishers on one machine queue instead of racing.

use crate::{
    Error, Progress, Result,
    cache::Cache,
    git::PushError,
    plan::Publisher,
    publish::{Outcome, PublishOptions},
    reading::is_ancestor,
    registry::Registry,
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

    /// Asks the gate, and writes the commit that adds what is missing to the tip.
    fn write(&mut self, snapshot: &Snapshot, placed: &Self::Placed, who: &Publisher)
    -> Result<Oid>;
}

/// What became of a contribution.
pub(super) struct Contributed<O> {
    pub(super) registry: String,
    pub(super) branch: String,
    pub(super) tip: String,
    pub(super) commit: Option<String>,
    pub(super) attempts: u32,
    pub(super) outcomes: O,
}

/// A commit that was sent, and what it means if it arrives.
struct Sent<O> {
    commit: Oid,
    outcomes: O,
}

/// What the last push left open.
enum Pending {
    /// The branch moved: try again.
    LostRace(String),
    /// The connection failed, before or after the update: try again.
    Cut(String),
    /// An error that trying again does not help against, if the records are not there.
    Refused(Error),
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

        let mut sent: Vec<Sent<C::Outcomes>> = Vec::new();
        let mut pending = None;
        let mut backoff = Backoff::new(start + options.deadline);
        loop {
            let snapshot = match self.refresh(&git, &mut cache, sent.last().map(|sent| sent.commit))
            {
                Ok(snapshot) => snapshot,
                Err(error) if sent.is_empty() => return Err(error),
                Err(error) => {
                    self.cannot_look(error, pending.take(), &mut backoff)?;
                    continue;
                }
            };
            let attempts = u32::try_from(sent.len()).unwrap_or(u32::MAX);
            if let Some(landed) = landed(&snapshot, &mut sent)? {
                return Ok(contributed(
                    &snapshot,
                    attempts,
                    Some(landed.commit),
                    landed.outcomes,
                ));
            }
            let placed = contribution.place(&snapshot)?;
            let outcomes = C::outcomes(&placed, Outcome::Published);
            if C::is_there(&placed) {
                return Ok(contributed(&snapshot, attempts, None, outcomes));
            }
            match pending.take() {
                Some(Pending::Refused(error)) => return Err(error),
                Some(Pending::LostRace(detail)) if backoff.is_over() => {
                    return Err(Error::Contended {
                        attempts,
                        seconds: options.deadline.as_secs(),
                        detail,
                    });
                }
                // It is not there, but the remote may still be at work on it.
                Some(Pending::Cut(detail)) if backoff.is_over() => {
                    return Err(Error::OutcomeUnknown { detail });
                }
                _ => {}
            }
            let commit = contribution.write(&snapshot, &placed, &who)?;
            if options.dry_run {
                let outcomes = C::outcomes(&placed, Outcome::WouldPublish);
                return Ok(contributed(&snapshot, attempts, None, outcomes));
            }
            sent.push(Sent { commit, outcomes });
            self.options().report(&Progress::Pushing {
                attempt: attempts.saturating_add(1),
            });
            backoff.started();
            let outcome = git.push(&snapshot.branch, Some(snapshot.tip), commit);
            pending = Some(match outcome {
                // The records should be there. If they are not, somebody removed them at once, or the remote lied.
                Ok(()) => Pending::LostRace(
                    "the registry accepted the update, but does not show it".to_owned(),
                ),
                Err(PushError::Failed(error)) if !error.is_transient() => Pending::Refused(error),
                Err(PushError::LostRace(reason)) => {
                    Pending::LostRace(self.pause(reason, &mut backoff))
                }
                Err(PushError::Failed(error)) => {
                    Pending::Cut(self.pause(error.to_string(), &mut backoff))
                }
            });
        }
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
                refusal @ (Error::Refused { .. } | Error::CheckedOut { .. }),
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
        outcomes,
    }
}

/// Pauses of random length ("full jitter"), so that those who collided do not meet again.
///
/// The longest pause starts at the time that an attempt takes, because that is for how long others were in the way, and
/// doubles with every attempt.
struct Backoff {
    deadline: Instant,
    attempt_started: Instant,
    attempts: u32,
}

impl Backoff {
    const SHORTEST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(8);

    fn new(deadline: Instant) -> Self {
        Self {
            deadline,
            attempt_started: Instant::now(),
            attempts: 0,
        }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    fn started(&mut self) {
        self.attempt_started = Instant::now();
    }

    fn pause(&mut self) {
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
