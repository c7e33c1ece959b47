//! Written as others are, so that changes are easy to review.

pub(super) mod file_name_mismatch;
pub(crate) mod key_order;
