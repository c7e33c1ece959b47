use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::joins;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "relationship-removed",
    group: Group::Schema,
    impacts: Impacts::all(Impact::Major),
    summary: "Fields do not refer to others any more, or to others than before.",
    why: "a join that was promised may find no match",
    help: "keep the reference intact, or serve the change under a new major version",
    docs: "\
A relationship promises that every value is found where it leads. mesh compares which fields refer
to which, wherever that is written: with the field or with the object, by names (`customers.id`) or
by identifiers (`schema/customers/properties/id`), and in any order of the fields of one reference.
A relationship that leads elsewhere is reported here alone.

Where a field at one of its ends is gone from the contract, that [field](field-removed.md) is
reported, and not what went with it.",
    reverse: &["relationship-added", "relationship-removed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: customer_id
        logicalType: string
        relationships:
          - to: customers.id
  - name: customers
    properties:
      - name: id
        logicalType: string
",
        "\
schema:
  - name: orders
    properties:
      - name: customer_id
        logicalType: string
  - name: customers
    properties:
      - name: id
        logicalType: string
",
    ),
    on: &[
        On::Removed(Entity::Relationship),
        On::Keys(Entity::Relationship, ENDS),
    ],
    judge,
};

const ENDS: &[&str] = &["from", "to"];

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(fate) = joins::fate(pair, found) else {
        if pair.is_removed() {
            found.whole(format!("{} was removed", pair.subject()));
        }
        return;
    };
    let course = fate
        .joins
        .map(|join| join.map_or_else(String::new, |join| join.course()));
    match (pair.is_removed(), fate.is_lost) {
        (true, true) => {
            found.whole(format!("the relationship {} was removed", course.old));
        }
        // It is written elsewhere, or went with one of its fields.
        (true, false) => found.accounts_for(&[""]),
        (false, true) => {
            let key = ENDS.iter().find(|key| pair.has_changed(key));
            let message = format!(
                "the relationship {} was removed; it leads {} now",
                course.old, course.new
            );
            found.at(key.unwrap_or(&"to"), message);
            found.accounts_for(ENDS);
        }
        // What is new is told of by `relationship-added`.
        (false, false) => found.accounts_for(ENDS),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::contract;

    /// Kinds of change between two sets of objects, as flow mappings without braces.
    fn kinds(old: &[&str], new: &[&str]) -> Vec<&'static str> {
        let yaml = |objects: &[&str]| {
            let objects: String = objects.iter().map(|o| format!("  - {{{o}}}\n")).collect();
            format!("schema:\n{objects}")
        };
        let changes = contract(&yaml(old), &yaml(new)).into_iter();
        changes.map(|change| change.kind.id).collect()
    }

    const CUSTOMERS: &str =
        "id: c, name: customers, properties: [{id: i, name: id}, {name: country}]";
    const PLAIN: &str =
        "id: o, name: orders, properties: [{id: cu, name: customer}, {name: country}]";
    const OF_FIELD: &str = "id: o, name: orders, properties: [{id: cu, name: customer, relationships: \
         [{to: customers.id}]}, {name: country}]";
    const SAME: [&str; 1] = ["key-order-or-comments"];

    fn of_object(from: &str, to: &str) -> String {
        format!("{PLAIN}, relationships: [{{from: {from}, to: {to}}}]")
    }

    #[test]
    fn it_is_the_same_wherever_and_however_it_is_written() {
        for (from, to) in [
            ("orders.customer", "customers.id"),
            ("[orders.customer]", "[customers.id]"),
            ("schema/o/properties/cu", "/schema/c/properties/i"),
        ] {
            let object = of_object(from, to);
            assert_eq!(
                kinds(&[OF_FIELD, CUSTOMERS], &[&object, CUSTOMERS]),
                SAME,
                "{from}"
            );
            assert_eq!(
                kinds(&[&object, CUSTOMERS], &[OF_FIELD, CUSTOMERS]),
                SAME,
                "{from}"
            );
        }
        let one = of_object(
            "[orders.customer, orders.country]",
            "[customers.id, customers.country]",
        );
        let other = of_object(
            "[orders.country, orders.customer]",
            "[customers.country, customers.id]",
        );
        let crossed = of_object(
            "[orders.country, orders.customer]",
            "[customers.id, customers.country]",
        );
        assert_eq!(kinds(&[&one, CUSTOMERS], &[&other, CUSTOMERS]), SAME);
        assert_eq!(
            kinds(&[&one, CUSTOMERS], &[&crossed, CUSTOMERS]),
            ["relationship-removed"]
        );
    }

    #[test]
    fn it_may_lead_elsewhere() {
        let elsewhere = OF_FIELD.replace("customers.id", "customers.country");
        let found = kinds(&[OF_FIELD, CUSTOMERS], &[&elsewhere, CUSTOMERS]);
        assert_eq!(found, ["relationship-removed", "relationship-added"]);
        let with_id = |to: &str| {
            OF_FIELD
                .replace("{to:", "{id: r, to:")
                .replace("customers.id", to)
        };
        let (old, new) = (with_id("customers.id"), with_id("customers.country"));
        assert_eq!(
            kinds(&[&old, CUSTOMERS], &[&new, CUSTOMERS]),
            ["relationship-removed"]
        );
        let external = OF_FIELD.replace("customers.id", "other.yaml#schema/x/properties/y");
        assert_eq!(
            kinds(&[&external, CUSTOMERS], &[PLAIN, CUSTOMERS]),
            ["relationship-removed"]
        );
    }

    #[test]
    fn it_goes_and_comes_with_its_fields() {
        let renamed = CUSTOMERS.replace("name: id", "name: number");
        let follows = OF_FIELD.replace("customers.id", "customers.number");
        assert_eq!(
            kinds(&[OF_FIELD, CUSTOMERS], &[&follows, &renamed]),
            ["field-renamed"]
        );
        assert_eq!(kinds(&[OF_FIELD, CUSTOMERS], &[PLAIN]), ["object-removed"]);
        assert_eq!(kinds(&[PLAIN], &[OF_FIELD, CUSTOMERS]), ["object-added"]);
        // A reference that leads nowhere has no field that could be gone.
        assert_eq!(kinds(&[OF_FIELD], &[PLAIN]), ["relationship-removed"]);
        assert_eq!(kinds(&[PLAIN], &[OF_FIELD]), ["relationship-added"]);
    }

    #[test]
    fn a_relationship_that_does_not_say_where_it_leads_is_still_told_of() {
        let broken = PLAIN.replace("name: customer", "name: customer, relationships: [{id: r}]");
        assert_eq!(
            kinds(&[&broken, CUSTOMERS], &[PLAIN, CUSTOMERS]),
            ["relationship-removed"]
        );
        assert_eq!(
            kinds(&[PLAIN, CUSTOMERS], &[&broken, CUSTOMERS]),
            ["relationship-added"]
        );
        let mended = OF_FIELD.replace("{to:", "{id: r, to:");
        assert_eq!(
            kinds(&[&broken, CUSTOMERS], &[&mended, CUSTOMERS]),
            ["needs-review"]
        );
    }
}
