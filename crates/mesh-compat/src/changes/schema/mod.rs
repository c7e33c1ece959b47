//! The shape of the data: objects, fields and how they relate.

use crate::change::ChangeKind;

mod field_added;
mod field_removed;
mod required_added;
mod required_removed;
mod stable_id_changed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &field_added::KIND,
    &field_removed::KIND,
    &required_added::KIND,
    &required_removed::KIND,
    &stable_id_changed::KIND,
];
