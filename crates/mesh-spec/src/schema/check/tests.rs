use serde_json::{Value, json};

use super::*;
use crate::yaml;

fn compiled(schema: &Value) -> Option<Rules> {
    compile::compile(&schema.to_string())
}

#[track_caller]
fn assert_agrees(schema: &Value, valid: &[Value], invalid: &[Value]) {
    let rules = compiled(schema).expect("the schema is understood");
    let official = jsonschema::draft201909::new(schema).expect("the schema is one");
    for (values, expected) in [(valid, true), (invalid, false)] {
        for value in values {
            assert_eq!(official.is_valid(value), expected, "{value}");
            assert_eq!(judge::accepts(&rules, value), expected, "{value}");
            let source = std::sync::Arc::new(mesh_diagnostics::Source::new("a", value.to_string()));
            let (tree, _) = yaml::parse(&source);
            let tree = tree.expect("JSON is YAML");
            assert_eq!(judge::accepts(&rules, tree.root()), expected, "{value}");
        }
    }
}

#[test]
fn every_schema_is_understood() {
    for schema in Schema::ALL {
        let rules = compile::compile(schema.text());
        let rules = rules.unwrap_or_else(|| panic!("{} says something new", schema.name()));
        let patterns = rules
            .schemas
            .iter()
            .filter_map(|schema| schema.pattern.as_ref());
        for pattern in patterns {
            assert!(pattern.compiled().is_some(), "{pattern:?}");
        }
    }
}

#[test]
fn what_is_not_understood_is_left_alone() {
    for schema in [
        json!({"propertyNames": {"pattern": "^a"}}),
        json!({"properties": {"a": {"multipleOf": 2}}}),
        json!({"if": {"type": "string"}, "else": false}),
        json!({"const": 1}),
        json!({"unevaluatedProperties": {"type": "string"}}),
        json!({"$ref": "https://example.org/other.json"}),
        json!(true),
    ] {
        assert!(compiled(&schema).is_none(), "{schema}");
    }
}

#[test]
fn a_whole_number_is_an_integer_however_it_is_written() {
    assert_agrees(
        &json!({"type": "integer", "minimum": 0}),
        &[
            json!(3),
            json!(3.0),
            json!(1e300),
            json!(u64::MAX),
            json!(-0.0),
        ],
        &[json!(3.5), json!(-1), json!("3"), json!(null)],
    );
    assert_agrees(
        &json!({"type": "number", "exclusiveMinimum": 0}),
        &[json!(0.1), json!(1)],
        &[json!(0), json!(0.0), json!(-2)],
    );
}

#[test]
fn only_texts_are_listed() {
    assert_agrees(
        &json!({"enum": ["a", "1"]}),
        &[json!("a"), json!("1")],
        &[json!(1), json!("b"), json!(null), json!(["a"])],
    );
}

#[test]
fn elements_are_equal_if_their_values_are() {
    assert_agrees(
        &json!({"uniqueItems": true}),
        &[
            json!(["a", "b", 1, 2, null, true, "1"]),
            json!([{"a": 1}, {"a": 2}]),
            json!([9_007_199_254_740_993_i64, 9_007_199_254_740_992.0]),
            json!([1e300, 1e299]),
        ],
        &[
            json!(["a", "b", "a"]),
            json!([1, 1.0]),
            json!([0, -0.0]),
            json!([{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}]),
            json!([9_223_372_036_854_775_808_u64, 9_223_372_036_854_775_808.0]),
        ],
    );
}

#[test]
fn a_choice_is_asked_for_by_its_key() {
    let case = |value: &str, key: &str| {
        json!({
            "if": {"properties": {"type": {"const": value}}, "required": ["type"]},
            "then": {"properties": {key: {"type": "string"}}, "required": [key]},
        })
    };
    let schema = json!({
        "type": "object",
        "properties": {"type": {}},
        "allOf": [case("kafka", "topic"), case("s3", "bucket"), case("kafka", "host")],
        "unevaluatedProperties": false,
    });
    assert_agrees(
        &schema,
        &[
            json!({"type": "kafka", "topic": "t", "host": "h"}),
            json!({"type": "s3", "bucket": "b"}),
            json!({"type": "other"}),
            json!({"type": 1}),
            json!({}),
        ],
        &[
            json!({"type": "kafka", "topic": "t"}),
            json!({"type": "kafka", "topic": "t", "host": 1}),
            json!({"type": "s3", "bucket": "b", "topic": "t"}),
            json!({"topic": "t"}),
        ],
    );
}

#[test]
fn a_condition_is_true_of_what_it_says_nothing_about() {
    let schema = json!({
        "type": "object",
        "allOf": [
            {
                "if": {"anyOf": [
                    {"properties": {"type": {"const": "date"}}},
                    {"properties": {"type": {"const": "time"}}},
                ]},
                "then": {"properties": {"format": {"type": "string"}}},
            },
            {
                "if": {"properties": {"type": {"const": "number"}}},
                "then": {"properties": {"format": {"type": "string"}, "digits": {}}},
            },
        ],
        "unevaluatedProperties": false,
    });
    assert_agrees(
        &schema,
        &[
            json!({"format": "a", "digits": 1}),
            json!({"type": "time", "format": "a"}),
            json!({"type": "number", "digits": 1}),
        ],
        &[
            json!({"format": 1}),
            json!({"type": "time", "digits": 1}),
            json!({"type": "text"}),
            json!({"other": 1}),
        ],
    );
    // Where other values than objects are allowed, it is true of them.
    assert_agrees(
        &json!({
            "if": {"properties": {"type": {"const": "a"}}, "required": ["type"]},
            "then": {"type": "object"},
        }),
        &[json!({"type": "a"}), json!({"type": "b"})],
        &[json!("text"), json!(1)],
    );
}

#[test]
fn branches_that_fail_have_seen_nothing() {
    let branch = |key: &str| json!({"properties": {key: {"type": "string"}}, "required": [key]});
    assert_agrees(
        &json!({"anyOf": [branch("a"), branch("b")], "unevaluatedProperties": false}),
        &[json!({"a": "1"}), json!({"a": "1", "b": "2"})],
        &[
            json!({"a": "1", "b": 2}),
            json!({"a": "1", "c": "2"}),
            json!({}),
        ],
    );
    assert_agrees(
        &json!({"oneOf": [branch("a"), branch("b")], "unevaluatedProperties": false}),
        &[json!({"a": "1"}), json!({"b": "2"})],
        &[json!({"a": "1", "b": "2"}), json!({"a": "1", "b": 2})],
    );
}

#[test]
fn an_object_may_have_more_members_than_bits() {
    let properties: serde_json::Map<String, Value> =
        (0..200).map(|n| (format!("k{n}"), json!({}))).collect();
    let schema = json!({
        "allOf": [{"properties": properties}],
        "unevaluatedProperties": false,
    });
    let object = |last: &str| -> Value {
        let keys = (0..199).map(|n| format!("k{n}")).chain([last.to_owned()]);
        keys.map(|key| (key, json!(1)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    assert_agrees(&schema, &[object("k199")], &[object("k200")]);
}

#[test]
fn a_definition_may_contain_itself() {
    let schema = json!({
        "$ref": "#/$defs/Tree",
        "$defs": {"Tree": {
            "type": "object",
            "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
            "additionalProperties": false,
        }},
    });
    assert_agrees(
        &schema,
        &[json!({"children": [{}, {"children": []}]})],
        &[
            json!({"children": [{"children": [1]}]}),
            json!({"child": 1}),
        ],
    );
}
