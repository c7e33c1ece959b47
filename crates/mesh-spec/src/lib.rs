//! Data products and data contracts: YAML with spans, the ODPS and ODCS models, their JSON
//! Schemas, and the workspace.

pub mod document;
pub mod facts;
pub mod model;
pub mod schema;
pub mod settings;
pub mod terms;
pub mod upgrade;
pub mod vocabulary;
pub mod workspace;
pub mod yaml;
