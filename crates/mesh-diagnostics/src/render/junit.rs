use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::said::said;
use crate::printable::steers;
use crate::{Diagnostic, Level, Paths, Report, Source, Waived};

/// A finding, and the waiver that lets it pass.
type Found<'a> = (&'a Diagnostic, Option<&'a Waived>);

/// Writes the findings as `JUnit` XML: a suite for each file that was checked, in it a case for each
/// finding, or a single one that passed.
///
/// Only what makes the run fail is a failure. What is waived is skipped. Other findings are cases that passed and
/// have something to say.
pub fn junit(report: &Report, paths: &Paths, mut out: impl Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Vec<Found<'_>>> = BTreeMap::new();
    for name in report.files() {
        suites.entry(name).or_default();
    }
    let found = report.diagnostics().iter().map(|found| (found, None));
    let waived = report.waived().iter();
    let waived = waived.map(|waived| (&waived.diagnostic, Some(waived)));
    for (diagnostic, waived) in found.chain(waived) {
        let suite = suites.entry(diagnostic.source.name()).or_default();
        suite.push((diagnostic, waived));
    }
    let failed: usize = suites.values().map(|found| failures(found)).sum();
    let cases: usize = suites.values().map(|found| found.len().max(1)).sum();
    let mut writer = Writer::new_with_indent(&mut out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .with_attribute(("name", "mesh"))
        .with_attribute(("tests", cases.to_string().as_str()))
        .with_attribute(("failures", failed.to_string().as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", report.waived().len().to_string().as_str()))
        .write_inner_content(|writer| {
            for (name, found) in &suites {
                suite(writer, &attribute(&paths.of(name)), found)?;
            }
            Ok(())
        })?;
    writeln!(out)
}

fn suite<W: Write>(writer: &mut Writer<W>, path: &str, found: &[Found<'_>]) -> io::Result<()> {
    let skipped = found.iter().filter(|(_, waived)| waived.is_some()).count();
    writer
        .create_element("testsuite")
        .with_attribute(("name", path))
        .with_attribute(("tests", found.len().max(1).to_string().as_str()))
        .with_attribute(("failures", failures(found).to_string().as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", skipped.to_string().as_str()))
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
            for found in found {
                case(writer, path, *found, &mut names)?;
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
    (diagnostic, waived): Found<'_>,
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
            let outcome = if let Some(waived) = waived {
                let why = format!(
                    "waived by {} until {}: {}",
                    waived.waiver, waived.until, waived.reason
                );
                writer
                    .create_element("skipped")
                    .with_attribute(("message", said(&attribute(&why), "…").as_ref()))
            } else if diagnostic.level == Level::Error {
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

fn failures(found: &[Found<'_>]) -> usize {
    let errors = found
        .iter()
        .filter(|(found, waived)| waived.is_none() && found.level == Level::Error);
    errors.count()
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
