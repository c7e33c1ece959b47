use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::keys::{self, Difference};
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "primary-key-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "An object has another primary key.",
    why: "joins and updates by the old key meet several records, or miss some",
    help: "add an object with the new key beside the old one, or serve the change under a new major version",
    docs: "\
The primary key says what one record stands for. mesh compares the key of each object as a whole:
which fields it has, and in which order `primaryKeyPosition` puts them. It reports one change for
the object, whatever its fields say one by one.

The same key is the same fields in the same order: the positions 10 and 20 say what 1 and 2 say, and
the position in a key of one field says nothing. A field that was [renamed](field-renamed.md) is
still the same field. Properties of an object field can be part of the key; those of an array's
elements are a key of the elements.

A key where there was none is a new promise: minor, and major under the profile `replay`. An order
where there was none is minor. Positions that give no order, because one is missing or there twice,
need review.",
    reverse: &["primary-key-changed"],
    example: Example::contract(
        "\
schema:
  - name: order_lines
    properties:
      - name: order_id
        logicalType: string
        primaryKey: true
      - name: line
        logicalType: integer
",
        "\
schema:
  - name: order_lines
    properties:
      - name: order_id
        logicalType: string
        primaryKey: true
        primaryKeyPosition: 1
      - name: line
        logicalType: integer
        primaryKey: true
        primaryKeyPosition: 2
",
    ),
    on: &[
        On::Added(Entity::Field),
        On::Removed(Entity::Field),
        On::Keys(Entity::Field, &["primaryKey", "primaryKeyPosition"]),
    ],
    judge,
};

