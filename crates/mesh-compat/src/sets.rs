//! Many documents at two moments: which is which, and what became of each.

use std::collections::{HashMap, HashSet};

use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::workspace::FEW;
use rayon::prelude::*;

use crate::Context;
use crate::compare::{CompareError, Comparison, added, compare, lists, removed};
use crate::pair::Both;
use crate::version::{self, read_version};

/// A document, and where it stands in the set that is compared.
#[derive(Debug, Clone, Copy)]
pub struct Member<'d> {
    /// The document.
    pub document: &'d Document,
    /// Its path within the set, by which it is known if its `id` is not.
    pub path: &'d str,
}

/// Compares the documents of two sets, each with the one that it was: with the same `id` and the same
/// line of versions, else the same `id`, else at the same path. Of copies, each is compared with the one
/// at its own path.
///
/// A contract that came or went with the product or the port that names it is told of by that alone,
/// unless an output port promises it where it is missing.
///
/// The comparisons come in the order of the newer set; what is gone comes last.
///
/// # Errors
/// If a document cannot be read.
pub fn compare_sets(
    old: &[Member<'_>],
    new: &[Member<'_>],
    context: Context<'_>,
) -> Result<Vec<Comparison>, CompareError> {
    let pairs = paired(old, new);
    let backwards: Vec<_> = pairs
        .iter()
        .map(|pair| Both {
            old: pair.new,
            new: pair.old,
        })
        .collect();
    let (gone, come) = (dropped(old, new, &pairs), dropped(new, old, &backwards));
    let is_in = |named: &HashSet<Named<'_>>, document: &Document| {
        let contract = document.contract();
        let id = contract.and_then(|contract| contract.id.as_deref());
        let version = contract.and_then(|contract| contract.version.as_deref());
        id.is_some_and(|id| named.contains(&(id, line(version))) || named.contains(&(id, None)))
    };
    let whole = |pair: &Both<Option<usize>>| match *pair {
        Both {
            old: Some(before),
            new: Some(after),
        } => compare(old[before].document, new[after].document, context).map(Some),
        Both {
            old: Some(before),
            new: None,
        } => {
            let document = old[before].document;
            let is_told = is_in(&gone, document);
            (!is_told).then(|| removed(document, context)).transpose()
        }
        Both {
            old: None,
            new: Some(after),
        } => {
            let document = new[after].document;
            let is_told = is_in(&come, document);
            (!is_told).then(|| added(document, context)).transpose()
        }
        Both {
            old: None,
            new: None,
        } => Ok(None),
    };
    let compared: Result<Vec<_>, _> = if pairs.len() <= FEW {
        pairs.iter().map(whole).collect()
    } else {
        pairs.par_iter().map(whole).collect()
    };
    Ok(compared?.into_iter().flatten().collect())
}

/// A contract as a port names it: its `id`, and the line of the version, if the port says one.
type Named<'d> = (&'d str, Option<(u64, u64)>);

/// The contracts that a product of `old` named and names no more, or named as it went. What some product
/// of `new` still promises is none of them, whoever has stopped to read it.
fn dropped<'d>(
    old: &[Member<'d>],
    new: &[Member<'d>],
    pairs: &[Both<Option<usize>>],
) -> HashSet<Named<'d>> {
    let mut dropped = HashSet::new();
    for pair in pairs {
        let Some(before) = pair.old else { continue };
        let now = pair
            .new
            .map_or_else(HashSet::new, |after| named(new[after].document));
        let before = named(old[before].document).into_iter();
        dropped.extend(before.filter(|contract| !now.contains(contract)));
    }
    for member in new {
        for (id, line) in promised(member.document) {
            dropped.remove(&(id, line));
            dropped.remove(&(id, None));
        }
    }
    dropped
}

/// The contracts that the ports of a product are about.
fn named(document: &Document) -> HashSet<Named<'_>> {
    let inputs = document
        .product()
        .into_iter()
        .flat_map(|product| &product.input_ports);
    let read = inputs.filter_map(|port| Some((port.contract_id.as_deref()?, &port.version)));
    let read = read.map(|(id, version)| (id, line(version.as_deref())));
    promised(document).chain(read).collect()
}

