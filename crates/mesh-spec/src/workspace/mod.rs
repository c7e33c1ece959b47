//! Many files: what products and contracts there are, and which refers to which.
//!
//! [`Workspace::new`] is pure; only [`Loader`] reads files. References are resolved by contract id
//! and version, never by path: first in the product's own folder, then in the workspace, then, for
//! inputs, among documents that came from the registry.

mod discover;
mod load;
mod version;

use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use discover::{expected_kind, is_manifest};
pub use load::{LoadError, Loader, Progress as LoadProgress};
pub use version::{bare_version, parse_version, same_version};

use crate::document::Document;
use crate::model::mesh::{self, Upstream};
use crate::model::odcs::DataContract;
use crate::model::odps::{DataProduct, InputPort, OutputPort};
use crate::terms::dates::Day;

/// Up to so many documents are not worth threads: a product, its contracts, and those nearby.
pub const FEW: usize = 12;

/// Why a document is in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It was asked for: it is checked and reported on.
    Target,
    /// It lies in the same repository and something refers to it.
    Neighbour,
    /// It was published, and something refers to it.
    Published,
}

/// A set of documents that may refer to each other.
#[derive(Debug, Default)]
pub struct Workspace {
    documents: Vec<(Document, Role)>,
    products: Vec<usize>,
    contracts: Vec<usize>,
    products_by_id: HashMap<String, Vec<usize>>,
    contracts_by_id: HashMap<String, Vec<usize>>,
    /// Contract id to (document, output port) pairs.
    ports_by_contract: HashMap<String, Vec<(usize, usize)>>,
    published: Option<Published>,
}

/// What a registry said when it was asked for what a workspace refers to.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// The versions in which each contract was published, ascending; none for an unknown one.
    pub contract_versions: BTreeMap<String, Vec<String>>,
    /// The newest version of every published product, ordered by domain and product.
    pub products: Vec<PublishedProduct>,
    /// The published versions that offer a contract, oldest first, for each contract of which at least one was
    /// withdrawn since: of what is not here, nothing is to be said.
    pub offers: BTreeMap<String, Vec<Offer>>,
    /// The published versions, oldest first, of the products that consume something yanked, by their ids.
    pub history: BTreeMap<String, Vec<PublishedProduct>>,
}

/// A published version of a product that offers a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// The product's id.
    pub id: String,
    /// What people call it: `domain/product`.
    pub product: String,
    /// The product's version.
    pub version: String,
    /// The version of the contract that it offers, if its port names one.
    pub contract_version: Option<String>,
    /// Why it is yanked, if it is.
    pub yanked: Option<String>,
    /// Until when it is supported, if it is deprecated.
    pub deprecated: Option<Deprecation>,
}

/// What was said about a version that will not be supported for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecation {
    /// The last day on which it is.
    pub end_of_support: Day,
    /// What to use instead: `domain/product`, with or without `@version`.
    pub replaced_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What is known of a published product without reading it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublishedProduct {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The domain that owns it.
    pub domain: String,
    /// Its newest version.
    pub version: String,
    /// The status of that version.
    pub status: Option<String>,
    /// The contracts that its input ports name, each with the version if one is named.
    pub consumes: Vec<(String, Option<String>)>,
    /// The contracts that its output ports promise.
    pub offers: Vec<String>,
}

/// A data product of a [`Workspace`].
#[derive(Debug, Clone, Copy)]
pub struct ProductRef<'w> {
    /// The workspace it is in.
    pub workspace: &'w Workspace,
    /// The file it was read from.
    pub document: &'w Document,
    /// The product itself.
    pub model: &'w DataProduct,
    /// Why it is here.
    pub role: Role,
    index: usize,
}

/// A data contract of a [`Workspace`].
#[derive(Debug, Clone, Copy)]
pub struct ContractRef<'w> {
    /// The file it was read from.
    pub document: &'w Document,
    /// The contract itself.
    pub model: &'w DataContract,
    /// Why it is here.
    pub role: Role,
    index: usize,
}

/// An output port together with the product that offers it.
#[derive(Debug, Clone, Copy)]
pub struct OutputPortRef<'w> {
    /// The product.
    pub product: ProductRef<'w>,
    /// The port's position among the product's output ports.
    pub index: usize,
    /// The port itself.
    pub model: &'w OutputPort,
}

