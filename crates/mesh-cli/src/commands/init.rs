//! `mesh init`

use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dialoguer::{Input, Select};

use crate::cli::{Archetype, Init};
use crate::config::Project;
use crate::ops::scaffold::{self, Blueprint};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Init) -> Result<Ending, Failure> {
    let blueprint = blueprint(arguments)?;
    let folder = arguments
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(&blueprint.slug));
    let root = repository_root()?;
    let mut files = scaffold::product(&blueprint, &folder);
    if Project::of(".".as_ref())?.folder.is_none() {
        files.push(scaffold::configuration(&root));
    }
    if let Some(host) = arguments.ci {
        files.push(scaffold::ci(host, &root));
    }
    scaffold::write(&files, arguments.force)?;

    let terminal = Terminal::stdout();
    let mut out = stdout().lock();
    writeln!(
        out,
        "Created {} in {}:",
        terminal.bold(&blueprint.name),
        folder.display()
    )?;
    for file in &files {
        writeln!(out, "  {}", file.path.display())?;
    }
    writeln!(out)?;
    writeln!(out, "Next:")?;
    let lint = format!("mesh lint {}", folder.display());
    let publish = format!("mesh publish {}", folder.display());
    let width = publish.len();
    writeln!(
        out,
        "  {lint:width$}  lists what is marked TODO; fill it in"
    )?;
    writeln!(out, "  {publish:width$}  shares it")?;
    Ok(Ending::Clean)
}

/// Takes what was given, asks on a terminal for what is missing, and otherwise says what it is.
fn blueprint(arguments: &Init) -> Result<Blueprint, Failure> {
    let ask = !arguments.yes && stdin().is_terminal() && stderr().is_terminal();
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None if ask => prompt("Name of the data product", None)?,
        None => {
            return Err(missing(
                "a name",
                "mesh init \"Sales Order\" --domain commercial",
            ));
        }
    };
    let slug = mesh_registry::names::slug(&name).ok_or_else(|| {
        Failure::new(format!(
            "`{name}` has no letters that a file or an address can be named by"
        ))
        .help("choose a name with Latin letters; `name:` in dataproduct.yaml can be changed later")
    })?;
    let domain = match &arguments.domain {
        Some(domain) => domain.clone(),
        None if ask => prompt("Domain that owns it", None)?,
        None => {
            return Err(missing(
                "a domain",
                "mesh init \"Sales Order\" --domain commercial",
            ));
        }
    };
    let domain = mesh_registry::names::domain_name(&domain)?;
    let archetype = match arguments.archetype {
        Some(archetype) => archetype,
        None if ask => select_archetype()?,
        None => Archetype::SourceAligned,
    };
    let known = mesh_registry::user_email;
    let owner = match arguments.owner.clone() {
        None if ask => Some(prompt("Who answers for it (e-mail)", known().as_deref())?),
        given => given.or_else(known),
    };
    Ok(Blueprint {
        name,
        slug,
        domain,
        archetype,
        owner: owner.filter(|owner| !owner.trim().is_empty()),
    })
}

fn prompt(question: &str, default: Option<&str>) -> Result<String, Failure> {
    let mut input = Input::<String>::new().with_prompt(question);
    if let Some(default) = default {
        input = input.default(default.to_owned());
    }
    input.interact_text().map_err(|error| not_answered(&error))
}

fn select_archetype() -> Result<Archetype, Failure> {
    let archetypes = Archetype::value_variants();
    let labels: Vec<String> = archetypes
        .iter()
        .filter_map(ValueEnum::to_possible_value)
        .map(|value| {
            let help = value
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            format!("{}: {help}", value.get_name())
        })
        .collect();
    let chosen = Select::new()
        .with_prompt("What kind of product it is")
        .items(&labels)
        .default(0)
        .interact()
        .map_err(|error| not_answered(&error))?;
    Ok(archetypes[chosen])
}

fn not_answered(error: &dialoguer::Error) -> Failure {
    Failure::new(format!("the question was not answered: {error}"))
        .help("give the answers as options and add --yes; see `mesh init --help`")
}

fn missing(what: &str, example: &str) -> Failure {
    Failure::new(format!(
        "{what} is needed, and there is no terminal to ask on"
    ))
    .help(format!("give it on the command line: {example}"))
}

/// Where files for the whole repository go: the git work tree, else the current folder.
fn repository_root() -> Result<PathBuf, Failure> {
    let current = std::env::current_dir()
        .map_err(|error| Failure::new(format!("cannot tell the current folder: {error}")))?;
    let root = current
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(&current);
    // Shown and written relative to where the user is, if that is the root already.
    if root == current {
        Ok(PathBuf::new())
    } else {
        Ok(Path::new(root).to_owned())
    }
}
