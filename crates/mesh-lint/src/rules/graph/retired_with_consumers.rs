use std::collections::{HashMap, HashSet};

use mesh_diagnostics::Level;
use mesh_spec::document::Document;
use mesh_spec::terms::status;
use mesh_spec::workspace::{ProductRef, PublishedProduct, Role, same_version};

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::facts::words;
use crate::findings::Findings;
use crate::mesh::Mesh;
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "retired-with-consumers",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "Nothing is retired while others rely on it.",
    docs: "\
To retire a product takes a line; what breaks is in the repositories of others. Whoever retires one
has to know who still reads it, and has the registry to ask.

mesh looks for consumers of a retired product, and of a retired contract, among all published
products and in the workspace. Consumers that are retired themselves do not count, nor does one that
asks for a version that is still offered. Those that are checked in the same run are told by
`consumes-retired`, each where it consumes, and are not told here again.

Keep the product running as `deprecated`, with an `endOfSupport`, until its consumers have moved.",
    fails: Example::files(&[
        Excerpt::product("status: retired\n"),
        PUBLISHED_CONSUMER,
        PUBLISHED_CONTRACT,
    ])
    .with_registry(),
    passes: Example::files(&[
        Excerpt::product("status: active\n"),
        CONSUMER,
        CONSUMER_CONTRACT,
    ])
    .with_registry(),
    check: Check::Mesh(check),
};

const PUBLISHED_CONSUMER: Excerpt =
    Excerpt::new("registry/planning/dataproduct.yaml", CONSUMER.yaml);
const PUBLISHED_CONTRACT: Excerpt =
    Excerpt::new("registry/planning/plan.odcs.yaml", CONSUMER_CONTRACT.yaml);

/// What is gone: a product with all that it offers, or a contract by itself.
struct Gone<'w> {
    document: &'w Document,
    subject: String,
    /// The contracts that go with it, each with its version if it has one.
    contracts: Vec<(&'w str, Option<&'w str>)>,
}

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    let gone = gone(mesh);
    if gone.is_empty() {
        return;
    }
    let mut consumers: HashMap<&str, Vec<(&str, Option<&str>)>> = HashMap::new();
    for (name, contract, version) in consumers_elsewhere(mesh) {
        consumers.entry(contract).or_default().push((name, version));
    }
    for gone in gone {
        let mut names: Vec<&str> = Vec::new();
        for (contract, version) in &gone.contracts {
            for (name, asked) in consumers.get(contract).into_iter().flatten() {
                let is_this_version = match (version, asked) {
                    (Some(own), Some(asked)) => same_version(own, asked),
                    _ => !is_offered_otherwise(mesh, contract),
                };
                if is_this_version && !names.contains(name) {
                    names.push(name);
                }
            }
        }
        if names.is_empty() {
            continue;
        }
        let verb = if names.len() == 1 {
            "still relies"
        } else {
            "still rely"
        };
        findings
            .at(
                gone.document,
                "/status",
                format!(
                    "{} is retired, but {} {verb} on it",
                    gone.subject,
                    words::listed(names)
                ),
            )
            .help("set `status: deprecated` and an `endOfSupport` until they have moved");
    }
}

/// The targets that are retired. A contract that goes with its product is not counted again.
fn gone<'w>(mesh: &Mesh<'w>) -> Vec<Gone<'w>> {
    let is_retired = |status: &Option<String>| status::is(status.as_deref(), "retired");
    let mut found = Vec::new();
    let mut with_product = HashSet::new();
    for product in mesh.workspace.products() {
        if product.role != Role::Target || !is_retired(&product.model.status) {
            continue;
        }
        let ports = product.output_ports();
        let contracts: Vec<_> = ports
            .filter_map(|port| {
                let id = port.model.contract_id.as_deref()?;
                Some((id, port.model.version.as_deref()))
            })
            .collect();
        with_product.extend(product.own_contracts().iter().map(|own| own.index()));
        found.push(Gone {
            document: product.document,
            subject: format!("the data product `{}`", product.label()),
            contracts,
        });
    }
    for contract in mesh.workspace.contracts() {
        let is_alone = !with_product.contains(&contract.index());
        if contract.role == Role::Target
            && is_alone
            && is_retired(&contract.model.status)
            && let Some(id) = contract.model.id.as_deref()
        {
            found.push(Gone {
                document: contract.document,
                subject: format!("the contract `{id}`"),
                contracts: vec![(id, contract.model.version.as_deref())],
            });
        }
    }
    found
}

