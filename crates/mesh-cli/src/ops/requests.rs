//! What goes into a registry through a request that somebody merges: whether it does, and what is said of it.

use std::env;
use std::io::{self, Write, stderr};
use std::sync::Arc;

use mesh_diagnostics::printable_line;
use mesh_registry::signing::{Signing, SshKey};
use mesh_registry::{Outcome, PublishOptions, RegistryLocation, Request};
use serde::Serialize;

use super::registry;
use crate::cli::{Mode, SignArgs, WayArgs};
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

/// If something was submitted and `way` says to wait for it: waits until it is merged, and returns the registry's tip that
/// shows it.
pub(crate) fn awaited(
    location: &RegistryLocation,
    request: Option<&Request>,
    way: &WayArgs,
    dry_run: bool,
) -> Option<Result<String, Failure>> {
    let (request, longest) = request.zip(way.wait)?;
    let wait = || Ok(registry::handle(location.clone(), false).wait_for(request, longest)?);
    (!dry_run).then(wait)
}

/// Prints where a request is, below what was submitted.
pub(crate) fn print(out: &mut impl Write, request: &Request, target: &str) -> io::Result<()> {
    let branch = printable_line(&request.branch);
    writeln!(out, "Branch   {branch}")?;
    match &request.url {
        Some(url) => writeln!(out, "Request  {}", printable_line(url))?,
        None if request.is_new => writeln!(
            out,
            "Request  open one at the registry's host, from that branch to {}",
            printable_line(target)
        )?,
        None => {}
    }
    writeln!(out)?;
    let said = if request.is_new {
        "It is published when the request is merged"
    } else {
        "It was submitted before, and is published when the request is merged"
    };
    writeln!(out, "{said}")?;
    print_others(request);
    Ok(())
}

/// Prints where a request would be.
pub(crate) fn print_dry_run(out: &mut impl Write, request: &Request) -> io::Result<()> {
    let branch = printable_line(&request.branch);
    writeln!(out, "Branch   {branch}")?;
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
