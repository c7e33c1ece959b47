//! Manifests as nobody would write them: the examples, changed at random, as texts and as
//! structures. Whatever comes of it, nothing panics, no rule fails, and every finding points into
//! its text and can be printed.
//!
//! The same changes are made in every run. `MESH_FUZZ` asks for more documents than the few hundred
//! that CI has time for; the targets in `fuzz/` look for inputs that reach what these do not.

use std::path::{Path, PathBuf};

use mesh_diagnostics::{Span, render};
use mesh_lint::{Options, lint};
use mesh_spec::document::Document;
use mesh_spec::workspace::{Role, Workspace, expected_kind};
use serde_json::Value;

/// How many documents are made of each sort, if nobody asks for more.
const DOCUMENTS: usize = 500;

/// A small generator of random numbers (`SplitMix64`): the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % bound.max(1) as u64).expect("it is below the bound")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

fn count() -> usize {
    let asked = std::env::var("MESH_FUZZ").ok();
    asked.map_or(DOCUMENTS, |count| {
        count.parse().expect("MESH_FUZZ is a number")
    })
}

/// Every manifest of the examples: its file name, and its text.
fn seeds() -> Vec<(String, String)> {
    fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let mut paths: Vec<_> = entries
            .map(|entry| entry.expect("it is readable").path())
            .collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                collect(&path, found);
            } else if expected_kind(&path).is_some() {
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                // Some are broken on purpose, and need not be UTF-8.
                let bytes = std::fs::read(&path).expect("examples are readable");
                found.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../examples"]
        .iter()
        .collect();
    let mut found = Vec::new();
    collect(&folder, &mut found);
    assert!(found.len() > 20, "{}", found.len());
    found
}

/// Reads and checks `documents` together, and holds what comes of it to its promises.
fn check(documents: Vec<(String, Vec<u8>)>) {
    let shown: Vec<String> = documents
        .iter()
        .map(|(name, bytes)| format!("{name}:\n{}", String::from_utf8_lossy(bytes)))
        .collect();
    let documents = documents.into_iter().map(|(name, bytes)| {
        let kind = expected_kind(name.as_ref());
        (Document::parse(name, bytes, kind), Role::Target)
    });
    let workspace = Workspace::new(documents.collect(), None).with_own_contracts();
    let outcome = lint(&workspace, &Options::as_of("2026-06-30"));
    assert!(
        outcome.defects.is_empty(),
        "{:?}\n{}",
        outcome.defects,
        shown.join("\n")
    );
    for diagnostic in outcome.report.diagnostics() {
        let fits = |text: &str, span: Span| text.get(span.range()).is_some();
        let related = diagnostic.related.iter();
        assert!(
            fits(diagnostic.source.text(), diagnostic.span)
                && related
                    .clone()
                    .all(|place| fits(place.source.text(), place.span))
                && !diagnostic.message.is_empty(),
            "{diagnostic:?}\n{}",
            shown.join("\n")
        );
        if let Some(fix) = &diagnostic.fix {
            let text = diagnostic.source.text();
            assert!(
                fix.edits.iter().all(|edit| fits(text, edit.span)),
                "{fix:?}"
            );
        }
    }
    let mut printed = Vec::new();
    render::json(&outcome.report, &mut printed).expect("memory can be written to");
    serde_json::from_slice::<Value>(&printed).expect("JSON is printed");
    let style = render::Style {
        color: true,
        unicode: true,
        links: true,
        width: 60,
    };
    render::pretty(&outcome.report, style, &mut printed).expect("memory can be written to");
}

/// Changes `text` in a few places, without regard to what it means.
fn garble(text: &str, random: &mut Random) -> Vec<u8> {
    const PIECES: [&str; 36] = [
        "\n",
        "\n  ",
        "\n- ",
        ": ",
        " #",
        "'",
        "\"",
        "\\",
        "[",
        "]",
        "{",
        "}",
        ",",
        "|",
        ">",
        "&a ",
        "*a",
        "!x ",
        "? ",
        "%",
        "<<: *a",
        "---\n",
        "...\n",
        "é",
        "\u{1F600}",
        "\t",
        "\r\n",
        "\0",
        "\u{FEFF}",
        "\u{2028}",
        "1e999",
        "-",
        "~",
        "# mesh: ignore[cycle] x\n",
        "password: hunter2xyz",
        "TODO",
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(5) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(40)).min(bytes.len());
        match random.below(5) {
            0 => drop(bytes.splice(at..at, random.pick(&PIECES).bytes())),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..end, random.pick(&PIECES).bytes())),
            3 => {
                let copy = bytes[at..end].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
        }
    }
    bytes
}

