use crate::change::{ChangeKind, Found, Group, On};
use crate::entity::Entity;
use crate::example::Example;
use crate::facts::types::field::{self, FieldType, Verdict};
use crate::facts::{options, units};
use crate::impact::{Impact, Impacts};
use crate::pair::{Both, Pair};
use crate::quote::quoted;

const ZONE_KEYS: &[&str] = &["timezone", "defaultTimezone"];

pub(crate) static KIND: ChangeKind = ChangeKind {
    id: "unit-or-timezone-changed",
    group: Group::Values,
    impacts: Impacts::all(Impact::Major),
    summary: "The values of a field are in another unit, currency or time zone.",
    why: "sums and comparisons go wrong without any error",
    help: "add a field in the new unit beside it, with the unit in its name",
    docs: "\
The unit of values is a custom property such as `unit`, `uom`, `unitOfMeasure`, `currency` or `timezone`,
of a field, an object or the whole contract. The time zone of a timestamp is `timezone` and
`defaultTimezone` of `logicalTypeOptions`, where ODCS assumes `Etc/UTC`; and the physical type, where
`timestamp with time zone`, `TIMESTAMP_NTZ` and their like say whether values are moments.

`kg` and `kilogram`, `EUR` and `€`, `UTC` and `Etc/UTC` are the same; symbols keep their case, since `mW`
is not `MW`. A unit that is gone is as grave as another one. One that is said for the first time is
minor, and major under the profile `replay`.",
    reverse: &["unit-or-timezone-changed"],
    example: Example::contract(
        "\
schema:
  - name: orders
    properties:
      - name: weight
        logicalType: number
        customProperties:
          - property: unit
            value: kg
",
        "\
schema:
  - name: orders
    properties:
      - name: weight
        logicalType: number
        customProperties:
          - property: unit
            value: g
",
    ),
    on: &[
        On::Added(Entity::Custom),
        On::Removed(Entity::Custom),
        On::Keys(Entity::Custom, &["value"]),
        On::Keys(Entity::Options, ZONE_KEYS),
        On::Keys(Entity::Field, field::KEYS),
    ],
    judge,
};

/// What a custom property is about: its names, what to call it, and when two values are the same.
type Measure = (
    &'static [&'static str],
    &'static str,
    fn(&str, &str) -> bool,
);

const MEASURES: [Measure; 3] = [
    (
        &[
            "unit",
            "units",
            "uom",
            "unitofmeasure",
            "unitofmeasurement",
            "measurementunit",
            "measureunit",
        ],
        "unit",
        units::are_same_units,
    ),
    (
        &["currency", "currencycode", "currencyunit"],
        "currency",
        units::are_same_currencies,
    ),
    (
        &["timezone", "tz", "timezoneid", "defaulttimezone"],
        "time zone",
        units::are_same_zones,
    ),
];

fn judge(pair: &Pair<'_>, found: &mut Found<'_>) {
    match pair.entity {
        Entity::Custom => property(pair, found),
        Entity::Options => {
            if options::are_of_same_type(pair) {
                zone(pair, found);
            }
        }
        _ => physical_zone(pair, found),
    }
}

fn property(pair: &Pair<'_>, found: &mut Found<'_>) {
    let Some(owner) = pair.owner.filter(|owner| is_about_data(owner.entity)) else {
        return;
    };
    let measure = MEASURES.iter().find(|(names, ..)| pair.is_custom(names));
    let Some((_, noun, are_same)) = measure else {
        return;
    };
    let subject = owner.subject();
    let key = if pair.is_added() || pair.is_removed() {
        ""
    } else {
        "value"
    };
    // Lists and mappings are nothing that can be compared.
    let is_read = Both {
        old: pair.at("value").old.is_some() == pair.text("value").old.is_some(),
        new: pair.at("value").new.is_some() == pair.text("value").new.is_some(),
    };
    if !is_read.old || !is_read.new {
        return;
    }
    match pair.text("value").split() {
        (Some(old), Some(new)) if are_same(old, new) => found.accounts_for(&[key]),
        (Some(old), Some(new)) => {
            found.at(
                key,
                format!(
                    "the {noun} of {subject} went from {} to {}",
                    quoted(old),
                    quoted(new)
                ),
            );
        }
        (None, Some(new)) => {
            found
                .at(
                    key,
                    format!("the {noun} of {subject} is said to be {} now", quoted(new)),
                )
                .impact_of(Impacts::all(Impact::Minor).replay(Impact::Major))
                .because("readers gain a promise; what was written before may not keep it");
        }
        (Some(old), None) => {
            found
                .at(
                    key,
                    format!(
                        "the {noun} of {subject} is not said any more; it was {}",
                        quoted(old)
                    ),
                )
                .because("readers do not know any more what the values measure");
        }
        (None, None) => found.accounts_for(&[key]),
    }
}

