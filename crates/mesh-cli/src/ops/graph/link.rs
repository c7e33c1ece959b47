//! Which input draws from which output, and what is wrong with it.

use std::collections::{BTreeMap, HashMap};

use mesh_registry::{Snapshot, Statuses};
use mesh_spec::terms::status;
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use super::facts::{Facts, Input, withdrawn};
use super::{Link, Mark, Problem, Source};
use crate::failure::Failure;

/// The links between `all`, in their order and that of their inputs.
pub(super) fn links(all: &[Facts], snapshot: Option<&Snapshot>) -> Result<Vec<Link>, Failure> {
    let registry = match snapshot {
        Some(snapshot) => Some((snapshot, snapshot.statuses()?)),
        None => None,
    };
    let lookup = Lookup::new(all, registry);
    let mut links = Vec::new();
    for (target, facts) in all.iter().enumerate() {
        for input in &facts.inputs {
            links.extend(lookup.link(target, input)?);
        }
    }
    mark_cycles(all.len(), &mut links);
    for link in &mut links {
        if let Some(problem) = of_source(all, link) {
            link.problems.push(problem);
        }
        link.problems.sort_unstable();
        link.problems.dedup();
    }
    Ok(links)
}

struct Lookup<'a> {
    all: &'a [Facts],
    registry: Option<(&'a Snapshot, Statuses<'a>)>,
    /// Products and their ports by contract id.
    ports: HashMap<&'a str, Vec<(usize, usize)>>,
    ids: HashMap<&'a str, usize>,
    references: BTreeMap<String, usize>,
}

impl<'a> Lookup<'a> {
    fn new(all: &'a [Facts], registry: Option<(&'a Snapshot, Statuses<'a>)>) -> Self {
        let mut lookup = Self {
            all,
            registry,
            ports: HashMap::new(),
            ids: HashMap::new(),
            references: BTreeMap::new(),
        };
        for (at, facts) in all.iter().enumerate() {
            let product = &facts.product;
            if !product.id.is_empty() {
                lookup.ids.entry(&product.id).or_insert(at);
            }
            lookup.references.entry(product.reference()).or_insert(at);
            for (port, offered) in product.ports.iter().enumerate() {
                if let Some(contract) = offered.contract.as_deref() {
                    lookup.ports.entry(contract).or_default().push((at, port));
                }
            }
        }
        lookup
    }

    /// The link of an input; `None` if it names nothing.
    fn link(&self, target: usize, input: &Input) -> Result<Option<Link>, Failure> {
        let named = input.contract.as_deref().unwrap_or_default().trim();
        if named.is_empty() && input.upstream.is_none() {
            return Ok(None);
        }
        let (source, problem) = self.source(target, input, named)?;
        let contract = match source {
            Source::Product {
                product,
                port: Some(port),
                ..
            } if named.is_empty() => self.all[product].product.ports[port].contract.clone(),
            _ => None,
        };
        Ok(Some(Link {
            source,
            target,
            input: input.name.clone(),
            contract: contract.unwrap_or_else(|| named.to_owned()),
            version: input.version.clone(),
            problems: problem.into_iter().collect(),
        }))
    }

    fn source(
        &self,
        target: usize,
        input: &Input,
        contract: &str,
    ) -> Result<(Source, Option<Problem>), Failure> {
        let wanted = input.version.as_deref();
        let known: Vec<(usize, usize)> = match &input.upstream {
            Some((id, port)) => self.pointed_out(id, port.as_deref(), contract),
            None => self.ports.get(contract).cloned().unwrap_or_default(),
        };
        let fits = |&&(product, port): &&(usize, usize)| self.all[product].offers(port, wanted);
        let others = || known.iter().filter(|(product, _)| *product != target);
        let from = |&(product, port): &(usize, usize)| Source::Product {
            product,
            port: Some(port),
            earlier: None,
        };
        if let Some(found) = others().find(fits) {
            return Ok((from(found), None));
        }
        if let Some(earlier) = self.earlier(target, contract, wanted)? {
            return Ok(earlier);
        }
        if let Some(other) = others().next() {
            return Ok((from(other), Some(Problem::NotOffered)));
        }
        if self.all[target].kept.contains(contract) {
            return Ok((Source::Outside, None));
        }
        // What is left are ports of its own.
        if let Some(own) = known.iter().find(fits) {
            return Ok((from(own), None));
        }
        if self.registry.is_none() {
            return Ok((Source::Unverified, None));
        }
        Ok(match self.earlier(target, contract, None)? {
            Some((other, _)) => (other, Some(Problem::NotOffered)),
            None => (Source::Nobody, Some(Problem::Dangling)),
        })
    }

