//! What is known of data products and their ports.

use mesh_spec::model::{CustomProperty, Description};

use super::people;
use super::thing::{Document, Kind, Thing};
use super::{Attribute, Get};
use crate::expr::{Map, Type, Value};

const INPUT_PORTS: Type = Type::List(Kind::InputPort.as_type());
const OUTPUT_PORTS: Type = Type::List(Kind::OutputPort.as_type());
const MANAGEMENT_PORTS: Type = Type::List(Kind::ManagementPort.as_type());
const INPUT_CONTRACTS: Type = Type::List(Kind::InputContract.as_type());
const SBOMS: Type = Type::List(Kind::Sbom.as_type());
const CONTRACTS: Type = Type::List(Kind::Contract.as_type());
const CONTRACT_TYPE: Type = Type::Thing(Kind::Contract);

/// What a product has.
pub(super) static PRODUCT: &[Attribute] = &[
    Attribute::new(
        "id",
        "/id",
        "identifier, unique in the mesh",
        Get::Text(|_, it| it.data_product()?.id.as_deref()),
    ),
    Attribute::new(
        "name",
        "/name",
        "name for people",
        Get::Text(|_, it| it.data_product()?.name.as_deref()),
    ),
    Attribute::new(
        "version",
        "/version",
        "version",
        Get::Text(|_, it| it.data_product()?.version.as_deref()),
    ),
    Attribute::new(
        "status",
        "/status",
        "`proposed`, `draft`, `active`, `deprecated` or `retired`",
        Get::Text(|_, it| it.data_product()?.status.as_deref()),
    ),
    Attribute::new(
        "domain",
        "/domain",
        "business domain that owns it",
        Get::Text(|_, it| it.data_product()?.domain.as_deref()),
    ),
    Attribute::new(
        "type",
        "/type",
        "archetype, such as `sourceAligned`",
        Get::Text(|_, it| it.data_product()?.r#type.as_deref()),
    ),
    Attribute::new(
        "tenant",
        "/tenant",
        "organisation it belongs to",
        Get::Text(|_, it| it.data_product()?.tenant.as_deref()),
    ),
    Attribute::new(
        "deprecated",
        "/deprecated",
        "whether it should no longer be used",
        Get::Flag(false, |it| it.data_product()?.deprecated),
    ),
    Attribute::new(
        "tier",
        "/customProperties",
        "custom property `tier`, as a text: how important the product is",
        Get::Made(Type::Text, |_, it| {
            tier(&it.data_product()?.custom_properties)
        }),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&it.data_product()?.tags)),
    ),
    Attribute::new(
        "purpose",
        "/description/purpose",
        "why it exists",
        Get::Text(|_, it| description(it)?.purpose.as_deref()),
    ),
    Attribute::new(
        "usage",
        "/description/usage",
        "how to use it",
        Get::Text(|_, it| description(it)?.usage.as_deref()),
    ),
    Attribute::new(
        "limitations",
        "/description/limitations",
        "what it must not be used for",
        Get::Text(|_, it| description(it)?.limitations.as_deref()),
    ),
    Attribute::new(
        "createdTs",
        "/productCreatedTs",
        "when it was created, RFC 3339",
        Get::Text(|_, it| it.data_product()?.product_created_ts.as_deref()),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.data_product()?.custom_properties)),
    ),
    Attribute::new(
        "links",
        "/authoritativeDefinitions",
        "addresses of links, by type",
        Get::Links(|it| Some(&it.data_product()?.authoritative_definitions)),
    ),
    Attribute::new(
        "inputPorts",
        "/inputPorts",
        "what it reads",
        Get::Made(INPUT_PORTS, |_, it| {
            let product = it.product()?;
            let ports = (0..).zip(&product.model.input_ports);
            Some(Value::things(
                ports.map(|(at, _)| Thing::InputPort(product, at)),
            ))
        }),
    ),
    Attribute::new(
        "outputPorts",
        "/outputPorts",
        "what it offers",
        Get::Made(OUTPUT_PORTS, |_, it| {
            let product = it.product()?;
            let ports = (0..).zip(&product.model.output_ports);
            Some(Value::things(
                ports.map(|(at, _)| Thing::OutputPort(product, at)),
            ))
        }),
    ),
    Attribute::new(
        "managementPorts",
        "/managementPorts",
        "how it is run and watched",
        Get::Made(MANAGEMENT_PORTS, |_, it| {
            let product = it.product()?;
            let ports = (0..).zip(&product.model.management_ports);
            Some(Value::things(
                ports.map(|(at, _)| Thing::ManagementPort(product, at)),
            ))
        }),
    ),
    Attribute::new(
        "contracts",
        "/outputPorts",
        "the contracts that are part of it: those its output ports promise, and those of its sources outside the mesh",
        Get::Made(CONTRACTS, |view, it| {
            let contracts = it.product()?.own_contracts().into_iter();
            let views = contracts.filter_map(|contract| view.contract(contract.index()));
            Some(Value::things(views.map(Thing::Contract)))
        }),
    ),
    people::OWNERS,
    people::MEMBERS,
    people::TEAM_NAME,
    people::CHANNELS,
];

