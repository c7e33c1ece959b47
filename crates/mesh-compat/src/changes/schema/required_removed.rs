use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::{names, presence};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "required-removed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "A field that always had a value may be empty.",
    why: "a reader that relies on a value meets nulls",
    help: "keep filling the field, or serve the change under a new major version",
    docs: "\
`required: true` promises a value in every record. Readers join on it, cast it and sum it without
looking for nulls, so taking the promise back breaks them the first time a value is missing. A field
that does not say whether it is required is not. The elements of an array and the values of a map
are fields as well.

A property of an object field is required by itself, or by the `required` of the object's
`logicalTypeOptions`: as long as one of the two says so, nothing changed.",
    reverse: &["required-added"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        required: true
",
        "\
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
",
    ),
    on: &[
        On::Keys(Entity::Field, REQUIRED),
        On::Keys(Entity::Options, REQUIRED),
    ],
    judge,
};

const REQUIRED: &[&str] = &["required"];

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.entity == Entity::Options {
        return of_object(pair, found);
    }
    let flag = pair.flag("required");
    if !flag.old || flag.new || !pair.is_flag("required") {
        return;
    }
    if presence::is_required(pair, found).new {
        found.accounts_for(REQUIRED);
    } else {
        let message = format!("{} is not required any more", pair.subject());
        found.at("required", message);
    }
}

/// The properties that the constraints of an object field do not require any more.
fn of_object(options: &Pair<'_>, found: &mut Found<'_>) {
    if !options.is_list_of_scalars("required") {
        return;
    }
    let dropped = presence::dropped(options);
    if let Some(owner) = options.owner
        && !dropped.names.is_empty()
    {
        let are = if dropped.names.len() == 1 {
            "is"
        } else {
            "are"
        };
        let names = names::listed(dropped.names);
        found.at(
            "required",
            format!("{names} of {} {are} not required any more", owner.subject()),
        );
    } else if dropped.differ {
        found.accounts_for(REQUIRED);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::contract;

    /// What is told when the field `at`, an object with the property `street`, goes from `old` to `new`:
    /// what its constraints require, and what the property says.
    fn told(old: (&str, &str), new: (&str, &str)) -> Vec<(&'static str, String)> {
        let yaml = |(required, field): (&str, &str)| {
            format!(
                "schema: [{{name: orders, properties: [{{name: at, logicalType: object, \
                 logicalTypeOptions: {{{required}}}, properties: [{{name: zip}}, {{id: s{field}}}]}}]}}]\n"
            )
        };
        let changes = contract(&yaml(old), &yaml(new)).into_iter();
        changes
            .map(|change| (change.kind.id, change.message))
            .collect()
    }

    const STREET: &str = ", name: street";
    const SELF: &str = ", name: street, required: true";

    #[test]
    fn an_object_can_require_its_properties() {
        let removed = |text: &str| [("required-removed", text.to_owned())];
        let added = |text: &str| [("required-added", text.to_owned())];
        let listed = ("required: [street]", STREET);
        let other = ("required: [zip]", STREET);
        let both = ("required: [zip, street]", STREET);
        assert_eq!(
            told(both, other),
            removed("`street` of field `orders.at` is not required any more")
        );
        assert_eq!(
            told(both, ("", STREET)),
            removed("`zip` and `street` of field `orders.at` are not required any more")
        );
        assert_eq!(
            told(("", STREET), both),
            added("`zip` and `street` of field `orders.at` are required now")
        );
        assert_eq!(
            told(other, both),
            added("`street` of field `orders.at` is required now")
        );
        let found = told(listed, other);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            told(("required: [city]", STREET), ("", STREET)),
            removed("`city` of field `orders.at` is not required any more")
        );
    }

    #[test]
    fn required_is_required_wherever_it_is_written() {
        let same = |old, new| {
            let found = told(old, new);
            assert_eq!(found.len(), 1, "{old:?} to {new:?}: {found:?}");
            assert_eq!(found[0].0, "key-order-or-comments", "{old:?} to {new:?}");
        };
        let listed = "required: [street]";
        for (one, other) in [
            ((listed, STREET), ("", SELF)),
            ((listed, SELF), ("", SELF)),
            ((listed, SELF), (listed, STREET)),
            (
                ("required: [zip, street]", STREET),
                ("required: [street, zip]", STREET),
            ),
        ] {
            same(one, other);
            same(other, one);
        }
    }

    #[test]
    fn what_happens_to_a_property_that_is_gone_or_renamed_is_told_of_it() {
        let kinds = |old, new| -> Vec<_> { told(old, new).into_iter().map(|(id, _)| id).collect() };
        let both = ("required: [zip, street]", STREET);
        let renamed = ("required: [zip, road]", ", name: road");
        assert_eq!(kinds(both, renamed), ["field-renamed"]);
        let gone = ("required: [zip]", "x, name: other");
        assert_eq!(kinds(both, gone), ["field-removed", "field-added"]);
    }

    #[test]
    fn what_cannot_be_read_needs_review() {
        let kinds = |old, new| -> Vec<_> { told(old, new).into_iter().map(|(id, _)| id).collect() };
        assert_eq!(
            kinds(("", STREET), ("", ", name: street, required: 'yes'")),
            ["needs-review"]
        );
        assert_eq!(
            kinds(
                ("required: [zip]", STREET),
                ("required: {zip: true}", STREET)
            ),
            ["needs-review"]
        );
    }

    #[test]
    fn elements_of_arrays_and_values_of_maps_are_fields() {
        let kinds = |key: &str| -> Vec<_> {
            let yaml = |required| {
                let part = format!("{{logicalType: string, required: {required}}}");
                let parts = key.replace("PART", &part);
                format!("schema: [{{name: orders, properties: [{{name: x, {parts}}}]}}]\n")
            };
            let changes = contract(&yaml(true), &yaml(false)).into_iter();
            changes
                .map(|change| (change.kind.id, change.element.unwrap_or_default()))
                .collect()
        };
        assert_eq!(
            kinds("logicalType: array, items: PART"),
            [("required-removed", "orders.x[]".to_owned())]
        );
        assert_eq!(
            kinds("logicalType: map, map: {key: {logicalType: string}, value: PART}"),
            [("required-removed", "orders.x{value}".to_owned())]
        );
    }
}
