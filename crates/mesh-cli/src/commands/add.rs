//! `mesh add`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::{Report, printable_line as plain, render};
use mesh_registry::{ContractUse, Entry, OutputPort, Snapshot};
use mesh_spec::document::Document;
use mesh_spec::workspace::{bare_version, parse_version, same_version};
use semver::{Version, VersionReq};
use serde::Serialize;

use crate::cli::{Add, Format};
use crate::config::Project;
use crate::ops::inputs::adding::{self, Change, Lens, Outcome, Refusal, Request};
use crate::ops::inputs::found::{self, Found};
use crate::ops::inputs::manifest;
use crate::ops::lock::{FILE_NAME, Lock, LockFile, LockedInput};
use crate::ops::rewrite::{self, Rewrite};
use crate::ops::text::{plural, shell_word, wrap};
use crate::ops::{ask, check, output, registry, withdrawal};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Add) -> Result<Ending, Failure> {
    let project = Project::of(&arguments.to)?;
    let as_of = check::as_of(arguments.as_of.as_deref())?;
    let lock = LockFile::to_write(&project)?.lock;
    let document = manifest::at(&arguments.to, "--to")?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let draws = |entry: &Entry| {
        let ports = document
            .product()
            .into_iter()
            .flat_map(|it| &it.input_ports);
        let mut offered = entry.summary.output_ports.iter();
        offered.any(|offered| {
            ports.clone().any(|port| {
                let version = port.version.as_deref();
                let offers = offered.contract_version.as_deref().unwrap_or_default();
                port.contract_id.is_some()
                    && port.contract_id == offered.contract_id
                    && version.is_none_or(|version| same_version(version, offers))
            })
        })
    };
    let found = match found::find(&snapshot, &arguments.product, draws)? {
        Ok(found) => found,
        Err(refusal) => return refuse(&refusal, arguments.format),
    };
    let port = port(&found.entry, arguments.port.as_deref())?;
    let offer = offer(&snapshot, found.entry.clone(), port)?;
    let request = Request {
        document: &document,
        offer: &offer,
        name: arguments.name.as_deref(),
        purpose: arguments.purpose.as_deref(),
        feeds: &arguments.feeds,
    };
    let lens = Lens::new(&project, &snapshot, as_of)?;
    let change = match adding::plan(&request, &lens)? {
        Ok(change) => change,
        Err(refusal) => return refuse(&refusal, arguments.format),
    };
    let pinned = pinned(&lock, &change);
    let done = Done {
        registry: snapshot.location().to_string(),
        is_pinned: pinned != lock,
        manifest: document.name().to_owned(),
        is_dry: arguments.dry_run,
        warnings: warnings(&found),
        offer: &offer,
        change: &change,
    };
    let rewrite = change.after.as_ref().map(|after| Rewrite {
        before: document.source.text().to_owned(),
        name: document.name().to_owned(),
        after: copy(after),
    });
    if !arguments.dry_run {
        if let Some(rewrite) = &rewrite {
            rewrite::write(std::slice::from_ref(rewrite))?;
        }
        if done.is_pinned {
            pinned.write(&project)?;
        }
    }
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            output::json(&mut out, &done.view())?;
        }
        Format::Pretty => {
            if let Some(rewrite) = rewrite.filter(|_| arguments.dry_run) {
                rewrite.diff(&mut out)?;
                writeln!(out)?;
            }
            done.print(&mut out)?;
        }
    }
    out.flush()?;
    Ok(Ending::Clean)
}

/// What whoever consumes a version should know of it.
fn warnings(found: &Found) -> Vec<String> {
    let reference = found.entry.reference();
    let because = |reason: &Option<String>| {
        let reason = reason.as_ref().map(|reason| format!(": {reason}"));
        reason.unwrap_or_default()
    };
    let passed = found.passed.iter().map(|(version, reason)| {
        let reason = because(reason);
        format!("{reference} {version} is passed over, since it is yanked{reason}")
    });
    let yanked = found.yanked.iter().map(|event| {
        let reason = because(&event.reason);
        format!("{reference} {} is yanked{reason}", found.entry.version)
    });
    let deprecated = found.deprecated.iter().map(|event| {
        let version = &found.entry.version;
        format!("{reference} {version} is {}", withdrawal::deprecated(event))
    });
    passed.chain(yanked).chain(deprecated).collect()
}

