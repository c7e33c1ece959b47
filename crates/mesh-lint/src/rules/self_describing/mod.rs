//! It explains itself without a meeting.

pub(super) mod definition_conflict;
pub(super) mod example_missing;
pub(super) mod field_undocumented;
pub(super) mod granularity_missing;
pub(super) mod logical_type_missing;
pub(super) mod placeholder_left;
pub(super) mod schema_missing;
pub(super) mod term_unlinked;
pub(super) mod usage_missing;
