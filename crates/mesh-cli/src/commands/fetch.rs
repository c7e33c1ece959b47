//! `mesh fetch`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write, stderr, stdout};
use std::path::PathBuf;

use mesh_diagnostics::{Report, Summary, printable_line as plain, render};
use mesh_registry::{Snapshot, digest_of};
use mesh_spec::workspace::{Role, Workspace};
use serde::Serialize;

use crate::cli::{Fetch, Format};
use crate::config::{Place, Project};
use crate::ops::inputs::folder::{
    self, ContractView, Folder, INDEX, Index, Indexed, Provider, Written,
};
use crate::ops::inputs::pins::{self, Contract};
use crate::ops::inputs::settle::{Settled, settle};
use crate::ops::inputs::{self, Input, Origin, held, rules};
use crate::ops::lock::{FILE_NAME, LockFile, LockedInput};
use crate::ops::text::plural;
use crate::ops::{files, output, registry, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Fetch) -> Result<Ending, Failure> {
    let project = workspace::project(&arguments.paths, arguments.registry.registry.is_some())?;
    let lock = LockFile::to_write(&project)?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let read = workspace::load(&arguments.paths, &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let read = workspace::resolve_upstreams(read, &snapshot)?;
    let covers = inputs::cover(&arguments.paths, &project);

    let settled = settle(&lock, &read, &snapshot, covers)?;
    if let Some(ending) = refused(arguments, &lock, &read, &snapshot, &settled, covers)? {
        return Ok(ending);
    }
    let used: Vec<&LockedInput> = settled.pinned.iter().map(|(_, pin)| pin).collect();
    let mut contracts = Vec::with_capacity(used.len());
    for (pin, contract) in used.iter().zip(pins::verify(&snapshot, &used)?) {
        // What was locked has been compared before; what is new was just read from the same state of the registry.
        contracts.push(contract.map_err(|broken| {
            Failure::new(format!(
                "input port `{}` of `{}` cannot be pinned: {}",
                pin.port, pin.product, broken.message
            ))
            .help("look at the registry with `mesh registry verify`")
        })?);
    }

    let path = arguments
        .dir
        .clone()
        .unwrap_or_else(|| default_folder(&project));
    let folder = Folder::open(&path)?;
    let index = index(&folder, &snapshot, &settled, &read, covers);
    let texts = texts(&used, &contracts);
    let written = folder.write(&texts, index.clone())?;
    let next = lock.lock.clone().with_inputs(settled.lock.clone());
    let is_new = next != lock.lock;
    if is_new {
        next.write(&project)?;
    }
    let done = Done {
        folder: files::shown(folder.path()),
        settled: &settled,
        written: &written,
        index: &index,
        contracts: texts.len(),
        is_new,
    };
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            output::json(&mut out, &done.view())?;
        }
        Format::Pretty => done.print(&mut out)?,
    }
    out.flush()?;
    Ok(Ending::Clean)
}

/// `.mesh/inputs` beside `mesh.yaml`.
fn default_folder(project: &Project) -> PathBuf {
    let mut path = project.folder.clone().unwrap_or_default();
    path.extend(folder::DEFAULT);
    path
}

/// Says why nothing is fetched, if nothing is.
fn refused(
    arguments: &Fetch,
    lock: &LockFile,
    read: &Workspace,
    snapshot: &Snapshot,
    settled: &Settled<'_>,
    covers: bool,
) -> Result<Option<Ending>, Failure> {
    let mut found = held::check(lock, read, Some(snapshot), covers)?.findings;
    if !arguments.locked {
        found.retain(|found| found.rule == rules::CHANGED.id);
    }
    let mut said = Vec::new();
    for input in &settled.missing {
        let version = input.version().map(|version| format!(" {version}"));
        said.push(format!(
            "nobody offers `{}`{}, which input port `{}` of `{}` draws from",
            input.contract,
            version.unwrap_or_default(),
            input.name(),
            input.product()
        ));
    }
    let unpinned = settled.added.iter().filter(|_| arguments.locked);
    said.extend(unpinned.map(|pin| {
        format!(
            "input port `{}` of `{}` is not pinned in {FILE_NAME}",
            pin.port, pin.product
        )
    }));
    if found.is_empty() && said.is_empty() {
        return Ok(None);
    }
    if !found.is_empty() {
        let report = Report::new(Summary::default(), found);
        let mut err = BufWriter::new(stderr().lock());
        render::pretty(&report, Terminal::stderr().style(), &mut err)?;
        err.flush()?;
    }
    let terminal = Terminal::stderr();
    let mut err = stderr().lock();
    for line in &said {
        writeln!(err, "{} {}", terminal.red("error:"), plain(line))?;
    }
    let help = if settled.missing.is_empty() && arguments.locked {
        format!(
            "pin what the manifests ask for with `mesh fetch`, without --locked, and commit {FILE_NAME}"
        )
    } else {
        "`mesh lint` tells more, and `mesh search` what there is".to_owned()
    };
    writeln!(
        err,
        "{} nothing was fetched; {help}",
        terminal.cyan("help:")
    )?;
    Ok(Some(Ending::Findings))
}

/// The text of each file.
fn texts(pins: &[&LockedInput], contracts: &[Contract]) -> BTreeMap<String, Vec<u8>> {
    let texts = pins.iter().zip(contracts);
    texts
        .map(|(pin, contract)| (folder::path_of(pin), contract.bytes.clone()))
        .collect()
}