fn is_about_data(entity: Entity) -> bool {
    matches!(
        entity,
        Entity::Field | Entity::Object | Entity::Contract | Entity::Product
    )
}

/// The zone of timestamps, by the constraints of the logical type.
fn zone(pair: &Pair<'_>, found: &mut Found<'_>) {
    let subject = options::subject(pair);
    let carries = pair.flag("timezone");
    let is_flag = pair.at("timezone").map(|node| {
        node.is_none_or(|node| matches!(node.value(), mesh_spec::yaml::Value::Bool(_)))
    });
    if !is_flag.old || !is_flag.new {
        return;
    }
    if carries.differ() {
        let is_told =
            options::field_type(pair).is_some_and(|field| field.physical() == Verdict::Rezoned);
        if !is_told {
            let message = if carries.new {
                format!("the values of {subject} carry a time zone now")
            } else {
                format!("the values of {subject} do not carry a time zone any more")
            };
            found.at("timezone", message);
        }
        found.accounts_for(ZONE_KEYS);
        return;
    }
    found.accounts_for(&["timezone"]);
    if !pair.has_changed("defaultTimezone") {
        return;
    }
    let (old, new) = pair.text("defaultTimezone").split();
    match (old, new) {
        (Some(old), Some(new)) if carries.new || units::are_same_zones(old, new) => {
            found.accounts_for(&["defaultTimezone"]);
        }
        (Some(old), Some(new)) => {
            let message = format!(
                "the time zone of {subject} went from {} to {}",
                quoted(old),
                quoted(new)
            );
            found.at("defaultTimezone", message);
        }
        _ => {}
    }
}

/// The zone of timestamps, by the physical type.
fn physical_zone(pair: &Pair<'_>, found: &mut Found<'_>) {
    let field = FieldType::of(pair);
    if field.verdict() != Verdict::Rezoned {
        return;
    }
    let (noun, texts) = field.at_key();
    let message = format!(
        "the {noun} of {} went from {} to {}, which says something else about the time zone",
        pair.subject(),
        quoted(texts.old.unwrap_or_default()),
        quoted(texts.new.unwrap_or_default())
    );
    found.at(field.key(), message);
    found.accounts_for(&field.accounted());
}

#[cfg(test)]
mod tests {
    use crate::testing::field;

    const SAME: &str = "key-order-or-comments none: the files differ, and the documents do not";

    fn one(old: &str, new: &str) -> String {
        let servers = "[{server: p, type: postgres}]";
        let mut found = field(servers, old, new);
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    #[test]
    fn units_are_custom_properties() {
        let unit = |name: &str, value: &str| {
            format!("description: d, customProperties: [{{property: {name}, value: {value}}}]")
        };
        assert_eq!(one(&unit("unit", "kg"), &unit("unit", "kilogram")), SAME);
        assert_eq!(
            one(&unit("currency", "EUR"), &unit("currency", "CHF")),
            "unit-or-timezone-changed major: the currency of field `t.x` went from `EUR` to `CHF`"
        );
        assert_eq!(
            one("description: d", &unit("unitOfMeasure", "kg")),
            "unit-or-timezone-changed minor: the unit of field `t.x` is said to be `kg` now"
        );
        assert_eq!(
            one(&unit("time_zone", "UTC"), "description: d"),
            "unit-or-timezone-changed major: the time zone of field `t.x` is not said any more; it was `UTC`"
        );
        assert!(one(&unit("unit", "[kg]"), &unit("unit", "[g]")).starts_with("needs-review"));
    }

    #[test]
    fn zones_are_those_of_timestamps() {
        let of = |options: &str| {
            format!("logicalType: timestamp, logicalTypeOptions: {{format: HH, {options}}}")
        };
        for (old, new, expected) in [
            ("timezone: false", "defaultTimezone: UTC", SAME),
            (
                "timezone: true",
                "timezone: true, defaultTimezone: Europe/Zurich",
                SAME,
            ),
            (
                "timezone: false",
                "defaultTimezone: Europe/Zurich",
                "unit-or-timezone-changed major: the time zone of field `t.x` went from `Etc/UTC` to `Europe/Zurich`",
            ),
            (
                "timezone: false",
                "timezone: true, defaultTimezone: Europe/Zurich",
                "unit-or-timezone-changed major: the values of field `t.x` carry a time zone now",
            ),
        ] {
            assert_eq!(one(&of(old), &of(new)), expected, "{old} > {new}");
        }
        let of = |physical: &str, zone: &str| {
            format!(
                "logicalType: timestamp, physicalType: {physical}, logicalTypeOptions: {{timezone: {zone}}}"
            )
        };
        assert!(
            one(&of("timestamp", "false"), &of("timestamptz", "true"))
                .contains("the physical type")
        );
    }
}
