//! Gates that ask whether something was found.

use std::sync::Arc;

use mesh_diagnostics::Level;

use super::gate::{Missing, Place};
use super::subject::Finding;

/// How many rules a message names.
const NAMED: usize = 4;

/// The errors of one group of rules.
pub(super) fn errors_of(group: &str, findings: &[Finding<'_>]) -> Option<Missing> {
    let is_of = |found: &&Finding<'_>| found.level == Level::Error && found.group == group;
    missing("error", findings.iter().filter(is_of))
}

/// The errors of all groups.
pub(super) fn errors(findings: &[Finding<'_>]) -> Option<Missing> {
    let errors = findings.iter();
    missing("error", errors.filter(|found| found.level == Level::Error))
}

/// The warnings of all groups.
pub(super) fn warnings(findings: &[Finding<'_>]) -> Option<Missing> {
    let warnings = findings.iter();
    missing(
        "warning",
        warnings.filter(|found| found.level == Level::Warn),
    )
}

/// What is to be corrected, with a place for each rule: the first of its findings.
fn missing<'f>(noun: &str, findings: impl Iterator<Item = &'f Finding<'f>>) -> Option<Missing> {
    let mut by_rule: Vec<(&Finding<'_>, usize)> = Vec::new();
    for finding in findings {
        let known = by_rule
            .iter_mut()
            .find(|(first, _)| first.rule == finding.rule);
        match known {
            Some((_, count)) => *count += 1,
            None => by_rule.push((finding, 1)),
        }
    }
    if by_rule.is_empty() {
        return None;
    }
    let names: Vec<String> = by_rule
        .iter()
        .map(|(first, count)| match count {
            1 => first.rule.to_owned(),
            n => format!("{} ({n} times)", first.rule),
        })
        .collect();
    let all: usize = by_rule.iter().map(|(_, count)| count).sum();
    let mut message = format!(
        "{}: {}",
        plural(all, noun),
        names[..names.len().min(NAMED)].join(", ")
    );
    if names.len() > NAMED {
        message += &format!(" and {} more", names.len() - NAMED);
    }
    let places = by_rule.into_iter().zip(names);
    let places = places.map(|((first, _), what)| Place {
        what,
        count: None,
        source: Arc::clone(first.source),
        span: first.span,
    });
    Some(Missing {
        message,
        places: places.collect(),
    })
}

/// `count` of what `noun` names.
pub(super) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
