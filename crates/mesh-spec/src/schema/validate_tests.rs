//! One small document per sort of mistake, with everything that is said about it.

use serde_json::json;

use super::*;
use crate::model::version::Kind;

/// The violations of a document, as `pointer target: message (help)`.
fn said(kind: Kind, version: &str, rest: Value) -> Vec<String> {
    let version = ApiVersion::parse(kind, version).expect("the test names supported versions");
    let mut document =
        json!({"apiVersion": version.to_string(), "kind": kind.as_str(), "id": "orders"});
    if kind == Kind::DataContract {
        document["version"] = "1.0.0".into();
        document["status"] = "active".into();
    }
    if let (Some(document), Value::Object(rest)) = (document.as_object_mut(), rest) {
        for (key, value) in rest {
            if value == "(absent)" {
                document.shift_remove(&key)
            } else {
                document.insert(key, value)
            };
        }
    }
    let line = |violation: Violation| {
        let key = if let Target::Key(key) = violation.target {
            format!("#{key}")
        } else {
            String::new()
        };
        let help = violation
            .help
            .map(|help| format!(" ({help})"))
            .unwrap_or_default();
        format!("{}{key}: {}{help}", violation.pointer, violation.message)
    };
    validate(version, &document).into_iter().map(line).collect()
}

fn product(version: &str, rest: Value) -> Vec<String> {
    said(Kind::DataProduct, version, rest)
}

fn contract(version: &str, rest: Value) -> Vec<String> {
    said(Kind::DataContract, version, rest)
}

/// A contract whose only property is the given one.
fn property(version: &str, property: &Value) -> Vec<String> {
    contract(
        version,
        json!({"schema": [{"name": "orders", "properties": [property]}]}),
    )
}

fn quality(version: &str, check: &Value) -> Vec<String> {
    contract(
        version,
        json!({"schema": [{"name": "orders", "quality": [check]}]}),
    )
}

#[test]
fn unknown_keys_come_with_what_may_have_been_meant() {
    assert_eq!(
        product("v1.1.0", json!({"discription": {}})),
        [
            "#discription: unknown key `discription` in the data product (did you mean `description`?)",
        ]
    );
    assert_eq!(
        product("v1.1.0", json!({"x-team": 1, "id": "(absent)"})),
        [
            ": missing required key `id` in the data product (`id`: Identifier of the product, unique among all products and never changed)",
            "#x-team: unknown key `x-team` in the data product (did you mean `team`?)",
        ]
    );
    assert_eq!(
        product(
            "v1.0.0",
            json!({"status": "active", "type": "aggregate", "customProperties": [{"property": "a", "value": 1, "vendor": "v"}]})
        ),
        [
            "#type: unknown key `type` in the data product (`type` exists since v1.1.0; this document declares apiVersion v1.0.0)",
            "/customProperties/0#vendor: unknown key `vendor` in custom property `a` (`vendor` exists since v1.1.0; this document declares apiVersion v1.0.0)",
        ]
    );
}

#[test]
fn values_must_have_the_right_type() {
    assert_eq!(
        product(
            "v1.1.0",
            json!({"version": 1.1, "tags": "sales", "name": null, "deprecated": "no"})
        ),
        [
            "/deprecated: `deprecated` must be `true` or `false`, but `no` is a string",
            "/name: `name` must be a string, but it is empty (give it a value, or leave it out)",
            "/tags: `tags` must be a list, but `sales` is a string (write it as a list, even if it has one element)",
            r#"/version: `version` must be a string, but `1.1` is a number (quote it: "1.1")"#,
        ]
    );
    assert_eq!(
        contract("v3.2.0", json!({"team": "ada"})),
        ["/team: `team` must be an object or a list, but `ada` is a string",]
    );
}

#[test]
fn required_keys_depend_on_the_version() {
    assert_eq!(
        product(
            "v1.0.0",
            json!({"status": "active", "inputPorts": [{"name": "raw"}]})
        ),
        [
            "/inputPorts/0: missing required key `contractId` in input port `raw` (`contractId`: `id` of the data contract under which the data arrives)",
            "/inputPorts/0: missing required key `version` in input port `raw` (`version`: Version of the port)",
        ]
    );
}

