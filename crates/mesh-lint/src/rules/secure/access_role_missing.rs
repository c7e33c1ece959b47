use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "access-role-missing",
    group: Group::Secure,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "A data contract says by which role the data can be read.",
    docs: "\
Who wants to read the data asks for a role, and someone approves it. If the contract names none,
access is granted by whoever happens to be asked, and nobody can tell afterwards who may read what.

List the roles in `roles`, with `access` and the approvers. Roles that a server declares under
`servers` count as well.",
    fails: Example::files(&[
        Excerpt::contract("id: commercial.orders # and no roles\n").without(&["roles"])
    ]),
    passes: Example::files(&[Excerpt::contract(
        "\
roles:
  - role: orders-reader
    access: read
    firstLevelApprovers: orders team
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let has_server_role = contract
        .model
        .servers
        .iter()
        .any(|server| !server.roles.is_empty());
    if is_missing(contract.document, "/roles") && !has_server_role {
        findings
            .at(
                contract.document,
                "/roles",
                "the data contract names no role that may read the data",
            )
            .help("add `roles:` with the `role`, its `access` and who approves it");
    }
}
