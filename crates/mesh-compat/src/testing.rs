//! What tests of several kinds of change need.

use mesh_spec::vocabulary::Vocabularies;

use crate::{Change, Context, Example, compare};

/// The changes between two excerpts of a data contract, as in [`Example`].
pub(crate) fn contract(old: &str, new: &str) -> Vec<Change> {
    changes(Example::contract(kept(old), kept(new)))
}

/// The changes between two excerpts of a data product, as in [`Example`].
#[allow(dead_code, reason = "kinds of both sorts of document use this module")]
pub(crate) fn product(old: &str, new: &str) -> Vec<Change> {
    changes(Example::product(kept(old), kept(new)))
}

/// Examples are constants; those of a test last as long as the test run.
fn kept(yaml: &str) -> &'static str {
    yaml.to_owned().leak()
}

fn changes(example: Example) -> Vec<Change> {
    let (old, new) = example.documents();
    let vocabularies = Vocabularies::default();
    let context = Context {
        vocabularies: &vocabularies,
    };
    let comparison = compare(&old, &new, context).expect("excerpts can be compared");
    comparison.changes
}
