//! How the data is served: servers, service levels, quality, price, support.

use crate::change::ChangeKind;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[];
