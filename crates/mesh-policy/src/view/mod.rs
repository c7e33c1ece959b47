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
pub(crate) use place::Place;
pub(crate) use fields::custom_label as label;
pub(crate) use thing::{Kind, Owner, Thing};

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
    Made(Type, for<'a> fn(&'a View<'a>, Thing<'a>) -> Option<Value<'a>>),
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

    /// Whether `thing` has it: written, and neither null, blank nor empty.
    pub(crate) fn is_in<'a>(&self, view: &'a View<'a>, thing: Thing<'a>) -> bool {
        match self.get {
            Get::Flag(_, get) => get(thing).is_some(),
            _ => match self.of(view, thing) {
                Some(Value::List(list)) => list.len() > 0,
                Some(Value::Map(map)) => !map.names().is_empty(),
                value => value.is_some(),
            },
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
            Get::Json(get) => get(thing).map(Value::of_json).filter(|value| !value.is_blank()),
            Get::JsonList(get) => Some(Value::List(List::Json(get(thing).unwrap_or_default()))),
            Get::Custom(get) => Some(Value::Map(Map::Custom(get(thing).unwrap_or_default()))),
            Get::Links(get) => Some(Value::Map(Map::Links(get(thing).unwrap_or_default()))),
            Get::Made(_, get) => get(view, thing),
        }
    }
}
