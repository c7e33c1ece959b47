//! What values there can be.

use crate::change::ChangeKind;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[];
