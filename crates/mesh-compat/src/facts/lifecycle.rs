//! Where something is in its life, and which way it went: by its `status` and its `deprecated` flag.

use mesh_spec::terms::status;

use crate::change::Found;
use crate::impact::Impact;
use crate::pair::Pair;
use crate::quote::quoted;

/// Where something is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It does not say. Readers take it for what they may use.
    Unsaid,
    /// It may come to be.
    Proposed,
    /// It takes shape, and promises nothing yet.
    Draft,
    /// It is there to be used.
    Active,
    /// It will end, and readers should move away.
    Deprecated,
    /// It is over.
    Retired,
}

/// Which way something went in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nowhere: the same is said otherwise.
    Same,
    /// On, or back to where it can be relied upon.
    Advanced,
    /// To where its end is announced.
    Deprecated,
    /// To its end.
    Retired,
    /// Back to where nothing is promised.
    Withdrawn,
}

/// A [`Step`] of something that both documents have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) step: Step,
    /// The key that tells of it.
    pub(crate) key: &'static str,
    /// Which keys it accounts for.
    pub(crate) keys: &'static [&'static str],
    /// Where it was, if it has a status that changed.
    pub(crate) old: Option<Stage>,
    /// Where it is, if it has a status that changed.
    pub(crate) new: Option<Stage>,
}

impl Stage {
    /// Whether readers may rely on something at this stage.
    pub(crate) const fn is_promised(self) -> bool {
        !matches!(self, Self::Proposed | Self::Draft)
    }

    /// The stage that a status names; `None` for a word that the standards do not have.
    pub(crate) fn of(status: Option<&str>) -> Option<Self> {
        let Some(status) = status else {
            return Some(Self::Unsaid);
        };
        let stages = [
            Self::Proposed,
            Self::Draft,
            Self::Active,
            Self::Deprecated,
            Self::Retired,
        ];
        let mut named = status::ALL.into_iter().zip(stages);
        named
            .find(|(name, _)| status::is(Some(status), name))
            .map(|(_, stage)| stage)
    }

    /// The stage of what has this status and, maybe, the flag `deprecated`.
    const fn with(self, is_deprecated: bool) -> Self {
        match self {
            Self::Unsaid | Self::Active if is_deprecated => Self::Deprecated,
            stage => stage,
        }
    }
}

/// Which way something goes from one stage to another; `None` where that cannot be told, since the
/// second is not said.
const fn step(old: Stage, new: Stage) -> Option<Step> {
    use Stage::{Active, Deprecated, Draft, Proposed, Retired, Unsaid};
    Some(match (old, new) {
        (Unsaid, Unsaid)
        | (Proposed, Proposed)
        | (Draft, Draft)
        | (Active, Active)
        | (Deprecated, Deprecated)
        | (Retired, Retired) => Step::Same,
        (_, Unsaid) => return None,
        (_, Retired) => Step::Retired,
        (_, Active) | (Retired, Deprecated | Draft | Proposed) | (Proposed, Draft) => {
            Step::Advanced
        }
        (_, Deprecated) => Step::Deprecated,
        (_, Draft | Proposed) => Step::Withdrawn,
    })
}

/// Which way `pair` went, where its `status` or its flag `deprecated` changed; `None` where it cannot
/// be told.
pub(crate) fn turn(pair: &Pair<'_>) -> Option<Turn> {
    if pair.has_changed("status")
        && let Some(turn) = by_status(pair)
    {
        return Some(turn);
    }
    let status = pair.text("status");
    let ends_anyway = !status.differ()
        && matches!(
            Stage::of(status.new),
            Some(Stage::Deprecated | Stage::Retired)
        );
    let step = match pair.flag("deprecated").split() {
        (false, false) | (true, true) => return None,
        _ if ends_anyway => Step::Same,
        (false, true) => Step::Deprecated,
        (true, false) => Step::Advanced,
    };
    Some(Turn {
        step,
        key: "deprecated",
        keys: &["deprecated"],
        old: None,
        new: None,
    })
}

fn by_status(pair: &Pair<'_>) -> Option<Turn> {
    let flag = pair.flag("deprecated");
    let is_said = pair.at("status").map(|node| node.is_some());
    let stage = |text: Option<&str>, is_said: bool, flag| {
        // A status that is no text says something that nobody understands.
        let is_read = text.is_some() || !is_said;
        is_read.then(|| Stage::of(text))?.map(|it| it.with(flag))
    };
    let text = pair.text("status");
    let old = stage(text.old, is_said.old, flag.old);
    let new = stage(text.new, is_said.new, flag.new);
    let step = match (old, new) {
        // Whatever it was, it is over.
        (None, Some(Stage::Retired)) => Step::Retired,
        (old, new) => step(old?, new?)?,
    };
    // A flag that is neither true nor false says something that nobody understands.
    let is_flag_read = flag.differ() || !pair.has_changed("deprecated");
    Some(Turn {
        step,
        key: "status",
        keys: if is_flag_read {
            &["status", "deprecated"]
        } else {
            &["status"]
        },
        old,
        new,
    })
}

