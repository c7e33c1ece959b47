//! What a contract says about the data that it is made from.

use std::collections::BTreeSet;

use mesh_spec::model::odcs::{
    DataContract, DataQuality, QualityType, Relationship, SchemaObject, SchemaProperty,
};
use serde::Serialize;
use serde_json::Value;

use super::code;
use super::names::{Named, Names};

/// How a contract names an element of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum How {
    /// As what a field is computed from.
    TransformSourceObjects,
    /// In the code that computes a field.
    TransformLogic,
    /// As what a relationship leads to.
    Relationships,
    /// In a check of the data.
    Quality,
}

impl How {
    /// The key in the contract under which it stands.
    pub const fn key(self) -> &'static str {
        match self {
            Self::TransformSourceObjects => "transformSourceObjects",
            Self::TransformLogic => "transformLogic",
            Self::Relationships => "relationships",
            Self::Quality => "quality",
        }
    }

    /// Whether a field with it is made from what is named. A relationship or a check only reads it.
    pub const fn is_origin(self) -> bool {
        matches!(self, Self::TransformSourceObjects | Self::TransformLogic)
    }
}

/// A place at which a contract names an element of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Use {
    /// The element that is named, as its contract calls it; empty for the contract as a whole.
    pub element: String,
    /// The contract that names it.
    pub by: String,
    /// The object or field that names it.
    pub at: String,
    /// How it is named.
    pub how: How,
    /// Whether the words can hardly mean anything else.
    pub is_certain: bool,
}

/// Where the contract `from`, that others may call by `names`, is named in `contract`.
///
/// `others` are contracts that the same product reads.
pub(super) fn uses(names: &Names, contract: &DataContract, others: &[String]) -> Vec<Use> {
    let own = Names::of(contract);
    let mut reader = Reader {
        names,
        own: &own,
        others,
        by: contract.id.as_deref().unwrap_or_default(),
        found: BTreeSet::new(),
    };
    for object in &contract.schema {
        reader.object(object);
    }
    reader.found.into_iter().collect()
}

impl Names {
    /// The names of one version of a contract.
    fn of(contract: &DataContract) -> Self {
        let mut names = Self::new(contract.id.as_deref().unwrap_or_default());
        names.add(contract);
        names
    }
}

struct Reader<'r> {
    names: &'r Names,
    own: &'r Names,
    others: &'r [String],
    by: &'r str,
    found: BTreeSet<Use>,
}