/// The contracts that the output ports of a product promise.
fn promised(document: &Document) -> impl Iterator<Item = Named<'_>> {
    let outputs = document
        .product()
        .into_iter()
        .flat_map(|product| &product.output_ports);
    let named = outputs.filter_map(|port| Some((port.contract_id.as_deref()?, &port.version)));
    named.map(|(id, version)| (id, line(version.as_deref())))
}

/// The line of a version as it is written.
fn line(version: Option<&str>) -> Option<(u64, u64)> {
    Some(version::line(&read_version(version?)?))
}

/// What each document of the two sets was and is.
fn paired(old: &[Member<'_>], new: &[Member<'_>]) -> Vec<Both<Option<usize>>> {
    let mut left_old: Vec<usize> = (0..old.len()).collect();
    let mut found: Vec<Option<usize>> = vec![None; new.len()];
    let by_path = |member: &Member<'_>| Some(member.path.to_owned());
    for identify in [by_line_and_path, by_line, by_id, by_path] {
        let mut waiting: HashMap<(Option<Kind>, String), Vec<usize>> = HashMap::new();
        for after in (0..new.len()).rev().filter(|&after| found[after].is_none()) {
            if let Some(identity) = identify(&new[after]) {
                let key = (new[after].document.kind(), identity);
                waiting.entry(key).or_default().push(after);
            }
        }
        left_old.retain(|&before| {
            let member = &old[before];
            let after = identify(member)
                .and_then(|identity| waiting.get_mut(&(member.document.kind(), identity))?.pop());
            if let Some(after) = after {
                found[after] = Some(before);
            }
            after.is_none()
        });
    }
    let here = found.into_iter().enumerate().map(|(after, before)| Both {
        old: before,
        new: Some(after),
    });
    let gone = left_old.into_iter().map(|before| Both {
        old: Some(before),
        new: None,
    });
    here.chain(gone).collect()
}

fn by_line_and_path(member: &Member<'_>) -> Option<String> {
    Some(format!("{} {}", by_line(member)?, member.path))
}

fn by_line(member: &Member<'_>) -> Option<String> {
    let root = member.document.tree.as_ref()?.root();
    lists::identity(root, &["id", crate::entity::MAJOR])
}

fn by_id(member: &Member<'_>) -> Option<String> {
    let root = member.document.tree.as_ref()?.root();
    lists::identity(root, &["id"])
}

#[cfg(test)]
mod tests {
    use mesh_spec::vocabulary::Vocabularies;

    use super::*;
    use crate::Settings;

    fn contract(path: &str, id: &str, version: &str, rest: &str) -> (String, Document) {
        let text = format!(
            "apiVersion: v3.2.0\nkind: DataContract\nid: {id}\nversion: {version}\nstatus: active\n{rest}"
        );
        (
            path.to_owned(),
            Document::parse(path, text.into_bytes(), Some(Kind::DataContract)),
        )
    }

    fn product(id: &str, ports: &str) -> (String, Document) {
        let text = format!(
            "apiVersion: v1.1.0\nkind: DataProduct\nid: {id}\nversion: 1.0.0\nstatus: active\noutputPorts: {ports}\n"
        );
        let path = "dataproduct.yaml";
        (
            path.to_owned(),
            Document::parse(path, text.into_bytes(), Some(Kind::DataProduct)),
        )
    }

