//! Whether values can be read as they are.

use mesh_spec::yaml::{NodeRef, Value};

use crate::change::On;
use crate::entity::Entity;
use crate::pair::{Both, Pair};

/// Names of custom properties that say so.
const NAMES: &[&str] = &[
    "encrypted",
    "encryption",
    "isencrypted",
    "encryptionalgorithm",
    "encryptionmethod",
];

/// What kinds about encryption listen to.
pub(crate) const ON: &[On] = &[
    On::Keys(Entity::Field, &["encryptedName"]),
    On::Added(Entity::Custom),
    On::Removed(Entity::Custom),
    On::Keys(Entity::Custom, &["value"]),
];

/// What was found about the encryption of an object or a field.
#[derive(Debug)]
pub(crate) struct Encryption {
    /// The key to report it at; empty for a custom property that came or went.
    pub(crate) key: &'static str,
    /// What is encrypted.
    pub(crate) subject: String,
    /// How, in the document's words; nothing where it is not.
    pub(crate) how: Both<Option<String>>,
}

/// What changed about encryption, if `pair` is about it.
pub(crate) fn of(pair: &Pair<'_>) -> Option<Encryption> {
    if pair.entity == Entity::Field {
        let how = pair.text("encryptedName");
        return Some(Encryption {
            key: "encryptedName",
            subject: pair.subject(),
            how: how.map(|name| name.map(|name| format!("under `{name}`"))),
        });
    }
    // Where a server or a whole contract speaks of encryption, it may be one that readers do not see.
    let owner = pair
        .owner
        .filter(|owner| matches!(owner.entity, Entity::Field | Entity::Object))?;
    if !pair.is_custom(NAMES) {
        return None;
    }
    let is_whole = pair.is_added() || pair.is_removed();
    // What is not understood is not judged.
    let how = pair.at("value").map(|node| match node {
        Some(node) => said(node),
        None => Ok(None),
    });
    Some(Encryption {
        key: if is_whole { "" } else { "value" },
        subject: owner.subject(),
        how: Both {
            old: how.old.ok()?,
            new: how.new.ok()?,
        },
    })
}

/// A value that is neither yes nor no nor the name of a method.
struct Unclear;

fn said(node: NodeRef<'_>) -> Result<Option<String>, Unclear> {
    match node.value() {
        Value::Bool(is_encrypted) => Ok(is_encrypted.then(String::new)),
        Value::String(text) => {
            let text = text.trim();
            let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
            Ok(if is(&["", "no", "none", "false", "n"]) {
                None
            } else if is(&["yes", "true", "y"]) {
                Some(String::new())
            } else {
                Some(format!("by `{text}`"))
            })
        }
        _ => Err(Unclear),
    }
}
