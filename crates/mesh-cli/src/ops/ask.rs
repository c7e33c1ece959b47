//! Questions on a terminal.

use std::io::{self, IsTerminal, stderr, stdin};

use dialoguer::console::{Key, Term};
use mesh_diagnostics::printable_line;

use super::text::ellipsis;
use crate::failure::Failure;

/// Whether somebody is there to answer.
pub(crate) fn can() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Lets one choose with the arrow keys, and gives the position of what was chosen. What follows a colon in an option
/// explains it. dialoguer's own list hides the cursor, and does not give it back to who leaves with Ctrl-C.
pub(crate) fn choose(question: &str, options: &[String]) -> Result<usize, dialoguer::Error> {
    let term = Term::stderr();
    let columns = usize::from(term.size().1);
    let options: Vec<_> = options
        .iter()
        .map(|option| printable_line(option))
        .collect();
    let mut chosen = 0;
    let mut ask = || -> io::Result<usize> {
        term.write_line(&format!("{question}: (arrow keys, Enter)"))?;
        loop {
            for (index, option) in options.iter().enumerate() {
                let mark = if index == chosen { '>' } else { ' ' };
                // A line that wraps would be counted as one, and left behind.
                let line = ellipsis(&format!("{mark} {option}"), columns.saturating_sub(1));
                term.write_line(&line)?;
            }
            let key = term.read_key_raw();
            term.clear_last_lines(options.len())?;
            match key? {
                Key::ArrowDown | Key::Tab | Key::Char('j') => chosen = (chosen + 1) % options.len(),
                Key::ArrowUp | Key::BackTab | Key::Char('k') => {
                    chosen = (chosen + options.len() - 1) % options.len();
                }
                Key::Enter | Key::Char(' ') => break,
                Key::Escape | Key::CtrlC | Key::Char('\u{3}' | '\u{4}') => {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                _ => {}
            }
        }
        term.clear_last_lines(1)?;
        let option = options.get(chosen).map_or("", |option| option);
        let name = option.split(": ").next().unwrap_or_default();
        term.write_line(&format!("{question}: {name}"))?;
        Ok(chosen)
    };
    Ok(ask()?)
}

/// The failure to get an answer.
pub(crate) fn not_answered(error: impl Into<dialoguer::Error>, help: &str) -> Failure {
    // Whatever was on when it went wrong: the cursor belongs to the shell again.
    let _ = Term::stderr().show_cursor();
    let dialoguer::Error::IO(error) = error.into();
    let failure = if error.kind() == io::ErrorKind::Interrupted {
        Failure::new("the questions were not answered, and nothing was written")
    } else {
        Failure::new(format!("the question was not answered: {error}"))
    };
    failure.help(help)
}
