use mesh_diagnostics::Level;
use mesh_spec::model::odcs::Role;
use mesh_spec::terms::classification::{Label, Labels};
use mesh_spec::terms::words::words;
use mesh_spec::workspace::ContractRef;

use crate::example::{Example, Excerpt};
use crate::facts::{classification, is_missing, words as wording};
use crate::findings::Findings;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "approver-missing",
    group: Group::Secure,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "Someone approves access to restricted data.",
    docs: "\
Restricted data is for those who were named. A role that nobody approves is given to whoever asks
first, or to no one, and in neither case did anyone decide.

mesh looks at contracts whose most sensitive label is `restricted`, or a label of one's own that the
vocabulary `classifications` sets equal to it. Each of their roles, those of servers included, needs
`firstLevelApprovers` or `secondLevelApprovers`: a person, a group or a process.",
    fails: Example::files(&[
        RESTRICTED,
        Excerpt::contract(
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
        classification: restricted
        encryptedName: order_id_encrypted
        examples: [O-1000017]
        quality: [{metric: duplicateValues, mustBe: 0}]
roles:
  - role: orders-reader
    access: read
",
        ),
    ]),
    passes: Example::files(&[
        RESTRICTED,
        Excerpt::contract(
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
        classification: restricted
        encryptedName: order_id_encrypted
        examples: [O-1000017]
        quality: [{metric: duplicateValues, mustBe: 0}]
roles:
  - role: orders-reader
    access: read
    firstLevelApprovers: orders team
",
        ),
    ]),
    check: Check::Contract(check),
};

/// The label of the product, which must not be lower than that of its data.
const RESTRICTED: Excerpt = Excerpt::product(
    "\
customProperties:
  - property: classification
    vendor: mesh
    value: restricted
",
);

fn check(contract: ContractRef<'_>, findings: &mut Findings<'_>) {
    let model = contract.model;
    let roles = model.roles.iter().enumerate();
    let roles = roles.map(|(index, role)| (None, index, role));
    let servers = model.servers.iter().enumerate();
    let of_servers = servers.flat_map(|(server, model)| {
        let roles = model.roles.iter().enumerate();
        roles.map(move |(index, role)| (Some(server), index, role))
    });
    let open: Vec<(String, &str)> = roles
        .chain(of_servers)
        .filter(|(_, _, role)| !is_approved(role))
        .map(|(server, index, role)| {
            let owner = server.map_or_else(String::new, |at| format!("/servers/{at}"));
            let name = role.role.as_deref().unwrap_or("a role without a name");
            (format!("{owner}/roles/{index}"), name)
        })
        .filter(|(pointer, _)| {
            let keys = ["firstLevelApprovers", "secondLevelApprovers"];
            keys.iter()
                .all(|key| is_missing(contract.document, &format!("{pointer}/{key}")))
        })
        .collect();
    let Some((first, _)) = open.first() else {
        return;
    };
    let labels = Labels::new(findings.vocabularies());
    let Some(highest) = classification::of_contract(contract, labels) else {
        return;
    };
    if highest.label < Label::Restricted {
        return;
    }
    let label = highest.text(contract.document);
    let names = wording::listed(open.iter().map(|(_, name)| *name));
    let (roles, each) = if open.len() == 1 {
        ("role", "the role")
    } else {
        ("roles", "each role")
    };
    findings
        .at(
            contract.document,
            format!("{first}/role"),
            format!("nobody approves who gets `{label}` data through the {roles} {names}"),
        )
        .help(format!(
            "add `firstLevelApprovers:` to {each}, naming who decides"
        ))
        .see(
            contract.document,
            &highest.pointer,
            "the most sensitive label",
        );
}

fn is_approved(role: &Role) -> bool {
    let is_named = |who: &Option<String>| who.as_deref().is_some_and(|who| !who.trim().is_empty());
    is_named(&role.first_level_approvers)
        || is_named(&role.second_level_approvers)
        || role.custom_properties.iter().any(|entry| {
            let words = words(entry.property.as_deref().unwrap_or_default());
            words.has("approver") || words.has("approvers")
        })
}
