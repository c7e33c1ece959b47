//! The fields of a contract, wherever they are nested.
//!
//! Contracts are mostly fields, many rules look at all of them, and hardly any is reported: names
//! and pointers are spelt out for those that are.

use std::fmt::Write;

use crate::model::odcs::{DataContract, SchemaObject, SchemaProperty};

/// A schema object, and where it stands.
#[derive(Clone, Copy)]
pub struct Object<'w> {
    /// The position of the object in its contract.
    pub index: usize,
    /// The object itself.
    pub model: &'w SchemaObject,
}

/// A field, an array's element or a map's key or value, and the way to it.
pub struct Place<'p, 'w> {
    /// The field itself.
    pub model: &'w SchemaProperty,
    parent: Option<&'p Place<'p, 'w>>,
    object: usize,
    step: Step,
}

#[derive(Clone, Copy)]
enum Step {
    Property(usize),
    Items,
    Key,
    Value,
}

/// A field that is reported, or compared with others.
pub struct Field<'w> {
    /// JSON Pointer of the field within its contract.
    pub pointer: String,
    /// The name as a reader would write it: `customer.email`, `lines[].amount`.
    pub path: String,
    /// The field itself.
    pub model: &'w SchemaProperty,
}

/// The schema objects of `contract`, in document order.
pub fn objects(contract: &DataContract) -> impl Iterator<Item = Object<'_>> {
    let objects = contract.schema.iter().enumerate();
    objects.map(|(index, model)| Object { index, model })
}

impl<'w> Object<'w> {
    /// The object's name for a sentence.
    pub fn name(&self) -> &'w str {
        self.model.name.as_deref().unwrap_or("the object")
    }

    /// JSON Pointer of the object within its contract.
    pub fn pointer(&self) -> String {
        format!("/schema/{}", self.index)
    }

    /// Shows `visit` everything in the object that holds values, each before what is nested in it.
    pub fn each(&self, mut visit: impl FnMut(&Place<'_, 'w>)) {
        self.each_child(&mut |place| descend(place, &mut visit));
    }

    /// Shows `visit` the fields right beneath the object.
    pub fn each_child(&self, visit: &mut dyn FnMut(&Place<'_, 'w>)) {
        each_property(&self.model.properties, None, self.index, visit);
    }

    /// What of [`Self::each`] `is_wanted`. As long as nothing is, nothing is allocated.
    pub fn select(&self, mut is_wanted: impl FnMut(&Place<'_, 'w>) -> bool) -> Vec<Field<'w>> {
        let mut found = Vec::new();
        self.each(|place| {
            if is_wanted(place) {
                found.push(place.to_field());
            }
        });
        found
    }

    /// As [`Self::select`], of what has a name that someone could look up.
    pub fn select_named(
        &self,
        mut is_wanted: impl FnMut(&Place<'_, 'w>) -> bool,
    ) -> Vec<Field<'w>> {
        self.select(|place| place.is_named() && is_wanted(place))
    }

    /// Whether it has fields with a name, and none of them is its primary key.
    pub fn lacks_primary_key(&self) -> bool {
        let (mut has_fields, mut has_key) = (false, false);
        self.each(|place| {
            let is_named = place.is_named();
            has_fields |= is_named;
            has_key |= is_named && place.model.primary_key == Some(true);
        });
        has_fields && !has_key
    }

    /// How many fields with a name there are in the object.
    pub fn count_named(&self) -> usize {
        let mut count = 0;
        self.each(|place| count += usize::from(place.is_named()));
        count
    }
}

fn descend<'w>(place: &Place<'_, 'w>, visit: &mut dyn FnMut(&Place<'_, 'w>)) {
    visit(place);
    place.each_child(&mut |child| descend(child, visit));
}

fn each_property<'w>(
    properties: &'w [SchemaProperty],
    parent: Option<&Place<'_, 'w>>,
    object: usize,
    visit: &mut dyn FnMut(&Place<'_, 'w>),
) {
    for (index, model) in properties.iter().enumerate() {
        visit(&Place {
            model,
            parent,
            object,
            step: Step::Property(index),
        });
    }
}

