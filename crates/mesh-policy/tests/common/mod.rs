//! What tests of packs, overlays and waivers on documents have in common.

#![allow(dead_code, reason = "not every test needs everything")]

use std::path::Path;

use mesh_diagnostics::{Diagnostic, Level};
use mesh_policy::{Checked, Options, Origin, Policies, PolicyFile, Terms, read};
use mesh_spec::document::Document;
use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::{Role, Workspace, expected_kind};

/// The rules that packs may set, as far as tests do.
const RULES: &[&str] = &["owner-missing", "field-undocumented", "version-too-low"];
const ALIASES: &[(&str, &str)] = &[("breaking-without-major", "version-too-low")];

pub(crate) fn day(text: &str) -> Day {
    Day::exactly(text).expect("a day")
}

pub(crate) fn terms(as_of: Day) -> Terms<'static> {
    Terms {
        as_of,
        rules: RULES,
        aliases: ALIASES,
    }
}

/// How documents are judged on a day, without a registry.
pub(crate) fn options(as_of: Day) -> Options<'static> {
    static NONE: Vocabularies = Vocabularies {
        domains: None,
        classifications: None,
        tags: None,
        regions: None,
        formats: None,
        glossary: None,
        field_case: None,
    };
    Options {
        as_of,
        vocabularies: &NONE,
        is_published: None,
    }
}

pub(crate) fn workspace(documents: &[(&str, &str)]) -> Workspace {
    let documents = documents.iter().map(|(name, text)| {
        let kind = expected_kind(Path::new(name));
        (Document::parse(*name, (*text).into(), kind), Role::Target)
    });
    Workspace::new(documents.collect(), None)
}

/// A file that is sound by itself.
#[track_caller]
pub(crate) fn file(name: &str, text: &str, origin: Origin) -> PolicyFile {
    read(name, text.into(), origin)
        .unwrap_or_else(|mistakes| panic!("{name}: {:#?}\n{text}", mistakes.into_findings()))
}

/// Files that go together.
#[track_caller]
pub(crate) fn together(files: Vec<PolicyFile>, as_of: Day) -> Policies {
    Policies::new(files, terms(as_of)).unwrap_or_else(|mistakes| {
        let said = mistakes.iter().map(said).collect::<Vec<_>>();
        panic!("{said:#?}")
    })
}

/// Findings, each as its level, what found it, and where.
pub(crate) fn said_of(checked: &Checked) -> Vec<String> {
    checked.findings.iter().map(said).collect()
}

/// What is waived, each as the waiver, and what it would be.
pub(crate) fn waived_of(checked: &Checked) -> Vec<String> {
    let waived = checked.waived.iter();
    waived
        .map(|it| format!("{} until {}: {}", it.waiver, it.until, said(&it.diagnostic)))
        .collect()
}

pub(crate) fn said(found: &Diagnostic) -> String {
    let level = match found.level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
    };
    format!(
        "{level} {} {}#{}",
        found.rule,
        found.source.name(),
        found.pointer
    )
}
