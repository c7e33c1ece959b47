//! `mesh policy explain`

use std::io::{BufWriter, Write, stdout};

use mesh_diagnostics::nearest;
use mesh_policy::Description;
use mesh_spec::terms::dates::Day;
use serde::Serialize;

use crate::cli::{Format, PolicyExplain};
use crate::ops::output;
use crate::ops::policies::inspect::{self, DescriptionView};
use crate::ops::text::wrap;
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &PolicyExplain) -> Result<Ending, Failure> {
    let found = inspect::describe(&arguments.in_force)?;
    // A policy of an overlay is found whatever its domain, since findings name it.
    let all = || found.all.iter().chain(&found.of_overlays);
    let Some(policy) = all().find(|it| it.id == arguments.policy) else {
        let ids = all().map(|it| it.id.as_str());
        return Err(Failure::new(format!(
            "there is no policy `{}` in force here",
            arguments.policy
        ))
        .help(match nearest(&arguments.policy, ids) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "name one that `mesh policy list` shows".to_owned(),
        }));
    };
    let mut out = BufWriter::new(stdout().lock());
    match arguments.format {
        Format::Json => {
            let view = View {
                version: 1,
                as_of: found.as_of.to_string(),
                policy: DescriptionView::of(policy, found.as_of),
            };
            output::json(&mut out, &view)?;
        }
        Format::Pretty => print(&mut out, policy, found.as_of)?,
    }
    out.flush()?;
    Ok(Ending::Clean)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    version: u32,
    as_of: String,
    #[serde(flatten)]
    policy: DescriptionView<'a>,
}

fn print(out: &mut impl Write, policy: &Description, as_of: Day) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let width = terminal.width();
    let title = policy
        .title
        .as_deref()
        .map(|title| format!("  {title}"))
        .unwrap_or_default();
    writeln!(out, "{}{title}", terminal.bold(&policy.id))?;
    let place = policy.place.source.position(policy.place.span.start);
    writeln!(
        out,
        "{}",
        terminal.dim(&format!(
            "{}, {}:{}{}",
            policy.pack,
            policy.place.source.name(),
            place.line,
            policy
                .owner
                .as_deref()
                .map(|owner| format!(", maintained by {owner}"))
                .unwrap_or_default()
        ))
    )?;
    let paragraph = |out: &mut dyn Write, text: &str| -> Result<(), Failure> {
        for line in wrap(text, width) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    };
    if let Some(why) = &policy.why {
        writeln!(out)?;
        paragraph(out, why)?;
    }
    for reference in &policy.references {
        let url = reference.url.as_deref().unwrap_or_default();
        writeln!(out, "  {}  {}", reference.title, terminal.dim(url))?;
    }
    writeln!(out)?;
    let mut field = |name: &str, text: &str| -> Result<(), Failure> {
        let lines = wrap(text, width.saturating_sub(12));
        for (at, line) in lines.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            writeln!(out, "{}{line}", terminal.cyan(&format!("{name:12}")))?;
        }
        Ok(())
    };
    if policy.is_rule {
        field(
            "rule",
            &format!("`mesh explain {}` tells what it checks", policy.id),
        )?;
    } else {
        field("for", policy.subject)?;
    }
    for (key, words) in &policy.scope {
        field(key, &words.join(", "))?;
    }
    if let Some(when) = &policy.when {
        field("when", when)?;
    }
    if let Some(require) = &policy.require {
        field("require", require)?;
    }
    for parameter in &policy.parameters {
        let mut text = format!("{} = {}", parameter.name, inspect::shown(&parameter.value));
        if let Some(before) = &parameter.untightened {
            text.push_str(&format!(", tightened from {}", inspect::shown(before)));
        }
        text.push_str(&format!(" (tighten: {})", parameter.tighten));
        field("parameter", &text)?;
    }
    field("level", &inspect::levels(&policy.enforcement, as_of))?;
    match &policy.waivable {
        Some((days, approvers)) => field(
            "waivable",
            &format!("for {days} days at most, by {}", approvers.join(" or ")),
        )?,
        None => field("waivable", "no")?,
    }
    for (id, subject, until) in &policy.waivers {
        let state = if *until < as_of {
            "expired on"
        } else {
            "until"
        };
        field("waiver", &format!("{id} for {subject}, {state} {until}"))?;
    }
    let [pass, fail, skip] = policy.examples;
    if !policy.is_rule {
        field(
            "examples",
            &format!(
                "{pass} accepted, {fail} rejected, {skip} left out: `mesh policy test` holds it to them"
            ),
        )?;
    }
    Ok(())
}
