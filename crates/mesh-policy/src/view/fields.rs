//! The fields of a contract in one list, wherever they are nested.

use std::fmt::Write;

use mesh_spec::document::Document;
use mesh_spec::model::odcs::{DataContract, SchemaProperty};
use mesh_spec::terms::classification::{Label, Labels, in_custom};
use mesh_spec::terms::personal;
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::ContractRef;

use super::View;
use super::thing::Owner;

/// A contract, with its fields listed.
#[derive(Debug)]
pub(crate) struct ContractView<'w> {
    pub(crate) contract: ContractRef<'w>,
    fields: Vec<FieldEntry<'w>>,
    /// Of each schema object, its first field and the one after its last.
    objects: Vec<(u32, u32)>,
}

/// A field, or an element of a field that is labelled itself.
#[derive(Debug)]
pub(crate) struct FieldEntry<'w> {
    pub(crate) model: &'w SchemaProperty,
    pub(crate) object: u32,
    /// The way to it from what is around it.
    way: Way,
}

/// The steps from the schema object to a field. Hardly any is ever spelt out.
#[derive(Debug)]
struct Way {
    /// The position of the field around it among the fields, if it is listed there.
    around: Option<u32>,
    /// What lies between: elements, keys and values of maps that are no fields themselves.
    between: Vec<Step>,
    last: Step,
}

impl Way {
    fn steps(&self) -> impl Iterator<Item = Step> {
        self.between.iter().copied().chain([self.last])
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Property(u32),
    Items,
    Key,
    Value,
}

impl<'w> ContractView<'w> {
    pub(super) fn new(contract: ContractRef<'w>) -> Self {
        let model = contract.model;
        let mut fields = Vec::new();
        let mut objects = Vec::with_capacity(model.schema.len());
        for (index, object) in (0..).zip(&model.schema) {
            let first = len(&fields);
            let mut list = Lister {
                object: index,
                fields: &mut fields,
            };
            list.properties(&object.properties, None, &[]);
            objects.push((first, len(&fields)));
        }
        Self {
            contract,
            fields,
            objects,
        }
    }

    pub(crate) fn model(&self) -> &'w DataContract {
        self.contract.model
    }

    pub(crate) fn document(&self) -> &'w Document {
        self.contract.document
    }

    /// What the contract is called: its id, else its name, else its file.
    pub(crate) fn label(&self) -> &'w str {
        let model = self.contract.model;
        let named = [&model.id, &model.name].into_iter().flatten();
        named
            .map(String::as_str)
            .find(|text| !text.trim().is_empty())
            .unwrap_or_else(|| self.contract.document.name())
    }

    /// How many fields there are.
    pub(crate) fn len(&self) -> u32 {
        len(&self.fields)
    }

    /// The first field of an object, and the one after its last.
    pub(super) fn fields_of(&self, object: u32) -> (u32, u32) {
        self.objects
            .get(object as usize)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn field(&self, at: u32) -> Option<&FieldEntry<'w>> {
        self.fields.get(at as usize)
    }

    /// The field at a position; of an element, the field that it is of.
    pub(super) fn named(&self, at: u32) -> Option<&FieldEntry<'w>> {
        let mut entry = self.field(at)?;
        while entry.is_element() {
            entry = self.field(entry.way.around?)?;
        }
        Some(entry)
    }

    /// The name as a reader would write it: `customer.email`, `lines[].amount`.
    pub(crate) fn path(&self, at: u32) -> String {
        let Some(entry) = self.field(at) else {
            return String::new();
        };
        let mut path = entry.way.around.map(|at| self.path(at)).unwrap_or_default();
        for step in entry.way.steps() {
            match step {
                Step::Property(_) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(entry.model.name.as_deref().unwrap_or("?"));
                }
                Step::Items => path.push_str("[]"),
                Step::Key => path.push_str("{key}"),
                Step::Value => path.push_str("{}"),
            }
        }
        path
    }

    /// The path behind the name of the object.
    pub(crate) fn full_path(&self, at: u32) -> String {
        let object = self.field(at).and_then(|entry| {
            self.model()
                .schema
                .get(entry.object as usize)?
                .name
                .as_deref()
        });
        match object {
            Some(object) => format!("{object}.{}", self.path(at)),
            None => self.path(at),
        }
    }

    /// JSON Pointer of a field.
    pub(super) fn pointer(&self, at: u32) -> String {
        let Some(entry) = self.field(at) else {
            return String::new();
        };
        let mut pointer = match entry.way.around {
            Some(at) => self.pointer(at),
            None => format!("/schema/{}", entry.object),
        };
        for step in entry.way.steps() {
            match step {
                Step::Property(index) => {
                    let _ = write!(pointer, "/properties/{index}");
                }
                Step::Items => pointer.push_str("/items"),
                Step::Key => pointer.push_str("/map/key"),
                Step::Value => pointer.push_str("/map/value"),
            }
        }
        pointer
    }

    /// The label of a field: its own, else that of what it is in.
    pub(crate) fn label_of(&self, vocabularies: &Vocabularies, at: u32) -> Option<&'w str> {
        let labels = Labels::new(vocabularies);
        let mut entry = self.field(at)?;
        loop {
            if let Some(text) = own_label(entry.model, labels) {
                return Some(text);
            }
            match entry.way.around {
                Some(at) => entry = self.field(at)?,
                None => break,
            }
        }
        let object = self.model().schema.get(entry.object as usize)?;
        custom_label(&object.custom_properties)
            .or_else(|| custom_label(&self.model().custom_properties))
    }

    /// Whether something says that the values of a field are personal, and nothing stronger that they are not: of the
    /// field, else of what it is in.
    pub(crate) fn is_personal(&self, at: u32) -> bool {
        let mut next = Some(at);
        while let Some(entry) = next.and_then(|at| self.field(at)) {
            if let Some(said) = own_marking(entry.model) {
                return said;
            }
            next = entry.way.around;
        }
        false
    }

    /// The position of the schema object that a field is in.
    pub(crate) fn object_of(&self, at: u32) -> u32 {
        self.field(at).map_or(0, |entry| entry.object)
    }

    /// Every quality check: what it is of, and its position there.
    pub(crate) fn checks(&self) -> impl Iterator<Item = (Owner, u32)> {
        let objects = (0..).zip(&self.contract.model.schema);
        let objects = objects.map(|(at, object)| (Owner::Object(at), object.quality.len()));
        let fields = (0..).zip(&self.fields);
        let fields = fields.map(|(at, field)| (Owner::Field(at), field.model.quality.len()));
        objects.chain(fields).flat_map(|(owner, count)| {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            (0..count).map(move |at| (owner, at))
        })
    }

    /// The label of a schema object: its own, else that of the contract.
    pub(super) fn classification_of_object(&self, object: u32) -> Option<&'w str> {
        let object = self.model().schema.get(object as usize)?;
        custom_label(&object.custom_properties)
            .or_else(|| custom_label(&self.model().custom_properties))
    }

    /// The label that a field amounts to, of those of the standard.
    pub(super) fn sensitivity<'a>(&'a self, view: &'a View<'a>, at: u32) -> Option<&'static str> {
        let label = Labels::new(view.vocabularies).parse(self.label_of(view.vocabularies, at)?)?;
        Some(label.as_str())
    }
}

