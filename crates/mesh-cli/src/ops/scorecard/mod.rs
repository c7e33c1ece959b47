//! How far data products have come: from paths to a scorecard, and how it is printed.

mod json;
mod markdown;
mod pretty;
mod svg;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use mesh_diagnostics::Report;
use mesh_lint::{Preset, Settings};
use mesh_policy::scorecard::{Finding, Scorecard, Tier, score};
use mesh_spec::workspace::ProductRef;

use super::policies::{self, Judge, Pins};
use super::text::plural;
use super::{check, lint, registry, workspace};
use crate::cli::ScorecardFormat;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// What to judge, and against what.
pub(crate) struct Request<'a> {
    /// Files and folders.
    pub(crate) paths: &'a [PathBuf],
    /// The registry that the command line names.
    pub(crate) registry: Option<&'a str>,
    /// Whether the registry is read from the cache alone.
    pub(crate) offline: bool,
    /// The day as of which is judged, if the command line names one.
    pub(crate) as_of: Option<&'a str>,
    /// The level that every product is to have.
    pub(crate) min_level: Option<Tier>,
}

/// A scorecard, and how it came about.
pub(crate) struct Answer {
    /// The levels.
    pub(crate) card: Scorecard,
    /// The day as of which was judged.
    pub(crate) as_of: String,
    /// Where what is published was looked up, if anywhere.
    pub(crate) registry: Option<String>,
    /// How many inputs could not be looked up, since no registry is named.
    pub(crate) unverified: usize,
    /// The level that every product is to have, if one is asked for.
    pub(crate) min_level: Option<Tier>,
}

/// Reads what `request` asks for and judges it.
///
/// The linter's settings are those of nobody: a product that is let off here would look better than one
/// of a team that lets nothing pass. The words that a mesh has agreed on are no such thing.
pub(crate) fn run(request: &Request<'_>) -> Result<Answer, Failure> {
    let project = workspace::project(request.paths, request.registry.is_some())?;
    let vocabularies = project.lint.vocabularies.clone();
    let mut settings = Settings::for_all(Preset::Standard, vocabularies);
    let as_of = check::as_of(request.as_of)?;
    let location = lint::location(request.registry, request.offline, &project)?;
    let mut files = workspace::load(request.paths, &project)?;
    let registry = location.as_ref().map(ToString::to_string);
    let snapshot = match location {
        Some(location) => Some(registry::open(location, request.offline)?),
        None => None,
    };
    if let Some(snapshot) = &snapshot {
        (files, settings) = lint::in_mesh(files, settings, snapshot)?;
    }
    let gathered = policies::gather(&policies::Request {
        project: &project,
        extra: &[],
        snapshot: snapshot.as_ref(),
        as_of,
        pins: Pins::Locked,
    })?;
    let judge = Judge {
        policies: &gathered.policies,
        as_of,
        snapshot: snapshot.as_ref(),
    };
    let (report, _) = judge.check(&files, &settings)?;
    let findings = report.diagnostics().iter().map(Finding::from);
    let card = score(&files, findings, |product| open_waivers(product, &report));
    if card.products.is_empty() {
        return Err(Failure::new("there is no data product to judge").help(
            "name the folder that holds `dataproduct.yaml`: a contract has the level of the product that \
             promises it",
        ));
    }
    Ok(Answer {
        card,
        as_of: as_of.to_string(),
        registry,
        unverified: report.summary().unverified,
        min_level: request.min_level,
    })
}

/// How many waivers let findings in the documents of a product pass.
fn open_waivers(product: ProductRef<'_>, report: &Report) -> usize {
    let contracts = product.own_contracts().into_iter();
    let documents = contracts
        .map(|contract| contract.document)
        .chain([product.document]);
    let documents: Vec<_> = documents
        .map(|document| Arc::as_ptr(&document.source))
        .collect();
    let waived = report.waived().iter();
    let mine = waived.filter(|waived| documents.contains(&Arc::as_ptr(&waived.diagnostic.source)));
    mine.map(|waived| waived.waiver.as_str())
        .collect::<BTreeSet<_>>()
        .len()
}

/// Writes `answer` in a format, for people as `terminal` shows it.
pub(crate) fn write(
    answer: &Answer,
    format: ScorecardFormat,
    terminal: Terminal,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match format {
        ScorecardFormat::Pretty => pretty::write(answer, terminal, out),
        ScorecardFormat::Json => json::write(answer, out),
        ScorecardFormat::Markdown => markdown::write(answer, out),
        ScorecardFormat::Svg => svg::write(&answer.card, out),
    }
}

impl Answer {
    /// How many products have not reached the level that is asked for.
    pub(crate) fn below(&self) -> usize {
        self.min_level
            .map_or(0, |tier| self.card.below(tier).count())
    }

    /// How many products have which level: `3 data products: 2 gold, 1 none; 1 below bronze`.
    fn summary(&self) -> String {
        let counts = self.card.counts();
        let products = plural(counts.all(), "data product");
        let below = match (self.below(), self.min_level) {
            (count @ 1.., Some(tier)) => format!("; {count} below {tier}"),
            _ => String::new(),
        };
        format!("{products}: {}{below}", counts.words())
    }

    /// What the levels do not tell.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.unverified > 0 {
            let inputs = plural(self.unverified, "input");
            notes.push(format!(
                "{inputs} could not be looked up: no registry is named"
            ));
        }
        let others = &self.card.others;
        if let Some(first) = others.first() {
            let more = match others.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            let verb = if others.len() == 1 {
                "belongs"
            } else {
                "belong"
            };
            notes.push(format!("`{first}`{more} {verb} to no data product"));
        }
        notes
    }
}
