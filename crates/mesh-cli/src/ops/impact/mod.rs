//! Whom a change reaches: from products and a registry to an answer, and how it is printed.

mod consumers;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod pretty;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use mesh_compat::entity::Entity;
use mesh_compat::lineage::{Affected, Changed, Consumer, Extent, trace};
use mesh_compat::{Change, Comparison, Impact, Member, Profile, Settings, compare_sets};
use mesh_lint::Secrets;
use mesh_registry::{Entry, Snapshot};
use mesh_spec::document::Document;
use mesh_spec::model::odps::OutputPort;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{ContractRef, ProductRef, Workspace, same_version};

use self::consumers::Readers;
use crate::failure::Failure;
use crate::ops::workspace;

/// What changed, and whom it reaches.
pub(crate) struct Answer {
    /// Where was looked.
    pub(crate) registry: String,
    /// Which readers changes were judged for.
    pub(crate) profile: Profile,
    /// Whether everyone who consumes a port is shown, whatever changed about it.
    pub(crate) is_all: bool,
    /// The products that were asked about.
    pub(crate) products: Vec<Subject>,
}

/// A product that was asked about.
pub(crate) struct Subject {
    /// `domain/product`, or its id if it was never published.
    pub(crate) reference: String,
    /// The published version that it was compared with, or that was asked about.
    pub(crate) base: Option<String>,
    /// The version that it has now; none where nothing was compared.
    pub(crate) version: Option<String>,
    /// Its ports with something to tell of.
    pub(crate) ports: Vec<Port>,
}

/// A contract of a product, and the output ports that promise it.
pub(crate) struct Port {
    /// The names of the ports.
    pub(crate) names: Vec<String>,
    /// The contract's id.
    pub(crate) contract: String,
    /// The contract's version before.
    pub(crate) old: Option<String>,
    /// The contract's version now; none where it is gone, or nothing was compared.
    pub(crate) new: Option<String>,
    /// What changed, the gravest first.
    pub(crate) changes: Vec<Told>,
    /// Who consumes it.
    pub(crate) affected: Vec<Affected>,
}

/// A change, as an answer tells of it.
pub(crate) struct Told {
    /// What it asks of the version number.
    pub(crate) impact: Impact,
    /// The kind.
    pub(crate) kind: &'static str,
    /// What changed.
    pub(crate) message: String,
    /// The object or field that it is about.
    pub(crate) element: Option<String>,
}

impl Answer {
    /// Whether a major change reaches anybody.
    pub(crate) fn breaks_somebody(&self) -> bool {
        let mut reached = self.reached();
        reached.any(|affected| affected.impact == Impact::Major)
    }

    /// Everyone who is reached, once for each way.
    pub(crate) fn reached(&self) -> impl Iterator<Item = &Affected> {
        let ports = self.products.iter().flat_map(|product| &product.ports);
        let affected = ports.flat_map(|port| &port.affected);
        affected.filter(|affected| affected.reach.is_reached())
    }

    /// The products that are reached, each once.
    pub(crate) fn consumers(&self) -> BTreeMap<&str, &Consumer> {
        let reached = self.reached().map(|affected| affected.consumer.as_ref());
        reached
            .map(|consumer| (consumer.reference.as_str(), consumer))
            .collect()
    }
}

impl Port {
    /// What to call it: the names of the ports, else the contract.
    pub(crate) fn label(&self) -> String {
        if self.names.is_empty() {
            self.contract.clone()
        } else {
            self.names.join(", ")
        }
    }

    /// How many changes are of `impact`.
    pub(crate) fn count(&self, impact: Impact) -> usize {
        let changes = self.changes.iter();
        changes.filter(|change| change.impact == impact).count()
    }
}

/// How a question is put.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) settings: &'q Settings,
    pub(crate) vocabularies: &'q Vocabularies,
    pub(crate) is_all: bool,
}

impl Question<'_> {
    /// Which readers the changes in `comparison` are judged for.
    fn profile(&self, comparison: &Comparison) -> Profile {
        let subjects = &comparison.subjects;
        let any = subjects.new.as_ref().or(subjects.old.as_ref());
        self.settings.of(any.map_or("", |one| one.source.name())).0
    }
}

