//! Who is reached when a contract changes: consumers, their consumers, and the fields through which.
//!
//! A consumer's contracts say what its data is made from: `transformSourceObjects` and `transformLogic` name
//! objects and fields, relationships and checks read them. So a change of `orders.amount` reaches those
//! who name that field, or say nothing; and beyond them only those who read what is made from it. What a
//! contract does not say is taken for possible: lineage that nobody wrote down must not pass for safety.

mod code;
mod names;
#[cfg(test)]
mod tests;
mod trace;
mod uses;

use std::collections::BTreeMap;
use std::sync::Arc;

use mesh_spec::document::Document;
use mesh_spec::model::odcs::DataContract;
use serde::Serialize;

use crate::impact::Impact;

pub use names::Element;
pub use trace::trace;
pub use uses::{How, Use};

/// A contract that changes.
#[derive(Debug, Clone)]
pub struct Changed<'c> {
    /// Its id.
    pub contract: &'c str,
    /// Its versions before, and those of the ports that offer it. Consumers that pin another line of
    /// versions are not reached; without one here all are.
    pub versions: Vec<&'c str>,
    /// The versions in which consumers may know it: before and after.
    pub models: Vec<&'c DataContract>,
    /// The id of the product that offers it: it is not its own consumer.
    pub product: Option<&'c str>,
    /// What changes about it.
    pub extent: Extent,
}

/// What changes about a contract, and how much that matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// The contract as a whole, as when it is served from elsewhere or no more.
    pub whole: Option<Impact>,
    /// Objects and fields.
    pub elements: BTreeMap<Element, Impact>,
}

/// A product that consumes contracts: what is known of it without reading its documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consumer {
    /// The name by which people refer to it: `domain/product`, or its id if it was never published.
    pub reference: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The domain that owns it.
    pub domain: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The version that was looked at.
    pub version: Option<String>,
    /// The status of that version.
    pub status: Option<String>,
    /// Whether it is in the registry.
    pub is_published: bool,
    /// What it reads.
    pub inputs: Vec<Input>,
    /// Whether it offers anything itself.
    pub has_outputs: bool,
}

/// An input port of a [`Consumer`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Input {
    /// The port's name.
    pub port: String,
    /// The contract that it relies on.
    pub contract: String,
    /// The version that it names.
    pub version: Option<String>,
}

/// The documents of a [`Consumer`].
#[derive(Debug, Clone)]
pub struct Manifests {
    /// The product.
    pub product: Arc<Document>,
    /// Its contracts.
    pub contracts: Vec<Arc<Document>>,
}

/// Where consumers are looked up.
pub trait Consumers {
    /// Why consumers or their documents could not be read.
    type Error;

    /// The products that have an input port with `contract`, each once.
    fn of(&mut self, contract: &str) -> Result<Vec<Arc<Consumer>>, Self::Error>;

    /// The documents of `consumers`, in their order. Asked for many at once, so that they can be read
    /// together; nothing is asked for twice.
    fn manifests(&mut self, consumers: &[Arc<Consumer>]) -> Result<Vec<Manifests>, Self::Error>;
}

/// What ties a consumer to what changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// It names something that changes.
    Named,
    /// The contract changes as a whole.
    Whole,
    /// It does not say which fields it uses, so it may be any.
    Unsaid,
    /// It names other fields only: not reached.
    OtherFields,
    /// It relies on another line of versions: not reached.
    OtherLine,
}

impl Reach {
    /// Whether the consumer has to care.
    pub const fn is_reached(self) -> bool {
        matches!(self, Self::Named | Self::Whole | Self::Unsaid)
    }
}

/// A consumer of a contract that changes, or of one that is made from it.
#[derive(Debug, Clone)]
pub struct Affected {
    /// Who.
    pub consumer: Arc<Consumer>,
    /// The contract through which.
    pub contract: String,
    /// The input port through which.
    pub input: Input,
    /// The consumer whose contract that is, by its place in the list; none for that which was asked about.
    pub through: Option<usize>,
    /// How many contracts lie between: 1 for a direct consumer.
    pub distance: usize,
    /// How it is reached, if it is.
    pub reach: Reach,
    /// How much the gravest of what reaches it matters.
    pub impact: Impact,
    /// Whether someone on the way does not say which fields they use.
    pub is_possible_only: bool,
    /// Where it names what changes; of one that is not reached, where it names anything.
    pub uses: Vec<Use>,
    /// What is made from what changes, of its own contracts: as `contract` and element, which is empty
    /// where it may be anything.
    pub passes_on: Vec<(String, String)>,
}
