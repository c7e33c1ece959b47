//! SHA-256 in the one form that records use: `sha256:<hex>`.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// The digest of some bytes.
pub fn of(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(bytes))
}

/// The bare hexadecimal digest, for names of files.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
