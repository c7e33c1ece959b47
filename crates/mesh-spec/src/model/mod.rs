//! The two standards as Rust types: one set of types per kind of document, wide enough for every
//! supported version.
//!
//! - [`odps`] — the Open Data Product Standard: [`odps::DataProduct`];
//! - [`odcs`] — the Open Data Contract Standard: [`odcs::DataContract`];
//! - [`common`], [`team`] — what the two standards share;
//! - [`mesh`] — what mesh itself keeps in custom properties;
//! - [`version`] — [`Kind`] and [`ApiVersion`].
//!
//! Three conventions hold throughout:
//!
//! 1. **Nothing is required.** Every field is an `Option` or a `Vec`. What a version of a standard
//!    demands is said by annotations next to the field, from which the [JSON
//!    Schemas](crate::schema) are generated; a document with mistakes still becomes a model of
//!    everything that is right in it.
//! 2. **One shape.** Where the standards allow several spellings of the same thing (a team as a
//!    list or as an object, one reference or several), reading normalises them, and the type
//!    remembers which spelling it was.
//! 3. **No unknown keys.** Keys that no version defines are skipped here; the JSON Schema has
//!    already reported them.

mod branch;
pub mod common;
pub mod mesh;
pub mod odcs;
pub mod odps;
pub mod shape;
pub mod team;
pub mod version;

pub use common::{
    AuthoritativeDefinition, Constraint, Context, CustomProperties, CustomProperty, Description,
    Support, Synonym, VerifiedStatement,
};
pub use shape::{Port, StringOrList};
pub use team::{Team, TeamMember};
pub use version::{ApiVersion, Kind};
