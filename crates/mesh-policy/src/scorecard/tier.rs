use std::fmt;

use serde::Serialize;

/// A level that a data product can reach, each above the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// It can be found, reached and read, and somebody answers for it.
    Bronze,
    /// It can be relied on: what it promises is said, and checked.
    Silver,
    /// Nothing is left to be desired.
    Gold,
}

impl Tier {
    /// All levels, the lowest first.
    pub const ALL: [Self; 3] = [Self::Bronze, Self::Silver, Self::Gold];

    /// The name used on the command line and in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bronze => "bronze",
            Self::Silver => "silver",
            Self::Gold => "gold",
        }
    }

    /// The name of a level, or `none`.
    pub fn name(level: Option<Self>) -> &'static str {
        level.map_or("none", Self::as_str)
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many products have which level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Gold.
    pub gold: usize,
    /// Silver.
    pub silver: usize,
    /// Bronze.
    pub bronze: usize,
    /// Not even bronze.
    pub none: usize,
}

impl Counts {
    /// How many there are.
    pub fn all(self) -> usize {
        self.gold + self.silver + self.bronze + self.none
    }

    /// In words, the highest first and only what there is: `2 gold, 1 none`.
    pub fn words(self) -> String {
        let parts = [
            (self.gold, "gold"),
            (self.silver, "silver"),
            (self.bronze, "bronze"),
            (self.none, "none"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        parts.join(", ")
    }
}

impl FromIterator<Option<Tier>> for Counts {
    fn from_iter<I: IntoIterator<Item = Option<Tier>>>(levels: I) -> Self {
        let mut counts = Self::default();
        for level in levels {
            *match level {
                Some(Tier::Gold) => &mut counts.gold,
                Some(Tier::Silver) => &mut counts.silver,
                Some(Tier::Bronze) => &mut counts.bronze,
                None => &mut counts.none,
            } += 1;
        }
        counts
    }
}
