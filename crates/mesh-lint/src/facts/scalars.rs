//! Every text and every number of a document, whatever its place.

use std::collections::HashSet;

use mesh_spec::document::Document;
use mesh_spec::yaml::{self, NodeId, NodeRef, Value};

/// A text or a number somewhere in a document.
#[derive(Clone, Copy)]
pub(crate) struct Text<'d, 'w> {
    /// The key it stands under. In a custom property, the name of the property; in a list, the key
    /// that the list stands under. Empty for what is itself a key.
    pub(crate) key: &'d str,
    /// The text itself; a number as it is written.
    pub(crate) value: &'d str,
    /// Where it stands.
    pub(crate) node: NodeRef<'d>,
    path: &'w [Step<'d>],
}

#[derive(Clone, Copy)]
enum Step<'d> {
    Key(&'d str),
    Index(usize),
}

impl Text<'_, '_> {
    /// JSON Pointer of the text, of a key that of its mapping. Built only when asked for: hardly any
    /// text is of interest.
    pub(crate) fn pointer(&self) -> String {
        self.path
            .iter()
            .fold(String::new(), |pointer, step| match step {
                Step::Key(key) => yaml::join(&pointer, key),
                Step::Index(index) => format!("{pointer}/{index}"),
            })
    }
}

/// Shows `visit` the texts and numbers of `document`, in document order, each once however many
/// aliases lead to it.
pub(crate) fn each_text<'d>(document: &'d Document, visit: impl FnMut(Text<'d, '_>)) {
    walk(document, None, visit);
}

/// As [`each_text`], and keys as well. What aliases lead to is shown once under a key that is
/// `special`, and once under one that is not.
pub(crate) fn each_text_and_key<'d>(
    document: &'d Document,
    special: fn(&str) -> bool,
    visit: impl FnMut(Text<'d, '_>),
) {
    walk(document, Some(special), visit);
}

fn walk<'d>(
    document: &'d Document,
    special: Option<fn(&str) -> bool>,
    visit: impl FnMut(Text<'d, '_>),
) {
    if let Some(tree) = &document.tree {
        let mut walk = Walk {
            seen: tree.has_aliases().then(HashSet::new),
            special,
            path: Vec::new(),
            visit,
        };
        walk.go(tree.root(), "");
    }
}

struct Walk<'d, F> {
    /// Aliased nodes are shared, so a small document can have a great many paths.
    seen: Option<HashSet<(NodeId, bool)>>,
    special: Option<fn(&str) -> bool>,
    path: Vec<Step<'d>>,
    visit: F,
}

impl<'d, F: FnMut(Text<'d, '_>)> Walk<'d, F> {
    fn go(&mut self, node: NodeRef<'d>, key: &'d str) {
        if let Some(seen) = &mut self.seen {
            let is_special = self.special.is_some_and(|special| special(key));
            if !seen.insert((node.id(), is_special)) {
                return;
            }
        }
        match node.value() {
            Value::String(value) | Value::Number(value) => self.show(node, key, value),
            Value::Sequence => {
                for (index, item) in node.items().enumerate() {
                    self.step(Step::Index(index), item, key);
                }
            }
            Value::Mapping => {
                let property = node.get("property").and_then(NodeRef::as_str);
                for (name_node, value) in node.entries() {
                    let name = name_node.key_text();
                    if self.special.is_some() {
                        self.show(name_node, "", name);
                    }
                    let key = match property {
                        Some(property) if name == "value" => property,
                        _ => name,
                    };
                    self.step(Step::Key(name), value, key);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn show(&mut self, node: NodeRef<'d>, key: &'d str, value: &'d str) {
        (self.visit)(Text {
            key,
            value,
            node,
            path: &self.path,
        });
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
        let yaml = "tags: [a]\ncustomProperties:\n  - property: colour\n    value: [red, 7]\n";
        let expected = [
            ("/tags/0", "tags", "a"),
            ("/customProperties/0/property", "property", "colour"),
            ("/customProperties/0/value/0", "colour", "red"),
            ("/customProperties/0/value/1", "colour", "7"),
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
