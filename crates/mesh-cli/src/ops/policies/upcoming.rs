//! What will be asked for later, and does not hold yet.

use std::collections::BTreeMap;

use mesh_policy::{Checked, PolicyLevel};
use mesh_spec::terms::dates::Day;

/// A policy that will weigh more, and that some documents do not satisfy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upcoming {
    /// The policy.
    pub(crate) policy: String,
    /// The day, and how much it weighs from then on.
    pub(crate) from: Day,
    pub(crate) level: PolicyLevel,
    /// How many documents do not satisfy it.
    pub(crate) documents: usize,
    /// What is said of the first.
    pub(crate) first: String,
}

/// What is to come, the next first.
pub(crate) fn upcoming(checked: &Checked) -> Vec<Upcoming> {
    let mut found: BTreeMap<(Day, &str), Upcoming> = BTreeMap::new();
    for verdict in checked.verdicts.values().flatten() {
        let (Some((from, level)), Some(first)) = (verdict.next, &verdict.first) else {
            continue;
        };
        let upcoming = found
            .entry((from, &verdict.policy))
            .or_insert_with(|| Upcoming {
                policy: verdict.policy.to_string(),
                from,
                level,
                documents: 0,
                first: first.clone(),
            });
        upcoming.documents += 1;
    }
    found.into_values().collect()
}
