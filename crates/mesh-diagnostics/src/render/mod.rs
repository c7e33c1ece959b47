//! Renderers: one file per format, all from the same [`Report`](crate::Report).

#[cfg(feature = "pretty")]
mod excerpt;
mod json;
#[cfg(feature = "pretty")]
mod pretty;

pub use json::json;
#[cfg(feature = "pretty")]
pub use pretty::{Style, pretty, summary_line, width};
