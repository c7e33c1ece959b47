//! Who may read what, and where it lies.

use crate::change::ChangeKind;

mod classification_lowered;
mod classification_raised;
mod encryption_added;
mod encryption_removed;
mod personal_tag_added;
mod personal_tag_removed;
mod region_changed;
mod role_removed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &role_removed::KIND,
    &region_changed::KIND,
    &encryption_added::KIND,
    &encryption_removed::KIND,
    &classification_raised::KIND,
    &classification_lowered::KIND,
    &personal_tag_added::KIND,
    &personal_tag_removed::KIND,
];
