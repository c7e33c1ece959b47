//! `mesh registry stats`

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::printable_line as plain;
use mesh_diagnostics::render::width;
use mesh_registry::{Entry, Month, Sizes, Snapshot};
use serde::Serialize;

use crate::cli::{Format, RegistryStats};
use crate::config::Project;
use crate::ops::text::{plural, wrap};
use crate::ops::{output, registry};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// How many of the most consumed contracts are shown.
const MOST: usize = 10;
/// How many months are shown to people.
const MONTHS: usize = 12;
/// How many domains are shown to people.
const DOMAINS: usize = 20;
/// How long the longest bar is.
const BAR: usize = 40;

pub(crate) fn run(arguments: &RegistryStats) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let stats = Stats::of(&snapshot)?;
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            output::json(&mut out, &stats)?;
        }
        Format::Pretty => stats.print(Terminal::stdout(), &mut out)?,
    }
    out.flush()?;
    Ok(Ending::Clean)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stats {
    version: u32,
    registry: String,
    commit: String,
    domains: usize,
    products: usize,
    versions: usize,
    contracts: usize,
    contract_versions: usize,
    consumers: usize,
    inputs: usize,
    signed: usize,
    yanked: usize,
    deprecated: usize,
    most_consumed: Vec<Consumed>,
    owners: OwnersView,
    by_domain: Vec<DomainView>,
    by_month: Vec<MonthView>,
    size: SizesView,
}

