//! One document that is judged.

use std::collections::HashMap;
use std::sync::Arc;

use mesh_diagnostics::{Level, Related};
use mesh_spec::model::Kind;
use semver::Version;

use super::{Ignored, Terms, Verdict};
use crate::change::Change;
use crate::compare::{Comparison, Subject};
use crate::impact::{Impact, Profile};
use crate::settings::Ignore;
use crate::version::{Versioning, read_version, same_line};

/// A document that is judged.
pub(super) struct Case<'c> {
    pub(super) comparison: &'c Comparison,
    /// The changes that count.
    pub(super) changes: Vec<&'c Change>,
    pub(super) ignored: Vec<(&'c Change, &'c Ignore)>,
    /// Changes that count again, since the time for which they were let through is over.
    pub(super) expired: HashMap<*const Change, &'c Ignore>,
    pub(super) profile: Profile,
    pub(super) versioning: Versioning,
    pub(super) is_enforced: bool,
    pub(super) base: Option<Version>,
    pub(super) declared: Option<Version>,
    /// The gravest change; of a product, those of its ports and their contracts as well.
    pub(super) impact: Impact,
    /// Why the impact is graver than that of the document's own changes: what its ports need.
    pub(super) because: Vec<Related>,
    /// Another contract of the same `id`, offered side by side, whose line the needed version is of: written
    /// there, it would be taken for the other.
    pub(super) rival: Option<Version>,
}

impl<'c> Case<'c> {
    pub(super) fn new(comparison: &'c Comparison, terms: Terms<'c>) -> Self {
        let settings = terms.settings;
        let subjects = &comparison.subjects;
        let any = subjects.new.as_ref().or(subjects.old.as_ref());
        let name = any.map_or("", |subject| subject.source.name());
        let (profile, versioning) = settings.of(name);
        let id = any.and_then(|subject| subject.id.as_deref());
        let mut changes = Vec::new();
        let mut ignored = Vec::new();
        let mut expired = HashMap::new();
        for change in &comparison.changes {
            let about = settings
                .ignore
                .iter()
                .filter(|ignore| ignore.is_about(change, id));
            if let Some(ignore) = about.clone().find(|ignore| terms.as_of <= ignore.until) {
                ignored.push((change, ignore));
                continue;
            }
            let latest = about.max_by_key(|ignore| ignore.until);
            expired.extend(latest.map(|ignore| (std::ptr::from_ref(change), ignore)));
            changes.push(change);
        }
        let version =
            |subject: &Option<Subject>| read_version(subject.as_ref()?.version.as_deref()?);
        let impact = changes.iter().map(|change| change.impact(profile)).max();
        let impact = impact.unwrap_or(Impact::None);
        let least = if terms.is_published && !comparison.changes.is_empty() {
            Impact::Patch
        } else {
            Impact::None
        };
        Self {
            comparison,
            changes,
            ignored,
            expired,
            profile,
            versioning,
            is_enforced: !was_draft(comparison),
            base: version(&subjects.old),
            declared: version(&subjects.new),
            impact: impact.max(least),
            because: Vec::new(),
            rival: None,
        }
    }

    /// The step from the version before to the declared one.
    pub(super) fn announced(&self) -> Impact {
        match (&self.base, &self.declared) {
            (Some(base), Some(declared)) => announced(base, declared),
            _ => Impact::None,
        }
    }

    pub(super) fn needed(&self) -> Option<Version> {
        Some(self.versioning.needed(self.base.as_ref()?, self.impact))
    }

    /// The version that the document has to have in the end: the declared one if that is enough.
    pub(super) fn target(&self) -> Option<Version> {
        let needed = self.needed()?;
        match &self.declared {
            Some(declared) if self.is_covered() => Some(declared.clone()),
            _ => Some(needed),
        }
    }

    /// Whether the declared version covers what changed.
    pub(super) fn is_covered(&self) -> bool {
        self.covers(self.impact)
    }

    /// Whether the declared version would cover a change of `impact`.
    pub(super) fn covers(&self, impact: Impact) -> bool {
        match (&self.base, &self.declared) {
            (Some(base), Some(declared)) => self.versioning.covers(base, impact, declared),
            _ => impact == Impact::None,
        }
    }

    pub(super) fn level(&self) -> Level {
        if self.is_enforced {
            Level::Error
        } else {
            Level::Warn
        }
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        let old = self.comparison.subjects.old.as_ref()?;
        let new = self.comparison.subjects.new.as_ref()?;
        let impacts = self
            .changes
            .iter()
            .map(|change| change.impact(self.profile));
        let ignored = self.ignored.iter().map(|(change, ignore)| Ignored {
            kind: change.kind.id,
            path: change.path.clone(),
            message: change.message.clone(),
            reason: ignore.reason.clone(),
            until: ignore.until,
        });
        Some(Verdict {
            kind: self.comparison.kind,
            source: Arc::clone(&new.source),
            id: new.id.clone(),
            label: new.label().to_owned(),
            base: old.version.clone(),
            declared: new.version.clone(),
            needed: self.needed(),
            impact: self.impact,
            counts: impacts.collect(),
            ignored: ignored.collect(),
            profile: self.profile,
            versioning: self.versioning,
            is_enforced: self.is_enforced,
            is_covered: self.is_covered(),
        })
    }
}

/// Looks for contracts that need a version of a line that is another's. Whoever offers 1.x and 2.x side by
/// side cannot go on from 1.x with a 2.0.0.
pub(super) fn find_rivals(cases: &mut [Case<'_>]) {
    let mut versions: HashMap<&str, Vec<(usize, Version)>> = HashMap::new();
    let contracts = || {
        let all = cases.iter().enumerate();
        all.filter(|(_, case)| case.comparison.kind == Kind::DataContract)
    };
    for (at, case) in contracts() {
        let subjects = &case.comparison.subjects;
        let sides = [(&subjects.old, &case.base), (&subjects.new, &case.declared)];
        for (subject, version) in sides {
            let id = subject.as_ref().and_then(|subject| subject.id.as_deref());
            if let (Some(id), Some(version)) = (id, version) {
                versions.entry(id).or_default().push((at, version.clone()));
            }
        }
    }
    let rival = |at: usize, case: &Case<'_>| {
        let id = case.comparison.subjects.new.as_ref()?.id.as_deref()?;
        let (base, needed) = (case.base.as_ref()?, case.needed()?);
        // Within its own line, it is the other that is in the way.
        if case.is_covered() || same_line(base, &needed) {
            return None;
        }
        let mut others = versions.get(id)?.iter().filter(|(other, _)| *other != at);
        let rival = others.find(|(_, version)| same_line(version, &needed));
        rival.map(|(_, version)| version.clone())
    };
    let found: Vec<_> = contracts()
        .map(|(at, case)| (at, rival(at, case)))
        .collect();
    for (at, rival) in found {
        cases[at].rival = rival;
    }
}

/// Whether nothing was promised before: the document, or all of the product, was a draft.
pub(super) fn was_draft(comparison: &Comparison) -> bool {
    let status = comparison
        .subjects
        .old
        .as_ref()
        .and_then(|old| old.status.as_deref());
    status.is_some_and(|status| {
        let status = status.trim().to_lowercase();
        matches!(status.as_str(), "draft" | "proposed")
    })
}

/// The impact that the step from `base` to `declared` announces.
pub(super) fn announced(base: &Version, declared: &Version) -> Impact {
    if declared <= base {
        Impact::None
    } else if !same_line(base, declared) {
        Impact::Major
    } else if base.major > 0 && declared.minor > base.minor {
        Impact::Minor
    } else {
        Impact::Patch
    }
}
