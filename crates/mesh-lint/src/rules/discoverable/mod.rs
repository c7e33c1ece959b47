//! People find it and can judge whether it fits.

pub(super) mod domain_missing;
pub(super) mod name_missing;
pub(super) mod purpose_missing;
