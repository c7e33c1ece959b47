use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::names;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "physical-name-changed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "An object or a field is stored under another name.",
    why: "a query that names what is stored fails",
    help: "keep the old name as a view or an alias, or serve the change under a new major version",
    docs: "\
What is compared is the name in the system that stores the data: `physicalName`, or `name` where
there is none. Writing out a `physicalName` that is equal to the name changes nothing. If the name
itself changed, the object or field is [renamed](field-renamed.md), and that is all that is
reported.

Two names that differ in upper and lower case alone need review: whether a query still finds the
name depends on the system, and on the quotes around it.",
    reverse: &["physical-name-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    physicalName: orders_v1
    physicalType: table
",
        "\
schema:
  - name: orders
    physicalName: orders_v2
    physicalType: table
",
    ),
    on: &[
        On::Keys(Entity::Object, PHYSICAL_NAME),
        On::Keys(Entity::Field, PHYSICAL_NAME),
    ],
    judge,
};

const PHYSICAL_NAME: &[&str] = &["physicalName"];

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(stored) = names::stored(pair) else {
        return;
    };
    // What has another name is told of as renamed.
    if pair.has_changed("name") {
        return;
    }
    let (old, new) = stored.split();
    if old == new {
        found.accounts_for(PHYSICAL_NAME);
        return;
    }
    let message = format!(
        "the physical name of {} went from {} to {}",
        pair.subject(),
        quoted(old),
        quoted(new)
    );
    let change = found.at("physicalName", message);
    if old.to_lowercase() == new.to_lowercase() {
        change.impact_of(Impact::Review).because(
            "a query finds it only where upper and lower case do not matter, and mesh does not know whether \
             they do",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::contract;

    /// Kinds and messages of what is reported when a field goes from `old` to `new`.
    fn told(old: &str, new: &str) -> Vec<(&'static str, String)> {
        let yaml = |field: &str| {
            format!("schema:\n  - name: orders\n    properties:\n      - {{id: f, {field}}}\n")
        };
        let changes = contract(&yaml(old), &yaml(new)).into_iter();
        changes
            .map(|change| (change.kind.id, change.message))
            .collect()
    }

    #[test]
    fn a_name_and_what_it_is_stored_as_are_one_change() {
        let kinds = |old, new| -> Vec<_> { told(old, new).into_iter().map(|(id, _)| id).collect() };
        let same = ["key-order-or-comments"];
        assert_eq!(kinds("name: a", "name: a, physicalName: a"), same);
        assert_eq!(
            kinds("name: a, physicalName: a", "name: a, physicalName: ''"),
            same
        );
        for (old, new, expected) in [
            (
                "name: a",
                "name: a, physicalName: b",
                "physical-name-changed",
            ),
            (
                "name: a, physicalName: b",
                "name: a",
                "physical-name-changed",
            ),
            (
                "name: a, physicalName: x",
                "name: b, physicalName: x",
                "field-renamed",
            ),
            ("name: a, physicalName: b", "name: b", "field-renamed"),
            ("name: a", "name: b, physicalName: a", "field-renamed"),
            (
                "name: a, physicalName: x",
                "name: b, physicalName: y",
                "field-renamed",
            ),
            ("name: a", "name: a, physicalName: [b]", "needs-review"),
        ] {
            assert_eq!(kinds(old, new), [expected], "{old} to {new}");
        }
    }

    #[test]
    fn a_renamed_field_says_what_it_is_stored_as() {
        let message = |old, new| told(old, new).remove(0).1;
        assert_eq!(
            message("name: a, physicalName: x", "name: b, physicalName: y"),
            "field `orders.a` is called `b` now, and is stored as `y` in place of `x`"
        );
        assert_eq!(
            message("name: a", "name: b"),
            "field `orders.a` is called `b` now"
        );
    }

    #[test]
    fn names_that_differ_in_case_alone_need_review() {
        let yaml = |name| format!("schema: [{{name: orders, physicalName: {name}}}]\n");
        let changes = contract(&yaml("ORDERS"), &yaml("orders"));
        assert_eq!(changes[0].impacts.read, crate::Impact::Review);
        let changes = contract(&yaml("ORDERS"), &yaml("order"));
        assert_eq!(changes[0].impacts.read, crate::Impact::Major);
    }
}
