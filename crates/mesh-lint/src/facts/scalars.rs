//! Every value of a document, whatever its place.

use std::collections::HashSet;

use mesh_spec::document::Document;
use mesh_spec::yaml::{self, NodeId, NodeRef, Value};

/// A string somewhere in a document.
pub(crate) struct Text<'d> {
    /// JSON Pointer of the string.
    pub(crate) pointer: String,
    /// The key it stands under. In a custom property, the name of the property; in a list, the key
    /// that the list stands under.
    pub(crate) key: &'d str,
    /// The string itself.
    pub(crate) value: &'d str,
}

/// The strings of `document`, in document order, each once however many aliases lead to it.
pub(crate) fn texts(document: &Document) -> Vec<Text<'_>> {
    let mut walk = Walk::default();
    if let Some(tree) = &document.tree {
        walk.visit(tree.root(), String::new(), "");
    }
    walk.found
}

#[derive(Default)]
struct Walk<'d> {
    /// Aliased nodes are shared, so a small document can have a great many paths.
    seen: HashSet<NodeId>,
    found: Vec<Text<'d>>,
}

impl<'d> Walk<'d> {
    fn visit(&mut self, node: NodeRef<'d>, pointer: String, key: &'d str) {
        if !self.seen.insert(node.id()) {
            return;
        }
        match node.value() {
            Value::String(value) => self.found.push(Text {
                pointer,
                key,
                value,
            }),
            Value::Sequence => {
                for (index, item) in node.items().enumerate() {
                    self.visit(item, format!("{pointer}/{index}"), key);
                }
            }
            Value::Mapping => {
                let property = node.get("property").and_then(NodeRef::as_str);
                for (name, value) in node.entries() {
                    let name = name.key_text();
                    let key = match property {
                        Some(property) if name == "value" => property,
                        _ => name,
                    };
                    self.visit(value, yaml::join(&pointer, name), key);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(yaml: &str) -> Vec<(String, String, String)> {
        let document = Document::parse("a.yaml", yaml.into(), None);
        let triple = |text: Text<'_>| (text.pointer, text.key.to_owned(), text.value.to_owned());
        texts(&document).into_iter().map(triple).collect()
    }

    #[test]
    fn a_text_knows_its_pointer_and_its_key() {
        let yaml = "tags: [a]\ncustomProperties:\n  - property: colour\n    value: [red]\n";
        let expected = [
            ("/tags/0", "tags", "a"),
            ("/customProperties/0/property", "property", "colour"),
            ("/customProperties/0/value/0", "colour", "red"),
        ];
        let owned = |(a, b, c): (&str, &str, &str)| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(found(yaml), expected.map(owned));
    }

    #[test]
    fn aliases_do_not_multiply() {
        let mut yaml = "a0: &a0 [x]\n".to_owned();
        for level in 1..40 {
            let below = level - 1;
            yaml.push_str(&format!("a{level}: &a{level} [*a{below}, *a{below}]\n"));
        }
        assert!(found(&yaml).len() < 200);
    }
}
