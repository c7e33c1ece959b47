//! Small random changes to documents: the mistakes that people make, and some that they do not.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A small generator of random numbers (SplitMix64): the same seed gives the same documents
/// everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).expect("a remainder is below its divisor")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// What mutations draw from.
pub(crate) struct Material {
    /// Keys and values that mean something to a schema.
    pub(crate) words: Vec<String>,
    /// Values that stand under a key somewhere in the corpus.
    pub(crate) values: BTreeMap<String, Vec<Value>>,
}

impl Material {
    pub(crate) fn new(
        words: impl IntoIterator<Item = String>,
        documents: impl IntoIterator<Item = Value>,
    ) -> Self {
        let mut values = BTreeMap::new();
        for document in documents {
            gather(&document, &mut values);
        }
        Self {
            words: words.into_iter().collect(),
            values,
        }
    }
}

fn gather(value: &Value, values: &mut BTreeMap<String, Vec<Value>>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let seen = values.entry(key.clone()).or_default();
                if seen.len() < 40 && !seen.contains(value) {
                    seen.push(value.clone());
                }
                gather(value, values);
            }
        }
        Value::Array(array) => array.iter().for_each(|value| gather(value, values)),
        _ => {}
    }
}

/// Every document that differs from this one in a single place: a key or element less, an unknown
/// key more, a value of another type or without content.
///
/// Places that look the same in a known document are left alone.
pub(crate) fn neighbours(
    document: &Value,
    known: Option<&Value>,
) -> impl Iterator<Item = (String, Value)> {
    let mut pointers = Vec::new();
    collect_pointers(document, String::new(), &mut pointers);
    pointers.retain(|at| known.is_none_or(|known| differs(document, known, at)));
    pointers.into_iter().flat_map(move |pointer| {
        let with = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut neighbour = document.clone();
            if let Some(target) = neighbour.pointer_mut(&pointer) {
                change(target);
            }
            (format!("{what} at {pointer:?}"), neighbour)
        };
        let mut found = Vec::new();
        for odd in [
            json!(null),
            json!(true),
            json!(1),
            json!(-1),
            json!("?"),
            json!([]),
            json!({}),
            json!([[]]),
        ] {
            found.push(with(&format!("put {odd}"), &|target| *target = odd.clone()));
        }
        match document.pointer(&pointer) {
            Some(Value::Object(object)) => {
                found.push(with("add a key", &|target| {
                    target["unheardOf"] = json!("a");
                }));
                for key in object.keys() {
                    found.push(with(&format!("drop {key}"), &|target| {
                        target
                            .as_object_mut()
                            .and_then(|object| object.shift_remove(key));
                    }));
                }
            }
            Some(Value::Array(array)) => {
                let again = array.first().cloned().unwrap_or_default();
                found.push(with("repeat an element", &|target| {
                    target.as_array_mut().expect("a list").push(again.clone());
                }));
            }
            _ => {}
        }
        found
    })
}

/// Whether a place in a document looks different in another, or has a different meaning there.
fn differs(document: &Value, known: &Value, at: &str) -> bool {
    let parent =
        |whole: &Value, key: &str| whole.pointer(at.rsplit_once('/')?.0)?.get(key).cloned();
    let means = |whole: &Value| ["type", "logicalType"].map(|key| parent(whole, key));
    known.pointer(at) != document.pointer(at) || means(known) != means(document)
}

/// Changes a document in one to three places, and says how.
pub(crate) fn mutate(
    document: &mut Value,
    random: &mut Random,
    material: &Material,
) -> Vec<String> {
    (0..=random.below(3))
        .filter_map(|_| mutate_once(document, random, material))
        .collect()
}

fn mutate_once(document: &mut Value, random: &mut Random, material: &Material) -> Option<String> {
    let mut pointers = Vec::new();
    collect_pointers(document, String::new(), &mut pointers);
    let pointer = random.pick(&pointers).clone();
    let other: &String = random.pick(&pointers);
    let other = document.pointer(other).cloned();
    let target = document.pointer_mut(&pointer)?;
    let what = match (random.below(9), target) {
        (0, Value::Object(object)) => {
            let key = pick_key(object, random)?;
            object.shift_remove(&key);
            format!("drop {key}")
        }
        (0, Value::Array(array)) if !array.is_empty() => {
            array.remove(random.below(array.len()));
            "drop an element".to_owned()
        }
        (1, Value::Object(object)) => {
            let key = pick_key(object, random)?;
            let value = object.shift_remove(&key)?;
            let new = if random.below(2) == 0 {
                format!("{key}x")
            } else {
                random.pick(&material.words).clone()
            };
            object.insert(new.clone(), value);
            format!("rename {key} to {new}")
        }
        (2, Value::Array(array)) if !array.is_empty() => {
            let copy = random.pick(array).clone();
            array.push(copy);
            "repeat an element".to_owned()
        }
        (3 | 4, Value::Object(object)) => {
            let key = random.pick(&material.words).clone();
            let value = match material.values.get(&key) {
                Some(values) => random.pick(values).clone(),
                None => oddity(random, material),
            };
            object.insert(key.clone(), value);
            format!("add {key}")
        }
        (5, target) => {
            *target = other?;
            "move another value here".to_owned()
        }
        (_, Value::Number(number)) => {
            *number = random
                .pick(&[-1, 0, 1, i64::MAX, i64::MIN])
                .to_owned()
                .into();
            "change the number".to_owned()
        }
        (6, target) => {
            *target = random.pick(&material.words).clone().into();
            "put another word here".to_owned()
        }
        (_, target) => {
            *target = oddity(random, material);
            "put something odd here".to_owned()
        }
    };
    Some(format!("{what} at {pointer:?}"))
}

fn pick_key(object: &Map<String, Value>, random: &mut Random) -> Option<String> {
    if object.is_empty() {
        None
    } else {
        object.keys().nth(random.below(object.len())).cloned()
    }
}

fn oddity(random: &mut Random, material: &Material) -> Value {
    match random.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(3.0),
        4 => json!(-2.5),
        5 => json!(1e300),
        6 => json!(""),
        7 => json!("orders.order_id"),
        8 => json!("schema/orders/properties/order-id"),
        9 => json!([]),
        10 => json!({}),
        11 => json!(["a", "a"]),
        12 => json!([1, 2]),
        _ => json!({random.pick(&material.words).clone(): "a"}),
    }
}

fn collect_pointers(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                collect_pointers(
                    value,
                    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                    pointers,
                );
            }
        }
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                collect_pointers(value, format!("{at}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}
