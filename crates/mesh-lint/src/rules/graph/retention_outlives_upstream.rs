use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::model::odcs::DataContract;

use super::CONSUMER;
use crate::example::{Example, Excerpt};
use crate::facts::{duration, personal, words};
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "retention-outlives-upstream",
    group: Group::Graph,
    level: Level::Warn,
    preset: Preset::Standard,
    fix: None,
    summary: "A copy of personal data is not kept longer than the original.",
    docs: "\
When the provider erases a person, it has done its duty; the copy that someone took two years ago
has not. Personal data may be kept as long as its purpose needs it, and the provider has said how
long that is.

mesh compares the service level `retention` in the contract of each output port with those in the
contracts of the inputs that it is made from, where both contracts mark something as personal. Of
several the longest counts; units are converted, and values without a unit of time are left alone.
Shorten the retention, or leave out the personal fields.",
    fails: Example::files(&[
        Excerpt::contract(CUSTOMERS),
        CONSUMER,
        Excerpt::new(
            "planning/plan.odcs.yaml",
            "\
id: supply-chain.plan
tags: [plan, personal]
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 5
    unit: y
customProperties:
  - property: lawfulBasis
    value: contract
",
        ),
    ]),
    passes: Example::files(&[
        Excerpt::contract(CUSTOMERS),
        CONSUMER,
        Excerpt::new(
            "planning/plan.odcs.yaml",
            "\
id: supply-chain.plan
tags: [plan, personal]
slaProperties:
  - property: frequency
    value: 1
    unit: d
  - property: retention
    value: 36
    unit: months
customProperties:
  - property: lawfulBasis
    value: contract
",
        ),
    ]),
    check: Check::Mesh(check),
};

const CUSTOMERS: &str = "\
tags: [orders, personal]
customProperties:
  - property: lawfulBasis
    value: contract
";

/// How long a contract says that data is kept, in its own words, and where it says so.
struct Retention<'w> {
    document: &'w Document,
    pointer: String,
    seconds: f64,
    text: String,
}

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for links in mesh.links.chunk_by(|a, b| a.consumer == b.consumer) {
        let mut seen: Vec<&Document> = Vec::new();
        for output in links[0].consumer.output_ports() {
            let Some(contract) = output.contract() else {
                continue;
            };
            if seen
                .iter()
                .any(|document| std::ptr::eq(*document, contract.document))
            {
                continue;
            }
            seen.push(contract.document);
            let Some(own) = retention(contract.document, contract.model) else {
                continue;
            };
            let shortest = links
                .iter()
                .filter(|link| link.feeds(output))
                .filter_map(|link| {
                    let upstream = link.contract()?;
                    Some((link, retention(upstream.document, upstream.model)?))
                })
                .filter(|(_, upstream)| own.seconds > upstream.seconds)
                .min_by(|(_, a), (_, b)| a.seconds.total_cmp(&b.seconds));
            if let Some((link, upstream)) = shortest {
                report(&own, link, &upstream, findings);
            }
        }
    }
}

fn report(
    own: &Retention<'_>,
    link: &Link<'_>,
    upstream: &Retention<'_>,
    findings: &mut Findings<'_>,
) {
    findings
        .at(
            own.document,
            own.pointer.as_str(),
            format!(
                "personal data is kept for {}, but {} brings it from where it is kept for {}",
                own.text,
                words::input_port(link),
                upstream.text
            ),
        )
        .help(format!(
            "keep it no longer than {}, or leave out the personal fields",
            upstream.text
        ))
        .see(
            upstream.document,
            &upstream.pointer,
            "the retention of the input",
        );
}

/// How long a contract keeps personal data: the longest that it says. `None` if it has none, or
/// does not say.
fn retention<'w>(document: &'w Document, contract: &DataContract) -> Option<Retention<'w>> {
    let levels = contract.sla_properties.iter().enumerate();
    let longest = levels
        .filter(|(_, sla)| {
            let property = sla.property.as_deref();
            property.is_some_and(|property| property.eq_ignore_ascii_case("retention"))
        })
        .filter_map(|(index, sla)| Some((index, sla, duration::of_sla(sla)?)))
        .max_by(|(_, _, a), (_, _, b)| a.total_cmp(b));
    let (index, sla, seconds) = longest?;
    personal::first_marked(contract)?;
    let value = sla.value.as_ref()?;
    let value = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    Some(Retention {
        document,
        pointer: format!("/slaProperties/{index}/value"),
        seconds,
        text: format!("{value} {}", sla.unit.as_deref()?),
    })
}
