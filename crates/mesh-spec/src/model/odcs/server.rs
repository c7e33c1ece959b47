//! Where the data lives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Role;
use super::server_types;
use crate::model::common::{CustomProperty, StableId};
use crate::model::shape::{self, Port, Text};

/// A place where the data can be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(extend("x-closed" = ">=3.1"), transform = server_types::by_type)]
pub struct Server {
    /// Identifier of the entry. Since v3.1.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StableId", extend("x-in" = ">=3.1"))]
    pub id: Option<String>,
    /// Name of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*", "examples" = ["production"]))]
    pub server: Option<String>,
    /// Type of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-required" = "*"))]
    pub r#type: Option<String>,
    /// What the server is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Environment that the server belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["prod", "preprod", "dev", "uat"]))]
    pub environment: Option<String>,
    /// Roles that have access to the server.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Further properties of the server.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_properties: Vec<CustomProperty>,

    // From here on, the union of what the types of server have; which type knows and demands which
    // field is said by the table in `server_types`.
    /// Account at the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Name of the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<String>,
    /// Address of the catalogue service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "uri"))]
    pub catalog_url: Option<String>,
    /// Name of the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Name of the dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// How documents or fields within a file are told apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["new_line", "array"]))]
    pub delimiter: Option<String>,
    /// Character encoding of the data. Since v3.2.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["UTF-8", "ISO-8859-1"]))]
    pub encoding: Option<String>,
    /// Address of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "uri"))]
    pub endpoint_url: Option<String>,
    /// Format of the files or messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["parquet", "delta", "json", "csv", "avro", "protobuf"]))]
    pub format: Option<String>,
    /// Name or address of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Address of the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "uri"))]
    pub location: Option<String>,
    /// Namespace within the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Path to the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Port at which the host listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
    /// Name of the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Region of the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Name of the provider's region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["eu-west-1"]))]
    pub region_name: Option<String>,
    /// Name of the schema within the database or catalogue.
    #[serde(
        deserialize_with = "shape::text",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Text")]
    pub schema: Option<String>,
    /// Name of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// Where the results of queries are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staging_dir: Option<String>,
    /// Name of the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// Name of the warehouse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouse: Option<String>,
    /// Name of the workgroup.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("examples" = ["primary"]))]
    pub workgroup: Option<String>,
}
