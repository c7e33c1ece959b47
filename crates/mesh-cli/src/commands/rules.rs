//! `mesh rules`

use std::io::{BufWriter, IsTerminal, Write, stdout};

use mesh_diagnostics::render::width;
use mesh_diagnostics::{Level, Safety, printable_line, rule_url};
use mesh_lint::{Group, Rule, rules};
use serde::Serialize;

use crate::cli::{Format, Rules};
use crate::ops::output;
use crate::ops::text::wrap;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

/// With fewer columns than this for the summaries, these have lines of their own.
const NARROW: usize = 40;

pub(crate) fn run(arguments: &Rules) -> Result<Ending, Failure> {
    let found: Vec<&Rule> = rules::ALL
        .iter()
        .copied()
        .filter(|rule| is_wanted(rule, arguments))
        .collect();
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            let view = View {
                version: 1,
                rules: found.iter().map(|rule| RuleView::of(rule)).collect(),
            };
            output::json(&mut out, &view)?;
        }
        Format::Pretty => print(&mut out, &found, arguments)?,
    }
    out.flush()?;
    Ok(Ending::Clean)
}

fn is_wanted(rule: &Rule, arguments: &Rules) -> bool {
    let text = format!("{} {} {}", rule.id, rule.group.as_str(), rule.summary).to_lowercase();
    let mut words = arguments
        .filter
        .iter()
        .flat_map(|words| words.split_whitespace());
    words.all(|word| text.contains(&word.to_lowercase()))
        && arguments.group.is_none_or(|group| rule.group == group)
        && arguments.preset.is_none_or(|preset| rule.preset <= preset)
        && (!arguments.fixable || rule.fix.is_some())
}

fn print(out: &mut impl Write, found: &[&Rule], arguments: &Rules) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    for group in Group::ALL {
        let members: Vec<&Rule> = found
            .iter()
            .copied()
            .filter(|rule| rule.group == group)
            .collect();
        if !members.is_empty() {
            print_group(out, group, &members, terminal)?;
            writeln!(out)?;
        }
    }
    match found.len() {
        0 => writeln!(out, "No rule{}", conditions(arguments))?,
        1 => writeln!(
            out,
            "1 rule; `mesh explain {}` says why it asks and how to comply",
            found[0].id
        )?,
        n => writeln!(
            out,
            "{n} rules; `mesh explain RULE` says why one asks and how to comply"
        )?,
    }
    Ok(())
}

/// What was asked for and is not there.
fn conditions(arguments: &Rules) -> String {
    let mut text = String::new();
    if !arguments.filter.is_empty() {
        text += &format!(" about `{}`", printable_line(&arguments.filter.join(" ")));
    }
    if let Some(group) = arguments.group {
        text += &format!(" in the group {}", group.as_str());
    }
    if let Some(preset) = arguments.preset {
        text += &format!(" in the preset {}", preset.as_str());
    }
    if arguments.fixable {
        text += " that can correct what it finds";
    }
    text
}

/// A group with the rules that were found in it.
pub(crate) fn print_group(
    out: &mut impl Write,
    group: Group,
    members: &[&Rule],
    terminal: Terminal,
) -> Result<(), Failure> {
    writeln!(
        out,
        "{}  {}",
        terminal.bold(group.as_str()),
        terminal.dim(group.summary())
    )?;
    // Whoever takes the list apart wants a line for each rule, whatever its length.
    let columns = if stdout().is_terminal() {
        terminal.width()
    } else {
        usize::MAX
    };
    let ids = rules::ALL.iter().map(|rule| rule.id.len());
    let ids = ids.max().unwrap_or_default();
    for rule in members {
        let facts = format!(
            "{} {:8} {:7}",
            level(rule.level, terminal),
            rule.preset.as_str(),
            rule.fix.map_or("", fix_name),
        );
        let id = format!("  {:ids$}", rule.id);
        // Names and facts are of the same width in every line.
        let used = width(&id) + 2 + width(&facts) + 1;
        let rest = columns.saturating_sub(used);
        if rest < NARROW {
            writeln!(out, "{id}  {}", facts.trim_end())?;
            for line in wrap(rule.summary, columns.saturating_sub(4)) {
                writeln!(out, "    {}", terminal.dim(&line))?;
            }
            continue;
        }
        let mut lines = wrap(rule.summary, rest).into_iter();
        writeln!(out, "{id}  {facts} {}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(out, "{:used$}{line}", "")?;
        }
    }
    Ok(())
}

fn level(level: Level, terminal: Terminal) -> String {
    let text = format!("{:5}", level.as_str());
    match level {
        Level::Error => terminal.red(&text),
        Level::Warn => terminal.yellow(&text),
        Level::Info => terminal.cyan(&text),
    }
}

/// How a rule corrects what it finds.
const fn fix_name(safety: Safety) -> &'static str {
    match safety {
        Safety::Safe => "fix",
        Safety::Unsafe => "fix (!)",
    }
}

#[derive(Serialize)]
struct View {
    version: u32,
    rules: Vec<RuleView>,
}

/// A rule without its explanation.
#[derive(Serialize)]
pub(crate) struct RuleView {
    id: &'static str,
    group: &'static str,
    level: &'static str,
    preset: &'static str,
    fix: Option<&'static str>,
    summary: &'static str,
    url: String,
}

impl RuleView {
    pub(crate) fn of(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            group: rule.group.as_str(),
            level: rule.level.as_str(),
            preset: rule.preset.as_str(),
            fix: rule.fix.map(Safety::as_str),
            summary: rule.summary,
            url: rule_url(rule.group.as_str(), rule.id),
        }
    }
}
