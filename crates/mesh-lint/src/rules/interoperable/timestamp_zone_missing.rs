use mesh_diagnostics::Level;
use mesh_spec::model::odcs::{LogicalType, SchemaProperty};
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::physical_type::{Kind, Systems};
use crate::facts::{are_sound, fields, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "timestamp-zone-missing",
    group: Group::Interoperable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Every timestamp says which time zone it is in.",
    docs: "\
`2026-03-01 09:30` is a different moment in Basel and in Boston. Two products that each assume their
own zone join events that were hours apart, and nobody sees it until the clocks change.

A timestamp says its zone by `logicalTypeOptions`: `timezone: true` where the values carry one,
`defaultTimezone` where they do not, or a `format` with a zone. A physical type that holds moments
says it as well: `timestamptz`, `timestamp with time zone`, `datetimeoffset`, the `timestamp-millis`
of Avro, the `timestamp` of BigQuery, Databricks and MySQL. mesh reports each object once.",
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
      - name: ordered_at
        logicalType: timestamp
        physicalType: timestamp
        description: When the customer placed the order.
        classification: internal
        examples: [\"2026-03-01T09:30:00\"]
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
      - name: ordered_at
        logicalType: timestamp
        logicalTypeOptions: {timezone: false, defaultTimezone: Europe/Zurich}
        physicalType: timestamp
        description: When the customer placed the order.
        classification: internal
        examples: [\"2026-03-01T09:30:00\"]
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let systems = Systems::of(contract);
    for object in fields::objects(contract.model) {
        let mut bare = object.select(|place| {
            is_timestamp(place.model, &systems) && !says_zone(place.model, &systems)
        });
        let judged = ["logicalType", "logicalTypeOptions", "physicalType"];
        bare.retain(|field| are_sound(contract.document, &field.pointer, &judged));
        let Some(first) = bare.first() else {
            continue;
        };
        let (noun, verb) = match bare.len() {
            1 => ("timestamp", "does"),
            _ => ("timestamps", "do"),
        };
        findings
            .at(
                contract.document,
                format!("{}/logicalTypeOptions/timezone", first.pointer),
                format!(
                    "{} {noun} of `{}` {verb} not say in which time zone: {}",
                    bare.len(),
                    object.name(),
                    words::listed(bare.iter().map(|field| field.path.as_str())),
                ),
            )
            .help(
                "add `logicalTypeOptions:` with `timezone: true` if the values carry a zone, else \
                 with `defaultTimezone:`",
            );
    }
}

fn is_timestamp(field: &SchemaProperty, systems: &Systems) -> bool {
    let by_physical_type = || {
        let physical = field.physical_type.as_deref();
        physical.and_then(|physical| systems.kind(physical)) == Some(Kind::Timestamp)
    };
    field.logical_type.map_or_else(by_physical_type, |logical| {
        logical == LogicalType::Timestamp
    })
}

fn says_zone(field: &SchemaProperty, systems: &Systems) -> bool {
    let by_options = field.logical_type_options.as_ref().is_some_and(|options| {
        options.timezone == Some(true)
            || options
                .default_timezone
                .as_deref()
                .is_some_and(|zone| !zone.trim().is_empty())
            || options.format.as_deref().is_some_and(has_zone)
    });
    by_options
        || field
            .physical_type
            .as_deref()
            .is_some_and(|physical| systems.is_moment(physical))
}

/// Whether a format such as `yyyy-MM-dd HH:mm:ssXXX` or `%Y-%m-%dT%H:%M:%S%z` has a place for a zone,
/// or is the name of one that has. What is quoted is text, but for the `Z` that says UTC.
fn has_zone(format: &str) -> bool {
    let is_rfc3339 = |word: &str| {
        [
            "iso8601",
            "iso 8601",
            "iso-8601",
            "rfc3339",
            "rfc 3339",
            "date-time",
        ]
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name))
    };
    if is_rfc3339(format.trim()) || format.contains("'Z'") {
        return true;
    }
    let unquoted = format.split('\'').step_by(2);
    unquoted
        .into_iter()
        .any(|part| part.contains(['Z', 'z', 'X', 'x', 'O', 'V']))
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn is_reported(version: &str, server: &str, field: &str) -> bool {
        let yaml = format!(
            "apiVersion: {version}\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n\
             servers: [{{server: s, type: {server}, project: p, dataset: d}}]\n\
             schema: [{{name: o, properties: [{{name: f, {field}}}]}}]\n"
        );
        let document = Document::parse("a.odcs.yaml", yaml.into_bytes(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        !findings.into_inner().is_empty()
    }

    #[test]
    fn a_zone_is_said_in_many_ways() {
        for (field, expected) in [
            ("logicalType: timestamp", true),
            (
                "logicalType: timestamp, logicalTypeOptions: {timezone: false}",
                true,
            ),
            (
                "logicalType: timestamp, logicalTypeOptions: {timezone: true}",
                false,
            ),
            (
                "logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Etc/UTC}",
                false,
            ),
            (
                "logicalType: timestamp, logicalTypeOptions: {format: 'yyyy-MM-dd HH:mm:ss'}",
                true,
            ),
            (
                "logicalType: timestamp, logicalTypeOptions: {format: 'yyyy-MM-dd HH:mm:ssZ'}",
                false,
            ),
            (
                "logicalType: timestamp, logicalTypeOptions: {format: \"yyyy-MM-dd'T'HH:mm:ss'Z'\"}",
                false,
            ),
            (
                "logicalType: timestamp, logicalTypeOptions: {format: \"yyyy'xz'MM\"}",
                true,
            ),
            (
                "logicalType: timestamp, physicalType: timestamp(6) with time zone",
                false,
            ),
            (
                "logicalType: timestamp, physicalType: timestamp(6) without time zone",
                true,
            ),
            ("logicalType: timestamp, physicalType: TIMESTAMP_NTZ", true),
            (
                "logicalType: timestamp, physicalType: TIMESTAMPTZ(3)",
                false,
            ),
            ("logicalType: timestamp, physicalType: TIMESTAMPLTZ", false),
            ("logicalType: timestamp, physicalType: timestamp_ltz", false),
            (
                "logicalType: timestamp, physicalType: timestamp-millis",
                false,
            ),
            ("physicalType: datetime2", true),
            ("physicalType: datetimeoffset", false),
            ("physicalType: varchar(20)", false),
            ("logicalType: time", false),
            ("logicalType: date, physicalType: timestamp", false),
            ("logicalType: array, items: {logicalType: timestamp}", true),
            // What the schema objects to is its finding alone.
            ("logicalType: timestmap, physicalType: timestamp", false),
            (
                "logicalType: timestamp, logicalTypeOptions: {timezoen: true}",
                false,
            ),
        ] {
            assert_eq!(is_reported("v3.2.0", "custom", field), expected, "{field}");
        }
    }

    #[test]
    fn what_a_plain_timestamp_is_depends_on_the_system_and_the_version() {
        let field = "logicalType: timestamp, physicalType: TIMESTAMP";
        assert!(!is_reported("v3.1.0", "bigquery", field));
        assert!(!is_reported("v3.1.0", "mysql", field));
        assert!(is_reported("v3.1.0", "postgres", field));
        assert!(is_reported("v3.1.0", "custom", field));
        // In SQL Server, it is a number of the row.
        let field = "physicalType: timestamp";
        assert!(is_reported("v3.1.0", "custom", field));
        assert!(!is_reported("v3.1.0", "sqlserver", field));
        assert!(!is_reported(
            "v3.0.2",
            "custom",
            "logicalType: date, physicalType: TIMESTAMP"
        ));
    }
}
