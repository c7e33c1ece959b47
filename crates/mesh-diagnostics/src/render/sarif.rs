use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{escaped, uri};
use crate::paths::is_file;
use crate::{Diagnostic, Fix, Level, Paths, Report, RuleInfo, Source, Span, Waived, rule_url};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What relative URIs are relative to, in the word that platforms know.
const ROOT: &str = "%SRCROOT%";
/// The key of our fingerprints. Platforms that compute their own keep them beside it.
const FINGERPRINT: &str = "mesh/v1";

/// Writes the findings as a SARIF 2.1.0 log with the description of `rules`.
///
/// A fix that renames its file is left out: SARIF has no word for it. So are related places in a
/// registry, which is no file; the message names them instead.
pub fn sarif(
    report: &Report,
    rules: &[RuleInfo<'_>],
    paths: &Paths,
    out: impl Write,
) -> io::Result<()> {
    escaped::write(&Log::new(report, rules, paths), out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    artifacts: Vec<Artifact>,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    information_uri: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Text<'a>,
    full_description: Text<'a>,
    default_configuration: Configuration,
    help_uri: String,
    help: Markdown<'a>,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct Markdown<'a> {
    text: &'a str,
    markdown: &'a str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties<'a> {
    tags: [&'a str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    location: Place,
    length: usize,
    encoding: &'static str,
    source_language: &'static str,
}

/// The location of an artifact.
#[derive(Serialize, Clone)]
#[serde(rename_all = "camelCase")]
struct Place {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
    index: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text<'a>,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: HashMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Repair<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
}

/// Why a result is let pass: the waiver. It stands outside of the file, and was accepted.
#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

impl Suppression {
    fn new(waived: &Waived) -> Self {
        Self {
            kind: "external",
            status: "accepted",
            justification: format!(
                "{} until {}: {}",
                waived.waiver, waived.until, waived.reason
            ),
        }
    }
}

#[derive(Serialize)]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    physical: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Place,
    region: Region,
}

/// A part of a text, said in all three ways that the format has: in lines and columns, in
/// characters from the start of the text, and in bytes from the start of the file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
    char_offset: usize,
    char_length: usize,
    byte_offset: u32,
    byte_length: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Repair<'a> {
    description: Text<'a>,
    artifact_changes: [ArtifactChange<'a>; 1],
    properties: RepairProperties,
}

#[derive(Serialize)]
struct RepairProperties {
    safety: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: Place,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Content<'a>>,
}

#[derive(Serialize)]
struct Content<'a> {
    text: &'a str,
}

impl<'a> Log<'a> {
    fn new(report: &'a Report, rules: &'a [RuleInfo<'a>], paths: &Paths) -> Self {
        let mut files = Files::new(paths);
        let indices: HashMap<&str, usize> = rules
            .iter()
            .enumerate()
            .map(|(index, rule)| (rule.id, index))
            .collect();
        let found = report.diagnostics().iter().map(|found| (found, None));
        let waived = report.waived().iter();
        let results = found
            .chain(waived.map(|waived| (&waived.diagnostic, Some(waived))))
            .zip(report.fingerprints(paths))
            .map(|((diagnostic, waived), fingerprint)| {
                let rule_index = indices.get(&*diagnostic.rule).copied();
                let mut result = finding(diagnostic, rule_index, fingerprint, &mut files);
                result.suppressions = waived.map(Suppression::new).into_iter().collect();
                result
            })
            .collect();
        let run = Run {
            tool: Tool {
                driver: Driver {
                    name: "mesh",
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().map(Rule::new).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
            }],
            column_kind: "unicodeCodePoints",
            artifacts: files.artifacts,
            results,
        };
        Self {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [run],
        }
    }
}

impl<'a> Rule<'a> {
    fn new(rule: &RuleInfo<'a>) -> Self {
        let docs = rule.docs.trim();
        let first = docs.split("\n\n").next().unwrap_or_default();
        Self {
            id: rule.id,
            short_description: text(rule.summary),
            full_description: text(first.replace('\n', " ")),
            default_configuration: Configuration {
                level: level(rule.level),
            },
            help_uri: rule_url(rule.group, rule.id),
            help: Markdown {
                text: docs,
                markdown: docs,
            },
            properties: Properties { tags: [rule.group] },
        }
    }
}

fn finding<'a>(
    diagnostic: &'a Diagnostic,
    rule_index: Option<usize>,
    fingerprint: String,
    files: &mut Files<'a, '_>,
) -> Finding<'a> {
    let mut message = diagnostic.message.clone();
    let mut related_locations = Vec::new();
    for related in &diagnostic.related {
        if is_file(related.source.name()) {
            related_locations.push(Location {
                id: Some(related_locations.len()),
                physical: files.location(&related.source, related.span),
                message: Some(without_links(&related.message)),
            });
        } else {
            let start = related.source.position(related.span.start);
            message += &format!(
                "\n{}:{}:{}: {}",
                related.source.name(),
                start.line,
                start.column,
                related.message
            );
        }
    }
    if let Some(help) = &diagnostic.help {
        message += "\nhelp: ";
        message += help;
    }
    Finding {
        rule_id: &diagnostic.rule,
        rule_index,
        level: level(diagnostic.level),
        message: without_links(message),
        locations: [Location {
            id: None,
            physical: files.location(&diagnostic.source, diagnostic.span),
            message: None,
        }],
        related_locations,
        partial_fingerprints: HashMap::from([(FINGERPRINT, fingerprint)]),
        fixes: diagnostic
            .fix
            .iter()
            .filter(|fix| !fix.edits.is_empty() && fix.rename.is_none())
            .map(|fix| repair(fix, &diagnostic.source, files))
            .collect(),
        suppressions: Vec::new(),
    }
}

fn repair<'a>(fix: &'a Fix, source: &'a Source, files: &mut Files<'a, '_>) -> Repair<'a> {
    let artifact_location = files.place(source);
    let replacements = fix
        .edits
        .iter()
        .map(|edit| Replacement {
            deleted_region: files.region(source, edit.span),
            inserted_content: Some(edit.text.as_str())
                .filter(|text| !text.is_empty())
                .map(|text| Content { text }),
        })
        .collect();
    Repair {
        description: text(&fix.title),
        artifact_changes: [ArtifactChange {
            artifact_location,
            replacements,
        }],
        properties: RepairProperties {
            safety: fix.safety.as_str(),
        },
    }
}

fn text<'a>(text: impl Into<Cow<'a, str>>) -> Text<'a> {
    Text { text: text.into() }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Info => "note",
    }
}

