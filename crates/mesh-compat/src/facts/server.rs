//! How a server is reached.

use mesh_spec::model::odcs::server_types::{Literal, server_type};

use crate::pair::{Both, Pair};
use crate::quote::quoted;

/// The keys of a server that are part of its address.
pub(crate) const ADDRESS: &[&str] = &[
    "account",
    "catalog",
    "catalogUrl",
    "database",
    "dataset",
    "endpointUrl",
    "host",
    "location",
    "namespace",
    "path",
    "port",
    "project",
    "schema",
    "serviceName",
    "stagingDir",
    "stream",
    "warehouse",
    "workgroup",
];

/// The keys of a server that say how what it serves is read.
pub(crate) const FORM: &[&str] = &["type", "format", "encoding", "delimiter"];

/// Names of one type of server.
const TYPES: [(&str, &str); 3] = [
    ("postgresql", "postgres"),
    ("poet", "fastobjects"),
    ("btrieve", "zen"),
];

/// The value of a key of a server before and after, such that other notations of the same are equal.
pub(crate) fn value(pair: &Pair<'_>, key: &str) -> Both<Option<String>> {
    let texts = pair.text(key);
    let types = pair.text("type");
    let of = |text: Option<&str>, kind: Option<&str>| {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let text = text.map_or_else(|| default(kind?, key), |text| Some(text.to_owned()))?;
        Some(canonical(key, &text))
    };
    Both {
        old: of(texts.old, types.old),
        new: of(texts.new, types.new),
    }
}

fn canonical(key: &str, text: &str) -> String {
    let lower = text.to_lowercase();
    match key {
        "type" => {
            let found = TYPES.iter().find(|(other, _)| *other == lower);
            found.map_or(lower, |(_, name)| (*name).to_owned())
        }
        "format" => lower,
        "encoding" => lower.replace(['-', '_', ' '], ""),
        "host" => lower.trim_end_matches('.').to_owned(),
        _ => text.to_owned(),
    }
}

/// What a reader assumes of a type of server that does not say.
fn default(kind: &str, key: &str) -> Option<String> {
    let kind = server_type(kind)?;
    let field = kind.fields.iter().find(|field| field.name == key)?;
    Some(match field.default? {
        Literal::Text(text) => text.to_owned(),
        Literal::Number(number) => number.to_string(),
    })
}

/// "`host` went from `a` to `b`".
pub(crate) fn went(pair: &Pair<'_>, key: &str) -> String {
    match pair.text(key).split() {
        (Some(old), Some(new)) => format!("`{key}` went from {} to {}", quoted(old), quoted(new)),
        (None, Some(new)) => format!("`{key}` is {} now, and was not said", quoted(new)),
        (Some(old), None) => format!("`{key}` is not said any more, and was {}", quoted(old)),
        (None, None) => format!("`{key}` changed"),
    }
}
