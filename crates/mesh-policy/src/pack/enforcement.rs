//! From which day on something weighs how much.

use std::sync::Arc;

use mesh_diagnostics::{Source, Span};
use mesh_spec::settings::Mistakes;
use mesh_spec::terms::dates::Day;
use mesh_spec::yaml::Tree;

use super::PackPlace;
use super::model::{LevelOrRollout, PolicyLevel, Rollout};

/// Levels by day. Several of them together weigh what the strictest does.
#[derive(Debug, Clone, Default)]
pub struct Enforcement {
    stages: Vec<Stage>,
}

/// A level, and from when it holds.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The level.
    pub level: PolicyLevel,
    /// The first day; `None` for one that always holds.
    pub from: Option<Day>,
    /// Whether it is for products only that were never published.
    pub for_new: bool,
    /// Where it is said.
    pub place: PackPlace,
}

impl Enforcement {
    /// All stages, in the order in which they were given.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The stage that decides on `day`; none before the first.
    pub fn at(&self, day: Day, is_new: bool) -> Option<&Stage> {
        let holds = |stage: &&Stage| {
            (is_new || !stage.for_new) && stage.from.is_none_or(|from| from <= day)
        };
        // The first of equals: what the pack says comes before what an overlay repeats.
        self.stages
            .iter()
            .filter(holds)
            .rev()
            .max_by_key(|stage| stage.level)
    }

    /// The next day after `day` on which it gets stricter, and how much it weighs then.
    pub fn next(&self, day: Day) -> Option<(Day, PolicyLevel)> {
        let now = self.at(day, false).map(|stage| stage.level);
        let later = self.stages.iter().filter(|stage| !stage.for_new);
        let later = later.filter_map(|stage| Some((stage.from?, stage.level)));
        later
            .filter(|(from, level)| *from > day && Some(*level) > now)
            .min_by_key(|(from, level)| (*from, std::cmp::Reverse(*level)))
    }

    /// The days on which it gets stricter.
    pub fn days(&self) -> impl Iterator<Item = Day> {
        let stages = self.stages.iter().filter(|stage| !stage.for_new);
        stages.filter_map(|stage| stage.from)
    }

    /// How much it will weigh in the end.
    pub fn highest(&self) -> Option<PolicyLevel> {
        let stages = self.stages.iter().filter(|stage| !stage.for_new);
        stages.map(|stage| stage.level).max()
    }