    fn members(set: &[(String, Document)]) -> Vec<Member<'_>> {
        let members = set.iter();
        members
            .map(|(path, document)| Member { document, path })
            .collect()
    }

    fn compared(old: &[(String, Document)], new: &[(String, Document)]) -> Vec<String> {
        let vocabularies = Vocabularies::default();
        let settings = Settings::default();
        let context = settings.context(&vocabularies);
        let found = compare_sets(&members(old), &members(new), context);
        let found = found.expect("everything can be read");
        let name = |subject: Option<crate::Subject>| {
            subject.map_or("-".to_owned(), |subject| {
                format!(
                    "{}@{}",
                    subject.id.unwrap_or_default(),
                    subject.version.unwrap_or_default()
                )
            })
        };
        found
            .into_iter()
            .map(|found| {
                let (old, new) = found.subjects.map(name).split();
                format!("{old} > {new}")
            })
            .collect()
    }

    #[test]
    fn documents_meet_by_line_then_by_id_then_by_path() {
        let old = [
            contract("a.odcs.yaml", "a", "1.0.0", ""),
            contract("b.odcs.yaml", "b", "1.0.0", ""),
            contract("c.odcs.yaml", "c", "1.0.0", ""),
        ];
        let new = [
            contract("c.odcs.yaml", "renamed", "1.0.0", ""),
            contract("a2.odcs.yaml", "a", "2.0.0", ""),
            contract("a1.odcs.yaml", "a", "1.1.0", ""),
            contract("b.odcs.yaml", "b", "2.0.0", ""),
        ];
        assert_eq!(
            compared(&old, &new),
            [
                "c@1.0.0 > renamed@1.0.0",
                "- > a@2.0.0",
                "a@1.0.0 > a@1.1.0",
                "b@1.0.0 > b@2.0.0"
            ]
        );
    }

    #[test]
    fn copies_meet_at_their_paths() {
        let old = [
            contract("a.odcs.yaml", "c", "1.0.0", ""),
            contract("b.odcs.yaml", "c", "1.1.0", ""),
        ];
        assert_eq!(
            compared(&old, &old[1..]),
            ["c@1.1.0 > c@1.1.0", "c@1.0.0 > -"]
        );
    }

    #[test]
    fn a_contract_that_goes_with_its_port_is_not_told_of_twice() {
        let port = "[{name: orders, version: 1.0.0, contractId: orders}]";
        let old = [
            product("p", port),
            contract("o.odcs.yaml", "orders", "1.0.0", ""),
        ];
        assert_eq!(compared(&old, &[product("p", "[]")]), ["p@1.0.0 > p@1.0.0"]);
        assert_eq!(compared(&old, &[]), ["p@1.0.0 > -"]);
        assert_eq!(compared(&[], &old), ["- > p@1.0.0"]);
        // Another line of it stays.
        let ports = |versions: &[&str]| {
            let port = |version: &&str| {
                format!("{{name: v{version}, version: {version}, contractId: orders}}")
            };
            let ports: Vec<String> = versions.iter().map(port).collect();
            product("p", &format!("[{}]", ports.join(", ")))
        };
        let both = [
            ports(&["1.0.0", "2.0.0"]),
            contract("o1.odcs.yaml", "orders", "1.0.0", ""),
            contract("o2.odcs.yaml", "orders", "2.0.0", ""),
        ];
        let newer = [
            ports(&["2.0.0"]),
            contract("o2.odcs.yaml", "orders", "2.0.0", ""),
        ];
        assert_eq!(
            compared(&both, &newer),
            ["p@1.0.0 > p@1.0.0", "orders@2.0.0 > orders@2.0.0"]
        );
        // The port still promises it.
        assert_eq!(
            compared(&old, &[product("p", port)]),
            ["p@1.0.0 > p@1.0.0", "orders@1.0.0 > -"]
        );
    }

    #[test]
    fn a_promised_contract_that_is_gone_is_told_of_whoever_stops_to_read_it() {
        let offers = "[{name: orders, version: 1.0.0, contractId: orders}]";
        let reads = "[]\ninputPorts: [{name: orders, version: 1.0.0, contractId: orders}]";
        let old = [
            product("p", offers),
            product("q", reads),
            contract("o.odcs.yaml", "orders", "1.0.0", ""),
        ];
        let new = [product("p", offers), product("q", "[]")];
        let products = ["p@1.0.0 > p@1.0.0", "q@1.0.0 > q@1.0.0"];
        assert_eq!(
            compared(&old, &new),
            [&products[..], &["orders@1.0.0 > -"]].concat()
        );
        // A copy that only its reader held goes with the port.
        assert_eq!(compared(&old[1..], &new[1..]), products[1..]);
    }
}
