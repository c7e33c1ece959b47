//! Changes to a document: slips of the hand, and changes that somebody may have meant.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::corpus::{last, values_of};

/// One change to a document, by what it does to the node that it meets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mutation {
    /// Another value in place of a scalar.
    Set(u16),
    /// The opposite, or a value nearby: what a slip of the hand makes of a scalar.
    Nudge,
    /// A key, or an item of a list, is gone.
    Remove,
    /// A key that no standard knows.
    Add(u16),
    /// An item of a list once more, with another name.
    Repeat(u16),
    /// Another number, not far from the one that there was.
    Number(Nearby),
    /// Another word of those that mean something at this place.
    Word(u16),
    /// What stands under a key of the same name somewhere else, in this document or another.
    Graft(u16),
    /// A key that a mapping under a key of the same name has somewhere else, with its value.
    Enrich(u16, u16),
    /// Another name for something with an `id`, which it keeps.
    Rename(u16),
    /// Two items of a list swap what they are.
    Swap(u16),
}

/// What becomes of a number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Nearby {
    Plus,
    Minus,
    Twice,
    Half,
    Negative,
}

pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    use Nearby::{Half, Minus, Negative, Plus, Twice};
    let nearby = prop::sample::select(&[Plus, Minus, Twice, Half, Negative][..]);
    prop_oneof![
        3 => any::<u16>().prop_map(Mutation::Set),
        3 => Just(Mutation::Nudge),
        3 => Just(Mutation::Remove),
        1 => any::<u16>().prop_map(Mutation::Add),
        1 => any::<u16>().prop_map(Mutation::Repeat),
        2 => nearby.prop_map(Mutation::Number),
        4 => any::<u16>().prop_map(Mutation::Word),
        4 => any::<u16>().prop_map(Mutation::Graft),
        4 => (any::<u16>(), any::<u16>()).prop_map(|(from, key)| Mutation::Enrich(from, key)),
        1 => any::<u16>().prop_map(Mutation::Rename),
        1 => any::<u16>().prop_map(Mutation::Swap),
    ]
}

/// A document before and after `mutation` at `pointer`; `None` where that changes nothing.
pub(crate) fn mutated(value: &Value, pointer: &str, mutation: Mutation) -> Option<(Value, Value)> {
    let mut before = value.clone();
    let mut after = value.clone();
    let (parent, _) = pointer.rsplit_once('/')?;
    let key = last(pointer);
    match mutation {
        Mutation::Set(salt) => {
            let node = after.pointer_mut(pointer)?;
            *node = match &*node {
                Value::Object(_) | Value::Array(_) => return None,
                Value::Number(_) => json!(u32::from(salt) + 1000),
                _ => json!(format!("other-{salt}")),
            };
        }
        Mutation::Nudge => {
            let node = after.pointer_mut(pointer)?;
            *node = match &*node {
                Value::Bool(value) => json!(!value),
                Value::Number(number) => json!(number.as_f64()? + 1.0),
                Value::String(text) => json!(format!("{text}x")),
                _ => return None,
            };
        }
        Mutation::Remove => match after.pointer_mut(parent)? {
            Value::Object(entries) => drop(entries.shift_remove(&key)?),
            Value::Array(items) => drop(items.remove(key.parse().ok()?)),
            _ => return None,
        },
        Mutation::Add(salt) => {
            let entries = after.pointer_mut(pointer)?.as_object_mut()?;
            entries.insert(format!("own{salt}"), json!("x"));
        }
        Mutation::Repeat(salt) => {
            let items = after.pointer_mut(parent)?.as_array_mut()?;
            let item = items.get(key.parse::<usize>().ok()?)?.clone();
            items.push(renamed(item, &format!("again_{salt}"), false)?);
        }
        Mutation::Number(nearby) => {
            let node = after.pointer_mut(pointer)?;
            *node = nearby.of(node)?;
        }
        Mutation::Word(salt) => {
            let node = after.pointer_mut(pointer)?;
            node.as_str()?;
            let words = words(&key)?;
            *node = json!(words[usize::from(salt) % words.len()]);
        }
        Mutation::Graft(salt) => {
            // The items of lists stand under the key of the list.
            let others = values_of(&key);
            if key.parse::<usize>().is_ok() || others.is_empty() {
                return None;
            }
            *after.pointer_mut(pointer)? = others[usize::from(salt) % others.len()].clone();
        }
        Mutation::Enrich(from, which) => {
            let entries = after.pointer_mut(pointer)?.as_object_mut()?;
            let (key, value) = foreign(pointer, from, which)?;
            entries.insert(key, value);
        }
        Mutation::Rename(salt) => {
            for document in [&mut before, &mut after] {
                let item = document.pointer_mut(pointer)?;
                item.as_object()?.get("name")?;
                item.as_object_mut()?
                    .entry("id")
                    .or_insert_with(|| json!(format!("stable_{salt}")));
            }
            let item = after.pointer_mut(pointer)?;
            *item = renamed(item.take(), &format!("renamed_{salt}"), true)?;
        }
        Mutation::Swap(salt) => {
            let items = after.pointer_mut(pointer)?.as_array_mut()?;
            let (one, other) = two_of(items.len(), salt)?;
            swap(items, one, other);
        }
    }
    (after != before).then_some((before, after))
}

