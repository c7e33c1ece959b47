//! `mesh policy list`

use std::io::{BufWriter, Write, stdout};

use mesh_policy::{Description, PolicyLevel};
use mesh_spec::terms::dates::Day;
use serde::Serialize;

use crate::cli::{Format, PolicyList};
use crate::ops::output;
use crate::ops::policies::inspect::{self, DescriptionView};
use crate::ops::text::{ellipsis, one_line, plural};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &PolicyList) -> Result<Ending, Failure> {
    let found = inspect::describe(&arguments.in_force)?;
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            let view = View {
                version: 1,
                as_of: found.as_of.to_string(),
                policies: found
                    .all
                    .iter()
                    .map(|description| DescriptionView::of(description, found.as_of))
                    .collect(),
            };
            output::json(&mut out, &view)?;
        }
        Format::Pretty => print(&mut out, &found.all, found.as_of)?,
    }
    out.flush()?;
    Ok(Ending::Clean)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    as_of: String,
    policies: Vec<DescriptionView<'a>>,
}

fn print(out: &mut impl Write, all: &[Description], as_of: Day) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let width = all.iter().map(|it| it.id.len()).max().unwrap_or(0);
    let mut pack = "";
    for description in all {
        let heading = if description.is_rule {
            "rules of mesh"
        } else {
            &description.pack
        };
        if heading != pack {
            if !pack.is_empty() {
                writeln!(out)?;
            }
            let about = match &description.about {
                Some(about) if !description.is_rule => one_line(about),
                _ => String::new(),
            };
            let room = terminal.width().saturating_sub(heading.len() + 2);
            let about = match ellipsis(&about, room) {
                about if about.is_empty() => String::new(),
                about => format!("  {}", terminal.dim(&about)),
            };
            writeln!(out, "{}{about}", terminal.bold(heading))?;
            pack = heading;
        }
        let level = level_word(description.level(as_of));
        let level = match description.level(as_of) {
            Some(PolicyLevel::Deny) => terminal.red(&format!("{level:6}")),
            Some(PolicyLevel::Warn) => terminal.yellow(&format!("{level:6}")),
            _ => terminal.dim(&format!("{level:6}")),
        };
        let mut about = match (&description.title, &description.why) {
            (Some(text), _) | (None, Some(text)) => one_line(text),
            (None, None) => description
                .require
                .as_deref()
                .map(one_line)
                .unwrap_or_default(),
        };
        if let Some((day, next)) = description.enforcement.next(as_of) {
            about = format!("({next} from {day}) {about}");
        }
        let subject = if description.is_rule {
            "rule"
        } else {
            description.subject
        };
        let room = terminal.width().saturating_sub(width + 26).max(20);
        writeln!(
            out,
            "  {level} {:width$}  {}  {}",
            description.id,
            terminal.dim(&format!("{subject:13}")),
            ellipsis(&about, room),
        )?;
    }
    let (rules, policies): (Vec<_>, Vec<_>) = all.iter().partition(|it| it.is_rule);
    writeln!(out)?;
    writeln!(
        out,
        "{} and {} on {as_of}; `mesh policy explain ID` tells more",
        plural(policies.len(), "policy"),
        plural(rules.len(), "rule"),
    )?;
    Ok(())
}

fn level_word(level: Option<PolicyLevel>) -> &'static str {
    level.map_or("later", PolicyLevel::as_str)
}
