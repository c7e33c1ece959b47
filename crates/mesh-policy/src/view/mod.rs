//! What expressions see: products and contracts in one plain shape, whatever version of a standard they follow and
//! however they spell things.
//!
//! Nothing is converted: a [`Thing`] points into the typed model, and an [`Attribute`] is a function that reads it.
//! The tables of attributes are all there is to see, which is how a misspelt name is found before any product is
//! read; the reference of policies is generated from them.
//!
//! Three rules hold throughout:
//!
//! - what is absent, null or blank is *missing*: `has()` is false, and to read it is an error, which fails the policy;
//! - a list that is absent is an empty one, and a truth value that is absent is what the standard says by default;
//! - custom properties are seen under their names (`custom.lawfulBasis`), links under their types (`links.auditTrail`).

pub(crate) mod contract;
mod fields;
mod people;
mod place;
pub(crate) mod product;
#[cfg(test)]
mod tests;
mod thing;

use mesh_spec::model::{AuthoritativeDefinition, CustomProperty};
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::Workspace;
use rayon::prelude::*;
use serde_json::Value as Json;

pub(crate) use fields::ContractView;
pub(crate) use fields::custom_label as label;
pub(crate) use place::Place;
pub(crate) use thing::{Kind, Thing};

use crate::expr::{List, Type, Value};

/// The documents of a workspace, as expressions see them.
#[derive(Debug)]
pub(crate) struct View<'w> {
    pub(crate) workspace: &'w Workspace,
    pub(crate) vocabularies: &'w Vocabularies,
    /// By the position of the document.
    contracts: Vec<Option<ContractView<'w>>>,
}

/// Something that is known of things of one kind.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Its name in expressions.
    pub(crate) name: &'static str,
    pub(crate) get: Get,
    /// Where it is written, beneath what it is an attribute of: a JSON Pointer. Empty for what is worked out.
    pub(crate) pointer: &'static str,
    /// What it is, for the documentation.
    pub(crate) doc: &'static str,
}

/// How an attribute is read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Get {
    Text(for<'a> fn(&'a View<'a>, Thing<'a>) -> Option<&'a str>),
    /// A truth value that documents may leave out, and what it is then.
    Flag(bool, for<'a> fn(Thing<'a>) -> Option<bool>),
    Number(for<'a> fn(Thing<'a>) -> Option<f64>),
    Texts(for<'a> fn(Thing<'a>) -> Option<&'a [String]>),
    Json(for<'a> fn(Thing<'a>) -> Option<&'a Json>),
    JsonList(for<'a> fn(Thing<'a>) -> Option<&'a [Json]>),
    Custom(for<'a> fn(Thing<'a>) -> Option<&'a [CustomProperty]>),
    Links(for<'a> fn(Thing<'a>) -> Option<&'a [AuthoritativeDefinition]>),
    /// Anything else; its type, which may be missing.
    Made(
        Type,
        for<'a> fn(&'a View<'a>, Thing<'a>) -> Option<Value<'a>>,
    ),
}

impl<'w> View<'w> {
    /// A view of `workspace`, whose labels are those of `vocabularies`.
    pub(crate) fn new(workspace: &'w Workspace, vocabularies: &'w Vocabularies) -> Self {
        let of = |index| workspace.contract(index).map(ContractView::new);
        let indices = 0..workspace.documents().len();
        let contracts = if workspace.is_small() {
            indices.map(of).collect()
        } else {
            indices.into_par_iter().map(of).collect()
        };
        Self {
            workspace,
            vocabularies,
            contracts,
        }
    }

    /// The contract in the document at `index`.
    pub(crate) fn contract(&self, index: usize) -> Option<&ContractView<'w>> {
        self.contracts.get(index)?.as_ref()
    }
}

impl Attribute {
    const fn new(name: &'static str, pointer: &'static str, doc: &'static str, get: Get) -> Self {
        Self {
            name,
            get,
            pointer,
            doc,
        }
    }

