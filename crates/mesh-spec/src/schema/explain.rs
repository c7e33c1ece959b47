//! The wording of violations.

use std::borrow::Cow;
use std::collections::HashSet;

use mesh_diagnostics::nearest;
use mesh_schemas::{ValidationError, ValidationErrorKind as Error};
use serde_json::Value;

use super::keys::{Place, values_at, versions_of_key};
use super::validate::{Target, Violation, ViolationKind};
use crate::model::odcs::DataQuality;
use crate::model::version::{ApiVersion, Kind};
use crate::yaml;

/// Longest list of values that a message repeats.
const LISTED: usize = 12;

/// Longest text that a message quotes.
const QUOTED: usize = 40;

pub(super) fn unknown_key(
    version: ApiVersion,
    document: &Value,
    pointer: &str,
    key: &str,
) -> Violation {
    let place = Place::find(version, document, pointer);
    let versions = versions_of_key(version.kind(), document, pointer, key);
    let known = place.as_ref().map(Place::keys).unwrap_or_default();
    let suggestion = nearest(key, known.iter().map(|known| known.name));
    let granted = place.as_ref().and_then(|place| place.conditions_for(key));
    let options = options_type(version, document, pointer, &[key]);

    let starts_here = key == "from"
        && place
            .as_ref()
            .is_some_and(|place| place.definition == Some("PropertyRelationship"));

    let help = if starts_here {
        Some("a relationship of a property starts at that property".to_owned())
    } else if let Some(suggestion) = suggestion.filter(|_| versions.is_empty()) {
        Some(format!("did you mean `{suggestion}`?"))
    } else if let Some((chooser, values)) = granted {
        Some(format!(
            "`{key}` belongs to `{chooser}: {}`",
            values.join("` or `")
        ))
    } else if let Some(first) = versions.iter().find(|other| **other > version) {
        Some(format!(
            "`{key}` exists since {first}; this document declares apiVersion {version}"
        ))
    } else if let Some(last) = versions.last() {
        Some(format!(
            "`{key}` exists until {last}; this document declares apiVersion {version}"
        ))
    } else if let Some(logical_type) = options {
        Some(format!(
            "`{key}` is an option of `logicalType: {logical_type}`"
        ))
    } else {
        let extensible = known.iter().any(|known| known.name == "customProperties");
        extensible.then(|| "additions of your own go into `customProperties`".to_owned())
    };
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Key(key.to_owned()),
        message: format!(
            "unknown key `{key}` in {}",
            describe(place.as_ref(), pointer)
        ),
        help,
        masks: vec![yaml::join(pointer, key)],
        kind: ViolationKind::UnknownKey {
            key: key.to_owned(),
            versions,
            suggestion: suggestion.map(ToOwned::to_owned),
        },
    }
}

/// An unknown key of a document that has so many that nobody reads what each was meant to be.
pub(super) fn one_more_unknown_key(pointer: &str, key: &str) -> Violation {
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Key(key.to_owned()),
        message: format!("unknown key `{key}` in {}", describe(None, pointer)),
        help: None,
        masks: vec![yaml::join(pointer, key)],
        kind: ViolationKind::UnknownKey {
            key: key.to_owned(),
            versions: Vec::new(),
            suggestion: None,
        },
    }
}

pub(super) fn missing_key(place: Option<&Place<'_>>, pointer: &str, property: &Value) -> Violation {
    let key = property.as_str().unwrap_or_default();
    let described = place
        .map(Place::keys)
        .unwrap_or_default()
        .into_iter()
        .find(|known| known.name == key);
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Value,
        kind: ViolationKind::MissingKey {
            key: key.to_owned(),
        },
        message: format!(
            "missing required key `{key}` in {}",
            describe(place, pointer)
        ),
        help: described.and_then(|key| key.description).map(|text| {
            let sentence = text.split_once(". ").map_or(text, |(first, _)| first);
            format!("`{key}`: {}", sentence.trim_end_matches('.'))
        }),
        masks: Vec::new(),
    }
}