impl Reader<'_> {
    fn object(&mut self, object: &SchemaObject) {
        let name = object.name.as_deref().or(object.id.as_deref());
        let name = name.unwrap_or_default();
        self.relationships(&object.relationships, name);
        self.quality(&object.quality, name);
        for property in &object.properties {
            self.property(property, name);
        }
    }

    fn property(&mut self, property: &SchemaProperty, around: &str) {
        let own = property.name.as_deref().or(property.id.as_deref());
        let at = match own {
            Some(own) => format!("{around}.{own}"),
            None => around.to_owned(),
        };
        self.origins(property, &at);
        self.relationships(&property.relationships, &at);
        self.quality(&property.quality, &at);
        for nested in &property.properties {
            self.property(nested, &at);
        }
        let map = property.map.as_ref();
        let types = map.into_iter().flat_map(|map| [&map.key, &map.value]);
        for nested in types.chain([&property.items]).flatten() {
            self.property(nested, &at);
        }
    }

    /// What a field is made from.
    fn origins(&mut self, property: &SchemaProperty, at: &str) {
        let logic = property.transform_logic.as_deref();
        let logic = logic.map(code::names).unwrap_or_default();
        for source in &property.transform_source_objects {
            for named in self.names.resolve(source, self.others) {
                // Of an object, the code may say which fields it needs.
                let object = self.names.object_called(&named.element);
                let fields = object.map(|object| self.fields_in(&logic, object));
                let Some(fields) = fields.filter(|fields| !fields.is_empty()) else {
                    self.add(named, at, How::TransformSourceObjects);
                    continue;
                };
                let is_certain = named.is_certain;
                for element in fields {
                    let named = Named {
                        element,
                        is_certain,
                    };
                    self.add(named, at, How::TransformLogic);
                }
            }
        }
        self.code(&logic, at, How::TransformLogic);
    }

    fn relationships(&mut self, relationships: &[Relationship], at: &str) {
        for relationship in relationships {
            let ends = [&relationship.from, &relationship.to];
            let ends = ends.into_iter().flatten();
            for reference in ends.flat_map(|names| names.iter()) {
                if self.is_own(reference) {
                    continue;
                }
                for named in self.names.resolve(reference, self.others) {
                    self.add(named, at, How::Relationships);
                }
            }
        }
    }

    fn quality(&mut self, checks: &[DataQuality], at: &str) {
        for check in checks {
            let is_prose = check.r#type == Some(QualityType::Text);
            for query in check.query.iter().filter(|_| !is_prose) {
                self.code(&code::names(query), at, How::Quality);
            }
            if let Some(arguments) = &check.arguments {
                for value in arguments.values() {
                    self.arguments(value, at);
                }
            }
            if let Some(implementation) = check.implementation.as_ref().filter(|_| !is_prose) {
                self.implementation(implementation, at);
            }
        }
    }

    fn arguments(&mut self, value: &Value, at: &str) {
        each_text(value, &mut |text| {
            // A single word may be any value.
            if !text.contains(['.', '/', '#']) || self.is_own(text) {
                return;
            }
            let named = self.names.resolve(text, self.others).into_iter();
            for named in named.filter(|named| named.is_certain) {
                self.add(named, at, How::Quality);
            }
        });
    }

    fn implementation(&mut self, value: &Value, at: &str) {
        each_text(value, &mut |text| {
            self.code(&code::names(text), at, How::Quality);
        });
    }

    /// What code names: objects, and of those their fields. The object of the same name that the contract
    /// itself has is meant rather than that of another.
    fn code(&mut self, chains: &[Vec<String>], at: &str, how: How) {
        let words: BTreeSet<&str> = chains
            .iter()
            .flatten()
            .map(String::as_str)
            .filter(|word| !self.own.is_object(word))
            .collect();
        let objects: Vec<usize> = self.names.objects_among(&words).collect();
        for object in objects {
            let is_certain = true;
            let fields = self.fields_in(chains, object);
            if fields.is_empty() {
                let element = self.names.name_of(object).to_owned();
                self.add(
                    Named {
                        element,
                        is_certain,
                    },
                    at,
                    how,
                );
            }
            for element in fields {
                self.add(
                    Named {
                        element,
                        is_certain,
                    },
                    at,
                    how,
                );
            }
        }
    }

    /// The fields of `object` that code names; the object itself if it selects all of them.
    fn fields_in(&self, chains: &[Vec<String>], object: usize) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        for chain in chains {
            let qualified = |at: usize| {
                let qualifier = at.checked_sub(1).map(|before| chain[before].as_str());
                qualifier.is_none_or(|name| {
                    self.names.is_called(object, name)
                        || name != code::OWN
                            && !self.own.is_object(name)
                            && !self.names.is_object(name)
                })
            };
            for at in (0..chain.len()).filter(|&at| qualified(at)) {
                if chain[at] == "*" {
                    fields.insert(self.names.name_of(object).to_owned());
                    continue;
                }
                if let Some(field) = self.names.field_of(object, &chain[at..]) {
                    fields.insert(field.to_owned());
                    break;
                }
            }
        }
        fields
    }

    /// Whether the contract's own objects and fields have this name.
    fn is_own(&self, reference: &str) -> bool {
        let path = reference.strip_prefix('#').unwrap_or(reference);
        let own = || self.own.resolve(path, &[]);
        !path.contains('#') && own().iter().any(|named| named.is_certain)
    }

    fn add(&mut self, named: Named, at: &str, how: How) {
        self.found.insert(Use {
            element: named.element,
            by: self.by.to_owned(),
            at: at.to_owned(),
            how,
            is_certain: named.is_certain,
        });
    }
}

fn each_text(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, take)),
        Value::Object(entries) => entries.values().for_each(|item| each_text(item, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
