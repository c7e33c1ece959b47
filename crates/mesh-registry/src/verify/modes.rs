//! What an entry of a directory is: a regular file or a directory, and nothing else.

use super::finding::{Check, Findings};
use crate::tree::{DIRECTORY, EXECUTABLE, FILE};

pub(super) static SYMLINK: Check = Check {
    id: "symlink",
    summary: "There are no symbolic links in a registry.",
    docs: "\
What a link says depends on where it is checked out: it leads to a file of the machine, or out of the registry, and its
content is not what the record has a digest of. mesh never follows one, and does not let one in.",
    help: "commit the file itself instead of a link to it",
};

pub(super) static SUBMODULE: Check = Check {
    id: "submodule",
    summary: "There are no submodules in a registry.",
    docs: "\
A submodule is a commit of another repository: what is in it is not in the registry, can change or vanish, and makes a
clone connect to an address that the change named.",
    help: "take the submodule out, and what names it in `.gitmodules`",
};

pub(super) static FILE_MODE: Check = Check {
    id: "file-mode",
    summary: "Published files are regular files that nobody can run.",
    docs: "\
Below `products/`, `status/`, `owners/` and `policies/` every file has the mode 100644. An executable file in a clone is
one that somebody may run. Other modes are not written by git any more, and programs read them differently.",
    help: "commit the file without its executable bit: `git update-index --chmod=-x FILE`",
};

const LINK: i32 = 0o120_000;
const COMMIT: i32 = 0o160_000;

/// Checks the mode of an entry that is new. `is_data` says that it is published or governs, and not, say, a script for
/// the registry's CI.
pub(super) fn check(mode: i32, path: &str, is_data: bool, findings: &mut Findings) -> bool {
    match mode {
        DIRECTORY | FILE => true,
        EXECUTABLE if !is_data => true,
        LINK => {
            findings.add(&SYMLINK, path, format!("`{path}` is a symbolic link"));
            false
        }
        COMMIT => {
            findings.add(
                &SUBMODULE,
                path,
                format!("`{path}` is a submodule, a repository of its own"),
            );
            false
        }
        EXECUTABLE => {
            findings.add(&FILE_MODE, path, format!("`{path}` is executable"));
            true
        }
        other => {
            findings.add(
                &FILE_MODE,
                path,
                format!("`{path}` has the mode {other:o}, and not 100644"),
            );
            false
        }
    }
}
