//! What several kinds of change need to know.

pub(crate) mod granularity;
pub(crate) mod joins;
pub(crate) mod keys;
pub(crate) mod names;
pub(crate) mod object_types;
pub(crate) mod parts;
pub(crate) mod presence;
pub(crate) mod storage;
