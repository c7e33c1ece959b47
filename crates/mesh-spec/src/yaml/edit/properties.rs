//! Random documents, random changes: whatever is planned is what was meant.

use std::sync::Arc;

use mesh_diagnostics::{Change, Source};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value as Json, json};

use super::{apply_changes, comments, plan, verify};
use crate::yaml::{Tree, join, parse};

/// Writes documents as people do: in all styles, with comments and empty lines anywhere.
struct Writer<'c> {
    choices: &'c [u8],
    at: usize,
    comments: usize,
    anchors: usize,
    newline: &'static str,
    text: String,
}

impl Writer<'_> {
    fn document(choices: &[u8]) -> String {
        let mut writer = Writer {
            choices,
            at: 0,
            comments: 0,
            anchors: 0,
            newline: "\n",
            text: String::new(),
        };
        if writer.one_in(5) {
            writer.newline = "\r\n";
        }
        if writer.one_in(6) {
            writer.comment_line(0);
            writer.end_line();
        }
        if writer.one_in(8) {
            writer.text += "---";
            writer.end_line();
        }
        writer.mapping(0, 0, false);
        if writer.one_in(4) {
            writer.comment_line(0);
        }
        if writer.one_in(4) {
            let length = writer.text.trim_end_matches(['\r', '\n']).len();
            writer.text.truncate(length);
        }
        writer.text
    }

    fn choose(&mut self, count: usize) -> usize {
        let choice = self.choices.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(choice) % count
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.choose(count) == count - 1
    }

    fn end_line(&mut self) {
        self.text += self.newline;
    }

    fn comment(&mut self) {
        self.comments += 1;
        self.text += &format!("# c{}: 'x'", self.comments);
    }

    fn comment_line(&mut self, indent: usize) {
        self.text += &" ".repeat(indent);
        self.comment();
        self.end_line();
    }

    /// What may stand above an entry.
    fn above(&mut self, indent: usize) {
        if self.one_in(5) {
            if self.one_in(4) {
                self.comment_line(indent);
            }
            self.end_line();
        }
        if self.one_in(4) {
            self.comment_line(indent);
        }
        if self.one_in(12) {
            self.comment_line(indent + 2);
        }
    }

    /// The end of a line with content.
    fn finish(&mut self) {
        if self.one_in(4) {
            self.text += "  ";
            self.comment();
        }
        self.end_line();
    }

    fn mapping(&mut self, indent: usize, depth: usize, is_open: bool) {
        let keys = ["name", "no", "\"two words\"", "'x'", "b.c", "a/b"];
        for (index, key) in keys.iter().enumerate().take(1 + self.choose(5)) {
            if index > 0 || !is_open {
                self.above(indent);
                self.text += &" ".repeat(indent);
            }
            self.text += key;
            self.text.push(':');
            self.value(indent, depth, true);
        }
    }

    fn sequence(&mut self, indent: usize, depth: usize, is_open: bool) {
        for index in 0..=self.choose(3) {
            if index > 0 || !is_open {
                self.above(indent);
                self.text += &" ".repeat(indent);
            }
            self.text.push('-');
            match self.choose(4) {
                0 if depth < 3 => {
                    self.text.push(' ');
                    self.mapping(indent + 2, depth + 1, true);
                }
                1 if depth < 3 => {
                    self.text.push(' ');
                    self.sequence(indent + 2, depth + 1, true);
                }
                _ => self.value(indent, depth, false),
            }
        }
    }

    fn value(&mut self, indent: usize, depth: usize, is_entry: bool) {
        let kinds = if depth < 3 { 12 } else { 8 };
        match self.choose(kinds) {
            0 => self.finish(),
            1..=4 => {
                self.text.push(' ');
                if self.one_in(10) {
                    self.anchors += 1;
                    self.text += &format!("&a{} ", self.anchors);
                } else if self.anchors > 0 && self.one_in(6) {
                    self.text += &format!("*a{}", self.anchors);
                    return self.finish();
                }
                self.scalar(false);
                self.finish();
            }
            5 => {
                self.text.push(' ');
                self.flow(2);
                self.finish();
            }
            6 => self.literal(indent),
            7 => {
                self.text += " one";
                self.end_line();
                self.text += &" ".repeat(indent + 2);
                self.text += "two";
                self.finish();
            }
            8 | 9 => {
                self.finish();
                self.mapping(indent + 2, depth + 1, false);
            }
            _ => {
                let deeper = if is_entry { 2 * self.choose(2) } else { 2 };
                self.finish();
                self.sequence(indent + deeper, depth + 1, false);
            }
        }
    }

    fn literal(&mut self, indent: usize) {
        let headers = [" |", " |-", " >", " |+"];
        let header = headers[self.choose(4)];
        self.text += header;
        self.end_line();
        for line in ["# no comment", "- text: x"] {
            self.text += &" ".repeat(indent + 2);
            self.text += line;
            self.end_line();
        }
    }

    fn scalar(&mut self, in_flow: bool) {
        let scalars = [
            "plain",
            "1.10",
            "\"quoted # text\"",
            "'it''s'",
            "true",
            "~",
            "v1.0.0",
            "\"\\u00e9\"",
            "größe",
            "a#b",
            "http://x.y/z",
        ];
        let count = if in_flow { 9 } else { 11 };
        let scalar = scalars[self.choose(count)];
        self.text += scalar;
    }

    fn flow(&mut self, depth: usize) {
        let has_comma = self.one_in(5);
        if self.one_in(2) {
            self.text.push('[');
            for index in 0..self.choose(4) {
                self.text += if index > 0 { ", " } else { "" };
                self.flow_value(depth);
            }
            self.text.push(']');
        } else {
            self.text.push('{');
            let count = self.choose(4);
            for (index, key) in ["k", "\"l\"", "m"].into_iter().enumerate().take(count) {
                self.text += if index > 0 { ", " } else { " " };
                self.text += key;
                self.text += ": ";
                self.flow_value(depth);
            }
            self.text += if has_comma && count > 0 { ", }" } else { " }" };
        }
    }

    fn flow_value(&mut self, depth: usize) {
        if depth > 0 && self.one_in(4) {
            self.flow(depth - 1);
        } else {
            self.scalar(true);
        }
    }
}

