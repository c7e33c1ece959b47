//! `mesh outdated`

use std::io::{BufWriter, Write, stdout};

use mesh_compat::{Counts, Impact};
use mesh_diagnostics::printable_line as plain;
use mesh_diagnostics::render::width;
use mesh_registry::ContractUse;
use mesh_spec::workspace::{Workspace, bare_version};
use serde::Serialize;

use crate::cli::{Format, Outdated};
use crate::ops::inputs;
use crate::ops::inputs::newer::{Newer, Newness, Standing, called, version_of};
use crate::ops::lock::LockFile;
use crate::ops::text::{ellipsis, plural, shell_word, wrap};
use crate::ops::withdrawal::EventView;
use crate::ops::{output, registry, withdrawal, workspace};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// What stands where there is nothing to say.
const NOTHING: &str = "-";

/// Spaces between columns.
const GAP: usize = 2;

pub(crate) fn run(arguments: &Outdated) -> Result<Ending, Failure> {
    let project = workspace::project(&arguments.paths, arguments.registry.registry.is_some())?;
    let lock = LockFile::of(&project)?.unwrap_or_default().lock;
    let location = registry::named_or_embedded(arguments.registry.registry.as_deref(), &project)?;
    let read = workspace::load(&arguments.paths, &project)?;
    let snapshot = registry::open(location, arguments.registry.offline)?;
    let read = workspace::resolve_upstreams(read, &snapshot)?;
    let vocabularies = workspace::with_vocabularies(project.lint.clone(), &snapshot)?.vocabularies;
    let context = project.compatibility.context(&vocabularies);
    let mut newness = Newness::new(&snapshot, context, project.compatibility.profile)?;
    let all = newness.of(&inputs::of(&read), &lock)?;

    let table = Table {
        all: &all,
        read: &read,
    };
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            let view = View {
                version: 1,
                registry: snapshot.location().to_string(),
                inputs: all.iter().map(|standing| table.view(standing)).collect(),
            };
            output::json(&mut out, &view)?;
        }
        Format::Pretty => table.print(&mut out, Terminal::stdout())?,
    }
    out.flush()?;
    let is_current = all.iter().all(Standing::is_current);
    Ok(if is_current || !arguments.exit_code {
        Ending::Clean
    } else {
        Ending::Findings
    })
}

/// The inputs, as they are shown.
struct Table<'a> {
    all: &'a [Standing<'a>],
    read: &'a Workspace,
}

/// A line of the table: what stands in each column.
struct Row<'a> {
    standing: &'a Standing<'a>,
    cells: [String; 4],
}

impl<'a> Table<'a> {
    fn print(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        let rows: Vec<Row<'_>> = self
            .all
            .iter()
            .filter(|standing| !standing.is_current())
            .map(Row::of)
            .collect();
        if rows.is_empty() {
            let mark = terminal.green("✓");
            match self.all.len() {
                0 => writeln!(out, "{mark} no product here draws from the registry")?,
                1 => writeln!(out, "{mark} the one input is up to date")?,
                n => writeln!(out, "{mark} {n} inputs are up to date")?,
            }
            return Ok(());
        }
        let titles = ["input", "drawn from", "compatible", "newest"];
        let mut widths = titles.map(width);
        for row in &rows {
            for (column, cell) in widths.iter_mut().zip(&row.cells) {
                *column = (*column).max(width(cell));
            }
        }
        // The names of ports give way: versions are what this is about.
        let others: usize = widths[1..].iter().sum::<usize>() + GAP * 4;
        widths[0] = widths[0].min(terminal.width().saturating_sub(others).max(titles[0].len()));
        let mut before = None;
        for row in &rows {
            let product = row.standing.input.consumer;
            if before != Some(product) {
                if before.is_some() {
                    writeln!(out)?;
                }
                let name = product.label();
                let file = terminal.dim(&plain(product.document.name()));
                writeln!(out, "{}  {file}", terminal.bold(&plain(name)))?;
                let titles = titles.map(str::to_owned);
                writeln!(out, "  {}", terminal.dim(&line(&titles, widths)))?;
                before = Some(product);
            }
            self.print_row(out, row, widths, terminal)?;
        }
        writeln!(out)?;
        self.print_summary(out, terminal)
    }

