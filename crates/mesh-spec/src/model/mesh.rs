//! What mesh keeps in custom properties, because neither standard has a place for it.
//!
//! The properties belong to the vendor `mesh`. In versions of the standards without `vendor` their
//! names carry the prefix `mesh.` instead; [`read`] finds both.

use mesh_diagnostics::nearest;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::common::{CustomProperties, CustomProperty};

/// The `vendor` of mesh's custom properties.
pub const VENDOR: &str = "mesh";

/// A value that mesh keeps in a custom property.
pub trait MeshProperty: DeserializeOwned {
    /// The name of the custom property.
    const NAME: &'static str;
}

/// Reads one of mesh's values: where its custom property stands in the list, and what it says.
///
/// `None` if there is no such property; an error if its value has another shape.
pub fn read<T: MeshProperty>(
    properties: &[CustomProperty],
) -> Option<(usize, Result<T, serde_json::Error>)> {
    let index = properties.position_of(Some(VENDOR), T::NAME)?;
    let value = properties[index].value.clone().unwrap_or_default();
    Some((index, serde_json::from_value(value)))
}

/// What a data product consists of besides its data and metadata. Custom property `components` of a
/// data product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Components {
    /// The code that makes and serves the data: pipelines, tests, APIs.
    pub code: Vec<Component>,
    /// The infrastructure that the code runs on and the data is stored in.
    pub infrastructure: Vec<Component>,
}

impl MeshProperty for Components {
    const NAME: &'static str = "components";
}

/// A piece of code or infrastructure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Component {
    /// Name of the component.
    pub name: String,
    /// What sort of component it is.
    #[serde(default)]
    #[schemars(extend("examples" = ["pipeline", "repository", "terraform", "bucket"]))]
    pub r#type: Option<String>,
    /// Where the component is found: an address, or a path relative to the manifest.
    #[serde(default)]
    #[schemars(extend("format" = "uri-reference"))]
    pub url: Option<String>,
}

/// Name of the server, among those of the port's contract, that a port is served from. Custom
/// property `server` of a port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ServerName(pub String);

impl MeshProperty for ServerName {
    const NAME: &'static str = "server";
}

/// The product and output port that an input comes from, where the contract alone does not tell.
/// Custom property `upstream` of an input port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Upstream {
    /// `id` of the product.
    pub product: String,
    /// Name of the product's output port; not needed if the product has only one under the
    /// contract.
    #[serde(default)]
    pub port: Option<String>,
}

impl MeshProperty for Upstream {
    const NAME: &'static str = "upstream";
}

/// How sensitive the data is: `public`, `internal`, `confidential` or `restricted`. Custom property
/// `classification` of a data product, and of a contract or one of its schema objects, where it
/// labels every field that has no label of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Classification(pub String);

impl MeshProperty for Classification {
    const NAME: &'static str = "classification";
}

/// Why data that comes in through this port may leave under a lower label. Custom property
/// `declassified` of an input port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Declassified(pub String);

impl MeshProperty for Declassified {
    const NAME: &'static str = "declassified";
}

/// What the data that comes in is used for. Custom property `purpose` of an input port.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Purpose(pub String);

impl MeshProperty for Purpose {
    const NAME: &'static str = "purpose";
}

/// The names of all of mesh's custom properties.
pub const NAMES: [&str; 6] = [
    Components::NAME,
    ServerName::NAME,
    Upstream::NAME,
    Classification::NAME,
    Declassified::NAME,
    Purpose::NAME,
];

/// What is wrong with mesh's own entries in a list of custom properties: the entry's position, what
/// is wrong with it, and what to do. A value that mesh cannot read must not pass for one that is
/// not there.
pub fn mistakes(properties: &[CustomProperty]) -> Vec<(usize, String, String)> {
    fn shape<T: MeshProperty>(properties: &[CustomProperty]) -> Option<(usize, String, String)> {
        let (index, Err(error)) = read::<T>(properties)? else {
            return None;
        };
        Some((
            index,
            format!(
                "mesh cannot read the custom property `{}`: {error}",
                T::NAME
            ),
            "give it the form described in docs/standards.md".to_owned(),
        ))
    }
    let shapes = [
        shape::<Components>(properties),
        shape::<ServerName>(properties),
        shape::<Upstream>(properties),
        shape::<Classification>(properties),
        shape::<Declassified>(properties),
        shape::<Purpose>(properties),
    ];
    let misspelt = properties.iter().enumerate().filter_map(|(index, entry)| {
        let name = entry.property.as_deref()?;
        let is_ours = entry.vendor.as_deref() == Some(VENDOR);
        if !is_ours || NAMES.contains(&name) {
            return None;
        }
        let meant = nearest(name, NAMES)?;
        Some((
            index,
            format!("mesh has no custom property `{name}`"),
            format!("did you mean `{meant}`?"),
        ))
    });
    shapes.into_iter().flatten().chain(misspelt).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn property(vendor: Option<&str>, name: &str, value: Value) -> CustomProperty {
        CustomProperty {
            vendor: vendor.map(Into::into),
            property: Some(name.into()),
            value: Some(value),
            ..CustomProperty::default()
        }
    }

    #[test]
    fn values_are_read_with_and_without_a_vendor_key() {
        let properties = [
            property(None, "server", json!("not mesh's")),
            property(
                Some("mesh"),
                "components",
                json!({"code": [{"name": "etl", "type": "pipeline"}]}),
            ),
            property(None, "mesh.upstream", json!({"product": "orders"})),
        ];
        let (index, components) = read::<Components>(&properties).expect("components are there");
        assert_eq!(
            (
                index,
                components.expect("components are well-formed").code[0]
                    .name
                    .as_str()
            ),
            (1, "etl")
        );
        let (index, upstream) = read::<Upstream>(&properties).expect("upstream is there");
        assert_eq!(
            (
                index,
                upstream.expect("upstream is well-formed").product.as_str()
            ),
            (2, "orders")
        );
        assert!(read::<ServerName>(&properties).is_none());
    }

    #[test]
    fn a_value_of_another_shape_is_an_error() {
        let properties = [property(
            Some("mesh"),
            "upstream",
            json!({"prodcut": "orders"}),
        )];
        assert!(matches!(read::<Upstream>(&properties), Some((0, Err(_)))));
    }
}