const MISLED: &str =
    "whoever builds one value from the key, or looks up by its first field, finds something else";

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some((owner, key)) = keys::changed(pair, keys::PRIMARY, found) else {
        return;
    };
    let subject = owner.subject();
    let Both { old, new } = &key.fields;
    let message = match key.difference {
        Difference::Same | Difference::Unknown => return,
        Difference::Added => format!("{subject} has a primary key now: {new}"),
        Difference::Removed => format!("{subject} has no primary key any more; it was {old}"),
        Difference::Fields => format!("the primary key of {subject} went from {old} to {new}"),
        Difference::Order => {
            format!("the order of the primary key of {subject} went from {old} to {new}")
        }
        Difference::OrderSaid => format!("the primary key of {subject} has an order now: {new}"),
        Difference::OrderUnsaid => {
            format!("the primary key of {subject} has no order any more; it was {old}")
        }
    };
    let change = found.around(owner, message);
    match key.difference {
        Difference::Added => {
            change
                .impact_of(Impacts::all(Impact::Minor).replay(Impact::Major))
                .because("readers gain a promise; what was written before may not keep it");
        }
        Difference::OrderSaid => {
            change
                .impact_of(Impact::Minor)
                .because("readers gain a promise");
        }
        Difference::Order | Difference::OrderUnsaid => {
            change.because(MISLED);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::contract;
    use crate::{Change, Impact, Profile};

    /// What is reported when the fields of an object, each on a line, go from `old` to `new`.
    fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
        let yaml = |fields: &[&str]| {
            let fields: String = fields
                .iter()
                .map(|f| format!("      - {{{f}}}\n"))
                .collect();
            format!("schema:\n  - name: orders\n    properties:\n{fields}")
        };
        contract(&yaml(old), &yaml(new))
    }

    fn told(old: &[&str], new: &[&str]) -> Vec<(&'static str, String)> {
        let changes = changes(old, new).into_iter();
        changes
            .map(|change| (change.kind.id, change.message))
            .collect()
    }

    const A: &str = "id: a, name: a, primaryKey: true, primaryKeyPosition: 1";
    const B: &str = "id: b, name: b, primaryKey: true, primaryKeyPosition: 2";

    #[test]
    fn a_key_is_told_of_once() {
        let second_first = [
            "id: a, name: a, primaryKey: true, primaryKeyPosition: 2",
            "id: b, name: b, primaryKey: true, primaryKeyPosition: 1",
        ];
        assert_eq!(
            told(&[A, B], &second_first),
            [(
                "primary-key-changed",
                "the order of the primary key of object `orders` went from `a` and `b` to `b` and `a`"
                    .to_owned()
            )]
        );
        assert_eq!(
            told(&[A, B], &["id: a, name: a", "id: b, name: b"]),
            [(
                "primary-key-changed",
                "object `orders` has no primary key any more; it was `a` and `b`".to_owned()
            )]
        );
    }

    #[test]
    fn it_is_told_of_the_object() {
        let found = changes(&[A, "name: b"], &[A, B]);
        let change = &found[0];
        assert_eq!(change.path, "/schema[name=orders]");
        assert_eq!(change.element.as_deref(), Some("orders"));
        assert_eq!(change.key, None);
    }

    #[test]
    fn a_key_where_there_was_none_is_a_promise() {
        let found = changes(
            &["name: a"],
            &["name: a, primaryKey: true, primaryKeyPosition: 1"],
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].impact(Profile::Read), Impact::Minor);
        assert_eq!(found[0].impact(Profile::Replay), Impact::Major);
    }

    #[test]
    fn fields_of_the_key_that_are_new_or_gone_change_it() {
        let kinds = |old: &[&str], new: &[&str]| -> Vec<_> {
            told(old, new).into_iter().map(|(kind, _)| kind).collect()
        };
        assert_eq!(
            kinds(&[A, B], &[A]),
            ["field-removed", "primary-key-changed"]
        );
        assert_eq!(kinds(&[A], &[A, B]), ["primary-key-changed", "field-added"]);
        assert_eq!(kinds(&[A], &[A, "name: c"]), ["field-added"]);
        let nested =
            "name: where, logicalType: object, properties: [{name: site, primaryKey: true}]";
        assert_eq!(
            told(&[A], &[A, nested])[0].1,
            "the primary key of object `orders` went from `a` to `a` and `where.site`"
        );
    }

    #[test]
    fn the_same_key_may_be_written_otherwise() {
        let same = ["key-order-or-comments"];
        let kinds = |old: &[&str], new: &[&str]| -> Vec<_> {
            told(old, new).into_iter().map(|(kind, _)| kind).collect()
        };
        assert_eq!(kinds(&[A], &["id: a, name: a, primaryKey: true"]), same);
        let tens = [
            "id: a, name: a, primaryKey: true, primaryKeyPosition: 10",
            "id: b, name: b, primaryKey: true, primaryKeyPosition: 20",
        ];
        assert_eq!(kinds(&[A, B], &tens), same);
        // Renamed, it is still the same field.
        let renamed = "id: a, name: z, primaryKey: true, primaryKeyPosition: 7";
        assert_eq!(kinds(&[A], &[renamed]), ["field-renamed"]);
    }

    #[test]
    fn what_cannot_be_compared_needs_review() {
        for (old, new) in [
            (
                A,
                "id: a, name: a, primaryKey: true, primaryKeyPosition: first",
            ),
            ("name: a", "name: a, primaryKey: 'yes'"),
            ("name: a", "name: a, primaryKeyPosition: 1"),
            (
                "name: a, logicalType: array, items: {logicalType: string}",
                "name: a, logicalType: array, items: {logicalType: string, primaryKey: true}",
            ),
        ] {
            let found = told(&[old], &[new]);
            assert!(
                found.iter().all(|(kind, _)| *kind == "needs-review") && !found.is_empty(),
                "{old} to {new}: {found:?}"
            );
        }
    }

    #[test]
    fn the_elements_of_an_array_have_a_key_of_their_own() {
        let lines = |flag: &str| {
            format!(
                "name: lines, logicalType: array, items: {{logicalType: object, properties: [{{name: no{flag}}}]}}"
            )
        };
        let (old, new) = (lines(""), lines(", primaryKey: true"));
        assert_eq!(
            told(&[A, &old], &[A, &new]),
            [(
                "primary-key-changed",
                "field `orders.lines[]` has a primary key now: `no`".to_owned()
            )]
        );
    }

    #[test]
    fn a_key_of_one_field_is_unique_by_itself() {
        let kinds = |old: &str, new: &str| -> Vec<_> {
            told(&[old], &[new])
                .into_iter()
                .map(|(kind, _)| kind)
                .collect()
        };
        let same = ["key-order-or-comments"];
        assert_eq!(
            kinds(
                "name: a, primaryKey: true",
                "name: a, primaryKey: true, unique: true"
            ),
            same
        );
        assert_eq!(
            kinds(
                "name: a, primaryKey: true, unique: true",
                "name: a, primaryKey: true"
            ),
            same
        );
        assert_eq!(
            kinds("name: a, unique: true", "name: a, primaryKey: true"),
            ["primary-key-changed"]
        );
        let composite = |extra: &str| format!("name: b, primaryKey: true{extra}");
        let found = told(&[A, &composite(", unique: true")], &[A, &composite("")]);
        assert_eq!(found[0].0, "unique-removed");
    }
}