    /// The ports of the product with an id that an input can mean.
    fn pointed_out(&self, id: &str, port: Option<&str>, contract: &str) -> Vec<(usize, usize)> {
        let Some(&at) = self.ids.get(id) else {
            return Vec::new();
        };
        let ports = self.all[at].product.ports.iter().enumerate();
        let meant = ports.filter(|(_, offered)| match port {
            Some(name) => offered.name == name,
            None => contract.is_empty() || offered.contract.as_deref() == Some(contract),
        });
        meant.map(|(port, _)| (at, port)).collect()
    }

    /// A product that once published the contract in a version, as it is now, and what was said about that version.
    fn earlier(
        &self,
        target: usize,
        contract: &str,
        wanted: Option<&str>,
    ) -> Result<Option<(Source, Option<Problem>)>, Failure> {
        let Some((snapshot, statuses)) = &self.registry else {
            return Ok(None);
        };
        let uses = snapshot.contract(contract, wanted)?.into_iter();
        let Some(newest) = uses.max_by(|a, b| a.entry.version.cmp(&b.entry.version)) else {
            return Ok(None);
        };
        let known = self.references.get(&newest.entry.reference());
        let Some(&product) = known.filter(|&&product| product != target) else {
            return Ok(None);
        };
        let problem = match withdrawn(statuses, &newest.entry)? {
            Some(Mark::Yanked) => Some(Problem::Yanked),
            Some(_) => Some(Problem::Deprecated),
            None => None,
        };
        let mut ports = self.all[product].product.ports.iter();
        let source = Source::Product {
            product,
            port: ports.position(|port| port.contract.as_deref() == Some(contract)),
            earlier: Some(newest.entry.version.to_string()),
        };
        Ok(Some((source, problem)))
    }
}

fn mark_cycles(products: usize, links: &mut [Link]) {
    let mut graph = DiGraph::<(), ()>::with_capacity(products, links.len());
    let nodes: Vec<_> = (0..products).map(|_| graph.add_node(())).collect();
    for link in links.iter() {
        if let Some(source) = link.product() {
            graph.add_edge(nodes[source], nodes[link.target], ());
        }
    }
    let mut component = vec![0; products];
    for (at, members) in tarjan_scc(&graph).into_iter().enumerate() {
        for member in members {
            component[member.index()] = at;
        }
    }
    for link in links {
        // Within a component every link is on a way back; a product that reads itself is one alone.
        if link
            .product()
            .is_some_and(|source| component[source] == component[link.target])
        {
            link.problems.push(Problem::Cycle);
        }
    }
}

/// What the source is like, where that matters to the consumer.
fn of_source(all: &[Facts], link: &Link) -> Option<Problem> {
    let source = &all[link.product()?].product;
    let target = &all[link.target].product;
    let is = |expected| status::is(target.status.as_deref(), expected);
    if link.product() == Some(link.target) || is("retired") {
        return None;
    }
    // What was said about the version that is shown is no matter where an earlier one is relied on.
    let is_earlier = matches!(
        &link.source,
        Source::Product {
            earlier: Some(_),
            ..
        }
    );
    let mark = if is_earlier {
        source.stage()
    } else {
        source.mark()
    };
    match mark? {
        Mark::Retired => Some(Problem::Retired),
        Mark::Yanked => Some(Problem::Yanked),
        Mark::Deprecated => Some(Problem::Deprecated),
        Mark::Draft | Mark::Proposed => is("active").then_some(Problem::Draft),
    }
}
