use mesh_diagnostics::Level;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::is_missing;
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "server-missing",
    group: Group::Addressable,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "A data contract says where the data can be read.",
    docs: "\
A consumer who has read the contract and agrees with it wants to connect. Without a server they have
to ask someone, and the answer is written down nowhere.

List each place in `servers`, with its name, its `type` and the keys that the type needs: host and
database, bucket and format, project and dataset.",
    fails: Example::files(&[
        Excerpt::contract("id: commercial.orders # and no servers\n").without(&["servers"]),
    ]),
    passes: Example::files(&[Excerpt::contract(
        "\
servers:
  - server: production
    type: postgres
    host: orders.db.example
    port: 5432
    database: orders
    schema: public
",
    )]),
    check: Check::Contract(check),
};

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    if is_missing(contract.document, "/servers") {
        findings
            .at(
                contract.document,
                "/servers",
                "the data contract names no server",
            )
            .help(
                "add `servers:` with the `server`, `type` and address of each place to read from",
            );
    }
}