#[test]
fn a_team_has_the_shape_of_its_version() {
    assert_eq!(
        product(
            "v0.9.0",
            json!({"status": "active", "team": {"name": "x"}, "authoritativeDefinitions": [{"type": "tutorail", "url": "u"}]})
        ),
        [
            "/authoritativeDefinitions/0/type: `type` must be one of `businessDefinition`, `implementation`, `transformationImplementation`, `tutorial` or `videoTutorial`, not `tutorail` (did you mean `tutorial`?)",
            "/team: `team` must be a list, but it is an object (in this version, `team` is the list of its members)",
        ]
    );
    assert_eq!(
        product("v1.1.0", json!({"team": [{"username": "ada"}]})),
        [
            "/team: `team` must be an object, but it is a list (in this version, the list goes under `team.members`)",
        ]
    );
}

#[test]
fn kind_and_api_version_are_pinned() {
    assert_eq!(
        contract(
            "v3.2.0",
            json!({"kind": "DataProduct", "apiVersion": "v3.3.0"})
        ),
        [
            "/apiVersion: `apiVersion` must be one of `v3.2.0`, `v3.1.0`, `v3.0.2`, `v3.0.1`, `v3.0.0`, `v2.2.2`, `v2.2.1` or `v2.2.0`, not `v3.3.0` (did you mean `v3.2.0`?)",
            "/kind: `kind` must be `DataContract`, not `DataProduct`",
        ]
    );
}

#[test]
fn alternatives_are_explained_by_the_one_that_was_meant() {
    assert_eq!(
        contract(
            "v3.2.0",
            json!({"team": {"members": [{"name": "Ada"}]}, "context": 5})
        ),
        [
            "/context: `context` must be a string or an object, but `5` is a number",
            "/team/members/0: missing required key `username` in team member `Ada` (`username`: Login name or mail address)",
        ]
    );
}

#[test]
fn one_mistake_in_a_server_is_one_violation() {
    assert_eq!(
        contract(
            "v3.2.0",
            json!({"servers": [{"server": "prod", "type": "kafka", "format": "json", "topic": "orders"}]})
        ),
        [
            "/servers/0: missing required key `host` in server `prod` (`host`: Name or address of the host)",
            "/servers/0#topic: unknown key `topic` in server `prod` (additions of your own go into `customProperties`)",
        ]
    );
    assert_eq!(
        contract(
            "v3.2.0",
            json!({"servers": [{"server": "prod", "type": "kafak", "host": "h"}]})
        ),
        [
            "/servers/0/type: `type` must be one of 44 known values, not `kafak` (did you mean `kafka`?)",
        ]
    );
    assert_eq!(
        contract(
            "v3.2.0",
            json!({"servers": [{"server": "prod", "host": "h"}]})
        ),
        ["/servers/0: missing required key `type` in server `prod` (`type`: Type of the server)",]
    );
    assert_eq!(
        contract(
            "v3.1.0",
            json!({"servers": [{"server": "lake", "type": "iceberg", "catalog": "c", "catalogUrl": "u"}]})
        ),
        [
            "/servers/0/type: `type` must be one of 34 known values, not `iceberg` (`iceberg` exists since v3.2.0; this document declares apiVersion v3.1.0)",
        ]
    );
}

#[test]
fn servers_have_the_keys_of_their_type() {
    assert_eq!(
        contract(
            "v3.1.0",
            json!({"servers": [{"server": "db", "type": "mysql", "host": "h", "port": "3306", "database": "d"}]})
        ),
        [
            "/servers/0/port: `port` must be an integer, but `3306` is a string (write it without quotes: 3306)",
        ]
    );
    assert_eq!(
        contract(
            "v3.2.0",
            json!({"servers": [{"server": "in", "type": "sftp", "location": "ftp://h"}]})
        ),
        ["/servers/0/location: `location` must match `^sftp://.*`, not `ftp://h`",]
    );
}

