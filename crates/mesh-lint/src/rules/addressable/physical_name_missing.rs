use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "physical-name-missing",
    group: Group::Addressable,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Objects that are tables or files say what these are called.",
    docs: "\
A server says which database to connect to, and `physicalName` which table to read there. Without it
a consumer guesses that the table is called like the object, which holds until the first prefix,
view or version.

mesh looks at the schema objects of contracts that have a server for tables or files, such as
`postgres`, `snowflake` or `s3`. Servers of type `api`, `kafka`, `kinesis`, `pubsub` and `custom`
are left alone, as there may be nothing with a name.",
    fails: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalType: table
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
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
schema:
  - name: orders
    physicalName: orders_v1
    physicalType: table
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
",
    )]),
    check: Check::Contract(check),
};

/// Types of server behind which there may be neither tables nor files.
const NAMELESS: [&str; 5] = ["api", "custom", "kafka", "kinesis", "pubsub"];

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let mut types = contract
        .model
        .servers
        .iter()
        .filter_map(|server| server.r#type.as_deref());
    let Some(server) = types.find(|name| !NAMELESS.contains(name)) else {
        return;
    };
    let objects = contract.model.schema.iter().enumerate();
    let nameless: Vec<(usize, &str)> = objects
        .filter(|(_, object)| object.physical_name.is_none())
        .filter(|(index, _)| {
            is_missing(contract.document, &format!("/schema/{index}/physicalName"))
        })
        .map(|(index, object)| (index, object.name.as_deref().unwrap_or("the object")))
        .collect();
    let Some((first, name)) = nameless.first() else {
        return;
    };
    let message = match nameless.len() {
        1 => format!("`{name}` does not say what it is called on the {server} server"),
        n => format!(
            "{n} objects do not say what they are called on the {server} server: {}",
            words::listed(nameless.iter().map(|(_, name)| *name))
        ),
    };
    findings
        .at(
            contract.document,
            format!("/schema/{first}/physicalName"),
            message,
        )
        .help("add `physicalName:` with the name of the table, view or file");
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(servers: &str, schema: &str) -> Vec<String> {
        let yaml = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nservers: [{servers}]\nschema: [{schema}]\n"
        );
        let document = Document::parse("c.odcs.yaml", yaml.into(), None);
        let workspace = Workspace::new(vec![(document, Role::Target)], None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        for contract in workspace.contracts() {
            check(contract, &mut findings);
        }
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn objects_are_reported_together_and_only_where_there_are_tables() {
        let s3 = "{server: a, type: s3, location: 's3://a'}";
        let kafka = "{server: b, type: kafka, host: b}";
        let objects =
            "{name: o}, {name: p, physicalName: p1}, {name: q}, {name: r, physicalname: r}";
        let message = "2 objects do not say what they are called on the s3 server: o, q";
        assert_eq!(found(&format!("{kafka}, {s3}"), objects), [message]);
        assert_eq!(found(kafka, objects), Vec::<String>::new());
        assert_eq!(found("", objects), Vec::<String>::new());
        assert_eq!(
            found(s3, "{name: o, physicalName: p}"),
            Vec::<String>::new()
        );
    }
}
