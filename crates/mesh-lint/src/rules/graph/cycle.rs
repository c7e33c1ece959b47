use std::collections::{HashMap, VecDeque};

use mesh_diagnostics::Level;
use mesh_spec::workspace::{Lookup, ProductRef, Role, same_version};
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use super::{CONSUMER, CONSUMER_CONTRACT};
use crate::example::{Example, Excerpt};
use crate::findings::Findings;
use crate::mesh::{Link, Mesh};
use crate::rule::{Check, Group, Preset, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "cycle",
    group: Group::Graph,
    level: Level::Error,
    preset: Preset::Minimal,
    fix: None,
    summary: "No data product consumes, directly or by way of others, what it publishes.",
    docs: "\
In a cycle no product can be built first, a mistake in one comes back to it through the others, and
no promise about freshness can be kept: each waits for the rest. Nobody plans such a cycle. It comes
about when two teams each add one input.

mesh follows input ports to the output ports that publish their contracts, and reports each cycle
once, with the whole way round. A product that reads its own output port is a cycle too. Break it
where a product needs least of its input: often it can take that from further upstream.",
    fails: Example::files(&[
        Excerpt::product(
            "\
inputPorts:
  - name: plan
    version: 1.0.0
    contractId: supply-chain.plan
outputPorts:
  - name: orders
    description: One row per confirmed order.
    version: 1.0.0
    contractId: commercial.orders
    inputContracts:
      - id: supply-chain.plan
        version: 1.0.0
",
        ),
        CONSUMER,
        CONSUMER_CONTRACT,
    ]),
    passes: Example::files(&[CONSUMER, CONSUMER_CONTRACT]),
    check: Check::Mesh(check),
};

fn check(mesh: &Mesh<'_>, findings: &mut Findings<'_>) {
    // A node's weight is the product's position among the documents, an edge's that of the link.
    let mut graph = DiGraph::<ProductRef<'_>, &Link<'_>>::new();
    let nodes: HashMap<usize, _> = mesh
        .workspace
        .products()
        .map(|product| (product.index(), graph.add_node(product)))
        .collect();
    for link in &mesh.links {
        if let Some(upstream) = upstream(link) {
            graph.add_edge(
                nodes[&link.consumer.index()],
                nodes[&upstream.index()],
                link,
            );
        }
    }
    for component in tarjan_scc(&graph) {
        let start = component
            .iter()
            .copied()
            .filter(|&node| graph[node].role == Role::Target)
            .min_by_key(|&node| graph[node].index());
        if let Some(start) = start
            && let Some(way) = way_round(&graph, start)
        {
            report(&way, findings);
        }
    }
}

/// The product that a link leads to: the one that promises the contract, be it the consumer itself.
fn upstream<'w>(link: &Link<'w>) -> Option<ProductRef<'w>> {
    if let Lookup::Found(output) = &link.upstream {
        return Some(output.product);
    }
    let workspace = link.consumer.workspace;
    let is_own = workspace.ports_promising(link.contract_id).any(|output| {
        let versions = (&output.model.version, &link.port.version);
        let same = match versions {
            (Some(own), Some(wanted)) => same_version(own, wanted),
            _ => true,
        };
        same && output.product == link.consumer
    });
    is_own.then_some(link.consumer)
}

type Node = petgraph::graph::NodeIndex;

/// The links of a shortest way from `start` back to it.
fn way_round<'m, 'w>(
    graph: &DiGraph<ProductRef<'w>, &'m Link<'w>>,
    start: Node,
) -> Option<Vec<&'m Link<'w>>> {
    let mut reached_by: HashMap<Node, (Node, &Link<'_>)> = HashMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        // Edges come newest first; the way should be the first that a reader would find.
        let mut walker = graph.neighbors(node).detach();
        let mut edges = Vec::new();
        while let Some((edge, next)) = walker.next(graph) {
            edges.push((edge, next));
        }
        for (edge, next) in edges.into_iter().rev() {
            if reached_by.contains_key(&next) {
                continue;
            }
            reached_by.insert(next, (node, graph[edge]));
            if next == start {
                let mut way = Vec::new();
                let mut at = start;
                loop {
                    let (before, link) = reached_by[&at];
                    way.push(link);
                    at = before;
                    if at == start {
                        way.reverse();
                        return Some(way);
                    }
                }
            }
            queue.push_back(next);
        }
    }
    None
}

fn report(way: &[&Link<'_>], findings: &mut Findings<'_>) {
    let Some((first, rest)) = way.split_first() else {
        return;
    };
    let label = first.consumer.label();
    let message = if rest.is_empty() {
        format!("`{label}` consumes its own output")
    } else {
        let names: Vec<&str> = way.iter().map(|link| link.consumer.label()).collect();
        format!(
            "`{label}` consumes its own output: {} → {label}",
            names.join(" → ")
        )
    };
    let mut finding = findings
        .at(first.consumer.document, first.source_pointer(), message)
        .help("remove one of these inputs, or take what it brings from further upstream");
    for link in rest {
        let pointer = link.source_pointer();
        let message = format!("`{}` consumes this", link.consumer.label());
        finding = finding.see(link.consumer.document, &pointer, message);
    }
}
