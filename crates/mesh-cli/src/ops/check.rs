//! Lint as every command runs it.

use mesh_diagnostics::Report;
use mesh_lint::{Options, Settings, lint};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::Workspace;

use crate::failure::Failure;
use crate::ops::threads;

/// The linter with `settings`, as of a day.
pub(crate) fn on(as_of: Day, settings: Settings) -> Options {
    Options {
        settings,
        as_of: as_of.to_string(),
    }
}

/// The day as of which is judged: the one that an option names, else today in UTC. A run asks once.
pub(crate) fn as_of(named: Option<&str>) -> Result<Day, Failure> {
    let text = match named {
        Some(text) => text.trim().to_owned(),
        None => jiff::Timestamp::now()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .to_string(),
    };
    Day::parse(&text)
        .filter(|_| text.len() == 10)
        .ok_or_else(|| {
            Failure::new(format!("`{text}` is not a day")).help("write it as `2027-03-31`")
        })
}

/// Checks `workspace`.
///
/// A rule that fails instead of finding makes the run fail: what it would have found is unknown.
pub(crate) fn check(workspace: &Workspace, options: &Options) -> Result<Report, Failure> {
    threads::ready(workspace.documents().len());
    let outcome = lint(workspace, options);
    match outcome.defects.as_slice() {
        [] => Ok(outcome.report),
        defects => Err(Failure::new(defects.join("; "))
            .help("this is a defect of mesh: please report it with the file that shows it")
            .report(outcome.report)),
    }
}
