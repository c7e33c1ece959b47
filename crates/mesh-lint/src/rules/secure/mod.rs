//! It says who may read what.

pub(super) mod access_role_missing;
pub(super) mod approver_missing;
pub(super) mod classification_missing;
pub(super) mod classification_understated;
pub(super) mod classification_unknown;
pub(super) mod personal_data_untagged;
pub(super) mod personal_data_without_basis;
pub(super) mod personal_example;
pub(super) mod region_missing;
pub(super) mod secret_in_manifest;
pub(super) mod sensitive_unprotected;
