//! Every string of a document, whatever its place.

use std::collections::HashSet;

use mesh_spec::document::Document;
use mesh_spec::yaml::{self, NodeId, NodeRef, Value};

/// A string somewhere in a document.
#[derive(Clone, Copy)]
pub(crate) struct Text<'d, 'w> {
    /// The key it stands under. In a custom property, the name of the property; in a list, the key
    /// that the list stands under.
    pub(crate) key: &'d str,
    /// The string itself.
    pub(crate) value: &'d str,
    path: &'w [Step<'d>],
}

#[derive(Clone, Copy)]
enum Step<'d> {
    Key(&'d str),
    Index(usize),
}

impl Text<'_, '_> {
    /// JSON Pointer of the string. Built only when asked for: hardly any string is of interest.
    pub(crate) fn pointer(&self) -> String {
        self.path
            .iter()
            .fold(String::new(), |pointer, step| match step {
                Step::Key(key) => yaml::join(&pointer, key),
                Step::Index(index) => format!("{pointer}/{index}"),
            })
    }
}

/// Shows `visit` the strings of `document`, in document order, each once however many aliases lead
/// to it.
pub(crate) fn each_text<'d>(document: &'d Document, visit: impl FnMut(Text<'d, '_>)) {
    if let Some(tree) = &document.tree {
        let mut walk = Walk {
            seen: tree.has_aliases().then(HashSet::new),
            path: Vec::new(),
            visit,
        };
        walk.go(tree.root(), "");
    }
}

struct Walk<'d, F> {
    /// Aliased nodes are shared, so a small document can have a great many paths.
    seen: Option<HashSet<NodeId>>,
    path: Vec<Step<'d>>,
    visit: F,
}

impl<'d, F: FnMut(Text<'d, '_>)> Walk<'d, F> {
    fn go(&mut self, node: NodeRef<'d>, key: &'d str) {
        if self
            .seen
            .as_mut()
            .is_some_and(|seen| !seen.insert(node.id()))
        {
            return;
        }
        match node.value() {
            Value::String(value) => (self.visit)(Text {
                key,
                value,
                path: &self.path,
            }),
            Value::Sequence => {
                for (index, item) in node.items().enumerate() {
                    self.step(Step::Index(index), item, key);
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
                    self.step(Step::Key(name), value, key);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn step(&mut self, step: Step<'d>, node: NodeRef<'d>, key: &'d str) {
        self.path.push(step);
        self.go(node, key);
        self.path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(yaml: &str) -> Vec<(String, String, String)> {
        let document = Document::parse("a.yaml", yaml.into(), None);
        let mut found = Vec::new();
        each_text(&document, |text| {
            found.push((text.pointer(), text.key.to_owned(), text.value.to_owned()));
        });
        found
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
