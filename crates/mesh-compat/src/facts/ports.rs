//! Ports, several versions of which may stand side by side.

use mesh_spec::yaml::{NodeRef, Value};

use crate::pair::Pair;
use crate::version::{read_version, same_line};

/// An output port that came or went, in a sentence; with its version where that is what tells it from
/// a port of the same name on the other side.
pub(crate) fn subject(pair: &Pair<'_>) -> String {
    let subject = pair.subject();
    let version = pair.text("version");
    match version.old.or(version.new) {
        Some(version) if others(pair).next().is_some() => {
            format!("version `{version}` of {subject}")
        }
        _ => subject,
    }
}

/// A version of the same line as the port that is gone, and not older, that is offered under its name.
pub(crate) fn successor<'p>(pair: &Pair<'p>) -> Option<&'p str> {
    let gone = read_version(pair.text("version").old?)?;
    others(pair).find_map(|port| {
        let (Value::String(text) | Value::Number(text)) = port.get("version")?.value() else {
            return None;
        };
        let version = read_version(text)?;
        (same_line(&gone, &version) && version >= gone).then_some(text)
    })
}

/// The ports of the same name on the side on which an output port is not.
fn others<'p>(pair: &Pair<'p>) -> impl Iterator<Item = NodeRef<'p>> {
    let ports = pair.owner.and_then(|owner| {
        let ports = owner.at("outputPorts");
        if pair.is_removed() {
            ports.new
        } else {
            ports.old
        }
    });
    let name = pair.name();
    let ports = ports.into_iter().flat_map(NodeRef::items);
    ports.filter(move |port| name.is_some() && port.get("name").and_then(NodeRef::as_str) == name)
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
