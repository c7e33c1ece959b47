//! What several kinds of change need to know.

pub(crate) mod bounds;
pub(crate) mod enumeration;
mod number;
pub(crate) mod options;
pub(crate) mod types;
pub(crate) mod units;
