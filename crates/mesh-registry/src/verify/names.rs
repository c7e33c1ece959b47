//! Names of files and directories: the same on every file system, and nothing that looks like something else.

use super::finding::{Check, Findings};
use crate::{layout, names};
use git2::Tree;
use std::fmt::Write as _;

pub(super) static NAME_INVALID: Check = Check {
    id: "name-invalid",
    summary: "Every name in a registry is the same on every file system.",
    docs: "\
A registry is checked out on Windows and macOS too, and its paths stand in URLs. A name that one system folds,
normalises, reserves or reads as a path leads elsewhere there: `..` out of the registry, `a\\b` into another directory,
`con` to a device. And a letter of another alphabet makes `оrders` that nobody can tell from `orders`. So names are
ASCII; the finding shows the code points of what is not.

Domains and products are called `[a-z][a-z0-9-]{0,62}`, versions are strict semantic versions without build metadata.",
    help: "give it a name of lower-case letters from a to z, digits and hyphens: `mesh publish` does",
};

pub(super) static NAME_COLLISION: Check = Check {
    id: "name-collision",
    summary: "No two names in a directory differ in case only.",
    docs: "\
`Orders` and `orders` are two entries to git and one file to Windows and macOS: whoever checks the registry out there
gets the content of one under the name of the other. A name is compared with everything that the directory has
afterwards.",
    help: "use a name that differs in more than case",
};

pub(super) static TREE_MALFORMED: Check = Check {
    id: "tree-malformed",
    summary: "Every directory is one that git would have written.",
    docs: "\
A directory whose entries are not in order, or that has a name twice, was made to be read differently by different
programs. `git fsck` tells of it, but a server only refuses it with `receive.fsckObjects`.",
    help: "make the commit with git or mesh, and let the server check objects: `git config receive.fsckObjects true`",
};

/// What a name is for, which says what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A domain or product.
    Name(&'static str),
    /// The version of a product.
    Version,
    /// A contract within a version.
    Contract,
    /// An event about a version, or its signature.
    Event,
    /// Anything else: only what no file system can keep is wrong.
    Other,
}

/// Which rule the name breaks.
pub(super) fn broken_rule(name: &[u8], role: Role) -> Option<String> {
    portable(name).or_else(|| {
        // It is ASCII.
        let name = std::str::from_utf8(name).unwrap_or_default();
        match role {
            Role::Name(what) => names::broken_rule(name).map(|reason| format!("{reason}, as the {what}")),
            Role::Version => names::parse_version(name).is_none().then(|| {
                "it is not a version such as 1.2.0 or 1.2.0-rc.1".to_owned()
            }),
            Role::Contract => (!is_contract(name)).then(|| {
                format!(
                    "a contract is called by lower-case letters, digits, dots and hyphens and ends in `{}`",
                    layout::CONTRACT_SUFFIX
                )
            }),
            Role::Event => (!is_event(name)).then(|| {
                "an event is called by the SHA-256 of its bytes, as `<64 hexadecimal digits>.json`".to_owned()
            }),
            Role::Other => None,
        }
    })
}

/// Checks a name that was added to `directory`, which is at `path` and holds it.
pub(super) fn check_collision(
    directory: &Tree<'_>,
    path: &str,
    name: &[u8],
    findings: &mut Findings,
) {
    let shown = String::from_utf8_lossy(name);
    let folded = folded(&shown);
    for entry in directory {
        let other = entry.name_bytes();
        let is_alike = other != name
            && if other.is_ascii() && name.is_ascii() {
                other.eq_ignore_ascii_case(name)
            } else {
                self::folded(&String::from_utf8_lossy(other)) == folded
            };
        if is_alike {
            findings.add(
                &NAME_COLLISION,
                joined(path, &shown),
                format!(
                    "`{shown}` differs only in case from `{}`",
                    joined(path, &String::from_utf8_lossy(other))
                ),
            );
        }
    }
}

/// Checks that the entries of a directory are in git's order and there once.
pub(super) fn check_order(directory: &Tree<'_>, path: &str, findings: &mut Findings) {
    let mut before: Option<(Vec<u8>, bool)> = None;
    for entry in directory {
        let is_directory = entry.filemode_raw() == crate::tree::DIRECTORY;
        let name = entry.name_bytes();
        if let Some((other, was_directory)) = &before
            && !is_before(other, *was_directory, name, is_directory)
        {
            let what = if other == name {
                "has it twice"
            } else {
                "is not in order there"
            };
            findings.add(
                &TREE_MALFORMED,
                joined(path, &String::from_utf8_lossy(name)),
                format!("the directory {what}, which git never writes"),
            );
            return;
        }
        match &mut before {
            Some((other, was)) => {
                other.clear();
                other.extend_from_slice(name);
                *was = is_directory;
            }
            None => before = Some((name.to_vec(), is_directory)),
        }
    }
}

/// Whether `a` stands before `b` in a tree, where the names of directories end with a slash.
fn is_before(a: &[u8], a_is_directory: bool, b: &[u8], b_is_directory: bool) -> bool {
    let end = |is_directory: bool| is_directory.then_some(&b'/');
    a.iter()
        .chain(end(a_is_directory))
        .lt(b.iter().chain(end(b_is_directory)))
}

/// What a name becomes on systems that do not tell upper from lower case.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

pub(super) fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}/{name}")
    }
}

