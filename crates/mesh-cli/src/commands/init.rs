//! `mesh init`

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use dialoguer::Input;
use mesh_diagnostics::printable_line;
use mesh_registry::{Error, names};

use crate::cli::{Archetype, Init};
use crate::config::{Project, resolved};
use crate::ops::ask;
use crate::ops::scaffold::{self, Blueprint, Outcome};
use crate::ops::text::{ascii, shell_path};
use crate::terminal::Terminal;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Init) -> Result<Ending, Failure> {
    let blueprint = blueprint(arguments)?;
    let folder = arguments
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(&blueprint.slug));
    let project = Project::of(&folder)?;
    let root = repository_root(&folder, &project)?;
    let mut files = scaffold::product(&blueprint, &folder);
    if project.folder.is_none() {
        files.push(scaffold::configuration(&root));
    }
    if let Some(host) = arguments.ci {
        files.push(scaffold::ci(host, &root));
    }
    let written = scaffold::write(&files, arguments.force)?;

    let terminal = Terminal::stdout();
    let mut out = stdout().lock();
    let place = folder.display().to_string();
    writeln!(
        out,
        "Created {} in {}:",
        terminal.bold(&printable_line(&blueprint.name)),
        printable_line(&place)
    )?;
    for (file, written) in files.iter().zip(&written) {
        let path = file.path.display().to_string();
        let note = match written {
            Outcome::Written => "",
            Outcome::Same => " (was there already)",
            Outcome::Kept => " (was there already, with other content, and is left as it is)",
        };
        writeln!(out, "  {}{note}", printable_line(&path))?;
    }
    if arguments.ci.is_some() && written.last() == Some(&Outcome::Kept) {
        writeln!(out)?;
        writeln!(
            out,
            "To check data products in CI, add a job to it that runs `mesh lint`."
        )?;
    }
    writeln!(out)?;
    writeln!(out, "Next:")?;
    let place = shell_path(&folder);
    let place = printable_line(&place);
    let lint = format!("mesh lint {place}");
    let publish = format!("mesh publish {place}");
    let width = publish.chars().count();
    writeln!(
        out,
        "  {lint:width$}  lists what is marked TODO; fill it in"
    )?;
    writeln!(out, "  {publish:width$}  shares it")?;
    Ok(Ending::Clean)
}

