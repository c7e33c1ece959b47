//! Runs rules over a workspace.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Report, Summary};
use mesh_spec::document::{Content, Document};
use mesh_spec::workspace::{Role, Workspace};
use rayon::prelude::*;

use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::redact;
use crate::rule::{Check, Rule};
use crate::rules;
use crate::settings::Settings;
use crate::suppression;

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which rules, at which levels, with which words.
    pub settings: Settings,
    /// The day on which the mesh is judged, as `YYYY-MM-DD`; it decides whether a date has passed.
    pub as_of: String,
}

impl Options {
    /// Every rule, judged as of `day` (`YYYY-MM-DD`).
    pub fn as_of(day: impl Into<String>) -> Self {
        Self {
            settings: Settings::everything(),
            as_of: day.into(),
        }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The findings.
    pub report: Report,
    /// Rules that failed instead of finding: each is a defect of mesh, and what it would have
    /// found is unknown. A run with any is not a clean run.
    pub defects: Vec<String>,
}

/// Checks every target of `workspace` with every rule of `options`.
///
/// Documents are checked in parallel; the report is the same on every run.
pub fn lint(workspace: &Workspace, options: &Options) -> Outcome {
    let targets: Vec<usize> = workspace
        .documents()
        .iter()
        .enumerate()
        .filter(|(_, (_, role))| *role == Role::Target)
        .map(|(index, _)| index)
        .collect();
    let mesh = Mesh::new(workspace, &options.as_of);

    let (local, global): (Vec<&Rule>, Vec<&Rule>) = rules::ALL
        .iter()
        .filter(|rule| options.settings.is_enabled(rule))
        .partition(|rule| !matches!(rule.check, Check::Mesh(_)));
    let check_one = |index: &usize| check_document(workspace, *index, &local, options);
    let check_mesh = |rule: &&Rule| {
        guarded(rule, "the mesh", options, |findings| {
            if let Check::Mesh(check) = rule.check {
                check(&mesh, findings);
            }
        })
    };
    let mut batches: Vec<Batch>;
    if workspace.is_small() {
        // To start threads would take longer than the work.
        batches = targets.iter().map(check_one).collect();
        batches.extend(global.iter().map(check_mesh));
    } else {
        batches = targets.par_iter().map(check_one).collect();
        batches.par_extend(global.par_iter().map(check_mesh));
    }

    let names: HashSet<&str> = targets
        .iter()
        .map(|&index| workspace.documents()[index].0.name())
        .collect();
    let is_target = |diagnostic: &Diagnostic| names.contains(diagnostic.source.name());
    let mut diagnostics = Vec::new();
    let mut defects = Vec::new();
    for batch in batches {
        diagnostics.extend(batch.diagnostics.into_iter().filter(is_target));
        defects.extend(batch.defects);
    }
    diagnostics.retain(|diagnostic| is_enabled(diagnostic, &options.settings));
    let suppressed = suppression::apply(&mesh, &targets, options, &mut diagnostics);
    redact::secrets(workspace.files(), &mut diagnostics);
    let scope = Summary {
        suppressed,
        ..scope(workspace, &targets, &mesh)
    };
    let sources = targets
        .iter()
        .map(|&index| Arc::clone(&workspace.documents()[index].0.source));
    Outcome {
        report: Report::new(scope, diagnostics).covering(sources),
        defects,
    }
}

#[derive(Default)]
struct Batch {
    diagnostics: Vec<Diagnostic>,
    defects: Vec<String>,
}

/// Whether the rule of a finding runs for the file it was made in.
fn is_enabled(diagnostic: &Diagnostic, settings: &Settings) -> bool {
    (settings.overrides.is_empty() && settings.mandates.is_empty())
        || rules::find(&diagnostic.rule)
            .is_none_or(|rule| settings.of(rule, diagnostic.source.name()).is_enabled)
}

/// Checks one document by itself with every rule.
///
/// All rules run under one guard, since to guard each costs more than most find; only if one fails
/// is it found out which.
fn check_document(
    workspace: &Workspace,
    index: usize,
    rules: &[&Rule],
    options: &Options,
) -> Batch {
    let all = catch_unwind(AssertUnwindSafe(|| {
        let mut diagnostics = Vec::new();
        for rule in rules {
            let mut findings = Findings::new(rule, options);
            run(rule, workspace, index, &mut findings);
            diagnostics.append(&mut findings.into_inner());
        }
        diagnostics
    }));
    if let Ok(diagnostics) = all {
        return Batch {
            diagnostics,
            defects: Vec::new(),
        };
    }
    let document = &workspace.documents()[index].0;
    let mut batch = Batch::default();
    for rule in rules {
        let found = guarded(rule, document.name(), options, |findings| {
            run(rule, workspace, index, findings);
        });
        batch.diagnostics.extend(found.diagnostics);
        batch.defects.extend(found.defects);
    }
    batch
}

/// Runs one rule on the document at `index`.
fn run(rule: &Rule, workspace: &Workspace, index: usize, findings: &mut Findings<'_>) {
    match rule.check {
        Check::Document(check) => check(&workspace.documents()[index].0, findings),
        Check::Product(check) => {
            if let Some(product) = workspace.product(index) {
                check(product, findings);
            }
        }
        Check::Contract(check) => {
            if let Some(contract) = workspace.contract(index) {
                check(contract, findings);
            }
        }
        Check::Mesh(_) | Check::Suppressions => {}
    }
}

/// Runs one check; a panic in it is a defect of that rule, not the end of the run.
fn guarded(
    rule: &Rule,
    subject: &str,
    options: &Options,
    check: impl FnOnce(&mut Findings<'_>),
) -> Batch {
    let mut findings = Findings::new(rule, options);
    match catch_unwind(AssertUnwindSafe(|| check(&mut findings))) {
        Ok(()) => Batch {
            diagnostics: findings.into_inner(),
            defects: Vec::new(),
        },
        Err(_) => Batch {
            defects: vec![format!("the rule `{}` failed on {subject}", rule.id)],
            ..Batch::default()
        },
    }
}

fn scope(workspace: &Workspace, targets: &[usize], mesh: &Mesh<'_>) -> Summary {
    let count = |matches: fn(&Document) -> bool| {
        targets
            .iter()
            .filter(|&&index| matches(&workspace.documents()[index].0))
            .count()
    };
    Summary {
        files: targets.len(),
        products: count(|document| matches!(document.content, Content::Product(_))),
        contracts: count(|document| matches!(document.content, Content::Contract(_))),
        unverified: mesh.unverified(),
        ..Summary::default()
    }
}

#[cfg(test)]
mod tests {
    use mesh_diagnostics::Level;
    use mesh_spec::vocabulary::Vocabularies;

    use super::*;
    use crate::example::Example;
    use crate::rule::{Group, Preset};

    /// A rule that finds nothing, because it fails.
    static BROKEN: Rule = Rule {
        id: "broken",
        group: Group::Valid,
        level: Level::Error,
        preset: Preset::Minimal,
        fix: None,
        summary: "",
        docs: "",
        fails: Example::files(&[]),
        passes: Example::files(&[]),
        check: Check::Document(|_, _| panic!("this rule is broken")),
    };

    #[test]
    fn a_rule_that_fails_is_named_and_stops_no_other() {
        let text = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\nid: b\n";
        let document = Document::parse("dataproduct.yaml", text.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let other = rules::find("duplicate-key").expect("a rule");
        let options = Options::as_of("2026-06-30");
        let batch = check_document(&workspace, 0, &[&BROKEN, other], &options);
        assert_eq!(
            batch.defects,
            ["the rule `broken` failed on dataproduct.yaml"]
        );
        let found: Vec<_> = batch.diagnostics.iter().map(|d| &*d.rule).collect();
        assert_eq!(found, ["duplicate-key"]);
    }

    #[test]
    fn where_nothing_is_granted_neither_a_comment_nor_a_draft_weighs_less() {
        let text = "apiVersion: v1.1.0\nkind: DataProduct\nid: a\nversion: 1.0.0\nstatus: draft\n\
            name: A\n# mesh: ignore[owner-missing] nobody yet\nteam: {name: t}\n";
        let level = |settings| {
            let document = Document::parse("dataproduct.yaml", text.into(), None);
            let workspace = Workspace::new(vec![(document, Role::Target)], None);
            let as_of = "2026-06-30".to_owned();
            let report = lint(&workspace, &Options { settings, as_of }).report;
            let level = |id: &str| {
                let mut found = report.diagnostics().iter();
                found
                    .find(|found| found.rule == id)
                    .map(|found| found.level)
            };
            (
                level("owner-missing"),
                level("domain-missing"),
                report.summary().suppressed,
            )
        };
        let lenient = Settings::default();
        assert_eq!(level(lenient), (None, Some(Level::Warn), 1));
        let strict = Settings::for_all(Preset::Standard, Vocabularies::default());
        assert_eq!(level(strict), (Some(Level::Error), Some(Level::Error), 0));
    }
}
