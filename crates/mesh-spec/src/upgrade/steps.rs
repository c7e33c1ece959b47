//! What differs between the versions of the standards, and how it is carried over.
//!
//! Keys that are merely new, or no longer required, need nothing. What does is:
//!
//! - a team is a list of members until ODPS v0.9.0 and ODCS v3.0.2, and an object since;
//! - custom properties have a `vendor` since ODPS v1.1.0 and ODCS v3.2.0; before, mesh writes its
//!   own with the prefix `mesh.`;
//! - `slaDefaultElement` is deprecated since ODCS v3.1.0: each service level names its element;
//! - a check's `rule` is its `metric` since ODCS v3.1.0;
//! - `exclusiveMinimum` and `exclusiveMaximum` say whether the bound itself is forbidden until ODCS
//!   v3.0.2, and are the bound since;
//! - a server's `staging_dir` is `stagingDir` since ODCS v3.0.2.

use mesh_diagnostics::Change;
use semver::Version;
use serde_json::{Map, Value as Json};

use crate::model::mesh;
use crate::model::{ApiVersion, Kind};
use crate::yaml::{Tree, edit, join};

/// Names of library checks before v3.1.0, and what they measure.
const METRICS: [(&str, &str); 6] = [
    ("duplicateCount", "duplicateValues"),
    ("duplicateValues", "duplicateValues"),
    ("invalidValues", "invalidValues"),
    ("missingValues", "missingValues"),
    ("nullValues", "nullValues"),
    ("rowCount", "rowCount"),
];

/// Whether a team has to become an object between two versions.
pub(super) fn needs_team_object(from: ApiVersion, to: ApiVersion) -> bool {
    match to.kind() {
        Kind::DataProduct => crosses(from, to, 1, 0, 0),
        // A list is still allowed, and deprecated.
        Kind::DataContract => to.to_semver() >= Version::new(3, 1, 0),
    }
}

/// The changes between two versions, in groups that can be made one without the other.
pub(super) fn changes(tree: &Tree, from: ApiVersion, to: ApiVersion) -> Vec<Vec<Change>> {
    let json = tree.to_json();
    let mut groups = Vec::new();
    let has_vendor = match to.kind() {
        Kind::DataProduct => crosses(from, to, 1, 1, 0),
        Kind::DataContract => crosses(from, to, 3, 2, 0),
    };
    let is_contract = to.kind() == Kind::DataContract;
    let closes = is_contract && crosses(from, to, 3, 1, 0);
    each_object(&json, "", &mut |pointer, object| {
        if has_vendor {
            groups.extend(vendor(pointer, object));
        }
        if closes && pointer.ends_with("/logicalTypeOptions") {
            groups.extend(bounds(tree, pointer, object));
        }
        if closes && is_item_of(pointer, "quality") {
            groups.extend(metric(pointer, object));
        }
        if is_contract && crosses(from, to, 3, 0, 2) && is_item_of(pointer, "servers") {
            groups.extend(staging_dir(pointer, object));
        }
    });
    if closes && !edit::holds_comments(tree, "/slaDefaultElement") {
        groups.extend(default_element(&json));
    }
    groups
}

/// Whether the version is among those after `from` up to `to`.
fn crosses(from: ApiVersion, to: ApiVersion, major: u64, minor: u64, patch: u64) -> bool {
    let version = Version::new(major, minor, patch);
    from.to_semver() < version && version <= to.to_semver()
}

/// Shows `visit` every object of a document with its pointer.
fn each_object(value: &Json, pointer: &str, visit: &mut impl FnMut(&str, &Map<String, Json>)) {
    match value {
        Json::Object(map) => {
            visit(pointer, map);
            for (key, value) in map {
                each_object(value, &join(pointer, key), visit);
            }
        }
        Json::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                each_object(value, &format!("{pointer}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// Whether `pointer` leads to an item of a list under `key`.
fn is_item_of(pointer: &str, key: &str) -> bool {
    pointer
        .rsplit_once('/')
        .and_then(|(list, _)| list.strip_suffix(key))
        .is_some_and(|before| before.ends_with('/'))
}

/// mesh's own custom properties say whose they are.
fn vendor(pointer: &str, object: &Map<String, Json>) -> Option<Vec<Change>> {
    let property = object.get("property")?.as_str()?;
    let name = property.strip_prefix(mesh::VENDOR)?.strip_prefix('.')?;
    let is_ours = is_item_of(pointer, "customProperties") && mesh::NAMES.contains(&name);
    (is_ours && !object.contains_key("vendor")).then(|| {
        vec![
            Change::set(join(pointer, "property"), name),
            Change::Insert {
                pointer: pointer.to_owned(),
                key: "vendor".to_owned(),
                value: mesh::VENDOR.into(),
                after: Some("property".to_owned()),
            },
        ]
    })
}

/// A bound that is forbidden itself is an exclusive bound.
fn bounds(tree: &Tree, pointer: &str, object: &Map<String, Json>) -> Vec<Vec<Change>> {
    [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ]
    .into_iter()
    .filter_map(|(bound, exclusive)| {
        let is_exclusive = object.get(exclusive)?.as_bool()?;
        let pointer_of = |key| join(pointer, key);
        if edit::holds_comments(tree, &pointer_of(exclusive)) {
            return None;
        }
        let mut changes = vec![Change::Remove {
            pointer: pointer_of(exclusive),
        }];
        if is_exclusive && object.contains_key(bound) {
            changes.push(Change::Rename {
                pointer: pointer_of(bound),
                key: exclusive.to_owned(),
            });
        }
        Some(changes)
    })
    .collect()
}

/// A library check names its metric.
fn metric(pointer: &str, object: &Map<String, Json>) -> Option<Vec<Change>> {
    let is_library = object.get("type").is_none_or(|name| name == "library");
    let rule = object.get("rule")?.as_str()?;
    let (_, metric) = METRICS.iter().find(|(name, _)| *name == rule)?;
    if !is_library || object.contains_key("metric") {
        return None;
    }
    let pointer = join(pointer, "rule");
    let mut changes = vec![Change::Rename {
        pointer: pointer.clone(),
        key: "metric".to_owned(),
    }];
    if *metric != rule {
        changes.push(Change::set(pointer, *metric));
    }
    Some(changes)
}

fn staging_dir(pointer: &str, object: &Map<String, Json>) -> Option<Vec<Change>> {
    let is_free = object.contains_key("staging_dir") && !object.contains_key("stagingDir");
    is_free.then(|| {
        vec![Change::Rename {
            pointer: join(pointer, "staging_dir"),
            key: "stagingDir".to_owned(),
        }]
    })
}

/// Each service level names the element that was the default.
fn default_element(json: &Json) -> Option<Vec<Change>> {
    let element = json.get("slaDefaultElement")?;
    let levels = json.get("slaProperties")?.as_array()?;
    if !element.is_string() || levels.is_empty() || !levels.iter().all(Json::is_object) {
        return None;
    }
    let mut changes = vec![Change::Remove {
        pointer: "/slaDefaultElement".to_owned(),
    }];
    for (index, level) in levels.iter().enumerate() {
        if level.get("element").is_none() {
            changes.push(Change::Insert {
                pointer: format!("/slaProperties/{index}"),
                key: "element".to_owned(),
                value: element.clone(),
                after: None,
            });
        }
    }
    Some(changes)
}
