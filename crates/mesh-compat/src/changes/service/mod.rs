//! How the data is served: servers, service levels, quality, price, support.

use crate::change::ChangeKind;

mod end_of_support_earlier;
mod price_lowered;
mod price_raised;
mod quality_loosened;
mod quality_tightened;
mod retention_extended;
mod retention_shortened;
mod server_moved;
mod server_or_role_added;
mod server_type_or_format_changed;
mod service_described;
mod sla_removed;
mod sla_strengthened;
mod sla_weakened;
mod support_channel_changed;
mod support_channel_removed;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &price_lowered::KIND,
    &price_raised::KIND,
    &support_channel_changed::KIND,
    &support_channel_removed::KIND,
    &server_moved::KIND,
    &server_type_or_format_changed::KIND,
    &server_or_role_added::KIND,
    &sla_removed::KIND,
    &sla_weakened::KIND,
    &sla_strengthened::KIND,
    &retention_shortened::KIND,
    &retention_extended::KIND,
    &end_of_support_earlier::KIND,
    &quality_loosened::KIND,
    &quality_tightened::KIND,
    &service_described::KIND,
];
