//! `mesh registry init`

use std::io::{Write, stdout};
use std::path::Path;

use mesh_diagnostics::printable_line;
use mesh_registry::{HookInstalled, Initialised, RegistryLocation, install_hook};

use crate::cli::RegistryInit;
use crate::ops::registry;
use crate::ops::text::{scalar, shell_path, shell_word};
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &RegistryInit) -> Result<Ending, Failure> {
    let location = registry::parse(&arguments.location)?;
    let registry = registry::handle(location, false);
    let outcome = registry.init()?;
    let location = registry.location().clone();
    // Ends its progress display before anything is printed.
    drop(registry);
    let name = location.to_string();
    let shown = printable_line(&name);
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
    if !arguments.hook {
        return Ok(Ending::Clean);
    }
    writeln!(out)?;
    if let Some(path) = location.path() {
        return install(&mut out, &location, path);
    }
    writeln!(
        out,
        "The hook was not installed: {shown} is on another machine. On the server, run\n\n    \
         mesh registry init --hook PATH\n\n\
         with the path of the repository there. Where you cannot, protect the branch and let CI run\n\
         `mesh registry verify`: docs/ci.md has the job."
    )?;
    Ok(Ending::Findings)
}

/// Installs the hook, or says what to do instead.
fn install(
    out: &mut impl Write,
    location: &RegistryLocation,
    path: &Path,
) -> Result<Ending, Failure> {
    let shown = |path: &Path| printable_line(&path.display().to_string()).into_owned();
    match install_hook(location, path)? {
        HookInstalled::Written(file) => {
            writeln!(out, "Installed the hook {}", shown(&file))?;
            writeln!(
                out,
                "It needs `mesh` on the PATH of whoever receives pushes; MESH names another one"
            )?;
            Ok(Ending::Clean)
        }
        HookInstalled::Existed(file) => {
            writeln!(
                out,
                "The hook {} runs mesh already; nothing was changed",
                shown(&file)
            )?;
            Ok(Ending::Clean)
        }
        HookInstalled::Other(file) => {
            writeln!(
                out,
                "The hook was not installed: {} is another one, which is left as it is. Add to its beginning\n\n    \
                 updates=$(cat)\n    \
                 printf '%s\\n' \"$updates\" | \"${{MESH:-mesh}}\" registry verify --hook || exit 1\n\n\
                 and let what follows read \"$updates\" instead of standard input.",
                shown(&file)
            )?;
            Ok(Ending::Findings)
        }
        HookInstalled::Shared(folder) => {
            writeln!(
                out,
                "The hook was not installed: by `core.hooksPath`, git looks for hooks in {}, which all repositories share.\n\
                 Give the registry a folder of its own, and run this again:\n\n    \
                 git -C {} config core.hooksPath hooks",
                shown(&folder),
                shell_path(path)
            )?;
            Ok(Ending::Findings)
        }
    }
}
