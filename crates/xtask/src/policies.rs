//! What is derived from the policy checker: the JSON Schemas of its files, and the reference of what policies see.

use std::path::Path;

use mesh_policy::pack::model::{PolicyOverlay, PolicyPack, Waiver};
use mesh_policy::reference;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::File;

pub(crate) fn files() -> Vec<File> {
    vec![
        schema::<PolicyPack>("policy-pack", "PolicyPack"),
        schema::<PolicyOverlay>("policy-overlay", "PolicyOverlay"),
        schema::<Waiver>("waiver", "Waiver"),
        File {
            path: "docs/policy-reference.md".into(),
            text: reference::markdown(),
        },
    ]
}

/// The schema of files that say `kind`, and of no others.
fn schema<T: JsonSchema>(name: &str, kind: &str) -> File {
    let schema = SchemaSettings::draft2019_09()
        .into_generator()
        .into_root_schema_for::<T>();
    let mut value = schema.to_value();
    if let Some(of_kind) = value.pointer_mut("/properties/kind") {
        *of_kind = serde_json::json!({
            "description": format!("`{kind}`."),
            "const": kind,
        });
    }
    File {
        path: Path::new("schemas").join(format!("{name}.json")),
        text: format!("{value:#}\n"),
    }
}
