//! Waivers: what does not hold and is let pass for a time. It is never hidden.

use std::borrow::Cow;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Level, Related, Waived};

use super::context::Context;
use super::finding::{hint, one_line};
use super::run::Outcome;
use super::{Checked, GROUP, Options, Verdict};
use crate::compose::RuleInForce;
use crate::pack::{Origin, Waiver};
use crate::policies::Policies;

/// The id of the finding that a waiver is past its time.
pub(super) const EXPIRED: &str = "waiver-expired";
/// The id of the finding that a waiver waives nothing.
pub(super) const UNUSED: &str = "waiver-unused";
/// The id of the finding that a waiver does not count where it is.
pub(super) const NOT_AGREED: &str = "waiver-not-agreed";

/// Whether a waiver counts.
enum Standing {
    InForce,
    /// It is for a policy of the registry, and not kept there: nobody waives for themselves.
    NotAgreed,
    NotYet,
    Expired,
}

fn standing(waiver: &Waiver, is_agreed: bool, options: Options<'_>) -> Standing {
    if is_agreed && waiver.head.origin != Origin::Registry {
        Standing::NotAgreed
    } else if waiver.expires < options.as_of {
        Standing::Expired
    } else if waiver.granted.is_some_and(|day| day > options.as_of) {
        Standing::NotYet
    } else {
        Standing::InForce
    }
}

fn is_for(waiver: &Waiver, context: &Context<'_>) -> bool {
    context
        .subjects
        .iter()
        .any(|(id, major)| *id == waiver.subject && *major == waiver.major)
}

/// Adds what came of a document, in which waivers are taken into account.
pub(super) fn document(
    policies: &Policies,
    context: &Context<'_>,
    outcome: Outcome,
    options: Options<'_>,
    used: &mut [bool],
    checked: &mut Checked,
) {
    let mut verdicts: Vec<Verdict> = Vec::new();
    for (mut verdict, found) in outcome {
        if verdict.failed == 0 {
            verdicts.push(verdict);
            continue;
        }
        let mut waived_by = None;
        let mut notes = Vec::new();
        let of_policy = policies.waivers.iter().enumerate();
        for (at, waiver) in of_policy.filter(|(_, waiver)| *waiver.policy == *verdict.policy) {
            if !is_for(waiver, context) {
                notes.extend(missed(waiver, context));
                continue;
            }
            let Some(is_agreed) = policies.has_agreed_on(&verdict.policy) else {
                continue;
            };
            match standing(waiver, is_agreed, options) {
                Standing::InForce => {
                    used[at] = true;
                    waived_by = Some(waiver);
                }
                other => {
                    used[at] |= matches!(other, Standing::NotYet);
                    notes.extend(note(waiver, &other));
                }
            }
        }
        match waived_by {
            Some(waiver) => {
                verdict.waiver = Some(waiver.head.name.clone());
                checked
                    .waived
                    .extend(found.into_iter().map(|found| waived(found, waiver)));
            }
            None => checked.findings.extend(found.into_iter().map(|mut found| {
                found.related.extend(notes.iter().cloned());
                found
            })),
        }
        verdicts.push(verdict);
    }
    checked.verdicts.insert(context.index, verdicts);
}

/// What is to be seen of a waiver that was probably meant for a document, and is for something else.
fn missed(waiver: &Waiver, context: &Context<'_>) -> Option<Related> {
    let ids = context.subjects.iter().map(|(id, _)| *id);
    let meant = mesh_diagnostics::nearest(&waiver.subject, ids)?;
    let (id, major) = context.subjects.iter().find(|(id, _)| *id == meant)?;
    let (name, subject) = (&waiver.head.name, &waiver.subject);
    Some(Related {
        message: format!(
            "{name} is for `{subject}@{}`, and this is `{id}@{major}`",
            waiver.major
        ),
        source: Arc::clone(&waiver.head.source),
        span: waiver.subject_span,
    })
}

/// What is to be seen of a waiver that does not count.
fn note(waiver: &Waiver, standing: &Standing) -> Option<Related> {
    let name = &waiver.head.name;
    let message = match standing {
        Standing::InForce => return None,
        Standing::NotAgreed => {
            format!("{name} does not count: it is not kept in the registry, as the policy is")
        }
        Standing::NotYet => format!("{name} is not in force yet"),
        Standing::Expired => format!("{name} expired on {}", waiver.expires),
    };
    Some(Related {
        message,
        source: Arc::clone(&waiver.head.source),
        span: waiver.expires_span,
    })
}

