//! Who may read what, and where it lies.

use crate::change::ChangeKind;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[];