/// The label that a custom property gives all data of what has `properties`.
pub(crate) fn custom_label(properties: &[mesh_spec::model::CustomProperty]) -> Option<&str> {
    let at = in_custom(properties)?;
    let text = properties.get(at)?.value.as_ref()?.as_str()?;
    (!text.trim().is_empty()).then_some(text)
}

/// The label of a field; of several, the most sensitive.
fn own_label<'a>(field: &'a SchemaProperty, labels: Labels<'_>) -> Option<&'a str> {
    let values = field.classification.as_deref()?.iter().map(String::as_str);
    let values = values.filter(|text| !text.trim().is_empty());
    let rank = |text: &&str| -> Option<Label> { labels.parse(text) };
    // Of equals the last would win; the first is what people see first.
    values.rev().max_by_key(rank)
}

/// What the tags, labels and custom properties of a field say of whether its values are personal.
fn own_marking(field: &SchemaProperty) -> Option<bool> {
    let tags = field.tags.iter().map(String::as_str);
    let labels = field.classification.iter().flat_map(|labels| labels.iter());
    let words = tags.chain(labels.map(String::as_str));
    let words = words.filter_map(personal::says_personal);
    let properties = field.custom_properties.iter();
    words
        .chain(properties.filter_map(personal::in_property))
        .reduce(|a, b| a || b)
}

impl FieldEntry<'_> {
    /// Whether it has no name of its own: the element of a list, the key or the value of a map.
    pub(super) fn is_element(&self) -> bool {
        !matches!(self.way.last, Step::Property(_))
    }
}

struct Lister<'l, 'w> {
    object: u32,
    fields: &'l mut Vec<FieldEntry<'w>>,
}

impl<'w> Lister<'_, 'w> {
    fn properties(
        &mut self,
        properties: &'w [SchemaProperty],
        around: Option<u32>,
        steps: &[Step],
    ) {
        for (index, model) in (0..).zip(properties) {
            self.add(model, around, steps, Step::Property(index));
        }
    }

    /// Lists `model`, if it is a field or labelled like one, and what is beneath it.
    fn add(&mut self, model: &'w SchemaProperty, around: Option<u32>, steps: &[Step], last: Step) {
        let is_field = matches!(last, Step::Property(_));
        let is_labelled = !model.tags.is_empty()
            || model.classification.is_some()
            || !model.custom_properties.is_empty();
        if is_field || is_labelled {
            let at = len(self.fields);
            self.fields.push(FieldEntry {
                model,
                object: self.object,
                way: Way {
                    around,
                    between: steps.to_vec(),
                    last,
                },
            });
            self.beneath(model, Some(at), &[]);
        } else {
            let mut steps = steps.to_vec();
            steps.push(last);
            self.beneath(model, around, &steps);
        }
    }

    fn beneath(&mut self, model: &'w SchemaProperty, around: Option<u32>, steps: &[Step]) {
        self.properties(&model.properties, around, steps);
        let map = model.map.as_ref();
        for (step, nested) in [
            (Step::Items, model.items.as_deref()),
            (Step::Key, map.and_then(|map| map.key.as_deref())),
            (Step::Value, map.and_then(|map| map.value.as_deref())),
        ] {
            if let Some(nested) = nested {
                self.add(nested, around, steps, step);
            }
        }
    }
}

/// Files are small enough for their fields to be counted so.
fn len<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
