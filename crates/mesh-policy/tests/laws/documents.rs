//! Random products and contracts: sensible ones, and others.

use mesh_spec::document::Document;
use mesh_spec::workspace::{Role, Workspace};
use serde_json::{Value, json};

use crate::Choices;

pub(crate) const DOMAINS: [&str; 3] = ["sales", "crm", "ops"];
pub(crate) const REGIONS: [&str; 4] = ["eu-west-1", "eu-central-1", "us-east-1", "ap-south-1"];
pub(crate) const NAMES: [&str; 6] = ["recorded_at", "recorded_by", "plant", "email", "id", "note"];
pub(crate) const TAGS: [&str; 4] = ["gxp", "personal", "finance", "core"];

/// Some of `from`, in order.
fn some(choices: &mut Choices<'_>, from: &[&str]) -> Vec<String> {
    let kept = from.iter().filter(|_| choices.below(2) == 0);
    kept.map(|text| (*text).to_owned()).collect()
}

/// A product, as JSON, that promises the contracts with these ids.
fn product(choices: &mut Choices<'_>, id: &str, contracts: &[String]) -> Value {
    let ports = contracts
        .iter()
        .map(|id| json!({"name": id, "version": "1.0.0", "contractId": id}));
    json!({
        "apiVersion": "v1.1.0",
        "kind": "DataProduct",
        "id": id,
        "name": if choices.once_in(3) { " " } else { "A product" },
        "version": format!("{}.0.0", 1 + choices.below(2)),
        "status": choices.pick(&["active", "draft", "deprecated"]),
        "domain": choices.pick(&DOMAINS),
        "tags": some(choices, &TAGS),
        "customProperties": [{"property": "tier", "value": choices.below(3)}],
        "inputPorts": [{"name": "in", "version": "1.0.0", "contractId": "c0"}],
        "outputPorts": ports.collect::<Vec<_>>(),
        "team": {"members": [{"username": "ada@acme.example", "role": "owner"}]},
    })
}

fn contract(choices: &mut Choices<'_>, id: &str) -> Value {
    let fields: Vec<Value> = some(choices, &NAMES)
        .into_iter()
        .map(|name| {
            let mut field = json!({"name": name, "tags": some(choices, &TAGS)});
            if choices.below(2) == 0 {
                field["classification"] = json!(choices.pick(&["public", "restricted", "C3"]));
            }
            if choices.once_in(3) {
                field["properties"] = json!([{"name": "inner", "tags": some(choices, &TAGS)}]);
            }
            field
        })
        .collect();
    let servers = (0..choices.below(3)).map(|at| {
        json!({"server": format!("s{at}"), "type": "custom", "region": choices.pick(&REGIONS)})
    });
    let servers: Vec<Value> = servers.collect();
    let levels = (0..choices.below(4)).map(|_| {
        let name = choices.pick(&["retention", "latency", "availability"]);
        json!({"property": name, "value": choices.below(60), "unit": "d"})
    });
    let levels: Vec<Value> = levels.collect();
    json!({
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": id,
        "version": "1.0.0",
        "status": choices.pick(&["active", "draft"]),
        "domain": choices.pick(&DOMAINS),
        "tags": some(choices, &TAGS),
        "description": {"purpose": if choices.below(2) == 0 { "To bill." } else { " " }},
        "customProperties": [
            {"property": "count", "value": choices.below(60)},
            {"property": "any", "value": choices.pick(&[json!(true), json!("text"), json!([1, "a"]), json!({"a": null})])},
        ],
        "authoritativeDefinitions": [{"type": "auditTrail", "url": "https://audit.example"}],
        "schema": [{"name": "t", "properties": fields}],
        "servers": servers,
        "slaProperties": levels,
        "roles": [{"role": "reader", "access": "read"}],
    })
}

/// The documents of a small mesh, by name: every one is what the schemas allow, nearly.
pub(crate) fn documents(choices: &mut Choices<'_>) -> Vec<(String, Value)> {
    let mut documents = Vec::new();
    for at in 0..=choices.below(2) {
        let contracts: Vec<String> = (0..=choices.below(2))
            .map(|n| format!("c{}", at + n))
            .collect();
        for id in &contracts {
            let name = format!("{id}.odcs.yaml");
            if documents.iter().all(|(known, _)| *known != name) {
                documents.push((name, contract(choices, id)));
            }
        }
        let id = format!("p{at}");
        documents.push((format!("{id}.odps.yaml"), product(choices, &id, &contracts)));
    }
    documents
}

/// Changes something about a document: a value becomes another one, or none.
pub(crate) fn mutate(choices: &mut Choices<'_>, value: &mut Value) {
    let mut pointers = Vec::new();
    collect(value, "", &mut pointers);
    let pointer = choices.pick(&pointers).clone();
    if let Some(node) = value.pointer_mut(&pointer) {
        *node = match choices.below(8) {
            0 => Value::Null,
            1 => json!(""),
            2 => json!("  "),
            3 => json!(-1),
            4 => json!(1.0e300),
            5 => json!([]),
            6 => json!(["a", 1, [null]]),
            _ => json!({"é": "ü"}),
        };
    }
}

fn collect(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(pointer.clone());
                collect(value, &pointer, found);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                let pointer = format!("{pointer}/{at}");
                found.push(pointer.clone());
                collect(value, &pointer, found);
            }
        }
        _ => {}
    }
}

pub(crate) fn workspace(documents: &[(String, Value)]) -> Workspace {
    let documents = documents.iter().map(|(name, value)| {
        let text = serde_json::to_string_pretty(value).expect("it is JSON");
        (
            Document::parse(name.clone(), text.into_bytes(), None),
            Role::Target,
        )
    });
    Workspace::new(documents.collect(), None)
}
