//! `mesh policy new`

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use mesh_diagnostics::nearest;
use mesh_policy::{Shipped, shipped};
use mesh_spec::terms::dates::Day;

use crate::cli::{PolicyNew, RegistryArgs};
use crate::config::Project;
use crate::ops::policies::{self, Pins};
use crate::ops::text::scalar;
use crate::ops::{check, files, lint, registry};
use crate::{Ending, Failure};

const PACK: &str = include_str!("../../templates/policy-pack.yaml");
const OVERLAY: &str = include_str!("../../templates/policy-overlay.yaml");
const WAIVER: &str = include_str!("../../templates/policy-waiver.yaml");

pub(crate) fn run(arguments: &PolicyNew) -> Result<Ending, Failure> {
    let today = check::as_of(None)?;
    let (path, text, next) = match (&arguments.waiver, &arguments.overlay) {
        (Some(policy), _) => waiver(arguments, policy, today)?,
        (None, Some(pack)) => overlay(arguments, pack)?,
        (None, None) => pack(arguments)?,
    };
    if path.exists() {
        return Err(
            Failure::new(format!("`{}` is there already", path.display()))
                .help("choose another name, or edit the file"),
        );
    }
    files::write(&path, text.as_bytes()).map_err(|error| {
        Failure::new(format!("cannot write `{}`: {error}", path.display()))
            .help("check that you may write there")
    })?;
    let mut out = stdout().lock();
    writeln!(out, "Wrote {}", path.display())?;
    writeln!(out)?;
    writeln!(out, "{next}")?;
    if let Some(hint) = adoption_hint(&path) {
        writeln!(out, "{hint}")?;
    }
    Ok(Ending::Clean)
}

type Written = (PathBuf, String, String);

fn pack(arguments: &PolicyNew) -> Result<Written, Failure> {
    let name = name_of(arguments)?;
    let path = arguments.dir.join(format!("{name}.yaml"));
    let text = match &arguments.from {
        Some(from) => renamed(&text_of(from)?, from, name, &owner(arguments)),
        None => fill(
            PACK,
            &[("name", name), ("owner", &scalar(&owner(arguments)))],
        ),
    };
    let next = format!(
        "Edit it, and hold it to its examples with `mesh policy test {}`.",
        path.display()
    );
    Ok((path, text, next))
}

fn overlay(arguments: &PolicyNew, pack: &str) -> Result<Written, Failure> {
    let name = name_of(arguments)?;
    let path = arguments.dir.join(format!("{name}.yaml"));
    let domain = arguments.domain.as_deref().unwrap_or(name);
    let domain = if domain == name {
        String::new()
    } else {
        format!("\n  domain: {}", scalar(domain))
    };
    let pack = pack.strip_prefix(shipped::PREFIX).unwrap_or(pack);
    let values = [("name", name), ("pack", pack), ("domain", domain.as_str())];
    let text = fill(OVERLAY, &values);
    let next = format!(
        "Edit it, and hold it to its examples with `mesh policy test {}`.",
        path.display()
    );
    Ok((path, text, next))
}

/// A waiver as the policy allows it.
fn waiver(arguments: &PolicyNew, policy: &str, today: Day) -> Result<Written, Failure> {
    let project = Project::of(".".as_ref())?;
    let RegistryArgs { registry, offline } = &arguments.registry;
    let location = lint::location(registry.as_deref(), *offline, &project)?;
    let snapshot = match location {
        Some(location) => Some(registry::open(location, *offline)?),
        None => None,
    };
    let gathered = policies::gather(&policies::Request {
        project: &project,
        extra: &[],
        snapshot: snapshot.as_ref(),
        as_of: today,
        pins: Pins::Locked,
    })?;
    let mut all = gathered.policies.describe(&[]);
    all.extend(gathered.policies.describe_overlays());
    let known = all.iter().find(|it| it.id == policy);
    let (days, approver) = match known {
        Some(known) => match &known.waivable {
            Some((days, approvers)) => (*days, approvers.first().cloned().unwrap_or_default()),
            None => {
                return Err(Failure::new(format!("`{policy}` cannot be waived"))
                    .help("satisfy it; `mesh policy explain` tells how"));
            }
        },
        // The policy may be one of a registry that is not named here; it is looked for when the waiver is read.
        None if gathered.policies.is_empty() => (30, "TODO".to_owned()),
        None => {
            let ids = all.iter().map(|it| it.id.as_str());
            return Err(
                Failure::new(format!("there is no policy `{policy}` in force here")).help(
                    match nearest(policy, ids) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "name one that `mesh policy list` shows".to_owned(),
                    },
                ),
            );
        }
    };
    let id = match &arguments.name {
        Some(name) => name.clone(),
        None => format!("waiver-{}", policy.replace('/', "-")),
    };
    let path = arguments.dir.join("waivers").join(format!("{id}.yaml"));
    let subject = arguments.subject.as_deref().unwrap_or_default();
    let text = fill(
        WAIVER,
        &[
            ("id", &scalar(&id)),
            ("policy", policy),
            ("subject", &scalar(subject)),
            ("owner", &scalar(&owner(arguments))),
            ("approver", &scalar(&approver)),
            ("granted", &today.to_string()),
            ("expires", &today.days_later(days).to_string()),
        ],
    );
    let next = format!(
        "Say in it why, and what is done instead; it counts once {approver} has approved it and it is merged."
    );
    Ok((path, text, next))
}

