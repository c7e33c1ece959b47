//! What a graph needs to know of a product, wherever that is found.

use std::collections::BTreeSet;

use mesh_registry::{Entry, PublishedProduct, Statuses, names};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::model::mesh::{self, Upstream};
use mesh_spec::model::odps::DataProduct;
use mesh_spec::workspace::{ProductRef, same_version};

use super::{Mark, Port, Product};
use crate::failure::Failure;
use crate::ops::plan;

/// A product with what links it to others.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// What is shown of it.
    pub(super) product: Product,
    /// What it consumes.
    pub(super) inputs: Vec<Input>,
    /// The versions of its output ports, in their order: those of the ports themselves.
    pub(super) port_versions: Vec<Option<String>>,
    /// The contracts that it keeps for sources that are no products.
    pub(super) kept: BTreeSet<String>,
}

/// An input port.
#[derive(Debug, Clone, Default)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) contract: Option<String>,
    pub(super) version: Option<String>,
    /// The id of the product that it points out, and the port of it.
    pub(super) upstream: Option<(String, Option<String>)>,
}

impl Facts {
    /// Of a product that a repository holds.
    pub(super) fn of_workspace(product: ProductRef<'_>, is_asked: bool) -> Self {
        let model = product.model;
        let domain = model
            .domain
            .as_deref()
            .map(|domain| names::domain_name(domain).unwrap_or_else(|_| domain.trim().to_owned()));
        let id = model.id.clone().unwrap_or_default();
        let name = names::product_name(&id, model.name.as_deref());
        let label = product.label();
        let outputs = || product.output_ports();
        let offered: BTreeSet<&str> = outputs()
            .filter_map(|port| port.model.contract_id.as_deref())
            .collect();
        let own = product.own_contracts();
        let own = own
            .iter()
            .filter_map(|contract| contract.model.id.as_deref());
        Self {
            product: Product {
                domain: domain.filter(|domain| !domain.is_empty()),
                slug: name.unwrap_or_else(|_| label.to_owned()),
                id,
                name: model.name.clone(),
                version: model.version.clone(),
                status: status(model),
                withdrawn: None,
                owner: plan::owner(model),
                is_asked,
                is_published: false,
                ports: outputs()
                    .map(|port| {
                        let contract = port.contract();
                        let contract = contract.and_then(|found| found.model.version.clone());
                        Port {
                            name: port.model.name.clone().unwrap_or_default(),
                            version: contract.or_else(|| port.model.version.clone()),
                            contract: port.model.contract_id.clone(),
                        }
                    })
                    .collect(),
            },
            inputs: inputs(model),
            port_versions: outputs().map(|port| port.model.version.clone()).collect(),
            kept: own
                .filter(|id| !offered.contains(id))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Of a published version, and what was said about it since. It says all but which products are pointed out where no
    /// contract is named.
    pub(super) fn of_registry(entry: &Entry, withdrawn: Option<Mark>, is_asked: bool) -> Self {
        let summary = &entry.summary;
        let outputs = &summary.output_ports;
        let offered = |contract: &str| {
            let mut outputs = outputs.iter();
            outputs.any(|port| port.contract_id.as_deref() == Some(contract))
        };
        let kept = entry.contracts.iter().map(|contract| contract.id.clone());
        Self {
            product: Product {
                domain: Some(entry.domain.clone()),
                slug: entry.product.clone(),
                id: entry.id.clone(),
                name: summary.name.clone(),
                version: Some(entry.version.to_string()),
                status: summary.status.clone(),
                withdrawn,
                owner: summary.owner.clone(),
                is_asked,
                is_published: true,
                ports: outputs
                    .iter()
                    .map(|port| Port {
                        name: port.name.clone(),
                        version: port
                            .contract_version
                            .clone()
                            .or_else(|| port.version.clone()),
                        contract: port.contract_id.clone(),
                    })
                    .collect(),
            },
            inputs: summary
                .input_ports
                .iter()
                .map(|port| Input {
                    name: port.name.clone(),
                    contract: port.contract_id.clone(),
                    version: meant(port.contract_version.as_deref()),
                    upstream: None,
                })
                .collect(),
            port_versions: outputs.iter().map(|port| port.version.clone()).collect(),
            kept: kept.filter(|contract| !offered(contract)).collect(),
        }
    }

    /// Whether what it points out has to be read in its manifest.
    pub(super) fn is_incomplete(&self) -> bool {
        self.product.is_published && self.inputs.iter().any(|input| input.contract.is_none())
    }

    /// Completes it by what its manifest says.
    pub(super) fn complete(&mut self, published: PublishedProduct) {
        let manifest = Document::parse(
            "dataproduct.yaml",
            published.manifest,
            Some(Kind::DataProduct),
        );
        if let Some(model) = manifest.product() {
            self.inputs = inputs(model);
        }
    }

    /// Whether its output port at `port` has the version that `wanted` asks for.
    pub(super) fn offers(&self, port: usize, wanted: Option<&str>) -> bool {
        let Some(wanted) = wanted else { return true };
        let versions = [
            self.port_versions.get(port).and_then(Option::as_deref),
            self.product
                .ports
                .get(port)
                .and_then(|port| port.version.as_deref()),
        ];
        let mut versions = versions.into_iter().flatten();
        versions.any(|own| same_version(own, wanted))
    }
}

/// What was said about a published version since.
pub(super) fn withdrawn(statuses: &Statuses<'_>, entry: &Entry) -> Result<Option<Mark>, Failure> {
    let status = statuses.of(entry)?;
    Ok(match (status.yanked, status.deprecated) {
        (Some(_), _) => Some(Mark::Yanked),
        (None, Some(_)) => Some(Mark::Deprecated),
        (None, None) => None,
    })
}

/// Where a product is in its life.
fn status(model: &DataProduct) -> Option<String> {
    let status = model.status.clone();
    if model.deprecated == Some(true) && !mesh_spec::terms::status::is(status.as_deref(), "retired")
    {
        return Some("deprecated".to_owned());
    }
    status
}

fn inputs(model: &DataProduct) -> Vec<Input> {
    let ports = model.input_ports.iter();
    let input = |port: &mesh_spec::model::odps::InputPort| {
        let upstream = mesh::read::<Upstream>(&port.custom_properties);
        let upstream = upstream.and_then(|(_, upstream)| upstream.ok());
        Input {
            name: port.name.clone().unwrap_or_default(),
            contract: port.contract_id.clone(),
            version: meant(port.version.as_deref()),
            upstream: upstream.map(|upstream| (upstream.product, upstream.port)),
        }
    };
    ports.map(input).collect()
}

/// A version that is left blank is any.
fn meant(version: Option<&str>) -> Option<String> {
    let version = version.map(str::trim);
    version
        .filter(|version| !version.is_empty())
        .map(str::to_owned)
}
