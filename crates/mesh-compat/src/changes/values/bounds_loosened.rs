use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::bounds::{self, Direction};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "bounds-loosened",
    group: Group::Values,
    impacts: Impacts::all(Impact::Major),
    summary: "A field may have values beyond its earlier bounds.",
    why: "a reader that relies on the bounds meets values that it does not expect",
    help: "keep the bounds, and offer the other values in a new field or a new major version",
    docs: "\
Bounds are the keys `minimum`, `maximum`, `exclusiveMinimum` and `exclusiveMaximum` of
`logicalTypeOptions`, the least and the greatest length and number of items and properties,
`multipleOf` and `uniqueItems`. A bound that is gone is loosened.

What matters is which values keep to the bounds, not how they are written: the boolean
`exclusiveMinimum` that ODCS had before 3.1 is the same as the number that it is since, and for an
integer, more than 0 is the same as 1 or more. Dates and times are compared by the calendar; a moment
with a zone and one without cannot be compared and need review. Where the logical type is another, only
[that](logical-type-changed.md) is reported. If a range is moved, one bound is loosened and the other
[tightened](bounds-tightened.md).",
    reverse: &["bounds-tightened", "bounds-loosened"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
        logicalTypeOptions:
          minimum: 0
",
        "\
schema:
  - name: orders
    properties:
      - name: amount
        logicalType: number
        logicalTypeOptions:
          minimum: -1000
",
    ),
    on: &[On::Keys(Entity::Options, bounds::KEYS)],
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        for shift in bounds::shifts(pair) {
            if shift.direction == Direction::Loosened {
                found.at(shift.key, shift.message);
            }
            found.accounts_for(shift.keys);
        }
    },
};

#[cfg(test)]
mod tests {
    use crate::testing::field;

    fn kinds(logical: &str, old: &str, new: &str) -> Vec<String> {
        let options =
            |options: &str| format!("logicalType: {logical}, logicalTypeOptions: {{{options}}}");
        let found = field("[]", &options(old), &options(new));
        let kind = |text: &String| text.split(' ').next().unwrap_or_default().to_owned();
        found.iter().map(kind).collect()
    }

    /// A logical type, its options before and after, and the kind of the change.
    const BOUNDS: &[(&str, &str, &str, &str)] = &[
        (
            "number",
            "minimum: 0",
            "minimum: 0.0",
            "key-order-or-comments",
        ),
        ("number", "minimum: 0", "minimum: 1", "bounds-tightened"),
        (
            "number",
            "minimum: 0",
            "maximum: 9, minimum: 0",
            "bounds-tightened",
        ),
        ("number", "maximum: 9", "maximum: 9.5", "bounds-loosened"),
        ("number", "maximum: 9", "", "bounds-loosened"),
        (
            "number",
            "maximum: 9007199254740992",
            "maximum: 9007199254740993",
            "bounds-loosened",
        ),
        (
            "number",
            "minimum: 0",
            "exclusiveMinimum: 0",
            "bounds-tightened",
        ),
        (
            "number",
            "minimum: 0, exclusiveMinimum: true",
            "exclusiveMinimum: 0",
            "key-order-or-comments",
        ),
        (
            "number",
            "minimum: 0, exclusiveMinimum: true",
            "minimum: 0",
            "bounds-loosened",
        ),
        (
            "number",
            "minimum: 0",
            "minimum: 0, exclusiveMinimum: -5",
            "key-order-or-comments",
        ),
        (
            "integer",
            "exclusiveMinimum: 0",
            "minimum: 1",
            "key-order-or-comments",
        ),
        (
            "integer",
            "exclusiveMaximum: 10",
            "maximum: 9",
            "key-order-or-comments",
        ),
        (
            "number",
            "exclusiveMinimum: 0",
            "minimum: 1",
            "bounds-tightened",
        ),
        ("number", "minimum: low", "minimum: 1", "needs-review"),
        (
            "number",
            "multipleOf: 5",
            "multipleOf: 10",
            "bounds-tightened",
        ),
        (
            "number",
            "multipleOf: 0.5",
            "multipleOf: 0.1",
            "bounds-loosened",
        ),
        (
            "number",
            "multipleOf: 2",
            "multipleOf: 3",
            "bounds-loosened",
        ),
        (
            "number",
            "multipleOf: 2",
            "multipleOf: 2.0",
            "key-order-or-comments",
        ),
        ("string", "minLength: 0", "", "key-order-or-comments"),
        (
            "string",
            "maxLength: 64",
            "maxLength: 20",
            "bounds-tightened",
        ),
        ("array", "uniqueItems: true", "", "bounds-loosened"),
        ("array", "minItems: 1", "minItems: 2", "bounds-tightened"),
        (
            "date",
            "minimum: 2020-01-01",
            "minimum: \"2020-01-01\"",
            "key-order-or-comments",
        ),
        (
            "date",
            "minimum: 2020-01-01",
            "minimum: 2019-12-31",
            "bounds-loosened",
        ),
        (
            "date",
            "maximum: 31.12.2020",
            "maximum: 2020-12-31",
            "needs-review",
        ),
        (
            "timestamp",
            "maximum: 2020-01-01T00:00:00Z",
            "maximum: 2020-01-01T01:00:00+01:00",
            "key-order-or-comments",
        ),
        (
            "timestamp",
            "maximum: 2020-01-01T00:00:00",
            "maximum: 2020-01-01T00:00:00Z",
            "needs-review",
        ),
        (
            "timestamp",
            "maximum: 2020-01-01T00:00:00.1Z",
            "maximum: 2020-01-01T00:00:00.2Z",
            "needs-review",
        ),
        (
            "time",
            "minimum: \"09:00\"",
            "minimum: \"09:00:00.0\"",
            "key-order-or-comments",
        ),
        (
            "time",
            "minimum: \"09:00\"",
            "minimum: \"08:30:00\"",
            "bounds-loosened",
        ),
    ];

    #[test]
    fn bounds_are_compared_by_the_values_that_keep_to_them() {
        for &(logical, old, new, expected) in BOUNDS {
            let expected = [expected];
            assert_eq!(
                kinds(logical, old, new),
                expected,
                "{logical}: {old} > {new}"
            );
        }
        let moved = kinds(
            "number",
            "minimum: 0, maximum: 10",
            "minimum: 5, maximum: 20",
        );
        assert_eq!(moved, ["bounds-loosened", "bounds-tightened"]);
    }

    #[test]
    fn bounds_of_another_type_are_not_told_of() {
        let old = "logicalType: number, logicalTypeOptions: {minimum: 0}";
        let found = field(
            "[]",
            old,
            "logicalType: string, logicalTypeOptions: {maxLength: 4}",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("logical-type-changed"), "{found:?}");
    }
}
