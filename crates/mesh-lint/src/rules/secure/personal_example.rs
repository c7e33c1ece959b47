use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;
use serde_json::Value;

use crate::example::{Example, Excerpt};
use crate::facts::fields::Place;
use crate::facts::{fields, sample};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "personal-example",
    group: Group::Secure,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "Examples are made up, not taken from people.",
    docs: "\
An example is quickly copied from the first row of the table. A contract is published for everyone
and kept for good, and with it the address, the number or the account of whoever was in that row.

mesh looks at `examples` and `enum` of each field for e-mail addresses, IBANs and payment cards with
right check digits, and in fields that are named after them for telephone and social security
numbers. It lets pass what is made up in the usual ways: domains that are reserved or obviously not
meant (`example.com`, `.example`, `.test`, `.invalid`), offices such as `info@`, telephone numbers
that are set aside for films and documentation (`555-0100`, `+44 7700 900…`, `+49 30 23125…`), cards
and accounts for tests, digits in a row, and values that hide part of themselves. mesh never prints
what it found.",
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
      - name: ordered_by
        logicalType: string
        description: Who placed the order.
        classification: internal
        examples: [petra.kessler@orders.internal]
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
      - name: ordered_by
        logicalType: string
        description: Who placed the order.
        classification: internal
        examples: [petra.kessler@pharma.example]
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for object in fields::objects(contract.model) {
        object.each(|place| check_field(contract, place, findings));
    }
}

fn check_field(contract: ContractRef<'_>, place: &Place<'_, '_>, findings: &mut Findings<'_>) {
    let name = place.name().unwrap_or_default();
    let examples = place.model.examples.iter().enumerate();
    let examples = examples.map(|(index, value)| (Some(value), "examples", index));
    let allowed = place.model.r#enum.iter().enumerate();
    let allowed = allowed.map(|(index, entry)| (entry.value.as_ref(), "enum", index));
    let mut found = examples
        .chain(allowed)
        .filter_map(|(value, key, index)| Some((personal_in(name, value?)?, key, index)));
    let Some((what, key, index)) = found.next() else {
        return;
    };
    let more = match found.count() {
        0 => String::new(),
        1 => ", and so does another".to_owned(),
        more => format!(", and so do {more} others"),
    };
    let (which, tail) = match key {
        "enum" => ("an allowed value", "/value"),
        _ => ("an example", ""),
    };
    findings
        .at(
            contract.document,
            format!("{}/{key}/{index}{tail}", place.pointer()),
            format!(
                "{which} of `{}` holds {what} that may be a real person's{more}",
                place.path()
            ),
        )
        .help("make one up, such as `ada@example.com` or `+1 212 555 0100`, and remove this one from the history");
}

/// What a value, or anything in it, may give away.
fn personal_in(name: &str, value: &Value) -> Option<&'static str> {
    match value {
        Value::String(text) => sample::personal(name, text),
        Value::Array(items) => items.iter().find_map(|item| personal_in(name, item)),
        Value::Object(entries) => entries
            .iter()
            .find_map(|(key, value)| personal_in(key, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_looked_through_to_its_last_part() {
        let personal = "petra.kessler@posteo.de";
        for (value, expected) in [
            (json!(personal), true),
            (json!([{"contact": {"note": personal}}]), true),
            (json!({"phone": "+41 44 726 18 39"}), true),
            (json!({"size": "+41 44 726 18 39"}), false),
            (json!({"contact": "petra@example.com"}), false),
            (json!(41_447_261_839_u64), false),
            (json!(null), false),
        ] {
            assert_eq!(personal_in("note", &value).is_some(), expected, "{value}");
        }
    }
}
