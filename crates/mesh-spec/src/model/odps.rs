//! The Open Data Product Standard (ODPS), versions 0.9.0 to 1.1.0.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{
    AuthoritativeDefinition, Context, CustomProperty, Description, Support, Synonym,
};
use super::shape;
use super::team::{Team, TeamMember, TeamShape};

/// A data product: data that a team publishes for others to use, with the ports through which it
/// flows in and out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct DataProduct {
    /// Version of the standard that the document follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub api_version: Option<String>,
    /// The kind of document: `DataProduct`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub kind: Option<String>,
    /// Identifier of the product, unique among all products and never changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "examples" = ["fbe8d147-28db-4f1d-bedf-a3fe9f458427"]))]
    pub id: Option<String>,
    /// Name of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the product should no longer be used. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1", "default" = false))]
    pub deprecated: Option<bool>,
    /// Other names of the product. Since v1.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub synonyms: Vec<Synonym>,
    /// Version of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["1.0.0"]))]
    pub version: Option<String>,
    /// Where the product is in its life. Optional since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "x-required" = "<1.1",
        "examples" = ["proposed", "draft", "active", "deprecated", "retired"]
    ))]
    pub status: Option<String>,
    /// Business domain that the product belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["sales", "logistics"]))]
    pub domain: Option<String>,
    /// What sort of product it is, such as source-aligned, aggregate or consumer-aligned. Since
    /// v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1", "examples" = ["sourceAligned", "aggregate", "consumerAligned"]))]
    pub r#type: Option<String>,
    /// Guidance for automatic readers. Since v1.1.0.
    #[serde(
        deserialize_with = "shape::context",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Context", extend("x-in" = ">=1.1"))]
    pub context: Option<Context>,
    /// Organisation or environment that the product belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Links to sources about the product.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// What the product is for, how to use it and where it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Further properties of the product.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// Words to find the product by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What the product reads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_ports: Vec<InputPort>,
    /// What the product offers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_ports: Vec<OutputPort>,
    /// How the product is operated and observed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub management_ports: Vec<ManagementPort>,
    /// Where consumers get help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub support: Vec<Support>,
    /// Who is responsible. A list of members in v0.9.0, an object since v1.0.0.
    #[serde(
        deserialize_with = "TeamShape::deserialize",
        serialize_with = "TeamShape::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "TeamShape")]
    pub team: Option<Team>,
    /// When the product was created, as an RFC 3339 timestamp in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    pub product_created_ts: Option<String>,
}

/// The keys of a data product in the order in which the standard has them.
pub const KEYS: [&str; 22] = [
    "apiVersion",
    "kind",
    "id",
    "name",
    "deprecated",
    "synonyms",
    "version",
    "status",
    "domain",
    "type",
    "context",
    "tenant",
    "authoritativeDefinitions",
    "description",
    "customProperties",
    "tags",
    "inputPorts",
    "outputPorts",
    "managementPorts",
    "support",
    "team",
    "productCreatedTs",
];

impl DataProduct {
    /// The output port with a name.
    pub fn output_port(&self, name: &str) -> Option<&OutputPort> {
        self.output_ports
            .iter()
            .find(|port| port.name.as_deref() == Some(name))
    }

    /// The members of the team who own the product.
    pub fn owners(&self) -> impl Iterator<Item = &TeamMember> {
        self.team.iter().flat_map(Team::owners)
    }
}

/// Something that the product reads.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct InputPort {
    /// Whether the port should no longer be relied upon. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1", "default" = false))]
    pub deprecated: Option<bool>,
    /// Identifier of the port. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub id: Option<String>,
    /// Name of the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub name: Option<String>,
    /// Version of the port. Optional since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "<1.1"))]
    pub version: Option<String>,
    /// `id` of the data contract under which the data arrives. Optional since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "<1.1"))]
    pub contract_id: Option<String>,
    /// Words to group ports by. Since v1.0.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1"))]
    pub tags: Vec<String>,
    /// Further properties of the port. Since v1.0.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1"))]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the port. Since v1.0.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
}

/// Something that the product offers to its consumers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct OutputPort {
    /// Whether consumers should move away from the port. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1", "default" = false))]
    pub deprecated: Option<bool>,
    /// Identifier of the port. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub id: Option<String>,
    /// Name of the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub name: Option<String>,
    /// What consumers find behind the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What sort of port it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["tables", "files", "topic", "api"]))]
    pub r#type: Option<String>,
    /// Version of the port; a product may offer several versions of one port side by side. Optional
    /// since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "<1.1"))]
    pub version: Option<String>,
    /// `id` of the data contract that holds what the port promises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_id: Option<String>,
    /// Bills of materials of the software behind the port.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sbom: Vec<Sbom>,
    /// The contracts of the inputs that this port is made from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_contracts: Vec<InputContract>,
    /// Other names of the port. Since v1.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub synonyms: Vec<Synonym>,
    /// Words to group ports by. Since v1.0.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1"))]
    pub tags: Vec<String>,
    /// Further properties of the port. Since v1.0.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1"))]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the port. Since v1.0.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Guidance for automatic readers of this port. Since v1.1.0.
    #[serde(
        deserialize_with = "shape::context",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Context", extend("x-in" = ">=1.1"))]
    pub context: Option<Context>,
}

/// A software bill of materials: what the software behind a port is built from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct Sbom {
    /// Identifier of the entry. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub id: Option<String>,
    /// Where the bill of materials lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "external"))]
    pub r#type: Option<String>,
    /// Address of the bill of materials. Optional since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "<1.1", "format" = "uri"))]
    pub url: Option<String>,
    /// Words to group entries by. Since v1.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub tags: Vec<String>,
    /// Further properties of the entry. Since v1.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the entry. Since v1.1.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
}

/// A data contract that an output port depends on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct InputContract {
    /// `id` of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub id: Option<String>,
    /// Version of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub version: Option<String>,
}

/// An interface for those who run or watch the product rather than use its data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct ManagementPort {
    /// Whether the port should no longer be used. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1", "default" = false))]
    pub deprecated: Option<bool>,
    /// Identifier of the port. Since v1.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=1.1"))]
    pub id: Option<String>,
    /// Name of the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub name: Option<String>,
    /// What the port gives access to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "examples" = ["discoverability", "observability", "control", "dictionary"]))]
    pub content: Option<String>,
    /// How the port is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "rest", "examples" = ["rest", "topic"]))]
    pub r#type: Option<String>,
    /// Address of the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "uri"))]
    pub url: Option<String>,
    /// Channel or topic of the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// What the port is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Words to group ports by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Further properties of the port.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the port.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
}
