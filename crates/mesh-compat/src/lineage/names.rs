//! The objects and fields of a contract by what consumers may call them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mesh_spec::model::odcs::{DataContract, SchemaProperty};

/// What is longer names nothing.
const LONGEST: usize = 500;

/// An element of a contract, such as `orders.amount`: what is called the same in another case, or as
/// the items of an array, is the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element(String);

impl Element {
    /// The element that is written `text`; the contract as a whole if that is empty.
    pub fn new(text: &str) -> Self {
        let mut key = text.to_lowercase();
        for part in ["[]", "{key}", "{value}"] {
            if key.contains(part) {
                key = key.replace(part, "");
            }
        }
        Self(key)
    }

    /// Whether what happens to one happens to the other: they are the same, or one holds the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.holds(other) || other.holds(self)
    }

    /// Whether `other` is the same, or lies within.
    pub(super) fn holds(&self, other: &Self) -> bool {
        match other.0.strip_prefix(&self.0) {
            Some(rest) => self.0.is_empty() || rest.is_empty() || rest.starts_with('.'),
            None => false,
        }
    }
}

/// What a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The element as the contract writes it; empty for the contract as a whole.
    pub(super) element: String,
    /// Whether it can hardly mean anything else.
    pub(super) is_certain: bool,
}

/// How well a path fits, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It names an object and a field of it.
    Field,
    /// It names an object.
    Object,
    /// It names an object, and a field that this has no more or not yet; or another's table in a schema
    /// that is called like the object.
    Stranger,
    /// It names a field, of whichever object.
    Alone,
}

/// The objects and fields of a contract, in all of its versions that are known.
#[derive(Debug, Default)]
pub(super) struct Names {
    contract: String,
    objects: Vec<Object>,
    /// The objects by what the contract calls them.
    by_name: HashMap<String, usize>,
    /// Names, physical names and identifiers in lower case, each of the objects that have it.
    aliases: HashMap<String, Vec<usize>>,
    /// Schemas, databases and the like in which the objects lie.
    places: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Object {
    name: String,
    /// Paths from the object, in lower case, with what the contract calls the field.
    fields: HashMap<String, String>,
    /// How many dots the longest of these paths has.
    dots: usize,
}

impl Names {
    pub(super) fn new(contract: &str) -> Self {
        Self {
            contract: contract.to_lowercase(),
            ..Self::default()
        }
    }

    /// Adds what a version of the contract has.
    pub(super) fn add(&mut self, contract: &DataContract) {
        for server in &contract.servers {
            let parts = [
                &server.schema,
                &server.database,
                &server.dataset,
                &server.catalog,
                &server.project,
            ];
            let parts = parts.into_iter().flatten();
            self.places.extend(parts.map(|part| part.to_lowercase()));
        }
        for schema in &contract.schema {
            let Some(name) = schema.name.as_ref().or(schema.id.as_ref()) else {
                continue;
            };
            let index = *self.by_name.entry(name.clone()).or_insert_with(|| {
                self.objects.push(Object {
                    name: name.clone(),
                    ..Object::default()
                });
                self.objects.len() - 1
            });
            let physical = schema.physical_name.as_deref();
            // The table of `db.schema.table`.
            let table = physical.and_then(|name| name.rsplit('.').next());
            for alias in [Some(name.as_str()), schema.id.as_deref(), physical, table] {
                let Some(alias) = alias.filter(|alias| !alias.is_empty()) else {
                    continue;
                };
                let objects = self.aliases.entry(alias.to_lowercase()).or_default();
                if !objects.contains(&index) {
                    objects.push(index);
                }
            }
            let object = &mut self.objects[index];
            for property in &schema.properties {
                object.add(property, "", name);
            }
        }
    }

    /// What `reference` names of the contract, as far as it may be meant: an object or a field by name, by
    /// path, by physical name with or without the schemas around it, or by identifiers; each with or
    /// without the id of the contract before it. Several where it cannot be told which is meant.
    ///
    /// `others` are contracts that the same consumer reads: what begins with one of their ids is theirs.
    pub(super) fn resolve(&self, reference: &str, others: &[String]) -> Vec<Named> {
        let text = reference.trim();
        let is_prose = text.contains(|c: char| c.is_whitespace() || "*<>()".contains(c));
        if text.is_empty() || text.len() > LONGEST || is_prose {
            return Vec::new();
        }
        let text = text.replace(['"', '`'], "").to_lowercase();
        if let Some((address, path)) = text.split_once('#') {
            if address.is_empty() {
                return Vec::new();
            }
            // Where another file leads cannot be told from its name.
            return sure_if(self.path(path), |named| {
                named.is_certain && self.is_address(address)
            });
        }
        let own = after_id(&text, &self.contract);
        let theirs = others
            .iter()
            .filter_map(|other| after_id(&text, &other.to_lowercase()).map(str::len))
            .min();
        match own {
            // The longest id is meant: `sales.orders` is not a part of `sales`.
            Some(rest) if theirs.is_none_or(|theirs| rest.len() <= theirs) => {
                let named = self.path(rest);
                if named.is_empty() {
                    return vec![Named {
                        element: String::new(),
                        is_certain: true,
                    }];
                }
                sure_if(named, |_| true)
            }
            _ if theirs.is_some() => Vec::new(),
            _ => self.path(&text),
        }
    }

