//! An input port that a product is to have: added, or moved to another version.

use std::collections::HashMap;
use std::path::Path;

use mesh_diagnostics::{Diagnostic, Level, Report, Summary};
use mesh_registry::{ContractUse, Snapshot};
use mesh_spec::document::Document;
use mesh_spec::model::odps::{DataProduct, InputPort};
use mesh_spec::terms::dates::Day;
use mesh_spec::workspace::{bare_version, same_version};

use super::edit::{self, Feeds, Port};
use super::{manifest, pins};
use crate::config::Project;
use crate::failure::Failure;
use crate::ops::lock::LockedInput;
use crate::ops::policies::{self, Gathered, Judge, Pins};
use crate::ops::text::scalar;
use crate::ops::{lint, workspace};

/// Findings of these rules say that an input can never be right, whatever else is corrected.
const NEVER: [&str; 5] = [
    "cycle",
    "consumes-retired",
    "consumes-yanked",
    "dangling-input",
    "input-version-missing",
];

/// Findings of these rules say that lineage is missing.
const LINEAGE: [&str; 2] = ["lineage-missing", "unused-input"];

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The manifest.
    pub(crate) document: &'a Document,
    /// The published port that is to be drawn from.
    pub(crate) offer: &'a ContractUse,
    /// The name of the input port, if one was given.
    pub(crate) name: Option<&'a str>,
    /// What the data is used for, if that was given.
    pub(crate) purpose: Option<&'a str>,
    /// The output ports that are made from it, as far as they were given.
    pub(crate) feeds: &'a [String],
}

/// What is to become of a manifest.
#[derive(Debug)]
pub(crate) struct Change {
    /// What happens to the port.
    pub(crate) outcome: Outcome,
    /// The name of the port.
    pub(crate) port: String,
    /// The manifest as it is to be; nothing if it stays as it is.
    pub(crate) after: Option<Document>,
    /// What the port is pinned to.
    pub(crate) pin: LockedInput,
    /// The output ports that are said to be made from it.
    pub(crate) fed: Vec<String>,
    /// What lint finds that it did not find before.
    pub(crate) begun: Report,
}

/// What happens to an input port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is new.
    Added,
    /// It gets another version.
    Moved {
        /// The version that it has.
        was: String,
    },
    /// It is there already.
    Unchanged,
}

/// Why an input is not taken.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What is wrong with it.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: Option<String>,
    /// The findings that say so.
    pub(crate) report: Report,
}

/// What manifests are judged by.
pub(crate) struct Lens<'a> {
    project: &'a Project,
    snapshot: &'a Snapshot,
    gathered: Gathered,
    as_of: Day,
}

impl<'a> Lens<'a> {
    /// What is in force for a project.
    pub(crate) fn new(
        project: &'a Project,
        snapshot: &'a Snapshot,
        as_of: Day,
    ) -> Result<Self, Failure> {
        let gathered = policies::gather(&policies::Request {
            project,
            extra: &[],
            snapshot: Some(snapshot),
            as_of,
            pins: Pins::Locked,
        })?;
        Ok(Self {
            project,
            snapshot,
            gathered,
            as_of,
        })
    }

    /// What lint says of a manifest, as it would if this were its text.
    fn report(&self, document: &Document) -> Result<Report, Failure> {
        let text = document.source.text().as_bytes().to_vec();
        let files = workspace::load_text(Path::new(document.name()), text, self.project)?;
        let (files, settings) = lint::in_mesh(files, self.project.lint.clone(), self.snapshot)?;
        let judge = Judge {
            policies: &self.gathered.policies,
            as_of: self.as_of,
            snapshot: Some(self.snapshot),
        };
        Ok(judge.check(&files, &settings)?.0)
    }
}