/// What an input port has.
pub(super) static INPUT_PORT: &[Attribute] = &[
    Attribute::new(
        "name",
        "/name",
        "name",
        Get::Text(|_, it| it.input_port()?.name.as_deref()),
    ),
    Attribute::new(
        "version",
        "/version",
        "version of the contract that it relies on",
        Get::Text(|_, it| it.input_port()?.version.as_deref()),
    ),
    Attribute::new(
        "contractId",
        "/contractId",
        "contract under which the data arrives",
        Get::Text(|_, it| it.input_port()?.contract_id.as_deref()),
    ),
    Attribute::new(
        "upstream",
        "/contractId",
        "that contract, if it is known here",
        Get::Made(CONTRACT_TYPE, |view, it| {
            let Thing::InputPort(product, at) = it else {
                return None;
            };
            let port = product.model.input_ports.get(at as usize)?;
            let upstream = view.workspace.find_upstream(product, port).found();
            let offered = upstream.and_then(mesh_spec::workspace::OutputPortRef::contract);
            let contract = offered.or_else(|| {
                let id = port.contract_id.as_deref()?;
                product.find_contract(id, port.version.as_deref()).found()
            });
            view.contract(contract?.index())
                .map(Thing::Contract)
                .map(Value::Thing)
        }),
    ),
    Attribute::new(
        "deprecated",
        "/deprecated",
        "whether it should no longer be relied on",
        Get::Flag(false, |it| it.input_port()?.deprecated),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&it.input_port()?.tags)),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.input_port()?.custom_properties)),
    ),
    Attribute::new(
        "links",
        "/authoritativeDefinitions",
        "addresses of links, by type",
        Get::Links(|it| Some(&it.input_port()?.authoritative_definitions)),
    ),
];