    /// Whether the contract is what lies at `address`: its id, or a file or page called by it.
    fn is_address(&self, address: &str) -> bool {
        let name = address.trim_end_matches('/').rsplit('/').next();
        let name = name.unwrap_or(address);
        let stem = [".odcs.yaml", ".odcs.yml", ".yaml", ".yml", ".json"]
            .into_iter()
            .find_map(|end| name.strip_suffix(end))
            .unwrap_or(name);
        address == self.contract || stem == self.contract
    }

    /// What a path in lower case may lead to from the contract.
    fn path(&self, path: &str) -> Vec<Named> {
        let path = path.trim_start_matches('/');
        if let Some(ids) = path.strip_prefix("schema/") {
            return self.by_ids(ids).into_iter().collect();
        }
        let path = without_brackets(path);
        let mut found: BTreeMap<Fit, Vec<Named>> = BTreeMap::new();
        let mut offer = |fit: Fit, element: &str, is_certain: bool| {
            let element = element.to_owned();
            let named = Named {
                element,
                is_certain,
            };
            found.entry(fit).or_default().push(named);
        };
        // An object may begin at the start or after any dot, and end at any dot or at the end.
        let starts = std::iter::once(0).chain(path.match_indices('.').map(|(at, _)| at + 1));
        for start in starts {
            let around = path[..start].trim_end_matches('.');
            let is_placed = around.split('.').all(|part| self.places.contains(part));
            let tail = &path[start..];
            let ends = tail.match_indices('.').map(|(at, _)| at);
            for end in ends.chain([tail.len()]) {
                let Some(objects) = self.aliases.get(&tail[..end]) else {
                    continue;
                };
                let rest = tail[end..].trim_start_matches('.');
                for object in objects.iter().map(|&index| &self.objects[index]) {
                    if rest.is_empty() {
                        offer(Fit::Object, &object.name, start == 0 || is_placed);
                    } else if let Some(field) = object.field(rest) {
                        offer(Fit::Field, field, true);
                    } else if start == 0 {
                        offer(Fit::Stranger, &format!("{}.{rest}", object.name), false);
                    }
                }
            }
        }
        for object in &self.objects {
            if let Some(field) = object.field(&path) {
                offer(Fit::Alone, field, false);
            }
        }
        let (_, mut best) = found.pop_first().unwrap_or((Fit::Alone, Vec::new()));
        best.sort_by(|a, b| (&a.element, b.is_certain).cmp(&(&b.element, a.is_certain)));
        best.dedup_by(|a, b| a.element == b.element);
        best
    }

    /// `<object>/properties/<field>/properties/…`, by identifiers or names.
    fn by_ids(&self, ids: &str) -> Option<Named> {
        let mut steps = ids.split('/');
        let object = self.aliases.get(steps.next()?)?.first()?;
        let object = &self.objects[*object];
        let fields: Vec<&str> = steps
            .filter(|step| !matches!(*step, "properties" | "items" | ""))
            .collect();
        let element = match fields[..] {
            [] => object.name.clone(),
            _ => object.field(&fields.join("."))?.to_owned(),
        };
        Some(Named {
            element,
            is_certain: true,
        })
    }

    /// The objects that are called by one of `words`, which are in lower case.
    pub(super) fn objects_among<'n>(
        &'n self,
        words: &'n BTreeSet<&str>,
    ) -> impl Iterator<Item = usize> + 'n {
        let found: BTreeSet<usize> = words
            .iter()
            .filter_map(|word| self.aliases.get(*word))
            .flatten()
            .copied()
            .collect();
        found.into_iter()
    }

    /// The object that the contract calls `name`.
    pub(super) fn object_called(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// What the contract calls an object.
    pub(super) fn name_of(&self, object: usize) -> &str {
        &self.objects[object].name
    }

    /// What the contract calls the field of an object at the path of `names`, which are in lower case.
    pub(super) fn field_of(&self, object: usize, names: &[String]) -> Option<&str> {
        let object = &self.objects[object];
        let names = &names[..names.len().min(object.dots + 1)];
        object.field(&names.join("."))
    }

    /// Whether an object is called `word`, which is in lower case.
    pub(super) fn is_object(&self, word: &str) -> bool {
        self.aliases.contains_key(word)
    }

    /// Whether the object is called `word`, which is in lower case.
    pub(super) fn is_called(&self, object: usize, word: &str) -> bool {
        self.aliases
            .get(word)
            .is_some_and(|objects| objects.contains(&object))
    }
}