/// The products that consume and that nothing is said about in this run: by name, with the contract
/// and the version they ask for.
fn consumers_elsewhere<'w>(
    mesh: &Mesh<'w>,
) -> impl Iterator<Item = (&'w str, &'w str, Option<&'w str>)> {
    let is_retired = |status: &Option<String>| status::is(status.as_deref(), "retired");
    let here: HashSet<&str> = mesh
        .workspace
        .products()
        .filter(|product| product.role != Role::Published)
        .filter_map(|product| product.model.id.as_deref())
        .collect();
    let neighbours = mesh
        .workspace
        .products()
        .filter(move |product: &ProductRef<'_>| {
            product.role == Role::Neighbour && !is_retired(&product.model.status)
        })
        .flat_map(|product| {
            product.model.input_ports.iter().filter_map(move |port| {
                let contract = port.contract_id.as_deref()?;
                Some((product.label(), contract, port.version.as_deref()))
            })
        });
    // What is in the workspace is newer than what was published of it.
    let published = mesh.workspace.published().into_iter();
    let published = published
        .flat_map(|published| &published.products)
        .filter(move |product: &&PublishedProduct| {
            !here.contains(&*product.id) && !is_retired(&product.status)
        })
        .flat_map(|product| {
            product
                .consumes
                .iter()
                .map(move |(id, version)| (&*product.id, &**id, version.as_deref()))
        });
    neighbours.chain(published)
}

/// Whether a product that is not retired offers the contract as well, in whatever version.
fn is_offered_otherwise(mesh: &Mesh<'_>, contract: &str) -> bool {
    mesh.workspace
        .ports_promising(contract)
        .any(|output| !status::is(output.product.model.status.as_deref(), "retired"))
}

#[cfg(test)]
mod tests {
    use mesh_spec::workspace::{Published, Workspace};

    use super::*;

    fn found(product: &str, consumer: PublishedProduct) -> Vec<String> {
        let product = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: p\nstatus: retired\n{product}outputPorts: [{{name: o, contractId: c, version: 1.0.0}}]\n"
        );
        let document = Document::parse("p/dataproduct.yaml", product.into_bytes(), None);
        let published = Published {
            products: vec![consumer],
            ..Published::default()
        };
        let workspace = Workspace::new(vec![(document, Role::Target)], Some(published));
        let options = crate::engine::Options::as_of("2026-06-30");
        let mut findings = Findings::new(&RULE, &options);
        check(&Mesh::new(&workspace, "2026-06-30"), &mut findings);
        let found = findings.into_inner().into_iter();
        found.map(|diagnostic| diagnostic.message).collect()
    }

    fn consumer(version: Option<&str>) -> PublishedProduct {
        PublishedProduct {
            id: "q".to_owned(),
            consumes: vec![("c".to_owned(), version.map(str::to_owned))],
            ..PublishedProduct::default()
        }
    }

    #[test]
    fn only_consumers_of_what_is_gone_count() {
        let expected = ["the data product `p` is retired, but q still relies on it"];
        assert_eq!(found("", consumer(Some("v1.0.0"))), expected);
        assert_eq!(found("", consumer(None)), expected);
        assert!(found("", consumer(Some("2.0.0"))).is_empty());
        let retired = PublishedProduct {
            status: Some("retired".to_owned()),
            ..consumer(None)
        };
        assert!(found("", retired).is_empty());
        let itself = PublishedProduct {
            id: "p".to_owned(),
            ..consumer(None)
        };
        assert!(found("", itself).is_empty());
    }
}
