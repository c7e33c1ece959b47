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

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The rules, in any order.
    pub rules: &'static [&'static Rule],
    /// The day on which the mesh is judged, as `YYYY-MM-DD`; it decides whether a date has passed.
    pub as_of: String,
}

impl Options {
    /// Every rule, judged as of `day` (`YYYY-MM-DD`).
    pub fn as_of(day: impl Into<String>) -> Self {
        Self {
            rules: rules::ALL,
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

    let (local, global): (Vec<&Rule>, Vec<&Rule>) = options
        .rules
        .iter()
        .partition(|rule| !matches!(rule.check, Check::Mesh(_)));
    let mut batches: Vec<Batch> = targets
        .par_iter()
        .map(|&index| check_document(workspace, index, &local))
        .collect();
    batches.par_extend(global.par_iter().map(|rule| {
        guarded(rule, "the mesh", |findings| {
            if let Check::Mesh(check) = rule.check {
                check(&mesh, findings);
            }
        })
    }));

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
    redact::secrets(workspace, &mut diagnostics);
    let scope = scope(workspace, &targets, &mesh);
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

fn check_document(workspace: &Workspace, index: usize, rules: &[&Rule]) -> Batch {
    let document = &workspace.documents()[index].0;
    let mut batch = Batch::default();
    for rule in rules {
        let found = guarded(rule, document.name(), |findings| match rule.check {
            Check::Document(check) => check(document, findings),
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
            Check::Mesh(_) => {}
        });
        batch.diagnostics.extend(found.diagnostics);
        batch.defects.extend(found.defects);
    }
    batch
}

/// Runs one check; a panic in it is a defect of that rule, not the end of the run.
fn guarded(rule: &Rule, subject: &str, check: impl FnOnce(&mut Findings<'_>)) -> Batch {
    let mut findings = Findings::new(rule);
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