/// Every pointer of a document.
fn pointers(value: &Json, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                pointers(value, &join(pointer, key), found);
            }
        }
        Json::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn new_value(choice: u8) -> Json {
    let values = [
        json!("text"),
        json!("no"),
        json!("a: b # c"),
        json!("one\ntwo\n"),
        json!("1.10"),
        json!(""),
        json!(7),
        json!(null),
        json!(false),
        json!({}),
        json!([]),
        json!({"a": 1, "b": ["x", {"c": "d"}]}),
        json!([{"a": "it's", "b": {"c": []}}, [1, [2]], "two\nlines"]),
    ];
    values[usize::from(choice) % values.len()].clone()
}

/// A change to some node of the document.
fn change(document: &Json, all: &[String], [what, place, value, extra]: [u8; 4]) -> Change {
    let pointer = all[usize::from(place) % all.len()].clone();
    let value = new_value(value);
    let mut keys: Vec<String> = match document.pointer(&pointer) {
        Some(Json::Object(map)) => map.keys().cloned().collect(),
        _ => Vec::new(),
    };
    let is_list = document.pointer(&pointer).is_some_and(Json::is_array);
    match what % 6 {
        0 => Change::Set { pointer, value },
        1 => Change::Rename {
            pointer,
            key: ["renamed", "yes", "a: b", "it's"][usize::from(extra) % 4].to_owned(),
        },
        2 => Change::Remove { pointer },
        _ if is_list => Change::Append { pointer, value },
        3 | 4 => Change::Insert {
            after: keys.get(usize::from(extra) % 4).cloned(),
            pointer,
            key: "new".to_owned(),
            value,
        },
        _ => {
            let length = keys.len();
            for at in 1..length {
                keys.swap(at, (usize::from(extra) * 7 + at * 3) % (at + 1));
            }
            Change::Reorder { pointer, keys }
        }
    }
}

