//! From a clean workspace to a publish plan.

use std::path::Path;

use mesh_diagnostics::CleanReport;
use mesh_registry::{
    InputPort, OutputPort, PlannedContract, PlannedProduct, PublishPlan, Publisher, SourceRef,
    Summary,
};
use mesh_spec::model::mesh::{self, MeshProperty};
use mesh_spec::model::{CustomProperties, odps::DataProduct};
use mesh_spec::workspace::{
    ContractRef, OutputPortRef, ProductRef, Role, Workspace, parse_version,
};

use crate::failure::Failure;

/// The name under which records say what published them.
const TOOL: &str = concat!("mesh ", env!("CARGO_PKG_VERSION"));

/// Plans to publish every target product of `workspace`, with the contracts that it promises and
/// those it brings along for sources outside the mesh.
///
/// `clean` is the proof that `workspace` was checked.
pub(crate) fn plan(
    clean: &CleanReport,
    workspace: &Workspace,
    publisher: Publisher,
) -> Result<PublishPlan, Failure> {
    let products = workspace
        .products()
        .filter(|product| product.role == Role::Target)
        .map(planned)
        .collect::<Result<Vec<_>, _>>()?;
    if products.is_empty() {
        return Err(Failure::new("there is no data product to publish")
            .help("name the folder that holds `dataproduct.yaml`: contracts are published with the product that promises them"));
    }
    Ok(PublishPlan::new(clean, products, publisher, TOOL)?)
}

fn planned(product: ProductRef<'_>) -> Result<PlannedProduct, Failure> {
    let model = product.model;
    let file = product.document.name();
    let needed = |value: &Option<String>, key: &str| {
        value
            .clone()
            .filter(|value| !value.trim().is_empty())
            .ok_or_else(|| {
                Failure::new(format!(
                    "`{file}` has no `{key}`, and cannot be published without"
                ))
                .help(format!("add `{key}:` to it"))
            })
    };
    let version = needed(&model.version, "version")?;
    let version = parse_version(&version).ok_or_else(|| {
        Failure::new(format!(
            "the version `{version}` of `{file}` is not a semantic version"
        ))
        .help("use a version such as 1.2.0")
    })?;
    Ok(PlannedProduct {
        id: needed(&model.id, "id")?,
        name: model.name.clone(),
        domain: needed(&model.domain, "domain")?,
        version,
        manifest: bytes(product.document.source.text()),
        contracts: contracts(product)
            .into_iter()
            .map(planned_contract)
            .collect(),
        source: SourceRef::of(Path::new(file)),
        summary: summary(product),
    })
}

/// The contracts that belong to `product`, each once.
fn contracts(product: ProductRef<'_>) -> Vec<ContractRef<'_>> {
    let outputs = product.output_ports().filter_map(OutputPortRef::contract);
    let inputs = product.model.input_ports.iter().filter_map(|port| {
        let id = port.contract_id.as_deref()?;
        let own = product.find_contract(id, port.version.as_deref()).found()?;
        let upstream = product.workspace.find_upstream(product, port).found();
        (upstream.is_none() && own.role != Role::Published).then_some(own)
    });
    let mut contracts: Vec<ContractRef<'_>> = Vec::new();
    for contract in outputs.chain(inputs) {
        if !contracts.contains(&contract) {
            contracts.push(contract);
        }
    }
    contracts
}

fn planned_contract(contract: ContractRef<'_>) -> PlannedContract {
    PlannedContract {
        id: contract.model.id.clone().unwrap_or_default(),
        version: contract.model.version.clone().unwrap_or_default(),
        bytes: bytes(contract.document.source.text()),
    }
}

/// The exact bytes of a file: a clean document is UTF-8, so its text is its bytes.
fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// What search and `show` need without opening the manifest.
fn summary(product: ProductRef<'_>) -> Summary {
    let model = product.model;
    Summary {
        name: model.name.clone(),
        status: model.status.clone(),
        archetype: model.r#type.clone(),
        purpose: model.description.as_ref().and_then(|d| d.purpose.clone()),
        tags: model.tags.clone(),
        owner: owner(model),
        output_ports: product
            .output_ports()
            .map(|port| OutputPort {
                name: port.model.name.clone().unwrap_or_default(),
                version: port.model.version.clone(),
                contract_id: port.model.contract_id.clone(),
                contract_version: port
                    .contract()
                    .and_then(|contract| contract.model.version.clone()),
                kind: port.model.r#type.clone(),
                description: port.model.description.clone(),
            })
            .collect(),
        input_ports: model
            .input_ports
            .iter()
            .map(|port| InputPort {
                name: port.name.clone().unwrap_or_default(),
                contract_id: port.contract_id.clone(),
                contract_version: port.version.clone(),
            })
            .collect(),
    }
}

/// The person who answers for the product, else the team.
fn owner(model: &DataProduct) -> Option<String> {
    let team = model.team.as_ref()?;
    team.owners()
        .find_map(|member| member.username.clone())
        .or_else(|| team.name.clone())
}

/// The sensitivity label of a product, where it states one.
pub(crate) fn classification(model: &DataProduct) -> Option<&str> {
    model
        .custom_properties
        .custom(Some(mesh::VENDOR), mesh::Classification::NAME)
        .and_then(|value| value.as_str())
}
