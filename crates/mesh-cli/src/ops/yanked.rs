//! What no repository decides for itself: that nothing new relies on what was yanked.
//!
//! `consumes-yanked` is a rule like others, so a repository may lower it or do without it while it works. What gets into
//! the registry is held to it whatever the repository says, by `mesh publish` and by `mesh registry verify`.

use mesh_diagnostics::{Diagnostic, Level, Report};
use mesh_lint::{Adjustments, Group, Preset, Selector, Settings, rules};
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::Workspace;

use super::check;
use crate::failure::Failure;

const RULE: &str = "consumes-yanked";

/// The report with what begins to rely on a yanked version, as errors.
pub(crate) fn hold(files: &Workspace, as_of: Day, report: Report) -> Result<Report, Failure> {
    let found = begun(files, as_of)?;
    if found.is_empty() {
        return Ok(report);
    }
    Ok(report.changing(|mut known| {
        known.retain(|known| !found.iter().any(|new| is_same(known, new)));
        known.extend(found);
        known
    }))
}

/// What in `files` begins to rely on a yanked version.
pub(crate) fn begun(files: &Workspace, as_of: Day) -> Result<Vec<Diagnostic>, Failure> {
    let offers = files.published().map(|published| published.offers.values());
    let mut offers = offers.into_iter().flatten().flatten();
    // Hardly ever is anything yanked that somebody relies on.
    if !offers.any(|offer| offer.yanked.is_some()) {
        return Ok(Vec::new());
    }
    let only = Adjustments {
        select: rules::find(RULE).map(Selector::Rule).into_iter().collect(),
        ignore: Group::ALL.into_iter().map(Selector::Group).collect(),
        ..Adjustments::default()
    };
    let settings = Settings {
        adjustments: vec![only],
        ..Settings::for_all(Preset::Minimal, Vocabularies::default())
    };
    let report = check::check(files, &check::on(as_of, settings))?;
    let found = report.diagnostics().iter();
    let begun = found.filter(|found| found.rule == RULE && found.level == Level::Error);
    Ok(begun
        .map(|found| Diagnostic {
            is_binding: true,
            ..found.clone()
        })
        .collect())
}

fn is_same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.rule == b.rule && a.source.name() == b.source.name() && a.span == b.span
}
