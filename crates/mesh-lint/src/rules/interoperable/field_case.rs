use std::collections::HashSet;

use mesh_diagnostics::{Change, Level, Safety};
use mesh_spec::model::odcs::DataContract;
use mesh_spec::vocabulary::FieldCase;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::fields::{self, Object};
use crate::facts::names::{is_written, ways, written_in};
use crate::facts::placeholder::is_placeholder;
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "field-case",
    group: Group::Interoperable,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: Some(Safety::Unsafe),
    summary: "All field names are written in one way.",
    docs: "\
Whoever writes a query guesses names before looking them up. Where `order_date` stands beside
`shipDate`, every guess is wrong half of the time, and generated code needs an exception for each.

The way is the one that the vocabulary `fieldCase` gives: `snake_case`, `camelCase`, `PascalCase`,
`UPPER_CASE` or `kebab-case`. Without it, it is the one in which most fields of the contract are
written, of equals the first of this list. A name of one word may fit several. Names that start
with `@` or `$` belong to a format, and are left alone. mesh reports each object once.

The fix renames the fields in the schema. That breaks whoever uses the old names, so it is never
made unseen: raise the major version, and rename the fields in the data as well.",
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
      - name: salesChannel
        logicalType: string
        description: The way in which the order came in.
        classification: internal
        examples: [web]
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
      - name: sales_channel
        logicalType: string
        description: The way in which the order came in.
        classification: internal
        examples: [web]
",
    )]),
    check: Check::Contract(check),
};

/// A field whose name is written in another way.
struct Odd<'w> {
    name: &'w str,
    path: String,
    pointer: String,
}

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let agreed = findings.vocabularies().field_case;
    let Some(case) = agreed.or_else(|| usual(contract.model)) else {
        return;
    };
    for object in fields::objects(contract.model) {
        let mut total = 0;
        let mut odd = Vec::new();
        each_name(&object, |name, place| {
            total += 1;
            if !is_written(name, case) {
                odd.push(Odd {
                    name,
                    path: place.path(),
                    pointer: format!("{}/name", place.pointer()),
                });
            }
        });
        if let [first, ..] = odd.as_slice() {
            report(contract, &object, (first, &odd), total, case, findings);
        }
    }
}

fn report(
    contract: ContractRef<'_>,
    object: &Object<'_>,
    (first, odd): (&Odd<'_>, &[Odd<'_>]),
    total: usize,
    case: FieldCase,
    findings: &mut Findings<'_>,
) {
    let verb = if odd.len() == 1 { "is" } else { "are" };
    let message = format!(
        "{} of {total} fields of `{}` {verb} not written in {}: {}",
        odd.len(),
        object.name(),
        case.as_str(),
        words::listed(odd.iter().map(|odd| odd.path.as_str())),
    );
    let mut taken = HashSet::new();
    each_name(object, |name, _| {
        taken.insert(name.to_owned());
    });
    // Two fields must not come to share a name.
    let renamed: Vec<Change> = odd
        .iter()
        .map(|odd| (odd, written_in(odd.name, case)))
        .filter(|(_, name)| is_written(name, case) && taken.insert(name.clone()))
        .map(|(odd, name)| Change::set(odd.pointer.as_str(), name))
        .collect();
    let finding = findings
        .at(contract.document, first.pointer.as_str(), message)
        .help(format!(
            "write `{}`, and raise the major version: consumers that use the name have to follow",
            written_in(first.name, case)
        ));
    if !renamed.is_empty() {
        finding.fix(
            contract.document,
            Safety::Unsafe,
            format!(
                "rename the fields of `{}` to {}, which breaks consumers that use the old names",
                object.name(),
                case.as_str()
            ),
            renamed,
        );
    }
}

/// The way in which most names of a contract are written.
fn usual(contract: &DataContract) -> Option<FieldCase> {
    let mut votes = [0_usize; FieldCase::ALL.len()];
    for object in fields::objects(contract) {
        each_name(&object, |name, _| {
            for (votes, fits) in votes.iter_mut().zip(ways(name)) {
                *votes += usize::from(fits);
            }
        });
    }
    let most = votes.iter().copied().max().filter(|most| *most > 0)?;
    let at = votes.iter().position(|votes| *votes == most)?;
    Some(FieldCase::ALL[at])
}

/// Shows `visit` the names that people chose.
fn each_name<'w>(object: &Object<'w>, mut visit: impl FnMut(&'w str, &fields::Place<'_, 'w>)) {
    object.each(|place| {
        if !place.is_field() {
            return;
        }
        let is_chosen = |name: &&str| {
            name.contains(char::is_alphabetic)
                && !name.starts_with(['@', '$'])
                && !is_placeholder(name)
        };
        if let Some(name) = place.model.name.as_deref().filter(is_chosen) {
            visit(name, place);
        }
    });
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn usual_of(names: &[&str]) -> Option<FieldCase> {
        let names: Vec<_> = names
            .iter()
            .map(|name| format!("{{name: '{name}'}}"))
            .collect();
        let yaml = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: a\nschema: [{{name: o, properties: [{}]}}]\n",
            names.join(", ")
        );
        let document = Document::parse("a.odcs.yaml", yaml.into_bytes(), None);
        usual(document.contract().expect("it is a contract"))
    }

    #[test]
    fn the_fix_renames_what_it_can_without_making_two_names_one() {
        let yaml = "\
apiVersion: v3.2.0
kind: DataContract
id: a
schema:
  - name: o
    properties:
      - name: order_id
      - name: orderId
      - name: shipDate
      - name: shipTo
        logicalType: object
        properties:
          - name: zipCode
";
        let document = Document::parse("a.odcs.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let mut options = crate::engine::Options::as_of("2026-06-30");
        options.settings.vocabularies.field_case = Some(FieldCase::Snake);
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let found = findings.into_inner();
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "4 of 5 fields of `o` are not written in snake_case: orderId, shipDate, shipTo, shipTo.zipCode"
        );
        let fix = found[0].fix.as_ref().expect("there is a fix");
        assert_eq!(fix.safety, Safety::Unsafe);
        let at = |field: &str| format!("/schema/0/properties/{field}/name");
        let expected = [
            Change::set(at("2"), "ship_date"),
            Change::set(at("3"), "ship_to"),
            Change::set(at("3/properties/0"), "zip_code"),
        ];
        assert_eq!(fix.changes, expected);
    }

    #[test]
    fn the_usual_way_is_that_of_most_fields() {
        for (names, expected) in [
            (
                &["order_id", "order_date", "shipDate"][..],
                Some(FieldCase::Snake),
            ),
            (
                &["orderId", "shipDate", "order_date", "status"],
                Some(FieldCase::Camel),
            ),
            (&["ORDER_ID", "STATUS", "ship_date"], Some(FieldCase::Upper)),
            (&["OrderId", "Status", "SKU"], Some(FieldCase::Pascal)),
            (&["order-id", "ship-date"], Some(FieldCase::Kebab)),
            (&["order_id", "shipDate"], Some(FieldCase::Snake)),
            (&["status"], Some(FieldCase::Snake)),
            (&["order id", "$ref", "TODO"], None),
            (&[], None),
        ] {
            assert_eq!(usual_of(names), expected, "{names:?}");
        }
    }
}
