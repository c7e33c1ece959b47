use std::sync::Arc;

use mesh_diagnostics::{Change, Source};
use serde_json::{Value as Json, json};

use super::{comments, plan, verify, verify_meaning, without_comment, wrap};
use crate::yaml::{Tree, parse};

fn tree(text: &str) -> Tree {
    let (tree, problems) = parse(&Arc::new(Source::new("test.yaml", text)));
    assert_eq!(problems, [], "{text}");
    tree.expect("a tree")
}

/// The text after `changes`, which have to be possible.
fn edited(text: &str, changes: &[Change]) -> String {
    let tree = tree(text);
    let edits = plan(&tree, changes).unwrap_or_else(|| panic!("refused: {changes:?}\n{text}"));
    verify(&tree, changes, &edits).unwrap_or_else(|| panic!("not what was meant: {edits:#?}"))
}

fn is_refused(text: &str, changes: &[Change]) -> bool {
    plan(&tree(text), changes).is_none()
}

fn set(pointer: &str, value: impl Into<Json>) -> Change {
    Change::set(pointer, value)
}

fn remove(pointer: &str) -> Change {
    Change::Remove {
        pointer: pointer.into(),
    }
}

fn rename(pointer: &str, key: &str) -> Change {
    Change::Rename {
        pointer: pointer.into(),
        key: key.into(),
    }
}

fn insert(pointer: &str, key: &str, value: Json, after: Option<&str>) -> Change {
    Change::Insert {
        pointer: pointer.into(),
        key: key.into(),
        value,
        after: after.map(Into::into),
    }
}

fn append(pointer: &str, value: Json) -> Change {
    Change::Append {
        pointer: pointer.into(),
        value,
    }
}

