//! Renderers: one file per format, all from the same [`Comparison`]s.

mod json;
mod markdown;
mod omds;
mod pretty;
#[cfg(test)]
mod tests;
mod values;

use std::cmp::Reverse;

use semver::Version;

use crate::change::{Change, Place};
use crate::pair::Both;
use crate::version::{Versioning, read_version};
use crate::{Comparison, Counts, Impact, Profile, Settings};

pub use json::json;
pub use markdown::markdown;
pub use omds::omds;
pub use pretty::pretty;

/// What is compared, and by which measure it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'f> {
    /// What the two sets are called.
    pub labels: Both<&'f str>,
    /// Whose survival is asked for, and what version numbers say.
    pub settings: &'f Settings,
}

/// How many changes there are of each impact, and what that asks of the version number.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Verdict {
    impact: Impact,
    counts: Counts,
    /// The lowest version that covers the changes, if the older document has one to count from.
    needed: Option<Version>,
    /// Whether the newer document declares that version or a higher one.
    is_covered: bool,
    /// The version of the newer document, as it is written.
    declared: Option<String>,
}

impl Frame<'_> {
    /// By which measure a comparison is judged.
    fn measure(&self, comparison: &Comparison) -> (Profile, Versioning) {
        let subjects = comparison.subjects.sides();
        let name = subjects.new.or(subjects.old).map(|one| one.source.name());
        self.settings.of(name.unwrap_or_default())
    }

    fn impact(&self, comparison: &Comparison) -> Impact {
        comparison.impact(self.measure(comparison).0)
    }

    /// The changes of a comparison by their impact, the gravest first.
    fn groups<'c>(&self, comparison: &'c Comparison) -> Vec<(Impact, Vec<&'c Change>)> {
        let (profile, _) = self.measure(comparison);
        let mut changes: Vec<&Change> = comparison.changes.iter().collect();
        changes.sort_by_key(|change| Reverse(change.impact(profile)));
        let mut groups: Vec<(Impact, Vec<&Change>)> = Vec::new();
        for change in changes {
            let impact = change.impact(profile);
            match groups.last_mut() {
                Some((last, group)) if *last == impact => group.push(change),
                _ => groups.push((impact, vec![change])),
            }
        }
        groups
    }

    fn counts<'c>(&self, set: impl IntoIterator<Item = &'c Comparison>) -> Counts {
        let impacts = set.into_iter().flat_map(|comparison| {
            let (profile, _) = self.measure(comparison);
            let changes = comparison.changes.iter();
            changes.map(move |change| change.impact(profile))
        });
        impacts.collect()
    }

    fn verdict(&self, comparison: &Comparison) -> Verdict {
        let (profile, versioning) = self.measure(comparison);
        let impact = comparison.impact(profile);
        let subjects = comparison.subjects.sides();
        let versions = subjects.map(|subject| subject.and_then(|subject| subject.version.clone()));
        // What is new or gone has no version to compare with.
        let is_pair = subjects.old.is_some() && subjects.new.is_some();
        let base = versions.old.as_deref().and_then(read_version);
        let base = base.filter(|_| is_pair);
        let declared = versions.new.as_deref().and_then(read_version);
        let is_covered = match (&base, &declared) {
            (Some(base), Some(declared)) => versioning.covers(base, impact, declared),
            _ => false,
        };
        Verdict {
            impact,
            counts: self.counts([comparison]),
            needed: base.map(|base| versioning.needed(&base, impact)),
            is_covered,
            declared: versions.new,
        }
    }
}

impl Counts {
    /// `2 major, 1 needs review, 3 minor`; what means the same is no difference.
    fn words(self) -> String {
        let words: Vec<String> = Impact::ALL
            .into_iter()
            .filter(|impact| *impact != Impact::None)
            .filter_map(|impact| match self.of(impact) {
                0 => None,
                1 if impact == Impact::Review => Some("1 needs review".to_owned()),
                n if impact == Impact::Review => Some(format!("{n} need review")),
                n => Some(format!("{n} {impact}")),
            })
            .collect();
        if words.is_empty() {
            "no difference".to_owned()
        } else {
            words.join(", ")
        }
    }
}

impl Verdict {
    /// What the changes ask of the version number, as a clause; nothing where they ask for nothing.
    fn words(&self) -> Option<String> {
        if self.impact == Impact::None {
            return None;
        }
        let needed = self.needed.as_ref()?;
        Some(match &self.declared {
            Some(_) if self.is_covered => format!("{needed} is needed, and declared"),
            Some(declared) => format!("{needed} is needed; the newer one declares {declared}"),
            None => format!("{needed} is needed; the newer one declares no version"),
        })
    }
}

impl Comparison {
    /// What they are and which: the newer one, or the one that is gone.
    fn title(&self) -> (&'static str, &str) {
        let subject = self.subjects.new.as_ref().or(self.subjects.old.as_ref());
        let label = subject.map_or("", |subject| {
            let id = subject.id.as_deref().filter(|id| !id.trim().is_empty());
            id.unwrap_or_else(|| subject.label())
        });
        (self.kind.noun(), label)
    }

    /// The versions of both, as far as they are there and have one.
    fn versions(&self) -> Both<Option<&str>> {
        self.subjects
            .sides()
            .map(|subject| subject?.version.as_deref())
    }
}

impl Change {
    /// Where it can be seen: where it is, or where it was if it is gone.
    fn place(&self) -> Option<&Place> {
        let places = self.places.sides();
        let there = |place: Option<&'_ Place>| place.is_some_and(|place| place.exists);
        if there(places.old) && !there(places.new) {
            return places.old;
        }
        places.new.or(places.old)
    }
}

impl<T> Both<Option<T>> {
    fn sides(&self) -> Both<Option<&T>> {
        Both {
            old: self.old.as_ref(),
            new: self.new.as_ref(),
        }
    }
}

impl Place {
    /// `path:line:column`, with the path as it is.
    fn address(&self) -> String {
        let start = self.source.position(self.span.start);
        format!("{}:{}:{}", self.source.name(), start.line, start.column)
    }
}

/// Where a kind of change is documented.
pub fn kind_url(id: &str) -> String {
    format!(
        "{}/blob/main/docs/changes/{id}.md",
        env!("CARGO_PKG_REPOSITORY")
    )
}

/// `1 document`, `2 documents`.
fn plural(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