/// The output port that is meant: the only one, the one that was named, else the one that whoever is at the terminal
/// chooses.
fn port(entry: &Entry, wanted: Option<&str>) -> Result<OutputPort, Failure> {
    let reference = entry.reference();
    let all: Vec<&OutputPort> = entry
        .summary
        .output_ports
        .iter()
        .filter(|port| port.contract_id.is_some() && port.contract_version.is_some())
        .collect();
    let fitting: Vec<&OutputPort> = match wanted {
        None => all.clone(),
        Some(wanted) => all
            .iter()
            .copied()
            .filter(|port| is_meant(port, wanted))
            .collect(),
    };
    let names = |ports: &[&OutputPort]| -> Vec<String> {
        let is_unique = |name: &str| ports.iter().filter(|port| port.name == name).count() == 1;
        let names = ports.iter().map(|port| {
            if is_unique(&port.name) {
                return port.name.clone();
            }
            let version = port.contract_version.as_deref().unwrap_or_default();
            format!("{}@{}", port.name, bare_version(version))
        });
        names.collect()
    };
    let listed = |ports: &[&OutputPort]| format!("`{}`", names(ports).join("`, `"));
    match fitting.as_slice() {
        [only] => Ok((*only).clone()),
        [] if all.is_empty() => Err(Failure::new(format!(
            "{reference} {} offers no output port with a contract",
            entry.version
        ))
        .help("ask those who answer for it (`mesh show` says who) to offer one")),
        [] => Err(Failure::new(format!(
            "{reference} {} has no output port `{}`",
            entry.version,
            wanted.unwrap_or_default()
        ))
        .help(format!("use one of {}", listed(&all)))),
        several => {
            let names = names(several);
            let help = format!("say which one: --port {}", shell_word(&names[0]));
            if ask::can() {
                let options: Vec<String> = several
                    .iter()
                    .zip(&names)
                    .map(|(port, name)| match &port.description {
                        Some(text) => format!("{name}: {text}"),
                        None => name.clone(),
                    })
                    .collect();
                let chosen = ask::choose("Which output port", &options);
                let chosen = chosen.map_err(|error| ask::not_answered(error, &help))?;
                return Ok(several[chosen].clone());
            }
            Err(Failure::new(format!(
                "{reference} {} offers {}: {}",
                entry.version,
                plural(several.len(), "output port"),
                listed(several)
            ))
            .help(help))
        }
    }
}

/// Whether `named`, a name with or without `@version`, means a port.
fn is_meant(port: &OutputPort, named: &str) -> bool {
    if port.name == named {
        return true;
    }
    let Some((name, wanted)) = named.rsplit_once('@') else {
        return false;
    };
    let version = port.contract_version.as_deref().unwrap_or_default();
    port.name == name && is_version(version, wanted)
}

/// Whether `version` is what `wanted` says: the same, or one that begins with it, or within what it requires.
fn is_version(version: &str, wanted: &str) -> bool {
    let (version, wanted) = (bare_version(version), bare_version(wanted));
    if version == wanted {
        return true;
    }
    let is_prefix = wanted
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let required = if is_prefix {
        VersionReq::parse(&format!("={wanted}"))
    } else {
        VersionReq::parse(wanted)
    };
    let version: Option<Version> = parse_version(version);
    required.is_ok_and(|required| version.is_some_and(|version| required.matches(&version)))
}

/// The port of a version, if the contract is that product's to offer.
fn offer(snapshot: &Snapshot, entry: Entry, port: OutputPort) -> Result<ContractUse, Failure> {
    let contract = port.contract_id.as_deref().unwrap_or_default();
    let uses = snapshot.contract(contract, None)?;
    if uses
        .iter()
        .any(|offer| offer.entry.reference() == entry.reference())
    {
        return Ok(ContractUse { entry, port });
    }
    let owner = uses.first().map(|offer| offer.entry.reference());
    let failure = Failure::new(format!(
        "{} offers the contract `{contract}`, which does not belong to it",
        entry.reference()
    ));
    Err(match owner {
        Some(owner) => failure.help(format!("consume it from {owner}, to which it belongs")),
        None => failure.help("check the registry with `mesh registry verify`"),
    })
}

/// The lock with the pin of a port in the place of what it had.
fn pinned(lock: &Lock, change: &Change) -> Lock {
    let pin = &change.pin;
    let was = match &change.outcome {
        Outcome::Moved { was } => Some(was.as_str()),
        _ => None,
    };
    let is_replaced = |other: &LockedInput| {
        let is_of_port = other.product == pin.product;
        let fits = |version| other.fits(&pin.port, &pin.contract, version);
        is_of_port && (fits(Some(&pin.contract_version)) || was.is_some_and(|was| fits(Some(was))))
    };
    let others = lock.inputs.iter().filter(|other| !is_replaced(other));
    let inputs = others.cloned().chain([pin.clone()]).collect();
    lock.clone().with_inputs(inputs)
}

fn copy(document: &Document) -> Document {
    let bytes = document.source.text().as_bytes().to_vec();
    Document::parse(document.name(), bytes, document.kind())
}

/// Says why an input is not taken.
fn refuse(refusal: &Refusal, format: Format) -> Result<Ending, Failure> {
    match format {
        Format::Json => {
            let view = serde_json::json!({
                "version": 1,
                "refused": { "message": refusal.message, "help": refusal.help },
            });
            let mut out = stdout().lock();
            output::json(&mut out, &view)?;
        }
        Format::Pretty if refusal.report.diagnostics().is_empty() => {
            let failure = Failure::new(&refusal.message);
            match &refusal.help {
                Some(help) => failure.help(help),
                None => failure,
            }
            .print();
        }
        Format::Pretty => {
            let mut out = BufWriter::new(stdout().lock());
            render::pretty(&refusal.report, Terminal::stdout().style(), &mut out)?;
            let terminal = Terminal::stdout();
            writeln!(out, "{} Nothing was added", terminal.red("✗"))?;
            out.flush()?;
        }
    }
    Ok(Ending::Findings)
}