/// What an output port has.
pub(super) static OUTPUT_PORT: &[Attribute] = &[
    Attribute::new(
        "name",
        "/name",
        "name",
        Get::Text(|_, it| it.output_port()?.name.as_deref()),
    ),
    Attribute::new(
        "version",
        "/version",
        "version",
        Get::Text(|_, it| it.output_port()?.version.as_deref()),
    ),
    Attribute::new(
        "type",
        "/type",
        "sort of port, such as `tables`",
        Get::Text(|_, it| it.output_port()?.r#type.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "what is behind it",
        Get::Text(|_, it| it.output_port()?.description.as_deref()),
    ),
    Attribute::new(
        "contractId",
        "/contractId",
        "contract that holds what it promises",
        Get::Text(|_, it| it.output_port()?.contract_id.as_deref()),
    ),
    Attribute::new(
        "contract",
        "/contractId",
        "that contract, if it was found",
        Get::Made(CONTRACT_TYPE, |view, it| {
            let Thing::OutputPort(product, at) = it else {
                return None;
            };
            let port = product.output_ports().nth(at as usize)?;
            view.contract(port.contract()?.index())
                .map(Thing::Contract)
                .map(Value::Thing)
        }),
    ),
    Attribute::new(
        "deprecated",
        "/deprecated",
        "whether consumers should move away from it",
        Get::Flag(false, |it| it.output_port()?.deprecated),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&it.output_port()?.tags)),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.output_port()?.custom_properties)),
    ),
    Attribute::new(
        "links",
        "/authoritativeDefinitions",
        "addresses of links, by type",
        Get::Links(|it| Some(&it.output_port()?.authoritative_definitions)),
    ),
    Attribute::new(
        "inputContracts",
        "/inputContracts",
        "contracts of the inputs that it is made from",
        Get::Made(INPUT_CONTRACTS, |_, it| {
            let Thing::OutputPort(product, port) = it else {
                return None;
            };
            let contracts = (0..).zip(&it.output_port()?.input_contracts);
            Some(Value::things(
                contracts.map(|(at, _)| Thing::InputContract(product, port, at)),
            ))
        }),
    ),
    Attribute::new(
        "sbom",
        "/sbom",
        "bills of materials of the software behind it",
        Get::Made(SBOMS, |_, it| {
            let Thing::OutputPort(product, port) = it else {
                return None;
            };
            let boms = (0..).zip(&it.output_port()?.sbom);
            Some(Value::things(
                boms.map(|(at, _)| Thing::Sbom(product, port, at)),
            ))
        }),
    ),
];

/// What a management port has.
pub(super) static MANAGEMENT_PORT: &[Attribute] = &[
    Attribute::new(
        "name",
        "/name",
        "name",
        Get::Text(|_, it| it.management_port()?.name.as_deref()),
    ),
    Attribute::new(
        "content",
        "/content",
        "what it gives access to, such as `observability`",
        Get::Text(|_, it| it.management_port()?.content.as_deref()),
    ),
    Attribute::new(
        "type",
        "/type",
        "how it is reached",
        Get::Text(|_, it| it.management_port()?.r#type.as_deref()),
    ),
    Attribute::new(
        "url",
        "/url",
        "address",
        Get::Text(|_, it| it.management_port()?.url.as_deref()),
    ),
    Attribute::new(
        "description",
        "/description",
        "what it is for",
        Get::Text(|_, it| it.management_port()?.description.as_deref()),
    ),
    Attribute::new(
        "tags",
        "/tags",
        "tags",
        Get::Texts(|it| Some(&it.management_port()?.tags)),
    ),
    Attribute::new(
        "custom",
        "/customProperties",
        "custom properties, by name",
        Get::Custom(|it| Some(&it.management_port()?.custom_properties)),
    ),
];

/// What is said of a contract that an output port depends on.
pub(super) static INPUT_CONTRACT: &[Attribute] = &[
    Attribute::new(
        "id",
        "/id",
        "identifier of the contract",
        Get::Text(|_, it| it.input_contract()?.id.as_deref()),
    ),
    Attribute::new(
        "version",
        "/version",
        "version of the contract",
        Get::Text(|_, it| it.input_contract()?.version.as_deref()),
    ),
];

/// What is said of a bill of materials.
pub(super) static SBOM: &[Attribute] = &[
    Attribute::new(
        "type",
        "/type",
        "where it lives",
        Get::Text(|_, it| it.sbom()?.r#type.as_deref()),
    ),
    Attribute::new(
        "url",
        "/url",
        "address",
        Get::Text(|_, it| it.sbom()?.url.as_deref()),
    ),
];

fn description(it: Thing<'_>) -> Option<&Description> {
    it.data_product()?.description.as_ref()
}

/// The custom property `tier`; a number is as good as a text.
fn tier(properties: &[CustomProperty]) -> Option<Value<'_>> {
    match Map::Custom(properties).get("tier")? {
        text @ Value::Text(_) => Some(text),
        number @ (Value::Int(_) | Value::Double(_)) => Some(Value::Made(number.show().into())),
        _ => None,
    }
}

/// The tier of a product, as a text.
pub(crate) fn tier_of(it: Thing<'_>) -> Option<String> {
    let Some(Document::Product(product)) = it.document() else {
        return None;
    };
    tier(&product.model.custom_properties).map(|tier| tier.show())
}
