use mesh_diagnostics::Level;
use mesh_spec::terms::duration;
use mesh_spec::workspace::ContractRef;
use serde_json::Value;

use super::CONSUMER;
use crate::example::{Example, Excerpt};
use crate::facts::{personal, words};
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

/// How long a contract says that data is kept.
struct Retention<'w> {
    contract: ContractRef<'w>,
    index: usize,
    seconds: f64,
}

impl<'w> Retention<'w> {
    /// The longest that a contract says; `None` if it does not say.
    fn of(contract: ContractRef<'w>) -> Option<Self> {
        let levels = contract.model.sla_properties.iter().enumerate();
        levels
            .filter(|(_, sla)| {
                let property = sla.property.as_deref();
                property.is_some_and(|property| property.eq_ignore_ascii_case("retention"))
            })
            .filter_map(|(index, sla)| Some((index, duration::of_sla(sla)?)))
            .max_by(|(_, a), (_, b)| a.total_cmp(b))
            .map(|(index, seconds)| Self {
                contract,
                index,
                seconds,
            })
    }

    fn is_of_personal_data(&self) -> bool {
        personal::first_marked(self.contract.model).is_some()
    }

    fn pointer(&self) -> String {
        format!("/slaProperties/{}/value", self.index)
    }

    /// The length of time in the contract's own words.
    fn text(&self) -> String {
        let sla = &self.contract.model.sla_properties[self.index];
        let value = match &sla.value {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        format!("{value} {}", sla.unit.as_deref().unwrap_or_default())
    }
}

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    for links in mesh.links.chunk_by(|a, b| a.consumer == b.consumer) {
        let mut seen: Vec<ContractRef<'_>> = Vec::new();
        for output in links[0].consumer.output_ports() {
            let Some(contract) = output.contract() else {
                continue;
            };
            // Two ports may promise one contract.
            if seen.contains(&contract) {
                continue;
            }
            seen.push(contract);
            let Some(own) = Retention::of(contract) else {
                continue;
            };
            let shortest = links
                .iter()
                .filter(|link| link.feeds(output))
                .filter_map(|link| Some((link, Retention::of(link.contract()?)?)))
                .filter(|(_, upstream)| {
                    own.seconds > upstream.seconds && upstream.is_of_personal_data()
                })
                .min_by(|(_, a), (_, b)| a.seconds.total_cmp(&b.seconds));
            if let Some((link, upstream)) = shortest
                && own.is_of_personal_data()
            {
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
    let limit = upstream.text();
    findings
        .at(
            own.contract.document,
            own.pointer(),
            format!(
                "personal data is kept for {}, but {} brings it from where it is kept for {limit}",
                own.text(),
                words::input_port(link),
            ),
        )
        .help(format!(
            "keep it no longer than {limit}, or leave out the personal fields"
        ))
        .see(
            upstream.contract.document,
            &upstream.pointer(),
            "the retention of the input",
        );
}
