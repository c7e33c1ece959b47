//! `mesh remove`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::printable_line as plain;
use mesh_spec::document::Document;
use mesh_spec::model::odps::{DataProduct, InputPort};
use mesh_spec::workspace::{bare_version, same_version};
use serde::Serialize;

use crate::cli::{Format, Remove};
use crate::config::Project;
use crate::ops::inputs::{edit, manifest};
use crate::ops::lock::{FILE_NAME, Lock, LockFile, LockedInput};
use crate::ops::output;
use crate::ops::rewrite::{self, Rewrite};
use crate::ops::text::shell_word;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Remove) -> Result<Ending, Failure> {
    let project = Project::of(&arguments.from)?;
    let lock = LockFile::of(&project)?.map(|file| file.lock);
    let document = manifest::at(&arguments.from, "--from")?;
    let product = document.product().cloned().unwrap_or_default();
    let index = find(&product, lock.as_ref(), &arguments.port, &document)?;
    let port = &product.input_ports[index];
    let changes = edit::remove(&document, index);
    let after = edit::edited(&document, &changes).ok_or_else(|| {
        Failure::new(format!(
            "`{}` cannot be changed without touching what stands around it",
            document.name()
        ))
        .help("take the input port out yourself, and its pin with `mesh fetch`")
    })?;
    let consumer = manifest::id(&product).unwrap_or_default();
    let unpinned = lock.as_ref().map(|lock| without(lock, consumer, port));
    let is_unpinned = unpinned != lock;
    let rewrite = Rewrite {
        before: document.source.text().to_owned(),
        name: document.name().to_owned(),
        after,
    };
    if !arguments.dry_run {
        rewrite::write(std::slice::from_ref(&rewrite))?;
        if let Some(unpinned) = unpinned.filter(|_| is_unpinned) {
            unpinned.write(&project)?;
        }
    }
    let name = port.name.as_deref().or(port.contract_id.as_deref());
    let view = View {
        version: 1,
        written: !arguments.dry_run,
        manifest: document.name(),
        port: name.unwrap_or_default(),
        contract: port.contract_id.as_deref(),
        contract_version: port.version.as_deref(),
        unpinned: is_unpinned,
    };
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            output::json(&mut out, &view)?;
        }
        Format::Pretty => {
            if arguments.dry_run {
                rewrite.diff(&mut out)?;
                writeln!(out)?;
            }
            view.print(&mut out)?;
        }
    }
    out.flush()?;
    Ok(Ending::Clean)
}

/// The input port that is meant: by its name, with its version where several have it; else by the id of its contract, or
/// by the product that it is pinned to.
fn find(
    product: &DataProduct,
    lock: Option<&Lock>,
    named: &str,
    document: &Document,
) -> Result<usize, Failure> {
    let consumer = product.id.as_deref().unwrap_or_default();
    let (name, version) = match named.rsplit_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (named, None),
    };
    let provider = |port: &InputPort| {
        let pins = lock.iter().flat_map(|lock| &lock.inputs);
        let mut own = pins.filter(|pin| is_pin_of(pin, consumer, port));
        own.next().map(|pin| pin.from.as_str())
    };
    let fits = |port: &InputPort| {
        let own = port.version.as_deref();
        version.is_none_or(|wanted| own.is_some_and(|own| same_version(own, wanted)))
    };
    let found = |is_named: &dyn Fn(&InputPort) -> bool| -> Vec<usize> {
        let ports = product.input_ports.iter().enumerate();
        let ports = ports.filter(|(_, port)| is_named(port));
        ports.map(|(index, _)| index).collect()
    };
    let mut meant = found(&|port| port.name.as_deref() == Some(named));
    if meant.is_empty() {
        meant = found(&|port| port.name.as_deref() == Some(name) && fits(port));
    }
    if meant.is_empty() {
        meant = found(&|port| {
            let is_named =
                port.contract_id.as_deref() == Some(name) || provider(port) == Some(name);
            is_named && fits(port)
        });
    }
    let called = |port: &InputPort| {
        let name = port.name.as_deref().or(port.contract_id.as_deref());
        let name = name.unwrap_or_default();
        let version = port.version.as_deref().map(bare_version);
        version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"))
    };
    match meant.as_slice() {
        [index] => Ok(*index),
        [] => {
            let ports = product.input_ports.iter();
            let known: Vec<&str> = ports.filter_map(|port| port.name.as_deref()).collect();
            let failure =
                Failure::new(format!("`{}` has no input port `{named}`", document.name()));
            Err(match known.as_slice() {
                [] => failure.help("it has none at all; --from names another manifest"),
                known => failure.help(format!("use one of `{}`", known.join("`, `"))),
            })
        }
        [first, ..] => Err(Failure::new(format!(
            "{} input ports of `{}` are called `{named}`",
            meant.len(),
            document.name()
        ))
        .help(format!(
            "say which one: `mesh remove {}`",
            shell_word(&called(&product.input_ports[*first]))
        ))),
    }
}

fn is_pin_of(pin: &LockedInput, consumer: &str, port: &InputPort) -> bool {
    let contract = port.contract_id.as_deref().unwrap_or_default();
    let name = port.name.as_deref().unwrap_or(contract);
    pin.product == consumer && pin.fits(name, contract, port.version.as_deref())
}

fn without(lock: &Lock, consumer: &str, port: &InputPort) -> Lock {
    let left = lock
        .inputs
        .iter()
        .filter(|pin| !is_pin_of(pin, consumer, port));
    let left = left.cloned().collect();
    lock.clone().with_inputs(left)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    written: bool,
    manifest: &'a str,
    port: &'a str,
    contract: Option<&'a str>,
    contract_version: Option<&'a str>,
    unpinned: bool,
}

impl View<'_> {
    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        let terminal = Terminal::stdout();
        let (mark, verb) = if self.written {
            (terminal.green("✓"), "removed")
        } else {
            (terminal.yellow("+"), "would remove")
        };
        writeln!(
            out,
            "{mark} {verb} input port `{}` from {}",
            plain(self.port),
            plain(self.manifest)
        )?;
        if self.unpinned {
            let verb = if self.written {
                "taken"
            } else {
                "would be taken"
            };
            writeln!(out, "  {verb} out of {FILE_NAME}")?;
        }
        if !self.written {
            writeln!(out)?;
            writeln!(out, "Nothing was written: this is a dry run")?;
        }
        Ok(())
    }
}