impl<'w> Place<'_, 'w> {
    /// Shows `visit` what is nested right beneath: properties, elements, keys and values.
    pub fn each_child(&self, visit: &mut dyn FnMut(&Place<'_, 'w>)) {
        each_property(&self.model.properties, Some(self), self.object, visit);
        let map = self.model.map.as_ref();
        for (step, nested) in [
            (Step::Items, self.model.items.as_deref()),
            (Step::Key, map.and_then(|map| map.key.as_deref())),
            (Step::Value, map.and_then(|map| map.value.as_deref())),
        ] {
            if let Some(model) = nested {
                visit(&Place {
                    model,
                    parent: Some(self),
                    object: self.object,
                    step,
                });
            }
        }
    }

    /// The place and those around it, from the innermost.
    pub fn outwards(&self) -> impl Iterator<Item = &Place<'_, 'w>> {
        std::iter::successors(Some(self), |place| place.parent)
    }

    /// The name that people know it by: its own; of an element of a list, that of the list.
    pub fn name(&self) -> Option<&'w str> {
        match self.step {
            Step::Property(_) => self.model.name.as_deref(),
            Step::Items => self.parent.and_then(Place::name),
            Step::Key | Step::Value => None,
        }
    }

    /// Whether it is a property, which must have a name, and no element, key or value.
    pub fn is_field(&self) -> bool {
        matches!(self.step, Step::Property(_))
    }

    /// Whether neither it nor anything around it lacks a name that it must have, to which the schema
    /// objects.
    pub fn is_known(&self) -> bool {
        self.outwards()
            .all(|place| !place.is_field() || place.model.name.is_some())
    }

    /// Whether it has a name that someone could look up.
    pub fn is_named(&self) -> bool {
        self.model.name.is_some() && self.is_known()
    }

    /// Whether it has a description. A `businessName` is none.
    pub fn is_described(&self) -> bool {
        let text = self.model.description.as_deref();
        text.is_some_and(|text| !text.trim().is_empty())
    }

    /// JSON Pointer of the place within its contract.
    pub fn pointer(&self) -> String {
        let mut pointer = match self.parent {
            Some(parent) => parent.pointer(),
            None => format!("/schema/{}", self.object),
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
    pub fn path(&self) -> String {
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

    /// The place with its name and its pointer spelt out.
    pub fn to_field(&self) -> Field<'w> {
        Field {
            pointer: self.pointer(),
            path: self.path(),
            model: self.model,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Document;

    use super::*;

    const NESTED: &str = "\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
  - name: first
  - name: orders
    properties:
      - {name: customer, logicalType: object, properties: [{name: email}]}
      - name: lines
        logicalType: array
        items: {logicalType: object, properties: [{name: amount}]}
      - name: labels
        logicalType: map
        map:
          key: {logicalType: string}
          value: {logicalType: object, properties: [{name: net}]}
";

    /// Shows `visit` all places of all objects of a contract.
    fn each<'w>(document: &'w Document, mut visit: impl FnMut(&Place<'_, 'w>)) {
        let contract = document.contract().expect("it is a contract");
        for object in objects(contract) {
            object.each(&mut visit);
        }
    }

    #[test]
    fn everything_nested_is_shown_with_its_path_pointer_and_name() {
        let document = Document::parse("a.odcs.yaml", NESTED.into(), None);
        let mut found = Vec::new();
        each(&document, |place| {
            let name = place.name().map(str::to_owned);
            found.push((place.path(), place.pointer(), name, place.is_named()));
        });
        let expected = [
            ("customer", "0", Some("customer"), true),
            ("customer.email", "0/properties/0", Some("email"), true),
            ("lines", "1", Some("lines"), true),
            ("lines[]", "1/items", Some("lines"), false),
            (
                "lines[].amount",
                "1/items/properties/0",
                Some("amount"),
                true,
            ),
            ("labels", "2", Some("labels"), true),
            ("labels{key}", "2/map/key", None, false),
            ("labels{}", "2/map/value", None, false),
            (
                "labels{}.net",
                "2/map/value/properties/0",
                Some("net"),
                true,
            ),
        ];
        let expected = expected.map(|(path, at, name, is_named)| {
            let pointer = format!("/schema/1/properties/{at}");
            (path.to_owned(), pointer, name.map(str::to_owned), is_named)
        });
        assert_eq!(found, expected);
        for (_, pointer, ..) in found {
            let tree = document.tree.as_ref().expect("it is YAML");
            assert!(tree.at(&pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn what_is_selected_is_spelt_out() {
        let document = Document::parse("a.odcs.yaml", NESTED.into(), None);
        let contract = document.contract().expect("it is a contract");
        let fields = objects(contract).flat_map(|object| object.select_named(|_| true));
        let paths: Vec<_> = fields.map(|field| field.path).collect();
        let expected = [
            "customer",
            "customer.email",
            "lines",
            "lines[].amount",
            "labels",
        ];
        assert_eq!(paths[..5], expected);
        assert_eq!(paths[5..], ["labels{}.net"]);
        let counts = objects(contract).map(|object| object.count_named());
        assert_eq!(counts.collect::<Vec<_>>(), [0, 6]);
    }

    #[test]
    fn what_is_in_something_without_a_name_is_shown_but_not_known() {
        let yaml = "\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema: [{name: o, properties: [{logicalType: object, properties: [{name: b}]}, {name: c}]}]
";
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let mut found = Vec::new();
        each(&document, |place| {
            found.push((place.path(), place.is_known()));
        });
        let expected = [("?", false), ("?.b", false), ("c", true)];
        assert_eq!(
            found,
            expected.map(|(path, known)| (path.to_owned(), known))
        );
    }
}
