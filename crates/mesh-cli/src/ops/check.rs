//! Lint as every command runs it.

use mesh_diagnostics::Report;
use mesh_lint::{Options, lint};
use mesh_spec::workspace::Workspace;

use crate::failure::Failure;

/// Checks `workspace` as of today.
///
/// A rule that fails instead of finding makes the run fail: what it would have found is unknown.
pub(crate) fn check(workspace: &Workspace) -> Result<Report, Failure> {
    let outcome = lint(workspace, &Options::as_of(today()));
    match outcome.defects.as_slice() {
        [] => Ok(outcome.report),
        defects => Err(Failure::new(defects.join("; "))
            .help("this is a defect of mesh: please report it with the file that shows it")
            .report(outcome.report)),
    }
}

/// Today in UTC, as `YYYY-MM-DD`.
fn today() -> String {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .to_string()
}
