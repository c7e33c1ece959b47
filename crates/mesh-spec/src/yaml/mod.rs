//! YAML with positions.
//!
//! One parse turns a text into a [`Tree`]: an arena of nodes, each with the bytes it was read from.
//! Everything else is a view of that tree — a JSON value for the schemas ([`Tree::to_json`]), a
//! `serde` deserializer for the typed model ([`Tree::deserialize`]) — and a JSON Pointer
//! ([RFC 6901]) is the address that leads from any view back to the bytes ([`Tree::at`]).
//!
//! The parser is hidden behind the tree: no other module sees its types. Values follow the YAML
//! 1.2 core schema, so `no` and `12:30` are strings; `<<` merges and aliases are understood, but
//! shared in the arena rather than copied, so that no document grows by being read.
//!
//! [RFC 6901]: https://www.rfc-editor.org/rfc/rfc6901

mod build;
mod de;
pub mod edit;
mod explain;
mod json;
mod pointer;
mod read;
mod scalar;
mod tree;
mod usual;

pub use build::parse;
pub use de::ModelError;
pub use pointer::{escape, join, split};
pub use read::{MAX_FILE_BYTES, decode};
pub use tree::{Entry, NodeId, NodeRef, Tree, Value};

use mesh_diagnostics::Span;

/// Collections nested deeper than this are refused. The deepest real contract seen nests 14 deep.
pub const MAX_DEPTH: u32 = 100;

/// Something wrong with a text as YAML, before any schema is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlProblem {
    /// What kind of problem it is.
    pub kind: YamlProblemKind,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The bytes it is about.
    pub span: Span,
    /// JSON Pointer of the node it is about; empty where there is none.
    pub pointer: String,
    /// A second place that explains it.
    pub related: Option<(String, Span)>,
}

/// The kinds of [`YamlProblem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YamlProblemKind {
    /// The text is not YAML, or uses a part of YAML that a manifest must not use.
    Syntax,
    /// A mapping holds the same key twice.
    DuplicateKey,
}

#[cfg(test)]
mod tests;
