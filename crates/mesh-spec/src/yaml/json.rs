//! The tree as a JSON value, for the schemas.

use serde_json::{Map, Value as Json};

use super::tree::{NodeRef, Tree, Value};

impl Tree {
    /// The document as JSON. Aliases and merges are expanded; `parse` has bounded both.
    pub fn to_json(&self) -> Json {
        self.root().to_json()
    }
}

impl NodeRef<'_> {
    /// The node as JSON.
    pub fn to_json(self) -> Json {
        match self.value() {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(b),
            Value::Number(text) => self
                .number()
                .map_or_else(|| Json::String(text.to_owned()), Json::Number),
            Value::String(text) => Json::String(text.to_owned()),
            Value::Sequence => Json::Array(self.items().map(Self::to_json).collect()),
            Value::Mapping => {
                let mut map = Map::with_capacity(self.entries().len());
                for (key, value) in self.entries() {
                    map.insert(key.key_text().to_owned(), value.to_json());
                }
                Json::Object(map)
            }
        }
    }
}
