use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::said::said;
use crate::printable::steers;
use crate::{Diagnostic, Level, Paths, Report, Source};

/// Writes the findings as `JUnit` XML: a suite for each file that was checked, in it a case for each
/// finding, or a single one that passed.
///
/// Only what makes the run fail is a failure. Other findings are cases that passed and have
/// something to say.
pub fn junit(report: &Report, paths: &Paths, mut out: impl Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for name in report.files() {
        suites.entry(name).or_default();
    }
    for diagnostic in report.diagnostics() {
        suites
            .entry(diagnostic.source.name())
            .or_default()
            .push(diagnostic);
    }
    let cases: usize = suites.values().map(|found| found.len().max(1)).sum();
    let mut writer = Writer::new_with_indent(&mut out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .with_attribute(("name", "mesh lint"))
        .with_attribute(("tests", cases.to_string().as_str()))
        .with_attribute(("failures", failures(report.diagnostics()).as_str()))
        .with_attribute(("errors", "0"))
        .write_inner_content(|writer| {
            for (name, found) in &suites {
                suite(writer, &attribute(&paths.of(name)), found)?;
            }
            Ok(())
        })?;
    writeln!(out)
}

fn suite<W: Write>(writer: &mut Writer<W>, path: &str, found: &[&Diagnostic]) -> io::Result<()> {
    writer
        .create_element("testsuite")
        .with_attribute(("name", path))
        .with_attribute(("tests", found.len().max(1).to_string().as_str()))
        .with_attribute(("failures", failures(found.iter().copied()).as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", "0"))
        .write_inner_content(|writer| {
            if found.is_empty() {
                writer
                    .create_element("testcase")
                    .with_attribute(("classname", path))
                    .with_attribute(("name", "no findings"))
                    .with_attribute(("file", path))
                    .write_empty()?;
            }
            let mut names = HashMap::new();
            for diagnostic in found {
                case(writer, path, diagnostic, &mut names)?;
            }
            Ok(())
        })?;
    Ok(())
}

/// A case is called as what was found, without the line: platforms compare cases by name, and one
/// that moved is not a new one. What is found again in the same file is counted, since of two cases
/// with one name only one is shown.
fn case<W: Write>(
    writer: &mut Writer<W>,
    path: &str,
    diagnostic: &Diagnostic,
    names: &mut HashMap<String, usize>,
) -> io::Result<()> {
    let message = attribute(&said(&diagnostic.message, "…"));
    let mut name = format!("{}: {message}", diagnostic.rule);
    let count = names.entry(name.clone()).or_default();
    *count += 1;
    if *count > 1 {
        name += &format!(" ({count})");
    }
    let line = diagnostic.source.position(diagnostic.span.start).line;
    let content = details(diagnostic);
    writer
        .create_element("testcase")
        .with_attribute(("classname", path))
        .with_attribute(("name", name.as_str()))
        .with_attribute(("file", path))
        .with_attribute(("line", line.to_string().as_str()))
        .write_inner_content(|writer| {
            let outcome = if diagnostic.level == Level::Error {
                writer
                    .create_element("failure")
                    .with_attribute(("type", &*diagnostic.rule))
                    .with_attribute(("message", message.as_str()))
            } else {
                writer.create_element("system-out")
            };
            outcome.write_text_content(BytesText::new(&content))?;
            Ok(())
        })?;
    Ok(())
}

/// The finding in full, as plain text.
fn details(diagnostic: &Diagnostic) -> String {
    let place = |source: &Source, offset| {
        let position = source.position(offset);
        let name = attribute(source.name());
        format!("{name}:{}:{}", position.line, position.column)
    };
    let mut text = format!(
        "{}: {}[{}] {}\n",
        place(&diagnostic.source, diagnostic.span.start),
        diagnostic.level,
        diagnostic.rule,
        said(&diagnostic.message, "…")
    );
    if let Some(help) = &diagnostic.help {
        text += &format!("help: {}\n", said(help, "…"));
    }
    for related in &diagnostic.related {
        let place = place(&related.source, related.span.start);
        text += &format!("{place}: {}\n", said(&related.message, "…"));
    }
    text += &format!("{}\n", diagnostic.url());
    allowed(&text)
}

fn failures<'a>(found: impl IntoIterator<Item = &'a Diagnostic>) -> String {
    let errors = found
        .into_iter()
        .filter(|found| found.level == Level::Error);
    errors.count().to_string()
}

/// `text` on one line, as readers of XML make an attribute anyway.
fn attribute(text: &str) -> String {
    allowed(&text.replace(['\n', '\r', '\t'], " "))
}

/// `text` without control characters, most of which XML 1.0 cannot hold at all, and without what is
/// no character.
fn allowed(text: &str) -> String {
    let is_allowed = |c| c == '\n' || !(steers(c) || matches!(c, '\u{fffe}' | '\u{ffff}'));
    text.chars().filter(|&c| is_allowed(c)).collect()
}
