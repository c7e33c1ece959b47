//! The JSON Schema of `mesh.yaml`.

use mesh_cli::config::Config;
use schemars::generate::SchemaSettings;

use crate::File;

pub(crate) fn files() -> Vec<File> {
    let schema = SchemaSettings::draft2019_09()
        .into_generator()
        .into_root_schema_for::<Config>();
    let mut value = schema.to_value();
    if let Some(object) = value.as_object_mut() {
        object.insert("title".to_owned(), "Settings of mesh (mesh.yaml)".into());
    }
    vec![File {
        path: "schemas/mesh.json".into(),
        text: format!("{value:#}\n"),
    }]
}
