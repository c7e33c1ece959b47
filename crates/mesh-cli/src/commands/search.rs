//! `mesh search`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::printable_line as plain;
use mesh_registry::{Hit, Status};
use serde::Serialize;

use crate::cli::{Format, Search};
use crate::config::Project;
use crate::ops::text::{ellipsis, one_line};
use crate::ops::withdrawal::StatusView;
use crate::ops::{output, registry};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Search) -> Result<Ending, Failure> {
    let project = Project::of(".".as_ref())?;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let query = arguments.query.join(" ");
    let hits = snapshot.search(&query)?;
    let statuses = snapshot.statuses()?;
    let shown = hits.iter().take(arguments.limit).map(|hit| {
        Ok(Shown {
            status: statuses.of(&hit.entry)?,
            hit,
        })
    });
    let shown: Vec<Shown<'_>> = shown.collect::<Result<_, Failure>>()?;
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            let view = View {
                version: 1,
                registry: snapshot.location().to_string(),
                total: hits.len(),
                products: shown.iter().map(HitView::of).collect(),
            };
            output::json(&mut out, &view)?;
        }
        Format::Pretty => {
            let terminal = Terminal::stdout();
            let place = snapshot.location().to_string();
            let place = plain(&place);
            for found in &shown {
                print(&mut out, terminal, found)?;
            }
            if hits.is_empty() {
                let about = if query.trim().is_empty() {
                    String::new()
                } else {
                    format!(" about `{}`", plain(&query))
                };
                writeln!(out, "No data product{about} in {place}")?;
            } else {
                let more = hits.len() - shown.len();
                let count = match hits.len() {
                    1 => "1 data product".to_owned(),
                    n => format!("{n} data products"),
                };
                let rest = match more {
                    0 => String::new(),
                    n => format!("; {n} more with --limit {}", hits.len()),
                };
                writeln!(out, "{count} in {place}{rest}")?;
            }
        }
    }
    out.flush()?;
    Ok(Ending::Clean)
}

/// A product that is shown.
struct Shown<'a> {
    hit: &'a Hit,
    /// What was said about the version that stands for it.
    status: Status,
}

fn print(out: &mut impl Write, terminal: Terminal, found: &Shown<'_>) -> Result<(), Failure> {
    let entry = &found.hit.entry;
    let summary = &entry.summary;
    let mut title = format!(
        "{} {}",
        terminal.bold(&plain(&entry.reference())),
        terminal.cyan(&entry.version.to_string())
    );
    if let Some(status) = summary
        .status
        .as_deref()
        .filter(|status| *status != "active")
    {
        title = format!(
            "{title} {}",
            terminal.yellow(&format!("({})", plain(status)))
        );
    }
    if found.status.yanked.is_some() {
        title = format!("{title} {}", terminal.red("(yanked)"));
    } else if let Some(event) = &found.status.deprecated {
        let end = event.end_of_support.map(|day| day.to_string());
        let note = format!("(deprecated, supported until {})", end.unwrap_or_default());
        title = format!("{title} {}", terminal.yellow(&note));
    }
    if let Some(name) = &summary.name {
        title = format!("{title}  {}", plain(&one_line(name)));
    }
    writeln!(out, "{title}")?;
    let width = terminal.width() - 2;
    if let Some(purpose) = &summary.purpose {
        writeln!(out, "  {}", ellipsis(&plain(&one_line(purpose)), width))?;
    }
    let ports: Vec<&str> = summary
        .output_ports
        .iter()
        .map(|port| port.name.as_str())
        .collect();
    if !ports.is_empty() {
        let line = format!("ports: {}", ports.join(", "));
        writeln!(out, "  {}", terminal.dim(&ellipsis(&plain(&line), width)))?;
    }
    writeln!(out)?;
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: String,
    total: usize,
    products: Vec<HitView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HitView<'a> {
    id: &'a str,
    domain: &'a str,
    product: &'a str,
    version: String,
    versions: usize,
    #[serde(flatten)]
    status: StatusView<'a>,
    #[serde(flatten)]
    summary: &'a mesh_registry::Summary,
}

impl<'a> HitView<'a> {
    fn of(found: &'a Shown<'_>) -> Self {
        let hit = found.hit;
        Self {
            status: StatusView::of(&found.status),
            id: &hit.entry.id,
            domain: &hit.entry.domain,
            product: &hit.entry.product,
            version: hit.entry.version.to_string(),
            versions: hit.versions,
            summary: &hit.entry.summary,
        }
    }
}
