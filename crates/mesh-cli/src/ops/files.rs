//! Writing files whole.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Writes a file beside its place and renames it, so that there is never half a file. Makes the
/// folders that are missing.
///
/// A link is followed, and the permissions of a file that is there are kept. What is no file, such
/// as a pipe or `/dev/stderr`, is written to as it is.
pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let there = match fs::metadata(path) {
        Ok(there) if !there.is_file() => {
            return fs::OpenOptions::new()
                .write(true)
                .open(path)?
                .write_all(content);
        }
        there => there.ok(),
    };
    let path = match there {
        Some(_) => &path.canonicalize()?,
        None => path,
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(content)?;
    match there {
        Some(there) => temporary.as_file().set_permissions(there.permissions())?,
        None => make_readable(&temporary)?,
    }
    temporary.persist(path)?;
    Ok(())
}

/// Temporary files are private; these are to be read like any other.
#[cfg(unix)]
fn make_readable(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file()
        .set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}
