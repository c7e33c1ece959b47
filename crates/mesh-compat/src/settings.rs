//! What a repository has decided about compatibility.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use mesh_spec::terms::dates::Day;
use mesh_spec::vocabulary::Vocabularies;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Context;
use crate::change::{Change, ChangeKind};
use crate::impact::{Impact, Profile};
use crate::version::Versioning;

/// What a repository has decided about compatibility.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Which readers changes are judged for.
    pub profile: Profile,
    /// What version numbers say.
    pub versioning: Versioning,
    /// What changes to custom properties of one's own ask for, by the property's name.
    pub properties: BTreeMap<String, Meaning>,
    /// Changes that are let through.
    pub ignore: Vec<Ignore>,
    /// What is different for some files, the later stronger than the earlier.
    pub overrides: Vec<Override>,
}

/// What a change to a custom property asks of the version number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(
    rename_all = "lowercase",
    expecting = "one of `patch`, `minor`, `major`"
)]
pub enum Meaning {
    /// It promises nothing.
    Patch,
    /// Readers should hear of it.
    Minor,
    /// Readers depend on it.
    Major,
}

/// A change that is let through, for a time.
#[derive(Debug, Clone)]
pub struct Ignore {
    /// Its kind.
    pub kind: &'static ChangeKind,
    /// The element that it is about, such as `orders.coupon`, or its path; `*` stands for anything.
    /// Without one, all changes of the kind are let through.
    pub at: Option<String>,
    /// The `id` of the document that it is about; without one, all documents.
    pub of: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it is let through.
    pub until: Day,
}

/// What is different for some files.
#[derive(Clone)]
pub struct Override {
    /// Whether a file is meant, by the name it is shown under.
    pub applies: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Which readers changes are judged for.
    pub profile: Option<Profile>,
    /// What version numbers say.
    pub versioning: Option<Versioning>,
}

impl Settings {
    /// What a comparison has to know.
    pub fn context<'c>(&'c self, vocabularies: &'c Vocabularies) -> Context<'c> {
        Context {
            vocabularies,
            properties: &self.properties,
        }
    }

    /// The profile and the versioning for the file shown as `name`.
    pub fn of(&self, name: &str) -> (Profile, Versioning) {
        let overrides = self.overrides.iter().filter(|other| (other.applies)(name));
        overrides.fold(
            (self.profile, self.versioning),
            |(profile, versioning), other| {
                (
                    other.profile.unwrap_or(profile),
                    other.versioning.unwrap_or(versioning),
                )
            },
        )
    }
}

impl Ignore {
    /// Whether it is about `change` of the document `id`, expired or not.
    pub(crate) fn is_about(&self, change: &Change, id: Option<&str>) -> bool {
        self.kind.id == change.kind.id
            && (self.of.is_none() || self.of.as_deref() == id)
            && self.at.as_deref().is_none_or(|at| {
                let element = change.element.as_deref();
                element.is_some_and(|element| is_like(element, at)) || is_like(&change.path, at)
            })
    }
}

/// Whether `text` is as `pattern` says, in which `*` stands for any text.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(between) = last.replace(part) {
            match rest.find(between) {
                Some(at) => rest = &rest[at + between.len()..],
                None => return false,
            }
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

impl From<Meaning> for Impact {
    fn from(meaning: Meaning) -> Self {
        match meaning {
            Meaning::Patch => Self::Patch,
            Meaning::Minor => Self::Minor,
            Meaning::Major => Self::Major,
        }
    }
}

impl fmt::Debug for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Override")
            .field("profile", &self.profile)
            .field("versioning", &self.versioning)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (text, pattern, expected) in [
            ("orders.coupon", "orders.coupon", true),
            ("orders.coupon", "orders.*", true),
            ("orders.coupon", "*", true),
            ("orders.coupon", "*coupon", true),
            ("orders.coupon", "o*s.c*n", true),
            ("orders.coupon", "orders", false),
            ("orders.coupon", "orders.coupon.code", false),
            ("orders.coupon", "*.total", false),
            ("aa", "a*a*a", false),
            ("", "", true),
        ] {
            assert_eq!(is_like(text, pattern), expected, "{text} {pattern}");
        }
    }
}
