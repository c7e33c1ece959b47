//! Whether the versions that documents declare cover what changed about them.

mod case;
mod findings;
mod ports;
pub mod rules;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Source};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use semver::Version;

use self::case::{Case, find_rivals};
use crate::compare::{CompareError, Comparison, Subject};
use crate::impact::{Counts, Impact, Profile};
use crate::sets::{Member, compare_sets};
use crate::settings::Settings;
use crate::version::Versioning;

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

/// A change that is let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Its kind.
    pub kind: &'static str,
    /// Where it is; see [`Change::path`](crate::Change::path).
    pub path: String,
    /// What changed.
    pub message: String,
    /// Why it is let through.
    pub reason: String,
    /// The last day on which it is.
    pub until: Day,
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
