//! What one record stands for, in words.

use mesh_spec::yaml::{NodeRef, Value};

use crate::compare::values;

/// Names of custom properties that say it.
pub(crate) const CUSTOM: &[&str] = &["granularity", "grain", "datagranularity"];

/// What is said of the granularity: a text, or a list of the fields that identify a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granularity {
    /// As it is written.
    pub(crate) text: String,
    /// What is compared.
    words: Vec<String>,
}

impl Granularity {
    /// What `node` says; nothing if that is no text and no list of texts.
    pub(crate) fn of(node: NodeRef<'_>) -> Option<Self> {
        let texts: Vec<&str> = values::scalars(node)?
            .into_iter()
            .map(|node| match node.value() {
                Value::String(text) | Value::Number(text) => Some(text.trim()),
                _ => None,
            })
            .collect::<Option<_>>()?;
        if texts.iter().all(|text| text.is_empty()) {
            return None;
        }
        let mut words: Vec<String> = match texts.as_slice() {
            [text] => plain(text).split(' ').map(str::to_owned).collect(),
            texts => texts.iter().map(|text| plain(text)).collect(),
        };
        // A list of fields has no order, a sentence has.
        if texts.len() > 1 {
            words.sort_unstable();
        }
        Some(Self {
            text: texts.join(", "),
            words,
        })
    }

    /// Whether it says the same: upper and lower case, spaces and the full stop do not matter.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.words == other.words
    }

    /// Whether `node` says the same.
    pub(crate) fn is_said_by(&self, node: Option<NodeRef<'_>>) -> bool {
        node.and_then(Self::of).is_some_and(|other| self.is(&other))
    }
}

fn plain(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_end_matches('.').trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mesh_spec::document::Document;

    fn of(yaml: &str) -> Option<Granularity> {
        let text = format!("value: {yaml}\n");
        let document = Document::parse("x.yaml", text.into_bytes(), None);
        let root = document.tree.as_ref().expect("it is YAML").root();
        Granularity::of(root.get("value").expect("it has a value"))
    }

    #[test]
    fn wording_is_compared_without_its_typography() {
        for (old, new, expected) in [
            ("One row per order.", "one row  per Order", true),
            ("One row per order.", "One row per order line.", false),
            ("daily", "Daily", true),
            ("daily", "monthly", false),
            ("[order_id, line]", "[line, order_id]", true),
            ("[order_id, line]", "[order_id]", false),
            ("[order_id]", "order_id", true),
            ("per order and day", "per day and order", false),
        ] {
            let (old_value, new_value) = (of(old).unwrap(), of(new).unwrap());
            assert_eq!(old_value.is(&new_value), expected, "{old} to {new}");
        }
        assert_eq!(of("{unit: order}"), None);
        assert_eq!(of("true"), None);
        assert_eq!(of("' '"), None);
    }
}
