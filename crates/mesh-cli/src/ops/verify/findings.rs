//! Findings about a registry, as every format shows findings.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, REGISTRY, Source, Span};
use mesh_registry::verify::{Check, Finding, Place, Published};

use crate::failure::Failure;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The commit that is judged, which the message ends with.
    pub(super) commit: Option<String>,
    diagnostics: Vec<Diagnostic>,
    /// What was told of, by check and path.
    told: BTreeSet<(&'static str, String)>,
}

impl Found {
    pub(super) fn add_all(&mut self, findings: Vec<Finding>) {
        for finding in findings {
            self.add_finding(finding);
        }
    }

    pub(super) fn add_finding(&mut self, finding: Finding) {
        self.told.insert((finding.check.id, finding.path.clone()));
        self.push(Level::Error, finding);
    }

    /// As [`Found::add_finding`], unless the same was told of already: what is there came with some commit.
    pub(super) fn add_untold(&mut self, finding: Finding) {
        if !self
            .told
            .contains(&(finding.check.id, finding.path.clone()))
        {
            self.add_finding(finding);
        }
    }

    /// Notes that the record of `new` is not as `check` asks for, at the first of `marks` in it.
    pub(super) fn add(
        &mut self,
        check: &'static Check,
        new: &Published,
        marks: &[&str],
        message: String,
    ) {
        self.add_at(check, Level::Error, new, new.place(marks), message);
    }

    /// As [`Found::add`], at a place.
    pub(super) fn add_at(
        &mut self,
        check: &'static Check,
        level: Level,
        new: &Published,
        place: Place,
        message: String,
    ) {
        let finding = Finding {
            check,
            path: new.record_path(),
            message,
            help: Cow::Borrowed(check.help),
            commit: self.commit.clone(),
            place: Some(place),
        };
        self.push(level, finding);
    }

    /// Notes what was found in another way, and which is about files of the registry as well.
    pub(super) fn add_diagnostic(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.message = told(diagnostic.message, self.commit.as_deref());
        diagnostic.fix = None;
        self.diagnostics.push(diagnostic);
    }

    /// Notes that something in the registry cannot be used: what is wrong, as far as the failure says where, else as it
    /// says.
    pub(super) fn add_failure(&mut self, check: &'static Check, path: &str, failure: Failure) {
        let (message, report) = failure.into_parts();
        let report = report.map(|report| *report).unwrap_or_default();
        if report.diagnostics().is_empty() {
            let finding = Finding {
                check,
                path: path.to_owned(),
                message,
                help: Cow::Borrowed(check.help),
                commit: self.commit.clone(),
                place: None,
            };
            self.push(Level::Error, finding);
            return;
        }
        for found in report
            .diagnostics()
            .iter()
            .filter(|found| found.level == Level::Error)
        {
            let name = found.source.name();
            let name = name.strip_prefix("registry:").unwrap_or(name).to_owned();
            self.diagnostics.push(Diagnostic {
                rule: Cow::Borrowed(check.id),
                group: Cow::Borrowed(REGISTRY),
                message: told(found.message.clone(), self.commit.as_deref()),
                help: found.help.clone().or_else(|| Some(check.help.to_owned())),
                source: Arc::new(Source::new(name, found.source.text())),
                fix: None,
                ..found.clone()
            });
        }
    }

    /// Whether anything is wrong so far.
    pub(super) fn has_errors(&self) -> bool {
        let mut found = self.diagnostics.iter();
        found.any(|found| found.level == Level::Error)
    }

    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    fn push(&mut self, level: Level, finding: Finding) {
        let (text, span) = finding.place.map_or_else(Default::default, |place| {
            let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let span = Span::new(offset(place.span.start), offset(place.span.end));
            (place.text.to_string(), Some(span))
        });
        self.diagnostics.push(Diagnostic {
            rule: Cow::Borrowed(finding.check.id),
            group: Cow::Borrowed(REGISTRY),
            level,
            message: told(finding.message, finding.commit.as_deref()),
            help: Some(finding.help.into_owned()),
            source: Arc::new(Source::new(finding.path, text)),
            span: span.unwrap_or(Span::empty(0)),
            pointer: String::new(),
            related: Vec::new(),
            fix: None,
            is_binding: true,
        });
    }
}

/// The message with the commit that it is about.
fn told(message: String, commit: Option<&str>) -> String {
    match commit.and_then(|commit| commit.get(..12)) {
        Some(commit) => format!("{message} (commit {commit})"),
        None => message,
    }
}
