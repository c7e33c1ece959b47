//! What tests of kinds have in common.

use mesh_spec::model::Kind;
use mesh_spec::vocabulary::Vocabularies;

use crate::change::Change;
use crate::compare::compare;
use crate::example::Example;
use crate::{Context, Impact, Profile};

/// The changes between two excerpts of a contract.
pub(crate) fn contract(old: &str, new: &str) -> Vec<Change> {
    changes(Kind::DataContract, old, new)
}

/// The changes between two excerpts of a product.
#[allow(dead_code)]
pub(crate) fn product(old: &str, new: &str) -> Vec<Change> {
    changes(Kind::DataProduct, old, new)
}

fn changes(kind: Kind, old: &str, new: &str) -> Vec<Change> {
    // Examples are static, and tests are short-lived.
    let [old, new] = [old, new].map(|text| &*Box::leak(text.to_owned().into_boxed_str()));
    let example = match kind {
        Kind::DataContract => Example::contract(old, new),
        Kind::DataProduct => Example::product(old, new),
    };
    let (old, new) = example.documents();
    let vocabularies = Vocabularies::default();
    let context = Context {
        vocabularies: &vocabularies,
    };
    compare(&old, &new, context)
        .expect("the excerpts can be compared")
        .changes
}

/// The changes between two versions of the field `x` of the object `t`, each the inside of a flow
/// mapping, under `servers`: what each is, as "kind impact: message".
pub(crate) fn field(servers: &str, old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|inside| {
        format!("servers: {servers}\nschema:\n  - name: t\n    properties:\n      - {{name: x, {inside}}}\n")
    });
    let changes = contract(&old, &new);
    let text = |change: &Change| {
        let impact: Impact = change.impact(Profile::Read);
        format!("{} {impact}: {}", change.kind.id, change.message)
    };
    changes.iter().map(text).collect()
}
