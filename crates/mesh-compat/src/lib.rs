//! Compatibility: what changed between two versions of a data product, what that means to those who
//! read its data, and which version number it needs.
//!
//! Two documents are walked side by side ([`compare`]); whatever is different is shown to the
//! [kinds of change](changes), one file each, and what none of them accounts for needs review. So the
//! question "what does this break?" is answered by data that can be read, and never by silence.
//!
//! Nothing here does I/O: documents come in, [`Comparison`]s go out, and a [renderer](render) writes
//! them wherever it is told to.

mod change;
pub mod changes;
mod compare;
pub mod docs;
pub mod entity;
mod example;
mod facts;
pub mod gate;
mod impact;
pub mod lineage;
mod pair;
mod quote;
pub mod render;
mod sets;
mod settings;
#[cfg(test)]
mod testing;
mod version;

use std::collections::BTreeMap;

use mesh_spec::vocabulary::Vocabularies;

pub use change::{Change, ChangeKind, Found, Group, On, Place};
pub use compare::{CompareError, Comparison, Subject, added, compare, removed};
pub use example::{Example, NOTHING};
pub use impact::{Counts, Impact, Impacts, Profile};
pub use pair::{Both, Pair};
pub use sets::{Member, compare_sets};
pub use settings::{Ignore, Meaning, Override, Settings};
pub use version::{Versioning, base_of, read_version, same_line};

/// What a comparison knows beyond the two documents.
#[derive(Debug, Clone, Copy)]
pub struct Context<'c> {
    /// The words that the mesh has agreed on.
    pub vocabularies: &'c Vocabularies,
    /// What changes to custom properties of one's own ask for, by the property's name.
    pub properties: &'c BTreeMap<String, Meaning>,
}
