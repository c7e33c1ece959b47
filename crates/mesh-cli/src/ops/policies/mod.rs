//! Policies as every command holds products to them: from the files that a repository and a registry name to findings
//! in the report.

pub(crate) mod evidence;
mod gather;
pub(crate) mod impact;
pub(crate) mod inspect;
pub(crate) mod upcoming;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use mesh_compat::{changes, gate};
use mesh_diagnostics::Report;
use mesh_lint::{Mandate, Settings, rules};
use mesh_policy::{Checked, Floor, Options, Policies, Session, Terms};
use mesh_registry::Snapshot;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::Workspace;

pub(crate) use gather::{
    Gathered, Pins, Request, are_none, gather, gather_alone, gather_around, of_registry, read_again,
};

use super::check;
use crate::failure::Failure;

/// Names under which packs may set what mesh calls otherwise.
const ALIASES: &[(&str, &str)] = &[("breaking-without-major", "version-too-low")];

/// What policies have to know of the world around them, as of a day.
pub(crate) fn terms<T>(as_of: Day, work: impl FnOnce(Terms<'_>) -> T) -> T {
    let of_lint = rules::ALL.iter().map(|rule| rule.id);
    let of_gate = gate::rules::RULES.iter().map(|rule| rule.id);
    let kinds = changes::all().map(|kind| kind.id);
    let ids: Vec<&'static str> = of_lint.chain(of_gate).chain(kinds).collect();
    work(Terms {
        as_of,
        rules: &ids,
        aliases: ALIASES,
    })
}

/// What a run holds products to.
pub(crate) struct Judge<'a> {
    /// What is in force.
    pub(crate) policies: &'a Policies,
    /// The day.
    pub(crate) as_of: Day,
    /// The registry, if one is named: it tells new products from others.
    pub(crate) snapshot: Option<&'a Snapshot>,
}

impl Judge<'_> {
    /// Lints `files`, and holds them to what is in force: one report of both.
    ///
    /// What fails instead of finding makes the run fail: what it would have found is unknown.
    pub(crate) fn check(
        &self,
        files: &Workspace,
        settings: &Settings,
    ) -> Result<(Report, Checked), Failure> {
        if self.policies.is_empty() {
            let options = check::on(self.as_of, settings.clone());
            return Ok((check::check(files, &options)?, Checked::default()));
        }
        self.hold(files, &settings.vocabularies, |session| {
            let mut settings = settings.clone();
            settings.mandates = mandates(session.floors());
            let report = check::check(files, &check::on(self.as_of, settings))?;
            let mut checked = session.check();
            if !checked.defects.is_empty() {
                return Err(Failure::new(checked.defects.join("; ")).help(
                    "this is a defect of mesh: please report it with the file that shows it",
                ));
            }
            mesh_lint::blanked_findings(files.files(), &mut checked.findings);
            let report = hold_rules(session, report)
                .adding(checked.findings.iter().cloned())
                .waiving(checked.waived.iter().cloned());
            Ok((report, checked))
        })?
    }

    /// Holds what was found about versions to what packs say of it.
    pub(crate) fn hold_versions(
        &self,
        files: &Workspace,
        vocabularies: &Vocabularies,
        report: Report,
    ) -> Result<Report, Failure> {
        if self.policies.is_empty() {
            return Ok(report);
        }
        self.hold(files, vocabularies, |session| hold_rules(session, report))
    }

    /// What a repository has decided about compatibility, without what packs do not let it decide: a change that is let
    /// through there would loosen what was agreed.
    pub(crate) fn without_loosening(
        &self,
        files: &Workspace,
        settings: &mesh_compat::Settings,
        vocabularies: &Vocabularies,
    ) -> Result<mesh_compat::Settings, Failure> {
        let mut settings = settings.clone();
        if settings.ignore.is_empty() || self.policies.is_empty() {
            return Ok(settings);
        }
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is not general enough over lifetimes"
        )]
        let floors = self.hold(files, vocabularies, |session| session.floors())?;
        let is_set = |id: &str| floors.iter().any(|floor| floor.rule == id);
        if is_set("version-too-low") {
            settings.ignore.clear();
        } else {
            settings.ignore.retain(|ignore| !is_set(ignore.kind.id));
        }
        Ok(settings)
    }

    fn hold<T>(
        &self,
        files: &Workspace,
        vocabularies: &Vocabularies,
        work: impl FnOnce(&Session<'_>) -> T,
    ) -> Result<T, Failure> {
        let published = self.snapshot.map(|snapshot| published_ids(files, snapshot));
        let published = published.transpose()?;
        let is_published = published.as_ref().map(|ids| |id: &str| ids.contains(id));
        let options = Options {
            as_of: self.as_of,
            vocabularies,
            is_published: is_published
                .as_ref()
                .map(|is| is as &(dyn Fn(&str) -> bool + Sync)),
        };
        Ok(self.policies.hold(files, options, work))
    }
}

/// The report in which findings of rules that packs set weigh what they ask for, and are waived where they let them be.
fn hold_rules(session: &Session<'_>, report: Report) -> Report {
    let mut waived = Vec::new();
    let report = report.changing(|found| {
        let (kept, of_rules) = session.hold_rules(found);
        waived = of_rules;
        kept
    });
    report.waiving(waived)
}

/// The ids of products in `files` that the registry knows.
fn published_ids(files: &Workspace, snapshot: &Snapshot) -> Result<HashSet<String>, Failure> {
    let ids: BTreeSet<&str> = files
        .products()
        .filter_map(|product| product.model.id.as_deref())
        .collect();
    let mut known = HashSet::new();
    for id in ids {
        if snapshot.knows(id)? {
            known.insert(id.to_owned());
        }
    }
    Ok(known)
}

/// What the linter is to do for the rules that packs set.
fn mandates(floors: Vec<Floor>) -> Vec<Mandate> {
    let mandates = floors.into_iter().filter_map(|floor| {
        let rule = rules::find(&floor.rule)?;
        let files: HashSet<String> = floor.files.into_iter().collect();
        Some(Mandate {
            rule,
            level: floor.level,
            applies: Arc::new(move |name: &str| files.contains(name)),
        })
    });
    mandates.collect()
}