impl Nearby {
    /// The number near `value`, which may be a text.
    fn of(self, value: &Value) -> Option<Value> {
        let number = match value {
            Value::Number(number) => number.as_f64()?,
            Value::String(text) => text.parse::<f64>().ok().filter(|n| n.is_finite())?,
            _ => return None,
        };
        let number = match self {
            Self::Plus => number + 1.0,
            Self::Minus => number - 1.0,
            Self::Twice => number * 2.0,
            Self::Half => number / 2.0,
            Self::Negative => -number,
        };
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
        let number = if number.fract() == 0.0 && number.abs() < 1e15 {
            json!(number as i64)
        } else {
            json!(number)
        };
        Some(if value.is_string() {
            json!(number.to_string())
        } else {
            number
        })
    }
}

/// A key, with its value, of some mapping that stands where the one at `pointer` does.
fn foreign(pointer: &str, from: u16, which: u16) -> Option<(String, Value)> {
    let own = last(pointer);
    let all: Vec<&Map<String, Value>> = if own.parse::<usize>().is_ok() {
        let list = last(pointer.rsplit_once('/')?.0);
        let lists = values_of(&list).iter().filter_map(Value::as_array);
        lists.flatten().filter_map(Value::as_object).collect()
    } else {
        values_of(&own)
            .iter()
            .filter_map(Value::as_object)
            .collect()
    };
    let mapping = all.get(usize::from(from) % all.len().max(1))?;
    let (key, value) = mapping
        .iter()
        .nth(usize::from(which) % mapping.len().max(1))?;
    Some((key.clone(), value.clone()))
}

fn two_of(len: usize, salt: u16) -> Option<(usize, usize)> {
    if len < 2 {
        return None;
    }
    let one = usize::from(salt) % len;
    let other = (one + 1 + usize::from(salt / 256) % (len - 1)) % len;
    Some((one, other))
}

/// Swaps two items of a list; of items with names or values of their own, only those.
fn swap(items: &mut [Value], one: usize, other: usize) {
    for key in ["value", "name", "property"] {
        let of = |item: &Value| item.get(key).cloned();
        if let (Some(first), Some(second)) = (of(&items[one]), of(&items[other])) {
            items[one][key] = second;
            items[other][key] = first;
            return;
        }
    }
    items.swap(one, other);
}

/// The item of a list under another name; what it is called otherwise is lost, or kept.
fn renamed(item: Value, name: &str, keeps_id: bool) -> Option<Value> {
    const NAMES: [&str; 7] = [
        "name", "property", "server", "role", "channel", "username", "value",
    ];
    match item {
        Value::String(_) => Some(json!(name)),
        Value::Object(mut entries) => {
            let known = NAMES.into_iter().find(|key| entries.contains_key(*key))?;
            entries.insert(known.to_owned(), json!(name));
            if !keeps_id {
                entries.shift_remove("id");
            }
            Some(Value::Object(entries))
        }
        _ => None,
    }
}

