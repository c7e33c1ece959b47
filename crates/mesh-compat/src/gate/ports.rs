//! The versions of output ports, which rise with the contracts that the ports promise, and make the
//! versions of their products rise.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use mesh_diagnostics::{Change as Edit, Related};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::model::odps::OutputPort;
use mesh_spec::workspace::same_version;
use mesh_spec::yaml::NodeRef;
use semver::Version;

use super::case::{self, Case};
use super::findings;
use crate::change::Change;
use crate::compare::{Subject, lists};
use crate::entity::Entity;
use crate::impact::Impact;
use crate::quote::quoted;
use crate::version::read_version;

/// An output port whose version is too low.
pub(super) struct Port {
    /// Its position among the output ports.
    index: usize,
    name: String,
    declared: Version,
    pub(super) needed: Version,
    /// Whether the needed version names no other contract.
    pub(super) is_free: bool,
    /// What makes it need that version.
    pub(super) because: Vec<Related>,
}

impl Port {
    /// Where its version stands.
    pub(super) fn pointer(&self) -> String {
        format!("/outputPorts/{}/version", self.index)
    }

    pub(super) fn message(&self) -> String {
        format!(
            "output port {} is {}, and what it offers needs {}",
            quoted(&self.name),
            self.declared,
            self.needed
        )
    }

    /// The change that gives the port the version it needs.
    pub(super) fn edit(&self) -> Edit {
        Edit::set(self.pointer(), self.needed.to_string())
    }

    pub(super) fn related(&self, document: &Document) -> Related {
        Related {
            message: self.message(),
            source: Arc::clone(&document.source),
            span: document.span_at(&self.pointer()),
        }
    }
}

/// Raises the impact of products to that of what they offer. Gives, for each case, the ports whose
/// versions are too low.
pub(super) fn hold<'d>(
    cases: &mut [Case<'_>],
    document: impl Fn(&Option<Subject>) -> Option<&'d Document>,
) -> Vec<Vec<Port>> {
    let mut all = Vec::new();
    let contracts = contracts(cases);
    let mut reasons: HashMap<usize, Option<Related>> = HashMap::new();
    for at in 0..cases.len() {
        let subjects = &cases[at].comparison.subjects;
        let (Some(old), Some(new)) = (document(&subjects.old), document(&subjects.new)) else {
            all.push(Vec::new());
            continue;
        };
        let mut ports = Vec::new();
        let mut impact = cases[at].impact;
        let mut because = Vec::new();
        let broken = broken(&cases[at]);
        for (before, after, index) in pairs(old, new) {
            let own = if broken.contains(&index) {
                Impact::Major
            } else {
                Impact::None
            };
            let place = contract_of(cases, &contracts, before, after);
            let contract = place.map(|place| &cases[place]);
            let mut reason = || -> Vec<Related> {
                let reason = place.and_then(|place| {
                    let known = reasons.entry(place);
                    known.or_insert_with(|| reason(&cases[place])).clone()
                });
                reason.into_iter().collect()
            };
            let offered = contract.map_or(Impact::None, |case| case.impact.max(case.announced()));
            let declared = after.version.as_deref().and_then(read_version);
            let base = before.version.as_deref().and_then(read_version);
            let mut announced = Impact::None;
            if let (Some(base), Some(declared)) = (base, declared) {
                announced = case::announced(&base, &declared);
                let versioning = cases[at].versioning;
                let impact = offered.max(own);
                // A port that had the version of its contract keeps to it.
                let follows = contract.filter(|case| case.base.as_ref() == Some(&base));
                let target = follows.and_then(Case::target);
                let is_behind = target.as_ref().is_some_and(|target| declared < *target);
                let is_enough = versioning.covers(&base, impact, &declared) && !is_behind;
                if declared < base || !is_enough {
                    let needed = versioning.needed(&base, impact);
                    let needed = match target {
                        // A pre-release of what is needed will do.
                        Some(target) if versioning.covers(&base, impact, &target) => target,
                        Some(target) => needed.max(target),
                        None => needed,
                    };
                    ports.push(Port {
                        index,
                        name: after.name.clone().unwrap_or_default(),
                        declared,
                        needed,
                        is_free: contract.is_none_or(|case| case.rival.is_none()),
                        because: reason(),
                    });
                }
            }
            let raised = offered.max(announced);
            if raised > impact {
                impact = raised;
                because = reason();
            }
        }
        cases[at].impact = impact;
        cases[at].because = because;
        all.push(ports);
    }
    all
}

