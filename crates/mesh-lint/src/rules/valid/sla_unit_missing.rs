use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;
use serde_json::Value;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

/// The service levels whose value is an amount of something, each with a unit it may be given in.
const AMOUNTS: [(&str, &str); 7] = [
    ("frequency", "d"),
    ("latency", "h"),
    ("retention", "d"),
    ("throughput", "rows/s"),
    ("timeToDetect", "h"),
    ("timeToNotify", "h"),
    ("timeToRepair", "h"),
];

pub(crate) static RULE: Rule = Rule {
    id: "sla-unit-missing",
    group: Group::Valid,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A service level that is an amount has a unit.",
    docs: "\
A retention of 3 may be three days or three years. Nobody can rely on such a promise, no tool can
monitor it, and whoever guesses may delete what was to be kept. The schema leaves `unit` optional,
since some service levels need none.

mesh looks at `latency`, `frequency`, `retention`, `throughput`, `timeToDetect`, `timeToNotify` and
`timeToRepair` whose value is a bare number. A date, a time of day or a text such as `24 hours` or
`P3Y` speaks for itself, and so does a percentage: `availability` and `errorRate` are left alone.",
    fails: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: years
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    for (index, sla) in contract.model.sla_properties.iter().enumerate() {
        let property = sla.property.as_deref().unwrap_or_default().trim();
        let known = AMOUNTS
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(property));
        let (Some((_, unit)), Some(value)) = (known, sla.value.as_ref().and_then(amount)) else {
            continue;
        };
        let has_unit = sla
            .unit
            .as_deref()
            .is_some_and(|unit| !unit.trim().is_empty());
        let pointer = format!("/slaProperties/{index}");
        if has_unit || !is_missing(contract.document, &format!("{pointer}/unit")) {
            continue;
        }
        findings
            .at(
                contract.document,
                format!("{pointer}/value"),
                format!("the `{property}` of {value} has no unit"),
            )
            .help(format!("add `unit:`, as in `unit: {unit}`"));
    }
}

/// A value that is a number and nothing else, as a message shows it.
fn amount(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => {
            let text = text.trim();
            let is_number = text.starts_with(|c: char| c.is_ascii_digit())
                && text.parse::<f64>().is_ok_and(f64::is_finite);
            is_number.then(|| text.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(sla: &str) -> usize {
        let yaml = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nslaProperties: [{{{sla}}}]\n"
        );
        let document = Document::parse("c.odcs.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        findings.into_inner().len()
    }

    #[test]
    fn only_a_bare_amount_needs_a_unit() {
        for sla in [
            "property: retention, value: 3",
            "property: Latency, value: 0.5",
            "property: frequency, value: '24'",
            "property: timeToRepair, value: 4, unit: ''",
        ] {
            assert_eq!(found(sla), 1, "{sla}");
        }
        for sla in [
            "property: retention, value: 3, unit: d",
            "property: retention, value: P3Y",
            "property: retention, value: 3 years",
            "property: frequency, value: daily",
            "property: availability, value: 99.5",
            "property: generalAvailability, value: '2026-03-01'",
            "property: timeOfAvailability, value: 09:00-08:00",
            "property: rowsPerDay, value: 100",
            "property: retention",
            // A schema violation, and a key that is there.
            "property: retention, value: 3, unit: 4",
            "property: retention, value: 3, unti: d",
        ] {
            assert_eq!(found(sla), 0, "{sla}");
        }
    }
}
