use std::collections::HashSet;
use std::sync::Arc;

use mesh_diagnostics::Source;
use serde_json::json;

use super::{Tree, YamlProblem, YamlProblemKind, decode, parse};

fn read(text: &str) -> (Option<Tree>, Vec<YamlProblem>) {
    parse(&Arc::new(Source::new("test.yaml", text)))
}

fn tree(text: &str) -> Tree {
    let (tree, problems) = read(text);
    assert_eq!(problems, [], "{text}");
    tree.expect("a tree")
}

/// The one problem of a text that has no tree.
fn refused(text: &str) -> YamlProblem {
    let (tree, mut problems) = read(text);
    assert!(tree.is_none(), "{text:.80}");
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[test]
fn every_pointer_leads_to_the_bytes_of_its_node() {
    let text = "name: Orders\nports:\n  - name: \"a b\"\n    tags: [x, 'y']\n  - name: c\n\nlast: |\n  one\n  two\n";
    let tree = tree(text);
    let slice = |pointer: &str| tree.source().slice(tree.at(pointer).unwrap().span());
    assert_eq!(slice("/name"), "Orders");
    assert_eq!(slice("/ports/0/name"), "\"a b\"");
    assert_eq!(slice("/ports/0/tags"), "[x, 'y']");
    assert_eq!(slice("/ports/0/tags/1"), "'y'");
    assert_eq!(slice("/ports/0"), "name: \"a b\"\n    tags: [x, 'y']");
    assert_eq!(slice("/ports/1/name"), "c");
    assert_eq!(
        tree.source().slice(tree.key_at("/ports").unwrap().span()),
        "ports"
    );
    assert!(tree.at("/ports/2").is_none());
    // A pointer that leads nowhere is marked at the closest ancestor, a mapping by its name.
    assert_eq!(
        tree.source().slice(tree.span_at("/ports/1/nothing/here")),
        "c"
    );
}

#[test]
fn values_follow_the_core_schema() {
    let tree = tree(
        "a: 1\nb: 1.50\nc: 'yes'\nd: yes\ne: ~\nf:\ng: true\nh: \"\\u00e9\"\ni: !!str 12\nj: >\n  x\n  y\n",
    );
    assert_eq!(
        tree.to_json(),
        json!({"a": 1, "b": 1.5, "c": "yes", "d": "yes", "e": null, "f": null, "g": true,
               "h": "é", "i": "12", "j": "x y\n"})
    );
    assert_eq!(tree.at("/b").unwrap().raw(), "1.50");
}

#[test]
fn aliases_and_merges_are_understood() {
    let tree = tree(
        "base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nsame: *b\nmany:\n  <<: [*b, {z: 4}]\n",
    );
    assert_eq!(
        tree.to_json(),
        json!({"base": {"x": 1, "y": 2}, "use": {"y": 3, "x": 1}, "same": {"x": 1, "y": 2},
               "many": {"x": 1, "y": 2, "z": 4}})
    );
    assert_eq!(tree.source().slice(tree.span_at("/same")), "*b");
}

#[test]
fn a_duplicate_key_names_both_places() {
    let (tree, problems) = read("a: 1\nports:\n  - name: x\n    type: t\n    name: y\na: 2\n");
    let tree = tree.unwrap();
    assert_eq!(
        tree.to_json(),
        json!({"ports": [{"type": "t", "name": "y"}], "a": 2})
    );
    let found: Vec<_> = problems
        .iter()
        .map(|p| {
            (
                p.kind,
                p.pointer.as_str(),
                p.span.start,
                p.related.as_ref().unwrap().1.start,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (YamlProblemKind::DuplicateKey, "/ports/0/name", 40, 16),
            (YamlProblemKind::DuplicateKey, "/a", 48, 0),
        ]
    );
}

#[test]
fn duplicates_are_found_in_mappings_of_any_size() {
    let mut text = String::new();
    for index in 0..5000 {
        text += &format!("key{index}: {index}\n");
    }
    text += "key17: again\n";
    let (tree, problems) = read(&text);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].pointer, "/key17");
    assert_eq!(tree.unwrap().root().entries().len(), 5000);
}