/// Contracts that only drafts offered promised nothing to anybody yet, whatever their own status.
pub(super) fn excuse<'d>(
    cases: &mut [Case<'_>],
    document: impl Fn(&Option<Subject>) -> Option<&'d Document>,
) {
    let mut offered: BTreeMap<&str, bool> = BTreeMap::new();
    for case in &*cases {
        let product = document(&case.comparison.subjects.old).and_then(Document::product);
        let ports = product
            .into_iter()
            .flat_map(|product| &product.output_ports);
        for id in ports.filter_map(|port| port.contract_id.as_deref()) {
            *offered.entry(id).or_default() |= case.is_enforced;
        }
    }
    for case in cases {
        let contract = document(&case.comparison.subjects.old).and_then(Document::contract);
        let id = contract.and_then(|contract| contract.id.as_deref());
        if id.and_then(|id| offered.get(id)) == Some(&false) {
            case.is_enforced = false;
        }
    }
}

/// The output ports that are in both documents, with the position in the newer one.
fn pairs<'d>(old: &'d Document, new: &'d Document) -> Vec<(&'d OutputPort, &'d OutputPort, usize)> {
    let (Some(before), Some(after)) = (old.product(), new.product()) else {
        return Vec::new();
    };
    let nodes = |document: &'d Document| -> Vec<NodeRef<'d>> {
        let list = document
            .tree
            .as_ref()
            .and_then(|tree| tree.at("/outputPorts"));
        list.map_or_else(Vec::new, |list| list.items().collect())
    };
    let matched = lists::matched(Entity::OutputPort, &nodes(old), &nodes(new));
    let pairs = matched.pairs.into_iter();
    pairs
        .filter_map(|(was, is)| {
            Some((
                before.output_ports.get(was)?,
                after.output_ports.get(is)?,
                is,
            ))
        })
        .collect()
}

/// The positions of the ports of which a change of their own breaks readers. What else changes about a
/// port is announced by the product: the port's version is that of its contract, which stays as it is.
fn broken(case: &Case<'_>) -> HashSet<usize> {
    let port = |change: &&Change| {
        let place = change.places.new.as_ref()?;
        let at = place.pointer.strip_prefix("/outputPorts/")?;
        at.split('/').next()?.parse().ok()
    };
    let breaks = |change: &&Change| {
        change.impact(case.profile) == Impact::Major && change.path.starts_with("/outputPorts")
    };
    let changes = case.changes.iter().copied();
    changes
        .filter(breaks)
        .filter_map(|change| port(&change))
        .collect()
}

/// The contracts that are in both sets, by their `id`.
fn contracts(cases: &[Case<'_>]) -> HashMap<String, Vec<usize>> {
    let mut found: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, case) in cases.iter().enumerate() {
        let subjects = &case.comparison.subjects;
        if case.comparison.kind == Kind::DataContract
            && subjects.old.is_some()
            && let Some(id) = subjects.new.as_ref().and_then(|subject| subject.id.clone())
        {
            found.entry(id).or_default().push(at);
        }
    }
    found
}

/// The contract that a port promises, where it promised it before.
fn contract_of(
    cases: &[Case<'_>],
    contracts: &HashMap<String, Vec<usize>>,
    before: &OutputPort,
    after: &OutputPort,
) -> Option<usize> {
    let contracts = contracts.get(after.contract_id.as_deref()?)?;
    let is = |subject: &Option<Subject>, version: &Option<String>| {
        let is = subject
            .as_ref()
            .and_then(|subject| subject.version.as_deref());
        matches!((is, version), (Some(is), Some(version)) if same_version(is, version))
    };
    let subjects = |at: usize| &cases[at].comparison.subjects;
    let mut all = contracts.iter().copied();
    let by_old = all.find(|&at| is(&subjects(at).old, &before.version));
    by_old
        .or_else(|| {
            let mut all = contracts.iter().copied();
            all.find(|&at| is(&subjects(at).new, &after.version))
        })
        .or_else(|| contracts.first().copied())
}

/// What to point out of a contract that makes others need a higher version: its gravest change.
fn reason(case: &Case<'_>) -> Option<Related> {
    let new = case.comparison.subjects.new.as_ref()?;
    let gravest = case
        .changes
        .iter()
        .max_by_key(|change| change.impact(case.profile))?;
    let place = gravest.places.new.as_ref()?;
    Some(findings::related(
        place,
        format!(
            "contract {} changed: {}",
            quoted(new.label()),
            gravest.message
        ),
    ))
}
