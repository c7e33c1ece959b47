//! `mesh registry init`

use std::io::{Write, stdout};

use mesh_registry::Initialised;

use crate::cli::RegistryInit;
use crate::ops::registry;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &RegistryInit) -> Result<Ending, Failure> {
    let location = registry::parse(&arguments.location)?;
    let registry = registry::handle(location, false);
    let outcome = registry.init()?;
    let location = registry.location();
    let mut out = stdout().lock();
    match outcome {
        Initialised::Created => {
            writeln!(out, "Created a registry at {location}")?;
            writeln!(out)?;
            writeln!(
                out,
                "Publish to it with `mesh publish --registry {location}`,"
            )?;
            writeln!(out, "or name it once in mesh.yaml: `registry: {location}`")?;
        }
        Initialised::Existed => {
            writeln!(
                out,
                "There is a registry at {location} already; nothing was changed"
            )?;
        }
    }
    Ok(Ending::Clean)
}