/// What came of looking something up by id and version.
#[derive(Debug, Clone)]
pub enum Lookup<T> {
    /// Found under that id and version.
    Found(T),
    /// The id is known, but in other versions only.
    OtherVersions(Vec<T>),
    /// The id is not known.
    Unknown,
}

impl Published {
    /// What a registry that holds just the [`Role::Published`] among `documents` would say.
    pub fn of(documents: &[(Document, Role)]) -> Self {
        let mut contract_versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut products = Vec::new();
        let mut offers: BTreeMap<String, Vec<Offer>> = BTreeMap::new();
        let mut history: BTreeMap<String, Vec<PublishedProduct>> = BTreeMap::new();
        for (document, role) in documents {
            if let (Role::Published, Some(product)) = (role, document.product()) {
                let published = PublishedProduct::of(product);
                for port in &product.output_ports {
                    if let Some(contract) = &port.contract_id {
                        let offers = offers.entry(contract.clone()).or_default();
                        offers.push(Offer {
                            id: published.id.clone(),
                            product: published.reference(),
                            version: published.version.clone(),
                            contract_version: port.version.clone(),
                            ..Offer::default()
                        });
                    }
                }
                let versions = history.entry(published.id.clone()).or_default();
                versions.push(published.clone());
                products.push(published);
            }
            if let (Role::Published, Some(contract)) = (role, document.contract())
                && let (Some(id), Some(version)) = (&contract.id, &contract.version)
            {
                contract_versions
                    .entry(id.clone())
                    .or_default()
                    .push(version.clone());
            }
        }
        products.sort_by(|a, b| (&a.domain, &a.id).cmp(&(&b.domain, &b.id)));
        for versions in history.values_mut() {
            versions.sort_by_key(|product| parse_version(&product.version));
        }
        Self {
            contract_versions,
            products,
            offers,
            history,
        }
    }

    /// The published versions that offer a contract, in a version of it if one is named, as far as any of the
    /// contract was withdrawn.
    pub fn offers_of<'p>(
        &'p self,
        contract: &str,
        version: Option<&str>,
    ) -> impl Iterator<Item = &'p Offer> {
        let offers = self.offers.get(contract).into_iter().flatten();
        offers.filter(move |offer| fits(offer.contract_version.as_deref(), version))
    }
}

impl PublishedProduct {
    /// What people would call it: its domain, and the last part of its id.
    fn reference(&self) -> String {
        let name = self.id.rsplit(['.', ':', '/']).next().unwrap_or_default();
        format!("{}/{name}", self.domain)
    }

    fn of(product: &DataProduct) -> Self {
        let inputs = product.input_ports.iter();
        let outputs = product.output_ports.iter();
        Self {
            id: product.id.clone().unwrap_or_default(),
            name: product.name.clone(),
            domain: product.domain.clone().unwrap_or_default(),
            version: product.version.clone().unwrap_or_default(),
            status: product.status.clone(),
            consumes: inputs
                .filter_map(|port| Some((port.contract_id.clone()?, port.version.clone())))
                .collect(),
            offers: outputs
                .filter_map(|port| port.contract_id.clone())
                .collect(),
        }
    }
}

impl<T> Lookup<T> {
    /// What was found, if it was.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(item) => Some(item),
            _ => None,
        }
    }
}

impl PartialEq for ProductRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl PartialEq for ContractRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Workspace {
    /// A workspace of `documents`, in the order given. With `published`, references that lead out
    /// of it were looked up in a registry, so that what is still missing is missing.
    pub fn new(documents: Vec<(Document, Role)>, published: Option<Published>) -> Self {
        let mut workspace = Self {
            documents,
            published,
            ..Self::default()
        };
        for (index, (document, _)) in workspace.documents.iter().enumerate() {
            if let Some(product) = document.product() {
                workspace.products.push(index);
                if let Some(id) = &product.id {
                    workspace
                        .products_by_id
                        .entry(id.clone())
                        .or_default()
                        .push(index);
                }
                for (port_index, port) in product.output_ports.iter().enumerate() {
                    if let Some(id) = &port.contract_id {
                        workspace
                            .ports_by_contract
                            .entry(id.clone())
                            .or_default()
                            .push((index, port_index));
                    }
                }
            } else if let Some(contract) = document.contract() {
                workspace.contracts.push(index);
                if let Some(id) = &contract.id {
                    workspace
                        .contracts_by_id
                        .entry(id.clone())
                        .or_default()
                        .push(index);
                }
            }
        }
        workspace
    }