pub(super) fn wrong_type(value: &Value, pointer: &str, expected: &[&'static str]) -> Violation {
    let found = match value {
        Value::Null => "it is empty".to_owned(),
        Value::Bool(value) => format!("`{value}` is a boolean"),
        Value::Number(value) => format!("`{value}` is a number"),
        Value::String(value) => format!("`{}` is a string", shorten(value)),
        Value::Array(_) => "it is a list".to_owned(),
        Value::Object(_) => "it is an object".to_owned(),
    };
    let help = match (expected, value) {
        (["object"], Value::Array(_)) if pointer == "/team" => {
            Some("in this version, the list goes under `team.members`".to_owned())
        }
        (["array"], Value::Object(_)) if pointer == "/team" => {
            Some("in this version, `team` is the list of its members".to_owned())
        }
        (_, Value::Null) => Some("give it a value, or leave it out".to_owned()),
        (["string"], Value::Bool(_) | Value::Number(_)) => Some(format!("quote it: \"{value}\"")),
        (["integer" | "number"], Value::String(text)) if text.parse::<f64>().is_ok() => {
            Some(format!("write it without quotes: {text}"))
        }
        (["boolean"], Value::String(text)) if matches!(text.as_str(), "true" | "false") => {
            Some(format!("remove the quotes: {text}"))
        }
        (["array"], Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Object(_)) => {
            Some("write it as a list, even if it has one element".to_owned())
        }
        _ => None,
    };
    let nouns: Vec<_> = expected.iter().map(|name| noun_of_type(name)).collect();
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Value,
        kind: ViolationKind::WrongType {
            expected: expected.to_vec(),
        },
        message: format!(
            "{} must be {}, but {found}",
            subject(pointer),
            either(&nouns)
        ),
        help,
        masks: vec![pointer.to_owned()],
    }
}

pub(super) fn not_listed(
    version: ApiVersion,
    document: &Value,
    pointer: &str,
    value: &Value,
    options: &[Value],
) -> Violation {
    let options: Vec<_> = options.iter().map(plain).collect();
    let found = plain(value);
    let suggestion = synonym(&found)
        .filter(|name| options.iter().any(|option| option == name))
        .or_else(|| nearest(&found, options.iter().map(String::as_str)))
        .map(ToOwned::to_owned);
    let lists = |other: &&ApiVersion| values_at(**other, document, pointer).contains(&value);
    let listed = || {
        options
            .iter()
            .map(|option| format!("`{option}`"))
            .collect::<Vec<_>>()
    };
    let known = ApiVersion::all(version.kind()).iter().find(lists);

    let wanted = if options.len() > LISTED {
        format!("one of {} known values", options.len())
    } else {
        match listed().as_slice() {
            [only] => only.clone(),
            listed => format!("one of {}", either(listed)),
        }
    };
    let help = if let Some(known) = known {
        Some(format!(
            "`{found}` exists since {known}; this document declares apiVersion {version}"
        ))
    } else if let Some(suggestion) = &suggestion {
        Some(format!("did you mean `{suggestion}`?"))
    } else {
        (options.len() > LISTED).then(|| format!("known values are {}", listed().join(", ")))
    };
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Value,
        kind: ViolationKind::NotListed { suggestion },
        message: format!(
            "{} must be {wanted}, not `{}`",
            subject(pointer),
            shorten(&found)
        ),
        help,
        masks: vec![pointer.to_owned()],
    }
}

pub(super) fn malformed(
    place: Option<&Place<'_>>,
    pointer: &str,
    value: &Value,
    pattern: &str,
) -> Violation {
    let form = match place.and_then(|place| place.definition) {
        Some("StableId") => "may only have letters, digits, `-` and `_`".to_owned(),
        Some("Reference") => {
            "must be a reference such as `object.property` or `schema/object-id/properties/property-id`".to_owned()
        }
        _ => format!("must match `{pattern}`"),
    };
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Value,
        kind: ViolationKind::Malformed,
        message: format!(
            "{} {form}, not `{}`",
            subject(pointer),
            shorten(&plain(value))
        ),
        help: None,
        masks: Vec::new(),
    }
}

pub(super) fn repeated(pointer: &str, value: &Value) -> Violation {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut seen = HashSet::with_capacity(items.len());
    let again = items
        .iter()
        .enumerate()
        .find(|(_, item)| !seen.insert(*item));
    Violation {
        pointer: again.map_or_else(
            || pointer.to_owned(),
            |(index, _)| format!("{pointer}/{index}"),
        ),
        target: Target::Value,
        kind: ViolationKind::Repeated,
        message: format!("{} must not say the same thing twice", subject(pointer)),
        help: Some("remove the repetition".to_owned()),
        masks: Vec::new(),
    }
}

