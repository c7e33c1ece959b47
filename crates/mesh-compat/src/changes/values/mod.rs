//! What values there can be.

use crate::change::ChangeKind;

mod bounds_loosened;
mod bounds_tightened;
mod enum_value_added;
mod enum_value_described;
mod enum_value_removed;
mod logical_type_changed;
mod pattern_changed;
mod type_declared;
mod type_narrowed;
mod type_widened;
mod unit_or_timezone_changed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &bounds_loosened::KIND,
    &bounds_tightened::KIND,
    &enum_value_added::KIND,
    &enum_value_described::KIND,
    &enum_value_removed::KIND,
    &logical_type_changed::KIND,
    &pattern_changed::KIND,
    &type_declared::KIND,
    &type_narrowed::KIND,
    &type_widened::KIND,
    &unit_or_timezone_changed::KIND,
];
