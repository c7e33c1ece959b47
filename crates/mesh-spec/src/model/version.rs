//! The kinds of document and the versions of the standards that define them.

use std::fmt;

/// What a document is, as declared by its `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A data product, described by the Open Data Product Standard (ODPS).
    DataProduct,
    /// A data contract, described by the Open Data Contract Standard (ODCS).
    DataContract,
}

impl Kind {
    /// Both kinds, products first.
    pub const ALL: [Self; 2] = [Self::DataProduct, Self::DataContract];

    /// The value of the `kind` key.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DataProduct => "DataProduct",
            Self::DataContract => "DataContract",
        }
    }

    /// The abbreviation of the standard, as used in file names and in version annotations.
    pub const fn standard(self) -> &'static str {
        match self {
            Self::DataProduct => "odps",
            Self::DataContract => "odcs",
        }
    }

    /// What to call such a document in a sentence.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::DataProduct => "data product",
            Self::DataContract => "data contract",
        }
    }

    /// Reads the value of a `kind` key.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A supported version of one of the standards, as declared by `apiVersion`.
///
/// Versions of one standard are ordered by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion {
    kind: Kind,
    major: u8,
    minor: u8,
    patch: u8,
}

impl ApiVersion {
    const DATA_PRODUCT: &[Self] = &[
        Self::odps(0, 9, 0),
        Self::odps(1, 0, 0),
        Self::odps(1, 1, 0),
    ];
    const DATA_CONTRACT: &[Self] = &[
        Self::odcs(3, 0, 0),
        Self::odcs(3, 0, 1),
        Self::odcs(3, 0, 2),
        Self::odcs(3, 1, 0),
        Self::odcs(3, 2, 0),
    ];

    const fn odps(major: u8, minor: u8, patch: u8) -> Self {
        Self {
            kind: Kind::DataProduct,
            major,
            minor,
            patch,
        }
    }

    const fn odcs(major: u8, minor: u8, patch: u8) -> Self {
        Self {
            kind: Kind::DataContract,
            major,
            minor,
            patch,
        }
    }

    /// All supported versions of a standard, oldest first.
    pub const fn all(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::DataProduct => Self::DATA_PRODUCT,
            Kind::DataContract => Self::DATA_CONTRACT,
        }
    }

    /// The newest supported version of a standard: the one that mesh writes.
    pub const fn current(kind: Kind) -> Self {
        match kind {
            Kind::DataProduct => Self::odps(1, 1, 0),
            Kind::DataContract => Self::odcs(3, 2, 0),
        }
    }

    /// Reads the value of an `apiVersion` key, such as `v1.1.0`; `None` if it is not a supported
    /// version.
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        Self::all(kind)
            .iter()
            .copied()
            .find(|version| version.to_string() == text)
    }

    /// The kind of document that this version describes.
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// The version by the rules of semantic versioning.
    pub const fn to_semver(self) -> semver::Version {
        semver::Version::new(self.major as u64, self.minor as u64, self.patch as u64)
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_listed_oldest_first_and_end_with_the_current_one() {
        for kind in Kind::ALL {
            let all = ApiVersion::all(kind);
            assert!(all.is_sorted());
            assert_eq!(all.last(), Some(&ApiVersion::current(kind)));
        }
    }

    #[test]
    fn only_supported_versions_parse_and_only_as_they_are_written_in_documents() {
        for version in Kind::ALL.into_iter().flat_map(ApiVersion::all) {
            assert_eq!(
                ApiVersion::parse(version.kind(), &version.to_string()),
                Some(*version)
            );
        }
        assert_eq!(ApiVersion::parse(Kind::DataProduct, "1.1.0"), None);
        assert_eq!(ApiVersion::parse(Kind::DataProduct, "v3.2.0"), None);
    }
}
