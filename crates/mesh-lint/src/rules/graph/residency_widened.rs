use mesh_diagnostics::Level;
use mesh_spec::model::odcs::DataContract;
use mesh_spec::terms::classification::{Label, Labels};
use mesh_spec::vocabulary::Vocabularies;
use mesh_spec::workspace::ContractRef;

use super::classification_downgrade::is_declassified;
use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::region::{self, Region};
use crate::facts::{classification, personal, words};
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "residency-widened",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Standard,
    fix: None,
    summary: "Data stays in the regions that its provider keeps it in.",
    docs: "\
A provider that keeps personal data in the European Union does so for a reason. A product that
copies it to a server elsewhere has moved it under another law, and nobody decided that it may.

mesh compares the legal area of each server of a consumer's contracts with those of the upstream
contract's servers, for the output ports that are made from the input. Areas are those of the
vocabulary `regions`. Without it, the regions of AWS, Azure and Google Cloud and the codes of
countries are known, and the countries in which the GDPR holds are one area. Where a region is not
known, nothing is said; `region-missing` asks for it.

The finding is an error where both contracts mark something as personal, and a warning for other
data, unless all of that is labelled `public`. Move the server; or, if what was sensitive is left
out, say so on the input port in the custom property `declassified`.",
    fails: Example::files(&[
        Excerpt::contract(CUSTOMERS),
        CONSUMER,
        Excerpt::new(
            "planning/plan.odcs.yaml",
            "\
id: supply-chain.plan
tags: [plan, personal]
servers:
  - server: warehouse
    type: snowflake
    environment: prod
    account: pharma-us
    database: planning
    schema: plan
    customProperties:
      - property: region
        value: us-east-1
customProperties:
  - property: lawfulBasis
    value: contract
",
        ),
    ]),
    passes: Example::files(&[Excerpt::contract(CUSTOMERS), CONSUMER, CONSUMER_CONTRACT]),
    check: Check::Mesh(check),
};

const CUSTOMERS: &str = "\
tags: [orders, personal]
customProperties:
  - property: lawfulBasis
    value: contract
";

/// A server's region, and the area it lies in.
struct Place<'w, 'v> {
    region: Region<'w>,
    area: &'v str,
}

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let vocabularies = findings.vocabularies();
    for links in mesh.links.chunk_by(|a, b| a.consumer == b.consumer) {
        let consumer = links[0].consumer;
        let mut seen: Vec<ContractRef<'_>> = Vec::new();
        for output in consumer.output_ports() {
            let Some(own) = output.contract() else {
                continue;
            };
            // Two ports may promise one contract, which has its servers only once.
            if seen.contains(&own) {
                continue;
            }
            seen.push(own);
            let mut places = places(own.model, vocabularies);
            // What the contract says of all its servers is said once.
            places.dedup_by(|a, b| a.region == b.region);
            if places.is_empty() {
                continue;
            }
            let sources: Vec<&Link<'_>> = links
                .iter()
                .filter(|link| link.feeds(output) && !is_declassified(link))
                .collect();
            for place in &places {
                compare(own, place, &sources, findings);
            }
        }
    }
}