    /// Whether there are so few documents that to share the work would be more work.
    pub fn is_small(&self) -> bool {
        self.documents.len() <= FEW
    }

    /// The documents with their roles, in order.
    pub fn documents(&self) -> &[(Document, Role)] {
        &self.documents
    }

    /// The documents, whatever their roles.
    pub fn files(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().map(|(document, _)| document)
    }

    /// Takes the workspace apart again, to add documents to it.
    pub fn into_documents(self) -> Vec<(Document, Role)> {
        self.documents
    }

    /// Makes targets of the contracts that target products bring along: those their output ports
    /// promise, and those they keep for sources outside the mesh. What is published with a product
    /// is part of it, wherever in the repository it lies, and is checked with it.
    #[must_use]
    pub fn with_own_contracts(mut self) -> Self {
        let own: Vec<usize> = self
            .products()
            .filter(|product| product.role == Role::Target)
            .flat_map(ProductRef::own_contracts)
            .map(|contract| contract.index)
            .collect();
        for index in own {
            self.documents[index].1 = Role::Target;
        }
        self
    }

    /// Keeps as targets only those at the positions in `kept`; the others become neighbours.
    #[must_use]
    pub fn with_targets(mut self, kept: &BTreeSet<usize>) -> Self {
        for (index, (_, role)) in self.documents.iter_mut().enumerate() {
            if *role == Role::Target && !kept.contains(&index) {
                *role = Role::Neighbour;
            }
        }
        self
    }

    /// What a registry said about references that lead out of the workspace, if one was asked.
    pub fn published(&self) -> Option<&Published> {
        self.published.as_ref()
    }

    /// All products.
    pub fn products(&self) -> impl Iterator<Item = ProductRef<'_>> {
        self.products
            .iter()
            .filter_map(|&index| self.product(index))
    }

    /// All contracts.
    pub fn contracts(&self) -> impl Iterator<Item = ContractRef<'_>> {
        self.contracts
            .iter()
            .filter_map(|&index| self.contract(index))
    }

    /// The product in the document at `index`.
    pub fn product(&self, index: usize) -> Option<ProductRef<'_>> {
        let (document, role) = self.documents.get(index)?;
        Some(ProductRef {
            workspace: self,
            document,
            model: document.product()?,
            role: *role,
            index,
        })
    }

    /// The contract in the document at `index`.
    pub fn contract(&self, index: usize) -> Option<ContractRef<'_>> {
        let (document, role) = self.documents.get(index)?;
        Some(ContractRef {
            document,
            model: document.contract()?,
            role: *role,
            index,
        })
    }

    /// The products that carry `id`, whatever their version.
    pub fn products_with_id<'w>(
        &'w self,
        id: &str,
    ) -> impl Iterator<Item = ProductRef<'w>> + use<'w> {
        self.products_by_id
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|&index| self.product(index))
    }

    /// The contracts that carry `id`, whatever their version.
    pub fn contracts_with_id<'w>(
        &'w self,
        id: &str,
    ) -> impl Iterator<Item = ContractRef<'w>> + use<'w> {
        self.contracts_by_id
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|&index| self.contract(index))
    }

    /// The output ports, of any product, that promise the contract `id`.
    pub fn ports_promising<'w>(
        &'w self,
        id: &str,
    ) -> impl Iterator<Item = OutputPortRef<'w>> + use<'w> {
        self.ports_by_contract
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|&(document, index)| {
                let product = self.product(document)?;
                let model = product.model.output_ports.get(index)?;
                Some(OutputPortRef {
                    product,
                    index,
                    model,
                })
            })
    }

    /// The contract `(id, version)` as a product in `folder` sees it: what is nearest wins.
    ///
    /// Without a version any one will do.
    pub fn find_contract(
        &self,
        folder: &str,
        id: &str,
        version: Option<&str>,
    ) -> Lookup<ContractRef<'_>> {
        let distance = |contract: &ContractRef<'_>| {
            let outside = !is_within(contract.document.folder(), folder);
            (outside, contract.role, contract.index)
        };
        let fits = |contract: &ContractRef<'_>| fits(contract.model.version.as_deref(), version);
        let known = || self.contracts_with_id(id);
        if let Some(nearest) = known().filter(fits).min_by_key(distance) {
            return Lookup::Found(nearest);
        }
        let mut others: Vec<_> = known().collect();
        if others.is_empty() {
            return Lookup::Unknown;
        }
        others.sort_by_key(distance);
        Lookup::OtherVersions(others)
    }

    /// The output port that an input port of `consumer` draws from: the one that promises the
    /// contract it names, or the one that its custom property `upstream` points out.
    ///
    /// A port of the consumer itself never counts: a product cannot be its own upstream.
    pub fn find_upstream<'w>(
        &'w self,
        consumer: ProductRef<'w>,
        port: &InputPort,
    ) -> Lookup<OutputPortRef<'w>> {
        let named = mesh::read::<Upstream>(&port.custom_properties);
        let named = named.and_then(|(_, upstream)| upstream.ok());
        let mut known: Vec<_> = match (named, port.contract_id.as_deref()) {
            (Some(upstream), _) => self
                .products_with_id(&upstream.product)
                .flat_map(ProductRef::output_ports)
                .filter(|output| match (&upstream.port, &port.contract_id) {
                    (Some(name), _) => output.model.name.as_ref() == Some(name),
                    (None, Some(id)) => output.model.contract_id.as_ref() == Some(id),
                    (None, None) => true,
                })
                .collect(),
            (None, Some(id)) => self.ports_promising(id).collect(),
            (None, None) => Vec::new(),
        };
        known.retain(|output| output.product != consumer);
        if known.is_empty() {
            return Lookup::Unknown;
        }
        let order = |output: &OutputPortRef<'w>| {
            let product = output.product;
            (product.role, product.index, output.index)
        };
        let version = port.version.as_deref();
        let fitting = known
            .iter()
            .filter(|output| fits(output.model.version.as_deref(), version))
            .min_by_key(|output| order(output));
        if let Some(&output) = fitting {
            return Lookup::Found(output);
        }
        known.sort_by_key(order);
        Lookup::OtherVersions(known)
    }
}

