//! What a file holds: all of it, here, and not more than a description needs.

use super::{
    finding::{Check, Findings},
    names::TREE_MALFORMED,
};
use crate::{Result, error::object};
use git2::{ErrorCode, ObjectType, Odb, Oid};

pub(super) static LFS_POINTER: Check = Check {
    id: "lfs-pointer",
    summary: "Files are in the registry itself, not in Git LFS.",
    docs: "\
A pointer of Git LFS stands for a file that is on another server, where it can be missing, and which mesh does not read.
The digest in the record would be that of the pointer.",
    help: "commit the file itself: `git lfs untrack` it, and leave `filter=lfs` out of `.gitattributes`",
};

pub(super) static FILE_TOO_LARGE: Check = Check {
    id: "file-too-large",
    summary: "No file is larger than the registry allows.",
    docs: "\
A registry holds descriptions, not data, and everybody who reads it fetches all of it. The limit is 4 MiB for manifests
and contracts and 1 MiB for records, or less if `limits` in `mesh-registry.yaml` says so. The size is looked at before
the file is read.",
    help: "publish descriptions, not data: split the contract or remove what is generated",
};

/// The first line of what Git LFS keeps in place of a file.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

const READ: &str = "read a file of the registry";

/// Reads a file that is at `path`, of at most `limit` bytes; `None` if it is not to be looked at further.
pub(super) fn read(
    odb: &Odb<'_>,
    id: Oid,
    path: &str,
    limit: u64,
    findings: &mut Findings,
) -> Result<Option<Vec<u8>>> {
    let broken = match odb.read_header(id) {
        Ok((_, ObjectType::Blob)) => None,
        Ok(_) => Some("it is called a file and is none"),
        Err(error) if error.code() == ErrorCode::NotFound => {
            Some("its content is not in the repository")
        }
        Err(error) => return Err(object(READ)(error)),
    };
    if let Some(reason) = broken {
        findings.add(
            &TREE_MALFORMED,
            path,
            format!("`{path}` cannot be read: {reason}"),
        );
        return Ok(None);
    }
    let (size, _) = odb.read_header(id).map_err(object(READ))?;
    if size as u64 > limit {
        findings.add(
            &FILE_TOO_LARGE,
            path,
            format!("`{path}` has {size} bytes, and the limit is {limit}"),
        );
        return Ok(None);
    }
    let content = match odb.read(id) {
        Ok(content) => content,
        Err(error) => {
            let message = format!("`{path}` cannot be read: {}", error.message());
            findings.add(&TREE_MALFORMED, path, message);
            return Ok(None);
        }
    };
    let bytes = content.data();
    if bytes.starts_with(POINTER) {
        findings.add(
            &LFS_POINTER,
            path,
            format!("`{path}` is kept in Git LFS, and is not here"),
        );
        return Ok(None);
    }
    Ok(Some(bytes.to_vec()))
}
