//! Versions as the standards write them.

use semver::Version;

/// Whether two versions are the same but for a leading `v`, which both standards tolerate and
/// neither gives a meaning.
pub fn same_version(a: &str, b: &str) -> bool {
    bare_version(a) == bare_version(b)
}

/// The version as semantic versioning reads it, without a leading `v`.
pub fn parse_version(text: &str) -> Option<Version> {
    Version::parse(bare_version(text)).ok()
}

/// The version without a leading `v`.
pub fn bare_version(version: &str) -> &str {
    version.strip_prefix(['v', 'V']).unwrap_or(version)
}
