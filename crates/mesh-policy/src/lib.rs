//! Policies: rules that a federation agrees on, composed so that domains can only tighten them, and held against data
//! products.
//!
//! ```text
//! packs, overlays, waivers ─► Policies ─► RuleSet of a domain ─► findings, waived findings, verdicts
//! ```
//!
//! - [`pack`] — the files, and what is wrong with each by itself;
//! - [`policies`] — all of them together: what is in force, and whether it goes together;
//! - `compose` — what is in force for a domain;
//! - [`check`] — products and contracts held to it;
//! - [`scorecard`] — how far products have come, by gates;
//! - `expr` — the language of conditions, and `view` what they see.
//!
//! Nothing here does I/O. What cannot be understood is an error before anything is judged; what cannot be evaluated
//! does not hold.

pub mod check;
mod compose;
mod describe;
mod expr;
mod fixtures;
pub mod pack;
pub mod policies;
pub mod reference;
pub mod scorecard;
pub mod shipped;
mod view;

pub use check::{Checked, Floor, Options, Session, Verdict};
pub use describe::{Description, ParameterDescription};
pub use fixtures::Tested;
pub use pack::{Head, Origin, PolicyFile, PolicyLevel, read};
pub use policies::{Policies, Terms};
pub use shipped::Shipped;