/// A contract, and how many products rely on it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Consumed {
    contract_id: String,
    product: Option<String>,
    consumers: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnersView {
    /// Domains with products that nobody owns.
    domains_without_owners: Vec<String>,
    /// Domains that somebody owns, and that have no products.
    owners_without_products: Vec<String>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct DomainView {
    domain: String,
    products: usize,
    versions: usize,
}

#[derive(Serialize)]
struct MonthView {
    month: String,
    versions: usize,
}

#[derive(Serialize)]
struct SizesView {
    objects: u64,
    cache: u64,
}

impl Stats {
    fn of(snapshot: &Snapshot) -> Result<Self, Failure> {
        let mut counts = Counts::default();
        let statuses = snapshot.statuses()?;
        for entry in snapshot.entries() {
            let entry = entry?;
            if !statuses.is_empty() {
                let status = statuses.of(&entry)?;
                counts.yanked += usize::from(status.yanked.is_some());
                counts.deprecated += usize::from(status.deprecated.is_some());
            }
            counts.add(entry);
        }
        let mut consumers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut consuming = BTreeSet::new();
        let mut inputs = 0;
        for entry in snapshot.current()? {
            let reference = entry.reference();
            for port in entry.summary.input_ports {
                inputs += 1;
                if let Some(contract) = port.contract_id {
                    consuming.insert(reference.clone());
                    consumers
                        .entry(contract)
                        .or_default()
                        .insert(reference.clone());
                }
            }
        }
        let mut most: Vec<(String, usize)> = consumers
            .into_iter()
            .map(|(contract, consumers)| (contract, consumers.len()))
            .collect();
        most.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        most.truncate(MOST);
        let mut most_consumed = Vec::new();
        for (contract_id, consumers) in most {
            let offer = snapshot.contract(&contract_id, None)?.pop();
            most_consumed.push(Consumed {
                product: offer.map(|offer| offer.entry.reference()),
                contract_id,
                consumers,
            });
        }
        let owned: BTreeSet<String> = snapshot.owned_domains()?.into_iter().collect();
        let used: BTreeSet<String> = counts.domains.keys().cloned().collect();
        let Sizes { objects, cache } = snapshot.sizes()?;
        Ok(Self {
            version: 1,
            registry: snapshot.location().to_string(),
            commit: snapshot.tip(),
            domains: counts.domains.len(),
            products: counts.domains.values().map(|domain| domain.products).sum(),
            versions: counts.domains.values().map(|domain| domain.versions).sum(),
            contracts: counts.contracts.len(),
            contract_versions: counts.contract_versions.len(),
            consumers: consuming.len(),
            inputs,
            signed: snapshot.signed()?,
            yanked: counts.yanked,
            deprecated: counts.deprecated,
            most_consumed,
            owners: OwnersView {
                domains_without_owners: used.difference(&owned).cloned().collect(),
                owners_without_products: owned.difference(&used).cloned().collect(),
            },
            by_domain: counts.domains.into_values().collect(),
            by_month: snapshot.growth()?.iter().map(MonthView::of).collect(),
            size: SizesView { objects, cache },
        })
    }

    fn print(&self, terminal: Terminal, out: &mut impl Write) -> Result<(), Failure> {
        let page = Page { terminal };
        let commit: String = self.commit.chars().take(12).collect();
        writeln!(
            out,
            "{} at {commit}\n",
            terminal.bold(&plain(&self.registry))
        )?;
        let share = |count: usize| match count {
            0 => "none".to_owned(),
            n if n == self.versions => "all of them".to_owned(),
            n => format!("{n} ({})", percent(n, self.versions)),
        };
        let verb = if self.consumers == 1 { "reads" } else { "read" };
        let consumed = format!(
            "{} {verb} {}",
            plural(self.consumers, "product"),
            plural(self.inputs, "input")
        );
        for (label, value) in [
            ("domains", self.domains.to_string()),
            ("products", self.products.to_string()),
            ("versions", self.versions.to_string()),
            (
                "contracts",
                format!(
                    "{} in {}",
                    self.contracts,
                    plural(self.contract_versions, "version")
                ),
            ),
            ("consumers", consumed),
            ("signed", share(self.signed)),
            ("yanked", share(self.yanked)),
            ("deprecated", share(self.deprecated)),
            (
                "size",
                format!(
                    "{} of objects, {} with the index",
                    bytes(self.size.objects),
                    bytes(self.size.cache)
                ),
            ),
        ] {
            writeln!(out, "{label:<11} {value}")?;
        }
        page.table(
            "Most consumed",
            self.most_consumed.iter().map(|consumed| {
                let product = consumed.product.as_deref().unwrap_or("nobody publishes it");
                (
                    consumed.contract_id.clone(),
                    format!("{}  {product}", consumed.consumers),
                )
            }),
            out,
        )?;
        page.table(
            "Domains",
            self.by_domain.iter().take(DOMAINS).map(|domain| {
                let products = plural(domain.products, "product");
                let versions = plural(domain.versions, "version");
                (domain.domain.clone(), format!("{products}, {versions}"))
            }),
            out,
        )?;
        if self.by_domain.len() > DOMAINS {
            let more = self.by_domain.len() - DOMAINS;
            writeln!(out, "  and {more} more; --format json lists all")?;
        }
        let skipped = self.by_month.len().saturating_sub(MONTHS);
        let months = &self.by_month[skipped..];
        let most = months.iter().map(|month| month.versions).max().unwrap_or(1);
        page.table(
            "Versions by month",
            months.iter().map(|month| {
                let length = (month.versions * BAR).div_ceil(most.max(1));
                let bar = page.sign("▇", "#").repeat(length);
                (month.month.clone(), format!("{bar} {}", month.versions))
            }),
            out,
        )?;
        let owners = &self.owners;
        for (words, domains) in [
            ("Without owners", &owners.domains_without_owners),
            ("Owned, without products", &owners.owners_without_products),
        ] {
            if !domains.is_empty() {
                let shown = &domains[..domains.len().min(DOMAINS)];
                let more = match domains.len() - shown.len() {
                    0 => String::new(),
                    n => format!(" and {n} more"),
                };
                let text = format!("{words}: {}{more}", shown.join(", "));
                writeln!(out)?;
                for line in wrap(&plain(&text), terminal.width()) {
                    writeln!(out, "{line}")?;
                }
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Counts {
    domains: BTreeMap<String, DomainView>,
    contracts: BTreeSet<String>,
    contract_versions: BTreeSet<(String, String)>,
    yanked: usize,
    deprecated: usize,
    /// The product of the last version: those of one product come one after the other.
    last: String,
}

impl Counts {
    fn add(&mut self, entry: Entry) {
        let reference = entry.reference();
        let name = entry.domain.clone();
        let new = || DomainView {
            domain: name,
            ..DomainView::default()
        };
        let domain = self.domains.entry(entry.domain).or_insert_with(new);
        domain.versions += 1;
        if self.last != reference {
            domain.products += 1;
            self.last = reference;
        }
        for contract in entry.contracts {
            self.contracts.insert(contract.id.clone());
            self.contract_versions
                .insert((contract.id, contract.version));
        }
    }
}

impl MonthView {
    fn of(month: &Month) -> Self {
        Self {
            month: format!("{:04}-{:02}", month.year, month.month),
            versions: month.versions,
        }
    }
}

struct Page {
    terminal: Terminal,
}

impl Page {
    fn sign(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.terminal.style().unicode {
            unicode
        } else {
            ascii
        }
    }

    /// Lines of two columns below a title; nothing without lines.
    fn table(
        &self,
        title: &str,
        lines: impl Iterator<Item = (String, String)>,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let lines: Vec<_> = lines
            .map(|(left, right)| (plain(&left).into_owned(), plain(&right).into_owned()))
            .collect();
        let widest = lines.iter().map(|(left, _)| width(left)).max();
        let Some(widest) = widest else { return Ok(()) };
        writeln!(out, "\n{}", self.terminal.bold(title))?;
        for (left, right) in lines {
            let space = " ".repeat(widest - width(&left));
            writeln!(out, "  {left}{space}  {right}")?;
        }
        Ok(())
    }
}

/// A share, rounded so that neither none nor all is said of some.
fn percent(count: usize, of: usize) -> String {
    match count * 100 / of.max(1) {
        0 => "under 1%".to_owned(),
        percent => format!("{percent}%"),
    }
}

/// A size in the unit that leaves few digits.
fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KiB", "MiB", "GiB"];
    let (mut size, mut unit) = (size, 0);
    while size >= 10 * 1024 && unit + 1 < UNITS.len() {
        size /= 1024;
        unit += 1;
    }
    format!("{size} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_shares_are_round() {
        assert_eq!(bytes(10_239), "10239 bytes");
        assert_eq!(bytes(10_240), "10 KiB");
        assert_eq!(bytes(86 << 20), "86 MiB");
        assert_eq!(bytes(1 << 50), "1048576 GiB");
        assert_eq!(percent(1, 1000), "under 1%");
        assert_eq!(percent(999, 1000), "99%");
    }
}
