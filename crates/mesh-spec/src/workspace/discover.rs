//! Which files are manifests, and where they are.

use std::path::Path;

use crate::model::Kind;

/// The kind of manifest that a file name promises, or `None` for any other file.
///
/// Names are those that the two standards and their tools use; see `docs/standards.md`.
pub fn expected_kind(path: &Path) -> Option<Kind> {
    // A name that is no UTF-8 may still end like one of a manifest: it is not to be passed over.
    let name = path.file_name()?.to_string_lossy();
    let name = &*name;
    let product = matches!(name, "dataproduct.yaml" | "dataproduct.yml")
        || name.ends_with(".odps.yaml")
        || name.ends_with(".odps.yml");
    let contract = matches!(name, "datacontract.yaml" | "datacontract.yml")
        || name.ends_with(".odcs.yaml")
        || name.ends_with(".odcs.yml");
    match (product, contract) {
        (true, _) => Some(Kind::DataProduct),
        (_, true) => Some(Kind::DataContract),
        _ => None,
    }
}

/// Whether a file is picked up when a folder is walked.
pub fn is_manifest(path: &Path) -> bool {
    expected_kind(path).is_some()
}
