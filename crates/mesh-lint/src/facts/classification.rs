//! How sensitive data is: the labels of fields, contracts and products.

use mesh_spec::document::{Content, Document};
use mesh_spec::model::CustomProperty;
use mesh_spec::model::odcs::{MapTypes, SchemaProperty};
use mesh_spec::terms::classification::{Label, Labels, in_custom};
use mesh_spec::workspace::{ContractRef, ProductRef};
use mesh_spec::yaml::NodeRef;
use serde_json::Value;

use super::fields::{self, Field, Object, Place};
use super::is_text_missing;

const KEY: &str = "classification";

/// A label, and the value in a document that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Labelled {
    pub(crate) label: Label,
    /// JSON Pointer of the value.
    pub(crate) pointer: String,
    /// What the value labels, as a message names it; empty for a whole product.
    pub(crate) subject: String,
}

impl Labelled {
    /// The label as it is written in `document`, where it was found.
    pub(crate) fn text<'d>(&self, document: &'d Document) -> &'d str {
        let node = document
            .tree
            .as_ref()
            .and_then(|tree| tree.at(&self.pointer));
        node.and_then(NodeRef::as_str)
            .map_or(self.label.as_str(), str::trim)
    }
}

/// A label as it is written, known or not, and the JSON Pointer of its value.
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) pointer: String,
}

/// The labels in a document that are wanted, in document order but for custom properties, which come
/// first.
pub(crate) fn written(document: &Document, is_wanted: impl Fn(&str) -> bool) -> Vec<Written> {
    let mut found = Vec::new();
    match &document.content {
        Content::Product(product) => written_custom(&product.custom_properties, "", &mut found),
        Content::Contract(contract) => {
            written_custom(&contract.custom_properties, "", &mut found);
            for object in fields::objects(contract) {
                written_custom(
                    &object.model.custom_properties,
                    &object.pointer(),
                    &mut found,
                );
                object.each(|place| written_in(place, &is_wanted, &mut found));
            }
        }
        Content::Other => {}
    }
    found.retain(|label: &Written| is_wanted(&label.text));
    found
}

fn written_custom(properties: &[CustomProperty], owner: &str, found: &mut Vec<Written>) {
    let Some(index) = in_custom(properties) else {
        return;
    };
    // What is no text under the vendor `mesh` is reported for its shape.
    let text = match &properties[index].value {
        Some(Value::String(text)) => text.clone(),
        Some(other) if properties[index].vendor.is_none() => other.to_string(),
        _ => return,
    };
    found.push(Written {
        text,
        pointer: format!("{owner}/customProperties/{index}/value"),
    });
}

fn written_in(place: &Place<'_, '_>, is_wanted: &impl Fn(&str) -> bool, found: &mut Vec<Written>) {
    let Some(values) = &place.model.classification else {
        return;
    };
    // Pointers are built for the few that are wanted.
    if values.iter().any(|text| is_wanted(text)) && place.is_known() {
        let pointer = place.pointer();
        found.extend(values.iter().enumerate().map(|(index, text)| Written {
            text: text.to_owned(),
            pointer: format!("{pointer}/{KEY}{}", values.pointer(index)),
        }));
    }
}

/// The label of a product, if it has a known one.
pub(crate) fn of_product(product: ProductRef<'_>, labels: Labels<'_>) -> Option<Labelled> {
    custom(&product.model.custom_properties, "", String::new(), labels)
}

/// Whether a product has a label at all, known or not.
pub(crate) fn is_labelled(product: ProductRef<'_>) -> bool {
    in_custom(&product.model.custom_properties).is_some()
}

/// The most sensitive label in a contract, and the first value that says so.
pub(crate) fn of_contract(contract: ContractRef<'_>, labels: Labels<'_>) -> Option<Labelled> {
    let default = default_of_contract(contract, labels);
    let mut highest = Highest {
        labels,
        found: None,
    };
    if contract.model.schema.is_empty() {
        highest.raise(default.clone());
    }
    for object in fields::objects(contract.model) {
        let inherited = default_of_object(&object, labels).or_else(|| default.clone());
        if object.model.properties.iter().all(|it| it.name.is_none()) {
            highest.raise(inherited.clone());
        }
        object.each_child(&mut |place| highest.descend(place, inherited.as_ref()));
    }
    highest.found
}

