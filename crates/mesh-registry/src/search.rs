//! Finding products by words, and suggesting names that are nearly right.

use crate::{Result, index::Entry, snapshot::Snapshot};

/// A product that matches a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The version that stands for the product; see [`Snapshot::latest_of`].
    pub entry: Entry,
    /// How many versions the product has.
    pub versions: usize,
    /// How well it matches; only good for comparing hits of one search.
    pub score: u32,
}

/// Finds the products in which every word of the query begins some word, best first. No words find everything.
pub(crate) fn search(snapshot: &Snapshot, query: &str) -> Result<Vec<Hit>> {
    let terms: Vec<String> = words(query).map(str::to_lowercase).collect();
    let hit = |entry: Entry, versions: usize| {
        score(&entry, &terms).map(|score| Hit {
            entry,
            versions,
            score,
        })
    };
    let withdrawn = snapshot.statuses()?.products()?;
    let mut hits = Vec::new();
    let (mut newest, mut counts) = (Vec::new(), Vec::new());
    snapshot.index.each_current(|product| {
        let versions = product.versions;
        if withdrawn.contains(product.reference) {
            newest.extend(product.entry());
            counts.resize(newest.len(), versions);
            return;
        }
        // Cheap, and almost always enough to rule a product out.
        let mut terms = terms.iter();
        if terms.all(|term| product.text.contains(term.as_str())) {
            hits.extend(product.entry().and_then(|entry| hit(entry, versions)));
        }
    })?;
    // What nobody is to begin to rely on is not what people look for.
    let standing = snapshot.standing(newest)?.into_iter().zip(counts);
    hits.extend(standing.filter_map(|(entry, versions)| hit(entry, versions)));
    hits.sort_by(|a, b| {
        let names = (&a.entry.domain, &a.entry.product).cmp(&(&b.entry.domain, &b.entry.product));
        b.score.cmp(&a.score).then(names)
    });
    Ok(hits)
}

/// The sum over the terms of the best place in which each is found; `None` if one is not found at all.
fn score(entry: &Entry, terms: &[String]) -> Option<u32> {
    const EXACT: u32 = 2;
    let summary = &entry.summary;
    let name = summary.name.as_deref().unwrap_or_default();
    let places: [(u32, Vec<&str>); 4] = [
        (40, vec![&entry.product, &entry.id, name]),
        (20, summary.tags.iter().map(String::as_str).collect()),
        (
            15,
            std::iter::once(entry.domain.as_str())
                .chain(summary.output_ports.iter().map(|p| p.name.as_str()))
                .collect(),
        ),
        (5, vec![summary.purpose.as_deref().unwrap_or_default()]),
    ];
    let mut total = 0;
    for term in terms {
        let mut best = 0;
        for (weight, texts) in &places {
            for word in texts.iter().flat_map(|text| words(text)) {
                let word = word.to_lowercase();
                if word.starts_with(term.as_str()) {
                    best = best.max(if word == *term {
                        weight * EXACT
                    } else {
                        *weight
                    });
                }
            }
        }
        if best == 0 {
            return None;
        }
        total += best;
    }
    Some(total)
}

/// Letters and digits; everything else separates.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// The names nearest to a mistyped one, best first, without the far-fetched.
pub(crate) fn similar<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    const SHOWN: usize = 3;
    let wanted = wanted.to_lowercase();
    let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let mut near: Vec<(usize, &str)> = names
        .filter_map(|name| {
            // The domain may be missing or wrong and the product right.
            let distance = distance(&wanted, name).min(1 + distance(&last(&wanted), &last(name)));
            let allowed = 1 + last(&wanted).chars().count() / 3;
            (distance <= allowed).then_some((distance, name))
        })
        .collect();
    near.sort_unstable();
    near.into_iter()
        .take(SHOWN)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// How many characters must be inserted, removed, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_found() {
        let names = [
            "commercial/sales-order",
            "commercial/sales-orders",
            "logistics/shipment",
            "hr/people",
        ];
        let similar = |wanted| super::similar(wanted, names.into_iter());
        assert_eq!(
            similar("comercial/sales-order"),
            ["commercial/sales-order", "commercial/sales-orders"]
        );
        assert_eq!(similar("shipmnet"), ["logistics/shipment"]);
        assert_eq!(similar("sales/shipment"), ["logistics/shipment"]);
        assert!(similar("unrelated").is_empty());
    }

    #[test]
    fn distances_are_those_of_typing_errors() {
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "", 3),
            ("abc", "abd", 1),
            ("abc", "acb", 1),
            ("abc", "xabc", 1),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
