//! A registry of many products, in families that read from each other.

use std::fs;
use std::io;
use std::path::Path;

use mesh_diagnostics::{CleanReport, Report};
use mesh_registry::{
    InputPort, Options, OutputPort, PlannedContract, PlannedProduct, PublishOptions, PublishPlan,
    Publisher, Registry, RegistryLocation, Summary,
};

/// Products in the registry.
pub(super) const PRODUCTS: usize = 10_000;
/// Products that follow from one source.
pub(super) const FAMILY: usize = 200;
/// Each product is read by so many others of its family, as far as there are so many.
const READERS: usize = 4;
/// Fields of each contract.
const FIELDS: usize = 20;

/// Makes a registry at `registry`, and in `work` the next version of a source, without its first field.
pub(super) fn make(registry: &Path, cache: &Path, work: &Path) -> io::Result<()> {
    let location = RegistryLocation::parse(&registry.display().to_string(), registry)
        .map_err(io::Error::other)?;
    let options = Options {
        cache_dir: Some(cache.to_owned()),
        ..Options::default()
    };
    let handle = Registry::new(location, options);
    handle.init().map_err(io::Error::other)?;
    let clean = CleanReport::try_from(Report::default());
    let clean = clean.map_err(|_| io::Error::other("an empty report is clean"))?;
    let publisher = Publisher {
        name: "Bench".to_owned(),
        email: "bench@example.com".to_owned(),
    };
    let products = (0..PRODUCTS).map(planned).collect::<io::Result<_>>()?;
    let plan = PublishPlan::new(&clean, products, publisher, "mesh-bench 0.0.0");
    let plan = plan.map_err(io::Error::other)?;
    handle
        .publish(&plan, &PublishOptions::default(), &mut |_| {
            Ok(mesh_registry::Approval::default())
        })
        .map_err(io::Error::other)?;

    fs::create_dir_all(work)?;
    fs::write(work.join("dataproduct.yaml"), product(0, "2.0.0"))?;
    fs::write(work.join("rows.odcs.yaml"), contract(0, "2.0.0", 1))
}

fn planned(n: usize) -> io::Result<PlannedProduct> {
    let inputs = source_of(n).map(|source| InputPort {
        name: "rows".to_owned(),
        contract_id: Some(id(source)),
        contract_version: Some("1.0.0".to_owned()),
    });
    Ok(PlannedProduct {
        id: id(n),
        name: Some(format!("Product {n}")),
        domain: domain(n),
        version: "1.0.0".parse().map_err(io::Error::other)?,
        manifest: product(n, "1.0.0").into_bytes(),
        contracts: vec![PlannedContract {
            id: id(n),
            version: "1.0.0".to_owned(),
            bytes: contract(n, "1.0.0", 0).into_bytes(),
        }],
        source: None,
        summary: Summary {
            name: Some(format!("Product {n}")),
            status: Some("active".to_owned()),
            purpose: Some(format!(
                "What product {n} is for, in a sentence of ordinary length."
            )),
            owner: Some(format!("owner-{}@example.com", n % 97)),
            output_ports: vec![OutputPort {
                name: "rows".to_owned(),
                version: Some("1.0.0".to_owned()),
                contract_id: Some(id(n)),
                contract_version: Some("1.0.0".to_owned()),
                ..OutputPort::default()
            }],
            input_ports: inputs.into_iter().collect(),
            ..Summary::default()
        },
    })
}

/// The product that a product reads; none for the first of a family.
fn source_of(n: usize) -> Option<usize> {
    let place = n % FAMILY;
    let source = place.checked_sub(1)? / READERS;
    Some(n - place + source)
}

fn domain(n: usize) -> String {
    format!("domain-{}", n % 50)
}

fn id(n: usize) -> String {
    format!("{}.product-{n}", domain(n))
}

fn product(n: usize, version: &str) -> String {
    let id = id(n);
    let inputs = source_of(n).map_or_else(String::new, |source| {
        let source = self::id(source);
        format!("inputPorts:\n  - {{name: rows, version: 1.0.0, contractId: {source}}}\n")
    });
    let made_from = source_of(n).map_or_else(String::new, |source| {
        let source = self::id(source);
        format!("    inputContracts:\n      - {{id: {source}, version: 1.0.0}}\n")
    });
    format!(
        "apiVersion: v1.1.0\nkind: DataProduct\nid: {id}\nname: Product {n}\nversion: {version}\n\
         status: active\ndomain: {}\n{inputs}outputPorts:\n  - name: rows\n    version: {version}\n    \
         contractId: {id}\n{made_from}",
        domain(n)
    )
}

/// The contract of a product, without its first `left_out` fields.
fn contract(n: usize, version: &str, left_out: usize) -> String {
    let source = source_of(n).map(id);
    let fields = (left_out..FIELDS).map(|field| {
        let origin = source.as_ref().map_or_else(String::new, |source| {
            format!("        transformSourceObjects: [{source}.rows.field_{field}]\n")
        });
        format!(
            "      - name: field_{field}\n        logicalType: string\n        physicalType: varchar(40)\n        \
             description: What the column number {field} holds.\n        classification: internal\n{origin}"
        )
    });
    format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: {}\nversion: {version}\nstatus: active\nschema:\n  \
         - name: rows\n    physicalName: rows\n    properties:\n{}",
        id(n),
        fields.collect::<String>()
    )
}
