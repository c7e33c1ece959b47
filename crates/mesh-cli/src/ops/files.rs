//! Reading files within limits, and writing them whole.

use std::env;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::path::Path;

use mesh_spec::yaml::MAX_FILE_BYTES;
use tempfile::NamedTempFile;

/// Reads what a user has named, a pipe too, as far as a file may be large.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::open(path)?.take(MAX_FILE_BYTES + 1);
    file.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

/// Like [`read()`], for a file that nobody has named: a pipe or a device would hang or flood a run.
pub(crate) fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    match fs::metadata(path)? {
        // Opening a pipe would already wait for a writer.
        there if !there.is_file() && !there.is_dir() => {
            Err(io::Error::other("it is not a regular file"))
        }
        _ => read(path),
    }
}

/// How a file is shown: from the current folder, if it is below it.
pub(crate) fn shown(path: &Path) -> String {
    let current = env::current_dir().ok();
    let relative = current
        .as_deref()
        .and_then(|current| path.strip_prefix(current).ok());
    relative
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

/// Writes a file beside its place and renames it, so that there is never half a file. Makes the
/// folders that are missing. A link that is there is replaced like any other file.
pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    place(path, content, None)
}

/// Writes to whatever a user has named: like [`write()`], but a link is followed, the permissions of
/// a file stay, and what is no file, such as a pipe or `/dev/stderr`, is written to as it is.
pub(crate) fn write_through(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() => {
            place(&path.canonicalize()?, content, Some(there.permissions()))
        }
        Ok(_) => OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(content),
        Err(_) => place(path, content, None),
    }
}

fn place(path: &Path, content: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(content)?;
    match permissions {
        Some(permissions) => temporary.as_file().set_permissions(permissions)?,
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
        .set_permissions(Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}