/// Takes what was given, asks on a terminal for what is missing, and otherwise says what it is.
fn blueprint(arguments: &Init) -> Result<Blueprint, Failure> {
    let ask = !arguments.yes && ask::can();
    let example = "mesh init \"Sales Order\" --domain commercial";
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None if ask => prompt("Name of the data product", None, |name| {
            path_name(name).map(drop)
        })?,
        None => return Err(missing("a name", example)),
    };
    let slug = path_name(&name).map_err(|reason| {
        Failure::new(format!(
            "no folder and no address can be named after `{name}`: {reason}"
        ))
        .help("choose another name; `name:` in dataproduct.yaml can be changed later")
    })?;
    let domain = match &arguments.domain {
        Some(domain) => domain.clone(),
        None if ask => prompt("Domain that owns it", None, |domain| {
            path_name(domain).map(drop)
        })?,
        None => return Err(missing("a domain", example)),
    };
    let domain = path_name(&domain)
        .map_err(|reason| Failure::new(format!("`{domain}` cannot name a domain: {reason}")))?;
    let archetype = match arguments.archetype {
        Some(archetype) => archetype,
        None if ask => select_archetype()?,
        None => Archetype::SourceAligned,
    };
    let known = mesh_registry::user_email;
    let owner = match arguments.owner.clone() {
        None if ask => {
            let known = known().filter(|email| is_email(email).is_ok());
            Some(prompt(
                "Who answers for it (e-mail)",
                known.as_deref(),
                is_email,
            )?)
        }
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

/// What `text` is called in paths and addresses, or why it cannot be.
fn path_name(text: &str) -> Result<String, String> {
    let text = ascii(text);
    if let Some(name) = names::slug(&text) {
        return Ok(name);
    }
    if let Some(other) = text.chars().find(|c| c.is_alphanumeric() && !c.is_ascii()) {
        return Err(format!("`{other}` is not a Latin letter or digit"));
    }
    // What is wrong with what would be left of it.
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let name = words.join("-");
    Err(match names::check_name("name", &name) {
        Err(Error::InvalidName { reason, .. }) if !name.is_empty() => reason.to_owned(),
        _ => "it has no letters".to_owned(),
    })
}

fn is_email(text: &str) -> Result<(), String> {
    match text.trim().split_once('@') {
        Some((who, host)) if !who.is_empty() && !host.is_empty() => Ok(()),
        _ => Err("an e-mail address has an `@` between a name and a host".to_owned()),
    }
}

/// Asks until the answer is valid.
fn prompt(
    question: &str,
    default: Option<&str>,
    valid: impl Fn(&str) -> Result<(), String>,
) -> Result<String, Failure> {
    let mut input = Input::<String>::new()
        .with_prompt(question)
        .validate_with(|answer: &String| valid(answer));
    if let Some(default) = default {
        input = input.default(default.to_owned());
    }
    input.interact_text().map_err(not_answered)
}

fn select_archetype() -> Result<Archetype, Failure> {
    let archetypes = Archetype::value_variants();
    let names: Vec<String> = archetypes
        .iter()
        .filter_map(ValueEnum::to_possible_value)
        .map(|value| {
            let help = value.get_help().map(ToString::to_string);
            format!("{}: {}", value.get_name(), help.unwrap_or_default())
        })
        .collect();
    let chosen = ask::choose("What kind of product it is", &names).map_err(not_answered)?;
    Ok(archetypes[chosen])
}

fn not_answered(error: impl Into<dialoguer::Error>) -> Failure {
    ask::not_answered(
        error,
        "give the answers as options and add --yes; see `mesh init --help`",
    )
}

fn missing(what: &str, example: &str) -> Failure {
    Failure::new(format!(
        "{what} is needed, and there is no terminal to ask on"
    ))
    .help(format!("give it on the command line: {example}"))
}

/// Where files for the whole repository of `folder` go: its git work tree, else where its
/// `mesh.yaml` is, else the current folder if that is above it, else `folder` itself.
fn repository_root(folder: &Path, project: &Project) -> Result<PathBuf, Failure> {
    let current = std::env::current_dir()
        .map_err(|error| Failure::new(format!("cannot tell the current folder: {error}")))?;
    let current = resolved(&current).unwrap_or(current);
    let target = resolved(folder).unwrap_or_else(|| current.join(folder));
    let git = target
        .ancestors()
        .find(|folder| folder.join(".git").exists());
    let root = match (git, &project.folder) {
        (Some(git), _) => git,
        (None, Some(configured)) => configured,
        (None, None) if target.starts_with(&current) => &current,
        (None, None) => &target,
    };
    // Shown and written relative to where the user is, if it is there or below.
    Ok(root.strip_prefix(&current).unwrap_or(root).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_cannot_be_a_path_says_why() {
        assert_eq!(
            path_name("Kundenaufträge"),
            Ok("kundenauftraege".to_owned())
        );
        assert_eq!(path_name("Ärzte & Łódź"), Ok("aerzte-lodz".to_owned()));
        for (name, reason) in [
            ("受注", "`受` is not a Latin letter"),
            ("!?", "no letters"),
            ("", "no letters"),
            ("2024 Sales", "does not start with a lower-case letter"),
            ("Con", "device on Windows"),
            (&"a".repeat(64), "longer than 63"),
        ] {
            let error = path_name(name).unwrap_err();
            assert!(error.contains(reason), "{name}: {error}");
        }
    }

    #[test]
    fn an_email_has_two_sides() {
        assert!(is_email("ada@pharma.example").is_ok());
        for text in ["", "ada", "@", "ada@", "@pharma.example"] {
            assert!(is_email(text).is_err(), "{text}");
        }
    }
}
