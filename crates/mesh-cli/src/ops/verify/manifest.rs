//! Whether records say what manifests say.

use std::collections::{BTreeMap, BTreeSet};

use mesh_registry::verify::{Published, meaning};
use mesh_registry::{OutputPort, Summary, layout, names};
use mesh_spec::document::{Document, ProblemKind};
use mesh_spec::workspace::{ProductRef, Role, parse_version};

use super::Batch;
use super::findings::Found;
use crate::ops::plan;

/// Checks the manifests and contracts of `batch` and what their records say of them. Gives the paths of the versions that
/// can be judged further.
pub(super) fn check(batch: &Batch<'_>, found: &mut Found) -> BTreeSet<String> {
    let mut readable: BTreeSet<String> = batch.published.keys().cloned().collect();
    let targets = batch
        .files
        .documents()
        .iter()
        .filter(|(_, role)| *role == Role::Target);
    for (document, _) in targets {
        if let Some(problem) = unreadable(document) {
            let name = document.name();
            let Some((folder, new)) = batch.of(name) else {
                continue;
            };
            readable.remove(folder);
            let path = &name[folder.len() + 1..];
            let message = format!("`{path}` cannot be read: {problem}");
            found.add(
                &meaning::MANIFEST_UNREADABLE,
                new,
                &[&format!("\"{path}\"")],
                message,
            );
        }
    }
    for (product, new) in batch.products() {
        if readable.contains(&new.entry.path()) {
            compare(product, new, found);
        }
    }
    readable
}

/// Why a document says nothing that could be judged.
fn unreadable(document: &Document) -> Option<String> {
    let is_fatal = |kind: ProblemKind| {
        matches!(
            kind,
            ProblemKind::Unreadable | ProblemKind::Syntax | ProblemKind::DuplicateKey
        )
    };
    if let Some(problem) = document
        .problems
        .iter()
        .find(|problem| is_fatal(problem.kind))
    {
        return Some(problem.message.clone());
    }
    let is_expected = if document.name().ends_with(layout::MANIFEST) {
        document.product().is_some()
    } else {
        document.contract().is_some()
    };
    (!is_expected).then(|| "it is not what its name says".to_owned())
}

fn compare(product: ProductRef<'_>, new: &Published, found: &mut Found) {
    let record = &new.product.record;
    let model = product.model;
    let mut differs = |mark: &str, what: &str, said: &str, is: Option<&str>| {
        let is = is.map_or("nothing".to_owned(), |is| format!("`{is}`"));
        let message =
            format!("the record says that the {what} is `{said}`, and the manifest says {is}");
        found.add(&meaning::MANIFEST_DIFFERS, new, &[mark], message);
    };
    if model.id.as_deref() != Some(&record.id) {
        differs("\"id\"", "id", &record.id, model.id.as_deref());
    }
    let version = model.version.as_deref();
    if version.and_then(parse_version).as_ref() != Some(&record.version) {
        differs(
            "\"version\"",
            "version",
            &record.version.to_string(),
            version,
        );
    }
    let domain = model.domain.as_deref();
    if domain
        .and_then(|domain| names::domain_name(domain).ok())
        .as_ref()
        != Some(&record.domain)
    {
        differs("\"domain\"", "domain", &record.domain, domain);
    }
    contracts(product, new, found);
    summary(&plan::summary(product), new, found);
}

