use mesh_diagnostics::Level;
use mesh_spec::terms::status;
use mesh_spec::workspace::ContractRef;

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::{ending, words};
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "consumes-deprecated",
    group: Group::Graph,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "No data product relies on one that is about to go.",
    docs: "\
A deprecated product still works, but its team has said that it will not for ever. Whoever moves
away now does so in peace; whoever waits does so on the day it stops.

mesh looks at the upstream product, its output port and the contract: `status: deprecated`, or
`deprecated: true`. Once the day of the contract's service level `endOfSupport` has passed, the
finding is an error. Move to what replaces it; its documentation should say what that is.",
    fails: Example::files(&[
        Excerpt::product("status: deprecated\n"),
        Excerpt::contract(ENDING),
        CONSUMER,
        CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[
        Excerpt::product("status: active\n"),
        CONSUMER,
        CONSUMER_CONTRACT,
    ]),
    check: Check::Mesh(check),
};

const ENDING: &str = "\
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 3
    unit: y
  - property: endOfSupport
    value: 2026-12-31
";

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for link in &mesh.links {
        // A retired consumer consumes nothing; a retired upstream is worse than a deprecated one.
        if status::is(link.consumer.model.status.as_deref(), "retired")
            || ending::of_upstream(link, "retired").is_some()
        {
            continue;
        }
        let ending =
            ending::of_upstream(link, "deprecated").or_else(|| ending::flagged_deprecated(link));
        let Some(ending) = ending else {
            continue;
        };
        let port = words::input_port(link);
        let end = link.contract().and_then(end_of_support);
        let message = match &end {
            Some((_, day)) if *day < mesh.as_of => {
                format!(
                    "{port} relies on {}, whose support ended on {day}",
                    ending.subject
                )
            }
            Some((_, day)) => format!(
                "{port} relies on {}, whose support ends on {day}",
                ending.subject
            ),
            None => format!("{port} relies on {}, which is deprecated", ending.subject),
        };
        let mut finding = findings
            .at(link.consumer.document, link.source_pointer(), message)
            .help("move to what replaces it")
            .see(ending.document, &ending.pointer, "deprecated here");
        if let (Some((pointer, day)), Some(contract)) = (end, link.contract()) {
            finding = finding.see(contract.document, &pointer, "the end of support");
            if day < mesh.as_of {
                finding.level(Level::Error);
            }
        }
    }
}

/// The day, as `YYYY-MM-DD`, on which support for a contract ends, and where it says so.
fn end_of_support(contract: ContractRef<'_>) -> Option<(String, &str)> {
    let mut levels = contract.model.sla_properties.iter().enumerate();
    levels.find_map(|(index, sla)| {
        if sla.property.as_deref() != Some("endOfSupport") {
            return None;
        }
        let day = sla.value.as_ref()?.as_str()?.get(..10)?;
        let is_day = day.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
        is_day.then(|| (format!("/slaProperties/{index}/value"), day))
    })
}
