//! Who consumes what from whom: from manifests and a registry to a graph, and how it is drawn.

mod dot;
mod facts;
mod gather;
mod json;
mod link;
mod mermaid;
mod pretty;
mod scope;
mod svg;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write;

use mesh_spec::terms::status;

pub(crate) use self::gather::{Request, run};
use super::text::plural;
use crate::cli::GraphFormat;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Products and what flows between them.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// The registry that was asked, if any.
    pub(crate) registry: Option<String>,
    /// The products, by domain and name.
    pub(crate) products: Vec<Product>,
    /// What the products consume, in their order and that of their input ports.
    pub(crate) links: Vec<Link>,
    /// How many more products there are further up and down than was asked for.
    pub(crate) left_out: usize,
}

/// A product.
#[derive(Debug, Clone, Default)]
pub(crate) struct Product {
    /// The name of its domain as it stands in a registry; `None` if it names none.
    pub(crate) domain: Option<String>,
    /// Its name as it stands in a registry.
    pub(crate) slug: String,
    /// Its id; empty if it has none.
    pub(crate) id: String,
    /// The name people use.
    pub(crate) name: Option<String>,
    /// Its version.
    pub(crate) version: Option<String>,
    /// Where it is in its life.
    pub(crate) status: Option<String>,
    /// What was said about it in the registry since.
    pub(crate) withdrawn: Option<Mark>,
    /// Who answers for it.
    pub(crate) owner: Option<String>,
    /// Whether it was asked for; the others are what these reach.
    pub(crate) is_asked: bool,
    /// Whether this is what the registry holds, rather than what the repository does.
    pub(crate) is_published: bool,
    /// What it offers.
    pub(crate) ports: Vec<Port>,
}

/// An output port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Port {
    /// Its name.
    pub(crate) name: String,
    /// Its version: that of the contract, else its own.
    pub(crate) version: Option<String>,
    /// The id of its contract.
    pub(crate) contract: Option<String>,
}

/// An input port, and where its data comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where from.
    pub(crate) source: Source,
    /// The position of the product that consumes.
    pub(crate) target: usize,
    /// The name of its input port.
    pub(crate) input: String,
    /// The contract that it relies on; empty if it names a product only.
    pub(crate) contract: String,
    /// The version of the contract that it relies on; any, if it says nothing.
    pub(crate) version: Option<String>,
    /// What is wrong with it, the gravest first.
    pub(crate) problems: Vec<Problem>,
}

/// Where data comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// A product of the graph.
    Product {
        /// Its position.
        product: usize,
        /// The position of the output port, if the product has it in the version that is shown.
        port: Option<usize>,
        /// The version of the product that offers what is asked for, where that is an earlier one than is shown.
        earlier: Option<String>,
    },
    /// A source that is no data product, for which the consumer keeps a contract.
    Outside,
    /// Nobody in the repository, and no registry was asked.
    Unverified,
    /// Nobody at all.
    Nobody,
}

/// What is wrong with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Problem {
    /// Nobody publishes the contract.
    Dangling,
    /// The contract is published, but never was in this version.
    NotOffered,
    /// What comes in is made from what goes out.
    Cycle,
    /// The source is no longer run.
    Retired,
    /// The version that it relies on was withdrawn.
    Yanked,
    /// The source is about to go.
    Deprecated,
    /// An active product relies on one that is not there yet.
    Draft,
}

/// How a product is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// It is no longer run.
    Retired,
    /// This version was withdrawn.
    Yanked,
    /// It is about to go.
    Deprecated,
    /// It is being made.
    Draft,
    /// It is being thought of.
    Proposed,
}

impl Problem {
    /// What programs call it.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Dangling => "dangling",
            Self::NotOffered => "notOffered",
            Self::Cycle => "cycle",
            Self::Retired => "retired",
            Self::Yanked => "yanked",
            Self::Deprecated => "deprecated",
            Self::Draft => "draft",
        }
    }

    /// What a legend calls it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Dangling => "nobody publishes it",
            Self::NotOffered => "not offered in this version",
            Self::Cycle => "a cycle",
            Self::Retired => "relies on a retired product",
            Self::Yanked => "relies on a yanked version",
            Self::Deprecated => "relies on a deprecated product",
            Self::Draft => "relies on a draft",
        }
    }

    /// Whether something does not work, rather than soon may not.
    pub(crate) fn is_error(self) -> bool {
        self <= Self::Retired
    }
}

impl Mark {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Retired => "retired",
            Self::Yanked => "yanked",
            Self::Deprecated => "deprecated",
            Self::Draft => "draft",
            Self::Proposed => "proposed",
        }
    }
}

impl Product {
    /// `domain/product`, or the name alone.
    pub(crate) fn reference(&self) -> String {
        match &self.domain {
            Some(domain) => format!("{domain}/{}", self.slug),
            None => self.slug.clone(),
        }
    }

    /// How it is marked, if it is not simply there: the gravest.
    pub(crate) fn mark(&self) -> Option<Mark> {
        self.stage().into_iter().chain(self.withdrawn).min()
    }

    /// Where it is in its life, by what it says itself, if it is not simply there.
    pub(crate) fn stage(&self) -> Option<Mark> {
        let stages = [Mark::Retired, Mark::Deprecated, Mark::Draft, Mark::Proposed];
        let mut stages = stages.into_iter();
        stages.find(|stage| status::is(self.status.as_deref(), stage.word()))
    }
}