/// Works out what `request` makes of a manifest, and whether that can be right.
pub(crate) fn plan(
    request: &Request<'_>,
    lens: &Lens<'_>,
) -> Result<Result<Change, Refusal>, Failure> {
    let product = request.document.product().cloned().unwrap_or_default();
    let consumer = manifest::id(&product).unwrap_or_default();
    let entry = &request.offer.entry;
    if entry.id == consumer {
        return Ok(Err(Refusal {
            message: format!("`{consumer}` is {} itself", entry.reference()),
            help: Some(
                "name the product that is to be consumed; --to names the one that consumes"
                    .to_owned(),
            ),
            report: Report::default(),
        }));
    }
    let contract = request
        .offer
        .port
        .contract_id
        .as_deref()
        .unwrap_or_default();
    let there = there(&product, request, contract)?;
    let name = match there {
        Some(index) => product.input_ports[index].name.clone(),
        None => None,
    };
    let name = name.unwrap_or_else(|| new_name(&product, request));
    let pin = pins::pin(consumer, &name, request.offer)?;
    let outcome = match there.map(|index| product.input_ports[index].version.as_deref()) {
        None => Outcome::Added,
        Some(Some(was)) if !same_version(was, &pin.contract_version) => Outcome::Moved {
            was: bare_version(was).to_owned(),
        },
        Some(_) => Outcome::Unchanged,
    };
    let mut feeds = wanted(&product, request.feeds)?;
    let says_all = |product: &DataProduct| match product.output_ports.as_slice() {
        [only] => !only.input_contracts.is_empty(),
        _ => false,
    };
    if feeds.is_empty() && outcome == Outcome::Added && says_all(&product) {
        feeds = vec![0];
    }
    let before = lens.report(request.document)?;
    let mut written = write(request, there, &name, &pin, &feeds)?;
    let mut begun = begun(&before, written.as_ref(), lens)?;
    let lacks_lineage = begun.iter().any(|found| LINEAGE.contains(&&*found.rule));
    if feeds.is_empty() && lacks_lineage && product.output_ports.len() == 1 {
        // What the only output is made from is no question.
        feeds = vec![0];
        written = write(request, there, &name, &pin, &feeds)?;
        begun = self::begun(&before, written.as_ref(), lens)?;
    }
    let (never, others): (Vec<_>, Vec<_>) = begun
        .into_iter()
        .partition(|found| found.level == Level::Error && NEVER.contains(&&*found.rule));
    if let Some(first) = never.first() {
        return Ok(Err(Refusal {
            message: first.message.clone(),
            help: first.help.clone(),
            report: Report::new(Summary::default(), never),
        }));
    }
    let fed = feeds.iter().filter_map(|&index| {
        let port = &product.output_ports[index];
        let is_listed = port
            .input_contracts
            .iter()
            .any(|input| input.id.as_deref() == Some(contract));
        (!is_listed).then(|| port.name.clone()).flatten()
    });
    Ok(Ok(Change {
        fed: fed.collect(),
        outcome,
        port: name,
        after: written,
        pin,
        begun: Report::new(Summary::default(), others),
    }))
}

/// The input port that already draws from the contract, if there is one.
fn there(
    product: &DataProduct,
    request: &Request<'_>,
    contract: &str,
) -> Result<Option<usize>, Failure> {
    let ports = || product.input_ports.iter().enumerate();
    let is_of_contract = |port: &InputPort| port.contract_id.as_deref() == Some(contract);
    if let Some(name) = request.name {
        let named: Vec<_> = ports()
            .filter(|(_, port)| port.name.as_deref() == Some(name))
            .collect();
        return match named.as_slice() {
            [] => Ok(None),
            [(index, port)] if is_of_contract(port) => Ok(Some(*index)),
            _ => Err(Failure::new(format!(
                "`{}` has an input port `{name}` already, and it draws from something else",
                request.document.name()
            ))
            .help("give the new one another name with --name")),
        };
    }
    let drawing: Vec<_> = ports().filter(|(_, port)| is_of_contract(port)).collect();
    let wanted = request
        .offer
        .port
        .contract_version
        .as_deref()
        .unwrap_or_default();
    let same = drawing.iter().find(|(_, port)| {
        let version = port.version.as_deref();
        version.is_some_and(|version| same_version(version, wanted))
    });
    match (same, drawing.as_slice()) {
        (Some((index, _)), _) | (None, [(index, _)]) => Ok(Some(*index)),
        (None, []) => Ok(None),
        (None, several) => {
            let names: Vec<String> = several
                .iter()
                .map(|(index, port)| match &port.name {
                    Some(name) => format!("`{name}`"),
                    None => format!("input port {}", index + 1),
                })
                .collect();
            Err(Failure::new(format!(
                "several input ports of `{}` draw from `{contract}`: {}",
                request.document.name(),
                names.join(", ")
            ))
            .help("say which is to be moved, or how a new one is to be called, with --name"))
        }
    }
}

