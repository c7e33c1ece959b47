//! Whether the versions that documents declare cover what changed about them.

mod ports;
pub mod rules;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mesh_diagnostics::{
    COMPATIBILITY, Change as Edit, Diagnostic, Fix, Level, Related, Safety, Source,
};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::yaml::edit;
use semver::Version;

use self::rules::GateRule;
use crate::change::{Change, Place};
use crate::compare::{CompareError, Comparison, Subject};
use crate::impact::{Impact, Profile};
use crate::quote::quoted;
use crate::sets::{Member, compare_sets};
use crate::settings::{Ignore, Settings};
use crate::version::{Versioning, read_version, same_line};

/// So many changes are named beside a version that does not cover them.
const NAMED: usize = 5;

/// What the gate says of two sets of documents.
#[derive(Debug)]
pub struct Judgement {
    /// What is said of each document that was there before.
    pub verdicts: Vec<Verdict>,
    /// What is wrong.
    pub findings: Vec<Diagnostic>,
    /// What was compared.
    pub comparisons: Vec<Comparison>,
}

/// What the gate says of a document.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What it is.
    pub kind: Kind,
    /// The text, under the name it is shown by.
    pub source: Arc<Source>,
    /// The `id`, as it is now.
    pub id: Option<String>,
    /// What to call it.
    pub label: String,
    /// The version that it is compared with, as it is written.
    pub base: Option<String>,
    /// The version that it declares, as it is written.
    pub declared: Option<String>,
    /// The lowest version that covers the changes; `None` if the versions cannot be read.
    pub needed: Option<Version>,
    /// The gravest change, those of a product's contracts included.
    pub impact: Impact,
    /// How many changes there are of each impact.
    pub counts: Counts,
    /// Changes that are let through, and why.
    pub ignored: Vec<Ignored>,
    /// Which readers the changes were judged for.
    pub profile: Profile,
    /// What version numbers say.
    pub versioning: Versioning,
    /// Whether a version that is too low is an error: it was no draft before.
    pub is_enforced: bool,
    /// Whether the declared version covers the changes.
    pub is_covered: bool,
}

/// How many changes there are of each impact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of [`Impact::Major`].
    pub major: usize,
    /// Of [`Impact::Review`].
    pub review: usize,
    /// Of [`Impact::Minor`].
    pub minor: usize,
    /// Of [`Impact::Patch`].
    pub patch: usize,
}

/// A change that is let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Its kind.
    pub kind: &'static str,
    /// Where it is; see [`Change::path`].
    pub path: String,
    /// What changed.
    pub message: String,
    /// Why it is let through.
    pub reason: String,
    /// The last day on which it is.
    pub until: Day,
}

impl Counts {
    pub(crate) fn add(&mut self, impact: Impact) {
        match impact {
            Impact::Major => self.major += 1,
            Impact::Review => self.review += 1,
            Impact::Minor => self.minor += 1,
            Impact::Patch => self.patch += 1,
            Impact::None => {}
        }
    }

    /// These and `others`.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self {
            major: self.major + others.major,
            review: self.review + others.review,
            minor: self.minor + others.minor,
            patch: self.patch + others.patch,
        }
    }
}

impl Judgement {
    /// Says nothing of documents that are gone: for whoever asked about some files, and not about all
    /// that there were.
    pub fn forget_gone(&mut self) {
        let is_gone = |comparison: &Comparison| comparison.subjects.new.is_none();
        let gone = self
            .comparisons
            .iter()
            .filter(|comparison| is_gone(comparison));
        let sources: HashSet<*const Source> = gone
            .filter_map(|comparison| comparison.subjects.old.as_ref())
            .map(|subject| Arc::as_ptr(&subject.source))
            .collect();
        let findings = &mut self.findings;
        findings.retain(|finding| !sources.contains(&Arc::as_ptr(&finding.source)));
        self.comparisons.retain(|comparison| !is_gone(comparison));
    }
}

/// By what changes are judged.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'t> {
    /// What the repository has decided.
    pub settings: &'t Settings,
    /// The words that the mesh has agreed on.
    pub vocabularies: &'t Vocabularies,
    /// The day on which it is asked: on which what is let through may have expired.
    pub as_of: Day,
    /// Whether the older documents are published. Then they stay as they are to the last byte, and
    /// another text needs a new version even if it means the same.
    pub is_published: bool,
}

