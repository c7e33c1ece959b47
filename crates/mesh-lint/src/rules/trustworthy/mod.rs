//! Someone answers for it, and what it promises can be checked.

pub(super) mod draft_stale;
pub(super) mod end_of_support_missing;
pub(super) mod freshness_missing;
pub(super) mod key_unchecked;
pub(super) mod lineage_missing;
pub(super) mod owner_departed;
pub(super) mod owner_missing;
pub(super) mod primary_key_missing;
pub(super) mod product_version_missing;
pub(super) mod quality_check_missing;
pub(super) mod quality_text_only;
pub(super) mod retention_missing;
pub(super) mod sla_missing;
pub(super) mod support_channel_missing;
