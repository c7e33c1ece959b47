//! Which published version a product is compared with.

use mesh_compat::{read_version, same_line};
use mesh_registry::{Entry, Snapshot};
use semver::Version;

/// What the product with `id` is compared with, if it was ever published: the highest release of the line
/// of `version`; in a new line, the highest release below it.
pub(crate) fn of(snapshot: &Snapshot, id: &str, version: Option<&str>) -> Option<Entry> {
    let product = snapshot.by_id(id)?;
    let versions: Vec<Version> = product.versions.iter().map(|e| e.version.clone()).collect();
    let place = best(&versions, version.and_then(read_version).as_ref())?;
    product.versions.into_iter().nth(place)
}

/// The position of the best of `versions`, which ascend.
fn best(versions: &[Version], declared: Option<&Version>) -> Option<usize> {
    let releases = || {
        let any = versions.iter().any(|version| version.pre.is_empty());
        let all = versions.iter().enumerate();
        all.filter(move |(_, version)| version.pre.is_empty() || !any)
            .rev()
    };
    let of_line = |declared: &Version| {
        let mut line = releases().filter(|(_, version)| same_line(version, declared));
        let below = || releases().find(|(_, version)| *version < declared);
        line.next().or_else(below)
    };
    declared
        .and_then(of_line)
        .or_else(|| releases().next())
        .map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_release_of_the_line_is_the_base() {
        let best = |versions: &[&str], declared: Option<&str>| {
            let versions: Vec<Version> = versions.iter().filter_map(|v| v.parse().ok()).collect();
            let declared = declared.and_then(|declared| declared.parse().ok());
            super::best(&versions, declared.as_ref()).map(|at| versions[at].to_string())
        };
        let versions = ["0.9.0", "1.0.0", "1.4.0", "2.0.0", "2.1.0-rc.1"];
        for (declared, expected) in [
            (Some("1.3.0"), "1.4.0"),
            (Some("1.4.0"), "1.4.0"),
            (Some("2.1.0"), "2.0.0"),
            (Some("3.0.0"), "2.0.0"),
            (Some("0.1.0"), "2.0.0"),
            (None, "2.0.0"),
        ] {
            assert_eq!(
                best(&versions, declared).as_deref(),
                Some(expected),
                "{declared:?}"
            );
        }
        assert_eq!(
            best(&["1.0.0-rc.1"], Some("1.0.0")).as_deref(),
            Some("1.0.0-rc.1")
        );
        assert_eq!(best(&[], Some("1.0.0")), None);
    }
}
