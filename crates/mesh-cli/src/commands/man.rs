//! `mesh man`

use std::io::{Write, stdout};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man as Page;

use crate::cli::{Cli, Man};
use crate::ops::files;
use crate::{Ending, Failure};

pub(crate) fn run(arguments: &Man) -> Result<Ending, Failure> {
    let mut command = Cli::command().disable_help_subcommand(true);
    // Gives every command its full name and what it inherits.
    command.build();
    match &arguments.dir {
        Some(folder) => write(command, folder)?,
        None => stdout().write_all(&page(command).1)?,
    }
    Ok(Ending::Clean)
}

/// Writes the page of `command` and those of the commands below it.
fn write(command: Command, folder: &Path) -> Result<(), Failure> {
    for subcommand in command.get_subcommands().cloned() {
        write(subcommand, folder)?;
    }
    let (name, text) = page(command);
    let path = folder.join(name);
    files::write(&path, &text).map_err(|error| {
        Failure::new(format!("cannot write `{}`: {error}", path.display()))
            .help("check that you may write there and that the disk is not full")
    })
}

/// A page and the name of its file.
fn page(command: Command) -> (String, Vec<u8>) {
    let page = Page::new(command);
    let mut text = Vec::new();
    // A vector takes whatever is written to it.
    let _ = page.render(&mut text);
    (page.get_filename(), text)
}
