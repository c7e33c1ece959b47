//! `mesh diff`

use std::io::{BufWriter, Write, stdout};
use std::path::Path;

use mesh_compat::render::{self, Frame};
use mesh_compat::{Both, Comparison, Context, Impact, Profile, compare, compare_sets};
use mesh_lint::Secrets;

use crate::cli::{Diff, DiffFormat};
use crate::config::Project;
use crate::ops::compat;
use crate::ops::source::{Set, Source, Surroundings};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Diff) -> Result<Ending, Failure> {
    let (old, new) = (Source::parse(&arguments.old), Source::parse(&arguments.new));
    let here = Path::new(".");
    let project = Project::of(new.path().or(old.path()).unwrap_or(here))?;
    let registry = &arguments.registry;
    let around = Surroundings::new(&project, registry.registry.as_deref(), registry.offline);
    let (old, new) = (old.load(&around)?, new.load(&around)?);
    let vocabularies = around.vocabularies()?;
    let settings = compat::settings(&project, arguments.profile);
    let mut found = compared(&old, &new, settings.context(&vocabularies))?;
    let documents = old.members.iter().chain(&new.members);
    let secrets = Secrets::of(documents.map(|(_, document)| document));
    if !secrets.is_empty() {
        for comparison in &mut found {
            // Its values are read from the documents, and blanked one by one.
            let has_excerpts = arguments.format != DiffFormat::Omds;
            blank(comparison, &secrets, has_excerpts);
        }
    }
    let frame = Frame {
        labels: Both {
            old: &old.label,
            new: &new.label,
        },
        settings: &settings,
    };
    print(&found, &frame, arguments.format, &secrets)?;
    // Every profile agrees on what means the same.
    let differs = |comparison: &Comparison| comparison.impact(Profile::Read) > Impact::None;
    // The process is about to end: to free many documents piece by piece is a tenth of a run.
    std::mem::forget((old, new));
    Ok(if arguments.exit_code && found.iter().any(differs) {
        Ending::Findings
    } else {
        Ending::Clean
    })
}

/// Two files are compared with each other, whatever their ids; one file only with what it was or became.
fn compared(old: &Set, new: &Set, context: Context<'_>) -> Result<Vec<Comparison>, Failure> {
    if let ([(_, before)], [(_, after)]) = (&old.members[..], &new.members[..])
        && old.is_file
        && new.is_file
    {
        return Ok(vec![compare(before, after, context)?]);
    }
    let mut found = compare_sets(&old.members(), &new.members(), context)?;
    found.retain(|comparison| {
        (!old.is_file || comparison.subjects.old.is_some())
            && (!new.is_file || comparison.subjects.new.is_some())
    });
    Ok(found)
}

fn print(
    found: &[Comparison],
    frame: &Frame<'_>,
    format: DiffFormat,
    secrets: &Secrets,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(stdout().lock());
    match format {
        DiffFormat::Pretty => render::pretty(found, frame, Terminal::stdout().style(), &mut out),
        DiffFormat::Json => render::json(found, frame, &mut out),
        DiffFormat::Markdown => render::markdown(found, frame, &mut out),
        DiffFormat::Omds => {
            let blank = |text: &mut String| secrets.blank_value(text);
            render::omds(found, frame, &blank, &mut out)
        }
    }?;
    out.flush()?;
    Ok(())
}

/// Keeps credentials out of what is printed: it ends up in logs and comments.
fn blank(comparison: &mut Comparison, secrets: &Secrets, has_excerpts: bool) {
    for change in &mut comparison.changes {
        let Both { old, new } = &mut change.places;
        for place in [old, new].into_iter().flatten() {
            if has_excerpts {
                secrets.blank_source(&mut place.source);
            }
            secrets.blank(&mut place.pointer);
        }
        let said = [&mut change.message, &mut change.path];
        let named = [&mut change.element, &mut change.property];
        for text in said.into_iter().chain(named.into_iter().flatten()) {
            secrets.blank(text);
        }
        if let Some(why) = &mut change.why {
            secrets.blank(why.to_mut());
        }
    }
}
