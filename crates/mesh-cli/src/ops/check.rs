//! Lint as every command runs it.

use mesh_diagnostics::Report;
use mesh_lint::{Options, Settings, lint};
use mesh_spec::workspace::Workspace;

use crate::failure::Failure;
use crate::ops::threads;

/// The linter with `settings`, as of today.
pub(crate) fn today_with(settings: Settings) -> Options {
    Options {
        settings,
        as_of: today(),
    }
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

/// Today in UTC, as `YYYY-MM-DD`.
pub(crate) fn today() -> String {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .to_string()
}
