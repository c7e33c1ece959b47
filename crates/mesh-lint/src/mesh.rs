//! The mesh as a graph: who consumes what from whom.

use std::collections::BTreeSet;

use mesh_spec::model::mesh::{self, Upstream};
use mesh_spec::model::odps::InputPort;
use mesh_spec::workspace::{
    ContractRef, Lookup, OutputPortRef, ProductRef, Role, Workspace, same_version,
};

/// A [`Workspace`] with its links worked out.
#[derive(Debug)]
pub struct Mesh<'w> {
    /// The documents.
    pub workspace: &'w Workspace,
    /// Every input port of every product that names a contract or, in its custom property
    /// `upstream`, a product; in document order.
    pub links: Vec<Link<'w>>,
    /// The day on which the mesh is judged, as `YYYY-MM-DD`.
    pub as_of: &'w str,
}

/// An input port, and what it was found to draw from.
#[derive(Debug)]
pub struct Link<'w> {
    /// The product that consumes.
    pub consumer: ProductRef<'w>,
    /// The input port's position among the consumer's.
    pub index: usize,
    /// The input port.
    pub port: &'w InputPort,
    /// The contract it names, else that of the output port it points out; empty if there is none.
    pub contract_id: &'w str,
    /// The output port that promises this contract.
    pub upstream: Lookup<OutputPortRef<'w>>,
    /// The contract itself. A source outside the mesh has a contract but no upstream product.
    pub contract: Lookup<ContractRef<'w>>,
}

impl<'w> Mesh<'w> {
    /// Works out the links of `workspace`.
    pub fn new(workspace: &'w Workspace, as_of: &'w str) -> Self {
        let links = workspace
            .products()
            .flat_map(|consumer| {
                let ports = consumer.model.input_ports.iter().enumerate();
                ports.filter_map(move |(index, port)| Link::new(consumer, index, port))
            })
            .collect();
        Self {
            workspace,
            links,
            as_of,
        }
    }

    /// The ids of contracts that some product refers to and that the workspace does not hold in
    /// the version asked for.
    pub fn missing_contracts(workspace: &Workspace) -> BTreeSet<String> {
        let mesh = Mesh::new(workspace, "");
        let inputs = mesh
            .links
            .iter()
            .filter(|link| !link.is_resolved() && !link.contract_id.is_empty())
            .map(|link| link.contract_id.to_owned());
        let outputs = workspace
            .products()
            .flat_map(ProductRef::output_ports)
            .filter(|port| port.contract().is_none())
            .filter_map(|port| port.model.contract_id.clone());
        inputs.chain(outputs).collect()
    }

    /// How many inputs of targets nothing can be said about, since no registry was asked.
    pub fn unverified(&self) -> usize {
        if self.workspace.published().is_some() {
            return 0;
        }
        self.links
            .iter()
            .filter(|link| link.consumer.role == Role::Target && !link.is_resolved())
            .count()
    }
}

impl<'w> Link<'w> {
    fn new(consumer: ProductRef<'w>, index: usize, port: &'w InputPort) -> Option<Self> {
        let named = port.contract_id.as_deref();
        if named.is_none() && !names_upstream(port) {
            return None;
        }
        let upstream = consumer.workspace.find_upstream(consumer, port);
        let promised = match &upstream {
            Lookup::Found(output) => output.model.contract_id.as_deref(),
            _ => None,
        };
        let contract_id = named.or(promised).unwrap_or_default();
        Some(Self {
            consumer,
            index,
            port,
            contract_id,
            upstream,
            contract: consumer.find_contract(contract_id, port.version.as_deref()),
        })
    }

    /// JSON Pointer of the input port.
    pub fn pointer(&self) -> String {
        format!("/inputPorts/{}", self.index)
    }

    /// JSON Pointer of the value that says what the port draws from.
    pub fn source_pointer(&self) -> String {
        let named = mesh::read::<Upstream>(&self.port.custom_properties);
        match (&self.port.contract_id, named) {
            (None, Some((at, _))) => format!("{}/customProperties/{at}/value", self.pointer()),
            _ => format!("{}/contractId", self.pointer()),
        }
    }

    /// What the port draws from, for a sentence: the contract, else the product.
    pub fn subject(&self) -> String {
        if !self.contract_id.is_empty() {
            return format!("`{}`", self.contract_id);
        }
        match mesh::read::<Upstream>(&self.port.custom_properties) {
            Some((_, Ok(upstream))) => format!("the data product `{}`", upstream.product),
            _ => "its source".to_owned(),
        }
    }

    /// The output port it draws from, if it is here.
    pub fn upstream(&self) -> Option<OutputPortRef<'w>> {
        self.upstream.clone().found()
    }

    /// The contract it relies on, if it is here: that of the upstream port, else its own.
    pub fn contract(&self) -> Option<ContractRef<'w>> {
        self.upstream()
            .and_then(OutputPortRef::contract)
            .or_else(|| self.contract.clone().found())
    }

    /// Whether an output port of the consumer is made from what the input port draws from. It may
    /// say so itself; else it is made from all inputs.
    pub fn feeds(&self, output: OutputPortRef<'_>) -> bool {
        let inputs = &output.model.input_contracts;
        inputs.is_empty()
            || inputs.iter().any(|input| {
                let same = match (&input.version, &self.port.version) {
                    (Some(a), Some(b)) => same_version(a, b),
                    _ => true,
                };
                same && input.id.as_deref() == Some(self.contract_id)
            })
    }

    /// Whether it is known what the port draws from.
    pub fn is_resolved(&self) -> bool {
        matches!(self.upstream, Lookup::Found(_)) || matches!(self.contract, Lookup::Found(_))
    }

    /// How the port is called in a message.
    pub fn name(&self) -> &'w str {
        self.port.name.as_deref().unwrap_or(self.contract_id)
    }
}

/// Whether an input port points out the product it draws from.
pub(crate) fn names_upstream(port: &InputPort) -> bool {
    matches!(
        mesh::read::<Upstream>(&port.custom_properties),
        Some((_, Ok(_)))
    )
}
