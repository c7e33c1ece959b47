use mesh_diagnostics::Level;
use mesh_spec::model::odcs::{LogicalType, SchemaProperty};
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::physical_type::{Kind, Systems};
use crate::facts::{fields, is_missing, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "logical-type-missing",
    group: Group::SelfDescribing,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Every field has a logical type.",
    docs: "\
Is `quantity` a number or a text, and may it be summed? `physicalType` answers for one database, in
its own words; `logicalType` answers for everyone, and is what tools generate code, tests and tables
from. Without it a promise about a field is one about its name.

mesh looks at every named field, nested ones included, and reports each object once. Fields whose
structure is given (`properties`, `items`, `map`) are left alone. Write `logicalType: string`,
`integer`, `number`, `boolean`, `date`, `timestamp`, `time`, `object`, `array`, `map` or `vector`.",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders
    description: Confirmed orders.
    dataGranularityDescription: One row per order.
    properties:
      - name: order_id
        physicalType: varchar(20)
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
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
        physicalType: varchar(20)
        description: Identifies the order across systems.
        primaryKey: true
        classification: internal
        examples: [O-1000017]
        quality:
          - metric: duplicateValues
            mustBe: 0
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for object in fields::objects(contract.model) {
        let mut bare = object.select_named(|place| is_untyped(place.model));
        bare.retain(|field| {
            is_missing(contract.document, &format!("{}/logicalType", field.pointer))
        });
        let Some(first) = bare.first() else {
            continue;
        };
        let names = words::listed(bare.iter().map(|field| field.path.as_str()));
        let (name, all) = (object.name(), object.count_named());
        let verb = if bare.len() == 1 { "has" } else { "have" };
        let message = format!(
            "{} of {all} fields of `{name}` {verb} no logical type: {names}",
            bare.len()
        );
        findings
            .at(
                contract.document,
                format!("{}/logicalType", first.pointer),
                message,
            )
            .help(match likely(first.model, &Systems::of(contract)) {
                Some(likely) => format!(
                    "add `logicalType:`; of `{}` it is probably `{}`",
                    first.path,
                    likely.as_str()
                ),
                None => "add `logicalType:`, such as `string` or `number`".to_owned(),
            });
    }
}

/// Whether nothing says what kind of value a field holds.
fn is_untyped(field: &SchemaProperty) -> bool {
    field.logical_type.is_none()
        && field.properties.is_empty()
        && field.items.is_none()
        && field.map.is_none()
}

/// The logical type that goes with the physical one.
fn likely(field: &SchemaProperty, systems: &Systems) -> Option<LogicalType> {
    Some(match systems.kind(field.physical_type.as_deref()?)? {
        Kind::Text => LogicalType::String,
        Kind::Integer => LogicalType::Integer,
        Kind::Decimal | Kind::Float => LogicalType::Number,
        Kind::Boolean => LogicalType::Boolean,
        Kind::Date => LogicalType::Date,
        Kind::Timestamp => LogicalType::Timestamp,
        Kind::Binary => return None,
    })
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;
    use crate::engine::Options;

    fn found(version: &str, properties: &str) -> Vec<String> {
        let text = format!(
            "apiVersion: {version}\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema: [{{name: o, properties: [{properties}]}}]\n"
        );
        let document = Document::parse("c.odcs.yaml", text.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let message = |found: mesh_diagnostics::Diagnostic| found.message;
        findings.into_inner().into_iter().map(message).collect()
    }

    #[test]
    fn an_object_is_reported_once_with_its_nested_fields() {
        let properties = "{name: a}, {name: b, logicalType: object, properties: [{name: c}, {name: d, logicalType: string}]}";
        for version in ["v3.0.2", "v3.1.0", "v3.2.0"] {
            assert_eq!(
                found(version, properties),
                ["2 of 4 fields of `o` have no logical type: a, b.c"],
                "{version}"
            );
        }
    }

    #[test]
    fn what_the_schema_objects_to_is_not_missed() {
        for properties in [
            "{name: a, logicalTyp: string}",
            "{name: a, logicalType: strnig}",
            "{name: a, logicalType: {x: y}}",
        ] {
            assert_eq!(
                found("v3.2.0", properties),
                Vec::<String>::new(),
                "{properties}"
            );
        }
    }
}