/// The fields of `object` that nothing labels: neither their own label, nor that of a field around
/// them, nor labels on everything they consist of, nor a default.
pub(crate) fn unlabelled<'w>(contract: ContractRef<'w>, object: &Object<'w>) -> Vec<Field<'w>> {
    let has_default = in_custom(&object.model.custom_properties)
        .or_else(|| in_custom(&contract.model.custom_properties))
        .is_some();
    let mut found = Vec::new();
    if !has_default {
        object.each_child(&mut |place| {
            collect_unlabelled(contract.document, place, &mut found);
        });
    }
    found
}

fn collect_unlabelled<'w>(document: &Document, place: &Place<'_, 'w>, found: &mut Vec<Field<'w>>) {
    let own = place.model.classification.as_deref();
    let own = own.and_then(|labels| labels.first()).map(String::as_str);
    let pointer = || format!("{}/{KEY}", place.pointer());
    if !place.is_known() || !is_text_missing(document, own, pointer) {
        return;
    }
    if !has_parts(place.model) {
        found.push(place.to_field());
        return;
    }
    let mut named = place.model.name.is_some();
    let before = found.len();
    place.each_child(&mut |child| {
        named &= child.model.name.is_none();
        collect_unlabelled(document, child, found);
    });
    // Of an array or a map, the field is what people know by name, not its elements.
    if named
        && found[before..]
            .iter()
            .any(|child| child.model.name.is_none())
    {
        found.truncate(before);
        found.push(place.to_field());
    }
}

/// Whether there is anything beneath a field that could have a label of its own.
fn has_parts(field: &SchemaProperty) -> bool {
    let is_map = |map: &MapTypes| map.key.is_some() || map.value.is_some();
    field.items.is_some()
        || field.map.as_ref().is_some_and(is_map)
        || field.properties.iter().any(|nested| nested.name.is_some())
}

struct Highest<'v> {
    labels: Labels<'v>,
    found: Option<Labelled>,
}

impl Highest<'_> {
    fn raise(&mut self, candidate: Option<Labelled>) {
        if let Some(candidate) = candidate
            && self.is_higher(candidate.label)
        {
            self.found = Some(candidate);
        }
    }

    /// Looks at a field and at what is nested in it, `default` being what labels those without a label
    /// of their own, unless a field around them has one.
    fn descend(&mut self, place: &Place<'_, '_>, default: Option<&Labelled>) {
        if !place.is_known() {
            return;
        }
        let own = of_field(place.model, self.labels);
        // What is nested without a label has this one; what has a label of its own may be less
        // sensitive than a default, but not than the field around it.
        let default = if own.is_some() { None } else { default };
        if let Some((index, label)) = own
            && self.is_higher(label)
        {
            self.found = Some(labelled(place, index, label));
        }
        if !has_parts(place.model)
            && place.model.classification.is_none()
            && let Some(default) = default
            && self.is_higher(default.label)
        {
            self.found = Some(default.clone());
        }
        place.each_child(&mut |child| self.descend(child, default));
    }

    fn is_higher(&self, label: Label) -> bool {
        self.found
            .as_ref()
            .is_none_or(|highest| highest.label < label)
    }
}

/// The label that a field carries itself, and which of its labels that is: the most sensitive.
fn of_field(field: &SchemaProperty, labels: Labels<'_>) -> Option<(usize, Label)> {
    let values = field.classification.as_ref()?;
    values
        .iter()
        .enumerate()
        .filter_map(|(index, text)| Some((index, labels.parse(text)?)))
        .max_by_key(|(_, label)| *label)
}

/// The label at `index` of those that a field carries.
fn labelled(place: &Place<'_, '_>, index: usize, label: Label) -> Labelled {
    let values = place.model.classification.as_ref();
    let at = values.map_or_else(String::new, |values| values.pointer(index));
    Labelled {
        label,
        pointer: format!("{}/{KEY}{at}", place.pointer()),
        subject: format!("`{}`", place.path()),
    }
}