fn waived(diagnostic: Diagnostic, waiver: &Waiver) -> Waived {
    Waived {
        diagnostic,
        waiver: waiver.head.name.clone(),
        until: waiver.expires.to_string(),
        category: waiver.category.as_str().to_owned(),
        reason: one_line(&waiver.reason),
        compensating: waiver.compensating.as_deref().map(one_line),
        owner: waiver.owner.clone(),
        approved_by: waiver.approved_by.clone(),
        ticket: waiver.ticket.clone(),
        source: Arc::clone(&waiver.head.source),
        span: waiver.head.name_span,
    }
}

/// What becomes of the finding of a rule that packs set: it stays, with what is to be said of it, or it is waived.
pub(super) fn rule(
    policies: &Policies,
    context: &Context<'_>,
    rule: &RuleInForce<'_>,
    mut found: Diagnostic,
    options: Options<'_>,
) -> Result<Diagnostic, Box<Waived>> {
    let Some(stage) = rule.enforcement.at(options.as_of, context.is_new) else {
        return Ok(found);
    };
    found.level = found.level.max(stage.level.level());
    found.is_binding = true;
    let mut message = format!("{} asks for `{}` here", rule.head.name, stage.level);
    if let Some(why) = rule.why {
        message.push_str(&format!(": {}", one_line(why)));
    }
    found.related.push(Related {
        message,
        source: Arc::clone(&rule.head.source),
        span: rule.span,
    });
    let mine = policies.waivers.iter();
    for waiver in mine.filter(|waiver| waiver.policy == found.rule && is_for(waiver, context)) {
        let standing = standing(waiver, rule.is_agreed, options);
        if matches!(standing, Standing::InForce) && rule.waivable.is_some() {
            return Err(Box::new(waived(found, waiver)));
        }
        found.related.extend(note(waiver, &standing));
    }
    if let Some(waivable) = rule.waivable {
        let hint = hint(&found.rule, waivable, context, options);
        let help = found.help.unwrap_or_else(|| "correct it".to_owned());
        found.help = Some(format!("{help}{hint}"));
    }
    Ok(found)
}

/// Reports the waivers of documents in `contexts` that are past their time, count for nothing or waive nothing.
pub(super) fn leftovers(
    policies: &Policies,
    contexts: &[Context<'_>],
    used: &[bool],
    options: Options<'_>,
    checked: &mut Checked,
) {
    for (waiver, used) in policies.waivers.iter().zip(used) {
        let is_here = contexts.iter().any(|context| is_for(waiver, context));
        // Whether a rule finds what is waived, is known to those who run it.
        let is_rule = policies.known_rules().any(|rule| rule == waiver.policy);
        let Some(is_agreed) = policies.has_agreed_on(&waiver.policy).filter(|_| is_here) else {
            continue;
        };
        let name = &waiver.head.name;
        let (rule, message, help) = match standing(waiver, is_agreed, options) {
            Standing::Expired => (
                EXPIRED,
                format!("{name} expired on {}", waiver.expires),
                "satisfy the policy and remove the waiver, or have a new one approved",
            ),
            Standing::NotAgreed => (
                NOT_AGREED,
                format!(
                    "{name} does not count: `{}` is a policy of the registry",
                    waiver.policy
                ),
                "bring the waiver into the registry, where its approvers see it",
            ),
            Standing::InForce if !used && !is_rule => (
                UNUSED,
                format!(
                    "{name} waives nothing: `{}` finds nothing in `{}`",
                    waiver.policy, waiver.subject
                ),
                "remove the waiver",
            ),
            _ => continue,
        };
        checked.findings.push(Diagnostic {
            rule: Cow::Borrowed(rule),
            group: Cow::Borrowed(GROUP),
            level: Level::Warn,
            message,
            help: Some(help.to_owned()),
            source: Arc::clone(&waiver.head.source),
            span: waiver.expires_span,
            pointer: "/expires".to_owned(),
            related: Vec::new(),
            fix: None,
            is_binding: true,
        });
    }
}

impl Policies {
    /// Whether all have agreed on a policy, or on a rule that is set, in any of the files that have it.
    fn has_agreed_on(&self, policy: &str) -> Option<bool> {
        let known = self.known().filter(|known| known.id == policy);
        known
            .map(|known| self.is_agreed(known.head))
            .reduce(|a, b| a || b)
    }
}
