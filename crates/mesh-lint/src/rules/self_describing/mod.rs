//! It explains itself without a meeting.

pub(super) mod field_undocumented;
pub(super) mod placeholder_left;
pub(super) mod schema_missing;