    /// This and `other` together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let stages = self.stages.iter().chain(&other.stages);
        Self {
            stages: stages.cloned().collect(),
        }
    }

    /// Where this asks for less than `base` does, on some day: the level of `base` and the first such day, `None` for
    /// ever. Levels add up, so what only brings a stricter one forward need not repeat those before it.
    pub(crate) fn looser_than(&self, base: &Self) -> Option<(PolicyLevel, Option<Day>)> {
        let on = |of: &Self, day| of.at(day, false).map(|stage| stage.level);
        let always = |of: &Self| {
            let stages = of
                .stages
                .iter()
                .filter(|stage| !stage.for_new && stage.from.is_none());
            stages.map(|stage| stage.level).max()
        };
        let first = self.days().min().filter(|_| always(self).is_none());
        let begins = first.filter(|first| on(self, *first) > on(base, *first));
        if begins.is_none() && always(self) < always(base) {
            return always(base).map(|level| (level, None));
        }
        // Levels change on these days only.
        let mut days: Vec<Day> = self.days().chain(base.days()).collect();
        days.sort_unstable();
        days.into_iter()
            .filter(|day| begins.is_none_or(|begins| begins <= *day))
            .find_map(|day| {
                let asked = on(base, day)?;
                (on(self, day) < Some(asked)).then_some((asked, Some(day)))
            })
    }

    /// What `level` or `rollout` of the mapping at `pointer` says. What is wrong with them is added to `mistakes`.
    pub(super) fn read(
        level: Option<PolicyLevel>,
        rollout: Option<&Rollout>,
        tree: &Tree,
        pointer: &str,
        mistakes: &mut Mistakes,
    ) -> Self {
        let source = tree.source();
        match (level, rollout) {
            (Some(level), None) => {
                Self::always(level, source, tree.span_at(&format!("{pointer}/level")))
            }
            (None, Some(rollout)) => {
                Self::rollout(rollout, tree, &format!("{pointer}/rollout"), mistakes)
            }
            (Some(_), Some(_)) => {
                let span = key_span(tree, &format!("{pointer}/level"));
                let help = "keep `rollout`, and take `level` out, or the other way round";
                mistakes.add(
                    source,
                    span,
                    "both `level` and `rollout` say how much it weighs",
                    Some(help.to_owned()),
                );
                Self::default()
            }
            (None, None) => {
                mistakes.add(
                    source,
                    tree.span_at(pointer),
                    "nothing says how much it weighs",
                    Some(
                        "add `level: deny`, or `rollout: {warn: …, deny: …}` with the first day of each level"
                            .to_owned(),
                    ),
                );
                Self::default()
            }
        }
    }

    /// The same for the value at `pointer`, which is one or the other.
    pub(super) fn read_either(
        either: &LevelOrRollout,
        tree: &Tree,
        pointer: &str,
        mistakes: &mut Mistakes,
    ) -> Self {
        match either {
            LevelOrRollout::Level(level) => {
                Self::always(*level, tree.source(), tree.span_at(pointer))
            }
            LevelOrRollout::Rollout(rollout) => Self::rollout(rollout, tree, pointer, mistakes),
        }
    }

    fn always(level: PolicyLevel, source: &Arc<Source>, span: Span) -> Self {
        Self {
            stages: vec![Stage {
                level,
                from: None,
                for_new: false,
                place: PackPlace {
                    source: Arc::clone(source),
                    span,
                },
            }],
        }
    }

    fn rollout(rollout: &Rollout, tree: &Tree, pointer: &str, mistakes: &mut Mistakes) -> Self {
        let source = tree.source();
        let mut stages: Vec<Stage> = Vec::new();
        let dates = [
            ("advise", PolicyLevel::Advise, &rollout.advise),
            ("warn", PolicyLevel::Warn, &rollout.warn),
            ("deny", PolicyLevel::Deny, &rollout.deny),
        ];
        for (key, level, date) in dates {
            let Some(date) = date else { continue };
            let span = tree.span_at(&format!("{pointer}/{key}"));
            let Some(from) = day(date, source, span, mistakes) else {
                continue;
            };
            if let Some(before) = stages.last()
                && before.from > Some(from)
            {
                mistakes.add(
                    source,
                    span,
                    format!("`{key}` begins before `{}` does", before.level),
                    Some(
                        "let the stricter level begin later, or leave the milder one out"
                            .to_owned(),
                    ),
                );
            }
            stages.push(Stage {
                level,
                from: Some(from),
                for_new: false,
                place: PackPlace {
                    source: Arc::clone(source),
                    span,
                },
            });
        }
        if stages.is_empty() {
            mistakes.add(
                source,
                tree.span_at(pointer),
                "the rollout has no day on which it begins",
                Some("add the first day of a level, such as `deny: 2027-04-01`".to_owned()),
            );
        }
        if let Some(level) = rollout.new_products {
            stages.push(Stage {
                level,
                from: None,
                for_new: true,
                place: PackPlace {
                    source: Arc::clone(source),
                    span: tree.span_at(&format!("{pointer}/newProducts")),
                },
            });
        }
        Self { stages }
    }
}

/// The day that `text`, which stands at `span`, is.
pub(super) fn day(
    text: &str,
    source: &Arc<Source>,
    span: Span,
    mistakes: &mut Mistakes,
) -> Option<Day> {
    let day = Day::exactly(text.trim());
    if day.is_none() {
        mistakes.add(
            source,
            span,
            format!("`{text}` is not a day"),
            Some("write it as `2027-03-31`".to_owned()),
        );
    }
    day
}

/// The bytes of the key that `pointer` ends with.
pub(super) fn key_span(tree: &Tree, pointer: &str) -> Span {
    let key = tree.key_at(pointer).map(mesh_spec::yaml::NodeRef::span);
    key.unwrap_or_else(|| tree.span_at(pointer))
}