/// What is said of a status that changed: "the status went from `active` to `retired`".
pub(crate) fn told(pair: &Pair<'_>) -> String {
    let subject = pair.subject();
    match pair.text("status").split() {
        (Some(old), Some(new)) => {
            format!(
                "the status of {subject} went from {} to {}",
                quoted(old),
                quoted(new)
            )
        }
        (None, Some(new)) => format!(
            "the status of {subject} is {}, and was not said before",
            quoted(new)
        ),
        _ => pair.told_of("status"),
    }
}

/// Tells of a whole document that is gone: what had ended, or promised nothing yet, nobody misses.
pub(crate) fn judge_gone(pair: &Pair<'_>, found: &mut Found<'_>) {
    let stage = Stage::of(pair.text("status").old);
    let change = found.whole(pair.told());
    match stage {
        Some(Stage::Retired) => {
            change
                .impact_of(Impact::Patch)
                .because("it was retired before, so nobody should read it any more");
        }
        Some(Stage::Draft | Stage::Proposed) => {
            change
                .impact_of(Impact::Patch)
                .because("it promised nothing yet");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::vocabulary::Vocabularies;

    use super::Stage::{Active, Deprecated, Draft, Proposed, Retired, Unsaid};
    use super::*;
    use crate::Settings;

    #[test]
    fn what_is_gone_weighs_by_where_it_was_in_its_life() {
        let (settings, vocabularies) = (Settings::default(), Vocabularies::default());
        let context = settings.context(&vocabularies);
        for (status, impact) in [
            ("active", Impact::Major),
            ("deprecated", Impact::Major),
            ("live", Impact::Major),
            ("", Impact::Major),
            ("Retired", Impact::Patch),
            ("draft", Impact::Patch),
            ("proposed", Impact::Patch),
        ] {
            for (kind, id) in [
                ("DataProduct", "product-removed"),
                ("DataContract", "contract-removed"),
            ] {
                let text = format!("kind: {kind}\nid: orders\nstatus: {status}\n");
                let document = Document::parse("old.yaml", text.into_bytes(), None);
                let found = crate::removed(&document, context).expect("it can be read");
                let [change] = found.changes.as_slice() else {
                    panic!("one change, not {}", found.changes.len());
                };
                assert_eq!(
                    (change.kind.id, change.impacts.read),
                    (id, impact),
                    "{status}"
                );
            }
        }
    }

    #[test]
    fn stages_are_read_in_any_case() {
        for (status, expected) in [
            (None, Some(Unsaid)),
            (Some("proposed"), Some(Proposed)),
            (Some("Draft "), Some(Draft)),
            (Some("ACTIVE"), Some(Active)),
            (Some("deprecated"), Some(Deprecated)),
            (Some("retired"), Some(Retired)),
            (Some("live"), None),
            (Some(""), None),
        ] {
            assert_eq!(Stage::of(status), expected, "{status:?}");
        }
    }

    #[test]
    fn every_step_has_a_direction() {
        let directions = [
            // From, and then to: proposed, draft, active, deprecated, retired.
            (Unsaid, ["back", "back", "on", "deprecated", "retired"]),
            (Proposed, ["same", "on", "on", "deprecated", "retired"]),
            (Draft, ["back", "same", "on", "deprecated", "retired"]),
            (Active, ["back", "back", "same", "deprecated", "retired"]),
            (Deprecated, ["back", "back", "on", "same", "retired"]),
            (Retired, ["on", "on", "on", "on", "same"]),
        ];
        for (old, expected) in directions {
            let found = [Proposed, Draft, Active, Deprecated, Retired].map(|new| {
                match step(old, new).expect("what is said can be told") {
                    Step::Same => "same",
                    Step::Advanced => "on",
                    Step::Deprecated => "deprecated",
                    Step::Retired => "retired",
                    Step::Withdrawn => "back",
                }
            });
            assert_eq!(found, expected, "{old:?}");
            assert_eq!(
                step(old, Unsaid),
                (old == Unsaid).then_some(Step::Same),
                "{old:?}"
            );
        }
    }

    #[test]
    fn the_flag_deprecates_what_could_be_used() {
        for (stage, expected) in [
            (Unsaid, Deprecated),
            (Active, Deprecated),
            (Draft, Draft),
            (Retired, Retired),
        ] {
            assert_eq!(stage.with(true), expected, "{stage:?}");
            assert_eq!(stage.with(false), stage);
        }
    }
}
