//! Ports, several versions of which may stand side by side.

use std::collections::{BTreeMap, HashMap};

use mesh_spec::yaml::{NodeRef, Value};
use semver::Version;

use crate::change::Found;
use crate::pair::{Both, Pair};
use crate::quote::quoted;
use crate::version::{read_version, same_line};

/// The output ports of both documents, once they were collected.
pub(crate) type Known = Option<Both<Offers>>;

/// The output ports of a product by their names.
pub(crate) type Offers = HashMap<String, Lines>;

/// The versions of a port: of each line, the highest, as it is read and as it is written.
pub(crate) type Lines = BTreeMap<(u64, u64), (Version, String)>;

/// An output port that came or went, in a sentence; with its version where that is what tells it from
/// a port of the same name on the other side.
pub(crate) fn subject(pair: &Pair<'_>, found: &mut Found<'_>) -> String {
    let subject = pair.subject();
    let version = pair.text("version");
    match version.old.or(version.new) {
        Some(version) if others(pair, found).is_some() => {
            format!("version {} of {subject}", quoted(version))
        }
        _ => subject,
    }
}

/// The highest version of the same line as the port that is gone, if it is not older, that is offered
/// under its name.
pub(crate) fn successor(pair: &Pair<'_>, found: &mut Found<'_>) -> Option<String> {
    let gone = read_version(pair.text("version").old?)?;
    let (highest, text) = others(pair, found)?.get(&line(&gone))?;
    (*highest >= gone).then(|| text.clone())
}

/// The ports of the same name on the side on which an output port is not.
fn others<'f>(pair: &Pair<'_>, found: &'f mut Found<'_>) -> Option<&'f Lines> {
    let known = found.memory.ports.get_or_insert_with(|| {
        let lists = pair.owner.map(|owner| owner.at("outputPorts"));
        lists.unwrap_or_default().map(offers)
    });
    let offers = if pair.is_removed() {
        &known.new
    } else {
        &known.old
    };
    offers.get(pair.name()?)
}

fn offers(ports: Option<NodeRef<'_>>) -> Offers {
    let mut found = Offers::new();
    for port in ports.into_iter().flat_map(NodeRef::items) {
        let Some(name) = port.get("name").and_then(NodeRef::as_str) else {
            continue;
        };
        let lines = found.entry(name.to_owned()).or_default();
        if let Some(Value::String(text) | Value::Number(text)) =
            port.get("version").map(NodeRef::value)
            && let Some(version) = read_version(text)
        {
            let highest = lines.get(&line(&version));
            if highest.is_none_or(|(highest, _)| *highest < version) {
                lines.insert(line(&version), (version, text.to_owned()));
            }
        }
    }
    found
}

/// What versions have in common between which [nothing breaks](same_line).
fn line(version: &Version) -> (u64, u64) {
    match version.major {
        0 => (0, version.minor),
        major => (major, 0),
    }
}

/// Whether two versions are one, however they are written: `v1.2.0` is `1.2.0`.
pub(crate) fn is_same_version(old: &str, new: &str) -> bool {
    let versions = read_version(old).zip(read_version(new));
    versions.is_some_and(|(old, new)| old == new)
}

/// Whether two versions are of one line, within which nothing breaks; false if that cannot be told.
pub(crate) fn is_of_same_line(old: &str, new: &str) -> bool {
    let versions = read_version(old).zip(read_version(new));
    versions.is_some_and(|(old, new)| same_line(&old, &new))
}

/// Whether two versions are of different lines; false if that cannot be told.
pub(crate) fn is_of_other_line(old: &str, new: &str) -> bool {
    let versions = read_version(old).zip(read_version(new));
    versions.is_some_and(|(old, new)| !same_line(&old, &new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart_where_versions_can_be_read() {
        assert!(is_same_version("v1.2.0", "1.2") && !is_same_version("1.2.0", "1.2.1"));
        assert!(is_of_same_line("1.2.0", "1.9.0") && !is_of_other_line("1.2.0", "1.9.0"));
        assert!(is_of_other_line("1", "2") && !is_of_same_line("1", "2"));
        assert!(!is_of_other_line("one", "two") && !is_of_same_line("one", "two"));
    }
}