#[test]
fn a_byte_order_mark_and_crlf_are_accepted() {
    let tree = tree("\u{feff}a: 1\r\nb:\r\n  - x\r\n");
    assert_eq!(tree.to_json(), json!({"a": 1, "b": ["x"]}));
    assert_eq!(tree.source().slice(tree.at("/b/0").unwrap().span()), "x");
    assert_eq!(
        tree.source()
            .position(tree.at("/b/0").unwrap().span().start)
            .line,
        3
    );
}

#[test]
fn what_is_no_single_plain_document_is_refused_with_help() {
    let cases = [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("a: 1\n---\nb: 2\n", "more than one YAML document"),
        ("a:\n\tb: 1\n", "a tab stands where"),
        ("a: 'open\n", "never closed"),
        ("a: [1, 2\n", "never closed"),
        ("a: *nobody\n", "anchor that does not exist"),
        ("a: &a [*a]\n", "stands inside what it refers to"),
        (
            "a: !!python/object:os.system x\n",
            "`!!python/object:os.system` is not allowed",
        ),
        ("a: !secret x\n", "`!secret` is not allowed"),
        ("? [a, b]\n: 1\n", "a key must be a text"),
        ("a: !!int x\n", "is not a `!!int`"),
        ("a: b: c\n", "where YAML allows none"),
    ];
    for (text, message) in cases {
        let problem = refused(text);
        assert!(
            problem.message.contains(message),
            "{text}: {}",
            problem.message
        );
        assert!(problem.help.is_some(), "{text}");
        assert!(problem.span.end as usize <= text.len() + 1, "{text}");
    }
}

#[test]
fn deep_nesting_is_refused_in_every_style() {
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(100_000),
        (0..200).map(|i| format!("{}a:\n", " ".repeat(i))).collect(),
        // Deep only once the aliases are written out.
        (1..200).fold("a0: &a0 [x]\n".to_owned(), |text, i| {
            format!("{text}a{i}: &a{i} [*a{}]\n", i - 1)
        }),
    ] {
        let problem = refused(&text);
        assert!(
            problem.message.contains("nests deeper") || problem.message.contains("multiply"),
            "{}",
            problem.message
        );
    }
}

#[test]
fn alias_bombs_are_refused_without_being_set_off() {
    let lists = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, i| {
        format!("{text}a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1)
    });
    assert!(refused(&lists).message.contains("multiply"));
    let keys: String = (0..3000).map(|i| format!("k{i}: 1, ")).collect();
    let merges: String = (0..3000).map(|i| format!("m{i}: {{<<: *b}}\n")).collect();
    assert!(
        refused(&format!("b: &b {{{keys}}}\n{merges}"))
            .message
            .contains("multiply")
    );
}

#[test]
fn other_encodings_are_named() {
    let (_, problem) = decode(b"\xff\xfea\0:\0".to_vec());
    assert!(problem.unwrap().message.contains("UTF-16 (little endian)"));
    let (_, problem) = decode(b"\0a\0:".to_vec());
    assert!(problem.unwrap().message.contains("UTF-16 (big endian)"));
    let (text, problem) = decode(b"name: Caf\xe9\n".to_vec());
    let problem = problem.unwrap();
    assert!(problem.message.contains("0xE9"));
    assert_eq!(text.get(problem.span.range()), Some("\u{fffd}"));
    assert!(decode("name: Café\n".into()).1.is_none());
}