/// The places of a value, as JSON Pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                places(member, &mesh_spec::yaml::join(at, key), found);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                places(element, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
    found.push(at.to_owned());
}

/// Changes the structure of a manifest in a few places: values of another type or from elsewhere,
/// keys and elements that are missing, twice there or misspelt.
fn rearrange(value: &mut Value, random: &mut Random) {
    for _ in 0..=random.below(4) {
        let mut all = Vec::new();
        places(value, "", &mut all);
        let other = value
            .pointer(random.pick::<String>(&all))
            .cloned()
            .unwrap_or_default();
        let odd = [
            Value::Null,
            true.into(),
            0.into(),
            (-1).into(),
            i64::MIN.into(),
            1e300.into(),
            "".into(),
            " ".into(),
            "TODO".into(),
            "2026-02-30".into(),
            "9999999999999999999.0.0".into(),
            "${PORT}".into(),
            "x".repeat(3000).into(),
            "ümläut/~1#".into(),
            Value::Array(Vec::new()),
            serde_json::json!([[[]], {}, null, 1]),
            serde_json::json!({"": {"": [{}]}}),
        ];
        let Some(target) = value.pointer_mut(random.pick::<String>(&all)) else {
            continue;
        };
        match (random.below(6), target) {
            (0, Value::Object(members)) => {
                let key = members.keys().nth(random.below(members.len())).cloned();
                key.and_then(|key| members.shift_remove(&key));
            }
            (0, Value::Array(elements)) if !elements.is_empty() => {
                elements.remove(random.below(elements.len()));
            }
            (1, Value::Object(members)) => {
                let key = members.keys().nth(random.below(members.len())).cloned();
                if let Some((key, member)) = key.and_then(|key| members.shift_remove_entry(&key)) {
                    members.insert(key.chars().rev().collect(), member);
                }
            }
            (2, Value::Array(elements)) if !elements.is_empty() => {
                let copy = random.pick(elements).clone();
                elements.insert(random.below(elements.len()), copy);
            }
            (3, target) => *target = other,
            (_, target) => *target = random.pick(&odd).clone(),
        }
    }
}

#[test]
fn garbled_texts_are_reported_on() {
    let seeds = seeds();
    let mut random = Random(1);
    for _ in 0..count() {
        let (name, text) = random.pick(&seeds);
        check(vec![(name.clone(), garble(text, &mut random))]);
    }
}

#[test]
fn odd_structures_are_reported_on() {
    let seeds = seeds();
    let values: Vec<(&str, Value)> = seeds
        .iter()
        .filter_map(|(name, text)| {
            let document = Document::parse(name, text.clone().into_bytes(), None);
            Some((name.as_str(), document.tree?.to_json()))
        })
        .collect();
    let mut random = Random(2);
    for _ in 0..count() {
        // A few that may refer to each other, or be the same.
        let documents = (0..=random.below(3)).map(|index| {
            let (name, value) = random.pick(&values);
            let mut value = value.clone();
            rearrange(&mut value, &mut random);
            (format!("p{index}/{name}"), value.to_string().into_bytes())
        });
        check(documents.collect());
    }
}

#[test]
fn parts_of_manifests_are_reported_on() {
    let seeds = seeds();
    let mut random = Random(3);
    for _ in 0..count() {
        let (name, text) = random.pick(&seeds);
        let bytes = text.as_bytes();
        let at = random.below(bytes.len());
        let part = match random.below(3) {
            0 => bytes[..at].to_vec(),
            1 => bytes[at..].to_vec(),
            _ => {
                let (_, other) = random.pick(&seeds);
                let from = random.below(other.len());
                [&bytes[..at], &other.as_bytes()[from..]].concat()
            }
        };
        check(vec![(name.clone(), part)]);
    }
}
