use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::{Diagnostic, Level, Source, Waived};

/// What a run looked at, and how many findings of each level it made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Data products among them.
    pub products: usize,
    /// Data contracts among them.
    pub contracts: usize,
    /// Findings of level error.
    pub errors: usize,
    /// Findings of level warn.
    pub warnings: usize,
    /// Findings of level info.
    pub infos: usize,
    /// Input ports whose upstream could not be looked up because no registry was named. They are
    /// neither passed nor failed.
    pub unverified: usize,
    /// Findings that comments in the documents suppress. They are in none of the counts above.
    pub suppressed: usize,
    /// Findings that were known before and are tolerated. They are in none of the counts above.
    pub known: usize,
    /// Findings that are waived for a time. They are in none of the counts above.
    pub waived: usize,
}

/// The findings of a run, in order, with a summary.
#[derive(Debug, Clone, Default)]
pub struct Report {
    summary: Summary,
    diagnostics: Vec<Diagnostic>,
    waived: Vec<Waived>,
    /// The sources that were checked, ordered by address.
    covered: Vec<Arc<Source>>,
}

impl Report {
    /// Sorts `diagnostics` into report order, drops exact repetitions and counts levels into
    /// `scope`, which says what was looked at.
    pub fn new(scope: Summary, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by(Diagnostic::report_order);
        diagnostics.dedup_by(|a, b| a.report_order(b).is_eq());
        let count = |level| diagnostics.iter().filter(|d| d.level == level).count();
        Self {
            summary: Summary {
                errors: count(Level::Error),
                warnings: count(Level::Warn),
                infos: count(Level::Info),
                ..scope
            },
            diagnostics,
            waived: Vec::new(),
            covered: Vec::new(),
        }
    }

    /// Remembers which texts were checked; see [`CleanReport::covers`].
    #[must_use]
    pub fn covering(mut self, sources: impl IntoIterator<Item = Arc<Source>>) -> Self {
        self.covered = sources.into_iter().collect();
        self.covered.sort_by_key(Arc::as_ptr);
        self
    }

    /// The report without the findings that `is_known`, which are counted apart. What policies ask for
    /// stays.
    ///
    /// It covers nothing: what tolerates findings is no proof that there are none.
    #[must_use]
    pub fn tolerating(self, mut is_known: impl FnMut(&Diagnostic) -> bool) -> Self {
        let before = self.diagnostics.len();
        let mut diagnostics = self.diagnostics;
        diagnostics.retain(|diagnostic| diagnostic.is_binding || !is_known(diagnostic));
        let known = self.summary.known + before - diagnostics.len();
        Self {
            waived: self.waived,
            ..Self::new(
                Summary {
                    known,
                    ..self.summary
                },
                diagnostics,
            )
        }
    }

    /// The report with further findings about what it covers.
    #[must_use]
    pub fn adding(self, found: impl IntoIterator<Item = Diagnostic>) -> Self {
        let mut diagnostics = self.diagnostics;
        diagnostics.extend(found);
        Self {
            covered: self.covered,
            waived: self.waived,
            ..Self::new(self.summary, diagnostics)
        }
    }

    /// The report with other findings about what it covers, such as `change` makes of them.
    #[must_use]
    pub fn changing(self, change: impl FnOnce(Vec<Diagnostic>) -> Vec<Diagnostic>) -> Self {
        Self {
            covered: self.covered,
            waived: self.waived,
            ..Self::new(self.summary, change(self.diagnostics))
        }
    }

    /// The report with findings that are waived. They are shown and counted, and fail nothing.
    #[must_use]
    pub fn waiving(mut self, waived: impl IntoIterator<Item = Waived>) -> Self {
        self.waived.extend(waived);
        self.waived
            .sort_by(|a, b| a.diagnostic.report_order(&b.diagnostic));
        self.summary.waived = self.waived.len();
        self
    }

    /// The findings that are waived, ordered by file and position.
    pub fn waived(&self) -> &[Waived] {
        &self.waived
    }

    /// The findings, ordered by file and position.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The names of all files that were checked, and of those with findings, in order.
    pub fn files(&self) -> BTreeSet<&str> {
        let found = self.diagnostics.iter().map(|found| found.source.name());
        let covered = self.covered.iter().map(|source| source.name());
        found.chain(covered).collect()
    }

    /// What was looked at and found.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Whether nothing of level error was found.
    pub fn is_clean(&self) -> bool {
        self.summary.errors == 0
    }
}

/// A report without errors. It is the only thing a publish plan can be made from, so that nothing
/// reaches the registry unchecked: the gate is a type, not a convention.
#[derive(Debug, Clone)]
pub struct CleanReport(Report);

impl CleanReport {
    /// The report within.
    pub fn report(&self) -> &Report {
        &self.0
    }

    /// Whether this very text was checked: not one like it, read at another time.
    pub fn covers(&self, source: &Arc<Source>) -> bool {
        let address = Arc::as_ptr(source);
        self.0
            .covered
            .binary_search_by_key(&address, Arc::as_ptr)
            .is_ok()
    }
}

impl TryFrom<Report> for CleanReport {
    type Error = Report;

    /// Takes a report without errors; gives any other back.
    fn try_from(report: Report) -> Result<Self, Report> {
        if report.is_clean() {
            Ok(Self(report))
        } else {
            Err(report)
        }
    }
}
