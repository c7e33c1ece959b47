//! Ids, the paths that they have for ever, and the record before.

use super::{
    finding::{Check, Findings},
    records::Published,
};
use crate::{Result, layout, names, snapshot::Snapshot};
use std::collections::{BTreeMap, HashMap};

pub(super) static ID_MOVED: Check = Check {
    id: "id-moved",
    summary: "A product keeps the path under which it was first published.",
    docs: "\
The id of a product is at one path in the registry for ever: whoever looks for it finds all of its versions there. In
another domain, or under another name, it is another product and needs another id.",
    help: "keep the domain and the name of the product, or give it a new id",
};

pub(super) static PATH_TAKEN: Check = Check {
    id: "path-taken",
    summary: "A path holds the versions of one product.",
    docs: "\
`products/<domain>/<product>` belongs to the id that was published there first. A version of another id there would be
taken for the next version of that product.",
    help: "give the product an id that leads to another path",
};

pub(super) static PATH_DIFFERS: Check = Check {
    id: "path-differs",
    summary: "A new product stands where its id belongs.",
    docs: "\
The name in the path comes from the id: it is the id itself, or its last part, or the product's name if the id is a UUID.
A product that is first published anywhere else takes the place of another.",
    help: "publish it with `mesh publish`, which knows its path",
};

pub(super) static PREVIOUS_UNKNOWN: Check = Check {
    id: "previous-unknown",
    summary: "A record names the one before it.",
    docs: "\
`previous` is the digest of the record of the version that was the highest when this one was made, or `null` for the first
version of a product. The records of a product are so a chain, in which none can be left out. Of two pull requests that
were made side by side, both name the same.",
    help: "publish it again with `mesh publish`: it was made for other versions than the registry has",
};

/// Checks the ids and paths of what one commit publishes, against what was there and against each other, and that each
/// record follows from one that is there.
pub(super) fn check(
    published: &[Published],
    standing: &Snapshot,
    findings: &mut Findings,
) -> Result<()> {
    // The versions of a product among each other, as if they had been published one after the other.
    let mut places: HashMap<&str, String> = HashMap::new();
    let mut ids: HashMap<String, &str> = HashMap::new();
    let mut digests: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for new in published {
        let digest = new.entry.record_digest.as_str();
        digests
            .entry(new.entry.reference())
            .or_default()
            .push(digest);
    }
    for new in published {
        let entry = &new.entry;
        let (id, reference) = (entry.id.as_str(), entry.reference());
        let there = standing.entries_of(&reference)?;
        let place = match places.get(id) {
            Some(place) => Some(place.clone()),
            None => standing.place_of(id)?,
        };
        let owner = there
            .first()
            .map(|entry| entry.id.as_str())
            .or_else(|| ids.get(&reference).copied());
        match (&place, owner) {
            (Some(place), _) if *place != reference => findings.add_at(
                &ID_MOVED,
                new.record_path(),
                format!("the product with id `{id}` is published as `{place}`, and this is `{reference}`"),
                new.place(&["\"id\""]),
            ),
            (_, Some(owner)) if owner != id => findings.add_at(
                &PATH_TAKEN,
                new.record_path(),
                format!("`{reference}` belongs to the product with id `{owner}`, and this has the id `{id}`"),
                new.place(&["\"id\""]),
            ),
            (None, None) => check_name(new, findings),
            _ => {}
        }
        places.entry(id).or_insert_with(|| reference.clone());
        ids.entry(reference.clone()).or_insert(id);
        let previous = new.product.record.previous.as_deref();
        let is_known = match previous {
            None => there.is_empty(),
            Some(digest) => {
                let siblings = digests.get(&reference).into_iter().flatten();
                let others = siblings.filter(|sibling| **sibling != entry.record_digest);
                there.iter().any(|entry| entry.record_digest == digest)
                    || others.into_iter().any(|it| *it == digest)
            }
        };
        if !is_known {
            let message = match previous {
                None => format!(
                    "it says that it is the first version of `{reference}`, which has {}",
                    versions(there.len())
                ),
                Some(digest) => format!("it follows {digest}, which is no record of `{reference}`"),
            };
            findings.add_at(
                &PREVIOUS_UNKNOWN,
                new.record_path(),
                message,
                new.place(&["\"previous\""]),
            );
        }
    }
    Ok(())
}

fn check_name(new: &Published, findings: &mut Findings) {
    let entry = &new.entry;
    let expected = names::product_name(&entry.id, entry.summary.name.as_deref());
    let message = match expected {
        Ok(expected) if expected == entry.product => return,
        Ok(expected) => format!(
            "the product with id `{}` belongs at `{}/{}/{expected}`",
            entry.id,
            layout::PRODUCTS,
            entry.domain
        ),
        Err(error) => error.to_string(),
    };
    findings.add_at(
        &PATH_DIFFERS,
        new.record_path(),
        message,
        new.place(&["\"product\""]),
    );
}

fn versions(count: usize) -> String {
    match count {
        1 => "one already".to_owned(),
        count => format!("{count} already"),
    }
}