fn name_of(arguments: &PolicyNew) -> Result<&str, Failure> {
    let name = arguments.name.as_deref().unwrap_or_default();
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 63
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_name {
        Ok(name)
    } else {
        Err(Failure::new(format!("`{name}` is no name of a pack"))
            .help("use small letters, digits and hyphens, such as `pharma-core`"))
    }
}

fn owner(arguments: &PolicyNew) -> String {
    let named = arguments.owner.clone().or_else(mesh_registry::user_email);
    named.unwrap_or_else(|| "TODO".to_owned())
}

/// The text of the pack that `from` names.
fn text_of(from: &str) -> Result<String, Failure> {
    if let Some(name) = from.strip_prefix(shipped::PREFIX) {
        return Shipped::named(name)
            .map(|pack| pack.text.to_owned())
            .ok_or_else(|| {
                let names = shipped::ALL.map(|pack| pack.name);
                Failure::new(format!("no pack `{from}` comes with mesh"))
                    .help(format!("use one of `mesh/{}`", names.join("`, `mesh/")))
            });
    }
    let bytes = files::read(Path::new(from)).map_err(|error| {
        Failure::new(format!("cannot read `{from}`: {error}"))
            .help("name a file, or a pack that comes with mesh, such as mesh/gdpr")
    })?;
    String::from_utf8(bytes)
        .map_err(|_| Failure::new(format!("`{from}` is no UTF-8 text")).help("copy a pack"))
}

/// A copy of a pack under a name and an owner of its own, otherwise as it is, comments and all: but for those at its
/// top, which speak of the pack that is copied.
fn renamed(text: &str, from: &str, name: &str, owner: &str) -> String {
    let mut in_metadata = false;
    let schema = PACK.lines().next().unwrap_or_default();
    let mut copy = format!("{schema}\n# Begun as a copy of {from}.\n");
    let is_header = |line: &&str| line.starts_with('#') || line.trim().is_empty();
    let header: usize = text
        .split_inclusive('\n')
        .take_while(is_header)
        .map(str::len)
        .sum();
    let text = &text[header..];
    for line in text.split_inclusive('\n') {
        if !line.starts_with([' ', '#', '\n', '\r']) {
            in_metadata = line.starts_with("metadata:");
        }
        let value = match line.trim_start() {
            key if in_metadata && key.starts_with("name:") => Some(format!("  name: {name}\n")),
            key if in_metadata && key.starts_with("version:") => {
                Some("  version: 0.1.0\n".to_owned())
            }
            key if in_metadata && key.starts_with("owner:") => {
                Some(format!("  owner: {}\n", scalar(owner)))
            }
            _ => None,
        };
        copy.push_str(value.as_deref().unwrap_or(line));
    }
    copy
}

/// `template` with `{{key}}` replaced by values.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |text, (key, value)| {
            text.replace(&format!("<<{key}>>"), value)
        })
}

/// How the file comes into force, if it is not named yet.
fn adoption_hint(path: &Path) -> Option<String> {
    let project = Project::of(".".as_ref()).ok()?;
    let named = project.config.policies.iter();
    let base = project.folder.clone().unwrap_or_default();
    let full = std::path::absolute(path).ok()?;
    let is_named = named.into_iter().any(|item| {
        let item = std::path::absolute(base.join(item));
        item.is_ok_and(|item| full.starts_with(item))
    });
    (!is_named).then(|| {
        let folder = path.iter().next().map(|first| first.to_string_lossy().into_owned());
        format!(
            "It comes into force once mesh.yaml names it, as in `policies: [{}/]`, or the registry holds it.",
            folder.unwrap_or_default()
        )
    })
}
