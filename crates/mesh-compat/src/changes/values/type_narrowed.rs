use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::types::field::{self, Verdict};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "type-narrowed",
    group: Group::Values,
    impacts: Impacts::all(Impact::Major),
    summary: "A field has a type that does not hold all the values that it held.",
    why: "values that were possible are cut, rounded or missing",
    help: "keep the type, and add a field with the narrower one",
    docs: "\
Physical types are read in the dialect of the contract's servers and compared within their family:
integers by their range, decimals by the digits before the point and after it, floating point by its
size, texts and bytes by their length, times by their precision, structures, lists and maps part by part.
`decimal(10,2)` to `decimal(10,4)` is narrower too: there is room for two digits less before the point.
A part that a structure lost makes it narrower. The `format` of an integer or a number is compared in the
same way; without one, ODCS takes an integer for an `i32`.

What a name means depends on the server: `INT` is a `NUMBER(38,0)` in Snowflake, `DATE` in Oracle has a
time, `varchar` without a length holds any text in Postgres. Where mesh cannot tell (an unknown name, or
several servers where the same name means different things), the change needs review.",
    reverse: &["type-widened", "type-narrowed"],
    example: Example::contract(
        "\
servers:
  - server: production
    type: postgres
    host: db.example.com
    port: 5432
    database: shop
    schema: public
schema:
  - name: orders
    properties:
      - name: coupon
        logicalType: string
        physicalType: varchar(64)
",
        "\
servers:
  - server: production
    type: postgres
    host: db.example.com
    port: 5432
    database: shop
    schema: public
schema:
  - name: orders
    properties:
      - name: coupon
        logicalType: string
        physicalType: varchar(20)
",
    ),
    on: &[
        On::Keys(Entity::Field, field::KEYS),
        On::Keys(Entity::Options, &["format"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    field::tell_size(pair, found, |verdict| {
        matches!(verdict, Verdict::Narrowed | Verdict::Shifted)
    });
}

#[cfg(test)]
mod tests {
    use crate::testing::field;

    #[test]
    fn the_size_of_a_number_is_its_format_too() {
        let options = |logical: &str, options: &str| {
            format!("logicalType: {logical}, logicalTypeOptions: {{{options}}}")
        };
        let changed = |logical: &str, old: &str, new: &str| {
            let found = field("[]", &options(logical, old), &options(logical, new));
            found
                .first()
                .map(|text| text.split(' ').next().unwrap_or_default().to_owned())
        };
        for (logical, old, new, expected) in [
            ("integer", "format: i32", "format: i64", "type-widened"),
            ("integer", "", "format: i64", "type-widened"),
            ("integer", "format: i32", "", "key-order-or-comments"),
            ("integer", "format: i64", "", "type-narrowed"),
            ("integer", "format: i64", "format: u64", "type-narrowed"),
            ("integer", "format: i64", "format: int", "needs-review"),
            ("number", "format: f64", "format: f32", "type-narrowed"),
            ("number", "format: f64", "", "logical-type-changed"),
            ("number", "", "format: f64", "type-declared"),
        ] {
            assert_eq!(
                changed(logical, old, new).as_deref(),
                Some(expected),
                "{old} > {new}"
            );
        }
    }

    #[test]
    fn what_both_types_say_is_told_of_once() {
        let of = |physical: &str, format: &str| {
            format!(
                "logicalType: integer, physicalType: {physical}, logicalTypeOptions: {{format: {format}}}"
            )
        };
        let found = field("[]", &of("bigint", "i64"), &of("int", "i32"));
        assert_eq!(
            found,
            ["type-narrowed major: the physical type of field `t.x` went from `bigint` to `int`"]
        );
    }

    #[test]
    fn types_are_those_of_the_servers() {
        let snowflake = "[{server: s, type: snowflake}]";
        let (int, bigint) = ("physicalType: INT", "physicalType: BIGINT");
        assert_eq!(
            field(snowflake, bigint, int),
            ["key-order-or-comments none: the files differ, and the documents do not"]
        );
        let two = "[{server: s, type: snowflake}, {server: p, type: postgres}]";
        assert!(field(two, bigint, int)[0].starts_with("needs-review"));
    }
}
