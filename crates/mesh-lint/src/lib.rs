//! The linter: an engine, and one file per rule.
//!
//! A [`Rule`] is data: its id, its group and level, its documentation with a failing and a passing
//! example, and a function that looks at one document or at the whole mesh. The function reports
//! what it sees; the engine ([`lint`]) settles level, order and scope. Nothing here does I/O: the
//! [`Workspace`](mesh_spec::workspace::Workspace) comes in, a
//! [`Report`](mesh_diagnostics::Report) goes out.
//!
//! To add a rule, write `rules/<group>/<rule_id>.rs` and list it in `rules/mod.rs`. Its examples
//! are its tests.

pub mod docs;
mod engine;
mod example;
mod facts;
mod findings;
mod mesh;
mod redact;
mod rule;
pub mod rules;
mod settings;
mod suppression;

pub use engine::{Options, Outcome, lint};
pub use example::{Example, Excerpt};
pub use findings::{Finding, Findings};
pub use mesh::{Link, Mesh};
pub use redact::{Secrets, blanked_text, secrets as blanked_findings};
pub use rule::{Check, Group, Preset, Rule};
pub use settings::{Adjustments, Leniency, Mandate, Override, Selector, Settings};
