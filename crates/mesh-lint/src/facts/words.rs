//! Wording that several rules share.

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

/// The candidate that an id was probably meant to be.
///
/// Ids share long prefixes (`supply-chain.shipment.`), which would make any two of one product look
/// alike. Only the parts that differ are compared.
pub(crate) fn nearest_id<'a>(
    input: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates.into_iter().find(|candidate| {
        let (a, b) = differing(input, candidate);
        !b.is_empty() && mesh_diagnostics::nearest(a, [b]).is_some()
    })
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
        let known = ["shop.shipment.events", "shop.shipment.orders"];
        assert_eq!(nearest_id("shop.shipment.delays", known), None);
        assert_eq!(
            nearest_id("shop.shipment.order", known),
            Some("shop.shipment.orders")
        );
        assert_eq!(
            nearest_id("shop.shipmnet.orders", known),
            Some("shop.shipment.orders")
        );
    }
}