fn reorder(pointer: &str, keys: &[&str]) -> Change {
    Change::Reorder {
        pointer: pointer.into(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
    }
}

#[test]
fn a_value_keeps_its_quotes_and_its_comment() {
    for (before, value, after) in [
        ("a: live # why", json!("active"), "a: active # why"),
        ("a: \"live\"", json!("active"), "a: \"active\""),
        ("a: 'live'", json!("it's"), "a: 'it''s'"),
        ("a: 'live'", json!("two\nlines"), "a: \"two\\nlines\""),
        ("a: 1.10", json!("1.10"), "a: \"1.10\""),
        ("a: no", json!("off"), "a: \"off\""),
        ("a: x", json!("b: c"), "a: \"b: c\""),
        ("a: 'x'", json!(3), "a: 3"),
        ("a: # todo", json!("x"), "a: x # todo"),
        ("a: &x # todo\nb: 1", json!("x"), "a: &x x # todo\nb: 1"),
        ("a: ~", json!("x"), "a: x"),
        ("a:\n  one\n  two # c", json!("x"), "a:\n  x # c"),
        ("a: |\n  one\n  two\nb: 1", json!("three"), "a: three\nb: 1"),
        (
            "a: |\n    one\n    two\nb: 1",
            json!("three\nfour\n"),
            "a: |\n    three\n    four\nb: 1",
        ),
        ("{\"a\": 1}", json!("x"), "{\"a\": \"x\"}"),
        ("{a: 1, b}", json!("x, y"), "{a: \"x, y\", b}"),
    ] {
        assert_eq!(edited(before, &[set("/a", value)]), after);
    }
    assert_eq!(edited("- a: 1\n- 2\n", &[set("/1", "x")]), "- a: 1\n- x\n");
    assert_eq!(edited("{a, b: 1}", &[set("/a", 1)]), "{a: 1, b: 1}");
}

#[test]
fn a_collection_takes_the_place_of_a_value_and_the_other_way_round() {
    let block = json!({"x": [1, {"v": 2}]});
    for (before, value, after) in [
        (
            "a: 1 # c\nb: 2\n",
            &block,
            "a: # c\n  x:\n    - 1\n    - v: 2\nb: 2\n",
        ),
        (
            "a:\nb: 2\n",
            &block,
            "a:\n  x:\n    - 1\n    - v: 2\nb: 2\n",
        ),
        ("a: {}\n", &block, "a:\n  x:\n    - 1\n    - v: 2\n"),
        (
            "b:\n- 1\na: 0\n",
            &block,
            "b:\n- 1\na:\n  x:\n  - 1\n  - v: 2\n",
        ),
        ("a:\n  x: 1\nb: 2\n", &json!({"z": 3}), "a:\n  z: 3\nb: 2\n"),
        ("a: # c\n  - 1\nb: 2\n", &json!("x"), "a: x # c\nb: 2\n"),
        ("a:\n  - 1", &json!([]), "a: []"),
        ("{a: 1}", &block, "{a: {x: [1, {v: 2}]}}"),
    ] {
        assert_eq!(edited(before, &[set("/a", value.clone())]), after);
    }
    assert_eq!(
        edited(
            "- 1\n- x: 1\n  v: 2\n",
            &[set("/0", json!({"z": [1]})), set("/1", 5)]
        ),
        "- z:\n    - 1\n- 5\n"
    );
}

#[test]
fn a_key_is_renamed_in_its_place() {
    assert_eq!(
        edited(
            "x: 1\n'discription': # c\n  a: 1\n",
            &[rename("/discription", "description")]
        ),
        "x: 1\n'description': # c\n  a: 1\n"
    );
    assert_eq!(edited("{\"a\":1}", &[rename("/a", "b")]), "{\"b\":1}");
    assert_eq!(edited("a: 1\n", &[rename("/a", "no")]), "\"no\": 1\n");
}

#[test]
fn an_entry_is_added_where_it_belongs() {
    for (before, change, after) in [
        (
            "a: 1 # one\n# about b\nb: 2\n",
            insert("", "c", json!(3), Some("a")),
            "a: 1 # one\nc: 3\n# about b\nb: 2\n",
        ),
        (
            "a:\n  - x: 1\n    # more\n\n# about b\nb: 2",
            insert("", "c", json!("no"), Some("a")),
            "a:\n  - x: 1\n    # more\nc: \"no\"\n\n# about b\nb: 2",
        ),
        (
            "a: 1\r\nb: 2",
            insert("", "c", json!(3), None),
            "a: 1\r\nb: 2\r\nc: 3",
        ),
        (
            "p:\n  - a: 1\n  - b: 2\n",
            insert("/p/0", "c", json!([]), None),
            "p:\n  - a: 1\n    c: []\n  - b: 2\n",
        ),
        (
            "a:\n    b:\n        c: 1\n",
            insert("/a", "d", json!({"e": 1}), None),
            "a:\n    b:\n        c: 1\n    d:\n        e: 1\n",
        ),
        (
            "a: 1\n\nb:\n  c: 1\n",
            insert("", "d", json!({"e": 1}), None),
            "a: 1\n\nb:\n  c: 1\n\nd:\n  e: 1\n",
        ),
        (
            "a: {x: 1}",
            insert("/a", "v", json!("b, c"), None),
            "a: {x: 1, v: \"b, c\"}",
        ),
        (
            "{\n  \"a\": 1,\n}",
            insert("", "b", json!("x"), None),
            "{\n  \"a\": 1,\n  \"b\": \"x\",\n}",
        ),
        (
            "{\n  \"a\": 1 # one\n}",
            insert("", "b", json!(null), None),
            "{\n  \"a\": 1, # one\n  \"b\": null\n}",
        ),
    ] {
        assert_eq!(edited(before, &[change]), after);
    }
}

#[test]
fn an_item_is_added_as_its_neighbours_are_written() {
    for (before, value, after) in [
        ("a:\n- 1 # c\n", json!("x"), "a:\n- 1 # c\n- x\n"),
        (
            "a:\n  -   x: 1\n      v: 2\n",
            json!({"x": 3, "v": 4}),
            "a:\n  -   x: 1\n      v: 2\n  -   x: 3\n      v: 4\n",
        ),
        ("a: [1, 2]\n", json!("x"), "a: [1, 2, x]\n"),
        ("a: [\"b\"]\n", json!("x"), "a: [\"b\", \"x\"]\n"),
        ("a: []\n", json!(1), "a:\n  - 1\n"),
        (
            "a:\n  - 1\nb: 1",
            json!([[2]]),
            "a:\n  - 1\n  - - - 2\nb: 1",
        ),
    ] {
        assert_eq!(edited(before, &[append("/a", value)]), after);
    }
    assert_eq!(
        edited(
            "a: [1]\nb:\n  - 1\n",
            &[
                append("/a", json!(2)),
                append("/a", json!(3)),
                append("/b", json!(2)),
                append("/b", json!(3))
            ]
        ),
        "a: [1, 2, 3]\nb:\n  - 1\n  - 2\n  - 3\n"
    );
}

#[test]
fn what_is_removed_goes_with_its_comments_and_no_others() {
    for (before, pointer, after) in [
        ("# one\na: 1 # c\n# two\nb: 2\n", "/a", "# two\nb: 2\n"),
        (
            "# yaml-language-server: $schema=x\na: 1\nb: 2\n",
            "/a",
            "# yaml-language-server: $schema=x\nb: 2\n",
        ),
        ("# the file\n\na: 1\nb: 2\n", "/a", "# the file\n\nb: 2\n"),
        (
            "a: 1\n\n# two\nb:\n  x: 1\n  # more\n\nc: 3\n",
            "/b",
            "a: 1\n\nc: 3\n",
        ),
        ("a: 1\nb: 2", "/b", "a: 1"),
        ("p:\n  - x: 1\n    v: 2\n", "/p/0/x", "p:\n  - v: 2\n"),
        (
            "p:\n  # one\n  - x: 1\n  # two\n  - v: 2\n",
            "/p/0",
            "p:\n  # two\n  - v: 2\n",
        ),
        ("p:\n  - 1\nq: 1\n", "/p/0", "p: []\nq: 1\n"),
        ("p: {a: 1, b: 2, c: 3}\n", "/p/b", "p: {a: 1, c: 3}\n"),
        ("p: [1, 2]\n", "/p/1", "p: [1]\n"),
        ("p: [1, 2,]\n", "/p/1", "p: [1,]\n"),
        ("a: 1\r\nb: 2\r\n", "/a", "b: 2\r\n"),
    ] {
        assert_eq!(edited(before, &[remove(pointer)]), after);
    }
    assert_eq!(
        edited(
            "p: [1, 2, 3, 4]\n",
            &[remove("/p/0"), remove("/p/2"), remove("/p/3")]
        ),
        "p: [2]\n"
    );
}

#[test]
fn entries_move_with_their_comments_and_the_lines_that_set_them_off() {
    let before = "\
# yaml-language-server: $schema=x
# about name
name: a # the name
apiVersion: v1

# ports
ports:
  - x: 1
    # more

kind: b
# after kind

# about tags
tags:
- t
";
    assert_eq!(
        edited(
            before,
            &[reorder(
                "",
                &["apiVersion", "kind", "name", "tags", "ports"]
            )]
        ),
        "\
# yaml-language-server: $schema=x
apiVersion: v1

kind: b
# after kind
# about name
name: a # the name

# about tags
tags:
- t

# ports
ports:
  - x: 1
    # more
"
    );
    assert_eq!(
        edited(
            "p:\n  - b: 1 # one\n    # two\n    c: 2\n    a: 3",
            &[reorder("/p/0", &["a", "b", "c"])]
        ),
        "p:\n  - a: 3\n    b: 1 # one\n    # two\n    c: 2"
    );
    assert_eq!(
        edited("{b: 1, a: [2], c}", &[reorder("", &["a", "b", "c"])]),
        "{a: [2], b: 1, c}"
    );
    assert_eq!(
        edited("b: 1\r\na: 2", &[reorder("", &["a", "b"])]),
        "a: 2\r\nb: 1"
    );
}

#[test]
fn what_is_in_order_stays_as_it_is() {
    let text = "b: 1 # x\na:\n - 'c'\n";
    let tree = tree(text);
    for change in [
        reorder("", &["b", "a"]),
        set("/b", 1),
        set("/a", json!(["c"])),
    ] {
        assert_eq!(plan(&tree, &[change]), Some(Vec::new()));
    }
}

#[test]
fn what_cannot_be_written_without_touching_more_is_refused() {
    let anchored = "a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n  e: 2\n";
    for (text, change) in [
        // It would change in two places.
        (anchored, set("/a/b", 2)),
        (anchored, set("/c/b", 2)),
        (anchored, set("/d/b", 2)),
        (anchored, insert("/a", "o", json!(1), None)),
        // The alias would come before its anchor, or lose it.
        (anchored, reorder("", &["c", "a", "d"])),
        (anchored, remove("/a")),
        (anchored, reorder("/d", &["e", "b"])),
        // A key is there already.
        ("a: 1\nb: 2\n", rename("/a", "b")),
        ("a: 1\nb: 2\n", insert("", "b", json!(1), None)),
        (anchored, insert("/d", "b", json!(1), None)),
        ("a: !!str 5\n", set("/a", 6)),
        ("? a\n: 1\n? b\n: 2\n", reorder("", &["b", "a"])),
        ("a: [1, # one\n  2]\n", remove("/a/0")),
        ("a: {b: 1, # one\n  c: 2}\n", reorder("/a", &["c", "b"])),
        ("a: 1\n", set("", json!({"b": 1}))),
        ("a: | # c\n  x\n", set("/a", "y")),
    ] {
        assert!(
            is_refused(text, std::slice::from_ref(&change)),
            "{change:?}\n{text}"
        );
    }
    assert_eq!(
        edited(anchored, &[set("/c", "x"), set("/d/e", 3)]),
        "a: &x\n  b: 1\nc: x\nd:\n  <<: *x\n  e: 3\n"
    );
}

#[test]
fn changes_that_touch_each_other_are_made_together_or_not_at_all() {
    let text = "a:\n  b: 1\n  c: 2\nd: 3\n";
    assert_eq!(
        edited(
            text,
            &[
                set("/a/b", 5),
                rename("/a", "x"),
                insert("/a", "o", json!(1), None),
                insert("", "m", json!(2), Some("a")),
                remove("/d")
            ]
        ),
        "x:\n  b: 5\n  c: 2\n  o: 1\nm: 2\n"
    );
    assert!(is_refused(
        text,
        &[reorder("", &["d", "a"]), set("/a/b", 5)]
    ));
    assert!(is_refused(
        "a: []\n",
        &[remove("/a"), append("/a", json!(1))]
    ));
}

#[test]
fn an_edit_that_changes_more_than_was_meant_is_not_verified() {
    let text = "a: 1 # one\nb: 2\n";
    let tree = tree(text);
    let good = plan(&tree, &[set("/a", 5)]).expect("a plan");
    assert!(verify(&tree, &[set("/a", 5)], &good).is_some());
    assert!(verify(&tree, &[set("/a", 6)], &good).is_none());
    assert!(verify(&tree, &[], &good).is_none());
    let edit = |start: u32, end: u32, text: &str| mesh_diagnostics::Edit {
        span: mesh_diagnostics::Span::new(start, end),
        text: text.to_owned(),
    };
    // With the comment, more than the value goes.
    assert!(verify(&tree, &[set("/a", 5)], &[edit(3, 10, "5")]).is_none());
    assert!(verify(&tree, &[], &[edit(4, 10, "")]).is_some());
    assert!(verify(&tree, &[], &[edit(0, 0, "? [")]).is_none());
    assert!(verify(&tree, &[], &[edit(90, 99, "")]).is_none());
}

#[test]
fn a_comment_is_deleted_with_its_line_or_the_space_before_it() {
    for (before, after) in [
        ("a: 1 # x\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\n  # x\nb: 2\n", "a: 1\nb: 2\n"),
        ("a: 1\n# x", "a: 1"),
        ("# x\r\na: '# no'\r\n", "a: '# no'\r\n"),
    ] {
        let tree = tree(before);
        let [comment] = comments(&tree)[..] else {
            panic!("{before}");
        };
        let edits = [without_comment(&tree, comment)];
        assert_eq!(verify(&tree, &[], &edits).as_deref(), Some(after));
    }
}

#[test]
fn comments_are_told_from_texts() {
    let text =
        "# a\nb: 'x # no' # c\nd: | # e\n  # no\nf: \"#\" #g\nh: i#no\nj: [1, # k\n  2]\n# l";
    let tree = tree(text);
    let found: Vec<&str> = comments(&tree)
        .into_iter()
        .map(|span| tree.source().slice(span))
        .collect();
    assert_eq!(found, ["# a", "# c", "# e", "#g", "# k", "# l"]);
}

#[test]
fn a_value_is_put_under_a_key_of_its_own() {
    for (before, after) in [
        (
            "a:\n# one\n- x: 1 # c\n  # two\n\n- u: |\n    t\nb: 1\n",
            "a:\n  m:\n  # one\n  - x: 1 # c\n    # two\n\n  - u: |\n      t\nb: 1\n",
        ),
        ("a: # c\r\n    - 1", "a: # c\r\n    m:\r\n        - 1"),
        ("a: [1, 2] # c\n", "a: {m: [1, 2]} # c\n"),
        ("{\"a\": [1]}", "{\"a\": {\"m\": [1]}}"),
    ] {
        let tree = tree(before);
        let edits = wrap(&tree, "/a", "m").expect("edits");
        let mut meant = tree.to_json();
        meant["a"] = json!({"m": meant["a"]});
        assert_eq!(
            verify_meaning(&tree, &meant, &edits).as_deref(),
            Some(after)
        );
    }
}
