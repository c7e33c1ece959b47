//! Walking the fields of a schema object without building anything for those that are of no
//! interest, which are nearly all.

use std::fmt::Write;

use mesh_spec::model::odcs::SchemaProperty;

use super::fields::Object;

/// A field, an array's element or a map's key or value, and the way to it.
pub(crate) struct Place<'p, 'w> {
    /// The field itself.
    pub(crate) model: &'w SchemaProperty,
    parent: Option<&'p Place<'p, 'w>>,
    object: &'p str,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Property(usize),
    Items,
    Key,
    Value,
}

/// Shows `visit` everything in `object` that has a type, each before what is nested in it.
pub(crate) fn each_field<'w>(object: &Object<'w>, mut visit: impl FnMut(&Place<'_, 'w>)) {
    properties(
        &object.model.properties,
        None,
        &object.pointer,
        &mut |place| visit(place),
    );
}

fn properties<'w>(
    list: &'w [SchemaProperty],
    parent: Option<&Place<'_, 'w>>,
    object: &str,
    visit: &mut dyn FnMut(&Place<'_, 'w>),
) {
    for (index, model) in list.iter().enumerate() {
        let step = Step::Property(index);
        go(model, parent, object, step, visit);
    }
}

fn go<'w>(
    model: &'w SchemaProperty,
    parent: Option<&Place<'_, 'w>>,
    object: &str,
    step: Step,
    visit: &mut dyn FnMut(&Place<'_, 'w>),
) {
    let place = Place {
        model,
        parent,
        object,
        step,
    };
    visit(&place);
    properties(&model.properties, Some(&place), object, visit);
    if let Some(item) = &model.items {
        go(item, Some(&place), object, Step::Items, visit);
    }
    if let Some(map) = &model.map {
        if let Some(key) = &map.key {
            go(key, Some(&place), object, Step::Key, visit);
        }
        if let Some(value) = &map.value {
            go(value, Some(&place), object, Step::Value, visit);
        }
    }
}

impl<'w> Place<'_, 'w> {
    /// The field and those around it, from the innermost.
    pub(crate) fn outwards(&self) -> impl Iterator<Item = &'w SchemaProperty> {
        let mut next = Some((self.model, self.parent));
        std::iter::from_fn(move || {
            let (model, parent) = next?;
            next = parent.map(|parent| (parent.model, parent.parent));
            Some(model)
        })
    }

    /// The name that people know it by: its own; of an element of a list, that of the list.
    pub(crate) fn name(&self) -> Option<&'w str> {
        match self.step {
            Step::Property(_) => self.model.name.as_deref(),
            Step::Items => self.parent.and_then(Place::name),
            Step::Key | Step::Value => None,
        }
    }

    /// Whether it has a name of its own, as fields have and elements have not.
    pub(crate) fn is_field(&self) -> bool {
        matches!(self.step, Step::Property(_))
    }

    /// JSON Pointer of the place within its contract.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = match self.parent {
            Some(parent) => parent.pointer(),
            None => self.object.to_owned(),
        };
        match self.step {
            Step::Property(index) => {
                let _ = write!(pointer, "/properties/{index}");
            }
            Step::Items => pointer.push_str("/items"),
            Step::Key => pointer.push_str("/map/key"),
            Step::Value => pointer.push_str("/map/value"),
        }
        pointer
    }

    /// The name as a reader would write it: `customer.email`, `lines[].amount`.
    pub(crate) fn path(&self) -> String {
        let mut path = self.parent.map(Place::path).unwrap_or_default();
        match self.step {
            Step::Property(_) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(self.model.name.as_deref().unwrap_or("?"));
            }
            Step::Items => path.push_str("[]"),
            Step::Key => path.push_str("{key}"),
            Step::Value => path.push_str("{}"),
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;

    use super::*;
    use crate::facts::fields;

    #[test]
    fn everything_nested_is_shown_with_its_path_pointer_and_name() {
        let yaml = "\
apiVersion: v3.2.0
kind: DataContract
id: a
schema:
  - name: orders
    properties:
      - {name: customer, logicalType: object, properties: [{name: email}]}
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: amount}]}
      - {name: labels, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: string}}}
";
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let contract = document.contract().expect("it is a contract");
        let mut found = Vec::new();
        for object in fields::objects_of(contract) {
            each_field(&object, |place| {
                found.push((place.path(), place.pointer(), place.name()));
            });
        }
        let expected = [
            ("customer", "/schema/0/properties/0", Some("customer")),
            (
                "customer.email",
                "/schema/0/properties/0/properties/0",
                Some("email"),
            ),
            ("lines", "/schema/0/properties/1", Some("lines")),
            ("lines[]", "/schema/0/properties/1/items", Some("lines")),
            (
                "lines[].amount",
                "/schema/0/properties/1/items/properties/0",
                Some("amount"),
            ),
            ("labels", "/schema/0/properties/2", Some("labels")),
            ("labels{key}", "/schema/0/properties/2/map/key", None),
            ("labels{}", "/schema/0/properties/2/map/value", None),
        ];
        let expected = expected.map(|(path, at, name)| (path.to_owned(), at.to_owned(), name));
        assert_eq!(found, expected);
        for (_, pointer, _) in found {
            let tree = document.tree.as_ref().expect("it is YAML");
            assert!(tree.at(&pointer).is_some(), "{pointer}");
        }
    }
}
