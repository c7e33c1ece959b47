//! What is said of a policy that does not hold.

use std::borrow::Cow;
use std::sync::Arc;

use mesh_diagnostics::{Diagnostic, Related, Source, Span};

use super::context::Context;
use super::{GROUP, Options};
use crate::compose::InForce;
use crate::expr::{Environment, Error};
use crate::pack::{Condition, Stage, Waivable};
use crate::view::{Place, Thing};

/// A place in a document, found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) source: Arc<Source>,
    pub(crate) span: Span,
    pub(crate) pointer: String,
}

impl From<Place<'_>> for Found {
    fn from(place: Place<'_>) -> Self {
        Self {
            source: Arc::clone(&place.document.source),
            span: place.span(),
            pointer: place.pointer,
        }
    }
}

/// Something that does not satisfy a policy.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What is said of it.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: String,
    /// What decided, in the document.
    pub(crate) place: Found,
    /// Further places that are like it, and how many there are.
    pub(crate) others: Vec<Found>,
    pub(crate) more: usize,
    /// What decided, in the pack.
    pub(crate) pack_span: Span,
    /// Why it could not be told, if it could not.
    pub(crate) error: Option<String>,
    /// The parameters that the condition reads, by position.
    pub(crate) parameters: Vec<usize>,
}

/// Explains why `condition` is not true of `subject`: it is false, or has no value because of `error`.
pub(super) fn failure<'a>(
    environment: &mut Environment<'a>,
    in_force: &'a InForce<'a>,
    condition: &'a Condition,
    error: Option<Error<'a>>,
    subject: &[Thing<'a>],
) -> Failure {
    let policy = in_force.policy;
    let decision = environment.decision(&condition.program, error);
    // Explaining leaves the variables of lists where they were.
    let last = subject.last().copied();
    let message = match (&policy.message, &policy.title) {
        (Some(message), _) => message.render(environment),
        (None, Some(title)) => format!("does not satisfy \"{title}\""),
        (None, None) => "does not satisfy this policy".to_owned(),
    };
    let decided = text_of(&condition.text, decision.span);
    let help = match (&policy.help, &decision.error) {
        (Some(help), _) => help.render(environment),
        (None, Some(_)) => "say what the policy asks for".to_owned(),
        (None, None) => format!("make this true: `{decided}`"),
    };
    let place = decision.place.unwrap_or_else(|| place_of(last));
    let names_it = last
        .and_then(Thing::name)
        .is_some_and(|name| message.contains(name));
    let message = match last {
        Some(thing) if !names_it => format!("{}: {message}", thing.label()),
        _ => message,
    };
    let message = match &decision.near {
        Some((near, wanted)) => format!("{message}; is `{wanted}` meant by `{near}`?"),
        None => message,
    };
    Failure {
        message,
        help,
        place: place.into(),
        others: decision.others.into_iter().map(Found::from).collect(),
        more: decision.more,
        pack_span: condition.within(decision.span),
        error: decision.error,
        parameters: condition
            .program
            .uses()
            .iter()
            .map(|it| it.parameter)
            .collect(),
    }
}

/// A contract with so many service levels of the same names that not all combinations are judged.
pub(super) fn too_many(in_force: &InForce<'_>, subject: &[Thing<'_>]) -> Failure {
    let last = subject.last().copied();
    Failure {
        message: format!(
            "{} has too many service levels of the same names to be judged together",
            last.map(Thing::label).unwrap_or_default()
        ),
        help: "write the policy `for: sla`".to_owned(),
        place: place_of(last).into(),
        others: Vec::new(),
        more: 0,
        pack_span: in_force.policy.require.span,
        error: None,
        parameters: Vec::new(),
    }
}

