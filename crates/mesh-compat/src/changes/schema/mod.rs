//! The shape of the data: objects, fields and how they relate.

use crate::change::ChangeKind;

mod critical_data_element_changed;
mod field_added;
mod field_removed;
mod field_renamed;
mod granularity_changed;
mod object_added;
mod object_removed;
mod object_renamed;
mod object_type_changed;
mod partition_changed;
mod physical_name_changed;
mod primary_key_changed;
mod relationship_added;
mod relationship_removed;
mod required_added;
mod required_removed;
mod stable_id_changed;
mod transform_changed;
mod unique_added;
mod unique_removed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &object_removed::KIND,
    &object_added::KIND,
    &object_renamed::KIND,
    &object_type_changed::KIND,
    &field_removed::KIND,
    &field_added::KIND,
    &field_renamed::KIND,
    &physical_name_changed::KIND,
    &required_removed::KIND,
    &required_added::KIND,
    &unique_removed::KIND,
    &unique_added::KIND,
    &primary_key_changed::KIND,
    &granularity_changed::KIND,
    &relationship_removed::KIND,
    &relationship_added::KIND,
    &partition_changed::KIND,
    &transform_changed::KIND,
    &critical_data_element_changed::KIND,
    &stable_id_changed::KIND,
];