fn read(text: &str) -> Option<Tree> {
    let (tree, problems) = parse(&Arc::new(Source::new("random.yaml", text)));
    tree.filter(|_| problems.is_empty())
}

/// What became of a random document and random changes of it.
#[derive(Default)]
struct Tally {
    invalid: usize,
    meaningless: usize,
    refused: usize,
    planned: usize,
}

fn check(choices: &[u8], wishes: &[[u8; 4]], tally: &mut Tally) -> Result<(), TestCaseError> {
    let text = Writer::document(choices);
    let Some(tree) = read(&text) else {
        tally.invalid += 1;
        return Ok(());
    };
    let document = tree.to_json();
    let mut all = Vec::new();
    pointers(&document, "", &mut all);
    let changes: Vec<Change> = wishes
        .iter()
        .map(|wish| change(&document, &all, *wish))
        .collect();
    let Some(meant) = apply_changes(&document, &changes) else {
        tally.meaningless += 1;
        return Ok(());
    };
    let Some(edits) = plan(&tree, &changes) else {
        tally.refused += 1;
        return Ok(());
    };
    tally.planned += 1;
    let told = || format!("{changes:#?}\n{text}\n=>\n{}", super::apply(&text, &edits));
    let edited = verify(&tree, &changes, &edits);
    prop_assert!(edited.is_some(), "{}", told());
    let edited = edited.unwrap_or_default();
    let after = read(&edited);
    prop_assert!(after.is_some(), "{}", told());
    let Some(after) = after else { return Ok(()) };
    prop_assert!(super::meaning::same(&after.to_json(), &meant), "{}", told());
    let is_taking = |change: &Change| matches!(change, Change::Set { .. } | Change::Remove { .. });
    if !changes.iter().any(is_taking) {
        let count = |tree: &Tree| comments(tree).len();
        prop_assert_eq!(count(&tree), count(&after), "{}", told());
    }
    if text.contains("\r\n") {
        let alone = edited.matches('\n').count() - edited.matches("\r\n").count();
        prop_assert_eq!(alone, 0, "{}", told());
    }
    let ends = |text: &str| text.ends_with('\n');
    prop_assert_eq!(ends(&text), ends(&edited), "{}", told());
    for change in &changes {
        let again = match change {
            Change::Set { .. } | Change::Reorder { .. } if changes.len() == 1 => {
                plan(&after, &changes)
            }
            _ => continue,
        };
        prop_assert_eq!(again, Some(Vec::new()), "{}", told());
    }
    Ok(())
}

fn run(seed: u64, cases: u32, wishes: std::ops::Range<usize>) -> Tally {
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    });
    let tally = std::cell::RefCell::new(Tally::default());
    let strategy = (vec(any::<u8>(), 10..120), vec(any::<[u8; 4]>(), wishes));
    let outcome = runner.run(&strategy, |(choices, wishes)| {
        check(&choices, &wishes, &mut tally.borrow_mut())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    tally.into_inner()
}

#[test]
fn one_change_is_carried_out_or_refused() {
    let tally = run(7, 1000, 1..2);
    let judged = tally.refused + tally.planned;
    assert!(judged > 300, "{} documents cannot be read", tally.invalid);
    // A plan that refuses everything is never wrong, and of no use.
    assert!(tally.refused * 5 < judged, "{} of {judged}", tally.refused);
}

#[test]
fn several_changes_are_carried_out_together_or_refused() {
    let tally = run(11, 1000, 2..5);
    assert!(tally.planned > 100, "only {} were planned", tally.planned);
}