/// Why some file system cannot keep the name as it is.
fn portable(name: &[u8]) -> Option<String> {
    const LONGEST: usize = 255;
    let Ok(text) = std::str::from_utf8(name) else {
        let bytes = name.iter().filter(|byte| !byte.is_ascii());
        return Some(format!("it is not UTF-8: it has the bytes {}", hex(bytes)));
    };
    let odd: Vec<char> = text
        .chars()
        .filter(|c| !c.is_ascii() || c.is_control())
        .collect();
    let lower = text.to_ascii_lowercase();
    let reason = if text.is_empty() {
        "it is empty"
    } else if !odd.is_empty() {
        return Some(format!(
            "it is not plain ASCII: it has {}",
            code_points(&odd)
        ));
    } else if text == "." || text == ".." {
        "it leads to another directory"
    } else if text.contains('/') {
        "it has a slash in it, and would be a path of its own"
    } else if text.contains('\\') {
        "it has a backslash in it, which is a path on Windows"
    } else if lower == ".git" || is_short_git(&lower) {
        "git keeps its own files under it"
    } else if text.contains([':', '<', '>', '"', '|', '?', '*']) {
        "it has a character in it that Windows does not allow"
    } else if text.ends_with(['.', ' ']) {
        "it ends with a dot or a space, which Windows drops"
    } else if names::is_device_name(text) {
        "it is the name of a device on Windows"
    } else if text.len() > LONGEST {
        "it is longer than 255 characters"
    } else {
        return None;
    };
    Some(reason.to_owned())
}

/// `git~1`: what Windows calls `.git` for old programs.
fn is_short_git(lower: &str) -> bool {
    lower
        .strip_prefix("git~")
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// The characters as people can look them up; the first few of many.
fn code_points(odd: &[char]) -> String {
    const SHOWN: usize = 8;
    let mut text = String::new();
    for (at, c) in odd.iter().take(SHOWN).enumerate() {
        let comma = if at > 0 { ", " } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}U+{:04X}", u32::from(*c));
    }
    if odd.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

fn hex<'b>(bytes: impl Iterator<Item = &'b u8>) -> String {
    bytes
        .take(8)
        .map(|byte| format!("0x{byte:02X}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn is_contract(name: &str) -> bool {
    name.strip_suffix(layout::CONTRACT_SUFFIX)
        .is_some_and(|stem| {
            stem.bytes()
                .next()
                .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                && stem.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.')
                })
        })
}

fn is_event(name: &str) -> bool {
    let stem = name
        .strip_suffix(".sig")
        .unwrap_or(name)
        .strip_suffix(".json");
    stem.is_some_and(|stem| {
        stem.len() == 64
            && stem
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, role: Role) -> String {
        broken_rule(name.as_bytes(), role).unwrap_or_default()
    }

    #[test]
    fn names_that_lead_elsewhere_are_told() {
        for (name, words) in [
            ("", "empty"),
            (".", "another directory"),
            ("..", "another directory"),
            ("a/b", "slash"),
            ("a\\b", "backslash"),
            (".GIT", "git keeps"),
            ("git~1", "git keeps"),
            ("c:", "Windows"),
            ("a.", "dot or a space"),
            ("a ", "dot or a space"),
            ("CON", "device"),
            ("nul.yaml", "device"),
            ("a\nb", "U+000A"),
            ("\u{43e}rders", "U+043E"),
            ("u\u{308}ber", "U+0308"),
            ("\u{fc}ber", "U+00FC"),
            ("a\u{202e}b", "U+202E"),
        ] {
            assert!(
                broken(name, Role::Other).contains(words),
                "{name:?}: {}",
                broken(name, Role::Other)
            );
        }
        assert!(broken_rule(b"\xffa", Role::Other).is_some_and(|reason| reason.contains("0xFF")));
        for name in [
            "README.md",
            ".gitattributes",
            ".github",
            "git~",
            "a b",
            "x~1",
        ] {
            assert_eq!(broken(name, Role::Other), "", "{name}");
        }
    }

    #[test]
    fn names_are_for_something() {
        for (name, role, is_good) in [
            ("sales", Role::Name("domain"), true),
            ("Sales", Role::Name("domain"), false),
            ("xn--a", Role::Name("domain"), false),
            ("1.0.0", Role::Version, true),
            ("1.0", Role::Version, false),
            ("1.0.0+1", Role::Version, false),
            ("orders.odcs.yaml", Role::Contract, true),
            ("orders-1.0.0.odcs.yaml", Role::Contract, true),
            ("orders.yaml", Role::Contract, false),
            (".odcs.yaml", Role::Contract, false),
            ("Orders.odcs.yaml", Role::Contract, false),
            (&format!("{}.json", "0a".repeat(32)), Role::Event, true),
            (&format!("{}.json.sig", "0a".repeat(32)), Role::Event, true),
            (&format!("{}.json", "0A".repeat(32)), Role::Event, false),
            ("x.json", Role::Event, false),
        ] {
            assert_eq!(broken(name, role).is_empty(), is_good, "{name}");
        }
    }

    #[test]
    fn directories_stand_as_if_their_names_ended_with_a_slash() {
        assert!(is_before(b"a", false, b"a-b", false));
        assert!(!is_before(b"a", true, b"a-b", true));
        assert!(is_before(b"a-b", true, b"a", true));
        assert!(!is_before(b"a", false, b"a", false));
        // A file and a directory of one name are not next to each other.
        assert!(is_before(b"a", false, b"a", true));
    }
}
