//! What products consume: what each of their input ports draws from, and what it is pinned to.

pub(crate) mod adding;
pub(crate) mod edit;
pub(crate) mod folder;
pub(crate) mod found;
pub(crate) mod held;
pub(crate) mod manifest;
pub(crate) mod newer;
pub(crate) mod paired;
pub(crate) mod pins;
pub(crate) mod rules;
pub(crate) mod settle;

use std::fs;
use std::path::PathBuf;

use mesh_lint::Mesh;
use mesh_spec::model::odps::InputPort;
use mesh_spec::workspace::{ContractRef, ProductRef, Role, Workspace};

use crate::config::Project;

/// An input port of a product that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'w> {
    /// The product that consumes.
    pub(crate) consumer: ProductRef<'w>,
    /// The position among its input ports.
    pub(crate) index: usize,
    /// The input port.
    pub(crate) port: &'w InputPort,
    /// The contract that it names; empty if it names none.
    pub(crate) contract: &'w str,
    /// Where what it draws from is.
    pub(crate) origin: Origin<'w>,
}

/// Where what an input port draws from is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Origin<'w> {
    /// In the repository: another product of it, or a source outside the mesh with a contract of its own. Nothing is
    /// pinned, since what it is stands in the same commit.
    Repository(Option<ContractRef<'w>>),
    /// In the registry, or nowhere.
    Elsewhere,
}

impl<'w> Input<'w> {
    /// How the port is called: by its name, else by its contract.
    pub(crate) fn name(&self) -> &'w str {
        self.port.name.as_deref().unwrap_or(self.contract)
    }

    /// The id of the product that consumes; empty if it has none.
    pub(crate) fn product(&self) -> &'w str {
        self.consumer.model.id.as_deref().unwrap_or_default()
    }

    /// The version that it asks for, if it asks for one.
    pub(crate) fn version(&self) -> Option<&str> {
        self.port.version.as_deref()
    }

    /// JSON Pointer of the port.
    pub(crate) fn pointer(&self) -> String {
        format!("/inputPorts/{}", self.index)
    }

    /// Whether it is pinned where the registry is asked for it.
    pub(crate) fn is_of_registry(&self) -> bool {
        matches!(self.origin, Origin::Elsewhere) && !self.contract.is_empty()
    }
}

/// The input ports of the targets of `files`, in document order.
pub(crate) fn of(files: &Workspace) -> Vec<Input<'_>> {
    let mesh = Mesh::new(files, "");
    let links = mesh.links.iter();
    links
        .filter(|link| link.consumer.role == Role::Target)
        .map(|link| {
            let here = |contract: &ContractRef<'_>| contract.role != Role::Published;
            let origin = match link.upstream() {
                Some(output) if output.product.role == Role::Published => Origin::Elsewhere,
                Some(output) => Origin::Repository(output.contract()),
                None => match link.contract.clone().found().filter(here) {
                    Some(contract) => Origin::Repository(Some(contract)),
                    None => Origin::Elsewhere,
                },
            };
            Input {
                consumer: link.consumer,
                index: link.index,
                port: link.port,
                contract: link.contract_id,
                origin,
            }
        })
        .collect()
}

/// Whether `paths` cover the whole project, so that what is not found below them is nowhere in it.
pub(crate) fn cover(paths: &[PathBuf], project: &Project) -> bool {
    let Some(folder) = &project.folder else {
        return false;
    };
    let covers = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|path| folder.starts_with(path));
    paths.iter().any(covers)
}
