//! The mesh as a graph: who consumes what from whom.

use std::collections::BTreeSet;

use mesh_spec::model::odps::InputPort;
use mesh_spec::workspace::{ContractRef, Lookup, OutputPortRef, ProductRef, Role, Workspace};

/// A [`Workspace`] with its links worked out.
#[derive(Debug)]
pub struct Mesh<'w> {
    /// The documents.
    pub workspace: &'w Workspace,
    /// Every input port of every product that names a contract, in document order.
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
    /// The contract it names.
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
            .filter(|link| !link.is_resolved())
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
        let contract_id = port.contract_id.as_deref()?;
        Some(Self {
            consumer,
            index,
            port,
            contract_id,
            upstream: consumer.workspace.find_upstream(consumer, port),
            contract: consumer.find_contract(contract_id, port.version.as_deref()),
        })
    }

    /// JSON Pointer of the input port.
    pub fn pointer(&self) -> String {
        format!("/inputPorts/{}", self.index)
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

    /// Whether it is known what the port draws from.
    pub fn is_resolved(&self) -> bool {
        matches!(self.upstream, Lookup::Found(_)) || matches!(self.contract, Lookup::Found(_))
    }

    /// How the port is called in a message.
    pub fn name(&self) -> &'w str {
        self.port.name.as_deref().unwrap_or(self.contract_id)
    }
}