    fn print_row(
        &self,
        out: &mut impl Write,
        row: &Row<'_>,
        widths: [usize; 4],
        terminal: Terminal,
    ) -> Result<(), Failure> {
        let Row { standing, cells } = row;
        let shown = line(cells, widths);
        writeln!(out, "  {shown}")?;
        let (bad, warn, good) = (terminal.red("✗"), terminal.yellow("!"), terminal.green("→"));
        let Some(current) = &standing.current else {
            let text = format!(
                "nobody offers `{}` in that version",
                standing.input.contract
            );
            return note(out, terminal, &bad, &text);
        };
        let provider = called(&current.entry);
        if let Some(event) = &standing.yanked {
            let reason = event.reason.as_ref().map(|reason| format!(": {reason}"));
            note(
                out,
                terminal,
                &bad,
                &format!("{provider} is yanked{}", reason.unwrap_or_default()),
            )?;
        }
        if let Some(event) = &standing.deprecated {
            note(
                out,
                terminal,
                &warn,
                &format!("{provider} is {}", withdrawal::deprecated(event)),
            )?;
        }
        if let Some(pin) = standing
            .pin
            .as_ref()
            .filter(|pin| pin.version != current.entry.version)
        {
            let text = format!(
                "the registry has no {}, which it is pinned to: see `mesh lint`",
                pin.provider()
            );
            note(out, terminal, &bad, &text)?;
        }
        let ways = [(&standing.compatible, true), (&standing.newest, false)];
        for (newer, is_compatible) in ways {
            let Some(newer) = newer else {
                continue;
            };
            let version = bare_version(newer.version());
            let mut text = match newer.change {
                None => format!("{version} cannot be compared"),
                Some((impact, counts)) => format!("{version} {}", changes(impact, counts)),
            };
            if newer.breaks() && is_compatible {
                text.push_str(", although its number says otherwise");
            }
            if let Some(event) = &newer.deprecated {
                text.push_str(&format!("; it is {}", withdrawal::deprecated(event)));
            }
            note(
                out,
                terminal,
                if newer.breaks() { &bad } else { &good },
                &text,
            )?;
            let command = standing.command(&newer.offer, self.read);
            writeln!(out, "      {}", terminal.cyan(&plain(&command)))?;
            if newer.breaks() {
                let command = diff(current, &newer.offer);
                writeln!(out, "      {}", terminal.dim(&plain(&command)))?;
            }
        }
        if let Some(instead) = &standing.instead {
            note(
                out,
                terminal,
                &good,
                &format!("{} offers the same", called(&instead.entry)),
            )?;
            let command = standing.command(instead, self.read);
            writeln!(out, "      {}", terminal.cyan(&plain(&command)))?;
        }
        Ok(())
    }

    fn print_summary(&self, out: &mut impl Write, terminal: Terminal) -> Result<(), Failure> {
        let count = |is: &dyn Fn(&Standing<'_>) -> bool| {
            self.all.iter().filter(|standing| is(standing)).count()
        };
        let stale = count(&|standing| !standing.is_current());
        let facts = [
            (
                count(&|it| it.compatible.is_some()),
                "with a compatible version",
            ),
            (count(&|it| it.newest.is_some()), "with a newer line"),
            (count(&|it| it.deprecated.is_some()), "deprecated"),
            (count(&|it| it.yanked.is_some()), "yanked"),
            (count(&|it| it.current.is_none()), "offered by nobody"),
        ];
        let facts: Vec<String> = facts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        writeln!(
            out,
            "{} {stale} of {} not up to date: {}",
            terminal.yellow("!"),
            plural(self.all.len(), "input"),
            facts.join(", ")
        )?;
        Ok(())
    }