/// Who consumes a published version.
pub(crate) fn of_published(
    entry: &Entry,
    snapshot: &Snapshot,
    around: &Workspace,
) -> Result<Subject, Failure> {
    let old = workspace::documents_of(snapshot, entry)?;
    let old: Vec<&Document> = old.iter().map(|(document, _)| document).collect();
    let mut readers = Readers::new(snapshot, around);
    let mut subject = Subject {
        reference: entry.reference(),
        base: Some(entry.version.to_string()),
        version: None,
        ports: Vec::new(),
    };
    for promise in promises(&old) {
        let extent = Extent::everything(Impact::None);
        let affected = promise.trace(&entry.id, &[], extent, &mut readers)?;
        subject.ports.push(Port {
            affected,
            ..promise.port()
        });
    }
    Ok(subject)
}

/// Who consumes what changed about `product` since it was `old`: the product first, then its contracts;
/// nothing if it was not there.
pub(crate) fn of_product(
    product: ProductRef<'_>,
    old: &[&Document],
    question: Question<'_>,
    snapshot: &Snapshot,
    around: &Workspace,
) -> Result<Subject, Failure> {
    let before = old.first().and_then(|document| document.product());
    let id = product.model.id.as_deref();
    let published = id.map(|id| snapshot.by_id(id)).transpose()?.flatten();
    let mut subject = Subject {
        reference: published.map_or_else(
            || product.label().to_owned(),
            |published| published.reference(),
        ),
        base: before.and_then(|model| model.version.clone()),
        version: product.model.version.clone(),
        ports: Vec::new(),
    };
    let Some(before) = before else {
        return Ok(subject);
    };
    let contracts = product.own_contracts();
    let contracts = contracts
        .iter()
        .map(|contract: &ContractRef<'_>| contract.document);
    let new: Vec<&Document> = std::iter::once(product.document).chain(contracts).collect();
    let secrets = Secrets::of(old.iter().chain(&new).copied());
    let compared = compare_sets(
        &members(old.iter().copied()),
        &members(new.iter().copied()),
        question.settings.context(question.vocabularies),
    );
    let compared = compared?;
    let mut readers = Readers::new(snapshot, around);
    for promise in promises(old) {
        let mut port = promise.port();
        let comparison = compared.iter().find(|comparison| promise.is_in(comparison));
        let mut extent = Extent::default();
        let mut tell = |comparison: &Comparison, change: &Change, element: Option<&str>| {
            let impact = change.impact(question.profile(comparison));
            if impact < Impact::Minor || is_version(change) {
                return;
            }
            extent.insert(element, impact);
            let mut message = change.message.clone();
            secrets.blank(&mut message);
            port.changes.push(Told {
                impact,
                kind: change.kind.id,
                message,
                element: element.map(str::to_owned),
            });
        };
        for comparison in &compared {
            for change in promise.concerned(comparison, question.profile(comparison)) {
                tell(comparison, change, None);
            }
        }
        if let Some(comparison) = comparison {
            for change in &comparison.changes {
                tell(comparison, change, change.element.as_deref());
            }
        }
        port.changes
            .sort_by_key(|change| std::cmp::Reverse(change.impact));
        // What is as it was has no comparison, and the version that it had.
        let same = new
            .iter()
            .filter_map(|document| document.contract())
            .find(|model| model.id.as_deref() == Some(&promise.contract) && comparison.is_none());
        port.new = match comparison {
            Some(comparison) => {
                let new = comparison.subjects.new.as_ref();
                new.and_then(|subject| subject.version.clone())
            }
            None => same.and_then(|model| model.version.clone()),
        };
        if question.is_all {
            extent.insert(None, Impact::None);
        }
        if extent.is_empty() {
            continue;
        }
        port.affected = promise.trace(
            before.id.as_deref().unwrap_or_default(),
            &new,
            extent,
            &mut readers,
        )?;
        subject.ports.push(port);
    }
    Ok(subject)
}

/// Whether a change is that of a version number, which only announces the others.
fn is_version(change: &Change) -> bool {
    let has_version = matches!(
        change.entity,
        Entity::Product | Entity::OutputPort | Entity::Contract
    );
    has_version && change.key.as_deref() == Some("version")
}

fn members<'d>(documents: impl Iterator<Item = &'d Document>) -> Vec<Member<'d>> {
    let member = |document: &'d Document| Member {
        document,
        path: document.name().rsplit('/').next().unwrap_or_default(),
    };
    documents.map(member).collect()
}

