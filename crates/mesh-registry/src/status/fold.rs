//! From events to what holds.
//!
//! Yanking and deprecating are two questions. Each is answered by those of its events that no later one of its events
//! knew of. More than one of them means that people did not know of each other: then the graver answer holds, that the
//! version is yanked, and that it is deprecated, to the earliest day.

use super::{Event, EventFile, EventKind, Status};
use crate::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// What holds by `events`, each with its digest, of the version at `path`. It is the same in whatever order they come.
pub(super) fn fold(events: Vec<(String, Event)>, path: &str) -> Result<Status> {
    let events = in_order(events, path)?;
    let yanks = [EventKind::Yank, EventKind::Unyank];
    let deprecations = [EventKind::Deprecate, EventKind::Undeprecate];
    let yanked = answers(&events, yanks).into_iter();
    let deprecated = answers(&events, deprecations).into_iter();
    Ok(Status {
        yanked: yanked
            .filter(|file| file.event.kind == EventKind::Yank)
            .min_by_key(|file| &file.digest)
            .map(|file| file.event.clone()),
        deprecated: deprecated
            .filter(|file| file.event.kind == EventKind::Deprecate)
            .min_by_key(|file| (file.event.end_of_support, &file.digest))
            .map(|file| file.event.clone()),
        events,
    })
}

/// The events, each after those that it knew of, and otherwise by digest.
fn in_order(events: Vec<(String, Event)>, path: &str) -> Result<Vec<EventFile>> {
    let mut waiting: BTreeMap<String, Event> = events.into_iter().collect();
    // For each event those that knew of it, and how many of those that it knew of are not in order yet.
    let mut followers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    for (digest, event) in &waiting {
        for known in &event.after {
            if !waiting.contains_key(known) {
                return Err(Error::Damaged {
                    path: format!("{path}/{digest}.json"),
                    reason: format!("it comes after the event {known}, which is not there"),
                });
            }
            followers
                .entry(known.clone())
                .or_default()
                .push(digest.clone());
        }
        open.insert(digest.clone(), event.after.len());
    }
    let mut ready: BTreeSet<String> = open
        .iter()
        .filter(|(_, open)| **open == 0)
        .map(|(digest, _)| digest.clone())
        .collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while let Some(digest) = ready.pop_first() {
        for follower in followers.remove(&digest).into_iter().flatten() {
            if let Some(left) = open.get_mut(&follower) {
                *left -= 1;
                if *left == 0 {
                    ready.insert(follower);
                }
            }
        }
        if let Some(event) = waiting.remove(&digest) {
            ordered.push(EventFile {
                digest,
                event,
                signature: None,
            });
        }
    }
    match waiting.into_keys().next() {
        None => Ok(ordered),
        // Digests make it impossible, as long as they were checked.
        Some(digest) => Err(Error::Damaged {
            path: format!("{path}/{digest}.json"),
            reason: "it comes after itself".to_owned(),
        }),
    }
}