    fn view(&self, standing: &'a Standing<'a>) -> InputView<'a> {
        let input = &standing.input;
        let newer = |newer: &'a Newer| NewerView {
            version: newer.version(),
            product_version: newer.offer.entry.version.to_string(),
            impact: newer.change.map(|(impact, _)| impact),
            changes: newer.change.map(|(_, counts)| counts),
            deprecated: newer.deprecated.as_ref().map(EventView::of),
            command: standing.command(&newer.offer, self.read),
        };
        InputView {
            product: input.consumer.label(),
            manifest: input.consumer.document.name(),
            port: input.consumer.model.input_ports[input.index]
                .name
                .as_deref()
                .unwrap_or(input.contract),
            contract: input.contract,
            asked: input.consumer.model.input_ports[input.index]
                .version
                .as_deref(),
            provider: standing
                .current
                .as_ref()
                .map(|current| current.entry.reference()),
            is_pinned: standing.pin.is_some(),
            drawn_from: standing.current.as_ref().map(|current| DrawnView {
                version: version_of(current),
                product_version: current.entry.version.to_string(),
            }),
            compatible: standing.compatible.as_ref().map(newer),
            newest: standing.newest.as_ref().map(newer),
            deprecated: standing.deprecated.as_ref().map(EventView::of),
            yanked: standing.yanked.as_ref().map(EventView::of),
            instead: standing.instead.as_ref().map(|offer| InsteadView {
                product_version: offer.entry.version.to_string(),
                command: standing.command(offer, self.read),
            }),
        }
    }
}

impl<'a> Row<'a> {
    fn of(standing: &'a Standing<'a>) -> Self {
        let newer = |newer: &Option<Newer>| match newer {
            None => NOTHING.to_owned(),
            Some(newer) => plain(bare_version(newer.version())).into_owned(),
        };
        let own = standing.version().or(standing.input.version());
        Self {
            cells: [
                plain(standing.input.name()).into_owned(),
                plain(own.map_or(NOTHING, bare_version)).into_owned(),
                newer(&standing.compatible),
                newer(&standing.newest),
            ],
            standing,
        }
    }
}

/// A line below an input, which goes on where it is too long.
fn note(out: &mut impl Write, terminal: Terminal, mark: &str, text: &str) -> Result<(), Failure> {
    let text = plain(text);
    for (index, line) in wrap(&text, terminal.width() - 6).iter().enumerate() {
        writeln!(out, "    {} {line}", if index == 0 { mark } else { " " })?;
    }
    Ok(())
}

/// Cells side by side.
fn line(cells: &[String; 4], widths: [usize; 4]) -> String {
    let mut line = String::new();
    for (cell, column) in cells.iter().zip(widths) {
        let cell = ellipsis(cell, column);
        let space = (column + GAP).saturating_sub(width(&cell));
        line.push_str(&cell);
        line.push_str(&" ".repeat(space));
    }
    line.trim_end().to_owned()
}

/// What a version does to readers of the one that is drawn from.
fn changes(impact: Impact, counts: Counts) -> String {
    let counted = [
        (counts.major, "major change"),
        (counts.review, "change to review"),
        (counts.minor, "minor change"),
        (counts.patch, "patch"),
    ];
    let counted: Vec<String> = counted
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| match *what {
            "change to review" if *count > 1 => format!("{count} changes to review"),
            "patch" if *count > 1 => format!("{count} patches"),
            what => plural(*count, what),
        })
        .collect();
    let said = match impact {
        Impact::Major => "breaks readers",
        Impact::Review => "has to be looked at",
        Impact::Minor | Impact::Patch => "breaks nobody",
        Impact::None => return "says the same".to_owned(),
    };
    format!("{said}: {}", counted.join(", "))
}

/// The command that shows what lies between two versions.
fn diff(old: &ContractUse, new: &ContractUse) -> String {
    let side = |offer: &ContractUse| {
        let entry = &offer.entry;
        shell_word(&format!("{}@{}", entry.reference(), entry.version))
    };
    format!("mesh diff {} {}", side(old), side(new))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    registry: String,
    inputs: Vec<InputView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InputView<'a> {
    product: &'a str,
    manifest: &'a str,
    port: &'a str,
    contract: &'a str,
    asked: Option<&'a str>,
    provider: Option<String>,
    is_pinned: bool,
    drawn_from: Option<DrawnView<'a>>,
    compatible: Option<NewerView<'a>>,
    newest: Option<NewerView<'a>>,
    deprecated: Option<EventView<'a>>,
    yanked: Option<EventView<'a>>,
    instead: Option<InsteadView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DrawnView<'a> {
    version: &'a str,
    product_version: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewerView<'a> {
    version: &'a str,
    product_version: String,
    impact: Option<Impact>,
    changes: Option<Counts>,
    deprecated: Option<EventView<'a>>,
    command: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InsteadView {
    product_version: String,
    command: String,
}
