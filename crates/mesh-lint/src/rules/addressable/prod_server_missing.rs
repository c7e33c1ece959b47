use mesh_diagnostics::Level;
use mesh_spec::terms::environment::Environment;
use mesh_spec::terms::status;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::words;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "prod-server-missing",
    group: Group::Addressable,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "An active contract has a server that is not for development or tests.",
    docs: "\
Consumers of an active contract build on the data of its servers. If all of them are for development
or tests, the data may be made up, out of date or gone tomorrow, and nobody promised otherwise.

mesh looks at `environment` of the servers of contracts whose status is `active`, and reports those
where every server names an environment that is not production, such as `dev`, `test`, `uat`,
`staging` or `preprod`. A server without an environment, or with one that mesh does not know, may
well be the real one.",
    fails: Example::files(&[Excerpt::contract(
        "\
servers:
  - server: warehouse
    type: snowflake
    environment: dev
    account: pharma-eu
    database: commercial
    schema: orders
    customProperties: [{property: region, value: eu-central-1}]
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
servers:
  - server: warehouse
    type: snowflake
    environment: prod
    account: pharma-eu
    database: commercial
    schema: orders
    customProperties: [{property: region, value: eu-central-1}]
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let servers = &contract.model.servers;
    if servers.is_empty() || !status::is(contract.model.status.as_deref(), "active") {
        return;
    }
    let environments = servers.iter().map(|server| server.environment.as_deref());
    if !environments
        .clone()
        .all(|environment| Environment::of(environment) == Environment::Other)
    {
        return;
    }
    let mut others: Vec<&str> = environments.flatten().map(str::trim).collect();
    others.dedup();
    let message = match (servers.len(), others.as_slice()) {
        (1, [environment]) => {
            format!("the contract is active, but its only server is for `{environment}`")
        }
        (_, all) => format!(
            "the contract is active, but its servers are for other environments than production: {}",
            words::listed(all.iter().copied())
        ),
    };
    findings
        .at(contract.document, "/servers/0/environment", message)
        .help("add the server that consumers read from, with `environment: prod`");
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    fn found(status: &str, servers: &str) -> usize {
        let yaml = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: {status}\nservers: [{servers}]\n"
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
    fn one_server_that_may_be_production_is_enough() {
        let server = |environment: &str| {
            format!("{{server: a, type: api, location: 'https://a.example', {environment}}}")
        };
        let (dev, uat) = (server("environment: dev"), server("environment: uat"));
        let both = format!("{dev}, {uat}");
        assert_eq!(found("active", &both), 1);
        assert_eq!(found("draft", &both), 0);
        for other in ["environment: prod", "environment: eu", "description: a"] {
            assert_eq!(
                found("active", &format!("{dev}, {}", server(other))),
                0,
                "{other}"
            );
        }
        assert_eq!(found("active", ""), 0);
    }
}
