use mesh_diagnostics::Level;
use mesh_spec::model::odcs::{LogicalType, SchemaProperty};
use mesh_spec::terms::words::words;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::physical_type::{Kind, Systems};
use crate::facts::{are_sound, fields, words as wording};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "datetime-format-undeclared",
    group: Group::Interoperable,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "A date that is kept as text says how it is written.",
    docs: "\
`02.03.26` is a day in March, in February, or in 2002, depending on who reads it. A text sorts,
compares and joins as a date only if everybody knows how it is written, and only then can anyone
check it.

mesh looks at texts whose names end like those of dates and times: `…_date`, `…_datetime`,
`…_timestamp`, `…_dt`, `…_ts`, `…_at`, `start_time`, `date_of_…`. Give them the `logicalType` that
they have, `date` or `timestamp`; if they must stay texts, set `format` in `logicalTypeOptions`,
best to a form of ISO 8601 such as `yyyy-MM-dd`, or a `pattern`. mesh reports each object once.",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality: [{metric: duplicateValues, mustBe: 0}]
      - name: order_date
        logicalType: string
        description: Day on which the customer placed the order.
        classification: internal
        examples: [2.3.26]
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        logicalType: string
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality: [{metric: duplicateValues, mustBe: 0}]
      - name: order_date
        logicalType: string
        logicalTypeOptions: {format: yyyy-MM-dd}
        description: Day on which the customer placed the order.
        classification: internal
        examples: [\"2026-03-02\"]
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let systems = Systems::of(contract);
    for object in fields::objects(contract.model) {
        let mut bare = object.select(|place| {
            place.name().is_some_and(is_named_like_a_date)
                && is_text(place.model, &systems)
                && !says_format(place.model)
        });
        let judged = ["logicalType", "logicalTypeOptions", "physicalType"];
        bare.retain(|field| are_sound(contract.document, &field.pointer, &judged));
        let Some(first) = bare.first() else {
            continue;
        };
        let (noun, verb) = match bare.len() {
            1 => ("date", "is"),
            _ => ("dates", "are"),
        };
        findings
            .at(
                contract.document,
                format!("{}/logicalTypeOptions/format", first.pointer),
                format!(
                    "{} {noun} of `{}` {verb} kept as text without a format: {}",
                    bare.len(),
                    object.name(),
                    wording::listed(bare.iter().map(|field| field.path.as_str())),
                ),
            )
            .help(
                "use the `logicalType` `date` or `timestamp`, or add `logicalTypeOptions:` with a \
                 `format:` such as `yyyy-MM-dd`",
            );
    }
}

/// Whether a field is a text, in the contract and in the system that stores it.
fn is_text(field: &SchemaProperty, systems: &Systems) -> bool {
    let physical = field.physical_type.as_deref();
    let may_be_day = |physical| systems.may_be(physical, &[Kind::Date, Kind::Timestamp]);
    match field.logical_type {
        Some(LogicalType::String) => !physical.is_some_and(may_be_day),
        Some(_) => false,
        None => physical.and_then(|physical| systems.kind(physical)) == Some(Kind::Text),
    }
}

fn says_format(field: &SchemaProperty) -> bool {
    let is_given = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
    field
        .logical_type_options
        .as_ref()
        .is_some_and(|options| is_given(&options.format) || is_given(&options.pattern))
}

/// Whether a name is that of a date or a moment. A `time` alone may be a length of time.
fn is_named_like_a_date(name: &str) -> bool {
    const LAST: [&str; 7] = [
        "date",
        "datetime",
        "timestamp",
        "dt",
        "ts",
        "birthdate",
        "birthday",
    ];
    const BEFORE_TIME: [&str; 8] = [
        "start",
        "end",
        "begin",
        "event",
        "arrival",
        "departure",
        "date",
        "created",
    ];
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let is = |word: &str| last.eq_ignore_ascii_case(word);
    let follows = |list: &[&str]| {
        before
            .last()
            .is_some_and(|word| list.iter().any(|other| word.eq_ignore_ascii_case(other)))
    };
    LAST.iter().any(|word| is(word))
        || is("at") && before.last().is_some_and(|word| is_participle(word))
        || is("time") && follows(&BEFORE_TIME)
        || words.len() > 2
            && words[0].eq_ignore_ascii_case("date")
            && words[1].eq_ignore_ascii_case("of")
}

/// Whether a word says that something was done: `created`, `sent`, but not `look`.
fn is_participle(word: &str) -> bool {
    const IRREGULAR: [&str; 12] = [
        "sent", "paid", "made", "begun", "built", "sold", "bought", "read", "seen", "set", "taken",
        "written",
    ];
    let ends_in_ed = word.len() > 3
        && word
            .get(word.len() - 2..)
            .is_some_and(|end| end.eq_ignore_ascii_case("ed"));
    ends_in_ed
        || IRREGULAR
            .iter()
            .any(|other| word.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_dates_are_told_from_others() {
        for name in [
            "order_date",
            "orderDate",
            "ORDER_DATE",
            "date",
            "created_at",
            "sentAt",
            "txn_ref_dt",
            "load_ts",
            "start_time",
            "event_datetime",
            "date_of_birth",
            "timestamp",
        ] {
            assert!(is_named_like_a_date(name), "{name}");
        }
        for name in [
            "candidate",
            "update",
            "date_format",
            "date_range",
            "lead_time",
            "time",
            "look_at",
            "at",
            "data",
            "format",
            "prts",
            "öat",
            "",
        ] {
            assert!(!is_named_like_a_date(name), "{name}");
        }
    }

    #[test]
    fn a_text_is_one_in_the_contract_or_in_the_system() {
        let field = |logical: Option<LogicalType>, physical: Option<&str>| SchemaProperty {
            logical_type: logical,
            physical_type: physical.map(str::to_owned),
            ..SchemaProperty::default()
        };
        let is_text = |field: &SchemaProperty| is_text(field, &Systems::unknown());
        assert!(is_text(&field(Some(LogicalType::String), None)));
        assert!(is_text(&field(None, Some("varchar(10)"))));
        assert!(!is_text(&field(Some(LogicalType::String), Some("date"))));
        assert!(!is_text(&field(
            Some(LogicalType::Date),
            Some("varchar(10)")
        )));
        assert!(!is_text(&field(None, None)));
    }
}
