//! `mesh registry init`

use std::io::{Write, stdout};

use mesh_diagnostics::printable_line;
use mesh_registry::Initialised;

use crate::cli::RegistryInit;
use crate::ops::registry;
use crate::ops::text::{scalar, shell_word};
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &RegistryInit) -> Result<Ending, Failure> {
    let location = registry::parse(&arguments.location)?;
    let registry = registry::handle(location, false);
    let outcome = registry.init()?;
    let location = registry.location().to_string();
    let shown = printable_line(&location);
    let mut out = stdout().lock();
    match outcome {
        Initialised::Created => {
            writeln!(out, "Created a registry at {shown}")?;
            writeln!(out)?;
            writeln!(
                out,
                "Publish to it with `mesh publish --registry {}`,",
                shell_word(&shown)
            )?;
            writeln!(
                out,
                "or name it once in mesh.yaml: `registry: {}`",
                scalar(&shown)
            )?;
        }
        Initialised::Existed => {
            writeln!(
                out,
                "There is a registry at {shown} already; nothing was changed"
            )?;
        }
    }
    Ok(Ending::Clean)
}
