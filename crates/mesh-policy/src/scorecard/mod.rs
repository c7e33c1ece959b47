//! How far data products have come: bronze, silver or gold.
//!
//! A level is a set of [gates](GATES), and a product has it once it passes all of them and those of the
//! levels below. Nothing is added up or averaged: what is missing is named, and nothing that is good
//! makes up for it. [`score`] judges the products of a workspace by what was found in them, which comes in
//! as [`Finding`]s.
//!
//! To add a gate, add it to the table in `gates.rs`, and a line to `docs/scorecard.md`.

mod findings;
mod gate;
mod gates;
mod promises;
mod subject;
#[cfg(test)]
mod tests;
mod tier;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use mesh_diagnostics::Source;
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::workspace::{ContractRef, ProductRef, Role, Workspace, expected_kind};

pub use gate::{Check, Count, Gate, Missing, Outcome, Place};
pub use gates::GATES;
pub use subject::{Finding, Promised, Subject};
pub use tier::{Counts, Tier};

/// The levels of products and of the domains that own them.
#[derive(Debug, Default)]
pub struct Scorecard {
    /// The products, in the order of the workspace.
    pub products: Vec<ProductScore>,
    /// Their domains, by name; last those products that name none.
    pub domains: Vec<DomainScore>,
    /// The documents that belong to none of the products, by name.
    pub others: Vec<String>,
}

/// How far one data product has come.
#[derive(Debug)]
pub struct ProductScore {
    /// What to call it: the id, else the name, else the file.
    pub label: String,
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Where it is in its life.
    pub status: Option<String>,
    /// The domain that owns it.
    pub domain: Option<String>,
    /// The manifest.
    pub manifest: Arc<Source>,
    /// The highest level whose gates it passes, with all gates below; none if it does not even reach
    /// bronze.
    pub level: Option<Tier>,
    /// What became of it at each gate, in the order of [`GATES`].
    pub gates: Vec<(&'static Gate, Outcome)>,
}

/// How far the products of one domain have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainScore {
    /// The domain; none for the products that name none.
    pub name: Option<String>,
    /// The level of its lowest product.
    pub level: Option<Tier>,
    /// How many of its products have which level.
    pub counts: Counts,
}

/// Judges every product among the targets of `workspace` by its documents and by the `findings` in them,
/// and a manifest that cannot be read as a product of which nothing is known.
///
/// `open_waivers` says how many waivers hold for a product.
pub fn score<'w>(
    workspace: &'w Workspace,
    findings: impl IntoIterator<Item = Finding<'w>>,
    open_waivers: impl Fn(ProductRef<'w>) -> usize,
) -> Scorecard {
    let mut by_file: HashMap<&str, Vec<Finding<'w>>> = HashMap::new();
    for finding in findings {
        let found = by_file.entry(finding.source.name()).or_default();
        found.push(finding);
    }
    let found_in = |document: &Document| by_file.get(document.name()).into_iter().flatten();
    let mut card = Scorecard::default();
    let mut scored: HashSet<usize> = HashSet::new();
    let targets = workspace.documents().iter().enumerate();
    let targets = targets.filter(|(_, (_, role))| *role == Role::Target);
    for (index, (document, _)) in targets.clone() {
        let product = workspace.product(index);
        if product.is_none() && !is_manifest_lost(document) {
            continue;
        }
        let contracts = product.map(ProductRef::own_contracts).unwrap_or_default();
        let documents = contracts.iter().map(|contract| contract.document);
        let findings = std::iter::once(document).chain(documents);
        let subject = Subject {
            manifest: document,
            product,
            findings: findings.flat_map(found_in).copied().collect(),
            open_waivers: product.map_or(0, &open_waivers),
        };
        card.products.push(ProductScore::of(&subject));
        scored.insert(index);
        scored.extend(contracts.into_iter().map(ContractRef::index));
    }
    card.domains = domains(&card.products);
    card.others = targets
        .filter(|(index, _)| !scored.contains(index))
        .map(|(_, (document, _))| document.name().to_owned())
        .collect();
    card
}

/// Whether `document` cannot be told to be anything, and may be meant for a product.
fn is_manifest_lost(document: &Document) -> bool {
    document.kind().is_none()
        && expected_kind(Path::new(document.name())) != Some(Kind::DataContract)
}

fn domains(products: &[ProductScore]) -> Vec<DomainScore> {
    let mut by_name: BTreeMap<(bool, Option<&str>), Vec<&ProductScore>> = BTreeMap::new();
    for product in products {
        let name = product.domain.as_deref();
        by_name
            .entry((name.is_none(), name))
            .or_default()
            .push(product);
    }
    by_name
        .into_iter()
        .map(|((_, name), products)| DomainScore {
            name: name.map(str::to_owned),
            level: lowest(products.iter().copied()),
            counts: products.into_iter().map(|product| product.level).collect(),
        })
        .collect()
}

/// The level of the lowest of `products`; none of none.
fn lowest<'p>(products: impl Iterator<Item = &'p ProductScore>) -> Option<Tier> {
    products.map(|product| product.level).min().flatten()
}

impl Scorecard {
    /// The level of the lowest product.
    pub fn level(&self) -> Option<Tier> {
        lowest(self.products.iter())
    }

    /// How many products have which level.
    pub fn counts(&self) -> Counts {
        self.products.iter().map(|product| product.level).collect()
    }

    /// The products that have not reached `tier`.
    pub fn below(&self, tier: Tier) -> impl Iterator<Item = &ProductScore> {
        let products = self.products.iter();
        products.filter(move |product| product.level < Some(tier))
    }
}

impl ProductScore {
    /// Judges one product.
    pub fn of(subject: &Subject<'_>) -> Self {
        let promised = subject.promised();
        let gates: Vec<(&'static Gate, Outcome)> = GATES
            .iter()
            .map(|gate| (gate, gate.judge(subject, &promised)))
            .collect();
        let has_passed = |tier: &Tier| {
            let mut gates = gates.iter().filter(|(gate, _)| gate.tier == *tier);
            gates.all(|(_, outcome)| matches!(outcome, Outcome::Passed))
        };
        let model = subject.product.map(|product| product.model);
        let domain = model.and_then(|model| model.domain.as_deref());
        let domain = domain.map(str::trim).filter(|domain| !domain.is_empty());
        Self {
            label: subject.label().to_owned(),
            id: model.and_then(|model| model.id.clone()),
            name: model.and_then(|model| model.name.clone()),
            version: model.and_then(|model| model.version.clone()),
            status: model.and_then(|model| model.status.clone()),
            domain: domain.map(str::to_owned),
            manifest: Arc::clone(&subject.manifest.source),
            level: Tier::ALL.into_iter().take_while(has_passed).last(),
            gates,
        }
    }

    /// The level that comes next; none after gold.
    pub fn next(&self) -> Option<Tier> {
        let mut tiers = Tier::ALL.into_iter();
        tiers.find(|tier| Some(*tier) > self.level)
    }

    /// What is missing for the next level, the most useful first.
    pub fn missing(&self) -> impl Iterator<Item = (&'static Gate, &Missing)> {
        let next = self.next();
        let gates = self.gates.iter();
        gates.filter_map(move |(gate, outcome)| match outcome {
            Outcome::Missing(missing) if Some(gate.tier) == next => Some((*gate, missing)),
            _ => None,
        })
    }
}