/// The contracts that the record lists are those that the manifest comes to, each in the file that is named.
fn contracts(product: ProductRef<'_>, new: &Published, found: &mut Found) {
    let record = &new.product.record;
    let folder = format!("{}/", new.entry.path());
    let mut own = BTreeMap::new();
    for contract in product.own_contracts() {
        if let Some(path) = contract.document.name().strip_prefix(&folder) {
            own.insert(path, contract);
        } else {
            let id = contract.model.id.as_deref().unwrap_or_default();
            let message = format!(
                "the contract `{id}`, which a port of the manifest leads to, is not in the version"
            );
            found.add(&meaning::MANIFEST_DIFFERS, new, &["\"contracts\""], message);
        }
    }
    // An input's contract is not the version's own any more, if its owner has published it in between.
    let inputs: BTreeSet<&str> = product
        .model
        .input_ports
        .iter()
        .filter_map(|port| port.contract_id.as_deref())
        .collect();
    let mut listed = BTreeSet::new();
    for contract in &record.contracts {
        listed.insert(contract.path.as_str());
        let mark = format!("\"{}\"", contract.path);
        let Some(is) = own.get(contract.path.as_str()) else {
            if !inputs.contains(contract.id.as_str()) {
                let message = format!(
                    "the record lists `{}`, and no port of the manifest leads to it",
                    contract.path
                );
                found.add(&meaning::MANIFEST_DIFFERS, new, &[&mark], message);
            }
            continue;
        };
        let (id, version) = (
            is.model.id.as_deref().unwrap_or_default(),
            is.model.version.as_deref().unwrap_or_default(),
        );
        if (id, version) != (contract.id.as_str(), contract.version.as_str()) {
            let message = format!(
                "the record says that `{}` is contract `{}` {}, and it says `{id}` {version}",
                contract.path, contract.id, contract.version
            );
            found.add(&meaning::MANIFEST_DIFFERS, new, &[&mark], message);
        }
    }
    for path in own.keys().filter(|path| !listed.contains(*path)) {
        let message = format!(
            "a port of the manifest leads to `{path}`, and the record does not list it as a contract"
        );
        found.add(&meaning::MANIFEST_DIFFERS, new, &["\"contracts\""], message);
    }
    let files = record.files.iter().map(|file| file.path.as_str());
    let is_loose = |path: &&str| {
        *path != layout::MANIFEST && !listed.contains(path) && !own.contains_key(path)
    };
    for path in files.filter(is_loose) {
        let message = format!("`{path}` is the contract of no port");
        found.add(
            &meaning::MANIFEST_DIFFERS,
            new,
            &[&format!("\"{path}\"")],
            message,
        );
    }
    for port in product
        .output_ports()
        .filter(|port| port.contract().is_none())
    {
        let name = port.model.name.as_deref().unwrap_or("without a name");
        let message = format!(
            "the contract of output port `{name}` is neither in the version nor in the registry"
        );
        found.add(
            &meaning::MANIFEST_DIFFERS,
            new,
            &["\"outputPorts\"", "\"summary\""],
            message,
        );
    }
}

/// What search, ownership and consumers are found by.
fn summary(is: &Summary, new: &Published, found: &mut Found) {
    let said = &new.product.record.summary;
    let mut differs = |mark: &str, what: &str| {
        let message = format!("the record says something else of the {what} than the manifest");
        found.add(
            &meaning::MANIFEST_DIFFERS,
            new,
            &[mark, "\"summary\""],
            message,
        );
    };
    if !ports(&said.output_ports).eq(ports(&is.output_ports)) {
        differs("\"outputPorts\"", "output ports");
    }
    if said.input_ports != is.input_ports {
        differs("\"inputPorts\"", "input ports");
    }
    // A mesh that did not know of one of these has not written it.
    let texts = [
        (&said.name, &is.name, "name"),
        (&said.status, &is.status, "status"),
        (&said.archetype, &is.archetype, "archetype"),
        (&said.purpose, &is.purpose, "purpose"),
        (&said.owner, &is.owner, "owner"),
    ];
    for (said, is, what) in texts {
        if said.is_some() && said != is {
            differs(&format!("\"{what}\""), what);
        }
    }
    if !said.tags.is_empty() && said.tags != is.tags {
        differs("\"tags\"", "tags");
    }
}

/// What of ports is relied on by name.
fn ports(
    ports: &[OutputPort],
) -> impl Iterator<Item = (&str, Option<&str>, Option<&str>, Option<&str>)> {
    ports.iter().map(|port| {
        (
            port.name.as_str(),
            port.version.as_deref(),
            port.contract_id.as_deref(),
            port.contract_version.as_deref(),
        )
    })
}
