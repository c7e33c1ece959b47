//! Interprets [`Rules`].

use std::collections::{BTreeMap, HashSet};

use serde_json::{Number, Value};

use super::compile::order;
use super::instance::{Instance, Shape};
use super::{Id, ObjectRules, Rules, Subschema, Types};

/// A schema that says something about this many keys at most looks them up in the object, rather
/// than the object's keys in itself.
const FEW_KEYS: usize = 4;

/// Whether `value` is valid.
pub(super) fn accepts<'a>(rules: &Rules, value: impl Instance<'a>) -> bool {
    Judge { rules }.accepts(rules.root, value, None)
}

struct Judge<'r> {
    rules: &'r Rules,
}

impl Judge<'_> {
    /// Whether `value` fits the subschema. If so, the members that the subschema has said something
    /// about are added to `seen`, where someone asks; if not, `seen` is of no more use.
    fn accepts<'a, I: Instance<'a>>(&self, id: Id, value: I, mut seen: Option<&mut Seen>) -> bool {
        let schema = &self.rules.schemas[id];
        let shape = value.shape();
        if schema.never || !has_type(schema.types, shape) {
            return false;
        }
        let fits = match shape {
            Shape::Object => match &schema.object {
                Some(object) if object.forbids_unevaluated => {
                    return self.fits_closed(schema, object, value, seen);
                }
                Some(object) => self.fits_object(object, value, seen.as_deref_mut()),
                None => true,
            },
            Shape::Array => self.fits_array(schema, value),
            Shape::String(text) => fits_text(schema, text),
            Shape::Number(number, _) => {
                schema.minimum.is_none_or(|minimum| number >= minimum)
                    && schema.exclusive_minimum.is_none_or(|bound| number > bound)
            }
            Shape::Null | Shape::Bool => true,
        };
        // Only texts are ever listed.
        fits && (schema.texts.is_none() || matches!(shape, Shape::String(_)))
            && self.fits_composition(schema, value, seen)
    }

    /// As [`accepts`](Self::accepts), for an object of which every member must have been seen.
    fn fits_closed<'a, I: Instance<'a>>(
        &self,
        schema: &Subschema,
        object: &ObjectRules,
        value: I,
        seen: Option<&mut Seen>,
    ) -> bool {
        let mut own = Seen::default();
        let count = value.members().len();
        let fits = self.fits_object(object, value, Some(&mut own))
            && self.fits_composition(schema, value, Some(&mut own))
            && own.are_all(count);
        if let Some(seen) = seen.filter(|_| fits) {
            seen.join(&own);
        }
        fits
    }

    fn fits_object<'a, I: Instance<'a>>(
        &self,
        rules: &ObjectRules,
        value: I,
        mut seen: Option<&mut Seen>,
    ) -> bool {
        if rules.keys.len() <= FEW_KEYS && rules.additional.is_none() {
            return rules.keys.iter().all(|key| {
                let Some(member) = value.member(&key.name) else {
                    return !key.is_required;
                };
                if let (Some(seen), Some(_)) = (&mut seen, key.value) {
                    seen.add_member(value, &key.name);
                }
                key.value
                    .is_none_or(|schema| self.accepts(schema, member, None))
            });
        }
        let mut required = 0;
        for (index, (name, member)) in value.members().enumerate() {
            let found = rules.keys.binary_search_by(|key| order(&key.name, name));
            let key = found.ok().map(|at| &rules.keys[at]);
            required += usize::from(key.is_some_and(|key| key.is_required));
            let Some(schema) = key.and_then(|key| key.value).or(rules.additional) else {
                continue;
            };
            if !self.accepts(schema, member, None) {
                return false;
            }
            if let Some(seen) = &mut seen {
                seen.add(index);
            }
        }
        required == rules.required
    }

    fn fits_array<'a, I: Instance<'a>>(&self, schema: &Subschema, value: I) -> bool {
        let elements = value.elements();
        elements.len() >= schema.min_items
            && schema.max_items.is_none_or(|most| elements.len() <= most)
            && (!schema.unique_items || are_unique(value))
            && schema.items.is_none_or(|items| {
                value
                    .elements()
                    .all(|element| self.accepts(items, element, None))
            })
    }

    /// What the value must fit besides: references, branches, conditions.
    fn fits_composition<'a, I: Instance<'a>>(
        &self,
        schema: &Subschema,
        value: I,
        mut seen: Option<&mut Seen>,
    ) -> bool {
        if !schema.is_composed {
            return true;
        }
        schema
            .all
            .iter()
            .all(|part| self.accepts(*part, value, seen.as_deref_mut()))
            && self.fits_choices(schema, value, seen.as_deref_mut())
            && self.fits_conditions(schema, value, seen.as_deref_mut())
            && (schema.any.is_empty() || self.count(&schema.any, value, seen.as_deref_mut()) > 0)
            && (schema.one.is_empty() || self.count(&schema.one, value, seen) == 1)
    }

    fn fits_choices<'a, I: Instance<'a>>(
        &self,
        schema: &Subschema,
        value: I,
        mut seen: Option<&mut Seen>,
    ) -> bool {
        schema.choices.iter().all(|choice| {
            let Some(chosen) = value.member(&choice.key) else {
                return choice
                    .absent
                    .iter()
                    .all(|then| self.accepts(*then, value, seen.as_deref_mut()));
            };
            let Shape::String(chosen) = chosen.shape() else {
                return true;
            };
            let start = choice.cases.partition_point(|(value, _)| **value < *chosen);
            choice.cases[start..]
                .iter()
                .take_while(|(value, _)| **value == *chosen)
                .all(|(_, then)| {
                    if let Some(seen) = &mut seen {
                        seen.add_member(value, &choice.key);
                    }
                    self.accepts(*then, value, seen.as_deref_mut())
                })
        })
    }

    fn fits_conditions<'a, I: Instance<'a>>(
        &self,
        schema: &Subschema,
        value: I,
        mut seen: Option<&mut Seen>,
    ) -> bool {
        schema.conditions.iter().all(|(condition, then)| {
            !self.holds(*condition, value, seen.as_deref_mut())
                || self.accepts(*then, value, seen.as_deref_mut())
        })
    }

    /// How many of the branches fit.
    fn count<'a, I: Instance<'a>>(
        &self,
        branches: &[Id],
        value: I,
        mut seen: Option<&mut Seen>,
    ) -> usize {
        let fitting = branches
            .iter()
            .filter(|branch| self.holds(**branch, value, seen.as_deref_mut()));
        fitting.count()
    }

    /// As [`accepts`](Self::accepts), for a subschema that need not fit: `seen` stays good.
    fn holds<'a, I: Instance<'a>>(&self, id: Id, value: I, seen: Option<&mut Seen>) -> bool {
        let Some(seen) = seen else {
            return self.accepts(id, value, None);
        };
        let mut own = Seen::default();
        let holds = self.accepts(id, value, Some(&mut own));
        if holds {
            seen.join(&own);
        }
        holds
    }
}

