use mesh_diagnostics::Level;
use mesh_spec::terms::promise::Promise;
use mesh_spec::terms::status;
use mesh_spec::workspace::{ContractRef, OutputPortRef};

use crate::example::{Example, Excerpt};
use crate::facts::{is_missing, is_sound, words};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "freshness-missing",
    group: Group::Trustworthy,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "The contract of an active output port says how fresh the data is.",
    docs: "\
Is yesterday in there already? It is the first question about any figure, and the one on which a
report is trusted or not. Without a promise, late data looks just like data in which nothing
happened.

mesh looks at the contracts behind the output ports of active products. Their `slaProperties` need
a `latency` (how long after the event the data is there) or a `frequency` (how often it is updated);
names of one's own such as `dataFreshness` count as well. A contract without any service level is
reported by `sla-missing`.",
    fails: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: availability
    value: 99.5
    unit: percent
  - property: retention
    value: 3
    unit: y
",
    )]),
    passes: Example::files(&[Excerpt::contract(
        "\
slaProperties:
  - property: availability
    value: 99.5
    unit: percent
  - property: latency
    value: 4
    unit: h
  - property: retention
    value: 3
    unit: y
",
    )]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for contract in mesh.workspace.contracts() {
        let document = contract.document;
        if Promise::Freshness.is_in(contract.model)
            || is_missing(document, "/slaProperties")
            || !is_sound(document, "/slaProperties")
        {
            continue;
        }
        let Some(port) = active_port(mesh, contract) else {
            continue;
        };
        let name = words::output_port(port.model.name.as_deref(), port.index);
        findings
            .at(
                document,
                "/slaProperties",
                format!("nothing says how fresh the data of the {name} is"),
            )
            .help(
                "add `{property: latency, value: …, unit: h}` to `slaProperties`, or a `frequency`",
            );
    }
}

/// An output port of an active product that promises just this contract.
fn active_port<'w>(mesh: &Mesh<'w>, contract: ContractRef<'w>) -> Option<OutputPortRef<'w>> {
    let id = contract.model.id.as_deref()?;
    mesh.workspace.ports_promising(id).find(|port| {
        status::is(port.product.model.status.as_deref(), "active")
            && port.contract() == Some(contract)
    })
}
