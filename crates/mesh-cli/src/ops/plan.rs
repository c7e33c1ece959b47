//! From a clean workspace to a publish plan.

use std::path::Path;

use mesh_diagnostics::CleanReport;
use mesh_registry::{
    InputPort, OutputPort, PlannedContract, PlannedProduct, PublishPlan, Publisher, SourceRef,
    Summary,
};
use mesh_spec::document::Document;
use mesh_spec::model::mesh::{self, MeshProperty};
use mesh_spec::model::{CustomProperties, odps::DataProduct};
use mesh_spec::workspace::{ContractRef, ProductRef, Role, Workspace, parse_version};

use crate::failure::Failure;

/// The name under which records say what published them.
pub(crate) const TOOL: &str = concat!("mesh ", env!("CARGO_PKG_VERSION"));

/// What is to be published of `workspace`: every target product with the contracts that are part of
/// it.
///
/// `clean` is the proof that `workspace` was checked; what it does not cover is not published.
pub(crate) fn products(
    clean: &CleanReport,
    workspace: &Workspace,
) -> Result<Vec<PlannedProduct>, Failure> {
    let products = workspace
        .products()
        .filter(|product| product.role == Role::Target)
        .map(|product| planned(clean, product))
        .collect::<Result<Vec<_>, _>>()?;
    if products.is_empty() {
        return Err(Failure::new("there is no data product to publish").help(
            "name the folder that holds `dataproduct.yaml`: contracts are published with the \
             product that promises them",
        ));
    }
    Ok(products)
}

/// The plan to publish `products`.
pub(crate) fn plan(
    clean: &CleanReport,
    products: Vec<PlannedProduct>,
    publisher: Publisher,
) -> Result<PublishPlan, Failure> {
    Ok(PublishPlan::new(clean, products, publisher, TOOL)?)
}

fn planned(clean: &CleanReport, product: ProductRef<'_>) -> Result<PlannedProduct, Failure> {
    let model = product.model;
    let file = product.document.name();
    let needed = |value: &Option<String>, key: &str| {
        let value = value.clone().filter(|value| !value.trim().is_empty());
        value.ok_or_else(|| {
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
    for port in product.output_ports() {
        if port.contract().is_none() {
            let name = port.model.name.as_deref().unwrap_or("without a name");
            return Err(Failure::new(format!(
                "the contract of output port `{name}` of `{file}` was not found, and a port cannot be published without"
            ))
            .help("name its contract by `contractId` and `version`, and keep the contract in this repository"));
        }
    }
    let contracts = product.own_contracts();
    let documents = || contracts.iter().map(|contract| contract.document);
    for document in documents().chain([product.document]) {
        if !clean.covers(&document.source) {
            return Err(Failure::new(format!(
                "`{}` was not checked, and is not published unchecked",
                document.name()
            ))
            .help("this is a defect of mesh: please report it"));
        }
    }
    let bytes: Vec<(&Path, &[u8])> = documents()
        .chain([product.document])
        .map(|document| (Path::new(document.name()), bytes(document)))
        .collect();
    Ok(PlannedProduct {
        id: needed(&model.id, "id")?,
        name: model.name.clone(),
        domain: needed(&model.domain, "domain")?,
        version,
        manifest: bytes_of(product.document),
        contracts: contracts
            .iter()
            .map(|contract| planned_contract(*contract))
            .collect(),
        source: SourceRef::of(Path::new(file), &bytes),
        summary: summary(product),
    })
}

fn planned_contract(contract: ContractRef<'_>) -> PlannedContract {
    PlannedContract {
        id: contract.model.id.clone().unwrap_or_default(),
        version: contract.model.version.clone().unwrap_or_default(),
        bytes: bytes_of(contract.document),
    }
}

/// The exact bytes of a file: a document that was checked is UTF-8, so its text is its bytes.
fn bytes(document: &Document) -> &[u8] {
    document.source.text().as_bytes()
}

fn bytes_of(document: &Document) -> Vec<u8> {
    bytes(document).to_vec()
}

/// What search and `show` need without opening the manifest.
pub(crate) fn summary(product: ProductRef<'_>) -> Summary {
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
pub(crate) fn owner(model: &DataProduct) -> Option<String> {
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
