//! What service levels, relationships and checks name in a contract: its objects and fields, by name,
//! by path or by id (ODCS, "References").

use std::cell::Cell;
use std::collections::HashMap;

use mesh_diagnostics::nearest;
use mesh_spec::model::odcs::{DataContract, SchemaObject, SchemaProperty};

/// For this many misses a contract is searched for what was meant.
const GUESSES: usize = 50;

/// What a reference may name.
#[derive(Clone, Copy)]
pub(crate) enum Scope<'n> {
    /// An object or a field of the contract.
    Contract,
    /// A field of the object at this position, which has this name.
    Object(usize, &'n str),
}

/// Why a reference leads nowhere.
pub(crate) struct Miss<'n> {
    /// What is wrong.
    pub(crate) message: String,
    /// The name that was probably meant.
    pub(crate) meant: Option<&'n str>,
}

/// The objects and fields of a contract by what they are called.
pub(crate) struct Names<'w> {
    schema: &'w [SchemaObject],
    /// Names and physical names.
    objects: HashMap<&'w str, usize>,
    objects_by_id: HashMap<&'w str, usize>,
    /// Names and physical names of the fields right beneath an object.
    fields: HashMap<(usize, &'w str), &'w SchemaProperty>,
    fields_by_id: HashMap<(usize, &'w str), &'w SchemaProperty>,
    /// The names that fields of any object have.
    anywhere: HashMap<&'w str, usize>,
    /// How often it may still be asked what was meant, which takes longer the more fields there are.
    guesses: Cell<usize>,
}

impl<'w> Names<'w> {
    pub(crate) fn of(contract: &'w DataContract) -> Self {
        let mut names = Self {
            schema: &contract.schema,
            objects: HashMap::new(),
            objects_by_id: HashMap::new(),
            fields: HashMap::new(),
            fields_by_id: HashMap::new(),
            anywhere: HashMap::new(),
            guesses: Cell::new(GUESSES),
        };
        for (index, object) in contract.schema.iter().enumerate() {
            for name in [&object.name, &object.physical_name].into_iter().flatten() {
                names.objects.entry(name).or_insert(index);
            }
            if let Some(id) = &object.id {
                names.objects_by_id.entry(id).or_insert(index);
            }
            for property in &object.properties {
                for name in [&property.name, &property.physical_name]
                    .into_iter()
                    .flatten()
                {
                    names.fields.entry((index, name)).or_insert(property);
                    names.anywhere.entry(name).or_insert(index);
                }
                if let Some(id) = &property.id {
                    names.fields_by_id.entry((index, id)).or_insert(property);
                }
            }
        }
        names
    }

    /// The candidate that `name` was probably meant to be.
    fn nearest(
        &self,
        name: &str,
        candidates: impl IntoIterator<Item = &'w str>,
    ) -> Option<&'w str> {
        let left = self.guesses.get().checked_sub(1)?;
        self.guesses.set(left);
        nearest(name, candidates)
    }
}

/// Looks up what `reference` names; nothing is given, since only a miss tells anything.
pub(crate) fn resolve<'n>(
    names: &Names<'n>,
    reference: &str,
    scope: Scope<'_>,
) -> Result<(), Miss<'n>> {
    match scope {
        Scope::Object(index, object) => by_path(names, index, object, reference),
        Scope::Contract if reference.contains('/') => by_id(names, reference),
        Scope::Contract => by_name(names, reference),
    }
}

/// Resolves `object`, `field`, `object.field` or `object.field.nested`.
fn by_name<'n>(names: &Names<'n>, reference: &str) -> Result<(), Miss<'n>> {
    if names.objects.contains_key(reference) || names.anywhere.contains_key(reference) {
        return Ok(());
    }
    // Names may have dots of their own, so every one could be where the object ends.
    let mut closest = None;
    for (at, _) in reference.match_indices('.') {
        let (object, path) = (&reference[..at], &reference[at + 1..]);
        if let Some(&index) = names.objects.get(object) {
            match by_path(names, index, object, path) {
                Ok(()) => return Ok(()),
                Err(miss) => closest = Some(miss),
            }
        }
    }
    // A field may be nested in one that is named without its object.
    if let Some((field, path)) = reference.split_once('.')
        && let Some(&index) = names.anywhere.get(unindexed(field))
    {
        let nested = names.fields.get(&(index, unindexed(field)));
        if nested.is_some_and(|field| has_nested(field, path)) {
            return Ok(());
        }
    }
    Err(closest.unwrap_or_else(|| {
        let object = reference.split('.').next().unwrap_or(reference);
        let known = names
            .schema
            .iter()
            .filter_map(|object| object.name.as_deref());
        if reference.contains('.') {
            return Miss {
                message: format!(
                    "`{reference}` is about `{object}`, which is no object of the contract"
                ),
                meant: names.nearest(object, known),
            };
        }
        let fields = names.schema.iter().flat_map(field_names);
        Miss {
            message: format!("`{reference}` is neither an object nor a field of the contract"),
            meant: names.nearest(object, known.chain(fields)),
        }
    }))
}

