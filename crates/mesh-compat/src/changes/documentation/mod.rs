//! What is written about the data.

use crate::change::ChangeKind;

mod business_name;
mod description;
mod examples;
pub(crate) mod key_order_or_comments;
mod links;
pub(crate) mod needs_review;
mod standard_version_changed;
mod tags;
mod team_or_approver;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &business_name::KIND,
    &description::KIND,
    &examples::KIND,
    &key_order_or_comments::KIND,
    &links::KIND,
    &needs_review::KIND,
    &standard_version_changed::KIND,
    &tags::KIND,
    &team_or_approver::KIND,
];