impl Link {
    /// The position of the product that it comes from, if it is from one.
    pub(crate) fn product(&self) -> Option<usize> {
        match self.source {
            Source::Product { product, .. } => Some(product),
            _ => None,
        }
    }

    /// The gravest problem.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.problems.first().copied()
    }
}

impl Graph {
    /// The domains with the positions of their products, by name; those without a domain last.
    pub(crate) fn domains(&self) -> Vec<(Option<&str>, Vec<usize>)> {
        let mut domains: BTreeMap<(bool, Option<&str>), Vec<usize>> = BTreeMap::new();
        for (at, product) in self.products.iter().enumerate() {
            let domain = product.domain.as_deref();
            domains
                .entry((domain.is_none(), domain))
                .or_default()
                .push(at);
        }
        let domains = domains.into_iter();
        domains
            .map(|((_, domain), products)| (domain, products))
            .collect()
    }

    /// The port that a link comes from.
    pub(crate) fn port(&self, link: &Link) -> Option<&Port> {
        match link.source {
            Source::Product {
                product,
                port: Some(port),
                ..
            } => self.products[product].ports.get(port),
            _ => None,
        }
    }

    /// What a link carries, for a label: the port, else the contract, and the version.
    pub(crate) fn label(&self, link: &Link) -> String {
        let name = match self.port(link) {
            Some(port) if !port.name.is_empty() => &port.name,
            _ if link.contract.is_empty() => &link.input,
            _ => &link.contract,
        };
        match &link.version {
            Some(version) => format!("{name} {version}"),
            None => name.clone(),
        }
    }

    /// What feeds products and is no product: each once, with the links that it feeds. Nothing that was not looked
    /// for is among them.
    pub(crate) fn strays(&self) -> Vec<(&Source, &str, Vec<usize>)> {
        let mut strays: BTreeMap<(&Source, &str), Vec<usize>> = BTreeMap::new();
        for (at, link) in self.links.iter().enumerate() {
            if link.product().is_none() {
                let label = if link.contract.is_empty() {
                    link.input.as_str()
                } else {
                    link.contract.as_str()
                };
                strays.entry((&link.source, label)).or_default().push(at);
            }
        }
        // In the order in which readers meet what they feed.
        let mut strays: Vec<_> = strays
            .into_iter()
            .map(|((source, label), links)| (source, label, links))
            .collect();
        strays.sort_by_key(|(_, _, links)| links.first().copied());
        strays
    }

    /// The links between the same two products as one arrow, in the order of the first of each.
    pub(crate) fn arrows(&self) -> Vec<Vec<&Link>> {
        let mut places: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut arrows: Vec<Vec<&Link>> = Vec::new();
        for link in &self.links {
            let Some(product) = link.product() else {
                continue;
            };
            let place = *places.entry((product, link.target)).or_insert(arrows.len());
            if place == arrows.len() {
                arrows.push(Vec::new());
            }
            arrows[place].push(link);
        }
        arrows
    }

    /// How many links have a problem that breaks them, and how many one that may.
    pub(crate) fn problems(&self) -> (usize, usize) {
        let gravest = self.links.iter().filter_map(Link::problem);
        let (errors, warnings): (Vec<_>, Vec<_>) = gravest.partition(|problem| problem.is_error());
        (errors.len(), warnings.len())
    }

    /// `6 data products in 4 domains, 7 inputs: 1 problem`.
    pub(crate) fn summary(&self) -> String {
        let mut text = plural(self.products.len(), "data product");
        let domains = self.domains().len();
        text.push_str(&format!(" in {}", plural(domains, "domain")));
        text.push_str(&format!(", {}", plural(self.links.len(), "input")));
        match self.problems() {
            (0, 0) => {}
            (errors, 0) => text.push_str(&format!(": {}", plural(errors, "problem"))),
            (0, warnings) => text.push_str(&format!(": {}", plural(warnings, "warning"))),
            (errors, warnings) => text.push_str(&format!(
                ": {} and {}",
                plural(errors, "problem"),
                plural(warnings, "warning")
            )),
        }
        text
    }

    /// What the picture does not tell.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let unverified = self.links.iter();
        let unverified = unverified
            .filter(|link| link.source == Source::Unverified)
            .count();
        if unverified > 0 {
            let inputs = plural(unverified, "input");
            notes.push(format!(
                "{inputs} could not be looked up: no registry is named"
            ));
        }
        if self.left_out > 0 {
            let products = plural(self.left_out, "data product");
            notes.push(format!("{products} further on: raise --depth to see them"));
        }
        notes
    }
}

/// Writes `graph` in a format, for people as `terminal` shows it.
///
/// # Errors
/// If it cannot be written, or is too large for the format to be of use.
pub(crate) fn write(
    graph: &Graph,
    format: GraphFormat,
    terminal: Terminal,
    out: &mut impl Write,
) -> Result<(), Failure> {
    match format {
        GraphFormat::Pretty => pretty::write(graph, terminal, out),
        GraphFormat::Mermaid => mermaid::write(graph, out),
        GraphFormat::Dot => dot::write(graph, out),
        GraphFormat::Svg => svg::write(graph, out),
        GraphFormat::Json => json::write(graph, out),
    }
}
