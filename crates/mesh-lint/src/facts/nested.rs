//! Looking through the fields of a schema object without building what only a finding needs.

use mesh_spec::model::odcs::{SchemaObject, SchemaProperty};

use super::fields::Field;

/// A field on the way down from its object, in which names and pointers are not yet spelt out.
struct Place<'p, 'w> {
    parent: Option<&'p Self>,
    step: Step,
    model: &'w SchemaProperty,
}

#[derive(Clone, Copy)]
enum Step {
    Property(usize),
    Items,
    Key,
    Value,
}

/// Shows `visit` everything in `object` that holds values: its fields, each before those nested in
/// it, and the elements of arrays and the keys and values of maps, which have no name.
pub(crate) fn each<'w>(object: &'w SchemaObject, mut visit: impl FnMut(&'w SchemaProperty)) {
    walk(object, &mut |place| visit(place.model));
}

/// The named fields of `object` that `is_wanted`, in document order. `index` is the position of the
/// object in its contract. As long as none is wanted, nothing is allocated.
pub(crate) fn wanted<'w>(
    index: usize,
    object: &'w SchemaObject,
    mut is_wanted: impl FnMut(&'w SchemaProperty) -> bool,
) -> Vec<Field<'w>> {
    let mut found = Vec::new();
    walk(object, &mut |place| {
        if place.model.name.is_some() && is_wanted(place.model) {
            let mut pointer = format!("/schema/{index}");
            let mut path = String::new();
            place.spell_out(&mut pointer, &mut path);
            found.push(Field {
                pointer,
                path,
                model: place.model,
            });
        }
    });
    found
}

fn walk<'w>(object: &'w SchemaObject, visit: &mut impl FnMut(&Place<'_, 'w>)) {
    for (index, model) in object.properties.iter().enumerate() {
        descend(model, Step::Property(index), None, visit);
    }
}

fn descend<'w>(
    model: &'w SchemaProperty,
    step: Step,
    parent: Option<&Place<'_, 'w>>,
    visit: &mut impl FnMut(&Place<'_, 'w>),
) {
    // A property must have a name; the schema objects to one that has none.
    if matches!(step, Step::Property(_)) && model.name.is_none() {
        return;
    }
    let place = Place {
        parent,
        step,
        model,
    };
    visit(&place);
    for (index, model) in model.properties.iter().enumerate() {
        descend(model, Step::Property(index), Some(&place), visit);
    }
    let map = model.map.as_ref();
    for (step, nested) in [
        (Step::Items, model.items.as_deref()),
        (Step::Key, map.and_then(|map| map.key.as_deref())),
        (Step::Value, map.and_then(|map| map.value.as_deref())),
    ] {
        if let Some(model) = nested {
            descend(model, step, Some(&place), visit);
        }
    }
}

impl Place<'_, '_> {
    /// Appends what leads from the object to the field, as a JSON Pointer and as a reader would
    /// write it.
    fn spell_out(&self, pointer: &mut String, path: &mut String) {
        if let Some(parent) = self.parent {
            parent.spell_out(pointer, path);
        }
        match self.step {
            Step::Property(index) => {
                pointer.push_str("/properties/");
                pointer.push_str(&index.to_string());
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(self.model.name.as_deref().unwrap_or_default());
            }
            Step::Items => {
                pointer.push_str("/items");
                path.push_str("[]");
            }
            Step::Key => {
                pointer.push_str("/map/key");
                path.push_str("{key}");
            }
            Step::Value => {
                pointer.push_str("/map/value");
                path.push_str("{}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::facts::fields;

    const NESTED: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
  - name: first
  - name: orders
    properties:
      - name: customer
        logicalType: object
        properties:
          - name: email
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties:
            - name: amount
      - name: prices
        logicalType: map
        map:
          key: {logicalType: string}
          value: {logicalType: object, properties: [{name: net}]}
";

    #[test]
    fn fields_are_called_and_found_as_everywhere_else() {
        let document = Document::parse("a.odcs.yaml", NESTED.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let contract = workspace.contracts().next().expect("there is a contract");
        let expected: Vec<_> = fields::objects(contract)
            .flat_map(|object| object.fields())
            .map(|field| (field.path, field.pointer))
            .collect();
        let objects = contract.model.schema.iter().enumerate();
        let found: Vec<_> = objects
            .flat_map(|(index, object)| wanted(index, object, |_| true))
            .map(|field| (field.path, field.pointer))
            .collect();
        assert_eq!(found.len(), 6);
        assert_eq!(found, expected);
    }

    #[test]
    fn elements_keys_and_values_are_shown_too() {
        let document = Document::parse("a.odcs.yaml", NESTED.into(), None);
        let contract = document.contract().expect("it is a contract");
        let mut count = 0;
        each(&contract.schema[1], |_| count += 1);
        assert_eq!(count, 9);
    }
}
