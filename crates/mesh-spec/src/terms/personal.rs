//! Personal data: what says that values are personal, or that they are not.

use serde_json::Value;

use super::words::{Words, words};
use crate::model::CustomProperty;

/// Words of which one in a tag, a label or the name of a custom property speaks of personal data.
const MARKS: [&str; 10] = [
    "personal",
    "pii",
    "spii",
    "phi",
    "gdpr",
    "dsgvo",
    "hipaa",
    "ccpa",
    "personenbezogen",
    "personaldata",
];

/// Words with which the same tag says the opposite.
const NEGATIONS: [&str; 5] = ["no", "non", "not", "without", "nonpersonal"];

/// Words with which a tag says that the values are of no living person.
const UNREAL: [&str; 4] = ["anonymised", "anonymized", "synthetic", "fictitious"];

/// What the value of a custom property is where its name does not hold.
const DENIALS: [&str; 5] = ["false", "no", "none", "n", ""];

/// What a tag or a label says about whether values are personal: `personal` that they are,
/// `non-personal` and `synthetic` that they are not, `orders` nothing.
pub fn says_personal(tag: &str) -> Option<bool> {
    in_words(&words(tag))
}

/// What a custom property says about whether values are personal, if anything: by its name, such as
/// `pii: true`, or by what it holds, if it holds tags or a label.
pub fn in_property(entry: &CustomProperty) -> Option<bool> {
    const LABELS: [&str; 7] = [
        "tag",
        "tags",
        "label",
        "labels",
        "classification",
        "sensitivity",
        "category",
    ];
    let name = words(entry.property.as_deref()?);
    let value = entry.value.as_ref()?;
    if let Some(said) = in_words(&name) {
        let denied = match value {
            Value::Bool(value) => !value,
            Value::String(text) => {
                let text = text.trim();
                DENIALS.iter().any(|no| text.eq_ignore_ascii_case(no))
            }
            Value::Null => return None,
            _ => false,
        };
        return Some(said != denied);
    }
    if !LABELS.iter().any(|label| name.end_with(label)) {
        return None;
    }
    let texts = match value {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    texts
        .iter()
        .filter_map(|text| says_personal(text.as_str()?))
        .reduce(|a, b| a || b)
}

/// As [`says_personal`], of a text whose words are known.
fn in_words(words: &Words<'_>) -> Option<bool> {
    if UNREAL.iter().any(|word| words.has(word)) || words.has("nonpersonal") {
        return Some(false);
    }
    MARKS
        .iter()
        .any(|word| words.has(word))
        .then(|| !NEGATIONS.iter().any(|word| words.has(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_yes_no_or_nothing() {
        for (tag, expected) in [
            ("personal", Some(true)),
            ("PII", Some(true)),
            ("personal-data", Some(true)),
            ("gdpr:art9", Some(true)),
            ("personalData", Some(true)),
            ("non-personal", Some(false)),
            ("no_pii", Some(false)),
            ("synthetic", Some(false)),
            ("orders", None),
            ("impersonal", None),
            ("sensitive", None),
            ("philosophy", None),
        ] {
            assert_eq!(says_personal(tag), expected, "{tag}");
        }
    }

    #[test]
    fn a_custom_property_says_so_by_its_value() {
        let said = |name: &str, value: Value| {
            in_property(&CustomProperty {
                property: Some(name.to_owned()),
                value: Some(value),
                ..CustomProperty::default()
            })
        };
        assert_eq!(said("pii", true.into()), Some(true));
        assert_eq!(said("containsPii", "yes".into()), Some(true));
        assert_eq!(said("pii", false.into()), Some(false));
        assert_eq!(said("personalData", "none".into()), Some(false));
        assert_eq!(said("colour", true.into()), None);
        assert_eq!(said("tags", "TABLE_PII".into()), Some(true));
        assert_eq!(said("dataClassification", "personal".into()), Some(true));
        assert_eq!(said("labels", serde_json::json!(["a", "pii"])), Some(true));
        assert_eq!(said("owner", "pii team".into()), None);
    }
}
