//! What goes into a registry: by which way, and how what came of it is told.

use std::env;
use std::io::{self, BufWriter, Write, stderr, stdout};
use std::sync::Arc;

use mesh_diagnostics::printable_line;
use mesh_registry::signing::{Signing, SshKey};
use mesh_registry::{Contributed, Outcome, PublishOptions, RegistryLocation, Request};
use serde::Serialize;
use serde_json::Value;

use super::{output, registry};
use crate::cli::{Format, Mode, SignArgs, WayArgs};
use crate::config::{Project, PublishMode};
use crate::failure::Failure;
use crate::terminal::Terminal;

/// How to publish, by the command line, else by `mesh.yaml`, else whichever way is open.
pub(crate) fn options(way: &WayArgs, dry_run: bool, project: &Project) -> PublishOptions {
    let mode = match (way.mode, project.config.publish.mode) {
        (Some(Mode::Direct), _) | (None, Some(PublishMode::Direct)) => mesh_registry::Mode::Direct,
        (Some(Mode::Branch), _) | (None, Some(PublishMode::Branch)) => mesh_registry::Mode::Branch,
        _ => mesh_registry::Mode::Auto,
    };
    PublishOptions {
        mode,
        dry_run,
        ..PublishOptions::default()
    }
}

/// With what records and events are signed, by the command line, else by `MESH_SIGNING_KEY`, else as git signs.
pub(crate) fn signing(arguments: &SignArgs) -> Result<Signing, Failure> {
    if arguments.no_sign {
        return Ok(Signing::Never);
    }
    if let Some(name) = &arguments.sign_with {
        return Ok(Signing::With(Arc::new(SshKey::named(name)?)));
    }
    let named = env::var("MESH_SIGNING_KEY").ok();
    Ok(Signing::Usual(named.filter(|name| !name.trim().is_empty())))
}

/// How it is told what became of something that was to get into a registry.
pub(crate) trait Telling {
    /// What it is made of.
    type Parts;

    /// What became of it.
    fn contributed(&self) -> &Contributed<Self::Parts>;

    /// What became of its parts.
    fn outcomes(&mut self) -> impl Iterator<Item = &mut Outcome>;

    /// Prints all of it for people.
    fn print(&self, out: &mut impl Write) -> Result<(), Failure>;

    /// Prints what became of its parts for people.
    fn print_parts(&self, out: &mut impl Write) -> Result<(), Failure>;

    /// All of it for programs; `merged` is the tip of the registry that shows that it is merged, if somebody waited for
    /// that.
    fn to_json(&self, merged: Option<&str>) -> serde_json::Result<Value>;
}

/// Tells what came of it; if it was submitted, waits for it to be merged if that was asked for.
pub(crate) fn tell(
    mut told: impl Telling,
    location: &RegistryLocation,
    way: &WayArgs,
    dry_run: bool,
    format: Format,
) -> Result<(), Failure> {
    let is_pretty = format == Format::Pretty;
    // Whoever waits may want to open the request meanwhile.
    if is_pretty {
        let mut out = BufWriter::new(stdout().lock());
        told.print(&mut out)?;
        out.flush()?;
    }
    let request = told.contributed().request.as_ref();
    let waits = request.zip(way.wait).filter(|_| !dry_run);
    let merged = waits.map(|(request, longest)| {
        registry::handle(location.clone(), false).wait_for(request, longest)
    });
    let tip = merged.as_ref().and_then(|tip| tip.as_ref().ok());
    if tip.is_some() {
        for outcome in told.outcomes() {
            if *outcome == Outcome::Submitted {
                *outcome = Outcome::Published;
            }
        }
    }
    let mut out = BufWriter::new(stdout().lock());
    if !is_pretty {
        let view = told.to_json(tip.map(String::as_str));
        output::json(&mut out, &view.map_err(io::Error::from)?)?;
    } else if let Some(tip) = tip {
        writeln!(out)?;
        told.print_parts(&mut out)?;
        writeln!(out)?;
        let branch = printable_line(&told.contributed().branch);
        writeln!(out, "Merged   {branch} is at {tip}")?;
    }
    out.flush()?;
    merged.transpose()?;
    Ok(())
}