pub(super) fn out_of_range(pointer: &str, kind: &Error, error: &ValidationError<'_>) -> Violation {
    let subject = subject(pointer);
    let elements = |limit: u64| if limit == 1 { "element" } else { "elements" };
    let message = match kind {
        Error::Minimum { limit } => format!("{subject} must be at least {limit}"),
        Error::ExclusiveMinimum { limit } => format!("{subject} must be greater than {limit}"),
        Error::Maximum { limit } => format!("{subject} must be at most {limit}"),
        Error::ExclusiveMaximum { limit } => format!("{subject} must be less than {limit}"),
        Error::MinItems { limit } => {
            format!("{subject} must have at least {limit} {}", elements(*limit))
        }
        Error::MaxItems { limit } => {
            format!("{subject} must have at most {limit} {}", elements(*limit))
        }
        _ => format!("{subject} is not valid: {error}"),
    };
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Value,
        kind: ViolationKind::OutOfRange,
        message,
        help: None,
        masks: Vec::new(),
    }
}

pub(super) fn no_operator(place: Option<&Place<'_>>, pointer: &str) -> Violation {
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Value,
        kind: ViolationKind::Conflict,
        message: format!(
            "{} does not say what to compare with",
            describe(place, pointer)
        ),
        help: Some(format!(
            "add one of `{}`",
            DataQuality::OPERATORS.join("`, `")
        )),
        masks: Vec::new(),
    }
}

pub(super) fn too_many_operators(place: Option<&Place<'_>>, pointer: &str) -> Violation {
    let object = place.and_then(|place| place.value.as_object());
    let keys = object
        .into_iter()
        .flat_map(|object| object.keys())
        .map(String::as_str);
    let operators: Vec<_> = keys
        .filter(|key| DataQuality::OPERATORS.contains(key))
        .collect();
    let quoted: Vec<_> = operators
        .iter()
        .map(|operator| format!("`{operator}`"))
        .collect();
    Violation {
        pointer: pointer.to_owned(),
        target: operators
            .last()
            .map_or(Target::Value, |last| Target::Key((*last).to_owned())),
        kind: ViolationKind::Conflict,
        message: format!(
            "{} can have only one of {}",
            describe(place, pointer),
            quoted.join(" and ")
        ),
        help: Some("make a check of each".to_owned()),
        masks: Vec::new(),
    }
}

/// Both ends are single references or both are lists; `None` if an end is neither, which is
/// reported for itself.
pub(super) fn uneven_relationship(place: Option<&Place<'_>>, pointer: &str) -> Option<Violation> {
    let place = place?;
    let shape = |key: &str| match place.value.get(key) {
        Some(Value::String(_)) => Some("a single reference"),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => Some("a list"),
        _ => None,
    };
    let (from, to) = (shape("from")?, shape("to")?);
    Some(Violation {
        pointer: pointer.to_owned(),
        target: Target::Value,
        kind: ViolationKind::Conflict,
        message: format!("`from` is {from}, but `to` is {to}"),
        help: Some("make both single references, or both lists".to_owned()),
        masks: Vec::new(),
    })
}

pub(super) fn untyped_options(place: Option<&Place<'_>>, pointer: &str) -> Violation {
    let options = place.and_then(|place| place.value.get("logicalTypeOptions"));
    let keys: Vec<_> = options
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|options| options.keys())
        .collect();
    let logical_type = place.and_then(|place| type_with_options(place, &keys));
    Violation {
        pointer: pointer.to_owned(),
        target: Target::Key("logicalTypeOptions".to_owned()),
        kind: ViolationKind::Conflict,
        message: format!(
            "{} has `logicalTypeOptions` but no `logicalType`",
            describe(place, pointer)
        ),
        help: Some(match logical_type {
            Some(name) => format!("add `logicalType: {name}`"),
            None => "add the `logicalType` that the options belong to".to_owned(),
        }),
        masks: vec![format!("{pointer}/logicalTypeOptions")],
    }
}

