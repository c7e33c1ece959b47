use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::Strength;
use crate::facts::promise::{self, Elements, Matter};
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "sla-weakened",
    group: Group::Service,
    impacts: Impacts::all(Impact::Major),
    summary: "A service level promises less than before.",
    why: "readers have built on what was promised",
    help: "keep the promise, or serve the change under a new major version",
    docs: "\
What is more depends on what is promised. Of `latency`, `frequency` (the time between two deliveries),
`errorRate`, `timeToDetect`, `timeToNotify`, `timeToRepair` and `generalAvailability`, less or earlier is
better; of `availability` and `throughput`, more is; a `timeOfAvailability` has to cover the hours that
it covered. The codes of version 2 (`ly`, `fy`, `av`, …) mean the same.

Units are converted first, so `24 h` and `1 d` are the same. Months and years have no one length, so
`30 d` and `1 month` need review. So do other units that differ, cron expressions, and service levels
that mesh does not know. Of a range (`value` and `valueExt`), the end that is worse for readers counts,
then how wide the range is.

A service level that is about fewer elements promises less as well: `orders` covers `orders.amount`, and
a service level without `element` covers everything, or what `slaDefaultElement` says.",
    reverse: &["sla-strengthened", "sla-weakened"],
    example: Example::contract(
        "\
slaProperties:
  - property: latency
    value: 24
    unit: h
",
        "\
slaProperties:
  - property: latency
    value: 2
    unit: d
",
    ),
    on: &[
        On::Keys(Entity::Sla, promise::KEYS),
        On::Keys(Entity::Contract, &["slaDefaultElement"]),
    ],
    judge,
};

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    if pair.entity == Entity::Contract {
        default_element(pair, found, Strength::Weaker);
        return;
    }
    promise::report(pair, found, |judgement| {
        let has_its_own_kind = |matter: Matter| matter == Matter::Retention || matter.is_end();
        judgement.strength == Strength::Weaker && !judgement.matter.is_some_and(has_its_own_kind)
    });
}

/// Reports that service levels without an element are about others than before, if there are any.
pub(super) fn default_element(pair: &Pair<'_>, found: &mut Found<'_>, wanted: Strength) {
    let key = "slaDefaultElement";
    let texts = pair.text(key);
    // What is new or gone is told of by itself.
    let uses = pair
        .at("slaProperties")
        .map(|list| list.is_some_and(|list| list.items().any(|sla| sla.get("element").is_none())));
    let is_used = uses.old && uses.new;
    let elements = Both {
        old: Elements::read(texts.old),
        new: Elements::read(texts.new),
    };
    let strength = promise::covering(&elements);
    if !is_used || strength == Strength::Same {
        found.accounts_for(&[key]);
    } else if strength == wanted {
        found.at(
            key,
            format!(
                "service levels without an element cover {} now, and covered {}",
                elements.new.shown(),
                elements.old.shown()
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::briefly;
    use crate::testing::contract;

    fn found(old: &str, new: &str) -> Vec<String> {
        let list = |items: &str| format!("slaProperties: [{items}]\n");
        briefly(&contract(&list(old), &list(new)))
    }

    #[test]
    fn service_levels_are_compared_by_what_they_mean() {
        for (old, new, expected) in [
            (
                "{property: latency, value: 24, unit: h}",
                "{property: latency, value: 1, unit: d}",
                &["key-order-or-comments none"][..],
            ),
            (
                "{property: ly, value: 24, unit: h}",
                "{property: latency, value: 1, unit: d}",
                &["key-order-or-comments none"],
            ),
            (
                "{property: latency, value: 30, unit: d}",
                "{property: latency, value: 1, unit: month}",
                &["needs-review review", "needs-review review"],
            ),
            (
                "{property: serviceHours, value: 8}",
                "{property: serviceHours, value: 9}",
                &["needs-review review"],
            ),
            (
                "{property: frequency, value: 0 10 * * *, unit: cron}",
                "{property: frequency, value: 0 12 * * *, unit: cron}",
                &["needs-review review"],
            ),
            (
                "{id: a, property: latency, value: 1, unit: d}",
                "{id: a, property: retention, value: 2, unit: d}",
                &["needs-review review", "needs-review review"],
            ),
            (
                "{property: latency, value: 1, unit: d}",
                "{property: latency, value: 1, unit: d, element: orders}",
                &["sla-weakened major"],
            ),
            (
                "{property: latency, value: 1, unit: d, element: 'a, b'}",
                "{property: latency, value: 2, unit: d, element: 'b,c,a'}",
                &["sla-strengthened minor", "sla-weakened major"],
            ),
            (
                "{property: retention, value: 2, unit: y, element: orders}",
                "{property: retention, value: 1, unit: y, element: orders}",
                &["retention-shortened major"],
            ),
            (
                "{property: endOfLife, value: 2030-01-01}",
                "{property: endOfLife, value: 2031-01-01}",
                &["sla-strengthened minor"],
            ),
            (
                "{property: latency, value: 1, unit: d}",
                "{property: latency, unit: d}",
                &["sla-weakened major"],
            ),
        ] {
            assert_eq!(found(old, new), expected, "{old} {new}");
        }
    }

    #[test]
    fn order_does_not_matter_where_several_promise_the_same() {
        let first = "{property: latency, value: 1, unit: d, element: a, driver: analytics}";
        let second = "{property: latency, value: 2, unit: d, element: a, driver: regulatory}";
        let weaker = "{property: latency, value: 3, unit: d, element: a, driver: regulatory}";
        let (third, fourth) = ("{property: ly, value: 4}", "{property: ly, value: 5}");
        for (old, new, expected) in [
            (
                [first, second],
                [second, first],
                "key-order-or-comments none",
            ),
            ([first, second], [weaker, first], "sla-weakened major"),
            (
                [third, fourth],
                [fourth, third],
                "key-order-or-comments none",
            ),
        ] {
            assert_eq!(found(&old.join(", "), &new.join(", ")), [expected]);
        }
        assert_eq!(
            found(&[third, fourth].join(", "), fourth),
            ["sla-removed major"]
        );
    }

    #[test]
    fn the_default_element_matters_where_it_is_used() {
        let with = |default: &str, element: &str| {
            format!(
                "apiVersion: v3.0.2\nslaDefaultElement: {default}\nslaProperties:\n  \
                 - property: latency\n    value: 1\n    unit: d\n{element}"
            )
        };
        let changes = contract(&with("orders", ""), &with("orders.id", ""));
        assert_eq!(briefly(&changes), ["sla-weakened major"]);
        let changes = contract(&with("orders.id", ""), &with("orders", ""));
        assert_eq!(briefly(&changes), ["sla-strengthened minor"]);
        let element = "    element: orders\n";
        let changes = contract(&with("orders", element), &with("orders.id", element));
        assert_eq!(briefly(&changes), ["key-order-or-comments none"]);
    }
}
