//! It says who may read what.

pub(super) mod access_role_missing;
pub(super) mod classification_missing;
pub(super) mod classification_understated;
pub(super) mod classification_unknown;
pub(super) mod secret_in_manifest;
