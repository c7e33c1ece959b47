//! The tree as a `serde` deserializer, for the typed model.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::tree::{NodeId, NodeRef, Tree, Value};

impl Tree {
    /// Reads the document into `T`, leaving out every node in `masked`.
    ///
    /// A model whose fields may all be absent can thus be read from a document that its schema
    /// rejects: mask what was rejected, and the rest still arrives.
    pub fn deserialize<T: de::DeserializeOwned>(
        &self,
        masked: &HashSet<NodeId>,
    ) -> Result<T, ModelError> {
        T::deserialize(Reader {
            node: self.root(),
            masked,
        })
    }
}

/// A node whose value has no place in the model.
#[derive(Debug)]
pub struct ModelError {
    message: String,
    /// The innermost node that was being read.
    pub(crate) node: Option<NodeId>,
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ModelError {}

impl de::Error for ModelError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            node: None,
        }
    }
}

impl ModelError {
    /// The innermost node that was being read, where that is known.
    pub fn node(&self) -> Option<NodeId> {
        self.node
    }

    /// Remembers the innermost node: the first one asked on the way out.
    fn at(mut self, node: NodeRef<'_>) -> Self {
        self.node.get_or_insert(node.id());
        self
    }
}

#[derive(Clone, Copy)]
struct Reader<'t> {
    node: NodeRef<'t>,
    masked: &'t HashSet<NodeId>,
}

impl<'t> Reader<'t> {
    fn of(self, node: NodeRef<'t>) -> Self {
        Self { node, ..self }
    }

    fn keeps(self, node: NodeRef<'t>) -> bool {
        self.masked.is_empty() || !self.masked.contains(&node.id())
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ModelError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        let node = self.node;
        match node.value() {
            Value::Null => visitor.visit_unit(),
            Value::Bool(b) => visitor.visit_bool(b),
            Value::Number(text) => match node.number() {
                Some(n) if n.is_u64() => visitor.visit_u64(n.as_u64().unwrap_or_default()),
                Some(n) if n.is_i64() => visitor.visit_i64(n.as_i64().unwrap_or_default()),
                Some(n) => visitor.visit_f64(n.as_f64().unwrap_or_default()),
                None => visitor.visit_borrowed_str(text),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Sequence => visitor.visit_seq(Items {
                reader: self,
                index: 0,
            }),
            Value::Mapping => visitor.visit_map(Members {
                reader: self,
                index: 0,
                value: None,
            }),
        }
        .map_err(|error: ModelError| error.at(node))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.node.value() {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    /// A derived visitor would take a list for a struct, its items for the fields in their order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match self.node.value() {
            Value::Sequence => {
                let error: ModelError = de::Error::invalid_type(de::Unexpected::Seq, &visitor);
                Err(error.at(self.node))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        match self.node.as_str() {
            Some(text) => visitor.visit_enum(text.into_deserializer()),
            None => self.deserialize_any(visitor),
        }
        .map_err(|error: ModelError| error.at(self.node))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier
    }
}

struct Items<'t> {
    reader: Reader<'t>,
    index: usize,
}

impl<'t> de::SeqAccess<'t> for Items<'t> {
    type Error = ModelError;

    /// Masked items are kept as nulls, so that an item's index in the model is its index in the
    /// document; models of list items read null as their default.
    fn next_element_seed<T: DeserializeSeed<'t>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ModelError> {
        let Some(item) = self.reader.node.item(self.index) else {
            return Ok(None);
        };
        self.index += 1;
        let reader = self.reader.of(item);
        if reader.keeps(item) {
            seed.deserialize(reader).map(Some)
        } else {
            seed.deserialize(Blank).map(Some)
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.reader.node.raw_items().len() - self.index)
    }
}

/// Stands in for a masked list item: an empty mapping, text or list, whichever is asked for.
struct Blank;

impl<'de> Deserializer<'de> for Blank {
    type Error = ModelError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_unit()
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_borrowed_str("")
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        visitor.visit_borrowed_str("")
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        visitor.visit_map(de::value::MapDeserializer::<_, ModelError>::new(
            std::iter::empty::<(&str, &str)>(),
        ))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Members<'t> {
    reader: Reader<'t>,
    index: usize,
    value: Option<NodeRef<'t>>,
}

impl<'t> de::MapAccess<'t> for Members<'t> {
    type Error = ModelError;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ModelError> {
        let tree = self.reader.node.tree;
        let entries = self.reader.node.raw_entries();
        while let Some(entry) = entries.get(self.index) {
            self.index += 1;
            let value = tree.node(entry.value);
            if !self.reader.keeps(value) {
                continue;
            }
            self.value = Some(value);
            let key = tree.node(entry.key).key_text();
            return seed
                .deserialize(de::value::BorrowedStrDeserializer::new(key))
                .map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, ModelError> {
        let Some(value) = self.value.take() else {
            return Err(de::Error::custom("a value was asked for before its key"));
        };
        seed.deserialize(self.reader.of(value))
            .map_err(|error: ModelError| error.at(value))
    }
}
