use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::enumeration::{self, Outcome, Values, words};
use crate::impact::{Impact, Impacts};
use crate::pair::Pair;
use crate::quote::quoted;

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "enum-value-added",
    group: Group::Values,
    impacts: Impacts::all(Impact::Major),
    summary: "A field may have a value that it could not have.",
    why: "a reader that handles the listed values meets one that it does not know",
    help: "tag the field `extensible` in a major version, and readers will expect values to come",
    docs: "\
The values of a field are those of `enum`, or, as contracts listed them before ODCS 3.2, of a quality
check with the metric `invalidValues` and `validValues` among its arguments, of a custom property
`enum`, `validValues` or `allowedValues`, or of the physical type (`enum('a', 'b')`). To move a list
from one of these places to another changes nothing. Where there are several lists, the first of them
counts. A list that is gone adds every other value; a value that another one replaces is another one.

If the field said before that values may come, it is minor: with the tag `extensible` or `open-enum`, or
the custom property `extensible: true`. To say so of a field that has a list is as grave as to add the
first value, and to say so together with a new value makes that no less grave: readers have to hear of it
before. To say it no more is [enum-value-removed](enum-value-removed.md).",
    reverse: &["enum-value-removed", "enum-value-added", "needs-review"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: status
        logicalType: string
        enum:
          - value: open
          - value: paid
",
        "\
schema:
  - name: orders
    properties:
      - name: status
        logicalType: string
        enum:
          - value: open
          - value: paid
          - value: returned
",
    ),
    on: &[
        On::Added(Entity::EnumValue),
        On::Removed(Entity::EnumValue),
        On::Keys(Entity::EnumValue, &["value"]),
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
        On::Keys(Entity::Quality, &["arguments", "validValues"]),
        On::Keys(Entity::Field, &["enum", "physicalType", "tags"]),
    ],
    judge,
};

const MINOR: Impacts = Impacts::all(Impact::Minor);

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(field) = enumeration::field(pair) else {
        return;
    };
    let subject = field.subject();
    if pair.entity == Entity::EnumValue
        && pair.has_changed("value")
        && !pair.is_added()
        && !pair.is_removed()
    {
        if let (Some(old), Some(new)) = pair.text("value").split() {
            let message = if old == new {
                format!("value {} of {subject} is of another type", quoted(old))
            } else {
                format!("value {} of {subject} is {} now", quoted(old), quoted(new))
            };
            let change = found.at("value", message);
            change.because("a reader that handles the value does not know the one in its place");
        }
        return;
    }
    if let Some(difference) = enumeration::difference(pair, found) {
        // What is said now does not help those who read before it was.
        let is_expected = Values::of(field, found).extensible.old;
        let message = match &difference.outcome {
            Outcome::Values { added, .. } if !added.is_empty() => {
                Some(format!("{subject} may be {} now", words(added, "or")))
            }
            Outcome::Vanished(values) => Some(format!(
                "{subject} may have any value now; it was {}",
                words(values, "or")
            )),
            _ => None,
        };
        match message {
            Some(message) => {
                let change = found.at(difference.key, message);
                if is_expected {
                    change
                        .impact_of(MINOR)
                        .because("readers were told that values may come");
                }
            }
            None => found.accounts_for(&[difference.key]),
        }
    }
    opened(pair, field, found);
}