const TYPES: &[&str] = &[
    "int",
    "INTEGER",
    "bigint",
    "smallint",
    "tinyint",
    "int4",
    "int64",
    "INT UNSIGNED",
    "NUMBER",
    "NUMBER(38,0)",
    "number(10,2)",
    "decimal(10,2)",
    "decimal(12,2)",
    "DECIMAL(12, 4)",
    "numeric",
    "float",
    "FLOAT64",
    "double",
    "double precision",
    "real",
    "varchar",
    "varchar(20)",
    "varchar(64)",
    "VARCHAR2(64 CHAR)",
    "character varying(64)",
    "char(3)",
    "text",
    "STRING",
    "nvarchar(max)",
    "clob",
    "date",
    "datetime",
    "DATETIME2(7)",
    "timestamp",
    "timestamp(6)",
    "timestamp with time zone",
    "timestamptz",
    "TIMESTAMP_NTZ",
    "TIMESTAMP_LTZ(9)",
    "time",
    "interval",
    "boolean",
    "BOOL",
    "bit",
    "tinyint(1)",
    "binary",
    "varbinary(16)",
    "bytea",
    "uuid",
    "json",
    "jsonb",
    "variant",
    "array<int>",
    "ARRAY<STRING>",
    "int[]",
    "map<string, int>",
    "struct<a: int, b: string>",
    "STRUCT<a INT64>",
    "row(a integer)",
    "enum('a','b')",
    "enum('a','b','c')",
    "Nullable(Int32)",
    "LowCardinality(String)",
    "DateTime64(3)",
    "geography",
    "unicorn",
    "varchar(",
    "()",
    "",
];
const UNITS: &[&str] = &[
    "s", "m", "h", "d", "w", "y", "min", "hours", "days", "month", "years", "percent", "%", "rows",
    "kg", "g", "EUR", "USD", "unicorns",
];
const ZONES: &[&str] = &[
    "UTC",
    "Etc/UTC",
    "Europe/Berlin",
    "Z",
    "+02:00",
    "Mars/Olympus",
];
const STATUSES: &[&str] = &[
    "proposed",
    "draft",
    "active",
    "deprecated",
    "retired",
    "Active",
    "ACTIVE",
    "development",
    "production",
    "unicorn",
];
const SEVERITIES: &[&str] = &["error", "warning", "info", "ERROR", "critical", "unicorn"];
const LABELS: &[&str] = &[
    "public",
    "internal",
    "confidential",
    "restricted",
    "Internal",
    "pii",
    "C2",
    "non-personal",
];

/// The words that mean something under a key.
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn words(key: &str) -> Option<&'static [&'static str]> {
    Some(match key {
        "physicalType" => TYPES,
        "logicalType" => &[
            "string",
            "date",
            "timestamp",
            "time",
            "number",
            "integer",
            "object",
            "array",
            "boolean",
            "map",
            "vector",
            "unicorn",
        ],
        "unit" | "priceUnit" | "priceCurrency" => UNITS,
        "timezone" | "defaultTimezone" => ZONES,
        "status" => STATUSES,
        "severity" => SEVERITIES,
        "classification" => LABELS,
        "environment" => &[
            "prod",
            "production",
            "dev",
            "test",
            "staging",
            "uat",
            "unicorn",
        ],
        "access" => &["read", "readWrite", "write", "admin", "SELECT", "unicorn"],
        "type" => &[
            "postgres",
            "postgresql",
            "snowflake",
            "bigquery",
            "s3",
            "kafka",
            "oracle",
            "databricks",
            "library",
            "custom",
            "sql",
            "text",
            "foreignKey",
            "tables",
            "topic",
            "rest",
            "unicorn",
        ],
        "format" => &[
            "csv",
            "parquet",
            "json",
            "avro",
            "i32",
            "i64",
            "f32",
            "f64",
            "uuid",
            "email",
            "yyyy-MM-dd",
            "unicorn",
        ],
        "value" => &[
            "true",
            "false",
            "yes",
            "no",
            "2027-01-01",
            "2030-12-31",
            "24",
            "9:00-17:00",
            "99.9",
            "eu",
            "us",
            "restricted",
            "a",
            "b",
        ],
        "property" => &[
            "unit",
            "timezone",
            "pii",
            "classification",
            "encrypted",
            "extensible",
            "validValues",
            "enum",
            "region",
            "server",
            "archetype",
            "latency",
            "ly",
            "retention",
            "endOfLife",
            "generalAvailability",
            "frequency",
            "availability",
        ],
        "metric" | "rule" => &[
            "rowCount",
            "nullValues",
            "invalidValues",
            "duplicateValues",
            "missingValues",
            "validValues",
            "unicorn",
        ],
        "region" | "regionName" => &["eu-central-1", "eu-west-1", "us-east-1", "EU", "unicorn"],
        "version" | "apiVersion" => &["1.0.0", "1.1.0", "2.0.0", "v3.0.2", "v3.1.0", "x"],
        _ => return None,
    })
}