/// Holds every document of `new` to the one that it was in `old`.
///
/// # Errors
/// If a document cannot be read.
pub fn judge(
    old: &[Member<'_>],
    new: &[Member<'_>],
    terms: Terms<'_>,
) -> Result<Judgement, CompareError> {
    let context = terms.settings.context(terms.vocabularies);
    let comparisons = compare_sets(old, new, context)?;
    let mut cases: Vec<Case<'_>> = comparisons
        .iter()
        .map(|comparison| Case::new(comparison, terms))
        .collect();
    let documents: HashMap<*const Source, &Document> = old
        .iter()
        .chain(new)
        .map(|member| (Arc::as_ptr(&member.document.source), member.document))
        .collect();
    let document = |subject: &Option<Subject>| -> Option<&Document> {
        let source = &subject.as_ref()?.source;
        documents.get(&Arc::as_ptr(source)).copied()
    };
    ports::excuse(&mut cases, document);
    find_rivals(&mut cases);
    let ports = ports::hold(&mut cases, document);
    let mut findings = Vec::new();
    for (case, ports) in cases.iter().zip(&ports) {
        case.report(
            document(&case.comparison.subjects.new),
            ports,
            &mut findings,
        );
    }
    let verdicts = cases.iter().filter_map(Case::verdict).collect();
    Ok(Judgement {
        verdicts,
        findings,
        comparisons,
    })
}

/// A document that is judged.
struct Case<'c> {
    comparison: &'c Comparison,
    /// The changes that count.
    changes: Vec<&'c Change>,
    ignored: Vec<(&'c Change, &'c Ignore)>,
    /// Changes that count again, since the time for which they were let through is over.
    expired: HashMap<*const Change, &'c Ignore>,
    profile: Profile,
    versioning: Versioning,
    is_enforced: bool,
    base: Option<Version>,
    declared: Option<Version>,
    /// The gravest change; of a product, those of its ports and their contracts as well.
    impact: Impact,
    /// Why the impact is graver than that of the document's own changes: what its ports need.
    because: Vec<Related>,
    /// Another contract of the same `id`, offered side by side, whose line the needed version is of: written
    /// there, it would be taken for the other.
    rival: Option<Version>,
}

impl<'c> Case<'c> {
    fn new(comparison: &'c Comparison, terms: Terms<'c>) -> Self {
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
    fn announced(&self) -> Impact {
        match (&self.base, &self.declared) {
            (Some(base), Some(declared)) => announced(base, declared),
            _ => Impact::None,
        }
    }

    fn needed(&self) -> Option<Version> {
        Some(self.versioning.needed(self.base.as_ref()?, self.impact))
    }

    /// The version that the document has to have in the end: the declared one if that is enough.
    fn target(&self) -> Option<Version> {
        let needed = self.needed()?;
        match &self.declared {
            Some(declared) if self.is_covered() => Some(declared.clone()),
            _ => Some(needed),
        }
    }

    /// Whether the declared version covers what changed.
    fn is_covered(&self) -> bool {
        self.covers(self.impact)
    }

    /// Whether the declared version would cover a change of `impact`.
    fn covers(&self, impact: Impact) -> bool {
        match (&self.base, &self.declared) {
            (Some(base), Some(declared)) => self.versioning.covers(base, impact, declared),
            _ => impact == Impact::None,
        }
    }

    fn level(&self) -> Level {
        if self.is_enforced {
            Level::Error
        } else {
            Level::Warn
        }
    }

    fn verdict(&self) -> Option<Verdict> {
        let old = self.comparison.subjects.old.as_ref()?;
        let new = self.comparison.subjects.new.as_ref()?;
        let mut counts = Counts::default();
        for change in &self.changes {
            counts.add(change.impact(self.profile));
        }
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
            counts,
            ignored: ignored.collect(),
            profile: self.profile,
            versioning: self.versioning,
            is_enforced: self.is_enforced,
            is_covered: self.is_covered(),
        })
    }

    fn report(
        &self,
        document: Option<&Document>,
        ports: &[ports::Port],
        findings: &mut Vec<Diagnostic>,
    ) {
        for change in &self.changes {
            findings.extend(self.change(change));
        }
        let (Some(document), Some(new)) = (document, &self.comparison.subjects.new) else {
            return;
        };
        if self.comparison.subjects.old.is_none() {
            return;
        }
        let free = ports.iter().filter(|port| port.is_free);
        let edits = free.map(ports::Port::edit);
        if let Some(mut finding) = self.version(document, new) {
            finding
                .related
                .extend(ports.iter().map(|port| port.related(document)));
            if let Some(target) = self.target().filter(|_| self.rival.is_none()) {
                let own = std::iter::once(set_version(document, &target));
                finding.fix = fix(document, own.chain(edits).collect(), &target);
            }
            findings.push(finding);
        } else {
            for port in ports {
                let mut finding =
                    self.at_version(&rules::VERSION_TOO_LOW, document, &port.pointer());
                finding.message = port.message();
                finding.help = Some(if port.is_free {
                    format!("set it to `{}`", port.needed)
                } else {
                    "keep what its contract promises".to_owned()
                });
                finding.related.clone_from(&port.because);
                if port.is_free {
                    finding.fix = fix(document, vec![port.edit()], &port.needed);
                }
                findings.push(finding);
            }
        }
    }

    /// What is wrong with the declared version, if anything is.
    fn version(&self, document: &Document, new: &Subject) -> Option<Diagnostic> {
        let what = format!("{} {}", self.comparison.kind.noun(), quoted(new.label()));
        let (Some(base), Some(declared)) = (&self.base, &self.declared) else {
            if self.impact == Impact::None {
                return None;
            }
            let (version, which) = match &self.declared {
                Some(_) => (&self.comparison.subjects.old.as_ref()?.version, "was"),
                None => (&new.version, "is"),
            };
            let mut finding = self.at_version(&rules::VERSION_UNREADABLE, document, "/version");
            finding.message = match version.as_deref().filter(|text| !text.trim().is_empty()) {
                Some(version) => {
                    format!(
                        "{what} changed, and its version {which} {}, which cannot be compared",
                        quoted(version)
                    )
                }
                None => format!("{what} changed, and there {which} no version to compare"),
            };
            finding.help = Some(match &self.declared {
                // What was cannot be corrected, and what breaks readers is told of by itself.
                Some(declared) => {
                    finding.level = Level::Warn;
                    format!("see that {declared} is right: from now on it is compared with that")
                }
                None => "give it a semantic version, such as `1.0.0`".to_owned(),
            });
            return Some(finding);
        };
        if declared < base {
            let mut finding = self.at_version(&rules::VERSION_BACKWARDS, document, "/version");
            finding.message = format!("{what} goes back from {base} to {declared}");
            finding.help = Some(match self.needed() {
                Some(needed) if needed == *base => format!("leave it at `{base}`"),
                Some(needed) => format!("set it to `{needed}` or higher"),
                None => "declare a higher version".to_owned(),
            });
            return Some(finding);
        }
        if self.is_covered() {
            return None;
        }
        let needed = self.needed()?;
        let mut finding = self.at_version(&rules::VERSION_TOO_LOW, document, "/version");
        let is = if declared == base { "is still" } else { "is" };
        finding.message =
            format!("{what} {is} {declared}, and what changed since {base} needs {needed}");
        finding.help = Some(match &self.rival {
            Some(rival) => format!(
                "keep what {base} promises: {rival} says something else, and readers would take one for the other"
            ),
            None => format!("set it to `{needed}`: {}", self.reason()),
        });
        // What breaks is reported by itself.
        let named = self
            .changes
            .iter()
            .filter(|change| {
                let impact = change.impact(self.profile);
                impact > Impact::None && impact < Impact::Review && !self.covers(impact)
            })
            .filter_map(|change| {
                let place = change.places.new.as_ref()?;
                Some(related(
                    place,
                    format!("{} ({})", change.message, change.impact(self.profile)),
                ))
            });
        finding.related.extend(named.take(NAMED));
        finding.related.extend(self.because.iter().cloned());
        Some(finding)
    }

    /// Why a version is needed, in a few words.
    fn reason(&self) -> String {
        let of = |impact: Impact| {
            let of = |change: &&&Change| change.impact(self.profile) == impact;
            self.changes.iter().filter(of).count()
        };
        let count = of(self.impact);
        let changes = |one: &str, many: &str| match count {
            1 => format!("1 change {one}"),
            n => format!("{n} changes {many}"),
        };
        match self.impact {
            _ if count == 0 && self.because.is_empty() => {
                "what is published never changes".to_owned()
            }
            _ if count == 0 => "its output ports need it".to_owned(),
            Impact::Major => changes("breaks readers", "break readers"),
            Impact::Review => changes("needs review", "need review"),
            Impact::Minor => changes("is for readers to hear of", "are for readers to hear of"),
            Impact::Patch | Impact::None => changes(
                "leaves every promise as it was",
                "leave every promise as it was",
            ),
        }
    }

    /// The finding of a change that has to be seen: what breaks and is not announced, and what needs
    /// review.
    fn change(&self, change: &Change) -> Option<Diagnostic> {
        let impact = change.impact(self.profile);
        let is_identity = matches!(change.kind.id, "product-id-changed" | "contract-id-changed");
        let is_gone = self.comparison.subjects.new.is_none();
        let level = match impact {
            // No version makes another thing of the same.
            Impact::Major if is_identity || is_gone || !self.covers(impact) => self.level(),
            Impact::Review if !self.covers(Impact::Major) => Level::Warn,
            _ => return None,
        };
        let place = change.places.new.as_ref().or(change.places.old.as_ref())?;
        let mut finding = diagnostic(change.kind.id, level, place);
        finding.message = format!("{}: {}", change.message, change.why());
        let announce = self
            .base
            .as_ref()
            .filter(|_| impact == Impact::Major && !is_identity && !is_gone && self.rival.is_none())
            .map(|base| {
                format!(
                    ", or publish it as {}",
                    self.versioning.needed(base, impact)
                )
            });
        let expired = self.expired.get(&std::ptr::from_ref(change));
        let expired = expired.map(|ignore| {
            format!(
                "; it was ignored until {} ({})",
                ignore.until, ignore.reason
            )
        });
        finding.help = Some(format!(
            "{}{}{}",
            change.kind.help,
            announce.unwrap_or_default(),
            expired.unwrap_or_default()
        ));
        if let (Some(old), Some(_)) = (&change.places.old, &change.places.new)
            && old.exists
        {
            finding.related.push(related(old, "this is what it was"));
        }
        Some(finding)
    }

    fn at_version(&self, rule: &GateRule, document: &Document, pointer: &str) -> Diagnostic {
        let place = Place {
            source: Arc::clone(&document.source),
            pointer: pointer.to_owned(),
            span: document.span_at(pointer),
            exists: true,
        };
        diagnostic(rule.id, self.level(), &place)
    }
}