/// The logical type that has an option, if the pointer is that of a property's options.
fn options_type(
    version: ApiVersion,
    document: &Value,
    pointer: &str,
    keys: &[&str],
) -> Option<&'static str> {
    let property = pointer.strip_suffix("/logicalTypeOptions")?;
    type_with_options(&Place::find(version, document, property)?, keys)
}

/// The first logical type that has all of some options.
fn type_with_options(place: &Place<'_>, keys: &[impl AsRef<str>]) -> Option<&'static str> {
    place
        .schemas
        .iter()
        .filter(|schema| schema.contains_key("if"))
        .find_map(|schema| {
            let known =
                schema["then"]["properties"]["logicalTypeOptions"]["properties"].as_object()?;
            let condition = &schema["if"];
            let first = condition.get("anyOf").map_or(condition, |any| &any[0]);
            let name = first["properties"]["logicalType"]["const"].as_str()?;
            keys.iter()
                .all(|key| known.contains_key(key.as_ref()))
                .then_some(name)
        })
}

/// An object in a sentence: what it is, and its name if it has one.
fn describe(place: Option<&Place<'_>>, pointer: &str) -> String {
    if pointer.is_empty() {
        let kind = place.and_then(|place| place.value.get("kind")?.as_str());
        return format!(
            "the {}",
            kind.and_then(Kind::parse).map_or("document", Kind::noun)
        );
    }
    let Some((place, definition)) = place.and_then(|place| Some((place, place.definition?))) else {
        return subject(pointer);
    };
    let names = [
        "name", "server", "property", "channel", "username", "role", "synonym", "id",
    ];
    match names.iter().find_map(|key| place.value.get(key)?.as_str()) {
        Some(name) => format!("{} `{}`", noun_of_definition(definition), shorten(name)),
        None => subject(pointer),
    }
}

/// What people call the objects that a definition describes.
fn noun_of_definition(definition: &str) -> String {
    match definition {
        "SchemaProperty" | "NamedProperty" | "ItemProperty" => "property".into(),
        "ObjectRelationship" | "PropertyRelationship" => "relationship".into(),
        "DataQuality" => "quality check".into(),
        "SlaProperty" => "service level".into(),
        "MapTypes" => "map".into(),
        "Pricing" => "price".into(),
        "Sbom" => "SBOM".into(),
        "Support" => "support channel".into(),
        _ => {
            let mut words = String::new();
            for letter in definition.chars() {
                if letter.is_uppercase() && !words.is_empty() {
                    words.push(' ');
                }
                words.extend(letter.to_lowercase());
            }
            words
        }
    }
}

fn noun_of_type(name: &str) -> String {
    match name {
        "array" => "a list".into(),
        "boolean" => "`true` or `false`".into(),
        "integer" => "an integer".into(),
        "object" => "an object".into(),
        "null" => "empty".into(),
        other => format!("a {other}"),
    }
}

/// The key, or the element of a list, at a pointer.
fn subject(pointer: &str) -> String {
    let tokens: Vec<_> = yaml::split(pointer).collect();
    let is_index = |token: &Cow<'_, str>| token.bytes().all(|byte| byte.is_ascii_digit());
    let Some(start) = tokens.iter().rposition(|token| !is_index(token)) else {
        return "the document".to_owned();
    };
    let indices: String = tokens[start + 1..]
        .iter()
        .map(|index| format!("[{index}]"))
        .collect();
    format!("`{}{indices}`", tokens[start])
}

/// `a`, `a or b`, `a, b or c`.
fn either(items: &[impl AsRef<str>]) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<_> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", rest.join(", "), last.as_ref())
        }
    }
}

/// The logical type that a database or a programming language calls by another name.
fn synonym(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let name = name.split('(').next().unwrap_or_default().trim();
    Some(match name {
        "text" | "varchar" | "char" | "nvarchar" | "str" | "uuid" => "string",
        "int" | "bigint" | "smallint" | "long" | "int32" | "int64" => "integer",
        "decimal" | "float" | "double" | "numeric" | "real" => "number",
        "datetime" | "timestamptz" | "timestamp_tz" => "timestamp",
        "bool" => "boolean",
        "struct" | "record" | "json" => "object",
        "list" => "array",
        _ => return None,
    })
}

/// A value as one would write it in YAML.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