/// What the folder is to say: of what was asked for, and of what else it has, as long as that may be needed.
fn index(
    folder: &Folder,
    snapshot: &Snapshot,
    settled: &Settled<'_>,
    read: &Workspace,
    covers: bool,
) -> Index {
    let place = Place::of(folder.path());
    let way = |name: &str| -> String {
        let way = place.way_to(name);
        way.to_string_lossy().replace('\\', "/")
    };
    let indexed = |input: &Input<'_>, contract, provider, file| Indexed {
        product: input.product().to_owned(),
        port: input.name().to_owned(),
        contract,
        provider,
        manifest: way(input.consumer.document.name()),
        file,
    };
    let mut all = Vec::new();
    for (input, pin) in &settled.pinned {
        let contract = ContractView {
            id: pin.contract.clone(),
            version: Some(pin.contract_version.clone()),
            digest: pin.contract_digest.clone(),
        };
        let provider = Provider {
            product: pin.from.clone(),
            version: pin.version.to_string(),
            record: pin.record.clone(),
        };
        all.push(indexed(
            input,
            contract,
            Some(provider),
            folder::path_of(pin),
        ));
    }
    for input in &settled.own {
        let Origin::Repository(Some(own)) = input.origin else {
            continue;
        };
        let contract = ContractView {
            id: input.contract.to_owned(),
            version: own.model.version.clone(),
            digest: digest_of(own.document.source.text().as_bytes()),
        };
        all.push(indexed(input, contract, None, way(own.document.name())));
    }
    let is_read = |id: &str| {
        let mut products = read.products_with_id(id);
        products.any(|product| product.role == Role::Target)
    };
    let is_there = |input: &Indexed| folder.path().join(&input.file).is_file();
    let others = folder.index.inputs.iter();
    let others = others.filter(|input| !covers && !is_read(&input.product) && is_there(input));
    all.extend(others.cloned());
    all.sort();
    all.dedup();
    Index {
        version: 1,
        registry: snapshot.location().to_string(),
        inputs: all,
        obsolete: Vec::new(),
    }
}

/// What was done.
struct Done<'a> {
    folder: String,
    settled: &'a Settled<'a>,
    written: &'a Written,
    index: &'a Index,
    contracts: usize,
    is_new: bool,
}

impl Done<'_> {
    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        let terminal = Terminal::stdout();
        let Settled {
            pinned,
            own,
            unnamed,
            added,
            dropped,
            ..
        } = self.settled;
        for (input, pin) in pinned {
            let file = folder::path_of(pin);
            let is_changed =
                self.written.new.contains(&file) || self.written.restored.contains(&file);
            let mark = if is_changed {
                terminal.green("✓")
            } else {
                terminal.dim("=")
            };
            let contract = format!("{}@{}", pin.contract, pin.contract_version);
            writeln!(
                out,
                "{mark} {} {}  {} of {}",
                plain(input.product()),
                terminal.bold(&plain(input.name())),
                plain(&contract),
                plain(&pin.provider())
            )?;
        }
        for input in own {
            writeln!(
                out,
                "{} {} {}  {} of this repository",
                terminal.dim("="),
                plain(input.product()),
                terminal.bold(&plain(input.name())),
                plain(input.contract)
            )?;
        }
        for input in unnamed {
            writeln!(
                out,
                "{} {} {}  names no contract, so there is nothing to fetch",
                terminal.yellow("!"),
                plain(input.product()),
                terminal.bold(&plain(input.name()))
            )?;
        }
        if !pinned.is_empty() || !own.is_empty() || !unnamed.is_empty() {
            writeln!(out)?;
        }
        let folder = plain(&self.folder);
        let Written {
            new,
            restored,
            removed,
            left,
            ..
        } = self.written;
        let mut notes = Vec::new();
        for (files, word) in [(new, "new"), (restored, "restored"), (removed, "removed")] {
            if !files.is_empty() {
                notes.push(format!("{} {word}", files.len()));
            }
        }
        let notes = match notes.as_slice() {
            [] => String::new(),
            notes => format!(": {}", notes.join(", ")),
        };
        writeln!(
            out,
            "{} in {folder}{notes}",
            plural(self.contracts, "contract")
        )?;
        for file in left {
            writeln!(
                out,
                "{} {folder}/{} is left, since it is not as mesh wrote it",
                terminal.yellow("!"),
                plain(file)
            )?;
        }
        if self.is_new {
            let mut said = Vec::new();
            if !added.is_empty() {
                said.push(format!("pinned {}", plural(added.len(), "input")));
            }
            if !dropped.is_empty() {
                said.push(format!("took {} out", plural(dropped.len(), "pin")));
            }
            writeln!(out, "{FILE_NAME} has changed: {}", said.join(", "))?;
        }
        Ok(())
    }

    fn view(&self) -> View<'_> {
        View {
            version: 1,
            registry: &self.index.registry,
            index: format!("{}/{INDEX}", self.folder),
            inputs: &self.index.inputs,
            files: FilesView {
                new: &self.written.new,
                restored: &self.written.restored,
                unchanged: &self.written.same,
                removed: &self.written.removed,
                left: &self.written.left,
            },
            pinned: &self.settled.added,
            unpinned: &self.settled.dropped,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: &'a str,
    index: String,
    inputs: &'a [Indexed],
    files: FilesView<'a>,
    pinned: &'a [LockedInput],
    unpinned: &'a [LockedInput],
}

#[derive(Serialize)]
struct FilesView<'a> {
    new: &'a [String],
    restored: &'a [String],
    unchanged: &'a [String],
    removed: &'a [String],
    left: &'a [String],
}
