//! What words in documents mean, where the standards leave them open.
//!
//! - [`classification`] — how sensitive data is;
//! - [`custom`] — what custom properties are called;
//! - [`dates`] — days and moments;
//! - [`duration`] — the lengths of time that service levels give;
//! - [`environment`] — what servers are for;
//! - [`personal`] — what marks data as personal;
//! - [`placeholder`] — text that someone meant to replace;
//! - [`promise`] — what service levels are about;
//! - [`region`] — where data lies;
//! - [`status`] — where products, ports and contracts are in their lives;
//! - [`types`] — which values physical types hold;
//! - [`words`] — the words that names and texts are made of.

pub mod classification;
pub mod custom;
pub mod dates;
pub mod duration;
pub mod environment;
pub mod personal;
pub mod placeholder;
pub mod promise;
pub mod region;
pub mod status;
pub mod types;
pub mod words;