/// Resolves a path to a field from the object at `index`.
fn by_path<'n>(names: &Names<'n>, index: usize, object: &str, path: &str) -> Result<(), Miss<'n>> {
    if names.fields.contains_key(&(index, path)) {
        return Ok(());
    }
    for (at, _) in path.match_indices('.') {
        let field = names.fields.get(&(index, unindexed(&path[..at])));
        if field.is_some_and(|field| has_nested(field, &path[at + 1..])) {
            return Ok(());
        }
    }
    if names.fields.contains_key(&(index, unindexed(path))) {
        return Ok(());
    }
    Err(Miss {
        message: format!("`{object}` has no field `{path}`"),
        meant: names.nearest(
            path,
            names.schema.get(index).into_iter().flat_map(field_names),
        ),
    })
}

/// Resolves `schema/<object>/properties/<field>`, by identifiers; names will do.
fn by_id<'n>(names: &Names<'n>, reference: &str) -> Result<(), Miss<'n>> {
    let mut steps = reference.trim_start_matches('/').split('/');
    if steps.next() != Some("schema") {
        return Ok(());
    }
    let Some(object) = steps.next() else {
        return Ok(());
    };
    let index = names
        .objects_by_id
        .get(object)
        .or_else(|| names.objects.get(object));
    let Some(&index) = index else {
        return Err(Miss {
            message: format!(
                "`{reference}` is about `{object}`, which is no object of the contract"
            ),
            meant: names.nearest(
                object,
                names
                    .schema
                    .iter()
                    .filter_map(|object| object.id.as_deref()),
            ),
        });
    };
    if steps.next() != Some("properties") {
        return Ok(());
    }
    let Some(field) = steps.next() else {
        return Ok(());
    };
    let at = (index, field);
    let Some(mut property) = names
        .fields_by_id
        .get(&at)
        .or_else(|| names.fields.get(&at))
        .copied()
    else {
        let object = &names.schema[index];
        let ids = object
            .properties
            .iter()
            .filter_map(|property| property.id.as_deref());
        return Err(Miss {
            message: format!("`{reference}` leads to no field of the contract"),
            meant: names.nearest(field, ids.chain(field_names(object))),
        });
    };
    while let (Some("properties"), Some(field)) = (steps.next(), steps.next()) {
        let called = |nested: &&SchemaProperty| {
            nested.id.as_deref() == Some(field) || nested.name.as_deref() == Some(field)
        };
        let Some(nested) = nested(property).find(called) else {
            return Err(Miss {
                message: format!("`{reference}` leads to no field of the contract"),
                meant: names.nearest(field, nested(property).filter_map(|n| n.name.as_deref())),
            });
        };
        property = nested;
    }
    Ok(())
}

/// Whether `path` leads to a field nested in `property`.
fn has_nested(property: &SchemaProperty, path: &str) -> bool {
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(a, b)| (a, Some(b)));
    nested(property).any(|child| {
        let is_named = |name: &str| {
            [&child.name, &child.physical_name]
                .into_iter()
                .flatten()
                .any(|own| own == name)
        };
        is_named(path)
            || is_named(unindexed(first)) && rest.is_none_or(|rest| has_nested(child, rest))
    })
}

/// The fields right beneath a property, those of its elements included.
fn nested(property: &SchemaProperty) -> impl Iterator<Item = &SchemaProperty> {
    let mut inner = property;
    while let Some(items) = inner.items.as_deref() {
        inner = items;
    }
    let elements = (!std::ptr::eq(inner, property)).then_some(inner);
    let value = property.map.as_ref().and_then(|map| map.value.as_deref());
    let beneath = elements
        .into_iter()
        .chain(value)
        .flat_map(|nested| &nested.properties);
    property.properties.iter().chain(beneath)
}

/// The name of a field without the brackets that say that it is a list.
fn unindexed(name: &str) -> &str {
    name.strip_suffix("[]").unwrap_or(name)
}

fn field_names(object: &SchemaObject) -> impl Iterator<Item = &str> {
    object
        .properties
        .iter()
        .filter_map(|property| property.name.as_deref())
}
