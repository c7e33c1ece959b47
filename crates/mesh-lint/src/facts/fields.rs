//! The fields of a contract, wherever they are nested.

use mesh_spec::model::odcs::{DataContract, SchemaObject, SchemaProperty};
use mesh_spec::workspace::ContractRef;

/// A schema object, and where it stands.
pub(crate) struct Object<'w> {
    /// JSON Pointer of the object within its contract.
    pub(crate) pointer: String,
    /// The object itself.
    pub(crate) model: &'w SchemaObject,
}

/// A property of a schema object, or of another property.
pub(crate) struct Field<'w> {
    /// JSON Pointer of the property within its contract.
    pub(crate) pointer: String,
    /// The property's name as a reader would write it: `customer.email`, `lines[].amount`.
    pub(crate) path: String,
    /// The property itself.
    pub(crate) model: &'w SchemaProperty,
}

/// The schema objects of `contract`, in document order.
pub(crate) fn objects(contract: ContractRef<'_>) -> impl Iterator<Item = Object<'_>> {
    objects_of(contract.model)
}

/// The schema objects of a contract that stands alone, in document order.
pub(crate) fn objects_of(contract: &DataContract) -> impl Iterator<Item = Object<'_>> {
    let objects = contract.schema.iter().enumerate();
    objects.map(|(index, model)| Object {
        pointer: format!("/schema/{index}"),
        model,
    })
}

impl<'w> Object<'w> {
    /// The object's name for a sentence.
    pub(crate) fn name(&self) -> &'w str {
        self.model.name.as_deref().unwrap_or("the object")
    }

    /// The fields right beneath the object.
    pub(crate) fn children(&self) -> Vec<Field<'w>> {
        named(&self.model.properties, &self.pointer, "")
    }

    /// Every field of the object, each before those nested in it.
    ///
    /// The elements of an array and the keys and values of a map are passed through, not listed:
    /// they have no name that anyone could look up.
    pub(crate) fn fields(&self) -> Vec<Field<'w>> {
        let mut found = Vec::new();
        for field in self.children() {
            collect(field, &mut found);
        }
        found
    }
}

impl<'w> Field<'w> {
    /// What is nested right beneath the field: its properties, its elements, its keys and values.
    pub(crate) fn children(&self) -> Vec<Field<'w>> {
        let mut children = Vec::new();
        if !self.model.properties.is_empty() {
            let prefix = format!("{}.", self.path);
            children = named(&self.model.properties, &self.pointer, &prefix);
        }
        let unnamed = |suffix: &str, path: &str, model: &'w SchemaProperty| Field {
            pointer: format!("{}{suffix}", self.pointer),
            path: format!("{}{path}", self.path),
            model,
        };
        children.extend(
            self.model
                .items
                .as_deref()
                .map(|item| unnamed("/items", "[]", item)),
        );
        if let Some(map) = &self.model.map {
            children.extend(
                map.key
                    .as_deref()
                    .map(|key| unnamed("/map/key", "{key}", key)),
            );
            children.extend(
                map.value
                    .as_deref()
                    .map(|value| unnamed("/map/value", "{}", value)),
            );
        }
        children
    }
}

fn named<'w>(properties: &'w [SchemaProperty], parent: &str, prefix: &str) -> Vec<Field<'w>> {
    // Contracts are mostly fields, and many rules look at all of them: their pointers and paths are
    // put together without the detour over `format!`.
    let start = [parent, "/properties/"].concat();
    let field = |(index, model): (usize, &'w SchemaProperty)| {
        let name = model.name.as_deref()?;
        Some(Field {
            pointer: with_index(&start, index),
            path: [prefix, name].concat(),
            model,
        })
    };
    properties.iter().enumerate().filter_map(field).collect()
}

/// `start`, and the number after it.
fn with_index(start: &str, index: usize) -> String {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    let mut rest = index;
    loop {
        first -= 1;
        digits[first] += u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let mut text = String::with_capacity(start.len() + digits.len() - first);
    text.push_str(start);
    text.extend(digits[first..].iter().map(|digit| char::from(*digit)));
    text
}

fn collect<'w>(field: Field<'w>, found: &mut Vec<Field<'w>>) {
    let children = field.children();
    if field.model.name.is_some() {
        found.push(field);
    }
    for child in children {
        collect(child, found);
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    #[test]
    fn an_index_is_written_in_decimal() {
        for index in [0, 7, 10, 99, 1024, usize::MAX] {
            assert_eq!(with_index("/a/", index), format!("/a/{index}"));
        }
    }

    #[test]
    fn nested_fields_are_found_with_their_paths_and_pointers() {
        let yaml = "\
apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
schema:
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
";
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let contract = workspace.contracts().next().expect("there is a contract");
        let fields: Vec<_> = objects(contract)
            .flat_map(|object| object.fields())
            .map(|field| (field.path, field.pointer))
            .collect();
        let expected = [
            ("customer", "/schema/0/properties/0"),
            ("customer.email", "/schema/0/properties/0/properties/0"),
            ("lines", "/schema/0/properties/1"),
            (
                "lines[].amount",
                "/schema/0/properties/1/items/properties/0",
            ),
        ];
        assert_eq!(
            fields,
            expected.map(|(path, at)| (path.to_owned(), at.to_owned()))
        );
    }
}
