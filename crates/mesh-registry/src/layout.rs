//! Where things are in a registry. All path building is here, so that the layout can be read in one place.
//!
//! ```text
//! mesh-registry.yaml                                            the format of the registry
//! vocabularies.yaml                                             the words that the domains have agreed on, if any
//! .gitattributes                                                no line-ending conversion: digests are over exact bytes
//! products/<domain>/<product>/<version>/dataproduct.yaml        the manifest, byte for byte
//! products/<domain>/<product>/<version>/contracts/*.odcs.yaml   the contracts it resolves to, byte for byte
//! products/<domain>/<product>/<version>/record.json             what was published, by whom, from where
//! ```
//!
//! Every publish only adds files of its own. Nothing is shared, so nothing ever conflicts in text, and two products can
//! be merged in any order. Listings and indexes are generated from it, never kept in it.

use crate::{Error, Result};
use serde::Deserialize;

/// The format that this version reads and writes.
pub const FORMAT: u64 = 1;
/// The file that makes a repository a registry.
pub const FORMAT_FILE: &str = "mesh-registry.yaml";
/// The words that the domains have agreed on.
pub const VOCABULARIES: &str = "vocabularies.yaml";
/// Keeps git from converting line endings.
pub const ATTRIBUTES_FILE: &str = ".gitattributes";
/// For people who browse the repository.
pub const README_FILE: &str = "README.md";
/// The directory of everything published.
pub const PRODUCTS: &str = "products";
/// The manifest within a version.
pub const MANIFEST: &str = "dataproduct.yaml";
/// The directory of contracts within a version.
pub const CONTRACTS: &str = "contracts";
/// The end of a contract's file name.
pub const CONTRACT_SUFFIX: &str = ".odcs.yaml";
/// The record within a version.
pub const RECORD: &str = "record.json";

/// The largest manifest or contract, in bytes.
pub const MAX_FILE: u64 = 4 << 20;
/// The largest record, in bytes.
pub const MAX_RECORD: u64 = 1 << 20;
/// The most files in one version.
pub const MAX_FILES: usize = 1_000;
/// The largest format file, in bytes.
pub const MAX_FORMAT_FILE: u64 = 64 << 10;

/// `products/<domain>/<product>/<version>`.
pub fn version_dir(domain: &str, product: &str, version: &semver::Version) -> String {
    format!("{PRODUCTS}/{domain}/{product}/{version}")
}

/// The files of a new registry.
pub(crate) fn initial_files() -> [(&'static str, String); 3] {
    let format = format!(
        "# This repository is a mesh registry. mesh reads this file before anything else.\nformat: {FORMAT}\n"
    );
    let readme = format!(
        "# Data product registry\n\n\
         This repository is a registry of data products. `mesh publish` adds to it, `mesh search` reads it.\n\n\
         | path | what it is |\n|---|---|\n\
         | `{FORMAT_FILE}` | the format of the registry |\n\
         | `{VOCABULARIES}` | words that all domains share, such as domains and tags; add it when you have agreed on some |\n\
         | `{PRODUCTS}/<domain>/<product>/<version>/{MANIFEST}` | the product, byte for byte as published |\n\
         | `{PRODUCTS}/<domain>/<product>/<version>/{CONTRACTS}/` | its data contracts, byte for byte |\n\
         | `{PRODUCTS}/<domain>/<product>/<version>/{RECORD}` | digests, source and publisher |\n\n\
         Published versions are never changed or removed. Do not edit files under `{PRODUCTS}` by hand.\n"
    );
    [
        (FORMAT_FILE, format),
        (ATTRIBUTES_FILE, "* -text\n".to_owned()),
        (README_FILE, readme),
    ]
}

/// Checks the content of the format file. Unknown keys are for newer versions of the same format and are ignored.
pub(crate) fn check_format(location: &str, content: &[u8]) -> Result<()> {
    #[derive(Deserialize)]
    struct FormatFile {
        format: u64,
    }
    let bad = |reason: String| Error::BadFormatFile {
        location: location.to_owned(),
        reason,
    };
    let text = std::str::from_utf8(content).map_err(|_| bad("it is not UTF-8 text".into()))?;
    let file: FormatFile = serde_yaml::from_str(text).map_err(|error| bad(error.to_string()))?;
    match file.format {
        FORMAT => Ok(()),
        0 => Err(bad("format 0 does not exist".into())),
        found => Err(Error::NewerFormat {
            location: location.to_owned(),
            found,
            supported: FORMAT,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_file_is_checked() {
        let [(_, ours), ..] = initial_files();
        assert!(check_format("r", ours.as_bytes()).is_ok());
        assert!(check_format("r", b"format: 1\nlimits: {}\n").is_ok());
        assert!(matches!(
            check_format("r", b"format: 2\n"),
            Err(Error::NewerFormat { found: 2, .. })
        ));
        for bad in [
            &b"format: 0"[..],
            b"format: one",
            b"",
            b"[]",
            b"\xff",
            b"format: &a [*a]",
        ] {
            assert!(matches!(
                check_format("r", bad),
                Err(Error::BadFormatFile { .. })
            ));
        }
    }
}