#[test]
fn the_model_reads_what_is_not_masked() {
    #[derive(Debug, PartialEq, Default, serde::Deserialize)]
    #[serde(default)]
    struct Port {
        name: Option<String>,
    }
    #[derive(Debug, PartialEq, Default, serde::Deserialize)]
    #[serde(default)]
    struct Product {
        name: Option<String>,
        version: Option<String>,
        ports: Vec<Port>,
    }
    let tree = tree("name: x\nversion: 1.0\nports:\n  - 7\n  - name: p\n");
    let error = tree.deserialize::<Product>(&HashSet::new()).unwrap_err();
    let version = tree.at("/version").unwrap().id();
    assert_eq!(error.node, Some(version));
    let masked = HashSet::from([version, tree.at("/ports/0").unwrap().id()]);
    let product: Product = tree.deserialize(&masked).unwrap();
    assert_eq!(
        product,
        Product {
            name: Some("x".to_owned()),
            version: None,
            ports: vec![
                Port::default(),
                Port {
                    name: Some("p".to_owned())
                }
            ],
        }
    );
}

#[test]
fn duplicate_keys_beyond_a_hundred_are_counted() {
    let (tree, problems) = read(&"a: 1\n".repeat(5000));
    assert_eq!(tree.unwrap().root().entries().len(), 1);
    assert_eq!(problems.len(), 101);
    // Each points at the first, whichever it repeats.
    let firsts = problems[..100].iter();
    let mut firsts = firsts.map(|problem| problem.related.as_ref().unwrap().1.start);
    assert!(firsts.all(|start| start == 0));
    assert!(problems[100].message.contains("4899 more"), "{problems:?}");
    assert_eq!(problems[100].span.start, 4999 * 5);
}

#[test]
fn of_a_key_that_stands_three_times_the_last_is_kept() {
    for filler in [0, 20] {
        let filler: String = (0..filler).map(|i| format!("k{i}: x\n")).collect();
        let (tree, problems) = read(&format!("a: 1\n{filler}a: 2\nb: 0\na: 3\n"));
        assert_eq!(tree.unwrap().at("/a").unwrap().raw(), "3");
        assert_eq!(problems.len(), 2);
        assert!(problems[1].message.ends_with("once more"));
        assert_eq!(problems[1].related.as_ref().unwrap().1.start, 0);
    }
}

#[test]
fn merging_nothing_often_is_refused() {
    let text = format!("e: &e {{}}\na: {{<<: [{}]}}\n", "*e,".repeat(1_000_001));
    assert!(refused(&text).message.contains("multiply"));
}

#[test]
fn a_key_that_is_an_alias_is_the_text_it_refers_to() {
    let (tree, problems) = read("x: &t true\n*t : 1\ntrue: 2\n");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(tree.unwrap().to_json(), json!({"x": true, "true": 2}));
}

#[test]
fn every_refusal_marks_whole_characters() {
    let bomb = (1..40).fold("ä0: &a0 [x, x]\n".to_owned(), |text, i| {
        format!("{text}a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1)
    });
    for text in [bomb, "ä: \u{0}\n".to_owned(), "ä: !sécret x\n".to_owned()] {
        let span = refused(&text).span;
        assert!(
            text.get(span.range())
                .is_some_and(|marked| !marked.is_empty())
        );
    }
}

#[test]
fn a_control_character_is_named() {
    for (text, name) in [("a: \u{0}\n", "(U+0000)"), ("a: x\u{1b}[0m\n", "(U+001B)")] {
        let problem = refused(text);
        assert!(problem.message.contains(name), "{}", problem.message);
    }
}

#[test]
fn a_tag_that_is_refused_is_marked_itself() {
    for text in ["a: !secret x\n", "a: !secret [x]\n", "a: !secret {x: 1}\n"] {
        assert_eq!(text.get(refused(text).span.range()), Some("!secret"));
    }
}

#[test]
fn keys_of_large_mappings_are_found() {
    let text: String = (0..5000).map(|i| format!("k{i}: {{v: {i}}}\n")).collect();
    let tree = tree(&text);
    for i in [0, 32, 4999] {
        let node = tree.at(&format!("/k{i}/v")).unwrap();
        assert_eq!(node.raw(), i.to_string());
    }
    assert!(tree.at("/k5000").is_none());
}
