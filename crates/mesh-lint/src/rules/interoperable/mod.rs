//! It joins with other products.

pub(super) mod shared_key_mismatch;