#[test]
fn options_belong_to_logical_types() {
    assert_eq!(
        property(
            "v3.2.0",
            &json!({"name": "a", "logicalTypeOptions": {"minLength": 1}})
        ),
        [
            "/schema/0/properties/0#logicalTypeOptions: property `a` has `logicalTypeOptions` but no `logicalType` (add `logicalType: string`)",
        ]
    );
    assert_eq!(
        property(
            "v3.2.0",
            &json!({"name": "a", "logicalType": "integer", "logicalTypeOptions": {"minLength": 1, "multipleOf": 0}})
        ),
        [
            "/schema/0/properties/0/logicalTypeOptions#minLength: unknown key `minLength` in `logicalTypeOptions` (`minLength` is an option of `logicalType: string`)",
            "/schema/0/properties/0/logicalTypeOptions/multipleOf: `multipleOf` must be greater than 0",
        ]
    );
}

#[test]
fn nested_keys_belong_to_logical_types() {
    assert_eq!(
        property(
            "v3.2.0",
            &json!({"name": "a", "logicalType": "string", "items": {"logicalType": "string"}})
        ),
        [
            "/schema/0/properties/0#items: unknown key `items` in property `a` (`items` belongs to `logicalType: array`)",
        ]
    );
    assert_eq!(
        property("v3.2.0", &json!({"name": "a", "logicalType": "map"})),
        [
            "/schema/0/properties/0: missing required key `map` in property `a` (`map`: The keys and values of a map)",
        ]
    );
    assert_eq!(
        property("v3.1.0", &json!({"name": "a", "logicalType": "map"})),
        [
            "/schema/0/properties/0/logicalType: `logicalType` must be one of `string`, `date`, `timestamp`, `time`, `number`, `integer`, `object`, `array` or `boolean`, not `map` (`map` exists since v3.2.0; this document declares apiVersion v3.1.0)",
        ]
    );
}

#[test]
fn forms_and_ranges_are_named() {
    assert_eq!(
        property(
            "v3.2.0",
            &json!({"name": "a", "id": "a b", "enum": [{"value": 1}, {"value": 1}]})
        ),
        [
            "/schema/0/properties/0/enum/1: `enum` must not say the same thing twice (remove the repetition)",
            "/schema/0/properties/0/id: `id` may only have letters, digits, `-` and `_`, not `a b`",
        ]
    );
    assert_eq!(
        property("v3.2.0", &json!({"name": "a", "enum": []})),
        ["/schema/0/properties/0/enum: `enum` must have at least 1 element",]
    );
}

#[test]
fn relationships_need_references() {
    assert_eq!(
        property(
            "v3.2.0",
            &json!({"name": "a", "relationships": [{"to": "nowhere"}, {"to": ["a.b", 5]}, {"from": "x.y", "to": "a.b"}]})
        ),
        [
            "/schema/0/properties/0/relationships/0/to: `to` must be a reference such as `object.property` or `schema/object-id/properties/property-id`, not `nowhere`",
            r#"/schema/0/properties/0/relationships/1/to/1: `to[1]` must be a string, but `5` is a number (quote it: "5")"#,
            "/schema/0/properties/0/relationships/2#from: unknown key `from` in `relationships[2]` (a relationship of a property starts at that property)",
        ]
    );
    assert_eq!(
        contract(
            "v3.2.0",
            json!({"schema": [{"name": "o", "relationships": [{"from": "a.b", "to": ["c.d"]}, {"from": 1, "to": "a.b"}]}]})
        ),
        [
            "/schema/0/relationships/0: `from` is a single reference, but `to` is a list (make both single references, or both lists)",
            "/schema/0/relationships/1/from: `from` must be a string or a list, but `1` is a number",
        ]
    );
}

#[test]
fn a_property_needs_a_name() {
    assert_eq!(
        property("v3.2.0", &json!({"logicalType": "strng"})),
        [
            "/schema/0/properties/0: missing required key `name` in `properties[0]` (`name`: Name of the property)",
            "/schema/0/properties/0/logicalType: `logicalType` must be one of `string`, `date`, `timestamp`, `time`, `number`, `integer`, `object`, `array`, `boolean`, `map` or `vector`, not `strng` (did you mean `string`?)",
        ]
    );
}

