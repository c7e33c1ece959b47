//! `mesh lint`

use crate::cli::Lint;
use crate::ops::{check, output, registry, workspace};
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Lint) -> Result<Ending, Failure> {
    let registry = arguments.registry.registry.as_deref();
    let project = workspace::project(&arguments.paths, registry.is_some())?;
    let location = registry::named(registry, &project)?;
    let mut files = workspace::load(&arguments.paths, &project)?;
    match location {
        // What refers to nothing outside needs nobody to be asked.
        Some(location) if workspace::refers_elsewhere(&files) => {
            let snapshot = registry::open(location, arguments.registry.offline)?;
            files = workspace::resolve_published(files, &snapshot)?;
        }
        None if arguments.registry.offline => {
            return Err(Failure::new(
                "--offline says how to read a registry, and none is named",
            )
            .help(
                "name one with --registry, or leave --offline out: without a registry, lint uses \
                 no network",
            ));
        }
        _ => {}
    }
    output::deliver(&check::check(&files)?, &arguments.output)
}
