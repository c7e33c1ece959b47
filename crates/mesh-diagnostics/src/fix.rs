use serde_json::Value;

use crate::Span;

/// How to get rid of a finding without a person.
///
/// What a fix means ([`Fix::changes`]) and how it is written ([`Fix::edits`]) stand side by side, so
/// that whoever applies the edits can check that the document changed as was meant and not otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// What it does: an imperative sentence without a full stop.
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// What is to change about the document; empty for a [`Fix::rename`].
    pub changes: Vec<Change>,
    /// The same as replacements in the text of the finding's source, in ascending order, not
    /// overlapping.
    pub edits: Vec<Edit>,
    /// The name that the file is to have, in the same folder.
    pub rename: Option<String>,
}

/// Whether a [`Fix`] keeps what the document says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safety {
    /// It says the same in the way it should be said: applied by `--fix`.
    Safe,
    /// It decides something that a person may want to decide otherwise: applied by `--unsafe-fixes`.
    Unsafe,
}

/// A replacement in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go; empty to insert.
    pub span: Span,
    /// What comes in their place.
    pub text: String,
}

/// One change to a document, by what it means. Pointers are JSON Pointers (RFC 6901) into the
/// document as it is before any change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Gives the node at `pointer` another value.
    Set {
        /// The node.
        pointer: String,
        /// Its new value.
        value: Value,
    },
    /// Gives the key that `pointer` ends with another name; its value and its place stay.
    Rename {
        /// The value under the key.
        pointer: String,
        /// The new key, which its mapping must not have yet.
        key: String,
    },
    /// Adds a key to a mapping.
    Insert {
        /// The mapping.
        pointer: String,
        /// The key, which the mapping must not have yet.
        key: String,
        /// The value of the key.
        value: Value,
        /// The key that it is to follow; at the end without one.
        after: Option<String>,
    },
    /// Adds an item to the end of a list.
    Append {
        /// The list.
        pointer: String,
        /// The item.
        value: Value,
    },
    /// Takes away the key or the item that `pointer` ends with, and all beneath it.
    Remove {
        /// The value under the key, or the item.
        pointer: String,
    },
    /// Puts the keys of a mapping into an order. The entries themselves stay as they are.
    Reorder {
        /// The mapping.
        pointer: String,
        /// All its keys in their new order.
        keys: Vec<String>,
    },
}

impl Safety {
    /// The name used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

impl Change {
    /// Gives the scalar at `pointer` the text `value`.
    pub fn set(pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::Set {
            pointer: pointer.into(),
            value: value.into(),
        }
    }
}