fn compare(
    own: ContractRef<'_>,
    place: &Place<'_, '_>,
    sources: &[&Link<'_>],
    findings: &mut Findings<'_>,
) {
    let vocabularies = findings.vocabularies();
    let labels = Labels::new(vocabularies);
    let mut outside = Vec::new();
    for link in sources {
        let Some(upstream) = link.contract() else {
            continue;
        };
        let Some(kept) = all_places(upstream.model, vocabularies) else {
            continue;
        };
        if kept.iter().any(|kept| kept.area == place.area) {
            continue;
        }
        let label = || classification::of_contract(upstream, labels).map(|highest| highest.label);
        if let Some(level) = weight(upstream.model, own.model, label) {
            outside.push((level, *link, upstream, kept));
        }
    }
    // The gravest decides; of equals the first.
    let Some((level, link, upstream, kept)) = outside
        .into_iter()
        .reduce(|worst, next| if next.0 > worst.0 { next } else { worst })
    else {
        return;
    };
    let mut areas: Vec<&str> = Vec::new();
    for kept in &kept {
        if !areas.contains(&kept.area) {
            areas.push(kept.area);
        }
    }
    let areas = words::listed(areas);
    let message = format!(
        "{} is kept in {areas}, but copied to `{}`, which lies in {}",
        link.subject(),
        place.region.name,
        place.area
    );
    let finding = findings
        .at(own.document, place.region.pointer(), message)
        .help(format!(
            "serve the data from a region in {areas}, or make one area of both in the vocabulary \
             `regions`"
        ))
        .level(level);
    if let Some(first) = kept.first() {
        finding.see(
            upstream.document,
            &first.region.pointer(),
            format!("the region of what {} consumes", words::input_port(link)),
        );
    }
}

/// How grave it is that data moves from one contract to the other; `None` if anyone may have it.
fn weight(
    from: &DataContract,
    to: &DataContract,
    label: impl FnOnce() -> Option<Label>,
) -> Option<Level> {
    let is_personal = |contract| personal::first_marked(contract).is_some();
    if is_personal(from) && is_personal(to) {
        return Some(Level::Error);
    }
    (label() != Some(Label::Public)).then_some(Level::Warn)
}

/// The places of those servers of a contract for which they are known.
fn places<'w, 'v>(
    contract: &'w DataContract,
    vocabularies: &'v Vocabularies,
) -> Vec<Place<'w, 'v>> {
    (0..contract.servers.len())
        .filter_map(|index| place(contract, index, vocabularies))
        .collect()
}

/// The places of all servers of a contract; `None` if one of them may be anywhere.
fn all_places<'w, 'v>(
    contract: &'w DataContract,
    vocabularies: &'v Vocabularies,
) -> Option<Vec<Place<'w, 'v>>> {
    let servers = contract.servers.iter().enumerate();
    let places: Option<Vec<_>> = servers
        .filter(|(_, server)| region::has_place(server))
        .map(|(index, _)| place(contract, index, vocabularies))
        .collect();
    places.filter(|places| !places.is_empty())
}

fn place<'w, 'v>(
    contract: &'w DataContract,
    index: usize,
    vocabularies: &'v Vocabularies,
) -> Option<Place<'w, 'v>> {
    let region = region::of_server(contract, index)?;
    let area = region::area(region.name, vocabularies.regions.as_ref())?;
    Some(Place { region, area })
}

#[cfg(test)]
mod tests {
    use mesh_spec::document::Document;
    use mesh_spec::workspace::{Role, Workspace};

    use super::*;

    /// The level of what is found if data of `upstream` regions, of which `kept` is left, goes to
    /// `own` ones.
    fn found(
        upstream: &str,
        (fields, kept): (&str, &str),
        own: &str,
        input: &str,
    ) -> Option<Level> {
        let contract = |id: &str, regions: &str, fields: &str| {
            let server =
                |region: &str| format!("  - {{server: s, type: kinesis, region: '{region}'}}\n");
            let servers: String = regions.split_whitespace().map(server).collect();
            format!(
                "apiVersion: v3.2.0\nkind: DataContract\nid: {id}\nversion: 1.0.0\nservers:\n{servers}\
                 schema: [{{name: o, properties: [{fields}]}}]\n"
            )
        };
        let documents = [
            ("a/dataproduct.yaml", "apiVersion: v1.1.0\nkind: DataProduct\nid: a\noutputPorts: [{name: o, contractId: c}]\n".to_owned()),
            ("a/c.odcs.yaml", contract("c", upstream, fields)),
            ("b/dataproduct.yaml", format!("apiVersion: v1.1.0\nkind: DataProduct\nid: b\ninputPorts: [{{name: i, contractId: c{input}}}]\noutputPorts: [{{name: o, contractId: d}}]\n")),
            ("b/d.odcs.yaml", contract("d", own, kept)),
        ];
        let documents = documents
            .map(|(name, yaml)| (Document::parse(name, yaml.into_bytes(), None), Role::Target));
        let workspace = Workspace::new(documents.into(), None);
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        findings.into_inner().first().map(|found| found.level)
    }

    #[test]
    fn what_leaves_its_area_is_weighed_by_what_it_is() {
        let marked = "{name: a, tags: [personal]}";
        let personal = (marked, marked);
        let coarsened = (marked, "{name: total}");
        let public = ("{name: a, classification: public}", "{name: a}");
        let internal = ("{name: a, classification: internal}", "{name: a}");
        for (upstream, fields, own, expected) in [
            ("eu-west-1", personal, "us-east-1", Some(Level::Error)),
            ("eu-west-1", internal, "us-east-1", Some(Level::Warn)),
            ("eu-west-1", coarsened, "us-east-1", Some(Level::Warn)),
            ("eu-west-1", public, "us-east-1", None),
            ("eu-west-1", personal, "eu-central-1", None),
            ("eu-west-1", personal, "europe-west3", None),
            ("eu-west-1", personal, "eu-west-2", Some(Level::Error)),
            ("eu-west-1 us-east-1", personal, "us-west-2", None),
            (
                "eu-west-1",
                personal,
                "eu-west-1 us-east-1",
                Some(Level::Error),
            ),
            // Where one of the upstream's servers is, is not known.
            ("eu-west-1 mars", personal, "us-east-1", None),
            ("eu-west-1", personal, "mars", None),
        ] {
            assert_eq!(
                found(upstream, fields, own, ""),
                expected,
                "{upstream} {fields:?} {own}"
            );
        }
        let declassified =
            ", customProperties: [{property: declassified, vendor: mesh, value: Totals only.}]";
        assert_eq!(
            found("eu-west-1", personal, "us-east-1", declassified),
            None
        );
    }
}
