//! `mesh show`

use std::collections::BTreeMap;
use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::printable_line as plain;
use mesh_registry::signing::{BadSignature, SignedBy};
use mesh_registry::{Compatibility, Entry, Event, OutputPort, PublishedProduct, Snapshot, Status};
use mesh_spec::document::Document;
use mesh_spec::model::Kind;
use mesh_spec::model::odcs::DataContract;
use mesh_spec::workspace::same_version;
use serde::Serialize;

use crate::cli::{Format, Show};
use crate::config::Project;
use crate::ops::text::{marked, one_line, plural, scalar, shell_word, wrap};
use crate::ops::withdrawal::StatusView;
use crate::ops::{check, output, plan, registry};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Show) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let entry = snapshot.resolve(&arguments.product, None)?;
    let page = Page::of(&snapshot, entry)?;
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            output::json(&mut out, &page.view())?;
        }
        Format::Pretty => page.print(&mut out, Terminal::stdout())?,
    }
    out.flush()?;
    Ok(Ending::Clean)
}

/// Everything there is to know about a published version.
struct Page {
    entry: Entry,
    published: PublishedProduct,
    /// Whose signature it has, or why that does not count.
    signature: Option<Result<SignedBy, BadSignature>>,
    manifest: Document,
    contracts: Vec<Document>,
    status: Status,
    /// All versions, the newest first.
    versions: Vec<Listed>,
    /// The version that stands for the product.
    latest: Option<String>,
    consumers: Vec<Consumer>,
    /// Who offers what the product consumes, by contract id.
    providers: BTreeMap<String, String>,
    registry: String,
}

/// A version, and whether it is still to be used.
struct Listed {
    version: String,
    is_yanked: bool,
    is_deprecated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Consumer {
    domain: String,
    product: String,
    version: String,
    contract_id: String,
    contract_version: Option<String>,
}

impl Page {
    fn of(snapshot: &Snapshot, entry: Entry) -> Result<Self, Failure> {
        let published = snapshot.read(&entry)?;
        let manifest = Document::parse(
            "dataproduct.yaml",
            published.manifest.clone(),
            Some(Kind::DataProduct),
        );
        let contracts = published
            .contracts
            .iter()
            .map(|(path, bytes)| {
                Document::parse(path.as_str(), bytes.clone(), Some(Kind::DataContract))
            })
            .collect();
        let statuses = snapshot.statuses()?;
        let mut versions = Vec::new();
        let mut latest = None;
        if let Some(product) = snapshot.product(&entry.domain, &entry.product)? {
            latest = snapshot.latest_of(&product)?;
            for entry in product.versions.iter().rev() {
                let status = statuses.of(entry)?;
                versions.push(Listed {
                    version: entry.version.to_string(),
                    is_yanked: status.yanked.is_some(),
                    is_deprecated: status.deprecated.is_some(),
                });
            }
        }
        let mut providers = BTreeMap::new();
        let inputs = entry.summary.input_ports.iter();
        for contract in inputs.filter_map(|port| port.contract_id.as_ref()) {
            if let Some(offer) = snapshot.contract(contract, None)?.pop() {
                providers.insert(contract.clone(), offer.entry.reference());
            }
        }
        Ok(Self {
            status: statuses.of(&entry)?,
            latest: latest.map(|latest| latest.version.to_string()),
            consumers: consumers(snapshot, &entry)?,
            registry: snapshot.location().to_string(),
            signature: snapshot.signature_of(&published)?,
            published,
            manifest,
            contracts,
            versions,
            providers,
            entry,
        })
    }

    fn contract(&self, port: &OutputPort) -> Option<&DataContract> {
        self.contracts
            .iter()
            .filter_map(Document::contract)
            .find(|contract| {
                contract.id == port.contract_id
                    && match (&contract.version, &port.contract_version) {
                        (Some(own), Some(wanted)) => same_version(own, wanted),
                        _ => true,
                    }
            })
    }

