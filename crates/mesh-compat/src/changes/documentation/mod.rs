//! What is written about the data.

use crate::change::ChangeKind;

mod description;
pub(crate) mod key_order_or_comments;
pub(crate) mod needs_review;

/// The kinds of this group.
pub(super) static KINDS: &[&ChangeKind] = &[
    &description::KIND,
    &key_order_or_comments::KIND,
    &needs_review::KIND,
];
