//! The graph for programs.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use super::{Graph, Link, Mark, Product, Source};
use crate::failure::Failure;
use crate::ops::output;

pub(super) fn write(graph: &Graph, out: &mut impl Write) -> Result<(), Failure> {
    let (errors, warnings) = graph.problems();
    let view = View {
        version: 1,
        registry: graph.registry.as_deref(),
        summary: Summary {
            products: graph.products.len(),
            domains: graph.domains().len(),
            links: graph.links.len(),
            problems: errors,
            warnings,
            left_out: graph.left_out,
        },
        products: graph.products.iter().map(ProductView::of).collect(),
        links: graph
            .links
            .iter()
            .map(|link| LinkView::of(graph, link))
            .collect(),
    };
    output::json(out, &view)?;
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: Option<&'a str>,
    summary: Summary,
    products: Vec<ProductView<'a>>,
    links: Vec<LinkView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    products: usize,
    domains: usize,
    links: usize,
    problems: usize,
    warnings: usize,
    left_out: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProductView<'a> {
    reference: String,
    id: &'a str,
    domain: Option<&'a str>,
    product: &'a str,
    name: Option<&'a str>,
    version: Option<&'a str>,
    status: Option<&'a str>,
    withdrawn: Option<&'static str>,
    owner: Option<&'a str>,
    asked: bool,
    published: bool,
    ports: Vec<BTreeMap<&'static str, Option<&'a str>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkView<'a> {
    /// What it comes from: a product, or why there is none.
    source: &'static str,
    from: Option<String>,
    port: Option<&'a str>,
    earlier: Option<&'a str>,
    to: String,
    input_port: &'a str,
    contract_id: Option<&'a str>,
    contract_version: Option<&'a str>,
    problems: Vec<&'static str>,
}

impl<'a> ProductView<'a> {
    fn of(product: &'a Product) -> Self {
        let ports = product.ports.iter().map(|port| {
            BTreeMap::from([
                ("name", Some(port.name.as_str())),
                ("version", port.version.as_deref()),
                ("contractId", port.contract.as_deref()),
            ])
        });
        Self {
            reference: product.reference(),
            id: &product.id,
            domain: product.domain.as_deref(),
            product: &product.slug,
            name: product.name.as_deref(),
            version: product.version.as_deref(),
            status: product.status.as_deref(),
            withdrawn: product.withdrawn.map(Mark::word),
            owner: product.owner.as_deref(),
            asked: product.is_asked,
            published: product.is_published,
            ports: ports.collect(),
        }
    }
}

impl<'a> LinkView<'a> {
    fn of(graph: &'a Graph, link: &'a Link) -> Self {
        let (source, from, earlier) = match &link.source {
            Source::Product {
                product, earlier, ..
            } => {
                let from = graph.products[*product].reference();
                ("product", Some(from), earlier.as_deref())
            }
            Source::Outside => ("outside", None, None),
            Source::Unverified => ("unverified", None, None),
            Source::Nobody => ("nobody", None, None),
        };
        Self {
            source,
            from,
            port: graph.port(link).map(|port| port.name.as_str()),
            earlier,
            to: graph.products[link.target].reference(),
            input_port: &link.input,
            contract_id: Some(link.contract.as_str()).filter(|id| !id.is_empty()),
            contract_version: link.version.as_deref(),
            problems: link.problems.iter().map(|problem| problem.id()).collect(),
        }
    }
}
