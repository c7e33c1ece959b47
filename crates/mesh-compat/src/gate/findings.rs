//! What is wrong with a document that is judged, as findings.

use std::borrow::Cow;
use std::sync::Arc;

use mesh_diagnostics::{COMPATIBILITY, Change as Edit, Diagnostic, Fix, Level, Related, Safety};
use mesh_spec::document::Document;
use mesh_spec::yaml::edit;
use semver::Version;

use super::case::Case;
use super::ports;
use super::rules::{self, GateRule};
use crate::change::{Change, Place};
use crate::compare::Subject;
use crate::impact::Impact;
use crate::quote::quoted;

/// So many changes are named beside a version that does not cover them.
const NAMED: usize = 5;

impl Case<'_> {
    pub(super) fn report(
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
    pub(super) fn version(&self, document: &Document, new: &Subject) -> Option<Diagnostic> {
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
    pub(super) fn reason(&self) -> String {
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
    pub(super) fn change(&self, change: &Change) -> Option<Diagnostic> {
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

    pub(super) fn at_version(
        &self,
        rule: &GateRule,
        document: &Document,
        pointer: &str,
    ) -> Diagnostic {
        let place = Place {
            source: Arc::clone(&document.source),
            pointer: pointer.to_owned(),
            span: document.span_at(pointer),
            exists: true,
        };
        diagnostic(rule.id, self.level(), &place)
    }
}

pub(super) fn diagnostic(id: &'static str, level: Level, place: &Place) -> Diagnostic {
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
        is_binding: false,
    }
}

pub(super) fn related(place: &Place, message: impl Into<String>) -> Related {
    Related {
        message: message.into(),
        source: Arc::clone(&place.source),
        span: place.span,
    }
}

/// The change that gives a document the version `version`.
pub(super) fn set_version(document: &Document, version: &Version) -> Edit {
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

pub(super) fn fix(document: &Document, changes: Vec<Edit>, version: &Version) -> Option<Fix> {
    let edits = edit::plan(document.tree.as_ref()?, &changes)?;
    (!edits.is_empty()).then(|| Fix {
        title: format!("set the version to {version}"),
        safety: Safety::Safe,
        changes,
        edits,
        rename: None,
    })
}
