use crate::change::{ChangeKind, Found, Group};
use crate::example::Example;
use crate::facts::personal::{self, Marking};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "personal-tag-added",
    group: Group::Security,
    impacts: Impacts::all(Impact::Major),
    summary: "Data is marked as personal.",
    why: "readers have duties by law that they did not have",
    help: "tell every reader before, and serve the change under a new major version",
    docs: "\
Marks are tags such as `personal`, `pii` or `gdpr` on a product, a port, a contract, an object or a
field, such words in the `classification` of a field, and custom properties such as `pii: true`. Tags
that deny it (`non-personal`, `synthetic`) count as a promise: one that is gone makes the data personal
as far as readers know.

It is minor where another mark is added to one that was there. Other spellings of a mark are the same.",
    reverse: &["personal-tag-removed", "personal-tag-added"],
    example: Example::contract(
        "\
schema:
  - name: customers
    properties:
      - name: email
        logicalType: string
",
        "\
schema:
  - name: customers
    properties:
      - name: email
        logicalType: string
        tags: [pii]
",
    ),
    on: personal::ON,
    judge: |pair: &Pair<'_>, found: &mut Found<'_>| {
        personal::report(pair, found, |marking| match marking {
            Marking::Added(impact) => Some(impact),
            Marking::Removed | Marking::Same => None,
        });
    },
};

#[cfg(test)]
mod tests {
    use crate::facts::briefly;
    use crate::testing::{contract, product};

    fn custom(name: &str, value: &str) -> String {
        format!("customProperties: [{{property: {name}, value: {value}}}]\n")
    }

    #[test]
    fn marks_are_found_wherever_they_stand() {
        for (old, new, expected) in [
            ("", "tags: [pii]", "personal-tag-added major"),
            ("tags: [pii]", "", "personal-tag-removed minor"),
            (
                "tags: [pii]",
                "tags: [pii, gdpr]",
                "personal-tag-added minor",
            ),
            ("tags: [PII]", "tags: [pii]", "key-order-or-comments none"),
            ("tags: [synthetic]", "", "personal-tag-added major"),
            ("", "tags: [non-personal]", "personal-tag-removed minor"),
            (
                "classification: x",
                "classification: PII",
                "personal-tag-added major",
            ),
        ] {
            let with = |rest: &str| {
                format!("schema:\n  - name: o\n    properties: [{{name: f, {rest}}}]\n")
            };
            let found = briefly(&contract(&with(old), &with(new)));
            assert_eq!(found, [expected], "{old} > {new}");
        }
    }

    #[test]
    fn custom_properties_mark_as_well() {
        let (yes, no) = (custom("pii", "true"), custom("pii", "false"));
        assert_eq!(briefly(&contract("", &yes)), ["personal-tag-added major"]);
        assert_eq!(briefly(&product(&no, &yes)), ["personal-tag-added major"]);
        assert_eq!(briefly(&product(&yes, &no)), ["personal-tag-removed minor"]);
        assert_eq!(briefly(&contract(&yes, "")), ["personal-tag-removed minor"]);
        assert_eq!(briefly(&contract("", &no)), ["personal-tag-removed minor"]);
        let (a, b) = (custom("owner", "a"), custom("owner", "b"));
        assert_eq!(briefly(&contract(&a, &b)), ["needs-review review"]);
    }
}