fn place_of(thing: Option<Thing<'_>>) -> Place<'_> {
    match thing {
        Some(thing) => thing.place(),
        None => unreachable!("a policy is asked of something"),
    }
}

/// The finding that `failure` becomes.
pub(super) fn of(
    in_force: &InForce<'_>,
    stage: &Stage,
    failure: &Failure,
    context: &Context<'_>,
    options: Options<'_>,
) -> Diagnostic {
    let policy = in_force.policy;
    let mut message = failure.message.clone();
    if let Some(error) = &failure.error {
        message.push_str(&format!(" (this cannot be told, since {error})"));
    }
    let mut related = Vec::new();
    for place in &failure.others {
        related.push(Related {
            message: "the same here".to_owned(),
            source: Arc::clone(&place.source),
            span: place.span,
        });
    }
    if failure.more > failure.others.len() {
        let rest = failure.more - failure.others.len();
        message.push_str(&format!("; {rest} more are the same"));
    }
    related.push(Related {
        message: asked_by(in_force),
        source: Arc::clone(&in_force.head.source),
        span: failure.pack_span,
    });
    related.extend(moved(in_force, failure));
    related.extend(level_of(in_force, stage, options));
    let waivable = policy.waivable.as_ref();
    let hint = waivable.map(|waivable| hint(&policy.id, waivable, context, options));
    let hint = hint.unwrap_or_default();
    Diagnostic {
        rule: Cow::Owned(policy.id.clone()),
        group: Cow::Borrowed(GROUP),
        level: stage.level.level(),
        message,
        help: Some(format!("{}{hint}", failure.help)),
        source: Arc::clone(&failure.place.source),
        span: failure.place.span,
        pointer: failure.place.pointer.clone(),
        related,
        fix: None,
        is_binding: true,
    }
}

/// Who asks for it, and why.
fn asked_by(in_force: &InForce<'_>) -> String {
    let policy = in_force.policy;
    let name = match in_force.version {
        Some(version) => format!("{} {version}", in_force.head.name),
        None => format!("the overlay {}", in_force.head.name),
    };
    let why = policy.why.as_deref().or(policy.title.as_deref());
    match why {
        Some(why) => format!("{name}: {}", one_line(why)),
        None => format!("{name} asks for this"),
    }
}

/// Who has tightened what the policy compares with.
fn moved<'f>(in_force: &'f InForce<'_>, failure: &'f Failure) -> impl Iterator<Item = Related> {
    let moved = in_force.moved.iter();
    let used = moved.filter(|moved| failure.parameters.contains(&moved.parameter));
    used.map(|moved| Related {
        message: format!(
            "this overlay has tightened `{}` from {}",
            moved.name,
            moved.from.value().show()
        ),
        source: Arc::clone(&moved.place.source),
        span: moved.place.span,
    })
}

/// Where the level comes from, unless it stands plainly beside the policy and stays as it is.
fn level_of(in_force: &InForce<'_>, stage: &Stage, options: Options<'_>) -> Option<Related> {
    let is_elsewhere = !Arc::ptr_eq(&stage.place.source, &in_force.head.source);
    let next = in_force.enforcement.next(options.as_of);
    let next = next.filter(|(_, level)| *level > stage.level);
    if stage.from.is_none() && !stage.for_new && !is_elsewhere && next.is_none() {
        return None;
    }
    let mut text = stage.level.as_str().to_owned();
    if let Some(from) = stage.from {
        text.push_str(&format!(" since {from}"));
    }
    if stage.for_new {
        text.push_str(" for products that were never published");
    }
    if is_elsewhere {
        text.push_str(", as this overlay asks");
    }
    if let Some((day, level)) = next {
        text.push_str(&format!(", {level} from {day} on"));
    }
    Some(Related {
        message: text,
        source: Arc::clone(&stage.place.source),
        span: stage.place.span,
    })
}

/// How to get rid of a finding of `policy` for a time, as the end of a sentence that says what to do about it.
pub(super) fn hint(
    policy: &str,
    waivable: &Waivable,
    context: &Context<'_>,
    options: Options<'_>,
) -> String {
    // The narrowest: of a contract itself, not of all that its product promises.
    let Some((subject, major)) = context.subjects.first() else {
        return String::new();
    };
    let last = options.as_of.days_later(waivable.max_days);
    format!(
        "; or ask {} for a waiver until {last} at the latest: `mesh policy new --waiver {policy} --subject {subject}@{major}`",
        waivable.approvers.join(" or "),
    )
}

/// The part of an expression, on one line.
fn text_of(text: &str, span: Span) -> String {
    one_line(text.get(span.range()).unwrap_or(text))
}

/// A text on one line.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
