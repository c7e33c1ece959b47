use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::Frame;
use super::values::{Values, blanked, ends};
use crate::change::{Change, Place};
use crate::compare::Subject;
use crate::{Comparison, Impact};

/// What stands for a whole document where the draft asks for a section and a field.
const DOCUMENT: &str = "document";

/// Writes what differs in the draft Open Metadata Difference Standard (Bitol RFC 0039), one YAML document for each pair.
///
/// The draft leaves some things open, and others out:
/// - What needs review is `UNKNOWN`, and is in none of its three counts, but in `suggestedVersion`.
/// - What means the same is no difference. Two documents that mean the same have no `diffs`.
/// - A document that is new or gone has an empty version on the other side, and nothing is suggested.
///
/// Values are taken from the documents, and `blank` takes out of them what is not to be told.
pub fn omds(
    set: &[Comparison],
    frame: &Frame<'_>,
    blank: &dyn Fn(&mut String),
    mut out: impl Write,
) -> io::Result<()> {
    let mut values = Values::default();
    for (index, comparison) in set.iter().enumerate() {
        if index > 0 {
            writeln!(out, "---")?;
        }
        let view = Difference::of(comparison, frame, &mut |place| {
            let value = values.at(place)?;
            Some(blanked(value, blank))
        });
        serde_yaml::to_writer(&mut out, &view).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Says what stands at a place.
type ValueAt<'a> = dyn FnMut(&Place) -> Option<Value> + 'a;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Difference<'v> {
    api_version: &'static str,
    kind: &'static str,
    source_kind: &'static str,
    source1: Reference<'v>,
    source2: Reference<'v>,
    scope: &'static str,
    impact: Impacts,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggested_version: Option<String>,
    diffs: Vec<Diff<'v>>,
    custom_properties: [Property; 1],
}

#[derive(Serialize)]
struct Reference<'v> {
    id: &'v str,
    version: &'v str,
}

#[derive(Serialize)]
struct Impacts {
    major: usize,
    minor: usize,
    patch: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Diff<'v> {
    r#type: &'static str,
    section: String,
    field: String,
    path: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value1: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value2: Option<Value>,
    message: &'v str,
    impact_level: &'static str,
}

#[derive(Serialize)]
struct Property {
    property: &'static str,
    value: String,
}

impl<'v> Difference<'v> {
    fn of(comparison: &'v Comparison, frame: &Frame<'_>, value_at: &mut ValueAt<'_>) -> Self {
        let verdict = frame.verdict(comparison);
        let (old, new) = comparison.subjects.sides().split();
        let groups = frame.groups(comparison).into_iter();
        let diffs = groups.filter(|(impact, _)| *impact != Impact::None);
        let diffs = diffs
            .flat_map(|(impact, changes)| changes.into_iter().map(move |change| (impact, change)));
        Self {
            api_version: "v1.0.0",
            kind: "MetadataDifference",
            source_kind: comparison.kind.as_str(),
            source1: Reference::of(old, new),
            source2: Reference::of(new, old),
            scope: "all",
            impact: Impacts {
                major: verdict.counts.major,
                minor: verdict.counts.minor,
                patch: verdict.counts.patch,
            },
            suggested_version: verdict.needed.map(|version| version.to_string()),
            diffs: diffs
                .map(|(impact, change)| Diff::of(change, impact, value_at))
                .collect(),
            custom_properties: [Property {
                property: "generatedBy",
                value: format!("mesh/{}", env!("CARGO_PKG_VERSION")),
            }],
        }
    }
}

impl<'v> Reference<'v> {
    /// A reference to `subject`; if there is none, to nothing that the `other` one could have been.
    fn of(subject: Option<&'v Subject>, other: Option<&'v Subject>) -> Self {
        let id = subject.or(other).and_then(|subject| subject.id.as_deref());
        let version = subject.and_then(|subject| subject.version.as_deref());
        Self {
            id: id.unwrap_or_default(),
            version: version.unwrap_or_default(),
        }
    }
}

impl<'v> Diff<'v> {
    fn of(change: &'v Change, impact: Impact, value_at: &mut ValueAt<'_>) -> Self {
        let is_there = |place: Option<&Place>| place.is_some_and(|place| place.exists);
        let places = change.places.sides();
        let r#type = match (is_there(places.old), is_there(places.new)) {
            (false, true) => "ADD",
            (true, false) => "REMOVE",
            _ => "CHANGE",
        };
        let (section, field) =
            ends(&change.path).unwrap_or_else(|| (DOCUMENT.to_owned(), DOCUMENT.to_owned()));
        let is_whole = change.path.is_empty();
        let mut value = |place: Option<&Place>| {
            let place = place.filter(|_| !is_whole)?;
            value_at(place)
        };
        Self {
            r#type,
            section,
            field,
            path: if is_whole { "/" } else { &change.path },
            value1: value(places.old),
            value2: value(places.new),
            message: &change.message,
            impact_level: match impact {
                Impact::Major => "MAJOR",
                Impact::Minor => "MINOR",
                Impact::Patch | Impact::None => "PATCH",
                Impact::Review => "UNKNOWN",
            },
        }
    }
}
