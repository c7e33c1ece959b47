//! Whether a document is valid, and nothing else: the fast path of validation.
//!
//! Nearly every document that is checked is valid, and of a valid one there is nothing to explain.
//! So the question is answered on the spanned tree itself, without a JSON value, and only an
//! invalid document goes on to `jsonschema`, which knows how to say what is wrong.
//!
//! The generated schemas use a small part of JSON Schema 2019-09. [`compile`] turns a schema into
//! [`Rules`] that hold just that part, in the form in which they are asked for: keys sorted, types
//! as bits, conditions on one key gathered into a table. It refuses a schema that says anything
//! else, so a keyword that is new here is never overlooked: its schema is left to `jsonschema`.
//! [`judge`] interprets the rules, for everything that is an [`Instance`].
//!
//! That both agree with `jsonschema` is what the conformance tests compare.

mod compile;
mod instance;
mod judge;
mod written;

use std::sync::OnceLock;

use mesh_schemas::Schema;
use regex::Regex;

pub use self::instance::Instance;

/// Whether a value is valid by a schema; `None` if the schema is one that only `jsonschema` can
/// interpret.
pub(super) fn accepts<'a>(schema: Schema, value: impl Instance<'a>) -> Option<bool> {
    static COMPILED: [OnceLock<Option<Rules>>; Schema::ALL.len()] =
        [const { OnceLock::new() }; Schema::ALL.len()];
    let rules = COMPILED[schema as usize].get_or_init(|| compile::compile(schema.text()));
    Some(judge::accepts(rules.as_ref()?, value))
}

/// A compiled schema: all its subschemas, which refer to each other by their position.
#[derive(Debug)]
struct Rules {
    schemas: Vec<Subschema>,
    root: Id,
}

/// The position of a subschema in [`Rules::schemas`].
type Id = usize;

/// What one subschema demands. Everything in it has to hold.
#[derive(Debug, Default)]
struct Subschema {
    /// Nothing is valid.
    never: bool,
    /// The types that are allowed, one [bit](Types) each.
    types: Types,
    /// The texts that are allowed; `const` is a list of one.
    texts: Option<Box<[Box<str>]>>,
    pattern: Option<Pattern>,
    minimum: Option<f64>,
    exclusive_minimum: Option<f64>,
    object: Option<Box<ObjectRules>>,
    items: Option<Id>,
    min_items: usize,
    max_items: Option<usize>,
    unique_items: bool,
    /// Whether there is anything in what follows.
    is_composed: bool,
    /// `$ref` and `allOf`.
    all: Box<[Id]>,
    any: Box<[Id]>,
    one: Box<[Id]>,
    /// `if` and `then`.
    conditions: Box<[(Id, Id)]>,
    /// Conditions that ask for the value of one key; see [`Choice`].
    choices: Box<[Choice]>,
}

/// The form that a text must have. The expression is compiled when a text is first held to it.
#[derive(Debug)]
struct Pattern {
    written: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// `None` if it is no regular expression, which the tests rule out for all our schemas.
    fn compiled(&self) -> Option<&Regex> {
        let compile = || Regex::new(&self.written).ok();
        self.compiled.get_or_init(compile).as_ref()
    }

    fn fits(&self, text: &str) -> bool {
        self.compiled().is_some_and(|regex| regex.is_match(text))
    }
}

/// What is demanded of an object.
#[derive(Debug, Default)]
struct ObjectRules {
    /// Sorted by [`compile::order`].
    keys: Box<[Key]>,
    /// How many of the keys are required.
    required: usize,
    /// What a key must fit that `properties` does not name; `None` for anything.
    additional: Option<Id>,
    /// Whether there may be keys about which neither this schema nor one within it says anything.
    forbids_unevaluated: bool,
}

/// A key that is described, required, or both.
#[derive(Debug)]
struct Key {
    name: Box<str>,
    /// What the value must fit; `None` for a key that is only required.
    value: Option<Id>,
    is_required: bool,
}

/// Conditions of the form "if `type` is `kafka`, then", all about the same key.
///
/// A server has forty of them. Asking each in turn is most of the work of validation, so the value
/// is looked up once, and then what applies to it.
#[derive(Debug)]
struct Choice {
    key: Box<str>,
    /// Sorted by the value.
    cases: Box<[(Box<str>, Id)]>,
    /// What applies if there is no such key: `if` is true of what it says nothing about.
    absent: Box<[Id]>,
}

/// A set of types, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Types(u8);

impl Types {
    const NONE: Self = Self(0);
    const NULL: Self = Self(1 << 0);
    const BOOLEAN: Self = Self(1 << 1);
    const INTEGER: Self = Self(1 << 2);
    /// A number that is not whole.
    const FRACTION: Self = Self(1 << 3);
    const STRING: Self = Self(1 << 4);
    const ARRAY: Self = Self(1 << 5);
    const OBJECT: Self = Self(1 << 6);
    const ANY: Self = Self(u8::MAX);

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::INTEGER.and(Self::FRACTION),
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl Default for Types {
    fn default() -> Self {
        Self::ANY
    }
}

#[cfg(test)]
mod tests;
