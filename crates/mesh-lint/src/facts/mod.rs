//! What rules need to know about documents and would otherwise each work out for themselves.

pub(crate) mod classification;
pub(crate) mod element;
pub(crate) mod ending;
pub(crate) mod glossary;
pub(crate) mod identifier;
pub(crate) mod iso;
pub(crate) mod names;
pub(crate) mod personal;
pub(crate) mod physical_type;
pub(crate) mod region;
pub(crate) mod sample;
pub(crate) mod scalars;
pub(crate) mod secret;
pub(crate) mod withdrawn;
pub(crate) mod words;

use mesh_diagnostics::nearest;
use mesh_spec::document::Document;
pub(crate) use mesh_spec::facts::{fields, quality};
pub(crate) use mesh_spec::terms::placeholder;
use mesh_spec::yaml::{NodeRef, Value};

/// Whether nothing stands at `pointer`: no key, a null, blank text, an empty list or mapping.
///
/// A value of the wrong type is something: the schema has already objected to it, and saying that
/// it, or what it should have held, is missing would be a second finding for the same mistake. So it
/// is with a key that is misspelt.
pub(crate) fn is_missing(document: &Document, pointer: &str) -> bool {
    let Some(tree) = &document.tree else {
        return false;
    };
    match tree.at(pointer).map(|node| (node, node.value())) {
        Some((_, Value::Null)) => true,
        Some((_, Value::String(text))) => text.trim().is_empty(),
        Some((node, Value::Sequence)) => node.items().len() == 0,
        Some((node, Value::Mapping)) => node.entries().len() == 0,
        Some((_, Value::Bool(_) | Value::Number(_))) => false,
        None => match pointer.rsplit_once('/') {
            Some((parent, key)) => match tree.at(parent).map(NodeRef::value) {
                Some(Value::Mapping) => !is_misspelt(document, parent, key),
                Some(_) | None => is_missing(document, parent),
            },
            None => false,
        },
    }
}

/// As [`is_missing`], of a key whose text the model has as `text`. Hardly any is missing, so the
/// document is only asked, and `pointer` only made, where the model has nothing.
pub(crate) fn is_text_missing(
    document: &Document,
    text: Option<&str>,
    pointer: impl FnOnce() -> String,
) -> bool {
    text.is_none_or(|text| text.trim().is_empty()) && is_missing(document, &pointer())
}

/// Whether the schema has found a key beside `key`, in the mapping at `parent`, that it does not know
/// and that is nearly `key`.
fn is_misspelt(document: &Document, parent: &str, key: &str) -> bool {
    document.violated_beneath(parent).any(|other| {
        other != key
            && nearest(other, [key]).is_some()
            // A required key that is missing is objected to as well, and is no spelling of another.
            && document
                .tree
                .as_ref()
                .is_some_and(|tree| tree.at(&format!("{parent}/{other}")).is_some())
    })
}

/// Whether the schema accepts what stands at `pointer` and beneath it. Where it does not, the model
/// lacks what was rejected, and a rule that misses it would repeat the schema's finding.
pub(crate) fn is_sound(document: &Document, pointer: &str) -> bool {
    document.is_sound(pointer)
}

/// As [`is_sound`], of several keys of what stands at `pointer`.
pub(crate) fn are_sound(document: &Document, pointer: &str, keys: &[&str]) -> bool {
    keys.iter()
        .all(|key| is_sound(document, &format!("{pointer}/{key}")))
}

#[cfg(test)]
mod tests {
    use mesh_spec::model::Kind;

    use super::*;

    fn product(yaml: &str) -> Document {
        let text = format!("apiVersion: v1.1.0\nkind: DataProduct\nid: a\n{yaml}");
        Document::parse(
            "dataproduct.yaml",
            text.into_bytes(),
            Some(Kind::DataProduct),
        )
    }

    #[test]
    fn what_is_absent_or_empty_is_missing() {
        for yaml in [
            "",
            "description:\n",
            "description: {}\n",
            "description: {purpose: ' '}\n",
        ] {
            assert!(is_missing(&product(yaml), "/description/purpose"), "{yaml}");
        }
    }

    #[test]
    fn what_is_misspelt_is_not_missing() {
        let document = product("discription: {purpose: a}\nnaem: b\n");
        assert!(!is_missing(&document, "/description/purpose"));
        assert!(!is_missing(&document, "/name"));
        assert!(is_missing(&document, "/domain"));
    }

    #[test]
    fn what_is_of_the_wrong_type_is_not_missing() {
        for yaml in [
            "description: Orders\n",
            "description: [a]\n",
            "description: {purpose: 1}\n",
        ] {
            assert!(
                !is_missing(&product(yaml), "/description/purpose"),
                "{yaml}"
            );
        }
    }

    #[test]
    fn a_violation_makes_everything_above_it_unsound() {
        let document = product("team: {name: 1}\ntags: [a]\n");
        assert!(!is_sound(&document, "/team"));
        assert!(is_sound(&document, "/tags") && is_sound(&document, "/te"));
    }
}