#[test]
fn a_check_compares_with_one_thing() {
    assert_eq!(
        quality("v3.2.0", &json!({"name": "q", "metric": "rowCount"})),
        [
            "/schema/0/quality/0: quality check `q` does not say what to compare with (add one of `mustBe`, `mustNotBe`, `mustBeGreaterThan`, `mustBeGreaterOrEqualTo`, `mustBeLessThan`, `mustBeLessOrEqualTo`, `mustBeBetween`, `mustNotBeBetween`)",
        ]
    );
    assert_eq!(
        quality(
            "v3.2.0",
            &json!({"metric": "rowCount", "mustBe": 1, "mustBeLessThan": 3})
        ),
        [
            "/schema/0/quality/0#mustBeLessThan: `quality[0]` can have only one of `mustBe` and `mustBeLessThan` (make a check of each)",
        ]
    );
    assert_eq!(
        quality(
            "v3.2.0",
            &json!({"metric": "rowCount", "mustBeBetween": [1]})
        ),
        ["/schema/0/quality/0/mustBeBetween: `mustBeBetween` must have at least 2 elements",]
    );
}

#[test]
fn a_check_has_the_keys_of_its_type() {
    assert_eq!(
        quality("v3.2.0", &json!({"type": "sql", "mustBe": 1})),
        [
            "/schema/0/quality/0: missing required key `query` in `quality[0]` (`query`: The query of an SQL check, which returns the measured value)",
        ]
    );
    assert_eq!(
        quality("v3.2.0", &json!({"query": "SELECT 1", "mustBe": 1})),
        [
            "/schema/0/quality/0#mustBe: unknown key `mustBe` in `quality[0]` (`mustBe` belongs to `type: library` or `sql`)",
            "/schema/0/quality/0#query: unknown key `query` in `quality[0]` (`query` belongs to `type: sql`)",
        ]
    );
    assert_eq!(
        quality(
            "v3.2.0",
            &json!({"type": "custom", "engine": "soda", "implementation": 5})
        ),
        [
            "/schema/0/quality/0/implementation: `implementation` must be a string or an object, but `5` is a number",
        ]
    );
    assert_eq!(
        quality("v3.0.2", &json!({"dimension": "speed"})),
        [
            "/schema/0/quality/0: missing required key `rule` in `quality[0]` (`rule`: What a library check measures, before `metric` came in v3.1.0)",
            "/schema/0/quality/0/dimension: `dimension` must be one of `accuracy`, `completeness`, `conformity`, `consistency`, `coverage`, `timeliness` or `uniqueness`, not `speed`",
        ]
    );
}

#[test]
fn types_of_other_systems_are_translated() {
    for (found, meant) in [
        ("varchar(20)", "string"),
        ("TEXT", "string"),
        ("int", "integer"),
        ("bigint", "integer"),
        ("decimal(10,2)", "number"),
        ("double", "number"),
        ("datetime", "timestamp"),
        ("bool", "boolean"),
        ("struct", "object"),
        ("list", "array"),
    ] {
        let property = json!({"name": "a", "logicalType": found});
        let violations = contract(
            "v3.2.0",
            json!({"schema": [{"name": "o", "properties": [property]}]}),
        );
        let help = format!("(did you mean `{meant}`?)");
        assert!(violations[0].ends_with(&help), "{violations:?}");
    }
}

#[test]
fn a_quoted_boolean_loses_its_quotes() {
    let property = json!({"name": "a", "logicalType": "string", "primaryKey": "true"});
    let violations = contract(
        "v3.2.0",
        json!({"schema": [{"name": "o", "properties": [property]}]}),
    );
    assert_eq!(
        violations,
        [
            "/schema/0/properties/0/primaryKey: `primaryKey` must be `true` or `false`, but `true` is a string (remove the quotes: true)"
        ]
    );
}

#[test]
fn a_long_list_is_searched_for_repetitions_once() {
    let mut tags: Vec<_> = (0..20_000).map(|i| json!(format!("t{i}"))).collect();
    tags.push(json!("t7"));
    let violation = explain::repeated("/tags", &json!(tags));
    assert_eq!(violation.pointer, "/tags/20000");
}
