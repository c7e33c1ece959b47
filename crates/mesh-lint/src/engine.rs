//! Runs rules over a workspace.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Report, Source, Span, Summary};
use mesh_spec::document::{Content, Document};
use mesh_spec::workspace::{Role, Workspace};
use rayon::prelude::*;

use crate::findings::{Findings, Secret};
use crate::mesh::Mesh;
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
    let mut secrets = Vec::new();
    let mut defects = Vec::new();
    for batch in batches {
        diagnostics.extend(batch.diagnostics.into_iter().filter(is_target));
        secrets.extend(batch.secrets);
        defects.extend(batch.defects);
    }
    redact(&mut diagnostics, &secrets);
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
    secrets: Vec<Secret>,
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
        batch.secrets.extend(found.secrets);
        batch.defects.extend(found.defects);
    }
    batch
}

/// Runs one check; a panic in it is a defect of that rule, not the end of the run.
fn guarded(rule: &Rule, subject: &str, check: impl FnOnce(&mut Findings<'_>)) -> Batch {
    let mut findings = Findings::new(rule);
    match catch_unwind(AssertUnwindSafe(|| check(&mut findings))) {
        Ok(()) => {
            let (diagnostics, secrets) = findings.into_inner();
            Batch {
                diagnostics,
                secrets,
                defects: Vec::new(),
            }
        }
        Err(_) => Batch {
            defects: vec![format!("the rule `{}` failed on {subject}", rule.id)],
            ..Batch::default()
        },
    }
}

/// Blanks out `secrets` in every text that `diagnostics` could show: an excerpt around another
/// finding would give them away as well.
fn redact(diagnostics: &mut [Diagnostic], secrets: &[Secret]) {
    let mut spans: HashMap<&str, Vec<Span>> = HashMap::new();
    for secret in secrets {
        spans.entry(&secret.source).or_default().push(secret.span);
    }
    let mut clean: HashMap<&str, Arc<Source>> = HashMap::new();
    for diagnostic in diagnostics {
        let related = diagnostic.related.iter_mut();
        let sources = related.map(|related| &mut related.source);
        for source in sources.chain([&mut diagnostic.source]) {
            if let Some((&name, spans)) = spans.get_key_value(source.name()) {
                let without = clean
                    .entry(name)
                    .or_insert_with(|| Arc::new(blanked(source, spans)));
                *source = Arc::clone(without);
            }
        }
    }
}

/// `source` with asterisks in place of `spans`; every other byte stays where it is.
fn blanked(source: &Source, spans: &[Span]) -> Source {
    let is_secret = |offset: usize| spans.iter().any(|span| span.range().contains(&offset));
    let mut text = String::with_capacity(source.text().len());
    for (offset, c) in source.text().char_indices() {
        if is_secret(offset) && !c.is_whitespace() {
            text.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            text.push(c);
        }
    }
    Source::new(source.name(), text)
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
    use mesh_spec::workspace::Workspace;

    use super::*;

    #[test]
    fn no_finding_shows_a_secret() {
        let yaml = "\
apiVersion: v1.1.0
kind: DataProduct
id: orders
customProperties:
  - property: password
    value: größe-2
status: live
";
        let document = Document::parse("dataproduct.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let outcome = lint(&workspace, &Options::as_of("2026-06-30"));
        let found = outcome.report.diagnostics();
        for rule in ["secret-in-manifest", "unknown-status"] {
            let diagnostic = found
                .iter()
                .find(|d| d.rule == rule)
                .expect("the rule fires");
            assert_eq!(
                diagnostic.source.text(),
                yaml.replace("größe-2", "*********")
            );
        }
        assert!(found.iter().all(|d| !d.message.contains("größe")));
    }
}