impl<'w> ProductRef<'w> {
    /// Its position among the workspace's documents.
    pub fn index(self) -> usize {
        self.index
    }

    /// Its output ports.
    pub fn output_ports(self) -> impl Iterator<Item = OutputPortRef<'w>> {
        self.model
            .output_ports
            .iter()
            .enumerate()
            .map(move |(index, model)| OutputPortRef {
                product: self,
                index,
                model,
            })
    }

    /// The contract of one of its own ports.
    pub fn find_contract(self, id: &str, version: Option<&str>) -> Lookup<ContractRef<'w>> {
        self.workspace
            .find_contract(self.document.folder(), id, version)
    }

    /// The contracts that are part of the product, each once: those that its output ports promise,
    /// and those that its input ports name and no product of the mesh offers.
    pub fn own_contracts(self) -> Vec<ContractRef<'w>> {
        let outputs = self.output_ports().filter_map(OutputPortRef::contract);
        let inputs = self.model.input_ports.iter().filter_map(|port| {
            let id = port.contract_id.as_deref()?;
            let own = self.find_contract(id, port.version.as_deref()).found()?;
            let upstream = self.workspace.find_upstream(self, port);
            matches!(upstream, Lookup::Unknown).then_some(own)
        });
        let mut contracts: Vec<ContractRef<'w>> = Vec::new();
        for contract in outputs.chain(inputs) {
            if contract.role != Role::Published && !contracts.contains(&contract) {
                contracts.push(contract);
            }
        }
        contracts
    }

    /// Its name for a sentence: the id, else the name, else the file.
    pub fn label(self) -> &'w str {
        self.model
            .id
            .as_deref()
            .or(self.model.name.as_deref())
            .unwrap_or_else(|| self.document.name())
    }
}

impl ContractRef<'_> {
    /// Its position among the workspace's documents.
    pub fn index(self) -> usize {
        self.index
    }
}

impl<'w> OutputPortRef<'w> {
    /// JSON Pointer of the port within its product.
    pub fn pointer(self) -> String {
        format!("/outputPorts/{}", self.index)
    }

    /// The contract that the port promises, if it is here.
    pub fn contract(self) -> Option<ContractRef<'w>> {
        let id = self.model.contract_id.as_deref()?;
        self.product
            .find_contract(id, self.model.version.as_deref())
            .found()
    }
}

/// Whether something in version `own` will do where `wanted` is asked for; any will without.
fn fits(own: Option<&str>, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| own.is_some_and(|own| same_version(own, wanted)))
}

/// Whether `path` is `folder` or lies below it.
fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path == folder
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
}
