//! What several kinds of change need to know.

pub(crate) mod access;
pub(crate) mod amount;
pub(crate) mod bounds;
pub(crate) mod encryption;
pub(crate) mod enumeration;
pub(crate) mod environment;
pub(crate) mod granularity;
pub(crate) mod joins;
pub(crate) mod keys;
pub(crate) mod lifecycle;
pub(crate) mod listed;
pub(crate) mod names;
pub(crate) mod number;
pub(crate) mod object_types;
pub(crate) mod options;
pub(crate) mod parts;
pub(crate) mod personal;
pub(crate) mod ports;
pub(crate) mod presence;
pub(crate) mod price;
pub(crate) mod promise;
pub(crate) mod prose;
pub(crate) mod quality;
pub(crate) mod range;
pub(crate) mod region;
pub(crate) mod sensitivity;
pub(crate) mod server;
pub(crate) mod storage;
pub(crate) mod types;
pub(crate) mod units;

use std::collections::HashSet;

use mesh_spec::yaml::NodeId;

use crate::pair::Both;

/// What was found out about two documents as a whole while they are compared, so that it is found out once
/// and not again for each of their fields.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    keys: keys::Known,
    joins: joins::Known,
    demands: presence::Known,
    enumerations: enumeration::Known,
    labels: sensitivity::Known,
    ports: ports::Known,
    storage: storage::Known,
    /// What was told of something around what was looked at, by the kind of change.
    pub(crate) told: HashSet<(&'static str, Both<Option<NodeId>>)>,
}

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Less is promised than before.
    Weaker,
    /// The same is promised, in other words.
    Same,
    /// More is promised than before.
    Stronger,
}

impl Strength {
    /// What the opposite change is.
    #[cfg(test)]
    pub(crate) const fn reversed(self) -> Self {
        match self {
            Self::Weaker => Self::Stronger,
            Self::Same => Self::Same,
            Self::Stronger => Self::Weaker,
        }
    }
}

/// Changes as `kind impact`, sorted: short enough for tables of cases.
#[cfg(test)]
pub(crate) fn briefly(changes: &[crate::Change]) -> Vec<String> {
    let brief = |change: &crate::Change| {
        let impact = change.impact(crate::Profile::Read);
        format!("{} {impact}", change.kind.id)
    };
    let mut found: Vec<_> = changes.iter().map(brief).collect();
    found.sort();
    found
}
