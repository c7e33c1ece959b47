//! What a remote said, fit for the user's terminal.

use crate::location::RegistryLocation;
use mesh_diagnostics::printable_line;
use std::fmt;

/// So much is shown: the findings of a hook of mesh's, whose number is limited too, and anything of that size.
const MOST_LINES: usize = 64;
const LONGEST_LINE: usize = 2_500;
const MOST_BYTES: usize = 32 << 10;

/// The words of a remote that refused something, line by line: what a hook found, or what a host says of its rules.
///
/// They are without credentials and without what would steer a terminal, and limited in number and length; whatever
/// indents a line stays. Displayed, each is on a line of its own below what comes before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said(Vec<String>);

impl Said {
    /// What git shows of the remote: lines that begin with `remote:`.
    pub(super) fn new(location: &RegistryLocation, stderr: &str) -> Self {
        let mut lines = words(stderr)
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .filter(|line| !line.trim_start().is_empty());
        let mut shown = Vec::new();
        let mut bytes = 0;
        while let Some(line) = lines.next() {
            let mut line = location.scrub(&printable_line(&line.replace('\t', "  ")));
            if let Some((end, _)) = line.char_indices().nth(LONGEST_LINE) {
                line.truncate(end);
                line.push('…');
            }
            bytes += line.len();
            if shown.len() == MOST_LINES || bytes > MOST_BYTES {
                shown.push(format!("… and {} more lines", lines.count() + 1));
                break;
            }
            shown.push(line);
        }
        Self(shown)
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        &self.0
    }

    /// Whether it is what `mesh registry verify --hook` says.
    pub(crate) fn is_verdict(&self) -> bool {
        let mut lines = self.0.iter();
        lines.any(|line| line.starts_with(crate::VERDICT))
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// The words of the remote, without git's around them.
pub(super) fn words(stderr: &str) -> impl Iterator<Item = &str> {
    // A carriage return is where a remote shows how far it is.
    let lines = stderr.split(['\n', '\r']);
    lines.filter_map(|line| line.strip_prefix("remote:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn said(stderr: &str) -> Said {
        match RegistryLocation::parse("https://me:s3cret@example.com/r.git", Path::new("/")) {
            Ok(location) => Said::new(&location, stderr),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn lines_stay_lines() {
        let found = said(
            "remote: mesh: no        \nremote: a: error[x] b        \nremote:   help: do c        \nremote: \n\
             To https://example.com\nerror: failed\n",
        );
        assert_eq!(found.lines(), ["mesh: no", "a: error[x] b", "  help: do c"]);
        assert_eq!(
            found.to_string(),
            "\n  mesh: no\n  a: error[x] b\n    help: do c"
        );
        assert_eq!(said("error: failed\n").to_string(), "");
    }

    #[test]
    fn nothing_steers_the_terminal_and_no_secret_is_told() {
        let found = said(
            "remote: \u{1b}]0;x\u{7}\u{1b}[2J\u{9b}1m \u{202e}no\u{7f}\nremote: Counting: 10%\rremote: Counting: 99%\rerror: x\n\
             remote: see https://me:s3cret@example.com/r.git\n",
        );
        let text = found.to_string();
        let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!text.contains(steers), "{text:?}");
        assert!(!text.contains("s3cret"), "{text}");
        assert_eq!(found.lines().len(), 4, "{text}");
    }

    #[test]
    fn a_remote_that_talks_without_end_is_cut_short() {
        let many = said(&"remote: no\n".repeat(100_000));
        assert_eq!(many.lines().len(), MOST_LINES + 1);
        assert_eq!(
            many.lines().last().map(String::as_str),
            Some("… and 99936 more lines")
        );
        let long = said(&format!("remote: {}\n", "é".repeat(1_000_000)));
        assert!(
            long.to_string().len() < MOST_BYTES,
            "{}",
            long.lines().len()
        );
        let both = said(&format!("remote: {}\n", "x".repeat(LONGEST_LINE)).repeat(60));
        assert!(both.to_string().len() < MOST_BYTES + 1_000);
    }
}