/// How it is said that nothing happened, or not yet.
pub(crate) struct Nothing<'a> {
    /// In a dry run: `Nothing was published`.
    pub(crate) done: &'a str,
    /// Because it was so before: `everything was published before`.
    pub(crate) to_do: &'a str,
    /// What becomes of it when a request is merged: `is published`.
    pub(crate) merged: &'a str,
}

/// Prints where it went, below what became of its parts. `named` is added to the registry: where that was named.
pub(crate) fn print_way<P>(
    out: &mut impl Write,
    contributed: &Contributed<P>,
    named: &str,
    dry_run: bool,
    nothing: &Nothing<'_>,
) -> io::Result<()> {
    let registry = printable_line(&contributed.registry);
    writeln!(out, "Registry {registry}{}", printable_line(named))?;
    if let Some(key) = &contributed.signed_with {
        writeln!(out, "Signed   with {key}")?;
    }
    let branch = printable_line(&contributed.branch);
    match (&contributed.request, &contributed.commit) {
        (Some(request), _) if dry_run => {
            writeln!(out, "Branch   {}", printable_line(&request.branch))?;
            print_others(request);
            writeln!(out, "Nothing was submitted: this is a dry run")
        }
        (Some(request), _) => print(out, request, &branch, nothing.merged),
        (None, Some(commit)) => writeln!(out, "Commit   {commit} on {branch}"),
        (None, None) if dry_run => writeln!(out, "{}: this is a dry run", nothing.done),
        (None, None) => writeln!(out, "Nothing to do: {}", nothing.to_do),
    }
}

/// Prints where a request is, below what was submitted.
fn print(out: &mut impl Write, request: &Request, target: &str, merged: &str) -> io::Result<()> {
    let branch = printable_line(&request.branch);
    writeln!(out, "Branch   {branch}")?;
    match &request.url {
        Some(url) => writeln!(out, "Request  {}", printable_line(url))?,
        None if request.is_new => writeln!(
            out,
            "Request  open one at the registry's host, from that branch to {target}"
        )?,
        None => {}
    }
    writeln!(out)?;
    let said = if request.is_new {
        "It"
    } else {
        "It was submitted before, and"
    };
    writeln!(out, "{said} {merged} when the request is merged")?;
    print_others(request);
    Ok(())
}

/// Says which other requests want the same place: only one of them can be merged.
fn print_others(request: &Request) {
    let Some(first) = request.others.first() else {
        return;
    };
    let more = match request.others.len() {
        1 => String::new(),
        all => format!(" and {} more", all - 1),
    };
    // There is nowhere left to report that standard error is gone.
    let _ = writeln!(
        stderr(),
        "{} other content for the same waits to be merged on `{}`{more}: only one of them can be",
        Terminal::stderr().yellow("note:"),
        printable_line(first),
    );
}

/// What happened, in JSON.
pub(crate) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Published => "published",
        Outcome::AlreadyPublished => "alreadyPublished",
        Outcome::Submitted => "submitted",
        Outcome::WouldPublish => "wouldPublish",
        Outcome::WouldSubmit => "wouldSubmit",
    }
}

/// A request as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct View<'a> {
    branch: &'a str,
    commit: &'a str,
    url: Option<&'a str>,
    is_new: bool,
    others: &'a [String],
    merged: Option<&'a str>,
}

impl<'a> View<'a> {
    /// `merged` is the tip of the registry that shows that it is merged, if it is.
    pub(crate) fn of(request: &'a Request, merged: Option<&'a str>) -> Self {
        Self {
            branch: &request.branch,
            commit: &request.commit,
            url: request.url.as_deref(),
            is_new: request.is_new,
            others: &request.others,
            merged,
        }
    }
}
