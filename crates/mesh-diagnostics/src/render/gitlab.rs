use std::io::{self, Write};

use serde::Serialize;

use super::escaped;
use crate::{Diagnostic, Level, Paths, Report};

/// Writes the findings as a GitLab Code Quality report, which a merge request shows beside its
/// lines.
///
/// GitLab tells new findings from old ones by the fingerprint alone, and drops all but one of those
/// that share one: see [`Diagnostic::fingerprint`].
pub fn gitlab(report: &Report, paths: &Paths, out: impl Write) -> io::Result<()> {
    let issues: Vec<Issue> = report
        .diagnostics()
        .iter()
        .zip(report.fingerprints(paths))
        .map(|(diagnostic, fingerprint)| Issue::new(diagnostic, fingerprint, paths))
        .collect();
    escaped::write(&issues, out)
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

impl<'a> Issue<'a> {
    fn new(diagnostic: &'a Diagnostic, fingerprint: String, paths: &Paths) -> Self {
        let line = |offset| diagnostic.source.position(offset).line;
        Self {
            description: match &diagnostic.help {
                Some(help) => format!("{} — {help}", diagnostic.message),
                None => diagnostic.message.clone(),
            },
            check_name: &diagnostic.rule,
            fingerprint,
            severity: match diagnostic.level {
                Level::Error => "major",
                Level::Warn => "minor",
                Level::Info => "info",
            },
            location: Location {
                path: paths.of(diagnostic.source.name()),
                lines: Lines {
                    begin: line(diagnostic.span.start),
                    end: line(diagnostic.span.end),
                },
            },
        }
    }
}
