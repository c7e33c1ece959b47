//! Someone answers for it, and what it promises can be checked.

pub(super) mod owner_missing;
pub(super) mod primary_key_missing;
pub(super) mod product_version_missing;
pub(super) mod sla_missing;
pub(super) mod support_channel_missing;
