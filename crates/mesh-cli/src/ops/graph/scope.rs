//! The part of a graph that was asked for.

use std::collections::{BTreeSet, VecDeque};

use super::facts::Facts;
use super::{Graph, Link, Source};

/// `all` as far as it was asked for or is reached from there: what feeds it, and what it feeds, in at most `depth`
/// steps either way.
pub(super) fn reached(all: Vec<Facts>, links: Vec<Link>, depth: Option<usize>) -> Graph {
    let asked: Vec<usize> = (0..all.len())
        .filter(|&at| all[at].product.is_asked)
        .collect();
    let ways = |forwards: bool| {
        let mut ways = vec![Vec::new(); all.len()];
        for link in &links {
            if let Some(source) = link.product() {
                if forwards {
                    ways[source].push(link.target);
                } else {
                    ways[link.target].push(source);
                }
            }
        }
        ways
    };
    let (up, down) = (ways(false), ways(true));
    let limit = depth.unwrap_or(usize::MAX);
    let above = walk(&asked, &up, limit);
    let below = walk(&asked, &down, limit);
    let shown: BTreeSet<usize> = above.union(&below).copied().collect();
    let left_out = if depth.is_some() {
        let further = walk(&asked, &up, usize::MAX);
        let further = further.union(&walk(&asked, &down, usize::MAX)).count();
        further - shown.len()
    } else {
        0
    };

    let mut order: Vec<usize> = shown.into_iter().collect();
    let place = |at: usize| {
        let product = &all[at].product;
        (
            product.domain.is_none(),
            product.domain.as_deref(),
            product.slug.as_str(),
            at,
        )
    };
    order.sort_by(|&a, &b| place(a).cmp(&place(b)));
    let mut position = vec![None; all.len()];
    for (new, &old) in order.iter().enumerate() {
        position[old] = Some(new);
    }
    let links = links.into_iter().filter_map(|link| {
        let target = position[link.target]?;
        let source = match link.source {
            Source::Product {
                product,
                port,
                earlier,
            } => Source::Product {
                product: position[product]?,
                port,
                earlier,
            },
            // What else a consumer of a consumer draws from is its own business.
            stray if above.contains(&link.target) => stray,
            _ => return None,
        };
        Some(Link {
            source,
            target,
            ..link
        })
    });
    let mut links: Vec<Link> = links.collect();
    // In their products' new order; the order of the inputs of each stays.
    links.sort_by_key(|link| link.target);
    let mut all: Vec<Option<Facts>> = all.into_iter().map(Some).collect();
    let products = order.into_iter().filter_map(|at| all[at].take());
    Graph {
        registry: None,
        products: products.map(|facts| facts.product).collect(),
        links,
        left_out,
    }
}

/// What is reached from `starts` in at most `limit` steps, with the starts.
fn walk(starts: &[usize], ways: &[Vec<usize>], limit: usize) -> BTreeSet<usize> {
    let mut seen: BTreeSet<usize> = starts.iter().copied().collect();
    let mut queue: VecDeque<(usize, usize)> = starts.iter().map(|&at| (at, 0)).collect();
    while let Some((at, steps)) = queue.pop_front() {
        if steps == limit {
            continue;
        }
        for &next in &ways[at] {
            if seen.insert(next) {
                queue.push_back((next, steps + 1));
            }
        }
    }
    seen
}