/// A contract that a published product promises.
struct Promise<'d> {
    contract: String,
    document: &'d Document,
    /// The output ports that promise it, with their places.
    ports: Vec<(usize, &'d OutputPort)>,
}

/// What a published product promises, in the order of its ports.
fn promises<'d>(documents: &[&'d Document]) -> Vec<Promise<'d>> {
    let product = documents.iter().find_map(|document| document.product());
    let ports = product
        .into_iter()
        .flat_map(|product| &product.output_ports);
    let mut promises: Vec<Promise<'d>> = Vec::new();
    for (place, port) in ports.enumerate() {
        let Some(id) = port.contract_id.as_deref() else {
            continue;
        };
        let fits = |document: &&Document| {
            let own = document
                .contract()
                .and_then(|model| model.version.as_deref());
            let both = own.zip(port.version.as_deref());
            both.is_none_or(|(own, wanted)| same_version(own, wanted))
        };
        let is_it = |document: &&Document| {
            let model = document.contract();
            model.is_some_and(|model| model.id.as_deref() == Some(id))
        };
        let mut of_id = documents.iter().copied().filter(is_it);
        let Some(document) = of_id.clone().find(fits).or_else(|| of_id.next()) else {
            continue;
        };
        let known = promises
            .iter_mut()
            .find(|p| std::ptr::eq(p.document, document));
        match known {
            Some(promise) => promise.ports.push((place, port)),
            None => promises.push(Promise {
                contract: id.to_owned(),
                document,
                ports: vec![(place, port)],
            }),
        }
    }
    promises
}

impl Promise<'_> {
    /// The port without what changed and whom it reaches.
    fn port(&self) -> Port {
        let names = self.ports.iter().filter_map(|(_, port)| port.name.clone());
        let names: BTreeSet<String> = names.collect();
        Port {
            names: names.into_iter().collect(),
            contract: self.contract.clone(),
            old: self
                .document
                .contract()
                .and_then(|model| model.version.clone()),
            new: None,
            changes: Vec::new(),
            affected: Vec::new(),
        }
    }

    /// Whether `comparison` is of this contract.
    fn is_in(&self, comparison: &Comparison) -> bool {
        let old = comparison.subjects.old.as_ref();
        old.is_some_and(|old| std::sync::Arc::ptr_eq(&old.source, &self.document.source))
    }

    /// What changed about the product that those who read this contract have to know: what is about its
    /// ports or the product itself, and whatever else breaks somebody.
    fn concerned<'c>(
        &self,
        comparison: &'c Comparison,
        profile: Profile,
    ) -> impl Iterator<Item = &'c Change> {
        let is_product = comparison.kind == mesh_spec::model::Kind::DataProduct;
        let changes = comparison.changes.iter().filter(move |_| is_product);
        changes.filter(move |change| {
            let old = change.places.old.as_ref();
            let pointer = old.map_or("", |place| place.pointer.as_str());
            let port = pointer.strip_prefix("/outputPorts/");
            let port = port.and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
            match (port, change.entity) {
                (Some(place), _) => self.ports.iter().any(|(own, _)| *own == place),
                (None, Entity::OutputPort) => false,
                (None, Entity::Product) => true,
                (None, _) => change.impact(profile) == Impact::Major,
            }
        })
    }

    fn trace(
        &self,
        product: &str,
        new: &[&Document],
        extent: Extent,
        readers: &mut Readers<'_>,
    ) -> Result<Vec<Affected>, Failure> {
        let old = self.document.contract();
        let now = new.iter().filter_map(|document| document.contract());
        let now = now.filter(|model| model.id.as_deref() == Some(&self.contract));
        let ports = self
            .ports
            .iter()
            .filter_map(|(_, port)| port.version.as_deref());
        let own = old.and_then(|model| model.version.as_deref());
        let changed = Changed {
            contract: &self.contract,
            versions: own.into_iter().chain(ports).collect(),
            models: old.into_iter().chain(now).collect(),
            product: Some(product),
            extent,
        };
        trace(&changed, readers)
    }
}
