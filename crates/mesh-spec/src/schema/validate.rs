//! What is wrong with a document, in words that its author understands.

use std::collections::{BTreeSet, HashSet};

use mesh_schemas::{TypeKind, ValidationError, ValidationErrorKind as Error};
use serde_json::Value;

use super::explain;
use super::keys::{Place, versions_of_key};
use super::schema_of;
use crate::model::version::ApiVersion;
use crate::yaml;

/// Of the unknown keys of a document, this many are explained: what was meant by each is looked up
/// in the schemas of all versions.
const EXPLAINED: usize = 1000;

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// JSON Pointer of the value that is wrong, or that has a wrong key or lacks one.
    pub pointer: String,
    /// What at the pointer is wrong.
    pub target: Target,
    /// What sort of mistake it is, for callers that know the document's text and can say more.
    pub kind: ViolationKind,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// JSON Pointers of the nodes that have to be left out before the rest of the document fits the
    /// model.
    pub masks: Vec<String>,
}

/// What a violation points at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The value.
    Value,
    /// A key of the value, which is an object.
    Key(String),
}

/// The sorts of mistakes.
#[derive(Debug, Clone, PartialEq)]
pub enum ViolationKind {
    /// A key that the object does not have in this version.
    UnknownKey {
        /// The key.
        key: String,
        /// The versions that have the key, oldest first; empty if none has.
        versions: Vec<ApiVersion>,
        /// A key that may have been meant.
        suggestion: Option<String>,
    },
    /// A key that the object must have.
    MissingKey {
        /// The key.
        key: String,
    },
    /// A value of the wrong type.
    WrongType {
        /// The types that are allowed, as JSON names them.
        expected: Vec<&'static str>,
    },
    /// A value that is not in the list of those allowed.
    NotListed {
        /// A value that may have been meant.
        suggestion: Option<String>,
    },
    /// A text that does not have the required form.
    Malformed,
    /// A number, or a number of things, that is too small or too large.
    OutOfRange,
    /// A list in which something is said twice.
    Repeated,
    /// Keys or values that do not go together.
    Conflict,
}

/// Judges a document by the schema of a version, and says what is wrong.
///
/// A document without violations is valid. One with violations fits the model nevertheless, once
/// their [masks](Violation::masks) and the [undefined keys](super::undefined_keys) have been left
/// out.
pub fn validate(version: ApiVersion, document: &Value) -> Vec<Violation> {
    if super::accepts(version, document) {
        return Vec::new();
    }
    let mut findings = Findings {
        version,
        document,
        violations: Vec::new(),
        unexpected: BTreeSet::new(),
    };
    for error in schema_of(version).errors(document) {
        findings.add(&error);
    }
    findings.finish()
}

/// Collects the validator's errors, and leaves one violation per cause.
struct Findings<'a> {
    version: ApiVersion,
    document: &'a Value,
    violations: Vec<Violation>,
    /// Keys that no branch of the schema has accepted: an object's pointer, and the key.
    unexpected: BTreeSet<(String, String)>,
}

impl<'a> Findings<'a> {
    fn add(&mut self, error: &ValidationError<'_>) {
        let pointer = error.instance_path().to_string();
        if let Some(property) = self.untyped_options(&pointer, error) {
            self.violations.push(explain::untyped_options(
                self.place(&property).as_ref(),
                &property,
            ));
            return;
        }
        let place = self.place(&pointer);
        let violation = match error.kind() {
            Error::AdditionalProperties { unexpected }
            | Error::UnevaluatedProperties { unexpected } => {
                self.unexpected
                    .extend(unexpected.iter().map(|key| (pointer.clone(), key.clone())));
                return;
            }
            Error::AnyOf { context } | Error::OneOfNotValid { context } => {
                return self.add_alternatives(&pointer, place.as_ref(), context);
            }
            Error::OneOfMultipleValid { .. } => {
                explain::too_many_operators(place.as_ref(), &pointer)
            }
            Error::Required { property } => {
                explain::missing_key(place.as_ref(), &pointer, property)
            }
            Error::Type { kind } => explain::wrong_type(error.instance(), &pointer, &types(kind)),
            Error::Enum { options } => {
                let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
                explain::not_listed(
                    self.version,
                    self.document,
                    &pointer,
                    error.instance(),
                    options,
                )
            }
            Error::Pattern { pattern } => {
                explain::malformed(place.as_ref(), &pointer, error.instance(), pattern)
            }
            Error::UniqueItems => explain::repeated(&pointer, error.instance()),
            kind => explain::out_of_range(&pointer, kind, error),
        };
        self.violations.push(violation);
    }

