use std::io::{self, Write};

use serde::Serialize;

use super::{Frame, kind_url};
use crate::change::{Change, Place};
use crate::compare::Subject;
use crate::{Both, Comparison, Counts, Impact, Profile};

/// Writes everything for programs, as `docs/json.md` describes it.
pub fn json(set: &[Comparison], frame: &Frame<'_>, mut out: impl Write) -> io::Result<()> {
    let view = SetView {
        version: 1,
        old: frame.labels.old,
        new: frame.labels.new,
        profile: frame.settings.profile,
        summary: frame.counts(set),
        documents: set.iter().map(|one| DocumentView::of(one, frame)).collect(),
    };
    serde_json::to_writer_pretty(&mut out, &view)?;
    writeln!(out)
}

#[derive(Serialize)]
struct SetView<'v> {
    version: u32,
    old: &'v str,
    new: &'v str,
    profile: Profile,
    summary: Counts,
    documents: Vec<DocumentView<'v>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentView<'v> {
    kind: &'static str,
    old: Option<SubjectView<'v>>,
    new: Option<SubjectView<'v>>,
    impact: Impact,
    needed_version: Option<String>,
    /// Whether the newer document declares what is needed.
    covered: Option<bool>,
    summary: Counts,
    changes: Vec<ChangeView<'v>>,
}

#[derive(Serialize)]
struct SubjectView<'v> {
    file: &'v str,
    id: Option<&'v str>,
    name: Option<&'v str>,
    version: Option<&'v str>,
    status: Option<&'v str>,
}

#[derive(Serialize)]
struct ChangeView<'v> {
    kind: &'static str,
    group: &'static str,
    impact: Impact,
    impacts: ImpactsView,
    message: &'v str,
    why: &'v str,
    help: &'static str,
    path: &'v str,
    element: Option<&'v str>,
    property: Option<&'v str>,
    old: Option<PlaceView<'v>>,
    new: Option<PlaceView<'v>>,
    url: String,
}

#[derive(Serialize)]
struct ImpactsView {
    read: Impact,
    strict: Impact,
    replay: Impact,
}

#[derive(Serialize)]
struct PlaceView<'v> {
    file: &'v str,
    line: u32,
    column: u32,
    pointer: &'v str,
    /// Whether it is there; else the place is that of what it would be in.
    exists: bool,
}

impl<'v> DocumentView<'v> {
    fn of(comparison: &'v Comparison, frame: &Frame<'_>) -> Self {
        let verdict = frame.verdict(comparison);
        let Both { old, new } = comparison
            .subjects
            .sides()
            .map(|subject| subject.map(SubjectView::of));
        let groups = frame.groups(comparison).into_iter();
        Self {
            kind: comparison.kind.as_str(),
            covered: verdict.needed.is_some().then_some(verdict.is_covered),
            old,
            new,
            impact: verdict.impact,
            needed_version: verdict.needed.map(|version| version.to_string()),
            summary: verdict.counts,
            changes: groups
                .flat_map(|(impact, changes)| {
                    let changes = changes.into_iter();
                    changes.map(move |change| ChangeView::of(change, impact))
                })
                .collect(),
        }
    }
}

impl<'v> SubjectView<'v> {
    fn of(subject: &'v Subject) -> Self {
        Self {
            file: subject.source.name(),
            id: subject.id.as_deref(),
            name: subject.name.as_deref(),
            version: subject.version.as_deref(),
            status: subject.status.as_deref(),
        }
    }
}

impl<'v> ChangeView<'v> {
    fn of(change: &'v Change, impact: Impact) -> Self {
        let Both { old, new } = change.places.sides().map(|place| place.map(PlaceView::of));
        Self {
            kind: change.kind.id,
            group: change.kind.group.as_str(),
            impact,
            impacts: ImpactsView {
                read: change.impacts.read,
                strict: change.impacts.strict,
                replay: change.impacts.replay,
            },
            message: &change.message,
            why: change.why(),
            help: change.kind.help,
            path: &change.path,
            element: change.element.as_deref(),
            property: change.property.as_deref(),
            old,
            new,
            url: kind_url(change.kind.id),
        }
    }
}

impl<'v> PlaceView<'v> {
    fn of(place: &'v Place) -> Self {
        let start = place.source.position(place.span.start);
        Self {
            file: place.source.name(),
            line: start.line,
            column: start.column,
            pointer: &place.pointer,
            exists: place.exists,
        }
    }
}