/// Looks for contracts that need a version of a line that is another's. Whoever offers 1.x and 2.x side by
/// side cannot go on from 1.x with a 2.0.0.
fn find_rivals(cases: &mut [Case<'_>]) {
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
fn was_draft(comparison: &Comparison) -> bool {
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
fn announced(base: &Version, declared: &Version) -> Impact {
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

fn diagnostic(id: &'static str, level: Level, place: &Place) -> Diagnostic {
    Diagnostic {
        rule: Cow::Borrowed(id),
        group: Cow::Borrowed(COMPATIBILITY),
        level,
        message: String::new(),
        help: None,
        source: Arc::clone(&place.source),
        span: place.span,
        pointer: place.pointer.clone(),
        related: Vec::new(),
        fix: None,
    }
}

fn related(place: &Place, message: impl Into<String>) -> Related {
    Related {
        message: message.into(),
        source: Arc::clone(&place.source),
        span: place.span,
    }
}

/// The change that gives a document the version `version`.
fn set_version(document: &Document, version: &Version) -> Edit {
    let tree = document.tree.as_ref();
    if tree.is_some_and(|tree| tree.at("/version").is_some()) {
        return Edit::set("/version", version.to_string());
    }
    Edit::Insert {
        pointer: String::new(),
        key: "version".to_owned(),
        value: version.to_string().into(),
        after: Some("name".to_owned()),
    }
}

fn fix(document: &Document, changes: Vec<Edit>, version: &Version) -> Option<Fix> {
    let edits = edit::plan(document.tree.as_ref()?, &changes)?;
    (!edits.is_empty()).then(|| Fix {
        title: format!("set the version to {version}"),
        safety: Safety::Safe,
        changes,
        edits,
        rename: None,
    })
}