    /// The type of its values.
    pub(crate) fn ty(&self) -> Type {
        match self.get {
            Get::Text(_) => Type::Text,
            Get::Flag(..) => Type::Bool,
            Get::Number(_) => Type::Double,
            Get::Texts(_) => Type::List(&Type::Text),
            Get::Json(_) => Type::Any,
            Get::JsonList(_) => Type::List(&Type::Any),
            Get::Custom(_) => Type::Map(&Type::Any),
            Get::Links(_) => Type::Map(&Type::Text),
            Get::Made(ty, _) => ty,
        }
    }

    /// Whether there always is a value: an empty list, or a default.
    pub(crate) fn is_always_there(&self) -> bool {
        match self.ty() {
            Type::List(_) | Type::Map(_) => true,
            Type::Bool => matches!(self.get, Get::Flag(..)),
            _ => false,
        }
    }

    /// Whether `thing`, for which it is `value`, has it: written, and neither null, blank nor empty.
    pub(crate) fn is_in(&self, thing: Thing<'_>, value: Option<&Value<'_>>) -> bool {
        match (self.get, value) {
            (Get::Flag(_, get), _) => get(thing).is_some(),
            (_, Some(Value::List(list))) => list.len() > 0,
            (_, Some(Value::Map(map))) => !map.names().is_empty(),
            (_, value) => value.is_some(),
        }
    }

    /// How many parts of the documents are gone through to find it, beyond those that it is made of.
    pub(crate) fn effort(&self, view: &View<'_>, thing: Thing<'_>) -> usize {
        /// What is only compared with a name is gone through this much faster.
        const SCANNED: usize = 8;
        let promising =
            |id: Option<&str>| id.map_or(0, |id| view.workspace.ports_promising(id).count());
        let is_made_of = |kind| {
            let ty = self.ty();
            ty == Type::Thing(kind) || ty == Type::list_of(Type::Thing(kind))
        };
        match thing {
            Thing::Contract(contract) if is_made_of(Kind::Product) => {
                promising(contract.model().id.as_deref())
            }
            Thing::Contract(contract) | Thing::Object(contract, _) if is_made_of(Kind::Quality) => {
                contract.len() as usize
            }
            Thing::Field(contract, at) if matches!(self.name, "classification" | "sensitivity") => {
                let model = contract.model();
                let object = model.schema.get(contract.object_of(at) as usize);
                let around = object.map_or(0, |object| object.custom_properties.len());
                (model.custom_properties.len() + around) / SCANNED
            }
            Thing::Product(product) if is_made_of(Kind::Contract) => {
                product.model.output_ports.len() + product.model.input_ports.len()
            }
            Thing::OutputPort(_, at) if is_made_of(Kind::Contract) => at as usize / SCANNED,
            Thing::InputPort(product, at) if is_made_of(Kind::Contract) => {
                let port = product.model.input_ports.get(at as usize);
                promising(port.and_then(|port| port.contract_id.as_deref()))
            }
            Thing::Product(_) | Thing::Contract(_) if self.name == "owners" => {
                let team = thing.document().and_then(thing::Document::team);
                team.map_or(0, |team| team.members.len())
            }
            _ => 0,
        }
    }

    /// What it is for `thing`; `None` if it is missing.
    pub(crate) fn of<'a>(&self, view: &'a View<'a>, thing: Thing<'a>) -> Option<Value<'a>> {
        use crate::expr::Map;

        match self.get {
            Get::Text(get) => get(view, thing)
                .filter(|text| !text.trim().is_empty())
                .map(Value::Text),
            Get::Flag(default, get) => Some(Value::Bool(get(thing).unwrap_or(default))),
            Get::Number(get) => get(thing).map(Value::Double),
            Get::Texts(get) => Some(Value::List(List::Texts(get(thing).unwrap_or_default()))),
            Get::Json(get) => get(thing)
                .map(Value::of_json)
                .filter(|value| !value.is_blank()),
            Get::JsonList(get) => Some(Value::List(List::Json(get(thing).unwrap_or_default()))),
            Get::Custom(get) => Some(Value::Map(Map::Custom(get(thing).unwrap_or_default()))),
            Get::Links(get) => Some(Value::Map(Map::Links(get(thing).unwrap_or_default()))),
            Get::Made(_, get) => get(view, thing),
        }
    }
}
