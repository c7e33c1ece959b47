//! The product: its identity, its ports and where it is in its life.

use crate::change::ChangeKind;

mod output_port_removed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[&output_port_removed::KIND];
