//! The JSON Schemas in `schemas/`, from the types in `mesh-spec`.

use std::path::Path;

use mesh_spec::model::{ApiVersion, Kind};
use mesh_spec::schema;
use serde_json::Value;

use crate::File;

pub(crate) fn files() -> Vec<File> {
    let versions = Kind::ALL.into_iter().flat_map(ApiVersion::all);
    versions
        .map(|version| {
            file(
                &format!("{}-{version}", version.kind().standard()),
                &schema::generate(*version),
            )
        })
        .chain([file(
            "mesh-custom-properties",
            &schema::generate_mesh_properties(),
        )])
        .collect()
}

fn file(name: &str, schema: &Value) -> File {
    File {
        path: Path::new("schemas").join(format!("{name}.json")),
        text: format!("{schema:#}\n"),
    }
}
