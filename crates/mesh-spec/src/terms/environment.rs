//! What servers are for: production, or development and tests.

/// What an environment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Nobody says.
    Unsaid,
    /// Production, by one of its names.
    Production,
    /// Development or tests.
    Other,
    /// A word that mesh does not know.
    Unknown,
}

const PRODUCTION: [&str; 6] = ["prod", "production", "prd", "live", "prodn", "productive"];

const OTHERS: [&str; 29] = [
    "acc",
    "acceptance",
    "ci",
    "demo",
    "dev",
    "devel",
    "development",
    "e2e",
    "int",
    "integration",
    "local",
    "nonprod",
    "nonproduction",
    "poc",
    "ppe",
    "preprod",
    "preproduction",
    "prototype",
    "qa",
    "sandbox",
    "sbx",
    "sit",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "tst",
    "uat",
];

impl Environment {
    /// Reads `dev`, `EU-Test`, `pre-prod`, `Production`.
    pub fn of(text: Option<&str>) -> Self {
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return Self::Unsaid;
        };
        let text = text.to_lowercase();
        let joined: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
        let words = || text.split(|c: char| !c.is_alphanumeric());
        let is_one_of = |list: &[&str], word: &str| {
            let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
            list.contains(&word) || list.contains(&bare)
        };
        let is_other = is_one_of(&OTHERS, &joined)
            || words().any(|word| is_one_of(&OTHERS, word))
            || joined.contains("nonprod")
            || joined.contains("preprod");
        if is_other {
            Self::Other
        } else if words().any(|word| is_one_of(&PRODUCTION, word)) {
            Self::Production
        } else {
            Self::Unknown
        }
    }

    /// Whether readers may rely on it: on all but what is known to be for development or tests.
    pub fn is_relied_on(self) -> bool {
        self != Self::Other
    }
}

#[cfg(test)]
mod tests {
    use super::Environment::{self, Other, Production, Unknown, Unsaid};

    #[test]
    fn environments_are_told_apart() {
        for (text, expected) in [
            (None, Unsaid),
            (Some("  "), Unsaid),
            (Some("prod"), Production),
            (Some("Production"), Production),
            (Some("PRD"), Production),
            (Some("eu-live"), Production),
            (Some("prod2"), Production),
            (Some("dev"), Other),
            (Some("EU-Test"), Other),
            (Some("uat1"), Other),
            (Some("pre-prod"), Other),
            (Some("Pre Production"), Other),
            (Some("non_prod"), Other),
            (Some("staging"), Other),
            (Some("latest"), Unknown),
            (Some("blue"), Unknown),
            (Some("DEV"), Other),
            (Some("development"), Other),
            (Some("dev2"), Other),
            (Some("eu-nonprod-1"), Other),
            (Some("sandbox"), Other),
            (Some("eu"), Unknown),
            (Some("default"), Unknown),
            (Some("devices"), Unknown),
            (Some("main"), Unknown),
            (Some("internal"), Unknown),
            (Some("contest"), Unknown),
        ] {
            assert_eq!(Environment::of(text), expected, "{text:?}");
            assert_eq!(Environment::of(text).is_relied_on(), expected != Other);
        }
    }
}
