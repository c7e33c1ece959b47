use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::model::odcs::LogicalType;
use mesh_spec::terms::words::words;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{fields, words as wording};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "name-type-suffix",
    group: Group::Interoperable,
    level: Level::Info,
    preset: Preset::Strict,
    fix: None,
    summary: "A field is of the type that its name promises.",
    docs: "\
People read names before types. `changed_at` that holds yes or no, or `is_active` that holds `Y`, is
compared with the wrong thing in every second query.

mesh looks at names that end in `_at`, `_timestamp` or `_ts` (`timestamp`), in `_date` (`date`), in
`_flag` or begin with `is_` or `has_` (`boolean`), and at names that end in `_count` (`integer`),
`_amount` or `_quantity` (`number`), in whatever way they are written. It compares them with
`logicalType`, if there is one. Dates and times that are kept as texts are for
`datetime-format-undeclared` alone. Before ODCS v3.1.0, where timestamps are of type `date`, either
will do. mesh reports each object once.",
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
      - name: changed_at
        logicalType: boolean
        description: Whether the order was changed after it was confirmed.
        classification: internal
        examples: [true]
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
      - name: is_changed
        logicalType: boolean
        description: Whether the order was changed after it was confirmed.
        classification: internal
        examples: [true]
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let has_timestamps = has_timestamps(contract.document);
    for object in fields::objects(contract.model) {
        let mut wrong: Vec<(String, String)> = Vec::new();
        object.each(|place| {
            let (Some(name), Some(own)) = (&place.model.name, place.model.logical_type) else {
                return;
            };
            if let Some(promised) = promised(name).filter(|p| !fits(own, *p, has_timestamps)) {
                let text = format!(
                    "{} ({}, not {})",
                    place.path(),
                    own.as_str(),
                    promised.as_str()
                );
                wrong.push((text, format!("{}/logicalType", place.pointer())));
            }
        });
        let Some((_, first)) = wrong.first() else {
            continue;
        };
        let (noun, verb, whose) = match wrong.len() {
            1 => ("field", "is", "its name promises"),
            _ => ("fields", "are", "their names promise"),
        };
        findings
            .at(
                contract.document,
                first.as_str(),
                format!(
                    "{} {noun} of `{}` {verb} of another type than {whose}: {}",
                    wrong.len(),
                    object.name(),
                    wording::listed(wrong.iter().map(|(text, _)| text.as_str())),
                ),
            )
            .help("rename the field, or give it the type that the name promises");
    }
}

/// The type that a name promises.
fn promised(name: &str) -> Option<LogicalType> {
    let words = words(name);
    let (last, before) = words.split_last()?;
    let first = before.first()?;
    if ["is", "has"]
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word))
    {
        return Some(LogicalType::Boolean);
    }
    let types = [
        ("at", LogicalType::Timestamp),
        ("timestamp", LogicalType::Timestamp),
        ("ts", LogicalType::Timestamp),
        ("date", LogicalType::Date),
        ("flag", LogicalType::Boolean),
        ("count", LogicalType::Integer),
        ("amount", LogicalType::Number),
        ("quantity", LogicalType::Number),
    ];
    let found = types
        .iter()
        .find(|(word, _)| last.eq_ignore_ascii_case(word));
    found.map(|(_, promised)| *promised)
}

/// Whether a field of type `own` keeps what the name promises, or is judged elsewhere.
fn fits(own: LogicalType, promised: LogicalType, has_timestamps: bool) -> bool {
    use LogicalType::{Array, Date, Integer, Map, Number, Object, String, Timestamp, Vector};
    match (promised, own) {
        // What consists of several values is not what one of them is; texts are judged elsewhere.
        (_, Array | Map | Object | Vector)
        | (Timestamp | Date, String)
        | (Integer | Number, Integer | Number) => true,
        (Timestamp, Date) | (Date, Timestamp) => !has_timestamps,
        _ => own == promised,
    }
}

/// Whether the document's version of the standard tells timestamps from dates.
fn has_timestamps(document: &Document) -> bool {
    let version = document.api_version.map(|version| version.to_string());
    !version.is_some_and(|version| version.starts_with("v3.0."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_promises_a_type_or_nothing() {
        use LogicalType::{Boolean, Date, Integer, Number, Timestamp};
        for (name, expected) in [
            ("changed_at", Some(Timestamp)),
            ("changedAt", Some(Timestamp)),
            ("LOAD_TS", Some(Timestamp)),
            ("order_date", Some(Date)),
            ("is_active", Some(Boolean)),
            ("hasItems", Some(Boolean)),
            ("is_created_at", Some(Boolean)),
            ("active_flag", Some(Boolean)),
            ("line_count", Some(Integer)),
            ("net_amount", Some(Number)),
            ("date", None),
            ("at", None),
            ("issue", None),
            ("island_code", None),
            ("hash", None),
            ("format", None),
            ("candidate", None),
            ("account", None),
            ("", None),
        ] {
            assert_eq!(promised(name), expected, "{name}");
        }
    }

    #[test]
    fn types_that_do_as_well_are_let_be() {
        use LogicalType::{Array, Boolean, Date, Integer, Number, String, Timestamp};
        for (own, promised, has_timestamps, expected) in [
            (Timestamp, Timestamp, true, true),
            (Date, Timestamp, true, false),
            (Date, Timestamp, false, true),
            (Timestamp, Date, true, false),
            (String, Date, true, true),
            (String, Boolean, true, false),
            (Boolean, Timestamp, true, false),
            (Integer, Timestamp, true, false),
            (Number, Integer, true, true),
            (String, Number, true, false),
            (Array, Date, true, true),
        ] {
            assert_eq!(
                fits(own, promised, has_timestamps),
                expected,
                "{own:?} {promised:?}"
            );
        }
    }
}
