//! Comparisons of excerpts, for the tests of single kinds.

use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::vocabulary::Vocabularies;

use crate::change::Change;
use crate::example::completed;
use crate::{Profile, Settings, compare};

/// What lies between two contracts, of which the keys that every contract has may be left out.
pub(crate) fn contract(old: &str, new: &str) -> Vec<Change> {
    compared(Kind::DataContract, old, new)
}

/// What lies between two products, of which the keys that every product has may be left out.
pub(crate) fn product(old: &str, new: &str) -> Vec<Change> {
    compared(Kind::DataProduct, old, new)
}

fn compared(kind: Kind, old: &str, new: &str) -> Vec<Change> {
    let document = |name: &str, yaml: &str| {
        let text = completed(kind, yaml);
        Document::parse(name, text.into_bytes(), Some(kind))
    };
    let vocabularies = Vocabularies::default();
    let settings = Settings::default();
    let context = settings.context(&vocabularies);
    let found = compare(
        &document("old.yaml", old),
        &document("new.yaml", new),
        context,
    );
    found.expect("excerpts can be compared").changes
}

/// The changes between two versions of the field `x` of the object `t`, each the inside of a flow
/// mapping, under `servers`: what each is, as "kind impact: message".
pub(crate) fn field(servers: &str, old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|inside| {
        format!("servers: {servers}\nschema:\n  - name: t\n    properties:\n      - {{name: x, {inside}}}\n")
    });
    let changes = contract(&old, &new);
    let text = |change: &Change| {
        let impact = change.impact(Profile::Read);
        format!("{} {impact}: {}", change.kind.id, change.message)
    };
    changes.iter().map(text).collect()
}