fn has_type(types: Types, shape: Shape<'_>) -> bool {
    types.contains(match shape {
        Shape::Null => Types::NULL,
        Shape::Bool => Types::BOOLEAN,
        Shape::Number(_, true) => Types::INTEGER,
        Shape::Number(_, false) => Types::FRACTION,
        Shape::String(_) => Types::STRING,
        Shape::Array => Types::ARRAY,
        Shape::Object => Types::OBJECT,
    })
}

fn fits_text(schema: &Subschema, text: &str) -> bool {
    let is_listed = |texts: &[Box<str>]| texts.iter().any(|listed| **listed == *text);
    schema.texts.as_deref().is_none_or(is_listed)
        && schema
            .pattern
            .as_ref()
            .is_none_or(|pattern| pattern.fits(text))
}

/// Whether no two elements are equal. Texts, which is what is listed as a rule, are compared as
/// they are; anything else is rare enough to be written out.
fn are_unique<'a>(value: impl Instance<'a>) -> bool {
    let mut texts = HashSet::new();
    let mut others = HashSet::new();
    value.elements().all(|element| match element.shape() {
        Shape::String(text) => texts.insert(text),
        _ => others.insert(canonical(element.json()).to_string()),
    })
}

/// `value` so that equal values are written alike: with sorted keys, and `4.0` as `4`.
fn canonical(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(canonical_number(&number)),
        Value::Array(elements) => elements.into_iter().map(canonical).collect(),
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.into_iter().collect();
            let members = sorted.into_iter();
            members
                .map(|(key, value)| (key, canonical(value)))
                .collect()
        }
        other => other,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an integer is only taken if it is the number itself"
)]
fn canonical_number(number: &Number) -> Number {
    match number
        .as_f64()
        .filter(|float| number.is_f64() && float.fract() == 0.0)
    {
        // The bounds are the first floats that are no longer integers of that type.
        Some(float) if (i64::MIN as f64..i64::MAX as f64).contains(&float) => {
            Number::from(float as i64)
        }
        Some(float) if (0.0..u64::MAX as f64).contains(&float) => Number::from(float as u64),
        _ => number.clone(),
    }
}

/// A set of members of one object, by their position.
#[derive(Debug, Default)]
struct Seen {
    /// The first members, one bit each: objects hardly ever have more.
    first: u64,
    /// The other members.
    rest: Vec<bool>,
}

impl Seen {
    const BITS: usize = u64::BITS as usize;

    fn add(&mut self, index: usize) {
        match index.checked_sub(Self::BITS) {
            None => self.first |= 1 << index,
            Some(index) => {
                if self.rest.len() <= index {
                    self.rest.resize(index + 1, false);
                }
                self.rest[index] = true;
            }
        }
    }

    fn add_member<'a>(&mut self, object: impl Instance<'a>, key: &str) {
        if let Some(index) = object.members().position(|(name, _)| name == key) {
            self.add(index);
        }
    }

    fn join(&mut self, other: &Self) {
        self.first |= other.first;
        for index in (0..other.rest.len()).filter(|index| other.rest[*index]) {
            self.add(Self::BITS + index);
        }
    }

    fn are_all(&self, count: usize) -> bool {
        let has = |index: usize| match index.checked_sub(Self::BITS) {
            None => self.first & (1 << index) != 0,
            Some(index) => self.rest.get(index).is_some_and(|seen| *seen),
        };
        (0..count).all(has)
    }
}
