use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{names, parts};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "field-removed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "A field is gone.",
    why: "a query that names the field fails",
    help: "keep the field and mark it `deprecated: true` until the next major version",
    docs: "\
Fields are matched by name, wherever they stand in their list. A field that has a new name and kept
its `id` is [renamed](field-renamed.md) instead; one that moved to another object is gone there and
new here. The fields of an object that is gone are not listed one by one.

That a field was `deprecated` announces its end and does not take it: removing it is still major.

The elements of an array, or the keys and values of a map, that are not described any more are a
promise that is taken back. Where they went with the `logicalType` of their field, that [change of
type](logical-type-changed.md) is all that is reported.",
    reverse: &["field-added"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
      - name: coupon
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
    ),
    on: &[On::Removed(Entity::Field), On::Removed(Entity::MapTypes)],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(field) = parts::whole(pair) else {
        let announced = names::announced(pair);
        found.whole(format!("{}{announced} was removed", pair.subject()));
        return;
    };
    if parts::is_of_another_type(field) {
        found.accounts_for(&[""]);
        return;
    }
    let message = format!(
        "{} of {} are not described any more",
        parts::noun(pair),
        field.subject()
    );
    found
        .whole(message)
        .because("nothing is promised of these values any more");
}

#[cfg(test)]
mod tests {
    use crate::Change;
    use crate::testing::contract;

    fn changes(old: &str, new: &str) -> Vec<Change> {
        let yaml =
            |keys: &str| format!("schema: [{{name: orders, properties: [{{name: x, {keys}}}]}}]\n");
        contract(&yaml(old), &yaml(new))
    }

    #[test]
    fn parts_without_a_name_are_told_of_in_words() {
        let items = "logicalType: array, items: {logicalType: string}";
        let map =
            "logicalType: map, map: {key: {logicalType: string}, value: {logicalType: string}}";
        let only_key = "logicalType: map, map: {key: {logicalType: string}}";
        for (with, without, words) in [
            (
                items,
                "logicalType: array",
                "the elements of field `orders.x`",
            ),
            (
                map,
                "logicalType: map",
                "the keys and values of field `orders.x`",
            ),
            (map, only_key, "the values of field `orders.x`"),
        ] {
            let gone = changes(with, without);
            assert_eq!(gone.len(), 1, "{gone:?}");
            assert_eq!(gone[0].kind.id, "field-removed");
            assert_eq!(
                gone[0].message,
                format!("{words} are not described any more")
            );
            assert_eq!(gone[0].impacts, crate::Impact::Major.into());
            let new = changes(without, with);
            assert_eq!(new.len(), 1, "{new:?}");
            assert_eq!(new[0].kind.id, "field-added");
            assert_eq!(new[0].message, format!("{words} are described now"));
            assert_eq!(new[0].impacts, crate::Impact::Minor.into());
        }
    }

    #[test]
    fn parts_go_and_come_with_the_type_of_their_field() {
        let items = "logicalType: array, items: {logicalType: string}";
        let by_physical = "physicalType: 'array<string>', items: {physicalType: string}";
        for (old, new) in [
            (items, "logicalType: string"),
            (by_physical, "physicalType: string"),
        ] {
            for found in [changes(old, new), changes(new, old)] {
                assert!(
                    found
                        .iter()
                        .all(|change| change.element.as_deref() == Some("orders.x")),
                    "{old} and {new}: {found:?}"
                );
            }
        }
    }

    #[test]
    fn a_deprecated_field_is_gone_all_the_same() {
        let yaml =
            "schema: [{name: orders, properties: [{name: a}, {name: b, deprecated: true}]}]\n";
        let found = contract(yaml, "schema: [{name: orders, properties: [{name: a}]}]\n");
        assert_eq!(
            found[0].message,
            "field `orders.b`, which was deprecated, was removed"
        );
        assert_eq!(found[0].impacts, crate::Impact::Major.into());
    }

    #[test]
    fn a_field_that_moves_is_gone_here_and_new_there() {
        let yaml = |orders: &str, lines: &str| {
            format!(
                "schema: [{{name: orders, properties: [{{name: a}}{orders}]}}, \
                 {{name: lines, properties: [{{name: b}}{lines}]}}]\n"
            )
        };
        let moved = ", {id: p, name: price}";
        let found = contract(&yaml(moved, ""), &yaml("", moved));
        let told: Vec<_> = found
            .iter()
            .map(|c| (c.kind.id, c.message.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("field-removed", "field `orders.price` was removed"),
                ("field-added", "field `lines.price` was added")
            ]
        );
    }
}
