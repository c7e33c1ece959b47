use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{is_sound, personal, region, words};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "region-missing",
    group: Group::Secure,
    level: Level::Warn,
    preset: Preset::Strict,
    fix: None,
    summary: "Servers of personal data say in which region they are.",
    docs: "\
Personal data may leave the area of law it was collected in only under conditions. A contract that
does not say where the data lies cannot show that they are met, nor can `residency-widened` check
it.

mesh looks at contracts in which something is marked as personal. The region of a server is its
`region` or `regionName`, a custom property such as `region`, `dataResidency` or `location` of the
server or of the contract, or a region of AWS, Azure or Google Cloud that is part of its address or
account. Local files have none.",
    fails: Example::files(&[Excerpt::contract(
        "\
tags: [orders, personal]
servers:
  - server: warehouse
    type: snowflake
    environment: prod
    account: pharma
    database: commercial
    schema: orders
customProperties:
  - property: lawfulBasis
    value: contract
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
tags: [orders, personal]
servers:
  - server: warehouse
    type: snowflake
    environment: prod
    account: pharma
    database: commercial
    schema: orders
    customProperties:
      - property: region
        value: eu-central-1
customProperties:
  - property: lawfulBasis
    value: contract
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let servers = contract.model.servers.iter().enumerate();
    let lost: Vec<(usize, &str)> = servers
        .filter(|(_, server)| region::has_place(server))
        .filter(|(index, _)| region::of_server(contract.model, *index).is_none())
        .filter(|(index, _)| is_sound(contract.document, &format!("/servers/{index}")))
        .map(|(index, server)| (index, server.server.as_deref().unwrap_or("?")))
        .collect();
    let Some((first, _)) = lost.first() else {
        return;
    };
    let Some(marked) = personal::first_marked(contract.model) else {
        return;
    };
    let (noun, verb) = match lost.len() {
        1 => ("server", "does"),
        _ => ("servers", "do"),
    };
    let names = words::listed(lost.iter().map(|(_, name)| *name));
    findings
        .at(
            contract.document,
            format!("/servers/{first}"),
            format!("{} {noun} of personal data {verb} not say in which region: {names}", lost.len()),
        )
        .help("add `customProperties:` to the server with the property `region`, such as `eu-central-1`")
        .see(contract.document, &marked, "personal data");
}
