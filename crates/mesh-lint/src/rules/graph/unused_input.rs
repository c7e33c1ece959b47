use mesh_diagnostics::Level;

use crate::example::{Example, Excerpt};
use crate::facts::{is_sound, words};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "unused-input",
    group: Group::Graph,
    level: Level::Info,
    preset: Preset::Strict,
    fix: None,
    summary: "Every input is used for an output.",
    docs: "\
An input that feeds nothing still costs: its provider asks before each change, access to it is
reviewed, and people take it for lineage. Most often it is left over from something that was
removed.

mesh compares the input ports with the `inputContracts` of the output ports, by the id of the
contract. It says nothing unless every output port lists what it is made from. Remove the input
port, or add it where it is used.",
    fails: Example::files(&[
        Excerpt::new(
            "planning/dataproduct.yaml",
            "\
id: supply-chain.planning
name: Planning
inputPorts:
  - name: orders
    version: 1.0.0
    contractId: commercial.orders
  - name: history
    version: 1.0.0
    contractId: commercial.order-history
outputPorts:
  - name: plan
    description: One row per month.
    version: 1.0.0
    contractId: supply-chain.plan
    inputContracts:
      - id: commercial.orders
        version: 1.0.0
",
        ),
        super::CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[super::CONSUMER, super::CONSUMER_CONTRACT]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for links in mesh.links.chunk_by(|a, b| a.consumer == b.consumer) {
        let consumer = links[0].consumer;
        let outputs = &consumer.model.output_ports;
        let all_say = outputs.iter().all(|port| !port.input_contracts.is_empty());
        // An entry that the schema objects to may be the one that is missed.
        if outputs.is_empty() || !all_say || !is_sound(consumer.document, "/outputPorts") {
            continue;
        }
        let used = outputs.iter().flat_map(|port| &port.input_contracts);
        let unused = links.iter().filter(|link| {
            let id = Some(link.contract_id);
            !link.contract_id.is_empty()
                && !used
                    .clone()
                    .any(|input| input.id.as_deref() == id || input.id == link.port.contract_id)
        });
        for link in unused {
            findings
                .at(
                    consumer.document,
                    link.pointer(),
                    format!(
                        "no output port is made from {} of {}",
                        link.subject(),
                        words::input_port(link)
                    ),
                )
                .help("remove the input port, or add it to the `inputContracts` of what it is used for");
        }
    }
}
