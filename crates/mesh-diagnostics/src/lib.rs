//! What mesh finds and how it says it.
//!
//! This crate knows nothing of data products. It holds the vocabulary that every other crate
//! speaks — [`Span`], [`Source`], [`Level`], [`Diagnostic`], [`Report`] — and the renderers that
//! turn a finished report into text. A finding is data: rules make [`Diagnostic`]s, the engine
//! settles their level, and only a renderer decides how one looks.
//!
//! Spans are byte offsets into the source's text. Lines and columns are derived from them when a
//! report is rendered, never stored.

mod diagnostic;
mod fingerprint;
mod fix;
mod level;
mod paths;
mod printable;
mod report;
mod rule_info;
mod source;
mod span;
mod suggest;

pub mod render;

pub use diagnostic::{
    COMPATIBILITY, Diagnostic, LOCK, POLICY, REGISTRY, Related, Waived, rule_url,
};
pub use fix::{Change, Edit, Fix, Safety};
pub use level::Level;
pub use paths::Paths;
pub use printable::{printable, printable_line};
pub use report::{CleanReport, Report, Summary};
pub use rule_info::RuleInfo;
pub use source::{Position, Source};
pub use span::Span;
pub use suggest::nearest;
