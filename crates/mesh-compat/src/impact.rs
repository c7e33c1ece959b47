//! How much a change matters to those who read the data.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a change asks of the version number, from nothing to a new major version.
///
/// The question is always whether an unchanged reader of the output port survives, so a promise that
/// is taken back is major even where the data stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// It means the same as before.
    None,
    /// Nothing that was promised is touched.
    Patch,
    /// Every reader survives, and gains something or should hear about it.
    Minor,
    /// mesh does not know what it means, so somebody who does has to look.
    Review,
    /// Some reader fails, or reads something else than before.
    Major,
}

impl Impact {
    /// All impacts, the gravest first.
    pub const ALL: [Self; 5] = [
        Self::Major,
        Self::Review,
        Self::Minor,
        Self::Patch,
        Self::None,
    ];

    /// The name used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Review => "review",
            Self::Major => "major",
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which readers a change is judged for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", expecting = "`read`, `strict` or `replay`")]
pub enum Profile {
    /// Readers who ask for what they need by name, and read what is written from now on.
    #[default]
    Read,
    /// Also readers who copy everything into a table of their own: what is new or wider breaks them.
    Strict,
    /// Also readers with the new version who read what was written before, as from a topic: what
    /// became stricter breaks them.
    Replay,
}

impl Profile {
    /// All profiles, the default first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Strict, Self::Replay];

    /// The name used in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Strict => "strict",
            Self::Replay => "replay",
        }
    }
}

/// The impact of a change under each [`Profile`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Impacts {
    /// Under [`Profile::Read`].
    pub read: Impact,
    /// Under [`Profile::Strict`].
    pub strict: Impact,
    /// Under [`Profile::Replay`].
    pub replay: Impact,
}

impl Impacts {
    /// The same impact under every profile.
    pub const fn all(impact: Impact) -> Self {
        Self {
            read: impact,
            strict: impact,
            replay: impact,
        }
    }

    /// These impacts, with another one under [`Profile::Strict`].
    #[must_use]
    pub const fn strict(mut self, impact: Impact) -> Self {
        self.strict = impact;
        self
    }

    /// These impacts, with another one under [`Profile::Replay`].
    #[must_use]
    pub const fn replay(mut self, impact: Impact) -> Self {
        self.replay = impact;
        self
    }

    /// The impact under `profile`.
    pub const fn under(self, profile: Profile) -> Impact {
        match profile {
            Profile::Read => self.read,
            Profile::Strict => self.strict,
            Profile::Replay => self.replay,
        }
    }
}

impl From<Impact> for Impacts {
    fn from(impact: Impact) -> Self {
        Self::all(impact)
    }
}

/// How many changes there are of each impact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Of [`Impact::Major`].
    pub major: usize,
    /// Of [`Impact::Review`].
    pub review: usize,
    /// Of [`Impact::Minor`].
    pub minor: usize,
    /// Of [`Impact::Patch`].
    pub patch: usize,
    /// Of [`Impact::None`].
    pub none: usize,
}

impl Counts {
    /// How many are of `impact`.
    pub const fn of(&self, impact: Impact) -> usize {
        match impact {
            Impact::Major => self.major,
            Impact::Review => self.review,
            Impact::Minor => self.minor,
            Impact::Patch => self.patch,
            Impact::None => self.none,
        }
    }

    /// These and `others`.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self {
            major: self.major + others.major,
            review: self.review + others.review,
            minor: self.minor + others.minor,
            patch: self.patch + others.patch,
            none: self.none + others.none,
        }
    }
}

impl FromIterator<Impact> for Counts {
    fn from_iter<I: IntoIterator<Item = Impact>>(impacts: I) -> Self {
        let mut counts = Self::default();
        for impact in impacts {
            *match impact {
                Impact::Major => &mut counts.major,
                Impact::Review => &mut counts.review,
                Impact::Minor => &mut counts.minor,
                Impact::Patch => &mut counts.patch,
                Impact::None => &mut counts.none,
            } += 1;
        }
        counts
    }
}
