//! The JSON Schemas in `schemas/`, and `jsonschema` validators for them.
//!
//! A validator is made when the first document is held to its schema, which takes milliseconds.
//! Documents that are valid never need one: `mesh_spec::schema` has a faster way to find that out.
//!
//! This crate says *whether* a document is valid and hands out the errors as `jsonschema` words
//! them. What they mean to the author of the document is said by `mesh_spec::schema::validate`.

use std::sync::OnceLock;

use jsonschema::{Validator, draft201909};
use serde_json::Value;

pub use jsonschema::error::{TypeKind, ValidationErrorKind};
pub use jsonschema::{JsonType, ValidationError};

macro_rules! schemas {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal;)+) => {
        /// A schema in `schemas/`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Schema {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Schema {
            /// All schemas.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name of the schema's file, without the extension.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The schema itself, as JSON.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../../schemas/", $name, ".json")),)+
                }
            }

        }
    };
}

schemas! {
    /// ODPS v0.9.0.
    OdpsV0_9_0 = "odps-v0.9.0";
    /// ODPS v1.0.0.
    OdpsV1_0_0 = "odps-v1.0.0";
    /// ODPS v1.1.0.
    OdpsV1_1_0 = "odps-v1.1.0";
    /// ODCS v3.0.0.
    OdcsV3_0_0 = "odcs-v3.0.0";
    /// ODCS v3.0.1.
    OdcsV3_0_1 = "odcs-v3.0.1";
    /// ODCS v3.0.2.
    OdcsV3_0_2 = "odcs-v3.0.2";
    /// ODCS v3.1.0.
    OdcsV3_1_0 = "odcs-v3.1.0";
    /// ODCS v3.2.0.
    OdcsV3_2_0 = "odcs-v3.2.0";
    /// The values that mesh keeps in custom properties.
    MeshCustomProperties = "mesh-custom-properties";
}

impl Schema {
    /// Whether a value is valid by the schema.
    pub fn is_valid(self, value: &Value) -> bool {
        self.validator().is_valid(value)
    }

    /// All that is wrong with a value, in no particular order.
    pub fn errors(self, value: &Value) -> impl Iterator<Item = ValidationError<'_>> {
        self.validator().iter_errors(value)
    }

    fn validator(self) -> &'static Validator {
        static VALIDATORS: [OnceLock<Validator>; Schema::ALL.len()] =
            [const { OnceLock::new() }; Schema::ALL.len()];
        VALIDATORS[self as usize].get_or_init(|| {
            serde_json::from_str(self.text())
                .map_err(|error| error.to_string())
                .and_then(|schema| draft201909::new(&schema).map_err(|error| error.to_string()))
                .unwrap_or_else(|error| unreachable!("{}: {error}", self.name()))
        })
    }

    /// The schema with a name, such as `odps-v1.1.0`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|schema| schema.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_schema_is_found_by_its_name_and_describes_itself() {
        for schema in Schema::ALL {
            assert_eq!(Schema::named(schema.name()), Some(*schema));
            let text: Value = serde_json::from_str(schema.text()).expect("schemas are JSON");
            let id = text["$id"].as_str().expect("schemas have an id");
            assert!(id.ends_with(&format!("/{}.json", schema.name())));
        }
    }

    #[test]
    fn a_validator_judges_by_its_own_version() {
        let product = json!({"apiVersion": "v1.0.0", "kind": "DataProduct", "id": "orders"});
        assert!(Schema::OdpsV1_1_0.is_valid(&product));
        let errors: Vec<_> = Schema::OdpsV1_0_0
            .errors(&product)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, ["\"status\" is a required property"]);
    }
}