/// A list that was complete, and is not any more.
fn opened(pair: &Pair<'_>, field: &Pair<'_>, found: &mut Found<'_>) {
    let is_property = pair.is_custom(enumeration::EXTENSIBLE);
    let is_tag = pair.entity == Entity::Field && pair.has_changed("tags");
    if !is_property && !is_tag {
        return;
    }
    let values = Values::of(field, found);
    let extensible = values.extensible;
    let key = match pair.entity {
        Entity::Field => "tags",
        _ if pair.is_added() || pair.is_removed() => "",
        _ => "value",
    };
    if extensible.differ() && values.stay_listed() {
        if extensible.old {
            return;
        }
        let message = format!("{} may get more values from now on", field.subject());
        found
            .at(key, message)
            .because("a reader that handles the listed values has to expect others");
    } else if is_property {
        found.accounts_for(&[key]);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::field;

    const SAME: &[&str] =
        &["key-order-or-comments none: the files differ, and the documents do not"];
    const AB: &str = "enum: [{value: a}, {value: b}]";
    const CHECK: &str =
        "quality: [{metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0}]";
    const PROPERTY: &str = "customProperties: [{property: allowedValues, value: [a, b]}]";

    #[test]
    fn values_come_and_go_wherever_they_are_listed() {
        let physical = "physicalType: \"enum('a','b')\"";
        for (old, new) in [
            (AB, "enum: [{value: a}, {value: c}, {value: b}]"),
            (
                CHECK,
                "quality: [{metric: invalidValues, arguments: {validValues: [a, b, c]}, mustBe: 0}]",
            ),
            (
                PROPERTY,
                "customProperties: [{property: allowedValues, value: \"a, b, c\"}]",
            ),
            (PROPERTY, "enum: [{value: a}, {value: b}, {value: c}]"),
            (physical, "physicalType: \"ENUM('a', 'b', 'c')\""),
            ("enum: [a, b]", "enum: [b, a, c]"),
        ] {
            let added = ["enum-value-added major: field `t.x` may be `c` now"];
            assert_eq!(field("[]", old, new), added, "{old} {new}");
            let removed = ["enum-value-removed minor: field `t.x` is never `c` any more"];
            assert_eq!(field("[]", new, old), removed, "{new} {old}");
        }
        for (old, new) in [
            (AB, "enum: [{value: b}, {value: a}]"),
            (
                PROPERTY,
                "customProperties: [{property: allowed_values, value: [b, a]}]",
            ),
            (PROPERTY, AB),
            (AB, PROPERTY),
            (physical, "physicalType: \"enum('b','a')\""),
        ] {
            assert_eq!(field("[]", old, new), SAME, "{old} {new}");
        }
    }

    #[test]
    fn a_list_that_comes_or_goes_is_told_of_once() {
        for list in [AB, PROPERTY] {
            let old = "description: d";
            let appeared = ["enum-value-removed minor: field `t.x` is only `a` or `b` from now on"];
            assert_eq!(field("[]", old, &format!("{old}, {list}")), appeared);
            let vanished =
                ["enum-value-added major: field `t.x` may have any value now; it was `a` or `b`"];
            assert_eq!(field("[]", &format!("{old}, {list}"), old), vanished);
        }
    }

    #[test]
    fn values_may_come_where_readers_were_told_so() {
        let with = |values: &str, more: &str| format!("enum: [{values}]{more}");
        let (old, new) = ("{value: a}", "{value: a}, {value: b}");
        let property = ", customProperties: [{property: extensible, value: true}]";
        let minor = ["enum-value-added minor: field `t.x` may be `b` now"];
        for more in [", tags: [extensible]", ", tags: [Open-Enum]", property] {
            assert_eq!(
                field("[]", &with(old, more), &with(new, more)),
                minor,
                "{more}"
            );
        }
        let opened = "enum-value-added major: field `t.x` may get more values from now on";
        let added = "enum-value-added major: field `t.x` may be `b` now";
        for more in [", tags: [extensible]", property] {
            assert_eq!(field("[]", &with(old, ""), &with(old, more)), [opened]);
            let mut both = field("[]", &with(old, ""), &with(new, more));
            both.sort();
            assert_eq!(both, [added, opened], "{more}");
        }
        assert_eq!(
            field("[]", &with(old, property), &with(old, "")),
            ["enum-value-removed minor: field `t.x` gets no more values from now on"]
        );
    }

    #[test]
    fn what_cannot_be_told_needs_review() {
        let two = format!("{AB}, {PROPERTY}");
        let apart = format!("{AB}, customProperties: [{{property: allowedValues, value: [a]}}]");
        let found = field("[]", &two, &apart);
        assert!(found[0].starts_with("needs-review"), "{found:?}");
        let renamed = field(
            "[]",
            "enum: [{id: i, value: a}]",
            "enum: [{id: i, value: b}]",
        );
        assert_eq!(
            renamed,
            ["enum-value-added major: value `a` of field `t.x` is `b` now"]
        );
    }

    #[test]
    fn a_check_is_compared_by_its_values_where_they_are_all_that_changed() {
        let check = |arguments: &str| {
            format!("quality: [{{metric: invalidValues, mustBe: 0, arguments: {{{arguments}}}}}]")
        };
        let old = check("validValues: [a, b]");
        let more = field("[]", &old, &check("validValues: [a, b, c], pattern: p"));
        assert_eq!(more, ["enum-value-added major: field `t.x` may be `c` now"]);
        let fewer = field("[]", &old, &check("validValues: [a], pattern: p"));
        assert!(fewer[0].starts_with("needs-review"), "{fewer:?}");
    }

    #[test]
    fn a_number_is_not_the_text_that_looks_like_it() {
        let found = field("[]", "enum: [{value: 1}]", "enum: [{value: \"1\"}]");
        assert_eq!(
            found,
            ["enum-value-added major: value `1` of field `t.x` is of another type"]
        );
    }

    #[test]
    fn long_lists_are_compared_in_no_time() {
        let list = |from: u32| {
            let values: Vec<_> = (from..from + 1_000)
                .map(|value| format!("{{value: v{value}}}"))
                .collect();
            format!("enum: [{}]", values.join(", "))
        };
        assert_eq!(
            field(
                "[]",
                "description: d",
                &format!("description: d, {}", list(0))
            )
            .len(),
            1
        );
        assert_eq!(field("[]", &list(0), &list(1_000)).len(), 2_000);
    }
}
