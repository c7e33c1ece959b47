//! Sets of versions, as annotations write them.

use std::str::FromStr;

use semver::VersionReq;

use crate::model::version::{ApiVersion, Kind};

/// A set of versions of the standards, such as `odps | odcs >=3.1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions(Vec<Alternative>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Alternative {
    kind: Option<Kind>,
    requirement: VersionReq,
}

impl Versions {
    /// Whether the set contains a version.
    pub fn contains(&self, version: ApiVersion) -> bool {
        self.0.iter().any(|alternative| {
            alternative.kind.is_none_or(|kind| kind == version.kind())
                && alternative.requirement.matches(&version.to_semver())
        })
    }
}

/// A set of versions that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a set of versions: {source}")]
pub struct InvalidVersions {
    text: String,
    source: semver::Error,
}

impl FromStr for Versions {
    type Err = InvalidVersions;

    fn from_str(text: &str) -> Result<Self, InvalidVersions> {
        let alternative = |text: &str| {
            let text = text.trim();
            let named = Kind::ALL
                .into_iter()
                .find_map(|kind| Some((kind, text.strip_prefix(kind.standard())?)));
            let (kind, requirement) = match named {
                Some((kind, rest)) => (Some(kind), rest.trim()),
                None => (None, text),
            };
            let requirement = if requirement.is_empty() {
                "*"
            } else {
                requirement
            };
            Ok(Alternative {
                kind,
                requirement: requirement.parse()?,
            })
        };
        let alternatives: Result<_, semver::Error> = text.split('|').map(alternative).collect();
        alternatives.map(Self).map_err(|source| InvalidVersions {
            text: text.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Vec<String> {
        let set: Versions = text.parse().expect("the test writes valid sets");
        Kind::ALL
            .into_iter()
            .flat_map(ApiVersion::all)
            .filter(|version| set.contains(**version))
            .map(|version| format!("{}{version}", version.kind().standard()))
            .collect()
    }

    #[test]
    fn a_set_names_versions_of_one_standard_or_of_both() {
        assert_eq!(
            members("odps >=1.1 | odcs >=3.2"),
            ["odpsv1.1.0", "odcsv3.2.0"]
        );
        assert_eq!(
            members("odps <1 | odcs >=3.0.1, <3.1"),
            ["odpsv0.9.0", "odcsv3.0.1", "odcsv3.0.2"]
        );
        assert_eq!(members("odps").len(), 3);
        assert_eq!(members("*").len(), 8);
    }

    #[test]
    fn a_set_must_be_made_of_version_requirements() {
        assert!("odps newer".parse::<Versions>().is_err());
    }
}
