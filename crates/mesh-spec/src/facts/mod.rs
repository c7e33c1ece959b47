//! What is true of a document, whoever asks: the linter, which reports it, and the scorecard, which
//! counts it.
//!
//! - [`fields`] — the fields of a contract, wherever they are nested;
//! - [`quality`] — how the data is checked.

pub mod fields;
pub mod quality;
