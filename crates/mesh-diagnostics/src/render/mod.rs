//! Renderers: one file per format, all from the same [`Report`](crate::Report).

mod compact;
mod escaped;
#[cfg(feature = "pretty")]
mod excerpt;
mod github;
mod gitlab;
mod json;
mod junit;
#[cfg(feature = "pretty")]
mod pretty;
mod said;
mod sarif;
mod style;
#[cfg(test)]
mod tests;
mod uri;

pub use compact::compact;
pub use github::github;
pub use gitlab::gitlab;
pub use json::json;
pub use junit::junit;
#[cfg(feature = "pretty")]
pub use pretty::{pretty, summary_line, width};
pub use said::said;
pub use sarif::sarif;
pub use style::Style;