/// The events of some kinds that no later event of these kinds knew of, directly or by way of others.
fn answers(ordered: &[EventFile], kinds: [EventKind; 2]) -> Vec<&EventFile> {
    // Those that are known to an event of these kinds, found from the newest on.
    let mut superseded: BTreeSet<&str> = BTreeSet::new();
    let mut answers = Vec::new();
    for file in ordered.iter().rev() {
        let is_known = superseded.contains(file.digest.as_str());
        let counts = kinds.contains(&file.event.kind);
        if counts && !is_known {
            answers.push(file);
        }
        if counts || is_known {
            superseded.extend(file.event.after.iter().map(String::as_str));
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plan::Publisher,
        status::{Subject, Withdrawal},
    };
    use proptest::prelude::*;
    use semver::Version;
    use std::collections::HashSet;

    type Said = (String, Event);

    /// The kind as a number: yank, unyank, deprecate to an early and to a late day, undeprecate.
    fn said(kind: u8) -> Withdrawal {
        match kind {
            0 => Withdrawal::Yank {
                reason: "wrong".to_owned(),
            },
            1 => Withdrawal::Unyank { reason: None },
            4 => Withdrawal::Undeprecate { reason: None },
            day => Withdrawal::Deprecate {
                end_of_support: jiff::civil::date(2027, 3, i8::try_from(day).unwrap_or(1)),
                replaced_by: None,
                reason: None,
            },
        }
    }

    fn event(kind: u8, mut after: Vec<String>) -> Event {
        let version = Version::new(1, 0, 0);
        let by = Publisher {
            name: "Anna".to_owned(),
            email: "anna@example.com".to_owned(),
        };
        let subject = Subject {
            domain: "sales",
            product: "orders",
            version: &version,
            record: "sha256:00",
            registry: None,
        };
        after.sort_unstable();
        after.dedup();
        Event::new(&said(kind), subject, after, &by, "mesh")
    }

    /// A name for the event at a place in the list. Their order is not that of the list.
    fn name(at: usize) -> String {
        crate::digest::hex(&[u8::try_from(at).unwrap_or(u8::MAX)])
    }

    /// Events, each after any of those before it.
    fn events() -> impl Strategy<Value = Vec<Said>> {
        let one = (
            0..5_u8,
            prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        );
        prop::collection::vec(one, 0..12).prop_map(|list| {
            let event = |(at, (kind, after)): (usize, (u8, Vec<prop::sample::Index>))| {
                let known = |index: prop::sample::Index| name(index.index(at));
                let after = if at == 0 {
                    Vec::new()
                } else {
                    after.into_iter().map(known).collect()
                };
                (name(at), event(kind, after))
            };
            list.into_iter().enumerate().map(event).collect()
        })
    }

    fn status(events: &[Said]) -> Status {
        fold(events.to_vec(), "p").unwrap_or_default()
    }

    /// Everything that an event knew of.
    fn known<'e>(events: &'e [Said], digest: &str, found: &mut HashSet<&'e str>) {
        let event = events.iter().find(|(other, _)| other == digest);
        for after in event.into_iter().flat_map(|(_, event)| &event.after) {
            if found.insert(after) {
                known(events, after, found);
            }
        }
    }

    /// The answer as it is defined, with no regard to what it costs.
    fn stands(events: &[Said], yes: EventKind, no: EventKind) -> bool {
        let asked = |event: &Event| event.kind == yes || event.kind == no;
        events.iter().any(|(digest, event)| {
            let is_superseded = || {
                events
                    .iter()
                    .filter(|(_, later)| asked(later))
                    .any(|(later, _)| {
                        let mut found = HashSet::new();
                        known(events, later, &mut found);
                        found.contains(digest.as_str())
                    })
            };
            event.kind == yes && !is_superseded()
        })
    }

    /// The list with another event that knows of all the others.
    fn with(events: &[Said], kind: u8) -> Vec<Said> {
        let newest = status(events).newest();
        let mut events = events.to_vec();
        events.push((name(events.len() + 100), event(kind, newest)));
        events
    }

    proptest! {
        #[test]
        fn the_order_of_reading_does_not_matter(events in events(), seed in any::<u64>()) {
            let mut shuffled = events.clone();
            let by = |digest: &str| crate::digest::hex(format!("{seed}{digest}").as_bytes());
            shuffled.sort_by_key(|(digest, _)| by(digest));
            prop_assert_eq!(fold(events, "p").ok(), fold(shuffled, "p").ok());
        }

        #[test]
        fn what_no_later_event_knew_of_holds(events in events()) {
            let status = fold(events.clone(), "p");
            let status = status.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(status.events.len(), events.len());
            prop_assert_eq!(status.yanked.is_some(), stands(&events, EventKind::Yank, EventKind::Unyank));
            let deprecated = stands(&events, EventKind::Deprecate, EventKind::Undeprecate);
            prop_assert_eq!(status.deprecated.is_some(), deprecated);
        }

        #[test]
        fn events_come_after_those_that_they_knew_of(events in events()) {
            let mut seen = HashSet::new();
            for file in status(&events).events {
                prop_assert!(file.event.after.iter().all(|digest| seen.contains(digest)));
                seen.insert(file.digest);
            }
        }

        #[test]
        fn who_knows_of_everything_decides_one_question_and_leaves_the_other(events in events(), kind in 0..5_u8) {
            let before = status(&events);
            let after = status(&with(&events, kind));
            prop_assert_eq!(after.events.len(), before.events.len() + 1);
            prop_assert_eq!(after.newest().len(), 1);
            match kind {
                0 | 1 => {
                    prop_assert_eq!(after.yanked.is_some(), kind == 0);
                    prop_assert_eq!(after.deprecated, before.deprecated);
                }
                _ => {
                    prop_assert_eq!(after.deprecated.is_some(), kind != 4);
                    prop_assert_eq!(after.yanked, before.yanked);
                }
            }
        }

        #[test]
        fn of_two_at_once_the_graver_one_holds(events in events(), first in any::<bool>()) {
            let newest = status(&events).newest();
            let at_once = |kinds: [u8; 2]| {
                let mut events = events.clone();
                for (at, kind) in kinds.into_iter().enumerate() {
                    events.push((name(at + 100), event(kind, newest.clone())));
                }
                status(&events)
            };
            let order = |kinds: [u8; 2]| if first { kinds } else { [kinds[1], kinds[0]] };
            prop_assert!(at_once(order([0, 1])).yanked.is_some());
            prop_assert!(at_once(order([3, 4])).deprecated.is_some());
            let earliest = at_once(order([2, 3])).deprecated.and_then(|event| event.end_of_support);
            prop_assert_eq!(earliest, Some(jiff::civil::date(2027, 3, 2)));
            // One is about another question: it takes nothing back.
            prop_assert!(at_once(order([1, 3])).yanked.is_none());
        }
    }

    #[test]
    fn what_is_not_there_or_goes_round_is_damaged() {
        let unknown = fold(vec![(name(0), event(0, vec![name(1)]))], "p");
        assert!(
            matches!(&unknown, Err(Error::Damaged { reason, .. }) if reason.contains("not there"))
        );
        let round = vec![
            (name(0), event(0, vec![name(1)])),
            (name(1), event(1, vec![name(0)])),
            (name(2), event(1, Vec::new())),
        ];
        let round = fold(round, "p");
        assert!(
            matches!(&round, Err(Error::Damaged { reason, .. }) if reason.contains("after itself"))
        );
    }
}
