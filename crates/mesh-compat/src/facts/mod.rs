//! What several kinds of change need to know.

pub(crate) mod granularity;
pub(crate) mod joins;
pub(crate) mod keys;
pub(crate) mod names;
pub(crate) mod object_types;
pub(crate) mod parts;
pub(crate) mod presence;
pub(crate) mod storage;

/// What was found out about two documents as a whole while they are compared, so that it is found out once
/// and not again for each of their fields.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    keys: keys::Known,
    joins: joins::Known,
}
