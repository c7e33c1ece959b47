//! Who consumes a contract: what is published, and what is about to be.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use mesh_compat::lineage::{Consumer, Consumers, Input, Manifests};
use mesh_registry::{Entry, Snapshot};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::workspace::{FEW, OutputPortRef, ProductRef, Workspace};
use rayon::prelude::*;

use crate::failure::Failure;
use crate::ops::{plan, threads};

/// The products of a registry, and of a workspace those that it does not hold, or not as consumers.
pub(crate) struct Readers<'a> {
    snapshot: &'a Snapshot,
    workspace: &'a Workspace,
    /// Positions of the workspace's products by the contracts that they read.
    unpublished: HashMap<&'a str, Vec<usize>>,
    /// Where the documents are of what was looked up, by reference.
    places: HashMap<String, Place>,
}

enum Place {
    Registry(Box<Entry>),
    Workspace(usize),
}

impl<'a> Readers<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, workspace: &'a Workspace) -> Self {
        let mut unpublished: HashMap<&str, Vec<usize>> = HashMap::new();
        for product in workspace.products() {
            for (contract, _) in inputs(product) {
                let known = unpublished.entry(contract).or_default();
                if known.last() != Some(&product.index()) {
                    known.push(product.index());
                }
            }
        }
        Self {
            snapshot,
            workspace,
            unpublished,
            places: HashMap::new(),
        }
    }
}

impl Consumers for Readers<'_> {
    type Error = Failure;

    fn of(&mut self, contract: &str) -> Result<Vec<Arc<Consumer>>, Failure> {
        let entries = self.snapshot.current_consumers_of(contract)?;
        let published: BTreeSet<String> = entries.iter().map(|entry| entry.id.clone()).collect();
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            let consumer = of_registry(&entry);
            let place = Place::Registry(Box::new(entry));
            self.places.insert(consumer.reference.clone(), place);
            found.push(Arc::new(consumer));
        }
        let positions = self.unpublished.get(contract).into_iter().flatten();
        for product in positions.filter_map(|&index| self.workspace.product(index)) {
            let id = product.model.id.as_deref();
            if id.is_none_or(|id| !published.contains(id)) {
                let consumer = of_workspace(product);
                let place = Place::Workspace(product.index());
                self.places.insert(consumer.reference.clone(), place);
                found.push(Arc::new(consumer));
            }
        }
        Ok(found)
    }

    fn manifests(&mut self, consumers: &[Arc<Consumer>]) -> Result<Vec<Manifests>, Failure> {
        let texts = self.texts(consumers)?;
        if texts.len() <= FEW {
            return Ok(texts.into_iter().map(Texts::parsed).collect());
        }
        threads::ready(texts.len());
        Ok(texts.into_par_iter().map(Texts::parsed).collect())
    }
}

/// A product and its contracts, each with its name.
struct Texts {
    product: (String, Vec<u8>),
    contracts: Vec<(String, Vec<u8>)>,
}

impl Readers<'_> {
    /// The texts of `consumers`, in their order.
    fn texts(&self, consumers: &[Arc<Consumer>]) -> Result<Vec<Texts>, Failure> {
        let places = || {
            consumers
                .iter()
                .map(|consumer| self.places.get(&consumer.reference))
        };
        let entries: Vec<Entry> = places()
            .filter_map(|place| match place {
                Some(Place::Registry(entry)) => Some((**entry).clone()),
                _ => None,
            })
            .collect();
        let mut published = self.snapshot.read_all(&entries)?.into_iter();
        let texts = places().filter_map(|place| match place? {
            Place::Registry(_) => {
                let published = published.next()?;
                Some(Texts {
                    product: ("dataproduct.yaml".to_owned(), published.manifest),
                    contracts: published.contracts,
                })
            }
            Place::Workspace(index) => self.workspace.product(*index).map(Texts::of),
        });
        let texts: Vec<Texts> = texts.collect();
        if texts.len() == consumers.len() {
            Ok(texts)
        } else {
            Err(Failure::new("a consumer that was found could not be read")
                .help("this is a defect of mesh: please report it"))
        }
    }
}

impl Texts {
    /// Those of a product of the workspace.
    fn of(product: ProductRef<'_>) -> Self {
        let text = |document: &Document| {
            let bytes = document.source.text().as_bytes();
            (document.name().to_owned(), bytes.to_vec())
        };
        let contracts = product.own_contracts();
        Self {
            product: text(product.document),
            contracts: contracts.iter().map(|own| text(own.document)).collect(),
        }
    }

    fn parsed(self) -> Manifests {
        let document = |(name, bytes): (String, Vec<u8>), kind| {
            Arc::new(Document::parse(name, bytes, Some(kind)))
        };
        let contracts = self.contracts.into_iter();
        Manifests {
            product: document(self.product, Kind::DataProduct),
            contracts: contracts
                .map(|contract| document(contract, Kind::DataContract))
                .collect(),
        }
    }
}

fn of_registry(entry: &Entry) -> Consumer {
    let summary = &entry.summary;
    let inputs = summary.input_ports.iter();
    Consumer {
        reference: entry.reference(),
        id: entry.id.clone(),
        name: summary.name.clone(),
        domain: Some(entry.domain.clone()),
        owner: summary.owner.clone(),
        version: Some(entry.version.to_string()),
        status: summary.status.clone(),
        is_published: true,
        inputs: inputs
            .filter_map(|port| {
                Some(Input {
                    port: port.name.clone(),
                    contract: port.contract_id.clone()?,
                    version: port.contract_version.clone(),
                })
            })
            .collect(),
        has_outputs: !summary.output_ports.is_empty(),
    }
}

fn of_workspace(product: ProductRef<'_>) -> Consumer {
    let model = product.model;
    Consumer {
        reference: product.label().to_owned(),
        id: model.id.clone().unwrap_or_default(),
        name: model.name.clone(),
        domain: model.domain.clone(),
        owner: plan::owner(model),
        version: model.version.clone(),
        status: model.status.clone(),
        is_published: false,
        inputs: inputs(product)
            .map(|(contract, port)| Input {
                contract: contract.to_owned(),
                ..port
            })
            .collect(),
        has_outputs: !model.output_ports.is_empty(),
    }
}

/// The contracts that a product of the workspace reads, named or by way of the port that it points out.
fn inputs<'w>(product: ProductRef<'w>) -> impl Iterator<Item = (&'w str, Input)> {
    product.model.input_ports.iter().filter_map(move |port| {
        let named = port.contract_id.as_deref();
        let contract = named.or_else(|| {
            let upstream = product.workspace.find_upstream(product, port).found();
            upstream.and_then(|upstream: OutputPortRef<'w>| upstream.model.contract_id.as_deref())
        })?;
        let input = Input {
            port: port.name.clone().unwrap_or_default(),
            contract: String::new(),
            version: port.version.clone(),
        };
        Some((contract, input))
    })
}