/// What was done.
struct Done<'a> {
    registry: String,
    manifest: String,
    is_pinned: bool,
    is_dry: bool,
    warnings: Vec<String>,
    offer: &'a ContractUse,
    change: &'a Change,
}

impl Done<'_> {
    fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        let terminal = Terminal::stdout();
        let Change { port, pin, .. } = self.change;
        let (mark, verbs) = if self.is_dry {
            (
                terminal.yellow("+"),
                ["would add", "would move", "would change"],
            )
        } else {
            (terminal.green("✓"), ["added", "moved", "changed"])
        };
        let same = terminal.dim("=");
        let manifest = plain(&self.manifest);
        let port = plain(port);
        let version = bare_version(&pin.contract_version);
        match &self.change.outcome {
            Outcome::Added => writeln!(
                out,
                "{mark} {} input port `{port}` {version} to {manifest}",
                verbs[0]
            )?,
            Outcome::Moved { was } => writeln!(
                out,
                "{mark} {} input port `{port}` from {} to {version} in {manifest}",
                verbs[1],
                plain(was)
            )?,
            Outcome::Unchanged if self.change.after.is_some() => writeln!(
                out,
                "{mark} {} input port `{port}` {version} in {manifest}",
                verbs[2]
            )?,
            Outcome::Unchanged => {
                writeln!(
                    out,
                    "{same} input port `{port}` {version} is in {manifest} already"
                )?;
            }
        }
        let provider = pin.provider();
        let contract = format!("{} {version}", pin.contract);
        writeln!(
            out,
            "  draws from {}, contract {}",
            plain(&provider),
            plain(&contract)
        )?;
        if !self.change.fed.is_empty() {
            let fed = self.change.fed.join("`, `");
            writeln!(out, "  said to feed `{}`", plain(&fed))?;
        }
        if self.is_pinned {
            let verb = if self.is_dry {
                "would be pinned"
            } else {
                "pinned"
            };
            writeln!(out, "  {verb} in {FILE_NAME}")?;
        }
        for warning in &self.warnings {
            let text = plain(warning);
            for (index, line) in wrap(&text, terminal.width() - 2).iter().enumerate() {
                let mark = if index == 0 {
                    terminal.yellow("!")
                } else {
                    " ".to_owned()
                };
                writeln!(out, "{mark} {line}")?;
            }
        }
        let begun = &self.change.begun;
        if !begun.diagnostics().is_empty() {
            let count = plural(begun.diagnostics().len(), "finding");
            let tells = if begun.diagnostics().len() == 1 {
                "tells"
            } else {
                "tell"
            };
            writeln!(out)?;
            writeln!(out, "{count} of `mesh lint` {tells} what is left to do:")?;
            render::compact(begun, terminal.style(), &mut *out)?;
        }
        if self.is_dry {
            writeln!(out)?;
            writeln!(out, "Nothing was written: this is a dry run")?;
        }
        Ok(())
    }

    fn view(&self) -> View<'_> {
        let Change {
            outcome,
            port,
            pin,
            fed,
            begun,
            after,
        } = self.change;
        View {
            version: 1,
            registry: &self.registry,
            outcome: match outcome {
                Outcome::Added => "added",
                Outcome::Moved { .. } => "moved",
                Outcome::Unchanged if after.is_some() => "changed",
                Outcome::Unchanged => "unchanged",
            },
            written: !self.is_dry && (after.is_some() || self.is_pinned),
            manifest: &self.manifest,
            port,
            from: match outcome {
                Outcome::Moved { was } => Some(was),
                _ => None,
            },
            output_port: &self.offer.port.name,
            pin,
            feeds: fed,
            warnings: &self.warnings,
            findings: findings(begun),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: &'a str,
    outcome: &'static str,
    written: bool,
    manifest: &'a str,
    port: &'a str,
    from: Option<&'a str>,
    output_port: &'a str,
    pin: &'a LockedInput,
    feeds: &'a [String],
    warnings: &'a [String],
    findings: Vec<FindingView>,
}

#[derive(Serialize)]
struct FindingView {
    file: String,
    line: u32,
    rule: String,
    level: &'static str,
    message: String,
    help: Option<String>,
}

fn findings(report: &Report) -> Vec<FindingView> {
    let found = report.diagnostics().iter();
    let views = found.map(|found| FindingView {
        file: found.source.name().to_owned(),
        line: found.source.position(found.span.start).line,
        rule: found.rule.clone().into_owned(),
        level: found.level.as_str(),
        message: found.message.clone(),
        help: found.help.clone(),
    });
    views.collect()
}
