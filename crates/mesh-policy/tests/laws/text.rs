//! Expressions on documents: whatever either of them is, nothing panics, and everything that is said points at
//! something.

use std::cell::Cell;

use mesh_diagnostics::{Diagnostic, Source, Span};
use mesh_policy::{Origin, Policies, read};
use mesh_spec::workspace::Workspace;
use serde_json::json;

use crate::common::{day, options, terms};
use crate::{Choices, always, assert_tried, documents, expressions};

/// The text of a pack of one policy, and where its condition is written: within which bytes.
fn pack(choices: &mut Choices<'_>, subject: &str, condition: &str) -> (String, Span) {
    let head = format!(
        "kind: PolicyPack\nmetadata: {{name: own, version: 1.0.0, owner: guild}}\npolicies:\n  - id: named\n    for: {subject}\n    level: deny\n    require: "
    );
    let is_plain = |c: char| c == '\n' || !c.is_control() && c != '\u{feff}';
    let may_be_block = condition.chars().all(is_plain)
        && !condition.starts_with([' ', '\n'])
        && !condition.trim().is_empty();
    let written = match choices.below(4) {
        0 if may_be_block => format!("|\n      {}\n", condition.replace('\n', "\n      ")),
        1 if may_be_block => format!(">-\n      {}\n", condition.replace('\n', "\n      ")),
        2 if may_be_block && !condition.contains('\n') => {
            format!("'{}'\n", condition.replace('\'', "''"))
        }
        _ => format!("{}\n", json!(condition)),
    };
    let offset = |at: usize| u32::try_from(at).expect("it is short");
    let span = Span::new(offset(head.len()), offset(head.len() + written.len()));
    (head + &written, span)
}

fn fits(source: &Source, span: Span) -> bool {
    source.text().get(span.range()).is_some()
}

/// What is wrong with a finding: it points at nothing.
fn broken(workspace: &Workspace, found: &Diagnostic, condition: Span) -> Option<String> {
    let document = workspace
        .files()
        .find(|document| document.name() == found.source.name());
    let Some(document) = document else {
        return Some("it is about no document".to_owned());
    };
    if !fits(&found.source, found.span) || found.message.is_empty() || found.help.is_none() {
        return Some("it marks nothing, or says nothing".to_owned());
    }
    let tree = document.tree.as_ref()?;
    // What is missing is to be added to something that is there.
    let mut pointer = found.pointer.as_str();
    let mut missing = 0;
    while !pointer.is_empty() && tree.at(pointer).is_none() {
        pointer = pointer.rsplit_once('/').map_or("", |(above, _)| above);
        missing += 1;
    }
    if missing > 3 {
        return Some(format!("{} leads nowhere", found.pointer));
    }
    let in_pack = found
        .related
        .iter()
        .filter(|related| related.source.name() == "own.yaml");
    let mut in_pack = in_pack.map(|related| related.span).peekable();
    if in_pack.peek().is_none() || !in_pack.all(|span| condition.contains(span) && !span.is_empty())
    {
        return Some("it does not say which part of the condition decided".to_owned());
    }
    let related = found.related.iter();
    let mut related = related.filter(|related| !fits(&related.source, related.span));
    related.next().map(|_| "it marks nothing beside".to_owned())
}

#[test]
fn no_condition_fails_on_any_document_and_all_that_is_found_is_somewhere() {
    let counts = Cell::new((0, 0, 0));
    always(900, |choices| {
        let mut documents = documents::documents(choices);
        for _ in 0..choices.below(4) {
            let at = choices.below(documents.len());
            documents::mutate(choices, &mut documents[at].1);
        }
        let workspace = documents::workspace(&documents);
        let (subject, mut condition) = expressions::policy(choices);
        if choices.once_in(4) {
            condition = expressions::mutated(choices, &condition);
        }
        let (text, span) = pack(choices, subject, &condition);
        let as_of = day("2026-06-30");
        let (mut read_at_all, mut failed, mut passed) = counts.get();
        let Ok(file) = read("own.yaml", text.into_bytes(), Origin::Local) else {
            return Ok(());
        };
        let policies =
            Policies::new(vec![file], terms(as_of)).map_err(|found| format!("{found:#?}"))?;
        let checked = policies.check(&workspace, options(as_of));
        read_at_all += 1;
        if !checked.defects.is_empty() {
            return Err(format!(
                "{:?}: {condition}\n{documents:#?}",
                checked.defects
            ));
        }
        for found in &checked.findings {
            if let Some(how) = broken(&workspace, found, span) {
                return Err(format!("{how}: {condition}\n{found:#?}"));
            }
        }
        for verdict in checked.verdicts.values().flatten() {
            failed += verdict.failed;
            passed += verdict.subjects - verdict.failed;
        }
        counts.set((read_at_all, failed, passed));
        Ok(())
    });
    let (read_at_all, failed, passed) = counts.get();
    for count in [read_at_all, failed, passed] {
        assert_tried(count, 5);
    }
}

#[test]
fn what_is_wrong_with_an_expression_is_marked_within_its_text() {
    let found_at_all = Cell::new(0);
    always(700, |choices| {
        let (subject, condition) = expressions::policy(choices);
        let condition = expressions::mutated(choices, &condition);
        let (text, span) = pack(choices, subject, &condition);
        let Err(mistakes) = read("own.yaml", text.clone().into_bytes(), Origin::Local) else {
            return Ok(());
        };
        for found in mistakes.into_findings() {
            found_at_all.set(found_at_all.get() + 1);
            let is_within = fits(&found.source, found.span) && span.contains(found.span);
            if !is_within || found.help.is_none() {
                return Err(format!("{condition:?}\n{text}\n{span:?} {found:#?}"));
            }
        }
        Ok(())
    });
    assert_tried(found_at_all.get(), 3);
}

/// Not even those that look like none.
#[test]
fn no_text_is_too_odd_to_be_read() {
    const ODD: &[char] = &[
        '(', ')', '[', ']', '.', '\'', '"', '\\', '!', '&', '|', '=', '<', '0', '9', 'x', 'e', 'u',
        'r', 'b', 'a', ' ', '\n', '\t', 'é', '😀', '/', '%', '-', '?', ':', ',', '_', '{', '\u{0}',
        '\u{feff}', '\u{85}', '\u{2028}',
    ];
    always(300, |choices| {
        let text: String = (0..choices.below(40)).map(|_| *choices.pick(ODD)).collect();
        let (text, span) = pack(choices, "contract", &text);
        let Err(mistakes) = read("own.yaml", text.clone().into_bytes(), Origin::Local) else {
            return Ok(());
        };
        match mistakes
            .into_findings()
            .iter()
            .find(|found| !fits(&found.source, found.span))
        {
            Some(found) => Err(format!("{text}\n{span:?} {found:#?}")),
            None => Ok(()),
        }
    });
}
