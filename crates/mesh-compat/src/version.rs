//! Which version number a change needs.

use schemars::JsonSchema;
use semver::{BuildMetadata, Prerelease, Version};
use serde::{Deserialize, Serialize};

use mesh_spec::workspace::{bare_version, parse_version};

use crate::impact::Impact;

/// What a version number says about changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", expecting = "`semver` or `major-only`")]
pub enum Versioning {
    /// [Semantic versioning](https://semver.org): major, minor, patch. Before 1.0.0, the minor version
    /// stands for the major one, as package managers read it.
    #[default]
    Semver,
    /// Only what breaks readers needs a new version, and then a new major one.
    MajorOnly,
}

impl Versioning {
    /// All of them, the default first.
    pub const ALL: [Self; 2] = [Self::Semver, Self::MajorOnly];

    /// The name used in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Semver => "semver",
            Self::MajorOnly => "major-only",
        }
    }

    /// The lowest version that covers a change of `impact` since `base`: `base` itself where nothing has
    /// to be announced.
    ///
    /// What needs review is counted as minor: somebody has to look, and readers should hear of it. A
    /// pre-release promises nothing, so whatever changes after it, its release will do.
    pub fn needed(self, base: &Version, impact: Impact) -> Version {
        if impact == Impact::None {
            return base.clone();
        }
        if !base.pre.is_empty() {
            return Version::new(base.major, base.minor, base.patch);
        }
        let Version {
            major,
            minor,
            patch,
            ..
        } = *base;
        match (impact, self) {
            (Impact::Major, Self::MajorOnly) => Version::new(major.saturating_add(1), 0, 0),
            (_, Self::MajorOnly) => base.clone(),
            (Impact::Major, Self::Semver) if major == 0 => {
                Version::new(0, minor.saturating_add(1), 0)
            }
            (Impact::Major, Self::Semver) => Version::new(major.saturating_add(1), 0, 0),
            (Impact::Minor | Impact::Review, Self::Semver) if major > 0 => {
                Version::new(major, minor.saturating_add(1), 0)
            }
            (_, Self::Semver) => Version::new(major, minor, patch.saturating_add(1)),
        }
    }

    /// Whether `declared` covers a change of `impact` since `base`. A pre-release of the version that is
    /// needed does: it announces what is to come.
    pub fn covers(self, base: &Version, impact: Impact, declared: &Version) -> bool {
        let mut announced = declared.clone();
        if *declared > *base {
            announced.pre = Prerelease::EMPTY;
        }
        announced >= self.needed(base, impact)
    }
}

/// Whether two versions are of one line, within which no change breaks a reader: the same major
/// version, and before 1.0.0 the same minor one.
pub fn same_line(a: &Version, b: &Version) -> bool {
    line(a) == line(b)
}

/// What tells the line of a version from others; see [`same_line`].
pub(crate) const fn line(version: &Version) -> (u64, u64) {
    match version.major {
        0 => (0, version.minor),
        major => (major, 0),
    }
}

/// The version that `declared` is to be compared with: the highest of its line, else the highest below
/// it. Where every published version is higher, the highest of all, so that going backwards is seen.
///
/// Within a line, a release comes before pre-releases, which promise nothing.
pub fn base_of<'v>(
    published: impl IntoIterator<Item = &'v Version>,
    declared: &Version,
) -> Option<&'v Version> {
    let all: Vec<&Version> = published.into_iter().collect();
    let highest = |is_wanted: &dyn Fn(&Version) -> bool| {
        let wanted = all.iter().copied().filter(|version| is_wanted(version));
        wanted.max_by_key(|version| (version.pre.is_empty(), *version))
    };
    highest(&|version| same_line(version, declared))
        .or_else(|| highest(&|version| version < declared))
        .or_else(|| highest(&|_| true))
}

