use mesh_diagnostics::Level;
use mesh_spec::terms::duration;
use mesh_spec::workspace::{ContractRef, OutputPortRef};

use super::CONSUMER;
use crate::example::{Example, Excerpt};
use crate::facts::words;
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

/// Service levels of which less time is a stronger promise.
const COMPARED: [&str; 2] = ["frequency", "latency"];

pub(crate) static RULE: Rule = Rule {
    id: "sla-stricter-than-upstream",
    group: Group::Graph,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "No output port promises fresher data than its inputs deliver.",
    docs: "\
A report that is refreshed every hour from data that arrives once a day is not fresh; it repeats
itself twenty-three times. A promise that the inputs cannot carry is broken on the first day.

mesh compares `frequency` and `latency` in the contract of each output port with those in the
contracts of the inputs that it is made from: the ones it lists as `inputContracts`, or else all of
the product's. Units are converted; values without a unit of time are left alone. Promise what the
slowest input allows, or ask its provider for more.",
    fails: Example::files(&[
        CONSUMER,
        Excerpt::new(
            "planning/plan.odcs.yaml",
            "\
id: supply-chain.plan
slaProperties:
  - property: frequency
    value: 1
    unit: h
  - property: retention
    value: 3
    unit: y
",
        ),
    ]),
    passes: Example::files(&[
        CONSUMER,
        Excerpt::new(
            "planning/plan.odcs.yaml",
            "\
id: supply-chain.plan
slaProperties:
  - property: frequency
    value: 24
    unit: h
  - property: retention
    value: 3
    unit: y
",
        ),
    ]),
    check: Check::Mesh(check),
};

/// What a contract promises: how long it takes at best, in its own words, and where it says so.
struct Promise<'w> {
    contract: ContractRef<'w>,
    pointer: String,
    seconds: f64,
    text: String,
}

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for links in mesh.links.chunk_by(|a, b| a.consumer == b.consumer) {
        let consumer = links[0].consumer;
        for output in consumer.output_ports() {
            for property in COMPARED {
                if let Some(own) = output
                    .contract()
                    .and_then(|contract| promise(contract, property))
                {
                    compare(&own, output, links, property, findings);
                }
            }
        }
    }
}

fn compare(
    own: &Promise<'_>,
    output: OutputPortRef<'_>,
    links: &[Link<'_>],
    property: &str,
    findings: &mut Findings<'_>,
) {
    let mut slower: Vec<_> = links
        .iter()
        .filter(|link| link.feeds(output))
        .filter_map(|link| Some((link, promise(link.contract()?, property)?)))
        .filter(|(_, upstream)| own.seconds < upstream.seconds)
        .collect();
    slower.sort_by(|(_, a), (_, b)| b.seconds.total_cmp(&a.seconds));
    let Some((slowest, limit)) = slower.first() else {
        return;
    };
    let port = words::output_port(output.model.name.as_deref(), output.index);
    let message = format!(
        "{port} promises a {property} of {}, but {} has one of {}",
        own.text,
        words::input_port(slowest),
        limit.text,
    );
    let mut finding = findings
        .at(own.contract.document, own.pointer.as_str(), message)
        .help(format!(
            "promise no less than {}, or ask the provider of the input for more",
            limit.text
        ));
    for (_, upstream) in &slower {
        let seen = format!("the {property} of the input");
        finding = finding.see(upstream.contract.document, &upstream.pointer, seen);
    }
}

/// The strictest promise of a contract about `property`. Promises about single elements may be
/// weaker, and nothing says which element depends on which.
fn promise<'w>(contract: ContractRef<'w>, property: &str) -> Option<Promise<'w>> {
    let levels = contract.model.sla_properties.iter().enumerate();
    levels
        .filter(|(_, sla)| sla.property.as_deref() == Some(property))
        .filter_map(|(index, sla)| {
            let value = sla.value.as_ref()?;
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            Some(Promise {
                contract,
                pointer: format!("/slaProperties/{index}/value"),
                seconds: duration::of_sla(sla)?,
                text: format!("{value} {}", sla.unit.as_deref()?),
            })
        })
        .min_by(|a, b| a.seconds.total_cmp(&b.seconds))
}