impl Object {
    /// The element at `path`, or the closest around it: what is nested may be of no known type.
    fn field(&self, path: &str) -> Option<&str> {
        // No field lies deeper: code may chain as many names as it likes.
        let end = path.match_indices('.').nth(self.dots);
        let path = end.map_or(path, |(end, _)| &path[..end]);
        let around = path.rmatch_indices('.').map(|(at, _)| &path[..at]);
        std::iter::once(path)
            .chain(around)
            .find_map(|path| self.fields.get(path))
            .map(String::as_str)
    }

    /// Adds a field that is reached by `path` and known as a part of `element`.
    fn add(&mut self, property: &SchemaProperty, path: &str, element: &str) {
        let name = property.name.as_deref().or(property.id.as_deref());
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return;
        };
        let joined = |alias: &str| {
            let alias = alias.to_lowercase();
            if path.is_empty() {
                alias
            } else {
                format!("{path}.{alias}")
            }
        };
        let element = format!("{element}.{name}");
        let aliases = [
            Some(name),
            property.physical_name.as_deref(),
            property.id.as_deref(),
        ];
        for alias in aliases.into_iter().flatten() {
            let path = joined(alias);
            self.dots = self.dots.max(path.matches('.').count());
            self.fields.entry(path).or_insert_with(|| element.clone());
        }
        let path = joined(name);
        self.nested(property, &path, &element);
    }

    fn nested(&mut self, property: &SchemaProperty, path: &str, element: &str) {
        for nested in &property.properties {
            self.add(nested, path, element);
        }
        let map = property.map.as_ref();
        let value = map.and_then(|map| map.value.as_deref());
        for inner in property.items.as_deref().into_iter().chain(value) {
            self.nested(inner, path, element);
        }
    }
}

/// What follows the contract id `id` in `text`; nothing at all where the id is everything.
fn after_id<'t>(text: &'t str, id: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(id).filter(|_| !id.is_empty())?;
    match rest.chars().next() {
        None => Some(rest),
        Some('.' | '/' | ':') => Some(&rest[1..]),
        Some(_) => None,
    }
}

/// `named`, each certain only if `is_sure` says so.
fn sure_if(mut named: Vec<Named>, is_sure: impl Fn(&Named) -> bool) -> Vec<Named> {
    for named in &mut named {
        named.is_certain = is_sure(named);
    }
    named
}

fn without_brackets(path: &str) -> String {
    let path = path.replace("[]", "");
    // `[orders].[amount]`, as some databases quote.
    path.replace(['[', ']'], "")
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::model::Kind;

    use super::*;
    use crate::lineage::uses::uses;

    fn contract(id: &str, schema: &str) -> Document {
        let text = format!("apiVersion: v3.2.0\nkind: DataContract\nid: {id}\nschema:\n{schema}");
        Document::parse("c.odcs.yaml", text.into_bytes(), Some(Kind::DataContract))
    }

    #[test]
    fn a_field_is_found_at_any_depth_and_no_deeper() {
        let source = contract(
            "orders",
            "  - name: orders\n    properties:\n      - name: buyer\n        properties:\n          - name: city\n      - {name: a.b}\n",
        );
        let mut names = Names::new("orders");
        names.add(source.contract().expect("a contract"));
        let orders = names.object_called("orders").expect("an object");
        let field = |path: &str| {
            let path: Vec<String> = path.split('.').map(str::to_owned).collect();
            names.field_of(orders, &path)
        };
        assert_eq!(field("buyer.city"), Some("orders.buyer.city"));
        assert_eq!(field("buyer.city.x.y.z"), Some("orders.buyer.city"));
        assert_eq!(field("buyer.x.y.z"), Some("orders.buyer"));
        assert_eq!(field("a.b.c"), Some("orders.a.b"));
        assert_eq!(field("x.buyer"), None);
    }

    /// Every name of a chain may begin a path, and every path was tried with each of its ends.
    #[test]
    fn a_chain_of_very_many_names_is_read_in_time() {
        let source = contract(
            "orders",
            "  - name: orders\n    properties: [{name: total}]\n",
        );
        let mut names = Names::new("orders");
        names.add(source.contract().expect("a contract"));
        let logic = format!("orders{}.total", ".x".repeat(49_000));
        let reader = contract(
            "report",
            &format!("  - name: rows\n    properties: [{{name: sum, transformLogic: {logic}}}]\n"),
        );
        let found = uses(&names, reader.contract().expect("a contract"), &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].element, "orders.total");
    }
}
