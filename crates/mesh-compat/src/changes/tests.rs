//! What every kind is held to.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mesh_spec::document::Document;
use mesh_spec::vocabulary::Vocabularies;

use super::*;
use crate::change::{Change, Group};
use crate::compare::{Comparison, added, compare, removed};
use crate::impact::{Impact, Profile};
use crate::{Settings, docs};

fn compared(old: Option<&Document>, new: Option<&Document>) -> Comparison {
    let vocabularies = Vocabularies::default();
    let settings = Settings::default();
    let context = settings.context(&vocabularies);
    let found = match (old, new) {
        (Some(old), Some(new)) => compare(old, new, context),
        (Some(old), None) => removed(old, context),
        (None, Some(new)) => added(new, context),
        (None, None) => panic!("an example shows something"),
    };
    found.expect("examples can be compared")
}

fn forth(kind: &ChangeKind) -> Comparison {
    let sides = kind.example.sides();
    compared(sides.old.as_ref(), sides.new.as_ref())
}

fn kinds(changes: &[Change]) -> BTreeSet<&'static str> {
    changes.iter().map(|change| change.kind.id).collect()
}

/// `group/kind-id` of every file.
fn files() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/changes");
    let mut found = BTreeSet::new();
    for group in Group::ALL {
        let group = group.as_str();
        let entries = fs::read_dir(folder.join(group)).expect("every group has a folder");
        for entry in entries {
            let name = entry.expect("the folder can be listed").file_name();
            let name = name.to_str().expect("file names are UTF-8");
            let kind = name.strip_suffix(".rs").expect("a kind is a Rust file");
            if kind != "mod" {
                found.insert(format!("{group}/{}", kind.replace('_', "-")));
            }
        }
    }
    found
}

#[test]
fn every_file_is_a_kind_and_every_kind_has_its_file() {
    let listed: Vec<_> = all()
        .map(|kind| format!("{}/{}", kind.group.as_str(), kind.id))
        .collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), files());
    assert_eq!(listed.len(), files().len(), "a kind is listed twice");
    assert!(all().map(|kind| kind.group).is_sorted());
}

#[test]
fn every_kind_is_documented() {
    for kind in all() {
        let id = kind.id;
        assert!(
            kind.summary.ends_with('.') && !kind.summary.contains(". "),
            "{id}"
        );
        assert!(
            !kind.why.ends_with('.') && !kind.help.ends_with('.'),
            "{id}"
        );
        assert!(
            kind.docs.ends_with(['.', '`']) && !kind.docs.contains("\n\n\n"),
            "{id}"
        );
        for line in kind.docs.lines() {
            assert!(
                line.chars().count() <= 105 && line.trim_end() == line,
                "{id}: {line}"
            );
        }
        for other in kind.reverse.iter().chain(kind.example.also) {
            assert!(
                find(other).is_some(),
                "{id} names `{other}`, which is no kind"
            );
        }
        assert!(docs::page(kind).contains(kind.summary));
    }
}

#[test]
fn examples_are_valid_documents() {
    for kind in all() {
        let (old, new) = kind.example.documents();
        for document in [old, new] {
            assert!(
                document.problems.is_empty(),
                "{}: {:?}\n{}",
                kind.id,
                document.problems,
                document.source.text()
            );
        }
    }
}

/// Every example goes through all kinds, so that overlaps show.
#[test]
fn an_example_is_reported_as_its_kind_and_no_other() {
    for kind in all() {
        let found = forth(kind);
        let expected: BTreeSet<_> = kind.example.also.iter().copied().chain([kind.id]).collect();
        assert_eq!(kinds(&found.changes), expected, "{}", kind.id);
        for change in &found.changes {
            assert!(
                !change.message.ends_with('.') && !change.why().ends_with('.'),
                "{}: {}",
                kind.id,
                change.message
            );
        }
        insta::assert_snapshot!(kind.id, shown(&found.changes));
    }
}

#[test]
fn a_document_does_not_differ_from_itself() {
    for kind in all() {
        let (old, new) = kind.example.documents();
        for document in [old, new] {
            assert!(
                compared(Some(&document), Some(&document))
                    .changes
                    .is_empty(),
                "{}",
                kind.id
            );
        }
    }
}

/// The opposite change is of the opposite kind, at the same place.
#[test]
fn examples_reversed_are_reported_as_the_reverse() {
    for kind in all() {
        let (old, new) = kind.example.sides().split();
        let forth = forth(kind).changes;
        let back = compared(new.as_ref(), old.as_ref()).changes;
        let expected: BTreeSet<_> = forth
            .iter()
            .flat_map(|change| change.kind.reverse)
            .copied()
            .collect();
        let found = kinds(&back);
        assert!(
            found.is_subset(&expected) && !found.is_empty(),
            "{}: {found:?} is not of {expected:?}",
            kind.id
        );
    }
}

/// `strict` and `replay` only ever ask for more.
#[test]
fn no_profile_is_laxer_than_the_default() {
    for kind in all() {
        for change in forth(kind).changes {
            for profile in Profile::ALL {
                assert!(
                    change.impact(profile) >= change.impact(Profile::Read),
                    "{}",
                    kind.id
                );
            }
        }
    }
}

fn shown(changes: &[Change]) -> String {
    let mut text = String::new();
    for change in changes {
        let read = change.impact(Profile::Read);
        text += &format!("{} {read}: {}\n", change.kind.id, change.message);
        text += &format!("  at {}\n  why {}\n", change.path, change.why());
        for profile in [Profile::Strict, Profile::Replay] {
            let impact = change.impact(profile);
            if impact != read {
                text += &format!("  {} {impact}\n", profile.as_str());
            }
        }
        let place = |name: &str, place: &Option<crate::Place>| {
            let Some(place) = place else {
                return format!("  {name} nothing\n");
            };
            let line = place.source.position(place.span.start).line;
            let text = place.source.slice(place.span);
            let gone = if place.exists { "" } else { " (around it)" };
            format!("  {name} {} line {line}: {text}{gone}\n", place.pointer)
        };
        text += &place("old", &change.places.old);
        text += &place("new", &change.places.new);
    }
    assert!(
        changes
            .iter()
            .all(|change| Impact::ALL.contains(&change.impacts.read))
    );
    text
}
