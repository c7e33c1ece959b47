//! What a change concerns: the files that differ, and the products that depend on them.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use mesh_registry::{ChangedFile, changed_since};
use mesh_spec::document::Document;
use mesh_spec::workspace::{ContractRef, ProductRef, Workspace, expected_kind, is_manifest};

use crate::config;
use crate::failure::Failure;

/// `workspace` with those targets only that have changed since `revision`, and those that depend on
/// them.
///
/// Where the settings have changed, everything may be found differently, and all targets stay.
pub(crate) fn only(
    workspace: Workspace,
    paths: &[PathBuf],
    revision: &str,
) -> Result<Workspace, Failure> {
    let mut changed: Vec<ChangedFile> = Vec::new();
    for path in paths {
        let folder = if path.is_dir() {
            path.as_path()
        } else {
            path.parent().unwrap_or(path)
        };
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let is_settings = |path: &Path| path.file_name().is_some_and(|n| n == config::FILE_NAME);
        changed.extend(changed_since(folder, revision, |path| {
            is_manifest(path) || is_settings(path)
        })?);
        if changed.iter().any(|file| is_settings(&file.path)) {
            return Ok(workspace);
        }
    }
    let concerned = concerned(&workspace, &changed);
    Ok(workspace.with_targets(&concerned))
}

/// What is known to have changed, and what that concerns.
#[derive(Default)]
struct Spread {
    documents: BTreeSet<usize>,
    products: BTreeSet<String>,
    contracts: BTreeSet<String>,
}

/// The positions of the documents that `changed` concerns.
fn concerned(workspace: &Workspace, changed: &[ChangedFile]) -> BTreeSet<usize> {
    let positions: HashMap<PathBuf, usize> = workspace
        .documents()
        .iter()
        .enumerate()
        .filter_map(|(index, (document, _))| Some((fs::canonicalize(document.name()).ok()?, index)))
        .collect();
    let mut spread = Spread::default();
    for file in changed {
        // Who relied on what was there before has to know as well.
        if let Some(before) = &file.before {
            let name = file.path.to_string_lossy();
            let document = Document::parse(name, before.clone(), expected_kind(&file.path));
            spread.add_names(&document);
        }
        let path = fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
        if let Some(&index) = positions.get(&path) {
            spread.add(workspace, index);
        } else if path.is_dir() {
            for (_, &index) in positions.iter().filter(|(file, _)| file.starts_with(&path)) {
                spread.add(workspace, index);
            }
        }
    }
    loop {
        let before = spread.documents.len();
        for product in workspace.products() {
            if !spread.documents.contains(&product.index()) && spread.reaches(product) {
                spread.add(workspace, product.index());
            }
        }
        if spread.documents.len() == before {
            return spread.documents;
        }
    }
}

impl Spread {
    fn add(&mut self, workspace: &Workspace, index: usize) {
        self.documents.insert(index);
        self.add_names(&workspace.documents()[index].0);
        let own = workspace.product(index).map(ProductRef::own_contracts);
        let own = own.into_iter().flatten();
        self.documents.extend(own.map(ContractRef::index));
    }

    /// Remembers under which names others refer to what is in `document`.
    fn add_names(&mut self, document: &Document) {
        if let Some(product) = document.product() {
            self.products.extend(product.id.clone());
            let ports = product.output_ports.iter();
            self.contracts
                .extend(ports.filter_map(|port| port.contract_id.clone()));
        }
        if let Some(contract) = document.contract() {
            self.contracts.extend(contract.id.clone());
        }
    }

    /// Whether `product` refers to something that has changed, or goes by the same id.
    fn reaches(&self, product: ProductRef<'_>) -> bool {
        let is_changed =
            |id: &Option<String>| id.as_ref().is_some_and(|id| self.contracts.contains(id));
        let id = product.model.id.as_ref();
        id.is_some_and(|id| self.products.contains(id))
            || product.model.output_ports.iter().any(|port| {
                is_changed(&port.contract_id)
                    || port
                        .input_contracts
                        .iter()
                        .any(|input| is_changed(&input.id))
            })
            || product.model.input_ports.iter().any(|port| {
                is_changed(&port.contract_id)
                    || product
                        .workspace
                        .find_upstream(product, port)
                        .found()
                        .and_then(|output| output.product.model.id.as_ref())
                        .is_some_and(|id| self.products.contains(id))
            })
    }
}
