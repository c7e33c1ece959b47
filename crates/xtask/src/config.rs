//! The JSON Schemas of `mesh.yaml` and `mesh.lock`.

use mesh_cli::config::Config;
use mesh_cli::lock::Lock;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::File;

pub(crate) fn files() -> Vec<File> {
    vec![
        schema::<Config>("mesh", "Settings of mesh (mesh.yaml)"),
        schema::<Lock>("mesh-lock", "What mesh has pinned (mesh.lock)"),
    ]
}

fn schema<T: JsonSchema>(name: &str, title: &str) -> File {
    let schema = SchemaSettings::draft2019_09()
        .into_generator()
        .into_root_schema_for::<T>();
    let mut value = schema.to_value();
    if let Some(object) = value.as_object_mut() {
        object.insert("title".to_owned(), title.into());
    }
    File {
        path: format!("schemas/{name}.json").into(),
        text: format!("{value:#}\n"),
    }
}
