//! How the data is served: servers, service levels, quality, price, support.

use crate::change::ChangeKind;

mod price_lowered;
mod price_raised;
mod support_channel_changed;
mod support_channel_removed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &price_lowered::KIND,
    &price_raised::KIND,
    &support_channel_changed::KIND,
    &support_channel_removed::KIND,
];