    fn print(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        let summary = &self.entry.summary;
        let name = summary.name.as_deref().unwrap_or(&self.entry.id);
        writeln!(
            out,
            "{}  {} {}",
            terminal.bold(&plain(&one_line(name))),
            plain(&self.entry.reference()),
            terminal.cyan(&self.entry.version.to_string()),
        )?;
        self.print_status(out, terminal)?;
        for line in summary
            .purpose
            .iter()
            .flat_map(|text| wrap(&plain(&one_line(text)), terminal.width()))
        {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
        self.print_facts(out)?;
        self.print_ports(out, terminal)?;
        self.print_inputs(out, terminal)?;
        self.print_consumers(out, terminal)?;
        self.print_usage(out, terminal)
    }

    /// What was said about the version after it was published.
    fn print_status(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        if let Some(event) = &self.status.yanked {
            let mark = terminal.red("yanked ");
            marked(out, &mark, &plain(&said(event)), terminal.width() - 8)?;
        }
        if let Some(event) = &self.status.deprecated {
            let today = check::as_of(None)?.to_string();
            let end = event.end_of_support.map(|day| day.to_string());
            let end = end.unwrap_or_default();
            // Written like this, days are in the order of their texts.
            let until = if end < today {
                format!("support ended on {end}")
            } else {
                format!("supported until {end}")
            };
            let instead = event
                .replaced_by
                .as_deref()
                .map(|replacement| format!(", replaced by {replacement}"));
            let text = format!("{until}{}; {}", instead.unwrap_or_default(), said(event));
            let mark = terminal.yellow("deprecated ");
            marked(out, &mark, &plain(&text), terminal.width() - 12)?;
        }
        Ok(())
    }

    fn print_facts(&self, out: &mut impl Write) -> Result<(), Failure> {
        let summary = &self.entry.summary;
        let model = self.manifest.product();
        let support = model.and_then(|product| {
            let channel = product.support.first()?;
            let name = channel.channel.as_deref().unwrap_or_default();
            let url = channel.url.as_deref().unwrap_or_default();
            Some(format!("{name} {url}").trim().to_owned())
        });
        let description = model.and_then(|product| product.description.as_ref());
        let facts = [
            ("id", Some(self.entry.id.clone())),
            ("status", summary.status.clone()),
            ("type", summary.archetype.clone()),
            ("owner", summary.owner.clone()),
            (
                "label",
                model.and_then(plan::classification).map(str::to_owned),
            ),
            ("support", support),
            (
                "tags",
                Some(summary.tags.join(", ")).filter(|tags| !tags.is_empty()),
            ),
            (
                "usage",
                description.and_then(|d| d.usage.as_deref()).map(one_line),
            ),
            (
                "limits",
                description
                    .and_then(|d| d.limitations.as_deref())
                    .map(one_line),
            ),
            ("signed", self.signature.as_ref().map(signed)),
            ("versions", Some(listed(&self.versions))),
            (
                "since",
                self.published.record.compatibility.as_ref().and_then(since),
            ),
        ];
        for (label, value) in facts {
            if let Some(value) = value {
                let mut lines =
                    wrap(&plain(&one_line(&value)), Terminal::stdout().width() - 11).into_iter();
                writeln!(out, "{label:<10} {}", lines.next().unwrap_or_default())?;
                for line in lines {
                    writeln!(out, "{:<10} {line}", "")?;
                }
            }
        }
        Ok(())
    }

    fn print_ports(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        writeln!(out, "\n{}", terminal.bold("Output ports"))?;
        for port in &self.entry.summary.output_ports {
            let version = port.version.as_deref().unwrap_or("");
            let kind = port.kind.as_deref().unwrap_or("");
            writeln!(
                out,
                "  {} {}  {}",
                plain(&port.name),
                terminal.cyan(&plain(version)),
                plain(kind)
            )?;
            let width = terminal.width() - 4;
            let description = port.description.as_deref().map(one_line);
            for line in description
                .iter()
                .flat_map(|text| wrap(&plain(text), width))
            {
                writeln!(out, "    {line}")?;
            }
            if let Some(id) = &port.contract_id {
                let version = port.contract_version.as_deref().unwrap_or("");
                let contract = format!("{id} {version}");
                writeln!(out, "    {} {}", terminal.dim("contract"), plain(&contract))?;
            }
            if let Some(contract) = self.contract(port) {
                for line in served_from(contract) {
                    writeln!(out, "    {} {}", terminal.dim("served  "), plain(&line))?;
                }
                for object in &contract.schema {
                    let fields: Vec<&str> = object
                        .properties
                        .iter()
                        .filter_map(|field| field.name.as_deref())
                        .collect();
                    let name = object.name.as_deref().unwrap_or("");
                    let text = format!("{name}: {}", fields.join(", "));
                    let mut lines = wrap(&plain(&one_line(&text)), width - 9).into_iter();
                    let first = lines.next().unwrap_or_default();
                    writeln!(out, "    {} {first}", terminal.dim("fields  "))?;
                    for line in lines {
                        writeln!(out, "             {line}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn print_inputs(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        let inputs = &self.entry.summary.input_ports;
        if inputs.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", terminal.bold("Consumes"))?;
        for port in inputs {
            let contract = port.contract_id.as_deref().unwrap_or("");
            let version = port.contract_version.as_deref().unwrap_or("");
            let provider = self
                .providers
                .get(contract)
                .map(|reference| format!(" of {reference}"))
                .unwrap_or_default();
            writeln!(
                out,
                "  {}  {} {}{}",
                plain(&port.name),
                plain(contract),
                terminal.cyan(&plain(version)),
                plain(&provider)
            )?;
        }
        Ok(())
    }

    fn print_consumers(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        writeln!(out, "\n{}", terminal.bold("Consumed by"))?;
        for consumer in &self.consumers {
            let version = consumer
                .contract_version
                .as_deref()
                .unwrap_or("any version");
            writeln!(
                out,
                "  {}/{} {}  relies on {} {}",
                plain(&consumer.domain),
                plain(&consumer.product),
                terminal.cyan(&plain(&consumer.version)),
                plain(&consumer.contract_id),
                plain(version),
            )?;
        }
        if self.consumers.is_empty() {
            writeln!(out, "  nobody yet")?;
        }
        Ok(())
    }

    /// The lines to copy into a consumer's manifest.
    fn print_usage(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        let mut ports = self
            .entry
            .summary
            .output_ports
            .iter()
            .filter_map(|port| Some((port, port.contract_id.as_deref()?)))
            .peekable();
        if ports.peek().is_none() {
            return Ok(());
        }
        if self.status.yanked.is_some() {
            let reference = self.entry.reference();
            let other = self.latest.as_ref().filter(|_| {
                let mut versions = self.versions.iter();
                versions.any(|listed| !listed.is_yanked)
            });
            let instead = match other {
                Some(version) => format!("; see `mesh show {reference}@{version}`"),
                None => String::new(),
            };
            writeln!(
                out,
                "\n{}",
                plain(&format!("It is yanked: nobody new may consume it{instead}"))
            )?;
            return Ok(());
        }
        let title = terminal.bold("To consume it");
        let command = format!("mesh add {}", shell_word(&self.entry.reference()));
        writeln!(
            out,
            "\n{title}, run `{}`, or add to dataproduct.yaml",
            plain(&command)
        )?;
        writeln!(out, "  inputPorts:")?;
        for (port, contract) in ports {
            writeln!(out, "    - name: {}", plain(&scalar(&port.name)))?;
            if let Some(version) = port.contract_version.as_ref().or(port.version.as_ref()) {
                writeln!(out, "      version: {}", plain(&scalar(version)))?;
            }
            writeln!(out, "      contractId: {}", plain(&scalar(contract)))?;
        }
        Ok(())
    }

    fn view(&self) -> serde_json::Value {
        let versions = |is_wanted: fn(&Listed) -> bool| -> Vec<&str> {
            let versions = self.versions.iter().filter(|listed| is_wanted(listed));
            versions.map(|listed| listed.version.as_str()).collect()
        };
        let status = StatusView::of(&self.status);
        serde_json::json!({
            "version": 1,
            "registry": self.registry,
            "reference": self.entry.reference(),
            "yanked": status.yanked,
            "deprecated": status.deprecated,
            "versions": versions(|_| true),
            "yankedVersions": versions(|listed| listed.is_yanked),
            "deprecatedVersions": versions(|listed| listed.is_deprecated),
            "record": self.published.record,
            "signature": signature_view(self.signature.as_ref()),
            "product": self.manifest.tree.as_ref().map(mesh_spec::yaml::Tree::to_json),
            "contracts": self
                .contracts
                .iter()
                .filter_map(|document| Some(document.tree.as_ref()?.to_json()))
                .collect::<Vec<_>>(),
            "consumers": self.consumers,
        })
    }
}

/// Who signed a version, in a few words.
fn signed(signature: &Result<SignedBy, BadSignature>) -> String {
    match signature {
        Ok(by) => format!(
            "by {} ({} {})",
            by.email,
            short(&by.algorithm),
            by.fingerprint
        ),
        Err(why) => format!("not so that it counts: {why}"),
    }
}

/// The kind of a key without what all of them are.
fn short(algorithm: &str) -> &str {
    algorithm.strip_prefix("ssh-").unwrap_or(algorithm)
}

fn signature_view(signature: Option<&Result<SignedBy, BadSignature>>) -> serde_json::Value {
    match signature {
        None => serde_json::Value::Null,
        Some(Ok(by)) => serde_json::json!({
            "by": by.email,
            "algorithm": by.algorithm,
            "fingerprint": by.fingerprint,
            "problem": null,
        }),
        Some(Err(why)) => serde_json::json!({
            "by": null,
            "algorithm": null,
            "fingerprint": null,
            "problem": why.to_string(),
        }),
    }
}

/// How a version relates to the one that it was compared with when it was published, as in `1.3.0: minor, 2 changes`;
/// nothing for the first one.
pub(super) fn since(verdict: &Compatibility) -> Option<String> {
    let base = verdict.base.as_ref()?;
    let counts = verdict.changes;
    let total = counts.major + counts.review + counts.minor + counts.patch;
    let impact = match verdict.impact.as_str() {
        "none" => "unchanged",
        "review" => "to review",
        impact => impact,
    };
    let mut text = format!("{}: {impact}", base.version);
    // Versions announce more than changed where none of them counts.
    if total > 0 {
        text.push_str(", ");
        text.push_str(&plural(total, "change"));
    }
    if !verdict.ignored.is_empty() {
        text.push_str(&format!(", {} let through", verdict.ignored.len()));
    }
    if !verdict.covered {
        text.push_str(", not covered by the version");
    }
    Some(text)
}

/// The versions, as in `1.2.0 (yanked), 1.1.0`.
fn listed(versions: &[Listed]) -> String {
    let versions = versions.iter().map(|listed| {
        let note = match (listed.is_yanked, listed.is_deprecated) {
            (true, _) => " (yanked)",
            (false, true) => " (deprecated)",
            (false, false) => "",
        };
        format!("{}{note}", listed.version)
    });
    versions.collect::<Vec<_>>().join(", ")
}

/// When something was said, by whom, and why.
fn said(event: &Event) -> String {
    let day = event.at.as_deref().and_then(|at| at.get(..10));
    let mut text = match day {
        Some(day) => format!("{day} by {}", event.by.email),
        None => format!("by {}", event.by.email),
    };
    if let Some(reason) = &event.reason {
        text.push_str(": ");
        text.push_str(reason);
    }
    text
}

/// The standing versions that rely on one of the contracts that `entry` offers.
fn consumers(snapshot: &Snapshot, entry: &Entry) -> Result<Vec<Consumer>, Failure> {
    let mut found: BTreeMap<(String, String), Consumer> = BTreeMap::new();
    for port in &entry.summary.output_ports {
        let Some(contract) = &port.contract_id else {
            continue;
        };
        for consumer in snapshot.current_consumers_of(contract)? {
            let input = consumer
                .summary
                .input_ports
                .iter()
                .find(|input| input.contract_id.as_ref() == Some(contract));
            found.insert(
                (consumer.reference(), contract.clone()),
                Consumer {
                    contract_version: input.and_then(|input| input.contract_version.clone()),
                    version: consumer.version.to_string(),
                    domain: consumer.domain,
                    product: consumer.product,
                    contract_id: contract.clone(),
                },
            );
        }
    }
    Ok(found.into_values().collect())
}

/// Where the contract's data is served from, as `type address (environment)`.
fn served_from(contract: &DataContract) -> Vec<String> {
    contract
        .servers
        .iter()
        .map(|server| {
            let address: Vec<&str> = [
                &server.location,
                &server.host,
                &server.account,
                &server.project,
                &server.catalog,
                &server.database,
                &server.schema,
                &server.dataset,
                &server.path,
            ]
            .into_iter()
            .filter_map(|part| part.as_deref())
            .collect();
            let kind = server.r#type.as_deref().unwrap_or("server");
            let environment = server
                .environment
                .as_ref()
                .map(|environment| format!(" ({environment})"))
                .unwrap_or_default();
            format!("{kind} {}{environment}", address.join(" / "))
        })
        .collect()
}
