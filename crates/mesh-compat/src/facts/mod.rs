//! What several kinds of change need to know.

pub(crate) mod lifecycle;
pub(crate) mod listed;
pub(crate) mod ports;
pub(crate) mod price;
pub(crate) mod prose;