/// A name for a new input port: the one that was given, else that of the output port, told apart from others by the
/// product that offers it.
fn new_name(product: &DataProduct, request: &Request<'_>) -> String {
    if let Some(name) = request.name {
        return name.to_owned();
    }
    let is_free = |name: &str| {
        let mut ports = product.input_ports.iter();
        ports.all(|port| port.name.as_deref() != Some(name))
    };
    let port = &request.offer.port.name;
    let longer = format!("{}-{port}", request.offer.entry.product);
    let numbered = (2_u32..).map(|n| format!("{longer}-{n}"));
    let mut names = [port.clone(), longer.clone()].into_iter().chain(numbered);
    names.find(|name| is_free(name)).unwrap_or(longer)
}

/// The positions of the output ports that were named.
fn wanted(product: &DataProduct, names: &[String]) -> Result<Vec<usize>, Failure> {
    let mut found = Vec::new();
    for name in names {
        let ports = product.output_ports.iter().enumerate();
        let meant = ports.filter(|(_, port)| port.name.as_deref() == Some(name));
        let before = found.len();
        found.extend(meant.map(|(index, _)| index));
        if found.len() == before {
            let known: Vec<&str> = product
                .output_ports
                .iter()
                .filter_map(|port| port.name.as_deref())
                .collect();
            return Err(
                Failure::new(format!("there is no output port `{name}`")).help(
                    match known.as_slice() {
                        [] => "the product has no output port yet: leave --feeds out".to_owned(),
                        known => format!("use one of `{}`", known.join("`, `")),
                    },
                ),
            );
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The manifest with the port, unless it stays as it is.
fn write(
    request: &Request<'_>,
    there: Option<usize>,
    name: &str,
    pin: &LockedInput,
    feeds: &[usize],
) -> Result<Option<Document>, Failure> {
    let document = request.document;
    let feeds = match feeds {
        [] => Feeds::Nothing,
        ports => Feeds::Ports(ports),
    };
    if request.purpose.is_some() && !edit::has_place_for_purpose(document) {
        return Err(Failure::new(format!(
            "`{}` follows a version of the standard that has no place for a purpose",
            document.name()
        ))
        .help("move it to the current version with `mesh upgrade`, or leave --purpose out"));
    }
    let changes = match there {
        None => {
            let port = Port {
                name,
                version: &pin.contract_version,
                contract: &pin.contract,
                purpose: request.purpose,
            };
            edit::add(document, &port, feeds)
        }
        Some(index) => {
            let mut changes = edit::raise(document, index, &pin.contract_version, feeds);
            let purpose = request
                .purpose
                .map(|text| edit::state(document, index, text));
            changes.extend(purpose.into_iter().flatten());
            changes
        }
    };
    if changes.is_empty() {
        return Ok(None);
    }
    let after = edit::edited(document, &changes);
    let after = after.ok_or_else(|| by_hand(document, name, pin))?;
    let is_changed = after.source.text() != document.source.text();
    Ok(is_changed.then_some(after))
}

/// The failure to change a manifest without touching what is around it.
fn by_hand(document: &Document, name: &str, pin: &LockedInput) -> Failure {
    Failure::new(format!(
        "`{}` cannot be changed without touching what stands around it",
        document.name()
    ))
    .help(format!(
        "write the input port yourself, and pin it with `mesh fetch`:\n\
         inputPorts:\n  - name: {}\n    version: {}\n    contractId: {}",
        scalar(name),
        scalar(&pin.contract_version),
        scalar(&pin.contract)
    ))
}

/// What lint finds in the manifest as it is to be and did not find before.
fn begun(
    before: &Report,
    written: Option<&Document>,
    lens: &Lens<'_>,
) -> Result<Vec<Diagnostic>, Failure> {
    let Some(written) = written else {
        return Ok(Vec::new());
    };
    let after = lens.report(written)?;
    // Where things stand has moved, so what is said of them tells which is which.
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for found in before.diagnostics() {
        *known.entry((&found.rule, &found.message)).or_default() += 1;
    }
    let mut new = Vec::new();
    for found in after.diagnostics() {
        match known.get_mut(&(&*found.rule, &*found.message)) {
            Some(count) if *count > 0 => *count -= 1,
            _ => new.push(found.clone()),
        }
    }
    Ok(new)
}
