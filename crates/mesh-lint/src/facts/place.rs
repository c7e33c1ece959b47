//! Walking the fields of a contract without building a pointer for each: only what is reported
//! needs one.

use std::fmt::Write;

use mesh_spec::model::odcs::{SchemaObject, SchemaProperty};

/// Where something stands in the schema of a contract.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    step: Step,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Object(usize),
    Property(usize),
    Items,
    MapKey,
    MapValue,
}

impl<'p> Place<'p> {
    /// The place of the schema object at `index`.
    pub(crate) const fn object(index: usize) -> Self {
        Self {
            parent: None,
            step: Step::Object(index),
        }
    }

    /// The place of a property in the list beneath this place.
    pub(crate) const fn property(&'p self, index: usize) -> Self {
        self.beneath(Step::Property(index))
    }

    const fn beneath(&'p self, step: Step) -> Self {
        Self {
            parent: Some(self),
            step,
        }
    }

    /// JSON Pointer of the place.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = self.parent.map_or_else(String::new, Self::pointer);
        match self.step {
            Step::Object(index) => {
                let _ = write!(pointer, "/schema/{index}");
            }
            Step::Property(index) => {
                let _ = write!(pointer, "/properties/{index}");
            }
            Step::Items => pointer.push_str("/items"),
            Step::MapKey => pointer.push_str("/map/key"),
            Step::MapValue => pointer.push_str("/map/value"),
        }
        pointer
    }
}

/// Shows `visit` every property of `object`, which stands at `place`, each before those nested in
/// it. The elements of an array and the keys and values of a map are properties too.
pub(crate) fn each_property<'w>(
    object: &'w SchemaObject,
    place: &Place<'_>,
    visit: &mut impl FnMut(&'w SchemaProperty, &Place<'_>),
) {
    walk(&object.properties, place, visit);
}

fn walk<'w>(
    properties: &'w [SchemaProperty],
    place: &Place<'_>,
    visit: &mut impl FnMut(&'w SchemaProperty, &Place<'_>),
) {
    for (index, property) in properties.iter().enumerate() {
        show(property, &place.property(index), visit);
    }
}

fn show<'w>(
    property: &'w SchemaProperty,
    place: &Place<'_>,
    visit: &mut impl FnMut(&'w SchemaProperty, &Place<'_>),
) {
    visit(property, place);
    walk(&property.properties, place, visit);
    if let Some(items) = property.items.as_deref() {
        show(items, &place.beneath(Step::Items), visit);
    }
    if let Some(map) = &property.map {
        if let Some(key) = map.key.as_deref() {
            show(key, &place.beneath(Step::MapKey), visit);
        }
        if let Some(value) = map.value.as_deref() {
            show(value, &place.beneath(Step::MapValue), visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;

    use super::*;

    #[test]
    fn every_property_is_shown_with_its_pointer() {
        let yaml = "\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
  - name: o
    properties:
      - {name: a, logicalType: object, properties: [{name: b}]}
      - {name: c, logicalType: array, items: {logicalType: object, properties: [{name: d}]}}
      - {name: e, logicalType: map, map: {key: {logicalType: string}, value: {logicalType: string}}}
";
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let contract = document.contract().expect("it is a contract");
        let mut found = Vec::new();
        each_property(&contract.schema[0], &Place::object(0), &mut |_, place| {
            found.push(place.pointer());
        });
        let expected = [
            "/schema/0/properties/0",
            "/schema/0/properties/0/properties/0",
            "/schema/0/properties/1",
            "/schema/0/properties/1/items",
            "/schema/0/properties/1/items/properties/0",
            "/schema/0/properties/2",
            "/schema/0/properties/2/map/key",
            "/schema/0/properties/2/map/value",
        ];
        assert_eq!(found, expected);
    }
}
