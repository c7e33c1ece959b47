//! Excerpts of documents compared, for tests of single kinds.

use mesh_spec::vocabulary::Vocabularies;

use crate::Context;
use crate::change::Change;
use crate::compare::compare;
use crate::example::Example;

/// What is different between two excerpts of a contract.
pub(crate) fn contract(old: &str, new: &str) -> Vec<Change> {
    compared(&Example::contract(leaked(old), leaked(new)))
}

/// What is different between two excerpts of a product.
pub(crate) fn product(old: &str, new: &str) -> Vec<Change> {
    compared(&Example::product(leaked(old), leaked(new)))
}

/// Examples live as long as the program; what tests make of them is small.
fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn compared(example: &Example) -> Vec<Change> {
    let (old, new) = example.documents();
    let vocabularies = Vocabularies::default();
    let context = Context {
        vocabularies: &vocabularies,
    };
    let found = compare(&old, &new, context).expect("excerpts can be compared");
    found.changes
}