/// A message in which nothing is a link: what a manifest says is not to become one that people
/// click on. SARIF has it escaped where it looks like one.
fn without_links<'a>(message: impl Into<Cow<'a, str>>) -> Text<'a> {
    let message = message.into();
    if !message.contains("](") {
        return Text { text: message };
    }
    let escaped = message
        .replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]");
    text(escaped)
}

/// The files that findings are in, as far as they have come up.
struct Files<'a, 'p> {
    paths: &'p Paths,
    artifacts: Vec<Artifact>,
    /// The artifacts by the names of their sources.
    indices: HashMap<&'a str, usize>,
    /// The characters before each line, by the address of the text.
    characters: HashMap<*const Source, Vec<usize>>,
}

impl<'a, 'p> Files<'a, 'p> {
    fn new(paths: &'p Paths) -> Self {
        Self {
            paths,
            artifacts: Vec::new(),
            indices: HashMap::new(),
            characters: HashMap::new(),
        }
    }

    fn place(&mut self, source: &'a Source) -> Place {
        if let Some(&index) = self.indices.get(source.name()) {
            return self.artifacts[index].location.clone();
        }
        let path = self.paths.of(source.name());
        let uri = uri::of(&path);
        let location = Place {
            uri_base_id: (!uri.starts_with("file:")).then_some(ROOT),
            uri,
            index: self.artifacts.len(),
        };
        self.indices.insert(source.name(), location.index);
        self.artifacts.push(Artifact {
            location: location.clone(),
            length: source.text().len(),
            encoding: "UTF-8",
            source_language: "yaml",
        });
        location
    }

    fn location(&mut self, source: &'a Source, span: Span) -> PhysicalLocation {
        PhysicalLocation {
            artifact_location: self.place(source),
            region: self.region(source, span),
        }
    }

    fn region(&mut self, source: &Source, span: Span) -> Region {
        let lines = self
            .characters
            .entry(std::ptr::from_ref(source))
            .or_insert_with(|| characters_before_lines(source.text()));
        // A byte order mark is part of the file, but not of the text.
        let mark = u32::from(source.text().starts_with('\u{feff}'));
        let point = |offset| {
            let position = source.position(offset);
            let mark = if position.line == 1 { mark } else { 0 };
            let column = position.column.saturating_sub(mark).max(1);
            let characters = lines[position.line as usize - 1] + column as usize - 1;
            (position, column, characters)
        };
        let (start, start_column, char_offset) = point(span.start);
        let (end, end_column, char_end) = point(span.end);
        Region {
            start_line: start.line,
            start_column,
            end_line: end.line,
            end_column,
            char_offset,
            char_length: char_end - char_offset,
            byte_offset: start.offset,
            byte_length: end.offset - start.offset,
        }
    }
}

/// How many characters stand before each line, not counting a byte order mark.
fn characters_before_lines(text: &str) -> Vec<usize> {
    let mut before = 0;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    std::iter::once(0)
        .chain(text.split_inclusive('\n').map(|line| {
            before += line.chars().count();
            before
        }))
        .collect()
}
