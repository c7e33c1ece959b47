//! What several kinds of change need to know.

pub(crate) mod access;
pub(crate) mod amount;
pub(crate) mod encryption;
pub(crate) mod environment;
pub(crate) mod lifecycle;
pub(crate) mod listed;
pub(crate) mod personal;
pub(crate) mod ports;
pub(crate) mod price;
pub(crate) mod promise;
pub(crate) mod prose;
pub(crate) mod quality;
pub(crate) mod range;
pub(crate) mod region;
pub(crate) mod sensitivity;
pub(crate) mod server;

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
