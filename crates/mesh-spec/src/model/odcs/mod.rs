//! The Open Data Contract Standard (ODCS), versions 3.0.0 to 3.2.0.

mod options;
mod quality;
mod relationship;
mod schema;
mod server;
pub mod server_types;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::options::LogicalTypeOptions;
pub use self::quality::{DataQuality, Dimension, Metric, QualityType};
pub use self::relationship::Relationship;
pub use self::schema::{
    EnumValue, LogicalType, MapTypes, SchemaObject, SchemaProperty, SemanticType,
};
pub use self::server::Server;
use super::common::{
    AuthoritativeDefinition, Context, CustomProperty, Description, StableId, Support,
};
use super::shape::{self, ContextShape, Number, Scalar};
use super::team::{Team, TeamMember, TeamShape};

/// A data contract: what a provider of data promises to its consumers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = "*"))]
pub struct DataContract {
    /// Version of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "examples" = ["1.0.0"]))]
    pub version: Option<String>,
    /// The kind of document: `DataContract`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub kind: Option<String>,
    /// Version of the standard that the document follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub api_version: Option<String>,
    /// Identifier of the contract, unique among all contracts and never changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "examples" = ["53581432-6c55-4ba2-a65f-72344a91553a"]))]
    pub id: Option<String>,
    /// Name of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Organisation or environment that the data belongs to; upper and lower case do not differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Words to find the contract by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Where the contract is in its life. Optional since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend(
        "x-required" = "<3.2",
        "examples" = ["proposed", "draft", "active", "deprecated", "retired"]
    ))]
    pub status: Option<String>,
    /// Where the data lives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Server>,
    /// Name of the data product. Left behind by the product standard, which links products to
    /// contracts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-when" = [[">=3.1", {"deprecated": true}]]))]
    pub data_product: Option<String>,
    /// What the data is for, how to use it and where it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Business domain that the data belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Guidance for automatic readers. Since v3.2.0.
    #[serde(
        deserialize_with = "shape::context",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "ContextShape", extend("x-in" = ">=3.2"))]
    pub context: Option<Context>,
    /// The objects that the data consists of: tables, documents, messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schema: Vec<SchemaObject>,
    /// Where consumers get help.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub support: Vec<Support>,
    /// What the data costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Pricing>,
    /// Who is responsible. A list of members before v3.1.0; an object since.
    #[serde(
        deserialize_with = "TeamShape::deserialize",
        serialize_with = "TeamShape::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "TeamShape")]
    pub team: Option<Team>,
    /// Roles through which access to the data is granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The element that service levels refer to when they do not name one. Deprecated since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-when" = [[">=3.1", {"deprecated": true}]]))]
    pub sla_default_element: Option<String>,
    /// Service levels: how fresh, how available, how long kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sla_properties: Vec<SlaProperty>,
    /// Links to sources about the contract. Since v3.0.1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=3.0.1"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
    /// Further properties of the contract.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,
    /// When the contract was created, as an RFC 3339 timestamp in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date-time"))]
    pub contract_created_ts: Option<String>,
}

impl DataContract {
    /// The schema object with a name.
    pub fn object(&self, name: &str) -> Option<&SchemaObject> {
        self.schema
            .iter()
            .find(|object| object.name.as_deref() == Some(name))
    }

    /// The server with a name.
    pub fn server(&self, name: &str) -> Option<&Server> {
        self.servers
            .iter()
            .find(|server| server.server.as_deref() == Some(name))
    }

    /// The service levels of one property, such as `latency`.
    pub fn sla(&self, property: &str) -> impl Iterator<Item = &SlaProperty> {
        self.sla_properties
            .iter()
            .filter(move |sla| sla.property.as_deref() == Some(property))
    }

    /// The members of the team who own the data.
    pub fn owners(&self) -> impl Iterator<Item = &TeamMember> {
        self.team.iter().flat_map(Team::owners)
    }
}

/// What a subscription to the data costs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = ">=3.1"))]
pub struct Pricing {
    /// Identifier of the price. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = ">=3.1"))]
    pub id: Option<String>,
    /// Price of one `priceUnit`, in `priceCurrency`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Number")]
    pub price_amount: Option<f64>,
    /// Currency of the price, as an ISO 4217 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["EUR", "USD"]))]
    pub price_currency: Option<String>,
    /// What is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["megabyte", "request"]))]
    pub price_unit: Option<String>,
}

/// A role through which access to the data is granted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = ">=3.1"))]
pub struct Role {
    /// Identifier of the role. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = ">=3.1"))]
    pub id: Option<String>,
    /// Name of the role in the system that grants access.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub role: Option<String>,
    /// Whom the role is for and what it allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The access that the role grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["read", "write"]))]
    pub access: Option<String>,
    /// Who approves a request first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_level_approvers: Option<String>,
    /// Who approves a request after that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_level_approvers: Option<String>,
    /// Further properties of the role. Since v3.0.1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=3.0.1"))]
    pub custom_properties: Vec<CustomProperty>,
}

/// A service level: a promise about how the data is delivered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = ">=3.1"))]
pub struct SlaProperty {
    /// Identifier of the service level. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = ">=3.1"))]
    pub id: Option<String>,
    /// What is promised; any word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "examples" = [
        "latency", "frequency", "availability", "retention", "throughput", "errorRate", "generalAvailability",
        "endOfSupport", "endOfLife", "timeOfAvailability", "timeToDetect", "timeToNotify", "timeToRepair"
    ]))]
    pub property: Option<String>,
    /// The promised amount, time or text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Scalar", extend("x-required" = "*"))]
    pub value: Option<Value>,
    /// The other end of the promise, where it is a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Scalar")]
    pub value_ext: Option<Value>,
    /// Unit of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["d", "day", "h", "m", "s", "percent"]))]
    pub unit: Option<String>,
    /// The elements that the promise is about, as `object.property`, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// Why the promise matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["regulatory", "analytics", "operational"]))]
    pub driver: Option<String>,
    /// The promise in words. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.1"))]
    pub description: Option<String>,
    /// What starts the check of the promise, such as cron. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.1", "examples" = ["cron"]))]
    pub scheduler: Option<String>,
    /// When the promise is checked, in the scheduler's notation. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-in" = ">=3.1", "examples" = ["0 20 * * *"]))]
    pub schedule: Option<String>,
    /// Further properties of the service level. Since v3.2.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=3.2"))]
    pub custom_properties: Vec<CustomProperty>,
    /// Links about the service level. Since v3.2.0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-in" = ">=3.2"))]
    pub authoritative_definitions: Vec<AuthoritativeDefinition>,
}