/// Reads a version: `1.2.0`, `v1.2.0`, and shorter ones such as `1.2` or `3`, which some number their
/// contracts with.
///
/// A version of which a number is as high as numbers go is none: no version could follow it.
pub fn read_version(text: &str) -> Option<Version> {
    let text = text.trim();
    let mut version = parse_version(text).or_else(|| {
        let bare = bare_version(text);
        let dots = bare.matches('.').count();
        let is_short = dots < 2 && bare.split('.').all(|part| part.parse::<u64>().is_ok());
        let padded = format!("{bare}{}", ".0".repeat(2_usize.saturating_sub(dots)));
        is_short.then(|| Version::parse(&padded).ok())?
    })?;
    // Which build it is has no place in the order of versions (Semantic Versioning 2.0.0, 10).
    version.build = BuildMetadata::EMPTY;
    let numbers = [version.major, version.minor, version.patch];
    (!numbers.contains(&u64::MAX)).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        read_version(text).expect("a version")
    }

    #[test]
    fn what_is_needed_follows_from_base_and_impact() {
        for (base, impact, semver, major_only) in [
            ("1.4.2", Impact::None, "1.4.2", "1.4.2"),
            ("1.4.2", Impact::Patch, "1.4.3", "1.4.2"),
            ("1.4.2", Impact::Minor, "1.5.0", "1.4.2"),
            ("1.4.2", Impact::Review, "1.5.0", "1.4.2"),
            ("1.4.2", Impact::Major, "2.0.0", "2.0.0"),
            ("0.4.2", Impact::Patch, "0.4.3", "0.4.2"),
            ("0.4.2", Impact::Minor, "0.4.3", "0.4.2"),
            ("0.4.2", Impact::Major, "0.5.0", "1.0.0"),
            ("2.0.0-rc.1", Impact::Major, "2.0.0", "2.0.0"),
        ] {
            let needed = |versioning: Versioning| versioning.needed(&version(base), impact);
            assert_eq!(
                needed(Versioning::Semver),
                version(semver),
                "{base} {impact}"
            );
            assert_eq!(
                needed(Versioning::MajorOnly),
                version(major_only),
                "{base} {impact}"
            );
        }
    }

    #[test]
    fn a_pre_release_announces_its_release() {
        let covers = |base: &str, impact, declared: &str| {
            Versioning::Semver.covers(&version(base), impact, &version(declared))
        };
        assert!(covers("1.4.2", Impact::Major, "2.0.0-rc.1"));
        assert!(!covers("1.4.2", Impact::Major, "1.5.0"));
        assert!(covers("2.0.0-rc.1", Impact::Major, "2.0.0-rc.2"));
        assert!(!covers("2.0.0-rc.2", Impact::Major, "2.0.0-rc.1"));
        assert!(covers("1.4.2", Impact::None, "1.4.2"));
        assert!(!covers("1.4.2", Impact::None, "1.4.2-rc.1"));
    }

    #[test]
    fn what_is_needed_covers_and_what_is_before_does_not() {
        for base in ["0.1.0", "0.0.7", "1.0.0", "3.2.1", "2.0.0-rc.1"].map(version) {
            for impact in Impact::ALL {
                let needed = Versioning::Semver.needed(&base, impact);
                assert!(
                    Versioning::Semver.covers(&base, impact, &needed),
                    "{base} {impact}"
                );
                if impact > Impact::None {
                    assert!(
                        !Versioning::Semver.covers(&base, impact, &base),
                        "{base} {impact}"
                    );
                }
            }
        }
    }

    #[test]
    fn lines_are_major_versions() {
        let same = |a: &str, b: &str| same_line(&version(a), &version(b));
        assert!(same("1.0.0", "1.9.0") && same("0.3.0", "0.3.9"));
        assert!(!same("1.0.0", "2.0.0") && !same("0.3.0", "0.4.0") && !same("0.3.0", "1.3.0"));
    }

    #[test]
    fn the_base_is_the_highest_of_the_line() {
        let base = |published: &[&str], declared: &str| {
            let published: Vec<_> = published.iter().map(|text| version(text)).collect();
            base_of(&published, &version(declared)).map(ToString::to_string)
        };
        let many = ["1.0.0", "1.4.0", "1.5.0-rc.1", "2.0.0", "2.1.0"];
        for (declared, expected) in [
            ("1.4.1", "1.4.0"),
            ("1.5.0", "1.4.0"),
            ("1.3.0", "1.4.0"),
            ("2.2.0", "2.1.0"),
            ("3.0.0", "2.1.0"),
            ("0.9.0", "2.1.0"),
        ] {
            assert_eq!(
                base(&many, declared).as_deref(),
                Some(expected),
                "{declared}"
            );
        }
        assert_eq!(
            base(&["1.0.0-rc.1"], "1.0.0").as_deref(),
            Some("1.0.0-rc.1")
        );
        assert_eq!(base(&[], "1.0.0"), None);
    }

    #[test]
    fn short_versions_are_read() {
        assert_eq!(read_version("3"), Some(Version::new(3, 0, 0)));
        assert_eq!(read_version("v1.2"), Some(Version::new(1, 2, 0)));
        assert_eq!(read_version("1.2.0+b"), read_version("1.2.0+a"));
        assert_eq!(read_version("1.2.x"), None);
        assert_eq!(read_version(""), None);
        assert_eq!(read_version("."), None);
    }

    #[test]
    fn a_version_that_cannot_rise_is_none() {
        let most = u64::MAX;
        for text in [
            format!("{most}"),
            format!("1.{most}.0"),
            format!("v1.2.{most}"),
        ] {
            assert_eq!(read_version(&text), None, "{text}");
        }
        let last = version(&format!("{}.0.0", most - 1));
        let needed = Versioning::Semver.needed(&last, Impact::Major);
        assert_eq!(needed.major, most);
    }
}
