use std::cmp::Ordering;

use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::facts::sensitivity;
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "classification-raised",
    group: Group::Security,
    impacts: Impacts::all(Impact::Major),
    summary: "The data is classified as more sensitive than before.",
    why: "readers need to be approved again, and must protect the data better",
    help: "tell every reader before, and serve the change under a new major version",
    docs: "\
Labels are compared in the order `public`, `internal`, `confidential`, `restricted`, with those that the
mesh has agreed on under `vocabularies.classifications` in `mesh.yaml` beside them. Of several labels,
the most sensitive one counts. What has no label of its own has that of what it belongs to: the custom
property `classification` of a contract or an object holds for all fields that say nothing.

What was not classified at all is raised by any label, and it is minor if that is `public`. Labels that
mesh does not know need review where they change.",
    reverse: &["classification-lowered"],
    example: Example::contract(
        "\
schema:
  - name: customers
    properties:
      - name: email
        classification: internal
",
        "\
schema:
  - name: customers
    properties:
      - name: email
        classification: restricted
",
    ),
    on: sensitivity::ON,
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        sensitivity::report(pair, found, Ordering::Greater);
    },
};

#[cfg(test)]
mod tests {
    use crate::facts::briefly;
    use crate::testing::{contract, product};

    fn custom(label: &str) -> String {
        format!("customProperties: [{{vendor: mesh, property: classification, value: {label}}}]\n")
    }

    #[test]
    fn labels_are_compared_by_what_they_mean() {
        for (old, new, expected) in [
            (
                "classification: internal",
                "classification: Internal",
                "key-order-or-comments none",
            ),
            (
                "classification: internal",
                "classification: [internal, public]",
                "key-order-or-comments none",
            ),
            (
                "classification: restricted",
                "classification: internal",
                "classification-lowered minor",
            ),
            (
                "",
                "classification: internal",
                "classification-raised major",
            ),
            ("", "classification: public", "classification-raised minor"),
            (
                "classification: internal",
                "",
                "classification-lowered minor",
            ),
            (
                "classification: C1",
                "classification: C2",
                "needs-review review",
            ),
            ("", "classification: C2", "needs-review review"),
        ] {
            let with = |rest: &str| {
                format!("schema:\n  - name: o\n    properties: [{{name: f, {rest}}}]\n")
            };
            let found = briefly(&contract(&with(old), &with(new)));
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }

    #[test]
    fn a_label_holds_for_what_has_none_of_its_own() {
        let with = |field: &str| {
            custom("internal")
                + &format!("schema:\n  - name: o\n    properties: [{{name: f, {field}}}]\n")
        };
        let label = "classification: internal";
        let found = briefly(&contract(&with(""), &with(label)));
        assert_eq!(found, ["key-order-or-comments none"]);
    }

    #[test]
    fn contracts_and_products_have_a_label_too() {
        let (low, high) = (custom("public"), custom("confidential"));
        assert_eq!(
            briefly(&contract(&low, &high)),
            ["classification-raised major"]
        );
        assert_eq!(
            briefly(&product(&high, &low)),
            ["classification-lowered minor"]
        );
        assert_eq!(
            briefly(&product("", &high)),
            ["classification-raised major"]
        );
        assert_eq!(
            briefly(&product(&high, "")),
            ["classification-lowered minor"]
        );
    }
}
