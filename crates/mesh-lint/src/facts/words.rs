//! Wording that several rules share.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::mesh::Link;

/// How many names a message lists before it says how many more there are.
const LISTED: usize = 5;

/// `a, b, c`; of a long list the first five, `and 3 more`.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut text = names[..names.len().min(LISTED)].join(", ");
    if names.len() > LISTED {
        let _ = write!(text, " and {} more", names.len() - LISTED);
    }
    text
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn choice(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => format!("`{last}`"),
        Some((last, rest)) => format!("`{}` or `{last}`", rest.join("`, `")),
        None => String::new(),
    }
}

/// A port as a message names it: by its name, or by its place where it has none.
pub(crate) fn port(direction: &str, name: Option<&str>, index: usize) -> String {
    match name {
        Some(name) => format!("{direction} port `{name}`"),
        None => format!("{direction} port {}", index + 1),
    }
}

/// An output port as a message names it.
pub(crate) fn output_port(name: Option<&str>, index: usize) -> String {
    port("output", name, index)
}

/// An input port as a message names it.
pub(crate) fn input_port(link: &Link<'_>) -> String {
    port("input", link.port.name.as_deref(), link.index)
}

/// Looks for the ids that others were probably meant to be.
///
/// Each search compares an id with all others. Where a whole repository leads nowhere, as when its
/// contracts are elsewhere, that would take longer than everything else together, and nobody reads
/// a thousand suggestions: once a fixed number of comparisons is spent, there are none any more.
pub(crate) struct Suggestions<'a> {
    known: Vec<&'a str>,
    /// What was found for the ids that were searched for already.
    found: HashMap<String, Option<&'a str>>,
    left: usize,
}

impl<'a> Suggestions<'a> {
    /// How many comparisons all searches together may take.
    const COMPARISONS: usize = 100_000;

    /// Suggests ids among `known`; of several, that which is closest.
    pub(crate) fn new(known: impl IntoIterator<Item = &'a str>) -> Self {
        let mut seen = HashSet::new();
        Self {
            known: known.into_iter().filter(|id| seen.insert(*id)).collect(),
            found: HashMap::new(),
            left: Self::COMPARISONS,
        }
    }

    /// The id that `input` was probably meant to be.
    ///
    /// Ids share long prefixes (`supply-chain.shipment.`), which would make any two of one product
    /// look alike. Only the parts that differ are compared.
    pub(crate) fn nearest(&mut self, input: &str) -> Option<&'a str> {
        if let Some(found) = self.found.get(input) {
            return *found;
        }
        self.left = self.left.checked_sub(self.known.len())?;
        let known = self.known.iter().copied();
        let close = known.filter(|candidate| {
            let (a, b) = differing(input, candidate);
            !b.is_empty() && mesh_diagnostics::nearest(a, [b]).is_some()
        });
        let close: Vec<&str> = close.collect();
        let closest = mesh_diagnostics::nearest(input, close.iter().copied());
        let found = closest.or_else(|| close.first().copied());
        self.found.insert(input.to_owned(), found);
        found
    }
}

/// What is left of two dotted ids without the parts they share at the start and at the end.
fn differing<'a, 'b>(mut a: &'a str, mut b: &'b str) -> (&'a str, &'b str) {
    while let (Some((first, rest)), Some((other, others))) = (a.split_once('.'), b.split_once('.'))
        && first == other
    {
        (a, b) = (rest, others);
    }
    while let (Some((rest, last)), Some((others, other))) = (a.rsplit_once('.'), b.rsplit_once('.'))
        && last == other
    {
        (a, b) = (rest, others);
    }
    (a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut() {
        assert_eq!(listed(["a", "b"]), "a, b");
        assert_eq!(
            listed(["a", "b", "c", "d", "e", "f", "g"]),
            "a, b, c, d, e and 2 more"
        );
        assert_eq!(choice(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(choice(&["a"]), "`a`");
    }

    #[test]
    fn ids_are_compared_where_they_differ() {
        let mut known = Suggestions::new(["shop.shipment.events", "shop.shipment.orders"]);
        for (input, meant) in [
            ("shop.shipment.delays", None),
            ("shop.shipment.order", Some("shop.shipment.orders")),
            ("shop.shipmnet.orders", Some("shop.shipment.orders")),
            ("shop.shipment.event", Some("shop.shipment.events")),
        ] {
            assert_eq!(known.nearest(input), meant, "{input}");
        }
    }

    #[test]
    fn searches_end_when_their_comparisons_are_spent() {
        let ids: Vec<String> = (0..1000).map(|n| format!("shop.contract-{n}")).collect();
        let mut known = Suggestions::new(ids.iter().map(String::as_str));
        let searches = Suggestions::COMPARISONS / ids.len();
        for n in 0..searches {
            let other = format!("shop.{n}.elsewhere");
            assert_eq!(known.nearest(&other), None);
        }
        assert_eq!(known.nearest("shop.contarct-7"), None);
        // What was found before is still known.
        let mut known = Suggestions::new(ids.iter().map(String::as_str));
        assert_eq!(known.nearest("shop.contarct-7"), Some("shop.contract-7"));
        known.left = 0;
        assert_eq!(known.nearest("shop.contarct-7"), Some("shop.contract-7"));
        assert_eq!(known.nearest("shop.contarct-2"), None);
    }
}