    /// Explains a choice of which no alternative fits by the alternative that was most likely
    /// meant.
    fn add_alternatives(
        &mut self,
        pointer: &str,
        place: Option<&Place<'_>>,
        context: &[Vec<ValidationError<'_>>],
    ) {
        let wants_one_key = |errors: &Vec<ValidationError<'_>>| matches!(errors.as_slice(), [only] if matches!(only.kind(), Error::Required { .. }));
        if context.iter().all(wants_one_key) {
            self.violations.push(explain::no_operator(place, pointer));
            return;
        }
        let wrong_shape = |error: &ValidationError<'_>| match error.kind() {
            Error::Type { kind } if error.instance_path().as_str() == pointer => Some(types(kind)),
            _ => None,
        };
        let fitting = context
            .iter()
            .filter(|errors| !errors.iter().any(|error| wrong_shape(error).is_some()));
        let Some(best) = fitting.min_by_key(|errors| errors.len()) else {
            let expected: Vec<_> = context
                .iter()
                .flatten()
                .filter_map(wrong_shape)
                .flatten()
                .collect();
            if let Some(place) = place {
                self.violations
                    .push(explain::wrong_type(place.value, pointer, &expected));
            }
            return;
        };
        if place.is_some_and(|place| place.definition == Some("ObjectRelationship")) {
            self.violations
                .extend(explain::uneven_relationship(place, pointer));
            return;
        }
        for error in best {
            self.add(error);
        }
    }

    /// The pointer of the property that has options but no logical type, if that is what an error
    /// is about.
    ///
    /// Such options are held to the rules of every logical type, and fail most of them.
    fn untyped_options(&self, pointer: &str, error: &ValidationError<'_>) -> Option<String> {
        let (property, rest) = pointer.rsplit_once("/logicalTypeOptions")?;
        let is_options = rest.is_empty() || rest.starts_with('/');
        let is_other_type = rest.is_empty() && matches!(error.kind(), Error::Type { .. });
        let untyped = self
            .document
            .pointer(property)?
            .get("logicalType")
            .is_none();
        (is_options && !is_other_type && untyped).then(|| property.to_owned())
    }

    fn place(&self, pointer: &str) -> Option<Place<'a>> {
        Place::find(self.version, self.document, pointer)
    }

    fn finish(mut self) -> Vec<Violation> {
        let unexpected = std::mem::take(&mut self.unexpected);
        let wrong: HashSet<String> = self
            .violations
            .iter()
            .map(|violation| match &violation.kind {
                ViolationKind::MissingKey { key } => yaml::join(&violation.pointer, key),
                _ => violation.pointer.clone(),
            })
            .collect();
        let unknown: Vec<_> = unexpected
            .iter()
            .filter(|(pointer, key)| !self.is_consequence(pointer, key, &wrong))
            .enumerate()
            .map(|(index, (pointer, key))| {
                if index < EXPLAINED {
                    explain::unknown_key(self.version, self.document, pointer, key)
                } else {
                    explain::one_more_unknown_key(pointer, key)
                }
            })
            .collect();
        self.violations.extend(unknown);
        if self.violations.is_empty() {
            // Never call an invalid document valid because its errors seemed to explain each other.
            let all = unexpected.iter().map(|(pointer, key)| {
                explain::unknown_key(self.version, self.document, pointer, key)
            });
            self.violations.extend(all);
        }
        self.violations.sort_by_cached_key(|violation| {
            (
                natural(&violation.pointer),
                violation.target.clone(),
                violation.message.clone(),
            )
        });
        self.violations.dedup_by(|a, b| {
            (&a.pointer, &a.target, &a.message) == (&b.pointer, &b.target, &b.message)
        });
        self.violations
    }

    /// Whether a key is only rejected because of another mistake.
    ///
    /// Either the branch that knows the key failed for another reason, or the key that chooses the
    /// branch is wrong.
    fn is_consequence(&self, pointer: &str, key: &str, wrong: &HashSet<String>) -> bool {
        let Some(place) = self.place(pointer) else {
            return true;
        };
        if place.keys().iter().any(|known| known.name == key) {
            return true;
        }
        let is_wrong = |chooser: &&str| wrong.contains(&yaml::join(pointer, chooser));
        let branches_are_open = place.choosers().iter().any(is_wrong);
        branches_are_open
            && !versions_of_key(self.version.kind(), self.document, pointer, key).is_empty()
            || place
                .conditions_for(key)
                .is_some_and(|(chooser, _)| is_wrong(&chooser))
    }
}

/// Orders pointers as a reader of the document would: `/2` before `/10`.
fn natural(pointer: &str) -> Vec<(Option<usize>, String)> {
    yaml::split(pointer)
        .map(|token| (token.parse().ok(), token.into_owned()))
        .collect()
}

/// The names of the types that an error says are allowed.
fn types(kind: &TypeKind) -> Vec<&'static str> {
    match kind {
        TypeKind::Single(one) => vec![one.as_str()],
        TypeKind::Multiple(set) => set.iter().map(mesh_schemas::JsonType::as_str).collect(),
    }
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
