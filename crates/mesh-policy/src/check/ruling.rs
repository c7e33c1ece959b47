//! What is in force for some domains on one day: worked out once, for all documents of those domains.

use std::sync::Arc;

use mesh_spec::terms::dates::Day;

use crate::compose::{InForce, RuleSet};
use crate::pack::PolicyLevel;

/// What is in force, and how much it weighs on the day.
pub(super) struct Ruling<'p> {
    pub(super) set: RuleSet<'p>,
    /// The day, as expressions see it.
    pub(super) as_of: String,
    /// One for each policy.
    timings: Vec<Timings>,
}

/// How much a policy weighs: for products that were published before, and for those that were not.
pub(super) struct Timings {
    known: Timing,
    new: Timing,
}

/// How much a policy weighs.
pub(super) struct Timing {
    pub(super) policy: Arc<str>,
    pub(super) pack: Arc<str>,
    /// The stage that decides today, by its position.
    pub(super) stage: Option<usize>,
    /// The next day on which it weighs more.
    pub(super) next: Option<(Day, PolicyLevel)>,
    /// Every level that is stricter than those before, with its first day.
    pub(super) stages: Arc<[(PolicyLevel, Option<Day>)]>,
}

impl<'p> Ruling<'p> {
    pub(super) fn new(set: RuleSet<'p>, day: Day) -> Self {
        let timings = set.policies.iter().map(|in_force| Timings {
            known: Timing::new(in_force, day, false),
            new: Timing::new(in_force, day, true),
        });
        Self {
            timings: timings.collect(),
            as_of: day.to_string(),
            set,
        }
    }

    pub(super) fn policies(&self) -> impl Iterator<Item = (&InForce<'p>, &Timings)> {
        self.set.policies.iter().zip(&self.timings)
    }
}

impl Timings {
    pub(super) fn of(&self, is_new: bool) -> &Timing {
        if is_new { &self.new } else { &self.known }
    }
}

impl Timing {
    fn new(in_force: &InForce<'_>, day: Day, is_new: bool) -> Self {
        let enforcement = &in_force.enforcement;
        let decides = enforcement.at(day, is_new);
        let stage = decides.and_then(|stage| {
            let mut all = enforcement.stages().iter();
            all.position(|other| std::ptr::eq(other, stage))
        });
        let stages = enforcement
            .stages()
            .iter()
            .filter(|stage| is_new || !stage.for_new);
        let mut stages: Vec<_> = stages.map(|stage| (stage.level, stage.from)).collect();
        stages.sort_by_key(|(level, from)| (*from, std::cmp::Reverse(*level)));
        let mut highest = None;
        stages.retain(|(level, _)| {
            let is_stricter = Some(*level) > highest;
            highest = highest.max(Some(*level));
            is_stricter
        });
        let level = decides.map(|stage| stage.level);
        Self {
            policy: in_force.policy.id.as_str().into(),
            pack: in_force.head.name.as_str().into(),
            stage,
            next: enforcement
                .next(day)
                .filter(|(_, next)| Some(*next) > level),
            stages: stages.into(),
        }
    }
}
