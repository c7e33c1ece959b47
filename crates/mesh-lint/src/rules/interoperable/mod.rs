//! It joins with other products.

pub(super) mod code_not_standard;
pub(super) mod datetime_format_undeclared;
pub(super) mod field_case;
pub(super) mod format_off_list;
pub(super) mod name_type_suffix;
pub(super) mod shared_key_mismatch;
pub(super) mod timestamp_zone_missing;
