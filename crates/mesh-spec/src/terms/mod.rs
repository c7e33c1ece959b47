//! What words in documents mean, where the standards leave them open.
//!
//! - [`dates`] — days and moments;
//! - [`duration`] — the lengths of time that service levels give;
//! - [`promise`] — what service levels are about.

pub mod dates;
pub mod duration;
pub mod promise;
