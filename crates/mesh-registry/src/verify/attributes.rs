//! `.gitattributes`: that nobody's git converts what is published.

use super::finding::{Check, Findings, Place};
use crate::layout;
use std::sync::Arc;

pub(super) static ATTRIBUTES_CONVERT: Check = Check {
    id: "attributes-convert",
    summary: "No attribute makes git convert what it checks out.",
    docs: "\
Digests are over exact bytes. `.gitattributes` says `* -text`, so that no git converts line endings, whatever its
configuration is. With `text`, `eol`, `ident`, `filter`, `working-tree-encoding` or without that line, files in a clone
would not be what their records say, and a `filter` runs programs. The file governs, so [its own
rules](registry.md#owners) say who may change it; nobody may make it convert.",
    help: "keep `* -text` in `.gitattributes`, and nothing that sets text, eol, ident, filter or working-tree-encoding",
};

/// The attributes that change bytes, when they are anything but off.
const CONVERTING: [&str; 6] = [
    "text",
    "crlf",
    "eol",
    "ident",
    "filter",
    "working-tree-encoding",
];

/// Checks the attributes in the file at `path`; those at the root have to keep everything as it is.
pub(super) fn check(path: &str, bytes: &[u8], findings: &mut Findings) {
    let text: Arc<str> = String::from_utf8_lossy(bytes).into();
    let mut keeps = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = start..start + line.trim_end().len();
        start += line.len();
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (pattern, attributes) = split(line);
        let mut attributes = attributes.split_ascii_whitespace();
        if pattern == "*" && attributes.clone().any(|it| it == "-text" || it == "binary") {
            keeps = true;
        }
        if let Some(attribute) = attributes.find(|attribute| converts(attribute)) {
            let message = format!("`{attribute}` makes git convert what `{pattern}` names");
            let place = Place {
                text: Arc::clone(&text),
                span,
            };
            findings.add_at(&ATTRIBUTES_CONVERT, path, message, place);
        }
    }
    if path == layout::ATTRIBUTES_FILE && !keeps {
        let message = "it does not say `* -text`, so a git may convert line endings".to_owned();
        findings.add_at(
            &ATTRIBUTES_CONVERT,
            path,
            message,
            Place { text, span: 0..0 },
        );
    }
}

/// Notes that there is no file at the root.
pub(super) fn missing(findings: &mut Findings) {
    findings.add(
        &ATTRIBUTES_CONVERT,
        layout::ATTRIBUTES_FILE,
        "it is not there, so a git may convert line endings".to_owned(),
    );
}

/// Whether a file holds attributes, in whatever case its name is written.
pub(super) fn is_attributes(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.eq_ignore_ascii_case(layout::ATTRIBUTES_FILE)
}

/// The pattern of a line, and what follows it. A pattern in double quotes may have spaces.
fn split(line: &str) -> (&str, &str) {
    if let Some(quoted) = line.strip_prefix('"')
        && let Some((pattern, rest)) = quoted.split_once('"')
    {
        return (pattern, rest);
    }
    // A macro is defined by `[attr]name`, and what it stands for follows in the same way.
    line.split_once(|c: char| c.is_ascii_whitespace())
        .unwrap_or((line, ""))
}

fn converts(attribute: &str) -> bool {
    // `-text` is off; `!text` is as if nothing had been said, so that the configuration decides.
    let (name, is_off) = match attribute.strip_prefix('-') {
        Some(name) => (name, true),
        None => (attribute.strip_prefix('!').unwrap_or(attribute), false),
    };
    let name = name.split('=').next().unwrap_or(name);
    !is_off && CONVERTING.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut findings = Findings::default();
        check(layout::ATTRIBUTES_FILE, text.as_bytes(), &mut findings);
        findings
            .into_all()
            .into_iter()
            .map(|found| found.message)
            .collect()
    }

    #[test]
    fn what_keeps_the_bytes_is_fine() {
        for text in [
            "* -text\n",
            "# ours\n\n*\t-text -ident\n*.svg -diff linguist-generated\n",
            "* binary",
            "* -text\n\"a b\" -filter\n",
            "* -text\r\n",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text:?}");
        }
    }

    #[test]
    fn what_converts_is_found() {
        for text in [
            "",
            "* text=auto\n",
            "* -text\n*.yaml text\n",
            "* -text\n*.yaml eol=crlf\n",
            "* -text\n*.json filter=lfs diff=lfs merge=lfs -text\n",
            "* -text\n*.yaml !text\n",
            "* -text\n*.yaml ident\n",
            "* -text\n*.yaml working-tree-encoding=UTF-16\n",
            "* -text\n[attr]evil filter=x\n",
            "* -text\n\"a b\" crlf\n",
            "*.yaml -text\n",
        ] {
            assert_eq!(
                found(text).len(),
                1 + usize::from(text.starts_with("* text")),
                "{text:?}"
            );
        }
    }
}
