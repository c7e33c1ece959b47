//! Documents that say everything a schema knows, so that changing any one thing in them is noticed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// How deep a definition may contain itself, directly or not.
const NESTING: usize = 1;

/// Which alternative of a choice a document takes.
#[derive(Clone, Copy)]
pub(crate) enum Choice {
    First,
    Last,
}

/// A document with every key that a schema has. Keys that depend on another key are those for its
/// first listed value.
pub(crate) fn full(schema: &Value, choice: Choice) -> Value {
    Sampler {
        root: schema,
        choice,
        forced: &[],
        within: Vec::new(),
    }
    .sample(schema)
}

/// For every value that a schema lists, a document that is full in the same sense and has that
/// value.
pub(crate) fn variants(schema: &Value) -> Vec<(String, Value)> {
    let mut listed = BTreeSet::new();
    collect_listed(schema, schema, &[], &mut listed);
    let document = |forced: &Forced<'_>| {
        Sampler {
            root: schema,
            choice: Choice::First,
            forced,
            within: Vec::new(),
        }
        .sample(schema)
    };
    listed
        .iter()
        .map(|forced| (format!("{forced:?}"), document(forced)))
        .collect()
}

/// Values that keys have to have, where the schema lists them.
type Forced<'a> = [(&'a str, &'a str)];

/// Collects the values that a schema lists, each after the values on which its branch depends.
fn collect_listed<'a>(
    root: &'a Value,
    schema: &'a Value,
    given: &Forced<'a>,
    listed: &mut BTreeSet<Vec<(&'a str, &'a str)>>,
) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        for value in property["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            listed.insert([given, &[(key.as_str(), value)]].concat());
        }
        collect_listed(root, property, given, listed);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let condition = part["if"]["anyOf"].get(0).unwrap_or(&part["if"]);
        let chosen = condition["properties"]
            .as_object()
            .and_then(|properties| properties.iter().next());
        let chosen =
            chosen.and_then(|(key, schema)| Some((key.as_str(), schema["const"].as_str()?)));
        let target = part["then"]["$ref"]
            .as_str()
            .and_then(|reference| root.pointer(&reference[1..]));
        let chosen: Vec<_> = chosen.into_iter().collect();
        collect_listed(root, target.unwrap_or(&part["then"]), &chosen, listed);
    }
    for definition in schema["$defs"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
    {
        collect_listed(root, definition, &[], listed);
    }
}

struct Sampler<'a> {
    root: &'a Value,
    choice: Choice,
    forced: &'a Forced<'a>,
    /// The references that lead to the present schema.
    within: Vec<&'a str>,
}

impl<'a> Sampler<'a> {
    fn sample(&mut self, schema: &'a Value) -> Value {
        if let Some(value) = schema
            .get("const")
            .or_else(|| schema.get("enum").map(|values| &values[0]))
        {
            return value.clone();
        }
        let mut object = Map::new();
        self.fill(schema, &mut object);
        if !object.is_empty() {
            return Value::Object(object);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            return self.follow(reference, Sampler::sample);
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema[keyword].as_array() {
                let chosen = match self.choice {
                    Choice::First => alternatives.first(),
                    Choice::Last => alternatives.last(),
                };
                return chosen.map_or(Value::Null, |chosen| self.sample(chosen));
            }
        }
        let name = schema["type"]
            .as_str()
            .or_else(|| schema["type"][0].as_str());
        match name {
            Some("array") => {
                let item = self.sample(&schema["items"]);
                // Numbers differ, for the lists that demand it.
                if schema["minItems"] == 2 {
                    json!([1, 2])
                } else {
                    json!([item])
                }
            }
            Some("object") => json!({}),
            Some("integer" | "number") => json!(1),
            Some("boolean") => json!(true),
            Some("null") => Value::Null,
            _ => text_like(schema),
        }
    }

    /// Adds the keys of a schema and of what it is composed of.
    fn fill(&mut self, schema: &'a Value, object: &mut Map<String, Value>) {
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            if self.is_exhausted(schema) || object.contains_key(key) {
                continue;
            }
            let value = self
                .forced_value(key, schema)
                .unwrap_or_else(|| self.sample(schema));
            object.insert(key.clone(), value);
        }
        if let Some(reference) = schema["$ref"].as_str() {
            self.follow(reference, |sampler, target| sampler.fill(target, object));
        }
        // Alternatives that ask for different keys: any of them will do.
        let alternative = schema["oneOf"]
            .get(0)
            .filter(|one| one.get("required").is_some());
        if let Some(alternative) = alternative {
            self.fill(alternative, object);
        }
        // Some required keys are described nowhere.
        for key in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            object.entry(key).or_insert("a".into());
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.fill(part, object);
            for key in part["not"]["required"].as_array().into_iter().flatten() {
                object.shift_remove(key.as_str().unwrap_or_default());
            }
            if part.get("if").is_some_and(|condition| {
                jsonschema::is_valid(condition, &Value::Object(object.clone()))
            }) {
                // The branch knows better than the base what the value must be.
                for key in part["then"]["properties"]
                    .as_object()
                    .into_iter()
                    .flat_map(Map::keys)
                {
                    object.shift_remove(key);
                }
                self.fill(&part["then"], object);
            }
        }
    }

    fn follow<T>(
        &mut self,
        reference: &'a str,
        visit: impl FnOnce(&mut Self, &'a Value) -> T,
    ) -> T {
        self.within.push(reference);
        let root = self.root;
        let target = root
            .pointer(&reference[1..])
            .expect("official schemas refer to what they have");
        let result = visit(self, target);
        self.within.pop();
        result
    }

    fn forced_value(&self, key: &str, schema: &Value) -> Option<Value> {
        // Once is enough: a map of maps of maps would have no end.
        let is_nested = self
            .within
            .split_last()
            .is_some_and(|(last, rest)| rest.contains(last));
        let listed = schema["enum"].as_array().filter(|_| !is_nested)?;
        let mut forced = self
            .forced
            .iter()
            .filter(|(name, _)| *name == key)
            .map(|(_, value)| Value::from(*value));
        forced.find(|value| listed.contains(value))
    }

    /// Whether a schema has been gone into often enough.
    fn is_exhausted(&self, schema: &Value) -> bool {
        let reference = schema["$ref"]
            .as_str()
            .or_else(|| schema["items"]["$ref"].as_str());
        reference
            .is_some_and(|one| self.within.iter().filter(|other| **other == one).count() > NESTING)
    }
}

/// A text, in the form that a schema asks for.
fn text_like(schema: &Value) -> Value {
    let candidates = ["a", "a.b", "a/b", "sftp://a"].map(Value::from);
    let [default, ..] = &candidates;
    candidates
        .iter()
        .find(|text| {
            jsonschema::is_valid(
                &json!({"pattern": schema.get("pattern").unwrap_or(&json!(""))}),
                text,
            )
        })
        .unwrap_or(default)
        .clone()
}