fn default_of_contract(contract: ContractRef<'_>, labels: Labels<'_>) -> Option<Labelled> {
    let subject = match contract.model.id.as_deref() {
        Some(id) => format!("the contract `{id}`"),
        None => "the contract".to_owned(),
    };
    custom(&contract.model.custom_properties, "", subject, labels)
}

fn default_of_object(object: &Object<'_>, labels: Labels<'_>) -> Option<Labelled> {
    custom(
        &object.model.custom_properties,
        &object.pointer(),
        format!("`{}`", object.name()),
        labels,
    )
}

fn custom(
    properties: &[CustomProperty],
    pointer: &str,
    subject: String,
    labels: Labels<'_>,
) -> Option<Labelled> {
    let index = in_custom(properties)?;
    let label = labels.parse(properties[index].value.as_ref()?.as_str()?)?;
    Some(Labelled {
        label,
        pointer: format!("{pointer}/customProperties/{index}/value"),
        subject,
    })
}

#[cfg(test)]
mod tests {
    use mesh_spec::vocabulary::Vocabularies;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    /// The contract is of a version to come, in which a field may have several labels.
    fn with_contract<T>(yaml: &str, look: impl Fn(ContractRef<'_>) -> T) -> T {
        let text = format!("apiVersion: v3.3.0\nkind: DataContract\nid: a\nversion: 1.0.0\n{yaml}");
        let document = Document::parse("a.odcs.yaml", text.into_bytes(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        look(workspace.contracts().next().expect("there is a contract"))
    }

    fn highest(yaml: &str) -> Option<(Label, String)> {
        let vocabularies = Vocabularies::default();
        let labels = Labels::new(&vocabularies);
        with_contract(yaml, |contract| of_contract(contract, labels))
            .map(|labelled| (labelled.label, labelled.subject))
    }

    fn missing(yaml: &str) -> Vec<String> {
        with_contract(yaml, |contract| {
            fields::objects(contract.model)
                .flat_map(|object| unlabelled(contract, &object))
                .map(|field| field.path)
                .collect()
        })
    }

    #[test]
    fn the_highest_label_wins_wherever_it_is_nested() {
        let yaml = "\
schema:
  - name: o
    properties:
      - {name: a, classification: internal}
      - {name: b, logicalType: object, properties: [{name: c, classification: Restricted}]}
      - {name: d, classification: homemade}
";
        assert_eq!(highest(yaml), Some((Label::Restricted, "`b.c`".to_owned())));
    }

    #[test]
    fn a_default_holds_for_fields_without_a_label_only() {
        let default =
            "customProperties: [{property: classification, vendor: mesh, value: restricted}]\n";
        let all_labelled = "schema: [{name: o, properties: [{name: a, classification: public}]}]\n";
        let one_missing =
            "schema: [{name: o, properties: [{name: a, classification: public}, {name: b}]}]\n";
        let public = Some((Label::Public, "`a`".to_owned()));
        let restricted = Some((Label::Restricted, "the contract `a`".to_owned()));
        assert_eq!(highest(&format!("{default}{all_labelled}")), public);
        assert_eq!(highest(&format!("{default}{one_missing}")), restricted);
        assert_eq!(highest(default), restricted);
        assert_eq!(highest(one_missing), public);
    }

    #[test]
    fn a_label_covers_what_is_nested_and_is_covered_by_it() {
        let yaml = "\
schema:
  - name: o
    properties:
      - {name: covered, classification: x, logicalType: object, properties: [{name: a}]}
      - {name: covers, logicalType: object, properties: [{name: a, classification: x}]}
      - {name: partly, logicalType: object, properties: [{name: a, classification: x}, {name: b}]}
      - {name: list, logicalType: array, items: {logicalType: string}}
      - {name: labelled_list, logicalType: array, items: {logicalType: string, classification: x}}
";
        assert_eq!(missing(yaml), ["partly.b", "list"]);
    }

    #[test]
    fn several_labels_count_as_the_highest() {
        let yaml = "schema: [{name: o, properties: [{name: a, classification: [public, confidential, x]}]}]\n";
        assert_eq!(highest(yaml), Some((Label::Confidential, "`a`".to_owned())));
    }
}
